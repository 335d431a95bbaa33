package files

import (
	"errors"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/formats/file"
	"sidekeep/formats/vcard"
	"sidekeep/formats/vcard/sheet"
)

// table writes the contacts, or the to-dos if there are none.
func (c *conversion) table() error {
	contacts := 0
	c.quiet = true
	c.groups = groups{}
	err := c.each(func(_ input, it *file.Item) error {
		if it.Type != file.Cards {
			return nil
		}
		if contact, err := vcard.View(it.Raw); err == nil && contact.Kind == "group" {
			c.groups.learn(contact)
		} else {
			contacts++
		}
		return nil
	})
	c.quiet = false
	if err != nil {
		return err
	}
	if contacts == 0 {
		return c.todoTable()
	}
	first := true
	losses, err := sheet.Write(c.out, sheet.Google, func(yield func(*vcard.Contact, error) bool) {
		c.quiet = !first // it goes over the contacts twice
		first = false
		if err := c.contacts(yield); err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	})
	c.quiet = false
	losses = append(losses, c.groups.losses()...)
	for _, l := range losses {
		c.done.Losses = append(c.done.Losses, Loss{Loss: l})
	}
	return err
}

// errEnough says that whoever goes over the contacts wants no more.
var errEnough = errors.New("no more is wanted")

func (c *conversion) contacts(yield func(*vcard.Contact, error) bool) error {
	n := 0
	err := c.each(func(in input, it *file.Item) error {
		if it.Type != file.Cards {
			c.leave(placeOf(in, it), "the table holds the contacts; convert events and to-dos by themselves")
			return nil
		}
		contact, err := vcard.View(it.Raw)
		if err != nil {
			c.leave(placeOf(in, it), err.Error())
			return nil
		}
		if contact.Kind == "group" {
			return nil // its members carry its name
		}
		c.groups.label(contact)
		n++
		if !yield(contact, nil) {
			return errEnough
		}
		return nil
	})
	c.done.Items[export.Contacts] = n
	return err
}

// A group is a card that names other cards: no person, and in a table a label of
// its members.
type group struct {
	name  string
	found bool // a member of it is there
}

// groups are the groups of each member, by its UID or address.
type groups map[string][]*group

// learn takes a card that is a group.
func (g groups) learn(c *vcard.Contact) {
	one := &group{name: c.Name}
	for _, m := range append(slices.Clone(c.Members), "") { // "" keeps a group without members
		if key := memberKey(m); key != "" || m == "" {
			g[key] = append(g[key], one)
		}
	}
}

// label gives a contact the names of its groups.
func (g groups) label(c *vcard.Contact) {
	keys := []string{memberKey(c.UID)}
	for _, e := range c.Emails {
		keys = append(keys, memberKey("mailto:"+e.Text))
	}
	for _, key := range keys {
		if key == "" {
			continue
		}
		for _, one := range g[key] {
			one.found = true
			if !slices.Contains(c.Categories, one.name) {
				c.Categories = append(c.Categories, one.name)
			}
		}
	}
}

// memberKey is what a MEMBER says of a card, and the UID of the card, alike.
func memberKey(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	return strings.TrimPrefix(strings.TrimPrefix(s, "urn:uuid:"), "urn:")
}

// losses tells what became of the groups.
func (g groups) losses() []vcard.Loss {
	var list []vcard.Loss
	for _, one := range g[""] {
		l := vcard.Loss{Property: "KIND", Value: one.name, Happens: "a table has no groups: its name is a label of its members"}
		if !one.found {
			l.Happens, l.Gone = "a table has no groups, and none of its members is there to carry its name", true
		}
		list = append(list, l)
	}
	return list
}
