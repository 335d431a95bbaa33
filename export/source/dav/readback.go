package dav

import (
	"bufio"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/export/source/dav/multistatus"
	"sidekeep/formats/contentline"
)

// read fetches the bytes of an item as it is now, of a long one the outline, and
// notes the version that they have.
func (w *writing) read(ctx context.Context, st *state) ([]byte, error) {
	for t := w.s.c.tries(); ; {
		body, err := w.readOnce(ctx, st)
		if err == nil || !passing(err) {
			return body, err
		}
		if err := t.again(ctx, err); err != nil {
			return nil, err
		}
	}
}

func (w *writing) readOnce(ctx context.Context, st *state) ([]byte, error) {
	resp, err := w.s.c.do(ctx, request{method: http.MethodGet, url: w.url(st.id)})
	if err != nil {
		return nil, err
	}
	first := resp.Body
	var size byteCount
	body, err := contentline.ReadBody(func() (io.ReadCloser, error) {
		if r := first; r != nil {
			first = nil
			return r, nil
		}
		again, err := w.s.c.do(ctx, request{method: http.MethodGet, url: w.url(st.id)})
		if err != nil {
			return nil, err
		}
		return again.Body, nil
	}, maxDraft, &size)
	if !body.Long() {
		size = byteCount(len(body.Text))
	}
	switch {
	case errors.Is(err, contentline.ErrLong):
		return nil, fmt.Errorf("%w: the item has more than %d bytes", export.ErrTooLarge, maxDraft)
	case err != nil:
		return nil, err
	case size == 0 && st.size != 0, unframed(resp) && int64(size) < st.size:
		return nil, fmt.Errorf("%w: %d of %d bytes", errCut, size, st.size)
	}
	if tag := served(resp); tag != "" && opaque(st.etag) != "" {
		st.etag = resp.Header.Get("ETag")
		if resp.Uncompressed {
			st.etag = `"` + tag + `"`
		}
	}
	return body.Text, nil
}

// samePhoto compares a photo with what is at the server. torn tells that there
// is only its beginning.
func (w *writing) samePhoto(ctx context.Context, d *draft, st *state) (same, torn bool, err error) {
	if st.size > d.size {
		return false, false, nil
	}
	p := &pull{s: w.s, c: w.c, prefix: w.prefix}
	there, err := p.open(ctx, &st.record, 0, "", "")
	if err != nil {
		return false, false, err
	}
	defer there.Close()
	ours, err := d.open(ctx)
	if err != nil {
		return false, false, err
	}
	defer ours.Close()
	a, b := bufio.NewReaderSize(there, 64<<10), bufio.NewReaderSize(ours, 64<<10)
	for {
		x, errX := a.Peek(32 << 10)
		y, errY := b.Peek(32 << 10)
		n := min(len(x), len(y))
		switch {
		case errX != nil && errX != io.EOF:
			return false, false, errX
		case errY != nil && errY != io.EOF:
			return false, false, &contentError{errY}
		case !bytes.Equal(x[:n], y[:n]), n == 0 && len(x) > 0:
			return false, false, nil
		case n == 0:
			return len(y) == 0, len(y) > 0, nil
		}
		a.Discard(n)
		b.Discard(n)
	}
}

// withUID lists the items whose UID the server finds to be uid (RFC 6352,
// section 8.6; RFC 4791, section 7.8.6).
func (w *writing) withUID(ctx context.Context, uid string) (ids []string, err error) {
	if uid == "" {
		return nil, nil
	}
	var text strings.Builder
	xml.EscapeText(&text, []byte(uid))
	ask := func(component string) error {
		body := head + `<R:addressbook-query` + spaces + `><prop><getetag/></prop><R:filter><R:prop-filter name="UID">` +
			`<R:text-match collation="i;unicode-casemap" match-type="equals">` + text.String() + `</R:text-match></R:prop-filter></R:filter></R:addressbook-query>`
		if !w.c.book {
			body = head + `<C:calendar-query` + spaces + `><prop><getetag/></prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="` +
				component + `"><C:prop-filter name="UID"><C:text-match collation="i;octet">` + text.String() +
				`</C:text-match></C:prop-filter></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>`
		}
		return w.s.steady(ctx, func() error {
			_, err := w.s.report(ctx, request{method: "REPORT", url: w.c.url, depth: "1", body: []byte(body)}, func(_ *url.URL, m *multistatus.Response) error {
				id := w.id(string(m.Href))
				if m.Status/100 <= 2 && w.named(id) == nil && !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
				return nil
			})
			return err
		})
	}
	if w.c.book {
		return ids, ask("")
	}
	for _, component := range []string{export.Events.Component(), export.Todos.Component()} {
		if len(w.c.limits.Components) == 0 || slices.Contains(w.c.limits.Components, component) {
			if err := ask(component); err != nil {
				return nil, err
			}
		}
	}
	return ids, nil
}

// mostFetched is up to how many bytes a card or calendar object is in memory when it
// is fetched by itself; of a longer one the body is read when it is opened.
const mostFetched = 1 << 20

// Fetch reads one item. See [export.Fetcher].
func (s *Source) Fetch(ctx context.Context, c export.Collection, id string) (export.Item, error) {
	w, err := s.writing(ctx, c.ID)
	if err != nil {
		return export.Item{}, err
	}
	it, err := w.fetch(ctx, id)
	if err != nil {
		if ctx.Err() != nil {
			err = stopped(ctx)
		} else if export.Cause(err) == nil {
			err = listingError(w.c.url, err)
		}
		return export.Item{}, fmt.Errorf("reading from %q: %w", w.c.Name, err)
	}
	return it, nil
}

func (w *writing) fetch(ctx context.Context, id string) (export.Item, error) {
	if err := w.named(id); err != nil {
		return export.Item{}, err
	}
	st, err := w.state(ctx, id)
	if err != nil {
		return export.Item{}, err
	}
	p := &pull{s: w.s, c: w.c, prefix: w.prefix}
	if !w.c.photos && st.size <= mostFetched {
		body, err := w.read(ctx, st)
		if err != nil {
			return export.Item{}, err
		}
		return p.item(&st.record).OfBytes(body), nil
	}
	it := p.item(&st.record)
	it.Open = func(ctx context.Context, from int64) (io.ReadCloser, int64, error) {
		r, err := p.open(ctx, &st.record, from, strong(st.etag), "")
		if err != nil {
			return nil, 0, p.itemError(ctx, err)
		}
		if r.version != it.Version {
			r.Close()
			return nil, 0, fmt.Errorf("%w: it changed after it was looked at", export.ErrGone)
		}
		return r, r.off, nil
	}
	return it, nil
}
