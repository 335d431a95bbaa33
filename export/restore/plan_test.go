package restore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/davserver"
)

func TestPlanFinds(t *testing.T) {
	s := filled(t, 4)
	src := open(t, s)
	archive := taken(t, src, "Anna")
	counts(t, plan(t, src, archive.all(), Options{Account: "Anna"}), Counts{Same: 12})
	for _, c := range []struct {
		name   string
		change func()
		o      Options
		want   Counts
	}{
		{"missing", func() { remove(t, s, book+"c0.vcf", cal+"e1.ics") }, Options{Account: "Anna"}, Counts{Create: 2, Same: 10}},
		{"another account, found by UID", func() {}, Options{Account: "Other"}, Counts{Create: 2, Same: 10}},
		{"another UID and name, found by what it says", func() {
			put(t, s, book+"x.vcf", bytes.Replace(vcf(0), []byte("UID:c0"), []byte("UID:new"), 1))
			put(t, s, cal+"x.ics", bytes.Replace(ics(1), []byte("UID:e1"), []byte("UID:new"), 1))
		}, Options{Account: "Anna"}, Counts{Same: 12}},
		{"name and one number", func() {
			put(t, s, book+"x.vcf", []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:q\r\nFN:Person 0\r\nTEL:+493 00\r\nEND:VCARD\r\n"))
		}, Options{Account: "Anna", Default: Archive}, Counts{Replace: 1, Same: 11}},
		{"name alone", func() {
			put(t, s, book+"x.vcf", []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:q\r\nFN:Person 0\r\nEND:VCARD\r\n"))
		},
			Options{Account: "Anna", Default: Archive}, Counts{Replace: 1, Same: 11}},
		{"name and another number", func() {
			put(t, s, book+"x.vcf", []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:q\r\nFN:Person 0\r\nTEL:77\r\nEND:VCARD\r\n"))
		}, Options{Account: "Anna", Default: Archive}, Counts{Create: 1, Same: 11}},
		{"differs, merge", func() {
			put(t, s, book+"c0.vcf", bytes.Replace(vcf(0), []byte("EMAIL"), []byte("NOTE"), 1))
			remove(t, s, book+"x.vcf")
		}, Options{Account: "Anna", Default: Merge}, Counts{Merge: 1, Same: 11}},
		{"has more, merge", func() { put(t, s, book+"c0.vcf", bytes.Replace(vcf(0), []byte("END:"), []byte("NOTE:x\r\nEND:"), 1)) },
			Options{Account: "Anna", Default: Merge}, Counts{Same: 12}},
		{"has more, device", func() {}, Options{Account: "Anna", Default: Device}, Counts{Leave: 1, Same: 11}},
		{"has more, a choice for one", func() {}, Options{Account: "Anna", Default: Device, Choices: map[Key]Choice{{"Anna", book, "c0.vcf"}: Archive}}, Counts{Replace: 1, Same: 11}},
		{"only contacts", func() {}, Options{Account: "Anna", Select: Selection{Kinds: []export.Kind{export.Contacts}}}, Counts{Create: 1, Same: 3}},
		{"one item", func() {}, Options{Account: "Anna", Select: Selection{Items: []Key{{"Anna", book, "c1.vcf"}}}}, Counts{Same: 1}},
		{"one collection", func() {}, Options{Account: "Anna", Select: Selection{Collections: []Key{{"Anna", cal, ""}}}}, Counts{Same: 4}},
		{"vanished", func() {}, Options{Account: "Anna", Select: Selection{Vanished: true}}, Counts{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.change()
			counts(t, plan(t, src, archive.all(), c.o), c.want)
		})
	}
}

func TestSelection(t *testing.T) {
	day := func(n int) time.Time { return time.Unix(int64(n)*86400, 0) }
	here := Item{Account: "A", Collection: export.Collection{ID: "c"}, ID: "1", Kind: export.Contacts}
	gone := Item{Account: "A", Collection: export.Collection{ID: "c"}, ID: "2", Kind: export.Events, Gone: true, Since: day(5)}
	for _, c := range []struct {
		name       string
		s          Selection
		here, gone bool
	}{
		{"everything that was there", Selection{}, true, false},
		{"all", Selection{All: true}, true, true},
		{"vanished", Selection{Vanished: true}, false, true},
		{"vanished since", Selection{Vanished: true, After: day(4)}, false, true},
		{"vanished later", Selection{Vanished: true, After: day(5)}, false, false},
		{"a vanished item by name", Selection{Items: []Key{{"A", "c", "2"}}}, false, true},
		{"of another account", Selection{Items: []Key{{"B", "c", "2"}}}, false, false},
		{"a kind", Selection{Kinds: []export.Kind{export.Contacts}}, true, false},
		{"a collection", Selection{Collections: []Key{{"A", "c", ""}}, All: true}, true, true},
		{"another collection", Selection{Collections: []Key{{"A", "d", ""}}, All: true}, false, false},
	} {
		if h, g := c.s.Takes(&here), c.s.Takes(&gone); h != c.here || g != c.gone {
			t.Errorf("%s: takes %v and %v", c.name, h, g)
		}
	}
}

func TestPlanMatchesCollections(t *testing.T) {
	from := taken(t, open(t, filled(t, 2)), "Old")
	s := davserver.New(davserver.Options{Open: true})
	for _, err := range []error{
		s.MakeAddressBook("/contacts/phone/a/", davserver.Collection{Name: "People"}),
		s.MakeCalendar("/calendars/phone/h/", davserver.Collection{Name: " home", Components: []string{"VEVENT"}}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	p := plan(t, open(t, s), from.all(), Options{Account: "New"})
	where := map[string]string{}
	for _, l := range p.Lines {
		where[string(l.Item.Kind)] = fmt.Sprint(p.Targets[l.To].Name, " ", p.Targets[l.To].Make)
	}
	want := map[string]string{"contacts": "People false", "events": "home false", "todos": "Tasks true"}
	for k, v := range want {
		if where[k] != v {
			t.Errorf("%s go to %q, not to %q", k, where[k], v)
		}
	}
	p = plan(t, open(t, s), from.all(), Options{Account: "New", Collections: map[Key]string{{"Old", tasks, ""}: "/calendars/phone/h/"}})
	if n := p.Counts(); n.Create != 6 {
		t.Errorf("a calendar that takes no to-dos was chosen for them: %+v", n)
	}
}

func TestPlanRefuses(t *testing.T) {
	archive := taken(t, open(t, filled(t, 2)), "Anna")
	for i, it := range archive.items {
		if it.UID == "c1" {
			archive.items = append(archive.items[:i:i], archive.items[i+1:]...)
			archive.add(it, append(vcf(1)[:len(vcf(1))-len("END:VCARD\r\n")], []byte("NOTE:"+strings.Repeat("x", 5000)+"\r\nEND:VCARD\r\n")...))
			break
		}
	}
	w := limited{open(t, empty(t, davserver.Options{})), map[string]export.Limits{
		book:  {MaxSize: 1000, VCard: []string{"3.0"}},
		cal:   {ReadOnly: true},
		tasks: {Components: []string{"VTODO"}},
	}}
	p := plan(t, w, archive.all(), Options{Account: "Anna"})
	counts(t, p, Counts{Create: 3, Refused: 3})
	for _, l := range p.Lines {
		if l.State == Refused && !errors.Is(l.Err, export.ErrReadOnly) && !errors.Is(l.Err, export.ErrOversize) {
			t.Errorf("%s: %v", l.Item.Name, l.Err)
		}
	}
}

// limited is a Writer with limits of its own.
type limited struct {
	export.Writer
	limits map[string]export.Limits
}

func (l limited) Accepts(c export.Collection) export.Limits { return l.limits[c.ID] }

func TestPlanTellsWhatIsLost(t *testing.T) {
	archive := &shelf{}
	c := export.Collection{ID: "b", Name: "Contacts", Kind: export.Contacts}
	for i := range 3 {
		archive.add(Item{Account: "Old", Collection: c, ID: fmt.Sprint(i), Kind: export.Contacts}, fmt.Appendf(nil, "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:%d\r\nFN:P%d\r\nBDAY:--0501\r\nTEL;PREF=2:1\r\nTEL;PREF=1:2\r\nEND:VCARD\r\n", i, i))
	}
	w := limited{open(t, empty(t, davserver.Options{})), map[string]export.Limits{book: {VCard: []string{"3.0"}}}}
	p := plan(t, w, archive.all(), Options{Account: "New"})
	var said []string
	for _, l := range p.Losses {
		said = append(said, l.String())
	}
	text := strings.Join(said, "\n")
	if !strings.Contains(text, "3 people: the birthday:") || !strings.Contains(text, "1604") {
		t.Errorf("the plan tells %q", text)
	}
	w.limits[book] = export.Limits{VCard: []string{"3.0", "4.0"}}
	if p := plan(t, w, archive.all(), Options{Account: "New"}); len(p.Losses) > 0 {
		t.Errorf("nothing is converted, but lost are %v", p.Losses)
	}
}

// TestPlanTellsOfGuests: whom a service may invite when something is written.
func TestPlanTellsOfGuests(t *testing.T) {
	archive := &shelf{}
	c := export.Collection{ID: "k", Name: "Work", Kind: export.Events}
	for i, line := range []string{"", "ATTENDEE;CN=Ben:mailto:ben@example.org\r\n", "attendee:mailto:cleo@example.org\r\n", "X-ATTENDEE:none\r\n"} {
		archive.add(Item{Account: "Old", Collection: c, ID: fmt.Sprint(i), Kind: export.Events}, fmt.Appendf(nil,
			"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\nBEGIN:VEVENT\r\nUID:%d\r\nDTSTAMP:20240101T000000Z\r\nDTSTART:20240102T090000Z\r\nSUMMARY:Meeting %d\r\n%sEND:VEVENT\r\nEND:VCALENDAR\r\n", i, i, line))
	}
	w := open(t, empty(t, davserver.Options{}))
	p := plan(t, w, archive.all(), Options{Account: "New"})
	if p.Guests() != 2 {
		t.Errorf("%d events with guests", p.Guests())
	}
	if _, err := Apply(t.Context(), w, p, journal(t), ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	if p := plan(t, w, archive.all(), Options{Account: "New"}); p.Guests() != 0 {
		t.Errorf("%d when nothing is written", p.Guests())
	}
}

// bookless is a writer that has no place for contacts.
type bookless struct{ export.Writer }

func (bookless) Makes(kind export.Kind) error {
	if kind == export.Contacts {
		return fmt.Errorf("%w: there is no place for address books", export.ErrUnsupported)
	}
	return nil
}

func (w bookless) Collections(ctx context.Context) ([]export.Collection, error) {
	list, err := w.Writer.Collections(ctx)
	return slices.DeleteFunc(list, func(c export.Collection) bool { return c.Kind == export.Contacts }), err
}

// TestPlanRefusesWhatCannotBeMade: what has no place at the target is refused in
// the plan, and not first when it is written.
func TestPlanRefusesWhatCannotBeMade(t *testing.T) {
	src := open(t, filled(t, 4))
	archive := taken(t, src, "Anna")
	empty := davserver.New(davserver.Options{Open: true})
	w := bookless{open(t, empty)}
	p := plan(t, w, archive.all(), Options{Account: "New"})
	refused := 0
	for i := range p.Lines {
		if l := &p.Lines[i]; l.State == Refused {
			if refused++; l.Item.Kind != export.Contacts || !errors.Is(l.Err, export.ErrUnsupported) {
				t.Errorf("%s is refused: %v", l.Item.Name, l.Err)
			}
		}
	}
	if refused != 4 {
		t.Errorf("%d are refused, want the 4 contacts", refused)
	}
}
