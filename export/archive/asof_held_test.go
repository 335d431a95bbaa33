package archive_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sidekeep/export"
	"sidekeep/export/archive"
)

// TestAsOfHeld: while an account is held its present is what was accepted, and
// its past what was recorded.
func TestAsOfHeld(t *testing.T) {
	a := createFast(t, archive.Options{})
	s := smallPhone()
	run(t, a, s)
	before := said(t, a, archive.Query{})
	s.collections[0].items = s.collections[0].items[:1]
	l := run(t, a, s)
	if !l.Held {
		t.Fatal("it is not held")
	}
	if d := cmp.Diff(before, said(t, a, archive.Query{Present: true})); d != "" {
		t.Errorf("shown: %s", d)
	}
	recorded := said(t, a, archive.Query{AsOf: archive.Moment{Export: l.Number}, Present: true, Kind: export.Contacts})
	if len(recorded) != 1 {
		t.Errorf("recorded: %d people", len(recorded))
	}
	if d := cmp.Diff(before, said(t, a, archive.Query{AsOf: archive.Moment{Export: 1}})); d != "" {
		t.Errorf("before: %s", d)
	}
}
