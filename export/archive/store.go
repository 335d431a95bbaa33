package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sidekeep/export"
	"time"
)

// maxSettings is how many bytes the settings of an account can have.
const maxSettings = 1 << 20

// Options are what an archive gets from outside. The zero value is for use.
type Options struct {
	Now  func() time.Time               // the clock; nil means time.Now
	Disk func(dir string) (Disk, error) // opens the folder; nil means [OpenDisk]
}

// A Store is an archive's folder and its history, open.
type Store struct {
	dir  string
	id   string
	now  func() time.Time
	disk Disk
	db   *sql.DB
	own  sumsNote // of history.db as this process left it
}

func (o Options) open(dir string) (*Store, error) {
	a := &Store{dir: dir, now: o.Now}
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
	if err := noLinks(a); err != nil {
		return nil, errors.Join(caused(err), a.disk.Close())
	}
	return a, nil
}

// noLinks returns an error if a link stands where SQLite would follow it, or in
// the place of a folder that everything lies in.
func noLinks(a *Store) error {
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

// file is the absolute path of a file of the archive, given relative to it and
// slash-separated.
func (a *Store) file(name string) string {
	return filepath.Join(a.dir, filepath.FromSlash(name))
}

// Close closes the archive. Sessions are to be finished before.
func (a *Store) Close() error {
	return caused(errors.Join(a.db.Close(), a.disk.Close()))
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

// dropNew removes a history that is not finished.
func dropNew(a *Store) error {
	return errors.Join(removeIfThere(a.disk, newHistory+"-journal"), removeIfThere(a.disk, newHistory))
}

// lookAgain has the disk look again where the folders are.
func lookAgain(a *Store) {
	if f, ok := a.disk.(interface{ Fresh() }); ok {
		f.Fresh()
	}
}

func unlinked(a *Store) error {
	lookAgain(a)
	return noLinks(a)
}
