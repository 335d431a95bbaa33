package restore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"sidekeep/export"
	"sidekeep/formats/contentline"
	"sidekeep/formats/vcard"
)

// A content is a card or calendar object: all of it, or of a long one the outline,
// which says the same.
type content struct {
	contentline.Body
	size  int64
	bytes [32]byte // SHA-256 of all of it
	crlf  [32]byte // and with CRLF line ends
}

// take reads what open opens, again and again if it is long.
func take(open func() (io.ReadCloser, error)) (content, error) {
	sum, crlf := sha256.New(), sha256.New()
	c := content{}
	size := countWriter{&c.size}
	body, err := contentline.ReadBody(open, maxItem, io.MultiWriter(sum, contentline.WithCRLF(crlf), size))
	switch {
	case errors.Is(err, contentline.ErrLong):
		return content{}, fmt.Errorf("%w: more than %d bytes", export.ErrTooLarge, maxItem)
	case err != nil:
		return content{}, err
	case !body.Long():
		raw := body.Text
		return content{Body: body, size: int64(len(raw)), bytes: sha256.Sum256(raw), crlf: withCRLF(raw)}, nil
	}
	c.Body = body
	sum.Sum(c.bytes[:0])
	crlf.Sum(c.crlf[:0])
	return c, nil
}

type countWriter struct{ n *int64 }

func (w countWriter) Write(b []byte) (int, error) {
	*w.n += int64(len(b))
	return len(b), nil
}

// takeItem is take of an item of a source.
func takeItem(ctx context.Context, it export.Item) (content, error) {
	return take(func() (io.ReadCloser, error) { return body(ctx, it) })
}

// contentOf is the content of what is in memory, as that of a source is read.
func contentOf(raw []byte) (content, error) {
	return take(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil })
}

// read reads what c says.
func (c *content) read(kind export.Kind) reading {
	r := read(kind, c.Text)
	r.bytes = c.bytes
	return r
}

// with is c with another text, which was made of that of c.
func (c *content) with(text []byte) (content, error) {
	if !c.Long() {
		return contentOf(text)
	}
	body := c.Body
	body.Text = text
	return take(func() (io.ReadCloser, error) { return body.Open(text, false), nil })
}

// renamed is c under a UID of its own.
func (c *content) renamed(kind export.Kind, uid string) (content, error) {
	return c.with(renamed(kind, c.Text, uid))
}

// whole is all of c, whatever its length.
func (c *content) whole() ([]byte, error) {
	own := c.Body
	err := own.Whole()
	return own.Text, err
}

// prepare is [prepare] of c. same tells that nothing of it was changed.
func (c *content) prepare(kind export.Kind, limits export.Limits, own bool, key string) (out content, losses []vcard.Loss, same bool, err error) {
	p, err := prepareOf(kind, c.Text, c.size, limits, own, key)
	switch {
	case err != nil:
		return *c, p.losses, true, err
	case &p.raw[0] == &c.Text[0]:
		return *c, p.losses, true, nil
	case c.Fits(p.raw):
		out, err = c.with(p.raw)
		return out, p.losses, false, err
	}
	raw, err := c.whole() // what is left out has no place any more
	if err == nil {
		p, err = prepare(kind, raw, limits, own, key)
	}
	if err == nil {
		out, err = contentOf(p.raw)
	}
	return out, p.losses, false, err
}

// item is an item of these bytes.
func (c *content) item(kind export.Kind) export.Item {
	if !c.Long() {
		return itemOf(kind, c.Text)
	}
	own := c.Body
	return export.Item{Kind: kind, Size: c.size, Open: func(context.Context, int64) (io.ReadCloser, int64, error) {
		return own.Open(own.Text, false), 0, nil
	}}
}

// mergeAll merges what the archive has of an item into what the target has.
func mergeAll(kind export.Kind, device, archive *content) (content, []Clash, error) {
	theirs, err := device.whole()
	if err != nil {
		return content{}, nil, fmt.Errorf("reading what the target has of it: %w", err)
	}
	ours, err := archive.whole()
	if err != nil {
		return content{}, nil, fmt.Errorf("reading what is to be restored: %w", err)
	}
	raw, clashes, err := merge(kind, theirs, ours)
	if err != nil {
		return content{}, clashes, err
	}
	out, err := contentOf(raw)
	return out, clashes, err
}
