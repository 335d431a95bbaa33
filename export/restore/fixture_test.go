package restore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/source"
	"sidekeep/export/source/dav"
)

// open signs in to a server that runs until the test ends.
func open(t testing.TB, s *davserver.Server) *dav.Source {
	t.Helper()
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return openAt(t, h.URL+"/", "phone", "")
}

func openAt(t testing.TB, url, user, password string) *dav.Source {
	t.Helper()
	src, err := openSource(t.Context(), url, user, password)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	return src
}

func openSource(ctx context.Context, url, user, password string) (*dav.Source, error) {
	host := strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/")
	return dav.Open(ctx, dav.Config{Address: url, User: user, Trust: source.Trust{Plain: []string{host}},
		Secret: func(context.Context) (string, error) { return password, nil }})
}

// A shelf holds items in memory, as an archive would.
type shelf struct {
	items  []Item
	bodies map[[32]byte][]byte
}

func (s *shelf) all() Items {
	return func(yield func(Item, error) bool) {
		for _, it := range s.items {
			if !yield(it, nil) {
				return
			}
		}
	}
}

// Old finds bytes by their hash.
func (s *shelf) Old(_ context.Context, hash [32]byte) (io.ReadCloser, error) {
	b, ok := s.bodies[hash]
	if !ok {
		return nil, export.ErrGone
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

func (s *shelf) add(it Item, raw []byte) {
	it.Hash, it.Size = sha256.Sum256(raw), int64(len(raw))
	it.Open = func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil }
	if s.bodies == nil {
		s.bodies = map[[32]byte][]byte{}
	}
	s.items, s.bodies[it.Hash] = append(s.items, it), raw
}

// taken exports everything that a source has onto a shelf.
func taken(t testing.TB, src export.Source, account string) *shelf {
	t.Helper()
	cs, err := src.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{}
	for _, c := range cs {
		k := &collector{shelf: s, account: account, c: c}
		if _, err := src.Pull(t.Context(), c, nothing{}, k); err != nil {
			t.Fatal(err)
		}
	}
	slices.SortFunc(s.items, func(a, b Item) int { return strings.Compare(a.Collection.ID+a.ID, b.Collection.ID+b.ID) })
	return s
}

type collector struct {
	scanner
	shelf   *shelf
	account string
	c       export.Collection
}

func (k *collector) Put(ctx context.Context, it export.Item) error {
	raw, err := readAll(body(ctx, it))
	if err != nil {
		return err
	}
	r := read(k.c.Kind, raw)
	kind := k.c.Kind
	if kind == export.Events && bytes.Contains(raw, []byte("BEGIN:VTODO")) {
		kind = export.Todos
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.shelf.add(Item{Account: k.account, Collection: k.c, ID: it.ID, UID: r.uid, Name: r.name, File: it.Name, Folder: it.Folder, Kind: kind, Modified: it.Modified}, raw)
	return nil
}

func vcf(n int) []byte {
	return fmt.Appendf(nil, "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:c%d\r\nFN:Person %d\r\nN:%d;Person;;;\r\nTEL;TYPE=HOME:+49 30 %d\r\nEMAIL:p%d@example.org\r\nEND:VCARD\r\n", n, n, n, n, n)
}

func ics(n int) []byte {
	return fmt.Appendf(nil, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nBEGIN:VEVENT\r\nUID:e%d\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:202601%02dT%02d0000Z\r\nDURATION:PT1H\r\nSUMMARY:Event %d\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", n, n%28+1, n%24, n)
}

func todo(n int) []byte {
	return fmt.Appendf(nil, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nBEGIN:VTODO\r\nUID:t%d\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:Do %d\r\nEND:VTODO\r\nEND:VCALENDAR\r\n", n, n)
}

const (
	book  = "/contacts/phone/All/"
	cal   = "/calendars/phone/Home/"
	tasks = "/calendars/phone/Tasks/"
)

// empty is a server with a book, a calendar and a task list.
func empty(t testing.TB, o davserver.Options) *davserver.Server {
	t.Helper()
	o.Open = true
	s := davserver.New(o)
	for _, err := range []error{
		s.MakeAddressBook(book, davserver.Collection{Name: "Contacts"}),
		s.MakeCalendar(cal, davserver.Collection{Name: "Home", Components: []string{"VEVENT"}}),
		s.MakeCalendar(tasks, davserver.Collection{Name: "Tasks", Components: []string{"VTODO"}}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// filled is such a server with n of each.
func filled(t testing.TB, n int) *davserver.Server {
	t.Helper()
	s := empty(t, davserver.Options{})
	for i := range n {
		put(t, s, fmt.Sprintf("%sc%d.vcf", book, i), vcf(i))
		put(t, s, fmt.Sprintf("%se%d.ics", cal, i), ics(i))
		put(t, s, fmt.Sprintf("%st%d.ics", tasks, i), todo(i))
	}
	return s
}

func put(t testing.TB, s *davserver.Server, path string, raw []byte) {
	t.Helper()
	if _, err := s.Put(path, raw); err != nil {
		t.Fatal(err)
	}
}

func remove(t testing.TB, s *davserver.Server, paths ...string) {
	t.Helper()
	for _, p := range paths {
		if err := s.Remove(p); err != nil {
			t.Fatal(err)
		}
	}
}

func plan(t testing.TB, w export.Writer, items Items, o Options) *Plan {
	t.Helper()
	p, err := Make(t.Context(), w, items, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func counts(t testing.TB, p *Plan, want Counts) {
	t.Helper()
	if got := p.Counts(); got != want {
		for _, l := range p.Lines {
			if l.State != Identical {
				t.Logf("%s %s: %s %v", l.Item.Collection.Name, l.Item.Name, l.State, l.Err)
			}
		}
		t.Errorf("the plan says %+v, not %+v", got, want)
	}
}
