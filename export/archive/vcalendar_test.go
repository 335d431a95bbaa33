package archive_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sidekeep/export/archive"
)

func oldObject(uid, zone string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:1.0\r\nTZ:" + zone + "\r\nBEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTART:20100906T013000\r\nRRULE:W1 MO #3\r\nSUMMARY:Night\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

// TestOldCalendars: objects of vCalendar 1.0 stand in files of that version, byte
// for byte, and the history can be rebuilt from them.
func TestOldCalendars(t *testing.T) {
	a := create(t, archive.Options{})
	s := calendarsOf(oldObject("a", "+01"), neverTakesPlace, oldObject("b", "-05"), oldObject("c", "+01"))
	if l := run(t, a, s); !l.Good() || l.Kept != 5 {
		t.Fatalf("%+v", l)
	}
	whole(t, a)
	for name, want := range map[string][2]string{
		"Dates.ics":     {"VERSION:2.0", "UID:off"},
		"Dates.vcs":     {"VERSION:1.0\r\nPRODID:-//Sidekeep//Sidekeep//EN\r\nTZ:+01\r\n", "UID:c"},
		"Dates (2).vcs": {"VERSION:1.0\r\nPRODID:-//Sidekeep//Sidekeep//EN\r\nTZ:-05\r\n", "UID:b"},
	} {
		file := read(t, a, "data/Phone/Calendars/"+name)
		if !strings.Contains(file, want[0]) || !strings.Contains(file, want[1]) || strings.Contains(file, "VERSION:2.0") && strings.Contains(file, "W1 MO") {
			t.Errorf("%s:\n%s", name, file)
		}
	}
	before, err := bodies(t, a)
	if err != nil {
		t.Fatal(err)
	}

	// All of them gone: the same below Vanished, and no empty file is left.
	s.collections[1].items = nil
	run(t, a, s)
	whole(t, a)

	old := create(t, archive.Options{})
	run(t, old, calendarsOf(oldObject("a", "+01")))
	entries, err := os.ReadDir(filepath.Join(old.Dir(), "data/Phone/Calendars"))
	if err != nil || len(entries) != 1 || entries[0].Name() != "Dates.vcs" {
		t.Errorf("%v %v", entries, err)
	}
	if len(before) != 5 || before["/e/a.ics"] != oldObject("a", "+01") {
		t.Errorf("%v", before)
	}
	whole(t, old)
}

// TestFloatingStarts: a time of no zone is known for one, and another is not.
func TestFloatingStarts(t *testing.T) {
	a := create(t, archive.Options{})
	event := func(start string) string {
		return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:" + start + "\r\nDTSTART" + start + "\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	}
	want := map[string]bool{
		":20260620T233000": true, ";TZID=Nowhere/Unknown:20260620T233000": true, ":20260620T233000Z": false,
		";TZID=Europe/London:20260120T233000": false, ";TZID=Europe/Berlin:20260620T233000": false, ";VALUE=DATE:20260620": false,
	}
	var list []string
	for start := range want {
		list = append(list, event(start))
	}
	run(t, a, calendarsOf(list...))
	n := 0
	for it, err := range a.Items(t.Context(), archive.Query{Kind: "events"}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; it.Floating != want[it.UID] || it.Start.Day() != 20 {
			t.Errorf("%s: %v, floating: %v", it.UID, it.Start, it.Floating)
		}
	}
	if n != len(want) {
		t.Errorf("%d items", n)
	}
}
