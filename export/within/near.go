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
	dir string
	r   *os.Root
}

// nearMost is how many folders are kept open.
const nearMost = 8

// find is the open folder dir, opened within root if it is not; nil if it cannot
// be.
func (n *near) find(root *os.Root, dir string) *os.Root {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, d := range n.list {
		if d.dir == dir {
			copy(n.list[1:i+1], n.list[:i])
			n.list[0] = d
			return d.r
		}
	}
	r, err := root.OpenRoot(dir)
	if err != nil {
		return nil
	}
	if len(n.list) == nearMost {
		_ = n.list[nearMost-1].r.Close() // who uses it takes the long way
		n.list = n.list[:nearMost-1]
	}
	n.list = append([]nearby{{dir, r}}, n.list...)
	return r
}

// drop closes dir and what is below it; everything if dir is ".".
func (n *near) drop(dir string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	kept := n.list[:0]
	for _, d := range n.list {
		if dir == "." || d.dir == dir || strings.HasPrefix(d.dir, dir+"/") {
			_ = d.r.Close() // it was only a way
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
	r := f.near.find(f.r, dir)
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
		if r := f.near.find(f.r, dir); r != nil {
			if info, err := r.Lstat(path.Base(name)); err == nil || errors.Is(err, fs.ErrNotExist) {
				return info, err
			}
		}
	}
	return in(f, name, (*os.Root).Lstat)
}

// done is in for what has no result.
func (f *Folder) done(name string, do func(r *os.Root, name string) error) error {
	_, err := in(f, name, func(r *os.Root, name string) (struct{}, error) { return struct{}{}, do(r, name) })
	return err
}
