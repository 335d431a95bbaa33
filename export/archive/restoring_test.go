package archive_test

import (
	"testing"

	"sidekeep/export/archive"
)

// TestOpenRestoreKeepsTheHold: what a restore has put back until it was stopped
// brings the loss below the threshold, and the rest is missing still. It is
// shown until the restore is no longer open.
func TestOpenRestoreKeepsTheHold(t *testing.T) {
	a := create(t, archive.Options{})
	s := phoneOf(0, 60)
	run(t, a, s)
	whole := listedBy(s)
	people := s.collections[0]
	all := people.items
	people.items = all[:10]
	if l := run(t, a, s); !l.Held {
		t.Fatal("a loss of 50 of 60 is not held")
	}
	restoring := func(open bool) {
		t.Helper()
		if err := a.SetRestoring(t.Context(), "Phone", open); err != nil {
			t.Fatal(err)
		}
	}
	restoring(true)
	for range 2 {
		people.items = all[:50] // 10 of 60 are missing: no loss by themselves
		if l := run(t, a, s); !l.Held || l.Loss == nil {
			t.Fatalf("with 10 of 60 missing and the restore open it is not held: %+v", l.Counts)
		}
		sameShown(t, a, whole)
	}
	people.items = all
	if l := run(t, a, s); !l.Held {
		t.Error("the hold ended while the restore is open")
	}
	restoring(false)
	if l := run(t, a, s); l.Held {
		t.Errorf("everything is back, and it is held: %s", rulesOf(l))
	}
	sameShown(t, a, whole)
	if err := a.SetRestoring(t.Context(), "Nobody", true); err != nil {
		t.Error(err)
	}
	restoring(true)
	if l := run(t, a, s); l.Held {
		t.Error("a restore into an account that is not held holds it")
	}
}

func TestSeal(t *testing.T) {
	a := create(t, archive.Options{})
	for _, want := range []string{"", "abc", "def", ""} {
		if err := a.Seal(t.Context(), 3, want); err != nil {
			t.Fatal(err)
		}
		if got, err := a.SealOf(t.Context(), 3); got != want || err != nil {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
}
