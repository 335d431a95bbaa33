package compose

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"sidekeep/formats/contentline"
)

// A Property is one property of a card or of a component. Its value is encoded;
// what is wrong with it is said by Encode of the whole.
type Property struct {
	name, group string
	params      []contentline.Param
	value       string
	err         error
}

// Text is a property that is one text (RFC 6350 section 4.1, RFC 5545 section
// 3.3.11). Line breaks of any kind are kept as line breaks; other control
// characters but the tab go, and what is no UTF-8 becomes U+FFFD.
func Text(name, text string) Property {
	return Property{name: name, value: contentline.Escape(clean(text))}
}

// Texts is a property that is a list of texts: CATEGORIES, NICKNAME.
func Texts(name string, texts ...string) Property {
	return Property{name: name, value: contentline.EscapeList(cleaned(texts))}
}

// Parts is a property of several fields: N, whose fields are family name, given
// name, further names, titles before and behind; ORG, the organization and
// its units; ADR, whose fields are post office box, flat, street, town, region,
// postal code and country. A field that says nothing is "".
func Parts(name string, fields ...string) Property {
	lists := make([][]string, len(fields))
	for i := range fields {
		lists[i] = []string{clean(fields[i])}
	}
	return Property{name: name, value: contentline.EscapeFields(lists)}
}

// Link is a property that is a URI. What no URI may have is percent-encoded.
func Link(name, uri string) Property {
	return Property{name: name, value: contentline.EscapeURI(strings.ToValidUTF8(uri, "\ufffd"))}
}

// Plain is a property whose value has a form of its own, in which nothing is
// escaped: a date, a number, a rule of recurrence. Encode refuses a value that has
// control characters or is no UTF-8.
func Plain(name, value string) Property {
	p := Property{name: name, value: value}
	if clean(value) != value || strings.ContainsAny(value, "\r\n") {
		p.err = fmt.Errorf("%q is no value of %s", contentline.Shown(value), contentline.Shown(name))
	}
	return p
}

// Forms of dates and times in iCalendar (RFC 5545 sections 3.3.4 and 3.3.5).
const (
	dayForm  = "20060102"
	timeForm = "20060102T150405"
)

// Day is a property that is the day of t, without a time.
func Day(name string, t time.Time) Property {
	return inYears(Plain(name, t.Format(dayForm)).With("VALUE", "DATE"), t)
}

// Clock is a property that is what the clocks show in the time zone of this
// TZID: t's own, whatever its location. Without a zone it is that of whoever reads
// it.
func Clock(name string, t time.Time, zone string) Property {
	p := Plain(name, t.Format(timeForm))
	if zone != "" {
		p = p.With("TZID", zone)
	}
	return inYears(p, t)
}

// UTC is a property that is the instant t.
func UTC(name string, t time.Time) Property {
	return inYears(Plain(name, t.UTC().Format(timeForm)+"Z"), t.UTC())
}

// inYears refuses years that have no four digits.
func inYears(p Property, t time.Time) Property {
	if t.Year() < 1 || t.Year() > 9999 {
		p.err = fmt.Errorf("the year %d of %s has no four digits", t.Year(), p.name)
	}
	return p
}

// Person is a property that is somebody by the address of e-mail: ORGANIZER,
// ATTENDEE. The common name may be "".
func Person(name, commonName, mail string) Property {
	p := Link(name, "mailto:"+mail)
	if commonName != "" {
		p = p.With("CN", commonName)
	}
	return p
}

// With returns p with a parameter more, of one or more values. Encode orders
// parameters by their names.
func (p Property) With(name string, values ...string) Property {
	p.params = append(p.params[:len(p.params):len(p.params)], contentline.Param{Name: name, Values: cleaned(values)})
	return p
}

// In returns p as one of a group, such as item1, whose X-ABLabel names it.
func (p Property) In(group string) Property {
	p.group = group
	return p
}

// Name is the property's name as it was given.
func (p Property) Name() string { return p.name }

// check says what is wrong with p.
func (p *Property) check() error {
	switch {
	case !contentline.IsName(p.name), strings.EqualFold(p.name, "BEGIN"), strings.EqualFold(p.name, "END"):
		return fmt.Errorf("%q is no name of a property", contentline.Shown(p.name))
	case p.group != "" && !contentline.IsName(p.group):
		return fmt.Errorf("%q is no name of a group", contentline.Shown(p.group))
	}
	for _, q := range p.params {
		if !contentline.IsName(q.Name) || len(q.Values) == 0 {
			return fmt.Errorf("%q is no parameter of %s", contentline.Shown(q.Name), p.name)
		}
	}
	return p.err
}

// veiled are the parameters as the encoders of both libraries take them.
func (p *Property) veiled() map[string][]string {
	if len(p.params) == 0 {
		return nil
	}
	m := make(map[string][]string, len(p.params))
	for _, q := range p.params {
		for _, v := range q.Values {
			m[q.Name] = append(m[q.Name], veil.Replace(contentline.ParamValue(v)))
		}
	}
	return m
}

// clean is a text without control characters but for tabs and line breaks, and
// in valid UTF-8.
func clean(s string) string {
	if strings.ContainsFunc(s, isControl) {
		s = strings.Map(func(r rune) rune {
			if isControl(r) {
				return -1
			}
			return r
		}, s)
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	return s
}

func cleaned(texts []string) []string {
	out := make([]string, len(texts))
	for i := range texts {
		out[i] = clean(texts[i])
	}
	return out
}

func isControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f
}

// checkAll joins what is wrong with properties.
func checkAll(properties []Property) error {
	var all []error
	for i := range properties {
		if err := properties[i].check(); err != nil {
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}
