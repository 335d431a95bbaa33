package record

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"sync"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/formats/contentline"
)

// The sizes of the bodies of contacts, events and to-dos.
const (
	MaxMemory = 1 << 20 // larger ones are gathered on disk
)

// putText takes a contact, an event or a to-do. Bytes are read, hashed and
// understood without holding the history.
func (r *recorder) putText(ctx context.Context, it export.Item) (export.Outcome, error) {
	b, err := r.read(ctx, it)
	if err != nil {
		if why, ok := refused(err); ok {
			return r.fail(it, why)
		}
		return export.Outcome{}, disk.Caused(err)
	}
	v := history.UnderstandOutline(r.c.Kind, b.raw, b.gaps)
	out, err := r.putBody(it, b, v)
	return out, errors.Join(err, disk.Caused(b.free()))
}

func (r *recorder) putBody(it export.Item, b *body, v history.Understood) (export.Outcome, error) {
	w := r.s.W
	w.Lock()
	defer w.Unlock()
	if r.closed {
		return export.Outcome{}, history.ErrClosed
	}
	h, err := r.held(it.ID)
	if err != nil {
		return export.Outcome{}, err
	}
	if h.known && h.present && bytes.Equal(h.hash, b.hash[:]) && h.aside == (v.Aside != "") {
		return r.same(it, h, export.Outcome{Kind: v.Kind, Bytes: b.size})
	}
	v.Size = b.size
	if v.Blob, err = r.s.blob(b); err != nil {
		return export.Outcome{}, err
	}
	return r.keep(it, h, v)
}

// blob stores the bytes once and tells their row.
func (s *Session) blob(b *body) (int64, error) {
	raw := b.raw
	if raw == nil {
		raw = []byte{}
	}
	res, err := s.W.Exec("INSERT INTO blob (blob, hash, bytes) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING", s.last.blob+1, b.hash[:], raw)
	if err != nil {
		return 0, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		s.last.blob++
		if err == nil && b.long != nil {
			err = history.PutChunks(s.W, s.last.blob, b.long)
		}
		return s.last.blob, err
	}
	var n int64
	_, err = s.W.Row("SELECT blob FROM blob WHERE hash = ?", []any{b.hash[:]}, &n)
	return n, err
}

// A body is the bytes of an item as delivered.
type body struct {
	raw  []byte // of a long one its outline
	gaps contentline.Gaps
	hash [sha256.Size]byte
	size int64
	long io.Reader // nil if raw is all of it
	free func() error
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// read reads a whole body. An error of the source is a refusal.
func (r *recorder) read(ctx context.Context, it export.Item) (*body, error) {
	if it.Size > history.MaxText {
		return nil, tooLarge(it.Size)
	}
	in, start, err := it.Open(ctx, 0)
	if err != nil {
		return nil, refusal{err}
	}
	defer in.Close()
	if start != 0 {
		return nil, refusal{fmt.Errorf("%w: the body starts at byte %d", export.ErrDamaged, start)}
	}
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	b := &body{free: func() error {
		if buf.Cap() <= MaxMemory {
			buffers.Put(buf)
		}
		return nil
	}}
	most := int64(min(MaxMemory, history.LongBody))
	n, err := buf.ReadFrom(io.LimitReader(in, most))
	if err == nil && n == most {
		defer func() { _ = b.free() }() // it cannot fail
		return r.spool(in, it, buf)
	}
	if err := complete(it, n, err); err != nil {
		return nil, errors.Join(err, b.free())
	}
	b.raw, b.size = buf.Bytes(), n
	b.hash = sha256.Sum256(b.raw)
	return b, nil
}

// spool gathers a large body on disk. One that is long stays there until it is
// freed; any other is taken into memory when no other large one is there.
func (r *recorder) spool(in io.Reader, it export.Item, head *bytes.Buffer) (*body, error) {
	d := r.s.A.Disk
	name := fmt.Sprintf("%s/%x", disk.SpoolDir, sha256.Sum256([]byte(it.ID)))
	if err := disk.MakeFolders(d, disk.SpoolDir); err != nil {
		return nil, err
	}
	f, err := d.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return nil, err
	}
	done := func() error { return errors.Join(f.Close(), disk.RemoveIfThere(d, name)) }
	b, err := r.gather(f, io.MultiReader(bytes.NewReader(head.Bytes()), in), it)
	if err != nil {
		return nil, errors.Join(err, done())
	}
	if b.long == nil {
		return b, done()
	}
	b.free = done
	return b, nil
}

func (r *recorder) gather(f disk.File, in io.Reader, it export.Item) (*body, error) {
	sum := sha256.New()
	c := copier{to: f, sum: sum}
	n, err := c.copy(in, history.MaxText+1)
	switch {
	case c.broken != nil:
		return nil, c.broken
	case n > history.MaxText:
		return nil, tooLarge(n)
	}
	if err := complete(it, n, err); err != nil {
		return nil, err
	}
	b := &body{size: n, free: func() error { return nil }}
	sum.Sum(b.hash[:0])
	if n > int64(history.LongBody) {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		b.raw, b.gaps, err = history.OutlineOf(f, n, b.hash[:])
		if err == nil {
			_, err = f.Seek(0, io.SeekStart)
			b.long = f
			return b, err
		}
		if !errors.Is(err, contentline.ErrNoOutline) {
			return nil, err
		}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	r.s.large.Lock()
	b.free = func() error { r.s.large.Unlock(); return nil }
	b.raw = make([]byte, n)
	if _, err = io.ReadFull(f, b.raw); err != nil {
		return nil, errors.Join(err, b.free())
	}
	return b, nil
}

func tooLarge(n int64) error {
	return refusal{fmt.Errorf("%w: %d bytes, and at most %d are taken", export.ErrTooLarge, n, history.MaxText)}
}

// complete tells whether the n bytes that were read before err are the item.
func complete(it export.Item, n int64, err error) error {
	switch {
	case err != nil && it.Size >= 0:
		return refusal{fmt.Errorf("after %d of %d bytes: %w", n, it.Size, err)}
	case err != nil:
		return refusal{fmt.Errorf("after %d bytes: %w", n, err)}
	case it.Size >= 0 && n != it.Size:
		return refusal{fmt.Errorf("%w: %d bytes came, and the source says that it has %d", export.ErrDamaged, n, it.Size)}
	}
	return nil
}

// A copier copies from a source to a file and a hash. An error of the file is
// kept apart from one of the source.
type copier struct {
	to     io.Writer
	sum    hash.Hash
	broken error
	after  func(n int64) error // called after each step with what was copied so far; may be nil
}

// copy copies at most limit bytes. The error is the source's; see also broken.
func (c *copier) copy(in io.Reader, limit int64) (int64, error) {
	in = io.LimitReader(in, limit)
	buf := disk.CopyBuffers.Get().(*[]byte)
	defer disk.CopyBuffers.Put(buf)
	var n int64
	for {
		k, err := in.Read(*buf)
		if k > 0 {
			c.sum.Write((*buf)[:k])
			if _, c.broken = c.to.Write((*buf)[:k]); c.broken != nil {
				return n, nil
			}
			n += int64(k)
			if c.after != nil {
				if c.broken = c.after(n); c.broken != nil {
					return n, nil
				}
			}
		}
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}
