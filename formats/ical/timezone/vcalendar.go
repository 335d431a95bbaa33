package timezone

import (
	"fmt"
	"strings"
	"time"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/datetime"
)

// OfVCalendar is the time zone of a vCalendar 1.0, which has one for all times
// that do not end in Z: TZ is its offset, and each DAYLIGHT a time for which
// another one holds. It is nil if lines, those of the calendar, say nothing: a
// calendar without them has floating times. So has every one of version 2.0.
func OfVCalendar(lines []contentline.Line) *time.Location {
	old, tz := false, ""
	for i := range lines {
		switch l := &lines[i]; {
		case l.Is("VERSION"):
			old = strings.HasPrefix(strings.TrimSpace(l.Text()), "1.")
		case l.Is("TZ") && tz == "":
			tz = strings.TrimSpace(l.Text())
		}
	}
	standard, ok := oldOffset(tz)
	switch {
	case !old:
		return nil
	case !ok:
		return Known(tz) // some programs write a name
	}
	var changes []change
	for i := range lines {
		l := &lines[i]
		if !l.Is("DAYLIGHT") {
			continue
		}
		f := strings.Split(l.Text(), ";")
		if len(f) < 4 || !strings.EqualFold(strings.TrimSpace(f[0]), "TRUE") {
			continue
		}
		summer, ok := oldOffset(strings.TrimSpace(f[1]))
		from, _, fromUTC, ok1 := datetime.ParseTime(f[2])
		to, _, toUTC, ok2 := datetime.ParseTime(f[3])
		if !ok || !ok1 || !ok2 || !to.After(from) {
			continue
		}
		on, off := int(from.Unix()), int(to.Unix())
		if !fromUTC {
			on -= standard
		}
		if !toUTC {
			off -= summer
		}
		if n := len(changes); n > 0 && changes[n-1].at >= on || n >= mostChanges {
			break // not in their order
		}
		name := func(i int) string {
			if i < len(f) {
				return strings.TrimSpace(f[i])
			}
			return ""
		}
		changes = append(changes, change{on, summer, name(5), true}, change{off, standard, name(4), false})
	}
	loc := time.FixedZone(fmt.Sprintf("TZ:%s", tz), standard)
	if len(changes) > 0 {
		if l, err := time.LoadLocationFromTZData("TZ:"+tz, zoneFile(standard, changes)); err == nil {
			loc = l
		}
	}
	return loc
}

// oldOffset reads +01, -0530, +5:30 or +01:00 in seconds.
func oldOffset(s string) (int, bool) {
	s = strings.ReplaceAll(s, ":", "")
	if s != "" && s[0] != '+' && s[0] != '-' {
		s = "+" + s
	}
	switch len(s) {
	case 2:
		s = s[:1] + "0" + s[1:] + "00"
	case 3:
		s += "00"
	case 4:
		s = s[:1] + "0" + s[1:]
	}
	return datetime.ParseOffset(s)
}
