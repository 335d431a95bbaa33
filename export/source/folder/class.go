package folder

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/formats/contentline"
	"sidekeep/formats/file"
)

// A class is what a file is: one item, a file of many, or nothing that is taken.
type class struct {
	size     int64
	modified time.Time

	kind    file.Type
	version string // the hash of its bytes
	event   bool   // of dates: there is something else than to-dos
	todo    bool   //
	parts   []part // of a file of many
	why     string // it is not taken, and why not
}

// A part of a file of many is its contacts, or its dates.
type part struct {
	kind        export.Kind
	n           int
	event, todo bool
}

// errChanged says that a file is no longer what it was when it was looked at.
var errChanged = fmt.Errorf("%w: it changed while it was read", export.ErrGone)

// class tells what a file is. It reads all of one that is text, and remembers
// what it was while the file has the same size and time.
func (s *Source) class(ctx context.Context, name string) (*class, error) {
	info, err := s.root.Lstat(name)
	if err != nil {
		return nil, caused(err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: it is no file", export.ErrGone)
	}
	s.mu.Lock()
	c := s.classes[name]
	s.mu.Unlock()
	if c != nil && c.size == info.Size() && c.modified.Equal(info.ModTime()) {
		return c, nil
	}
	if c, err = s.classify(ctx, name, info); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.classes[name] = c
	s.mu.Unlock()
	return c, nil
}

func (s *Source) classify(ctx context.Context, name string, info fs.FileInfo) (*class, error) {
	c := &class{size: info.Size(), modified: info.ModTime()}
	f, err := s.root.Open(name)
	if err != nil {
		return nil, caused(err)
	}
	defer f.Close()
	head := make([]byte, file.HeadSize)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, caused(err)
	}
	c.kind = file.Detect(head[:n], path.Base(name))
	switch c.kind {
	case file.Photo:
	case file.Cards, file.Calendar:
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, caused(err)
		}
		if err := c.read(ctx, f); err != nil {
			return nil, caused(err)
		}
	case file.EmptyFile:
		c.why = "it is empty"
	case file.Table:
		c.why = "it is a table: import it by itself"
	case file.Archive:
		c.why = "it is a zip archive: import it by itself"
	default:
		c.why = "it holds no contacts, calendars, to-dos or photos"
	}
	return c, nil
}

// read goes through a file of contacts or dates.
func (c *class) read(ctx context.Context, f *os.File) error {
	sum := sha256.New()
	var cards, dates part
	cards.kind, dates.kind = export.Contacts, export.Events
	r := io.TeeReader(stoppable{f, ctx}, sum)
	err := file.Pieces(contentline.NewOutline(r, outlineHead), c.kind, func(p file.Piece) error {
		switch {
		case p.Blank:
		case p.Type == file.Cards:
			cards.n++
		default:
			return file.Items(bytes.NewReader(p.Raw), file.Calendar, "", func(it *file.Item) error {
				switch {
				case it.Component == "VTODO":
					dates.todo = true
				case it.Component == "" && isEmptyCalendar(p.Raw):
					return nil
				default:
					dates.event = true
				}
				dates.n++
				return nil
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	c.version = hex.EncodeToString(sum.Sum(nil)[:16])
	c.event, c.todo = dates.event, dates.todo
	switch {
	case cards.n+dates.n == 0 && c.kind == file.Calendar:
		c.why = "it is a calendar with nothing in it"
	case cards.n+dates.n > 1:
		for _, p := range []part{cards, dates} {
			if p.n > 0 {
				c.parts = append(c.parts, p)
			}
		}
	case cards.n == 1:
		c.kind = file.Cards
	case dates.n == 1:
		c.kind = file.Calendar
	}
	return nil
}

// isEmptyCalendar reports whether a calendar is whole and has nothing in it.
func isEmptyCalendar(raw []byte) bool {
	text := strings.ToUpper(string(raw))
	return strings.Contains(text, "BEGIN:VCALENDAR") && strings.Contains(text, "END:VCALENDAR") && strings.Count(text, "BEGIN:") == 1+strings.Count(text, "BEGIN:VTIMEZONE")+strings.Count(text, "BEGIN:STANDARD")+strings.Count(text, "BEGIN:DAYLIGHT")
}

// pullMany reads a file of many items, as package files does: one reading lists
// them, another hands them over, and what that does not come to has failed.
func (s *Source) pullMany(ctx context.Context, p place, have export.Have, to export.Sink) (export.Listing, error) {
	var list []listed
	if err := s.many(ctx, p, func(it *file.Item) error {
		version, _, err := s.versionIn(p, it)
		list = append(list, listed{it.ID, version})
		return err
	}); err != nil {
		return export.Listing{}, fmt.Errorf("listing %q: %w", p.Name, err)
	}
	if err := to.Listed(len(list), true); err != nil {
		return export.Listing{}, err
	}
	done := 0
	var broken error
	err := s.many(ctx, p, func(it *file.Item) error {
		version, size, err := s.versionIn(p, it)
		if err != nil {
			return err
		}
		now := listed{it.ID, version}
		if done == len(list) || list[done] != now {
			return errChanged
		}
		done++
		held, err := have.Version(now.id)
		switch {
		case err != nil:
		case held == now.version:
			err = to.Seen(now.id, now.version)
		default:
			err = to.Put(ctx, s.manyItem(p, it, version, size))
		}
		broken = err
		return err
	})
	if broken != nil {
		return export.Listing{}, broken
	}
	if err == nil && done < len(list) {
		err = errChanged
	}
	for _, l := range list[done:] {
		it := export.Item{ID: l.id, Version: l.version, Size: -1, Err: fmt.Errorf("reading %s: %w", p.dir, err)}
		if err := to.Put(context.WithoutCancel(ctx), it); err != nil {
			return export.Listing{}, err
		}
	}
	return export.Listing{Full: true}, nil
}

// manyItem is one item of a file of many.
func (s *Source) manyItem(p place, it *file.Item, version string, size int64) export.Item {
	own := *it
	own.Raw = bytes.Clone(it.Raw)
	out := export.Item{
		ID: it.ID, Version: version, Size: size, Name: fmt.Sprintf("%s, line %d", path.Base(p.dir), it.Line),
		Open: func(_ context.Context, from int64) (io.ReadCloser, int64, error) {
			if len(own.Left) > 0 {
				return s.whole(p, &own), 0, nil
			}
			from = min(max(from, 0), size)
			return io.NopCloser(bytes.NewReader(own.Raw[from:])), from, nil
		},
	}
	if p.kind == file.Cards {
		out.Kind = export.Contacts
	}
	return out
}

// versionIn is the version of an item of a file of many, and its size.
func (s *Source) versionIn(p place, it *file.Item) (version string, size int64, err error) {
	if len(it.Left) == 0 {
		return hashOf(it.Raw), int64(len(it.Raw)), nil
	}
	h := sha256.New()
	r := s.whole(p, it)
	size, err = io.Copy(h, r)
	return hex.EncodeToString(h.Sum(nil)[:16]), size, errors.Join(err, r.Close())
}

// whole reads all of an item of which it has the outline.
func (s *Source) whole(p place, it *file.Item) io.ReadCloser {
	r, w := io.Pipe()
	own := *it
	go func() {
		f, err := s.root.Open(p.dir)
		if err == nil {
			err = errors.Join(own.Fill(w, f), f.Close())
		}
		w.CloseWithError(caused(err))
	}()
	return r
}

// many reads those items of a file of many that are of its collection.
func (s *Source) many(ctx context.Context, p place, yield func(*file.Item) error) error {
	f, err := s.root.Open(p.dir)
	if err != nil {
		return caused(err)
	}
	defer f.Close()
	charset, err := file.CharsetOf(stoppable{f, ctx}, p.kind)
	if err != nil {
		return caused(err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return caused(err)
	}
	return caused(file.Outlines(stoppable{f, ctx}, p.kind, charset, func(it *file.Item) error {
		if it.Type != p.kind {
			return nil
		}
		return yield(it)
	}))
}

// errFound ends the search for an item.
var errFound = errors.New("found")

func (s *Source) fetchMany(ctx context.Context, p place, id string) (out export.Item, err error) {
	err = s.many(ctx, p, func(it *file.Item) error {
		if it.ID != id {
			return nil
		}
		version, size, err := s.versionIn(p, it)
		if err != nil {
			return err
		}
		out = s.manyItem(p, it, version, size)
		return errFound
	})
	if errors.Is(err, errFound) {
		return out, nil
	}
	if err == nil {
		err = fmt.Errorf("%w: %q is not in the file", export.ErrGone, id)
	}
	return export.Item{}, err
}
