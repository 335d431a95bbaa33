package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"

	"sidekeep/export"
	"sidekeep/formats/contentline"
	"sidekeep/formats/file"
	"sidekeep/formats/vcard"
)

// holds is what a file has in it.
type holds struct {
	cards, dates, todos bool
	sure                bool // of a table: it is one of contacts, and not of anything else that has names
}

// contents goes through a file once, to learn what its collections are and, but for
// a table, how many items it has.
func contents(ctx context.Context, on *shelf, name string, t file.Type) (h holds, n int, err error) {
	f, err := on.fsys.Open(name)
	if err != nil {
		return h, 0, caused(err)
	}
	defer f.Close()
	if t == file.Table {
		h.sure, err = people(&stoppable{f, ctx})
		h.cards = err == nil
		return h, 0, caused(err)
	}
	err = file.Kinds(&stoppable{f, ctx}, t, func(k string) {
		n++
		switch k {
		case "VCARD":
			h.cards = true
		case "VTODO":
			h.todos = true
		default:
			h.dates = true
		}
	})
	return h, n, caused(err)
}

// people tells whether at least half of the rows of a table can be reached: have an
// e-mail address or a telephone.
func people(r io.Reader) (bool, error) {
	n, reached := 0, 0
	err := file.Items(r, file.Table, "", func(it *file.Item) error {
		n++
		if c, err := vcard.View(it.Raw); err == nil && len(c.Emails)+len(c.Phones) > 0 {
			reached++
		}
		return nil
	})
	return 2*reached >= n, err
}

// stoppable ends reading when the context does.
type stoppable struct {
	io.Reader
	ctx context.Context
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.Reader.Read(p)
}

// A listed item is what the first reading of a file remembers.
type listed struct{ id, version string }

// Pull reads the file, or looks through the folder, as it is now. The version
// of a contact, event or to-do is the hash of its bytes, that of a photo its
// size and time.
func (s *Source) Pull(ctx context.Context, c export.Collection, have export.Have, to export.Sink) (export.Listing, error) {
	b, err := s.book(c.ID)
	if err != nil {
		return export.Listing{}, err
	}
	if b.err != nil {
		return export.Listing{}, b.err
	}
	switch {
	case b.kind == file.Photo:
		err = b.pullPhotos(ctx, have, to)
	case b.singles != nil:
		err = b.pullSingles(ctx, have, to)
	default:
		err = b.pullText(ctx, have, to)
	}
	return export.Listing{Full: err == nil}, err
}

func (b *book) pullText(ctx context.Context, have export.Have, to export.Sink) error {
	charset, err := b.charset(ctx)
	if err != nil {
		return err
	}
	var list []listed
	err = b.items(ctx, charset, func(it *file.Item) error {
		v, err := b.versionOf(b.file, it)
		list = append(list, listed{it.ID, v.text})
		return err
	})
	if err != nil {
		return err
	}
	if err := to.Listed(len(list), true); err != nil {
		return err
	}
	// The second reading hands over; whatever it does not come to is accounted
	// for afterwards.
	done := 0
	var broken error
	err = b.items(ctx, charset, func(it *file.Item) error {
		v, err := b.versionOf(b.file, it)
		if err != nil {
			return err
		}
		if done == len(list) || list[done] != (listed{it.ID, v.text}) {
			return errChanged
		}
		done++
		broken = b.hand(ctx, b.file, it, have, to)
		return broken
	})
	if broken != nil {
		return broken
	}
	if err == nil && done < len(list) {
		err = errChanged
	}
	for _, l := range list[done:] {
		it := export.Item{ID: l.id, Version: l.version, Size: -1, Err: fmt.Errorf("reading %s: %w", b.on.full(b.file), caused(err))}
		if err := to.Put(ctx, it); err != nil {
			return err
		}
	}
	return nil
}

// hand gives one item of the file name to the archive, unless that has it.
func (b *book) hand(ctx context.Context, name string, it *file.Item, have export.Have, to export.Sink) error {
	version, err := b.versionOf(name, it)
	if err != nil {
		return err
	}
	held, err := have.Version(it.ID)
	if err != nil {
		return err
	}
	if held == version.text {
		return to.Seen(it.ID, version.text)
	}
	line := it.Line
	var why *contentline.Error
	if errors.As(it.Err, &why) && why.Line > 0 {
		line = why.Line
	}
	out := export.Item{
		ID: it.ID, Version: version.text, Size: version.size,
		Name: fmt.Sprintf("%s, line %d", path.Base(name), line),
		Open: func(_ context.Context, from int64) (io.ReadCloser, int64, error) {
			if len(it.Left) == 0 {
				return io.NopCloser(bytes.NewReader(it.Raw[from:])), from, nil
			}
			return b.whole(name, it), 0, nil
		},
	}
	if b.part == file.Cards {
		out.Kind = export.Contacts
	}
	return to.Put(ctx, out)
}

// charset is what the whole file looks like: see [file.CharsetOf].
func (b *book) charset(ctx context.Context) (string, error) {
	f, err := b.on.fsys.Open(b.file)
	if err != nil {
		return "", caused(err)
	}
	defer f.Close()
	name, err := file.CharsetOf(&stoppable{f, ctx}, b.kind)
	return name, caused(err)
}

// items reads those items of the file that are of this collection. charset is
// that of the file.
func (b *book) items(ctx context.Context, charset string, yield func(it *file.Item) error) error {
	f, err := b.on.fsys.Open(b.file)
	if err != nil {
		return caused(err)
	}
	defer f.Close()
	var own error
	err = file.Outlines(&stoppable{f, ctx}, b.kind, charset, func(it *file.Item) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if it.Type != b.part {
			return nil
		}
		own = yield(it)
		return own
	})
	if own != nil && errors.Is(err, own) {
		return err
	}
	return caused(err)
}

// A version is the hash of an item's bytes, and how many these are.
type version struct {
	text string
	size int64
}

// versionOf tells the version of an item of the file name.
func (b *book) versionOf(name string, it *file.Item) (version, error) {
	if len(it.Left) == 0 {
		sum := sha256.Sum256(it.Raw)
		return version{hex.EncodeToString(sum[:16]), int64(len(it.Raw))}, nil
	}
	h := sha256.New()
	r := b.whole(name, it)
	n, err := io.Copy(h, r)
	return version{hex.EncodeToString(h.Sum(nil)[:16]), n}, errors.Join(err, r.Close())
}

// whole reads all of an item of the file name of which it has the outline.
func (b *book) whole(name string, it *file.Item) io.ReadCloser {
	r, w := io.Pipe()
	whole := *it
	go func() {
		f, err := b.on.fsys.Open(name)
		if err == nil {
			err = errors.Join(whole.Fill(w, f), f.Close())
		}
		w.CloseWithError(caused(err))
	}()
	return r
}
