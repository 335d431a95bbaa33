package davserver_test

import (
	"strings"
	"testing"

	"sidekeep/export/davserver"
)

func lines(l ...string) string { return strings.Join(l, "\r\n") + "\r\n" }

func card(uid, name string) string {
	return lines("BEGIN:VCARD", "VERSION:3.0", "UID:"+uid, "FN:"+name, "N:"+name+";;;;", "END:VCARD")
}

func event(uid, name string) string {
	return lines("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Test//EN", "BEGIN:VEVENT", "UID:"+uid, "DTSTAMP:20260101T000000Z",
		"DTSTART:20260301T100000Z", "DTEND:20260301T110000Z", "SUMMARY:"+name, "END:VEVENT", "END:VCALENDAR")
}

func todo(uid, name string) string {
	return lines("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Test//EN", "BEGIN:VTODO", "UID:"+uid, "DTSTAMP:20260101T000000Z",
		"SUMMARY:"+name, "END:VTODO", "END:VCALENDAR")
}

// fill gives alice's server an address book with three cards, a calendar with
// two events, a task list and a folder with two files.
func fill(t testing.TB, s *davserver.Server) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	put := func(path, body string) {
		t.Helper()
		_, err := s.Put(path, []byte(body))
		must(err)
	}
	must(s.MakeAddressBook("/contacts/alice/Friends/", davserver.Collection{Name: "Friends & family"}))
	put("/contacts/alice/Friends/c1.vcf", card("c1", "Zoë O'Neil & <Co>"))
	put("/contacts/alice/Friends/c2.vcf", card("c2", "Anna Example"))
	put("/contacts/alice/Friends/c 3%ü.vcf", strings.ReplaceAll(card("c3", "Line Feed"), "\r\n", "\n"))
	must(s.MakeCalendar("/calendars/alice/Home/", davserver.Collection{Name: "Home", Color: "#0f766e", Order: 1, Components: []string{"VEVENT"}}))
	put("/calendars/alice/Home/e1.ics", event("e1", "Tea"))
	put("/calendars/alice/Home/e2.ics", event("e2", "Tea again"))
	must(s.MakeCalendar("/calendars/alice/Tasks/", davserver.Collection{Name: "Tasks", Order: 2, Components: []string{"VTODO"}}))
	put("/calendars/alice/Tasks/t1.ics", todo("t1", "Buy tea"))
	must(s.MakeFolder("/files/alice/DCIM/100"))
	put("/files/alice/DCIM/100/a.jpg", "not really a picture")
	put("/files/alice/DCIM/note.txt", "0123456789")
}
