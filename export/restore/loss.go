package restore

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sidekeep/formats/vcard"
)

// A Loss is something that a target's format cannot carry as it was, and of how
// many people.
type Loss struct {
	Property string // as in [vcard.Loss]
	Happens  string
	Gone     bool // nothing of it is left at the target; the archive keeps it
	People   int
	Example  string // the name of one of them
}

// String is a sentence for a person.
func (l Loss) String() string {
	people := fmt.Sprintf("%d people", l.People)
	if l.People == 1 {
		people = "1 person"
		if l.Example != "" {
			people = l.Example
		}
	}
	return fmt.Sprintf("%s: %s: %s.", people, thing(l.Property), l.Happens)
}

// thing is what people call what a property holds.
func thing(property string) string {
	for _, t := range things {
		if strings.EqualFold(t.property, property) {
			return t.word
		}
	}
	if property == "" {
		return "a line that is no property"
	}
	return property
}

var things = []struct{ property, word string }{
	{"BDAY", "the birthday"}, {"ANNIVERSARY", "the anniversary"}, {"X-ABLABEL", "a label of one's own"}, {"PHOTO", "the portrait"},
	{"LOGO", "the logo"}, {"SOUND", "a sound"}, {"KEY", "a key"}, {"TEL", "a telephone number"}, {"EMAIL", "a mail address"},
	{"ADR", "an address"}, {"LABEL", "an address label"}, {"IMPP", "a chat address"}, {"RELATED", "a related person"},
	{"GENDER", "the gender"}, {"NOTE", "a note"}, {"KIND", "the kind of card"}, {"MEMBER", "the members of a group"},
	{"N", "the parts of the name"}, {"FN", "the name"}, {"ORG", "the company"}, {"URL", "a web address"}, {"AGENT", "a card within the card"},
	{"DEATHDATE", "the day of death"}, {"LANG", "a language"}, {"TZ", "the time zone"}, {"GEO", "the place"}, {"XML", "data of a program"},
	{"SOCIALPROFILE", "a profile"}, {"X-SOCIALPROFILE", "a profile"}, {"PRONOUNS", "the pronouns"}, {"REV", "the time of the last change"},
}

type lossKey struct {
	property, happens string
	gone              bool
}

// lose counts what a line loses, each thing once a person.
func (m *maker) lose(d *draft) {
	seen := map[lossKey]bool{}
	for _, v := range d.losses {
		k := keyOf(v)
		if seen[k] {
			continue
		}
		seen[k] = true
		l := m.losses[k]
		if l == nil {
			l = &Loss{Property: v.Property, Happens: v.Happens, Gone: v.Gone, Example: d.name}
			m.losses[k] = l
		}
		l.People++
	}
}

func keyOf(v vcard.Loss) lossKey { return lossKey{strings.ToUpper(v.Property), v.Happens, v.Gone} }

// sum sorts the losses.
func (m *maker) sum(p *Plan) {
	for _, l := range m.losses {
		p.Losses = append(p.Losses, *l)
	}
	slices.SortFunc(p.Losses, func(a, b Loss) int {
		return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Property, b.Property), cmp.Compare(a.Happens, b.Happens))
	})
}
