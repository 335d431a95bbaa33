package ical

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sidekeep/formats/contentline"
)

// ForOthers writes a calendar, of one object or of many, so that other programs
// and services take it: in UTF-8 with CRLF line ends, with VERSION and PRODID,
// without METHOD and without a UID of its own, with a UID and a DTSTAMP in each event, to-do and journal
// entry, with the VTIMEZONE of each time zone that is used and not described
// (RFC 5545 section 3.6.5), and in iCalendar 2.0 if it is a vCalendar 1.0. All
// other lines stay as they are. What could not be brought over is in lost. The
// result of the same bytes is always the same; a UID that is made up depends on
// the entry alone.
//
// The error is a [*contentline.Error]: there is no component in raw.
func ForOthers(raw []byte) (out []byte, lost []Odd, err error) {
	raw, err = contentline.Published(raw)
	if err != nil {
		return nil, nil, err
	}
	cal, err := View(raw)
	if err != nil {
		return nil, nil, err
	}
	t := grow(raw)
	w := otherWriter{old: strings.HasPrefix(cal.Version, "1."), lost: t.odd, entries: map[*byte]*Entry{}}
	for i := range cal.Series {
		s := &cal.Series[i]
		if s.Master != nil {
			w.entries[&s.Master.Raw[0]] = s.Master
		}
		for j := range s.Exceptions {
			w.entries[&s.Exceptions[j].Raw[0]] = &s.Exceptions[j]
		}
	}
	w.head(t.roots)
	if len(cal.Series) > 0 && w.old {
		w.oldLocation = cal.Series[0].zones.all
	}
	if w.oldLocation != nil {
		w.b = append(w.b, w.clockZone(t.roots[0].Lines, cal.Series)...)
	}
	var nodes []*Node
	for _, root := range t.roots {
		if root.Name != calendar {
			nodes = append(nodes, root)
		} else {
			nodes = append(nodes, root.Nodes...)
		}
	}
	w.zones(nodes)
	for _, n := range nodes {
		switch {
		case n.Name == "VTIMEZONE":
		case n.Cut:
			w.lose(n.Line, "%s breaks off and is left out", shownName(n.Name))
		case w.old:
			w.oldEntry(n)
		default:
			w.entry(n)
		}
	}
	return append(w.b, "END:VCALENDAR\r\n"...), w.lost, nil
}

type otherWriter struct {
	b       []byte
	old     bool
	lost    []Odd
	entries map[*byte]*Entry // what was read from the bytes that begin there

	oldLocation *time.Location // of a vCalendar 1.0, nil if it has none
	oldZone     string         // the TZID that it gets
}

func (w *otherWriter) lose(line int, format string, args ...any) {
	w.lost = append(w.lost, Odd{line, fmt.Sprintf(format, args...)})
}

func (w *otherWriter) head(roots []*Node) {
	w.b = append(w.b, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"...)
	product := false
	var rest []byte
	for _, root := range roots {
		if root.Name != calendar {
			continue
		}
		for i := range root.Lines {
			switch l := &root.Lines[i]; strings.ToUpper(l.Name) {
			case "VERSION", "METHOD", "UID", "": // a UID of the calendar itself is taken for the event's
			case "TZ", "DAYLIGHT", "GEO":
				if !w.old {
					rest = append(rest, l.Raw...)
				}
			case "PRODID":
				if !product {
					w.b = append(w.b, l.Raw...)
				}
				product = true
			default:
				rest = append(rest, l.Raw...)
			}
		}
	}
	if !product {
		w.b = append(w.b, "PRODID:-//Sidekeep//Sidekeep//EN\r\n"...)
	}
	w.b = append(w.b, rest...)
}

// zones writes the zones that are there, the first of each name, and those that
// are missing.
func (w *otherWriter) zones(nodes []*Node) {
	have := map[string]bool{}
	for _, n := range nodes {
		if id := n.zoneID(); n.Name == "VTIMEZONE" && id != "" && !have[id] && !n.Cut {
			have[id] = true
			w.b = n.append(w.b)
		}
	}
	used := zoneYears(nodes)
	for _, id := range slices.Sorted(maps.Keys(used)) {
		if have[id] {
			continue
		}
		loc := location(id)
		if loc == nil {
			w.lose(0, "the time zone %q is not known: its times are taken as local ones", contentline.Shown(id))
			continue
		}
		s := used[id]
		if s.open {
			s.last = 0
		}
		w.b = append(w.b, timezone(id, loc, s.first, s.last)...)
	}
}

// entry writes a component as it is, with what every reader asks for.
func (w *otherWriter) entry(n *Node) {
	var add []byte
	if slices.Contains([]string{"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"}, n.Name) {
		if n.text("UID") == "" {
			add = append(add, "UID:"+madeUID(n.Raw)+"\r\n"...)
		}
		if n.line("DTSTAMP") == nil {
			add = append(add, "DTSTAMP:"+n.stamp()+"\r\n"...)
		}
	}
	from := len(w.b)
	w.b = n.append(w.b)
	if len(add) > 0 {
		begin := from
		for l := range contentline.Lines(w.b[from:]) {
			begin += len(l.Raw)
			break
		}
		w.b = slices.Insert(w.b, begin, add...)
	}
}

// madeUID makes a UID of an entry's bytes.
func madeUID(raw []byte) string {
	sum := sha256.Sum256(raw)
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// stamp gives a DTSTAMP: when the entry was last changed, as far as it tells.
func (n *Node) stamp() string {
	for _, name := range []string{"LAST-MODIFIED", "CREATED", "DCREATED"} {
		if l := n.line(name); l != nil {
			if t, date, utc, ok := parseTime(l.Value); ok && utc && !date {
				return t.Format("20060102T150405Z")
			}
		}
	}
	return "19700101T000000Z"
}
