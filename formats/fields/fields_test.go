package fields

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// told writes differences one a line.
func told(list []Difference) string {
	var b strings.Builder
	for _, d := range list {
		quiet := ""
		if d.Quiet {
			quiet = " (quiet)"
		}
		fmt.Fprintf(&b, "%s: %q -> %q%s\n", d.Field, d.Old, d.New, quiet)
	}
	return b.String()
}

func differ(t *testing.T, read func([]byte) ([]Field, error), old, new string) string {
	t.Helper()
	lines := func(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }
	a, err := read(lines(old))
	if err != nil {
		t.Fatal(err)
	}
	b, err := read(lines(new))
	if err != nil {
		t.Fatal(err)
	}
	return told(Differ(a, b))
}

func TestContact(t *testing.T) {
	card := func(body string) string { return "BEGIN:VCARD\nVERSION:3.0\n" + body + "END:VCARD\n" }
	for _, c := range []struct{ name, old, new, want string }{
		{"the same in another order", "FN:A\nTEL:1\nTEL:2\n", "TEL:2\nFN:A\nTEL:1\n", ""},
		{"a number", "FN:A\nTEL;TYPE=HOME:1\nTEL;TYPE=CELL:2\n", "FN:A\nTEL;TYPE=HOME:1\nTEL;TYPE=CELL:3\n", "Phone (mobile): \"2\" -> \"3\"\n"},
		{"numbers come and go", "FN:A\nTEL;TYPE=HOME:1\n", "FN:A\nEMAIL:a@b\n", "E-mail: \"\" -> \"a@b\"\nPhone (home): \"1\" -> \"\"\n"},
		{"another use", "FN:A\nTEL;TYPE=HOME:1\n", "FN:A\nTEL;TYPE=WORK:1\n", "Phone: \"1 (home)\" -> \"1 (work)\"\n"},
		{"twice and once", "FN:A\nTEL:1\nTEL:1\n", "FN:A\nTEL:1\n", "Phone: \"1\" -> \"\"\n"},
		{"a birthday", "FN:A\nBDAY:19800303\n", "FN:A\nBDAY;X-APPLE-OMIT-YEAR=1604:1604-03-03\n", "Birthday: \"3 March 1980\" -> \"3 March\"\n"},
		{"an address", "FN:A\nADR:;;Long Road 1;Ulm;;89073;\n", "FN:A\nADR:;;Long Road 2;Ulm;;89073;\n", "Address: \"Long Road 1, 89073 Ulm\" -> \"Long Road 2, 89073 Ulm\"\n"},
		{"names", "FN:Anna Berg\nN:Berg;Anna\n", "FN:Anna Low\nN:Low;Anna\n", "Name: \"Anna Berg\" -> \"Anna Low\"\nLast name: \"Berg\" -> \"Low\"\n"},
		{"a picture of the same size", "FN:A\nPHOTO;ENCODING=b;TYPE=JPEG:/9j/AAAA\n", "FN:A\nPHOTO;ENCODING=b;TYPE=JPEG:/9j/AAAB\n", "Picture: \"JPEG, 6 bytes\" -> \"another one: JPEG, 6 bytes\"\n"},
		{"what is kept beside", "FN:A\nREV:20250101T000000Z\n", "FN:A\nREV:20250102T000000Z\nNOTE:x\n", "Note: \"\" -> \"x\"\nSaved by the service: \"20250101T000000Z\" -> \"20250102T000000Z\" (quiet)\n"},
		{"one that nobody knows", "FN:A\nX-SHOE-SIZE:39\n", "FN:A\nX-SHOE-SIZE:40\n", "X-SHOE-SIZE: \"39\" -> \"40\"\n"},
		{"a label", "FN:A\nitem1.TEL:1\nitem1.X-ABLabel:Summer house\n", "FN:A\nitem1.TEL:2\nitem1.X-ABLabel:Summer house\n", "Phone (Summer house): \"1\" -> \"2\"\n"},
	} {
		if got := differ(t, Contact, card(c.old), card(c.new)); got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.name, got, c.want)
		}
	}
}

func TestCalendar(t *testing.T) {
	event := func(body string) string {
		return "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:u\nDTSTART:20260303T100000Z\nSUMMARY:Choir\n" + body + "END:VEVENT\nEND:VCALENDAR\n"
	}
	exception := "END:VEVENT\nBEGIN:VEVENT\nUID:u\nRECURRENCE-ID:20260310T100000Z\nDTSTART:20260310T100000Z\nSUMMARY:Choir\n"
	for _, c := range []struct{ name, old, new, want string }{
		{"the end", "DTEND:20260303T110000Z\n", "DTEND:20260303T113000Z\n", "Ends: \"3 March 2026, 11:00 UTC\" -> \"3 March 2026, 11:30 UTC\"\n"},
		{"a rule", "RRULE:FREQ=WEEKLY;BYDAY=TU\n", "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20261224T000000Z\n", "Repeats: \"every week on Tuesday\" -> \"every 2 weeks on Tuesday and Thursday, until 24 December 2026\"\n"},
		{"a rule that says more", "RRULE:FREQ=DAILY;COUNT=1\n", "RRULE:FREQ=MONTHLY;BYDAY=-1SU\n", "Repeats: \"every day, 1 time\" -> \"FREQ=MONTHLY;BYDAY=-1SU\"\n"},
		{"one taken out", "RRULE:FREQ=DAILY\n", "RRULE:FREQ=DAILY\nEXDATE:20260305T100000Z\n", "Not on: \"\" -> \"5 March 2026, 10:00 UTC\"\n"},
		{"an alarm", "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nEND:VALARM\n", "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-P1D\nEND:VALARM\n", "Alarm: \"15 minutes before the start\" -> \"1 day before the start\"\n"},
		{"an attendee", "ATTENDEE;CN=Ann;PARTSTAT=ACCEPTED:mailto:a@b\n", "ATTENDEE;CN=Ann;PARTSTAT=DECLINED:mailto:a@b\n", "Attendee: \"Ann <a@b>, accepted\" -> \"Ann <a@b>, declined\"\n"},
		{"an exception", "", exception + "LOCATION:Hall\n", "Starts (on 10 March 2026, 10:00 UTC): \"\" -> \"10 March 2026, 10:00 UTC\"\nPlace (on 10 March 2026, 10:00 UTC): \"\" -> \"Hall\"\n"},
		{"an exception that changes", exception + "LOCATION:Hall\n", exception + "LOCATION:Church\n", "Place (on 10 March 2026, 10:00 UTC): \"Hall\" -> \"Church\"\n"},
		{"saved again", "DTSTAMP:20260101T000000Z\nSEQUENCE:1\n", "DTSTAMP:20260102T000000Z\nSEQUENCE:2\n", "Saved by the service: \"1 January 2026, 00:00 UTC\" -> \"2 January 2026, 00:00 UTC\" (quiet)\nRevision: \"1\" -> \"2\" (quiet)\n"},
	} {
		if got := differ(t, Calendar, event(c.old), event(c.new)); got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.name, got, c.want)
		}
	}
}

// TestTime: what takes long with two states that share nothing takes long with
// any that came from outside.
func TestTime(t *testing.T) {
	var a, b []Field
	for i := range 100000 {
		a = append(a, Field{Name: "Phone", Value: fmt.Sprint(i)})
		b = append(b, Field{Name: "E-mail", Value: fmt.Sprint(i)})
	}
	start := time.Now()
	if got := len(Differ(a, b)); got != 200000 {
		t.Errorf("%d differences", got)
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("it took %v", d)
	}
}
