package loss

import (
	"fmt"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
	"sidekeep/formats/ical/datetime"
	"sidekeep/formats/vcard"
)

// A Content is what a person would say that a contact, event or to-do holds.
type Content struct {
	shown, parts phrase // of a name: FN and N; of an event or to-do its summary
	standIn      phrase // what names a card that has no name of its own
	phones       []number
	emails       []string
	addresses    []address
	birthday     vcard.Date
	portraits    []portrait
	places       phrase // where an event takes place
	details      map[string]bool
	first        string // of the details, for people

	start, due datetime.Moment
	lasts      time.Duration // of an event; 0 if it does not say
	recurs     string        // how often; "" if once
	done       bool
}

// Read reads the content of a contact, event or to-do. Bytes that cannot be
// understood say nothing.
func Read(kind export.Kind, raw []byte) Content {
	if kind == export.Contacts {
		return readCard(raw)
	}
	return readObject(raw)
}

// add notes the words of details.
func (c *Content) add(texts ...string) {
	for _, s := range texts {
		p := say(s)
		if c.first == "" {
			c.first = p.text
		}
		for _, w := range p.words {
			c.detail(w)
		}
	}
}

func (c *Content) detail(word string) {
	if c.details == nil {
		c.details = map[string]bool{}
	}
	c.details[word] = true
}

// count notes n details of a sort of which only the number is compared.
func (c *Content) count(sort string, n int) {
	for i := range n {
		c.detail(fmt.Sprint(sort, " ", i))
	}
}

func readCard(raw []byte) Content {
	v, err := vcard.View(raw)
	if err != nil {
		return Content{}
	}
	c := Content{}
	c.names(v, raw)
	for _, p := range v.Phones {
		if n := dial(p.Text); !n.empty() {
			c.phones = append(c.phones, n)
		}
	}
	for _, e := range v.Emails {
		if s := mailbox(e.Text); s != "" {
			c.emails = append(c.emails, s)
		}
	}
	for i := range v.Photos {
		if p := portraitOf(&v.Photos[i]); p.link != "" || p.hash != "" {
			c.portraits = append(c.portraits, p)
		}
	}
	for i := range v.Addresses {
		if a := addressOf(&v.Addresses[i]); !a.all.empty() {
			c.addresses = append(c.addresses, a)
		}
	}
	if v.Birthday != nil {
		c.birthday = *v.Birthday
		if c.birthday.Year == noYear {
			c.birthday.Year = 0
		}
	}
	c.cardDetails(v)
	return c
}

// noYear is the year that some programs write into a date that has none.
const noYear = 1604

// names reads what a card is called: by FN and N themselves, and not by what
// stands in for one in a view.
func (c *Content) names(v *vcard.Contact, raw []byte) {
	for l := range contentline.Lines(raw) {
		if l.Is("FN") && strings.Trim(l.Text(), "; \t") != "" && c.shown.empty() {
			c.shown = say(v.Name)
		}
	}
	c.parts = say(v.Names.Given, v.Names.Additional, v.Names.Family, v.Names.Suffix)
	var others []string
	others = append(others, v.Nicknames...)
	for _, o := range v.Organizations {
		others = append(others, o.Text)
	}
	others = append(others, v.AltFN...)
	others = append(others, v.Names.Prefix)
	c.standIn = say(others...)
	for _, e := range v.Emails {
		if say(e.Text).joined == c.shown.joined {
			c.standIn = c.standIn.and(c.shown)
		}
	}
	for _, p := range v.Phones {
		if d := digits(p.Text); d != "" && d == digits(v.Name) {
			c.standIn = c.standIn.and(c.shown)
		}
	}
}

func (c *Content) cardDetails(v *vcard.Contact) {
	for _, list := range [][]vcard.Value{v.Notes, v.Titles, v.Roles, v.URLs} {
		for _, x := range list {
			c.add(x.Text)
		}
	}
	for _, o := range v.Organizations {
		c.add(o.Text)
	}
	for _, p := range v.Chats {
		if _, user, ok := strings.Cut(p.Text, ":"); ok {
			c.add(user)
		} else {
			c.add(p.Text)
		}
	}
	for _, p := range v.Profiles {
		c.add(p.Text)
	}
	for _, d := range append(v.Dates, dates(v.Anniversary)...) {
		if d.Month > 0 {
			c.detail(fmt.Sprintf("%d-%d", d.Month, d.Day))
		}
	}
	c.add(v.Nicknames...)
	c.count("member", len(v.Members))
	c.count("related", len(v.Related))
}

func dates(d *vcard.Date) []vcard.Date {
	if d == nil {
		return nil
	}
	return []vcard.Date{*d}
}

// mailbox is a mail address as it is compared.
func mailbox(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.Trim(strings.TrimPrefix(s, "mailto:"), "<> ")
	return strings.Replace(s, "@googlemail.com", "@gmail.com", 1)
}

// An address is a postal one.
type address struct {
	text string
	core phrase // street, place and code
	all  phrase
}

var roads = strings.NewReplacer("straße", "str", "strasse", "str", "Straße", "str", "Strasse", "str", "Str.", "str", "str.", "str",
	"Street", "st", "street", "st", "St.", "st", "Road", "rd", "road", "rd", "Rd.", "rd", "Avenue", "ave", "avenue", "ave", "Ave.", "ave")

func addressOf(a *vcard.Address) address {
	text := strings.Join(strings.Fields(a.Text), " ")
	out := address{
		text: text,
		core: say(roads.Replace(a.POBox), roads.Replace(a.Extended), roads.Replace(a.Street), a.City, a.Code),
		all:  say(roads.Replace(a.POBox), roads.Replace(a.Extended), roads.Replace(a.Street), a.City, a.Code, a.Region, a.Country, roads.Replace(text)),
	}
	if out.core.empty() {
		out.core = out.all
	}
	return out
}

// same reports whether o is the same address: with all numbers, and nearly all
// words of street and place. Countries and regions are written in many ways.
func (a address) same(o address) bool {
	missing := a.core.missing(o.all)
	for _, w := range missing {
		if strings.IndexFunc(w, func(r rune) bool { return '0' <= r && r <= '9' }) >= 0 {
			return false
		}
	}
	return len(missing)*4 <= len(a.core.words)
}

func readObject(raw []byte) Content {
	v, err := ical.View(raw)
	if err != nil {
		return Content{}
	}
	var c Content
	for i, s := range v.Series {
		if m := s.Main(); m != nil {
			if i == 0 {
				c.main(m)
			}
			c.entry(m)
		}
		for i := range s.Exceptions {
			if &s.Exceptions[i] != s.Main() {
				c.entry(&s.Exceptions[i])
			}
		}
	}
	return c
}

// main reads what is compared by itself.
func (c *Content) main(e *ical.Entry) {
	c.shown = say(e.Summary)
	c.places = say(e.Location)
	c.done = e.Done()
	c.start, c.due = e.Start, e.Due
	if e.Component == "VTODO" && c.due.IsZero() {
		c.due = e.Start
	}
	if !e.Start.IsZero() && !e.End.IsZero() {
		c.lasts = e.End.Time.Sub(e.Start.Time)
	}
	if e.Start.Date {
		c.lasts = max(c.lasts, 24*time.Hour)
	}
	if e.Recurs() {
		c.recurs = "dates"
		for _, rule := range e.Rules {
			c.recurs = rhythm(rule)
		}
	}
}

// rhythm is how often a recurrence rule repeats, without its end and without
// what follows from the start.
func rhythm(rule string) string {
	frequency, interval := "", "1"
	for part := range strings.SplitSeq(strings.ToUpper(rule), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "FREQ":
			frequency = value
		case "INTERVAL":
			interval = strings.TrimLeft(value, "0")
		}
	}
	if frequency == "" {
		return "rule" // of vCalendar 1.0
	}
	return frequency + " " + interval
}

func (c *Content) entry(e *ical.Entry) {
	c.add(e.Description, e.URL)
	c.add(e.Comments...)
	c.add(e.Contacts...)
	for _, a := range e.Attendees {
		c.detail("guest " + mailbox(a.Address))
	}
	c.count("attachment", len(e.Attachments))
	c.count("alarm", len(e.Alarms))
}
