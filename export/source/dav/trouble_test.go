package dav

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/sourcetest"
)

var (
	all   = davserver.Tune{Times: -1}
	fetch = []davserver.Step{davserver.Fetch}
	list  = []davserver.Step{davserver.Listing}
)

// troubles are the quirks that spoil exchanges.
var troubles = []struct {
	name   string
	quirk  davserver.Quirk
	tune   davserver.Tune
	failed int   // items that fail; -1 means some
	cause  error // of those items, or of the Pull if pull is set
	pull   bool
}{
	{"one item makes multiget answer 500", davserver.MultigetBreaks, davserver.Tune{Item: "c07.vcf"}, 0, nil, false},
	{"one item cannot be read", davserver.ItemBreaks, davserver.Tune{Item: "c07.vcf"}, 1, export.ErrDamaged, false},
	{"item gone between listing and fetch", davserver.ItemVanishes, davserver.Tune{Item: "c07.vcf"}, 1, export.ErrGone, false},
	{"dropped once in a listing", davserver.Dropped, davserver.Tune{On: list}, 0, nil, false},
	{"dropped once in a fetch", davserver.Dropped, davserver.Tune{On: fetch}, 0, nil, false},
	{"dropped always in listings", davserver.Dropped, davserver.Tune{On: list, Times: -1}, 0, export.ErrUnreachable, true},
	{"dropped always in fetches", davserver.Dropped, davserver.Tune{On: fetch, Times: -1}, -1, export.ErrDamaged, false},
	{"short once in a listing", davserver.Short, davserver.Tune{On: list}, 0, nil, false},
	{"short once in a fetch", davserver.Short, davserver.Tune{On: fetch}, 0, nil, false},
	{"short always in fetches", davserver.Short, davserver.Tune{On: fetch, Times: -1}, -1, export.ErrDamaged, false},
	{"cut once in a listing", davserver.Cut, davserver.Tune{On: list}, 0, nil, false},
	{"cut in fetches", davserver.Cut, davserver.Tune{On: fetch, Times: 3}, 0, nil, false},
	{"cut always in fetches", davserver.Cut, davserver.Tune{On: fetch, Times: -1}, -1, export.ErrDamaged, false},
	{"401 once", davserver.SignInLost, davserver.Tune{On: fetch}, 0, nil, false},
	{"401 from the listing on", davserver.SignInLost, davserver.Tune{On: list, Times: -1}, 0, export.ErrExpired, true},
	{"401 from the fetch on", davserver.SignInLost, davserver.Tune{On: fetch, Times: -1}, 23, export.ErrExpired, false},
	{"401 in the middle", davserver.SignInLost, davserver.Tune{On: fetch, Times: -1, After: 1}, -1, export.ErrExpired, false},
	{"429 with Retry-After", davserver.TooMany, davserver.Tune{Times: 3}, 0, nil, false},
	{"503 with Retry-After", davserver.Unavailable, davserver.Tune{Times: 3}, 0, nil, false},
	{"429 always", davserver.TooMany, davserver.Tune{On: fetch, Times: -1}, 23, export.ErrThrottled, false},
	{"429 for hours", davserver.TooMany, davserver.Tune{On: list, Times: -1, RetryAfter: 3 * time.Hour}, 0, export.ErrThrottled, true},
	{"endless redirect", davserver.RedirectLoop, davserver.Tune{On: list, Times: -1}, 0, export.ErrNotDAV, true},
	{"100 MB of garbage", davserver.Garbage, davserver.Tune{On: list, Times: -1}, 0, export.ErrDamaged, true},
	{"100 MB of garbage once", davserver.Garbage, davserver.Tune{On: fetch}, 0, nil, false},
	{"100 MB of text", davserver.EndlessText, davserver.Tune{On: list, Times: -1}, 0, export.ErrTooLarge, true},
	{"entities", davserver.Entities, all, 0, export.ErrDamaged, true},
}

// Each quirk that spoils exchanges: what fails, and that nothing else does.
func TestQuirks(t *testing.T) {
	for _, c := range troubles {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, davserver.Options{})
			src := openSite(t, quick(s.url))
			src.c.now = jumping(src) // nobody waits for Retry-After in a test
			friends := collectionNamed(t, src, "Friends & Co")
			s.SetQuirks(c.tune, c.quirk)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start, asked := time.Now(), s.Requests()
			store := sourcetest.NewStore()
			p, err := store.Pull(t.Context(), t, src, friends)
			runtime.ReadMemStats(&after)
			if d := time.Since(start); d > 20*time.Second {
				t.Errorf("it took %s", d)
			}
			if n := s.Requests() - asked; n > 200 {
				t.Errorf("%d requests", n)
			}
			if grown := int64(after.Sys) - int64(before.Sys); grown > 40<<20 {
				t.Errorf("the memory grew by %d bytes", grown)
			}
			if c.pull {
				if !errors.Is(err, c.cause) || strings.Contains(err.Error(), "secret") {
					t.Fatalf("Pull returned %v, want %v", err, c.cause)
				}
				return
			}
			must(t, err)
			if c.failed >= 0 && len(p.Failed) != c.failed || c.failed < 0 && len(p.Failed) == 0 {
				t.Errorf("%d items failed: %v", len(p.Failed), p.Failed)
			}
			for id, err := range p.Failed {
				if !errors.Is(err, c.cause) {
					t.Errorf("%s: %v", id, err)
				}
			}
			s.SetQuirks(davserver.Tune{})
			sourcetest.CheckBytes(t, s.fixture(t, src), friends, store)
		})
	}
}

// jumping is a clock that moves on by what the source would wait.
func jumping(src *Source) func() time.Time {
	var ahead atomic.Int64
	src.c.sleep = func(ctx context.Context, d time.Duration) error {
		if ctx.Err() == nil {
			ahead.Add(int64(d))
		}
		return ctx.Err()
	}
	return func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
}

// What XML cannot carry in one item does not touch the others.
func TestOddBytesInOneItem(t *testing.T) {
	for name, c := range map[string]struct {
		quirk davserver.Quirk
		odd   string
	}{
		"form feed":      {davserver.RawControl, "FN:Form\fFeed"},
		"zero":           {davserver.RawControl, "FN:Ze\x00ro"},
		"bad UTF-8":      {davserver.RawBytes, "FN:J\xf6rg"},
		"lone CR":        {davserver.RawControl, "FN:One\rTwo"},
		"CDATA end":      {davserver.RawControl, "FN:]]> & <b>"},
		"not told apart": {"", "FN:Form\fFeed \xff"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, davserver.Options{})
			_, err := s.Put(book+"c07.vcf", []byte(strings.Replace(card("c7", "x"), "FN:x", c.odd, 1)))
			must(t, err)
			if c.quirk != "" {
				s.SetQuirks(davserver.Tune{}, c.quirk)
			}
			src := openSite(t, quick(s.url))
			friends := collectionNamed(t, src, "Friends & Co")
			store := sourcetest.NewStore()
			before, _ := src.Used()
			p, err := store.Pull(t.Context(), t, src, friends)
			must(t, err)
			after, _ := src.Used()
			if len(p.Put) != 23 || after-before > 12 {
				t.Errorf("put %d, failed %v, %d requests", len(p.Put), p.Failed, after-before)
			}
			sourcetest.CheckBytes(t, s.fixture(t, src), friends, store)
		})
	}
}

// Bytes that XML may not carry reach encoding/xml only in tests; an answer that
// is broken in one place is read again in smaller pieces.
func TestBrokenXMLInOneItem(t *testing.T) {
	s := newSite(t, davserver.Options{})
	spoil := func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		body := new(bytes.Buffer)
		body.ReadFrom(r.Body)
		r.Body = http.NoBody
		r = r.Clone(r.Context())
		r.Body = readCloser{bytes.NewReader(body.Bytes())}
		s.ServeHTTP(rec, r)
		out := rec.Body.Bytes()
		if r.Method == "REPORT" && bytes.Contains(body.Bytes(), []byte("multiget")) {
			out = bytes.ReplaceAll(out, []byte("FN:Person Nº 7"), []byte("FN:&undefined;"))
		}
		for k, v := range rec.Header() {
			w.Header()[k] = v
		}
		w.Header().Del("Content-Length")
		w.WriteHeader(rec.Code)
		w.Write(out)
	}
	h := httptest.NewServer(http.HandlerFunc(spoil))
	defer h.Close()
	src := openSite(t, quick(h.URL))
	friends := collectionNamed(t, src, "Friends & Co")
	store := sourcetest.NewStore()
	p, err := store.Pull(t.Context(), t, src, friends)
	must(t, err)
	if len(p.Put) != 23 {
		t.Errorf("put %d, failed %v", len(p.Put), p.Failed)
	}
	sourcetest.CheckBytes(t, s.fixture(t, src), friends, store)
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

// The server goes away in the middle: what was delivered stays, the rest is
// named with its cause, soon, and the listing stands.
func TestConnectionLost(t *testing.T) {
	s := newSite(t, davserver.Options{})
	for i := range 1500 {
		_, err := s.Put(fmt.Sprintf("%sm%04d.vcf", book, i), []byte(card(fmt.Sprintf("m%d", i), "Many")))
		must(t, err)
	}
	src := openSite(t, quick(s.url))
	friends := collectionNamed(t, src, "Friends & Co")
	p := sourcetest.NewPulled(t, sourcetest.NewStore())
	var n atomic.Int32
	p.OnPut = func(context.Context, export.Item) error {
		if n.Add(1) == 50 {
			s.http.Listener.Close()
			s.http.CloseClientConnections()
		}
		return nil
	}
	start := time.Now()
	must(t, p.Run(t.Context(), src, friends))
	if len(p.Put) == 0 || len(p.Failed) == 0 || len(p.Put)+len(p.Failed) != 1523 || time.Since(start) > 10*time.Second {
		t.Errorf("put %d, failed %d in %s", len(p.Put), len(p.Failed), time.Since(start))
	}
	for id, err := range p.Failed {
		if !errors.Is(err, export.ErrUnreachable) {
			t.Fatalf("%s: %v", id, err)
		}
	}
}

// A server that stops in the middle of an answer is left after a while.
func TestIdle(t *testing.T) {
	s := newSite(t, davserver.Options{})
	stall := make(chan struct{})
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "c07.vcf") {
			w.Header().Set("Content-Length", "1000")
			w.Write([]byte("BEGIN"))
			http.NewResponseController(w).Flush()
			<-stall
			return
		}
		s.ServeHTTP(w, r)
	}))
	defer h.Close()
	defer close(stall)
	s.SetQuirks(davserver.Tune{Item: "c07.vcf"}, davserver.MultigetBreaks)
	cfg := quick(h.URL)
	cfg.Timeouts = Timeouts{Idle: 100 * time.Millisecond, FirstByte: 5 * time.Second}
	src := openSite(t, cfg)
	p, err := sourcetest.NewStore().Pull(t.Context(), t, src, collectionNamed(t, src, "Friends & Co"))
	must(t, err)
	if len(p.Failed) != 1 || !errors.Is(p.Failed["c07.vcf"], export.ErrDamaged) {
		t.Errorf("failed: %v", p.Failed)
	}
}

// Wait that a server asks for is waited for, by all connections, and not
// counted as a refusal.
func TestRetryAfterIsKept(t *testing.T) {
	s := newSite(t, davserver.Options{})
	src := openSite(t, quick(s.url))
	friends := collectionNamed(t, src, "Friends & Co")
	var waited atomic.Int64
	var ahead atomic.Int64
	src.c.now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	src.c.sleep = func(_ context.Context, d time.Duration) error {
		waited.Add(int64(d))
		ahead.Add(int64(d))
		return nil
	}
	s.SetQuirks(davserver.Tune{On: []davserver.Step{davserver.Listing}, Times: 2, RetryAfter: 40 * time.Second}, davserver.TooMany)
	p, err := sourcetest.NewStore().Pull(t.Context(), t, src, friends)
	must(t, err)
	if w := time.Duration(waited.Load()); w < 80*time.Second || w > 90*time.Second || len(p.Put) != 23 {
		t.Errorf("waited %s, put %d", w, len(p.Put))
	}
}
