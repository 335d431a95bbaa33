package davserver

import (
	"io"
	"iter"
	"net/http"
	"strconv"
)

// RoundTrip answers r in this process, without a network: a Server is an
// [http.RoundTripper] too. What the handler writes is passed on as it is read,
// in the goroutine of the reader; nothing is gathered.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.WithContext(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	if in.Host == "" {
		in.Host = in.URL.Host
	}
	w := &localWriter{header: http.Header{}}
	next, stop := iter.Pull(func(yield func([]byte) bool) {
		defer in.Body.Close()
		defer w.aborted()
		w.yield = yield
		s.ServeHTTP(w, in)
		w.WriteHeader(http.StatusOK)
	})
	first, more := next()
	if w.code == 0 { // it hung up
		stop()
		return nil, io.ErrUnexpectedEOF
	}
	resp := &http.Response{
		StatusCode: w.code, Status: strconv.Itoa(w.code) + " " + http.StatusText(w.code), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, ContentLength: -1, Request: r, Body: http.NoBody,
	}
	if n, err := strconv.ParseInt(w.sent.Get("Content-Length"), 10, 64); err == nil {
		resp.ContentLength = n
	}
	if !more {
		stop()
		if r.Method != http.MethodHead {
			resp.ContentLength = 0
		}
		return resp, nil
	}
	resp.Body = &localBody{w: w, left: first, next: next, stop: stop}
	if resp.ContentLength < 0 {
		resp.TransferEncoding = []string{"chunked"}
	}
	return resp, nil
}

// A localWriter is the handler's end of an answer.
type localWriter struct {
	header http.Header
	sent   http.Header // as it was when the body began
	code   int
	yield  func([]byte) bool
	broken bool // the handler hung up
}

func (w *localWriter) Header() http.Header { return w.header }

func (w *localWriter) WriteHeader(code int) {
	if w.code == 0 {
		w.code, w.sent = code, w.header.Clone()
	}
}

// Write returns when the reader has taken all of b.
func (w *localWriter) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if len(b) > 0 && !w.yield(b) {
		return 0, io.ErrClosedPipe
	}
	return len(b), nil
}

// aborted takes the panic by which a handler hangs up (net/http).
func (w *localWriter) aborted() {
	switch why := recover(); why {
	case nil:
	case http.ErrAbortHandler:
		w.broken = true
	default:
		panic(why)
	}
}

// A localBody is the reader's end.
type localBody struct {
	w    *localWriter
	left []byte
	next func() ([]byte, bool)
	stop func()
}

func (b *localBody) Read(p []byte) (int, error) {
	for len(b.left) == 0 {
		var more bool
		if b.left, more = b.next(); !more {
			if b.w.broken {
				return 0, io.ErrUnexpectedEOF
			}
			return 0, io.EOF
		}
	}
	n := copy(p, b.left)
	b.left = b.left[n:]
	return n, nil
}

func (b *localBody) Close() error {
	b.stop()
	b.left = nil
	return nil
}
