package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// The two zones of the phone, as RFC 5545 s3.6.5 has them since 2007.
const (
	berlin = "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:DAYLIGHT\r\nTZOFFSETFROM:+0100\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n" +
		"DTSTART:19810329T020000\r\nTZNAME:CEST\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nBEGIN:STANDARD\r\nTZOFFSETFROM:+0200\r\n" +
		"RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nDTSTART:19961027T030000\r\nTZNAME:CET\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
	newYork = "BEGIN:VTIMEZONE\r\nTZID:America/New_York\r\nBEGIN:DAYLIGHT\r\nTZOFFSETFROM:-0500\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\n" +
		"DTSTART:20070311T020000\r\nTZNAME:EDT\r\nTZOFFSETTO:-0400\r\nEND:DAYLIGHT\r\nBEGIN:STANDARD\r\nTZOFFSETFROM:-0400\r\n" +
		"RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\r\nDTSTART:20071104T020000\r\nTZNAME:EST\r\nTZOFFSETTO:-0500\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)

// A series is one calendar object: an event, with its exceptions.
type series struct {
	cal     string
	summary string
	start   string // "2026-03-01", or "2026-03-01 18:30"
	minutes int    // 0: whole days
	days    int
	zone    string // "" is Berlin
	where   string
	note    string
	rule    string
	except  []string // EXDATE, like start
	changes []change // RECURRENCE-ID
	alarm   string   // TRIGGER
	guests  []string
	geo     string
}

// A change moves or renames one occurrence.
type change struct {
	of, to  string
	summary string
	cancel  bool
}

const icsDay, icsTime = "20060102", "20060102T150405"

func parseDate(s string) time.Time {
	layout := "2006-01-02 15:04"
	if len(s) == 10 {
		layout = "2006-01-02"
	}
	t, err := time.Parse(layout, s)
	if err != nil {
		panic(err) // a table is wrong
	}
	return t
}

// stamp writes a property of date or time in the series' zone.
func (s *series) stamp(w *writer, name string, t time.Time) {
	if s.minutes == 0 {
		w.line("%s;VALUE=DATE:%s", name, t.Format(icsDay))
		return
	}
	w.line("%s;TZID=%s:%s", name, s.tz(), t.Format(icsTime))
}

func (s *series) tz() string {
	if s.zone != "" {
		return s.zone
	}
	return "Europe/Berlin"
}

// object returns the whole calendar object.
func (s *series) object(n int) string {
	w := &writer{}
	w.line("BEGIN:VCALENDAR")
	w.line("CALSCALE:GREGORIAN")
	w.line("PRODID:-//Example//Phone 3.2//EN")
	w.line("VERSION:2.0")
	if s.minutes > 0 {
		if s.tz() == "Europe/Berlin" {
			w.b.WriteString(berlin)
		} else {
			w.b.WriteString(newYork)
		}
	}
	id := uid("event", s.cal, n, s.summary, s.start)
	s.event(w, id, parseDate(s.start), nil)
	for i := range s.changes {
		s.event(w, id, parseDate(s.changes[i].to), &s.changes[i])
	}
	w.line("END:VCALENDAR")
	return w.b.String()
}

func (s *series) event(w *writer, id string, at time.Time, c *change) {
	made := parseDate(s.start).AddDate(0, 0, -20)
	w.line("BEGIN:VEVENT")
	w.line("CREATED:%sZ", made.Format(icsTime))
	w.line("DTSTAMP:%sZ", made.Add(90*time.Second).Format(icsTime))
	w.line("LAST-MODIFIED:%sZ", made.Add(90*time.Second).Format(icsTime))
	w.line("UID:%s", id)
	summary := s.summary
	if c != nil {
		s.stamp(w, "RECURRENCE-ID", parseDate(c.of))
		if c.summary != "" {
			summary = c.summary
		}
		if c.cancel {
			w.line("STATUS:CANCELLED")
		}
		w.line("SEQUENCE:1")
	} else {
		w.line("SEQUENCE:0")
	}
	w.line("SUMMARY:%s", escape.Replace(summary))
	s.stamp(w, "DTSTART", at)
	if s.minutes == 0 {
		s.stamp(w, "DTEND", at.AddDate(0, 0, max(1, s.days)))
		w.line("TRANSP:TRANSPARENT")
	} else {
		s.stamp(w, "DTEND", at.Add(time.Duration(s.minutes)*time.Minute))
	}
	if c == nil && s.rule != "" {
		w.line("RRULE:%s", s.rule)
		for _, e := range s.except {
			s.stamp(w, "EXDATE", parseDate(e))
		}
	}
	s.details(w, id, at)
	w.line("END:VEVENT")
}

// details writes place, note, guests and alarm.
func (s *series) details(w *writer, id string, at time.Time) {
	if s.where != "" {
		w.line("LOCATION:%s", escape.Replace(s.where))
		if s.geo != "" {
			w.line("X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-ADDRESS=%q;X-APPLE-RADIUS=70;X-TITLE=%q:geo:%s", s.where, s.where, s.geo)
		}
	}
	if s.note != "" {
		w.line("DESCRIPTION:%s", escape.Replace(s.note))
	}
	if len(s.guests) > 0 {
		w.line(`ORGANIZER;CN="Kim Sidekeeper":mailto:kim@example.org`)
		for _, g := range s.guests {
			name, mail, _ := strings.Cut(g, "|")
			w.line(`ATTENDEE;CN=%q;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT:mailto:%s`, name, mail)
		}
	}
	if s.alarm != "" {
		w.line("BEGIN:VALARM")
		w.line("ACTION:DISPLAY")
		w.line("DESCRIPTION:Reminder")
		w.line("TRIGGER:%s", s.alarm)
		w.line("UID:%s", uid("alarm", id, at))
		w.line("END:VALARM")
	}
}

// scatter adds single events on working days or at weekends between 2024 and
// the middle of 2027.
func scatter(rnd *rand.Rand, cal string, n int, weekend bool, from, to int, what []series) []series {
	first, last := parseDate("2024-01-02"), parseDate("2027-06-20")
	var all []series
	for len(all) < n {
		day := first.AddDate(0, 0, rnd.IntN(int(last.Sub(first).Hours()/24)))
		free := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		if free != weekend && rnd.IntN(4) > 0 {
			continue
		}
		s := what[rnd.IntN(len(what))]
		s.cal = cal
		s.start = day.Format("2006-01-02")
		if s.minutes > 0 {
			s.start += fmt.Sprintf(" %02d:%02d", from+rnd.IntN(to-from), 15*rnd.IntN(4))
		}
		all = append(all, s)
	}
	return all
}
