package pages

import (
	"html/template"
	"io"
	"sort"
	"strconv"
	"strings"
	"time"

	"sidekeep/formats/ical"
)

// An Agenda is one page of events, in the order in which they take place.
type Agenda struct {
	Title  string
	Up     string // as in [PeoplePage]
	Lead   string
	Notes  []string // what is missing, and why
	Months []Month
}

// A Month has the days on which something takes place.
type Month struct {
	ID, Name string
	Days     []Day
}

// A Day has its events.
type Day struct {
	Name   string
	Events []Event
}

// An Event is one event as it takes place.
type Event struct {
	at       time.Time // on its own clock
	allDay   bool
	Time     string // "09:00 – 10:00", "all day"
	Zone     string // of the time, "" if it is the only one that people know of
	Title    string
	Place    string
	Link     template.URL
	Repeats  string
	People   string
	Note     string
	Calendar string
	Color    int
	Off      bool // cancelled
	Gone     bool // no longer at the source
}

// Events writes a page of the agenda.
func (s *Site) Events(w io.Writer, p Agenda) error {
	return write(w, "agenda", struct {
		frame
		Agenda
	}{s.frame(p.Title, "Agenda"), p})
}

// NewEvent shows one occurrence. The calendar's number gives the colour.
func NewEvent(o *ical.Occurrence, calendar string, number int64, gone bool) Event {
	e := o.Of
	v := Event{
		at: clock(o.Start), allDay: o.Start.Date, Title: cut(e.Summary, mostName), Place: cut(e.Location, mostName), Link: outside(e.URL),
		Note: cut(strings.TrimSpace(e.Description), mostText), Calendar: calendar, Color: int(number % 6), Off: e.Cancelled(), Gone: gone,
	}
	if v.Title == "" {
		v.Title = "No title"
	}
	end := clock(o.End)
	switch {
	case o.Start.Date:
		v.Time = "All day"
		if last := end.AddDate(0, 0, -1); last.After(v.at) {
			v.Time = "Until " + last.Format("2 January")
		}
	case sameDay(v.at, end) && end.After(v.at):
		v.Time = v.at.Format("15:04") + " – " + end.Format("15:04")
	case end.After(v.at):
		v.Time = v.at.Format("15:04") + " until " + end.Format("2 January 15:04")
	default:
		v.Time = v.at.Format("15:04")
	}
	if !o.Start.Date {
		v.Zone = cut(zone(o.Start), 60)
	}
	if len(e.Rules) > 0 || o.ID != (ical.Moment{}) && e.Recurs() {
		v.Repeats = Repeats(e.Rules)
	}
	v.People = persons(e.Attendees)
	return v
}

// clock is what a clock shows at that moment where it takes place.
func clock(m ical.Moment) time.Time {
	t := m.Time
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// zone names the place whose clock an event goes by.
func zone(m ical.Moment) string {
	switch {
	case m.Zone != "":
		return strings.ReplaceAll(m.Zone[strings.LastIndex(m.Zone, "/")+1:], "_", " ")
	case m.Floating:
		return ""
	}
	return "UTC"
}

func sameDay(a, b time.Time) bool { return a.YearDay() == b.YearDay() && a.Year() == b.Year() }

func persons(list []ical.Person) string {
	const most = 20
	var names []string
	for i := range list {
		if i == most {
			names = append(names, Count(len(list)-most)+" more")
			break
		}
		name := list[i].Name
		if name == "" {
			name = list[i].Address
		}
		names = append(names, cut(name, 100))
	}
	return strings.Join(names, ", ")
}

// Repeats tells in words how often a rule has something take place; "Repeats"
// if it cannot.
func Repeats(rules []string) string {
	if len(rules) != 1 {
		return "Repeats"
	}
	unit, every := "", "1"
	for part := range strings.SplitSeq(rules[0], ";") {
		name, value, _ := strings.Cut(part, "=")
		switch strings.ToUpper(name) {
		case "FREQ":
			unit = map[string]string{"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}[strings.ToUpper(value)]
		case "INTERVAL":
			every = value
		}
	}
	n, err := strconv.Atoi(every)
	switch {
	case unit == "" || err != nil || n < 1:
		return "Repeats"
	case n == 1:
		return "Every " + unit
	}
	return "Every " + Count(n) + " " + unit + "s"
}

// Months puts events in the order in which they take place.
func Months(events []Event) []Month {
	sort.SliceStable(events, func(i, j int) bool {
		a, b := &events[i], &events[j]
		if !a.at.Equal(b.at) && !(sameDay(a.at, b.at) && (a.allDay || b.allDay)) {
			return a.at.Before(b.at)
		}
		if a.allDay != b.allDay {
			return a.allDay
		}
		return a.Title < b.Title
	})
	var months []Month
	var last time.Time
	for _, e := range events {
		if id := e.at.Format("2006-01"); len(months) == 0 || months[len(months)-1].ID != "m"+id {
			months = append(months, Month{ID: "m" + id, Name: e.at.Format("January 2006")})
			last = time.Time{}
		}
		m := &months[len(months)-1]
		if !sameDay(e.at, last) || last.IsZero() {
			m.Days = append(m.Days, Day{Name: e.at.Format("Mon 2")})
			last = e.at
		}
		d := &m.Days[len(m.Days)-1]
		d.Events = append(d.Events, e)
	}
	return months
}
