package vcard

import (
	"strings"
	"unicode"

	"sidekeep/formats/contentline"
)

// read walks over the lines of a card and keeps the first value of each
// property that a name can be made of.
func read(raw []byte) (Card, error) {
	if len(raw) > contentline.MaxObject {
		return Card{}, contentline.TooLarge()
	}
	w := walker{first: map[string]string{}}
	var l contentline.Line
	for l = range contentline.Lines(raw) {
		if err := w.line(&l); err != nil {
			return Card{}, err
		}
	}
	switch {
	case !w.begun:
		return Card{}, &contentline.Error{Reason: "there is no card in it: no BEGIN:VCARD"}
	case !w.ended:
		return Card{}, &contentline.Error{Line: w.last, Reason: "the card breaks off: no END:VCARD"}
	case w.properties == 0:
		return Card{}, &contentline.Error{Reason: "the card is empty"}
	}
	return w.card(), nil
}

type walker struct {
	first        map[string]string // by name in upper case: the first value that is not empty
	begun, ended bool
	agent        bool // the line before says that a card follows
	depth        int  // of cards within the card
	properties   int
	last         int
}

var wanted = map[string]bool{
	"VERSION": true, "UID": true, "KIND": true, "X-ADDRESSBOOKSERVER-KIND": true, "X-ABSHOWAS": true,
	"FN": true, "N": true, "ORG": true, "NICKNAME": true, "EMAIL": true, "TEL": true,
}

func (w *walker) line(l *contentline.Line) error {
	if l.Blank() {
		return nil
	}
	w.last = l.Number
	after := w.agent
	w.agent = false
	mark, name := l.Marker()
	if name != "VCARD" {
		mark = contentline.None
	}
	switch {
	case mark == contentline.Begin && w.begun && !w.ended && after:
		w.depth++
	case mark == contentline.Begin && w.begun && !w.ended:
		return &contentline.Error{Line: l.Number, Reason: "a second card begins before the first has ended"}
	case mark == contentline.Begin && w.ended:
		return &contentline.Error{Line: l.Number, Reason: "a second card follows in the same item"}
	case mark == contentline.Begin:
		w.begun = true
	case mark == contentline.End && (!w.begun || w.ended):
		return &contentline.Error{Line: l.Number, Reason: "END:VCARD without a BEGIN:VCARD before it"}
	case mark == contentline.End && w.depth > 0:
		w.depth--
	case mark == contentline.End:
		w.ended = true
	case w.begun && !w.ended:
		w.property(l)
	}
	return nil
}

func (w *walker) property(l *contentline.Line) {
	if l.Is("AGENT") {
		value := strings.TrimSpace(l.Value)
		w.agent = value == ""
		if strings.EqualFold(value, "BEGIN:VCARD") {
			w.depth++
		}
	}
	name := strings.ToUpper(l.Name)
	if w.depth > 0 {
		return
	}
	if name != "VERSION" {
		w.properties++
	}
	if wanted[name] && w.first[name] == "" {
		w.first[name] = strings.TrimSpace(l.Text())
	}
}

func (w *walker) card() Card {
	c := Card{
		Version: w.first["VERSION"],
		UID:     contentline.Unescape(w.first["UID"]),
		Name:    w.name(),
		Kind:    "individual",
	}
	switch {
	case w.first["KIND"] != "":
		c.Kind = strings.ToLower(w.first["KIND"])
	case w.first["X-ADDRESSBOOKSERVER-KIND"] != "": // Apple, in vCard 3.0
		c.Kind = strings.ToLower(w.first["X-ADDRESSBOOKSERVER-KIND"])
	case strings.EqualFold(w.first["X-ABSHOWAS"], "COMPANY"): // Apple
		c.Kind = "org"
	}
	return c
}

// name is what the card can be called.
func (w *walker) name() string {
	if s := text(w.first["FN"]); s != "" {
		return s
	}
	if s := fullName(contentline.Fields(w.first["N"])); s != "" {
		return s
	}
	for _, field := range contentline.Fields(w.first["ORG"]) {
		if s := text(field); s != "" {
			return s
		}
	}
	for _, property := range []string{"NICKNAME", "EMAIL", "TEL"} {
		s := text(w.first[property])
		if property == "TEL" && len(s) > 4 && strings.EqualFold(s[:4], "tel:") {
			s = s[4:]
		}
		if s != "" {
			return s
		}
	}
	return ""
}

func text(s string) string { return contentline.Shown(contentline.Unescape(s)) }

// fullName joins the fields of N: family, given, additional names, prefixes,
// suffixes (RFC 6350 section 6.2.2).
func fullName(n []string) string {
	field := func(i int) string {
		if i < len(n) {
			return text(strings.ReplaceAll(n[i], ",", " "))
		}
		return ""
	}
	family, given := field(0), field(1)
	if familyFirst(family) && familyFirst(given) {
		return family + given
	}
	var parts []string
	for _, s := range []string{field(3), given, field(2), family, field(4)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " ")
}

// familyFirst tells whether s is in a script whose names are written without a
// space and with the family name first.
func familyFirst(s string) bool {
	for _, r := range s {
		return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
	}
	return false
}
