package fields

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sidekeep/formats/vcard"
)

// Contact tells what a card says. An error is a [*contentline.Error]: it cannot
// be understood.
func Contact(raw []byte) ([]Field, error) { return contact(raw, true) }

// ContactText is what a card says without its pictures and sounds.
func ContactText(raw []byte) ([]Field, error) { return contact(raw, false) }

func contact(raw []byte, media bool) ([]Field, error) {
	c, err := vcard.View(raw)
	if err != nil {
		return nil, err
	}
	l := &list{}
	l.person(c)
	l.reach(c)
	l.around(c)
	if media {
		for _, m := range []struct {
			name string
			list []vcard.Media
		}{{"Picture", c.Photos}, {"Logo", c.Logos}, {"Sound", c.Sounds}, {"Key", c.Keys}} {
			for i := range m.list {
				l.media(m.name, &m.list[i])
			}
		}
	}
	for _, p := range c.Rest {
		name := p.Name
		if name == "" {
			name = "Line without a name"
		}
		l.add(name, purpose(p.Value), p.Text)
	}
	l.quiet("Version of the card", "", c.Version)
	l.quiet("Mark of the card", "", c.UID)
	l.quiet("Saved by the service", "", c.Revised)
	l.quiet("Written by", "", c.Product)
	return *l, nil
}

func (l *list) person(c *vcard.Contact) {
	l.add("Name", "", c.Name)
	for _, s := range c.AltFN {
		l.add("Also called", "", s)
	}
	l.names("", c.Names)
	for _, n := range c.AltNames {
		l.names("also written", n)
	}
	l.names("as it sounds", c.Phonetic)
	l.add("Sorted as", "", c.SortAs)
	for _, s := range c.Nicknames {
		l.add("Nickname", "", s)
	}
	l.add("Maiden name", "", c.Maiden)
	if c.Kind != "" && c.Kind != "individual" {
		l.add("Kind", "", c.Kind)
	}
	for _, o := range c.Organizations {
		l.add("Company", purpose(o.Value), strings.Join(append([]string{o.Text}, o.Units...), ", "))
	}
	l.values("Title", c.Titles)
	l.values("Role", c.Roles)
	if c.Birthday != nil {
		l.add("Birthday", "", day(c.Birthday))
	}
	if c.Anniversary != nil {
		l.add("Anniversary", "", day(c.Anniversary))
	}
	for i := range c.Dates {
		name := "Date"
		switch c.Dates[i].Kind {
		case "DEATHDATE":
			name = "Date of death"
		case "BDAY":
			name = "Another birthday"
		}
		l.add(name, purpose(c.Dates[i].Value), day(&c.Dates[i]))
	}
	l.add("Gender", "", c.Gender)
	l.values("Pronouns", c.Pronouns)
}

func (l *list) names(of string, n vcard.Names) {
	l.add("First name", of, n.Given)
	l.add("Middle name", of, n.Additional)
	l.add("Last name", of, n.Family)
	l.add("Before the name", of, n.Prefix)
	l.add("After the name", of, n.Suffix)
}

func (l *list) reach(c *vcard.Contact) {
	l.values("Phone", c.Phones)
	l.values("E-mail", c.Emails)
	for i := range c.Addresses {
		l.add("Address", purpose(c.Addresses[i].Value), c.Addresses[i].Text)
	}
	for _, p := range c.Chats {
		l.add("Chat", service(p), p.User)
	}
	for _, p := range c.Profiles {
		text := p.Text
		if text == "" {
			text = p.User
		}
		l.add("Profile", service(p), text)
	}
	for _, v := range c.URLs {
		name := "Web page"
		if v.Kind != "URL" {
			name = "Address of a calendar"
		}
		l.add(name, purpose(v), v.Text)
	}
}

func (l *list) around(c *vcard.Contact) {
	l.values("Note", c.Notes)
	for _, s := range c.Categories {
		l.add("Category", "", s)
	}
	l.values("Related", c.Related)
	for _, s := range c.Members {
		l.add("Member", "", s)
	}
	l.values("Agent", c.Agents)
	for _, v := range c.Places {
		name := map[string]string{"GEO": "Position", "TZ": "Time zone", "BIRTHPLACE": "Place of birth", "DEATHPLACE": "Place of death"}[v.Kind]
		if name == "" {
			name = "Place"
		}
		l.add(name, purpose(v), v.Text)
	}
	l.values("Language", c.Languages)
}

func (l *list) values(name string, values []vcard.Value) {
	for _, v := range values {
		l.add(name, purpose(v), v.Text)
	}
}

// purpose is what a value is for, in words.
func purpose(v vcard.Value) string {
	var words []string
	if v.Label != "" {
		words = append(words, v.Label)
	}
	for _, t := range v.Types {
		switch t {
		case "voice", "internet", "pref", "":
			continue
		case "cell":
			t = "mobile"
		}
		if t = line(t); !slices.Contains(words, t) {
			words = append(words, t)
		}
	}
	if v.Pref == 1 || slices.Contains(v.Types, "pref") {
		words = append(words, "preferred")
	}
	return line(strings.Join(words, ", "))
}

func service(p vcard.Profile) string {
	of := purpose(p.Value)
	switch {
	case p.Service == "" || strings.EqualFold(p.Service, of):
		return of
	case of == "":
		return p.Service
	}
	return p.Service + ", " + of
}

// day is a date of which parts may be missing: "3 March 1980", "3 March".
func day(d *vcard.Date) string {
	var parts []string
	if d.Day > 0 {
		parts = append(parts, strconv.Itoa(d.Day))
	}
	if d.Month >= 1 && d.Month <= 12 {
		parts = append(parts, time.Month(d.Month).String())
	}
	if d.Year > 0 {
		parts = append(parts, strconv.Itoa(d.Year))
	}
	if len(parts) == 0 {
		return d.Text
	}
	if d.Time != "" {
		parts = append(parts, d.Time)
	}
	return strings.Join(parts, " ")
}

func (l *list) media(name string, m *vcard.Media) {
	if !m.Inline() {
		l.add(name, purpose(m.Value), m.Text)
		return
	}
	b, err := m.Bytes()
	f := Field{Name: name, For: purpose(m.Value), Value: "cannot be read"}
	if err == nil {
		sum := sha256.Sum256(b)
		f.Value, f.content = size(len(b)), string(sum[:])
		if _, format, ok := strings.Cut(m.Type, "/"); ok {
			f.Value = strings.ToUpper(format) + ", " + f.Value
		}
	}
	*l = append(*l, f)
}

func size(n int) string {
	switch {
	case n < 1000:
		return strconv.Itoa(n) + " bytes"
	case n < 1000*1000:
		return fmt.Sprintf("%d KB", (n+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
