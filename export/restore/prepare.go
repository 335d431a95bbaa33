package restore

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/portable"
	"sidekeep/formats/vcard"
)

// prepared is an item as it is written.
type prepared struct {
	raw    []byte
	losses []vcard.Loss
}

// prepare brings an item into a form that a collection takes. An item goes back
// to the account that it came from as it was delivered, as far as that takes
// it. key makes the UID of an item that has none. The error wraps a cause.
func prepare(kind export.Kind, raw []byte, limits export.Limits, own bool, key string) (prepared, error) {
	return prepareOf(kind, raw, int64(len(raw)), limits, own, key)
}

// prepareOf is prepare of an outline of what has size bytes.
func prepareOf(kind export.Kind, raw []byte, size int64, limits export.Limits, own bool, key string) (prepared, error) {
	p := prepared{raw: raw}
	err := export.Guard(func() error {
		if kind == export.Contacts {
			return p.card(limits, own, key)
		}
		return p.object(limits, own)
	})
	if size += int64(len(p.raw) - len(raw)); err == nil && !limits.TakesSize(size) {
		err = fmt.Errorf("%w: it has %d bytes, and at most %d are taken", export.ErrOversize, size, limits.MaxSize)
	}
	return p, err
}

func (p *prepared) card(limits export.Limits, own bool, key string) error {
	card, err := vcard.Read(p.raw)
	if err != nil {
		return fmt.Errorf("%w: %w", export.ErrDamaged, err)
	}
	if to := versionFor(strings.TrimSpace(card.Version), limits, own); to != "" {
		if p.raw, p.losses, err = vcard.Convert(p.raw, to); err != nil {
			return fmt.Errorf("%w: %w", export.ErrDamaged, err)
		}
	}
	if card.UID == "" && !own {
		p.raw = withUID(p.raw, "VCARD", key)
	}
	return nil
}

// versionFor is the version that a card is to be converted to; "" if it stays
// as it is.
func versionFor(version string, limits export.Limits, own bool) vcard.Version {
	if len(limits.VCard) == 0 {
		if own || version == string(vcard.V30) {
			return ""
		}
		return vcard.V30 // what every server takes that says nothing (RFC 6352, section 6.2.2)
	}
	if limits.TakesVCard(version) {
		return ""
	}
	for _, v := range []vcard.Version{vcard.V40, vcard.V30, vcard.V21} {
		if limits.TakesVCard(string(v)) {
			return v
		}
	}
	return vcard.V30
}

func (p *prepared) object(limits export.Limits, own bool) error {
	r := read(export.Events, p.raw)
	if r.err != nil {
		return fmt.Errorf("%w: %w", export.ErrDamaged, r.err)
	}
	for _, name := range r.parts {
		if !limits.TakesComponent(name) {
			return fmt.Errorf("%w: it takes no %s", export.ErrUnsupported, wordFor(name))
		}
	}
	if own {
		return nil
	}
	out, _, err := portable.Write(p.raw)
	if err != nil {
		return fmt.Errorf("%w: %w", export.ErrDamaged, err)
	}
	p.raw = out
	return nil
}

func wordFor(component string) string {
	switch component {
	case "VTODO":
		return "to-dos"
	case "VEVENT":
		return "events"
	case "VJOURNAL":
		return "journal entries"
	}
	return component
}

// uidOf makes a UID from what tells an item apart: the same each time, so that
// a restore that is begun again finds what it wrote.
func uidOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // RFC 9562, version 8
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// withUID gives a card, or each event, to-do and journal entry, another UID.
func withUID(raw []byte, container, uid string) []byte {
	var out []byte
	depth := 0
	line := contentline.Append(nil, &contentline.Line{Name: "UID", Value: uid})
	for l := range contentline.Lines(raw) {
		mark, name := l.Marker()
		if mark == contentline.Begin {
			depth++
		}
		at := depth == 1 && container == "VCARD" || depth == 2 && container == "VCALENDAR"
		if !(at && l.Is("UID")) {
			out = append(out, l.Raw...)
		}
		begins := mark == contentline.Begin && at && (container == "VCARD" || slices.Contains([]string{"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"}, name))
		if begins && container == "VCALENDAR" {
			out = append(out, line...)
		}
		if container == "VCARD" && depth == 1 && l.Is("VERSION") {
			out = append(out, line...)
		}
		if mark == contentline.End {
			depth--
		}
	}
	if container == "VCARD" && !bytes.Contains(out, line) { // vCard 2.1 without VERSION
		if i := bytes.IndexByte(out, '\n'); i >= 0 {
			out = slices.Insert(out, i+1, line...)
		}
	}
	return out
}

// renamed is an item under a UID of its own.
func renamed(kind export.Kind, raw []byte, uid string) []byte {
	if kind == export.Contacts {
		return withUID(raw, "VCARD", uid)
	}
	return withUID(raw, "VCALENDAR", uid)
}

// Fit brings a card or calendar object into a form that a collection takes, as
// a restore does. own says that it goes back to the account that it came from.
// The error wraps a cause.
func Fit(kind export.Kind, raw []byte, limits export.Limits, own bool) ([]byte, error) {
	sum := sha256.Sum256(raw)
	p, err := prepare(kind, raw, limits, own, uidOf("restored", string(sum[:])))
	return p.raw, err
}

// Renamed gives a card or calendar object the UID that a restore gives to one
// whose own is taken; which tells apart several of the same bytes.
func Renamed(kind export.Kind, raw []byte, which string) []byte {
	sum := sha256.Sum256(raw)
	return renamed(kind, raw, uidOf("copy", which, string(sum[:])))
}

// Same tells whether what a server has of a card or calendar object says all
// that was written: servers put lines into another order and add their own.
func Same(kind export.Kind, has, written []byte) bool {
	h, w := read(kind, has), read(kind, written)
	return h.is(&w.digest)
}
