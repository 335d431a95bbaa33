package dav

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sidekeep/export/davserver"
	"sidekeep/export/sourcetest"
)

func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{
		"/a/b.vcf":      "/a/b.vcf",
		"/%61/b%2evcf":  "/a/b.vcf",
		"/a b":          "/a%20b",
		"/Ü":            "/%C3%9C",
		"/%c3%9c":       "/%C3%9C",
		"/a%2fb":        "/a%2Fb",
		"/100%.vcf":     "/100%25.vcf",
		"/a@b:c;d,e":    "/a@b:c;d,e",
		"/a%40b%3Ac%3B": "/a@b:c;",
		"/q?x":          "/q%3Fx",
		"/%":            "/%25",
		"/\"<>\\^`{|}":  "/%22%3C%3E%5C%5E%60%7B%7C%7D",
	} {
		if got := canonical(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzHref(f *testing.F) {
	for _, s := range []string{"/a/b", "b c", "http://x/y", "//x/../y", "%zz", "../..", "a#b", "a?b"} {
		f.Add(s)
	}
	base, _ := url.Parse("https://example.org/a/b%20c/")
	f.Fuzz(func(t *testing.T, href string) {
		if c := canonical(href); c != canonical(c) {
			t.Fatalf("%q: one spelling is %q, its own is %q", href, c, canonical(c))
		}
		n := namer{prefix: "/a/b%20c/"}
		id, path, _ := n.id(base, href)
		u := at(base, path)
		if u.Host != base.Host || u.Scheme != base.Scheme {
			t.Fatalf("%q leads to %s", href, u)
		}
		if _, err := http.NewRequest("GET", u.String(), nil); err != nil {
			t.Fatalf("%q: %v", href, err)
		}
		_ = id
		resolve(base, href)
		lastName(path)
		folderOf(path)
	})
}

// The examples of RFC 7616, section 3.9.1, and of RFC 2069.
func TestDigest(t *testing.T) {
	const header = `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=%s, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
	for algorithm, want := range map[string]string{
		"MD5":     "8ca523f5e9506fed4657c9700eebdbec",
		"SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
	} {
		c := choose([]string{fmt.Sprintf(header, algorithm)}, false)
		got := digestHeader(c, 1, "Mufasa", "Circle of Life", "GET", "/dir/index.html", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")
		if !strings.Contains(got, `response="`+want+`"`) || !strings.Contains(got, "nc=00000001") {
			t.Errorf("%s: %s", algorithm, got)
		}
	}
	old := choose([]string{`Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"`}, false)
	got := digestHeader(old, 1, "Mufasa", "CircleOfLife", "GET", "/dir/index.html", "")
	if !strings.Contains(got, `response="1949323746fe6a43ef61f9606e7febea"`) {
		t.Errorf("RFC 2069: %s", got)
	}
}

func TestChoose(t *testing.T) {
	for name, c := range map[string]struct {
		headers []string
		token   bool
		want    scheme
		alg     string
	}{
		"basic":            {[]string{`Basic realm="x"`}, false, basic, ""},
		"digest in one":    {[]string{`Basic realm="a, b", Digest realm="x", nonce="1", qop="auth"`}, false, digest, ""},
		"the stronger":     {[]string{`Digest realm="x", nonce="1", algorithm=MD5`, `Digest realm="x", nonce="2", algorithm=SHA-256`}, false, digest, "SHA-256"},
		"unknown digest":   {[]string{`Digest realm="x", nonce="1", algorithm=SHA3-256`, "Basic"}, false, basic, ""},
		"SHA-512-256":      {[]string{`Digest realm="x", nonce="1", algorithm=SHA-512-256`, "Basic"}, false, digest, "SHA-512-256"},
		"only auth-int":    {[]string{`Digest realm="x", nonce="1", qop="auth-int"`}, false, noScheme, ""},
		"negotiate":        {[]string{"Negotiate", "NTLM abc=="}, false, noScheme, ""},
		"negotiate, basic": {[]string{"Negotiate", `Basic realm=x`}, false, basic, ""},
		"nothing":          {nil, false, basic, ""},
		"bearer":           {[]string{`Bearer realm="x"`, "Basic"}, true, bearer, ""},
	} {
		if got := choose(c.headers, c.token); got.scheme != c.want || got.algorithm != c.alg {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func FuzzChallenges(f *testing.F) {
	f.Add(`Basic realm="a, b", Digest realm="x\"y", nonce="1", qop="auth"`)
	f.Fuzz(func(t *testing.T, h string) { choose([]string{h}, len(h)%2 == 0) })
}

// The last record of an item counts; one to retry gives way to one that the
// listing names.
func TestSpool(t *testing.T) {
	for _, n := range []int{10, 20_000} { // in memory, in a file
		s := newSpool()
		defer s.Close()
		want := map[string]record{}
		add := func(r record) {
			must(t, s.add(r))
			if _, ok := want[r.id]; !ok || r.flags&flagRetry == 0 {
				want[r.id] = r
			}
		}
		for i := range n {
			add(record{id: fmt.Sprint("item", i), etag: fmt.Sprint(rand.Int()), path: strings.Repeat("p", i%50), size: int64(i) - 1, modified: int64(i)})
		}
		must(t, s.settle())
		for i := range n / 5 {
			add(record{id: fmt.Sprint("item", i), etag: "changed"})
			add(record{id: fmt.Sprint("item", 2*i), flags: flagGone})
			add(record{id: fmt.Sprint("item", 3*i), flags: flagRetry})
			add(record{id: fmt.Sprint("new", i), flags: flagRetry})
		}
		for range 2 {
			must(t, s.settle())
			present, got := 0, map[string]record{}
			must(t, s.each(func(r *record) error {
				if _, twice := got[r.id]; twice {
					t.Errorf("%s twice", r.id)
				}
				got[r.id] = *r
				if r.flags&flagGone == 0 {
					present++
				}
				return nil
			}))
			if len(got) != len(want) || present != s.present {
				t.Fatalf("%d items, want %d; present %d, counted %d", len(got), len(want), s.present, present)
			}
			for id, r := range want {
				if got[id] != r {
					t.Fatalf("%s: got %+v, want %+v", id, got[id], r)
				}
			}
		}
		must(t, s.clear())
		must(t, s.each(func(r *record) error { return fmt.Errorf("%s is left", r.id) }))
	}
}

func TestForms(t *testing.T) {
	for _, c := range []struct {
		f        form
		in, want string
	}{
		{asGiven, "a\nb\r\n", "a\nb\r\n"}, {withCRLF, "a\nb\r\nc", "a\r\nb\r\nc"}, {withCRLF, "", ""}, {withLF, "a\r\nb\n", "a\nb\n"},
	} {
		if got := string(c.f.apply(nil, []byte(c.in))); got != c.want || c.f.length([]byte(c.in)) != int64(len(c.want)) {
			t.Errorf("%d %q: got %q", c.f, c.in, got)
		}
	}
}

// Without any length, a sample decides for the collection, and it decides for
// GET if it has both kinds of line ends.
func TestNoLengthAnywhere(t *testing.T) {
	for name, mixed := range map[string]bool{"all CRLF": false, "LF beside CRLF": true} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, davserver.Options{Quirks: []davserver.Quirk{davserver.NoContentLength, davserver.LFInXML}})
			if !mixed {
				for i := range 18 {
					_, err := s.Put(fmt.Sprintf("%sc%02d.vcf", book, i), []byte(card(fmt.Sprint("c", i), "Person")))
					must(t, err)
				}
			}
			src := openSite(t, quick(s.url))
			friends := collectionNamed(t, src, "Friends & Co")
			store := sourcetest.NewStore()
			_, err := store.Pull(t.Context(), t, src, friends)
			must(t, err)
			sourcetest.CheckBytes(t, s.fixture(t, src), friends, store)
		})
	}
}
