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
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"sidekeep/export"
)

const (
	historyFile = "history.db"
	sideDir     = ".sidekeep"
	partialDir  = sideDir + "/partial" // photos on their way
	spoolDir    = sideDir + "/spool"   // large bodies on their way
	publishDir  = sideDir + "/publish" // open files on their way
	newHistory  = sideDir + "/new.db"
)

// Options are what an archive gets from outside. The zero value is for use.
type Options struct {
	Now  func() time.Time               // the clock; nil means time.Now
	Disk func(dir string) (Disk, error) // opens the folder; nil means [OpenDisk]
}

// An Archive is an open archive folder. Its methods may be called from several
// goroutines. It holds no lock: that is taken for an export, and for finishing
// one that was cut off.
type Archive struct {
	dir  string
	id   string
	now  func() time.Time
	disk Disk
	db   *sql.DB
	own  sumsNote // of history.db as this process left it
}

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
	if err := a.finishBegun(ctx); err != nil {
		if errors.Is(err, export.ErrDamaged) {
			err = fmt.Errorf("%w: %w", export.ErrHistory, err)
		}
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (o Options) open(dir string) (*Archive, error) {
	a := &Archive{dir: dir, now: o.Now}
	if a.now == nil {
		a.now = time.Now
	}
	open := o.Disk
	if open == nil {
		open = OpenDisk
	}
	var err error
	if a.disk, err = open(dir); err != nil {
		return nil, caused(err)
	}
	if err := a.noLinks(); err != nil {
		return nil, errors.Join(caused(err), a.disk.Close())
	}
	return a, nil
}

// noLinks returns an error if a link stands where SQLite would follow it, or in
// the place of a folder that everything lies in.
func (a *Archive) noLinks() error {
	for _, name := range []string{sideDir, "data", "readme", historyFile, historyFile + "-journal", historyFile + "-wal", historyFile + "-shm"} {
		info, err := a.disk.Lstat(name)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			continue // what cannot be looked at is told by whoever needs it
		}
		f, err := a.disk.Open(name)
		if err != nil {
			return err
		}
		return errors.Join(fmt.Errorf("%s: %w", name, export.ErrLink), f.Close())
	}
	return nil
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
	err = a.create()
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

func (a *Archive) create() error {
	entries, err := a.disk.ReadDir(".")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != sideDir && !litter(e.Name()) {
			return fmt.Errorf("%w: %s is not empty and holds no archive", export.ErrNotWritable, a.dir)
		}
	}
	if err := errors.Join(a.tighten(context.Background()), makeFolders(a.disk, sideDir)); err != nil {
		return err
	}
	l, err := lockSoon(a.dir, a.now)
	if err != nil {
		return err
	}
	return errors.Join(a.createHistory(), l.release())
}

// createHistory writes the history aside and gives it its name when it is
// whole.
func (a *Archive) createHistory() error {
	if there, err := exists(a.disk, historyFile); there || err != nil {
		return err
	}
	if err := a.dropNew(); err != nil {
		return err
	}
	if err := a.reserve(newHistory); err != nil {
		return err
	}
	file := filepath.Join(a.dir, filepath.FromSlash(newHistory))
	created := a.now().UTC().Format(time.RFC3339)
	if err := writeHistory(context.Background(), file, rand.Text(), created); err != nil {
		return err
	}
	return moveNew(a.disk, newHistory, historyFile)
}

// file is the absolute path of a file of the archive, given relative to it and
// slash-separated.
func (a *Archive) file(name string) string {
	return filepath.Join(a.dir, filepath.FromSlash(name))
}

// Dir is the folder of the archive, as an absolute path.
func (a *Archive) Dir() string { return a.dir }

// ID is the archive's own mark, which it keeps wherever it is moved.
func (a *Archive) ID() string { return a.id }

// Close closes the archive. Sessions are to be finished before.
func (a *Archive) Close() error {
	return caused(errors.Join(a.db.Close(), a.disk.Close()))
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

func idOf(dir string) (string, error) {
	file := filepath.Join(dir, historyFile)
	info, err := os.Lstat(file)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", export.ErrDamaged
	}
	db, id, err := openHistory(context.Background(), file)
	if err != nil {
		return "", err
	}
	return id, db.Close()
}
