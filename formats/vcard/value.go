package vcard

import (
	"net/url"
	"strings"

	"sidekeep/formats/contentline"
)

// A valueType tells how the value of a property is written in each version.
type valueType uint8

const (
	asIs       valueType = iota // nothing is known of it
	asText                      // one text
	asList                      // texts with commas between them
	asFields                    // N, ADR, ORG: fields with semicolons, each a list
	asURI                       // escapes do not belong into it
	asDate                      // a date, which may be truncated, or a text
	asStamp                     // a date with a time
	asMedia                     // bytes, a link, or a text
	asPhone                     // a text; in 4.0 perhaps a tel: URI
	asGender                    // RFC 6350 section 6.2.7
	asZone                      // an offset, or a name
	asPosition                  // latitude and longitude
	asRelated                   // a name, or a URI
	asUID                       // a URI, or a text
	asAgent                     // a card, or a URI
)

// unescape is a text without escapes, and with LF for line breaks.
func unescape(s string) string {
	s = contentline.Unescape(s)
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	return s
}

// unescapeURI undoes the escapes that no URI has, but that programs write.
func unescapeURI(s string) string { return strings.TrimSpace(unescape(s)) }

// read brings the value of p into the form of vCard 4.0, from being the
// version that it is in.
func (t valueType) read(p *property, from Version) {
	switch t {
	case asIs:
		p.value = oneLine.Replace(p.value)
	case asText:
		p.value, p.kind = contentline.Escape(unescape(p.value)), ""
	case asList:
		p.value, p.kind = contentline.EscapeList(unescapeAll(contentline.List(p.value))), ""
	case asFields:
		p.value, p.kind = readFields(p.value, from), ""
	case asURI:
		p.value = contentline.EscapeURI(unescapeURI(p.value))
		if p.kind == "uri" {
			p.kind = ""
		}
	case asDate:
		readDate(p)
	case asStamp:
		if y, m, d, clock, ok := parseDate(p.value); ok && y > 0 && d > 0 {
			p.value, p.kind = basicDate(y, m, d, clock), ""
		}
	case asMedia:
		p.media = readMedia(p)
	case asPhone:
		p.value, p.kind = contentline.Escape(readPhone(unescape(p.value))), ""
	case asGender:
		readGender(p)
	case asZone:
		readZone(p)
	case asPosition:
		readPosition(p)
	case asRelated:
		readRelated(p, from)
	case asUID:
		p.value, p.kind = unescapeURI(p.value), ""
	case asAgent:
		readAgent(p)
	}
}

var oneLine = strings.NewReplacer("\r\n", `\n`, "\n", `\n`, "\r", `\n`)

func unescapeAll(list []string) []string {
	for i, s := range list {
		list[i] = unescape(s)
	}
	return list
}

// readFields reads a structured value. In vCard 2.1 a comma is a comma, and
// elsewhere fields may be lists.
func readFields(value string, from Version) string {
	var fields [][]string
	for _, field := range contentline.Fields(value) {
		if from == V21 {
			fields = append(fields, []string{unescape(field)})
		} else {
			fields = append(fields, unescapeAll(contentline.List(field)))
		}
	}
	return contentline.EscapeFields(fields)
}

// noYear is the year that Apple writes where there is none, often without
// X-APPLE-OMIT-YEAR beside it.
const noYear = 1604

// readDate reads BDAY and the like. The year 1604, and the one that
// X-APPLE-OMIT-YEAR names, is none, and what is no date is a text.
func readDate(p *property) {
	omit := p.take("X-APPLE-OMIT-YEAR")
	y, m, d, clock, ok := parseDate(unescape(p.value))
	if !ok || p.kind == "text" {
		p.value, p.kind = contentline.Escape(unescape(p.value)), "text"
		return
	}
	if len(omit) > 0 && omit[0] == padded(y, 4) || yearless(p, y, d) {
		y = 0
	}
	p.value, p.kind = basicDate(y, m, d, clock), ""
}

// yearless tells whether the year of a day is Apple's mark for none. People who
// died that year have a DEATHDATE.
func yearless(p *property, year, day int) bool {
	return year == noYear && day > 0 && p.name != "DEATHDATE"
}

// readPhone is the number of a tel: URI (RFC 3966), and s if it is none.
func readPhone(s string) string {
	if !hasScheme(s, "tel") {
		return s
	}
	s = s[len("tel:"):]
	if un, err := url.PathUnescape(s); err == nil {
		s = un
	}
	number, params, _ := strings.Cut(s, ";")
	for param := range strings.SplitSeq(params, ";") {
		switch name, v, _ := strings.Cut(param, "="); {
		case param == "":
		case strings.EqualFold(name, "ext"):
			number += " ext. " + v
		default:
			number += ";" + param
		}
	}
	return number
}

// readGender reads GENDER, X-GENDER and X-WAB-GENDER, which Outlook Express
// wrote with numbers.
func readGender(p *property) {
	sex, identity := p.value, ""
	if f := contentline.Fields(p.value); len(f) > 1 {
		sex, identity = f[0], unescape(strings.Join(f[1:], ";"))
	}
	switch s := strings.ToLower(strings.TrimSpace(unescape(sex))); {
	case s == "male" || s == "2" && strings.EqualFold(p.as, "X-WAB-GENDER"):
		sex = "M"
	case s == "female" || s == "1" && strings.EqualFold(p.as, "X-WAB-GENDER"):
		sex = "F"
	case len(s) == 1 && strings.Contains("mfonu", s):
		sex = strings.ToUpper(s)
	default:
		if identity == "" {
			identity = strings.TrimSpace(unescape(sex))
		}
		sex = ""
	}
	p.value = sex
	if identity != "" {
		p.value += ";" + contentline.Escape(identity)
	}
}

// readZone tells an offset from UTC from a name.
func readZone(p *property) {
	s := strings.TrimSpace(unescape(p.value))
	if p.kind != "uri" {
		p.kind = ""
	}
	n := len(s)
	if (n == 3 || n == 5 || n == 6 && s[3] == ':') && (s[0] == '+' || s[0] == '-') {
		if _, ok := digits(strings.Replace(s[1:], ":", "", 1), 2, 4); ok {
			p.value, p.kind = strings.Replace(s, ":", "", 1), "utc-offset"
			return
		}
	}
	p.value = contentline.Escape(s)
}

// readPosition brings a position to a geo: URI. The latitude comes first in
// all versions.
func readPosition(p *property) {
	s := unescapeURI(p.value)
	if hasScheme(s, "geo") {
		p.value, p.kind = contentline.EscapeURI(s), ""
		return
	}
	lat, lon, ok := strings.Cut(s, ";")
	if !ok {
		lat, lon, ok = strings.Cut(s, ",")
	}
	lat, lon = strings.TrimSpace(lat), strings.TrimSpace(lon)
	if ok && isNumber(lat) && isNumber(lon) {
		p.value, p.kind = "geo:"+lat+","+lon, ""
		return
	}
	p.value, p.kind = contentline.Escape(s), "text"
}

func isNumber(s string) bool {
	n := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			n++
		case c == '.', i == 0 && (c == '-' || c == '+'):
		default:
			return false
		}
	}
	return n > 0
}

// readRelated tells a name from a URI.
func readRelated(p *property, from Version) {
	s := strings.TrimSpace(unescape(p.value))
	known := false
	switch schemeOf(s) {
	case "urn", "http", "https", "mailto", "data", "tel", "sip", "xmpp":
		known = true
	}
	if p.kind == "uri" || known && p.kind != "text" || from == V40 && p.kind == "" && schemeOf(s) != "" {
		p.value, p.kind = contentline.EscapeURI(s), "uri"
		return
	}
	p.value, p.kind = contentline.Escape(s), "text"
}

// readAgent finds the card that vCard 3.0 has as a text.
func readAgent(p *property) {
	if p.card != nil {
		return
	}
	s := strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, unescape(p.value))
	s = strings.TrimSpace(s)
	if strings.HasPrefix(strings.ToUpper(s), "BEGIN:VCARD") {
		p.card, p.value, p.kind = []byte(s), "", ""
		return
	}
	if p.kind != "text" && (p.kind == "uri" || schemeOf(s) != "") {
		p.value, p.kind = contentline.EscapeURI(s), "uri"
		return
	}
	p.value, p.kind = contentline.Escape(s), "text"
}
