package dav

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"sidekeep/export"
)

// content is the body of a PUT.
type content struct {
	open  func(ctx context.Context) (io.ReadCloser, error) // called for each time that it is sent
	size  int64                                            // -1 if unknown
	media string
	held  []byte // the whole of it, if it is in memory
}

// expected is from how many bytes on a server is asked before they are sent
// whether it takes them (RFC 9110, section 10.1.1).
const expected = 1 << 20

// attach makes req carry the content. cancel ends the exchange when the server
// takes nothing for too long.
func (c *content) attach(ctx context.Context, req *http.Request, over *client, cancel context.CancelCauseFunc) (*upload, error) {
	u := &upload{size: c.size, idle: over.idle}
	if c.size != 0 {
		rc, err := c.open(ctx)
		if err != nil {
			return nil, &contentError{err}
		}
		u.rc = rc
		u.timer = time.AfterFunc(u.idle, func() { cancel(errIdle) })
		u.timer.Stop()
		req.Body = u
		if c.held != nil {
			// The transport needs it where it finds that nothing was sent yet.
			req.GetBody = func() (io.ReadCloser, error) {
				u.anew()
				return io.NopCloser(bytes.NewReader(c.held)), nil
			}
		}
	}
	req.ContentLength = c.size
	req.Header.Set("Content-Type", c.media)
	if (c.size < 0 || c.size >= expected) && !over.unasked.Load() {
		req.Header.Set("Expect", "100-continue")
	}
	return u, nil
}

// A contentError says that the bytes to be sent could not be read. It wraps
// why.
type contentError struct{ err error }

func (e *contentError) Error() string { return "reading what is to be sent: " + e.err.Error() }
func (e *contentError) Unwrap() error { return e.err }

// An upload is a content on its way. The transport reads it in a goroutine of
// its own.
type upload struct {
	rc    io.ReadCloser
	size  int64
	idle  time.Duration
	timer *time.Timer // runs while the transport is sending what it has read

	mu   sync.Mutex
	sent int64
	over bool
	end  bool // everything was read, or is read by another
	err  error
}

// whole reports whether the transport has taken everything.
func (u *upload) whole() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.end || u.size >= 0 && u.sent == u.size
}

// anew notes that the transport reads the same once more, from elsewhere.
func (u *upload) anew() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.end = true
}

func (u *upload) Read(b []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.over {
		return 0, http.ErrBodyReadAfterClose
	}
	u.timer.Stop()
	n, err := u.rc.Read(b)
	u.sent += int64(n)
	if err == io.EOF && u.size >= 0 && u.sent != u.size || u.size >= 0 && u.sent > u.size {
		err = fmt.Errorf("%w: %d bytes instead of %d", export.ErrDamaged, u.sent, u.size)
	}
	u.end = u.end || err == io.EOF
	switch {
	case err == nil:
		u.timer.Reset(u.idle)
	case err != io.EOF:
		u.err = &contentError{err}
		err = u.err
	}
	return n, err
}

// Close waits for a Read that is under way; later ones read nothing. It is
// called by the transport too.
func (u *upload) Close() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.over || u.rc == nil {
		return nil
	}
	u.over = true
	u.timer.Stop()
	return u.rc.Close()
}

// failed is why the bytes could not be read, nil if they could.
func (u *upload) failed() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.err
}
