package dav

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sidekeep/export"
)

// maxRedirects is how many redirects in a row are followed.
const maxRedirects = 8

// client sends requests: signed where that is allowed, again where a server
// asks to wait or dropped an idle connection, and counted. All methods that it
// sends are safe to repeat (RFC 9110 s9.2.1, RFC 3253 s3.6, RFC 4918 s9.1).
type client struct {
	transport way
	gate      *gate
	signIn    *signIn
	now       func() time.Time
	sleep     func(context.Context, time.Duration) error
	idle      time.Duration

	requests, bytes atomic.Int64

	// drops: the server ends idle connections without saying so. What writes or
	// is sent again then goes over a connection of its own, made by fresh.
	drops atomic.Bool
	// unasked: the server does not know Expect.
	unasked atomic.Bool
	fresh   way

	throttle throttle

	life  context.Context // done once the source is closed
	close context.CancelCauseFunc

	mu   sync.Mutex
	dead error // the sign-in is refused: nothing later can fare better
}

// errClosed ends whatever is under way when the source is closed.
var errClosed = errors.New("the source is closed")

// alive is ctx, done as well once the source is closed. end ends it; it is
// called in any case.
func (c *client) alive(ctx context.Context) (alive context.Context, end context.CancelCauseFunc) {
	alive, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(c.life, func() { cancel(errClosed) })
	return alive, func(cause error) { stop(); cancel(cause) }
}

// over is why nothing more is asked: ctx is done, or the source is closed; nil
// if neither is so.
func (c *client) over(ctx context.Context) error {
	switch {
	case ctx.Err() != nil:
		return stopped(ctx)
	case c.life.Err() != nil:
		return stopped(c.life)
	}
	return nil
}

// A way is what requests go over.
type way interface {
	http.RoundTripper
	CloseIdleConnections()
}

// near is a way without connections.
type near struct{ http.RoundTripper }

func (near) CloseIdleConnections() {}

// A request is what is asked; its URL's user and fragment are not sent.
type request struct {
	method string
	url    *url.URL
	depth  string // "" for none
	body   []byte // XML
	header http.Header
	// writes: the request changes something. It goes only to hosts that may have
	// the password, is not repeated when its connection breaks, because it may
	// have taken effect, and its refusal is read.
	writes  bool
	content *content // of a PUT, instead of body
}

// do sends r and follows redirects, keeping the method. The answer has a 2xx
// status; every other one is a *statusError. The caller closes its body.
func (c *client) do(ctx context.Context, r request) (*http.Response, error) {
	for range maxRedirects {
		resp, err := c.once(ctx, r)
		if err != nil {
			return nil, err
		}
		switch resp.StatusCode {
		case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		default:
			if resp.StatusCode/100 == 2 {
				return resp, packed(resp)
			}
			if r.writes {
				return nil, c.refusal(r.url, resp)
			}
			discard(resp)
			return nil, &statusError{Code: resp.StatusCode, Host: mark(hostPort(r.url))}
		}
		discard(resp)
		if r.writes && resp.StatusCode == http.StatusSeeOther {
			return nil, &statusError{Code: resp.StatusCode, Host: mark(hostPort(r.url))} // it was answered, not moved
		}
		next, err := r.url.Parse(resp.Header.Get("Location"))
		if err != nil || next.Host == "" || resp.Header.Get("Location") == "" {
			return nil, notDAV(r.url, "it redirects to nowhere")
		}
		next.User, next.Fragment = nil, ""
		r.url = sameHost(r.url, next)
	}
	return nil, fmt.Errorf("%s: %w (%w)", mark(hostPort(r.url)), export.ErrNotDAV, errAstray)
}

// packed refuses an answer whose body is packed in a way that nobody asked for
// and that is not known here, and closes it: its bytes are not those of the item.
func packed(resp *http.Response) error {
	for how := range strings.SplitSeq(strings.ToLower(resp.Header.Get("Content-Encoding")), ",") {
		switch how = strings.TrimSpace(how); how {
		case "br", "compress", "deflate", "gzip", "x-compress", "x-gzip", "zstd": // and not "utf-8" or "binary", which some servers write
			discard(resp)
			return fmt.Errorf("%w: the answer is packed in a way that was not asked for (%s)", export.ErrDamaged, how)
		}
	}
	return nil
}

// unpack takes gzip off a body that comes in it though that was not asked for;
// the transport does so where it asked itself.
func unpack(resp *http.Response) {
	switch strings.ToLower(resp.Header.Get("Content-Encoding")) {
	case "gzip", "x-gzip":
		resp.Body, resp.ContentLength, resp.Uncompressed = &gunzip{rc: resp.Body}, -1, true
		resp.Header.Del("Content-Encoding")
		resp.Header.Del("Content-Length")
	}
}

// A gunzip unpacks what it reads. Nothing packed is nothing.
type gunzip struct {
	rc  io.ReadCloser
	zip *gzip.Reader
	err error
}

func (g *gunzip) Read(p []byte) (int, error) {
	if g.zip == nil && g.err == nil {
		g.zip, g.err = gzip.NewReader(g.rc)
	}
	if g.err != nil {
		return 0, g.err
	}
	return g.zip.Read(p)
}

func (g *gunzip) Close() error { return g.rc.Close() }

// errAstray means that one redirect leads to the next, for ever.
var errAstray = errors.New("it redirects without an end")

// discard reads what is left of a short body, so that the connection can be
// used again, and closes it. A body that does not end soon costs its connection,
// and no wait.
func discard(resp *http.Response) {
	drain(resp, 64<<10)
	resp.Body.Close()
}

// drain is what is left of a body, up to n bytes and to what comes soon.
func drain(resp *http.Response, n int64) []byte {
	if b, ok := resp.Body.(*body); ok {
		defer time.AfterFunc(drainTime, func() { b.cancel(errIdle) }).Stop()
	}
	left, _ := io.ReadAll(io.LimitReader(resp.Body, n)) // what does not come is not needed
	return left
}

// drainTime is how long the rest of an answer may take that nobody reads.
const drainTime = 2 * time.Second

// once sends r until there is an answer that is no request to sign in or to
// wait.
func (c *client) once(ctx context.Context, r request) (*http.Response, error) {
	asked, signed, waits := 0, 0, intervals()
	for {
		if err := c.ready(ctx, r.url); err != nil {
			return nil, err
		}
		if r.writes {
			if err := c.gate.password(ctx, r.url); err != nil {
				return nil, err
			}
		}
		resp, p, err := c.send(ctx, r)
		if err != nil {
			return nil, err
		}
		switch resp.StatusCode {
		case http.StatusUnauthorized:
			headers := resp.Header.Values("WWW-Authenticate")
			discard(resp)
			if signed++; signed > 4 {
				return nil, c.refused(r.url)
			}
			if err := c.challenged(ctx, r.url, headers, p, signed); err != nil {
				return nil, err
			}
			continue
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			asked++
			wait, stated := retryAfter(resp.Header, c.now())
			if !stated && resp.StatusCode == http.StatusServiceUnavailable && asked >= mostTries {
				return resp, nil
			}
			discard(resp)
			if asked > maxAsked {
				return nil, fmt.Errorf("%s: %w (again and again)", mark(hostPort(r.url)), export.ErrThrottled)
			}
			// A host that says "at once" again and again is given time all the same.
			wait = max(wait, waits.NextBackOff())
			c.throttle.postpone(hostPort(r.url), c.now(), wait+jitter())
			continue
		case http.StatusExpectationFailed:
			if r.content != nil && !c.unasked.Swap(true) {
				discard(resp)
				continue // RFC 9110, section 10.1.1: the same once more, without asking first
			}
		case http.StatusProxyAuthRequired:
			discard(resp)
			return nil, fmt.Errorf("%w: the proxy asks for a sign-in", export.ErrUnreachable)
		}
		if p.scheme != noScheme {
			c.signIn.accepted(r.url)
		}
		return resp, nil
	}
}

// ready waits until a request to u may be sent.
func (c *client) ready(ctx context.Context, u *url.URL) error {
	c.mu.Lock()
	dead := c.dead
	c.mu.Unlock()
	if over := c.over(ctx); over != nil || dead != nil {
		return cmp.Or(over, dead)
	}
	wait, err := c.throttle.wait(hostPort(u), c.now())
	if err != nil {
		return err
	}
	if wait > 0 {
		if err := c.pause(ctx, wait); err != nil {
			return err
		}
	}
	return c.gate.speak(ctx, u)
}

// challenged answers a 401. It returns nil if asking again may help.
func (c *client) challenged(ctx context.Context, u *url.URL, headers []string, p proof, nth int) error {
	if !c.signIn.possible() {
		return fmt.Errorf("%s: %w (it asks for a user name and a password)", mark(hostPort(u)), export.ErrSignIn)
	}
	if p.scheme == noScheme {
		if err := c.gate.password(ctx, u); err != nil {
			return err
		}
	}
	again, fresh, err := c.signIn.answer(ctx, u, headers, p)
	switch {
	case err != nil:
		return err
	case !again, !fresh && nth > 1:
		return c.refused(u)
	}
	return nil
}

// refused notes that the sign-in is refused for good. An origin that took it
// before has let it expire.
func (c *client) refused(u *url.URL) error {
	cause := export.ErrSignIn
	if c.signIn.wasAccepted(u) {
		cause = export.ErrExpired
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead == nil {
		c.dead = fmt.Errorf("%s: %w", mark(hostPort(u)), cause)
	}
	return c.dead
}

// revive lets requests through again, for another user name.
func (c *client) revive() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dead = nil
}

// send sends r once, or twice if the connection was idle and turns out to be
// dropped, or if a certificate is pinned after a yes.
func (c *client) send(ctx context.Context, r request) (*http.Response, proof, error) {
	for dropped, pinned := false, false; ; {
		resp, p, reused, err := c.trip(ctx, r, dropped || r.writes && c.drops.Load())
		if err == nil {
			return resp, p, nil
		}
		if over := c.over(ctx); over != nil {
			return nil, p, over
		}
		var cert *certificateError
		if errors.As(err, &cert) && cert.fingerprint != "" && !pinned {
			pinned = true
			if err := c.gate.certificate(ctx, cert); err != nil {
				return nil, p, err
			}
			continue
		}
		var timeout interface{ Timeout() bool }
		if reused && ctx.Err() == nil && !(errors.As(err, &timeout) && timeout.Timeout()) {
			c.drops.Store(true)
		}
		if reused && !dropped && !r.writes && ctx.Err() == nil && !(errors.As(err, &timeout) && timeout.Timeout()) {
			dropped = true
			c.transport.CloseIdleConnections()
			continue
		}
		return nil, p, netError(ctx, hostPort(r.url), err)
	}
}

// trip is one exchange, over a connection of its own if alone says so. reused
// tells that the connection had been idle.
func (c *client) trip(ctx context.Context, r request, alone bool) (resp *http.Response, p proof, reused bool, err error) {
	ctx, cancel := c.alive(ctx)
	defer func() {
		if err != nil {
			cancel(context.Canceled)
		}
	}()
	u := *r.url
	u.User, u.Fragment = nil, ""
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(i httptrace.GotConnInfo) { reused = i.Reused },
	})
	var content io.Reader
	if r.body != nil {
		content = bytes.NewReader(r.body)
	}
	req, err := http.NewRequestWithContext(traced, r.method, u.String(), content)
	if err != nil {
		return nil, p, false, fmt.Errorf("%w: %w", export.ErrNotDAV, err)
	}
	var sent *upload
	if r.content != nil {
		if sent, err = r.content.attach(ctx, req, c, cancel); err != nil {
			return nil, p, false, err
		}
		defer sent.Close()
	}
	req.URL = &u
	req.Header.Set("User-Agent", "Sidekeep/1")
	if r.body != nil {
		req.Header.Set("Content-Type", `application/xml; charset="utf-8"`)
	}
	if r.depth != "" {
		req.Header.Set("Depth", r.depth)
	}
	for k, v := range r.header {
		req.Header[k] = v
	}
	var header string
	if header, p = c.signIn.sign(r.method, &u); header != "" {
		req.Header.Set("Authorization", header)
	}
	c.requests.Add(1)
	over := c.transport
	if alone {
		over = c.fresh
	}
	resp, err = over.RoundTrip(req)
	if err != nil {
		if sent != nil && sent.Close() == nil && sent.failed() != nil {
			err = sent.failed()
		}
		return nil, p, reused, err
	}
	if sent != nil && resp.StatusCode/100 == 2 && !sent.whole() {
		// What it has taken is not what was to be sent.
		err = fmt.Errorf("%w: it answers %d before it has everything", errCut, resp.StatusCode)
		resp.Body.Close()
		return nil, p, false, err
	}
	c.signIn.clean(resp.Header)
	unpack(resp)
	resp.Body = newBody(ctx, cancel, resp.Body, c)
	resp.Request = req
	return resp, p, reused, nil
}

// body counts what arrives and ends when nothing arrives for too long. Its
// read errors wrap errCut, or ErrStopped if the context of the request is done.
type body struct {
	rc     io.ReadCloser
	c      *client
	ctx    context.Context // of this exchange alone
	cancel context.CancelCauseFunc
	timer  *time.Timer
	pace   pace
}

func newBody(ctx context.Context, cancel context.CancelCauseFunc, rc io.ReadCloser, c *client) *body {
	b := &body{rc: rc, c: c, ctx: ctx, cancel: cancel}
	b.timer = time.AfterFunc(c.idle, func() { cancel(errIdle) })
	b.timer.Stop()
	return b
}

func (b *body) Read(p []byte) (int, error) {
	b.timer.Reset(b.c.idle)
	begun := time.Now()
	n, err := b.rc.Read(p)
	b.timer.Stop()
	b.c.bytes.Add(int64(n))
	if slow := b.pace.add(time.Since(begun), n); slow != nil && err == nil {
		return n, slow
	}
	if err == nil || err == io.EOF {
		return n, err
	}
	if cause := context.Cause(b.ctx); cause != nil && cause != errIdle {
		return n, stopped(b.ctx)
	} else if cause != nil {
		err = cause
	}
	return n, fmt.Errorf("%w: %w", errCut, err)
}

func (b *body) Close() error {
	b.timer.Stop()
	b.cancel(context.Canceled)
	return b.rc.Close()
}
