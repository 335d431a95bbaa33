package restore

import (
	"fmt"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/formats/ical"
	"sidekeep/formats/ical/datetime"
	"sidekeep/formats/vcard"
)

// missing tells what of a card or calendar object that was written a person
// would miss in what the target has of it; "" if there is nothing. Services that
// write everything anew put values into other forms, add some, and drop what
// only other programs know.
func missing(kind export.Kind, written, has []byte) string {
	var w, h []string
	var errW, errH error
	if kind == export.Contacts {
		w, errW = personal(written)
		h, errH = personal(has)
	} else {
		w, errW = dated(written)
		h, errH = dated(has)
	}
	if errW != nil || errH != nil {
		return "all that it says"
	}
	for _, s := range w {
		what, value, _ := strings.Cut(s, "\x00")
		if !slices.ContainsFunc(h, func(t string) bool {
			other, there, _ := strings.Cut(t, "\x00")
			return other == what && (there == value || what == "number" && sameNumber(value, there))
		}) {
			return what
		}
	}
	return ""
}

// personal is what a person knows of another: the words of the name, numbers,
// addresses, the birthday, notes, and that there is a portrait.
func personal(raw []byte) (list []string, err error) {
	v, err := vcard.View(raw)
	if err != nil {
		return nil, err
	}
	m, err := vcard.MeaningOf(raw)
	if err != nil {
		return nil, err
	}
	add := func(what, value string) {
		if value = strings.ToLower(strings.Join(strings.Fields(value), " ")); value != "" {
			list = append(list, what+"\x00"+value)
		}
	}
	for _, word := range strings.FieldsFunc(m.Name, func(r rune) bool { return r == ' ' || r == ',' }) {
		add("name", word)
	}
	for _, p := range v.Phones {
		add("number", digitsOf(p.Text))
	}
	for _, e := range v.Emails {
		add("mail address", e.Text)
	}
	for _, a := range v.Addresses {
		add("address", strings.Join(strings.FieldsFunc(a.Text, func(r rune) bool { return strings.ContainsRune(" ,;\n\r", r) }), " "))
	}
	for _, o := range v.Organizations {
		add("company", o.Text)
	}
	for _, x := range v.Notes {
		add("note", x.Text)
	}
	if v.Birthday != nil {
		add("birthday", digitsOf(v.Birthday.Text))
	}
	if len(v.Photos) > 0 {
		add("portrait", "there")
	}
	return list, nil
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// sameNumber compares digits of telephone numbers, of which one may have a
// country code and the other a zero in its place.
func sameNumber(a, b string) bool {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) >= 7 && len(b)-len(a) <= 3 && strings.HasSuffix(b, a) || a == b
}

// dated is what a person knows of events and to-dos: what, when, where and how
// often.
func dated(raw []byte) (list []string, err error) {
	v, err := ical.View(raw)
	if err != nil {
		return nil, err
	}
	for _, s := range v.Series {
		entries := s.Exceptions
		if s.Master != nil {
			entries = append(slices.Clone(entries), *s.Master)
		}
		for i := range entries {
			e := &entries[i]
			which := e.UID + " " + at(e.Recurrence) + " "
			for what, value := range map[string]string{
				"summary": e.Summary, "place": e.Location, "description": e.Description, "start": at(e.Start), "end": at(e.End), "due": at(e.Due),
				"repetition": strings.Join(e.Rules, " "), "kind": e.Component,
			} {
				if value = strings.TrimSpace(value); value != "" {
					list = append(list, what+"\x00"+which+value)
				}
			}
		}
	}
	slices.Sort(list)
	return list, nil
}

func at(m datetime.Moment) string {
	if m.IsZero() {
		return ""
	}
	return fmt.Sprint(m.Time.Unix(), m.Date, m.Floating)
}
