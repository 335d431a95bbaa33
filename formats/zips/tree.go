package zips

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// A node is a file or folder.
type node struct {
	name  string
	entry *entry // nil of a folder
	list  []fs.DirEntry
}

// plant makes the tree of the entries. Folders keep their names; of files of one
// name, the first does.
func (z *FS) plant(list []*entry) {
	names := make([]string, len(list))
	files, taken := naming{}, naming{}
	for i, e := range list {
		raw := nameOf(e.header)
		names[i] = safe(raw)
		isDir := strings.HasSuffix(raw, "/") || strings.HasSuffix(raw, `\`) && e.size == 0
		dir := path.Dir(names[i])
		if isDir {
			dir, names[i] = names[i], ""
		} else {
			files[folded(names[i])] = true
		}
		for ; dir != "." && !taken[folded(dir)]; dir = path.Dir(dir) {
			taken[folded(dir)] = true
		}
	}
	all := naming{} // numbers are given beside every name that there is
	for _, m := range []naming{files, taken} {
		for key := range m {
			all[key] = true
		}
	}
	z.nodes = map[string]*node{".": {name: "."}}
	for i, e := range list {
		name := names[i]
		if name == "" || litter(name) {
			continue
		}
		if key := folded(name); taken[key] {
			name = all.unique(name)
		} else {
			taken[key] = true
		}
		if e.err != nil {
			z.left = append(z.left, Left{name, e.err})
			continue
		}
		z.place(name, e)
	}
	for _, n := range z.nodes {
		slices.SortFunc(n.list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	}
}

// place adds a file, and the folders that it is in.
func (z *FS) place(name string, e *entry) {
	n := &node{name: path.Base(name), entry: e}
	z.nodes[name] = n
	for dir := path.Dir(name); ; name, dir = dir, path.Dir(dir) {
		up, ok := z.nodes[dir]
		if !ok {
			up = &node{name: path.Base(dir)}
			z.nodes[dir] = up
		}
		up.list = append(up.list, fs.FileInfoToDirEntry(n))
		if ok {
			return
		}
		n = up
	}
}

// Open opens a file or folder.
func (z *FS) Open(name string) (fs.File, error) {
	n, ok := z.nodes[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if n.entry == nil {
		return &folder{node: n}, nil
	}
	r, err := n.entry.open()
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &opened{r, n}, nil
}

// Name, Size, Mode, ModTime, IsDir and Sys are those of [fs.FileInfo]; Sys is the
// [*zip.FileHeader] of a file.
func (n *node) Name() string { return n.name }

// Size is the number of bytes of a file.
func (n *node) Size() int64 {
	if n.entry == nil {
		return 0
	}
	return n.entry.size
}

// Mode is that of a folder, or what the archive says.
func (n *node) Mode() fs.FileMode {
	if n.entry == nil {
		return fs.ModeDir | 0o555
	}
	m := n.entry.header.Mode()
	return m&^fs.ModeDir&fs.ModeType | 0o444
}

// ModTime is what the archive says, the zero time of a folder.
func (n *node) ModTime() time.Time {
	if n.entry == nil {
		return time.Time{}
	}
	return n.entry.header.Modified
}

// IsDir tells whether it is a folder.
func (n *node) IsDir() bool { return n.entry == nil }

// Sys is the [*zip.FileHeader] of a file, nil of a folder.
func (n *node) Sys() any {
	if n.entry == nil {
		return nil
	}
	return n.entry.header
}

type opened struct {
	io.ReadCloser
	node *node
}

func (o *opened) Stat() (fs.FileInfo, error) { return o.node, nil }

type folder struct {
	node *node
	at   int
}

func (f *folder) Stat() (fs.FileInfo, error) { return f.node, nil }
func (f *folder) Close() error               { return nil }
func (f *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.node.name, Err: fs.ErrInvalid}
}

func (f *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	rest := f.node.list[f.at:]
	if n > 0 && len(rest) == 0 {
		return nil, io.EOF
	}
	if n > 0 && n < len(rest) {
		rest = rest[:n]
	}
	f.at += len(rest)
	return slices.Clone(rest), nil
}
