package ical

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/civil"
)

// A Birthday is a day of the year that belongs to a person.
type Birthday struct {
	UID   string // the contact's; "" if it has none
	Name  string
	Year  int // 0 if it is not known
	Month time.Month
	Day   int
	Kind  string // "" for a birthday, otherwise what is celebrated: "Anniversary"
}

// yearless is the year in which a birthday without a year starts: a leap year,
// as Apple's address book has it.
const yearless = 1604

// Birthdays writes a calendar of this name with an all-day event for each
// birthday, which recurs every year (RFC 5545 section 3.8.5.3); 29 February
// falls on 28 February in other years. The result of the same birthdays is
// always the same, and so is the UID of each whatever the others are. Days that
// no calendar has are left out and returned.
func Birthdays(name string, list []Birthday) (out []byte, impossible []Birthday) {
	b := []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Sidekeep//Sidekeep//EN\r\n")
	write := func(name, value string) {
		b = contentline.Append(b, &contentline.Line{Name: name, Value: value})
	}
	if name != "" {
		write("X-WR-CALNAME", contentline.Escape(name))
	}
	used := map[string]bool{}
	for _, p := range list {
		year := p.Year
		if year == 0 {
			year = yearless
		}
		if p.Month < 1 || p.Month > 12 || p.Day < 1 || year < 1 || year > 9999 || p.Day > civil.MonthLength(year, int(p.Month)) {
			impossible = append(impossible, p)
			continue
		}
		uid := p.uid()
		for n := 2; used[uid]; n++ {
			uid = fmt.Sprintf("%s-%d", p.uid(), n)
		}
		used[uid] = true
		b = append(b, "BEGIN:VEVENT\r\n"...)
		write("UID", uid)
		write("DTSTAMP", "19700101T000000Z")
		write("SUMMARY", contentline.Escape(p.title()))
		date := fmt.Sprintf("%04d%02d%02d", year, p.Month, p.Day)
		b = append(b, "DTSTART;VALUE=DATE:"+date+"\r\nDURATION:P1D\r\n"...)
		if p.Month == time.February && p.Day == 29 {
			write("RRULE", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1")
		} else {
			write("RRULE", "FREQ=YEARLY")
		}
		write("TRANSP", "TRANSPARENT")
		write("CATEGORIES", contentline.Escape(p.kind()))
		b = append(b, "END:VEVENT\r\n"...)
	}
	return append(b, "END:VCALENDAR\r\n"...), impossible
}

func (p Birthday) kind() string {
	if p.Kind == "" {
		return "Birthday"
	}
	return p.Kind
}

// title names the person, and the year if it is known: it is what calendars of
// birthdays are read for.
func (p Birthday) title() string {
	s := strings.TrimSpace(p.Name)
	if p.Kind != "" {
		s += ": " + p.Kind
	}
	if p.Year > 0 {
		s += fmt.Sprintf(" (%d)", p.Year)
	}
	return s
}

// uid is made of the contact's UID, or else of the name and the day.
func (p Birthday) uid() string {
	of := []string{p.UID, p.kind()}
	if p.UID == "" {
		of = append(of, p.Name, fmt.Sprintf("%d-%d-%d", p.Year, p.Month, p.Day))
	}
	sum := sha256.Sum256([]byte(strings.Join(of, "\x00")))
	return fmt.Sprintf("birthday-%x", slices.Clip(sum[:12]))
}
