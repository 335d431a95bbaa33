package ical

import (
	"fmt"
	"strings"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/syntax"
	"sidekeep/formats/ical/timezone"
)

// A viewer makes a Calendar of a tree.
type viewer struct {
	cal    *Calendar
	zones  *timezone.Set
	old    bool           // vCalendar 1.0
	series map[string]int // by component and UID: the index in cal.Series
}

func view(raw []byte) (*Calendar, error) {
	t := syntax.Parse(raw)
	if len(t.Roots) == 0 {
		return nil, &contentline.Error{Reason: "there is no calendar in it: no BEGIN:VCALENDAR"}
	}
	v := viewer{cal: &Calendar{Findings: t.Findings}, zones: &timezone.Set{}, series: map[string]int{}}
	var nodes []*syntax.Node
	for _, root := range t.Roots {
		if root.Name != syntax.VCalendar {
			nodes = append(nodes, root)
			continue
		}
		v.head(root)
		nodes = append(nodes, root.Nodes...)
	}
	if len(nodes) == 0 {
		return nil, &contentline.Error{Reason: "the calendar is empty: no event, to-do or other component in it"}
	}
	for _, n := range nodes {
		if n.Name == "VTIMEZONE" {
			v.zone(n)
		}
	}
	v.zones.All = timezone.OfVCalendar(t.Roots[0].Lines)
	for _, n := range nodes {
		switch n.Name {
		case "VTIMEZONE":
		case "VEVENT", "VTODO", "VJOURNAL":
			v.add(v.entry(n))
		case "VFREEBUSY":
			v.cal.Busy = append(v.cal.Busy, v.busy(n))
		default:
			v.cal.Unknown = append(v.cal.Unknown, n)
		}
	}
	return v.cal, nil
}

// head reads the properties of the calendar itself.
func (v *viewer) head(n *syntax.Node) {
	c := v.cal
	set := func(to *string, l *contentline.Line) {
		if *to == "" {
			*to = syntax.TextOf(l)
		}
	}
	for i := range n.Lines {
		l := &n.Lines[i]
		switch strings.ToUpper(l.Name) {
		case "NAME", "X-WR-CALNAME":
			set(&c.Name, l)
		case "DESCRIPTION", "X-WR-CALDESC":
			set(&c.Description, l)
		case "COLOR", "X-APPLE-CALENDAR-COLOR":
			set(&c.Color, l)
		case "PRODID":
			set(&c.Product, l)
		case "VERSION":
			set(&c.Version, l)
		case "METHOD":
			set(&c.Method, l)
		default:
			c.Rest = append(c.Rest, *l)
		}
	}
	v.old = v.old || strings.HasPrefix(c.Version, "1.")
}

func (v *viewer) zone(n *syntax.Node) {
	z := v.zones
	z.ReadNode(n)
	v.cal.Zones = append(v.cal.Zones, Zone{ID: timezone.IDOf(n), Raw: n.Raw})
}

// add puts an entry into its series.
func (v *viewer) add(e Entry) {
	key := e.Component + "\x00" + e.UID
	i, have := v.series[key]
	if have && e.UID != "" {
		s := &v.cal.Series[i]
		if !e.Recurrence.IsZero() {
			s.Exceptions = append(s.Exceptions, e)
			return
		}
		if s.Master == nil {
			s.Master = &e
			return
		}
		v.cal.Findings = append(v.cal.Findings, syntax.Finding{Reason: fmt.Sprintf("two entries have the UID %q", contentline.Shown(e.UID))})
	}
	s := Series{Component: e.Component, UID: e.UID, Zones: v.zones}
	if e.Recurrence.IsZero() {
		s.Master = &e
	} else {
		s.Exceptions = []Entry{e}
	}
	if !have {
		v.series[key] = len(v.cal.Series)
	}
	v.cal.Series = append(v.cal.Series, s)
}

func (v *viewer) busy(n *syntax.Node) Busy {
	var b Busy
	for i := range n.Lines {
		l := &n.Lines[i]
		switch strings.ToUpper(l.Name) {
		case "UID":
			b.UID = syntax.TextOf(l)
		case "ORGANIZER":
			b.Organizer = ReadPerson(l)
		case "ATTENDEE":
			b.Attendees = append(b.Attendees, ReadPerson(l))
		case "DTSTART":
			b.Start, _ = v.zones.MomentOf(l)
		case "DTEND":
			b.End, _ = v.zones.MomentOf(l)
		case "FREEBUSY":
			periods, bad := v.zones.Periods(l)
			kind := strings.ToUpper(l.Param("FBTYPE"))
			if kind == "" {
				kind = "BUSY"
			}
			for _, p := range periods {
				b.Times = append(b.Times, BusyTime{Type: kind, Start: p.Start, End: p.End})
			}
			if bad != "" {
				v.cal.Findings = append(v.cal.Findings, syntax.Finding{Line: l.Number, Reason: fmt.Sprintf("%q is no period", contentline.Shown(bad))})
			}
		case "DTSTAMP":
		default:
			b.Rest = append(b.Rest, *l)
		}
	}
	return b
}

// ReadPerson reads an ORGANIZER or ATTENDEE.
func ReadPerson(l *contentline.Line) Person {
	address := strings.TrimSpace(l.Text())
	if len(address) >= 7 && strings.EqualFold(address[:7], "mailto:") {
		address = address[7:]
	}
	p := Person{
		Address: address,
		Name:    strings.TrimSpace(l.Param("CN")),
		Role:    strings.ToUpper(l.Param("ROLE")),
		Status:  strings.ToUpper(l.Param("PARTSTAT")),
		Kind:    strings.ToUpper(l.Param("CUTYPE")),
		RSVP:    strings.EqualFold(l.Param("RSVP"), "TRUE") || strings.EqualFold(l.Param("RSVP"), "YES"),
	}
	if p.Status == "" { // vCalendar 1.0
		p.Status = strings.ToUpper(l.Param("STATUS"))
	}
	if p.Address == "" {
		p.Address = l.Param("EMAIL")
	}
	return p
}

// link reads an ATTACH, IMAGE or CONFERENCE.
func link(l *contentline.Line) Link {
	k := Link{Type: l.Param("FMTTYPE"), line: l}
	for _, name := range []string{"FILENAME", "X-FILENAME", "LABEL", "X-LABEL", "X-APPLE-FILENAME"} {
		if k.Label == "" {
			k.Label = l.Param(name)
		}
	}
	value := strings.TrimSpace(l.Text())
	if l.Base64() || l.Says("VALUE", "BINARY") || len(value) > 5 && strings.EqualFold(value[:5], "data:") {
		k.Inline = true
		return k
	}
	k.URI = value
	return k
}
