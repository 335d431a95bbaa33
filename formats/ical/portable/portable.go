// Package portable writes calendars so that other programs and services take
// them: complete, with every time zone described, and in iCalendar 2.0 if they
// are vCalendar 1.0.
package portable

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
	"sidekeep/formats/ical/datetime"
	"sidekeep/formats/ical/syntax"
	"sidekeep/formats/ical/timezone"
)

// Write writes a calendar, of one object or of many, so that other programs
// and services take it: in UTF-8 with CRLF line ends, with VERSION and PRODID,
// without METHOD and without a UID of its own, with a UID and a DTSTAMP in each event, to-do and journal
// entry, with the VTIMEZONE of each time zone that is used and not described
// (RFC 5545 section 3.6.5), and in iCalendar 2.0 if it is a vCalendar 1.0. All
// other lines stay as they are. What could not be brought over is in lost. The
// result of the same bytes is always the same; a UID that is made up depends on
// the entry alone.
//
// The error is a [*contentline.Error]: there is no component in raw.
func Write(raw []byte) (out []byte, lost []syntax.Finding, err error) {
	raw, err = contentline.Published(raw)
	if err != nil {
		return nil, nil, err
	}
	cal, err := ical.View(raw)
	if err != nil {
		return nil, nil, err
	}
	t := syntax.Parse(raw)
	w := writer{old: strings.HasPrefix(cal.Version, "1."), lost: t.Findings, entries: map[*byte]*ical.Entry{}}
	for i := range cal.Series {
		s := &cal.Series[i]
		if s.Master != nil {
			w.entries[&s.Master.Raw[0]] = s.Master
		}
		for j := range s.Exceptions {
			w.entries[&s.Exceptions[j].Raw[0]] = &s.Exceptions[j]
		}
	}
	w.head(t.Roots)
	if len(cal.Series) > 0 && w.old {
		w.oldLocation = cal.Series[0].Zones.All
	}
	if w.oldLocation != nil {
		w.b = append(w.b, w.clockZone(t.Roots[0].Lines, cal.Series)...)
	}
	var nodes []*syntax.Node
	for _, root := range t.Roots {
		if root.Name != syntax.VCalendar {
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
			w.lose(n.Line, "%s breaks off and is left out", syntax.ShownName(n.Name))
		case w.old:
			w.oldEntry(n)
		default:
			w.entry(n)
		}
	}
	return append(w.b, "END:VCALENDAR\r\n"...), w.lost, nil
}

type writer struct {
	b       []byte
	old     bool
	lost    []syntax.Finding
	entries map[*byte]*ical.Entry // what was read from the bytes that begin there

	oldLocation *time.Location // of a vCalendar 1.0, nil if it has none
	oldZone     string         // the TZID that it gets
}

func (w *writer) lose(line int, format string, args ...any) {
	w.lost = append(w.lost, syntax.Finding{Line: line, Reason: fmt.Sprintf(format, args...)})
}

func (w *writer) head(roots []*syntax.Node) {
	w.b = append(w.b, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"...)
	product := false
	var rest []byte
	for _, root := range roots {
		if root.Name != syntax.VCalendar {
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
func (w *writer) zones(nodes []*syntax.Node) {
	have := map[string]bool{}
	for _, n := range nodes {
		if id := timezone.IDOf(n); n.Name == "VTIMEZONE" && id != "" && !have[id] && !n.Cut {
			have[id] = true
			w.b = n.Append(w.b)
		}
	}
	used := timezone.Years(nodes)
	for _, id := range slices.Sorted(maps.Keys(used)) {
		if have[id] {
			continue
		}
		loc := timezone.Location(id)
		if loc == nil {
			w.lose(0, "the time zone %q is not known: its times are taken as local ones", contentline.Shown(id))
			continue
		}
		s := used[id]
		if s.Open {
			s.Last = 0
		}
		w.b = append(w.b, timezone.Write(id, loc, s.First, s.Last)...)
	}
}

// entry writes a component as it is, with what every reader asks for.
func (w *writer) entry(n *syntax.Node) {
	var add []byte
	if slices.Contains([]string{"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"}, n.Name) {
		if n.Text("UID") == "" {
			add = append(add, "UID:"+madeUID(n.Raw)+"\r\n"...)
		}
		if n.Find("DTSTAMP") == nil {
			add = append(add, "DTSTAMP:"+stampOf(n)+"\r\n"...)
		}
	}
	from := len(w.b)
	w.b = n.Append(w.b)
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

// stampOf gives a DTSTAMP: when the entry was last changed, as far as it tells.
func stampOf(n *syntax.Node) string {
	for _, name := range []string{"LAST-MODIFIED", "CREATED", "DCREATED"} {
		if l := n.Find(name); l != nil {
			if t, date, utc, ok := datetime.ParseTime(l.Value); ok && utc && !date {
				return t.Format("20060102T150405Z")
			}
		}
	}
	return "19700101T000000Z"
}
