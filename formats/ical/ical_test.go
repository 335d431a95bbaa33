package ical_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
)

// crlf makes an object of lines that are separated by LF.
func crlf(s string) string { return strings.ReplaceAll(strings.TrimLeft(s, "\n"), "\n", "\r\n") }

// in puts the lines of components into a calendar.
func in(s string) string {
	return crlf("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//a//b\n" + strings.TrimLeft(s, "\n") + "END:VCALENDAR\n")
}

const berlin = `
BEGIN:VTIMEZONE
TZID:Mine
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
`

func utc(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

var reads = []struct {
	name, in string
	want     ical.Object
}{
	{"event in UTC", in("BEGIN:VEVENT\nUID:1\nSUMMARY:Lunch\\, then\\ncoffee\nDTSTART:20200101T120000Z\nEND:VEVENT\n"),
		ical.Object{Component: "VEVENT", UID: "1", Summary: "Lunch, then coffee", Start: utc("2020-01-01 12:00")}},
	{"all day", in("BEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20200101\nRRULE:FREQ=DAILY\nEND:VEVENT\n"),
		ical.Object{Component: "VEVENT", UID: "1", Start: utc("2020-01-01 00:00"), AllDay: true, Recurs: true}},
	{"a date that does not say so", in("BEGIN:VEVENT\nUID:1\nDTSTART:20200101\nEND:VEVENT\n"),
		ical.Object{Component: "VEVENT", UID: "1", Start: utc("2020-01-01 00:00"), AllDay: true}},
	{"floating", in("BEGIN:VEVENT\nUID:1\nDTSTART:20200101T120000\nEND:VEVENT\n"),
		ical.Object{Component: "VEVENT", UID: "1", Start: utc("2020-01-01 12:00"), Floating: true}},
	{"own zone in summer", in(berlin + "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Mine:20200701T120000\nEND:VEVENT\n"),
		ical.Object{Component: "VEVENT", UID: "1", Start: utc("2020-07-01 10:00")}},
	{"own zone in winter", in("BEGIN:VEVENT\nUID:1\nDTSTART;TZID=\"Mine\":20200101T120000\nEND:VEVENT\n" + berlin[1:]),
		ical.Object{Component: "VEVENT", UID: "1", Start: utc("2020-01-01 11:00")}},
	{"own zone before a name that is known", in(strings.Replace(berlin, "Mine", "America/New_York", 1) + "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=America/New_York:20200701T120000\nEND:VEVENT\n"),
		ical.Object{Component: "VEVENT", UID: "1", Start: utc("2020-07-01 10:00")}},
	{"IANA", in("BEGIN:VEVENT\nUID:1\nDTSTART;TZID=America/New_York:20200701T120000\nEND:VEVENT\n"),
		ical.Object{Component: "VEVENT", UID: "1", Start: utc("2020-07-01 16:00")}},
	{"Windows", in("BEGIN:VEVENT\nUID:1\nDTSTART;TZID=W. Europe Standard Time:20200701T120000\nEND:VEVENT\n"),
		ical.Object{Component: "VEVENT", UID: "1", Start: utc("2020-07-01 10:00")}},
	{"unknown zone", in("BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Nowhere:20200701T120000\nEND:VEVENT\n"),
		ical.Object{Component: "VEVENT", UID: "1", Start: utc("2020-07-01 12:00"), Floating: true}},
	{"to-do", in("BEGIN:VTODO\nUID:1\nSUMMARY:x\nDUE:20200102T000000Z\nSTATUS:NEEDS-ACTION\nPERCENT-COMPLETE:100\nEND:VTODO\n"),
		ical.Object{Component: "VTODO", UID: "1", Summary: "x", Due: utc("2020-01-02 00:00")}},
	{"done", in("BEGIN:VTODO\nUID:1\nCOMPLETED:20200102T000000Z\nEND:VTODO\n"), ical.Object{Component: "VTODO", UID: "1", Done: true}},
	{"due by duration", in("BEGIN:VTODO\nUID:1\nDTSTART:20200101T000000Z\nDURATION:P1DT2H\nSTATUS:COMPLETED\nEND:VTODO\n"),
		ical.Object{Component: "VTODO", UID: "1", Start: utc("2020-01-01 00:00"), Due: utc("2020-01-02 02:00"), Done: true}},
	{"journal", in("BEGIN:VJOURNAL\nUID:1\nDTSTART;VALUE=DATE:20200101\nEND:VJOURNAL\n"),
		ical.Object{Component: "VJOURNAL", UID: "1", Start: utc("2020-01-01 00:00"), AllDay: true}},
	{"exception before its master", in("BEGIN:VEVENT\nUID:1\nSUMMARY:moved\nRECURRENCE-ID:20200101\nEND:VEVENT\nBEGIN:VEVENT\nUID:1\nSUMMARY:weekly\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n"),
		ical.Object{Component: "VEVENT", UID: "1", Summary: "weekly", Recurs: true}},
	{"an alarm is not the event", in("BEGIN:VEVENT\nBEGIN:VALARM\nUID:2\nSUMMARY:y\nEND:VALARM\nUID:1\nEND:VEVENT\n"), ical.Object{Component: "VEVENT", UID: "1"}},
	{"lower case, LF, folded, in quoted-printable, 1.0", "begin:vcalendar\nversion:1.0\nbegin:vevent\nuid:1\nsummary;charset=utf-8;encoding=quoted-printable:M=C3=\n=BCll\ndtstart:20200101T12\n 0000Z\nend:vevent\nend:vcalendar\n",
		ical.Object{Component: "VEVENT", UID: "1", Summary: "Müll", Start: utc("2020-01-01 12:00")}},
	{"a line without a colon", in("BEGIN:VEVENT\nX-FOO;A=b\nUID:1\nEND:VEVENT\n"), ical.Object{Component: "VEVENT", UID: "1"}},
	{"times that are none", in("BEGIN:VEVENT\nUID:1\nDTSTART:soon\nEND:VEVENT\n"), ical.Object{Component: "VEVENT", UID: "1"}},
}

func TestRead(t *testing.T) {
	for _, tt := range reads {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ical.Read([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

var refused = []struct{ name, in, want string }{
	{"nothing", "", "there is no calendar in it: no BEGIN:VCALENDAR"},
	{"garbage", "<html>\n", "there is no calendar in it: no BEGIN:VCALENDAR"},
	{"no component", in(""), "the calendar is empty: no event, to-do or other component in it"},
	{"only a zone", in(berlin), "the calendar is empty: no event, to-do or other component in it"},
	{"no END", crlf("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\n"), "line 3: it breaks off: no END:VCALENDAR"},
	{"cut in the event", crlf("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1"), "line 3: it breaks off: no END:VEVENT"},
	{"no END of the event", in("BEGIN:VEVENT\nUID:1\n"), "line 6: VEVENT has no end before END:VCALENDAR"},
	{"END alone", in("BEGIN:VEVENT\nEND:VEVENT\n") + "END:VCALENDAR\r\n", "line 7: END:VCALENDAR without a BEGIN before it"},
	{"two calendars", in("BEGIN:VEVENT\nEND:VEVENT\n") + in("BEGIN:VEVENT\nEND:VEVENT\n"), "line 7: a second calendar follows in the same item"},
	{"nested calendars", in("BEGIN:VCALENDAR\n"), "line 4: a second calendar begins before the first has ended"},
	{"an event before the calendar", "BEGIN:VEVENT\nEND:VEVENT\n" + in(""), "line 1: VEVENT stands outside of a calendar"},
	{"an event after the calendar", in("BEGIN:VEVENT\nEND:VEVENT\n") + "BEGIN:VEVENT\nEND:VEVENT\n", "line 7: VEVENT stands outside of a calendar"},
	{"too large", strings.Repeat("x", contentline.MaxObject+1), "it is larger than 32 MB"},
}

func TestReadRefuses(t *testing.T) {
	for _, tt := range refused {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ical.Read([]byte(tt.in))
			var e *contentline.Error
			if !errors.As(err, &e) || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			if _, partsErr := ical.Parts([]byte(tt.in)); partsErr == nil || partsErr.Error() != tt.want {
				t.Errorf("Parts: %v", partsErr)
			}
		})
	}
}

func TestTruncated(t *testing.T) {
	whole := in(berlin + "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Mine:20200701T120000\nEND:VEVENT\n")
	for n := range len(whole) - len("\r\n") {
		if _, err := ical.Read([]byte(whole[:n])); err == nil {
			t.Fatalf("read as whole: %q", whole[:n])
		}
	}
}
