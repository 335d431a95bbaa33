package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sidekeep/app/work/desk"
	"sidekeep/app/work/overview"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
	"sidekeep/formats/ical/portable"
	"sidekeep/formats/ical/syntax"
	"sidekeep/formats/vcard"
)

// SaveOptions say what [Work.Save] writes, and how.
type SaveOptions struct {
	Account string         // "" for all, each in a folder of its own
	Only    []export.Kind  // nil means all kinds
	AsOf    archive.Moment // the zero Moment is the present, as the open files show it
	Dir     string
	VCard   vcard.Version // that contacts are converted to; "" leaves them as they are
	Split   bool          // a file for every item, in a folder for every collection
	// Into asks whether files may be added to a folder that is not empty. nil is
	// a no.
	Into func(ctx context.Context, dir string) bool
}

// Saved is what Save wrote.
type Saved struct {
	Dir      string
	Files    int
	Items    map[export.Kind]int
	SetAside int // of the items: their bytes as delivered
	Losses   []Loss
	Unsaved  []Unsaved
}

// A Loss is something that a conversion could not carry over.
type Loss struct {
	File string // or the item's account
	Item string // what it is called
	vcard.Loss
}

// An Unsaved item has no bytes in the archive, or they could not be written as
// asked.
type Unsaved struct{ Item, Why string }

// Save writes what the archive holds at present, or held at a moment, as plain
// files: contacts as .vcf, events and to-dos as .ics, photos as they are, below
// Dir as they lie in the archive. What the source no longer has is left out. What is there already
// is not replaced.
func (w Filer) Save(ctx context.Context, o SaveOptions) (out Saved, err error) {
	if o.Account != "" {
		if o.Account, err = overview.NewOverview(w.d).ArchivedName(ctx, o.Account); err != nil {
			return out, err
		}
	}
	a, err := desk.ArchiveHere(w.d)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if !o.AsOf.IsZero() {
		if _, _, err := a.At(ctx, o.AsOf); err != nil {
			return out, desk.OfPast(w.d, err) // before anything is written
		}
	}
	if out.Dir, err = mayFill(ctx, o, a.Dir()); err != nil {
		return out, err
	}
	to, err := newSaving(out.Dir)
	if err != nil {
		return out, notWritten(out.Dir, err)
	}
	out.Items = map[export.Kind]int{}
	s := &saver{ctx: ctx, a: a, o: o, to: to, out: &out, folders: map[string]string{}, albums: map[string]bool{}}
	err = errors.Join(desk.OfPast(w.d, s.run()), to.close())
	out.Files = to.files
	return out, err
}

// mayFill returns the absolute path of the folder to save to, if that may be.
func mayFill(ctx context.Context, o SaveOptions, archiveDir string) (string, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return "", err
	}
	if rel, err := filepath.Rel(archiveDir, dir); err == nil && filepath.IsLocal(rel) {
		return "", &desk.Error{
			What: "The folder " + dir + " is in the archive.", Meaning: "Nothing was written: the archive is only written by exports.",
			Try: "Choose another folder.", Usage: true,
		}
	}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return dir, nil
	case err != nil:
		if info, statErr := os.Stat(dir); statErr == nil && !info.IsDir() {
			return "", &desk.Error{
				What: dir + " is a file, and no folder.", Meaning: "Nothing was written.", Try: "Choose another folder.", Usage: true, Err: err,
			}
		}
		return "", err
	}
	if len(entries) > 0 && (o.Into == nil || !o.Into(ctx, dir)) {
		return "", &desk.Error{
			What: "The folder " + dir + " is not empty.", Meaning: "Nothing was written to it.",
			Try:    "Choose an empty folder, or one that is not there yet; or agree with “--yes”: nothing in it is replaced.",
			Window: "Choose an empty folder, or one that is not there yet.", Err: export.ErrNobody,
		}
	}
	return dir, nil
}

// A saver is one Save under way.
type saver struct {
	ctx     context.Context
	a       *archive.Archive
	o       SaveOptions
	to      *saving
	out     *Saved
	at      string            // the collection whose files are open
	open    []*sheetFile      // in the order in which they were begun
	folders map[string]string // of split items, by the path of their file in the archive
	albums  map[string]bool   // folders of accounts that have photos
	photos  map[string]string // that were written: where, by their path in the archive
	past    pastAlbums        // of a moment that is past
}

// A sheetFile is a file of several items that is being written.
type sheetFile struct {
	path   string // in the archive
	f      *savedFile
	merger *ical.Merger // of a calendar
}

func (s *saver) run() error {
	s.photos = map[string]string{}
	for c, err := range s.a.Contents(s.ctx, archive.Query{Account: s.o.Account, AsOf: s.o.AsOf, Present: true}) {
		if err == nil {
			err = s.ctx.Err()
		}
		if err == nil && (len(s.o.Only) == 0 || slices.Contains(s.o.Only, c.Kind)) {
			if !s.o.AsOf.IsZero() {
				c.Path = c.Home
			}
			err = export.Guard(func() error { return s.item(c) })
		}
		if errors.Is(err, export.ErrMistake) {
			s.out.Unsaved = append(s.out.Unsaved, Unsaved{Called(c.Item), err.Error()})
			err = nil
		}
		if err != nil {
			for _, x := range s.open {
				err = errors.Join(err, x.f.discard())
			}
			return err
		}
	}
	if err := s.finish(); err != nil {
		return err
	}
	if !s.o.AsOf.IsZero() {
		return s.pastAlbums()
	}
	for account := range s.albums {
		if err := s.lists(account); err != nil {
			return err
		}
	}
	return nil
}

func (s *saver) item(it archive.Content) error {
	if key := it.Account + "\x00" + it.Collection; key != s.at {
		if err := s.finish(); err != nil {
			return err
		}
		s.at = key
	}
	switch {
	case it.State == archive.Failed || it.Path == "":
		s.out.Unsaved = append(s.out.Unsaved, Unsaved{Called(it.Item), "the archive has no bytes of it: it could not be read"})
		return nil
	case it.Kind == export.Photos:
		return s.photo(it)
	}
	var err error
	if it.State == archive.SetAside {
		s.out.SetAside++
		err = s.aside(it)
	} else {
		err = s.understood(it)
	}
	if err == nil {
		s.out.Items[it.Kind]++
	}
	return err
}

// aside saves what could not be understood as it was delivered.
func (s *saver) aside(it archive.Content) error {
	r, err := it.Open()
	if err != nil {
		return err
	}
	name := s.rel(it.Path)
	err = s.to.whole(s.to.place(path.Dir(name), strings.TrimSuffix(path.Base(name), path.Ext(name)), path.Ext(name)), r)
	return errors.Join(err, r.Close())
}

// understood saves a card or calendar object. One that has to be converted so that
// what its outline lacks has no place in it any more is read as a whole.
func (s *saver) understood(it archive.Content) error {
	body, err := contentline.ReadBody(it.Open, math.MaxInt64-1, io.Discard)
	if err != nil {
		return err
	}
	save := s.date
	if it.Kind == export.Contacts {
		save = s.contact
	}
	if err = save(it.Item, &body); !errors.Is(err, errUnfit) {
		return err
	}
	if err := body.Whole(); err != nil {
		return err
	}
	return save(it.Item, &body)
}

var errUnfit = errors.New("what it lacks has no place in it")

func Called(it archive.Item) string {
	if it.Name != "" {
		return it.Name
	}
	return it.ID
}

// rel is where a file of the archive goes below the folder.
func (s *saver) rel(name string) string {
	name = strings.TrimPrefix(name, "data/")
	if _, rest, ok := strings.Cut(name, "/"); ok && s.o.Account != "" {
		return rest
	}
	return name
}

func (s *saver) contact(it archive.Item, body *contentline.Body) error {
	out, err := vcard.Published(body.Text)
	if s.o.VCard != "" && err == nil {
		var losses []vcard.Loss
		converted, lost, convertErr := vcard.Export(body.Text, s.o.VCard)
		if convertErr == nil && !body.Fits(converted) {
			return errUnfit
		}
		if losses = lost; convertErr == nil {
			out = converted
		} else {
			s.out.Unsaved = append(s.out.Unsaved, Unsaved{Called(it), fmt.Sprintf("saved as it came, not as vCard %s: %v", s.o.VCard, convertErr)})
		}
		for _, l := range losses {
			s.out.Losses = append(s.out.Losses, Loss{it.Account, Called(it), l})
		}
	}
	if err != nil {
		return fmt.Errorf("saving %q: %w", Called(it), err)
	}
	if s.o.Split {
		return s.split(it, body.Open(out, true))
	}
	f, err := s.sheet(it.Path, false)
	if err == nil {
		err = body.Write(f[0].f, out, true)
	}
	return err
}

func (s *saver) date(it archive.Item, body *contentline.Body) (err error) {
	out, err := ical.Published(body.Text)
	var parts ical.Pieces
	if err == nil {
		parts, err = ical.Parts(out)
	}
	if err == nil && parts.Old { // few programs read vCalendar 1.0
		var lost []syntax.Finding
		if out, lost, err = portable.Write(out); err == nil {
			parts, err = ical.Parts(out)
		}
		if err == nil && !body.Fits(out) {
			return errUnfit
		}
		it.Path = strings.TrimSuffix(it.Path, path.Ext(it.Path)) + ".ics"
		for _, l := range lost {
			s.out.Losses = append(s.out.Losses, Loss{it.Account, Called(it), vcard.Loss{Happens: l.Reason, Line: l.Line}})
		}
	}
	if err != nil {
		return fmt.Errorf("saving %q: %w", Called(it), err)
	}
	if s.o.Split {
		return s.split(it, body.Open(out, true))
	}
	if body.Long() {
		fill, done, err := body.Filler(true)
		if err != nil {
			return err
		}
		parts.Fill = fill
		defer func() { err = errors.Join(err, done()) }()
	}
	files, err := s.sheet(it.Path, true)
	if err != nil {
		return err
	}
	for _, f := range files {
		if _, _, err = f.merger.Add(parts); !errors.Is(err, ical.ErrZoneClash) {
			return err
		}
	}
	// Another zone of the same name is in all of them.
	f, err := s.begin(it.Path, true)
	if err == nil {
		_, _, err = f.merger.Add(parts)
	}
	return err
}

// sheet returns the open files for what lies at name in the archive; at least
// one.
func (s *saver) sheet(name string, calendar bool) ([]*sheetFile, error) {
	var list []*sheetFile
	for _, x := range s.open {
		if x.path == name {
			list = append(list, x)
		}
	}
	if len(list) > 0 {
		return list, nil
	}
	f, err := s.begin(name, calendar)
	return []*sheetFile{f}, err
}

func (s *saver) begin(name string, calendar bool) (*sheetFile, error) {
	at := s.rel(name)
	ext := path.Ext(at)
	stem := strings.TrimSuffix(path.Base(at), ext)
	f, err := s.to.create(s.to.place(path.Dir(at), stem, ext))
	if err != nil {
		return nil, err
	}
	x := &sheetFile{path: name, f: f}
	if calendar {
		x.merger = ical.NewMerger(f, stem)
	}
	s.open = append(s.open, x)
	return x, nil
}

// finish ends the files of a collection.
func (s *saver) finish() error {
	var err error
	for _, x := range s.open {
		if x.merger != nil {
			err = errors.Join(err, x.merger.Close())
		}
		err = errors.Join(err, x.f.finish())
	}
	s.open = nil
	return err
}

// split writes an item into a file of its own.
func (s *saver) split(it archive.Item, out io.ReadCloser) error {
	defer out.Close()
	at := s.rel(it.Path)
	ext := path.Ext(at)
	folder, ok := s.folders[it.Path]
	if !ok {
		folder = s.to.place(path.Dir(at), strings.TrimSuffix(path.Base(at), ext), "")
		s.folders[it.Path] = folder
	}
	name := Called(it)
	if it.Kind == export.Events && !it.Start.IsZero() {
		name = it.Start.Format(time.DateOnly) + " " + name
	}
	return s.to.whole(s.to.place(folder, name, ext), out)
}

// A Filer saves to files and takes files in.
type Filer struct{ d *desk.Desk }

// NewFiler is the Filer of a desk.
func NewFiler(d *desk.Desk) Filer { return Filer{d} }
