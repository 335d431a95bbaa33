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
	"path"
	"strings"

	"sidekeep/export"
	"sidekeep/formats/photo"
)

// maxText is how long a contact, event or to-do may be.
const maxText = 64 << 20

// Pull lists the collection in full. The version of a contact, event or to-do
// is the hash of its bytes, that of a photo its size and time.
func (s *Source) Pull(ctx context.Context, c export.Collection, have export.Have, to export.Sink) (export.Listing, error) {
	p, err := s.find(c.ID)
	if err != nil {
		return export.Listing{}, err
	}
	ids, err := s.ids(ctx, p)
	if err != nil {
		return export.Listing{}, fmt.Errorf("listing %q: %w", p.Name, err)
	}
	if err := to.Listed(len(ids), true); err != nil {
		return export.Listing{}, err
	}
	for _, id := range ids {
		if err := s.hand(ctx, p, id, have, to); err != nil {
			return export.Listing{}, err
		}
	}
	return export.Listing{Full: true}, nil
}

// ids names the items of p in the order of their paths.
func (s *Source) ids(ctx context.Context, p place) (ids []string, err error) {
	err = fs.WalkDir(s.root.FS(), p.ID, func(name string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return stopped(ctx)
		case errors.Is(err, fs.ErrNotExist) && name != p.ID:
			return nil // removed in this moment
		case err != nil:
			return caused(err)
		case name == p.ID:
			return nil
		}
		id := name
		if p.ID != photosID {
			id = strings.TrimPrefix(name, p.ID+"/")
		}
		hidden := strings.HasPrefix(path.Base(name), ".")
		if d.IsDir() {
			if hidden || !p.photos() || apart(id) {
				return fs.SkipDir
			}
			return nil
		}
		if d.Type().IsRegular() && !hidden && (!p.photos() && strings.EqualFold(path.Ext(id), p.ext) || p.photos() && photo.IsPhoto(id)) {
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}

func (s *Source) hand(ctx context.Context, p place, id string, have export.Have, to export.Sink) error {
	held, err := have.Version(id)
	if err != nil {
		return err
	}
	it, err := export.Item{}, stoppedOr(ctx)
	if err == nil {
		it, err = s.item(p, id)
	}
	switch {
	case err != nil:
		it = export.Item{ID: id, Size: -1, Kind: p.Kind, Name: path.Base(id), Err: fmt.Errorf("reading %s: %w", p.path(id), err)}
		ctx = context.WithoutCancel(ctx) // stopping ends the work, not the bookkeeping
	case it.Version == held:
		return to.Seen(id, held)
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
	if err == nil {
		err = p.named(id)
	}
	if err == nil {
		err = stoppedOr(ctx)
	}
	if err != nil {
		return export.Item{}, err
	}
	it, err := s.item(p, id)
	if err != nil {
		return export.Item{}, fmt.Errorf("reading %s: %w", p.path(id), err)
	}
	return it, nil
}

// item is the item with an ID as it is now.
func (s *Source) item(p place, id string) (export.Item, error) {
	it := export.Item{ID: id, Name: path.Base(id), Kind: p.Kind}
	if p.Mixed {
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
	body, err := s.root.ReadFile(p.path(id))
	if err != nil {
		return it, caused(err)
	}
	it.Size, it.Version = int64(len(body)), hashOf(body)
	it.Open = func(_ context.Context, from int64) (io.ReadCloser, int64, error) {
		from = min(max(from, 0), it.Size)
		return io.NopCloser(bytes.NewReader(body[from:])), from, nil
	}
	return it, nil
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
