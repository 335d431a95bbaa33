package dav

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/source"
)

// only passes on what begins with one of the prefixes.
func only(h http.Handler, prefixes ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, p := range prefixes {
			if strings.HasPrefix(r.URL.Path, p) {
				h.ServeHTTP(w, r)
				return
			}
		}
		http.NotFound(w, r)
	}
}

func redirect(from, to string, rest http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, from) {
			http.Redirect(w, r, to, http.StatusMovedPermanently)
			return
		}
		rest(w, r)
	}
}

func kinds(t *testing.T, s *Source) (ks []export.Kind) {
	t.Helper()
	cs, err := s.Collections(t.Context())
	must(t, err)
	for _, c := range cs {
		ks = append(ks, c.Kind)
	}
	return ks
}

var three = []export.Kind{export.Contacts, export.Events, export.Todos}

// What a person may type for the same account.
func TestAddresses(t *testing.T) {
	w := newWeb(t)
	phone := w.phone()
	w.serve("dav.example.org:443", phone.ServeHTTP)
	w.serve("example.org:443", redirect("/.well-known/", "https://dav.example.org/", http.NotFound))
	w.serve("other.example.org:8443", phone.ServeHTTP)
	w.srv["_carddavs._tcp.example.com"] = []*net.SRV{{Target: "dav.example.com.", Port: 8443}}
	w.srv["_caldavs._tcp.example.com"] = []*net.SRV{{Target: "dav.example.com.", Port: 8443}}
	w.txt["_carddavs._tcp.example.com"] = []string{"path=/principals/alice/"}
	w.txt["_caldavs._tcp.example.com"] = []string{"path=/principals/alice/"}
	w.serve("dav.example.com:8443", only(phone, "/principals/", "/contacts/", "/calendars/"))
	for _, c := range []struct {
		typed string
		want  []export.Kind
	}{
		{"dav.example.org", three},
		{"https://dav.example.org", three},
		{"https://alice:wrong@dav.example.org/", three},
		{"https://dav.example.org/principals/alice/", three},
		{"https://dav.example.org/contacts/alice/", three},
		{"https://dav.example.org/contacts/alice/Friends/", []export.Kind{export.Contacts}},
		{"https://dav.example.org/calendars/alice/Tasks", []export.Kind{export.Todos}},
		{"https://dav.example.org/calendars/alice/Home/", []export.Kind{export.Events}},
		{"other.example.org:8443", three},
		{"example.org", three},
		{"alice@example.org", three},
		{"alice@example.com", three},
		{" mailto:alice@example.com ", three},
	} {
		t.Run(c.typed, func(t *testing.T) {
			s := openSite(t, w.config(c.typed))
			if got := kinds(t, s); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// With an e-mail address alone, the whole of it signs in, else what stands
// before the @.
func TestUserFromAddress(t *testing.T) {
	w := newWeb(t)
	w.serve("example.org:443", w.phone().ServeHTTP)
	cfg := w.config("alice@example.org")
	cfg.User = ""
	s := openSite(t, cfg)
	if s.User() != "alice" {
		t.Errorf("signed in as %q", s.User())
	}
}

// iCloud's way: contacts and calendars on hosts of their own, home sets on
// others of the same domain; and a home set with several addresses.
func TestHostsOfOneDomain(t *testing.T) {
	w := newWeb(t)
	phone := w.phone()
	principal := func(home string, hrefs ...string) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) {
			if _, password, _ := r.BasicAuth(); password != "secret" {
				rw.Header().Set("WWW-Authenticate", `Basic realm="x"`)
				rw.WriteHeader(401)
				return
			}
			rw.WriteHeader(207)
			io.WriteString(rw, `<multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:R="urn:ietf:params:xml:ns:carddav"><response><href>/p/</href><propstat><prop>`+
				`<current-user-principal><href>/p/</href></current-user-principal><`+home+`><href>`+strings.Join(hrefs, `</href><href>`)+`</href></`+home+`></prop>`+
				`<status>HTTP/1.1 200 OK</status></propstat></response></multistatus>`)
		}
	}
	w.serve("contacts.icloud.com:443", principal("R:addressbook-home-set", "https://p42-contacts.icloud.com:443/contacts/alice/"))
	w.serve("caldav.icloud.com:443", principal("C:calendar-home-set", "https://p42-caldav.icloud.com/calendars/alice/", "https://p43-caldav.icloud.com/calendars/alice/"))
	w.serve("p42-contacts.icloud.com:443", phone.ServeHTTP)
	w.serve("p42-caldav.icloud.com:443", phone.ServeHTTP)
	other := davserver.New(davserver.Options{User: "alice", Password: "secret"})
	must(t, other.MakeCalendar("/calendars/alice/Work/", davserver.Collection{Name: "Work"}))
	w.serve("p43-caldav.icloud.com:443", other.ServeHTTP)
	for _, typed := range []string{"alice@icloud.com", "icloud.com", "contacts.icloud.com"} {
		s := openSite(t, w.config(typed))
		if got := kinds(t, s); len(got) != 4 || s.Service() != "iCloud" {
			t.Errorf("%s: got %v of %q", typed, got, s.Service())
		}
	}
}

// The password goes to another host only after a yes, and never if nobody is
// there.
func TestPasswordElsewhere(t *testing.T) {
	for name, c := range map[string]struct {
		host   string
		answer func(context.Context, export.Question) (bool, error)
		trust  source.Trust
		causes []error
		sent   bool
	}{
		"same domain":    {host: "dav.example.co.uk", sent: true},
		"other domain":   {host: "dav.evil.co.uk", causes: []error{export.ErrElsewhere, export.ErrNobody}},
		"a no":           {host: "dav.evil.co.uk", answer: answer(false), causes: []error{export.ErrElsewhere}},
		"a yes":          {host: "dav.friend.net", answer: answer(true), sent: true},
		"an earlier yes": {host: "dav.friend.net", trust: source.Trust{Hosts: []string{"dav.friend.net"}}, sent: true},
	} {
		for _, by := range []string{"redirect", "SRV"} {
			t.Run(name+" by "+by, func(t *testing.T) {
				w := newWeb(t)
				w.serve(c.host+":443", w.phone().ServeHTTP)
				cfg := w.config("www.example.co.uk")
				if by == "redirect" {
					w.serve("www.example.co.uk:443", redirect("/", "https://"+c.host+"/", nil))
				} else {
					cfg = w.config("alice@example.co.uk")
					for _, service := range []string{"_carddavs", "_caldavs"} {
						w.srv[service+"._tcp.example.co.uk"] = []*net.SRV{{Target: c.host + ".", Port: 443}}
					}
				}
				cfg.Ask.Allow, cfg.Trust = c.answer, c.trust
				s, err := Open(t.Context(), cfg)
				for _, cause := range c.causes {
					if !errors.Is(err, cause) {
						t.Errorf("got %v, want %v", err, cause)
					}
				}
				if c.causes == nil {
					must(t, err)
					if name == "a yes" && !slices.Contains(s.Trust().Hosts, c.host) {
						t.Errorf("the yes is not in %+v", s.Trust())
					}
				}
				if sent := slices.Contains(w.signed, c.host); sent != c.sent {
					t.Errorf("password sent: %v, want %v", sent, c.sent)
				}
			})
		}
	}
}

func answer(yes bool) func(context.Context, export.Question) (bool, error) {
	return func(context.Context, export.Question) (bool, error) { return yes, nil }
}

// An item whose fetch is redirected to another host goes there without the
// password.
func TestItemElsewhere(t *testing.T) {
	s := newSite(t, davserver.Options{})
	var got []string
	var mu sync.Mutex
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, r.Header.Get("Authorization"))
		w.Header().Set("WWW-Authenticate", `Basic realm="give it to me"`)
		w.WriteHeader(401)
	}))
	defer other.Close()
	src := openSite(t, quick(s.url))
	friends := collectionNamed(t, src, "Friends & Co")
	s.SetQuirks(davserver.Tune{On: []davserver.Step{davserver.Listing}, Target: other.URL, Times: -1}, davserver.Elsewhere)
	_, err := src.Pull(t.Context(), friends, emptyHave{}, nil)
	if !errors.Is(err, export.ErrElsewhere) || !errors.Is(err, export.ErrNobody) {
		t.Errorf("got %v", err)
	}
	if len(got) == 0 || strings.Join(got, "") != "" {
		t.Errorf("the other host got %q", got)
	}
}

type emptyHave struct{}

func (emptyHave) Token() string                          { return "" }
func (emptyHave) Version(string) (string, error)         { return "", nil }
func (emptyHave) Partial(string) (string, int64, error)  { return "", 0, nil }
func (emptyHave) Retry(yield func(id string) bool) error { return nil }

// A certificate that proves nothing is accepted by its fingerprint only, after
// a yes; another one is refused again.
func TestCertificate(t *testing.T) {
	w := newWeb(t)
	phone := w.phone()
	h := w.serve("dav.example.org:443", phone.ServeHTTP)
	cfg := w.config("dav.example.org")
	cfg.Roots = x509.NewCertPool()
	sum := sha256.Sum256(h.TLS.Certificates[0].Certificate[0])
	fingerprint := hex.EncodeToString(sum[:])

	_, err := Open(t.Context(), cfg)
	var refused *export.RefusedError
	if !errors.As(err, &refused) || !errors.Is(err, export.ErrCertificate) || !errors.Is(err, export.ErrNobody) || refused.Detail != fingerprint {
		t.Fatalf("nobody there: %v", err)
	}
	var questions []export.Question
	cfg.Ask.Allow = func(_ context.Context, q export.Question) (bool, error) {
		questions = append(questions, q)
		return true, nil
	}
	s := openSite(t, cfg)
	if len(questions) != 1 || questions[0].Host != "dav.example.org" || questions[0].Detail != fingerprint || s.Trust().Pins["dav.example.org"] != fingerprint {
		t.Fatalf("asked %v, trust %v", questions, s.Trust())
	}
	cfg.Trust, cfg.Ask.Allow = s.Trust(), nil
	openSite(t, cfg)
	if n := len(w.signed); n != 1 {
		t.Errorf("signed: %v", w.signed)
	}

	h.Close()
	w.signed = nil
	w.serve("dav.example.org:443", phone.ServeHTTP) // with a new certificate
	if _, err := Open(t.Context(), cfg); !errors.Is(err, export.ErrCertificate) || len(w.signed) != 0 {
		t.Errorf("a changed certificate: %v, signed %v", err, w.signed)
	}
	cfg.Roots = w.roots
	openSite(t, cfg) // one that proves itself needs no pin
}

func TestCertificateForAnotherName(t *testing.T) {
	w := newWeb(t)
	w.serve("dav.example.org:443", w.phone().ServeHTTP, "www.example.net")
	if _, err := Open(t.Context(), w.config("dav.example.org")); !errors.Is(err, export.ErrCertificate) {
		t.Errorf("got %v", err)
	}
}

// Plain http needs a yes, except on this machine.
func TestInsecure(t *testing.T) {
	w := newWeb(t)
	h := httptest.NewServer(w.phone())
	defer h.Close()
	w.hosts["nas.example.org:80"] = h.Listener.Addr().String()
	w.hosts["nas.example.org:443"] = h.Listener.Addr().String()
	for _, typed := range []string{"http://nas.example.org", "nas.example.org"} {
		cfg := w.config(typed)
		if _, err := Open(t.Context(), cfg); !errors.Is(err, export.ErrInsecure) || !errors.Is(err, export.ErrNobody) {
			t.Errorf("%s, nobody there: %v", typed, err)
		}
	}
	cfg := w.config("http://nas.example.org")
	cfg.Ask.Allow = answer(true)
	s := openSite(t, cfg)
	cfg.Ask.Allow, cfg.Trust = nil, s.Trust()
	openSite(t, cfg)

	u, err := url.Parse(h.URL)
	must(t, err)
	openSite(t, quick(u.Host)) // 127.0.0.1:port without a scheme
}
