package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/formats/file"
	"sidekeep/formats/photo"
)

// A look is what a folder holds, as far as it was looked into.
type look struct {
	s       *Source
	deep    bool // below the folder, too
	order   []*found
	by      map[string]*found
	photos  []string // paths below the root
	skipped []export.Skipped
}

// A found is a collection and what is in it.
type found struct {
	place
	items []listed // of a folder: a file each; empty of a file of many
	n     int      // items
	event bool     // there is something else than to-dos
	todo  bool
}

// A listed item is one as the listing names it.
type listed struct{ id, version string }

// look looks into dir, and below it if deep is set. It fails if dir itself cannot
// be read, and if the folder of the source is no longer there; what else cannot
// be read is among what was skipped.
func (s *Source) look(ctx context.Context, dir string, deep bool) (*look, error) {
	l := &look{s: s, deep: deep, by: map[string]*found{}}
	if err := l.dir(ctx, dir); err != nil {
		return nil, err
	}
	return l, s.there()
}

// there fails if the folder is no longer where it was opened, as when a disk was
// taken away.
func (s *Source) there() error {
	now, err := os.Stat(s.dir)
	if err != nil {
		return away(s.dir, err)
	}
	was, err := s.root.Stat(".")
	if err != nil || !os.SameFile(now, was) {
		return away(s.dir, err)
	}
	return nil
}

func away(dir string, cause error) error {
	if cause == nil {
		return fmt.Errorf("%w: another folder is in the place of %s", export.ErrAway, dir)
	}
	return fmt.Errorf("%w: %w", export.ErrAway, cause)
}

func (l *look) dir(ctx context.Context, dir string) error {
	entries, err := fs.ReadDir(l.s.root.FS(), dir)
	if err != nil {
		return caused(err)
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	beside := file.Beside(names)
	for _, e := range entries {
		if ctx.Err() != nil {
			return stopped(ctx)
		}
		name := path.Join(dir, e.Name())
		why := beside[e.Name()]
		switch {
		case file.Litter(e.Name()):
		case why != "":
			l.skip(name, why, false)
		case strings.HasPrefix(e.Name(), "."):
			l.skip(name, "it is hidden", false)
		case e.Type()&fs.ModeSymlink != 0:
			l.skip(name, "it is a link to another place", false)
		case e.IsDir():
			err = l.below(ctx, name)
		case !e.Type().IsRegular():
			l.skip(name, "it is no plain file", false)
		default:
			err = l.file(ctx, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// below looks into a folder that is in another one.
func (l *look) below(ctx context.Context, dir string) error {
	if !l.deep {
		return nil
	}
	if kind, ok := shelved(dir); ok { // a collection, whether or not anything is in it
		l.at(placeOf(kind, dir, false))
	}
	err := l.dir(ctx, dir)
	switch {
	case err == nil, errors.Is(err, export.ErrStopped), errors.Is(err, export.ErrAway):
		return err
	case errors.Is(err, export.ErrGone):
		return nil // removed in this moment
	}
	l.skip(dir, "it cannot be read: "+reason(err), true)
	return nil
}

func (l *look) file(ctx context.Context, name string) error {
	base := path.Base(name)
	switch {
	case file.IsNote(base):
		return nil
	case photo.IsPhoto(name):
		l.photos = append(l.photos, name)
		return nil
	}
	c, err := l.s.class(ctx, name)
	switch {
	case errors.Is(err, export.ErrStopped):
		return err
	case errors.Is(err, export.ErrGone):
		return nil
	case err != nil:
		l.skip(name, "it cannot be read: "+reason(err), true)
		return nil
	}
	switch {
	case c.kind == file.Photo:
		l.photos = append(l.photos, name)
	case c.why != "":
		l.skip(name, c.why, false)
	case len(c.parts) > 0:
		for _, p := range c.parts {
			f := l.at(placeOf(p.kind, name, true))
			f.n, f.event, f.todo = p.n, p.event, p.todo
		}
	default:
		dir := path.Dir(name)
		f := l.at(placeOf(kindOf(c.kind), dir, false))
		f.items = append(f.items, listed{base, c.version})
		f.n++
		f.event, f.todo = f.event || c.event, f.todo || c.todo
	}
	return nil
}

func kindOf(t file.Type) export.Kind {
	if t == file.Cards {
		return export.Contacts
	}
	return export.Events
}

func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "you may not read it"
	default:
		return err.Error()
	}
}

// at returns the collection that is found in a place.
func (l *look) at(p place) *found {
	f, ok := l.by[p.ID]
	if !ok {
		f = &found{place: p}
		l.by[p.ID] = f
		l.order = append(l.order, f)
	}
	return f
}

func (l *look) skip(name, why string, unread bool) {
	for i := range l.skipped {
		if x := &l.skipped[i]; x.Why == why && x.Unread == unread {
			x.Count++
			return
		}
	}
	l.skipped = append(l.skipped, export.Skipped{Name: name, Count: 1, Why: why, Unread: unread})
}

// full reports whether everything could be looked into.
func (l *look) full() bool {
	return !slices.ContainsFunc(l.skipped, func(x export.Skipped) bool { return x.Unread })
}

// collections are those that were found, and that of all photos.
func (l *look) collections() []export.Collection {
	var all []export.Collection
	for _, f := range l.order {
		c := f.Collection
		if !f.fixed && f.kind == file.Calendar {
			if c.Mixed = f.todo && f.event; f.todo && !f.event {
				c.Kind = export.Todos
			}
		}
		c = l.s.noted(c, f.dir)
		all = append(all, c)
	}
	return append(all, export.Collection{ID: photosID, Name: l.s.name, Kind: export.Photos})
}
