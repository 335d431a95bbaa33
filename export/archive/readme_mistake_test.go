package archive_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/site"
)

const neverTakesPlace = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:off\r\nDTSTAMP:20261101T080000Z\r\nSUMMARY:Course that was called off\r\n" +
	"DTSTART:20261204T090000Z\r\nRRULE:FREQ=DAILY;COUNT=1\r\nEXDATE:20261204T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

// calendarsOf is a source with one calendar that holds these objects, and one
// person.
func calendarsOf(bodies ...string) *shelf {
	people := &shelved{Collection: export.Collection{ID: "/c/", Name: "People", Kind: export.Contacts}, items: []export.Item{
		text("/c/anna.vcf", "1", "anna.vcf", personCard(1, "")+"\r\n"),
	}}
	dates := &shelved{Collection: export.Collection{ID: "/e/", Name: "Dates", Kind: export.Events}}
	for i, body := range bodies {
		dates.items = append(dates.items, text("/e/"+string(rune('a'+i))+".ics", "1", "x.ics", body))
	}
	return &shelf{collections: []*shelved{people, dates}}
}

// TestEventsThatNeverTakePlace: an agenda of nothing is a page that says so.
func TestEventsThatNeverTakePlace(t *testing.T) {
	only := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:off\r\nDTSTAMP:20261101T080000Z\r\nSUMMARY:x\r\n"
	const end = "END:VEVENT\r\nEND:VCALENDAR\r\n"
	for name, body := range map[string]string{
		"excluded":               neverTakesPlace,
		"excluded date":          only + "DTSTART;VALUE=DATE:20261204\r\nRDATE;VALUE=DATE:20261205\r\nEXDATE;VALUE=DATE:20261204,20261205\r\n" + end,
		"EXRULE":                 only + "DTSTART:20261204T090000Z\r\nRRULE:FREQ=DAILY;COUNT=3\r\nEXRULE:FREQ=DAILY;COUNT=3\r\n" + end,
		"no start, but a rule":   only + "RRULE:FREQ=DAILY\r\n" + end,
		"no start":               only + end,
		"cancelled series":       only + "STATUS:CANCELLED\r\nDTSTART:20261204T090000Z\r\nRRULE:FREQ=DAILY;COUNT=2\r\n" + end,
		"exception without time": only + "RECURRENCE-ID:20261204T090000Z\r\n" + end,
		"RDATE of nothing":       only + "RDATE:\r\n" + end,
		"a journal beside a zone with rules": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTIMEZONE\r\nTZID:Z\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n" +
			"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n" +
			"BEGIN:VJOURNAL\r\nUID:j\r\nDTSTAMP:20261101T080000Z\r\nSUMMARY:x\r\nEND:VJOURNAL\r\nEND:VCALENDAR\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			a := create(t, archive.Options{})
			l := run(t, a, calendarsOf(body))
			if !l.Good() || l.Kept != 2 || len(l.NotShown) > 0 {
				t.Errorf("%+v", l)
			}
			whole(t, a)
			if page := read(t, a, site.PagesDir+"people.html"); !strings.Contains(page, "Bela 00001") {
				t.Error("the contact is not shown")
			}
			if page := read(t, a, site.PagesDir+"agenda.html"); !strings.Contains(page, "</html>") {
				t.Error("the agenda has no end")
			}
		})
	}
}

// TestMistakesInPages: what goes wrong in a page stops no export, is told, and
// is made again as soon as it can be.
func TestMistakesInPages(t *testing.T) {
	at := slices.IndexFunc(site.Sections, func(s site.Section) bool { return s.Name == "Agenda" })
	was := site.Sections[at].Stage
	t.Cleanup(func() { site.Sections[at].Stage = was })
	half := func(s *site.Builder) error {
		return s.Page(site.PagesDir+"agenda.html", "mark", func(w io.Writer) error {
			if _, err := io.WriteString(w, "<html>half a page"); err != nil {
				return err
			}
			panic("in the page")
		})
	}
	for _, broken := range []func(*site.Builder) error{
		func(*site.Builder) error { panic(errors.New("in the section")) },
		half,
		func(s *site.Builder) error {
			if err := was(s); err != nil {
				return err
			}
			var none []site.Entry
			s.Flaws = append(s.Flaws, site.Flaw{Version: none[0].Version})
			return nil
		},
	} {
		a := create(t, archive.Options{})
		site.Sections[at].Stage = broken
		s := calendarsOf(neverTakesPlace)
		l := run(t, a, s)
		if l.Good() || l.Kept != 2 || len(l.NotShown) == 0 || !errors.Is(l.NotShown[0].Err(), export.ErrMistake) || l.NotShown[0].Item != site.PagesDir+"agenda.html" {
			t.Errorf("%+v", l)
		}
		whole(t, a)
		if page := read(t, a, site.PagesDir+"agenda.html"); !strings.Contains(page, "</html>") {
			t.Errorf("the agenda is %q", page)
		}
		if page := read(t, a, site.PagesDir+"people.html"); !strings.Contains(page, "Bela 00001") {
			t.Error("the contact is not shown")
		}
		if l = run(t, a, s); len(l.NotShown) == 0 {
			t.Error("it is told once only")
		}
		site.Sections[at].Stage = was
		if l = run(t, a, s); !l.Good() || strings.Contains(read(t, a, site.PagesDir+"agenda.html"), "mistake") {
			t.Errorf("it is not made again: %+v", l)
		}
		site.Sections[at].Stage = broken
		s.collections[1].items = append(s.collections[1].items, text("/e/z.ics", "1", "x.ics", strings.ReplaceAll(neverTakesPlace, "UID:off", "UID:off2")))
		before := read(t, a, site.PagesDir+"agenda.html")
		if l = run(t, a, s); l.Kept != 1 || len(l.NotShown) == 0 || read(t, a, site.PagesDir+"agenda.html") != before {
			t.Errorf("the page that was there is gone, %+v", l)
		}
		site.Sections[at].Stage = was
		whole(t, a)
	}
}

// TestMistakesWithItems: an item that cannot be shown is named, and the others
// are on the page.
func TestMistakesWithItems(t *testing.T) {
	a := create(t, archive.Options{})
	at := slices.IndexFunc(site.Sections, func(s site.Section) bool { return s.Name == "To-dos" })
	was := site.Sections[at].Stage
	t.Cleanup(func() { site.Sections[at].Stage = was })
	site.Sections[at].Stage = func(s *site.Builder) error {
		list, err := s.PeopleEntries("People", true)
		if err != nil {
			return err
		}
		if err := s.Bodies(list, func(i int, raw []byte) error { panic(i) }); err != nil {
			return err
		}
		return was(s)
	}
	s := calendarsOf(strings.NewReplacer("VEVENT", "VTODO", "RRULE", "X-R", "EXDATE", "X-E").Replace(neverTakesPlace))
	l := run(t, a, s)
	if len(l.NotShown) != 1 || !strings.Contains(l.NotShown[0].Item, "Bela 00001") || l.NotShown[0].Collection == "" {
		t.Errorf("%+v", l.NotShown)
	}
	if page := read(t, a, site.PagesDir+"todos.html"); !strings.Contains(page, "called off") {
		t.Error("the other is not shown")
	}
	whole(t, a)
	site.Sections[at].Stage = was
	if l := run(t, a, s); !l.Good() {
		t.Errorf("%+v", l)
	}
}
