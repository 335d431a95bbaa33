package publish

import (
	"context"
	"database/sql"
	"fmt"
	"io"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/openfiles"
	"sidekeep/export/archive/pages"
	"sidekeep/export/archive/site"
	"sidekeep/export/archive/stage"
)

// Files brings the open files up to the history. The writer is held by the
// caller, with nothing in its batch. What is not shown for a mistake is told by
// the next export.
func Files(a *history.Store, w *history.Batch, force bool) error {
	_, _, err := FilesTelling(a, w, force)
	return err
}

// FilesTelling is publish, and tells which pages of README.html, or items on
// them, could not be made, and which open files somebody had changed.
func FilesTelling(a *history.Store, w *history.Batch, force bool) (notShown []export.Problem, edited []string, err error) {
	p := &stage.Staging{A: a, W: w, Force: force, Together: disk.NewTogether(a.Disk)}
	err = FilesSafely(p)
	return p.NotShown, p.Edited, err
}

func FilesSafely(p *stage.Staging) error {
	err := export.Guard(func() error { return runSteps(p) })
	if err != nil {
		p.W.Rollback()
	}
	return disk.Caused(err)
}

func runSteps(p *stage.Staging) error {
	for _, step := range []func(*stage.Staging) error{
		prepare, followEdition, markAllMoved, stageCollections, (*stage.Staging).SyncTogether, (*stage.Staging).Commit,
		site.StagePages, (*stage.Staging).RecordFiles, stageTags, (*stage.Staging).SyncTogether, (*stage.Staging).Move, conclude,
	} {
		if err := step(p); err != nil {
			return err
		}
	}
	return disk.EmptyFolder(p.A.Disk, disk.PublishDir)
}

func prepare(p *stage.Staging) error {
	for _, dir := range []string{disk.PublishDir, "data"} {
		if err := disk.MakeFolders(p.A.Disk, dir); err != nil {
			return err
		}
	}
	var err error
	if p.Dated, err = stage.PublishedDate(p.A); err != nil {
		return err
	}
	return disk.EmptyFolder(p.A.Disk, disk.PublishDir)
}

// followEdition marks the collections that a program of another edition
// published with objects of vCalendar 1.0 in a file of version 2.0.
func followEdition(p *stage.Staging) error {
	var same bool
	if _, err := p.W.Row("SELECT EXISTS (SELECT 1 FROM archive WHERE name = '"+site.EditionName+"' AND value = ?)", []any{pages.Edition()}, &same); err != nil || same {
		return err
	}
	_, err := p.W.Exec(`UPDATE collection SET dirty = 2 WHERE collection IN
		(SELECT item.collection FROM place JOIN item USING (item) WHERE place.path LIKE '%.ics' AND place.wrapper LIKE '%\nVERSION:1.%')`)
	return err
}

func stageCollections(p *stage.Staging) error {
	var list []Collection
	err := p.W.Each(`SELECT collection, account, account.folder, collection.name, dirty FROM collection JOIN account USING (account)
		WHERE dirty ORDER BY account, collection`, nil, func(rows *sql.Rows) error {
		var c Collection
		err := rows.Scan(&c.N, &c.Account, &c.Folder, &c.Name, &c.dirty)
		list = append(list, c)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.dirty < 2 && !p.Force {
			continue // its lines in the index alone
		}
		p.Account, p.N = c.Account, c.N
		if err := stageCollection(p, c); err != nil {
			return fmt.Errorf("writing the files of %q: %w", c.Name, err)
		}
	}
	return stageIndexes(p)
}

func stageIndexes(p *stage.Staging) error {
	var list []Collection
	err := p.W.Each("SELECT account, folder FROM account WHERE "+unindexed, nil, func(rows *sql.Rows) error {
		var c Collection
		err := rows.Scan(&c.Account, &c.Folder)
		list = append(list, c)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range list {
		p.Account, p.N = c.Account, 0
		if err := p.Stage(c.Folder+"/"+disk.IndexFile, func(w io.Writer) error {
			return openfiles.WriteIndex(context.Background(), p.W.Conn, c.Account, c.Folder, w)
		}); err != nil {
			return err
		}
	}
	return nil
}

func stageCollection(p *stage.Staging, c Collection) error {
	had := len(p.Staged)
	g := &openfiles.Generator{Ctx: context.Background(), Conn: p.W.Conn, Out: p, Folder: c.Folder, N: c.N, Name: c.Name}
	if err := g.Run(); err != nil {
		return err
	}
	now := map[string]bool{}
	for _, s := range p.Staged[had:] {
		now[s.Path] = true
	}
	var before []string
	if err := history.EachString(p.W, &before, "SELECT path FROM file WHERE collection = ?", c.N); err != nil {
		return err
	}
	for _, old := range before {
		if !now[old] {
			p.Removed = append(p.Removed, old)
		}
	}
	return nil
}

// conclude takes the marks back.
func conclude(p *stage.Staging) error {
	if _, err := p.W.Exec("UPDATE collection SET dirty = 0 WHERE dirty"); err != nil {
		return err
	}
	if err := history.SetValue(p.W, "publish", "0"); err != nil {
		return err
	}
	return p.W.Commit()
}
