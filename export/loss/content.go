package loss

import (
	"strings"

	"sidekeep/export"
	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
	"sidekeep/formats/vcard"
)

// A Content is how much an item says.
type Content struct {
	Named     bool            // it has a name or summary of its own
	Numbers   map[string]bool // telephone numbers and e-mail addresses, as they compare
	Portraits int
	Details   int // how many other values there are
	Text      int // how long these are together, in bytes
}

// Lack tells what an item lost that lost half of its content, as one of the
// constants of package export; "" of one that did not.
func Lack(had, has Content) string {
	switch {
	case had.Named && !has.Named:
		return export.LostNames
	case len(had.Numbers) > 0 && len(has.Numbers)*2 <= len(had.Numbers):
		return export.LostNumbers
	case had.Portraits > 0 && has.Portraits == 0:
		return export.LostPortraits
	case had.Details >= fewDetails && has.Details*2 <= had.Details,
		had.Text >= shortText && has.Text*2 <= had.Text:
		return export.LostDetails
	}
	return ""
}

// From how many details, and from how many bytes of text on, the half of them
// counts.
const (
	fewDetails = 3
	shortText  = 60
)

// Read reads the content of a contact, event or to-do. Bytes that cannot be
// understood say nothing.
func Read(kind export.Kind, raw []byte) Content {
	if kind == export.Contacts {
		return readCard(raw)
	}
	return readObject(raw)
}

func (c *Content) add(texts ...string) {
	for _, s := range texts {
		if s = strings.TrimSpace(s); s != "" {
			c.Details++
			c.Text += len(s)
		}
	}
}

func readCard(raw []byte) Content {
	v, err := vcard.View(raw)
	if err != nil {
		return Content{}
	}
	c := Content{Numbers: map[string]bool{}}
	for _, p := range v.Phones {
		c.number(digits(p.Text))
	}
	for _, e := range v.Emails {
		c.number(strings.ToLower(strings.TrimSpace(e.Text)))
	}
	for _, p := range v.Photos {
		if p.Inline() || strings.TrimSpace(p.Text) != "" {
			c.Portraits++
		}
	}
	c.Named = named(raw)
	for _, list := range [][]vcard.Value{v.Titles, v.Roles, v.URLs, v.Notes, v.Related, v.Places} {
		for _, x := range list {
			c.add(x.Text)
		}
	}
	for _, o := range v.Organizations {
		c.add(o.Text)
	}
	for _, a := range v.Addresses {
		c.add(a.Text)
	}
	for _, p := range v.Chats {
		c.add(p.Text)
	}
	for _, p := range v.Profiles {
		c.add(p.Text)
	}
	for _, d := range []*vcard.Date{v.Birthday, v.Anniversary} {
		if d != nil {
			c.add(d.Text)
		}
	}
	for _, d := range v.Dates {
		c.add(d.Text)
	}
	c.add(v.Members...)
	c.add(v.Nicknames...)
	return c
}

func (c *Content) number(s string) {
	if s != "" {
		c.Numbers[s] = true
	}
}

// digits are those of a telephone number without the zeros and pluses that it
// may begin with; the text itself if it has none.
func digits(s string) string {
	d := strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
	if d = strings.TrimLeft(d, "0"); d == "" {
		return strings.ToLower(strings.TrimSpace(s))
	}
	return d
}

// named reports whether a card has a name of its own, FN or N, and not only
// what stands in for one: a company or a number.
func named(raw []byte) bool {
	for l := range contentline.Lines(raw) {
		if (l.Is("FN") || l.Is("N")) && strings.Trim(l.Text(), "; \t") != "" {
			return true
		}
	}
	return false
}

func readObject(raw []byte) Content {
	v, err := ical.View(raw)
	if err != nil {
		return Content{}
	}
	var c Content
	for _, s := range v.Series {
		if m := s.Main(); m != nil {
			c.Named = c.Named || strings.TrimSpace(m.Summary) != ""
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

func (c *Content) entry(e *ical.Entry) {
	c.add(e.Description, e.Location, e.URL)
	c.add(e.Rules...)
	c.add(e.Comments...)
	c.add(e.Contacts...)
	for _, m := range []ical.Moment{e.Start, e.Due, e.End} {
		if !m.IsZero() {
			c.Details++
		}
	}
	c.Details += len(e.Attendees) + len(e.Attachments) + len(e.Alarms)
}
