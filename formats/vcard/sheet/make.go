package sheet

import (
	"fmt"
	"slices"
	"strings"

	"sidekeep/formats/contentline"
	"sidekeep/formats/vcard"
)

// card writes what was taken.
func (m *maker) card() ([]byte, error) {
	m.people()
	for i := range m.addresses {
		a := &m.addresses[i]
		var params []contentline.Param
		if len(a.types) > 0 {
			params = append(params, param("TYPE", a.types...))
		}
		all := ""
		fields := make([][]string, 0, 7)
		for _, s := range a.fields {
			all += s
			fields = append(fields, []string{s})
		}
		if all == "" && a.formatted == "" {
			continue
		}
		if !holds(all, a.formatted) {
			params = append(params, param("LABEL", a.formatted))
		}
		m.labelled("ADR", contentline.EscapeFields(fields), a.label, params...)
	}
	if m.birth != [3]string{} {
		if s, ok := parts(m.birth); ok {
			m.add("BDAY", s)
		} else {
			m.unknown = append(m.unknown, "Birthday: "+strings.Join(m.birth[:], "-"))
		}
	}
	if len(m.unknown) > 0 {
		slices.Sort(m.unknown)
		m.notes = append(m.notes, strings.Join(m.unknown, "\n"))
	}
	for _, s := range m.notes {
		m.add("NOTE", contentline.Escape(s))
	}
	if len(m.lines) == 0 {
		return nil, nil
	}
	out := []byte("BEGIN:VCARD\r\nVERSION:4.0\r\n")
	for i := range m.lines {
		out = contentline.Append(out, &m.lines[i])
	}
	out, _, err := vcard.Convert(append(out, "END:VCARD\r\n"...), vcard.V30)
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
	rest := m.lines
	m.lines = nil
	if m.name != [5]string{} {
		var params []contentline.Param
		if m.sort != "" {
			params = append(params, param("SORT-AS", m.sort))
		}
		m.add("N", contentline.EscapeFields([][]string{{m.name[0]}, {m.name[1]}, {m.name[2]}, {m.name[3]}, {m.name[4]}}), params...)
	} else if m.sort != "" {
		m.unknown = append(m.unknown, "File As: "+m.sort)
	}
	for i, name := range [...]string{"X-PHONETIC-LAST-NAME", "X-PHONETIC-FIRST-NAME", "X-PHONETIC-MIDDLE-NAME"} {
		if m.phonetic[i] != "" {
			m.add(name, contentline.Escape(m.phonetic[i]))
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
				m.add("ORG", contentline.EscapeFields([][]string{{at(names)}, {at(units)}}))
			}
		}
	}
	m.lines = append(m.lines, rest...)
}
