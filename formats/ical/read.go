package ical

import (
	"strings"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/datetime"
	"sidekeep/formats/ical/syntax"
	"sidekeep/formats/ical/timezone"
)

// A component holds what is read of one component of an object.
type component struct {
	name  string
	lines map[string]contentline.Line // by name in upper case: the first of each
}

var wanted = map[string]bool{
	"UID": true, "SUMMARY": true, "DTSTART": true, "DUE": true, "DURATION": true, "STATUS": true, "COMPLETED": true,
	"PERCENT-COMPLETE": true, "DTEND": true, "X-MICROSOFT-CDO-ALLDAYEVENT": true, "RRULE": true, "RDATE": true, "RECURRENCE-ID": true,
}

func read(raw []byte) (Object, error) {
	var master, first *component
	var current component
	var head []contentline.Line // of the calendar, what a vCalendar 1.0 says of its time zone
	zones := &timezone.Set{}
	uid, from := "", 0
	var w syntax.Walker
	err := w.Walk(raw, func(l *contentline.Line, mark contentline.Mark) {
		if len(w.Stack) < 2 {
			if mark == contentline.None && (l.Is("VERSION") || l.Is("TZ") || l.Is("DAYLIGHT")) {
				head = append(head, *l)
			}
			return
		}
		if w.Stack[1] == "VTIMEZONE" {
			depth := len(w.Stack) - 2
			zones.Line(l, mark, depth)
			switch {
			case depth == 0 && mark == contentline.Begin:
				from = w.At
			case depth == 0 && mark == contentline.End:
				zones.Text(raw[from : w.At+len(l.Raw)])
			}
			return
		}
		switch {
		case len(w.Stack) > 2:
		case mark == contentline.Begin:
			current = component{name: w.Stack[1], lines: map[string]contentline.Line{}}
		case mark == contentline.End:
			done := current
			if first == nil {
				first = &done
			}
			if _, exception := done.lines["RECURRENCE-ID"]; !exception && master == nil {
				master = &done
			}
			if uid == "" {
				uid = done.text("UID")
			}
		default:
			name := strings.ToUpper(l.Name)
			if _, have := current.lines[name]; wanted[name] && !have {
				current.lines[name] = *l
			}
		}
	})
	if err != nil {
		return Object{}, err
	}
	zones.All = timezone.OfVCalendar(head)
	if master == nil {
		master = first
	}
	o := master.object(zones)
	if o.UID == "" {
		o.UID = uid
	}
	return o, nil
}

func (c *component) text(name string) string {
	l, ok := c.lines[name]
	if !ok {
		return ""
	}
	return strings.TrimSpace(contentline.Unescape(l.Text()))
}

func (c *component) object(zones *timezone.Set) Object {
	o := Object{
		Component: c.name,
		UID:       c.text("UID"),
		Summary:   contentline.Shown(c.text("SUMMARY")),
	}
	start, due := c.moment("DTSTART", zones), c.moment("DUE", zones)
	if _, recurs := c.lines["RRULE"]; !recurs && c.text("X-MICROSOFT-CDO-ALLDAYEVENT") != "" {
		end := c.moment("DTEND", zones)
		datetime.AllDay(c.text("X-MICROSOFT-CDO-ALLDAYEVENT"), &start, &end)
	}
	if !start.IsZero() {
		o.Start, o.AllDay, o.Floating = start.Time, start.Date, start.Floating
	}
	if c.name == "VTODO" {
		if length, ok := datetime.ParseDuration(c.text("DURATION")); ok && due.IsZero() && !start.IsZero() {
			due = start.After(length)
		}
		o.Due = due.Time
		if start.IsZero() && !due.IsZero() {
			o.AllDay, o.Floating = due.Date, due.Floating
		}
		_, completed := c.lines["COMPLETED"]
		status := strings.ToUpper(c.text("STATUS"))
		o.Done = status == "COMPLETED" || status == "" && (completed || c.text("PERCENT-COMPLETE") == "100")
	}
	_, rule := c.lines["RRULE"]
	_, dates := c.lines["RDATE"]
	_, exception := c.lines["RECURRENCE-ID"]
	o.Recurs = rule || dates || exception
	return o
}

// moment reads the property name; zero if there is none that can be read.
func (c *component) moment(name string, zones *timezone.Set) datetime.Moment {
	l, ok := c.lines[name]
	if !ok {
		return datetime.Moment{}
	}
	m, _ := zones.Moment(strings.TrimSpace(l.Text()), &l)
	return m
}
