package loss

import (
	"fmt"
	"html"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
	"sidekeep/formats/vcard"
)

// details are what an item says besides what is compared by itself, by sort: a
// constant of package export.
type details map[string][]detail

// A detail is one value.
type detail struct {
	text  string   // for people
	words phrase   // of a free text: nearly all words have to be there
	keys  []string // of another value: one of them has to be there
	ref   bool     // it names another item, which has another UID after a migration
	weak  bool     // people change it themselves, and many at once
}

func (c *Content) detail(sort string, d detail) {
	if c.details == nil {
		c.details = details{}
	}
	c.details[sort] = append(c.details[sort], d)
}

// say notes free texts.
func (c *Content) say(sort string, texts ...string) {
	for _, s := range texts {
		d := detail{text: strings.TrimSpace(s), words: say(s)}
		if d.words.empty() {
			d.keys = []string{d.text}
		}
		if d.text != "" {
			c.detail(sort, d)
		}
	}
}

// value notes a value that is the same if one of its keys is.
func (c *Content) value(sort, text string, keys ...string) {
	keys = slices.DeleteFunc(keys, func(s string) bool { return s == "" })
	if len(keys) > 0 {
		c.detail(sort, detail{text: strings.TrimSpace(text), keys: keys})
	}
}

// refer notes the UID of another item.
func (c *Content) refer(sort, uid string) {
	key := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(uid)), "urn:"), "uuid:")
	if key != "" {
		c.detail(sort, detail{text: uid, keys: []string{key}, ref: true})
	}
}

// details compares all details by sort.
func (c *comparing) details() {
	sorts := make([]string, 0, len(c.had.details))
	for sort := range c.had.details {
		sorts = append(sorts, sort)
	}
	slices.Sort(sorts)
	for _, sort := range sorts {
		had, has := c.had.details[sort], c.has.details[sort]
		gone, weak := c.missing(had, has)
		if len(gone) == 0 {
			continue
		}
		c.lose(sort, list(gone), list(added(had, has)))
		c.lost[len(c.lost)-1].Weak = weak && len(has) > 0
	}
	c.labels()
}

// list is how details are told.
func list(of []detail) string {
	var texts []string
	for _, d := range of {
		texts = append(texts, d.text)
	}
	return strings.Join(texts, ", ")
}

// missing are the details of one sort that are not there any more; weak if all
// of them are what people change themselves.
func (c *comparing) missing(had, has []detail) (gone []detail, weak bool) {
	there := allWords(has)
	weak = true
	refs, kept := 0, 0
	for _, d := range had {
		if d.ref {
			refs++
		}
		if d.within(has, there) {
			kept++
			continue
		}
		gone, weak = append(gone, d), weak && d.weak
	}
	if refs == len(had) && kept == 0 && len(has) >= len(had) && c.had.uid != c.has.uid {
		return nil, false // all items have other UIDs
	}
	return gone, weak
}

// added are the details of one sort that were not there before.
func added(had, has []detail) (list []detail) {
	there := allWords(had)
	for _, d := range has {
		if !d.within(had, there) {
			list = append(list, d)
		}
	}
	if len(list) == 0 {
		return has
	}
	return list
}

func allWords(list []detail) phrase {
	var p phrase
	for _, d := range list {
		p = p.and(d.words)
	}
	return p
}

// within reports whether d is among others, which say there together.
func (d *detail) within(others []detail, there phrase) bool {
	if len(d.keys) > 0 {
		return slices.ContainsFunc(others, func(o detail) bool {
			return slices.ContainsFunc(d.keys, func(k string) bool { return slices.Contains(o.keys, k) })
		})
	}
	return torn(d.text) || len(d.words.missing(there))*4 <= len(d.words.words)
}

// labels compares what numbers and addresses are for.
func (c *comparing) labels() {
	var gone, now []string
	compare := func(value string, had, has []string) {
		for _, s := range had {
			if !slices.Contains(has, s) {
				gone = append(gone, value+" ("+s+")")
				now = append(now, has...)
				return
			}
		}
	}
	for _, n := range c.had.phones {
		var has []string
		found := false
		for _, o := range c.has.phones {
			if n.same(o) {
				found, has = true, append(has, o.labels...)
			}
		}
		if found {
			compare(n.text, n.labels, has)
		}
	}
	for i, s := range c.had.emails {
		var has []string
		found := false
		for k, o := range c.has.emails {
			if o == s {
				found, has = true, append(has, c.has.mailLabels[k]...)
			}
		}
		if found {
			compare(s, c.had.mailLabels[i], has)
		}
	}
	for _, a := range c.had.addresses {
		var has []string
		found := false
		for _, o := range c.has.addresses {
			if a.same(o) {
				found, has = true, append(has, o.labels...)
			}
		}
		if found {
			compare(a.text, a.labels, has)
		}
	}
	if len(gone) > 0 {
		c.lose(export.LostLabels, strings.Join(gone, ", "), strings.Join(now, ", "))
	}
}

// labels are what a value is for, by one word for each.
func labels(v vcard.Value) (list []string) {
	for _, t := range v.Types {
		switch t {
		case "home", "private", "personal":
			list = append(list, "home")
		case "work", "business", "office":
			list = append(list, "work")
		case "cell", "mobile", "iphone", "apple watch":
			list = append(list, "mobile")
		case "fax", "homefax", "workfax", "otherfax", "home fax", "work fax", "other fax":
			list = append(list, "fax")
		case "pager":
			list = append(list, "pager")
		}
	}
	if p := say(v.Label); len(list) == 0 && !p.empty() {
		list = append(list, p.joined)
	}
	return list
}

// cardDetails notes all that a card says besides names, numbers and addresses.
func (c *Content) cardDetails(v *vcard.Contact) {
	for _, x := range v.Notes {
		c.say(export.LostNotes, x.Text)
	}
	for _, o := range v.Organizations {
		c.say(export.LostOrganizations, o.Text+" "+strings.Join(o.Units, " "))
	}
	for _, x := range slices.Concat(v.Titles, v.Roles) {
		c.say(export.LostTitles, x.Text)
	}
	c.say(export.LostNicknames, v.Nicknames...)
	for _, x := range v.URLs {
		if x.Kind != "SOURCE" {
			c.value(export.LostLinks, x.Text, link(x.Text))
		}
	}
	for _, p := range slices.Concat(v.Chats, v.Profiles) {
		_, user, _ := strings.Cut(p.Text, ":")
		c.value(export.LostChats, p.Text, strings.ToLower(p.User), link(p.Text), link(user))
	}
	for _, d := range append(slices.Clone(v.Dates), dates(v.Anniversary)...) {
		c.date(d)
	}
	for _, s := range v.Categories {
		if k := say(s).joined; k != "mycontacts" { // all of them, as Google says
			c.value(export.LostCategories, s, k)
		}
	}
	for _, x := range v.Related {
		if s := strings.TrimSpace(x.Text); strings.Contains(s, " ") || !strings.ContainsAny(s, ":-0123456789") {
			c.say(export.LostRelations, s)
		} else {
			c.refer(export.LostRelations, s)
		}
	}
	for _, s := range v.Members {
		c.refer(export.LostMembers, s)
	}
	c.say(export.LostDetails, v.Maiden, v.Gender, strings.TrimSpace(v.Phonetic.Given+" "+v.Phonetic.Family))
	for _, x := range slices.Concat(v.Pronouns, v.Languages, v.Agents) {
		c.say(export.LostDetails, x.Text)
	}
	for _, x := range v.Places {
		if x.Kind == "GEO" {
			c.value(export.LostPlaces, x.Text, spot(x.Text))
		} else if x.Kind != "TZ" {
			c.say(export.LostDetails, x.Text)
		}
	}
	c.count("logo", len(v.Logos))
	c.count("sound", len(v.Sounds))
	c.count("key", len(v.Keys))
	for _, p := range v.Rest {
		c.other(p.Name, p.Text)
	}
}

// count notes n details of which only the number is compared.
func (c *Content) count(what string, n int) {
	for i := range n {
		c.value(export.LostDetails, what, fmt.Sprint(what, " ", i))
	}
}

// other notes a property that nothing else speaks of. What programs note for
// themselves, and extensions, are nobody's data.
func (c *Content) other(name, text string) {
	name = strings.ToUpper(name)
	if strings.HasPrefix(name, "X-") || slices.Contains(bookkeeping, name) {
		return
	}
	c.say(export.LostDetails, text)
}

// bookkeeping are properties that programs keep for themselves.
var bookkeeping = strings.Fields(`VERSION PRODID REV UID SOURCE NAME PROFILE KIND CLIENTPIDMAP MAILER CLASS SORT-STRING XML TZ LABEL CREATED LANGUAGE
	DTSTAMP LAST-MODIFIED SEQUENCE REQUEST-STATUS REFRESH-INTERVAL METHOD CALSCALE RECURRENCE-ID RRULE EXRULE RDATE EXDATE DTSTART DTEND DURATION TRANSP TZID`) // spell-checker:disable-line

func dates(d *vcard.Date) []vcard.Date {
	if d == nil {
		return nil
	}
	return []vcard.Date{*d}
}

// date notes a day that comes every year; the year counts if there was one.
func (c *Content) date(d vcard.Date) {
	if d.Month == 0 && d.Year == 0 {
		c.say(export.LostAnniversaries, d.Text)
		return
	}
	day := fmt.Sprintf("%d-%d", d.Month, d.Day)
	c.value(export.LostAnniversaries, d.Text, day)
	if d.Year > 0 && d.Year != noYear {
		c.value(export.LostAnniversaries, d.Text, fmt.Sprint(day, " ", d.Year))
	}
}

// link is the address of a page as it is compared.
func link(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, p := range []string{"https://", "http://", "www."} {
		s = strings.TrimPrefix(s, p)
	}
	return strings.TrimRight(s, "/")
}

// spot is a place on the earth to a hundred metres.
func spot(s string) string {
	s = strings.TrimPrefix(strings.ToLower(s), "geo:")
	var list []string
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' }) {
		x, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil {
			break
		}
		list = append(list, strconv.FormatFloat(x, 'f', 3, 64))
	}
	return strings.Join(list, ",")
}

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
	}
	c.value(export.LostOrganizers, e.Organizer.Address, mailbox(e.Organizer.Address))
	for i, k := range slices.Concat(e.Attachments, e.Images) {
		c.attachment(i, k)
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

func (c *Content) attachment(i int, k ical.Link) {
	base := ""
	if k.URI != "" {
		base = path.Base(strings.TrimRight(k.URI, "/"))
	}
	text := k.Label
	if text == "" {
		text = k.URI
	}
	if k.Inline && k.Label == "" {
		c.value(export.LostAttachments, "a file", fmt.Sprint("file ", i))
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
