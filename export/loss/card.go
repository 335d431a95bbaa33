package loss

import (
	"fmt"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/formats/vcard"
)

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
