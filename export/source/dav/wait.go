package dav

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// retryAfter is how long to wait after the nth answer that asks for it, and
// whether the server has stated it (RFC 9110, section 10.2.3: seconds or a
// date). A wait that it states is never cut short.
func (c *client) retryAfter(resp *http.Response, nth int) (d time.Duration, stated bool) {
	value := resp.Header.Get("Retry-After")
	if n, err := strconv.ParseInt(value, 10, 32); err == nil && n >= 0 {
		return time.Duration(n)*time.Second + jitter(200*time.Millisecond), true
	}
	if t, err := http.ParseTime(value); err == nil {
		return max(0, t.Sub(c.now())) + jitter(200*time.Millisecond), true
	}
	return backoff(nth), false
}

// backoff doubles from one second to one minute, less up to a half by chance,
// so that clients that were refused together do not come back together.
func backoff(nth int) time.Duration {
	d := min(time.Minute, time.Second<<min(nth-1, 10))
	return d/2 + jitter(d/2)
}

func jitter(d time.Duration) time.Duration { return rand.N(d + 1) }

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
