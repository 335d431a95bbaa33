package dav

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/sourcetest"
)

// Each wait is about twice the one before, from half a second to a minute.
func TestIntervals(t *testing.T) {
	waits := intervals()
	for nth, most := 0, time.Second; nth < 40; nth, most = nth+1, min(2*most, time.Minute) {
		if d := waits.NextBackOff(); d < most/2-time.Millisecond || d > most+time.Millisecond {
			t.Errorf("%d: %s of %s", nth, d, most)
		}
	}
}

// A thing is tried mostTries times, and begins anew when it has moved on.
func TestTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		life, end := context.WithCancelCause(context.Background())
		c := &client{sleep: sleep, life: life, close: end}
		broke := errors.New("it broke")
		begun, try := time.Now(), c.tries()
		for n := 1; n < mostTries; n++ {
			if err := try.again(t.Context(), broke); err != nil {
				t.Fatalf("try %d: %v", n, err)
			}
		}
		if err := try.again(t.Context(), broke); err != broke {
			t.Errorf("after the last: %v", err)
		}
		if d := time.Since(begun); d < 3*time.Second || d > 7*time.Second {
			t.Errorf("it waited %s in all", d)
		}
		try.moved()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := try.again(ctx, broke); !errors.Is(err, export.ErrStopped) {
			t.Errorf("stopped: %v", err)
		}
		go func() { time.Sleep(10 * time.Millisecond); end(errClosed) }()
		begun = time.Now()
		if err := try.again(t.Context(), broke); !errors.Is(err, export.ErrStopped) || !errors.Is(err, errClosed) || time.Since(begun) > 20*time.Millisecond {
			t.Errorf("closed: %v after %s", err, time.Since(begun))
		}
	})
}

// What a server asks is read as it means it, by its own clock.
func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	at := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for name, c := range map[string]struct {
		value, date string
		want        time.Duration
		unstated    bool
	}{
		"seconds":                {value: "120", want: 2 * time.Minute},
		"nothing to wait for":    {value: "0", want: 0},
		"leading zeros":          {value: "0000000000007", want: 7 * time.Second},
		"a year":                 {value: "31536000", want: 365 * 24 * time.Hour},
		"more than an int32":     {value: "99999999999", want: forever},
		"more than an int64":     {value: strings.Repeat("9", 40), want: forever},
		"a date":                 {value: at(time.Minute), want: time.Minute},
		"a date, their clock":    {value: at(time.Hour + time.Minute), date: at(time.Hour), want: time.Minute},
		"a date, our clock late": {value: at(-2 * time.Hour), date: at(-2*time.Hour - 30*time.Second), want: 30 * time.Second},
		"a date that is past":    {value: at(-time.Minute), date: at(0), want: 0},
		"a date, no such clock":  {value: at(time.Minute), date: "yesterday", want: time.Minute},
		"missing":                {unstated: true},
		"negative":               {value: "-5", unstated: true},
		"words":                  {value: "soon", unstated: true},
		"a fraction":             {value: "1.5", unstated: true},
	} {
		d, stated := retryAfter(http.Header{"Retry-After": {c.value}, "Date": {c.date}}, now)
		if d != c.want || stated == c.unstated {
			t.Errorf("%s: %s, stated %v", name, d, stated)
		}
	}
}

// A wait holds up the host that asks for it and no other, whatever it asks for
// in between; and all of its waits have an end.
func TestThrottle(t *testing.T) {
	var th throttle
	now := time.Now()
	th.postpone("a:443", now, time.Minute)
	th.postpone("a:443", now, time.Second)
	if d, err := th.wait("a:443", now); d != time.Minute || err != nil {
		t.Errorf("wait %s, %v", d, err)
	}
	if d, err := th.wait("b:443", now); d != 0 || err != nil {
		t.Errorf("another host waits %s, %v", d, err)
	}
	if d, _ := th.wait("a:443", now.Add(time.Hour)); d > 0 {
		t.Errorf("afterwards: %s", d)
	}
	begun, n := now, 0
	for ; n < 1000; n++ {
		th.postpone("a:443", now, maxWait)
		d, err := th.wait("a:443", now)
		if err != nil {
			if !errors.Is(err, export.ErrThrottled) {
				t.Error(err)
			}
			break
		}
		now = now.Add(d)
	}
	if took := now.Sub(begun); took < 5*time.Hour || took > 7*time.Hour {
		t.Errorf("it waited %s in %d waits", took, n)
	}
}

// A server that asks for a year is not asked again, for no collection, and the
// export ends at once.
func TestRetryAfterAYear(t *testing.T) {
	s := newSite(t, davserver.Options{})
	var asked atomic.Int32
	var armed atomic.Bool
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !armed.Load() {
			s.ServeHTTP(w, r)
			return
		}
		asked.Add(1)
		w.Header().Set("Retry-After", "31536000")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer h.Close()
	src := openSite(t, quick(h.URL))
	cs, err := src.Collections(t.Context())
	must(t, err)
	armed.Store(true)
	for _, c := range cs {
		if _, err := sourcetest.NewStore().Pull(t.Context(), t, src, c); !errors.Is(err, export.ErrThrottled) {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("it was asked %d times", asked.Load())
	}
}

// A server that refuses everything, and says "at once", is asked a few times
// only, with waits in between.
func TestRefusalStorm(t *testing.T) {
	for _, code := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		s := newSite(t, davserver.Options{})
		var asked atomic.Int32
		var armed atomic.Bool
		h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !armed.Load() {
				s.ServeHTTP(w, r)
				return
			}
			asked.Add(1)
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(code)
		}))
		src := openSite(t, quick(h.URL))
		friends := collectionNamed(t, src, "Friends & Co")
		src.c.now = jumping(src)
		begun := src.c.now()
		armed.Store(true)
		_, err := sourcetest.NewStore().Pull(t.Context(), t, src, friends)
		if !errors.Is(err, export.ErrThrottled) || asked.Load() > 10 || src.c.now().Sub(begun) < 20*time.Second {
			t.Errorf("%d: %v after %d requests and %s", code, err, asked.Load(), src.c.now().Sub(begun))
		}
		h.Close()
	}
}

// Close ends what is under way: a wait, and a body that is still to come.
func TestClose(t *testing.T) {
	s := newSite(t, davserver.Options{})
	stall := make(chan struct{})
	var armed atomic.Bool
	reached := make(chan struct{}, 1)
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !armed.Load() {
			s.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(207)
		_, _ = w.Write([]byte(`<multistatus xmlns="DAV:">`))
		_ = http.NewResponseController(w).Flush()
		select {
		case reached <- struct{}{}:
		default:
		}
		<-stall
	}))
	defer h.Close()
	defer close(stall)
	src := openSite(t, quick(h.URL))
	friends := collectionNamed(t, src, "Friends & Co")
	armed.Store(true)
	go func() { <-reached; src.Close() }()
	begun := time.Now()
	_, err := sourcetest.NewStore().Pull(t.Context(), t, src, friends)
	if !errors.Is(err, export.ErrStopped) || time.Since(begun) > 5*time.Second {
		t.Errorf("%v after %s", err, time.Since(begun))
	}
	if _, err := src.Collections(t.Context()); !errors.Is(err, export.ErrStopped) {
		t.Errorf("afterwards: %v", err)
	}
}
