package dav

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"path"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/formats/contentline"
)

// maxDraft is how long an item that is held in memory while it is written may
// be.
const maxDraft = 64 << 20

// A draft is an item that is to be written.
type draft struct {
	it   export.Item
	body []byte // of all but photos
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
	r, err := openWhole(ctx, it)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if d.body, err = io.ReadAll(io.LimitReader(r, maxDraft+1)); err != nil {
		return nil, &contentError{err}
	}
	limit := int64(maxDraft)
	if w.c.limits.MaxSize > 0 {
		limit = min(limit, w.c.limits.MaxSize)
	}
	if int64(len(d.body)) > limit {
		return nil, tooLong(int64(len(d.body)), limit)
	}
	d.uid = contentline.UID(d.body)
	d.content = content{held: d.body, size: int64(len(d.body)), media: "text/calendar; charset=utf-8", open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(d.body)), nil
	}}
	if w.c.book {
		d.media = "text/vcard; charset=utf-8"
	}
	return d, nil
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
