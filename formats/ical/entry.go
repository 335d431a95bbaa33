package ical

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/datetime"
	"sidekeep/formats/ical/recur"
	"sidekeep/formats/ical/syntax"
	"sidekeep/formats/ical/timezone"
)

// An entryReader reads one VEVENT, VTODO or VJOURNAL.
type entryReader struct {
	e     Entry
	zones *timezone.Set
	old   bool
}

func (v *viewer) entry(n *syntax.Node) Entry {
	r := entryReader{zones: v.zones, old: v.old, e: Entry{Component: n.Name, Percent: -1, Raw: n.Raw}}
	for i := range n.Lines {
		l := &n.Lines[i]
		name := strings.ToUpper(l.Name)
		if !r.text(name, l) && !r.time(name, l) && !r.list(name, l) && !r.oldAlarm(name, l) {
			r.e.Rest = append(r.e.Rest, *l)
		}
	}
	for _, part := range n.Nodes {
		switch part.Name {
		case "VALARM":
			r.e.Alarms = append(r.e.Alarms, r.alarm(part))
		case "PARTICIPANT", "VLOCATION", "VRESOURCE":
			r.e.Participants = append(r.e.Participants, part)
		default:
			r.e.Unknown = append(r.e.Unknown, part)
		}
	}
	if n.Cut {
		r.odd(nil, "it breaks off: its end is missing")
	}
	r.finish()
	return r.e
}

func (r *entryReader) odd(l *contentline.Line, format string, args ...any) {
	number := 0
	if l != nil {
		number = l.Number
	}
	r.e.Findings = append(r.e.Findings, syntax.Finding{Line: number, Reason: fmt.Sprintf(format, args...)})
}

// text reads a property that is one text; false if it is none that the view
// has, or a second one.
func (r *entryReader) text(name string, l *contentline.Line) bool {
	e := &r.e
	var to *string
	upper := false
	switch name {
	case "UID":
		to = &e.UID
	case "SUMMARY":
		to = &e.Summary
	case "DESCRIPTION":
		if e.Component == "VJOURNAL" && e.Description != "" {
			e.Description += "\n\n" + syntax.TextOf(l)
			return true
		}
		to = &e.Description
	case "LOCATION":
		to = &e.Location
	case "URL":
		if e.URL == "" {
			e.URL = strings.TrimSpace(l.Text())
			return true
		}
		return false
	case "COLOR":
		to = &e.Color
	case "GEO":
		to = &e.Geo
	case "STATUS":
		to, upper = &e.Status, true
	case "CLASS":
		to, upper = &e.Class, true
	case "TRANSP":
		to, upper = &e.Transparency, true
	case "PRIORITY":
		e.Priority = r.number(l, 0, 9)
		return true
	case "PERCENT-COMPLETE":
		e.Percent = r.number(l, 0, 100)
		return true
	case "SEQUENCE":
		e.Sequence = r.number(l, 0, 1<<31-1)
		return true
	}
	if to == nil || *to != "" {
		return false
	}
	if *to = syntax.TextOf(l); upper {
		*to = strings.ToUpper(*to)
	}
	if name == "STATUS" {
		*to = strings.ReplaceAll(*to, " ", "-") // vCalendar 1.0: NEEDS ACTION
	}
	if name == "TRANSP" && r.old {
		*to = map[string]string{"0": "OPAQUE", "1": "TRANSPARENT"}[*to]
	}
	return true
}

func (r *entryReader) number(l *contentline.Line, from, to int) int {
	n, err := strconv.Atoi(strings.TrimSpace(l.Value))
	if err != nil || n < from || n > to {
		r.odd(l, "%s is %q, which is no number from %d to %d", syntax.ShownName(strings.ToUpper(l.Name)), contentline.Shown(l.Value), from, to)
		if l.Is("PERCENT-COMPLETE") {
			return -1
		}
		return 0
	}
	return n
}

// time reads a property of time.
func (r *entryReader) time(name string, l *contentline.Line) bool {
	e := &r.e
	var to *datetime.Moment
	switch name {
	case "DTSTART":
		to = &e.Start
	case "DTEND":
		to = &e.End
	case "DUE":
		to = &e.Due
	case "COMPLETED":
		to = &e.Completed
	case "CREATED", "DCREATED":
		to = &e.Created
	case "LAST-MODIFIED":
		to = &e.Modified
	case "DTSTAMP":
		to = &e.Stamp
	case "RECURRENCE-ID":
		to = &e.Recurrence
		e.AndFuture = strings.EqualFold(l.Param("RANGE"), "THISANDFUTURE")
	case "DURATION":
		if e.measured {
			return false
		}
		if e.length, e.measured = datetime.ParseDuration(strings.TrimSpace(l.Value)); !e.measured {
			r.odd(l, "DURATION is %q, which is no length of time", contentline.Shown(l.Value))
		}
		return true
	default:
		return false
	}
	if !to.IsZero() {
		return false
	}
	m, ok := r.zones.Moment(strings.TrimSpace(l.Text()), l)
	if !ok {
		if strings.TrimSpace(l.Value) != "" {
			r.odd(l, "%s is %q, which is neither a date nor a time", name, contentline.Shown(l.Value))
		}
		return true
	}
	if m.Floating && m.Zone != "" {
		r.odd(l, "the time zone %q of %s is not known", contentline.Shown(m.Zone), name)
	}
	*to = m
	return true
}

// list reads a property of which there may be many.
func (r *entryReader) list(name string, l *contentline.Line) bool {
	e := &r.e
	switch name {
	case "CATEGORIES":
		e.Categories = append(e.Categories, r.texts(l)...)
	case "RESOURCES":
		e.Resources = append(e.Resources, r.texts(l)...)
	case "COMMENT":
		e.Comments = append(e.Comments, syntax.TextOf(l))
	case "CONTACT":
		e.Contacts = append(e.Contacts, syntax.TextOf(l))
	case "ORGANIZER":
		if e.Organizer != (Person{}) {
			return false
		}
		e.Organizer = ReadPerson(l)
	case "ATTENDEE":
		e.Attendees = append(e.Attendees, ReadPerson(l))
	case "ATTACH":
		e.Attachments = append(e.Attachments, link(l))
	case "IMAGE":
		e.Images = append(e.Images, link(l))
	case "CONFERENCE":
		e.Conferences = append(e.Conferences, link(l))
	case "RELATED-TO":
		relation := Relation{Type: strings.ToUpper(l.Param("RELTYPE")), UID: syntax.TextOf(l)}
		if relation.Type == "" {
			relation.Type = "PARENT"
		}
		e.Related = append(e.Related, relation)
		if relation.Type == "PARENT" && relation.UID != "" && !slices.Contains(e.Parents, relation.UID) {
			e.Parents = append(e.Parents, relation.UID)
		}
	case "RRULE", "EXRULE":
		r.rule(name, l)
	case "RDATE", "EXDATE":
		r.dates(name, l)
	default:
		return false
	}
	return true
}

// texts reads a list of texts; in vCalendar 1.0 semicolons part them too.
func (r *entryReader) texts(l *contentline.Line) []string {
	var out []string
	value := l.Text()
	parts := contentline.List(value)
	if r.old {
		parts = contentline.Fields(value)
	}
	for _, p := range parts {
		if p = strings.TrimSpace(contentline.Unescape(p)); p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func (r *entryReader) rule(name string, l *contentline.Line) {
	text := strings.TrimSpace(l.Text())
	if text == "" {
		return
	}
	t := recur.Text{Value: text, Old: r.old}
	if _, err := t.Parse(); err != nil {
		r.odd(l, "%v", err)
	}
	if name == "RRULE" {
		r.e.rules, r.e.Rules = append(r.e.rules, t), append(r.e.Rules, text)
	} else {
		r.e.exRules = append(r.e.exRules, t)
	}
}

func (r *entryReader) dates(name string, l *contentline.Line) {
	periods, bad := r.zones.Periods(l)
	if bad != "" {
		r.odd(l, "%s has %q, which is neither a date nor a time", name, contentline.Shown(bad))
	}
	if name == "RDATE" {
		r.e.Dates = append(r.e.Dates, periods...)
		return
	}
	for _, p := range periods {
		r.e.ExDates = append(r.e.ExDates, p.Start)
	}
}

// finish derives what is stated in another way.
func (r *entryReader) finish() {
	e := &r.e
	if e.measured && !e.Start.IsZero() {
		if end := e.Start.After(e.length); e.Component == "VTODO" && e.Due.IsZero() {
			e.Due = end
		} else if e.Component != "VTODO" && e.End.IsZero() {
			e.End = end
		} else {
			e.measured = false // DTEND and DUE are stated besides
		}
	}
	if !e.Recurs() && e.Recurrence.IsZero() {
		for i := range e.Rest {
			if l := &e.Rest[i]; l.Is("X-MICROSOFT-CDO-ALLDAYEVENT") {
				datetime.AllDay(l.Value, &e.Start, &e.End)
			}
		}
	}
	if e.Start.Date && !e.End.IsZero() && !e.End.Date && !e.measured { // the time of day of such an end counts for nothing
		y, m, d := e.End.Time.Date()
		e.End = datetime.Moment{Time: time.Date(y, m, d, 0, 0, 0, 0, time.UTC), Date: true}
	}
	if !e.Start.IsZero() && !e.End.IsZero() && e.End.Time.Before(e.Start.Time) {
		r.odd(nil, "it ends before it starts")
	}
	if e.Component == "VEVENT" && e.First().IsZero() && e.Recurrence.IsZero() {
		r.odd(nil, "it has no start")
	}
}

// alarm reads a VALARM (RFC 5545 section 3.6.6, RFC 9074).
func (r *entryReader) alarm(n *syntax.Node) Alarm {
	var a Alarm
	for i := range n.Lines {
		l := &n.Lines[i]
		switch strings.ToUpper(l.Name) {
		case "ACTION":
			a.Action = strings.ToUpper(syntax.TextOf(l))
		case "TRIGGER":
			if span, ok := datetime.ParseDuration(strings.TrimSpace(l.Value)); ok {
				a.Offset, a.AtEnd = span.Time(), strings.EqualFold(l.Param("RELATED"), "END")
			} else if a.At, ok = r.zones.MomentOf(l); !ok {
				r.odd(l, "an alarm goes off at %q, which is no time", contentline.Shown(l.Value))
			}
		case "SUMMARY":
			a.Summary = syntax.TextOf(l)
		case "DESCRIPTION":
			a.Description = syntax.TextOf(l)
		case "REPEAT":
			a.Repeat = r.number(l, 0, 1<<31-1)
		case "DURATION":
			span, _ := datetime.ParseDuration(strings.TrimSpace(l.Value))
			a.Every = span.Time()
		case "ACKNOWLEDGED":
			a.Acknowledged, _ = r.zones.MomentOf(l)
		case "PROXIMITY":
			a.Proximity = strings.ToUpper(syntax.TextOf(l))
		case "ATTACH":
			a.Attachments = append(a.Attachments, link(l))
		case "ATTENDEE":
			a.Attendees = append(a.Attendees, ReadPerson(l))
		default:
			a.Rest = append(a.Rest, *l)
		}
	}
	return a
}

// oldAlarm reads an alarm of vCalendar 1.0: its time, snooze time, repeat count
// and what it does, with semicolons between.
func (r *entryReader) oldAlarm(name string, l *contentline.Line) bool {
	action := map[string]string{"DALARM": "DISPLAY", "AALARM": "AUDIO", "MALARM": "EMAIL", "PALARM": "PROCEDURE"}[name]
	if action == "" {
		return false
	}
	a := Alarm{Action: action}
	fields := contentline.Fields(l.Text())
	get := func(i int) string {
		if i < len(fields) {
			return strings.TrimSpace(contentline.Unescape(fields[i]))
		}
		return ""
	}
	var ok bool
	if a.At, ok = r.zones.In(get(0), "", false); !ok {
		span, isSpan := datetime.ParseDuration(get(0))
		if a.Offset = span.Time(); !isSpan {
			r.odd(l, "an alarm goes off at %q, which is no time", contentline.Shown(get(0)))
		}
	}
	if span, ok := datetime.ParseDuration(get(1)); ok {
		a.Every = span.Time()
	}
	a.Repeat, _ = strconv.Atoi(get(2))
	switch action {
	case "DISPLAY":
		a.Description = get(3)
	case "EMAIL":
		a.Attendees, a.Description = []Person{{Address: get(3)}}, get(4)
	default:
		if uri := get(3); uri != "" {
			a.Attachments = []Link{{URI: uri, line: l}}
		}
	}
	r.e.Alarms = append(r.e.Alarms, a)
	return true
}

// Content returns what an inline attachment holds.
func (k Link) Content() ([]byte, error) {
	if !k.Inline {
		return nil, fmt.Errorf("the attachment is a link to %s", contentline.Shown(k.URI))
	}
	value := strings.TrimSpace(k.line.Value)
	if len(value) > 5 && strings.EqualFold(value[:5], "data:") {
		head, data, _ := strings.Cut(value, ",")
		if !strings.HasSuffix(strings.ToLower(head), ";base64") {
			text, err := url.PathUnescape(data)
			return []byte(text), err
		}
		value = data
	}
	value = strings.Map(func(r rune) rune {
		if r <= ' ' || r == '=' {
			return -1
		}
		return r
	}, value)
	out, err := base64.RawStdEncoding.DecodeString(value)
	if err != nil {
		return nil, &contentline.Error{Line: k.line.Number, Reason: "the attachment is no base64"}
	}
	return out, nil
}
