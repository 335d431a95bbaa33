package dav

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/sourcetest"
)

// A dripping body gives a piece after each pause.
type dripping struct {
	pause       time.Duration
	piece, left int
}

func (d *dripping) Read(p []byte) (int, error) {
	if d.left <= 0 {
		return 0, io.EOF
	}
	time.Sleep(d.pause)
	n := min(d.piece, len(p), d.left)
	d.left -= n
	return n, nil
}

func (d *dripping) Close() error { return nil }

// A body has a bound besides that of idleness; a slow line passes.
func TestPace(t *testing.T) {
	for name, c := range map[string]struct {
		body dripping
		slow bool
		most time.Duration
	}{
		"a byte in 20 s":           {dripping{20 * time.Second, 1, 1000}, true, 80 * time.Second},
		"100 bytes a second, ever": {dripping{time.Second, 100, 1 << 30}, true, 13 * time.Minute},
		"a photo at 3 KB a second": {dripping{time.Second, 3000, 12 << 20}, false, 2 * time.Hour},
		"a small body in 50 s":     {dripping{25 * time.Second, 100, 200}, false, time.Minute},
		"a large one with a pause": {dripping{50 * time.Second, 16 << 10, 64 << 10}, false, 7 * time.Minute},
		"a listing at 200 bytes/s": {dripping{time.Second, 200, 100_000}, false, 9 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				b := newBody(ctx, cancel, &c.body, &client{idle: idleTimeout})
				begun := time.Now()
				_, err := io.Copy(io.Discard, b)
				took := time.Since(begun)
				if errors.Is(err, errSlow) != c.slow || !c.slow && err != nil || took > c.most {
					t.Errorf("after %s: %v", took, err)
				}
				b.Close()
			})
		})
	}
}

// What signs in is kept in no name, mark, token, error or item that a server
// sends it back in.
func TestEcho(t *testing.T) {
	auth := base64.StdEncoding.EncodeToString([]byte("alice:secret"))
	for _, form := range []string{"secret", auth, "Basic " + auth} {
		s := newSite(t, davserver.Options{})
		_, err := s.Put(book+"note.vcf", []byte(card("note", "my word is secret")))
		must(t, err)
		_, err = s.Put(book+"echo.vcf", []byte(card("echo", "Basic "+auth)))
		must(t, err)
		h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := httptest.NewRecorder()
			s.ServeHTTP(rec, r)
			for k, v := range rec.Header() {
				w.Header()[k] = v
			}
			if w.Header().Get("ETag") != "" {
				w.Header().Set("ETag", `"`+form+`"`)
			}
			w.WriteHeader(rec.Code)
			body := strings.ReplaceAll(rec.Body.String(), "<d:displayname>", "<d:displayname>"+form)
			body = strings.ReplaceAll(body, "<d:getetag>\"", "<d:getetag>\""+form)
			body = strings.ReplaceAll(body, "<d:sync-token>", "<d:sync-token>"+form)
			_, _ = io.WriteString(w, body)
		}))
		src := openSite(t, quick(h.URL))
		cs, err := src.Collections(t.Context())
		must(t, err)
		for _, c := range cs {
			if strings.Contains(c.Name, form) {
				t.Errorf("%s is in the name %q", form, c.Name)
			}
			p, err := sourcetest.NewStore().Pull(t.Context(), t, src, c)
			if err != nil {
				t.Errorf("%s: %v", form, err)
				continue
			}
			for id, it := range p.Put {
				if strings.Contains(it.Version, form) || strings.Contains(string(it.Body), auth) {
					t.Errorf("%s is in %s: version %q", form, id, it.Version)
				}
			}
			if c.Kind == export.Contacts {
				if _, ok := p.Put["note.vcf"]; !ok || p.Failed["echo.vcf"] == nil || len(p.Failed) != 1 {
					t.Errorf("%s: the note was put: %v; failed %v", form, ok, p.Failed)
				}
			}
		}
		h.Close()
	}
}
