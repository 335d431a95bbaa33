package davserver_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"sidekeep/export/davserver"
)

// A sink is a ResponseWriter that only counts.
type sink struct {
	header http.Header
	code   int
	n      int64
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(code int)        { s.code = code }
func (s *sink) Write(b []byte) (int, error) { s.n += int64(len(b)); return len(b), nil }

func large(b *testing.B, n int) *davserver.Server {
	b.Helper()
	s := davserver.New(davserver.Options{User: "alice", Open: true})
	if err := s.MakeAddressBook("/contacts/alice/All/", davserver.Collection{Name: "All"}); err != nil {
		b.Fatal(err)
	}
	for i := range n {
		if _, err := s.Put(fmt.Sprintf("/contacts/alice/All/c%06d.vcf", i), []byte(card(fmt.Sprint("uid-", i), "Some Body "+strings.Repeat("x", 400)))); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

func ask(b *testing.B, s *davserver.Server, method, path, body, depth string) {
	b.Helper()
	w := &sink{header: http.Header{}}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Depth", depth)
	s.ServeHTTP(w, r)
	if w.code != http.StatusMultiStatus {
		b.Fatalf("%d", w.code)
	}
	b.SetBytes(w.n)
}

func BenchmarkListing(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		s := large(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				ask(b, s, "PROPFIND", "/contacts/alice/All/", listBody, "1")
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/item")
		})
	}
}

func BenchmarkSync(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		s := large(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				ask(b, s, "REPORT", "/contacts/alice/All/", syncBody("", ""), "0")
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/item")
		})
	}
}

func BenchmarkMultiget(b *testing.B) {
	const n = 100
	s := large(b, 100_000)
	var hrefs []string
	for i := range n {
		hrefs = append(hrefs, fmt.Sprintf("/contacts/alice/All/c%06d.vcf", i*997%100_000))
	}
	body := multigetBody(hrefs...)
	for b.Loop() {
		ask(b, s, "REPORT", "/contacts/alice/All/", body, "0")
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/item")
}

func BenchmarkPut(b *testing.B) {
	s := large(b, 1)
	body := []byte(card("uid", "Some Body "+strings.Repeat("x", 400)))
	for i := 0; b.Loop(); i++ {
		if _, err := s.Put(fmt.Sprintf("/contacts/alice/All/p%d.vcf", i), body); err != nil {
			b.Fatal(err)
		}
	}
}

// Reading and writing at the same time must give whole answers.
func TestManyAtOnce(t *testing.T) {
	s, c := serve(t, davserver.Options{})
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 25 {
				path := fmt.Sprintf("%sg%d-%d.vcf", friends, g, i)
				if _, err := s.Put(path, []byte(card(fmt.Sprint(g, "-", i), "G"))); err != nil {
					t.Error(err)
				}
				if r, err := c.try("REPORT", friends, syncBody("", "")); err != nil || r.code != 207 || !strings.Contains(r.body, "</d:multistatus>") {
					t.Errorf("%v %d", err, r.code)
				}
				if i%3 == 0 {
					if err := s.Remove(path); err != nil {
						t.Error(err)
					}
				}
				s.SetQuirks(davserver.Tune{}, davserver.PagedSync)
			}
		})
	}
	wg.Wait()
	if n := len(bodies(t, s, friends)); n != 3+4*16 {
		t.Errorf("%d items, want %d", n, 3+4*16)
	}
}
