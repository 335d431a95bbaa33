package pages

import (
	"encoding/json"
	"html/template"
	"strings"
)

// What there are thousands of is not written by a template, which would take
// most of the time that the pages take, but put together in markup. Every text
// in it goes through html/template's own escaping; one in which that would
// change nothing is taken as it is.
type markup []byte

// raw adds what stands in this package.
func (m markup) raw(parts ...string) markup {
	for _, s := range parts {
		m = append(m, s...)
	}
	return m
}

// text adds what comes from outside, as text or as the value of an attribute in
// quotes. An address is one of [outside] or of [local].
func (m markup) text(s string) markup {
	if !strings.ContainsAny(s, "\x00\"'&<>") {
		return append(m, s...)
	}
	return append(m, template.HTMLEscapeString(s)...)
}

// tag adds <b class="..."> or the like around a text, unless that is empty.
func (m markup) tag(open, s, end string) markup {
	if s == "" {
		return m
	}
	return m.raw(open).text(s).raw(end)
}

// quoted adds a text as JSON in which no < > & and no line ends are left, as
// encoding/json writes it.
func (m markup) quoted(s string) markup {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\n' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			b, err := json.Marshal(s)
			if err != nil { // never of a string
				b = []byte(`""`)
			}
			return append(m, b...)
		}
	}
	m = append(m, '"')
	for {
		line, rest, more := strings.Cut(s, "\n")
		m = append(m, line...)
		if !more {
			return append(m, '"')
		}
		m, s = append(m, `\n`...), rest
	}
}
