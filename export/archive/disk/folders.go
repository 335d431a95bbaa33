package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"sidekeep/export"
)

// MakeFolders makes dir and what is missing above it, durably.
func MakeFolders(d Disk, dir string) error {
	if dir == "." {
		return nil
	}
	info, err := d.Lstat(dir)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		f, err := d.Open(dir) // tells of a link that it is one
		if err == nil {
			err = f.Close()
		}
		return errors.Join(err, &fs.PathError{Op: "mkdir", Path: dir, Err: fmt.Errorf("there is something else of this name: %w", export.ErrDamaged)})
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := MakeFolders(d, path.Dir(dir)); err != nil {
		return err
	}
	if err := d.Mkdir(dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return d.SyncDir(path.Dir(dir))
}

// MoveNew moves the synced file from to the name to, durably and without
// replacing anything: the error is fs.ErrExist if to is taken.
//
// Where there are no links, to is reserved by an empty file first; one that a
// stop leaves behind is removed by resume.
func MoveNew(d Disk, from, to string) error {
	return moveAnd(d, from, to, func() error { return d.SyncDir(path.Dir(to)) })
}

// PlaceNew is MoveNew without syncing the folder of to. Until that is done, a
// power cut may take the file under both names.
func PlaceNew(d Disk, from, to string) error {
	if d, ok := d.(interface{ MoveNew(from, to string) bool }); ok && d.MoveNew(from, to) {
		return nil
	}
	return moveAnd(d, from, to, func() error { return nil })
}

func moveAnd(d Disk, from, to string, then func() error) error {
	err := d.Link(from, to)
	switch {
	case err == nil:
		if err := then(); err != nil {
			return err
		}
		return d.Remove(from)
	case errors.Is(err, fs.ErrExist):
		return err
	}
	f, err := d.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := d.Rename(from, to); err != nil {
		return errors.Join(err, d.Remove(to))
	}
	return then()
}

// RemoveTree removes dir and everything in it.
func RemoveTree(d Disk, dir string) error {
	entries, err := d.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := dir + "/" + e.Name()
		if e.IsDir() {
			err = RemoveTree(d, name)
		} else {
			err = d.Remove(name)
		}
		if err != nil {
			return err
		}
	}
	return d.Remove(dir)
}
