package within

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
)

// near keeps the folders open that were used last, so that the way to a file is
// not walked for each operation. One that was moved or removed from outside is
// used until an operation in it fails, or until [Folder.Fresh].
type near struct {
	mu   sync.Mutex
	list []nearby // the last used one first
}

type nearby struct {
	dir  string
	r    *os.Root
	file *os.File // the same folder
}

func (d nearby) close() {
	_ = d.r.Close() // it was only a way
	_ = d.file.Close()
}

// nearMost is how many folders are kept open.
const nearMost = 8

// find is the open folder dir, opened within root if it is not; without anything
// in it if it cannot be.
func (n *near) find(root *os.Root, dir string) nearby {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, d := range n.list {
		if d.dir == dir {
			copy(n.list[1:i+1], n.list[:i])
			n.list[0] = d
			return d
		}
	}
	r, err := root.OpenRoot(dir)
	if err != nil {
		return nearby{}
	}
	file, err := r.Open(".")
	if err != nil {
		_ = r.Close()
		return nearby{}
	}
	if len(n.list) == nearMost {
		n.list[nearMost-1].close() // who uses it takes the long way
		n.list = n.list[:nearMost-1]
	}
	n.list = append([]nearby{{dir, r, file}}, n.list...)
	return n.list[0]
}

// drop closes dir and what is below it; everything if dir is ".".
func (n *near) drop(dir string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	kept := n.list[:0]
	for _, d := range n.list {
		if dir == "." || d.dir == dir || strings.HasPrefix(d.dir, dir+"/") {
			d.close()
		} else {
			kept = append(kept, d)
		}
	}
	n.list = kept
}

// in does something with name in the folder that it is in. Whatever fails is done
// again the long way, which the error is of.
func in[T any](f *Folder, name string, do func(r *os.Root, name string) (T, error)) (T, error) {
	dir := path.Dir(name)
	if dir == "." {
		return do(f.r, name)
	}
	r := f.near.find(f.r, dir).r
	if r == nil {
		return do(f.r, name)
	}
	v, short := do(r, path.Base(name))
	if short == nil {
		return v, nil
	}
	v, err := do(f.r, name)
	for _, cause := range []error{fs.ErrNotExist, fs.ErrExist} {
		if errors.Is(short, cause) && errors.Is(err, cause) {
			return v, err
		}
	}
	f.near.drop(dir)
	return v, err
}

// there looks at what has the name. Where it is told missing, a folder above it
// may have been moved: whoever then makes the file finds that out.
func (f *Folder) there(name string) (fs.FileInfo, error) {
	if dir := path.Dir(name); dir != "." {
		if r := f.near.find(f.r, dir).r; r != nil {
			if info, err := r.Lstat(path.Base(name)); err == nil || errors.Is(err, fs.ErrNotExist) {
				return info, err
			}
		}
	}
	return in(f, name, (*os.Root).Lstat)
}

// across does something with names in two folders. It reports whether that
// succeeded; whatever failed is to be done again the long way.
func (f *Folder) across(from, to string, do func(from *os.File, a string, to *os.File, b string) error) bool {
	x, y := path.Dir(from), path.Dir(to)
	if x == "." || y == "." {
		return false
	}
	a, b := f.near.find(f.r, x), f.near.find(f.r, y)
	return a.file != nil && b.file != nil && do(a.file, path.Base(from), b.file, path.Base(to)) == nil
}

// MoveNew renames a file unless something has the name to. It reports whether it
// did: where it could not, and where systems know no such thing, Link tells why.
func (f *Folder) MoveNew(from, to string) bool {
	if f.below(from) != nil || f.below(to) != nil {
		return false
	}
	return f.across(from, to, moveAt)
}

// done is in for what has no result.
func (f *Folder) done(name string, do func(r *os.Root, name string) error) error {
	_, err := in(f, name, func(r *os.Root, name string) (struct{}, error) { return struct{}{}, do(r, name) })
	return err
}
