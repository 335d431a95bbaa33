package vcard

import (
	"bytes"
	"slices"
	"strings"
	"sync"

	"sidekeep/formats/contentline"
)

// A parsed card is its properties in their order.
type parsed struct {
	Card
	properties []property
	outside    []property        // lines before and after the card
	labels     map[string]string // the values of X-ABLabel by their groups in lower case
}

func parse(raw []byte) (*parsed, error) {
	d := &desk{card: parsed{properties: make([]property, 0, min(bytes.Count(raw, []byte("\n")), 24))}}
	if err := d.parse(raw); err != nil {
		return nil, err
	}
	return &d.card, nil
}

// parse reads a card. The properties go where there is room for them.
func (d *desk) parse(raw []byte) error {
	var first firsts
	p := &d.card
	err := d.walk(raw, func(l *contentline.Line, where place) {
		switch where {
		case outside:
			p.outside = append(p.outside, property{value: l.Text(), line: l.Number})
			return
		case nested:
			p.nested(l)
			return
		}
		upper, text := upperName(l.Name), l.Text()
		if upper != "VERSION" {
			p.add().set(l, upper, text)
		}
		if i := at(upper); i > 0 && first[i] == "" {
			first[i] = strings.TrimSpace(text)
		}
	})
	if err != nil {
		return err
	}
	p.Card = first.card()
	p.anniversaries()
	return nil
}

// add adds a property that says nothing yet. What room there is for properties
// beyond those of p holds such ones.
func (p *parsed) add() *property {
	n := len(p.properties)
	p.properties = slices.Grow(p.properties, 1)[:n+1]
	return &p.properties[n]
}

// upperName is the name of a property in upper case; the one that most cards
// have in both costs nothing.
func upperName(name string) string {
	if name == "X-ABLabel" {
		return "X-ABLABEL"
	}
	return strings.ToUpper(name)
}

// nested adds a line to the card that stands within the card, after its AGENT.
func (p *parsed) nested(l *contentline.Line) {
	if n := len(p.properties); n > 0 && p.properties[n-1].name == "AGENT" {
		agent := &p.properties[n-1]
		if agent.card == nil && !l.Is("BEGIN") {
			agent.card = []byte("BEGIN:VCARD\r\n")
		}
		agent.card = contentline.Append(agent.card, &contentline.Line{
			Group: l.Group, Name: l.Name, Params: plain(l.Params), Value: l.Text(),
		})
		agent.value = ""
		return
	}
	if !l.Is("AGENT") { // its BEGIN is on its own line, which is nested already
		return
	}
	p.properties = append(p.properties, property{name: "AGENT", as: "AGENT", group: l.Group, card: []byte("BEGIN:VCARD\r\n"), line: l.Number})
}

// plain is the parameters without those that tell how a value was encoded.
func plain(params []contentline.Param) []contentline.Param {
	var out []contentline.Param
	for _, p := range params {
		if p.Values == nil && strings.EqualFold(p.Name, "BASE64") {
			p = contentline.Param{Name: "ENCODING", Values: []string{"b"}}
		}
		if name := strings.ToUpper(p.Name); name != "CHARSET" && name != "QUOTED-PRINTABLE" &&
			!(name == "ENCODING" && len(p.Values) > 0 && strings.EqualFold(p.Values[0], "QUOTED-PRINTABLE")) {
			out = append(out, p)
		}
	}
	return out
}

// A desk is what a card is read on. Nothing that lies on it stays in what a
// reader returns, so that it serves one card after the other.
type desk struct {
	lines contentline.Reader
	line  contentline.Line // the last that was read
	card  parsed
}

var desks = sync.Pool{New: func() any { return &desk{} }}

// mostProperties is for how many properties a desk keeps memory.
const mostProperties = 256

// leave clears the desk and puts it back.
func (d *desk) leave() {
	d.lines.Reset(nil)
	room := d.card.properties
	clear(room)
	if cap(room) > mostProperties {
		room = nil
	}
	d.line, d.card = contentline.Line{}, parsed{properties: room[:0]}
	desks.Put(d)
}
