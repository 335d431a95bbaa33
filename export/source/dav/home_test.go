package dav

import (
	"compress/gzip"
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

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/sourcetest"
)

// With nothing changed, a collection costs at most two requests, whatever the
// server makes of sync tokens.
func TestRequestsWithNothingChanged(t *testing.T) {
	for _, q := range []davserver.Quirk{
		"", davserver.NoSyncToken, davserver.TokenRefused, davserver.TokenBreaks, davserver.TokenIgnored, davserver.MissingETags,
	} {
		t.Run(string(q), func(t *testing.T) {
			s := newSite(t, davserver.Options{Quirks: []davserver.Quirk{q}})
			src := openSite(t, quick(s.url))
			cs, err := src.Collections(t.Context())
			must(t, err)
			for _, c := range cs {
				store := sourcetest.NewStore()
				_, err := store.Pull(t.Context(), t, src, c)
				must(t, err)
				before, _ := src.Used()
				p, err := store.Pull(t.Context(), t, src, c)
				must(t, err)
				if after, bytes := src.Used(); after-before > 2 || len(p.Put) > 0 || bytes == 0 {
					t.Errorf("%s: %d requests, put %d", c.Name, after-before, len(p.Put))
				}
			}
		})
	}
}

// Of what a home set may hold, each address book and calendar is exported,
// whatever else it is.
func TestHomeSet(t *testing.T) {
	const cal, card = ` xmlns:C="urn:ietf:params:xml:ns:caldav"`, ` xmlns:R="urn:ietf:params:xml:ns:carddav"`
	entry := func(href, types, props string) string {
		return `<response><href>` + href + `</href><propstat><prop><resourcetype><collection/>` + types + `</resourcetype>` + props +
			`</prop><status>HTTP/1.1 200 OK</status></propstat></response>`
	}
	comps := func(names ...string) string {
		return `<C:supported-calendar-component-set><C:comp name="` + strings.Join(names, `"/><C:comp name="`) + `"/></C:supported-calendar-component-set>`
	}
	home := entry("/h/", "", "") +
		entry("/h/events/", `<C:calendar/>`, comps("VEVENT")+`<displayname>Events</displayname><A:calendar-order>2</A:calendar-order><A:calendar-color>#F80</A:calendar-color>`) +
		entry("/h/first/", `<C:calendar/>`, comps("VEVENT")+`<displayname>First</displayname><A:calendar-order>1</A:calendar-order>`) +
		entry("/h/tasks/", `<C:calendar/>`, comps("VTODO")+`<displayname>Tasks</displayname>`) +
		entry("/h/mixed/", `<C:calendar/>`, comps("VEVENT", "VTODO")+`<displayname>Mixed</displayname>`) +
		entry("/h/any%20thing/", `<C:calendar/>`, ``) +
		entry("/h/shared/", `<C:calendar/><S:shared/>`, comps("VEVENT")+`<displayname>Shared with me</displayname>`) +
		entry("/h/inbox/", `<C:schedule-inbox/>`, ``) + entry("/h/in/", `<C:calendar/><C:schedule-inbox/>`, ``) +
		entry("/h/outbox/", `<C:schedule-outbox/>`, ``) + entry("/h/notifications/", `<S:notification/>`, ``) +
		entry("/h/trashbin/", `<N:trash-bin/>`, ``) + entry("/h/deleted/", `<C:calendar/><N:deleted-calendar/>`, ``) +
		entry("/h/feed/", `<S:subscribed/>`, `<displayname>Moon</displayname>`) +
		entry("/h/book/", `<R:addressbook/>`, `<displayname>Book</displayname>`) +
		`<response><href>/h/gone/</href><status>HTTP/1.1 404 Not Found</status></response>`
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "PROPFIND" && strings.TrimSuffix(r.URL.Path, "/") == "/h" && r.Header.Get("Depth") == "1" {
			w.WriteHeader(207)
			fmt.Fprintf(w, `<multistatus xmlns="DAV:"%s%s xmlns:S="http://calendarserver.org/ns/" xmlns:A="http://apple.com/ns/ical/" xmlns:N="http://nextcloud.com/ns">%s</multistatus>`, cal, card, home)
			return
		}
		w.WriteHeader(207)
		fmt.Fprintf(w, `<multistatus xmlns="DAV:"%s%s><response><href>/</href><propstat><prop><current-user-principal><href>/</href></current-user-principal>`+
			`<C:calendar-home-set><href>/h/</href></C:calendar-home-set><R:addressbook-home-set><href>/h</href></R:addressbook-home-set></prop></propstat></response></multistatus>`, cal, card)
	}))
	defer h.Close()
	got, err := openSite(t, quick(h.URL)).Collections(t.Context())
	must(t, err)
	want := []export.Collection{
		{ID: "/h/book/", Name: "Book", Kind: export.Contacts},
		{ID: "/h/any%20thing/", Name: "any thing", Kind: export.Events, Mixed: true},
		{ID: "/h/deleted/", Name: "deleted", Kind: export.Events, Mixed: true},
		{ID: "/h/in/", Name: "in", Kind: export.Events, Mixed: true},
		{ID: "/h/mixed/", Name: "Mixed", Kind: export.Events, Mixed: true},
		{ID: "/h/shared/", Name: "Shared with me", Kind: export.Events},
		{ID: "/h/first/", Name: "First", Kind: export.Events, Order: 1},
		{ID: "/h/events/", Name: "Events", Kind: export.Events, Order: 2, Color: "#ff8800"},
		{ID: "/h/tasks/", Name: "Tasks", Kind: export.Todos},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

// A list of collections that may be incomplete is an error.
func TestCollectionsIncomplete(t *testing.T) {
	s := newSite(t, davserver.Options{})
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter)
		cause  error
	}{
		"empty": {func(w http.ResponseWriter) { io.WriteString(w, `<multistatus xmlns="DAV:"/>`) }, export.ErrDamaged},
		"cut":   {func(w http.ResponseWriter) { io.WriteString(w, `<multistatus xmlns="DAV:"><response>`) }, export.ErrUnreachable},
		"507": {func(w http.ResponseWriter) {
			io.WriteString(w, `<multistatus xmlns="DAV:"><response><href>/</href><status>HTTP/1.1 507 x</status></response></multistatus>`)
		}, export.ErrDamaged},
		"not there": {func(w http.ResponseWriter) { w.WriteHeader(404) }, export.ErrGone},
	} {
		t.Run(name, func(t *testing.T) {
			h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == "PROPFIND" && r.URL.Path == "/calendars/alice/" {
					c.answer(w)
					return
				}
				s.ServeHTTP(w, r)
			}))
			defer h.Close()
			if _, err := openSite(t, quick(h.URL)).Collections(t.Context()); !errors.Is(err, c.cause) {
				t.Errorf("got %v, want %v", err, c.cause)
			}
		})
	}
}

// A bearer token is renewed when the server no longer takes it.
func TestBearer(t *testing.T) {
	s := newSite(t, davserver.Options{Open: true})
	var valid atomic.Int32
	valid.Store(1)
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != fmt.Sprintf("Bearer token-%d", valid.Load()) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="x", error="invalid_token"`)
			w.WriteHeader(401)
			return
		}
		s.ServeHTTP(w, r)
	}))
	defer h.Close()
	var asked atomic.Int32
	src := openSite(t, Config{Address: h.URL, Token: func(context.Context) (string, error) {
		asked.Add(1)
		return fmt.Sprintf("token-%d", valid.Load()), nil
	}})
	friends := collectionNamed(t, src, "Friends & Co")
	valid.Store(2)
	p, err := sourcetest.NewStore().Pull(t.Context(), t, src, friends)
	must(t, err)
	if len(p.Put) != 23 || asked.Load() > 6 {
		t.Errorf("put %d, failed %v, asked %d times", len(p.Put), p.Failed, asked.Load())
	}
	valid.Store(-1)
	src.c.signIn.token = func(context.Context) (string, error) { return "token-2", nil }
	if _, err := sourcetest.NewStore().Pull(t.Context(), t, src, friends); !errors.Is(err, export.ErrExpired) {
		t.Errorf("a token that cannot be renewed: %v", err)
	}
}

// A proxy that packs answers, and marks their ETags so, changes nothing.
func TestGzip(t *testing.T) {
	s := newSite(t, davserver.Options{})
	s.SetQuirks(davserver.Tune{Item: "c07.vcf"}, davserver.MultigetBreaks)
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			s.ServeHTTP(w, r)
			return
		}
		rec := httptest.NewRecorder()
		s.ServeHTTP(rec, r)
		for k, v := range rec.Header() {
			w.Header()[k] = v
		}
		w.Header().Del("Content-Length")
		w.Header().Set("Content-Encoding", "gzip")
		if etag := w.Header().Get("ETag"); etag != "" {
			w.Header().Set("ETag", strings.TrimSuffix(etag, `"`)+`-gzip"`)
		}
		w.WriteHeader(rec.Code)
		z := gzip.NewWriter(w)
		z.Write(rec.Body.Bytes())
		z.Close()
	}))
	defer h.Close()
	src := openSite(t, quick(h.URL))
	friends := collectionNamed(t, src, "Friends & Co")
	store := sourcetest.NewStore()
	_, err := store.Pull(t.Context(), t, src, friends)
	must(t, err)
	sourcetest.CheckBytes(t, s.fixture(t, src), friends, store)
	store.Forget()
	p, err := store.Pull(t.Context(), t, src, friends)
	must(t, err)
	if len(p.Seen) != 23 {
		t.Errorf("seen %d, put %d", len(p.Seen), len(p.Put))
	}
}

// A large item goes by GET without being held in memory.
func TestLargeItem(t *testing.T) {
	s := newSite(t, davserver.Options{})
	big := strings.Replace(card("big", "Big"), "END:", "NOTE:"+strings.Repeat("portrait ", 400_000)+"\r\nEND:", 1)
	_, err := s.Put(book+"c07.vcf", []byte(big))
	must(t, err)
	for _, quirk := range []davserver.Quirk{"", davserver.NoContentLength} {
		s.SetQuirks(davserver.Tune{}, quirk)
		src := openSite(t, quick(s.url))
		p, err := sourcetest.NewStore().Pull(t.Context(), t, src, collectionNamed(t, src, "Friends & Co"))
		must(t, err)
		if string(p.Put["c07.vcf"].Body) != big || len(p.Put) != 23 {
			t.Errorf("%s: put %d, failed %v", quirk, len(p.Put), p.Failed)
		}
	}
}

// Each service is known by its own address and domains.
func TestServices(t *testing.T) {
	ids := map[string]bool{}
	for _, s := range services {
		if s.ID == "" || s.Name == "" || ids[s.ID] || s.Refused == "" && (len(s.Help) == 0 || len(s.Gives) == 0) {
			t.Errorf("%+v", s)
		}
		ids[s.ID] = true
		for _, d := range s.domains {
			if got := serviceOf(d); got == nil || got.ID != s.ID {
				t.Errorf("%s belongs to %v", d, got)
			}
		}
		if s.Address != "" && serviceOf(s.Address) == nil {
			t.Errorf("%s is not known by its own address %s", s.ID, s.Address)
		}
	}
	if serviceOf("noticloud.com") != nil || serviceOf("example.org") != nil {
		t.Error("a stranger is taken for a service")
	}
}
