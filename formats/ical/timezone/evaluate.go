package timezone

import (
	"encoding/binary"
	"slices"
	"strings"
	"sync"
	"time"

	"sidekeep/formats/ical/civil"
	"sidekeep/formats/ical/recur"
)

// location finds the time zone id: the object's own VTIMEZONE where it has one
// that can be evaluated, and what the name says otherwise. Years for which a
// VTIMEZONE says nothing follow the IANA database if it knows the name. The
// result is nil if neither is known.
func (z *Set) location(id string) *time.Location {
	if z == nil {
		return Location(id)
	}
	if l, ok := z.locations[id]; ok {
		return l
	}
	l := z.own(id)
	if l == nil {
		l = Location(id)
	}
	if l == nil {
		l = Known(z.places[strings.TrimSpace(id)])
	}
	if z.locations == nil {
		z.locations = map[string]*time.Location{}
	}
	z.locations[id] = l
	return l
}

// evaluated remembers the VTIMEZONEs that were asked for last: the objects of a
// calendar mostly have the same ones, and evaluating one costs as much as
// reading ten events.
var evaluated struct {
	sync.Mutex
	byText map[string]*time.Location
}

const mostEvaluated = 200

func (z *Set) own(id string) *time.Location {
	id = strings.TrimSpace(id)
	text := z.texts[id]
	if text == "" || len(text) > 1<<16 {
		return ownLocation(id, z.byID[id], z.named(id))
	}
	evaluated.Lock()
	defer evaluated.Unlock()
	if l, ok := evaluated.byText[text]; ok {
		return l
	}
	if len(evaluated.byText) >= mostEvaluated || evaluated.byText == nil {
		evaluated.byText = map[string]*time.Location{}
	}
	l := ownLocation(id, z.byID[id], z.named(id))
	evaluated.byText[strings.Clone(text)] = l
	return l
}

// named is the zone of the IANA database that a VTIMEZONE is called after, nil
// if there is none.
func (z *Set) named(id string) *time.Location {
	if l := Known(id); l != nil {
		return l
	}
	return Known(z.places[id])
}

// A change of the clock.
type change struct {
	at     int // the moment, in seconds since 1970
	offset int // after it
	name   string
	summer bool
}

// The years in which a VTIMEZONE is evaluated, and how many changes of the
// clock it may have in them.
const (
	firstZoneYear = 1850
	lastZoneYear  = 2130
	mostChanges   = 4096
	densest       = 6 // changes in a week
)

// ownLocation makes a Location of the observances of a VTIMEZONE; nil if they
// cannot be evaluated. What they do not reach follows named, if it is not nil.
func ownLocation(id string, observances []observance, named *time.Location) *time.Location {
	var changes []change
	before, earliest, open := 0, civil.FarFuture, false
	for i := range observances {
		o := &observances[i]
		if !o.started || !o.offset {
			return nil
		}
		if start := int(o.start.Unix()); start < earliest {
			earliest, before = start, o.from
		}
		open = open || o.open()
		onsets, ok := o.onsets()
		if !ok || len(changes)+len(onsets) > mostChanges {
			return nil
		}
		for _, wall := range onsets {
			changes = append(changes, change{wall - o.from, o.to, o.name, o.summer})
		}
	}
	if len(changes) == 0 {
		return nil
	}
	slices.SortStableFunc(changes, func(a, b change) int { return a.at - b.at })
	changes = slices.CompactFunc(changes, func(a, b change) bool { return a.at == b.at })
	if named != nil && !open {
		changes, before = within(named, changes)
	}
	for i := range max(0, len(changes)-densest) {
		if changes[i+densest].at-changes[i].at < 7*civil.DaySeconds {
			return nil
		}
	}
	l, err := time.LoadLocationFromTZData(id, zoneFile(before, changes))
	if err != nil {
		return nil
	}
	return l
}

// open tells whether the observance goes on for good.
func (o *observance) open() bool {
	if o.strange {
		r, err := recur.Parse(o.text)
		return err == nil && r.Count == 0 && r.Until.IsZero()
	}
	return o.rule != nil && o.rule.count == 0 && o.rule.until.IsZero()
}

// within puts the changes of a zone before and after those that are given, which
// are not empty, and tells the offset before all.
func within(named *time.Location, own []change) (all []change, before int) {
	first, last := own[0].at, own[len(own)-1].at
	at := civil.DayOf(firstZoneYear, 1, 1) * civil.DaySeconds
	_, before = time.Unix(int64(min(at, first-1)), 0).In(named).Zone()
	follow := func(from, to int) {
		for next := civil.SpanEnd(named, from); next < to && len(all) < mostChanges; next = civil.SpanEnd(named, next) {
			t := time.Unix(int64(next), 0).In(named)
			name, offset := t.Zone()
			all = append(all, change{next, offset, name, t.IsDST()})
		}
	}
	follow(at, first)
	all = append(all, own...)
	follow(last, civil.DayOf(lastZoneYear, 12, 31)*civil.DaySeconds)
	return all, before
}

// onsets gives the wall-clock times at which the observance starts, up to the
// last year of interest. ok is false if its rule is not understood.
func (o *observance) onsets() (walls []int, ok bool) {
	start := int(o.start.Unix())
	walls = append(walls, start)
	for _, t := range o.dates {
		walls = append(walls, int(t.Unix()))
	}
	switch {
	case o.strange:
		r, err := recur.Parse(o.text)
		if err != nil {
			return nil, false
		}
		work := mostChanges * 16
		g := recur.NewGenerator(r, &civil.Clock{Location: time.FixedZone("", o.from)}, start, true, &work)
		g.Limit(civil.DayOf(lastZoneYear, 12, 31) * civil.DaySeconds)
		for s := g.Head(); s.At < civil.FarFuture; s = g.Head() {
			g.Advance()
			if walls = append(walls, s.Wall); len(walls) > mostChanges {
				return nil, false
			}
		}
		if work < 0 {
			return nil, false
		}
	case o.rule != nil:
		walls = o.yearly(walls)
	}
	slices.Sort(walls)
	return slices.Compact(walls), true
}

func (o *observance) yearly(walls []int) []int {
	end := o.rule.until
	if o.rule.untilUTC {
		end = end.Add(time.Duration(o.from) * time.Second)
	}
	for year := max(o.start.Year(), firstZoneYear); year <= lastZoneYear; year++ {
		if o.rule.count > 0 && year-o.start.Year() >= o.rule.count {
			break
		}
		t, exists := o.rule.in(year, o.start)
		if !exists || t.Before(o.start) {
			continue
		}
		if !end.IsZero() && t.After(end) {
			break
		}
		walls = append(walls, int(t.Unix()))
	}
	return walls
}

// zoneFile writes the changes as a file of the zone database (RFC 8536,
// version 2), which is the one form in which the time package takes a zone.
// before is the offset before the first change.
func zoneFile(before int, changes []change) []byte {
	type kind struct {
		ParseOffset int
		summer      bool
		name        string
	}
	kinds := []kind{{ParseOffset: before}}
	names := "\x00"
	nameAt := map[string]int{"": 0}
	indexes := make([]byte, 0, len(changes))
	ats := make([]byte, 0, 8*len(changes))
	for _, c := range changes {
		k := kind{c.offset, c.summer, zoneName(c.name)}
		if _, have := nameAt[k.name]; !have {
			if len(names)+len(k.name) > 250 {
				k.name = ""
			} else {
				nameAt[k.name] = len(names)
				names += k.name + "\x00"
			}
		}
		i := slices.Index(kinds, k)
		if i < 0 && len(kinds) < 255 {
			i, kinds = len(kinds), append(kinds, k)
		}
		indexes = append(indexes, byte(max(i, 0)))
		ats = binary.BigEndian.AppendUint64(ats, uint64(c.at))
	}
	header := func(b []byte, changes, kinds, names int) []byte {
		b = append(b, "TZif2"...)
		b = append(b, make([]byte, 15)...)
		for _, n := range []int{0, 0, 0, changes, kinds, names} {
			b = binary.BigEndian.AppendUint32(b, uint32(n))
		}
		return b
	}
	b := header(nil, 0, 1, 1) // version 1, which nobody reads
	b = append(b, 0, 0, 0, 0, 0, 0, 0)
	b = header(b, len(changes), len(kinds), len(names))
	b = append(append(b, ats...), indexes...)
	for _, k := range kinds {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(k.ParseOffset)))
		b = append(b, oneIf(k.summer), byte(nameAt[k.name]))
	}
	b = append(b, names...)
	return append(b, '\n', '\n')
}

func oneIf(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// zoneName makes an abbreviation of a TZNAME.
func zoneName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, strings.TrimSpace(s))
	return s[:min(len(s), 20)]
}
