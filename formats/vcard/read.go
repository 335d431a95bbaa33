package vcard

import (
	"strings"
	"unicode"

	"sidekeep/formats/contentline"
)

// read walks over the lines of a card and keeps the first value of each
// property that a name can be made of.
func read(raw []byte) (Card, error) {
	d := desks.Get().(*desk)
	defer d.leave()
	var first firsts
	if err := d.walk(raw, func(l *contentline.Line, where place) {
		if where != within {
			return
		}
		if i := at(strings.ToUpper(l.Name)); i > 0 && first[i] == "" {
			first[i] = strings.TrimSpace(l.Text())
		}
	}); err != nil {
		return Card{}, err
	}
	return first.card(), nil
}

// A place says where in a card a line stands.
type place uint8

const (
	within  place = iota // it is a property of the card, or a line that is no property
	nested               // it belongs to a card within the card, its BEGIN and END included
	outside              // it stands before the card or after it
)

// walk calls each with every line of a card that is not blank, but for the
// BEGIN and END of the card. A line is only valid during the call. An error is a
// [*contentline.Error].
func (d *desk) walk(raw []byte, each func(l *contentline.Line, where place)) error {
	if len(raw) > contentline.MaxObject {
		return contentline.TooLarge()
	}
	w := walker{each: each}
	d.lines.Reset(raw)
	for d.lines.Read(&d.line) == nil {
		if err := w.line(&d.line); err != nil {
			return err
		}
	}
	switch {
	case !w.begun:
		return &contentline.Error{Reason: "there is no card in it: no BEGIN:VCARD"}
	case !w.ended:
		return &contentline.Error{Line: w.last, Reason: "the card breaks off: no END:VCARD"}
	case w.properties == 0:
		return &contentline.Error{Reason: "the card is empty"}
	}
	return nil
}

type walker struct {
	each         func(l *contentline.Line, where place)
	begun, ended bool
	agent        bool // the line before says that a card follows
	depth        int  // of cards within the card
	properties   int
	last         int
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
		w.each(l, nested)
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
		w.each(l, nested)
	case mark == contentline.End:
		w.ended = true
	case w.begun && !w.ended:
		w.property(l)
	default:
		w.each(l, outside)
	}
	return nil
}

func (w *walker) property(l *contentline.Line) {
	where := within
	if w.depth > 0 {
		where = nested
	}
	if l.Is("AGENT") {
		value := strings.TrimSpace(l.Value)
		w.agent = value == ""
		if strings.EqualFold(value, "BEGIN:VCARD") {
			w.depth++
		}
	}
	if w.depth == 0 && !l.Is("VERSION") {
		w.properties++
	}
	w.each(l, where)
}

// firsts are the first values that are not empty, each where at says.
type firsts [12]string

// at is the place of a property, in upper case, that a card is recognised by; 0
// for any other.
func at(name string) int {
	switch name {
	case "VERSION":
		return 1
	case "UID":
		return 2
	case "KIND":
		return 3
	case "X-ADDRESSBOOKSERVER-KIND":
		return 4
	case "X-ABSHOWAS":
		return 5
	case "FN":
		return 6
	case "N":
		return 7
	case "ORG":
		return 8
	case "NICKNAME":
		return 9
	case "EMAIL":
		return 10
	case "TEL":
		return 11
	}
	return 0
}

func (first *firsts) card() Card {
	c := Card{
		Version: first[at("VERSION")],
		UID:     contentline.Unescape(first[at("UID")]),
		Name:    first.name(),
		Kind:    "individual",
	}
	switch {
	case first[at("KIND")] != "":
		c.Kind = strings.ToLower(first[at("KIND")])
	case first[at("X-ADDRESSBOOKSERVER-KIND")] != "": // Apple, in vCard 3.0
		c.Kind = strings.ToLower(first[at("X-ADDRESSBOOKSERVER-KIND")])
	case strings.EqualFold(first[at("X-ABSHOWAS")], "COMPANY"): // Apple
		c.Kind = "org"
	}
	return c
}

// name is what the card can be called.
func (first *firsts) name() string {
	if s := text(first[at("FN")]); s != "" {
		return s
	}
	if s := fullName(contentline.Fields(first[at("N")])); s != "" {
		return s
	}
	for _, field := range contentline.Fields(first[at("ORG")]) {
		if s := text(field); s != "" {
			return s
		}
	}
	for _, property := range []string{"NICKNAME", "EMAIL", "TEL"} {
		s := text(first[at(property)])
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
// suffixes (RFC 6350 section 6.2.2). Each may be a list.
func fullName(n []string) string {
	field := func(i int) string {
		if i >= len(n) {
			return ""
		}
		list := contentline.List(n[i])
		for i := range list {
			list[i] = contentline.Unescape(list[i])
		}
		return contentline.Shown(strings.Join(list, " "))
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
