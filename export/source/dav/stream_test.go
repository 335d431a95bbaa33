package dav

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/sourcetest"
)

// A gallery is a WebDAV folder with one picture and a network that breaks.
type gallery struct {
	mu       sync.Mutex
	body     []byte
	etag     string // of PROPFIND and GET
	noETag   bool
	noRange  bool
	chunked  bool
	cuts     int // answers by GET that break off
	at       int // after this many bytes
	onCut    func(g *gallery)
	requests []string // of GETs: "Range If-Range"
}

func (g *gallery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	modified := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	if r.Method == "PROPFIND" {
		etag := "<getetag>" + strings.ReplaceAll(g.etag, `"`, "&quot;") + "</getetag>"
		if g.noETag {
			etag = ""
		}
		w.WriteHeader(207)
		fmt.Fprintf(w, `<multistatus xmlns="DAV:"><response><href>/</href><propstat><prop><resourcetype><collection/></resourcetype></prop><status>HTTP/1.1 200 OK</status></propstat></response>`+
			`<response><href>/a.jpg</href><propstat><prop><resourcetype/>%s<getcontentlength>%d</getcontentlength><getlastmodified>%s</getlastmodified></prop><status>HTTP/1.1 200 OK</status></propstat></response></multistatus>`,
			etag, len(g.body), modified.Format(http.TimeFormat))
		return
	}
	g.requests = append(g.requests, strings.TrimSpace(r.Header.Get("Range")+" "+r.Header.Get("If-Range")))
	if !g.noETag {
		w.Header().Set("ETag", g.etag)
	}
	if g.noRange {
		r.Header.Del("Range")
	}
	if g.cuts > 0 {
		g.cuts--
		w = &cutter{w, g.at}
		defer func() {
			if g.onCut != nil {
				g.onCut(g)
			}
			http.NewResponseController(w.(*cutter).ResponseWriter).Flush()
			panic(http.ErrAbortHandler)
		}()
	}
	if g.chunked {
		io.Copy(struct{ io.Writer }{w}, bytes.NewReader(g.body))
		return
	}
	http.ServeContent(w, r, "a.jpg", modified, bytes.NewReader(g.body))
}

type cutter struct {
	http.ResponseWriter
	left int
}

func (c *cutter) Write(p []byte) (int, error) {
	n := min(len(p), c.left)
	c.left -= n
	c.ResponseWriter.Write(p[:n])
	if n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

func newGallery(t *testing.T) (*gallery, *Source, export.Collection) {
	g := &gallery{body: bytes.Repeat([]byte("0123456789"), 100_000), etag: `"v1"`}
	h := httptest.NewUnstartedServer(g)
	h.Config.ErrorLog = quiet()
	h.Start()
	t.Cleanup(h.Close)
	cfg := quick("")
	cfg.Photos = h.URL
	src := openSite(t, cfg)
	return g, src, collectionNamed(t, src, "Photos")
}

// A picture whose transfer breaks off goes on where it was, and is whole or
// failed, never half.
func TestResume(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(g *gallery)
		want []string // of GETs
		fail error
	}{
		"not needed":      {func(g *gallery) {}, []string{""}, nil},
		"by ETag":         {func(g *gallery) { g.cuts, g.at = 2, 300_000 }, []string{"", `bytes=300000- "v1"`, `bytes=600000- "v1"`}, nil},
		"by date":         {func(g *gallery) { g.cuts, g.at, g.noETag = 1, 300_000, true }, []string{"", `bytes=300000- Fri, 01 May 2026 12:00:00 GMT`}, nil},
		"weak ETag":       {func(g *gallery) { g.cuts, g.at, g.etag = 1, 300_000, `W/"v1"` }, []string{"", `bytes=300000- Fri, 01 May 2026 12:00:00 GMT`}, nil},
		"no Range":        {func(g *gallery) { g.cuts, g.at, g.noRange = 1, 300_000, true }, []string{"", `bytes=300000- "v1"`}, nil},
		"changed":         {func(g *gallery) { g.cuts, g.at, g.onCut = 1, 300_000, func(g *gallery) { g.etag = `"v2"` } }, []string{"", `bytes=300000- "v1"`}, export.ErrDamaged},
		"cut at once":     {func(g *gallery) { g.cuts, g.at = 100, 0 }, nil, export.ErrDamaged},
		"chunked":         {func(g *gallery) { g.chunked = true }, []string{""}, nil},
		"chunked and cut": {func(g *gallery) { g.chunked, g.cuts, g.at = true, 1, 300_000 }, []string{"", `bytes=300000- "v1"`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			g, src, photos := newGallery(t)
			c.set(g)
			p := sourcetest.NewPulled(t, sourcetest.NewStore())
			must(t, p.Run(t.Context(), src, photos))
			if c.fail != nil {
				if !errors.Is(p.Failed["a.jpg"], c.fail) {
					t.Errorf("put %d, failed %v", len(p.Put), p.Failed)
				}
			} else if !bytes.Equal(p.Put["a.jpg"].Body, g.body) {
				t.Errorf("got %d bytes of %d, failed %v", len(p.Put["a.jpg"].Body), len(g.body), p.Failed)
			}
			if c.want != nil && strings.Join(g.requests, "|") != strings.Join(c.want, "|") {
				t.Errorf("asked %q, want %q", g.requests, c.want)
			}
		})
	}
}

// halfHave has the beginning of a.jpg from an earlier run.
type halfHave struct {
	emptyHave
	version string
}

func (h halfHave) Partial(string) (string, int64, error) { return h.version, 400_000, nil }

// openSink opens an item where the archive left off.
type openSink struct {
	from int64
	got  []byte
	at   int64
	it   export.Item
	err  error
}

func (s *openSink) Listed(int, bool) error    { return nil }
func (s *openSink) Seen(string, string) error { return nil }
func (s *openSink) Gone(string) error         { return nil }
func (s *openSink) Put(ctx context.Context, it export.Item) error {
	s.it = it
	if s.err = it.Err; s.err != nil {
		return nil
	}
	r, at, err := it.Open(ctx, s.from)
	if err == nil {
		defer r.Close()
		s.at = at
		s.got, err = io.ReadAll(r)
	}
	s.err = err
	return nil
}

// What an earlier run has of a picture is not fetched again, if it is still of
// this version.
func TestPartial(t *testing.T) {
	for _, c := range []struct {
		have string
		from int64
		at   int64
		want []string
	}{
		{"v1", 400_000, 400_000, []string{`bytes=400000- "v1"`}},
		{"v0", 0, 0, []string{""}},
		{"v1", 0, 0, []string{`bytes=400000- "v1"`, ""}},
		{"", 500_000, 0, []string{""}},
	} {
		g, src, photos := newGallery(t)
		sink := &openSink{from: c.from}
		_, err := src.Pull(t.Context(), photos, halfHave{version: c.have}, sink)
		must(t, err)
		if sink.err != nil || sink.at != c.at || !bytes.Equal(sink.got, g.body[c.at:]) || sink.it.Size != 1_000_000 || sink.it.Version != "v1" {
			t.Errorf("%+v: starts at %d with %d bytes, size %d, version %q, %v", c, sink.at, len(sink.got), sink.it.Size, sink.it.Version, sink.err)
		}
		if strings.Join(g.requests, "|") != strings.Join(c.want, "|") {
			t.Errorf("%+v: asked %q", c, g.requests)
		}
	}
}

// A server whose folders lead in circles does not hold the walk up.
func TestWalkInCircles(t *testing.T) {
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			io.WriteString(w, "picture")
			return
		}
		folder := func(href string) string {
			return `<response><href>` + href + `</href><propstat><prop><resourcetype><collection/></resourcetype></prop><status>HTTP/1.1 200 OK</status></propstat></response>`
		}
		file := func(href string) string {
			return `<response><href>` + href + `</href><propstat><prop><resourcetype/><getetag>"1"</getetag></prop><status>HTTP/1.1 200 OK</status></propstat></response>`
		}
		w.WriteHeader(207)
		io.WriteString(w, `<multistatus xmlns="DAV:">`)
		switch r.URL.Path {
		case "/photos/":
			// Itself, twice and without its slash, its parent, a stranger, and
			// its folder in three spellings.
			io.WriteString(w, folder("/photos")+folder("/photos/")+folder("/")+folder("/elsewhere/")+file("/elsewhere/x.jpg")+
				folder("/photos/S%C3%BCd/")+folder("http://internal:8080/photos/S%c3%bcd/")+folder("Süd/")+file("/photos/%61.jpg")+file("a.jpg"))
		case "/photos/Süd/":
			io.WriteString(w, folder("/photos/S%C3%BCd/")+folder("/photos/")+folder("../")+file("b.jpg")+file("/photos/S%C3%BCd/100%.jpg"))
		default:
			t.Errorf("asked for %s", r.URL.Path)
		}
		io.WriteString(w, `</multistatus>`)
	}))
	defer h.Close()
	cfg := quick("")
	cfg.Photos = h.URL + "/photos/"
	src := openSite(t, cfg)
	p, err := sourcetest.NewStore().Pull(t.Context(), t, src, collectionNamed(t, src, "photos"))
	must(t, err)
	for _, id := range []string{"a.jpg", "S%C3%BCd/b.jpg", "S%C3%BCd/100%25.jpg"} {
		if _, ok := p.Put[id]; !ok {
			t.Errorf("%s is missing in %v", id, p.Put)
		}
	}
	if len(p.Put) != 3 {
		t.Errorf("got %d items", len(p.Put))
	}
}
