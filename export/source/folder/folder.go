// Package folder keeps contacts, calendars, to-dos and photos as plain files in
// a folder: what a restore to a disk, a memory stick or a shared drive writes.
//
//	Contacts/<address book>/<name>.vcf
//	Calendars/<calendar>/<name>.ics
//	To-dos/<list>/<name>.ics
//	every other folder: photos, under the names that they have
//
// A folder of contacts or calendars is one that vdirsyncer, khal and khard
// read: an item a file, and displayname and color beside them. The package
// knows nothing of archives but how they name files.
package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"sidekeep/export"
)

// shelves are the folders that collections stand in, by kind.
var shelves = []struct {
	kind      export.Kind
	name, ext string
}{
	{export.Contacts, "Contacts", ".vcf"},
	{export.Events, "Calendars", ".ics"},
	{export.Todos, "To-dos", ".ics"},
}

// photosID is the ID of the collection of photos.
const photosID = "."

// A Source is a folder. It implements [export.Writer] and [export.Fetcher].
// Its methods may be called from several goroutines.
type Source struct {
	root *os.Root
	name string

	mu   sync.Mutex
	busy map[string]chan struct{} // paths that are being written
	seen map[string]bool          // folders in which parts were looked for
}

var (
	_ export.Writer  = (*Source)(nil)
	_ export.Fetcher = (*Source)(nil)
)

// Open returns the source of a folder that is there. Close lets go of it.
func Open(dir string) (*Source, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, caused(err)
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", abs, caused(err))
	}
	return &Source{root: root, name: filepath.Base(abs), busy: map[string]chan struct{}{}, seen: map[string]bool{}}, nil
}

// Close lets go of the folder.
func (s *Source) Close() error { return s.root.Close() }

// Accepts knows no limits: a folder takes everything.
func (s *Source) Accepts(export.Collection) export.Limits { return export.Limits{} }

// Collections lists the folders of contacts, calendars and to-dos, and the
// folder itself for its photos.
func (s *Source) Collections(ctx context.Context) ([]export.Collection, error) {
	var all []export.Collection
	for _, shelf := range shelves {
		entries, err := fs.ReadDir(s.root.FS(), shelf.name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("listing the folder %s: %w", shelf.name, caused(err))
		}
		for _, e := range entries {
			if ctx.Err() != nil {
				return nil, stopped(ctx)
			}
			if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
				all = append(all, s.collection(shelf.kind, shelf.name+"/"+e.Name()))
			}
		}
	}
	return append(all, export.Collection{ID: photosID, Name: s.name, Kind: export.Photos}), nil
}

func (s *Source) collection(kind export.Kind, dir string) export.Collection {
	c := export.Collection{ID: dir, Name: path.Base(dir), Kind: kind, Mixed: kind == export.Events}
	if name := s.note(dir, "displayname"); name != "" {
		c.Name = name
	}
	if color := s.note(dir, "color"); len(color) == 7 && color[0] == '#' {
		c.Color = strings.ToLower(color)
	}
	return c
}

// note reads what vdir keeps beside the items; "" if it is not there.
func (s *Source) note(dir, name string) string {
	b, err := s.root.ReadFile(dir + "/" + name)
	if err != nil || len(b) > 1000 {
		return ""
	}
	return strings.TrimSpace(strings.ToValidUTF8(string(b), ""))
}

// A place is a collection as it stands in the folder.
type place struct {
	export.Collection
	ext string // of its items; "" for photos
}

func (p place) photos() bool { return p.ext == "" }

// path is that of an item, below the root.
func (p place) path(id string) string { return path.Join(p.ID, id) }

// find returns the collection with an ID.
func (s *Source) find(id string) (place, error) {
	if id == photosID {
		return place{Collection: export.Collection{ID: id, Name: s.name, Kind: export.Photos}}, nil
	}
	for _, shelf := range shelves {
		name, ok := strings.CutPrefix(id, shelf.name+"/")
		if !ok || name == "" || strings.ContainsAny(name, `/\`) || strings.HasPrefix(name, ".") {
			continue
		}
		if info, err := s.root.Stat(id); err != nil || !info.IsDir() {
			break
		}
		return place{s.collection(shelf.kind, id), shelf.ext}, nil
	}
	return place{}, fmt.Errorf("%w: the folder has no such collection", export.ErrGone)
}

// named refuses what cannot be the ID of an item of p.
func (p place) named(id string) error {
	base := path.Base(id)
	switch {
	case id == "", !fs.ValidPath(id), strings.Contains(id, `\`), strings.HasPrefix(base, "."),
		!p.photos() && (strings.Contains(id, "/") || !strings.EqualFold(path.Ext(id), p.ext)),
		p.photos() && apart(strings.Split(id, "/")[0]):
		return fmt.Errorf("%w: %q names no item", export.ErrGone, id)
	}
	return nil
}

// apart reports whether a folder at the top holds something else than photos.
func apart(name string) bool {
	for _, shelf := range shelves {
		if strings.EqualFold(name, shelf.name) {
			return true
		}
	}
	return false
}

// alone waits until no other write to a path is under way, and returns what
// ends this one.
func (s *Source) alone(path string) (done func()) {
	path = strings.ToLower(path)
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.busy[path] != nil {
		wait := s.busy[path]
		s.mu.Unlock()
		<-wait
		s.mu.Lock()
	}
	mine := make(chan struct{})
	s.busy[path] = mine
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.busy, path)
		close(mine)
	}
}

func stopped(ctx context.Context) error {
	return fmt.Errorf("%w: %w", export.ErrStopped, context.Cause(ctx))
}

// caused gives an error of the disk its cause.
func caused(err error) error {
	switch {
	case err == nil || export.Cause(err) != nil:
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", export.ErrStopped, err)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w: %w", export.ErrFull, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w: %w", export.ErrNotWritable, err)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%w: %w", export.ErrGone, err)
	}
	return fmt.Errorf("%w: %w", export.ErrDamaged, err)
}
