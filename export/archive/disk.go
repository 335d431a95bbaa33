package archive

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
)

// A Disk is the archive's folder as the archive uses it. Names are relative to
// it and slash-separated. What is written is taken as lost until File.Sync, and
// a name that was made, moved or removed until SyncDir of its folder.
type Disk interface {
	DiskReader
	DiskWriter
	io.Closer
}

// A DiskReader is the reading part of a [Disk].
type DiskReader interface {
	Open(name string) (File, error)
	Lstat(name string) (fs.FileInfo, error)
	ReadDir(name string) ([]fs.DirEntry, error)
}

// A DiskWriter is the writing part of a [Disk].
type DiskWriter interface {
	// OpenFile opens name as os.OpenFile does.
	OpenFile(name string, flag int) (File, error)
	Mkdir(name string) error
	Rename(from, to string) error // replaces to
	Link(from, to string) error   // fs.ErrExist if to exists; other errors where links are unknown
	Remove(name string) error
	SyncDir(name string) error
}

// A File is an open file of a [Disk].
type File interface {
	io.ReadWriteSeeker
	io.Closer
	Truncate(size int64) error
	Sync() error
}

// OpenDisk opens dir by os.Root, so that no name leads out of it.
func OpenDisk(dir string) (Disk, error) {
	r, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return rootDisk{r}, nil
}

type rootDisk struct{ r *os.Root }

func (d rootDisk) Open(name string) (File, error) {
	f, err := d.r.Open(name)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (d rootDisk) OpenFile(name string, flag int) (File, error) {
	f, err := d.r.OpenFile(name, flag, 0o666)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (d rootDisk) Lstat(name string) (fs.FileInfo, error) { return d.r.Lstat(name) }
func (d rootDisk) Mkdir(name string) error                { return d.r.Mkdir(name, 0o777) }
func (d rootDisk) Rename(from, to string) error           { return d.r.Rename(from, to) }
func (d rootDisk) Link(from, to string) error             { return d.r.Link(from, to) }
func (d rootDisk) Remove(name string) error               { return d.r.Remove(name) }
func (d rootDisk) Close() error                           { return d.r.Close() }

func (d rootDisk) ReadDir(name string) ([]fs.DirEntry, error) {
	return fs.ReadDir(d.r.FS(), name)
}

// SyncDir does nothing on Windows, where folders cannot be synced.
func (d rootDisk) SyncDir(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := d.r.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// makeFolders makes dir and what is missing above it, durably.
func makeFolders(d Disk, dir string) error {
	if dir == "." {
		return nil
	}
	info, err := d.Lstat(dir)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return &fs.PathError{Op: "mkdir", Path: dir, Err: errors.New("there is something else of this name")}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := makeFolders(d, path.Dir(dir)); err != nil {
		return err
	}
	if err := d.Mkdir(dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return d.SyncDir(path.Dir(dir))
}

// moveNew moves the synced file from to the name to, durably and without
// replacing anything: the error is fs.ErrExist if to is taken.
//
// Where there are no links, to is reserved by an empty file first; one that a
// stop leaves behind is removed by [Archive.adopt].
func moveNew(d Disk, from, to string) error {
	err := d.Link(from, to)
	switch {
	case err == nil:
		if err := d.SyncDir(path.Dir(to)); err != nil {
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
	return d.SyncDir(path.Dir(to))
}

// exists reports whether there is anything of this name.
func exists(d Disk, name string) (bool, error) {
	_, err := d.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// removeIfThere removes a file that may be missing.
func removeIfThere(d Disk, name string) error {
	if err := d.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// empty removes the files in dir, which may be missing.
func empty(d Disk, dir string) error {
	entries, err := d.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := d.Remove(path.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
