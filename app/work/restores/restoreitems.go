package restores

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"sidekeep/app/work/desk"
	"sidekeep/app/work/files"
	"sidekeep/app/work/journals"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
	"sidekeep/export/source"
	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/meaning"
	"sidekeep/formats/vcard"
)

// items yields what the request asks for, out of the archive or out of dropped
// files.
func (p *RestorePlan) items(ctx context.Context, a *archive.Archive) (restore.Items, error) {
	if len(p.Request.Paths) > 0 {
		return p.dropped(ctx)
	}
	return func(yield func(restore.Item, error) bool) {
		c := newChooser(&p.Request)
		q := archive.Query{Account: p.Request.From, AsOf: p.asOf, Present: !p.Request.Vanished, Vanished: p.Request.Vanished || len(p.Request.Items)+len(p.Request.Keys) > 0}
		for it, err := range a.Contents(ctx, q) {
			if err != nil {
				yield(restore.Item{}, err)
				return
			}
			if out := archivedItem(a, it); c.takes(&out) && !yield(out, nil) {
				return
			}
		}
		if err := c.missed(); err != nil {
			yield(restore.Item{}, err)
		}
	}, nil
}

// archivedItem makes an item of the archive one that can be restored.
func archivedItem(a *archive.Archive, c archive.Content) restore.Item {
	it := restore.Item{
		Account: c.Account, Collection: c.In, ID: c.ID, UID: c.UID, Name: files.Called(c.Item), File: c.File, Folder: c.Folder, Kind: c.Kind,
		Modified: c.Modified, Size: c.Size, Gone: c.State == archive.Gone, Since: c.Since, Start: c.Start, AllDay: c.AllDay,
	}
	copy(it.Hash[:], c.Hash)
	number := c.Number
	// The bytes that came with the listing serve the first reading, and are let
	// go of then: a plan of many items holds none of them.
	first := &atomic.Pointer[func() (io.ReadCloser, error)]{}
	first.Store(&c.Open)
	it.Open = func(ctx context.Context) (io.ReadCloser, error) {
		if open := first.Swap(nil); open != nil {
			return (*open)()
		}
		return a.Version(ctx, number)
	}
	return it
}

// A chooser takes the items that a request names.
type chooser struct {
	r           *journals.RestoreRequest
	collections []bool // which names were found
	items       []bool
}

func newChooser(r *journals.RestoreRequest) *chooser {
	return &chooser{r: r, collections: make([]bool, len(r.Collections)), items: make([]bool, len(r.Items))}
}

func (c *chooser) takes(it *restore.Item) bool {
	in := len(c.r.Collections) == 0
	for i, name := range c.r.Collections {
		if it.Collection.ID == name || strings.EqualFold(it.Collection.Name, name) {
			c.collections[i], in = true, true
		}
	}
	if !in {
		return false
	}
	if len(c.r.Items) == 0 {
		return true
	}
	for i, name := range c.r.Items {
		if it.ID == name || it.UID == name || strings.EqualFold(it.Name, name) || it.File != "" && it.File == name {
			c.items[i] = true
			return true
		}
	}
	return false
}

// missed says which of the names nothing has.
func (c *chooser) missed() error {
	where := "in these files"
	if c.r.From != "" {
		where = fmt.Sprintf("in “%s”", c.r.From)
	}
	if i := slices.Index(c.collections, false); i >= 0 {
		return &desk.Error{
			What: fmt.Sprintf("There is no collection called “%s” %s.", c.r.Collections[i], where), Meaning: desk.NothingWritten,
			Try: "Name it as “sidekeep export --verbose” and “sidekeep account check” do.", Usage: true, Err: export.ErrGone,
		}
	}
	if i := slices.Index(c.items, false); i >= 0 {
		return &desk.Error{
			What: fmt.Sprintf("There is nothing called “%s” %s.", c.r.Items[i], where), Meaning: desk.NothingWritten,
			Try: "Name it as “sidekeep list” or “sidekeep search” shows it, or by its ID or UID, which stand in the account's index.csv.", Usage: true, Err: export.ErrGone,
		}
	}
	return nil
}

// dropped reads files. Cards and calendar objects are put aside in one file of
// the system's folder for temporary ones, so that a plan of many holds none of
// them in memory; photos stay where they are.
func (p *RestorePlan) dropped(ctx context.Context) (restore.Items, error) {
	src, err := desk.FilesOpened(p.w, ctx, p.Request.Paths)
	if err != nil {
		return nil, notRestored(err)
	}
	p.close = append(p.close, src.Close)
	list, err := src.Collections(ctx)
	if err != nil {
		return nil, notRestored(err)
	}
	for _, s := range source.SkippedFiles(src) {
		p.Skipped = append(p.Skipped, s.Path+": "+s.Why)
	}
	aside, err := os.CreateTemp("", "sidekeep-restore-*")
	if err != nil {
		return nil, err
	}
	p.close = append(p.close, func() error { return errors.Join(aside.Close(), os.Remove(aside.Name())) })
	d := &dropping{aside: aside, chooser: newChooser(&p.Request), named: map[string]bool{}}
	for _, name := range p.Request.Paths {
		if abs, err := filepath.Abs(name); err == nil {
			if abs, err = filepath.EvalSymlinks(abs); err == nil {
				d.named[abs] = true
			}
		}
	}
	for _, d.in = range list {
		if _, err := src.Pull(ctx, d.in, NoItems{}, d); err != nil {
			return nil, err
		}
	}
	if err := d.chooser.missed(); err != nil {
		return nil, err
	}
	return func(yield func(restore.Item, error) bool) {
		for _, it := range d.items {
			if !yield(it, nil) {
				return
			}
		}
	}, nil
}

// A dropping takes what a Pull of files brings.
type dropping struct {
	in      export.Collection
	aside   *os.File
	chooser *chooser
	named   map[string]bool // files that were named one by one

	mu    sync.Mutex
	size  int64
	items []restore.Item
}

func (d *dropping) Listed(int, bool) error    { return nil }
func (d *dropping) Seen(string, string) error { return nil }
func (d *dropping) Gone(string) error         { return nil }

func (d *dropping) Put(ctx context.Context, got export.Item) error {
	it := restore.Item{Collection: d.in, ID: got.ID, Name: got.Name, File: got.Name, Folder: got.Folder, Kind: d.in.Kind, Modified: got.Modified, Size: got.Size}
	err := got.Err
	if err == nil && it.Kind == export.Photos {
		err = d.photo(ctx, &it, got)
	} else if err == nil {
		err = d.text(ctx, &it, got)
	}
	if ctx.Err() != nil {
		return err
	}
	if err != nil { // it is in the plan, and refused there with the reason
		it.Open = func(context.Context) (io.ReadCloser, error) { return nil, err }
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.chooser.takes(&it) {
		d.items = append(d.items, it)
	}
	return nil
}

// photo hashes a photo, which stays where it is. One that was named by itself
// goes to no folder.
func (d *dropping) photo(ctx context.Context, it *restore.Item, got export.Item) error {
	if d.named[filepath.Join(strings.TrimPrefix(d.in.ID, "photos: "), got.Name)] {
		it.Folder = ""
	}
	it.Open = func(ctx context.Context) (io.ReadCloser, error) {
		r, _, err := got.Open(ctx, 0)
		return r, err
	}
	r, err := it.Open(ctx)
	if err != nil {
		return err
	}
	h := sha256.New()
	it.Size, err = io.Copy(h, r)
	h.Sum(it.Hash[:0])
	return errors.Join(err, r.Close())
}

// text puts a card or calendar object aside.
func (d *dropping) text(ctx context.Context, it *restore.Item, got export.Item) error {
	sum, size := sha256.New(), new(byteCount)
	body, err := contentline.ReadBody(func() (io.ReadCloser, error) {
		r, _, err := got.Open(ctx, 0)
		return r, err
	}, math.MaxInt64-1, io.MultiWriter(sum, size))
	if err != nil {
		return err
	}
	raw := body.Text
	it.File = "" // its place in the file that it came from is no name of its own
	if body.Long() {
		sum.Sum(it.Hash[:0])
		it.Size = int64(*size)
	} else {
		it.Hash, it.Size = sha256.Sum256(raw), int64(len(raw))
	}
	if it.Kind == export.Contacts {
		if m, err := vcard.MeaningOf(raw); err == nil {
			it.UID = m.UID
			it.Name = orThat(m.Name, it.Name)
		}
	} else {
		if m, err := meaning.Of(raw); err == nil {
			it.UID = m.UID
			it.Name = orThat(m.Summary, it.Name)
		}
		it.Kind = export.Events
		if Begins(raw, "VTODO") && !Begins(raw, "VEVENT") {
			it.Kind = export.Todos
			it.Collection.ID, it.Collection.Kind = it.Collection.ID+", to-dos", export.Todos
		}
	}
	d.mu.Lock()
	at := d.size
	d.size += it.Size
	d.mu.Unlock()
	whole := body.Open(raw, false)
	_, err = io.Copy(io.NewOffsetWriter(d.aside, at), whole)
	if err = errors.Join(err, whole.Close()); err != nil {
		return fmt.Errorf("putting %q aside: %w", it.Name, err)
	}
	n := it.Size
	it.Open = func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(d.aside, at, n)), nil
	}
	return nil
}

// A byteCount counts what is written to it.
type byteCount int64

func (n *byteCount) Write(b []byte) (int, error) {
	*n += byteCount(len(b))
	return len(b), nil
}

func orThat(s, that string) string {
	if strings.TrimSpace(s) != "" {
		return s
	}
	return that
}

// Begins tells whether a component of this name begins in a calendar object.
func Begins(raw []byte, name string) bool {
	return bytes.Contains(bytes.ToUpper(raw), []byte("\nBEGIN:"+name))
}

func notRestored(err error) error {
	var own *desk.Error
	if err := files.NotImported(err); errors.As(err, &own) {
		own.Meaning = desk.NothingWritten
		return own
	}
	return err
}

// NoItems is what is known of files that are read for the first time.
type NoItems struct{}

func (NoItems) Token() string                         { return "" }
func (NoItems) Version(string) (string, error)        { return "", nil }
func (NoItems) Partial(string) (string, int64, error) { return "", 0, nil }
func (NoItems) Retry(func(id string) bool) error      { return nil }
