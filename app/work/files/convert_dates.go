package files

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/formats/compose"
	"sidekeep/formats/contentline"
	"sidekeep/formats/file"
	"sidekeep/formats/ical"
	"sidekeep/formats/ical/portable"
	"sidekeep/formats/vcard"
)

// calendar writes one calendar of all events and to-dos, and of the birthdays
// and anniversaries of contacts.
func (c *conversion) calendar() error {
	m := ical.NewMerger(c.out, "")
	var days []compose.Birthday
	err := c.each(func(in input, it *file.Item) error {
		if it.Type == file.Cards {
			days = append(days, c.days(in, it)...)
			return nil
		}
		raw, lost, err := portable.Write(it.Raw)
		for _, o := range lost {
			c.lose(in, it, []vcard.Loss{{Property: it.Component, Happens: o.Reason, Line: o.Line}})
		}
		if err == nil {
			err = c.add(m, raw)
		}
		if isReason(err) {
			c.leave(placeOf(in, it), err.Error())
			return nil
		}
		c.done.Items[kindOf(it)]++
		return err
	})
	if err == nil {
		err = c.birthdays(m, days)
	}
	if err != nil || c.done.total() == 0 {
		return err
	}
	return m.Close()
}

// days are the birthday and the anniversary of a contact.
func (c *conversion) days(in input, it *file.Item) []compose.Birthday {
	contact, err := vcard.View(it.Raw)
	if err != nil {
		c.leave(placeOf(in, it), err.Error())
		return nil
	}
	var list []compose.Birthday
	for _, d := range []struct {
		date *vcard.Date
		kind string
	}{{contact.Birthday, ""}, {contact.Anniversary, "Anniversary"}} {
		switch {
		case d.date == nil:
		case d.date.Month == 0 || d.date.Day == 0:
			c.leave(placeOf(in, it), fmt.Sprintf("%q is no day of the year", d.date.Text))
		default:
			list = append(list, compose.Birthday{
				UID: contact.UID, Name: contact.Name, Kind: d.kind,
				Year: d.date.Year, Month: time.Month(d.date.Month), Day: d.date.Day,
			})
		}
	}
	return list
}

// birthdays adds an event for each day.
func (c *conversion) birthdays(m *ical.Merger, days []compose.Birthday) error {
	if len(days) == 0 {
		return nil
	}
	raw, impossible, err := compose.Birthdays("", days)
	if err != nil {
		return err
	}
	for _, d := range impossible {
		c.leave(d.Name, fmt.Sprintf("no calendar has a %d of %s", d.Day, d.Month))
	}
	if len(impossible) == len(days) {
		return nil
	}
	c.done.Items[export.Events] += len(days) - len(impossible)
	return c.add(m, raw)
}

// todoTable writes the to-dos of each file below one another.
func (c *conversion) todoTable() error {
	var calendars []*ical.Calendar
	of := map[string]*ical.Calendar{}
	err := c.each(func(in input, it *file.Item) error {
		if it.Component != "VTODO" {
			c.leave(placeOf(in, it), "it is neither a contact nor a to-do, and the tables hold nothing else")
			return nil
		}
		one, err := ical.View(bytes.Clone(it.Raw))
		if err != nil {
			c.leave(placeOf(in, it), err.Error())
			return nil
		}
		if of[in.path] == nil {
			of[in.path] = one
			if one.Name == "" {
				one.Name = strings.TrimSuffix(filepath.Base(in.shown), filepath.Ext(in.shown))
			}
			calendars = append(calendars, one)
		} else {
			of[in.path].Series = append(of[in.path].Series, one.Series...)
		}
		c.done.Items[export.Todos]++
		return nil
	})
	if err != nil || len(calendars) == 0 {
		return err
	}
	return ical.WriteToDos(c.out, calendars)
}

// add writes an object. Where another one has another time zone of the same
// name, its zone gets a number, because readers take the first zone for both.
func (c *conversion) add(m *ical.Merger, raw []byte) error {
	for n := 1; ; n++ {
		numbered := raw
		if n > 1 {
			numbered = renameZones(raw, n)
		}
		parts, err := ical.Parts(numbered)
		if err != nil {
			return err
		}
		if _, _, err = m.Add(parts); !errors.Is(err, ical.ErrZoneClash) || n > 1000 {
			return err
		}
	}
}

// renameZones gives the time zones that an object brings itself other names.
func renameZones(raw []byte, n int) []byte {
	own := map[string]bool{}
	if parts, err := ical.Parts(raw); err == nil {
		for _, z := range parts.Zones {
			own[z.ID] = true
		}
	}
	name := func(id string) string { return fmt.Sprintf("%s (%d)", id, n) }
	var out []byte
	for l := range contentline.Lines(raw) {
		changed := false
		if id := contentline.Unescape(l.Text()); l.Is("TZID") && own[id] {
			l.Value, changed = contentline.Escape(name(id)), true
		}
		for i, p := range l.Params {
			if p.Name == "TZID" && len(p.Values) == 1 && own[p.Values[0]] {
				l.Params[i].Values, changed = []string{name(p.Values[0])}, true
			}
		}
		if changed {
			out = contentline.Append(out, &l)
		} else {
			out = append(out, l.Raw...)
		}
	}
	return out
}

// isReason tells whether err says that an item cannot be understood.
func isReason(err error) bool {
	var why *contentline.Error
	return errors.As(err, &why)
}

func kindOf(it *file.Item) export.Kind {
	switch {
	case it.Type == file.Cards:
		return export.Contacts
	case it.Component == "VTODO":
		return export.Todos
	}
	return export.Events
}
