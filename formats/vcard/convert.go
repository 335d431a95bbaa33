package vcard

import (
	"strings"

	"sidekeep/formats/contentline"
)

// A Version is what a card says it is written in.
type Version string

// The versions that cards are converted between.
const (
	V21 Version = "2.1"
	V30 Version = "3.0"
	V40 Version = "4.0"
)

// A Loss is something that the target of a conversion cannot carry as it was.
type Loss struct {
	Property string // its name as delivered, in upper case; "" for a line that is no property
	Value    string // as a person would read it, cut if long
	Happens  string // a clause without a full stop: "it is left out", "it becomes a note"
	Gone     bool   // the value is no longer in the result in any form
	Line     int    // of the delivered card, the first being 1; 0 if it is no single line
}

// Convert writes a card in another version, and reports what that version
// cannot carry. A card that is in it already comes back as it is, byte for
// byte. The result is UTF-8 with CRLF and lines of at most 75 bytes; only
// quoted-printable of vCard 2.1 may need more for the part before the colon.
//
// An error is a [*contentline.Error]: raw is not one whole card.
func Convert(raw []byte, to Version) (out []byte, losses []Loss, err error) {
	card, err := parse(raw)
	if err != nil {
		return nil, nil, err
	}
	if card.is(to) {
		return raw, nil, nil
	}
	return convert(card, "", to, 0)
}

// Export is [Convert] for a file that other programs read. A card that is in the
// version already is tidied, see [contentline.Tidy]; if it has pictures that do
// not say rightly how they are encoded, or is one of vCard 4.0 that has a property
// more often than it may, it is written anew.
func Export(raw []byte, to Version) (out []byte, losses []Loss, err error) {
	card, err := parse(raw)
	if err != nil {
		return nil, nil, err
	}
	if card.is(to) && !card.mislabelled() && (to != V40 || !card.repeats()) {
		out, err = contentline.Tidy(raw, to == V21)
		return out, nil, err
	}
	return convert(card, "", to, 0)
}

// is tells whether the card says that it is in a version.
func (p *parsed) is(v Version) bool { return Version(strings.TrimSpace(p.Version)) == v }

// deepest is how many cards within cards are converted.
const deepest = 3

// A conversion is a card on its way to another version.
type conversion struct {
	*parsed
	from, to Version
	depth    int // of cards around this one
	losses   []Loss
	groups   int              // the highest number of a group itemN
	written  map[*rule]int    // how many properties of a rule have been written
	firsts   map[*rule]string // the ALTID of the first property of a rule
}

func convert(card *parsed, unless, to Version, depth int) ([]byte, []Loss, error) {
	c := &conversion{parsed: card, from: card.version(unless), to: to, depth: depth, written: map[*rule]int{}, firsts: map[*rule]string{}}
	for _, q := range card.outside {
		c.lost(&q, "it stands outside the card and is left out", true)
	}
	for i := range c.properties {
		q := &c.properties[i]
		if !q.empty() {
			ruleOf(q.name).read(q, c.from)
		}
	}
	for _, s := range steps() {
		if (s.from == "" || s.from == c.from) && (s.to == "" || s.to == to) && (s.not == "" || s.not != to) {
			s.do(c)
		}
	}
	return c.write(), c.losses, nil
}

// version is the version that the card is in, unless it does not say. What
// says nothing and looks old is 2.1.
func (p *parsed) version(unless Version) Version {
	switch v := Version(strings.TrimSpace(p.Version)); {
	case v == V21 || v == V30 || v == V40:
		return v
	case unless != "":
		return unless
	}
	for i := range p.properties {
		if p.properties[i].old {
			return V21
		}
	}
	return V30
}

// empty tells whether a property says nothing, as some programs write all that
// they know.
func (p *property) empty() bool {
	return p.media == nil && p.card == nil && p.name != "ADR" && strings.TrimSpace(p.value) == ""
}

// ruleOf is what is known of the value of a property, by its canonical name.
func ruleOf(name string) valueType {
	if r := byName[name]; r != nil {
		return r.value
	}
	return asIs
}

// lost reports what the target cannot carry of a property.
func (c *conversion) lost(p *property, happens string, gone bool) {
	name := strings.ToUpper(p.as)
	c.losses = append(c.losses, Loss{Property: name, Value: c.shown(p), Happens: happens, Gone: gone, Line: p.line})
}

// shown is the value of a property as a person would read it.
func (c *conversion) shown(p *property) string {
	switch m := p.media; {
	case m != nil && m.encoded != "":
		return m.full()
	case m != nil && m.link != "":
		return contentline.Shown(m.link)
	case p.card != nil:
		if card, err := Read(p.card); err == nil {
			return card.Name
		}
	}
	return contentline.Shown(unescape(p.value))
}

// write writes the card.
func (c *conversion) write() []byte {
	b := []byte("BEGIN:VCARD\r\nVERSION:" + string(c.to) + "\r\n")
	for i := range c.properties {
		b = c.writeProperty(b, &c.properties[i])
	}
	return append(b, "END:VCARD\r\n"...)
}

func (c *conversion) writeProperty(b []byte, p *property) []byte {
	l := contentline.Line{Group: p.group, Name: p.as}
	before := *p
	if r := byName[p.name]; r != nil {
		again := false
		if p.name = r.in(c.to); c.alternative(p) {
			p.name, again = "X-ALT-"+p.name, true
		} else if p.name == "X-ANNIVERSARY" && strings.EqualFold(unwrap(c.label(p.group)), "Anniversary") {
			p.name = "X-ABDATE" // as Apple reads it
		}
		if p.empty() {
			p.kind, p.base64 = "", false
		} else if loss := r.value.write(p, c.to); loss != "" {
			c.lost(&before, loss, false)
		} else if again && c.to == V40 && !strings.EqualFold(p.name, p.as) {
			c.lost(&before, "vCard 4.0 has it only once: it is kept as "+p.name, false)
		} else if !strings.EqualFold(p.name, p.as) && strings.HasPrefix(p.name, "X-") && !(c.to == V30 && wellKnown[p.name]) {
			c.lost(&before, "vCard "+string(c.to)+" has no such property: it is kept as "+p.name, false)
		}
		if l.Name = p.name; strings.EqualFold(p.name, p.as) {
			l.Name = p.as
		}
	} else if l.Name == "" {
		l.Name = p.name
	} else if c.to == V21 {
		p.value = strings.ReplaceAll(p.value, "\r", "")
	}
	if p.card != nil {
		b = append(b, strings.TrimPrefix(l.Group+".", ".")+"AGENT:\r\n"...)
		return append(b, p.card...)
	}
	l.Value, l.Params = p.value, c.params(p, &before)
	if c.to == V21 {
		return contentline.AppendOld(b, &l)
	}
	return contentline.Append(b, &l)
}

// wellKnown are the names in vCard 3.0 that Apple, and others with it, read
// where the standard has none.
var wellKnown = map[string]bool{
	"X-ADDRESSBOOKSERVER-KIND": true, "X-ADDRESSBOOKSERVER-MEMBER": true, "X-ABRELATEDNAMES": true, "X-ABLabel": true,
	"X-SOCIALPROFILE": true, "X-ABDATE": true, "X-PHONETIC-FIRST-NAME": true, "X-PHONETIC-LAST-NAME": true,
}

// params are the parameters as the target has them.
func (c *conversion) params(p, before *property) []contentline.Param {
	var out []contentline.Param
	add := func(name string, values ...string) {
		out = append(out, contentline.Param{Name: name, Values: values})
	}
	if p.base64 {
		add("ENCODING", "b")
	}
	if p.kind != "" {
		value := p.kind
		if c.to == V21 && value == "uri" {
			value = "URL"
		}
		add("VALUE", value)
	}
	types := p.types
	if p.pref > 0 && c.to != V40 {
		types = append(types[:len(types):len(types)], "pref")
	}
	if len(types) > 0 {
		add("TYPE", types...)
	}
	if p.pref > 0 && c.to == V40 {
		out = append(out, contentline.Param{Name: "PREF", Values: []string{decimal(p.pref)}})
	}
	for _, q := range p.params {
		if c.to != V40 && newParams[strings.ToUpper(q.Name)] {
			q.Name = "X-" + q.Name
		}
		if c.to == V21 && strings.ContainsAny(strings.Join(q.Values, ""), ";:,=\"\r\n") {
			c.lost(before, "its "+q.Name+" is written without the marks that vCard 2.1 cannot hold", false)
		}
		out = append(out, q)
	}
	return out
}
