package fields

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
	"sidekeep/formats/ical/datetime"
)

// Calendar tells what a calendar object says: an event, a to-do or a journal
// entry with its exceptions. An error is a [*contentline.Error]: it cannot be
// understood.
func Calendar(raw []byte) ([]Field, error) {
	c, err := ical.View(raw)
	if err != nil {
		return nil, err
	}
	l := &list{}
	for i := range c.Series {
		s := &c.Series[i]
		if s.Master != nil {
			l.entry("", s.Master, nil)
		}
		for j := range s.Exceptions {
			e := &s.Exceptions[j]
			on := "on " + moment(e.Recurrence)
			if e.AndFuture {
				on += " and later"
			}
			l.entry(on, e, s.Master)
		}
	}
	for _, b := range c.Busy {
		for _, t := range b.Times {
			l.add("Busy", "", moment(t.Start)+" to "+moment(t.End))
		}
	}
	l.quiet("Written by", "", c.Product)
	for i := range c.Rest {
		l.quiet(c.Rest[i].Name, "", c.Rest[i].Text())
	}
	return *l, nil
}

// entry adds the fields of one entry, of an exception those in which it differs
// from the master, if there is one.
func (l *list) entry(on string, e, master *ical.Entry) {
	own := &list{}
	own.add("Name", on, e.Summary)
	own.when(on, e)
	own.what(on, e)
	own.who(on, e)
	own.kept(on, e)
	if master == nil {
		*l = append(*l, *own...)
		return
	}
	general := &list{}
	general.add("Name", on, master.Summary)
	general.what(on, master)
	general.who(on, master)
	general.kept(on, master)
	var has bool
	for _, f := range *own {
		if !slices.Contains(*general, f) {
			*l = append(*l, f)
			has = true
		}
	}
	if !has {
		l.add("Exception", on, "as the others")
	}
}

func (l *list) what(on string, e *ical.Entry) {
	l.add("Place", on, e.Location)
	l.add("Notes", on, e.Description)
	l.add("Web page", on, e.URL)
	for _, k := range e.Conferences {
		l.add("Conference", on, k.URI)
	}
	l.add("Status", on, status(e.Status))
	l.add("Visible to", on, map[string]string{"PUBLIC": "everybody", "PRIVATE": "its owner", "CONFIDENTIAL": "its owner (confidential)"}[e.Class])
	l.add("Shown as", on, map[string]string{"OPAQUE": "busy", "TRANSPARENT": "free"}[e.Transparency])
	for _, s := range e.Categories {
		l.add("Category", on, s)
	}
	for _, s := range e.Resources {
		l.add("Resource", on, s)
	}
	for _, s := range e.Comments {
		l.add("Comment", on, s)
	}
	for _, s := range e.Contacts {
		l.add("Contact", on, s)
	}
	l.add("Position", on, e.Geo)
	if e.Priority > 0 {
		l.add("Priority", on, strconv.Itoa(e.Priority))
	}
	if e.Percent >= 0 {
		l.add("Done", on, strconv.Itoa(e.Percent)+" %")
	}
	l.add("Colour", on, e.Color)
	for _, k := range e.Attachments {
		l.add("Attachment", on, link(k))
	}
	for _, k := range e.Images {
		l.add("Picture", on, link(k))
	}
	for _, r := range e.Related {
		l.add("Belongs to", on, r.UID)
	}
}

func (l *list) when(on string, e *ical.Entry) {
	l.add("Starts", on, moment(e.Start))
	end := e.End
	if end.Date && end.Time.After(e.Start.Time) {
		end.Time = end.Time.AddDate(0, 0, -1) // it names the day after the last one
	}
	l.add("Ends", on, moment(end))
	l.add("Due", on, moment(e.Due))
	l.add("Completed", on, moment(e.Completed))
	for _, r := range e.Rules {
		l.add("Repeats", on, rule(r))
	}
	for _, p := range e.Dates {
		l.add("Also on", on, moment(p.Start))
	}
	for _, m := range e.ExDates {
		l.add("Not on", on, moment(m))
	}
	for i := range e.Alarms {
		l.add("Alarm", on, alarm(&e.Alarms[i]))
	}
}

func (l *list) who(on string, e *ical.Entry) {
	l.add("Organizer", on, person(e.Organizer))
	for _, p := range e.Attendees {
		l.add("Attendee", on, person(p))
	}
}

// kept adds what is about how the entry is kept, and what has no other place.
func (l *list) kept(on string, e *ical.Entry) {
	for i := range e.Rest {
		if n := strings.ToUpper(e.Rest[i].Name); strings.HasPrefix(n, "X-") {
			l.quiet(e.Rest[i].Name, on, e.Rest[i].Text())
		} else {
			l.add(e.Rest[i].Name, on, contentline.Unescape(e.Rest[i].Text()))
		}
	}
	l.quiet("Mark of the entry", on, e.UID)
	l.quiet("Made", on, moment(e.Created))
	l.quiet("Changed", on, moment(e.Modified))
	l.quiet("Saved by the service", on, moment(e.Stamp))
	if e.Sequence > 0 {
		l.quiet("Revision", on, strconv.Itoa(e.Sequence))
	}
}

func status(s string) string {
	switch s {
	case "NEEDS-ACTION":
		return "to be done"
	case "IN-PROCESS":
		return "in progress"
	}
	return strings.ToLower(s)
}

func person(p ical.Person) string {
	s := p.Name
	switch {
	case s == "":
		s = p.Address
	case p.Address != "":
		s += " <" + p.Address + ">"
	}
	if s == "" {
		return ""
	}
	switch p.Status {
	case "", "NEEDS-ACTION":
		return s
	}
	return s + ", " + strings.ToLower(p.Status)
}

func link(k ical.Link) string {
	switch {
	case k.Label != "":
		return k.Label
	case k.Inline:
		return "in the item itself"
	}
	return k.URI
}

// moment is a day or a time, with its zone if it has one.
func moment(m datetime.Moment) string {
	switch {
	case m.IsZero():
		return ""
	case m.Date:
		return m.Time.Format("2 January 2006")
	}
	s := m.Time.Format("2 January 2006, 15:04")
	if m.Time.Second() != 0 {
		s = m.Time.Format("2 January 2006, 15:04:05")
	}
	switch {
	case m.Zone != "":
		return s + " (" + m.Zone + ")"
	case m.Floating:
		return s
	}
	return s + " UTC"
}

func alarm(a *ical.Alarm) string {
	s := ""
	switch {
	case !a.At.IsZero():
		s = moment(a.At)
	case a.Offset == 0:
		s = "at the start"
	case a.Offset < 0:
		s = span(-a.Offset) + " before the start"
	default:
		s = span(a.Offset) + " after the start"
	}
	if a.AtEnd {
		s = strings.Replace(s, "the start", "the end", 1)
	}
	if a.Action != "DISPLAY" && a.Action != "" {
		s += ", " + strings.ToLower(a.Action)
	}
	return s
}

// span is a length of time in its largest whole unit: "15 minutes".
func span(d time.Duration) string {
	for _, u := range []struct {
		name string
		of   time.Duration
	}{{"week", 7 * 24 * time.Hour}, {"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}} {
		if d >= u.of && d%u.of == 0 {
			return count(int(d/u.of), u.name)
		}
	}
	return d.String()
}

func count(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
