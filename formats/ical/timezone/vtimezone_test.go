package timezone

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/civil"
	"sidekeep/formats/ical/datetime"
)

// everyZone lists the zones that the tables of this package name, and some with
// changes that are hard to describe.
func everyZone() []string {
	names := slices.Collect(maps.Values(windows))
	names = append(names, "Europe/London", "Africa/Casablanca", "America/Sao_Paulo", "Pacific/Apia", "Asia/Gaza", "Europe/Dublin",
		"Antarctica/Troll", "Australia/Lord_Howe", "America/Havana", "Asia/Tehran", "America/Godthab", "Africa/Monrovia", "UTC", "Asia/Kathmandu")
	slices.Sort(names)
	return slices.Compact(names)
}

// TestTimezone reads what is written back, and compares each change of the
// clock with what Go's database says.
func TestTimezone(t *testing.T) {
	for _, name := range everyZone() {
		loc := load(name)
		if loc == nil {
			t.Errorf("no zone %s", name)
			continue
		}
		for _, years := range []struct{ first, last, until int }{{2024, 2025, 2025}, {1996, 0, 2059}, {2007, 2012, 2012}, {1950, 1981, 1981}} {
			text := Write(name, loc, years.first, years.last)
			z := zonesOf(string(text))
			own := ownLocation(name, z.byID[name], nil)
			if own == nil {
				t.Errorf("%s is not read:\n%s", name, text)
				continue
			}
			at := time.Date(years.first, 1, 1, 0, 0, 0, 0, loc)
			end := time.Date(years.until, 12, 31, 23, 0, 0, 0, loc)
			for at.Before(end) {
				for _, moment := range []time.Time{at.Add(-time.Second), at, at.Add(40 * 24 * time.Hour)} {
					if moment.Year() < years.first || moment.After(end) {
						continue
					}
					name1, want := moment.Zone()
					name2, got := moment.In(own).Zone()
					if got != want || name1 != name2 {
						t.Fatalf("%s from %d: %v is %d %s, want %d %s\n%s", name, years.first, moment.UTC(), got, name2, want, name1, text)
					}
				}
				next := civil.SpanEnd(loc, int(at.Unix()))
				if next == civil.FarFuture {
					break
				}
				at = time.Unix(int64(next), 0).In(loc)
			}
			if n := strings.Count(string(text), "BEGIN:"); n > 140 {
				t.Errorf("%s from %d: %d components", name, years.first, n)
			}
		}
	}
}

func TestTimezoneIsShort(t *testing.T) {
	want := crlf(`
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:20231029T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20240331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
END:VTIMEZONE
`)
	if got := string(Write("W. Europe Standard Time", load("Europe/Berlin"), 2024, 0)); got != want {
		t.Errorf("got\n%s", got)
	}
	for l := range contentline.Lines([]byte(want)) {
		if len(l.Raw) > contentline.MaxWidth+2 {
			t.Errorf("a line of %d bytes: %q", len(l.Raw), l.Raw)
		}
	}
}

// TestOwnLocation holds the locations to what zones.in says of wall-clock time.
func TestOwnLocation(t *testing.T) {
	own := ownLocation("Mine", zonesOf(berlin[1:]).byID["Mine"], nil)
	named := load("Europe/Berlin")
	c1, c2 := civil.Clock{Location: own}, civil.Clock{Location: named}
	for wall := civil.DayOf(1997, 1, 1) * civil.DaySeconds; wall < civil.DayOf(2060, 1, 1)*civil.DaySeconds; wall += 1799 {
		at1, skipped1 := c1.At(wall)
		at2, skipped2 := c2.At(wall)
		if at1 != at2 || skipped1 != skipped2 {
			t.Fatalf("%s: %d %v, want %d %v", datetime.WallText(wall), at1, skipped1, at2, skipped2)
		}
	}
}
