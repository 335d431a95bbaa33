package pages

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"sidekeep/formats/ical"
	"sidekeep/formats/ical/datetime"
)

// An Agenda is one page of events, in the order in which they take place.
type Agenda struct {
	Title string
	Up    string // as in [PeoplePage]
	Lead  string

	html   markup
	events []shown
}

// A shown event is a piece of html.
type shown struct {
	at           time.Time // on its own clock
	allDay       bool
	from, to     int
	title, ended int // of its title
}

// A Month is one that something takes place in.
type Month struct{ ID, Name string }

// Reset makes a an empty page. It keeps memory.
func (a *Agenda) Reset() { a.html, a.events = a.html[:0], a.events[:0] }

// Events writes a page of the agenda.
func (s *Site) Events(w io.Writer, a *Agenda) error {
	f := s.frame(a.Title, "Agenda")
	if err := write(w, "agenda", struct {
		frame
		*Agenda
		Months []Month
	}{f, a, a.order()}); err != nil {
		return err
	}
	if err := a.list(w); err != nil {
		return err
	}
	return write(w, "end", f)
}

// Add shows one occurrence, of which nothing is kept. The calendar's number
// gives the colour.
func (a *Agenda) Add(o *ical.Occurrence, calendar string, number int64, gone bool) {
	e := o.Of
	v := shown{at: clock(o.Start), allDay: o.Start.Date, from: len(a.html)}
	off, place := e.Cancelled(), cut(e.Location, mostName)
	m := a.html.raw(`<li class="c`, strconv.Itoa(int(number%6)))
	if off {
		m = m.raw(" off")
	}
	m = m.raw(`"><span class="time">`)
	m = span(m, o, v.at)
	if !o.Start.Date {
		m = m.tag(" <small>", cut(zone(o.Start), 60), "</small>")
	}
	m = m.raw("</span><div><b><bdi>")
	v.title = len(m)
	m = m.text(cmp.Or(cut(e.Summary, mostName), "No title"))
	v.ended = len(m)
	m = m.raw("</bdi></b>")
	if off {
		m = m.raw(` <span class="tag">cancelled</span>`)
	}
	if gone {
		m = m.raw(` <span class="tag">no longer at the source</span>`)
	}
	m = m.raw(`<p class="sub">`).tag("<bdi>", place, "</bdi> · ")
	if len(e.Rules) > 0 || o.ID != (datetime.Moment{}) && e.Recurs() {
		m = m.text(Repeats(e.Rules)).raw(" · ")
	}
	m = m.raw("<bdi>").text(calendar).raw("</bdi></p>").tag(`<p class="sub">With <bdi>`, persons(e.Attendees), "</bdi></p>")
	if link := string(outside(e.URL)); link != "" {
		m = m.raw(`<p><a href="`).text(link).raw(`">`).text(link).raw("</a></p>")
	}
	m = m.tag(`<p class="long">`, cut(strings.TrimSpace(e.Description), mostText), "</p>").raw("</div></li>\n")
	v.to = len(m)
	a.html, a.events = m, append(a.events, v)
}

// span adds when an occurrence takes place: "09:00 – 10:00", "All day".
func span(m markup, o *ical.Occurrence, at time.Time) markup {
	end := clock(o.End)
	if o.Start.Date {
		if last := end.AddDate(0, 0, -1); last.After(at) {
			return last.AppendFormat(m.raw("Until "), "2 January")
		}
		return m.raw("All day")
	}
	m = at.AppendFormat(m, "15:04")
	switch {
	case !end.After(at):
		return m
	case sameDay(at, end):
		return end.AppendFormat(m.raw(" – "), "15:04")
	}
	return end.AppendFormat(m.raw(" until "), "2 January 15:04")
}

// clock is what a clock shows at that moment where it takes place.
func clock(m datetime.Moment) time.Time {
	t := m.Time
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// zone names the place whose clock an event goes by.
func zone(m datetime.Moment) string {
	switch {
	case m.Zone != "":
		return strings.ReplaceAll(m.Zone[strings.LastIndex(m.Zone, "/")+1:], "_", " ")
	case m.Floating:
		return ""
	}
	if _, offset := m.Time.Zone(); offset != 0 { // a zone without a name
		return "UTC" + m.Time.Format("-07:00")
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

// order puts the events in the order in which they take place, and tells in
// which months they do.
func (a *Agenda) order() (months []Month) {
	slices.SortStableFunc(a.events, func(x, y shown) int {
		if c := x.at.Compare(y.at); c != 0 && !(sameDay(x.at, y.at) && (x.allDay || y.allDay)) {
			return c
		}
		if x.allDay != y.allDay {
			if x.allDay {
				return -1
			}
			return 1
		}
		return bytes.Compare(a.html[x.title:x.ended], a.html[y.title:y.ended])
	})
	for i := range a.events {
		if a.newMonth(i) {
			months = append(months, monthOf(a.events[i].at))
		}
	}
	return months
}

// newMonth tells whether an event is the first of its month.
func (a *Agenda) newMonth(i int) bool {
	return i == 0 || a.events[i-1].at.Year() != a.events[i].at.Year() || a.events[i-1].at.Month() != a.events[i].at.Month()
}

func monthOf(t time.Time) Month { return Month{"m" + t.Format("2006-01"), t.Format("January 2006")} }

// list writes the events.
func (a *Agenda) list(w io.Writer) error {
	var room markup
	for i := range a.events {
		v := &a.events[i]
		month := a.newMonth(i)
		day := month || !sameDay(a.events[i-1].at, v.at)
		room = room[:0]
		if day && i > 0 {
			room = room.raw("</ul></div>\n")
		}
		if month {
			if i > 0 {
				room = room.raw("</section>\n")
			}
			one := monthOf(v.at)
			room = room.raw(`<section class="month" id="`, one.ID, `">`)
			if one.Name != a.Title {
				room = room.raw("<h2>", one.Name, "</h2>")
			}
		}
		if day {
			room = v.at.AppendFormat(room.raw(`<div class="day"><h3>`), "Mon 2")
			room = room.raw("</h3><ul>\n")
		}
		if _, err := w.Write(append(room, a.html[v.from:v.to]...)); err != nil {
			return err
		}
	}
	if len(a.events) == 0 {
		return nil
	}
	_, err := io.WriteString(w, "</ul></div>\n</section>\n")
	return err
}
