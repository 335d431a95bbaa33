package resume

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/judge"
	"sidekeep/export/archive/publish"
	"sidekeep/export/archive/remove"
)

// BegunQuery tells whether an export, its publishing or a forgetting was cut
// off.
const BegunQuery = `SELECT EXISTS (SELECT 1 FROM export WHERE ended IS NULL) OR EXISTS (SELECT 1 FROM archive WHERE name = 'publish' AND value = '1' OR name = '` + history.ForgettingName + `')`

// Write opens the archive for writing and has do write, for it to commit. It waits
// for no other writer: [export.ErrBusy] if there is one.
func Write(ctx context.Context, a *history.Store, do func(*history.Batch) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l, w, err := Begin(a)
	if err != nil {
		return err
	}
	w.Lock()
	err = do(w)
	w.Unlock()
	return errors.Join(disk.Caused(err), w.Close(), l.Release())
}

// FinishBegun finishes what a cut-off export began. If somebody is writing, or
// the disk takes nothing, the archive can still be read as it is.
func FinishBegun(a *history.Store, ctx context.Context) error {
	var begun bool
	if err := a.DB.QueryRowContext(ctx, BegunQuery).Scan(&begun); err != nil {
		return disk.Caused(err)
	}
	old, err := history.IsOlder(ctx, a.DB)
	if err != nil {
		return disk.Caused(err)
	}
	if !begun && !old {
		return nil
	}
	l, w, err := Begin(a)
	if err == nil {
		err = errors.Join(w.Close(), l.Release())
	}
	if errors.Is(err, export.ErrDamaged) {
		return err
	}
	return nil // the next export meets it again
}

// Finish finishes what a cut-off export began. The lock is held.
func Finish(a *history.Store, w *history.Batch) error {
	w.Lock()
	defer w.Unlock()
	var begun bool
	if _, err := w.Row(BegunQuery, nil, &begun); err != nil {
		return err
	}
	if !begun {
		return remove.ShrinkBegun(a, w)
	}
	var ended []int64
	err := w.Each("SELECT number FROM export WHERE ended IS NULL", nil, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		ended = append(ended, n)
		return err
	})
	if err != nil {
		return err
	}
	if len(ended) > 0 {
		if err := Sweep(a, w); err != nil {
			return err
		}
		if err := Adopt(a, w); err != nil {
			return err
		}
	}
	for _, n := range ended {
		if err := endCutOff(a, w, n); err != nil {
			return err
		}
	}
	if err := history.SetValue(w, "publish", "1"); err != nil {
		return err
	}
	if err := w.Commit(); err != nil {
		return err
	}
	if err := publish.Files(a, w, true); err != nil {
		return err
	}
	return remove.FinishForgetting(a, w)
}

// endCutOff writes the ledger of an export whose program ended before it did.
// It has no sum.
func endCutOff(a *history.Store, w *history.Batch, number int64) error {
	l := export.Ledger{Number: number, Collections: []export.CollectionLedger{}}
	var started string
	if _, err := w.Row("SELECT account.name, started FROM export JOIN account USING (account) WHERE number = ?", []any{number}, &l.Account, &started); err != nil {
		return err
	}
	l.Started = history.TimeOf(started)
	_, err := w.Row(`SELECT count(*) FILTER (WHERE kind <> '' AND aside IS NULL), count(*) FILTER (WHERE aside IS NOT NULL), count(*) FILTER (WHERE kind = '')
		FROM version WHERE export = ?`, []any{number}, &l.Kept, &l.SetAside, &l.Gone)
	if err == nil {
		_, err = w.Row("SELECT count(*) FROM problem WHERE export = ? AND NOT aside", []any{number}, &l.Failed)
	}
	if err != nil {
		return err
	}
	if err := history.TellMoved(w, number, &l); err != nil {
		return err
	}
	l.NewAside = l.SetAside
	l.Stop = export.NewStop(fmt.Errorf("%w: the program ended before the export did", export.ErrStopped))
	if err := judge.CutOff(a, w, &l); err != nil {
		return err
	}
	return history.Ledger(w, number, &l, a.Now())
}

// Sweep removes what a cut-off export left on its way, but for the beginnings
// of photos that can be continued.
func Sweep(a *history.Store, w *history.Batch) error {
	if err := disk.EmptyFolder(a.Disk, disk.SpoolDir); err != nil {
		return err
	}
	entries, err := a.Disk.ReadDir(disk.PartialDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := disk.PartialDir + "/" + e.Name()
		var one int
		known, err := w.Row("SELECT 1 FROM partial WHERE file = ?", []any{name}, &one)
		if err != nil {
			return err
		}
		if !known {
			if err := a.Disk.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// Adopt records photos that have their place and no row. An empty file is a
// place that was reserved and not taken: it is removed.
func Adopt(a *history.Store, w *history.Batch) error {
	type account struct {
		id     int64
		folder string
	}
	var accounts []account
	err := w.Each("SELECT account, folder FROM account", nil, func(rows *sql.Rows) error {
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

func adoptIn(a *history.Store, w *history.Batch, account int64, dir string) error {
	entries, err := a.Disk.ReadDir(dir)
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
		case e.Type().IsRegular() && !disk.Litter(e.Name()):
			err = adoptFile(a, w, account, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func adoptFile(a *history.Store, w *history.Batch, account int64, name string) error {
	var one int
	known, err := w.Row("SELECT 1 FROM photo WHERE path = ?", []any{name}, &one)
	if err != nil || known {
		return err
	}
	info, err := a.Disk.Lstat(name)
	if err != nil {
		return err
	}
	if info.Size() == 0 {
		return a.Disk.Remove(name)
	}
	if name != path.Dir(name)+"/"+disk.CleanName(path.Base(name), disk.MaxNameUnits) {
		return nil // never a name that a photo was given
	}
	sum, size, err := disk.HashFile(context.Background(), a.Disk, name, nil)
	if err != nil {
		return err
	}
	// The file may not be durable yet: it is before its row is.
	if err := disk.SyncFile(a.Disk, name); err != nil {
		return err
	}
	_, err = w.Exec("INSERT INTO photo (account, hash, size, path, key) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		account, sum[:], size, name, disk.FoldName(name))
	return err
}

// Begin opens the archive for writing, with everything finished that was begun
// before. The caller closes the writer and releases the lock.
func Begin(a *history.Store) (*disk.Lock, *history.Batch, error) {
	if err := errors.Join(history.Unlinked(a), disk.MakeFolders(a.Disk, disk.SideDir)); err != nil {
		return nil, nil, disk.Caused(err)
	}
	l, err := disk.LockSoon(a.Dir, a.Now)
	if err != nil {
		return nil, nil, err
	}
	if err := errors.Join(history.Tighten(a, context.Background()), history.Upgrade(a, context.Background())); err != nil {
		return nil, nil, errors.Join(disk.Caused(err), l.Release())
	}
	if err := history.CheckSums(a); err != nil {
		return nil, nil, errors.Join(err, l.Release())
	}
	w, err := history.NewBatch(context.Background(), a.DB)
	if err != nil {
		return nil, nil, errors.Join(err, l.Release())
	}
	if err := Finish(a, w); err != nil {
		return nil, nil, errors.Join(disk.Caused(err), w.Close(), l.Release())
	}
	l.Last = func() { history.NoteSums(a) }
	return l, w, nil
}
