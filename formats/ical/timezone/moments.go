package timezone

import (
	"strings"
	"time"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/civil"
	"sidekeep/formats/ical/datetime"
)

// Moment reads one DATE or DATE-TIME of a property. Of what its VALUE calls a
// date, the time of day counts for nothing: programs write midnight.
func (z *Set) Moment(value string, l *contentline.Line) (m datetime.Moment, ok bool) {
	if len(l.Params) == 0 { // most have none
		return z.In(value, "", false)
	}
	zone := l.Param("TZID")
	m, ok = z.In(value, zone, strings.EqualFold(l.Param("VALUE"), "DATE"))
	if i := strings.LastIndexByte(value, ':'); !ok && i >= 0 && zone != "" { // TZID=tzone://Microsoft/Utc without quotes
		return z.In(value[i+1:], zone+":"+value[:i], false)
	}
	return m, ok
}

// In reads a value in the time zone of that TZID.
func (z *Set) In(value, zone string, day bool) (m datetime.Moment, ok bool) {
	t, date, utc, ok := datetime.ParseTime(value)
	switch {
	case !ok:
		return datetime.Moment{}, false
	case date:
		return datetime.Moment{Time: t, Date: true}, true
	case day:
		return datetime.Moment{Time: t.Truncate(24 * time.Hour), Date: true}, true
	case utc:
		return datetime.Moment{Time: t}, true
	}
	zone = strings.TrimSpace(zone)
	if zone == "" && z.All == nil {
		return datetime.Moment{Time: t, Floating: true}, true
	}
	loc := z.All
	if zone != "" {
		loc = z.location(zone)
	}
	if loc == nil {
		return datetime.Moment{Time: t, Floating: true, Zone: zone}, true
	}
	c := civil.Clock{Location: loc}
	at, _ := c.At(int(t.Unix()))
	return datetime.Moment{Time: c.Time(at), Zone: zone}, true
}

// MomentOf reads the value of a property that is one moment.
func (z *Set) MomentOf(l *contentline.Line) (datetime.Moment, bool) {
	return z.Moment(l.Value, l)
}

// Periods reads a list of dates, times or periods. bad is the first entry that
// is none, "" if all are.
func (z *Set) Periods(l *contentline.Line) (out []datetime.Period, bad string) {
	separators := func(r rune) bool { return r == ',' || r == ';' } // vCalendar 1.0 has semicolons
	for item := range strings.FieldsFuncSeq(l.Text(), separators) {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		from, to, two := strings.Cut(item, "/")
		p := datetime.Period{}
		var ok bool
		if p.Start, ok = z.Moment(from, l); ok && two {
			if length, isLength := datetime.ParseDuration(strings.TrimSpace(to)); isLength {
				p.End = p.Start.After(length)
			} else {
				p.End, ok = z.Moment(to, l)
			}
		}
		if ok {
			out = append(out, p)
		} else if bad == "" {
			bad = item
		}
	}
	return out, bad
}
