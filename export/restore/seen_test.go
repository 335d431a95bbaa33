package restore

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/davserver"
)

// lossy lets a server that holds n of each kind lose all, and returns what it had.
func lossy(t *testing.T, s *davserver.Server, n int) *shelf {
	t.Helper()
	archive := taken(t, open(t, s), "Anna")
	for i := range n {
		remove(t, s, fmt.Sprintf("%sc%d.vcf", book, i), fmt.Sprintf("%se%d.ics", cal, i), fmt.Sprintf("%st%d.ics", tasks, i))
	}
	return archive
}

func itemsOf(t *testing.T, s *davserver.Server) int {
	t.Helper()
	n := 0
	for _, at := range []string{book, cal, tasks} {
		items, err := s.Items(at)
		if err != nil {
			t.Fatal(err)
		}
		n += len(items)
	}
	return n
}

// TestClaimedIsSeen: what a service answers is not believed. Of nine items those
// count as created that are there as they were written, by bytes or by meaning;
// the others are named. An undo removes all that the restore made, also what was
// kept otherwise, and nothing else.
func TestClaimedIsSeen(t *testing.T) {
	all := davserver.Tune{Times: -1}
	for _, c := range []struct {
		name    string
		quirk   davserver.Quirk
		tune    davserver.Tune
		created int
		there   int // items after it
	}{
		{"nothing kept", davserver.KeepsNothing, all, 0, 0},
		{"some not kept", davserver.KeepsNothing, davserver.Tune{After: 2, Times: 5}, -1, -1},
		{"half kept", davserver.Truncates, all, 0, 9},
		{"some halves kept", davserver.Truncates, davserver.Tune{After: 2, Times: 5}, -1, 9},
		{"numbers a digit short", davserver.DropsNumbers, all, 3, 9},
		{"normalized", davserver.Normalizes, all, 9, 9},
		{"rewritten", davserver.Rewrites, all, 9, 9},
		{"elsewhere", davserver.Renames, all, 9, 9},
		{"some elsewhere", davserver.RenamesSome, davserver.Tune{After: 5, Times: 3}, 9, 9},
		{"taken back at the next listing", davserver.Reverts, all, 0, 0},
		{"late", davserver.Late, davserver.Tune{Times: -1, Delay: 700 * time.Millisecond}, 9, 9},
		{"taken back after a moment", davserver.Reverts, davserver.Tune{Times: -1, Delay: 300 * time.Millisecond}, 0, 0},
		{"fresh marks are weak", davserver.FreshWeak, davserver.Tune{Delay: 1500 * time.Millisecond}, 9, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := filled(t, 3)
			put(t, s, book+"own.vcf", vcf(900))
			archive := lossy(t, s, 3)
			archive.items = slices.DeleteFunc(archive.items, func(it Item) bool { return it.UID == "c900" })
			src, j := open(t, s), journal(t)
			p := plan(t, src, archive.all(), Options{Account: "Anna"})
			s.SetQuirks(c.tune, c.quirk)
			var last Progress
			r, err := Apply(t.Context(), src, p, j, ApplyOptions{Wait: 2 * time.Second, Rest: 500 * time.Millisecond, Report: func(p Progress) { last = p }})
			if err != nil {
				t.Fatal(err)
			}
			if c.created < 0 { // a second PUT, which tries the conditions, may mend it
				c.created = 0
				for _, it := range archive.items {
					raw, _ := readAll(it.Open(t.Context()))
					if b, err := s.Body(it.Collection.ID + it.ID); err == nil && bytes.Equal(b, raw) {
						c.created++
					}
				}
			}
			if r.Created != c.created || len(r.Refused) != 9-c.created || last.Done != 9 {
				t.Errorf("%+v, reported were %d", r, last.Done)
			}
			for _, p := range r.Refused {
				if !errors.Is(p.Err, export.ErrNotKept) {
					t.Errorf("%s: %v", p.Name, p.Err)
				}
			}
			if n := itemsOf(t, s); c.there >= 0 && n != c.there+1 {
				t.Errorf("there are %d items", n)
			}
			if c.quirk != davserver.FreshWeak {
				s.SetQuirks(davserver.Tune{})
			}
			u, err := Undo(t.Context(), src, j, UndoOptions{Wait: time.Second})
			if err != nil || len(u.Left) > 0 {
				t.Errorf("undo: %+v %v", u, err)
			}
			if n := itemsOf(t, s); n != 1 {
				t.Errorf("after the undo there are %d items", n)
			}
		})
	}
}

// TestAnotherIsKept: of what is kept as another item only the first is as it was
// written.
func TestAnotherIsKept(t *testing.T) {
	s := filled(t, 3)
	archive := lossy(t, s, 3)
	src, j := open(t, s), journal(t)
	p := plan(t, src, archive.all(), Options{Account: "Anna"})
	s.SetQuirks(davserver.Tune{Times: -1}, davserver.KeepsAnother)
	r, err := Apply(t.Context(), src, p, j, ApplyOptions{Wait: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for _, it := range archive.items {
		if b, err := s.Body(it.Collection.ID + it.ID); err == nil && bytes.Contains(b, []byte("UID:"+it.UID+"\r\n")) {
			right++
		}
	}
	if r.Created != right || r.Created+len(r.Refused) != 9 || right == 9 {
		t.Errorf("%d are as they were: %+v", right, r)
	}
	s.SetQuirks(davserver.Tune{})
	if u, err := Undo(t.Context(), src, j, UndoOptions{}); err != nil || len(u.Left) > 0 || itemsOf(t, s) != 0 {
		t.Errorf("%+v %v, there are %d", u, err, itemsOf(t, s))
	}
}

// TestKeptTwice: the second one is told, and an undo removes both.
func TestKeptTwice(t *testing.T) {
	s := filled(t, 3)
	archive := lossy(t, s, 3)
	src, j := open(t, s), journal(t)
	p := plan(t, src, archive.all(), Options{Account: "Anna"})
	s.SetQuirks(davserver.Tune{After: 2, Times: 3}, davserver.KeepsTwice)
	r, err := Apply(t.Context(), src, p, j, ApplyOptions{Wait: 300 * time.Millisecond})
	if err != nil || r.Created != 9 || len(r.Refused) == 0 || len(r.Refused) > 3 || itemsOf(t, s) != 9+len(r.Refused) {
		t.Errorf("there are %d: %+v %v", itemsOf(t, s), r, err)
	}
	for _, p := range r.Refused {
		if !p.Twice || p.Name == "" {
			t.Errorf("%+v", p)
		}
	}
	s.SetQuirks(davserver.Tune{})
	if u, err := Undo(t.Context(), src, j, UndoOptions{}); err != nil || len(u.Left) > 0 || itemsOf(t, s) != 0 {
		t.Errorf("%+v %v, there are %d", u, err, itemsOf(t, s))
	}
}

// TestReplacedIsSeen: what takes the place of another item counts when it is
// there, and an undo brings back what was there, whatever the service made of it.
func TestReplacedIsSeen(t *testing.T) {
	for _, c := range []struct {
		quirk davserver.Quirk
		want  int
	}{{davserver.KeepsNothing, 0}, {davserver.Truncates, 0}, {davserver.Reverts, 0}, {davserver.Late, 3}, {davserver.Normalizes, 3}} {
		t.Run(string(c.quirk), func(t *testing.T) {
			t.Parallel()
			s := filled(t, 5)
			src := open(t, s)
			archive := taken(t, src, "Anna")
			mix(t, s)
			put(t, s, book+"c0.vcf", vcf(0))
			put(t, s, cal+"e0.ics", ics(0))
			put(t, s, tasks+"t0.ics", todo(0))
			before := meanings(t, src)
			j := journal(t)
			p := plan(t, src, archive.all(), Options{Account: "Anna", Default: Archive})
			s.SetQuirks(davserver.Tune{Times: -1, Delay: map[davserver.Quirk]time.Duration{davserver.Late: 500 * time.Millisecond}[c.quirk]}, c.quirk)
			r, err := Apply(t.Context(), src, p, j, ApplyOptions{Wait: 2 * time.Second})
			if err != nil || r.Replaced != c.want || len(r.Refused) != 3-c.want {
				t.Errorf("%+v %v", r, err)
			}
			s.SetQuirks(davserver.Tune{})
			if u, err := Undo(t.Context(), src, j, UndoOptions{}); err != nil || len(u.Left) > 0 {
				t.Errorf("undo: %+v %v", u, err)
			}
			if d := difference(before, meanings(t, src)); d != "" {
				t.Errorf("the target is not as it was:\n%s", d)
			}
		})
	}
}

// TestRemovedIsSeen: a removal counts when the item is gone from the listing too.
func TestRemovedIsSeen(t *testing.T) {
	for _, c := range []struct {
		quirk davserver.Quirk
		tune  davserver.Tune
		gone  int
	}{
		{davserver.KeepsDelete, davserver.Tune{Times: -1}, 0},
		{davserver.KeepsDelete, davserver.Tune{Times: 4}, 5},
		{davserver.Reverts, davserver.Tune{Times: -1}, 0},
		{davserver.Late, davserver.Tune{Times: -1, Delay: 600 * time.Millisecond}, 9},
		{davserver.FreshWeak, davserver.Tune{Delay: time.Minute}, 9},
	} {
		t.Run(fmt.Sprint(c.quirk, c.gone), func(t *testing.T) {
			t.Parallel()
			s := filled(t, 3)
			archive := lossy(t, s, 3)
			src, j := open(t, s), journal(t)
			apply(t, src, plan(t, src, archive.all(), Options{Account: "Anna"}), j, ApplyOptions{})
			s.SetQuirks(c.tune, c.quirk)
			u, err := Undo(t.Context(), src, j, UndoOptions{Wait: 2 * time.Second})
			if err != nil || u.Removed != c.gone || len(u.Left) != 9-c.gone || u.Again() != (c.gone < 9) {
				t.Errorf("%+v %v", u, err)
			}
			if n := itemsOf(t, s); n != 9-c.gone {
				t.Errorf("there are %d items", n)
			}
			s.SetQuirks(davserver.Tune{})
			if u, err := Undo(t.Context(), src, j, UndoOptions{}); err != nil || u.Removed != 9 || len(u.Left) > 0 || itemsOf(t, s) != 0 {
				t.Errorf("once more: %+v %v", u, err)
			}
		})
	}
}

// TestUnseenIsOpen: a line that was not seen is not done, one that was is, and the
// restore gone on with writes exactly the open ones.
func TestUnseenIsOpen(t *testing.T) {
	s := filled(t, 3)
	archive := lossy(t, s, 3)
	src := open(t, s)
	j := journal(t)
	j.Seal("key")
	p := plan(t, src, archive.all(), Options{Account: "Anna"})
	if err := j.Begin(p); err != nil {
		t.Fatal(err)
	}
	s.SetQuirks(davserver.Tune{After: 2, Times: 3}, davserver.KeepsNothing)
	r, err := Apply(t.Context(), src, p, j, ApplyOptions{Wait: 200 * time.Millisecond})
	if err != nil || r.Created == 9 {
		t.Fatalf("%+v %v", r, err)
	}
	s.SetQuirks(davserver.Tune{})
	list, err := ReadList(j.dir, "key")
	if err != nil || len(list) != 9 {
		t.Fatalf("%d lines, %v", len(list), err)
	}
	rest := &shelf{}
	for _, w := range list {
		if !w.Done {
			it, err := w.Item()
			if err != nil {
				t.Fatal(err)
			}
			rest.add(it, archive.bodies[it.Hash])
		}
	}
	if len(rest.items) != len(r.Refused) {
		t.Errorf("%d lines are open, of %d that were not seen", len(rest.items), len(r.Refused))
	}
	p = plan(t, src, rest.all(), Options{Account: "Anna"})
	counts(t, p, Counts{Create: len(rest.items)})
	if err := j.Begin(p); err != nil {
		t.Fatal(err)
	}
	apply(t, src, p, j, ApplyOptions{})
	list, err = ReadList(j.dir, "key")
	if err != nil || slices.ContainsFunc(list, func(w Wanted) bool { return !w.Done }) {
		t.Errorf("%+v %v", list, err)
	}
	if u, err := Undo(t.Context(), src, j, UndoOptions{}); err != nil || u.Removed != 9 || len(u.Left) > 0 {
		t.Errorf("%+v %v", u, err)
	}
}

// TestMissing: what of an item a person would miss, and what not.
func TestMissing(t *testing.T) {
	card := string(vcf(123456))
	for _, c := range []struct{ old, new, want string }{
		{"+49 30 123456", "+4930123456", ""},
		{"+49 30 123456", "030 123456", ""},
		{"+49 30 123456", "+49 30 12345", "number"},
		{"+49 30 123456", "+49 30 123457", "number"},
		{"TEL;TYPE=HOME:+49 30 123456\r\n", "", "number"},
		{"FN:Person 123456", "FN:123456, Person", ""},
		{"FN:Person", "FN:Unknown", "name"},
		{"EMAIL:p123456@", "EMAIL;TYPE=internet,pref:P123456@", ""},
		{"EMAIL:p123456@", "EMAIL:q@", "mail address"},
	} {
		if got := missing(export.Contacts, []byte(card), []byte(strings.Replace(card, c.old, c.new, 1))); got != c.want {
			t.Errorf("%q for %q: missing is %q", c.new, c.old, got)
		}
	}
	event := string(ics(3))
	for _, c := range []struct{ old, new, want string }{
		{"DTSTAMP:2026", "CLASS:PUBLIC\r\nDTSTAMP:2027", ""},
		{"DTSTART:20260104T030000Z", "DTSTART:20260104T040000Z", "end"},
		{"SUMMARY:Event 3", "SUMMARY:Busy", "summary"},
		{"DURATION:PT1H", "DTEND:20260104T040000Z", ""},
	} {
		got := missing(export.Events, []byte(event), []byte(strings.Replace(event, c.old, c.new, 1)))
		if (got == "") != (c.want == "") {
			t.Errorf("%q for %q: missing is %q", c.new, c.old, got)
		}
	}
}
