package timezone

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sidekeep/formats/contentline"
)

func zonesOf(s string) *Set {
	z := &Set{}
	depth := -1
	for l := range contentline.Lines([]byte(s)) {
		mark, _ := l.Marker()
		if mark == contentline.Begin {
			depth++
		}
		z.Line(&l, mark, depth)
		if mark == contentline.End {
			depth--
		}
	}
	return z
}

// TestOwnZone compares VTIMEZONEs with what the IANA database says, for every
// sixth hour of years.
func TestOwnZone(t *testing.T) {
	zone := func(observances ...string) string {
		return "BEGIN:VTIMEZONE\nTZID:Mine\n" + strings.Join(observances, "") + "END:VTIMEZONE\n"
	}
	part := func(start, from, to, rest string) string {
		return fmt.Sprintf("BEGIN:STANDARD\nDTSTART:%s\nTZOFFSETFROM:%s\nTZOFFSETTO:%s\n%sEND:STANDARD\n", start, from, to, rest)
	}
	tests := []struct {
		iana     string
		from, to int
		zone     string
	}{
		{"Europe/Berlin", 1997, 2030, berlin[1:]},
		{"America/New_York", 1988, 2030, zone(
			part("19870405T020000", "-0500", "-0400", "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z\n"),
			part("20070311T020000", "-0500", "-0400", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\n"),
			part("19671029T020000", "-0400", "-0500", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z\n"),
			part("20071104T020000", "-0400", "-0500", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\n"))},
		{"America/New_York", 2008, 2020, zone(
			part("20070311T020000", "-0500", "-0400", "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU\n"),
			part("20071104T020000", "-0400", "-0500", "RRULE:FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=SU\n"))},
		{"Asia/Kolkata", 1990, 1992, zone(part("19700101T000000", "+0530", "+0530", ""))},
		{"America/Caracas", 2003, 2020, zone(
			part("19650101T000000", "-0430", "-0400", ""),
			part("20071209T030000", "-0400", "-0430", ""),
			part("20160501T023000", "-0430", "-0400", "RDATE:20160501T023000\n"))},
	}
	for _, tt := range tests {
		own, named := zonesOf(tt.zone), load(tt.iana)
		for at := time.Date(tt.from, 1, 1, 0, 30, 0, 0, time.UTC); at.Year() < tt.to; at = at.Add(6 * time.Hour) {
			local := at.In(named)
			wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), 0, 0, time.UTC)
			got, ok := own.slowly("Mine", wall)
			if !ok || !sameClock(got.In(named), wall) || got.After(at) {
				t.Errorf("%s: %v is %v, want %v", tt.iana, wall, got, at)
				break
			}
		}
	}
}

func TestClockChanges(t *testing.T) {
	for _, z := range []struct {
		id  string
		Set *Set
	}{{"Mine", zonesOf(berlin[1:])}, {"Europe/Berlin", &Set{}}} {
		for wall, want := range map[string]string{
			"2020-03-29 01:59": "2020-03-29 00:59",
			"2020-03-29 02:30": "2020-03-29 01:30", // left out
			"2020-03-29 03:00": "2020-03-29 01:00",
			"2020-10-25 01:59": "2020-10-24 23:59",
			"2020-10-25 02:30": "2020-10-25 00:30", // twice
			"2020-10-25 03:00": "2020-10-25 02:00",
		} {
			if got, ok := z.Set.slowly(z.id, utc(wall)); !ok || !got.Equal(utc(want)) {
				t.Errorf("%s: %s is %v, want %s", z.id, wall, got.UTC(), want)
			}
		}
	}
}

func TestZoneWithARuleThatIsNotUnderstood(t *testing.T) {
	own := "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0500\nRRULE:FREQ=SECONDLY\nEND:STANDARD\nEND:VTIMEZONE\n"
	got, ok := zonesOf(own).slowly("Europe/Berlin", utc("2020-01-01 12:00"))
	if !ok || !got.Equal(utc("2020-01-01 11:00")) {
		t.Errorf("got %v, %v, want what the name says", got, ok)
	}
}

func TestLocation(t *testing.T) {
	summer := utc("2020-07-01 12:00")
	for id, want := range map[string]int{
		"Europe/Berlin":                                      2,
		"W. Europe Standard Time":                            2,
		"w. europe standard time":                            2,
		"/freeassociation.sourceforge.net/Europe/Berlin":     2,
		"/freeassociation.sourceforge.net/Tzfile/Asia/Tokyo": 9,
		"/mozilla.org/20050126_1/America/New_York":           -4,
		"US-Eastern":                       -4,
		"Argentina/Buenos_Aires":           99,
		"GMT+0200":                         2,
		"GMT-5":                            -5,
		"UTC+03":                           3,
		"(UTC+01:00) Amsterdam, Berlin":    1,
		"(GMT) Greenwich":                  0,
		"UTC":                              0,
		"UTC-11":                           -11,
		"Local":                            99,
		"":                                 99,
		"../../etc/passwd":                 99,
		"/etc/passwd":                      99,
		"GMT+9999":                         99,
		strings.Repeat("a/", 1000):         99,
		"Customized Time Zone":             99,
		"(GMT+0x:00)":                      99,
		"Pacific Standard Time":            -7,
		"/softwarestudio.org/Europe/Paris": 2,
	} {
		l := Location(id)
		if l == nil {
			if want != 99 {
				t.Errorf("%q is not known", id)
			}
			continue
		}
		if _, seconds := summer.In(l).Zone(); seconds != want*3600 {
			t.Errorf("%q is %d seconds from UTC, want %d hours", id, seconds, want)
		}
	}
}

func TestWindows(t *testing.T) {
	for name, iana := range windows {
		if load(iana) == nil {
			t.Errorf("%s: there is no zone %s", name, iana)
		}
		if name != strings.ToLower(name) {
			t.Errorf("%s is not in lower case", name)
		}
	}
}
