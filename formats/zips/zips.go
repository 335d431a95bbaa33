// Package zips reads zip archives as people have them: of any system's names, cut
// off, with archives in them, with passwords (PKWARE's APPNOTE.TXT 6.3.10).
//
// What it reads is an [fs.FS] of safe and unique names, the same at each
// reading. What cannot be read is told by name, see [FS.Left].
package zips

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
)

// The causes of what is left. An entry that is damaged has [zip.ErrFormat].
var (
	ErrEmpty    = errors.New("it is an empty zip archive")
	ErrDamaged  = errors.New("it is a damaged zip archive")
	ErrPassword = errors.New("it needs a password: unpack the archive with its password, and import the folder")
	ErrCut      = errors.New("it is cut off")
	ErrBounds   = errors.New("it is beyond the bounds of a zip archive")
)

// A Left is an entry that cannot be read.
type Left struct {
	Name string // in the archive; "" of the archive itself
	Err  error  // a clause without a full stop
}

// An FS is what is in a zip archive. It may be used by many at once.
type FS struct {
	nodes map[string]*node
	left  []Left
	at    io.ReaderAt
	done  func() error
	bound *bounds
}

// Left tells what cannot be read: entries with a password, in a method that is
// not known, or cut off; and whether the archive itself is cut off.
func (z *FS) Left() []Left { return slices.Clone(z.left) }

// Close lets go of the file.
func (z *FS) Close() error {
	if z.done == nil {
		return nil
	}
	return z.done()
}

// Open reads the archive at path.
func Open(path string) (*FS, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return whole(f)
}

// OpenIn reads the archive that is the file name of a file system whose files
// can be read at any place.
func OpenIn(fsys fs.FS, name string) (*FS, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	return whole(f)
}

func whole(f fs.File) (*FS, error) {
	at, ok := f.(io.ReaderAt)
	if !ok {
		return nil, errors.Join(ErrDamaged, f.Close())
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	z, err := read(at, info.Size(), &bounds{size: info.Size()})
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	z.done = f.Close
	return z, nil
}

// Inner reads the archive that is the file name of z. It counts towards the
// bounds of the outermost one. z is to stay open while it is used.
func (z *FS) Inner(name string) (*FS, error) {
	n := z.nodes[name]
	if n == nil || n.entry == nil {
		return nil, ErrDamaged
	}
	if z.bound.depth >= maxDepth {
		return nil, fmt.Errorf("%w: it is an archive in an archive in an archive, more than %d deep: unpack it first", ErrBounds, maxDepth)
	}
	bound := &bounds{depth: z.bound.depth + 1, size: z.bound.size, up: z.bound}
	e := n.entry
	if e.header.Method == zip.Store {
		return read(io.NewSectionReader(z.at, e.data, e.packed), e.packed, bound)
	}
	f, err := unpack(e)
	if err != nil {
		return nil, err
	}
	done := func() error { return errors.Join(f.Close(), os.Remove(f.Name())) }
	inner, err := read(f, e.size, bound)
	if err != nil {
		return nil, errors.Join(err, done())
	}
	inner.done = done
	return inner, nil
}

// unpack writes an entry to a temporary file.
func unpack(e *entry) (*os.File, error) {
	if e.size > maxUnpacked {
		return nil, fmt.Errorf("%w: it is an archive of more than %d GB in an archive: unpack it first", ErrBounds, maxUnpacked>>30)
	}
	f, err := os.CreateTemp("", "zip-*")
	if err != nil {
		return nil, err
	}
	r, err := e.open()
	if err == nil {
		_, err = io.Copy(f, r)
		err = errors.Join(err, r.Close())
	}
	if err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return f, nil
}

// The bounds of a zip archive with all archives in it: more entries or a larger
// ratio has none that anybody made of contacts, dates and photos.
const (
	maxDepth    = 3 // of archives in the archive
	maxEntries  = 500_000
	maxRatio    = 200
	freeSize    = 256 << 20 // up to which any ratio will do
	maxUnpacked = 4 << 30   // of an archive in an archive
)

// bounds count what an archive holds, for it and those it is in.
type bounds struct {
	depth   int
	size    int64 // of the outermost archive
	entries int
	total   int64
	up      *bounds
}

func (b *bounds) top() *bounds {
	for b.up != nil {
		b = b.up
	}
	return b
}

// add counts the entries of an archive, to the outermost one.
func (b *bounds) add(list []*entry) error {
	top := b.top()
	if top.entries += len(list); top.entries > maxEntries {
		return fmt.Errorf("%w: it has more than %d entries", ErrBounds, maxEntries)
	}
	for _, e := range list {
		if e.size < 0 || e.size > 1<<50 || top.total > 1<<60 {
			return fmt.Errorf("%w: it says that it holds more than any disk", ErrBounds)
		}
		top.total += e.size
	}
	if top.total > freeSize && top.total/maxRatio > top.size {
		return fmt.Errorf("%w: it would become more than %d times as large, which no contacts, dates or photos do", ErrBounds, maxRatio)
	}
	return nil
}

// read reads an archive by its directory, or without one by what precedes the
// entries.
func read(r io.ReaderAt, size int64, bound *bounds) (*FS, error) {
	z := &FS{at: r, bound: bound}
	list, err := z.directory(r, size)
	if errors.Is(err, zip.ErrFormat) {
		list, err = z.forward(r, size)
	}
	if err != nil {
		return nil, err
	}
	if err := bound.add(list); err != nil {
		return nil, err
	}
	if err := apart(list); err != nil {
		return nil, err
	}
	z.plant(list)
	if len(z.nodes) == 1 && len(z.left) == 0 {
		return nil, ErrEmpty
	}
	return z, nil
}

// apart refuses entries that share their bytes, which only archives have that
// are made to fill a disk.
func apart(list []*entry) error {
	order := slices.Clone(list)
	slices.SortFunc(order, func(a, b *entry) int { return int(min(max(a.data-b.data, -1), 1)) })
	end := int64(0)
	for _, e := range order {
		if e.packed == 0 || e.err != nil {
			continue
		}
		if e.data < end {
			return fmt.Errorf("%w: entries of it overlap, which is done only to fill a disk", ErrBounds)
		}
		end = e.data + e.packed
	}
	return nil
}
