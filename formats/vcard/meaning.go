package vcard

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"

	"sidekeep/formats/contentline"
)

// A Meaning is what a card says, in a form in which two cards that say the same
// are equal: whatever the order and folds of their lines, the spelling of names
// and parameters, and what programs note for themselves (PRODID, REV, the UID).
// The fields of both lists are sorted and stand there once.
type Meaning struct {
	UID    string
	Name   string   // as [Card.Name]
	Keys   []string // telephone numbers and mail addresses, in the form in which they are compared
	Fields []string // what standards and the usual programs know
	// Extra are properties with X- that only some program knows. Servers add
	// such ones: what only one card has of them may be no difference.
	Extra []string
}

// MeaningOf reads what a card says. An error is a [*contentline.Error].
func MeaningOf(raw []byte) (Meaning, error) {
	fields, card, err := fieldsOf(raw)
	if err != nil {
		return Meaning{}, err
	}
	m := Meaning{UID: strings.TrimPrefix(strings.TrimSpace(card.UID), "urn:uuid:"), Name: card.Name}
	for _, f := range fields {
		switch {
		case f.extra:
			m.Extra = append(m.Extra, f.String())
		default:
			m.Fields = append(m.Fields, f.String())
		}
		if f.name == "TEL" || f.name == "EMAIL" {
			m.Keys = append(m.Keys, f.key)
		}
	}
	for _, list := range []*[]string{&m.Keys, &m.Fields, &m.Extra} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return m, nil
}

// A field is one thing that a card says.
type field struct {
	name  string // canonical, in upper case
	key   string // its value in the form in which it is compared
	kind  string // what it is for: its label and types
	shown string // its value for a person; "" for a picture
	line  int    // of the card, on which it stands
	group string // as delivered
	one   bool   // a card has one of it
	extra bool   // only some program knows it
	media bool
}

func (f *field) String() string { return f.name + "\x00" + f.key + "\x00" + f.kind }

// noted are properties that programs write for themselves.
var noted = map[string]bool{
	"VERSION": true, "PRODID": true, "REV": true, "UID": true, "PROFILE": true, "CREATED": true, "CLIENTPIDMAP": true,
	"X-ABLABEL": true, "X-RADICALE-NAME": true, "X-EVOLUTION-WEBDAV-ETAG": true, "X-EVOLUTION-REV": true, "X-ABUID": true,
}

// ones are the properties of which people have one, beside those of which a
// card may hold one only.
var ones = map[string]bool{
	"ORG": true, "TITLE": true, "ROLE": true, "PHOTO": true, "LOGO": true, "SOUND": true, "NOTE": true, "X-ABSHOWAS": true,
	"X-PHONETIC-FIRST-NAME": true, "X-PHONETIC-MIDDLE-NAME": true, "X-PHONETIC-LAST-NAME": true, "X-PHONETIC-ORG": true, "X-MAIDENNAME": true,
}

// fieldsOf reads the fields of a card in their order.
func fieldsOf(raw []byte) ([]field, Card, error) {
	card, err := parse(raw)
	if err != nil {
		return nil, Card{}, err
	}
	from := card.version("")
	fields := make([]field, 0, len(card.properties))
	for i := range card.properties {
		p := &card.properties[i]
		if noted[p.name] && (p.name != "X-ABLABEL" || p.group != "") || p.empty() || p.name == "ADR" && strings.Trim(p.value, "; ") == "" {
			continue
		}
		fields = card.fields(fields, p, from)
	}
	return fields, card.Card, nil
}

// fields appends what a property says: a list is as many fields as it has
// entries.
func (card *parsed) fields(to []field, p *property, from Version) []field {
	f := field{name: p.name, line: p.line, group: p.group, kind: card.kindOf(p)}
	r := byName[p.name]
	f.one = ones[p.name] || r != nil && r.limit == 1
	f.extra = r == nil && strings.HasPrefix(p.name, "X-") && !knownService(p.name)
	f.one = f.one || f.extra
	if p.name == otherProperty {
		f.kind, f.one = p.get("X-NAME"), false
	}
	ruleOf(p.name).read(p, from)
	switch {
	case p.card != nil:
		f.key = sum(p.card)
	case p.media != nil:
		f.key, f.media = p.media.key(), true
	case p.name == "CATEGORIES" || p.name == "NICKNAME":
		for _, s := range contentline.List(p.value) {
			if f.shown = strings.TrimSpace(unescape(s)); f.shown != "" {
				f.key = f.shown
				to = append(to, f)
			}
		}
		return to
	default:
		f.key, f.shown = keyOf(p)
	}
	return append(to, f)
}

// keyOf is the value of a property that is read, as it is compared and for a
// person.
func keyOf(p *property) (key, shown string) {
	shown = strings.TrimSpace(unescape(p.value))
	switch p.name {
	case "TEL":
		return number(shown), shown
	case "EMAIL":
		return strings.ToLower(strings.TrimPrefix(shown, "mailto:")), shown
	case "N", "ADR", "ORG":
		fields := contentline.Fields(p.value)
		for i, s := range fields {
			fields[i] = strings.TrimSpace(unescape(s))
		}
		for len(fields) > 0 && fields[len(fields)-1] == "" {
			fields = fields[:len(fields)-1]
		}
		return strings.Join(fields, "\x1f"), strings.Join(slices.DeleteFunc(slices.Clone(fields), func(s string) bool { return s == "" }), ", ")
	}
	return shown, shown
}

// number is a telephone number without what people put between the digits.
func number(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()/.\u00a0\u2011", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

func (m *media) key() string {
	if m.encoded != "" {
		if b, err := base64.StdEncoding.DecodeString(m.encoded); err == nil {
			return sum(b)
		}
		return sum([]byte(m.encoded))
	}
	return m.link + m.text
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// kindOf is what a property is for: its label, its types in their order, and
// the parameters that change what it says.
func (card *parsed) kindOf(p *property) string {
	var types []string
	for _, t := range p.types {
		if t = strings.ToLower(t); !(t == "internet" && p.name == "EMAIL") && !(t == "voice" && p.name == "TEL") && p.name != "PHOTO" && p.name != "LOGO" && p.name != "SOUND" && p.name != "KEY" {
			types = append(types, strings.TrimPrefix(t, "x-"))
		}
	}
	if p.pref == 1 {
		types = append(types, "pref")
	}
	label := card.label(p.group)
	if label == "" {
		label = p.labelOf()
	}
	if label != "" {
		types = append(types, "label "+label)
	}
	for _, name := range []string{"LABEL", "LANGUAGE", "ALTID", "SERVICE-TYPE", "USERNAME", "X-USER"} {
		if s := p.get(name); s != "" {
			types = append(types, strings.ToLower(name)+" "+s)
		}
	}
	slices.Sort(types)
	return strings.Join(slices.Compact(types), "\x1f")
}

func knownService(name string) bool {
	for i := range services {
		if services[i].property == name {
			return true
		}
	}
	switch name {
	case "X-SPOUSE", "X-MANAGER", "X-ASSISTANT", "X-TWITTER", "X-ABADR", "X-FACEBOOK", "X-CHILDREN":
		return true
	}
	return false
}
