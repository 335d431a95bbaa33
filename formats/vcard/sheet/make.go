package sheet

import (
	"fmt"
	"slices"
	"strings"

	"sidekeep/formats/compose"
	"sidekeep/formats/vcard"
)

// finish writes the card of what was taken; nil if that is nothing.
func (m *maker) finish() ([]byte, error) {
	m.people()
	for i := range m.addresses {
		a := &m.addresses[i]
		all := strings.Join(a.fields[:], "")
		if all == "" && a.formatted == "" {
			continue
		}
		p := typed(compose.Parts("ADR", a.fields[:]...), a.types)
		if !holds(all, a.formatted) {
			p = p.With("LABEL", a.formatted)
		}
		m.labelled(p, a.label)
	}
	if m.birth != [3]string{} {
		if d, ok := dateOf(m.birth); ok {
			m.card.Add(compose.CardDate("BDAY", d))
		} else {
			m.unknown = append(m.unknown, "Birthday: "+strings.Join(m.birth[:], "-"))
		}
	}
	if len(m.unknown) > 0 {
		slices.Sort(m.unknown)
		m.notes = append(m.notes, strings.Join(m.unknown, "\n"))
	}
	for _, s := range m.notes {
		m.card.Add(compose.Text("NOTE", s))
	}
	if len(m.card.Properties) == 0 {
		return nil, nil
	}
	out, err := m.card.Encode()
	if err == nil {
		out, _, err = vcard.Convert(out, vcard.V30)
	}
	if err != nil {
		return nil, fmt.Errorf("making a card of a row: %w", err)
	}
	return out, nil
}

// holds tells whether all words of a formatted address are in its parts.
func holds(all, formatted string) bool {
	for word := range strings.FieldsSeq(formatted) {
		if !strings.Contains(letters(all), letters(word)) {
			return false
		}
	}
	return true
}

// people adds the names and the organization, which go first.
func (m *maker) people() {
	rest := m.card.Properties
	m.card.Properties = nil
	if m.name != [5]string{} {
		p := compose.Parts("N", m.name[:]...)
		if m.sort != "" {
			p = p.With("SORT-AS", m.sort)
		}
		m.card.Add(p)
	} else if m.sort != "" {
		m.unknown = append(m.unknown, "File As: "+m.sort)
	}
	for i, name := range [...]string{"X-PHONETIC-LAST-NAME", "X-PHONETIC-FIRST-NAME", "X-PHONETIC-MIDDLE-NAME"} {
		if m.phonetic[i] != "" {
			m.card.Add(compose.Text(name, m.phonetic[i]))
		}
	}
	if m.org != [2]string{} {
		names, units := several(m.org[0]), several(m.org[1])
		for i := range max(len(names), len(units)) {
			at := func(list []string) string {
				if i < len(list) {
					return list[i]
				}
				return ""
			}
			if at(names)+at(units) != "" {
				m.card.Add(compose.Parts("ORG", at(names), at(units)))
			}
		}
	}
	m.card.Add(rest...)
}
