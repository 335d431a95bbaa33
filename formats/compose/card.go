package compose

import (
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	govcard "github.com/emersion/go-vcard"
)

// A Card is a contact or a group of contacts.
type Card struct {
	Version    string // "4.0", or "3.0" for what imitates a program that writes it
	Properties []Property
}

// Add adds properties behind those that the card has.
func (c *Card) Add(p ...Property) { c.Properties = append(c.Properties, p...) }

// AddPhoto adds a picture of a media type such as image/jpeg.
func (c *Card) AddPhoto(mediaType string, data []byte) {
	encoded := base64.StdEncoding.EncodeToString(data)
	if c.Version == "3.0" {
		_, kind, _ := strings.Cut(mediaType, "/")
		c.Add(Plain("PHOTO", encoded).With("ENCODING", "b").With("TYPE", strings.ToUpper(kind)))
		return
	}
	c.Add(Link("PHOTO", "data:"+mediaType+";base64,"+encoded))
}

// Encode writes the card as it is: names that the version requires are for
// [sidekeep/formats/vcard.Convert] to add.
func (c *Card) Encode() ([]byte, error) {
	if err := checkAll(c.Properties); err != nil {
		return nil, fmt.Errorf("composing a card: %w", err)
	}
	names := make([]string, len(c.Properties))
	card := govcard.Card{govcard.FieldVersion: {{Value: c.Version}}}
	for i := range c.Properties {
		p := &c.Properties[i]
		if names[i] = p.name; strings.EqualFold(p.name, govcard.FieldVersion) {
			return nil, fmt.Errorf("composing a card: its version is given twice")
		}
		card.Add(p.name, &govcard.Field{Group: p.group, Params: p.veiled(), Value: veil.Replace(p.value)})
	}
	lines, err := linesOf(func(w io.Writer) error { return govcard.NewEncoder(w).Encode(card) })
	w := &writer{lines: lines}
	for _, part := range [][]string{{"BEGIN"}, {"VERSION"}, names, {"END"}} {
		if err == nil {
			err = w.properties(part)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("composing a card: %w", err)
	}
	return w.whole()
}
