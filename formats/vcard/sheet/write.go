package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode"

	"sidekeep/formats/cell"
	"sidekeep/formats/vcard"
)

// A labelled is a value with its label, as Google has them: "Home", "* Home" if
// it is the preferred one, or a label of one's own.
type labelled struct{ label, value, service string }

// A record is a contact as a row of Google's columns.
type record struct {
	fixed                                                      []string
	emails, phones, relations, events, websites, chats, custom []labelled
	addresses                                                  []vcard.Address
}

var googleFixed = strings.Split("First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,"+
	"Name Prefix,Name Suffix,Nickname,File As,Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,Labels", ",")

var googleAddress = strings.Split("Label,Formatted,Street,City,PO Box,Region,Postal Code,Country,Extended Address", ",")

// widths are how many of each group of columns there are.
type widths struct{ emails, phones, addresses, relations, events, websites, chats, custom int }

func (n *widths) fit(r *record) {
	n.emails, n.phones, n.addresses = max(n.emails, len(r.emails)), max(n.phones, len(r.phones)), max(n.addresses, len(r.addresses))
	n.relations, n.events, n.websites = max(n.relations, len(r.relations)), max(n.events, len(r.events)), max(n.websites, len(r.websites))
	n.chats, n.custom = max(n.chats, len(r.chats)), max(n.custom, len(r.custom))
}

func writeGoogle(w io.Writer, contacts iter.Seq2[*vcard.Contact, error]) ([]vcard.Loss, error) {
	n := widths{emails: 1, phones: 1, addresses: 1}
	for c, err := range contacts {
		if err != nil {
			return nil, err
		}
		r, _ := recordOf(c)
		n.fit(r)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(n.header()); err != nil {
		return nil, err
	}
	var losses []vcard.Loss
	for c, err := range contacts {
		if err != nil {
			return losses, err
		}
		r, lost := recordOf(c)
		losses = append(losses, lost...)
		if err := out.Write(cell.All(n.row(r))); err != nil {
			return losses, err
		}
	}
	out.Flush()
	return losses, out.Error()
}

func (n *widths) header() []string {
	out := slices.Clone(googleFixed)
	add := func(name string, count int, parts ...string) {
		for i := range count {
			for _, part := range parts {
				out = append(out, fmt.Sprintf("%s %d - %s", name, i+1, part))
			}
		}
	}
	add("E-mail", n.emails, "Label", "Value")
	add("Phone", n.phones, "Label", "Value")
	add("Address", n.addresses, googleAddress...)
	add("Relation", n.relations, "Label", "Value")
	add("Event", n.events, "Label", "Value")
	add("Website", n.websites, "Label", "Value")
	add("IM", n.chats, "Label", "Service", "Value")
	add("Custom Field", n.custom, "Label", "Value")
	return out
}

func (n *widths) row(r *record) []string {
	out := slices.Clone(r.fixed)
	add := func(list []labelled, count int, service bool) {
		for i := range count {
			var l labelled
			if i < len(list) {
				l = list[i]
			}
			if out = append(out, l.label); service {
				out = append(out, l.service)
			}
			out = append(out, l.value)
		}
	}
	add(r.emails, n.emails, false)
	add(r.phones, n.phones, false)
	for i := range n.addresses {
		var a vcard.Address
		if i < len(r.addresses) {
			a = r.addresses[i]
		}
		out = append(out, labelOf(&a.Value, true), a.Text, a.Street, a.City, a.POBox, a.Region, a.Code, a.Country, a.Extended)
	}
	add(r.relations, n.relations, false)
	add(r.events, n.events, false)
	add(r.websites, n.websites, false)
	add(r.chats, n.chats, true)
	add(r.custom, n.custom, false)
	return out
}

// labelOf is the label of a value as Google writes it.
func labelOf(v *vcard.Value, pref bool) string {
	s := v.Label
	if s == "" {
		s = typeLabel(v.Types)
	}
	if pref && v.Pref == 1 {
		s = "* " + s
	}
	return s
}

// typeLabel is what Google and Outlook call types.
func typeLabel(types []string) string {
	has := func(t string) bool { return slices.Contains(types, t) }
	switch {
	case has("fax") && has("home"):
		return "Home Fax"
	case has("fax") && has("work"):
		return "Work Fax"
	case has("fax"):
		return "Fax"
	case has("pager"):
		return "Pager"
	case has("cell") && has("work"):
		return "Work Mobile"
	case has("cell"), has("iphone"):
		return "Mobile"
	case has("main"):
		return "Main"
	case has("home"):
		return "Home"
	case has("work"):
		return "Work"
	}
	for _, t := range types {
		if t != "voice" && t != "internet" && t != "msg" && t != "text" {
			return strings.ToUpper(t[:1]) + t[1:]
		}
	}
	return ""
}

func recordOf(c *vcard.Contact) (*record, []vcard.Loss) {
	r := &record{addresses: c.Addresses}
	n := c.Names
	if n == (vcard.Names{}) && (len(c.Organizations) == 0 || c.Organizations[0].Text != c.Name) {
		n.Given = c.Name
	}
	org, department := "", ""
	if len(c.Organizations) > 0 {
		org, department = c.Organizations[0].Text, strings.Join(c.Organizations[0].Units, ", ")
	}
	title := ""
	if len(c.Titles) > 0 {
		title = c.Titles[0].Text
	}
	photo := ""
	for _, p := range c.Photos {
		if !p.Inline() && photo == "" {
			photo = p.Text
		}
	}
	var notes []string
	for _, v := range c.Notes {
		notes = append(notes, v.Text)
	}
	r.fixed = []string{
		n.Given, n.Additional, n.Family, c.Phonetic.Given, c.Phonetic.Additional, c.Phonetic.Family, n.Prefix, n.Suffix,
		strings.Join(c.Nicknames, ", "), c.SortAs, org, title, department, dateText(c.Birthday), strings.Join(notes, "\n\n"), photo,
		strings.Join(append(slices.Clone(c.Categories), "* myContacts"), " ::: "),
	}
	r.emails, r.phones = labelledOf(c.Emails, true), labelledOf(c.Phones, true)
	r.relations, r.websites = labelledOf(c.Related, false), labelledOf(c.URLs, false)
	for _, p := range c.Profiles {
		r.websites = append(r.websites, labelled{label: p.Service, value: p.Text})
	}
	for _, p := range c.Chats {
		r.chats = append(r.chats, labelled{label: labelOf(&p.Value, true), service: p.Service, value: p.User})
	}
	r.dates(c)
	r.others(c)
	return r, lost(c, photo)
}

func labelledOf(list []vcard.Value, pref bool) []labelled {
	var out []labelled
	for i := range list {
		out = append(out, labelled{label: labelOf(&list[i], pref), value: list[i].Text})
	}
	return out
}

func (r *record) dates(c *vcard.Contact) {
	if c.Anniversary != nil {
		r.events = append(r.events, labelled{label: "Anniversary", value: dateText(c.Anniversary)})
	}
	for i := range c.Dates {
		d := &c.Dates[i]
		label := labelOf(&d.Value, false)
		if label == "" {
			label = map[string]string{"DEATHDATE": "Death", "BDAY": "Birthday", "ANNIVERSARY": "Anniversary"}[d.Kind]
		}
		r.events = append(r.events, labelled{label: label, value: dateText(d)})
	}
}

// others puts what Google has no columns for into custom fields.
func (r *record) others(c *vcard.Contact) {
	add := func(label, value string) {
		if value != "" {
			r.custom = append(r.custom, labelled{label: label, value: value})
		}
	}
	if !saysName(c) {
		add(fullName, c.Name)
	}
	for i, o := range c.Organizations {
		if i > 0 {
			add("Organization", strings.Join(append([]string{o.Text}, o.Units...), ", "))
		}
	}
	for i, v := range c.Titles {
		if i > 0 {
			add("Title", v.Text)
		}
	}
	for _, v := range c.Roles {
		add("Role", v.Text)
	}
	add("Gender", c.Gender)
	add("Maiden Name", c.Maiden)
	for _, v := range c.Pronouns {
		add("Pronouns", v.Text)
	}
	for _, v := range c.Languages {
		add("Language", v.Text)
	}
	for _, v := range c.Places {
		add(v.Kind, v.Text)
	}
	for _, v := range c.Agents {
		add("Agent", v.Text)
	}
	for _, s := range c.AltFN {
		add("Name", s)
	}
	for _, s := range c.Members {
		add("Member", s)
	}
	for _, p := range c.Rest {
		if p.Name == "" {
			p.Name = "Text"
		}
		add(p.Name, p.Text)
	}
}

// fullName is the label of a name that the parts of a name do not say.
const fullName = "Full Name"

// saysName reports whether the columns of the parts of a name hold each word of
// the name that is shown.
func saysName(c *vcard.Contact) bool {
	n := c.Names
	if n == (vcard.Names{}) {
		return true // the first column, or that of the organization, has it
	}
	words := func(s string) []string {
		return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r) })
	}
	said := words(strings.Join([]string{n.Prefix, n.Given, n.Additional, n.Family, n.Suffix}, " "))
	for _, w := range words(c.Name) {
		if !slices.Contains(said, w) {
			return false
		}
	}
	return true
}

// dateText is a date as Google writes it: 1985-04-12, --04-12, or a text.
func dateText(d *vcard.Date) string {
	switch {
	case d == nil:
		return ""
	case d.Month > 0 && d.Day > 0 && d.Year > 0:
		return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
	case d.Month > 0 && d.Day > 0:
		return fmt.Sprintf("--%02d-%02d", d.Month, d.Day)
	}
	return d.Text
}

// lost is what no table of contacts can carry.
func lost(c *vcard.Contact, photo string) []vcard.Loss {
	var out []vcard.Loss
	add := func(property string, list []vcard.Media) {
		for i := range list {
			if m := &list[i]; m.Text == "" || m.Text != photo {
				out = append(out, vcard.Loss{Property: property, Value: c.Name + ": " + strings.TrimSpace(m.Type+" "+m.Text), Happens: "a table cannot hold it: it is left out", Gone: true})
			}
		}
	}
	add("PHOTO", c.Photos)
	add("LOGO", c.Logos)
	add("SOUND", c.Sounds)
	add("KEY", c.Keys)
	for _, n := range c.AltNames {
		out = append(out, vcard.Loss{Property: "N", Value: strings.TrimSpace(n.Given + " " + n.Family), Happens: "a table has one name: it is left out", Gone: true})
	}
	return out
}
