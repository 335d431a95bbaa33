package pages

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
	"unicode"

	"sidekeep/formats/vcard"
)

// A Person is one card as a page shows it.
type Person struct {
	ID       string // of its place in the page
	Name     string
	Sub      string       // title and company
	Portrait template.URL // from the page; "" if there is none
	Initials string
	Color    int // of the initials, 0 to 5
	Group    bool
	Account  string // "" if there is but one
	Gone     bool   // no longer at the source
	Fields   []Field

	sought []byte // memory of row
}

// A Field is one detail of a person.
type Field struct {
	Label, Text string
	Link        template.URL // "" if it leads nowhere
	Long        bool         // a text of its own, with its line breaks
}

// card adds a person as a page shows one.
func (p *Person) card(m markup) markup {
	m = m.raw(`<article id="`).text(p.ID).raw(`">`)
	if p.Portrait != "" {
		m = m.raw(`<img class="face" src="`).text(string(p.Portrait)).raw(`" alt="" loading="lazy">`)
	} else {
		m = m.raw(`<span class="face a`, strconv.Itoa(p.Color), `">`).text(p.Initials).raw("</span>")
	}
	m = m.raw("<h3><bdi>").text(p.Name).raw("</bdi></h3>").tag(`<p class="sub"><bdi>`, p.Sub, "</bdi></p>")
	if p.Group {
		m = m.raw(`<p class="sub">Group</p>`)
	}
	if p.Gone {
		m = m.raw(`<p class="tag">no longer at the source</p>`)
	}
	m = m.tag(`<p class="tag">`, p.Account, "</p>").raw("<dl>")
	for i := range p.Fields {
		f := &p.Fields[i]
		m = m.raw("<dt>").text(f.Label).raw("</dt><dd")
		if f.Long {
			m = m.raw(` class="long"`)
		}
		m = m.raw(">")
		if f.Link != "" {
			m = m.raw(`<a href="`).text(string(f.Link)).raw(`">`).text(f.Text).raw("</a></dd>")
		} else {
			m = m.text(f.Text).raw("</dd>")
		}
	}
	return m.raw("</dl></article>\n")
}

// Show makes p show all that a card says. It shares memory with c, and keeps
// its own for the next card.
func (p *Person) Show(id int64, c *vcard.Contact) {
	*p = Person{ID: "p" + strconv.FormatInt(id, 10), Name: cut(c.Name, mostName), Color: int(id % 6), Group: c.Kind == "group", Fields: p.Fields[:0], sought: p.sought}
	if p.Name == "" {
		p.Name = "No name"
	}
	p.Initials = initials(p.Name)
	p.Sub = sub(c)
	p.reach(c)
	p.days(c)
	p.about(c)
	p.rest(c)
}

func (p *Person) add(label, text string, link template.URL) {
	if text = strings.TrimSpace(text); text != "" {
		p.Fields = append(p.Fields, Field{label, cut(text, mostText), link, strings.Contains(text, "\n") || len(text) > 160})
	}
}

func (p *Person) values(plain string, list []vcard.Value, link func(string) template.URL) {
	for i := range list {
		v := &list[i]
		var to template.URL
		if link != nil {
			to = link(v.Text)
		}
		p.add(label(v, plain), v.Text, to)
	}
}

func (p *Person) reach(c *vcard.Contact) {
	p.values("Phone", c.Phones, phoneLink)
	p.values("Email", c.Emails, mailLink)
	for i := range c.Addresses {
		a := &c.Addresses[i]
		p.add(label(&a.Value, "Address"), a.Text, "")
	}
	p.values("Web", c.URLs, outside)
	for _, list := range [][]vcard.Profile{c.Chats, c.Profiles} {
		for i := range list {
			v := &list[i]
			plain, text := v.Service, v.User
			if plain == "" {
				plain = "Profile"
			}
			if text == "" {
				text = v.Text
			}
			p.add(label(&v.Value, plain), text, outside(v.Text))
		}
	}
}

func (p *Person) days(c *vcard.Contact) {
	if c.Birthday != nil {
		p.add("Birthday", day(c.Birthday), "")
	}
	if c.Anniversary != nil {
		p.add("Anniversary", day(c.Anniversary), "")
	}
	for i := range c.Dates {
		plain := "Date"
		if k := c.Dates[i].Kind; k == "BDAY" || k == "DEATHDATE" {
			plain = map[string]string{"BDAY": "Birthday", "DEATHDATE": "Died"}[k]
		}
		p.add(label(&c.Dates[i].Value, plain), day(&c.Dates[i]), "")
	}
}

func (p *Person) about(c *vcard.Contact) {
	for i := range c.Organizations {
		if o := &c.Organizations[i]; i > 0 || len(o.Units) > 0 {
			p.add("Company", strings.Join(append([]string{o.Text}, o.Units...), ", "), "")
		}
	}
	p.values("Title", rest(c.Titles, p.Sub), nil)
	p.values("Role", c.Roles, nil)
	p.add("Nickname", strings.Join(c.Nicknames, ", "), "")
	p.add("Also written", strings.Join(c.AltFN, ", "), "")
	p.add("Pronounced", joined(c.Phonetic.Given, c.Phonetic.Additional, c.Phonetic.Family), "")
	p.add("Maiden name", c.Maiden, "")
	p.values("Pronouns", c.Pronouns, nil)
	p.add("Gender", c.Gender, "")
	p.values("Related", c.Related, nil)
	p.values("Agent", c.Agents, nil)
	p.add("Groups", strings.Join(c.Categories, ", "), "")
	p.values("Place", c.Places, nil)
	p.values("Language", c.Languages, nil)
	if n := len(c.Members); n > 0 {
		p.add("Members", Count(n), "")
	}
	p.values("Note", c.Notes, nil)
}

// rest is what the card has and no field above: other media are named, and
// properties that only programs understand are shown as they are.
func (p *Person) rest(c *vcard.Contact) {
	for _, m := range []struct {
		what string
		list []vcard.Media
	}{{"Logo", c.Logos}, {"Sound", c.Sounds}, {"Key", c.Keys}} {
		for i := range m.list {
			if v := &m.list[i]; v.Inline() {
				p.add(m.what, "in the card", "")
			} else {
				p.add(m.what, v.Text, outside(v.Text))
			}
		}
	}
	for i := range c.Photos {
		if v := &c.Photos[i]; !v.Inline() {
			p.add("Portrait", v.Text, outside(v.Text))
		}
	}
	for i := range c.Rest {
		if r := &c.Rest[i]; r.Name != "" && !strings.HasSuffix(strings.ToUpper(r.Name), "X-ABADR") { // the country whose form an address has
			p.add(r.Name, cut(r.Text, mostName), "")
		}
	}
}

// sub is the line below the name.
func sub(c *vcard.Contact) string {
	title, company := "", ""
	if len(c.Titles) > 0 {
		title = c.Titles[0].Text
	}
	if len(c.Organizations) > 0 {
		company = c.Organizations[0].Text
	}
	if company == c.Name {
		company = ""
	}
	if title != "" && company != "" {
		return cut(title+", "+company, mostName)
	}
	return cut(title+company, mostName)
}

// rest leaves out the first value if the line below the name has it.
func rest(list []vcard.Value, shown string) []vcard.Value {
	if len(list) > 0 && shown != "" {
		return list[1:]
	}
	return list
}

func joined(parts ...string) string {
	out := ""
	for _, s := range parts {
		if s != "" && out != "" {
			out += " "
		}
		out += s
	}
	return out
}

// label is what a value is for, in words.
func label(v *vcard.Value, plain string) string {
	if v.Label != "" {
		return cut(v.Label, 60)
	}
	if len(v.Types) == 0 {
		return plain
	}
	where, what := "", ""
	for _, t := range v.Types {
		switch t {
		case "home", "work", "other", "school":
			if where == "" {
				where = t
			}
		case "cell", "iphone":
			what = "mobile"
		case "fax", "pager", "main", "car":
			what = t
		}
	}
	switch {
	case where == "" && what == "":
		return plain
	case what == "":
		return plain + ", " + where
	case where == "":
		return strings.ToUpper(what[:1]) + what[1:]
	}
	return strings.ToUpper(what[:1]) + what[1:] + ", " + where
}

// day writes a date of which parts may be missing.
func day(d *vcard.Date) string {
	switch {
	case d.Month >= 1 && d.Month <= 12 && d.Day > 0 && d.Year > 0:
		return fmt.Sprintf("%d %s %d", d.Day, time.Month(d.Month), d.Year)
	case d.Month >= 1 && d.Month <= 12 && d.Day > 0:
		return fmt.Sprintf("%d %s", d.Day, time.Month(d.Month))
	}
	return d.Text
}

// initials are the first letters of the first and the last word.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
	switch len(words) {
	case 0:
		return "?"
	case 1:
		return first(words[0])
	}
	return first(words[0]) + first(words[len(words)-1])
}

func first(s string) string {
	for _, r := range s {
		return string(unicode.ToUpper(r))
	}
	return ""
}
