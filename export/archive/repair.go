package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"sidekeep/export"
)

// begunQuery tells whether an export, its publishing or a forgetting was cut
// off.
const begunQuery = `SELECT EXISTS (SELECT 1 FROM export WHERE ended IS NULL) OR EXISTS (SELECT 1 FROM archive WHERE name = 'publish' AND value = '1' OR name = '` + forgetting + `')`

// finishBegun finishes what a cut-off export began. If somebody is writing, or
// the disk takes nothing, the archive can still be read as it is.
func (a *Archive) finishBegun(ctx context.Context) error {
	var begun bool
	if err := a.db.QueryRowContext(ctx, begunQuery).Scan(&begun); err != nil {
		return caused(err)
	}
	old, err := older(ctx, a.db)
	if err != nil {
		return caused(err)
	}
	if !begun && !old {
		return nil
	}
	l, w, err := a.write()
	if err == nil {
		err = errors.Join(w.close(), l.release())
	}
	if errors.Is(err, export.ErrDamaged) {
		return err
	}
	return nil // the next export meets it again
}

// repair finishes what a cut-off export began. The lock is held.
func (a *Archive) repair(w *writer) error {
	w.lock()
	defer w.unlock()
	var begun bool
	if _, err := w.row(begunQuery, nil, &begun); err != nil {
		return err
	}
	if !begun {
		return a.shrinkBegun(w)
	}
	var ended []int64
	err := w.each("SELECT number FROM export WHERE ended IS NULL", nil, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		ended = append(ended, n)
		return err
	})
	if err != nil {
		return err
	}
	if len(ended) > 0 {
		if err := a.sweep(w); err != nil {
			return err
		}
		if err := a.adopt(w); err != nil {
			return err
		}
	}
	for _, n := range ended {
		if err := a.endCutOff(w, n); err != nil {
			return err
		}
	}
	if err := w.set("publish", "1"); err != nil {
		return err
	}
	if err := w.commit(); err != nil {
		return err
	}
	if err := a.publish(w, true); err != nil {
		return err
	}
	return a.finishForgetting(w)
}

// endCutOff writes the ledger of an export whose program ended before it did.
// It has no sum.
func (a *Archive) endCutOff(w *writer, number int64) error {
	l := export.Ledger{Number: number, Collections: []export.CollectionLedger{}}
	var started string
	if _, err := w.row("SELECT account.name, started FROM export JOIN account USING (account) WHERE number = ?", []any{number}, &l.Account, &started); err != nil {
		return err
	}
	l.Started = timeOf(started)
	_, err := w.row(`SELECT count(*) FILTER (WHERE kind <> '' AND aside IS NULL), count(*) FILTER (WHERE aside IS NOT NULL), count(*) FILTER (WHERE kind = '')
		FROM version WHERE export = ?`, []any{number}, &l.Kept, &l.SetAside, &l.Gone)
	if err == nil {
		_, err = w.row("SELECT count(*) FROM problem WHERE export = ? AND NOT aside", []any{number}, &l.Failed)
	}
	if err != nil {
		return err
	}
	if err := w.tellMoved(number, &l); err != nil {
		return err
	}
	l.NewAside = l.SetAside
	l.Stop = export.NewStop(fmt.Errorf("%w: the program ended before the export did", export.ErrStopped))
	if err := a.judgeCutOff(w, &l); err != nil {
		return err
	}
	return w.ledger(number, &l, a.now())
}

// sweep removes what a cut-off export left on its way, but for the beginnings
// of photos that can be continued.
func (a *Archive) sweep(w *writer) error {
	if err := empty(a.disk, spoolDir); err != nil {
		return err
	}
	entries, err := a.disk.ReadDir(partialDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := partialDir + "/" + e.Name()
		var one int
		known, err := w.row("SELECT 1 FROM partial WHERE file = ?", []any{name}, &one)
		if err != nil {
			return err
		}
		if !known {
			if err := a.disk.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// adopt records photos that have their place and no row. An empty file is a
// place that was reserved and not taken: it is removed.
func (a *Archive) adopt(w *writer) error {
	type account struct {
		id     int64
		folder string
	}
	var accounts []account
	err := w.each("SELECT account, folder FROM account", nil, func(rows *sql.Rows) error {
		var c account
		err := rows.Scan(&c.id, &c.folder)
		accounts = append(accounts, c)
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range accounts {
		if err := a.adoptIn(w, c.id, c.folder+"/Photos"); err != nil {
			return err
		}
	}
	return nil
}

func (a *Archive) adoptIn(w *writer, account int64, dir string) error {
	entries, err := a.disk.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := dir + "/" + e.Name()
		switch {
		case e.IsDir():
			err = a.adoptIn(w, account, name)
		case e.Type().IsRegular() && !litter(e.Name()):
			err = a.adoptFile(w, account, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *Archive) adoptFile(w *writer, account int64, name string) error {
	var one int
	known, err := w.row("SELECT 1 FROM photo WHERE path = ?", []any{name}, &one)
	if err != nil || known {
		return err
	}
	info, err := a.disk.Lstat(name)
	if err != nil {
		return err
	}
	if info.Size() == 0 {
		return a.disk.Remove(name)
	}
	if name != path.Dir(name)+"/"+cleanName(path.Base(name), maxNameUnits) {
		return nil // never a name that a photo was given
	}
	sum, size, err := hashFile(context.Background(), a.disk, name, nil)
	if err != nil {
		return err
	}
	// The file may not be durable yet: it is before its row is.
	if err := a.syncFile(name); err != nil {
		return err
	}
	_, err = w.exec("INSERT INTO photo (account, hash, size, path, key) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		account, sum[:], size, name, foldName(name))
	return err
}

// syncFile makes a file and its name durable.
func (a *Archive) syncFile(name string) error {
	f, err := a.disk.OpenFile(name, os.O_RDWR)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close(), a.disk.SyncDir(path.Dir(name)))
}
