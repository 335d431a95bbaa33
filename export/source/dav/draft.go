package dav

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"path"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/formats/contentline"
)

// maxDraft is how long a card or calendar object that is written may be.
const maxDraft = 64 << 20

// A draft is an item that is to be written.
type draft struct {
	it   export.Item
	body []byte // of all but photos; of a long one its outline
	uid  string // of all but photos
	content
}

// draft reads it, but for a photo, of which only the length is needed.
func (w *writing) draft(ctx context.Context, it export.Item) (*draft, error) {
	d := &draft{it: it}
	if it.Err != nil {
		return nil, it.Err
	}
	if w.c.photos {
		return d, d.photo(ctx)
	}
	if w.c.limits.MaxSize > 0 && it.Size > w.c.limits.MaxSize {
		return nil, tooLong(it.Size, w.c.limits.MaxSize)
	}
	limit := int64(maxDraft)
	if w.c.limits.MaxSize > 0 {
		limit = min(limit, w.c.limits.MaxSize)
	}
	var size byteCount
	body, err := contentline.ReadBody(func() (io.ReadCloser, error) { return openWhole(ctx, it) }, limit, &size)
	if !body.Long() {
		size = byteCount(len(body.Text))
	}
	var unread *contentError
	switch {
	case errors.Is(err, contentline.ErrLong):
		return nil, tooLong(max(it.Size, limit+1), limit)
	case errors.As(err, &unread):
		return nil, err
	case err != nil:
		return nil, &contentError{err}
	case int64(size) > limit:
		return nil, tooLong(int64(size), limit)
	}
	d.body, d.uid = body.Text, contentline.UID(body.Text)
	d.content = content{size: int64(size), media: "text/calendar; charset=utf-8", open: func(context.Context) (io.ReadCloser, error) {
		return body.Open(body.Text, false), nil
	}}
	if !body.Long() {
		d.held = d.body
	}
	if w.c.book {
		d.media = "text/vcard; charset=utf-8"
	}
	return d, nil
}

// A byteCount counts what is written to it.
type byteCount int64

func (n *byteCount) Write(b []byte) (int, error) {
	*n += byteCount(len(b))
	return len(b), nil
}

func tooLong(n, limit int64) error {
	return fmt.Errorf("%w: %d bytes, where at most %d are taken", export.ErrOversize, n, limit)
}

// openWhole opens it at its beginning.
func openWhole(ctx context.Context, it export.Item) (io.ReadCloser, error) {
	r, start, err := it.Open(ctx, 0)
	if err != nil {
		return nil, &contentError{err}
	}
	if start != 0 {
		r.Close()
		return nil, &contentError{fmt.Errorf("%w: it does not begin at its beginning", export.ErrDamaged)}
	}
	return r, nil
}

// photo makes d a stream. Its length is counted if nobody states it, because
// many servers take nothing without.
func (d *draft) photo(ctx context.Context) error {
	d.content = content{size: d.it.Size, media: mediaOf(d.it.Name), open: func(ctx context.Context) (io.ReadCloser, error) {
		return openWhole(ctx, d.it)
	}}
	if d.size >= 0 {
		return nil
	}
	r, err := openWhole(ctx, d.it)
	if err != nil {
		return err
	}
	defer r.Close()
	if d.size, err = io.Copy(io.Discard, r); err != nil {
		return &contentError{err}
	}
	return nil
}

// mediaOf goes by the name; the system's table would answer differently on
// each computer.
func mediaOf(name string) string {
	ext := strings.ToLower(path.Ext(name))
	switch ext {
	case ".heic", ".heif", ".webp":
		return "image/" + ext[1:]
	case ".mov":
		return "video/quicktime"
	case ".mp4", ".m4v":
		return "video/mp4"
	case ".jpg", ".jpeg", ".png", ".gif":
		return mime.TypeByExtension(ext) // built into package mime
	}
	return "application/octet-stream"
}

// volatile are the properties that servers set themselves.
var volatile = []string{"REV", "PRODID", "DTSTAMP", "LAST-MODIFIED", "CREATED"}

// sameText reports whether two items say the same: the same lines, in whatever
// order and however folded, but for those that servers set themselves.
func sameText(a, b []byte) bool {
	return bytes.Equal(a, b) || slices.Equal(linesOf(a), linesOf(b))
}

func linesOf(body []byte) []string {
	var all []string
	for l := range contentline.Lines(body) {
		if l.Blank() || slices.ContainsFunc(volatile, l.Is) {
			continue
		}
		var b strings.Builder
		b.WriteString(strings.ToUpper(l.Group) + "." + strings.ToUpper(l.Name))
		params := make([]string, len(l.Params))
		for i, p := range l.Params {
			params[i] = strings.ToUpper(fmt.Sprint(p.Name, p.Values))
		}
		slices.Sort(params)
		b.WriteString(strings.Join(params, ";") + ":" + l.Value)
		all = append(all, b.String())
	}
	slices.Sort(all)
	return all
}

// short is a name made of s that is the same whenever it is made.
func short(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}
