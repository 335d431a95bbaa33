package ical

import (
	"bytes"
	"io"
	"strings"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/timezone"
)

// A Reader reads objects one after the other, and is several times as fast as
// [View] where they begin with the same bytes, as the objects of a calendar do
// that differ in nothing but their event. It is not for several goroutines.
type Reader struct {
	lines contentline.Reader
	zones map[string]*timezone.Set // by what stands before the event
	found [1]Series
	entry Entry
}

// mostBegins is how many beginnings a Reader knows.
const mostBegins = 100

var (
	eventBegins = []byte("\nBEGIN:VEVENT\r\n")
	eventEnds   = []byte("\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
	eventWord   = []byte("VEVENT")
)

// Series gives the series of an object. They are those of [View], but that
// alarms, other components, unknown properties and what is odd may be missing,
// and Raw. They are valid until the next call.
func (r *Reader) Series(raw []byte) ([]Series, error) {
	at := bytes.Index(raw, eventBegins) + 1
	if at == 0 || !bytes.HasSuffix(raw, eventEnds) || bytes.Count(raw, eventWord) != 2 {
		return onlySeries(View(raw))
	}
	zones, known := r.zones[string(raw[:at])]
	if !known {
		c, err := View(bytes.Clone(raw))
		if zones = plainZones(c); err == nil && zones != nil {
			r.learn(string(raw[:at]), zones)
		}
		return onlySeries(c, err)
	}
	body := raw[at : len(raw)-len("END:VCALENDAR\r\n")]
	if !r.event(body, zones) {
		return onlySeries(View(raw))
	}
	r.found[0] = Series{Component: "VEVENT", UID: r.entry.UID, Zones: zones}
	if r.entry.Recurrence.IsZero() {
		r.found[0].Master = &r.entry
	} else {
		r.found[0].Exceptions = []Entry{r.entry}
	}
	return r.found[:], nil
}

func onlySeries(c *Calendar, err error) ([]Series, error) {
	if err != nil {
		return nil, err
	}
	return c.Series, nil
}

func (r *Reader) learn(begin string, z *timezone.Set) {
	if r.zones == nil || len(r.zones) >= mostBegins {
		r.zones = map[string]*timezone.Set{}
	}
	r.zones[begin] = z
}

// plainZones are the time zones of a calendar in which nothing is unusual; nil
// if something is.
func plainZones(c *Calendar) *timezone.Set {
	if c == nil || len(c.Series) != 1 || len(c.Findings) > 0 || len(c.Busy) > 0 || len(c.Unknown) > 0 || strings.HasPrefix(c.Version, "1.") {
		return nil
	}
	if s := &c.Series[0]; (s.Master == nil || len(s.Exceptions) == 0) && len(s.Exceptions) < 2 && s.Zones.All == nil {
		return s.Zones
	}
	return nil
}

// event reads one whole VEVENT; false if something in it is unusual.
func (r *Reader) event(body []byte, z *timezone.Set) bool {
	e := entryReader{zones: z, e: Entry{Component: "VEVENT", Percent: -1}}
	r.lines.Reset(body)
	var l contentline.Line
	depth := 0
	for {
		err := r.lines.Read(&l)
		if err == io.EOF {
			break
		}
		if err != nil || l.Cut {
			return false
		}
		if mark, name := l.Marker(); mark == contentline.Begin || mark == contentline.End {
			depth = nesting(depth, mark, name)
			if depth < 0 {
				return false
			}
			continue
		}
		if depth != 1 {
			continue
		}
		if name := upperName(l.Name); !e.text(name, &l) && !e.time(name, &l) {
			e.list(name, &l)
		}
	}
	e.finish()
	r.entry = e.e
	return depth == 0 && len(r.entry.Findings) == 0
}

// nesting is the depth behind a BEGIN or an END: 1 in the event, 2 in an alarm
// of it, 0 before and after; -1 where it is another one.
func nesting(depth int, mark contentline.Mark, name string) int {
	switch {
	case mark == contentline.Begin && depth == 0 && name == "VEVENT":
		return 1
	case mark == contentline.Begin && depth == 1 && name == "VALARM":
		return 2
	case mark == contentline.End && depth == 2 && name == "VALARM":
		return 1
	case mark == contentline.End && depth == 1 && name == "VEVENT":
		return 0
	}
	return -1
}

// upperName is strings.ToUpper, which most names need not.
func upperName(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= 'a' && c <= 'z' || c >= 0x80 {
			return strings.ToUpper(s)
		}
	}
	return s
}
