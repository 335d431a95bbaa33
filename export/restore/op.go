package restore

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"sidekeep/export"
)

// An op is one write that is about to be made.
type op struct {
	line       *Line
	n          int // of the deed
	deed       Deed
	collection export.Collection
	at         export.Ref
	item       export.Item
	digest     digest // of what is written
	raw        []byte // what is written, or its outline, until it was seen; nil of a photo
	uid        string
	old        [32]byte // SHA-256 of what is replaced
	merged     bool
	tries      int // how often the target turned out to be otherwise
}

// mostTries is how often an item that changes all the time is planned again.
const mostTries = 5

// prepare makes the op of a line; nil if the line is dealt with. The error ends
// the restore.
func (a *applier) prepare(ctx context.Context, l *Line) (*op, error) {
	if err := a.failed[l.To]; err != nil {
		a.refuse(l, err)
		return nil, nil
	}
	if l.State == Missing {
		return a.settle(a.fresh(ctx, l, false))(l)
	}
	switch l.effective() {
	case Both:
		return a.settle(a.fresh(ctx, l, true))(l)
	case Merge:
		return a.settle(a.again(ctx, l, l.At.ID))(l)
	}
	return a.settle(a.replacing(ctx, l))(l)
}

// settle tells an error about one item from one that ends the restore.
func (a *applier) settle(p *op, err error) func(l *Line) (*op, error) {
	return func(l *Line) (*op, error) {
		if err == nil {
			return p, nil
		}
		if hopeless(err) {
			return nil, err
		}
		a.refuse(l, err)
		return nil, nil
	}
}

// fresh makes an op that creates the item, with a UID of its own if beside is
// set.
func (a *applier) fresh(ctx context.Context, l *Line, beside bool) (*op, error) {
	t := &a.p.Targets[l.To]
	p := &op{line: l, deed: Create, collection: t.Collection}
	it := &l.Item
	if it.Kind == export.Photos {
		p.item, p.digest.bytes = opened(it), it.Hash
		if beside {
			p.item.Name = numbered(it.File, 2)
		}
		return p, nil
	}
	c, err := a.content(ctx, l, t.Limits)
	if err != nil {
		return nil, err
	}
	if beside {
		if c, err = c.renamed(it.Kind, copyUID(it)); err != nil {
			return nil, err
		}
	} else if own(it, a.p.Account) && t.ID == it.Collection.ID {
		p.at.ID = it.ID
	}
	p.writes(&c)
	return p, nil
}

// content reads an item in the form in which it is written.
func (a *applier) content(ctx context.Context, l *Line, limits export.Limits) (content, error) {
	long := context.WithoutCancel(ctx) // a long one is read again when it is written
	c, err := take(func() (io.ReadCloser, error) { return l.Item.Open(long) })
	if err != nil {
		return c, fmt.Errorf("reading it: %w", err)
	}
	out, _, _, err := c.prepare(l.Item.Kind, limits, own(&l.Item, a.p.Account), itemUID(&l.Item))
	return out, err
}

// writes sets what an op writes.
func (p *op) writes(c *content) {
	it := &p.line.Item
	r := c.read(it.Kind)
	p.digest, p.uid, p.raw = r.digest, r.uid, c.Text
	p.item = c.item(it.Kind)
	p.item.Name = it.File
}

// itemOf is an item of these bytes.
func itemOf(kind export.Kind, raw []byte) export.Item {
	return export.Item{Kind: kind}.OfBytes(raw)
}

// numbered is a file name with a number before its ending.
func numbered(name string, n int) string {
	ext := path.Ext(name)
	return fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext)
}

// replacing makes an op that puts the archive's item in the place of the
// target's, which is kept for an undo.
func (a *applier) replacing(ctx context.Context, l *Line) (*op, error) {
	if l.Item.Kind == export.Photos || l.At.Version == "" || !a.has(ctx, l.oldHash) {
		return a.again(ctx, l, l.At.ID)
	}
	return a.replace(ctx, l, l.At, l.oldHash, l.here.uid)
}

// replace makes the op; uid is that of the target's item, which stays, because
// a server knows an item by it (RFC 4791, section 5.3.2.1).
func (a *applier) replace(ctx context.Context, l *Line, at export.Ref, old [32]byte, uid string) (*op, error) {
	t := &a.p.Targets[l.To]
	p := &op{line: l, deed: Replace, collection: t.Collection, at: at, old: old}
	if p.at.Version == "" {
		p.at.Version = "*"
	}
	if l.Item.Kind == export.Photos {
		p.item, p.digest.bytes = opened(&l.Item), l.Item.Hash
		return p, nil
	}
	c, err := a.content(ctx, l, t.Limits)
	if err != nil {
		return nil, err
	}
	if r := c.read(l.Item.Kind); uid != "" && r.uid != uid {
		if c, err = c.renamed(l.Item.Kind, uid); err != nil {
			return nil, err
		}
	}
	p.writes(&c)
	return p, nil
}

// has tells whether what an item was is kept already.
func (a *applier) has(ctx context.Context, hash [32]byte) bool {
	for _, old := range []OldBytes{a.o.Old, a.j} {
		if old == nil || hash == [32]byte{} {
			continue
		}
		if r, err := old.Old(ctx, hash); err == nil {
			r.Close()
			return true
		}
	}
	return false
}

// again looks at what the target has of an item now and makes the op that the
// line's choice asks for; nil if there is nothing to do.
func (a *applier) again(ctx context.Context, l *Line, id string) (*op, error) {
	t := &a.p.Targets[l.To]
	it, err := export.Fetch(ctx, a.w, t.Collection, id)
	if errors.Is(err, export.ErrGone) {
		return a.fresh(ctx, l, false)
	}
	if err != nil {
		return nil, err
	}
	ref := export.Ref{ID: it.ID, Version: it.Version}
	if l.Item.Kind == export.Photos {
		return a.againPhoto(ctx, l, it, ref)
	}
	device, err := takeItem(ctx, it)
	if errors.Is(err, export.ErrGone) {
		return a.fresh(ctx, l, false)
	}
	if err != nil {
		return nil, fmt.Errorf("reading what the target has of it: %w", err)
	}
	was := device.read(l.Item.Kind)
	if was.is(&l.writes) {
		return nil, a.same(l)
	}
	if id != l.At.ID && was.uid != "" && l.uid != "" && was.uid != l.uid {
		return a.fresh(ctx, l, true) // another item, which has nothing to do with it
	}
	switch l.effective() {
	case Device:
		a.count(&a.result.Left, 1)
		return nil, a.there(l)
	case Both:
		return a.fresh(ctx, l, true)
	}
	if err := a.keep(ctx, &device); err != nil {
		return nil, err
	}
	if l.effective() == Archive {
		return a.replace(ctx, l, ref, was.bytes, was.uid)
	}
	return a.merging(ctx, l, ref, &was, &device)
}

func (a *applier) keep(ctx context.Context, c *content) error {
	if a.has(ctx, c.bytes) {
		return nil
	}
	r := c.Open(c.Text, false)
	return errors.Join(a.j.Keep(c.bytes, r), r.Close())
}

func (a *applier) merging(ctx context.Context, l *Line, ref export.Ref, was *reading, device *content) (*op, error) {
	t := &a.p.Targets[l.To]
	archive, err := a.content(ctx, l, t.Limits)
	if err != nil {
		return nil, err
	}
	out, clashes, err := mergeAll(l.Item.Kind, device, &archive)
	if err != nil {
		return nil, err
	}
	p := &op{line: l, deed: Replace, collection: t.Collection, at: ref, old: was.bytes, merged: true}
	p.writes(&out)
	if was.is(&p.digest) {
		return nil, a.same(l)
	}
	if !t.Limits.TakesSize(p.item.Size) {
		return nil, fmt.Errorf("%w: merged it has %d bytes, and at most %d are taken", export.ErrOversize, p.item.Size, t.Limits.MaxSize)
	}
	if p.at.Version == "" {
		p.at.Version = "*"
	}
	l.Clashes = clashes
	return p, nil
}

// againPhoto is again for a photo, which is read twice: once to know it, and
// once to keep it if it is not kept yet.
func (a *applier) againPhoto(ctx context.Context, l *Line, it export.Item, ref export.Ref) (*op, error) {
	switch l.effective() {
	case Device:
		a.count(&a.result.Left, 1)
		return nil, a.there(l)
	case Both:
		return a.fresh(ctx, l, true)
	}
	r, err := body(ctx, it)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	_, err = io.Copy(h, r)
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("reading what the target has of it: %w", err)
	}
	hash := [32]byte(h.Sum(nil))
	if hash == l.Item.Hash {
		return nil, a.same(l)
	}
	if !a.has(ctx, hash) {
		if r, err = body(ctx, it); err != nil {
			return nil, err
		}
		if err = errors.Join(a.j.Keep(hash, r), r.Close()); err != nil {
			return nil, err
		}
	}
	return a.replace(ctx, l, ref, hash, "")
}
