package loss

import (
	"slices"
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
	mailLabels   [][]string // of each of emails
	addresses    []address
	birthday     vcard.Date
	portraits    []portrait
	places       phrase // where an event takes place
	details      details
	uid          string

	start, due datetime.Moment
	completed  datetime.Moment
	lasts      time.Duration // of an event; 0 if it does not say
	recurs     string        // how often; "" if once
	done       bool
	cancelled  bool
	series     *series // nil if it takes place once
}

// Read reads the content of a contact, event or to-do. Bytes that cannot be
// understood say nothing.
func Read(kind export.Kind, raw []byte) Content {
	if kind == export.Contacts {
		return readCard(raw)
	}
	return readObject(raw)
}

func readCard(raw []byte) Content {
	v, err := vcard.View(raw)
	if err != nil {
		return Content{}
	}
	c := Content{uid: v.UID}
	c.names(v, raw)
	for _, p := range v.Phones {
		if n := dial(p.Text); !n.empty() {
			n.labels = labels(p)
			c.phones = append(c.phones, n)
		}
	}
	for _, e := range v.Emails {
		if s := mailbox(e.Text); s != "" {
			c.emails = append(c.emails, s)
			c.mailLabels = append(c.mailLabels, labels(e))
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
	c.parts = say(v.Names.Given, v.Names.Additional, v.Names.Family, v.Names.Suffix, rank(v.Names.Prefix))
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

// rank is what stands before a name and is no title that programs move and drop.
func rank(prefix string) string {
	return strings.Join(slices.DeleteFunc(say(prefix).words, func(w string) bool { return slices.Contains(titles, w) }), " ")
}

// codes are those of the countries of the numbers and addresses of a card.
func (c *Content) codes() (list []string) {
	for _, n := range c.phones {
		if code := n.code(); code != "" {
			list = append(list, strings.Clone(code))
		}
	}
	for _, a := range c.addresses {
		if code := callingCodes[a.country]; code != "" {
			list = append(list, code)
		}
	}
	return list
}

// given are the codes of countries that numbers of c got in what it became.
func (c *Content) given(now *Content) (list []given) {
	for _, n := range c.phones {
		for _, o := range now.phones {
			if code := n.given(o); code != "" {
				list = append(list, given{strings.Clone(code), strings.Clone(n.text), strings.Clone(o.text)})
			}
		}
	}
	return list
}

// mailbox is a mail address as it is compared.
func mailbox(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.Trim(strings.TrimPrefix(s, "mailto:"), "<> ")
	return strings.Replace(s, "@googlemail.com", "@gmail.com", 1)
}

// An address is a postal one.
type address struct {
	text    string
	core    phrase // street, place and code
	city    phrase
	land    phrase // region and country
	country string // ISO 3166, "" if it is not known
	all     phrase

	labels []string
}

var roads = strings.NewReplacer("straße", "str", "strasse", "str", "Straße", "str", "Strasse", "str", "Str.", "str", "str.", "str",
	"Street", "st", "street", "st", "St.", "st", "Road", "rd", "road", "rd", "Rd.", "rd", "Avenue", "ave", "avenue", "ave", "Ave.", "ave")

func addressOf(a *vcard.Address) address {
	text := strings.Join(strings.Fields(a.Text), " ")
	out := address{
		text:    text,
		core:    say(roads.Replace(a.POBox), roads.Replace(a.Extended), roads.Replace(a.Street), a.City, a.Code),
		country: countryOf(a.Country),
		city:    say(a.City), land: say(a.Region, a.Country), labels: labels(a.Value),
		all: say(roads.Replace(a.POBox), roads.Replace(a.Extended), roads.Replace(a.Street), a.City, a.Code, a.Region, a.Country, roads.Replace(text)),
	}
	if out.core.empty() {
		out.core = out.all
	}
	return out
}

// same reports whether o is the same address: with all numbers, nearly all words
// of street and place, and the place. Countries and regions are written in many
// ways, but they are written, and another one is another address.
func (a address) same(o address) bool {
	if a.country != "" && o.country != "" && a.country != o.country {
		return false
	}
	if len(a.city.missing(o.all))*2 > len(a.city.words) || !a.land.empty() && o.land.empty() && !a.land.within(o.all) {
		return false
	}
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
	for i := range v.Series {
		s := &v.Series[i]
		if m := s.Main(); i == 0 {
			c.uid = s.UID
			c.main(m)
			c.series = seriesOf(s)
		}
		if s.Master != nil {
			c.entry(s.Master)
		}
		for k := range s.Exceptions {
			if e := &s.Exceptions[k]; s.Master == nil || !e.Cancelled() {
				c.entry(e)
			}
		}
	}
	return c
}

// main reads what is compared by itself.
func (c *Content) main(e *ical.Entry) {
	c.shown = say(e.Summary)
	c.places = say(e.Location)
	c.done, c.completed, c.cancelled = e.Done(), e.Completed, e.Cancelled()
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
