// Package archive keeps the folder that the owner holds: the history of every
// item in history.db, the open files that follow it, and their manifest. The
// format is described in FORMAT.md beside this file.
//
// What an item's bytes mean is left to formats, where they come from to
// export/source.
package archive

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/repair"
	"sidekeep/export/archive/resume"
)

// Open opens the archive in dir, for the caller to close. What an interrupted
// export began is finished first if nobody is writing and the disk takes it.
// The error is [export.ErrNoArchive] or [export.ErrNewer] if dir holds no archive
// that can be read, and [export.ErrHistory] if it holds one that [Repair] can
// make readable again.
func Open(dir string, o Options) (*Archive, error) {
	ctx := context.Background()
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	info, err := os.Lstat(filepath.Join(dir, disk.HistoryFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, ok := repair.Bagged(dir); ok {
			return nil, fmt.Errorf("%w: %s has an archive, but no history.db: %w", export.ErrHistory, dir, export.ErrDamaged)
		}
		return nil, fmt.Errorf("%w: %s", export.ErrNoArchive, dir)
	case err != nil:
		return nil, disk.Caused(err)
	case !info.Mode().IsRegular() && info.Mode()&fs.ModeSymlink == 0: // a link is told of below
		return nil, fmt.Errorf("%w: history.db is no plain file: %w", export.ErrHistory, export.ErrDamaged)
	}
	a, err := o.Open(dir)
	if err != nil {
		return nil, err
	}
	if a.DB, a.ID, err = history.OpenHistory(ctx, filepath.Join(dir, disk.HistoryFile)); err != nil {
		if errors.Is(err, export.ErrDamaged) {
			err = fmt.Errorf("%w: %w", export.ErrHistory, err)
		}
		return nil, errors.Join(err, a.Disk.Close())
	}
	if err := resume.FinishBegun(a, ctx); err != nil {
		if errors.Is(err, export.ErrDamaged) {
			err = fmt.Errorf("%w: %w", export.ErrHistory, err)
		}
		return nil, errors.Join(err, a.Close())
	}
	return newArchive(a), nil
}

// Create makes dir, which may be missing or empty, a new archive, or opens the
// one that is there. A folder that holds anything else is refused.
func Create(dir string, o Options) (*Archive, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(filepath.Join(dir, disk.HistoryFile)); err == nil {
		return Open(dir, o)
	}
	if _, ok := repair.Bagged(dir); ok {
		return Open(dir, o)
	}
	if err := makeArchiveFolder(dir, history.PrivateMode); err != nil {
		return nil, disk.Caused(fmt.Errorf("making the folder: %w", err))
	}
	a, err := o.Open(dir)
	if err != nil {
		return nil, err
	}
	err = createIn(a)
	if err := errors.Join(err, a.Disk.Close()); err != nil {
		return nil, disk.Caused(fmt.Errorf("making the archive: %w", err))
	}
	return Open(dir, o)
}

// makeArchiveFolder makes dir and what is missing above it, durably. mode is
// that of dir itself.
func makeArchiveFolder(dir string, mode fs.FileMode) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := makeArchiveFolder(parent, 0o777); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	d, err := disk.OpenDisk(parent)
	if err != nil {
		return nil // a folder that may be written and not read cannot be synced
	}
	return errors.Join(d.SyncDir("."), d.Close())
}

func createIn(a *history.Store) error {
	entries, err := a.Disk.ReadDir(".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != disk.SideDir && !disk.Litter(e.Name()) {
			return fmt.Errorf("%w: %s is not empty and holds no archive", export.ErrNotWritable, a.Dir)
		}
	}
	if err := errors.Join(history.Tighten(a, context.Background()), disk.MakeFolders(a.Disk, disk.SideDir)); err != nil {
		return err
	}
	l, err := disk.LockSoon(a.Dir, a.Now)
	if err != nil {
		return err
	}
	return errors.Join(createHistory(a), l.Release())
}

// createHistory writes the history aside and gives it its name when it is
// whole.
func createHistory(a *history.Store) error {
	if there, err := disk.Exists(a.Disk, disk.HistoryFile); there || err != nil {
		return err
	}
	if err := history.DropNew(a); err != nil {
		return err
	}
	if err := history.Reserve(a, disk.NewHistory); err != nil {
		return err
	}
	file := filepath.Join(a.Dir, filepath.FromSlash(disk.NewHistory))
	created := a.Now().UTC().Format(time.RFC3339)
	if err := history.WriteHistory(context.Background(), file, rand.Text(), created); err != nil {
		return err
	}
	return disk.MoveNew(a.Disk, disk.NewHistory, disk.HistoryFile)
}

// Find looks for the archive with the given ID in places: each is the folder of
// an archive or one in which archives lie. Nothing is changed.
func Find(id string, places []string) (dir string, ok bool) {
	for _, place := range places {
		entries, _ := os.ReadDir(place) // a place that cannot be read holds nothing to be found
		dirs := []string{place}
		for _, e := range entries {
			if e.IsDir() {
				dirs = append(dirs, filepath.Join(place, e.Name()))
			}
		}
		for _, dir := range dirs {
			if found, err := history.IDOf(dir); err == nil && found == id {
				return dir, true
			}
		}
	}
	return "", false
}
