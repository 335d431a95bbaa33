package archive_test

import (
	"errors"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/search"
)

// TestSearchHeld: a search follows what is shown while an account is held, when
// that is accepted, and when it is held again.
func TestSearchHeld(t *testing.T) {
	a := createFast(t, archive.Options{})
	run(t, a, smallPhone())
	first := hits(t, a, archive.Search{Words: "p3", Kind: export.Contacts})
	s := smallPhone()
	s.collections[0].items = s.collections[0].items[:1]
	s.collections[0].items[0] = text(s.collections[0].items[0].ID, "2", "", person("", "NOTE:hollow\r\n"))
	l := run(t, a, s)
	if !l.Held || first != "present Person 3 1" {
		t.Fatalf("held: %v, before: %s", l.Held, first)
	}
	for _, step := range []struct {
		do            func() error
		gone, changed string
	}{
		{func() error { return nil }, "present Person 3 1", archive.InHeld},
		{func() error { _, err := a.Accept(t.Context(), l.Number); return err }, "vanished Person 3 1", archive.InPresent},
		{func() error { _, err := a.Hold(t.Context(), l.Number); return err }, "present Person 3 1", archive.InHeld},
		{func() error { run(t, a, smallPhone()); return nil }, "present Person 3 3 1", search.InOlder},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if got := hits(t, a, archive.Search{Words: "p3", Kind: export.Contacts}); got != step.gone {
			t.Errorf("gone: %s, want %s", got, step.gone)
		}
		r, err := a.Search(t.Context(), archive.Search{Words: "hollow"})
		if err != nil || len(r.Hits) != 1 || r.Hits[0].In != step.changed {
			t.Errorf("changed: %+v, want %s, %v", r.Hits, step.changed, err)
		}
	}
}

// TestPruned: of a time of which versions were removed nothing is answered.
func TestPruned(t *testing.T) {
	a, want, ended := lived(t)
	p, err := a.PlanPrune(t.Context(), ended[4].Add(time.Minute))
	if err == nil {
		_, err = a.Prune(t.Context(), p)
	}
	if err != nil {
		t.Fatal(err)
	}
	whole, err := a.Pruned(t.Context())
	if err != nil || whole == 0 {
		t.Fatal(whole, err)
	}
	for n, state := range want {
		var pruned *archive.PrunedError
		for _, err := range a.Items(t.Context(), archive.Query{AsOf: archive.Moment{Export: n}}) {
			if errors.As(err, &pruned) != (n < whole) {
				t.Errorf("export %d: %v", n, err)
			}
		}
		if n < whole {
			if pruned == nil || pruned.From != whole || !pruned.When.Equal(ended[whole]) {
				t.Errorf("export %d: %+v", n, pruned)
			}
		} else if got := said(t, a, archive.Query{AsOf: archive.Moment{Export: n}}); len(got) != len(state) {
			t.Errorf("export %d: %d items, want %d", n, len(got), len(state))
		}
		for _, err := range a.Changes(t.Context(), n) {
			if pruned := (*archive.PrunedError)(nil); errors.As(err, &pruned) != (n <= whole) {
				t.Errorf("changes of export %d: %v", n, err)
			}
		}
	}
	counts, err := a.ChangeCounts(t.Context(), []int64{1, whole, whole + 1})
	if _, known := counts[whole+1]; err != nil || len(counts) != 1 || !known {
		t.Errorf("%+v, %v", counts, err)
	}
	if _, err := a.Search(t.Context(), archive.Search{Words: "person"}); err != nil {
		t.Error(err)
	}
}
