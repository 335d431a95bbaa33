package ical_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sidekeep/formats/ical"
	"sidekeep/formats/ical/recur"
)

const daysOfJanuary = "DTSTART;TZID=Europe/berlin:20240101T120000\nDTEND;TZID=Europe/berlin:20240101T130000\n"

// expansions are asked for with New York as the place where one is.
var expansions = []struct {
	name, lines, from, to string
	want                  string
}{
	{"once", daysOfJanuary, "2024-01-01 00:00", "2024-02-01 00:00", "2024-01-01 12:00"},
	{"once, and it is over", daysOfJanuary, "2024-01-01 07:00", "2024-02-01 00:00", ""},
	{"once, and it is going on", daysOfJanuary, "2024-01-01 06:59", "2024-02-01 00:00", "2024-01-01 12:00"},
	{"several rules", daysOfJanuary + "RRULE:FREQ=WEEKLY;COUNT=2\nRRULE:FREQ=DAILY;INTERVAL=7;COUNT=3\nRRULE:FREQ=MONTHLY;COUNT=2", "2024-01-01 00:00", "2025-01-01 00:00",
		"2024-01-01 12:00, 2024-01-08 12:00, 2024-01-15 12:00, 2024-02-01 12:00"},
	{"RDATE with dates, times and periods", daysOfJanuary + "RDATE;VALUE=DATE:20240110,20240103\nRDATE;TZID=Europe/berlin:20240105T090000\nRDATE;VALUE=PERIOD:20240107T080000Z/PT3H,20240106T080000Z/20240106T090000Z",
		"2024-01-01 00:00", "2025-01-01 00:00", "2024-01-01 12:00, 2024-01-03 12:00, 2024-01-05 09:00, 2024-01-06 09:00, 2024-01-07 09:00, 2024-01-10 12:00"},
	{"EXDATE with lists, in UTC, as a date and without a zone", daysOfJanuary + "RRULE:FREQ=DAILY;COUNT=7\nEXDATE;TZID=Europe/berlin:20240102T120000,20240103T120000\nEXDATE:20240104T110000Z\nEXDATE;VALUE=DATE:20240105\nEXDATE:20240106T120000",
		"2024-01-01 00:00", "2025-01-01 00:00", "2024-01-01 12:00, 2024-01-07 12:00"},
	{"EXRULE", daysOfJanuary + "RRULE:FREQ=DAILY;COUNT=10\nEXRULE:FREQ=WEEKLY;BYDAY=TU,WE,TH,FR", "2024-01-01 00:00", "2025-01-01 00:00", "2024-01-01 12:00, 2024-01-06 12:00, 2024-01-07 12:00, 2024-01-08 12:00"},
	{"EXRULE that takes the first one", daysOfJanuary + "RRULE:FREQ=DAILY;COUNT=3\nEXRULE:FREQ=WEEKLY", "2024-01-01 00:00", "2025-01-01 00:00", "2024-01-02 12:00, 2024-01-03 12:00"},
	{"UNTIL in UTC", daysOfJanuary + "RRULE:FREQ=DAILY;UNTIL=20240103T110000Z", "2024-01-01 00:00", "2025-01-01 00:00", "2024-01-01 12:00, 2024-01-02 12:00, 2024-01-03 12:00"},
	{"UNTIL in UTC, a second before", daysOfJanuary + "RRULE:FREQ=DAILY;UNTIL=20240103T105959Z", "2024-01-01 00:00", "2025-01-01 00:00", "2024-01-01 12:00, 2024-01-02 12:00"},
	{"UNTIL in local time", daysOfJanuary + "RRULE:FREQ=DAILY;UNTIL=20240103T120000", "2024-01-01 00:00", "2025-01-01 00:00", "2024-01-01 12:00, 2024-01-02 12:00, 2024-01-03 12:00"},
	{"UNTIL as a date is all of its day", daysOfJanuary + "RRULE:FREQ=DAILY;UNTIL=20240103", "2024-01-01 00:00", "2025-01-01 00:00", "2024-01-01 12:00, 2024-01-02 12:00, 2024-01-03 12:00"},
	{"UNTIL before the start", daysOfJanuary + "RRULE:FREQ=DAILY;UNTIL=20231203", "2024-01-01 00:00", "2025-01-01 00:00", "2024-01-01 12:00"},
	{"UNTIL and COUNT", daysOfJanuary + "RRULE:FREQ=DAILY;UNTIL=20240110;COUNT=2", "2024-01-01 00:00", "2025-01-01 00:00", "2024-01-01 12:00, 2024-01-02 12:00"},
	{"COUNT counts what EXDATE takes", daysOfJanuary + "RRULE:FREQ=DAILY;COUNT=3\nEXDATE:20240102T110000Z", "2024-01-01 00:00", "2025-01-01 00:00", "2024-01-01 12:00, 2024-01-03 12:00"},
	{"COUNT counts a start that the rule does not name", daysOfJanuary + "RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=3", "2024-01-01 00:00", "2025-01-01 00:00", "2024-01-01 12:00, 2024-01-03 12:00, 2024-01-10 12:00"},
	{"COUNT far before the window", daysOfJanuary + "RRULE:FREQ=DAILY;COUNT=370", "2025-01-02 00:00", "2026-01-01 00:00", "2025-01-02 12:00, 2025-01-03 12:00, 2025-01-04 12:00"},
	{"COUNT=0 goes on", daysOfJanuary + "RRULE:FREQ=MONTHLY;COUNT=0", "2024-05-01 00:00", "2024-06-01 00:00", "2024-05-01 12:00"},
	{"all day", "DTSTART;VALUE=DATE:20240228\nRRULE:FREQ=DAILY", "2024-02-29 00:00", "2024-03-02 00:00", "2024-02-29, 2024-03-01"},
	{"all day, of several days", "DTSTART;VALUE=DATE:20240227\nDTEND;VALUE=DATE:20240301\nRRULE:FREQ=YEARLY;INTERVAL=4", "2024-02-29 10:00", "2024-03-02 00:00", "2024-02-27"},
	{"all day, UNTIL as a time", "DTSTART;VALUE=DATE:20240227\nRRULE:FREQ=DAILY;UNTIL=20240228T000000Z", "2024-02-01 00:00", "2024-04-01 00:00", "2024-02-27, 2024-02-28"},
	{"all day, EXDATE as a time", "DTSTART;VALUE=DATE:20240227\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20240228T000000Z", "2024-02-01 00:00", "2024-04-01 00:00", "2024-02-27, 2024-02-29"},
	{"floating", "DTSTART:20240101T080000\nRRULE:FREQ=DAILY", "2024-01-05 07:00", "2024-01-07 08:00", "2024-01-05 08:00, 2024-01-06 08:00"},
	{"29 February", "DTSTART;VALUE=DATE:20200229\nRRULE:FREQ=YEARLY", "2020-01-01 00:00", "2030-01-01 00:00", "2020-02-29, 2024-02-29, 2028-02-29"},
	{"DST gap", "DTSTART;TZID=Europe/berlin:20240330T023000\nRRULE:FREQ=DAILY;COUNT=3", "2024-01-01 00:00", "2025-01-01 00:00", "2024-03-30 02:30, 2024-03-31 03:30, 2024-04-01 02:30"},
	{"DST gap by the hour", "DTSTART;TZID=Europe/berlin:20240331T003000\nRRULE:FREQ=HOURLY;COUNT=4", "2024-01-01 00:00", "2025-01-01 00:00", "2024-03-31 00:30, 2024-03-31 01:30, 2024-03-31 03:30, 2024-03-31 04:30"},
	{"DST gap, two in it", "DTSTART;TZID=Europe/berlin:20240331T020000\nRRULE:FREQ=DAILY;BYHOUR=2,3;BYMINUTE=0,30;COUNT=5", "2024-01-01 00:00", "2025-01-01 00:00", "2024-03-31 03:00, 2024-03-31 03:30, 2024-04-01 02:00, 2024-04-01 02:30, 2024-04-01 03:00"},
	{"DST overlap", "DTSTART;TZID=Europe/berlin:20241026T023000\nRRULE:FREQ=DAILY;COUNT=3", "2024-01-01 00:00", "2025-01-01 00:00", "2024-10-26 02:30, 2024-10-27 02:30, 2024-10-28 02:30"},
	{"a day that Samoa left out", "DTSTART;TZID=Pacific/Apia:20111229T100000\nRRULE:FREQ=DAILY;COUNT=3", "2011-01-01 00:00", "2025-01-01 00:00", "2011-12-29 10:00, 2011-12-31 10:00, 2012-01-01 10:00"},
	{"lower case, empty and unknown parts", daysOfJanuary + "RRULE: freq=daily ;;byday=;X-THING=1;count=2;", "2024-01-01 00:00", "2025-01-01 00:00", "2024-01-01 12:00, 2024-01-02 12:00"},
	{"week number without a day", "DTSTART:20240515T080000\nRRULE:FREQ=YEARLY;BYWEEKNO=20,53", "2024-01-01 00:00", "2028-01-01 00:00", "2024-05-15 08:00, 2025-05-14 08:00, 2026-05-13 08:00, 2026-12-30 08:00, 2027-05-19 08:00"},
}

func TestExpand(t *testing.T) {
	for _, tt := range expansions {
		t.Run(tt.name, func(t *testing.T) {
			got := starts(t, one(t, tt.lines), newYork(t, tt.from), newYork(t, tt.to), 100)
			if got := strings.Join(got, ", "); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestExceptions(t *testing.T) {
	master := "BEGIN:VEVENT\nUID:1\nSUMMARY:a\nDTSTART;TZID=Europe/berlin:20240101T120000\nDTEND;TZID=Europe/berlin:20240101T130000\nRRULE:FREQ=DAILY;COUNT=5\nEND:VEVENT\n"
	exception := func(id, rest string) string {
		return "BEGIN:VEVENT\nUID:1\nSUMMARY:b\nRECURRENCE-ID" + id + "\n" + rest + "END:VEVENT\n"
	}
	for _, tt := range []struct{ name, lines, want string }{
		{"moved", master + exception(";TZID=Europe/berlin:20240102T120000", "DTSTART;TZID=Europe/berlin:20240103T080000\nDTEND;TZID=Europe/berlin:20240103T100000\n"),
			"a 01 12:00-13:00, b 03 08:00-10:00, a 03 12:00-13:00, a 04 12:00-13:00, a 05 12:00-13:00"},
		{"before its master, named in UTC", exception(":20240102T110000Z", "DTSTART:20240102T120000Z\n") + master,
			"a 01 12:00-13:00, b 02 12:00-12:00, a 03 12:00-13:00, a 04 12:00-13:00, a 05 12:00-13:00"},
		{"named by a date", master + exception(";VALUE=DATE:20240102", "DTSTART:20240102T120000Z\n"),
			"a 01 12:00-13:00, b 02 12:00-12:00, a 03 12:00-13:00, a 04 12:00-13:00, a 05 12:00-13:00"},
		{"moved into the window from before it", strings.Replace(master, "20240101T1", "20230101T1", 2) + exception(";TZID=Europe/berlin:20230102T120000", "DTSTART:20240102T120000Z\n"),
			"b 02 12:00-12:00"},
		{"where the series has none", master + exception(":20240109T110000Z", "DTSTART:20240110T120000Z\n"),
			"a 01 12:00-13:00, a 02 12:00-13:00, a 03 12:00-13:00, a 04 12:00-13:00, a 05 12:00-13:00, b 10 12:00-12:00"},
		{"this and all later ones", master + exception(";TZID=Europe/berlin;RANGE=THISANDFUTURE:20240103T120000", "DTSTART;TZID=Europe/berlin:20240103T150000\nDURATION:PT2H\n"),
			"a 01 12:00-13:00, a 02 12:00-13:00, b 03 15:00-17:00, b 04 15:00-17:00, b 05 15:00-17:00"},
		{"this and all later ones but for one", master + exception(";RANGE=THISANDFUTURE:20240103T110000Z", "DTSTART;TZID=Europe/berlin:20240102T150000\nDURATION:PT2H\n") + strings.Replace(exception(":20240104T110000Z", "DTSTART:20240104T010000Z\n"), ":b", ":c", 1),
			"a 01 12:00-13:00, a 02 12:00-13:00, b 02 15:00-17:00, c 04 01:00-01:00, b 04 15:00-17:00"},
		{"without a master", exception(":20240103T110000Z", "DTSTART:20240103T110000Z\n"), "b 03 11:00-11:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			s := seriesOf(t, in(tt.lines))
			err := ical.Expand(s, utc("2024-01-01 00:00"), utc("2025-01-01 00:00"), func(o ical.Occurrence) bool {
				got = append(got, o.Of.Summary+" "+o.Start.Time.Format("02 15:04")+"-"+o.End.Time.Format("15:04"))
				return true
			})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, strings.Join(got, ", ")); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestToDoByItsDueDate(t *testing.T) {
	s := seriesOf(t, in("BEGIN:VTODO\nUID:1\nDUE:20240101T120000Z\nRRULE:FREQ=DAILY\nEND:VTODO\n"))
	if got := starts(t, s, utc("2024-03-01 00:00"), utc("2024-03-02 00:00"), 9); cmp.Diff([]string{"2024-03-01 12:00"}, got) != "" {
		t.Error(got)
	}
}

// TestHostileRules holds the work that rules can cause to a bound.
func TestHostileRules(t *testing.T) {
	for _, rule := range []string{
		"FREQ=SECONDLY", "FREQ=SECONDLY;COUNT=999999999", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=HOURLY;INTERVAL=24;BYHOUR=3", "FREQ=MINUTELY;BYHOUR=3;BYMINUTE=5;BYSETPOS=77", "FREQ=YEARLY;INTERVAL=999999999", "FREQ=SECONDLY;INTERVAL=999999999",
		"FREQ=DAILY;BYHOUR=" + list(0, 23) + ";BYMINUTE=" + list(0, 59) + ";BYSECOND=" + list(0, 59),
		"FREQ=YEARLY;BYYEARDAY=" + list(1, 366) + ";BYHOUR=" + list(0, 23) + ";BYMINUTE=" + list(0, 59) + ";BYSECOND=" + list(0, 59) + ";BYSETPOS=-1",
		"FREQ=MONTHLY;BYDAY=53MO", "FREQ=YEARLY;BYDAY=53MO;BYWEEKNO=1",
	} {
		s := one(t, "DTSTART:20240101T120000Z\nRRULE:"+rule+"\nEXRULE:"+rule)
		for _, from := range []time.Time{{}, utc("2024-01-01 12:00"), utc("2900-01-01 12:00")} {
			begun, n := time.Now(), 0
			err := ical.Expand(s, from, time.Time{}, func(ical.Occurrence) bool { n++; return true })
			if err != nil && !errors.Is(err, ical.ErrTooMuch) {
				t.Errorf("%s: %v", rule, err)
			}
			if spent := time.Since(begun); spent > 5*time.Second {
				t.Errorf("%s took %v", rule, spent)
			}
		}
	}
	s := one(t, "DTSTART:20240101T120000Z\nRRULE:FREQ=SECONDLY")
	if err := ical.Expand(s, time.Time{}, utc("2025-01-01 00:00"), func(ical.Occurrence) bool { return true }); !errors.Is(err, ical.ErrTooMuch) {
		t.Errorf("got %v, want %v", err, ical.ErrTooMuch)
	}
}

func list(from, to int) string {
	var out []string
	for ; from <= to; from++ {
		out = append(out, fmt.Sprint(from))
	}
	return strings.Join(out, ",")
}

func TestRuleThatIsNotUnderstood(t *testing.T) {
	for _, rule := range []string{"FREQ=SOMETIMES", "COUNT=3", "FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;BYDAY=XX", "RSCALE=HEBREW;FREQ=YEARLY", "FREQ=DAILY;UNTIL=tomorrow"} {
		n := 0
		s := one(t, "DTSTART:20240101T120000Z\nRDATE:20240105T120000Z\nRRULE:"+rule)
		err := ical.Expand(s, time.Time{}, time.Time{}, func(ical.Occurrence) bool { n++; return true })
		var e *recur.RuleError
		if !errors.As(err, &e) || e.Rule != rule || n != 2 {
			t.Errorf("%s: %d occurrences, error %v", rule, n, err)
		}
		if len(s.Master.Findings) != 1 {
			t.Errorf("%s: odd %v", rule, s.Master.Findings)
		}
	}
}

func TestOldRules(t *testing.T) {
	for text, want := range map[string]string{
		"D1 #10": "FREQ=DAILY;COUNT=10", "D2 19990101T000000Z": "FREQ=DAILY;INTERVAL=2;UNTIL=19990101T000000Z", "W1 MO #0": "FREQ=WEEKLY;BYDAY=MO",
		"W2 TU TH #5": "FREQ=WEEKLY;INTERVAL=2;COUNT=5;BYDAY=TU,TH", "MP1 1+ MO 1- FR #3": "FREQ=MONTHLY;COUNT=3;BYDAY=1MO,-1FR",
		"MP6 1+ 2+ SU #4": "FREQ=MONTHLY;INTERVAL=6;COUNT=4;BYDAY=1SU,2SU", "MD1 1 15 LD #0": "FREQ=MONTHLY;BYMONTHDAY=-1,1,15", "MD1 2- #0": "FREQ=MONTHLY;BYMONTHDAY=-2",
		"YM1 6 7 #8": "FREQ=YEARLY;COUNT=8;BYMONTH=6,7", "YD1 1 100 #4": "FREQ=YEARLY;COUNT=4;BYYEARDAY=1,100", "M15 #6": "FREQ=MINUTELY;INTERVAL=15;COUNT=6",
		"D1 0600 1800 #0": "FREQ=DAILY;BYHOUR=6,18;BYMINUTE=0", "W1": "FREQ=WEEKLY;COUNT=2", "w1 mo 20010101": "FREQ=WEEKLY;UNTIL=20010101;BYDAY=MO",
		"YM1 #0": "FREQ=YEARLY", "FREQ=DAILY;COUNT=2": "FREQ=DAILY;COUNT=2",
		"YM1 6 #5 MP1 1+ SU": "", "D1 0600 1730 #0": "", "X1": "", "W1 XX": "", "MP1 MO #3": "", "": "",
	} {
		r, err := recur.Text{Value: text, Old: true}.Parse()
		got := ""
		if err == nil {
			got = r.String()
		}
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v, want %q", text, got, err, want)
		}
	}
}
