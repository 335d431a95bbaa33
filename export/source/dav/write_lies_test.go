package dav

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sidekeep/export"
)

// picture is a photo of n bytes.
func picture(name string, n int) export.Item {
	return export.Item{Name: name, Kind: export.Photos, Modified: time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC)}.OfBytes(bytes.Repeat([]byte("0123456789abcdef"), n/16))
}

// A multistatus that answers a write is what it says inside (RFC 4918, sections
// 9.6.1 and 13): a refusal is one, whatever stands outside.
func TestMultistatusAnswersWrite(t *testing.T) {
	const path = book + "c01.vcf"
	says := func(status string) string {
		return `<d:multistatus xmlns:d="DAV:"><d:response><d:href>` + path + `</d:href><d:status>HTTP/1.1 ` + status + `</d:status></d:response></d:multistatus>`
	}
	for name, c := range map[string]struct {
		method, body string
		acts         bool // the server does what it is asked
		cause        error
	}{
		"a DELETE refused inside":            {http.MethodDelete, says("403 Forbidden"), false, export.ErrRefused},
		"a DELETE of what is locked":         {http.MethodDelete, says("423 Locked"), false, export.ErrRefused},
		"a DELETE that cannot be read":       {http.MethodDelete, "<html>", false, export.ErrUnreachable},
		"a DELETE done, unreadable":          {http.MethodDelete, "", true, nil},
		"a DELETE done inside":               {http.MethodDelete, says("200 OK"), true, nil},
		"a PUT without room inside":          {http.MethodPut, says("507 Insufficient Storage"), false, export.ErrQuota},
		"a PUT done inside":                  {http.MethodPut, says("204 No Content"), true, nil},
		"a PUT done, an answer in an answer": {http.MethodPut, `<d:multistatus xmlns:d="DAV:">` + says("204 No Content") + `</d:multistatus>`, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var l *liar
			l = newLiar(t, func(w http.ResponseWriter, r *http.Request, _ string) bool {
				if r.Method != c.method || r.URL.Path != path {
					return false
				}
				if c.acts {
					l.site.ServeHTTP(httptest.NewRecorder(), r)
				}
				w.WriteHeader(207)
				_, _ = io.WriteString(w, c.body)
				return true
			})
			src, friends := l.friends(t)
			it, err := src.Fetch(t.Context(), friends, "c01.vcf")
			must(t, err)
			at := export.Ref{ID: it.ID, Version: it.Version}
			if c.method == http.MethodDelete {
				err = src.Delete(t.Context(), friends, at)
			} else {
				_, err = src.Put(t.Context(), friends, paper(card("c1", "Another")), at)
			}
			if !errors.Is(err, c.cause) || (err == nil) != (c.cause == nil) {
				t.Errorf("got %v, want %v", err, c.cause)
			}
			if n := l.asked.Load(); n > 40 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// A server that does not know Expect gets the same without it, and is not asked
// so again.
func TestExpectationFailed(t *testing.T) {
	var asked atomic.Int32
	l := newLiar(t, func(w http.ResponseWriter, r *http.Request, _ string) bool {
		if r.Header.Get("Expect") == "" {
			return false
		}
		asked.Add(1)
		w.WriteHeader(http.StatusExpectationFailed)
		return true
	})
	cfg := quick(l.url)
	cfg.Photos = "/files/alice/DCIM/"
	must(t, l.MakeFolder("/files/alice/DCIM/"))
	src := openSite(t, cfg)
	dcim := collectionNamed(t, src, "DCIM")
	l.armed.Store(true)
	for _, name := range []string{"one.jpg", "two.jpg"} {
		if ref, err := src.Put(t.Context(), dcim, picture(name, 3<<20), export.Ref{}); err != nil || ref.ID != name {
			t.Errorf("%s: %+v, %v", name, ref, err)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("it was asked %d times", asked.Load())
	}
}

// A server that answers in the middle of an upload is not taken at its word: a
// yes before everything was sent is read back, and a no is its no.
func TestAnsweredInTheMiddle(t *testing.T) {
	for name, c := range map[string]struct {
		code  int
		cause error
	}{
		"a yes":          {http.StatusCreated, export.ErrUnreachable},
		"no room":        {http.StatusInsufficientStorage, export.ErrQuota},
		"too large":      {http.StatusRequestEntityTooLarge, export.ErrOversize},
		"not permitted":  {http.StatusForbidden, export.ErrRefused},
		"a broken proxy": {http.StatusBadGateway, export.ErrUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLiar(t, func(w http.ResponseWriter, r *http.Request, _ string) bool {
				if r.Method != http.MethodPut {
					return false
				}
				_, _ = io.CopyN(io.Discard, r.Body, 64<<10)
				control := http.NewResponseController(w)
				_ = control.EnableFullDuplex()
				w.Header().Set("Connection", "close")
				w.WriteHeader(c.code)
				_ = control.Flush()
				for range 400 { // it lingers, as servers do, so that its answer arrives
					if _, err := io.CopyN(io.Discard, r.Body, 32<<10); err != nil {
						break
					}
					time.Sleep(5 * time.Millisecond)
				}
				return true
			})
			must(t, l.MakeFolder("/files/alice/DCIM/"))
			cfg := quick(l.url)
			cfg.Photos = "/files/alice/DCIM/"
			src := openSite(t, cfg)
			dcim := collectionNamed(t, src, "DCIM")
			l.armed.Store(true)
			_, err := src.Put(t.Context(), dcim, picture("one.jpg", 64<<20), export.Ref{})
			if !errors.Is(err, c.cause) {
				t.Errorf("got %v, want %v", err, c.cause)
			}
		})
	}
}

// An upload never goes, and no sign-in with it, where a redirect leads to
// another host than the person allows; nor do cookies, which are not kept.
func TestUploadRedirected(t *testing.T) {
	var got atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got.Add(1)
		w.WriteHeader(http.StatusCreated)
	}))
	defer other.Close()
	var cookies []string
	l := newLiar(t, func(w http.ResponseWriter, r *http.Request, _ string) bool {
		cookies = append(cookies, r.Header.Get("Cookie"))
		w.Header().Set("Set-Cookie", "session=1; Path=/")
		if r.Method == http.MethodPut {
			w.Header().Set("Location", strings.Replace(other.URL, "127.0.0.1", "localhost", 1)+r.URL.Path)
			w.WriteHeader(http.StatusTemporaryRedirect)
			return true
		}
		return false
	})
	src, friends := l.friends(t)
	_, err := src.Put(context.Background(), friends, paper(card("new", "New")), export.Ref{})
	if !errors.Is(err, export.ErrElsewhere) || got.Load() != 0 {
		t.Errorf("got %v, and %d requests arrived", err, got.Load())
	}
	if slices.ContainsFunc(cookies, func(c string) bool { return c != "" }) {
		t.Errorf("cookies %q", cookies)
	}
}
