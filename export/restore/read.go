package restore

import (
	"cmp"
	"crypto/sha256"
	"hash/fnv"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/formats/ical/meaning"
	"sidekeep/formats/vcard"
)

// A digest is what an item says, without its bytes. Two items are identical if
// what standards and the usual programs know of them is the same, or their
// bytes are: servers add, drop and garble what only some program knows, and an
// item that differs in that alone would be put back each time.
type digest struct {
	bytes   [32]byte // SHA-256 of the bytes
	meaning [16]byte // zero if the bytes could not be understood
}

// is tells whether two items are identical.
func (d *digest) is(of *digest) bool {
	return d.bytes == of.bytes || d.meaning == of.meaning && d.meaning != [16]byte{}
}

// A reading is what is learnt of the bytes of a card or calendar object.
type reading struct {
	digest
	crlf    [32]byte // SHA-256 of the bytes with CRLF; of a photo that of its bytes
	uid     string
	name    string   // of a card, or summary
	keys    []uint64 // how it is found by content
	loose   uint64   // by its name alone, where one of two cards has no numbers; 0 if it has no name
	numbers bool     // a card has telephone numbers or mail addresses
	parts   []string // the kinds of components that a calendar object has
	version string   // of a card
	guests  bool     // a calendar object names people who are invited
	err     error    // the bytes could not be understood
}

func hashOf(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return h.Sum64()
}

// read reads a card or calendar object.
func read(kind export.Kind, raw []byte) reading {
	r := reading{digest: digest{bytes: sha256.Sum256(raw)}}
	err := export.Guard(func() error {
		if kind == export.Contacts {
			r.card(raw)
		} else {
			r.object(raw)
		}
		return nil
	})
	r.err = cmp.Or(r.err, err)
	r.own()
	return r
}

// own lets go of the bytes that r was read from: a plan holds a reading of each
// item, and a part of a string keeps the whole of it in memory.
func (r *reading) own() {
	r.uid, r.name, r.version = strings.Clone(r.uid), strings.Clone(r.name), strings.Clone(r.version)
	for i, p := range r.parts {
		r.parts[i] = strings.Clone(p)
	}
}

func (r *reading) card(raw []byte) {
	m, err := vcard.MeaningOf(raw)
	if err != nil {
		r.err = err
		return
	}
	r.uid, r.name = m.UID, m.Name
	r.take(m.Fields)
	name := strings.ToLower(strings.Join(strings.Fields(m.Name), " "))
	r.numbers = len(m.Keys) > 0
	for _, k := range m.Keys {
		r.keys = append(r.keys, hashOf("card", name, k))
	}
	if name != "" {
		r.loose = hashOf("name", name)
	}
	if card, err := vcard.Read(raw); err == nil {
		r.version = strings.TrimSpace(card.Version)
	}
}

func (r *reading) object(raw []byte) {
	m, err := meaning.Of(raw)
	if err != nil {
		r.err = err
		return
	}
	r.uid, r.name = m.UID, m.Summary
	r.take(m.Fields)
	if m.Summary != "" && m.Start != "" {
		r.keys = []uint64{hashOf("event", strings.ToLower(m.Summary), m.Start)}
	}
	for _, f := range m.Fields {
		name, property, _ := strings.Cut(f, "\x00")
		r.guests = r.guests || strings.HasPrefix(property, "ATTENDEE\x00")
		if name, _, _ = strings.Cut(name, " "); !slices.Contains(r.parts, name) {
			r.parts = append(r.parts, name)
		}
	}
}

func (r *reading) take(fields []string) {
	if len(fields) == 0 {
		return // it says nothing: only its bytes tell it from others
	}
	h := sha256.New()
	for _, f := range fields {
		h.Write([]byte(f))
		h.Write([]byte{'\n'})
	}
	copy(r.meaning[:], h.Sum(nil))
}
