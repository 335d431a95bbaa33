package dav

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/sourcetest"
)

// A liar stands before a site and answers some requests itself, once it is
// armed: bad gets the body of the request and reports whether it answered.
type liar struct {
	*site
	armed atomic.Bool
	asked atomic.Int32 // requests since then
	bad   func(w http.ResponseWriter, r *http.Request, body string) bool
	url   string
}

func newLiar(t *testing.T, bad func(w http.ResponseWriter, r *http.Request, body string) bool) *liar {
	t.Helper()
	l := &liar{site: newSite(t, davserver.Options{}), bad: bad}
	h := httptest.NewUnstartedServer(l)
	h.Config.ErrorLog = quiet()
	h.Start()
	t.Cleanup(h.Close)
	l.url = h.URL
	return l
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !l.armed.Load() {
		l.site.ServeHTTP(w, r)
		return
	}
	l.asked.Add(1)
	if r.Method == http.MethodPut { // of which bad may leave a part
		if !l.bad(w, r, "") {
			l.site.ServeHTTP(w, r)
		}
		return
	}
	body, _ := io.ReadAll(r.Body)
	if l.bad(w, r, string(body)) {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	l.site.ServeHTTP(w, r)
}

// friends opens the liar and arms it.
func (l *liar) friends(t *testing.T) (*Source, export.Collection) {
	t.Helper()
	src := openSite(t, quick(l.url))
	c := collectionNamed(t, src, "Friends & Co")
	l.armed.Store(true)
	return src, c
}

func isMultiget(r *http.Request, body string) bool {
	return r.Method == "REPORT" && strings.Contains(body, "multiget")
}

// through answers as the site does, with its body changed.
func (l *liar) through(w http.ResponseWriter, r *http.Request, body string, change func(string) string) {
	rec := httptest.NewRecorder()
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(strings.NewReader(body))
	l.site.ServeHTTP(rec, again)
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.Header().Del("Content-Length")
	w.WriteHeader(rec.Code)
	_, _ = io.WriteString(w, change(rec.Body.String()))
}

// Answers that lie about one item: it fails with a cause, or comes as it is;
// the others come, and nothing that is no item is put in its place.
func TestLies(t *testing.T) {
	const one = book + "c07.vcf"
	packedAs := func(how string, pack bool) func(http.ResponseWriter, *http.Request, string) bool {
		return func(w http.ResponseWriter, r *http.Request, body string) bool {
			if isMultiget(r, body) {
				w.WriteHeader(http.StatusNotImplemented)
				return true
			}
			if r.Method != http.MethodGet || r.URL.Path != one {
				return false
			}
			r.Header.Del("Accept-Encoding")
			w.Header().Set("Content-Encoding", how)
			_, _ = io.WriteString(w, map[bool]string{true: zipped(card("c7", "Person Nº 7")), false: "\x1b\x00packed"}[pack])
			return true
		}
	}
	for name, c := range map[string]struct {
		bad  func(w http.ResponseWriter, r *http.Request, body string) bool
		fail error
	}{
		"an empty body with 200": {func(w http.ResponseWriter, r *http.Request, body string) bool {
			if isMultiget(r, body) {
				w.WriteHeader(http.StatusNotImplemented)
				return true
			}
			return r.Method == http.MethodGet && r.URL.Path == one
		}, export.ErrDamaged},
		"an empty answer to every multiget": {func(_ http.ResponseWriter, r *http.Request, body string) bool {
			return isMultiget(r, body)
		}, nil},
		"packed by gzip unasked": {packedAs("gzip", true), nil},
		"packed by another way":  {packedAs("br", false), export.ErrDamaged},
		"gzip that is none":      {packedAs("gzip", false), export.ErrDamaged},
		"an encoding that is none": {answers(one, func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "UTF-8")
			_, _ = io.WriteString(w, card("c7", "Person Nº 7"))
		}), nil},
		"packed twice":             {packedAs("gzip, gzip", true), export.ErrDamaged},
		"it redirects without end": {redirects(one, "/again"), export.ErrNotDAV},
		"it redirects to a file":   {redirects(one, "file:///etc/passwd"), export.ErrNotDAV},
		"it redirects to nowhere":  {redirects(one, ""), export.ErrNotDAV},
		"a part nobody asked for":  {answers(one, func(w http.ResponseWriter) { w.WriteHeader(206); _, _ = io.WriteString(w, "BEGIN") }), nil},
		"no content":               {answers(one, func(w http.ResponseWriter) { w.WriteHeader(204) }), export.ErrDamaged},
		"a sign-in in the middle":  {once(answers(one, func(w http.ResponseWriter) { w.Header().Set("WWW-Authenticate", "Basic"); w.WriteHeader(401) })), nil},
		"a name with its own slash": {answers(one, func(w http.ResponseWriter) {
			w.Header().Set("ETag", strings.Repeat("x", 100_000))
			_, _ = io.WriteString(w, "BEGIN:VCARD\r\nEND:VCARD\r\n")
		}), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLiar(t, c.bad)
			src, friends := l.friends(t)
			p, err := sourcetest.NewStore().Pull(t.Context(), t, src, friends)
			must(t, err)
			if got := p.Failed["c07.vcf"]; c.fail != nil && !errors.Is(got, c.fail) || c.fail == nil && got != nil {
				t.Errorf("it failed with %v, want %v", got, c.fail)
			}
			if len(p.Put)+len(p.Failed) != 23 || len(p.Failed) > 1 {
				t.Errorf("put %d, failed %v", len(p.Put), p.Failed)
			}
			for id, it := range p.Put {
				if !strings.HasPrefix(string(it.Body), "BEGIN") {
					t.Errorf("%s is %q", id, it.Body)
				}
			}
			if n := l.asked.Load(); n > 120 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func zipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, s)
	_ = z.Close()
	return b.String()
}

// answers lets one item be answered by write, and multiget not at all.
func answers(path string, write func(w http.ResponseWriter)) func(http.ResponseWriter, *http.Request, string) bool {
	return func(w http.ResponseWriter, r *http.Request, body string) bool {
		switch {
		case isMultiget(r, body):
			w.WriteHeader(http.StatusNotImplemented)
		case r.Method == http.MethodGet && r.URL.Path == path:
			write(w)
		default:
			return false
		}
		return true
	}
}

func redirects(path, to string) func(http.ResponseWriter, *http.Request, string) bool {
	return func(w http.ResponseWriter, r *http.Request, body string) bool {
		if strings.HasPrefix(r.URL.Path, "/again") {
			w.Header().Set("Location", r.URL.Path+"/again")
			w.WriteHeader(http.StatusFound)
			return true
		}
		return answers(path, func(w http.ResponseWriter) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusMovedPermanently)
		})(w, r, body)
	}
}

func once(bad func(http.ResponseWriter, *http.Request, string) bool) func(http.ResponseWriter, *http.Request, string) bool {
	var n atomic.Int32
	return func(w http.ResponseWriter, r *http.Request, body string) bool {
		if isMultiget(r, body) {
			return bad(w, r, body)
		}
		return r.Method == http.MethodGet && n.Load() == 0 && bad(w, r, body) && n.Add(1) > 0
	}
}

// Listings that lie end with a cause, and never as a shorter list.
func TestLyingListings(t *testing.T) {
	const begin, end = `<d:multistatus xmlns:d="DAV:">`, `</d:multistatus>`
	item := func(href string) string {
		return `<d:response><d:href>` + href + `</d:href><d:propstat><d:prop><d:resourcetype/><d:getetag>"1"</d:getetag><d:getcontentlength>60</d:getcontentlength></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`
	}
	listing := func(answer func(w http.ResponseWriter, sync bool, n int)) func(http.ResponseWriter, *http.Request, string) bool {
		var n atomic.Int32
		return func(w http.ResponseWriter, r *http.Request, body string) bool {
			sync := strings.Contains(body, "sync-collection")
			if r.URL.Path != book || !sync && r.Method != "PROPFIND" {
				return false
			}
			answer(w, sync, int(n.Add(1)))
			return true
		}
	}
	for name, c := range map[string]struct {
		answer func(w http.ResponseWriter, sync bool, n int)
		cause  error // nil: the items that want says
		want   int
	}{
		"two answers one behind the other": {func(w http.ResponseWriter, _ bool, _ int) {
			w.WriteHeader(207)
			_, _ = io.WriteString(w, begin+item(book)+item(book+"c01.vcf")+end+"\n"+begin+item(book+"c02.vcf")+end)
		}, export.ErrDamaged, 0},
		"an answer within an answer": {func(w http.ResponseWriter, _ bool, _ int) {
			w.WriteHeader(207)
			_, _ = io.WriteString(w, begin+`<d:response><d:href>`+book+`</d:href>`+begin+item(book+"c01.vcf")+end+`<d:status>HTTP/1.1 207 Multi-Status</d:status></d:response>`+item(book+"c02.vcf")+end)
		}, nil, 1},
		"an empty body with 200": {func(w http.ResponseWriter, _ bool, _ int) { w.WriteHeader(200) }, export.ErrNotDAV, 0},
		"an empty answer":        {func(w http.ResponseWriter, _ bool, _ int) { w.WriteHeader(207); _, _ = io.WriteString(w, begin+end) }, export.ErrDamaged, 0},
		"pages without end": {func(w http.ResponseWriter, sync bool, n int) {
			if !sync {
				w.WriteHeader(500)
				return
			}
			w.WriteHeader(207)
			_, _ = fmt.Fprintf(w, begin+`<d:response><d:href>%s</d:href><d:status>HTTP/1.1 507 More</d:status></d:response><d:sync-token>page-%d</d:sync-token>`+end, book, n)
		}, export.ErrFault, 0},
		"an address of 20 KB": {func(w http.ResponseWriter, _ bool, _ int) {
			w.WriteHeader(207)
			_, _ = io.WriteString(w, begin+item(book)+item(book+"c01.vcf")+item(book+strings.Repeat("x", 20_000)+".vcf")+end)
		}, export.ErrDamaged, 0},
		"one item in many spellings": {func(w http.ResponseWriter, _ bool, _ int) {
			w.WriteHeader(207)
			_, _ = io.WriteString(w, begin+item(book))
			for _, href := range []string{
				book + "c01.vcf", book + "%6301.vcf", book + "./c01.vcf", book + "%2e/c01.vcf", book + "x/../c01.vcf", book + "x/%2e%2E/c01.vcf",
				"c01.vcf", "./c01.vcf", "../Friends/c01.vcf", "%2e%2e/Friends/c01.vcf", "http://elsewhere.example" + book + "c01.vcf", "https://127.0.0.1:1" + book + "x/%2e./c01.vcf",
			} {
				_, _ = io.WriteString(w, item(href))
			}
			_, _ = io.WriteString(w, end)
		}, nil, 1},
		"addresses above the root": {func(w http.ResponseWriter, _ bool, _ int) {
			w.WriteHeader(207)
			_, _ = io.WriteString(w, begin+item(book)+item(book+"../../../../../..")+item("/..")+item("../../../../../..%2f..%2fetc%2fpasswd")+end)
		}, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLiar(t, listing(c.answer))
			src, friends := l.friends(t)
			begun := time.Now()
			var seen []string
			listed := 0
			_, err := src.Pull(t.Context(), friends, emptyHave{}, &namesSink{&seen, &listed})
			if c.cause != nil && !errors.Is(err, c.cause) || c.cause == nil && (err != nil || listed != c.want) {
				t.Errorf("%v, listed %d: %q; want %v, %d", err, listed, seen, c.cause, c.want)
			}
			if l.asked.Load() > 60 || time.Since(begun) > 20*time.Second {
				t.Errorf("%d requests in %s", l.asked.Load(), time.Since(begun))
			}
		})
	}
}

// A namesSink notes what comes.
type namesSink struct {
	seen   *[]string
	listed *int
}

func (s *namesSink) Listed(n int, _ bool) error { *s.listed = n; return nil }
func (s *namesSink) Seen(id, _ string) error    { return nil }
func (s *namesSink) Gone(string) error          { return nil }
func (s *namesSink) Put(_ context.Context, it export.Item) error {
	*s.seen = append(*s.seen, it.ID)
	return nil
}

// One path is one ID, with or without dots in it; none leads to another host or
// above the root.
func TestUndotted(t *testing.T) {
	for in, want := range map[string]string{
		"/a/b.vcf":            "/a/b.vcf",
		"/a/./b":              "/a/b",
		"/a/../b":             "/b",
		"/a/%2e%2e/b":         "/b",
		"/a/%2E./b":           "/b",
		"/a/b/..":             "/a/",
		"/a/b/.":              "/a/b/",
		"/..":                 "/",
		"/../../x":            "/x",
		"/a/.hidden":          "/a/.hidden",
		"/a/..b/c":            "/a/..b/c",
		"/a/%2e%2e%2fb":       "/a/%2e%2e%2fb",
		"/a/./b?x=/../y":      "/a/b?x=/../y",
		"/a/b?x=/../y":        "/a/b?x=/../y",
		"//evil.example/../x": "//x",
	} {
		if got := undotted(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// ETags that are others in each answer cost a transfer each time and lose
// nothing; those that are weak or missing do so less.
func TestETagsChange(t *testing.T) {
	var n atomic.Int64
	var l *liar
	l = newLiar(t, func(w http.ResponseWriter, r *http.Request, body string) bool {
		if r.Method == http.MethodGet || r.Method == "PROPFIND" || r.Method == "REPORT" {
			rec := httptest.NewRecorder()
			again := r.Clone(r.Context())
			again.Body = io.NopCloser(strings.NewReader(body))
			l.site.ServeHTTP(rec, again)
			for k, v := range rec.Header() {
				w.Header()[k] = v
			}
			w.Header().Del("Content-Length")
			if w.Header().Get("ETag") != "" {
				w.Header().Set("ETag", fmt.Sprintf(`"%d"`, n.Add(1)))
			}
			w.WriteHeader(rec.Code)
			out := rec.Body.String()
			for strings.Contains(out, "<d:getetag>\"") {
				i := strings.Index(out, "<d:getetag>\"")
				j := i + strings.Index(out[i:], "</d:getetag>")
				out = out[:i] + fmt.Sprintf("<d:getetag>&quot;%d&quot;", n.Add(1)) + out[j:]
			}
			_, _ = io.WriteString(w, out)
			return true
		}
		return false
	})
	l.SetQuirks(davserver.Tune{}, davserver.NoSyncToken)
	src, friends := l.friends(t)
	store := sourcetest.NewStore()
	for range 2 {
		p, err := store.Pull(t.Context(), t, src, friends)
		must(t, err)
		if len(p.Put) != 23 || len(p.Failed) != 0 {
			t.Errorf("put %d, failed %v", len(p.Put), p.Failed)
		}
	}
	sourcetest.CheckBytes(t, l.fixture(t, src), friends, store)
}

// The credentials as they are sent stand in no ID of a collection and no name of
// a principal. A word that is the password too may: see TestSkipped.
func TestEchoInCollections(t *testing.T) {
	src := openSite(t, quick(newSite(t, davserver.Options{}).url))
	auth := strings.TrimRight(base64.StdEncoding.EncodeToString([]byte("alice:secret")), "=")
	u := *src.homes[0]
	src.principal = at(&u, "/principals/"+auth+"/")
	who, err := src.Identity(t.Context())
	if err != nil || who != "/principals/withheld/" {
		t.Errorf("identity %q, %v", who, err)
	}
	for in, want := range map[string]string{auth: "withheld", "secret": "secret"} {
		list := src.remember([]*collection{{url: at(&u, "/contacts/"+in+"/"), Collection: export.Collection{Name: in, Kind: export.Contacts}}})
		if len(list) != 1 || list[0].ID != "/contacts/"+want+"/" || list[0].Name != want {
			t.Errorf("%s: %+v", in, list)
		}
	}
}
