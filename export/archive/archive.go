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
	info, err := os.Lstat(filepath.Join(dir, historyFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, ok := bagged(dir); ok {
			return nil, fmt.Errorf("%w: %s has an archive, but no history.db: %w", export.ErrHistory, dir, export.ErrDamaged)
		}
		return nil, fmt.Errorf("%w: %s", export.ErrNoArchive, dir)
	case err != nil:
		return nil, caused(err)
	case !info.Mode().IsRegular() && info.Mode()&fs.ModeSymlink == 0: // a link is told of below
		return nil, fmt.Errorf("%w: history.db is no plain file: %w", export.ErrHistory, export.ErrDamaged)
	}
	a, err := o.open(dir)
	if err != nil {
		return nil, err
	}
	if a.db, a.id, err = openHistory(ctx, filepath.Join(dir, historyFile)); err != nil {
		if errors.Is(err, export.ErrDamaged) {
			err = fmt.Errorf("%w: %w", export.ErrHistory, err)
		}
		return nil, errors.Join(err, a.disk.Close())
	}
	if err := finishBegun(a, ctx); err != nil {
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
	if _, err := os.Lstat(filepath.Join(dir, historyFile)); err == nil {
		return Open(dir, o)
	}
	if _, ok := bagged(dir); ok {
		return Open(dir, o)
	}
	if err := makeArchiveFolder(dir, privateMode); err != nil {
		return nil, caused(fmt.Errorf("making the folder: %w", err))
	}
	a, err := o.open(dir)
	if err != nil {
		return nil, err
	}
	err = createIn(a)
	if err := errors.Join(err, a.disk.Close()); err != nil {
		return nil, caused(fmt.Errorf("making the archive: %w", err))
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
	d, err := OpenDisk(parent)
	if err != nil {
		return nil // a folder that may be written and not read cannot be synced
	}
	return errors.Join(d.SyncDir("."), d.Close())
}

func createIn(a *Store) error {
	entries, err := a.disk.ReadDir(".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != sideDir && !litter(e.Name()) {
			return fmt.Errorf("%w: %s is not empty and holds no archive", export.ErrNotWritable, a.dir)
		}
	}
	if err := errors.Join(tighten(a, context.Background()), makeFolders(a.disk, sideDir)); err != nil {
		return err
	}
	l, err := lockSoon(a.dir, a.now)
	if err != nil {
		return err
	}
	return errors.Join(createHistory(a), l.release())
}

// createHistory writes the history aside and gives it its name when it is
// whole.
func createHistory(a *Store) error {
	if there, err := exists(a.disk, historyFile); there || err != nil {
		return err
	}
	if err := dropNew(a); err != nil {
		return err
	}
	if err := reserve(a, newHistory); err != nil {
		return err
	}
	file := filepath.Join(a.dir, filepath.FromSlash(newHistory))
	created := a.now().UTC().Format(time.RFC3339)
	if err := writeHistory(context.Background(), file, rand.Text(), created); err != nil {
		return err
	}
	return moveNew(a.disk, newHistory, historyFile)
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
			if found, err := idOf(dir); err == nil && found == id {
				return dir, true
			}
		}
	}
	return "", false
}
