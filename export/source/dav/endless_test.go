package dav

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/sourcetest"
)

// A picture whose answer states no bytes, or far more than the listing says, is
// not taken for the picture.
func TestPhotoLengthsLie(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(g *gallery, w http.ResponseWriter)
		cause  error
	}{
		"empty": {func(_ *gallery, w http.ResponseWriter) { w.WriteHeader(200) }, export.ErrDamaged},
		"an exabyte": {func(_ *gallery, w http.ResponseWriter) {
			conn, rw, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			defer conn.Close()
			_, _ = rw.WriteString("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 1000000000000000000\r\n\r\n")
			_ = rw.Flush()
			repeat(conn, "0123456789", endless)
		}, export.ErrTooLarge},
		"gzip": {func(g *gallery, w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, zipped(string(g.body)))
		}, nil},
		"a gzip bomb": {func(g *gallery, w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			repeat(z, strings.Repeat(" ", 32<<10), endless)
		}, export.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := &gallery{body: bytes.Repeat([]byte("0123456789"), 100_000), etag: `"v1"`}
			h := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					w.Header().Set("ETag", g.etag)
					c.answer(g, w)
					return
				}
				g.ServeHTTP(w, r)
			}))
			h.Config.ErrorLog = quiet()
			h.Start()
			defer h.Close()
			cfg := quick("")
			cfg.Photos = h.URL
			src := openSite(t, cfg)
			p, err := sourcetest.NewStore().Pull(t.Context(), t, src, collectionNamed(t, src, "Photos"))
			must(t, err)
			if got := p.Failed["a.jpg"]; c.cause != nil && !errors.Is(got, c.cause) {
				t.Errorf("put %d, failed %v", len(p.Put), p.Failed)
			} else if c.cause == nil && !bytes.Equal(p.Put["a.jpg"].Body, g.body) {
				t.Errorf("%d bytes, failed %v", len(p.Put["a.jpg"].Body), p.Failed)
			}
		})
	}
}

// A picture that comes a few bytes a connection is given up.
func TestPhotoInCrumbs(t *testing.T) {
	g, src, photos := newGallery(t)
	g.cuts, g.at = 1<<30, 10
	p := sourcetest.NewPulled(t, sourcetest.NewStore())
	must(t, p.Run(t.Context(), src, photos))
	if p.Failed["a.jpg"] == nil || len(g.requests) > 20 {
		t.Errorf("put %d, failed %v after %d requests", len(p.Put), p.Failed, len(g.requests))
	}
}

// An answer that is complete and whose body does not end is not waited for.
func TestAnswerDoesNotEnd(t *testing.T) {
	stall := make(chan struct{})
	defer close(stall)
	var l *liar
	l = newLiar(t, func(w http.ResponseWriter, r *http.Request, body string) bool {
		if r.Method != "REPORT" && r.Method != "PROPFIND" {
			return false
		}
		l.through(w, r, body, func(s string) string { return s })
		_ = http.NewResponseController(w).Flush()
		<-stall
		return true
	})
	src, friends := l.friends(t)
	begun := time.Now()
	p, err := sourcetest.NewStore().Pull(t.Context(), t, src, friends)
	must(t, err)
	if len(p.Put) != 23 || time.Since(begun) > 15*time.Second {
		t.Errorf("put %d in %s, failed %v", len(p.Put), time.Since(begun), p.Failed)
	}
}

// A home set without end does not fill the memory.
func TestHomeSetWithoutEnd(t *testing.T) {
	l := newLiar(t, func(w http.ResponseWriter, r *http.Request, body string) bool {
		if r.Method != "PROPFIND" || r.Header.Get("Depth") != "1" {
			return false
		}
		w.WriteHeader(207)
		_, _ = io.WriteString(w, `<d:multistatus xmlns:d="DAV:" xmlns:r="urn:ietf:params:xml:ns:carddav">`)
		for i := 0; ; i++ {
			if _, err := fmt.Fprintf(w, `<d:response><d:href>/contacts/alice/%d/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><r:addressbook/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`, i); err != nil {
				return true
			}
		}
	})
	src, _ := l.friends(t)
	if _, err := src.Collections(t.Context()); !errors.Is(err, export.ErrTooLarge) {
		t.Errorf("%v", err)
	}
}

// A server that lists many items and gives none of them is given up after a
// while, and every item is named with the reason.
func TestNothingButEmptyBodies(t *testing.T) {
	l := newLiar(t, func(w http.ResponseWriter, r *http.Request, body string) bool {
		if isMultiget(r, body) {
			w.WriteHeader(http.StatusNotImplemented)
			return true
		}
		return r.Method == http.MethodGet
	})
	for i := range 1000 {
		_, err := l.Put(fmt.Sprintf("%sm%04d.vcf", book, i), []byte(card(fmt.Sprintf("m%d", i), "Many")))
		must(t, err)
	}
	src, friends := l.friends(t)
	p, err := sourcetest.NewStore().Pull(t.Context(), t, src, friends)
	must(t, err)
	if len(p.Put) != 0 || len(p.Failed) != 1023 || l.asked.Load() > 8*maxRefused {
		t.Errorf("put %d, failed %d after %d requests", len(p.Put), len(p.Failed), l.asked.Load())
	}
}
