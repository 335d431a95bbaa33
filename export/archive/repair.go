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
func finishBegun(a *Store, ctx context.Context) error {
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
	l, w, err := write(a)
	if err == nil {
		err = errors.Join(w.close(), l.release())
	}
	if errors.Is(err, export.ErrDamaged) {
		return err
	}
	return nil // the next export meets it again
}

// finishWith finishes what a cut-off export began. The lock is held.
func finishWith(a *Store, w *writer) error {
	w.lock()
	defer w.unlock()
	var begun bool
	if _, err := w.row(begunQuery, nil, &begun); err != nil {
		return err
	}
	if !begun {
		return shrinkBegun(a, w)
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
		if err := sweep(a, w); err != nil {
			return err
		}
		if err := adopt(a, w); err != nil {
			return err
		}
	}
	for _, n := range ended {
		if err := endCutOff(a, w, n); err != nil {
			return err
		}
	}
	if err := set(w, "publish", "1"); err != nil {
		return err
	}
	if err := w.commit(); err != nil {
		return err
	}
	if err := publish(a, w, true); err != nil {
		return err
	}
	return finishForgetting(a, w)
}

// endCutOff writes the ledger of an export whose program ended before it did.
// It has no sum.
func endCutOff(a *Store, w *writer, number int64) error {
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
	if err := tellMoved(w, number, &l); err != nil {
		return err
	}
	l.NewAside = l.SetAside
	l.Stop = export.NewStop(fmt.Errorf("%w: the program ended before the export did", export.ErrStopped))
	if err := judgeCutOff(a, w, &l); err != nil {
		return err
	}
	return ledger(w, number, &l, a.now())
}

// sweep removes what a cut-off export left on its way, but for the beginnings
// of photos that can be continued.
func sweep(a *Store, w *writer) error {
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
func adopt(a *Store, w *writer) error {
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
		if err := adoptIn(a, w, c.id, c.folder+"/Photos"); err != nil {
			return err
		}
	}
	return nil
}

func adoptIn(a *Store, w *writer, account int64, dir string) error {
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
			err = adoptIn(a, w, account, name)
		case e.Type().IsRegular() && !litter(e.Name()):
			err = adoptFile(a, w, account, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func adoptFile(a *Store, w *writer, account int64, name string) error {
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
	if err := syncFile(a, name); err != nil {
		return err
	}
	_, err = w.exec("INSERT INTO photo (account, hash, size, path, key) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		account, sum[:], size, name, FoldName(name))
	return err
}

// syncFile makes a file and its name durable.
func syncFile(a *Store, name string) error {
	f, err := a.disk.OpenFile(name, os.O_RDWR)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close(), a.disk.SyncDir(path.Dir(name)))
}

// write opens the archive for writing, with everything finished that was begun
// before. The caller closes the writer and releases the lock.
func write(a *Store) (*lock, *writer, error) {
	if err := errors.Join(unlinked(a), makeFolders(a.disk, sideDir)); err != nil {
		return nil, nil, caused(err)
	}
	l, err := lockSoon(a.dir, a.now)
	if err != nil {
		return nil, nil, err
	}
	if err := errors.Join(tighten(a, context.Background()), upgrade(a, context.Background())); err != nil {
		return nil, nil, errors.Join(caused(err), l.release())
	}
	if err := sound(a); err != nil {
		return nil, nil, errors.Join(err, l.release())
	}
	w, err := newWriter(context.Background(), a.db)
	if err != nil {
		return nil, nil, errors.Join(err, l.release())
	}
	if err := finishWith(a, w); err != nil {
		return nil, nil, errors.Join(caused(err), w.close(), l.release())
	}
	l.last = func() { noteSums(a) }
	return l, w, nil
}
