package ical

import (
	"strings"
	"time"

	"sidekeep/formats/contentline"
)

// zones are the VTIMEZONEs of one object by their TZID. The one that is being
// read is in open.
type zones struct {
	byID      map[string][]observance
	texts     map[string]string         // of the VTIMEZONEs that were read as nodes
	locations map[string]*time.Location // those asked for, nil for unknown ones
	all       *time.Location            // of times without a TZID; nil if they are floating
	id        string
	open      []observance
}

// An observance is a STANDARD or DAYLIGHT part of a VTIMEZONE (RFC 5545 section
// 3.6.5). All times are wall-clock times, written in UTC.
type observance struct {
	start    time.Time
	from, to int // offsets in seconds before and after an onset
	dates    []time.Time
	rule     *yearly
	text     string // of a rule that is no yearly
	name     string // its TZNAME
	summer   bool   // it is a DAYLIGHT part
	// The part can be evaluated: it has a start and an offset, and no rule but
	// one that is understood.
	started, offset, strange bool
}

// line takes a line of a VTIMEZONE; depth is 0 in it and 1 in its observances.
func (z *zones) line(l *contentline.Line, mark contentline.Mark, depth int) {
	switch {
	case depth == 0 && mark == contentline.Begin:
		z.id, z.open = "", nil
	case depth == 0 && mark == contentline.End:
		if _, have := z.byID[z.id]; have || z.id == "" || len(z.open) == 0 {
			return // of two zones with one name the first counts
		}
		if z.byID == nil {
			z.byID = map[string][]observance{}
		}
		z.byID[z.id] = z.open
	case depth == 0 && l.Is("TZID") && z.id == "":
		z.id = zoneID(l)
	case depth == 1 && mark == contentline.Begin:
		_, name := l.Marker()
		z.open = append(z.open, observance{summer: name == "DAYLIGHT"})
	case depth == 1 && len(z.open) > 0:
		z.open[len(z.open)-1].line(l)
	}
}

func (o *observance) line(l *contentline.Line) {
	switch strings.ToUpper(l.Name) {
	case "DTSTART":
		o.start, _, _, o.started = parseTime(l.Value)
	case "TZOFFSETFROM":
		o.from, _ = offset(l.Value)
	case "TZOFFSETTO":
		o.to, o.offset = offset(l.Value)
	case "RDATE":
		for _, v := range strings.Split(l.Value, ",") {
			v, _, _ = strings.Cut(v, "/")
			if t, _, _, ok := parseTime(v); ok {
				o.dates = append(o.dates, t)
			}
		}
	case "RRULE":
		rule, ok := parseYearly(l.Value)
		if !ok || o.rule != nil {
			o.strange = true
			if o.rule == nil {
				o.text = l.Value
			}
			return
		}
		o.rule = rule
	case "TZNAME":
		o.name = l.Text()
	}
}

// offset reads a UTC-OFFSET such as +0100 in seconds.
func offset(s string) (seconds int, ok bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ":", "")
	if len(s) != 5 && len(s) != 7 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	for i := 1; i < len(s); i += 2 {
		if s[i] < '0' || s[i] > '9' || s[i+1] < '0' || s[i+1] > '9' {
			return 0, false
		}
		seconds = seconds*60 + int(s[i]-'0')*10 + int(s[i+1]-'0')
	}
	if len(s) == 5 {
		seconds *= 60
	}
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, seconds > -24*3600 && seconds < 24*3600
}

// in gives the moment at which a clock in the zone id shows wall, which is
// written in UTC. The object's own VTIMEZONE decides; where it has none that
// can be evaluated, the name does. Of two such moments it is the first, and a
// time that the clock leaves out counts by the offset before (RFC 5545 section
// 3.3.5). ok is false if neither is known.
func (z *zones) in(id string, wall time.Time) (t time.Time, ok bool) {
	if seconds, ok := z.offset(id, wall); ok {
		return wall.Add(-time.Duration(seconds) * time.Second).In(time.FixedZone(id, seconds)), true
	}
	named := location(id)
	if named == nil {
		return time.Time{}, false
	}
	t = time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, named)
	for _, again := range []time.Duration{30 * time.Minute, time.Hour} {
		if first := t.Add(-again); sameClock(first, wall) {
			return first, true
		}
	}
	return t, true
}

// sameClock tells whether a clock shows the same at a and b, each in its zone.
func sameClock(a, b time.Time) bool {
	return a.Hour() == b.Hour() && a.Minute() == b.Minute() && a.Second() == b.Second() && a.YearDay() == b.YearDay()
}

// offset evaluates the VTIMEZONE id: the observance with the latest onset that
// is not after wall tells, and before the first onset the offset that it ended.
func (z *zones) offset(id string, wall time.Time) (seconds int, ok bool) {
	observances := z.byID[strings.TrimSpace(id)]
	var latest, earliest time.Time
	before, found := 0, false
	for i, o := range observances {
		if !o.started || !o.offset || o.strange {
			return 0, false
		}
		if i == 0 || o.start.Before(earliest) {
			earliest, before = o.start, o.from
		}
		gap := time.Duration(max(0, o.to-o.from)) * time.Second // wall in it counts by the offset before it
		if onset, ok := o.onset(wall.Add(-gap)); ok && (!found || onset.After(latest)) {
			latest, seconds, found = onset, o.to, true
		}
	}
	if found {
		return seconds, true
	}
	return before, len(observances) > 0
}

// onset finds the latest onset of o that is not after wall.
func (o *observance) onset(wall time.Time) (latest time.Time, ok bool) {
	consider := func(t time.Time) {
		if !t.After(wall) && !t.Before(o.start) && (!ok || t.After(latest)) {
			latest, ok = t, true
		}
	}
	consider(o.start)
	for _, t := range o.dates {
		consider(t)
	}
	if o.rule == nil || wall.Before(o.start) {
		return latest, ok
	}
	last := wall.Year()
	if !o.rule.until.IsZero() {
		last = min(last, o.rule.until.Year())
	}
	for year := last; year >= last-1; year-- {
		t, exists := o.rule.in(year, o.start)
		if !exists || o.rule.count > 0 && year-o.start.Year() >= o.rule.count {
			continue
		}
		end := o.rule.until
		if o.rule.untilUTC {
			end = end.Add(time.Duration(o.from) * time.Second)
		}
		if end.IsZero() || !t.After(end) {
			consider(t)
		}
	}
	return latest, ok
}
