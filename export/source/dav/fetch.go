package dav

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"sidekeep/export"
	"sidekeep/export/source/dav/multistatus"
)

// A worker fetches batches, one after the other.
type worker struct {
	p     *pull
	ask   []byte // the body of a multiget
	fixed []byte // an item with its line ends restored
	got   bytes.Buffer
	auth  []string // the credentials as they are sent
}

// errEnded ends a multiget because the sink takes nothing more.
var errEnded = errors.New("the archive takes nothing more")

// batch hands over every item of rs.
func (w *worker) batch(ctx context.Context, rs []record) {
	p := w.p
	if p.end() != nil {
		return
	}
	if lost := p.hopeless(ctx); lost != nil {
		for i := range rs {
			p.fail(ctx, &rs[i], lost)
		}
		return
	}
	if p.c.photos || len(rs) == 1 && rs[0].size > streamed {
		for i := range rs {
			w.stream(ctx, &rs[i])
		}
		return
	}
	if p.alone.Load() || len(rs) == 1 {
		for i := range rs {
			w.get(ctx, &rs[i], nil)
		}
		return
	}
	left, later, err := w.multiget(ctx, rs)
	if errors.Is(err, errEnded) {
		return
	}
	for i := range later {
		w.later(ctx, &later[i])
	}
	if len(left) == 0 {
		return
	}
	if err != nil {
		w.choked(ctx, left, err)
		return
	}
	for i := range left {
		w.get(ctx, &left[i], nil)
	}
}

// choked fetches what a multiget left because it failed: in halves, so that
// one item which a server cannot give does not sink the others, or one by one
// if the server does not know the report.
func (w *worker) choked(ctx context.Context, left []record, err error) {
	p := w.p
	code := statusOf(err)
	switch {
	case errors.Is(err, errSlow):
		// Halves would each take as long: only what is slow itself is waited for.
		for i := range left {
			w.get(ctx, &left[i], nil)
		}
		return
	case passing(err):
		p.probe(ctx)
	case code == 0 && final(ctx, err):
		p.giveUp(err)
	case code == http.StatusNotFound, code == http.StatusGone:
		p.gone(ctx)
		p.alone.Store(true)
	case code/100 == 4 && code != http.StatusRequestEntityTooLarge, errors.Is(err, multistatus.ErrNotMultistatus):
		p.alone.Store(true)
	}
	half := (len(left) + 1) / 2
	w.batch(ctx, left[:half])
	if half < len(left) {
		w.batch(ctx, left[half:])
	}
}

// A sample is an item to be fetched by GET. data, if not nil, is what multiget
// gave for it: it is compared, or counts if a form was learnt meanwhile.
type sample struct {
	record
	data []byte
	mark string // ETag that came with data
}

// maxKept is how many bytes of one batch wait for a form to be learnt.
const maxKept = 1 << 20

func (w *worker) later(ctx context.Context, s *sample) {
	if s.data != nil {
		if f, decided := w.p.rule.form(); decided && f != noForm {
			w.put(ctx, &s.record, s.mark, w.formed(f, s.data))
			return
		}
	}
	w.get(ctx, &s.record, s.data)
}

// multiget fetches rs in one request and hands over each item whose bytes are
// sure. later are those that have to be fetched by GET; left are those that
// the answer did not bring.
func (w *worker) multiget(ctx context.Context, rs []record) (left []record, later []sample, err error) {
	p := w.p
	index := make(map[string]int, len(rs))
	hrefs := make([]string, len(rs))
	for i := range rs {
		index[rs[i].id] = i
		if hrefs[i] = rs[i].path; hrefs[i] == "" {
			hrefs[i] = p.pathOf(rs[i].id)
		}
	}
	done := make([]bool, len(rs))
	w.ask = askData(w.ask, p.c.book, hrefs)
	r := request{method: "REPORT", url: p.c.url, depth: "1", body: w.ask}
	names, kept, heard := p.namer(), 0, 0
	_, err = p.s.report(ctx, r, func(final *url.URL, m *multistatus.Response) error {
		if heard++; heard > 2*len(rs)+maxUnasked {
			return fmt.Errorf("%w: the server tells of more than it was asked for", export.ErrDamaged)
		}
		id, _, _ := names.id(final, string(m.Href))
		i, ok := index[id]
		if !ok || done[i] {
			return nil
		}
		done[i] = true
		if len(m.Data) == 0 || m.DataLong {
			later = append(later, sample{record: rs[i]})
			p.missed()
			return nil
		}
		data, sure, compare := w.delivered(&rs[i], m)
		if !sure {
			s := sample{record: rs[i]}
			if compare && kept+len(m.Data) <= maxKept {
				kept += len(m.Data)
				s.data, s.mark = bytes.Clone(m.Data), string(m.ETag)
			}
			later = append(later, s)
			return nil
		}
		p.misses.Store(-1 << 20)
		w.put(ctx, &rs[i], string(m.ETag), data)
		if p.end() != nil {
			return errEnded
		}
		return nil
	})
	for i := range rs {
		if !done[i] {
			left = append(left, rs[i])
			if err == nil {
				p.missed()
			}
		}
	}
	return left, later, err
}

// maxUnasked is how many items a multiget may bring that were not asked for.
const maxUnasked = 1000

// maxMisses is how many items multiget may fail to bring, none having come,
// until it is not used any more.
const maxMisses = 20

func (p *pull) missed() {
	if p.misses.Add(1) > maxMisses {
		p.alone.Store(true)
	}
}

// put hands over an item whose bytes are here. etag is that of the answer
// which brought them: what the listing said may be older.
func (w *worker) put(ctx context.Context, r *record, etag string, data []byte) {
	it := w.p.item(r)
	if v := opaque(etag); v != "" && opaque(r.etag) != "" || r.flags&flagRetry != 0 {
		it.Version = v
	}
	w.p.refused.Store(0)
	w.p.slow.Store(0)
	if w.auth == nil {
		w.auth = w.p.s.c.signIn.told(true)
	}
	if slices.ContainsFunc(w.auth, func(f string) bool { return bytes.Contains(data, []byte(f)) }) {
		w.p.fail(ctx, r, fmt.Errorf("%w: the server has put the sign-in of this program into it, which is kept nowhere", export.ErrDamaged))
		return
	}
	w.p.put(ctx, it.OfBytes(data))
}

// errLong means that an item is longer than what is held in memory.
var errLong = errors.New("longer than is held in memory")

// get fetches one item by GET: its bytes are what counts. data, if not nil, is
// what multiget gave for it.
func (w *worker) get(ctx context.Context, r *record, data []byte) {
	p := w.p
	if p.end() != nil {
		return
	}
	for t := p.s.c.tries(); ; {
		if lost := p.hopeless(ctx); lost != nil {
			p.fail(ctx, r, lost)
			return
		}
		etag, err := w.download(ctx, r)
		switch {
		case err == nil:
			if data != nil {
				p.rule.learn(data, w.got.Bytes())
			}
			w.put(ctx, r, etag, w.got.Bytes())
			return
		case errors.Is(err, errLong):
			w.stream(ctx, r)
			return
		case !passing(err) || t.again(ctx, err) != nil:
			p.fail(ctx, r, p.itemError(ctx, err))
			return
		}
	}
}

// download fills w.got with the bytes of r. An answer of which nothing tells
// that it is whole is not taken if it is shorter than the listing says, and one
// without any bytes only if the listing says that there are none.
func (w *worker) download(ctx context.Context, r *record) (etag string, err error) {
	resp, err := w.p.s.c.do(ctx, request{method: http.MethodGet, url: w.p.urlOf(r)})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	w.got.Reset()
	_, err = io.CopyN(&w.got, resp.Body, maxData+1)
	etag = served(resp)
	switch {
	case err == nil:
		return "", errLong
	case err != io.EOF:
		return "", err
	case w.got.Len() == 0 && r.size != 0, unframed(resp) && int64(w.got.Len()) < r.size && (etag == "" || etag == opaque(r.etag)):
		return "", fmt.Errorf("%w: %d of %d bytes", errCut, w.got.Len(), r.size)
	}
	return etag, nil
}

// unframed reports whether a body ends only with its connection, so that
// nothing in the answer tells that it is whole (RFC 9112, section 6.3).
func unframed(resp *http.Response) bool {
	return resp.ContentLength < 0 && resp.ProtoMajor < 2 && len(resp.TransferEncoding) == 0 && !resp.Uncompressed
}

// urlOf is where r is fetched from.
func (p *pull) urlOf(r *record) *url.URL {
	path := r.path
	if path == "" {
		path = p.pathOf(r.id)
	}
	return at(p.c.url, path)
}
