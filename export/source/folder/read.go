package folder

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/formats/file"
)

const (
	maxText      = 64 << 20 // how long a contact, event or to-do may be
	mostInMemory = 1 << 20  // a longer one is read when it is opened
	outlineHead  = 2 << 20  // how much of a portrait or an attachment is read of what a file holds
)

// Pull lists the collection in full, unless something of it cannot be looked
// into: then what is not named counts as there. The version of a contact, event or
// to-do is the hash of its bytes, that of a photo its size and time.
func (s *Source) Pull(ctx context.Context, c export.Collection, have export.Have, to export.Sink) (export.Listing, error) {
	p, err := s.find(c.ID)
	if err != nil {
		return export.Listing{}, errors.Join(err, s.there())
	}
	if p.many {
		return s.pullMany(ctx, p, have, to)
	}
	list, full, err := s.list(ctx, p)
	if err != nil {
		return export.Listing{}, fmt.Errorf("listing %q: %w", p.Name, err)
	}
	if err := to.Listed(len(list), full); err != nil {
		return export.Listing{}, err
	}
	for _, l := range list {
		if err := s.hand(ctx, p, l, have, to); err != nil {
			return export.Listing{}, err
		}
	}
	return export.Listing{Full: full}, nil
}

// list names the items of p in the order of their paths; full tells whether
// everything could be looked into.
func (s *Source) list(ctx context.Context, p place) (list []listed, full bool, err error) {
	l, err := s.look(ctx, p.dir, p.photos())
	if err != nil {
		return nil, false, err
	}
	if !p.photos() {
		if f := l.by[placeOf(kindOf(p.kind), p.dir, false).ID]; f != nil {
			list = f.items
		}
		return list, l.full(), nil
	}
	for _, name := range l.photos {
		info, err := s.root.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed in this moment
		}
		if err != nil {
			return nil, false, caused(err)
		}
		list = append(list, listed{name, versionOf(info)})
	}
	slices.SortFunc(list, func(a, b listed) int { return strings.Compare(a.id, b.id) })
	return list, l.full(), nil
}

// hand gives an item to the archive, unless that has it. One that changed since it
// was listed has failed: the next export reads it as it is then.
func (s *Source) hand(ctx context.Context, p place, l listed, have export.Have, to export.Sink) error {
	held, err := have.Version(l.id)
	if err != nil {
		return err
	}
	it, err := export.Item{}, stoppedOr(ctx)
	switch {
	case err == nil && l.version == held:
		return to.Seen(l.id, held)
	case err == nil:
		it, err = s.item(p, l.id)
	}
	if err == nil && it.Version != l.version {
		err = errChanged
	}
	if err != nil {
		if gone := s.there(); gone != nil {
			err = gone
		}
		it = export.Item{ID: l.id, Size: -1, Kind: p.Kind, Name: path.Base(l.id), Err: fmt.Errorf("reading %s: %w", p.path(l.id), err)}
		ctx = context.WithoutCancel(ctx) // stopping ends the work, not the bookkeeping
	}
	return to.Put(ctx, it)
}

func stoppedOr(ctx context.Context) error {
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	return nil
}

// Fetch reads one item. See [export.Fetcher].
func (s *Source) Fetch(ctx context.Context, c export.Collection, id string) (export.Item, error) {
	p, err := s.find(c.ID)
	if err == nil && !p.many {
		err = p.named(id)
	}
	if err == nil {
		err = stoppedOr(ctx)
	}
	if err != nil {
		return export.Item{}, err
	}
	var it export.Item
	if p.many {
		it, err = s.fetchMany(ctx, p, id)
	} else {
		it, err = s.item(p, id)
	}
	if err != nil {
		return export.Item{}, fmt.Errorf("reading %s: %w", p.path(id), err)
	}
	return it, nil
}

// item is the item with an ID as it is now.
func (s *Source) item(p place, id string) (export.Item, error) {
	it := export.Item{ID: id, Name: path.Base(id), Kind: p.Kind}
	if p.kind == file.Calendar {
		it.Kind = ""
	}
	info, err := s.root.Lstat(p.path(id))
	if err != nil {
		return it, caused(err)
	}
	if !info.Mode().IsRegular() {
		return it, fmt.Errorf("%w: it is no file", export.ErrGone)
	}
	it.Size, it.Modified = info.Size(), info.ModTime()
	if p.photos() {
		if it.Folder = path.Dir(id); it.Folder == "." {
			it.Folder = ""
		}
		it.Version = versionOf(info)
		it.Open = func(_ context.Context, from int64) (io.ReadCloser, int64, error) { return s.open(p, it, from) }
		return it, nil
	}
	if it.Size > maxText {
		return it, fmt.Errorf("%w: %d bytes", export.ErrTooLarge, it.Size)
	}
	if it.Size > mostInMemory {
		return s.long(p, it)
	}
	body, err := s.root.ReadFile(p.path(id))
	if err != nil {
		return it, caused(err)
	}
	if now, err := s.root.Lstat(p.path(id)); err != nil || now.Size() != it.Size || !now.ModTime().Equal(it.Modified) {
		return it, errors.Join(errChanged, err)
	}
	if c, err := s.class(context.Background(), p.path(id)); err != nil || c.kind != p.kind || c.why != "" || len(c.parts) > 0 {
		return it, errors.Join(fmt.Errorf("%w: it is no single item", export.ErrGone), err)
	}
	it.Size, it.Version = int64(len(body)), hashOf(body)
	it.Open = func(_ context.Context, from int64) (io.ReadCloser, int64, error) {
		from = min(max(from, 0), it.Size)
		return io.NopCloser(bytes.NewReader(body[from:])), from, nil
	}
	return it, nil
}

// long is item for one that is read when it is opened, if it is as it was then.
func (s *Source) long(p place, it export.Item) (export.Item, error) {
	c, err := s.class(context.Background(), p.path(it.ID))
	if err != nil || c.kind != p.kind || c.why != "" || len(c.parts) > 0 {
		return it, errors.Join(fmt.Errorf("%w: it is no single item", export.ErrGone), err)
	}
	if c.size != it.Size || !c.modified.Equal(it.Modified) {
		return it, errChanged
	}
	it.Version = c.version
	it.Open = func(_ context.Context, from int64) (io.ReadCloser, int64, error) {
		f, err := s.root.Open(p.path(it.ID))
		if err != nil {
			return nil, 0, caused(err)
		}
		from = min(max(from, 0), it.Size)
		_, err = f.Seek(from, io.SeekStart)
		if err != nil {
			return nil, 0, errors.Join(caused(err), f.Close())
		}
		if from > 0 {
			return f, from, nil
		}
		return &unchanged{f: f, sum: sha256.New(), want: it.Version}, 0, nil
	}
	return it, nil
}

// An unchanged file fails at its end unless it is what it was.
type unchanged struct {
	f    *os.File
	sum  hash.Hash
	want string
}

func (u *unchanged) Close() error { return u.f.Close() }

func (u *unchanged) Read(b []byte) (int, error) {
	n, err := u.f.Read(b)
	u.sum.Write(b[:n])
	if err == io.EOF && hex.EncodeToString(u.sum.Sum(nil)[:16]) != u.want {
		err = errChanged
	}
	return n, err
}

// open reads a photo from byte from on.
func (s *Source) open(p place, it export.Item, from int64) (io.ReadCloser, int64, error) {
	f, err := s.root.Open(p.path(it.ID))
	if err != nil {
		return nil, 0, caused(err)
	}
	info, err := f.Stat()
	if err == nil && versionOf(info) != it.Version {
		err = fmt.Errorf("%w: it changed after it was looked at", export.ErrGone)
	}
	if err == nil {
		_, err = f.Seek(from, io.SeekStart)
	}
	if err != nil {
		return nil, 0, errors.Join(caused(err), f.Close())
	}
	return f, from, nil
}

func versionOf(info fs.FileInfo) string {
	return fmt.Sprintf("%d bytes, %d", info.Size(), info.ModTime().UnixNano())
}

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:16])
}
