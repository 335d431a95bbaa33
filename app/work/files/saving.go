package files

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"sidekeep/export/archive"
)

// A saving writes plain files into a folder. Each is written aside and gets its
// name when it is whole; none replaces another. Names are those of the open
// files of an archive, and stay below the folder.
type saving struct {
	root  *os.Root
	used  map[string]bool // folded paths that are taken
	files int             // that were written
}

// newSaving makes dir if it is missing. The caller closes what it returns.
func newSaving(dir string) (*saving, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &saving{root: root, used: map[string]bool{}}, nil
}

func (s *saving) close() error { return s.root.Close() }

// place gives a file its path: folder/name with ext, or a numbered one.
func (s *saving) place(folder, name, ext string) string {
	plain := "Unnamed"
	file := archive.FileName(name, ext, plain, func(folded string) bool {
		key := archive.FoldName(folder) + "/" + folded
		if s.used[key] {
			return false
		}
		_, err := s.root.Lstat(path.Join(folder, folded))
		return errors.Is(err, fs.ErrNotExist)
	})
	for n := 2; ; n++ { // names that differ in case alone, on a disk where that is the same
		if _, err := s.root.Lstat(path.Join(folder, file)); errors.Is(err, fs.ErrNotExist) {
			break
		}
		file = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(file, ext), n, ext)
	}
	s.used[archive.FoldName(folder)+"/"+archive.FoldName(file)] = true
	return path.Join(folder, file)
}

// A savedFile is a file on its way.
type savedFile struct {
	s          *saving
	name, temp string
	f          *os.File
	w          *bufio.Writer
}

// create begins the file at name, which place has given.
func (s *saving) create(name string) (*savedFile, error) {
	if err := s.root.MkdirAll(path.Dir(name), 0o777); err != nil {
		return nil, err
	}
	temp := path.Join(path.Dir(name), fmt.Sprintf(".sidekeep-%d.part", s.files))
	f, err := s.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return nil, err
	}
	s.files++
	return &savedFile{s: s, name: name, temp: temp, f: f, w: bufio.NewWriterSize(f, 64<<10)}, nil
}

func (f *savedFile) Write(p []byte) (int, error) { return f.w.Write(p) }

// finish gives the file its name.
func (f *savedFile) finish() error {
	err := errors.Join(f.w.Flush(), f.f.Sync())
	if err = errors.Join(err, f.f.Close()); err == nil {
		return f.s.root.Rename(f.temp, f.name)
	}
	return errors.Join(err, f.s.root.Remove(f.temp))
}

// discard takes the file back.
func (f *savedFile) discard() error {
	f.s.files--
	return errors.Join(f.f.Close(), f.s.root.Remove(f.temp))
}

// whole writes a whole file.
func (s *saving) whole(name string, in io.Reader) error {
	f, err := s.create(name)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, in); err != nil {
		return errors.Join(err, f.discard())
	}
	return f.finish()
}
