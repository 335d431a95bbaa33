package compose

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"
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

// Birthdays writes a calendar of this name with an all-day event for each
// birthday, which recurs every year (RFC 5545 section 3.8.5.3); 29 February
// falls on 28 February in other years. The result of the same birthdays is
// always the same, and so is the UID of each whatever the others are. Days that
// no calendar has are left out and returned; if there are no others, out is nil.
func Birthdays(name string, list []Birthday) (out []byte, impossible []Birthday, err error) {
	c := Calendar()
	if name != "" {
		c.Add(Text("X-WR-CALNAME", name))
	}
	used := map[string]bool{}
	for _, p := range list {
		if !p.date().Valid() {
			impossible = append(impossible, p)
			continue
		}
		uid := p.uid()
		for n := 2; used[uid]; n++ {
			uid = fmt.Sprintf("%s-%d", p.uid(), n)
		}
		used[uid] = true
		c.Hold(p.event(uid))
	}
	if len(c.Components) == 0 {
		return nil, impossible, nil
	}
	out, err = c.Encode()
	return out, impossible, err
}

// event is the day, every year.
func (p Birthday) event(uid string) *Component {
	rule := "FREQ=YEARLY"
	if p.Month == time.February && p.Day == 29 {
		rule += ";BYMONTH=2;BYMONTHDAY=-1"
	}
	return New("VEVENT",
		Text("UID", uid), UTC("DTSTAMP", time.Unix(0, 0)), Text("SUMMARY", p.title()),
		Day("DTSTART", time.Date(p.date().year(), p.Month, p.Day, 0, 0, 0, 0, time.UTC)), Plain("DURATION", "P1D"), Plain("RRULE", rule),
		Plain("TRANSP", "TRANSPARENT"), Texts("CATEGORIES", p.kind()))
}

func (p Birthday) date() Date { return Date{p.Year, int(p.Month), p.Day} }

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
