package archive

import (
	"bytes"
	"errors"
	"sidekeep/export"
	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
	"sidekeep/formats/vcard"
)

// A version is one delivered state of an item. Exactly one of blob and photo is
// set.
type version struct {
	kind        export.Kind
	blob, photo int64
	aside       string // why it could not be understood; "" if it was
	uid, name   string
	start       string // RFC 3339, "" if unknown
	allDay      bool
	size        int64
}

const maxText = 200 << 20 // larger ones are refused

// understand reads what people need from the bytes of an item; kind is that of
// its collection. What a calendar holds is decided by the bytes.
func understand(kind export.Kind, raw []byte) version { return understandOutline(kind, raw, nil) }

// understandOutline is understand of an outline with these gaps, if there are any.
func understandOutline(kind export.Kind, raw []byte, gaps contentline.Gaps) version {
	v := version{kind: kind}
	if bytes.HasPrefix(raw, []byte(leftOut)) {
		v.aside = contentline.TooLarge().Error()
		return v
	}
	read := v.calendar
	if kind == export.Contacts {
		read = v.contact
	}
	if err := export.Guard(func() error { return read(raw) }); err != nil {
		v.aside = reason(gaps.Reason(err))
	}
	return v
}

func (v *version) contact(raw []byte) error {
	card, err := vcard.Read(raw)
	if err == nil {
		_, err = vcard.Published(raw)
	}
	v.uid, v.name = card.UID, card.Name
	return err
}

func (v *version) calendar(raw []byte) error {
	o, err := ical.Read(raw)
	if err == nil {
		err = mergeable(raw)
	}
	if err != nil {
		return err
	}
	v.kind = export.Events
	start := o.Start
	if o.Component == "VTODO" {
		v.kind = export.Todos
		if start.IsZero() {
			start = o.Due
		}
	}
	v.uid, v.name, v.allDay = o.UID, o.Summary, o.AllDay
	v.start = startText(start, o.Floating && !o.AllDay)
	return nil
}

// mergeable tells why a calendar object could not stand in a published file.
func mergeable(raw []byte) error {
	published, err := ical.Published(raw)
	if err != nil {
		return err
	}
	p, err := ical.Parts(published)
	if err == nil && len(p.Components) == 0 {
		err = errors.New("there is no event or to-do in it")
	}
	if err == nil && contentline.Marks(bytes.Join(p.Components, nil)) != contentline.Marks(published) {
		err = errors.New("a long value stands outside its events and to-dos")
	}
	return err
}

// reason is never "", which would mean that nothing is wrong.
func reason(err error) string {
	if s := err.Error(); s != "" {
		return s
	}
	return "it could not be understood"
}
