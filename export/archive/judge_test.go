package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/archive"
)

// aKnown is a shelf that says for whom it answers.
type aKnown struct {
	*shelf
	who string
}

func (k aKnown) Identity(context.Context) (string, error) { return k.who, nil }

// phoneOf is a shelf of n people, events and photos each, from number first on.
func phoneOf(first, n int) *shelf {
	people := &shelved{Collection: export.Collection{ID: "/c/", Name: "People", Kind: export.Contacts}}
	work := &shelved{Collection: export.Collection{ID: "/k/", Name: "Work", Kind: export.Events}}
	camera := &shelved{Collection: export.Collection{ID: "/f/", Name: "Camera", Kind: export.Photos}}
	for i := first; i < first+n; i++ {
		people.items = append(people.items, text(fmt.Sprintf("/c/%d.vcf", i), "1", "", portrayed(i)))
		work.items = append(work.items, text(fmt.Sprintf("/k/%d.ics", i), "1", "", event(i)))
		camera.items = append(camera.items, picture(fmt.Sprintf("/f/IMG_%d.JPG", i), "1", "DCIM", bytes.Repeat([]byte{byte(i), byte(i >> 8), 7}, 400+i), aDay))
	}
	return &shelf{collections: []*shelved{people, work, camera}}
}

// portrayed is a card with a portrait.
func portrayed(n int) string {
	return strings.Replace(card(n), "NOTE:", "PHOTO;ENCODING=b;TYPE=JPEG:AAECAwQF\r\nNOTE:", 1)
}

// rewrite changes the bodies of the first n items of a collection.
func (c *shelved) rewrite(t testing.TB, n int, change func(i int, body string) string) {
	t.Helper()
	for i := range n {
		it := c.items[i]
		body := change(i, bodyOf(c, it.ID))
		c.items[i] = text(it.ID, it.Version+"x", it.Name, body)
	}
}

// shownNow is what the open files show: of each item that is no photo of one
// that is present, its body, by ID; of a photo its ID alone.
func shownNow(t testing.TB, a *archive.Archive) map[string]string {
	t.Helper()
	all := map[string]string{}
	for it, err := range a.Items(t.Context(), archive.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if it.State != archive.Present && it.State != archive.SetAside {
			continue
		}
		all[it.ID] = ""
		if it.Kind == export.Photos {
			continue
		}
		r, err := a.Delivered(t.Context(), it.Account, it.Collection, it.ID)
		if err != nil {
			t.Fatalf("%s: %v", it.ID, err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		r.Close()
		all[it.ID] = b.String()
	}
	return all
}

// sameShown compares what is shown, what stands in the open files and what
// index.csv counts.
func sameShown(t testing.TB, a *archive.Archive, want map[string]string) {
	t.Helper()
	got := shownNow(t, a)
	for id, body := range want {
		if g, ok := got[id]; !ok || g != body {
			t.Errorf("%s is shown as %q, want %q", id, g, body)
		}
	}
	for id := range got {
		if _, ok := want[id]; !ok {
			t.Errorf("%s is shown", id)
		}
	}
	cards, present := 0, 0
	for id, body := range want {
		if strings.HasPrefix(body, "BEGIN:VCARD") {
			cards++
		}
		if id != "" {
			present++
		}
	}
	index := read(t, a, "data/Phone/index.csv")
	if n := strings.Count(index, ",present,") + strings.Count(index, ",set aside,"); n != present {
		t.Errorf("index.csv has %d items, want %d", n, present)
	}
	n := 0
	for it, err := range a.Items(t.Context(), archive.Query{Kind: export.Contacts}) {
		if err == nil && it.State == archive.Present && !strings.Contains(read(t, a, it.Path), "UID:"+it.UID+"\r\n") {
			t.Errorf("%s does not have %s", it.Path, it.UID)
		}
		if it.State == archive.Present {
			n++
		}
	}
	if n != cards {
		t.Errorf("%d cards, want %d", n, cards)
	}
	whole(t, a)
}

// recordedCount counts what is recorded as present.
func recordedCount(t testing.TB, a *archive.Archive) (n int) {
	t.Helper()
	if err := archive.StoreOf(a).DB.QueryRow("SELECT count(*) FROM item WHERE present").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func rulesOf(l export.Ledger) string {
	if l.Loss == nil {
		return ""
	}
	var list []string
	for _, r := range l.Loss.Reasons {
		list = append(list, string(r.Rule)+" "+string(r.Kind)+r.What)
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), ", ")
}

func heldBy(t testing.TB, a *archive.Archive) *archive.Hold {
	t.Helper()
	accounts, err := a.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return accounts[0].Hold
}

// TestHeld: whatever a service can do to its data, the owner's files show what
// they showed; what the service lists is recorded; and when it comes to its
// senses they follow it again.
func TestHeld(t *testing.T) {
	for name, x := range map[string]struct {
		do   func(t *testing.T, s *shelf)
		want string // rules
	}{
		"emptied": {func(_ *testing.T, s *shelf) { s.collections[0].items = nil }, "emptied contacts"},
		"all emptied": {func(_ *testing.T, s *shelf) {
			for _, c := range s.collections {
				c.items = nil
			}
		}, "emptied contacts, emptied events, emptied photos"},
		"no collections":  {func(_ *testing.T, s *shelf) { s.collections = nil }, "emptied contacts, emptied events, emptied photos"},
		"half of it":      {func(_ *testing.T, s *shelf) { s.collections[1].items = s.collections[1].items[:10] }, "gone events"},
		"a fifth of it":   {func(_ *testing.T, s *shelf) { s.collections[2].items = s.collections[2].items[5:] }, "gone photos"},
		"less than that":  {func(_ *testing.T, s *shelf) { s.collections[2].items = s.collections[2].items[4:] }, ""},
		"blank names":     {func(t *testing.T, s *shelf) { s.collections[0].rewrite(t, 5, blank) }, "hollow contactsnames"},
		"numbers missing": {func(t *testing.T, s *shelf) { s.collections[0].rewrite(t, 20, without("TEL", "EMAIL")) }, "hollow contactsnumbers"},
		"no portraits":    {func(t *testing.T, s *shelf) { s.collections[0].rewrite(t, 8, without("PHOTO")) }, "hollow contactsportraits"},
		"one date": {func(t *testing.T, s *shelf) {
			s.collections[1].rewrite(t, 12, func(_ int, b string) string { return zonedDate.ReplaceAllString(b, "Berlin:19700101T000000") })
		}, "hollow eventsdates"},
		"cut short": {func(t *testing.T, s *shelf) {
			s.collections[0].rewrite(t, 7, func(_ int, b string) string { return b[:len(b)/2] })
		}, "hollow contactsmeaning"},
		"small photos": {func(_ *testing.T, s *shelf) {
			for i, it := range s.collections[2].items {
				s.collections[2].items[i] = picture(it.ID, "2", "DCIM", []byte(fmt.Sprint("thumbnail", i)), aDay)
			}
		}, "hollow photossize"},
		"a stranger": {func(_ *testing.T, s *shelf) { *s = *phoneOf(1000, 25) }, "gone contacts, gone events, gone photos, stranger "},
		"ids exchanged": {func(t *testing.T, s *shelf) {
			c := s.collections[0]
			c.rewrite(t, 25, func(i int, _ string) string { return portrayed((i + 1) % 25) })
		}, ""},
		"ids changed": {func(_ *testing.T, s *shelf) {
			for _, c := range s.collections {
				for i := range c.items {
					c.items[i].ID += ".new"
				}
			}
		}, ""},
		"UIDs changed": {func(t *testing.T, s *shelf) {
			c := s.collections[0]
			c.rewrite(t, 25, func(i int, b string) string { return strings.Replace(b, "UID:card", "UID:other", 1) })
			for i := range c.items {
				c.items[i].ID += ".new"
			}
		}, ""},
		"made anew": {func(_ *testing.T, s *shelf) {
			for _, c := range s.collections {
				c.ID += "new/"
				for i := range c.items {
					c.items[i].ID = "/new" + c.items[i].ID
				}
			}
		}, ""},
		"moved": {func(_ *testing.T, s *shelf) {
			other := &shelved{Collection: export.Collection{ID: "/c2/", Name: "Others", Kind: export.Contacts}}
			other.items, s.collections[0].items = s.collections[0].items[:20], s.collections[0].items[20:]
			s.collections = append(s.collections, other)
		}, ""},
		"tidied up": {func(_ *testing.T, s *shelf) { s.collections[0].items = s.collections[0].items[:21] }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := create(t, archive.Options{})
			run(t, a, phoneOf(0, 25))
			before := shownNow(t, a)
			s := phoneOf(0, 25)
			x.do(t, s)
			l := run(t, a, s)
			if got := rulesOf(l); got != x.want || l.Held != (x.want != "") || l.Good() == l.Held {
				t.Fatalf("held %v for %q, want %q", l.Held, got, x.want)
			}
			if x.want == "" {
				sameShown(t, a, listedBy(s))
				return
			}
			sameShown(t, a, before)
			n := 0
			for _, c := range s.collections {
				n += len(c.items)
			}
			if got := recordedCount(t, a); got != n {
				t.Errorf("%d items are recorded, the source lists %d", got, n)
			}
			h := heldBy(t, a)
			if h == nil || h.Export != 2 || h.State != archive.HoldOpen || len(h.Loss.Reasons) == 0 {
				t.Fatalf("hold: %+v", h)
			}
			// Again: nothing new, still held.
			if l := run(t, a, s); !l.Held || l.Listing != "full" || rulesOf(l) != x.want {
				t.Errorf("the third: %+v %s", l, rulesOf(l))
			}
			sameShown(t, a, before)
			// The service comes to its senses.
			full := phoneOf(0, 25)
			if l := run(t, a, full); l.Held || !l.Good() {
				t.Errorf("the fourth: held %v for %s", l.Held, rulesOf(l))
			}
			sameShown(t, a, before)
			if h := heldBy(t, a); h != nil {
				t.Errorf("still held: %+v", h)
			}
			if v := strings.Count(read(t, a, "data/Phone/index.csv"), ",gone,"); v != 0 {
				t.Errorf("%d items came up as vanished", v)
			}
			if _, err := a.Accept(t.Context(), 2); !errors.Is(err, archive.ErrOverAgain) {
				t.Errorf("accepting what is over: %v", err)
			}
		})
	}
}

// listedBy is what a shelf lists, as shownNow tells it.
func listedBy(s *shelf) map[string]string {
	all := map[string]string{}
	for _, c := range s.collections {
		for _, it := range c.items {
			all[it.ID] = ""
			if c.Kind != export.Photos {
				all[it.ID] = bodyOf(c, it.ID)
			}
		}
	}
	return all
}

var (
	nameLine  = regexp.MustCompile(`(?m)^(FN|N):.*\r\n`)
	zonedDate = regexp.MustCompile(`Berlin:\d{8}T\d{6}`)
)

func blank(_ int, body string) string {
	return nameLine.ReplaceAllString(body, "$1:\r\n")
}

// without drops lines that begin so.
func without(names ...string) func(int, string) string {
	return func(_ int, body string) string {
		var kept []string
		for _, line := range strings.SplitAfter(body, "\r\n") {
			if !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(line, n) }) {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "")
	}
}

// TestAnotherPerson: what the source says of itself counts, and nothing of
// another person ever comes up in the files.
func TestAnotherPerson(t *testing.T) {
	a := create(t, archive.Options{})
	run(t, a, aKnown{phoneOf(0, 25), "/anna/"})
	before := shownNow(t, a)
	other := phoneOf(500, 4)
	for i, c := range phoneOf(0, 25).collections {
		other.collections[i].items = append(other.collections[i].items, c.items[:11]...)
	}
	l := run(t, a, aKnown{other, "/bert/"})
	if !l.Held || l.Loss.Gravest().Rule != export.RuleStranger || l.Loss.Who != "/bert/" || l.Loss.WhoBefore != "/anna/" {
		t.Fatalf("%+v", l.Loss)
	}
	sameShown(t, a, before)
	run(t, a, aKnown{phoneOf(0, 25), "/anna/"})
	sameShown(t, a, before)
	if index := read(t, a, "data/Phone/index.csv"); strings.Contains(index, "Person 500") || strings.Contains(index, "Event 500") {
		t.Error("another person came up in the index")
	}
	// The same under another name is no loss, and the new name holds from then on.
	if l := run(t, a, aKnown{phoneOf(0, 25), "/anna.berg/"}); l.Held {
		t.Errorf("renamed: %+v", l.Loss)
	}
	if l := run(t, a, aKnown{phoneOf(20, 25), "/anna/"}); !l.Held || l.Loss.WhoBefore != "/anna.berg/" {
		t.Errorf("%+v", l.Loss)
	}
}

// TestLeftOut: what the owner does not want was not listed, and is not missed.
func TestLeftOut(t *testing.T) {
	a := create(t, archive.Options{})
	run(t, a, phoneOf(0, 25))
	before := shownNow(t, a)
	for _, plan := range []export.Plan{
		{Account: "Phone", Only: []export.Kind{export.Contacts}},
		{Account: "Phone", Skip: []string{"/c/"}},
	} {
		l, err := export.Run(t.Context(), phoneOf(0, 25), a, plan, nil)
		if err != nil || l.Held {
			t.Errorf("%+v: %v, %+v", plan, err, l.Loss)
		}
		sameShown(t, a, before)
	}
	s := phoneOf(0, 25)
	s.broken = "/k/"
	s.collections[1].items = s.collections[1].items[:2]
	for i := range s.collections[1].items {
		s.collections[1].items[i].Version = "2"
	}
	if l, err := export.Run(t.Context(), s, a, export.Plan{Account: "Phone"}, nil); err != nil || l.Held {
		t.Errorf("a listing that broke off: %v, %+v", err, l.Loss)
	}
	sameShown(t, a, before)
}

// TestCutOffLoss: an export that lost nearly everything and was cut off before
// its end does not empty the files when the archive is opened again.
func TestCutOffLoss(t *testing.T) {
	dir := fastDir(t) + "/archive"
	a, err := archive.Create(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	run(t, a, aKnown{phoneOf(0, 25), "/anna/"})
	before := shownNow(t, a)
	s := phoneOf(0, 25)
	s.collections[0].items = nil
	session, err := a.Begin(t.Context(), "Phone", aDay)
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Identify(t.Context(), "/bert/"); err != nil {
		t.Fatal(err)
	}
	rec, err := session.Record(t.Context(), s.collections[0].Collection)
	if err != nil {
		t.Fatal(err)
	}
	if tally, err := rec.Close(t.Context(), &export.Listing{Full: true}); err != nil || tally.Gone != 25 {
		t.Fatalf("%+v, %v", tally, err)
	}
	dead := copyTree(t, dir)
	if a, err = archive.Open(dead, archive.Options{}); err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	sameShown(t, a, before)
	h := heldBy(t, a)
	if h == nil || h.Loss.Reasons[0].Lost != 25 {
		t.Fatalf("%+v", h)
	}
	if h.Loss.Who != "/bert/" {
		t.Errorf("who: %q", h.Loss.Who)
	}
	if l := run(t, a, aKnown{phoneOf(0, 25), "/anna/"}); l.Held || !l.Good() {
		t.Errorf("%+v", l.Loss)
	}
	sameShown(t, a, before)
}
