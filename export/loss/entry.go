package loss

import (
	"crypto/sha256"
	"fmt"
	"html"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
)

var tags = regexp.MustCompile(`<[^<>]{1,200}>`)

// plain is a text without the tags of HTML.
func plain(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	return html.UnescapeString(tags.ReplaceAllString(s, " "))
}

// entry notes all that an event or to-do says besides what main reads.
func (c *Content) entry(e *ical.Entry) {
	c.say(export.LostDescriptions, plain(e.Description))
	for _, s := range e.Comments {
		c.say(export.LostDescriptions, plain(s))
	}
	c.value(export.LostLinks, e.URL, link(e.URL))
	for _, k := range e.Conferences {
		c.value(export.LostLinks, k.URI, link(k.URI))
	}
	for _, s := range e.Categories {
		c.value(export.LostCategories, s, say(s).joined)
	}
	for _, p := range e.Attendees {
		c.value(export.LostGuests, p.Address, mailbox(p.Address))
		c.called(export.LostGuests, p)
		switch p.Status {
		case "ACCEPTED", "DECLINED", "TENTATIVE":
			c.value(export.LostGuests, p.Address+" has answered", mailbox(p.Address)+" answered")
			c.weaken(export.LostGuests)
		}
	}
	c.value(export.LostOrganizers, e.Organizer.Address, mailbox(e.Organizer.Address))
	c.called(export.LostOrganizers, e.Organizer)
	for _, k := range slices.Concat(e.Attachments, e.Images) {
		c.attachment(k)
	}
	for _, a := range e.Alarms {
		c.alarm(e, a)
	}
	for _, r := range e.Related {
		c.refer(export.LostRelations, r.UID)
	}
	for _, s := range e.Parents {
		c.refer(export.LostRelations, s)
	}
	c.progress(e)
	if e.Class != "PUBLIC" {
		c.value(export.LostPrivacy, strings.ToLower(e.Class), e.Class)
	}
	if e.Transparency == "TRANSPARENT" {
		c.value(export.LostDetails, "does not make busy", "transparent")
	}
	if e.Priority > 0 {
		c.value(export.LostPriorities, fmt.Sprint("priority ", e.Priority), urgency(e.Priority))
		c.weaken(export.LostPriorities)
	}
	c.value(export.LostPlaces, e.Geo, spot(e.Geo))
	c.say(export.LostDetails, e.Contacts...)
	c.say(export.LostDetails, e.Resources...)
	c.say(export.LostDetails, e.Color)
	c.count("participant", len(e.Participants))
	for i := range e.Rest {
		c.other(e.Rest[i].Name, e.Rest[i].Text())
	}
}

// called notes the name of a guest or organizer, unless it is the address once
// more.
func (c *Content) called(sort string, p ical.Person) {
	words := say(p.Name)
	words.words = slices.DeleteFunc(words.words, func(w string) bool { return slices.Contains(titles, w) })
	if !words.empty() && !strings.Contains(p.Name, "@") {
		c.detail(sort, detail{text: p.Name, words: words})
	}
}

// urgency is a priority as most programs know it (RFC 5545 section 3.8.1.9).
func urgency(priority int) string {
	switch {
	case priority < 5:
		return "high"
	case priority == 5:
		return "medium"
	}
	return "low"
}

// weaken marks the last detail of a sort as one that people change themselves.
func (c *Content) weaken(sort string) {
	if list := c.details[sort]; len(list) > 0 {
		list[len(list)-1].weak = true
	}
}

// progress notes how far an event or to-do is, but for what it is if nothing is
// said: it is weak, for that is what changes in its course.
func (c *Content) progress(e *ical.Entry) {
	switch e.Status {
	case "", "CONFIRMED", "NEEDS-ACTION", "COMPLETED":
	default:
		c.value(export.LostStatuses, strings.ToLower(e.Status), e.Status)
		c.weaken(export.LostStatuses)
	}
	if e.Component == "VTODO" && e.Percent > 0 && e.Percent < 100 {
		c.value(export.LostStatuses, fmt.Sprint(e.Percent, " %"), fmt.Sprint(e.Percent, " %"))
		c.weaken(export.LostStatuses)
	}
}

func (c *Content) attachment(k ical.Link) {
	base := ""
	if k.URI != "" {
		base = path.Base(strings.TrimRight(k.URI, "/"))
	}
	text := k.Label
	if text == "" {
		text = k.URI
	}
	if k.Inline && k.Label == "" {
		b, _ := k.Content() // what could be decoded of a damaged one
		c.value(export.LostAttachments, "a file", fmt.Sprintf("%x", sha256.Sum256(b)))
		return
	}
	c.value(export.LostAttachments, text, strings.ToLower(k.Label), strings.ToLower(k.URI), strings.ToLower(base))
}

// alarm notes when an alarm rings, seen from the start.
func (c *Content) alarm(e *ical.Entry, a ical.Alarm) {
	if a.Action == "NONE" {
		return
	}
	start, end := e.Start, e.End
	if e.Component == "VTODO" {
		end = e.Due
	}
	if start.IsZero() {
		start = end
	}
	at := a.Offset
	switch {
	case a.Proximity != "":
		c.value(export.LostAlarms, "an alarm at a place", a.Proximity)
		return
	case !a.At.IsZero():
		at = a.At.Time.Sub(start.Time)
	case a.AtEnd && !end.IsZero():
		at += end.Time.Sub(start.Time)
	}
	at = at.Round(time.Minute)
	text := "an alarm at the start"
	switch {
	case at < 0:
		text = "an alarm " + (-at).String() + " before"
	case at > 0:
		text = "an alarm " + at.String() + " after"
	}
	c.value(export.LostAlarms, text, at.String())
}

// lineOf is what a line says, to compare it with others of its name.
func lineOf(l *contentline.Line) string { return l.Name + ":" + l.Text() }
