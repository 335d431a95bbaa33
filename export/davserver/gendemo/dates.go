package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"sidekeep/formats/compose"
)

// zones are the time zones of the phone, as RFC 5545 s3.6.5 has them since 2007.
var zones = map[string][2]observance{
	"Europe/Berlin":    {{"DAYLIGHT", "+0100", "+0200", "3;BYDAY=-1SU", "1981-03-29 02:00", "CEST"}, {"STANDARD", "+0200", "+0100", "10;BYDAY=-1SU", "1996-10-27 03:00", "CET"}},
	"America/New_York": {{"DAYLIGHT", "-0500", "-0400", "3;BYDAY=2SU", "2007-03-11 02:00", "EDT"}, {"STANDARD", "-0400", "-0500", "11;BYDAY=1SU", "2007-11-04 02:00", "EST"}},
}

// An observance is summer or winter time.
type observance struct{ name, from, to, month, start, abbreviation string }

func zone(id string) *compose.Component {
	z := compose.New("VTIMEZONE", compose.Text("TZID", id))
	for _, o := range zones[id] {
		z.Hold(compose.New(o.name, compose.Plain("TZOFFSETFROM", o.from), compose.Plain("RRULE", "FREQ=YEARLY;BYMONTH="+o.month),
			compose.Clock("DTSTART", parseDate(o.start), ""), compose.Text("TZNAME", o.abbreviation), compose.Plain("TZOFFSETTO", o.to)))
	}
	return z
}

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

// stamp is a property of date or time in the series' zone.
func (s *series) stamp(name string, t time.Time) compose.Property {
	if s.minutes == 0 {
		return compose.Day(name, t)
	}
	return compose.Clock(name, t, s.tz())
}

func (s *series) tz() string {
	if s.zone != "" {
		return s.zone
	}
	return "Europe/Berlin"
}

// object returns the whole calendar object.
func (s *series) object(n int) string {
	c := compose.New("VCALENDAR", compose.Plain("CALSCALE", "GREGORIAN"), compose.Plain("PRODID", product), compose.Plain("VERSION", "2.0"))
	if s.minutes > 0 {
		c.Hold(zone(s.tz()))
	}
	id := uid("event", s.cal, n, s.summary, s.start)
	c.Hold(s.event(id, parseDate(s.start), nil))
	for i := range s.changes {
		c.Hold(s.event(id, parseDate(s.changes[i].to), &s.changes[i]))
	}
	return must(c.Encode())
}

// event is the series itself, or the occurrence that c changes.
func (s *series) event(id string, at time.Time, c *change) *compose.Component {
	made := parseDate(s.start).AddDate(0, 0, -20)
	saved := made.Add(90 * time.Second)
	e := compose.New("VEVENT", compose.UTC("CREATED", made), compose.UTC("DTSTAMP", saved), compose.UTC("LAST-MODIFIED", saved), compose.Text("UID", id))
	summary, sequence := s.summary, 0
	if c != nil {
		e.Add(s.stamp("RECURRENCE-ID", parseDate(c.of)))
		if c.summary != "" {
			summary = c.summary
		}
		if c.cancel {
			e.Add(compose.Plain("STATUS", "CANCELLED"))
		}
		sequence = 1
	}
	e.Add(compose.Plain("SEQUENCE", strconv.Itoa(sequence)), compose.Text("SUMMARY", summary), s.stamp("DTSTART", at))
	if s.minutes == 0 {
		e.Add(s.stamp("DTEND", at.AddDate(0, 0, max(1, s.days))), compose.Plain("TRANSP", "TRANSPARENT"))
	} else {
		e.Add(s.stamp("DTEND", at.Add(time.Duration(s.minutes)*time.Minute)))
	}
	if c == nil && s.rule != "" {
		e.Add(compose.Plain("RRULE", s.rule))
		for _, one := range s.except {
			e.Add(s.stamp("EXDATE", parseDate(one)))
		}
	}
	s.details(e, id, at)
	return e
}

// details adds place, note, guests and alarm.
func (s *series) details(e *compose.Component, id string, at time.Time) {
	if s.where != "" {
		e.Add(compose.Text("LOCATION", s.where))
		if s.geo != "" {
			e.Add(compose.Link("X-APPLE-STRUCTURED-LOCATION", "geo:"+s.geo).With("VALUE", "URI").With("X-ADDRESS", s.where).With("X-APPLE-RADIUS", "70").With("X-TITLE", s.where))
		}
	}
	if s.note != "" {
		e.Add(compose.Text("DESCRIPTION", s.note))
	}
	if len(s.guests) > 0 {
		e.Add(compose.Person("ORGANIZER", "Kim Sidekeeper", "kim@example.org"))
		for _, g := range s.guests {
			name, mail, _ := strings.Cut(g, "|")
			e.Add(compose.Person("ATTENDEE", name, mail).With("CUTYPE", "INDIVIDUAL").With("PARTSTAT", "ACCEPTED").With("ROLE", "REQ-PARTICIPANT"))
		}
	}
	if s.alarm != "" {
		a := reminder(s.alarm)
		a.Add(compose.Text("UID", uid("alarm", id, at)))
		e.Hold(a)
	}
}

func reminder(trigger string) *compose.Component {
	return compose.New("VALARM", compose.Plain("ACTION", "DISPLAY"), compose.Text("DESCRIPTION", "Reminder"), compose.Plain("TRIGGER", trigger))
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
