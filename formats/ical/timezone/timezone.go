// Package timezone finds out what a TZID means, by the VTIMEZONE of the file or
// by its name, and writes VTIMEZONEs for readers that know less.
package timezone

import (
	"strings"
	"time"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/datetime"
	"sidekeep/formats/ical/syntax"
)

// Set are the VTIMEZONEs of one object by their TZID. The one that is being
// read is in open.
type Set struct {
	byID      map[string][]observance
	texts     map[string]string         // of the VTIMEZONEs
	places    map[string]string         // their X-LIC-LOCATION: what the IANA database calls them
	locations map[string]*time.Location // those asked for, nil for unknown ones
	All       *time.Location            // of times without a TZID; nil if they are floating
	id, place string
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

// Text notes the bytes of the VTIMEZONE that was read last.
func (z *Set) Text(raw []byte) {
	if len(z.open) == 0 || len(z.texts) == len(z.byID) { // it is none, or not the first of its name
		return
	}
	if z.texts == nil {
		z.texts = map[string]string{}
	}
	z.texts[z.id] = string(raw)
}

// Line takes a line of a VTIMEZONE; depth is 0 in it and 1 in its observances.
func (z *Set) Line(l *contentline.Line, mark contentline.Mark, depth int) {
	switch {
	case depth == 0 && mark == contentline.Begin:
		z.id, z.place, z.open = "", "", nil
	case depth == 0 && mark == contentline.End:
		if _, have := z.byID[z.id]; have || z.id == "" || len(z.open) == 0 {
			return // of two zones with one name the first counts
		}
		if z.byID == nil {
			z.byID, z.places = map[string][]observance{}, map[string]string{}
		}
		z.byID[z.id], z.places[z.id] = z.open, z.place
	case depth == 0 && l.Is("TZID") && z.id == "":
		z.id = ID(l)
	case depth == 0 && l.Is("X-LIC-LOCATION"):
		z.place = ID(l)
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
		o.start, _, _, o.started = datetime.ParseTime(l.Value)
	case "TZOFFSETFROM":
		o.from, _ = datetime.ParseOffset(l.Value)
	case "TZOFFSETTO":
		o.to, o.offset = datetime.ParseOffset(l.Value)
	case "RDATE":
		for _, v := range strings.Split(l.Value, ",") {
			v, _, _ = strings.Cut(v, "/")
			if t, _, _, ok := datetime.ParseTime(v); ok {
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

// ReadNode reads a VTIMEZONE.
func (z *Set) ReadNode(n *syntax.Node) {
	begin := contentline.Line{Name: "BEGIN", Value: n.Name}
	z.Line(&begin, contentline.Begin, 0)
	for i := range n.Lines {
		z.Line(&n.Lines[i], contentline.None, 0)
	}
	for _, part := range n.Nodes {
		begin := contentline.Line{Name: "BEGIN", Value: part.Name}
		z.Line(&begin, contentline.Begin, 1)
		for i := range part.Lines {
			z.Line(&part.Lines[i], contentline.None, 1)
		}
	}
	z.Line(&contentline.Line{Name: "END", Value: n.Name}, contentline.End, 0)
	z.Text(n.Raw)
}
