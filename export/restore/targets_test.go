package restore

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"sidekeep/export"
	"sidekeep/export/davserver"
)

func journalEntry(n int) []byte {
	return bytes.ReplaceAll(todo(n), []byte("VTODO"), []byte("VJOURNAL"))
}

// Two address books of three are lost: both are made again, and everybody goes
// back into the own one, whichever book is listed first.
func TestLostBooksAreMadeAgain(t *testing.T) {
	for _, left := range []string{"Contacts", "Family", "Club"} {
		t.Run(left, func(t *testing.T) {
			s := davserver.New(davserver.Options{Open: true})
			n := 0
			want := map[string][]string{}
			for _, name := range []string{"Contacts", "Family", "Club"} {
				at := "/contacts/phone/" + name + "/"
				if err := s.MakeAddressBook(at, davserver.Collection{Name: name}); err != nil {
					t.Fatal(err)
				}
				for range 4 {
					n++
					put(t, s, fmt.Sprintf("%sc%d.vcf", at, n), vcf(n))
					want[name] = append(want[name], fmt.Sprintf("c%d", n))
				}
			}
			src := open(t, s)
			archive := taken(t, src, "Anna")
			from, err := src.Collections(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range from {
				if c.Name != left {
					remove(t, s, c.ID[:len(c.ID)-1])
				}
			}
			for _, reverse := range []bool{false, true} {
				if reverse {
					slices.Reverse(archive.items)
				}
				p := plan(t, src, archive.all(), Options{Account: "Anna", From: from})
				counts(t, p, Counts{Create: 8, Same: 4})
			}
			j := journal(t)
			if r := apply(t, src, plan(t, src, archive.all(), Options{Account: "Anna", From: from}), j, ApplyOptions{}); r.Created != 8 {
				t.Fatalf("%+v", r)
			}
			got := map[string][]string{}
			for _, it := range taken(t, src, "Anna").items {
				got[it.Collection.Name] = append(got[it.Collection.Name], it.UID)
			}
			for name := range want {
				slices.Sort(got[name])
				slices.Sort(want[name])
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("there is %v, not %v", got, want)
			}
		})
	}
}

// A service that was set up anew under another name takes the people of the
// only book that there was: many services have no second.
func TestOnlyBookGoesIntoTheOnlyOne(t *testing.T) {
	s := davserver.New(davserver.Options{Open: true})
	if err := s.MakeAddressBook("/contacts/phone/new/", davserver.Collection{Name: "Address Book"}); err != nil {
		t.Fatal(err)
	}
	old := export.Collection{ID: "/old/", Name: "Contacts", Kind: export.Contacts}
	archive := &shelf{}
	archive.add(Item{Account: "Anna", Collection: old, ID: "1", Name: "1", Kind: export.Contacts}, vcf(1))
	p := plan(t, open(t, s), archive.all(), Options{Account: "Anna", From: []export.Collection{old}})
	if l := p.Lines[0]; p.Targets[l.To].Make {
		t.Errorf("a second book would be made: %+v", p.Targets[l.To])
	}
}

// Two lost calendars of one name are two again.
func TestLostCalendarsOfOneName(t *testing.T) {
	s := davserver.New(davserver.Options{Open: true})
	for i := range 2 {
		at := fmt.Sprintf("/calendars/phone/%d/", i)
		if err := s.MakeCalendar(at, davserver.Collection{Name: "Calendar", Components: []string{"VEVENT"}}); err != nil {
			t.Fatal(err)
		}
		for k := range 3 {
			put(t, s, fmt.Sprintf("%se%d.ics", at, 10*i+k), ics(10*i+k))
		}
	}
	src := open(t, s)
	archive := taken(t, src, "Anna")
	remove(t, s, "/calendars/phone/0", "/calendars/phone/1")
	if r := apply(t, src, plan(t, src, archive.all(), Options{Account: "Anna"}), journal(t), ApplyOptions{}); r.Created != 6 {
		t.Fatalf("%+v", r)
	}
	in := map[string]int{}
	for _, it := range taken(t, src, "Anna").items {
		in[it.Collection.ID]++
	}
	if len(in) != 2 {
		t.Errorf("they are in %v", in)
	}
}

// A calendar that is made again takes what it held, journal entries too; one
// that is still there and takes nothing else is gone back into.
func TestJournalEntriesComeBack(t *testing.T) {
	for _, c := range []struct {
		name  string
		holds []string
		gone  bool
	}{
		{"all three", []string{"VEVENT", "VTODO", "VJOURNAL"}, true},
		{"events and journal", []string{"VEVENT", "VJOURNAL"}, true},
		{"journal only", []string{"VJOURNAL"}, true},
		{"journal only, still there", []string{"VJOURNAL"}, false},
		{"everything that there is", nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := davserver.New(davserver.Options{Open: true})
			const at = "/calendars/phone/Diary/"
			if err := s.MakeCalendar(at, davserver.Collection{Name: "Diary", Components: c.holds}); err != nil {
				t.Fatal(err)
			}
			n := 0
			for i, kind := range []string{"VEVENT", "VTODO", "VJOURNAL"} {
				if c.holds == nil && kind == "VJOURNAL" || c.holds != nil && !slices.Contains(c.holds, kind) {
					continue
				}
				put(t, s, fmt.Sprintf("%s%d.ics", at, i), [][]byte{ics(i), todo(i), journalEntry(i)}[i])
				n++
			}
			src := open(t, s)
			archive := taken(t, src, "Anna")
			if c.gone {
				remove(t, s, at[:len(at)-1])
			} else {
				for _, it := range archive.items {
					remove(t, s, at+it.ID)
				}
			}
			r := apply(t, src, plan(t, src, archive.all(), Options{Account: "Anna"}), journal(t), ApplyOptions{})
			if r.Created != n || len(r.Refused) > 0 {
				t.Errorf("of %d: %+v", n, r)
			}
			if again := taken(t, src, "Anna"); len(again.items) != n {
				t.Errorf("%d of %d are back", len(again.items), n)
			} else if was, is := archive.items[0].Collection, again.items[0].Collection; was.Kind != is.Kind || was.Name != is.Name {
				t.Errorf("%+v was made again as %+v", was, is)
			}
		})
	}
}

// A service that keeps no journal entries makes the calendar all the same.
func TestCalendarWithoutJournalEntries(t *testing.T) {
	s := davserver.New(davserver.Options{Open: true})
	const at = "/calendars/phone/Diary/"
	if err := s.MakeCalendar(at, davserver.Collection{Name: "Diary", Components: []string{"VEVENT", "VJOURNAL"}}); err != nil {
		t.Fatal(err)
	}
	put(t, s, at+"e.ics", ics(1))
	put(t, s, at+"j.ics", journalEntry(2))
	src := open(t, s)
	archive := taken(t, src, "Anna")
	remove(t, s, at[:len(at)-1])
	s.SetQuirks(davserver.Tune{}, davserver.NoJournals)
	r := apply(t, src, plan(t, src, archive.all(), Options{Account: "Anna"}), journal(t), ApplyOptions{})
	if r.Created != 1 || len(r.Refused) != 1 || export.Cause(r.Refused[0].Err) != export.ErrUnsupported {
		t.Errorf("%+v", r)
	}
}
