package archive_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/archive"
)

// TestAcceptAndHold: the owner's answers, there and back.
func TestAcceptAndHold(t *testing.T) {
	a := create(t, archive.Options{})
	run(t, a, phoneOf(0, 25))
	before := shownNow(t, a)
	s := phoneOf(0, 25)
	s.collections[0].items = s.collections[0].items[:3]
	s.collections[1].items = append(s.collections[1].items, text("/k/new.ics", "1", "", event(99)))
	run(t, a, s)
	run(t, a, s)
	before["/k/new.ics"] = event(99)
	sameShown(t, a, before)
	for _, n := range []int64{0, 1, 4} {
		if _, err := a.Accept(t.Context(), n); !errors.Is(err, archive.ErrNoExport) && !errors.Is(err, archive.ErrNoHold) {
			t.Errorf("accept %d: %v", n, err)
		}
	}
	answer, err := a.Accept(t.Context(), 3)
	if err != nil || answer.Account != "Phone" || answer.Loss == nil || answer.Loss.Reasons[0].Lost != 22 {
		t.Fatalf("accept: %+v, %v", answer, err)
	}
	sameShown(t, a, listedBy(s))
	if v := strings.Count(read(t, a, "data/Phone/Vanished/Contacts/People.vcf"), "BEGIN:VCARD"); v != 22 {
		t.Errorf("%d vanished cards", v)
	}
	if l := run(t, a, s); l.Held || !l.Good() {
		t.Errorf("after accept: %+v", l)
	}
	// One comes back, one is changed; then the owner takes the answer back.
	s.collections[0].items = append(s.collections[0].items, text("/c/7.vcf", "9", "", portrayed(7)))
	run(t, a, s)
	if _, err := a.Hold(t.Context(), 2); err != nil {
		t.Fatalf("hold: %v", err)
	}
	sameShown(t, a, before)
	if h := heldBy(t, a); h == nil || h.Export != 2 {
		t.Errorf("hold: %+v", h)
	}
	if l := run(t, a, s); !l.Held {
		t.Error("what was taken back is not held")
	}
	sameShown(t, a, before)
	if _, err := a.Accept(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	sameShown(t, a, listedBy(s))
	if l := run(t, a, s); l.Held {
		t.Error("what was accepted twice is held")
	}
}

func TestAcknowledged(t *testing.T) {
	a := create(t, archive.Options{})
	s := phoneOf(0, 6)
	s.collections[0].items = append(s.collections[0].items, text("/c/odd.vcf", "1", "", "no vCard"))
	aside := func() int {
		accounts, err := a.Accounts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return accounts[0].SetAside
	}
	run(t, a, s)
	if _, err := a.Hold(t.Context(), 1); !errors.Is(err, archive.ErrNoHold) {
		t.Errorf("hold: %v", err)
	}
	if answer, err := a.Accept(t.Context(), 1); err != nil || answer.SetAside != 1 || answer.Loss != nil || aside() != 0 {
		t.Errorf("%+v, %v, %d set aside", answer, err, aside())
	}
	run(t, a, s)
	if aside() != 0 {
		t.Error("what was acknowledged is set aside again")
	}
	if answer, err := a.Hold(t.Context(), 1); err != nil || answer.SetAside != 1 || aside() != 1 {
		t.Errorf("%+v, %v, %d set aside", answer, err, aside())
	}
	if _, err := a.Accept(t.Context(), 2); err != nil || aside() != 0 {
		t.Errorf("%v, %d set aside", err, aside())
	}
	s.collections[0].items[6] = text("/c/odd.vcf", "2", "", "still no vCard")
	if l := run(t, a, s); l.NewAside != 1 || aside() != 1 {
		t.Errorf("%+v, %d set aside", l.Counts, aside())
	}
}

func TestThresholdsOfAccount(t *testing.T) {
	a := create(t, archive.Options{})
	if err := a.SetThresholds(t.Context(), "Phone", export.Thresholds{Items: 2, Percent: 50}); err != nil {
		t.Fatal(err)
	}
	s := phoneOf(0, 6)
	run(t, a, s)
	s.collections[1].items = s.collections[1].items[2:]
	if l := run(t, a, s); l.Held {
		t.Errorf("2 of 6: %+v", l.Loss)
	}
	s.collections[1].items = s.collections[1].items[2:]
	if l := run(t, a, s); !l.Held {
		t.Error("2 of 4 is not held")
	}
	accounts, err := a.Accounts(t.Context())
	if err != nil || accounts[0].Thresholds != (export.Thresholds{Items: 2, Percent: 50}) {
		t.Errorf("%+v, %v", accounts, err)
	}
	for _, bad := range []export.Thresholds{{Items: -1}, {Percent: 101}} {
		if err := a.SetThresholds(t.Context(), "Phone", bad); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

// TestIncompleteEndsNothing: only a complete listing ends a hold, also if what
// was missing is listed again before it breaks off.
func TestIncompleteEndsNothing(t *testing.T) {
	a := create(t, archive.Options{})
	run(t, a, phoneOf(0, 25))
	before := shownNow(t, a)
	s := phoneOf(0, 25)
	s.collections[0].items = nil
	if l := run(t, a, s); !l.Held {
		t.Fatal("not held")
	}
	back := phoneOf(0, 25)
	back.broken = "/k/"
	for i := range back.collections[1].items {
		back.collections[1].items[i].Version = "2"
	}
	if l, err := export.Run(t.Context(), back, a, export.Plan{Account: "Phone"}, nil); err != nil || l.Found != nil || !l.Held || l.Loss == nil {
		t.Errorf("held %v, %v: %+v", l.Held, err, l.Counts)
	}
	sameShown(t, a, before)
	if l, err := export.Run(t.Context(), phoneOf(0, 25), a, export.Plan{Account: "Phone", Skip: []string{"/c/"}}, nil); err != nil || l.Held {
		t.Errorf("held %v, %v", l.Held, err)
	}
	sameShown(t, a, before)
}

// TestRemadeBook: a book that was made anew and filled again ends the hold, and
// what is still missing of it keeps it, however little that is.
func TestRemadeBook(t *testing.T) {
	for _, back := range []int{100, 99, 85} {
		a := create(t, archive.Options{})
		run(t, a, phoneOf(0, 100))
		before := shownNow(t, a)
		s := phoneOf(0, 100)
		s.collections = s.collections[1:]
		if l := run(t, a, s); !l.Held {
			t.Fatal("a lost book is not held")
		}
		book := &shelved{Collection: export.Collection{ID: "/c2/", Name: "People", Kind: export.Contacts}}
		s.collections = append(s.collections, book)
		for i := range back {
			book.items = append(book.items, text(fmt.Sprintf("/c2/%d.vcf", i), "1", "", portrayed(i)))
			if i == 40 {
				if l := run(t, a, s); !l.Held || l.Loss.Gravest().Lost != 59 {
					t.Errorf("41 are back: held %v, %+v", l.Held, l.Loss)
				}
				sameShown(t, a, before)
			}
		}
		l := run(t, a, s)
		if l.Held != (back < 100) {
			t.Errorf("%d are back: held %v: %+v", back, l.Held, l.Loss)
		}
		if l.Held {
			if n := l.Loss.Gravest().Lost; n != 100-back {
				t.Errorf("%d are back: %d are said to be missing", back, n)
			}
			sameShown(t, a, before)
			continue
		}
		sameShown(t, a, listedBy(s))
		if l := run(t, a, s); l.Held || !l.Good() {
			t.Errorf("the next: %+v", l.Loss)
		}
	}
}
