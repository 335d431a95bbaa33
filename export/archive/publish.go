package archive

import (
	"context"
	"database/sql"
	"fmt"
	"io"

	"sidekeep/export"
	"sidekeep/export/archive/pages"
)

// publish brings the open files up to the history. The writer is held by the
// caller, with nothing in its batch. What is not shown for a mistake is told by
// the next export.
func publish(a *Store, w *writer, force bool) error {
	_, _, err := publishTelling(a, w, force)
	return err
}

// publishTelling is publish, and tells which pages of README.html, or items on
// them, could not be made, and which open files somebody had changed.
func publishTelling(a *Store, w *writer, force bool) (notShown []export.Problem, edited []string, err error) {
	p := &publication{a: a, w: w, force: force, together: newTogether(a.disk)}
	err = publishSafely(p)
	return p.notShown, p.edited, err
}

func publishSafely(p *publication) error {
	err := export.Guard(func() error { return runSteps(p) })
	if err != nil {
		p.w.rollback()
	}
	return caused(err)
}

func runSteps(p *publication) error {
	for _, step := range []func(*publication) error{
		prepare, followEdition, markAllMoved, stageCollections, (*publication).syncTogether, (*publication).commit,
		stagePages, (*publication).recordFiles, stageTags, (*publication).syncTogether, (*publication).move, conclude,
	} {
		if err := step(p); err != nil {
			return err
		}
	}
	return empty(p.a.disk, publishDir)
}

func prepare(p *publication) error {
	for _, dir := range []string{publishDir, "data"} {
		if err := makeFolders(p.a.disk, dir); err != nil {
			return err
		}
	}
	var err error
	if p.dated, err = publishedDate(p.a); err != nil {
		return err
	}
	return empty(p.a.disk, publishDir)
}

// followEdition marks the collections that a program of another edition
// published with objects of vCalendar 1.0 in a file of version 2.0.
func followEdition(p *publication) error {
	var same bool
	if _, err := p.w.row("SELECT EXISTS (SELECT 1 FROM archive WHERE name = '"+editionName+"' AND value = ?)", []any{pages.Edition()}, &same); err != nil || same {
		return err
	}
	_, err := p.w.exec(`UPDATE collection SET dirty = 2 WHERE collection IN
		(SELECT item.collection FROM place JOIN item USING (item) WHERE place.path LIKE '%.ics' AND place.wrapper LIKE '%\nVERSION:1.%')`)
	return err
}

func stageCollections(p *publication) error {
	var list []dirtyCollection
	err := p.w.each(`SELECT collection, account, account.folder, collection.name, dirty FROM collection JOIN account USING (account)
		WHERE dirty ORDER BY account, collection`, nil, func(rows *sql.Rows) error {
		var c dirtyCollection
		err := rows.Scan(&c.n, &c.account, &c.folder, &c.name, &c.dirty)
		list = append(list, c)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.dirty < 2 && !p.force {
			continue // its lines in the index alone
		}
		p.account, p.n = c.account, c.n
		if err := stageCollection(p, c); err != nil {
			return fmt.Errorf("writing the files of %q: %w", c.name, err)
		}
	}
	return stageIndexes(p)
}

func stageIndexes(p *publication) error {
	var list []dirtyCollection
	err := p.w.each("SELECT account, folder FROM account WHERE "+unindexed, nil, func(rows *sql.Rows) error {
		var c dirtyCollection
		err := rows.Scan(&c.account, &c.folder)
		list = append(list, c)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range list {
		p.account, p.n = c.account, 0
		if err := p.stage(c.folder+"/"+indexFile, func(w io.Writer) error {
			return writeIndex(context.Background(), p.w.conn, c.account, c.folder, w)
		}); err != nil {
			return err
		}
	}
	return nil
}

func stageCollection(p *publication, c dirtyCollection) error {
	had := len(p.staged)
	g := &generator{ctx: context.Background(), conn: p.w.conn, out: p, folder: c.folder, n: c.n, name: c.name}
	if err := g.run(); err != nil {
		return err
	}
	now := map[string]bool{}
	for _, s := range p.staged[had:] {
		now[s.path] = true
	}
	var before []string
	if err := eachString(p.w, &before, "SELECT path FROM file WHERE collection = ?", c.n); err != nil {
		return err
	}
	for _, old := range before {
		if !now[old] {
			p.removed = append(p.removed, old)
		}
	}
	return nil
}

// conclude takes the marks back.
func conclude(p *publication) error {
	if _, err := p.w.exec("UPDATE collection SET dirty = 0 WHERE dirty"); err != nil {
		return err
	}
	if err := set(p.w, "publish", "0"); err != nil {
		return err
	}
	return p.w.commit()
}
