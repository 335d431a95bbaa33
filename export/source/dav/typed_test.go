package dav

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/davserver"
)

// typedFor are addresses that a person may type, or copy from a browser, for a
// server of each layout.
var typedFor = map[string][]string{
	"sogo":                       {"/SOGo", "/SOGo/", "/SOGo/dav", "/SOGo/dav/", "/SOGo/dav/alice/", "/SOGo/so/alice/Calendar/view", "", "/SOGo/dav/alice/Calendar/"},
	"davical":                    {"/caldav.php", "/caldav.php/", "/caldav.php/alice/", "/caldav.php/alice/home/", "", "/index.php", "/caldav.php/alice"},
	"davical of Debian":          {"/davical", "/davical/", "/davical/caldav.php/", "/davical/caldav.php/alice", "/davical/index.php", ""},
	"baikal":                     {"/dav.php", "/dav.php/", "/dav.php/principals/alice/", "/dav.php/calendars/alice", "", "/admin/", "/dav.php/addressbooks/alice/", "/cal.php/", "/card.php"},
	"baikal below a folder":      {"/baikal", "/baikal/html/", "/baikal/html/dav.php", "/baikal/html/dav.php/", "/baikal/html/admin/"},
	"nextcloud":                  {"", "/remote.php/dav", "/remote.php/dav/", "/remote.php/webdav", "/remote.php/webdav/", "/remote.php/dav/files/alice/", "/index.php/apps/calendar/dayGridMonth/now", "/apps/contacts/", "/apps/contacts/All%20contacts", "/index.php/login", "/remote.php/dav/principals/users/alice/", "/remote.php/dav/calendars/alice", "/remote.php"},
	"nextcloud below a folder":   {"/nextcloud", "/nextcloud/", "/nextcloud/index.php/apps/contacts/", "/nextcloud/apps/calendar", "/nextcloud/remote.php/webdav/", "/nextcloud/remote.php/dav/addressbooks/users/alice/"},
	"radicale behind a proxy":    {"/radicale", "/radicale/", "/radicale/alice/", "/radicale/.web/", ""},
	"cyrus":                      {"/dav", "/dav/", "/dav/principals/user/alice/", "/dav/calendars/user/alice/", "", "/principals/"},
	"well-known behind a prefix": {"/office", "/office/", "/office/.well-known/carddav", "/office/.well-known/caldav", "/office/groupware/x/"},
}

func TestTyped(t *testing.T) {
	for _, l := range davserver.Layouts() {
		t.Run(l.Name, func(t *testing.T) {
			w := newWeb(t)
			phone := w.phone()
			w.serve("dav.example.org:443", phone.As(l).ServeHTTP)
			for _, quirk := range []davserver.Quirk{"", davserver.NobodyNamed, davserver.PropertyBreaks} {
				phone.SetQuirks(davserver.Tune{Property: "sync-token"}, quirk)
				for _, path := range typedFor[l.Name] {
					nobody := quirk == davserver.NobodyNamed
					if nobody && (strings.Contains(path, "files") || strings.HasPrefix(path, "/office")) {
						continue // a folder that names nobody is what it says it is
					}
					typed := "https://dav.example.org" + path
					s, err := Open(t.Context(), w.config(typed))
					if err != nil {
						t.Errorf("%s, %s: %v", typed, quirk, err)
						continue
					}
					aHome := strings.Contains(path, "alendar") || strings.Contains(path, "addressbooks") || strings.Contains(path, "home")
					if got := kinds(t, s); !slices.Equal(got, three) && !(nobody && aHome && len(got) > 0 && got[0] != export.Photos) {
						t.Errorf("%s, %s: got %v after %d requests", typed, quirk, got, s.c.requests.Load())
					}
					if n := s.c.requests.Load(); n > 160 || quirk == "" && n > 45 {
						t.Errorf("%s, %s: %d requests", typed, quirk, n)
					}
					if at := s.FoundAt(); at != "" {
						again := openSite(t, w.config(at))
						if n := again.c.requests.Load(); quirk == "" && n > 4 || n > 30 {
							t.Errorf("%s, found at %s: %d requests", typed, at, n)
						}
					}
					s.Close()
				}
			}
		})
	}
}

// One collection's own address names that collection, in every layout.
func TestTypedCollection(t *testing.T) {
	for _, l := range davserver.Layouts() {
		w := newWeb(t)
		w.serve("dav.example.org:443", w.phone().As(l).ServeHTTP)
		user := func(path string) string { return l.Root + strings.ReplaceAll(path, "USER", "alice") }
		for path, kind := range map[string]export.Kind{user(l.Contacts) + "Friends": export.Contacts, user(l.Calendars) + "Home/": export.Events} {
			s := openSite(t, w.config("https://dav.example.org"+path))
			if got := kinds(t, s); !slices.Equal(got, []export.Kind{kind}) {
				t.Errorf("%s: got %v", path, got)
			}
		}
	}
}

// A server that breaks over a property, or refuses a question because of one,
// is asked for less; the rest of what it knows is not lost.
func TestPropertyBreaks(t *testing.T) {
	for _, quirk := range []davserver.Quirk{davserver.PropertyBreaks, davserver.PropertyRefused, davserver.ListingCut} {
		for _, property := range []string{
			"sync-token", "displayname", "supported-report-set", "supported-calendar-component-set", "calendar-color", "current-user-privilege-set",
			"supported-address-data", "max-resource-size", "getetag", "getcontentlength", "getlastmodified", "current-user-principal",
		} {
			for _, status := range []int{400, 403, 422, 501, 502} {
				if status != 400 && quirk != davserver.PropertyRefused {
					continue
				}
				s := newSite(t, davserver.Options{})
				s.SetQuirks(davserver.Tune{Property: property, Status: status}, quirk)
				src := openSite(t, quick(s.url))
				cs, err := src.Collections(t.Context())
				must(t, err)
				names := []string{"Friends & Co", "Home", "Tasks"}
				if property == "displayname" {
					names[0] = "Friends"
				}
				if property == "supported-calendar-component-set" {
					names[1], names[2] = names[2], names[1] // both are calendars then, in the order of the server
				}
				if len(cs) != 3 || cs[0].Name != names[0] || cs[1].Name != names[1] || cs[2].Name != names[2] {
					t.Fatalf("%s, %s %d: %+v", quirk, property, status, cs)
				}
				total := 0
				for _, c := range cs {
					d := &discardAll{}
					_, err := src.Pull(t.Context(), c, d, d)
					must(t, err)
					if d.failed > 0 || d.put != d.listed {
						t.Errorf("%s, %s %d: %s: listed %d, put %d, failed %d", quirk, property, status, c.Name, d.listed, d.put, d.failed)
					}
					total += d.put
				}
				if total != 33 {
					t.Errorf("%s, %s %d: %d items", quirk, property, status, total)
				}
				s.http.Close()
			}
		}
	}
}

// Without reports everything is listed and fetched all the same.
func TestReportsBreak(t *testing.T) {
	s := newSite(t, davserver.Options{Quirks: []davserver.Quirk{davserver.ReportsBreak}})
	src := openSite(t, quick(s.url))
	d := &discardAll{}
	_, err := src.Pull(t.Context(), collectionNamed(t, src, "Friends & Co"), d, d)
	must(t, err)
	if d.put != 23 || d.failed != 0 {
		t.Errorf("put %d, failed %d", d.put, d.failed)
	}
}

// A server that is ill is called so, with its status, and is not asked for long.
func TestFault(t *testing.T) {
	for _, status := range []int{500, 502, 504, 507, 599} {
		w := newWeb(t)
		w.serve("ill.example.org:443", func(rw http.ResponseWriter, r *http.Request) { rw.WriteHeader(status) })
		for _, typed := range []string{"ill.example.org", "https://ill.example.org/SOGo", "alice@ill.example.org"} {
			w.asked = nil
			_, err := Open(t.Context(), w.config(typed))
			var fault *export.FaultError
			if !errors.As(err, &fault) || fault.Status != status || fault.Host != "ill.example.org" || errors.Is(err, export.ErrUnreachable) {
				t.Errorf("%s: %v", typed, err)
			}
			if len(w.asked) > 12 {
				t.Errorf("%s: %d requests", typed, len(w.asked))
			}
		}
	}
}

// PROPFIND follows each kind of redirect.
func TestRedirects(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		w := newWeb(t)
		phone := w.phone()
		w.serve("dav.example.org:443", func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/old") {
				http.Redirect(rw, r, "/", status)
				return
			}
			phone.ServeHTTP(rw, r)
		})
		s := openSite(t, w.config("https://dav.example.org/old/place"))
		if got := kinds(t, s); !slices.Equal(got, three) {
			t.Errorf("%d: %v", status, got)
		}
	}
}

// An address that was typed with http leads to https, and nothing is sent in
// the clear to learn that.
func TestUpgraded(t *testing.T) {
	w := newWeb(t)
	w.serve("dav.example.org:443", w.phone().ServeHTTP)
	clear := 0
	h := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		clear++
		http.Redirect(rw, r, "https://dav.example.org"+r.URL.Path, http.StatusMovedPermanently)
	}))
	defer h.Close()
	w.hosts["dav.example.org:80"] = h.Listener.Addr().String()
	for _, typed := range []string{"http://dav.example.org", "http://dav.example.org/principals/alice/"} {
		s := openSite(t, w.config(typed))
		if got := kinds(t, s); !slices.Equal(got, three) || clear != 0 {
			t.Errorf("%s: %v, %d requests in the clear", typed, got, clear)
		}
	}
	// A redirect from https to http of the same host is a proxy that does not
	// know better.
	w.serve("old.example.org:443", redirect("/old", "http://old.example.org/", w.phone().ServeHTTP))
	if got := kinds(t, openSite(t, w.config("https://old.example.org/old"))); !slices.Equal(got, three) {
		t.Errorf("lowered: %v", got)
	}
}

// A server that has a wrong idea of its own name, scheme or port is found all
// the same, and the password does not go to this very machine.
func TestOwnNameWrong(t *testing.T) {
	for _, base := range []string{
		"http://dav.example.org:8443", "http://dav.example.org", "https://dav.example.org", "http://localhost:5232", "http://127.0.0.1:8080", "https://dav.example.org:9999",
		"http://dav.example.org:8080",
	} {
		w := newWeb(t)
		phone := w.phone()
		w.serve("dav.example.org:8443", func(rw http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			phone.ServeHTTP(rec, r)
			for k, v := range rec.Header() {
				rw.Header()[k] = v
			}
			rw.WriteHeader(rec.Code)
			body := strings.ReplaceAll(rec.Body.String(), "<d:href>/", "<d:href>"+base+"/")
			_, _ = rw.Write([]byte(strings.ReplaceAll(body, "alice", "%61lice")))
		})
		s, err := Open(t.Context(), w.config("https://dav.example.org:8443/"))
		if err != nil {
			t.Errorf("%s: %v", base, err)
			continue
		}
		if got := kinds(t, s); !slices.Equal(got, three) {
			t.Errorf("%s: %v", base, got)
		}
		d := &discardAll{}
		_, err = s.Pull(t.Context(), collectionNamed(t, s, "Friends & Co"), d, d)
		if err != nil || d.put != 23 {
			t.Errorf("%s: put %d: %v", base, d.put, err)
		}
	}
}

// A calendar is one whatever else it is, and what is skipped is told.
func TestSkipped(t *testing.T) {
	s := newSite(t, davserver.Options{Quirks: []davserver.Quirk{davserver.CalendarIsOutbox, davserver.OddMembers}})
	src := openSite(t, quick(s.url))
	if got := kinds(t, src); !slices.Equal(got, three) {
		t.Errorf("got %v", got)
	}
	got := map[string]export.Skipped{}
	for _, l := range src.Skipped() {
		got[l.Name] = l
	}
	want := map[string]string{
		"Inbox": "invitations", "outbox": "invitations", "notifications": "messages", "Holidays": "subscription", "trash": "trash",
		"folder": "neither", "secret": "(403)", "lost": "(404)",
	}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
	for name, why := range want {
		x := got[name]
		usual := name != "Holidays" && name != "folder" && name != "secret" && name != "lost"
		if !strings.Contains(x.Why, why) || x.Unread || x.Usual != usual || (x.ID == "/calendars/alice/secret/") != (name == "secret") {
			t.Errorf("%s: got %+v", name, x)
		}
	}
}
