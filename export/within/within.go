// Package within reads and writes the files of one folder and nothing outside
// of it, whatever stands in the folder: no name leads out, and no link is
// followed, not even to another place within.
//
// What the files mean is left to those who call it.
package within

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"sidekeep/export"
)

// A Folder is an open folder. Names are relative to it and slash-separated. Its
// methods may be called from several goroutines. The error of a name that is a
// link, or stands below one, is an [*export.LinkError]; of one that leads out,
// or is neither a file nor a folder, it wraps [export.ErrDamaged].
type Folder struct {
	dir   string // as it was named
	r     *os.Root
	plain sync.Map // folders that were seen to be no links
	near  near
	all   *os.File // see SyncAll; nil where it does not work

	mu   sync.Mutex
	mode fs.FileMode // of the folder itself: what is made in it is as open to others
}

// Open opens the folder dir, which may itself be a link. The caller closes it.
func Open(dir string) (*Folder, error) {
	r, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	info, err := r.Stat(".")
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return &Folder{dir: dir, r: r, all: together(r), mode: info.Mode().Perm()}, nil
}

// Sub opens a folder within f, for the caller to close. What is made in it is
// for the owner only.
func (f *Folder) Sub(name string) (*Folder, error) {
	if err := f.at(name); err != nil {
		return nil, err
	}
	r, err := f.r.OpenRoot(name)
	if err != nil {
		return nil, f.told(name, err)
	}
	return &Folder{dir: f.Path(name), r: r, mode: 0o700}, nil
}

// Path is the path of a name for a person, and for programs that know nothing
// else.
func (f *Folder) Path(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

// Close closes the folder.
func (f *Folder) Close() error {
	f.near.drop(".")
	if f.all != nil {
		_ = f.all.Close() // nothing is written to it
	}
	return f.r.Close()
}

// Fresh forgets which folders were seen to be no links, and where they are.
func (f *Folder) Fresh() {
	f.plain.Clear()
	f.near.drop(".")
}

// below returns an error if name leads out of the folder, or if a folder above
// it is a link. What is missing is left for the operation to find.
func (f *Folder) below(name string) error {
	if !fs.ValidPath(name) {
		return &fs.PathError{Op: "open", Path: name, Err: fmt.Errorf("it leads out of the folder: %w", export.ErrDamaged)}
	}
	return f.at(path.Dir(name))
}

// at is below for a folder that is itself not to be a link.
func (f *Folder) at(dir string) error {
	if _, ok := f.plain.Load(dir); ok || dir == "." {
		return nil
	}
	if err := f.below(dir); err != nil {
		return err
	}
	info, err := f.r.Lstat(dir)
	switch {
	case err != nil:
		return nil // the operation meets it too
	case info.Mode()&fs.ModeSymlink != 0:
		return f.link(dir)
	case info.IsDir():
		f.plain.Store(dir, true)
	}
	return nil
}

// link is the error of a name that is a link.
func (f *Folder) link(name string) error {
	to, _ := f.r.Readlink(name) // told without it
	folder := false
	if info, err := os.Stat(f.Path(name)); err == nil {
		folder = info.IsDir()
	}
	return &export.LinkError{Folder: f.dir, Name: name, To: to, IsFolder: folder}
}

// told says of an error that comes from a link that it does.
func (f *Folder) told(name string, err error) error {
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f.Fresh()
	if link := f.at(name); link != nil {
		return link
	}
	return err
}

// file returns an error if name is there and no plain file.
func (f *Folder) file(name string) error {
	if err := f.below(name); err != nil {
		return err
	}
	info, err := f.there(name)
	switch {
	case err != nil || info.Mode().IsRegular():
		return nil // the operation tells whether it is there
	case info.Mode()&fs.ModeSymlink != 0:
		return f.link(name)
	}
	return &fs.PathError{Op: "open", Path: name, Err: fmt.Errorf("it is no plain file: %w", export.ErrDamaged)}
}

// Open opens a file for reading.
func (f *Folder) Open(name string) (*os.File, error) {
	if err := f.file(name); err != nil {
		return nil, err
	}
	file, err := in(f, name, (*os.Root).Open)
	return file, f.told(name, err)
}

// OpenFile opens a file as os.OpenFile does. A new one is readable by those who
// may read the folder itself.
func (f *Folder) OpenFile(name string, flag int) (*os.File, error) {
	if flag&os.O_EXCL == 0 {
		if err := f.file(name); err != nil {
			return nil, err
		}
	} else if err := f.below(name); err != nil {
		return nil, err
	}
	mode := f.Mode()&0o666 | 0o600
	file, err := in(f, name, func(r *os.Root, name string) (*os.File, error) { return r.OpenFile(name, flag, mode) })
	if err == nil && mode != 0o600 && flag&os.O_EXCL != 0 {
		_ = file.Chmod(mode) // whatever the umask says; not every disk has modes
	}
	return file, f.told(name, err)
}

// ReadFile reads a file of at most limit bytes; what is larger is damaged.
func (f *Folder) ReadFile(name string, limit int64) ([]byte, error) {
	file, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("%s has more than %d bytes: %w", name, limit, export.ErrDamaged)
	}
	return text, errors.Join(err, file.Close())
}

// WriteFile writes a file whole or not at all: aside, synced, and renamed.
func (f *Folder) WriteFile(name string, text []byte) error {
	temp := name + ".new"
	if err := f.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := f.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = f.Rename(temp, name)
	}
	if err != nil {
		return errors.Join(err, f.Remove(temp))
	}
	return nil
}

// Lstat looks at a name; of a link, at the link itself.
func (f *Folder) Lstat(name string) (fs.FileInfo, error) {
	if err := f.below(name); err != nil {
		return nil, err
	}
	return in(f, name, (*os.Root).Lstat)
}

// ReadDir lists a folder.
func (f *Folder) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := f.at(name); err != nil {
		return nil, err
	}
	list, err := fs.ReadDir(f.r.FS(), name)
	return list, f.told(name, err)
}

// Chtimes sets when a file was changed last.
func (f *Folder) Chtimes(name string, t time.Time) error {
	if err := f.below(name); err != nil {
		return err
	}
	return f.done(name, func(r *os.Root, name string) error { return r.Chtimes(name, time.Time{}, t) })
}

// Mkdir makes a folder, as open to others as f itself.
func (f *Folder) Mkdir(name string) error {
	if err := f.below(name); err != nil {
		return err
	}
	mode := f.Mode() | 0o700
	if err := f.r.Mkdir(name, mode); err != nil {
		return f.told(name, err)
	}
	if mode != 0o700 {
		_ = f.r.Chmod(name, mode) // as of a file
	}
	return nil
}

// MkdirAll makes a folder and what is missing above it.
func (f *Folder) MkdirAll(name string) error {
	if name == "." {
		return nil
	}
	if info, err := f.Lstat(name); err == nil && info.IsDir() {
		return nil
	}
	if err := f.MkdirAll(path.Dir(name)); err != nil {
		return err
	}
	err := f.Mkdir(name)
	if errors.Is(err, fs.ErrExist) {
		return f.at(name)
	}
	return err
}

// Rename renames a file or folder, in the place of what has the name.
func (f *Folder) Rename(from, to string) error {
	if err := errors.Join(f.below(from), f.below(to)); err != nil {
		return err
	}
	f.plain.Delete(from)
	f.near.drop(from)
	if f.across(from, to, renameAt) {
		return nil
	}
	return f.r.Rename(from, to)
}

// Link gives a file a second name.
func (f *Folder) Link(from, to string) error {
	if err := errors.Join(f.file(from), f.below(to)); err != nil {
		return err
	}
	if f.across(from, to, linkAt) {
		return nil
	}
	return f.r.Link(from, to)
}

// Remove removes a file, a link or an empty folder.
func (f *Folder) Remove(name string) error {
	if err := f.below(name); err != nil {
		return err
	}
	f.plain.Delete(name)
	f.near.drop(name)
	return f.done(name, (*os.Root).Remove)
}

// RemoveAll removes what has the name, with everything in it. Of a link, only
// the link goes.
func (f *Folder) RemoveAll(name string) error {
	if err := f.below(name); err != nil {
		return err
	}
	f.Fresh()
	return f.r.RemoveAll(name)
}

// SyncDir makes the names in a folder durable. It does nothing on Windows,
// where folders cannot be synced.
func (f *Folder) SyncDir(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	if err := f.at(name); err != nil {
		return err
	}
	d, err := f.r.Open(name)
	if err != nil {
		return f.told(name, err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// FS is the folder for reading. It follows links within the folder, and none
// that lead out.
func (f *Folder) FS() fs.FS { return f.r.FS() }

// NoLinks is the folder for reading. A name that is a link, or stands below one, has
// an [*export.LinkError]; the listing of a folder names links as such.
func (f *Folder) NoLinks() fs.FS { return noLinks{f} }

type noLinks struct{ f *Folder }

func (n noLinks) Open(name string) (fs.File, error) {
	if err := n.f.below(name); err != nil {
		return nil, err
	}
	info, err := n.f.there(name)
	if err == nil && info.IsDir() {
		file, err := n.f.r.Open(name)
		if err != nil {
			return nil, n.f.told(name, err)
		}
		return file, nil
	}
	file, err := n.f.Open(name)
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (n noLinks) ReadDir(name string) ([]fs.DirEntry, error) { return n.f.ReadDir(name) }

// Mode is what others may do in the folder itself: its permissions.
func (f *Folder) Mode() fs.FileMode {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.mode
}

// SetMode gives the folder itself the permissions mode, and everything in it the
// same, for files without the right to execute. Links are left alone. Where a
// disk has no permissions, or the folder is another person's, nothing happens.
func (f *Folder) SetMode(mode fs.FileMode) {
	if runtime.GOOS == "windows" || f.r.Chmod(".", mode) != nil {
		return
	}
	if info, err := f.r.Stat("."); err != nil || info.Mode().Perm() != mode {
		return
	}
	f.mu.Lock()
	f.mode = mode
	f.mu.Unlock()
	_ = fs.WalkDir(f.r.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return nil // what cannot be read cannot be changed either
		}
		want := mode
		switch {
		case d.Type().IsRegular():
			want &= 0o666
		case !d.IsDir():
			return nil
		}
		if info, err := d.Info(); err == nil && info.Mode().Perm() != want {
			_ = f.r.Chmod(name, want) // the folder itself keeps others out
		}
		return nil
	})
}
