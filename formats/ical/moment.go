package ical

import (
	"strings"
	"time"

	"sidekeep/formats/contentline"
)

// A Moment is a DATE or a DATE-TIME. The zero Moment is none.
type Moment struct {
	Time     time.Time // in its zone; a date and a floating time are given in UTC
	Date     bool      // it is a day: Time is its midnight
	Floating bool      // it is wall-clock time wherever one is, or of a zone that nobody knows
	Zone     string    // its TZID as delivered; "" if it has none
}

// IsZero tells whether there is no moment.
func (m Moment) IsZero() bool { return m.Time.IsZero() }

// wall gives what the moment's own clock shows.
func (m Moment) wall() int { return wallOf(m.Time) }

// local tells whether the moment has no zone.
func (m Moment) local() bool { return m.Date || m.Floating }

// moment reads one DATE or DATE-TIME of a property. Of what its VALUE calls a
// date, the time of day counts for nothing: programs write midnight.
func (z *zones) moment(value string, l *contentline.Line) (m Moment, ok bool) {
	if len(l.Params) == 0 { // most have none
		return z.in(value, "", false)
	}
	zone := l.Param("TZID")
	m, ok = z.in(value, zone, strings.EqualFold(l.Param("VALUE"), "DATE"))
	if i := strings.LastIndexByte(value, ':'); !ok && i >= 0 && zone != "" { // TZID=tzone://Microsoft/Utc without quotes
		return z.in(value[i+1:], zone+":"+value[:i], false)
	}
	return m, ok
}

// in reads a value in the time zone of that TZID.
func (z *zones) in(value, zone string, day bool) (m Moment, ok bool) {
	t, date, utc, ok := parseTime(value)
	switch {
	case !ok:
		return Moment{}, false
	case date:
		return Moment{Time: t, Date: true}, true
	case day:
		return Moment{Time: t.Truncate(24 * time.Hour), Date: true}, true
	case utc:
		return Moment{Time: t}, true
	}
	zone = strings.TrimSpace(zone)
	if zone == "" && z.all == nil {
		return Moment{Time: t, Floating: true}, true
	}
	loc := z.all
	if zone != "" {
		loc = z.location(zone)
	}
	if loc == nil {
		return Moment{Time: t, Floating: true, Zone: zone}, true
	}
	c := clock{loc: loc}
	at, _ := c.at(int(t.Unix()))
	return Moment{Time: c.time(at), Zone: zone}, true
}

// momentOf reads the value of a property that is one moment.
func (z *zones) momentOf(l *contentline.Line) (Moment, bool) {
	return z.moment(l.Value, l)
}

// A period is one entry of RDATE or FREEBUSY (RFC 5545 section 3.3.9): a start,
// and an end if it states one.
type period struct{ start, end Moment }

// periods reads a list of dates, times or periods. bad is the first entry that
// is none, "" if all are.
func (z *zones) periods(l *contentline.Line) (out []period, bad string) {
	separators := func(r rune) bool { return r == ',' || r == ';' } // vCalendar 1.0 has semicolons
	for item := range strings.FieldsFuncSeq(l.Text(), separators) {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		from, to, two := strings.Cut(item, "/")
		p := period{}
		var ok bool
		if p.start, ok = z.moment(from, l); ok && two {
			if length, isLength := duration(strings.TrimSpace(to)); isLength {
				p.end = p.start.after(length)
			} else {
				p.end, ok = z.moment(to, l)
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

// allDay makes days of the midnights from and to which Outlook lets an event of
// whole days take place, if mark, its X-MICROSOFT-CDO-ALLDAYEVENT, says that.
func allDay(mark string, start, end *Moment) {
	if !strings.EqualFold(strings.TrimSpace(mark), "TRUE") || start.IsZero() || end.IsZero() ||
		start.wall()%daySeconds != 0 || end.wall()%daySeconds != 0 || !end.Time.After(start.Time) {
		return
	}
	for _, m := range []*Moment{start, end} {
		*m = Moment{Time: time.Unix(int64(m.wall()), 0).UTC(), Date: true}
	}
}

// after gives the moment a length later: days on the calendar of its zone, then
// the exact time (RFC 5545 section 3.3.6).
func (m Moment) after(l length) Moment {
	if l.days != 0 {
		c := clock{}
		if !m.local() {
			c.loc = m.Time.Location()
		}
		at, _ := c.at(m.wall() + l.days*daySeconds)
		m.Time = c.time(at)
	}
	m.Time = m.Time.Add(l.exact)
	if m.Date && l.exact%(daySeconds*time.Second) != 0 {
		m.Date, m.Floating = false, true
	}
	return m
}
