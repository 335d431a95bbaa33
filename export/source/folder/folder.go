// Package folder reads contacts, calendars, to-dos and photos from a folder with
// all that is below it, and keeps there what is restored to it.
//
// A folder that has items in it, one a file, is a collection, as vdirsyncer,
// khal and khard keep them, with displayname and color beside. A file of many
// contacts or dates is a collection named after it. All photos are one. What a
// file is tells its content. Links lead nowhere, and whatever is not taken is
// counted, with the reason.
//
// A restore writes plain files, an item a file:
//
//	Contacts/<address book>/<name>.vcf
//	Calendars/<calendar>/<name>.ics
//	To-dos/<list>/<name>.ics
//	every other folder: photos, under the names that they have
//
// The package knows nothing of archives but how they name files.
package folder

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"sidekeep/export"
	"sidekeep/export/source"
	"sidekeep/formats/file"
)

// shelves are the folders that collections stand in, by kind.
var shelves = []struct {
	kind export.Kind
	name string
}{
	{export.Contacts, "Contacts"},
	{export.Events, "Calendars"},
	{export.Todos, "To-dos"},
}

// photosID is the ID of the collection of photos.
const photosID = "."

// A Source is a folder. It implements [export.Writer] and [export.Fetcher].
// Its methods may be called from several goroutines.
type Source struct {
	root *os.Root
	dir  string // absolute
	name string

	mu      sync.Mutex
	busy    map[string]chan struct{} // paths that are being written
	seen    map[string]bool          // folders in which parts were looked for
	classes map[string]*class        // what files are, by their path
	skipped []export.Skipped
}

var (
	_ export.Writer  = (*Source)(nil)
	_ export.Fetcher = (*Source)(nil)
	_ export.Counter = (*Source)(nil)
	_ export.Skipper = (*Source)(nil)
	_ source.Vacater = (*Source)(nil)
)

// Type is the accounts that are a folder of this computer.
func Type() source.Type {
	return source.Type{
		ID: "folder", Icon: "folder", Gives: export.Kinds(),
		Fields: []source.Field{{ID: source.Address, Flag: "folder", Form: source.Path, Leads: true}},
		Open: func(_ context.Context, c source.Config) (export.Source, error) {
			s, err := Open(c.Values[source.Address])
			if err != nil {
				return nil, err
			}
			return s, nil
		},
	}
}

// Open returns the source of a folder. One that is not there, as on a disk that
// is not connected, is [export.ErrAway]. Close lets go of it.
func Open(dir string) (*Source, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, caused(err)
	}
	root, err := os.OpenRoot(abs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, away(abs, err)
	}
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", abs, caused(err))
	}
	return &Source{
		root: root, dir: abs, name: filepath.Base(abs),
		busy: map[string]chan struct{}{}, seen: map[string]bool{}, classes: map[string]*class{},
	}, nil
}

// Close lets go of the folder.
func (s *Source) Close() error { return s.root.Close() }

// IsEmpty reports whether there is nothing at all in the folder, as in one on
// which a disk is to be mounted. See [source.Vacater].
func (s *Source) IsEmpty() (bool, error) {
	entries, err := fs.ReadDir(s.root.FS(), ".")
	if err != nil {
		return false, caused(err)
	}
	for _, e := range entries {
		if !file.Litter(e.Name()) {
			return false, nil
		}
	}
	return true, nil
}

// Accepts knows no limits, but that nothing is written into a file of many.
func (s *Source) Accepts(c export.Collection) export.Limits {
	p, err := s.find(c.ID)
	many := err == nil && p.many
	return export.Limits{ReadOnly: many, Sealed: many}
}

// Collections looks through the folder.
func (s *Source) Collections(ctx context.Context) ([]export.Collection, error) {
	l, err := s.look(ctx, ".", true)
	if err != nil {
		return nil, fmt.Errorf("looking through %s: %w", s.dir, err)
	}
	s.mu.Lock()
	s.skipped = l.skipped
	s.mu.Unlock()
	return l.collections(), nil
}

// Skipped tells what the last look passed over. See [export.Skipper].
func (s *Source) Skipped() []export.Skipped {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.skipped)
}

// Count counts the items of a collection. See [export.Counter].
func (s *Source) Count(ctx context.Context, c export.Collection) (int, error) {
	p, err := s.find(c.ID)
	if err != nil {
		return 0, err
	}
	if p.many {
		n := 0
		err := s.many(ctx, p, func(*file.Item) error { n++; return nil })
		return n, err
	}
	list, _, err := s.list(ctx, p)
	return len(list), err
}

// noted gives a collection the name and the color that stand beside its items.
func (s *Source) noted(c export.Collection, dir string) export.Collection {
	if c.Name == "." {
		c.Name = s.name
	}
	name, color := file.Noted(func(note string) []byte {
		b, err := s.root.ReadFile(dir + "/" + note)
		if err != nil {
			return nil
		}
		return b
	})
	c.Name, c.Color = cmp.Or(name, c.Name), cmp.Or(color, c.Color)
	return c
}

// A place is a collection as it stands in the folder.
type place struct {
	export.Collection
	dir   string    // the folder, or the file of many, below the root
	kind  file.Type // Cards, Calendar or Photo
	many  bool      // it is a file of many
	fixed bool      // it stands where restores put collections, which says its kind
	ext   string    // of new items; "" for photos
}

func (p place) photos() bool { return p.kind == file.Photo }

// path is that of an item, below the root.
func (p place) path(id string) string { return path.Join(p.dir, id) }

// The IDs of collections that do not stand where restores put them begin so.
const (
	contactsPrefix = "contacts: "
	datesPrefix    = "dates: "
)

// shelved reports whether a folder stands where restores put collections, and of
// which kind.
func shelved(dir string) (export.Kind, bool) {
	for _, shelf := range shelves {
		if name, ok := strings.CutPrefix(dir, shelf.name+"/"); ok && name != "" && !strings.ContainsAny(name, `/\`) && !strings.HasPrefix(name, ".") {
			return shelf.kind, true
		}
	}
	return "", false
}

// placeOf is where items of a kind are that stand in the folder dir, or in the
// file of many of that name.
func placeOf(kind export.Kind, dir string, many bool) place {
	p := place{dir: dir, kind: file.Calendar, ext: ".ics", many: many}
	p.Collection = export.Collection{ID: datesPrefix + dir, Name: path.Base(dir), Kind: export.Events, Mixed: true}
	if kind == export.Contacts {
		p.kind, p.ext = file.Cards, ".vcf"
		p.Collection = export.Collection{ID: contactsPrefix + dir, Name: path.Base(dir), Kind: export.Contacts}
	}
	if many {
		p.Name = strings.TrimSuffix(p.Name, path.Ext(p.Name))
		return p
	}
	if shelf, ok := shelved(dir); ok && (shelf == export.Contacts) == (kind == export.Contacts) {
		p.fixed = true
		p.ID, p.Kind, p.Mixed = dir, shelf, shelf == export.Events
	}
	return p
}

// find returns the collection with an ID.
func (s *Source) find(id string) (place, error) {
	if id == photosID {
		return place{Collection: export.Collection{ID: id, Name: s.name, Kind: export.Photos}, dir: ".", kind: file.Photo}, nil
	}
	kind, dir := export.Contacts, ""
	if rest, ok := strings.CutPrefix(id, contactsPrefix); ok {
		dir = rest
	} else if rest, ok := strings.CutPrefix(id, datesPrefix); ok {
		kind, dir = export.Events, rest
	} else if shelf, ok := shelved(id); ok {
		kind, dir = shelf, id
	}
	none := fmt.Errorf("%w: the folder has no such collection", export.ErrGone)
	if dir == "" || !fs.ValidPath(dir) {
		return place{}, none
	}
	info, err := s.root.Lstat(dir)
	if err != nil || !info.IsDir() && !info.Mode().IsRegular() {
		return place{}, none
	}
	p := placeOf(kind, dir, !info.IsDir())
	if p.ID != id {
		return place{}, none
	}
	p.Collection = s.noted(p.Collection, dir)
	return p, nil
}

// named refuses what cannot be the ID of an item of p.
func (p place) named(id string) error {
	if id == "" || !fs.ValidPath(id) || strings.Contains(id, `\`) || strings.HasPrefix(path.Base(id), ".") ||
		!p.photos() && strings.Contains(id, "/") {
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
