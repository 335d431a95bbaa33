package restore

import (
	"crypto/sha256"
	"hash/fnv"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/formats/ical"
	"sidekeep/formats/vcard"
)

// A digest is what an item says, without its bytes. Two items are identical if
// their meanings are equal and the one has at least the extras of the other,
// or if their bytes are equal.
type digest struct {
	bytes   [32]byte // SHA-256 of the bytes
	meaning [16]byte // zero if the bytes could not be understood
	extra   []uint64 // sorted; what only some program knows
}

// covers tells whether an item that says d says all that one that says of says,
// and nothing that a person would see besides.
func (d *digest) covers(of *digest) bool {
	if d.bytes == of.bytes {
		return true
	}
	if d.meaning != of.meaning || d.meaning == [16]byte{} {
		return false
	}
	for _, x := range of.extra {
		if _, ok := slices.BinarySearch(d.extra, x); !ok {
			return false
		}
	}
	return true
}

// A reading is what is learnt of the bytes of a card or calendar object.
type reading struct {
	digest
	uid     string
	name    string   // of a card, or summary
	keys    []uint64 // how it is found by content
	loose   uint64   // by its name alone, where one of two cards has no numbers; 0 if it has no name
	numbers bool     // a card has telephone numbers or mail addresses
	parts   []string // the kinds of components that a calendar object has
	version string   // of a card
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
	if kind == export.Contacts {
		r.card(raw)
	} else {
		r.object(raw)
	}
	return r
}

func (r *reading) card(raw []byte) {
	m, err := vcard.MeaningOf(raw)
	if err != nil {
		r.err = err
		return
	}
	r.uid, r.name = m.UID, m.Name
	r.take(m.Fields, m.Extra)
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
	m, err := ical.MeaningOf(raw)
	if err != nil {
		r.err = err
		return
	}
	r.uid, r.name = m.UID, m.Summary
	r.take(m.Fields, m.Extra)
	if m.Summary != "" && m.Start != "" {
		r.keys = []uint64{hashOf("event", strings.ToLower(m.Summary), m.Start)}
	}
	for _, f := range m.Fields {
		name, _, _ := strings.Cut(f, "\x00")
		if name, _, _ = strings.Cut(name, " "); !slices.Contains(r.parts, name) {
			r.parts = append(r.parts, name)
		}
	}
}

func (r *reading) take(fields, extra []string) {
	h := sha256.New()
	for _, f := range fields {
		h.Write([]byte(f))
		h.Write([]byte{'\n'})
	}
	copy(r.meaning[:], h.Sum(nil))
	for _, x := range extra {
		r.extra = append(r.extra, hashOf(x))
	}
	slices.Sort(r.extra)
}
