package dav

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"sidekeep/export"
)

// A stream is an item's body that is read as it arrives and goes on where it
// broke off.
type stream struct {
	p       *pull
	ctx     context.Context
	r       *record
	body    io.ReadCloser
	off     int64  // of the next byte
	total   int64  // -1 if not stated
	most    int64  // bytes that are taken
	etag    string // strong, of the answer that is being read
	date    string // Last-Modified, if there is no such ETag
	version string
	tries   *tries
	since   int64 // bytes since it broke off last
	err     error
}

// stride is how much has to come until a body that broke off counts as moved
// on. One that comes in smaller pieces is given up: at a few bytes a connection
// it would never end.
const stride = 64 << 10

// How long a body may be whose length its answer does not state: somewhat more
// than the listing says, because it may have changed since, or mostUnstated.
const (
	slack        = 64 << 20
	mostUnstated = 16 << 30
)

// mostOf is how many bytes of r are taken from an answer that states total.
func mostOf(r *record, total int64) int64 {
	switch {
	case total >= 0:
		return total
	case r.size >= 0 && r.size < mostUnstated:
		return min(2*r.size+slack, mostUnstated)
	}
	return mostUnstated
}

// open asks for the bytes of r from byte from on, if they are still those of
// version. It begins at 0 if the server cannot or the item has changed.
func (p *pull) open(ctx context.Context, r *record, from int64, etag, date string) (*stream, error) {
	h := http.Header{"Accept-Encoding": {"identity"}} // a Range of packed bytes is of no use
	if validator := etag; from > 0 {
		if validator == "" {
			validator = date
		}
		if validator == "" {
			from = 0
		} else {
			h.Set("Range", fmt.Sprintf("bytes=%d-", from))
			h.Set("If-Range", validator)
		}
	}
	resp, err := p.s.c.do(ctx, request{method: http.MethodGet, url: p.urlOf(r), header: h})
	if statusOf(err) == http.StatusRequestedRangeNotSatisfiable && from > 0 {
		return p.open(ctx, r, 0, "", "")
	}
	if err != nil {
		return nil, err
	}
	s := &stream{p: p, ctx: ctx, r: r, tries: p.s.c.tries(), body: resp.Body, total: resp.ContentLength, etag: strong(resp.Header.Get("ETag")), date: resp.Header.Get("Last-Modified")}
	switch most := mostOf(r, -1); {
	case s.total > most && r.size >= 0:
		resp.Body.Close()
		return nil, fmt.Errorf("%w: the answer has %d bytes, where the listing says %d", export.ErrTooLarge, s.total, r.size)
	case resp.StatusCode == http.StatusPartialContent && resp.Uncompressed && from > 0:
		resp.Body.Close()
		return p.open(ctx, r, 0, "", "") // a part of what is packed
	}
	if resp.StatusCode == http.StatusPartialContent {
		start, total, ok := contentRange(resp.Header.Get("Content-Range"))
		if !ok || start != from {
			resp.Body.Close()
			if from == 0 {
				return nil, fmt.Errorf("%w: the server gives a part that nobody asked for", export.ErrDamaged)
			}
			return p.open(ctx, r, 0, "", "")
		}
		s.off, s.total = start, total
	}
	s.most = mostOf(r, s.total)
	s.version = r.version()
	switch v := served(resp); {
	case v != "" && (opaque(r.etag) != "" || r.flags&flagRetry != 0):
		s.version = v
	case opaque(r.etag) == "" && s.total >= 0 && s.total != r.size && r.modified != 0:
		s.version = versionOf("", s.total, unixTime(s.date)) // changed since it was listed
	}
	return s, nil
}

// contentRange reads "bytes 5-9/10".
func contentRange(h string) (start, total int64, ok bool) {
	rest, ok := strings.CutPrefix(h, "bytes ")
	span, of, ok2 := strings.Cut(rest, "/")
	first, _, ok3 := strings.Cut(span, "-")
	start, err := strconv.ParseInt(first, 10, 64)
	if !ok || !ok2 || !ok3 || err != nil {
		return 0, 0, false
	}
	if total, err = strconv.ParseInt(of, 10, 64); err != nil {
		total = -1
	}
	return start, total, true
}

// Read goes on after a failure of the network. Its error has a cause.
func (s *stream) Read(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	for {
		n, err := s.body.Read(b)
		s.off += int64(n)
		if s.since += int64(n); s.since >= stride {
			s.tries.moved()
		}
		if s.off > s.most {
			s.err = fmt.Errorf("%w: more than %d bytes come, where the listing says %d and the answer no length", export.ErrTooLarge, s.most, s.r.size)
			return 0, s.err
		}
		if err == io.EOF {
			err = s.short()
		}
		if err == nil || err == io.EOF {
			return n, err
		}
		if n > 0 {
			return n, nil // the next Read meets the failure again
		}
		if err := s.resume(err); err != nil {
			s.err = s.p.itemError(s.ctx, err)
			return 0, s.err
		}
	}
}

// short is io.EOF if the body has the length that was stated. One that states
// no bytes at all where the listing has some is not believed.
func (s *stream) short() error {
	want := s.total
	if (want < 0 && s.p.c.photos || want == 0) && s.version == s.r.version() {
		want = s.r.size
	}
	if want >= 0 && s.off < want {
		return fmt.Errorf("%w: %d of %d bytes", errCut, s.off, want)
	}
	return io.EOF
}

// resume asks for the rest after err.
func (s *stream) resume(err error) error {
	s.body.Close()
	s.body, s.since = http.NoBody, 0
	for {
		if !passing(err) {
			return err
		}
		if err := s.tries.again(s.ctx, err); err != nil {
			return err
		}
		next, openErr := s.p.open(s.ctx, s.r, s.off, s.etag, s.date)
		if openErr != nil {
			err = openErr
			continue
		}
		if next.version != s.version || next.total >= 0 && s.total >= 0 && next.total != s.total {
			next.Close()
			return fmt.Errorf("%w: it changed while it was read", export.ErrDamaged)
		}
		if _, err = io.CopyN(io.Discard, next.body, s.off-next.off); err == nil {
			s.body, s.total = next.body, max(s.total, next.total)
			return nil
		}
		next.Close()
		if err == io.EOF {
			err = errCut
		}
	}
}

func (s *stream) Close() error { return s.body.Close() }

// stream hands over an item whose bytes go from the wire to the archive. The
// answer is begun before the sink is called, so that the item comes with the
// version that its bytes have.
func (w *worker) stream(ctx context.Context, r *record) {
	p := w.p
	if p.end() != nil {
		return
	}
	version, from, err := p.have.Partial(r.id)
	if err != nil {
		p.mu.Lock()
		p.ended = err
		p.mu.Unlock()
		return
	}
	if version == "" || version != r.version() {
		from = 0
	}
	first, err := w.begin(ctx, r, from)
	if err != nil {
		p.fail(ctx, r, p.itemError(ctx, err))
		return
	}
	it := p.item(r)
	it.Version, it.Size = first.version, first.total
	if t, err := http.ParseTime(first.date); err == nil && it.Modified.IsZero() {
		it.Modified = t
	}
	if it.Size <= 0 && it.Version == r.version() {
		it.Size = r.size
	}
	etag, date, current, begun := first.etag, first.date, first, false
	it.Open = func(ctx context.Context, from int64) (io.ReadCloser, int64, error) {
		if !begun && (current.off == from || current.off == 0) {
			begun = true
			return current, current.off, nil
		}
		begun = true
		current.Close()
		s, err := p.open(ctx, r, from, etag, date)
		if err != nil {
			return nil, 0, p.itemError(ctx, err)
		}
		if s.version != it.Version {
			s.Close()
			return nil, 0, fmt.Errorf("%w: it changed while it was read", export.ErrDamaged)
		}
		current = s
		return s, s.off, nil
	}
	p.refused.Store(0)
	p.put(ctx, it)
	current.Close()
}

// begin opens r, again if the network broke it off.
func (w *worker) begin(ctx context.Context, r *record, from int64) (*stream, error) {
	date := ""
	if r.modified != 0 {
		date = r.time().UTC().Format(http.TimeFormat)
	}
	for t := w.p.s.c.tries(); ; {
		if lost := w.p.hopeless(ctx); lost != nil {
			return nil, lost
		}
		s, err := w.p.open(ctx, r, from, strong(r.etag), date)
		if err == nil || !passing(err) {
			return s, err
		}
		if err := t.again(ctx, err); err != nil {
			return nil, err
		}
	}
}
