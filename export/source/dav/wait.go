package dav

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"sidekeep/export"
)

// One policy says how often anything is tried again here, and how long is
// waited in between: tries for what failed and may pass, throttle for what a
// server asks. The intervals are those of package backoff. Its Retry is not
// used, since it would weaken both: it cuts a wait that a server states by a
// bound of its own, starts over at the shortest interval after each such wait,
// and waits for one call alone, where a host that asks to wait is left alone by
// all requests to it; and its timer is none that a test can replace.

// mostTries is how often anything is tried whose failure may pass: a
// connection that breaks, a server or proxy that is down, a lock. The waits
// before the last of them come to about five seconds.
const mostTries = 4

// intervals doubles from one second to one minute, less up to a half by chance,
// so that clients that were refused together do not come back together.
func intervals() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval: 750 * time.Millisecond, RandomizationFactor: 1. / 3, Multiplier: 2, MaxInterval: 45 * time.Second,
	}
}

// tries counts how often one thing was tried; one goroutine uses it.
type tries struct {
	c     *client
	n     int
	waits *backoff.ExponentialBackOff
}

func (c *client) tries() *tries { return &tries{c: c, waits: intervals()} }

// again waits until what failed with err may be tried once more. Its error says
// that it may not: it is err if that was the last try, or that ctx is done.
func (t *tries) again(ctx context.Context, err error) error {
	if t.n++; t.n >= mostTries {
		return err
	}
	return t.c.pause(ctx, t.waits.NextBackOff())
}

// moved tells that what was tried came further: it counts as new.
func (t *tries) moved() { t.n, t.waits = 0, intervals() }

// pause waits for d. The error wraps ErrStopped: ctx is done, or the source is
// closed.
func (c *client) pause(ctx context.Context, d time.Duration) error {
	ctx, end := c.alive(ctx)
	defer end(nil)
	if c.sleep(ctx, d) != nil || ctx.Err() != nil {
		return stopped(ctx)
	}
	return nil
}

// sleep waits for d or until ctx is done.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Bounds of waiting for a host that asks for it.
const (
	maxWait  = 5 * time.Minute // a longer Retry-After is left to the next export
	maxAsked = 6               // times that one request may be asked to wait
	maxWaits = 6 * time.Hour   // of all waits for one host together
	forever  = 100 * 365 * 24 * time.Hour
)

// A throttle keeps what hosts have asked to wait. Its methods may be called
// from several goroutines.
type throttle struct {
	mu    sync.Mutex
	hosts map[string]*queue
}

// postpone makes every request to a host wait for d from now on.
func (t *throttle) postpone(host string, now time.Time, d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.hosts == nil {
		t.hosts = map[string]*queue{}
	}
	h := t.hosts[host]
	if h == nil {
		h = &queue{}
		t.hosts[host] = h
	}
	if h.until.Before(now) {
		h.until = now
	}
	if until := now.Add(d); until.After(h.until) {
		if d <= maxWait+time.Second {
			h.waited += until.Sub(h.until)
		}
		h.until = until
	}
}

// wait is how long a request to a host has to wait. The error says that this is
// too long.
func (t *throttle) wait(host string, now time.Time) (time.Duration, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.hosts[host]
	if h == nil {
		return 0, nil
	}
	wait := h.until.Sub(now)
	if wait > maxWait+time.Second || wait > 0 && h.waited > maxWaits {
		return 0, fmt.Errorf("%s: %w (for %s)", mark(host), export.ErrThrottled, wait.Round(time.Second))
	}
	return wait, nil
}

// A queue is one host's part of a throttle.
type queue struct {
	until  time.Time
	waited time.Duration // of waits that were to be waited for, in all
}

// retryAfter is how long an answer asks to wait (RFC 9110, section 10.2.3:
// seconds or a date), and whether it states that at all. A date is one of the
// server's clock, which may be wrong: it counts from the Date of the answer. A
// wait that is stated is never cut short.
func retryAfter(h http.Header, now time.Time) (d time.Duration, stated bool) {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if t, err := http.ParseTime(value); err == nil {
		if date, err := http.ParseTime(h.Get("Date")); err == nil {
			now = date
		}
		return max(0, t.Sub(now)), true
	}
	if value == "" || strings.Trim(value, "0123456789") != "" {
		return 0, false
	}
	if value = strings.TrimLeft(value, "0"); len(value) > 9 {
		return forever, true
	}
	for _, c := range value {
		d = d*10 + time.Duration(c-'0')*time.Second
	}
	return min(d, forever), true
}

// jitter is a moment by chance.
func jitter() time.Duration { return rand.N(200 * time.Millisecond) }
