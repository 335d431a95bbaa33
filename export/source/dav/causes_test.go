package dav

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/davserver"
)

// Each thing that can be wrong with an address has its cause.
func TestCauses(t *testing.T) {
	w := newWeb(t)
	phone := w.phone()
	w.serve("dav.example.org:443", phone.ServeHTTP)
	w.serve("www.example.org:443", func(rw http.ResponseWriter, r *http.Request) { io.WriteString(rw, "<html><body>Welcome") })
	w.serve("none.example.org:443", http.NotFound)
	w.serve("loop.example.org:443", func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, r.URL.Path+"x", http.StatusFound) })
	w.serve("garbage.example.org:443", func(rw http.ResponseWriter, r *http.Request) { rw.WriteHeader(207); io.WriteString(rw, "\x00\x01") })
	w.serve("ill.example.org:443", func(rw http.ResponseWriter, r *http.Request) { rw.WriteHeader(502) })
	empty := davserver.New(davserver.Options{User: "alice", Password: "secret"})
	w.serve("empty.example.org:443", empty.ServeHTTP)
	closed := httptest.NewServer(nil)
	w.hosts["closed.example.org:443"] = closed.Listener.Addr().String()
	closed.Close()
	for _, c := range []struct {
		typed, password string
		cause           error
	}{
		{"dav.example.org", "wrong", export.ErrSignIn},
		{"alice@dav.example.org", "wrong", export.ErrSignIn},
		{"www.example.org", "secret", export.ErrNotDAV},
		{"https://www.example.org/contacts", "secret", export.ErrNotDAV},
		{"none.example.org", "secret", export.ErrNotDAV},
		{"loop.example.org", "secret", export.ErrNotDAV},
		{"garbage.example.org", "secret", export.ErrNotDAV},
		{"ill.example.org", "secret", export.ErrFault},
		{"closed.example.org", "secret", export.ErrUnreachable},
		{"unknown.example.org", "secret", export.ErrUnknownHost},
		{"alice@unknown.example", "secret", export.ErrUnknownHost},
		{"not a host", "secret", export.ErrUnknownHost},
		{"ftp://dav.example.org", "secret", export.ErrNotDAV},
		{"empty.example.org", "secret", nil},
		{"someone@gmail.com", "secret", export.ErrDenied},
		{"", "secret", export.ErrNotDAV},
	} {
		cfg := w.config(c.typed)
		cfg.Secret = func(context.Context) (string, error) { return c.password, nil }
		s, err := Open(t.Context(), cfg)
		if err == nil {
			_, err = s.Collections(t.Context())
		}
		if !errors.Is(err, c.cause) || export.Cause(err) != c.cause {
			t.Errorf("%q: got %v, want %v", c.typed, err, c.cause)
		}
		if err != nil && (strings.Contains(err.Error(), c.password) || strings.Contains(err.Error(), "Basic ")) {
			t.Errorf("%q: the error tells the password: %v", c.typed, err)
		}
	}
}

// A host that does not answer is waited for once, not for every address that
// might be on it.
func TestUnreachableOnce(t *testing.T) {
	w := newWeb(t)
	dials := 0
	cfg := w.config("example.org")
	cfg.Dial = func(context.Context, string, string) (net.Conn, error) {
		dials++
		return nil, &net.OpError{Op: "dial", Err: errors.New("timeout")}
	}
	if _, err := Open(t.Context(), cfg); !errors.Is(err, export.ErrUnreachable) || dials != 1 {
		t.Errorf("got %v after %d dials", err, dials)
	}
}

// A server that never begins to answer is given up.
func TestFirstByte(t *testing.T) {
	stall := make(chan struct{})
	h := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stall }))
	defer h.Close()
	defer close(stall)
	cfg := quick(h.URL)
	cfg.Timeouts.FirstByte = 50 * time.Millisecond
	if _, err := Open(t.Context(), cfg); !errors.Is(err, export.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}

// A half of the account that could not be asked for is not taken for missing.
func TestHalfOutOfReach(t *testing.T) {
	w := newWeb(t)
	w.serve("contacts.icloud.com:443", w.phone().ServeHTTP)
	w.serve("caldav.icloud.com:443", func(rw http.ResponseWriter, r *http.Request) { rw.WriteHeader(500) })
	books := only(w.phone(), "/contacts/")
	w.serve("contacts.icloud.com:443", func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/contacts/") {
			books(rw, r)
			return
		}
		rw.WriteHeader(207)
		io.WriteString(rw, `<multistatus xmlns="DAV:" xmlns:R="urn:ietf:params:xml:ns:carddav"><response><href>/</href><propstat><prop><current-user-principal><href>/</href></current-user-principal>`+
			`<R:addressbook-home-set><href>/contacts/alice/</href></R:addressbook-home-set></prop></propstat></response></multistatus>`)
	})
	if _, err := Open(t.Context(), w.config("alice@icloud.com")); !errors.Is(err, export.ErrFault) {
		t.Errorf("got %v", err)
	}
}
