package history

import (
	"bytes"
	"errors"

	"sidekeep/export"
	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
	"sidekeep/formats/vcard"
)

// An Understood is one delivered state of an item. Exactly one of blob and photo is
// set.
type Understood struct {
	Kind        export.Kind
	Blob, Photo int64
	Aside       string // why it could not be understood; "" if it was
	Uid, Name   string
	Start       string // RFC 3339, "" if unknown
	AllDay      bool
	Size        int64
}

const MaxText = 200 << 20 // larger ones are refused

// Understand reads what people need from the bytes of an item; kind is that of
// its collection. What a calendar holds is decided by the bytes.
func Understand(kind export.Kind, raw []byte) Understood { return UnderstandOutline(kind, raw, nil) }

// UnderstandOutline is Understand of an outline with these gaps, if there are any.
func UnderstandOutline(kind export.Kind, raw []byte, gaps contentline.Gaps) Understood {
	v := Understood{Kind: kind}
	if bytes.HasPrefix(raw, []byte(leftOut)) {
		v.Aside = contentline.TooLarge().Error()
		return v
	}
	read := v.calendar
	if kind == export.Contacts {
		read = v.contact
	}
	if err := export.Guard(func() error { return read(raw) }); err != nil {
		v.Aside = reason(gaps.Reason(err))
	}
	return v
}

func (v *Understood) contact(raw []byte) error {
	card, err := vcard.Read(raw)
	if err == nil {
		_, err = vcard.Published(raw)
	}
	v.Uid, v.Name = card.UID, card.Name
	return err
}

func (v *Understood) calendar(raw []byte) error {
	o, err := ical.Read(raw)
	if err == nil {
		err = mergeable(raw)
	}
	if err != nil {
		return err
	}
	v.Kind = export.Events
	start := o.Start
	if o.Component == "VTODO" {
		v.Kind = export.Todos
		if start.IsZero() {
			start = o.Due
		}
	}
	v.Uid, v.Name, v.AllDay = o.UID, o.Summary, o.AllDay
	v.Start = StartText(start, o.Floating && !o.AllDay)
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
