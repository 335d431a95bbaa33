package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"sidekeep/export"
	"sidekeep/export/source"
	"sidekeep/formats/file"
	"sidekeep/formats/photo"
)

// A shelf is a folder or a zip archive, with files in it and below.
type shelf struct {
	fsys  fs.FS
	path  string // on this computer, absolute
	zip   bool
	close func() error
}

// A book is one collection.
type book struct {
	export.Collection
	on      *shelf
	file    string // of cards, dates or a table, below the shelf; "" of an album
	kind    file.Type
	part    file.Type // which of the items of the file: Cards or Calendar
	album   string    // folder of photos, below the shelf
	only    []string  // the photos of it that were named one by one; nil for all
	single  bool      // file holds one item and nothing else
	singles []single  // of a folder of such files
	err     error     // why it cannot be read
}

// resolve gives the absolute path of what p names, links followed.
func resolve(p string) (string, error) {
	abs, err := filepath.Abs(p)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "", &source.OtherError{Path: p, Why: "it is not there"}
	}
	return abs, caused(err)
}

// A walk looks for what can be taken.
type walk struct {
	shelves []*shelf          // to be closed
	folders map[string]*shelf // of them, by path
	order   []*book
	found   map[string]*book
	skipped []source.SkippedFile
}

// path looks at what a person named.
func (w *walk) path(ctx context.Context, p string) error {
	info, err := os.Stat(p)
	switch {
	case err != nil:
		return caused(err)
	case info.IsDir():
		on, err := w.folder(p)
		if err != nil {
			w.broken(&shelf{path: p}, ".", err)
			return nil
		}
		return w.tree(ctx, on)
	case !info.Mode().IsRegular():
		return &source.OtherError{Path: p, Why: "it is neither a file nor a folder"}
	}
	on, err := w.folder(filepath.Dir(p))
	if err != nil {
		return caused(err)
	}
	t, err := detect(on, filepath.Base(p))
	if err != nil {
		return err
	}
	if t == file.Archive || t == file.Unknown && unpacksItself(on, filepath.Base(p)) {
		return w.zip(ctx, p)
	}
	before := len(w.skipped)
	if err := w.file(ctx, on, filepath.Base(p), t, true); err != nil {
		return err
	}
	if len(w.skipped) > before {
		why := w.skipped[before]
		w.skipped = w.skipped[:before]
		return errors.Join(&source.OtherError{Path: p, Why: why.Why}, why.Err)
	}
	return nil
}

// folder is the shelf of a folder: no name and no link leads out of it.
func (w *walk) folder(p string) (*shelf, error) {
	if on, ok := w.folders[p]; ok {
		return on, nil
	}
	r, err := os.OpenRoot(p)
	if err != nil {
		return nil, err
	}
	on := &shelf{fsys: r.FS(), path: p, close: r.Close}
	w.folders[p] = on
	w.shelves = append(w.shelves, on)
	return on, nil
}

// tree looks at everything below a shelf. What cannot be read becomes a
// collection of its own, whose listing fails. What an archive of Sidekeep keeps
// beside the present data, and what is hidden, is passed over and named; only
// what systems leave everywhere is not.
func (w *walk) tree(ctx context.Context, on *shelf) error {
	beside := map[string]string{} // why the paths in it are passed over
	return fs.WalkDir(on.fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %w", export.ErrStopped, ctx.Err())
		}
		if err != nil {
			if d == nil || d.IsDir() {
				w.broken(on, name, err)
				return fs.SkipDir
			}
			w.skip(on, name, "it cannot be read", err)
			return nil
		}
		base := path.Base(name)
		switch {
		case name != "." && file.Litter(base):
			return passed(d)
		case beside[name] != "":
			w.skip(on, name, beside[name], nil)
			return passed(d)
		case name != "." && strings.HasPrefix(base, ".") && !strings.Contains(base, `\`):
			w.skip(on, name, "it is hidden", nil)
			return passed(d)
		case d.IsDir():
			entries, err := fs.ReadDir(on.fsys, name)
			if err != nil {
				return nil // the walk comes to the same error, and tells it
			}
			names := make([]string, len(entries))
			for i, e := range entries {
				names[i] = e.Name()
			}
			for n, why := range file.Beside(names) {
				beside[path.Join(name, n)] = why
			}
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			w.skip(on, name, "it is a link to another place", nil)
			return nil
		case !d.Type().IsRegular():
			w.skip(on, name, "it is no plain file", nil)
			return nil
		case file.IsNote(base):
			return nil
		}
		t, err := detect(on, name)
		if err != nil && photo.IsPhoto(name) {
			t = file.Photo
		} else if err != nil {
			w.unreadable(on, name, err)
			return nil
		}
		return w.file(ctx, on, name, t, false)
	})
}

// passed is what a walk that passes over d returns.
func passed(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// file looks at one file.
func (w *walk) file(ctx context.Context, on *shelf, name string, t file.Type, named bool) error {
	switch t {
	case file.Photo:
		w.photo(on, name, named)
	case file.Cards, file.Calendar, file.Table:
		return w.text(ctx, on, name, t, named)
	case file.Archive:
		return w.inner(ctx, on, name)
	case file.EmptyFile:
		w.skip(on, name, "it is empty", nil)
	default:
		w.skip(on, name, "it holds no contacts, calendars, to-dos or photos", nil)
	}
	return nil
}

func (w *walk) photo(on *shelf, name string, named bool) {
	folder := path.Dir(name)
	b := &book{Collection: export.Collection{
		ID: "photos: " + on.full(folder), Name: on.name(folder), Kind: export.Photos,
	}, on: on, album: folder, kind: file.Photo}
	if named {
		b.only = []string{path.Base(name)}
	}
	if have, ok := w.found[b.ID]; ok {
		if have.only == nil || !named {
			have.only = nil
		} else if !slices.Contains(have.only, b.only[0]) {
			have.only = append(have.only, b.only[0])
		}
		return
	}
	w.add(b)
}

// text adds the collections that a file of contacts, dates or a table holds.
func (w *walk) text(ctx context.Context, on *shelf, name string, t file.Type, named bool) error {
	h, n, err := contents(ctx, on, name, t)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", export.ErrStopped, ctx.Err())
	case errors.Is(err, file.ErrNoTable):
		w.skip(on, name, "it is a table whose columns are not those of contacts", nil)
		return nil
	case err != nil && h == (holds{}):
		w.unreadable(on, name, err)
		return nil
	}
	if t == file.Table && !h.sure && !named {
		w.skip(on, name, "it is a table that does not look like one of contacts: name the file itself to import it", nil)
		return nil
	}
	alone := err == nil && (n == 1 && t != file.Table || t == file.Calendar && !h.cards && n > 1 && !several(ctx, on, name, n))
	stem := strings.TrimSuffix(path.Base(name), path.Ext(name))
	add := func(prefix string, kind export.Kind, mixed bool, part file.Type) {
		w.add(&book{Collection: export.Collection{
			ID: prefix + ": " + on.full(name), Name: stem, Kind: kind, Mixed: mixed,
		}, on: on, file: name, kind: t, part: part, single: alone})
	}
	if h.cards {
		add("contacts", export.Contacts, false, file.Cards)
	}
	switch {
	case h.todos && !h.dates:
		add("dates", export.Todos, false, file.Calendar)
	case h.todos || h.dates:
		add("dates", export.Events, h.todos, file.Calendar)
	}
	return nil
}

// unreadable adds a file that cannot be read as what its ending says.
func (w *walk) unreadable(on *shelf, name string, err error) {
	b := &book{on: on, file: name, err: caused(err)}
	b.Collection = export.Collection{Name: path.Base(name), Kind: export.Contacts, ID: "contacts: " + on.full(name)}
	switch t := file.Detect([]byte("?"), name); t {
	case file.Calendar:
		b.ID, b.Kind, b.part = "dates: "+on.full(name), export.Events, t
	case file.Cards, file.Table:
		b.part = file.Cards
	default:
		w.skip(on, name, "it cannot be read", err)
		return
	}
	w.add(b)
}

// broken adds a folder that cannot be read.
func (w *walk) broken(on *shelf, name string, err error) {
	w.add(&book{Collection: export.Collection{
		ID: "photos: " + on.full(name), Name: on.name(name), Kind: export.Photos,
	}, on: on, album: name, kind: file.Photo, err: caused(err)})
}

func (w *walk) add(b *book) {
	if _, ok := w.found[b.ID]; ok {
		return // named twice: by itself and with its folder
	}
	w.found[b.ID] = b
	w.order = append(w.order, b)
}

func (w *walk) skip(on *shelf, name, why string, err error) {
	w.skipped = append(w.skipped, source.SkippedFile{Path: on.full(name), Why: why, Err: caused(err)})
}

// full is the path of what stands on the shelf.
func (s *shelf) full(name string) string { return filepath.Join(s.path, filepath.FromSlash(name)) }

// name is what a folder of the shelf is called; one for a month, with its year.
func (s *shelf) name(folder string) string {
	base := filepath.Base(s.full(folder))
	if folder == "." && s.zip {
		return strings.TrimSuffix(base, filepath.Ext(base))
	}
	if _, err := strconv.Atoi(base); err == nil && len(base) <= 2 && path.Dir(folder) != "." {
		return path.Base(path.Dir(folder)) + " " + base
	}
	return base
}

// detect tells what a file holds by its first bytes.
func detect(on *shelf, name string) (file.Type, error) {
	f, err := on.fsys.Open(name)
	if err != nil {
		return file.Unknown, caused(err)
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err == nil {
		if t := file.Detect(head, name); t == file.Photo || t == file.Cards || t == file.Archive {
			return t, nil
		}
		head = append(head, make([]byte, file.HeadSize-n)...)
		var more int
		more, err = io.ReadFull(f, head[n:])
		n += more
	}
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return file.Unknown, caused(err)
	}
	return file.Detect(head[:n], name), nil
}
