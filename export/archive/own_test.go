package archive_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
)

// TestOwnWritesAreNoLoss: what Sidekeep itself removed or replaced at the
// source is followed, and counted again when somebody else goes on.
func TestOwnWritesAreNoLoss(t *testing.T) {
	keys := func(c *shelved, from, to int) (list []archive.ItemKey) {
		for _, it := range c.items[from:to] {
			list = append(list, archive.ItemKey{Collection: c.ID, ID: it.ID})
		}
		return append(list, archive.ItemKey{Collection: c.ID, ID: "unknown"})
	}
	a := create(t, archive.Options{})
	s := phoneOf(0, 25)
	run(t, a, s)
	people, work := s.collections[0], s.collections[1]
	if err := a.Wrote(t.Context(), "Phone", slices.Concat(keys(people, 0, 10), keys(work, 0, 12))); err != nil {
		t.Fatal(err)
	}
	people.rewrite(t, 10, blank)
	work.items = work.items[12:]
	if l := run(t, a, s); l.Held || l.Gone != 12 {
		t.Fatalf("%+v %s", l.Counts, rulesOf(l))
	}
	sameShown(t, a, listedBy(s))
	if l := run(t, a, s); l.Held {
		t.Errorf("exported again: %s", rulesOf(l))
	}
	// What comes back and goes again is somebody else's.
	work.items = append(work.items, phoneOf(0, 12).collections[1].items...)
	for i := range work.items {
		work.items[i].Version += "b"
	}
	run(t, a, s)
	work.items = work.items[:13]
	if l := run(t, a, s); !l.Held {
		t.Error("a loss after it is not held")
	}
}

// TestPutBackIsTheLossAgain: numbers are cut, held, brought back by a restore and
// cut again by its undo: the account is held as it was, and the files show them
// whole. What was not held is followed.
func TestPutBackIsTheLossAgain(t *testing.T) {
	const account = "Phone"
	a := create(t, archive.Options{})
	s := phoneOf(0, 60)
	people := s.collections[0]
	keys := func(from, to int) (list []archive.ItemKey) {
		for _, it := range people.items[from:to] {
			list = append(list, archive.ItemKey{Collection: people.ID, ID: it.ID})
		}
		return list
	}
	run(t, a, s)
	whole := listedBy(s)
	people.rewrite(t, 30, blank)
	if l := run(t, a, s); !l.Held {
		t.Fatal("it is not held")
	}
	sameShown(t, a, whole)
	back := phoneOf(0, 60).collections[0]
	for i := range people.items[:30] {
		it := people.items[i]
		people.items[i] = text(it.ID, it.Version+"r", it.Name, bodyOf(back, it.ID))
	}
	if err := a.Wrote(t.Context(), account, keys(0, 30)); err != nil {
		t.Fatal(err)
	}
	if l := run(t, a, s); l.Held {
		t.Fatalf("whole again and held: %s", rulesOf(l))
	}
	people.rewrite(t, 30, blank)
	if err := a.PutBack(t.Context(), account, append(keys(0, 30), archive.ItemKey{Collection: people.ID, ID: "unknown"})); err != nil {
		t.Fatal(err)
	}
	if l := run(t, a, s); !l.Held {
		t.Error("the loss is there again, and is taken for wanted")
	}
	sameShown(t, a, whole)
}

// TestPutBackOfOthers: what was never held is followed when an undo puts it back.
func TestPutBackOfOthers(t *testing.T) {
	a := create(t, archive.Options{})
	s := phoneOf(0, 60)
	run(t, a, s)
	people := s.collections[0]
	people.rewrite(t, 30, blank)
	var keys []archive.ItemKey
	for _, it := range people.items[:30] {
		keys = append(keys, archive.ItemKey{Collection: people.ID, ID: it.ID})
	}
	if err := a.PutBack(t.Context(), "Phone", keys); err != nil {
		t.Fatal(err)
	}
	if l := run(t, a, s); l.Held {
		t.Errorf("held: %s", rulesOf(l))
	}
	sameShown(t, a, listedBy(s))
}

func TestProofs(t *testing.T) {
	now := aDay
	a := create(t, archive.Options{Now: func() time.Time { return now }})
	proof := func() *archive.Proof {
		accounts, err := a.Accounts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return accounts[0].Proof
	}
	set := func(slice, slices, checked, good int, bad ...archive.Bad) {
		t.Helper()
		now = now.Add(time.Hour)
		if err := a.SetProof(t.Context(), "Phone", slice, slices, archive.Proof{Checked: checked, Good: good, Bad: bad}); err != nil {
			t.Fatal(err)
		}
	}
	next := func(want int) {
		t.Helper()
		if got, last, err := a.NextProof(t.Context(), "Phone", 3); err != nil || got != want || want > 0 && !last.Equal(now) {
			t.Errorf("the next part is %d, last %v, %v; want %d", got, last, err, want)
		}
	}
	next(0)
	if err := a.SetProof(t.Context(), "Phone", 1, 1, archive.Proof{}); err == nil {
		t.Error("what was never exported is proven")
	}
	run(t, a, smallPhone())
	next(0)
	if proof() != nil {
		t.Error("proven without a proof")
	}
	set(1, 1, 10, 10)
	first := now
	if p := proof(); p == nil || !p.Proven() || p.Checked != 10 || p.Export != 1 || !p.At.Equal(first) {
		t.Errorf("%+v", p)
	}
	next(1)
	set(1, 3, 4, 3, archive.Bad{Path: "a", Why: "differs"})
	if p := proof(); p.Proven() || p.Checked != 10 || p.Good != 9 || !p.At.Equal(first) {
		t.Errorf("a part that fails: %+v", p)
	}
	next(2)
	run(t, a, smallPhone())
	set(2, 3, 3, 3)
	set(3, 3, 3, 3)
	if p := proof(); p.Checked != 10 || p.Good != 9 || p.Export != 1 || !p.At.Equal(first.Add(time.Hour)) {
		t.Errorf("a round: %+v", p)
	}
	next(1)
	set(1, 3, 4, 4)
	if p := proof(); !p.Proven() || p.Export != 2 {
		t.Errorf("mended: %+v", p)
	}
	set(1, 1, 12, 12)
	if p := proof(); p.Checked != 12 || !p.At.Equal(now) {
		t.Errorf("the whole again: %+v", p)
	}
}

// TestProofIsTold: README.html tells of a proof at once, and of one that is
// recorded while an export is running when that has ended.
func TestProofIsTold(t *testing.T) {
	a := create(t, archive.Options{})
	tells := func(what string) bool {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(a.Dir(), disk.ReadmeFile))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(text), what)
	}
	run(t, a, smallPhone())
	if err := a.SetProof(t.Context(), "Phone", 1, 1, archive.Proof{Checked: 10, Good: 10}); err != nil {
		t.Fatal(err)
	}
	if !tells("10 of 10 were put back") {
		t.Error("README.html does not tell that it is proven")
	}
	s, err := a.Begin(t.Context(), "Phone", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.SetProof(t.Context(), "Phone", 1, 1, archive.Proof{Checked: 10, Good: 9, Bad: []archive.Bad{{Path: "a", Why: "differs"}}}); err != nil {
		t.Fatal(err)
	}
	found := 0
	if err := s.Finish(t.Context(), &export.Ledger{Number: s.Number(), Counts: export.Counts{Found: &found}}); err != nil {
		t.Fatal(err)
	}
	if !tells("Not proven: 9 of 10") {
		t.Error("README.html does not tell that it is not proven")
	}
	c, err := a.Verify(t.Context(), nil)
	if err != nil || len(c.Bad) > 0 {
		t.Errorf("%v %+v", err, c)
	}
}
