package dav

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/sourcetest"
)

// repeat writes s until n bytes are written, or nobody reads.
func repeat(w io.Writer, s string, n int64) {
	for block := strings.Repeat(s, 1+(32<<10)/len(s)); n > 0; n -= int64(len(block)) {
		if _, err := io.WriteString(w, block); err != nil {
			return
		}
	}
}

const endless = 1 << 40

// A photo without an end costs no more than somewhat over its stated length;
// the others come.
func TestEndlessPhoto(t *testing.T) {
	h := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == "PROPFIND":
			w.WriteHeader(207)
			io.WriteString(w, `<multistatus xmlns="DAV:"><response><href>/</href><propstat><prop><resourcetype><collection/></resourcetype></prop><status>HTTP/1.1 200 OK</status></propstat></response>`)
			for _, name := range []string{"a.jpg", "b.jpg", "c.jpg"} {
				fmt.Fprintf(w, `<response><href>/%s</href><propstat><prop><resourcetype/><getetag>"1"</getetag><getcontentlength>4</getcontentlength></prop><status>HTTP/1.1 200 OK</status></propstat></response>`, name)
			}
			io.WriteString(w, `</multistatus>`)
		case r.URL.Path == "/b.jpg":
			repeat(w, "0123456789", endless)
		default:
			io.WriteString(w, "face")
		}
	}))
	h.Config.ErrorLog = quiet()
	h.Start()
	defer h.Close()
	cfg := quick("")
	cfg.Photos = h.URL
	src := openSite(t, cfg)
	p, err := sourcetest.NewStore().Pull(t.Context(), t, src, collectionNamed(t, src, "Photos"))
	must(t, err)
	if !errors.Is(p.Failed["b.jpg"], export.ErrTooLarge) || !strings.Contains(p.Failed["b.jpg"].Error(), "more than 67108872 bytes") {
		t.Errorf("the endless one: %v", p.Failed["b.jpg"])
	}
	if len(p.Put) != 2 || len(p.Failed) != 1 || string(p.Put["c.jpg"].Body) != "face" {
		t.Errorf("put %d, failed %v", len(p.Put), p.Failed)
	}
}

// A server that floods gets no further than its answer; where it is one item's,
// the others come.
func TestFloods(t *testing.T) {
	const one = `<d:response><d:href>/elsewhere/x.vcf</d:href><d:propstat><d:prop><d:getetag>"1"</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`
	const begin = `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">`
	body := func(r *http.Request) string { b, _ := io.ReadAll(r.Body); return string(b) }
	packed := func(w http.ResponseWriter) (io.Writer, func()) {
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(207)
		z := gzip.NewWriter(w)
		return z, func() { _ = z.Close() }
	}
	for name, c := range map[string]struct {
		bad   func(w http.ResponseWriter, r *http.Request) bool // it answered
		whole bool                                              // the listing stands
		fails int
	}{
		"a multiget without end": {func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != "REPORT" || !strings.Contains(body(r), "multiget") {
				return false
			}
			w.WriteHeader(207)
			io.WriteString(w, begin)
			repeat(w, one, endless)
			return true
		}, true, 0},
		"a listing that names itself without end": {func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != book || r.Method == "GET" {
				return false
			}
			w.WriteHeader(207)
			io.WriteString(w, begin)
			repeat(w, `<d:response><d:href>`+book+`</d:href><d:status>HTTP/1.1 200 OK</d:status></d:response>`, endless)
			return true
		}, false, 0},
		"a packed response without end": {func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != book || r.Method == "GET" {
				return false
			}
			z, end := packed(w)
			io.WriteString(z, begin+`<d:response><d:href>`)
			repeat(z, "          ", endless)
			end()
			return true
		}, false, 0},
		"packed data without end": {func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != "REPORT" || !strings.Contains(body(r), "multiget") {
				return false
			}
			z, end := packed(w)
			io.WriteString(z, begin+`<d:response><d:href>`+book+`1.vcf</d:href><d:propstat><d:prop><x:address-data xmlns:x="urn:ietf:params:xml:ns:carddav">`)
			repeat(z, "NOTE:aaaaaaaaaaaaaaaaa\r\n", endless)
			end()
			return true
		}, true, 0},
		"elements nested without end": {func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != book || r.Method == "GET" {
				return false
			}
			w.WriteHeader(207)
			io.WriteString(w, begin)
			repeat(w, "<d:prop>", endless)
			return true
		}, false, 0},
		"a flood of headers at an item": {func(w http.ResponseWriter, r *http.Request) bool {
			if strings.Contains(body(r), "multiget") {
				w.WriteHeader(http.StatusNotImplemented)
				return true
			}
			if r.URL.Path != book+"1.vcf" {
				return false
			}
			for i := range 5000 {
				w.Header().Set(fmt.Sprint("X-Flood-", i), strings.Repeat("a", 200))
			}
			w.WriteHeader(200)
			return true
		}, true, 1},
		"a chunk that lies": {func(w http.ResponseWriter, r *http.Request) bool {
			if strings.Contains(body(r), "multiget") {
				w.WriteHeader(http.StatusNotImplemented)
				return true
			}
			if r.URL.Path != book+"1.vcf" {
				return false
			}
			conn, rw, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return false
			}
			_, _ = rw.WriteString("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nBEGIN:VCARD\r\n")
			_ = rw.Flush()
			_ = conn.Close()
			return true
		}, true, 1},
		"a length that lies": {func(w http.ResponseWriter, r *http.Request) bool {
			if strings.Contains(body(r), "multiget") {
				w.WriteHeader(http.StatusNotImplemented)
				return true
			}
			if r.URL.Path != book+"1.vcf" {
				return false
			}
			conn, rw, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return false
			}
			_, _ = rw.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nBEGIN:VCARD\r\n")
			_ = rw.Flush()
			_ = conn.Close()
			return true
		}, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, davserver.Options{})
			for i := range 5 {
				_, err := s.Put(fmt.Sprint(book, i, ".vcf"), []byte(card(fmt.Sprint(i), "one")))
				must(t, err)
			}
			armed := false
			h := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				b := body(r)
				again := r.Clone(r.Context())
				again.Body = io.NopCloser(strings.NewReader(b))
				if armed && c.bad(w, again) {
					return
				}
				r.Body = io.NopCloser(strings.NewReader(b))
				s.ServeHTTP(w, r)
			}))
			h.Config.ErrorLog = quiet()
			h.Start()
			defer h.Close()
			src := openSite(t, quick(h.URL))
			cs, err := src.Collections(t.Context())
			must(t, err)
			all := len(contactsOf(t, src, cs).Put)
			armed = true
			for _, of := range cs {
				if of.Kind != export.Contacts {
					continue
				}
				p, err := sourcetest.NewStore().Pull(t.Context(), t, src, of)
				if (err == nil) != c.whole {
					t.Fatalf("the listing: %v", err)
				}
				if err != nil {
					if export.Cause(err) == nil {
						t.Errorf("no cause: %v", err)
					}
					return
				}
				if len(p.Failed) != c.fails || len(p.Put) != all-c.fails {
					t.Errorf("put %d, failed %v", len(p.Put), p.Failed)
				}
				for id, err := range p.Failed {
					if export.Cause(err) == nil {
						t.Errorf("%s: no cause: %v", id, err)
					}
				}
				return
			}
			t.Error("no book")
		})
	}
}

// contactsOf pulls the address book.
func contactsOf(t *testing.T, src *Source, cs []export.Collection) *sourcetest.Pulled {
	t.Helper()
	for _, c := range cs {
		if c.Kind == export.Contacts {
			p, err := sourcetest.NewStore().Pull(t.Context(), t, src, c)
			must(t, err)
			return p
		}
	}
	t.Fatal("no address book")
	return nil
}

// What signs in is in no ID either, and the item comes.
func TestEchoInAddress(t *testing.T) {
	s := newSite(t, davserver.Options{})
	for _, name := range []string{"secret", "a%20secret-1", "plain"} {
		_, err := s.Put(book+strings.ReplaceAll(name, "%20", " ")+".vcf", []byte(card(name, "one")))
		must(t, err)
	}
	h := httptest.NewServer(s)
	defer h.Close()
	src := openSite(t, quick(h.URL))
	cs, err := src.Collections(t.Context())
	must(t, err)
	p := contactsOf(t, src, cs)
	for _, id := range []string{"withheld.vcf", "a%20withheld-1.vcf", "plain.vcf"} {
		if len(p.Put[id].Body) == 0 {
			t.Errorf("%s did not come: put %d, failed %v", id, len(p.Put), p.Failed)
		}
	}
}
