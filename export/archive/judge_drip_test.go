package archive_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
)

// TestLittleByLittle: 4 items an hour are noticed when a fifth is gone, of
// people and of what they say alike; items that come and go are not.
func TestLittleByLittle(t *testing.T) {
	for name, x := range map[string]struct {
		step func(t *testing.T, s *shelf, hour int)
		at   int // the hour in which it is noticed, 0 if it is not
	}{
		"gone": {func(_ *testing.T, s *shelf, _ int) { s.collections[0].items = s.collections[0].items[4:] }, 5},
		"blanked": {func(t *testing.T, s *shelf, hour int) {
			c := *s.collections[0]
			c.items = c.items[(hour-1)*4:]
			c.rewrite(t, 4, blank)
		}, 5},
		"come and go": {func(_ *testing.T, s *shelf, hour int) {
			c := s.collections[0]
			c.items = c.items[4:]
			for i := range 4 {
				n := 100*hour + i
				c.items = append(c.items, text(fmt.Sprintf("/c/%d.vcf", n), "1", "", portrayed(n)))
			}
		}, 5},
		"to-dos come and go": {func(_ *testing.T, s *shelf, hour int) {
			if hour == 1 {
				list := &shelved{Collection: export.Collection{ID: "/t/", Name: "Tasks", Kind: export.Todos}}
				s.collections = append(s.collections, list)
			}
			c := s.collections[3]
			c.items = c.items[min(4, len(c.items)):]
			for i := range 8 {
				n := 100*hour + i
				c.items = append(c.items, text(fmt.Sprintf("/t/%d.ics", n), "1", "", todo(n)))
			}
		}, 0},
		"over months": {func(_ *testing.T, s *shelf, hour int) {
			if hour%2 == 0 {
				s.collections[0].items = s.collections[0].items[1:]
			}
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := aDay
			a := create(t, archive.Options{Now: func() time.Time { return now }})
			s := phoneOf(0, 100)
			run(t, a, s)
			for hour := 1; hour <= 12; hour++ {
				now = now.Add(time.Hour)
				if name == "over months" {
					now = now.Add(9 * 24 * time.Hour)
				}
				x.step(t, s, hour)
				before := shownNow(t, a)
				if l := run(t, a, s); l.Held != (hour == x.at) {
					t.Fatalf("hour %d: held %v: %s", hour, l.Held, rulesOf(l))
				} else if l.Held {
					if r := l.Loss.Gravest(); r.Lost != 20 || r.Had != 100 {
						t.Errorf("reason: %+v", r)
					}
					for _, it := range s.collections[0].items {
						if strings.HasPrefix(it.ID, fmt.Sprintf("/c/%d0", hour)) && name == "come and go" { // new ones are shown
							before[it.ID] = bodyOf(s.collections[0], it.ID)
						}
					}
					sameShown(t, a, before)
					return
				}
			}
		})
	}
}

// TestHoldOfADrip: what was lost little by little does not become old while the
// account is held.
func TestHoldOfADrip(t *testing.T) {
	now := aDay
	a := create(t, archive.Options{Now: func() time.Time { return now }})
	s := phoneOf(0, 100)
	run(t, a, s)
	held := false
	for range 40 {
		now = now.Add(24 * time.Hour)
		if !held {
			s.collections[0].items = s.collections[0].items[2:]
		}
		l := run(t, a, s)
		if held && !l.Held {
			t.Fatal("the hold has ended")
		}
		held = l.Held
	}
	if !held {
		t.Fatal("never held")
	}
	now = now.Add(40 * 24 * time.Hour)
	if l := run(t, a, s); !l.Held {
		t.Error("the hold has ended by itself")
	}
	if l := run(t, a, phoneOf(0, 100)); l.Held {
		t.Errorf("all are back: %+v", l.Loss)
	}
}

// TestNotice: between a loss and nothing there is a notice, told once, until it
// is answered.
func TestNotice(t *testing.T) {
	a := create(t, archive.Options{})
	s := phoneOf(0, 50)
	if l := run(t, a, s); l.Notice != nil {
		t.Errorf("the first export: %+v", l.Notice)
	}
	noticed := func() int64 {
		accounts, err := a.Accounts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n := accounts[0].Noticed; n != nil {
			return n.Number
		}
		return 0
	}
	s.collections[0].items = s.collections[0].items[7:]
	l := run(t, a, s)
	if l.Held || !l.Good() || l.Notice == nil || l.Notice.Gravest().Lost != 7 || noticed() != 2 {
		t.Fatalf("7 of 50: held %v, %+v, waits %d", l.Held, l.Notice, noticed())
	}
	sameShown(t, a, listedBy(s))
	if l := run(t, a, s); l.Notice != nil || noticed() != 2 {
		t.Errorf("again: %+v, waits %d", l.Notice, noticed())
	}
	s.collections[0].items = s.collections[0].items[1:]
	if l := run(t, a, s); l.Notice != nil || l.Held {
		t.Errorf("one more: %+v", l.Notice)
	}
	if answer, err := a.Accept(t.Context(), 2); err != nil || answer.Notice == nil || answer.Loss != nil || noticed() != 0 {
		t.Errorf("accept: %+v, %v, waits %d", answer, err, noticed())
	}
	if answer, err := a.Hold(t.Context(), 2); err != nil || answer.Notice == nil || noticed() != 2 {
		t.Errorf("hold: %+v, %v, waits %d", answer, err, noticed())
	}
	if _, err := a.Accept(t.Context(), 3); !errors.Is(err, archive.ErrNoHold) {
		t.Errorf("accept 3: %v", err)
	}
	if _, err := a.Accept(t.Context(), 2); err != nil {
		t.Error(err)
	}
	// It is counted from the answer on.
	s.collections[0].items = s.collections[0].items[3:]
	if l := run(t, a, s); l.Held {
		t.Errorf("%+v", l.Loss)
	}
	s.collections[0].items = s.collections[0].items[5:]
	if l := run(t, a, s); !l.Held {
		t.Errorf("9 of 43 since the answer: %+v", l.Notice)
	}
}

// TestNoticeIsUndone: a notice ends when what it was given of is back as it was,
// and not before.
func TestNoticeIsUndone(t *testing.T) {
	for name, undo := range map[string]struct {
		harm func(t *testing.T, s *shelf)
	}{
		"gone": {func(t *testing.T, s *shelf) { s.collections[0].items = s.collections[0].items[7:] }},
		"damaged": {func(t *testing.T, s *shelf) {
			s.collections[0].rewrite(t, 7, func(_ int, body string) string { return strings.Replace(body, "TEL", "X-TEL", 1) })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			a := create(t, archive.Options{})
			waits := func() bool {
				accounts, err := a.Accounts(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				return accounts[0].Noticed != nil
			}
			run(t, a, phoneOf(0, 50))
			s := phoneOf(0, 50)
			undo.harm(t, s)
			if l := run(t, a, s); l.Held || l.Notice == nil || !waits() {
				t.Fatalf("held %v, notice %+v", l.Held, l.Notice)
			}
			half := phoneOf(0, 50)
			undo.harm(t, half)
			half.collections[0].items = append(slices.Clone(phoneOf(0, 50).collections[0].items[:3]), half.collections[0].items[max(0, len(half.collections[0].items)-47):]...)
			if run(t, a, half); !waits() {
				t.Error("it has ended when 3 of 7 were back")
			}
			if l := run(t, a, phoneOf(0, 50)); l.Held || waits() {
				t.Errorf("all are back: held %v, waits %v", l.Held, waits())
			}
		})
	}
}
