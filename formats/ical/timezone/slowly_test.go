package timezone

import (
	"strings"
	"time"
)

// What follows evaluates a VTIMEZONE moment by moment, another way than
// ownLocation does, which is held to it.

// slowly gives the moment at which a clock in the zone id shows wall, which is
// written in UTC. The object's own VTIMEZONE decides; where it has none that
// can be evaluated, the name does. Of two such moments it is the first, and a
// time that the clock leaves out counts by the offset before (RFC 5545 section
// 3.3.5). ok is false if neither is known.
func (z *Set) slowly(id string, wall time.Time) (t time.Time, ok bool) {
	if seconds, ok := z.offsetOf(id, wall); ok {
		return wall.Add(-time.Duration(seconds) * time.Second).In(time.FixedZone(id, seconds)), true
	}
	named := Location(id)
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

// offsetOf evaluates the VTIMEZONE id: the observance with the latest onset that
// is not after wall tells, and before the first onset the offset that it ended.
func (z *Set) offsetOf(id string, wall time.Time) (seconds int, ok bool) {
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
