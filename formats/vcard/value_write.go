package vcard

import (
	"strings"

	"sidekeep/formats/contentline"
)

// write brings the value of p from the form of vCard 4.0 into that of another
// version, or makes 4.0 complete. It returns what that version cannot carry, a
// clause as in [Loss], or "".
func (t valueType) write(p *property, to Version) (loss string) {
	switch t {
	case asText, asPhone:
		if to == V21 {
			p.value = oldText(unescape(p.value))
		}
	case asList:
		if to == V21 {
			p.value = oldList(p.value)
		}
	case asFields:
		if to == V21 {
			p.value = oldFields(p.value, p.name)
		}
	case asGender:
		if to == V21 {
			p.value = unescape(p.value)
		}
	case asDate:
		return writeDate(p, to)
	case asStamp:
		if y, m, d, clock, ok := parseDate(p.value); ok && to != V40 && y > 0 && d > 0 {
			p.value = extendedDate(y, m, d, clock)
		}
	case asMedia:
		writeMedia(p, to)
	case asZone:
		return writeZone(p, to)
	case asPosition:
		return writePosition(p, to)
	case asRelated:
		return writeRelated(p, to)
	case asUID:
		writeUID(p, to)
	case asAgent:
		writeAgent(p, to)
	}
	return ""
}

// oldText is a text in vCard 2.1, which has no escapes: only a backslash that
// readers would take for one is doubled.
func oldText(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteByte(s[i])
		if s[i] == '\\' && (i+1 == len(s) || strings.IndexByte(`nN\,;:"`, s[i+1]) >= 0) {
			b.WriteByte('\\')
		}
	}
	return b.String()
}

func oldList(value string) string {
	parts := unescapeAll(contentline.List(value))
	for i, s := range parts {
		parts[i] = strings.ReplaceAll(oldText(s), ",", `\,`)
	}
	return strings.Join(parts, ",")
}

// oldFields is a structured value in vCard 2.1, whose fields are no lists.
func oldFields(value, name string) string {
	between := " "
	if name == "ADR" {
		between = ", "
	}
	fields := contentline.Fields(value)
	for i, field := range fields {
		s := strings.Join(unescapeAll(contentline.List(field)), between)
		fields[i] = strings.ReplaceAll(oldText(s), ";", `\;`)
	}
	return strings.Join(fields, ";")
}

// writeDate writes BDAY and the like. vCard 3.0 knows only whole dates; Apple
// writes the year 1604 where there is none, and Android --04-12 in 2.1.
func writeDate(p *property, to Version) string {
	if to == V40 {
		return ""
	}
	what := "vCard " + string(to)
	if p.kind == "text" {
		p.rename("X-BDAY", "BDAY")
		if to == V21 {
			p.value, p.kind = oldText(unescape(p.value)), ""
		}
		return what + " has no text for a date: it is kept as " + p.name
	}
	y, m, d, clock, _ := parseDate(p.value)
	switch {
	case y > 0 && d > 0:
		p.value = extendedDate(y, m, d, clock)
		if clock != "" && to == V30 {
			p.kind = "date-time"
		}
		return ""
	case m > 0 && d > 0 && to == V30:
		p.value = extendedDate(noYear, m, d, clock)
		p.put("X-APPLE-OMIT-YEAR", "1604")
		return what + " has no date without a year: it is written with the year 1604 and X-APPLE-OMIT-YEAR, which some programs do not know"
	case m > 0 && d > 0:
		p.value = "--" + padded(m, 2) + "-" + padded(d, 2)
		if clock != "" {
			p.value += "T" + extendedClock(clock)
		}
		return what + " has no date without a year: it is written as " + p.value + ", which some programs do not know"
	}
	p.rename("X-BDAY", "BDAY")
	return what + " knows only whole dates: it is kept as " + p.name
}

// rename gives a property another name if it is the property old.
func (p *property) rename(name, old string) {
	if p.name == old {
		p.name = name
	}
}

func writeMedia(p *property, to Version) {
	m := p.media
	p.base64, p.kind = false, ""
	if word := m.word(); word != "" && to != V40 {
		p.types = append(p.types[:len(p.types):len(p.types)], word)
	}
	switch {
	case m.encoded != "" && to == V40:
		p.value = "data:" + m.full() + ";base64," + m.encoded
	case m.encoded != "":
		p.value, p.base64 = m.encoded, true
	case m.link != "":
		p.value, p.kind = contentline.EscapeURI(m.link), "uri"
		if to == V40 {
			p.kind = ""
			if m.typ != "" {
				p.put("MEDIATYPE", m.typ)
			}
		}
	case to == V21:
		p.value = oldText(m.text)
	default:
		p.value, p.kind = contentline.Escape(m.text), "text"
		if m.typ != "" && to == V40 {
			p.put("MEDIATYPE", m.typ)
		}
	}
}

func writeZone(p *property, to Version) string {
	switch {
	case p.kind == "utc-offset" && to != V40:
		p.kind = ""
		if len(p.value) == 5 {
			p.value = p.value[:3] + ":" + p.value[3:]
		}
	case p.kind != "utc-offset" && to == V30:
		p.kind = "text"
	case p.kind != "utc-offset" && to == V21:
		p.value, p.kind = oldText(unescape(p.value)), ""
	}
	return ""
}

func writePosition(p *property, to Version) string {
	s, ok := strings.CutPrefix(p.value, "geo:")
	if to == V40 {
		if !ok && !hasScheme(p.value, "geo") {
			p.name, p.kind = "X-GEO", ""
			return "it is no position: it is kept as X-GEO"
		}
		return ""
	}
	if !ok {
		if to == V21 {
			p.value = oldText(unescape(p.value))
		}
		p.kind = ""
		return ""
	}
	s, rest, _ := strings.Cut(s, ";")
	parts := strings.Split(s, ",")
	if len(parts) < 2 {
		return ""
	}
	p.value = parts[0] + ";" + parts[1]
	if to == V21 {
		p.value = parts[0] + "," + parts[1]
	}
	if len(parts) > 2 || rest != "" {
		return "only latitude and longitude are kept"
	}
	return ""
}

func writeRelated(p *property, to Version) string {
	if to == V40 {
		if p.kind == "uri" {
			p.kind = ""
		}
		return ""
	}
	loss := ""
	if p.kind == "uri" {
		loss = "vCard " + string(to) + " has no link between cards: it is kept in place of the name"
		p.value = contentline.Escape(p.value)
	}
	if p.kind = ""; to == V21 {
		p.value = oldText(unescape(p.value))
	}
	return loss
}

func writeUID(p *property, to Version) {
	switch {
	case schemeOf(p.value) != "":
		p.value = contentline.EscapeURI(p.value)
	case to == V21:
		p.value = oldText(p.value)
	default:
		p.value = contentline.Escape(p.value)
		if to == V40 {
			p.kind = "text"
		}
	}
}

// writeAgent writes the card within a card for vCard 3.0; that of 2.1 is
// written as lines.
func writeAgent(p *property, to Version) {
	if p.card != nil && to == V30 {
		p.value = contentline.Escape(string(p.card))
		p.card = nil
	}
	if p.kind == "text" && to == V21 {
		p.value, p.kind = oldText(unescape(p.value)), ""
	}
}
