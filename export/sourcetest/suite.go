package sourcetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"sidekeep/export"
)

// A Fixture is a source with what a test has to know of it.
type Fixture struct {
	Source export.Source
	// Bytes reads an item in another way than the source does, e.g. by a plain
	// GET.
	Bytes func(c export.Collection, id string) ([]byte, error)
	// Items is how many items each collection has, by the collection's name;
	// at least one collection has five or more.
	Items map[string]int
	// Add adds an item to a collection and Remove removes one, at the source
	// itself. Both nil if it cannot be changed.
	Add    func(c export.Collection) error
	Remove func(c export.Collection, id string) error
}

// Run holds a source to the promises of export.Source. open is called for
// every part, so that none depends on another; the source is closed by Run.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	for _, part := range []struct {
		name string
		run  func(t *testing.T, f Fixture)
	}{
		{"collections", testCollections},
		{"everything", testEverything},
		{"nothing changed", testUnchanged},
		{"retry", testRetry},
		{"changes", testChanges},
		{"sink ends", testSinkEnds},
		{"have fails", testHaveFails},
		{"cancelled", testCancelled},
		{"cancelled before", testCancelledBefore},
	} {
		t.Run(part.name, func(t *testing.T) {
			f := open(t)
			defer func() {
				if err := f.Source.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			}()
			part.run(t, f)
		})
	}
}

func collections(t *testing.T, f Fixture) []export.Collection {
	t.Helper()
	cs, err := f.Source.Collections(t.Context())
	if err != nil {
		t.Fatalf("Collections: %v", err)
	}
	return cs
}

// largest is the collection with the most items.
func largest(t *testing.T, f Fixture) export.Collection {
	t.Helper()
	cs := collections(t, f)
	c := slices.MaxFunc(cs, func(a, b export.Collection) int { return f.Items[a.Name] - f.Items[b.Name] })
	if f.Items[c.Name] < 5 {
		t.Fatalf("the fixture has no collection with five items")
	}
	return c
}

func pull(t *testing.T, s *Store, f Fixture, c export.Collection) *Pulled {
	t.Helper()
	p, err := s.Pull(t.Context(), t, f.Source, c)
	if err != nil {
		t.Fatalf("Pull of %q: %v", c.Name, err)
	}
	return p
}

func testCollections(t *testing.T, f Fixture) {
	cs := collections(t, f)
	if again := collections(t, f); !slices.Equal(cs, again) {
		t.Errorf("listed twice, the collections differ:\n%v\n%v", cs, again)
	}
	ids, names := map[string]bool{}, map[string]bool{}
	for _, c := range cs {
		if c.ID == "" || ids[c.ID] {
			t.Errorf("the ID %q is empty or not the only one", c.ID)
		}
		if !slices.Contains(export.Kinds(), c.Kind) {
			t.Errorf("%q has the kind %q", c.Name, c.Kind)
		}
		ids[c.ID], names[c.Name] = true, true
		if _, ok := f.Items[c.Name]; !ok {
			t.Errorf("there is a collection %q that the fixture does not name", c.Name)
		}
		if n, err := export.Count(t.Context(), f.Source, c); err != nil || n != -1 && n != f.Items[c.Name] {
			t.Errorf("Count of %q: %d, %v, want %d", c.Name, n, err, f.Items[c.Name])
		}
	}
	for name := range f.Items {
		if !names[name] {
			t.Errorf("the collection %q is missing in %v", name, cs)
		}
	}
}

func testEverything(t *testing.T, f Fixture) {
	for _, c := range collections(t, f) {
		s := NewStore()
		p := pull(t, s, f, c)
		if !p.Full || p.Listed != f.Items[c.Name] || len(p.Put) != p.Listed {
			t.Errorf("%q: full=%v, listed %d, put %d, failed %v; want %d", c.Name, p.Full, p.Listed, len(p.Put), p.Failed, f.Items[c.Name])
		}
		CheckBytes(t, f, c, s)
	}
}

// CheckBytes compares every item of s with what the source answers for it.
func CheckBytes(t *testing.T, f Fixture, c export.Collection, s *Store) {
	t.Helper()
	for id, it := range s.Items() {
		want, err := f.Bytes(c, id)
		if err != nil {
			t.Errorf("%q: reading %q otherwise: %v", c.Name, id, err)
		} else if !bytes.Equal(want, it.Body) {
			t.Errorf("%q: %q differs from what the source answers:\n%q\n%q", c.Name, id, it.Body, want)
		}
	}
}

func testUnchanged(t *testing.T, f Fixture) {
	for _, c := range collections(t, f) {
		s := NewStore()
		pull(t, s, f, c)
		p := pull(t, s, f, c)
		if len(p.Put) != 0 || len(p.Gone) != 0 || p.Full && len(p.Seen) != f.Items[c.Name] {
			t.Errorf("%q: nothing changed, but put %d, gone %v, seen %d of %d", c.Name, len(p.Put), p.Gone, len(p.Seen), f.Items[c.Name])
		}
		s.Forget()
		p = pull(t, s, f, c)
		if !p.Full || len(p.Put) != 0 || len(p.Seen) != f.Items[c.Name] {
			t.Errorf("%q: listed in full, put %d, seen %d of %d", c.Name, len(p.Put), len(p.Seen), f.Items[c.Name])
		}
	}
}

func testRetry(t *testing.T, f Fixture) {
	c, s := largest(t, f), NewStore()
	pull(t, s, f, c)
	for _, full := range []bool{false, true} {
		ids := slices.Sorted(maps.Keys(s.Items()))[:2]
		for _, id := range ids {
			s.Spoil(id)
		}
		if full {
			s.Forget()
		}
		p := pull(t, s, f, c)
		if got := slices.Sorted(maps.Keys(p.Put)); !slices.Equal(got, ids) {
			t.Errorf("full=%v: %q failed before, fetched were %q", full, ids, got)
		}
		CheckBytes(t, f, c, s)
		if p := pull(t, s, f, c); len(p.Put) != 0 {
			t.Errorf("full=%v: fetched once more: %d", full, len(p.Put))
		}
	}
}

func testChanges(t *testing.T, f Fixture) {
	if f.Add == nil {
		t.Skip("this source cannot be changed")
	}
	c, s := largest(t, f), NewStore()
	pull(t, s, f, c)
	before := s.Items()
	victim := slices.Min(slices.Collect(maps.Keys(before)))
	if err := f.Remove(c, victim); err != nil {
		t.Fatal(err)
	}
	if err := f.Add(c); err != nil {
		t.Fatal(err)
	}
	p := pull(t, s, f, c)
	if len(p.Put) != 1 || !p.Full && !slices.Contains(p.Gone, victim) {
		t.Errorf("one added, one removed; put %d, gone %v, full=%v", len(p.Put), p.Gone, p.Full)
	}
	if _, ok := s.Items()[victim]; ok || len(s.Items()) != len(before) {
		t.Errorf("%d items are left of %d, the removed one among them: %v", len(s.Items()), len(before), ok)
	}
	CheckBytes(t, f, c, s)
}

var errSink = errors.New("the sink takes nothing more")

func testSinkEnds(t *testing.T, f Fixture) {
	c := largest(t, f)
	for _, at := range []string{"Listed", "Put", "Seen"} {
		s := NewStore()
		if at == "Seen" {
			pull(t, s, f, c)
			s.Forget()
		}
		p := NewPulled(t, s)
		refuse := func() error { return errSink }
		switch at {
		case "Listed":
			p.OnListed = refuse
		case "Put":
			p.OnPut = func(context.Context, export.Item) error { return errSink }
		case "Seen":
			p.OnSeen = func(string) error { return errSink }
		}
		if err := p.Run(t.Context(), f.Source, c); !errors.Is(err, errSink) {
			t.Errorf("%s ended, Pull returned %v", at, err)
		}
		if at == "Listed" && p.calls != 1 {
			t.Errorf("Listed ended, but %d calls followed", p.calls-1)
		}
		time.Sleep(20 * time.Millisecond) // a call after the return is reported by the sink
	}
}

func testHaveFails(t *testing.T, f Fixture) {
	c, s := largest(t, f), NewStore()
	errHave := errors.New("the archive cannot be read")
	s.Fail = func(method string) error {
		if method == "Version" {
			return fmt.Errorf("here: %w", errHave)
		}
		return nil
	}
	if err := NewPulled(t, s).Run(t.Context(), f.Source, c); !errors.Is(err, errHave) {
		t.Errorf("Pull returned %v", err)
	}
}

// Cancelled after the listing, a Pull ends soon and accounts for every item.
func testCancelled(t *testing.T, f Fixture) {
	c, s := largest(t, f), NewStore()
	ctx, cancel := context.WithCancel(t.Context())
	p := NewPulled(t, s)
	p.OnPut = func(context.Context, export.Item) error { cancel(); return nil }
	start := time.Now()
	if err := p.Run(ctx, f.Source, c); err != nil {
		t.Errorf("Pull returned %v", err)
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("it took %s to stop", d)
	}
	for id, err := range p.Failed {
		if !errors.Is(err, export.ErrStopped) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func testCancelledBefore(t *testing.T, f Fixture) {
	c := largest(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := NewPulled(t, NewStore())
	if err := p.Run(ctx, f.Source, c); err == nil || p.calls != 0 {
		t.Errorf("Pull returned %v after %d calls", err, p.calls)
	}
}
