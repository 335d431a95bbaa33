package dav

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"

	"sidekeep/export"
	"sidekeep/export/source/dav/multistatus"
)

// A writing is a Put or a Delete under way.
type writing struct {
	s      *Source
	c      *collection
	h      *habit
	prefix string // path of the collection in one spelling, with a slash
}

// A habit is what was learnt of the server by writing to one collection.
type habit struct {
	mu      sync.Mutex
	learnt  bool // whether it honours If-Match and If-None-Match
	honours bool
	keeps   bool            // new items are kept where they were put
	folders map[string]bool // that are there
	busy    map[string]chan struct{}
	wrote   map[string]string // the versions in which items were written, by ID
}

// written notes what was written, so that an item which is met after a lost
// answer is not taken for that of another Put.
func (h *habit) written(ref export.Ref) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.wrote == nil {
		h.wrote = map[string]string{}
	}
	h.wrote[ref.ID] = ref.Version
}

// earlier reports whether what is there was written by an earlier Put.
func (h *habit) earlier(st *state) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	v, ok := h.wrote[st.id]
	return ok && v == st.version()
}

// alone waits until no other write to a path is under way, and returns what
// ends this one. Not every server keeps two apart.
func (h *habit) alone(path string) (done func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for h.busy[path] != nil {
		wait := h.busy[path]
		h.mu.Unlock()
		<-wait
		h.mu.Lock()
	}
	if h.busy == nil {
		h.busy = map[string]chan struct{}{}
	}
	mine := make(chan struct{})
	h.busy[path] = mine
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.busy, path)
		close(mine)
	}
}

// careful reports whether it has to be looked at what is there before anything
// is written, because the server is not known to honour conditions:
// golang.org/x/net/webdav, and rclone with it, passes them over.
func (h *habit) careful() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.honours
}

func (h *habit) has(folder string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.folders[folder]
}

func (h *habit) note(folder string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.folders == nil {
		h.folders = map[string]bool{}
	}
	h.folders[folder] = true
}

func (h *habit) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.folders = nil
}

func (s *Source) writing(ctx context.Context, id string) (*writing, error) {
	col, err := s.find(ctx, id)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.habits[id]
	if h == nil {
		h = &habit{}
		if s.habits == nil {
			s.habits = map[string]*habit{}
		}
		s.habits[id] = h
	}
	return &writing{s: s, c: col, h: h, prefix: col.path()}, nil
}

// Put writes it. See [export.Writer].
func (s *Source) Put(ctx context.Context, c export.Collection, it export.Item, at export.Ref) (export.Ref, error) {
	w, err := s.writing(ctx, c.ID)
	if err != nil {
		return export.Ref{}, err
	}
	var ref export.Ref
	d, err := w.draft(ctx, it)
	switch {
	case err != nil:
	case at.Version == "":
		ref, err = w.create(ctx, d, at.ID)
	default:
		ref, err = w.replace(ctx, d, at)
	}
	switch {
	case errors.Is(err, export.ErrNotKept):
		return ref, w.failed(ctx, "writing to", err)
	case err != nil:
		return export.Ref{}, w.failed(ctx, "writing to", err)
	}
	return ref, nil
}

// failed gives an error of a write its cause and says what was being done.
func (w *writing) failed(ctx context.Context, doing string, err error) error {
	if ctx.Err() != nil && !errors.Is(err, export.ErrStopped) {
		err = stopped(ctx)
	}
	return fmt.Errorf("%s %q: %w", doing, w.c.Name, w.cause(err))
}

// cause gives err the cause that it has for one who writes.
func (w *writing) cause(err error) error {
	var e *statusError
	var own *contentError
	switch {
	case errors.As(err, &e):
		return e.cause(w.c, w.id)
	case errors.As(err, &own) && export.Cause(err) == nil:
		return fmt.Errorf("%w: %w", export.ErrDamaged, err)
	case export.Cause(err) == nil:
		return listingError(w.c.url, err)
	}
	return err
}

// answer sends r, again where a server has locked it for a moment, and returns
// its answer, whose body is read.
func (s *Source) answer(ctx context.Context, r request) (*http.Response, error) {
	for t := s.c.tries(); ; {
		resp, err := s.c.do(ctx, r)
		if err == nil && resp.StatusCode == http.StatusMultiStatus && (r.method == http.MethodPut || r.method == http.MethodDelete) {
			err = s.inside(r.url, resp)
		}
		if err == nil {
			discard(resp)
			return resp, nil
		}
		if statusOf(err) != http.StatusLocked {
			return nil, err
		}
		if err := t.again(ctx, err); err != nil {
			return nil, err
		}
	}
}

// inside is what a multistatus that answers a write says of it (RFC 4918,
// section 9.6.1): the first status in it that is no success. One that cannot be
// read says nothing, and what was written is read back.
func (s *Source) inside(u *url.URL, resp *http.Response) error {
	defer discard(resp)
	d := s.reader()
	defer s.readers.Put(d)
	d.Reset(resp.Body, maxData)
	for range 100 {
		m, err := d.Next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("%w: %v", errCut, err)
		case m.Status/100 > 2:
			return &statusError{Code: m.Status, Host: mark(hostPort(u))}
		}
	}
	return nil
}

// unsure reports whether a write that failed with err may have taken effect:
// its connection broke, or the server or one before it broke down.
func unsure(err error) bool {
	var own *contentError
	switch code := statusOf(err); {
	case err == nil, errors.As(err, &own), errors.Is(err, export.ErrStopped):
		return false
	case code == http.StatusNotImplemented, code == http.StatusInsufficientStorage:
		return false
	case code != 0:
		return code >= 500
	}
	return broken(err) || errors.Is(err, export.ErrUnreachable)
}

// lookAt asks u about itself alone. The Response is valid as long as nothing
// else is read; see [resource] for what outlives it.
func (s *Source) lookAt(ctx context.Context, u *url.URL, ask []byte) (found *state, err error) {
	err = s.steady(ctx, func() error {
		found = nil
		return s.propfind(ctx, u, "0", ask, func(final *url.URL, m *multistatus.Response) error {
			if found != nil {
				return nil
			}
			if m.Status/100 > 2 {
				return &statusError{Code: m.Status, Host: mark(hostPort(u))}
			}
			r := record{size: m.Length, etag: string(m.ETag), modified: unixTime(string(m.Modified))}
			found = &state{record: r, resource: newResource(at(final, final.EscapedPath()), m)}
			return nil
		})
	})
	if err == nil && found == nil {
		err = &statusError{Code: http.StatusNotFound, Host: mark(hostPort(u))}
	}
	return found, err
}

// A state is what the server says of an item, a folder or a collection.
type state struct {
	record
	resource *resource
}

// state is how the item with an ID is now; an error that matches ErrGone if it
// is not there.
func (w *writing) state(ctx context.Context, id string) (*state, error) {
	st, err := w.s.lookAt(ctx, w.url(id), askItems)
	if err != nil {
		if statusOf(err) == http.StatusConflict { // a folder above it is not there
			err = fmt.Errorf("%w: %w", export.ErrGone, err)
		}
		return nil, err
	}
	if st.resource.types&multistatus.Collection != 0 {
		return nil, fmt.Errorf("%w: a folder is at %q", export.ErrRefused, id)
	}
	st.id = id
	return st, nil
}

// put sends d to an ID under a condition.
func (w *writing) put(ctx context.Context, d *draft, id string, condition http.Header) (*http.Response, error) {
	h := condition.Clone()
	if w.c.photos && d.it.Modified.Unix() > 0 {
		h.Set("X-OC-Mtime", fmt.Sprint(d.it.Modified.Unix())) // ownCloud's; Nextcloud and newer rclones read it too
	}
	return w.s.answer(ctx, request{method: http.MethodPut, url: w.url(id), header: h, writes: true, content: &d.content})
}

// conditionOf is the header that lets a write happen to the version alone.
func conditionOf(version string) http.Header {
	switch {
	case version == "":
		return http.Header{"If-None-Match": {"*"}}
	case version == "*":
		return http.Header{"If-Match": {"*"}}
	case made(version):
		return http.Header{}
	}
	return http.Header{"If-Match": {`"` + version + `"`}}
}
