package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
)

// maxSettings is how many bytes the settings of an account can have.
const maxSettings = 1 << 20

// Options are what an archive gets from outside. The zero value is for use.
type Options struct {
	Now  func() time.Time                    // the clock; nil means time.Now
	Disk func(dir string) (disk.Disk, error) // opens the folder; nil means [OpenDisk]
}

// A Store is an archive's folder and its history, open.
type Store struct {
	Dir  string
	ID   string
	Now  func() time.Time
	Disk disk.Disk
	DB   *sql.DB
	Sums sumsNote // of history.db as this process left it
}

func (o Options) Open(dir string) (*Store, error) {
	a := &Store{Dir: dir, Now: o.Now}
	if a.Now == nil {
		a.Now = time.Now
	}
	open := o.Disk
	if open == nil {
		open = disk.OpenDisk
	}
	var err error
	if a.Disk, err = open(dir); err != nil {
		return nil, disk.Caused(err)
	}
	if err := noLinks(a); err != nil {
		return nil, errors.Join(disk.Caused(err), a.Disk.Close())
	}
	return a, nil
}

// noLinks returns an error if a link stands where SQLite would follow it, or in
// the place of a folder that everything lies in.
func noLinks(a *Store) error {
	for _, name := range []string{disk.SideDir, "data", "readme", disk.HistoryFile, disk.HistoryFile + "-journal", disk.HistoryFile + "-wal", disk.HistoryFile + "-shm"} {
		info, err := a.Disk.Lstat(name)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			continue // what cannot be looked at is told by whoever needs it
		}
		f, err := a.Disk.Open(name)
		if err != nil {
			return err
		}
		return errors.Join(fmt.Errorf("%s: %w", name, export.ErrLink), f.Close())
	}
	return nil
}

// Path is the absolute path of a file of the archive, given relative to it and
// slash-separated.
func (a *Store) Path(name string) string {
	return filepath.Join(a.Dir, filepath.FromSlash(name))
}

// Close closes the archive. Sessions are to be finished before.
func (a *Store) Close() error {
	return disk.Caused(errors.Join(a.DB.Close(), a.Disk.Close()))
}

func IDOf(dir string) (string, error) {
	file := filepath.Join(dir, disk.HistoryFile)
	info, err := os.Lstat(file)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", export.ErrDamaged
	}
	db, id, err := OpenHistory(context.Background(), file)
	if err != nil {
		return "", err
	}
	return id, db.Close()
}

// DropNew removes a history that is not finished.
func DropNew(a *Store) error {
	return errors.Join(disk.RemoveIfThere(a.Disk, disk.NewHistory+"-journal"), disk.RemoveIfThere(a.Disk, disk.NewHistory))
}

// LookAgain has the disk look again where the folders are.
func LookAgain(a *Store) {
	if f, ok := a.Disk.(interface{ Fresh() }); ok {
		f.Fresh()
	}
}

func Unlinked(a *Store) error {
	LookAgain(a)
	return noLinks(a)
}
