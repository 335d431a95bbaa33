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
	texts     map[string]string         // of the VTIMEZONEs
	places    map[string]string         // their X-LIC-LOCATION: what the IANA database calls them
	locations map[string]*time.Location // those asked for, nil for unknown ones
	all       *time.Location            // of times without a TZID; nil if they are floating
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

// text notes the bytes of the VTIMEZONE that was read last.
func (z *zones) text(raw []byte) {
	if len(z.open) == 0 || len(z.texts) == len(z.byID) { // it is none, or not the first of its name
		return
	}
	if z.texts == nil {
		z.texts = map[string]string{}
	}
	z.texts[z.id] = string(raw)
}

// line takes a line of a VTIMEZONE; depth is 0 in it and 1 in its observances.
func (z *zones) line(l *contentline.Line, mark contentline.Mark, depth int) {
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
		z.id = zoneID(l)
	case depth == 0 && l.Is("X-LIC-LOCATION"):
		z.place = zoneID(l)
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
