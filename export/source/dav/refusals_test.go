package dav

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/sourcetest"
)

// paper is an item with a body of its own.
func paper(body string) export.Item {
	return export.Item{Size: int64(len(body)), Open: func(_ context.Context, from int64) (io.ReadCloser, int64, error) {
		return io.NopCloser(strings.NewReader(body[from:])), from, nil
	}}
}

// bodies is what a collection of the site holds, by name.
func (s *site) bodies(t *testing.T, path string) map[string]string {
	t.Helper()
	items, err := s.Items(path)
	must(t, err)
	all := map[string]string{}
	for _, it := range items {
		body, err := s.Body(it.Path)
		must(t, err)
		all[it.Name] = string(body)
	}
	return all
}

// Each refusal has its cause, says what the server says, tells no secret, and
// leaves everything as it was.
func TestRefusals(t *testing.T) {
	card4 := strings.Replace(card("v4", "Four"), "VERSION:3.0", "VERSION:4.0", 1)
	long := card("long", strings.Repeat("long ", 400))
	for _, c := range []struct {
		name  string
		quirk davserver.Quirk
		where string // collection by name
		body  string
		cause error
		bare  bool // what the server states of its limits is not known to the source
	}{
		{"read-only", davserver.ReadOnly, "Friends & Co", card("n", "New"), export.ErrReadOnly, false},
		{"vCard 3.0 only", davserver.OnlyVCard3, "Friends & Co", card4, export.ErrUnsupported, false},
		{"size limit", davserver.SizeLimit, "Friends & Co", long, export.ErrOversize, false},
		{"size limit not stated", davserver.SizeLimit, "Friends & Co", long, export.ErrOversize, true},
		{"no to-dos", davserver.NoTodos, "Tasks", todo("n", "New"), export.ErrUnsupported, false},
		{"an event in a to-do list", "", "Tasks", event("n", "New"), export.ErrUnsupported, false},
		{"403", davserver.Forbidden, "Friends & Co", card("n", "New"), export.ErrRefused, false},
		{"507", davserver.StorageFull, "Friends & Co", card("n", "New"), export.ErrQuota, false},
		{"412", davserver.AlwaysChanged, "Friends & Co", card("n", "New"), export.ErrRefused, false},
		{"no card", "", "Friends & Co", "BEGIN:VSOMETHING\r\nEND:VSOMETHING\r\n", export.ErrRefused, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, davserver.Options{})
			src := openSite(t, quick(s.url))
			col := collectionNamed(t, src, c.where)
			s.SetQuirks(davserver.Tune{}, c.quirk)
			if !c.bare {
				col = collectionNamed(t, src, c.where)
			}
			path := map[string]string{"Friends & Co": book, "Tasks": tasks}[c.where]
			before, asked := s.bodies(t, path), s.Requests()
			ref, err := src.Put(t.Context(), col, paper(c.body), export.Ref{})
			if export.Cause(err) != c.cause || ref != (export.Ref{}) {
				t.Errorf("got %+v, %v, want %v", ref, err, c.cause)
			}
			if strings.Contains(fmt.Sprint(err), "secret") {
				t.Errorf("%v tells the password", err)
			}
			if n := s.Requests() - asked; n > 12 {
				t.Errorf("%d requests", n)
			}
			for name, body := range s.bodies(t, path) {
				if before[name] != body {
					t.Errorf("%s is now %q", name, body)
				}
			}
			if got := s.bodies(t, path); len(got) != len(before) {
				t.Errorf("%d items became %d", len(before), len(got))
			}
		})
	}
}

// What a collection takes is known when it is listed.
func TestAccepts(t *testing.T) {
	s := newSite(t, davserver.Options{MaxItem: 5000})
	src := openSite(t, quick(s.url))
	l := src.Accepts(collectionNamed(t, src, "Friends & Co"))
	if l.ReadOnly || !slices.Equal(l.VCard, []string{"3.0", "4.0"}) || l.MaxSize != 5000 || !slices.Equal(l.Media, []string{"text/vcard"}) || l.Components != nil {
		t.Errorf("contacts: %+v", l)
	}
	l = src.Accepts(collectionNamed(t, src, "Tasks"))
	if l.TakesComponent("vevent") || !l.TakesComponent("VTODO") || l.MaxSize != 5000 || l.VCard != nil {
		t.Errorf("to-dos: %+v", l)
	}
	s.SetQuirks(davserver.Tune{}, davserver.ReadOnly, davserver.OnlyVCard3, davserver.SizeLimit)
	l = src.Accepts(collectionNamed(t, src, "Friends & Co"))
	if !l.ReadOnly || l.TakesVCard("4.0") || !l.TakesVCard("3.0") || l.TakesSize(1001) || !l.TakesSize(1000) {
		t.Errorf("with limits: %+v", l)
	}
}

// A UID that the trash bin holds, or an item of another name.
func TestConflicts(t *testing.T) {
	s := newSite(t, davserver.Options{Quirks: []davserver.Quirk{davserver.UIDInTrash}})
	src := openSite(t, quick(s.url))
	home, friends := collectionNamed(t, src, "Home"), collectionNamed(t, src, "Friends & Co")
	must(t, s.Remove(calendar+"e3.ics"))
	_, err := src.Put(t.Context(), home, paper(event("e3", "Meeting")), export.Ref{ID: "e3.ics"})
	var conflict *export.ConflictError
	if !errors.As(err, &conflict) || !conflict.Trash || !errors.Is(err, export.ErrConflict) {
		t.Fatalf("got %v", err)
	}
	_, err = src.Put(t.Context(), home, paper(event("e3-new", "Meeting")), export.Ref{ID: "e3.ics"})
	must(t, err)
	// c07.vcf has the UID c7: the same card meets it, whatever name it is given.
	for body, same := range map[string]bool{card("c7", "Person Nº 7"): true, card("c7", "Somebody else"): false} {
		_, err = src.Put(t.Context(), friends, paper(body), export.Ref{ID: "another-name.vcf"})
		var exists *export.ExistsError
		if !errors.As(err, &exists) || exists.Ref.ID != "c07.vcf" || exists.Same != same || exists.Ref.Version == "" {
			t.Errorf("got %v, %+v", err, exists)
		}
	}
}

// An answer that is lost before or after the write took effect: done once.
func TestWriteLost(t *testing.T) {
	for _, q := range []davserver.Quirk{davserver.LostBefore, davserver.LostAfter} {
		for _, more := range [][]davserver.Quirk{nil, {davserver.Renames}, {davserver.Rewrites}, {davserver.NoETagOnPut}, {davserver.NoConditions}, {davserver.MissingETags}} {
			t.Run(fmt.Sprint(q, more), func(t *testing.T) { testLost(t, append(more, q)) })
		}
	}
}

func testLost(t *testing.T, quirks []davserver.Quirk) {
	s := newSite(t, davserver.Options{})
	src := openWriter(t, s)
	friends, photos := collectionNamed(t, src, "Friends & Co"), collectionNamed(t, src, "DCIM")
	lose := func() { s.SetQuirks(davserver.Tune{}, quirks...) }
	before := len(s.bodies(t, book))
	lose()
	ref, err := src.Put(t.Context(), friends, paper(card("lost", "Lost")), export.Ref{})
	must(t, err)
	if n := len(s.bodies(t, book)); n != before+1 {
		t.Fatalf("put once: %d items became %d", before, n)
	}
	lose()
	second, err := src.Put(t.Context(), friends, paper(card("lost", "Lost and found")), ref)
	must(t, err)
	got, err := src.Fetch(t.Context(), friends, second.ID)
	must(t, err)
	if got.Version != second.Version || second.ID != ref.ID {
		t.Errorf("replaced %+v by %+v, which is %q", ref, second, got.Version)
	}
	lose()
	if _, err := src.Put(t.Context(), friends, paper(card("lost", "Lost again")), ref); !errors.Is(err, export.ErrChanged) {
		t.Errorf("replacing an old version: %v", err)
	}
	lose()
	must(t, src.Delete(t.Context(), friends, second))
	lose()
	if err := src.Delete(t.Context(), friends, second); err != nil && !errors.Is(err, export.ErrGone) {
		t.Errorf("deleting again: %v", err)
	}
	if n := len(s.bodies(t, book)); n != before {
		t.Errorf("%d items became %d", before, n)
	}
	for n := range 2 {
		lose()
		if _, err := src.Put(t.Context(), photos, sourcetest.Sample(export.Photos, n, "lost"), export.Ref{}); err != nil {
			t.Fatalf("photo %d: %v", n, err)
		}
	}
	if n := len(s.bodies(t, "/files/alice/DCIM/2024/Strand & Meer/")); n != 2 {
		t.Errorf("%d photos", n)
	}
	lose()
	made, err := src.MakeCollection(t.Context(), export.Collection{Name: "Lost", Kind: export.Contacts})
	if err != nil || made.Name != "Lost" {
		t.Fatalf("made %+v, %v", made, err)
	}
	all, err := src.Collections(t.Context())
	if err != nil || len(all) != 5 {
		t.Errorf("%d collections: %v", len(all), all)
	}
}

// A server that is gone for good: the error says so, and the same call made
// again when it is back tells what has become of the first.
func TestWriteLostForGood(t *testing.T) {
	s := newSite(t, davserver.Options{})
	var down atomic.Bool
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			panic(http.ErrAbortHandler)
		}
		if r.Method == http.MethodPut {
			s.ServeHTTP(httptest.NewRecorder(), r)
			down.Store(true)
			panic(http.ErrAbortHandler)
		}
		s.ServeHTTP(w, r)
	}))
	defer h.Close()
	src := openSite(t, quick(h.URL))
	friends := collectionNamed(t, src, "Friends & Co")
	_, err := src.Put(t.Context(), friends, paper(card("lost", "Lost")), export.Ref{})
	if export.Cause(err) != export.ErrUnreachable {
		t.Fatalf("got %v", err)
	}
	down.Store(false)
	_, err = src.Put(t.Context(), friends, paper(card("lost", "Lost")), export.Ref{})
	var exists *export.ExistsError
	if !errors.As(err, &exists) || !exists.Same {
		t.Fatalf("again: %v", err)
	}
	if n := len(s.bodies(t, book)); n != 24 {
		t.Errorf("%d items", n)
	}
}

// Throttled writes wait as long as the server says, and are done once.
func TestWriteThrottled(t *testing.T) {
	for _, q := range []davserver.Quirk{davserver.TooMany, davserver.Unavailable} {
		s := newSite(t, davserver.Options{})
		src := openSite(t, quick(s.url))
		friends := collectionNamed(t, src, "Friends & Co")
		var waited atomic.Int64
		clock := jumping(src)
		jump := src.c.sleep
		src.c.now, src.c.sleep = clock, func(ctx context.Context, d time.Duration) error {
			waited.Add(int64(d))
			return jump(ctx, d)
		}
		s.SetQuirks(davserver.Tune{On: []davserver.Step{davserver.Change}, Times: 2, RetryAfter: 40 * time.Second}, q)
		_, err := src.Put(t.Context(), friends, paper(card("n", "New")), export.Ref{})
		if w := time.Duration(waited.Load()); err != nil || w < 38*time.Second || w > 100*time.Second || q == davserver.TooMany && w < 78*time.Second {
			t.Errorf("%s: %v after %s", q, err, w)
		}
		s.SetQuirks(davserver.Tune{On: []davserver.Step{davserver.Change}, Times: -1, RetryAfter: 3 * time.Hour}, q)
		if _, err := src.Put(t.Context(), friends, paper(card("m", "New")), export.Ref{}); export.Cause(err) != export.ErrThrottled {
			t.Errorf("%s for hours: %v", q, err)
		}
		if n := len(s.bodies(t, book)); n != 24 {
			t.Errorf("%s: %d items", q, n)
		}
	}
}

// Neither the password nor an item goes to another host by a redirect.
func TestWriteElsewhere(t *testing.T) {
	s := newSite(t, davserver.Options{})
	var got atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { got.Add(1) }))
	defer other.Close()
	src := openSite(t, quick(s.url))
	friends := collectionNamed(t, src, "Friends & Co")
	s.SetQuirks(davserver.Tune{On: []davserver.Step{davserver.Change}, Times: -1, Target: other.URL}, davserver.Elsewhere)
	_, err := src.Put(t.Context(), friends, paper(card("n", "New")), export.Ref{})
	if export.Cause(err) != export.ErrElsewhere || got.Load() != 0 {
		t.Errorf("%v, and the other host was asked %d times", err, got.Load())
	}
}

// A server that echoes the password in its refusal does not bring it into the
// error.
func TestRefusalWithoutSecret(t *testing.T) {
	s := newSite(t, davserver.Options{})
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			_, password, _ := r.BasicAuth()
			http.Error(w, "alice with "+password+" may not\x1b[31m do that", http.StatusForbidden)
			return
		}
		s.ServeHTTP(w, r)
	}))
	defer h.Close()
	src := openSite(t, quick(h.URL))
	_, err := src.Put(t.Context(), collectionNamed(t, src, "Friends & Co"), paper(card("n", "New")), export.Ref{})
	if export.Cause(err) != export.ErrRefused || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("%v", err)
	}
}

// 413 without a condition, for what has no stated limit.
func TestFileTooLarge(t *testing.T) {
	s := newSite(t, davserver.Options{MaxFile: 500})
	src := openWriter(t, s)
	photos := collectionNamed(t, src, "DCIM")
	it := sourcetest.Sample(export.Photos, 1, "large")
	if _, err := src.Put(t.Context(), photos, it, export.Ref{}); export.Cause(err) != export.ErrOversize {
		t.Errorf("%v", err)
	}
	if n, err := src.Count(t.Context(), photos); n != 0 || err != nil {
		t.Errorf("%d photos, %v", n, err)
	}
}
