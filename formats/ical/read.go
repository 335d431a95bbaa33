package ical

import (
	"strings"
	"time"

	"sidekeep/formats/contentline"
)

// A component holds what is read of one component of an object.
type component struct {
	name  string
	lines map[string]contentline.Line // by name in upper case: the first of each
}

var wanted = map[string]bool{
	"UID": true, "SUMMARY": true, "DTSTART": true, "DUE": true, "DURATION": true, "STATUS": true, "COMPLETED": true,
	"PERCENT-COMPLETE": true, "DTEND": true, "X-MICROSOFT-CDO-ALLDAYEVENT": true, "RRULE": true, "RDATE": true, "RECURRENCE-ID": true,
}

func read(raw []byte) (Object, error) {
	var master, first *component
	var current component
	var head []contentline.Line // of the calendar, what a vCalendar 1.0 says of its time zone
	zones := &zones{}
	uid, from := "", 0
	var w walker
	err := w.walk(raw, func(l *contentline.Line, mark contentline.Mark) {
		if len(w.stack) < 2 {
			if mark == contentline.None && (l.Is("VERSION") || l.Is("TZ") || l.Is("DAYLIGHT")) {
				head = append(head, *l)
			}
			return
		}
		if w.stack[1] == "VTIMEZONE" {
			depth := len(w.stack) - 2
			zones.line(l, mark, depth)
			switch {
			case depth == 0 && mark == contentline.Begin:
				from = w.at
			case depth == 0 && mark == contentline.End:
				zones.text(raw[from : w.at+len(l.Raw)])
			}
			return
		}
		switch {
		case len(w.stack) > 2:
		case mark == contentline.Begin:
			current = component{name: w.stack[1], lines: map[string]contentline.Line{}}
		case mark == contentline.End:
			done := current
			if first == nil {
				first = &done
			}
			if _, exception := done.lines["RECURRENCE-ID"]; !exception && master == nil {
				master = &done
			}
			if uid == "" {
				uid = done.text("UID")
			}
		default:
			name := strings.ToUpper(l.Name)
			if _, have := current.lines[name]; wanted[name] && !have {
				current.lines[name] = *l
			}
		}
	})
	if err != nil {
		return Object{}, err
	}
	zones.all = oldLocation(head)
	if master == nil {
		master = first
	}
	o := master.object(zones)
	if o.UID == "" {
		o.UID = uid
	}
	return o, nil
}

func (c *component) text(name string) string {
	l, ok := c.lines[name]
	if !ok {
		return ""
	}
	return strings.TrimSpace(contentline.Unescape(l.Text()))
}

func (c *component) object(zones *zones) Object {
	o := Object{
		Component: c.name,
		UID:       c.text("UID"),
		Summary:   contentline.Shown(c.text("SUMMARY")),
	}
	start, due := c.moment("DTSTART", zones), c.moment("DUE", zones)
	if _, recurs := c.lines["RRULE"]; !recurs && c.text("X-MICROSOFT-CDO-ALLDAYEVENT") != "" {
		end := c.moment("DTEND", zones)
		allDay(c.text("X-MICROSOFT-CDO-ALLDAYEVENT"), &start, &end)
	}
	if !start.IsZero() {
		o.Start, o.AllDay, o.Floating = start.Time, start.Date, start.Floating
	}
	if c.name == "VTODO" {
		if length, ok := duration(c.text("DURATION")); ok && due.IsZero() && !start.IsZero() {
			due = start.after(length)
		}
		o.Due = due.Time
		if start.IsZero() && !due.IsZero() {
			o.AllDay, o.Floating = due.Date, due.Floating
		}
		_, completed := c.lines["COMPLETED"]
		status := strings.ToUpper(c.text("STATUS"))
		o.Done = status == "COMPLETED" || status == "" && (completed || c.text("PERCENT-COMPLETE") == "100")
	}
	_, rule := c.lines["RRULE"]
	_, dates := c.lines["RDATE"]
	_, exception := c.lines["RECURRENCE-ID"]
	o.Recurs = rule || dates || exception
	return o
}

// moment reads the property name; zero if there is none that can be read.
func (c *component) moment(name string, zones *zones) Moment {
	l, ok := c.lines[name]
	if !ok {
		return Moment{}
	}
	m, _ := zones.moment(strings.TrimSpace(l.Text()), &l)
	return m
}

var layouts = []struct {
	layout string
	date   bool
}{
	{"20060102T150405", false}, {"20060102", true}, {"20060102T1504", false},
	{"2006-01-02T15:04:05", false}, {"2006-01-02", true}, {"2006-01-02T15:04", false},
}

// parseTime reads a DATE or DATE-TIME (RFC 5545 sections 3.3.4 and 3.3.5), and
// the extended forms of ISO 8601, which some programs write, with an offset too.
// The result is in UTC, whether or not it says so.
func parseTime(s string) (t time.Time, date, utc, ok bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	s, utc = strings.CutSuffix(s, "Z")
	for _, l := range layouts {
		if t, err := time.Parse(l.layout, s); err == nil {
			return t, l.date, utc, true
		}
	}
	if len(s) < len("20060102T1504") {
		return time.Time{}, false, false, false
	}
	if i := strings.LastIndexAny(s, "+-"); i > len("2006-01-02") || i > len("20060102T") && s[8] == 'T' {
		if seconds, is := offset(s[i:]); is {
			t, date, _, ok = parseTime(s[:i])
			return t.Add(-time.Duration(seconds) * time.Second), date, true, ok && !date
		}
	}
	if s, second := strings.CutSuffix(s, "60"); second { // a leap second
		if t, date, _, ok := parseTime(s + "59"); ok && !date {
			return t, false, utc, true
		}
	}
	if day, time, is := strings.Cut(s, "T"); is && strings.Trim(time, "0:") == "24"[:min(2, len(time))] && strings.HasPrefix(time, "24") { // the end of a day
		if t, date, _, ok := parseTime(day); ok && date {
			return t.AddDate(0, 0, 1), false, utc, true
		}
	}
	return parseFraction(s, utc)
}

// parseFraction reads a time with a part of a second, which counts for nothing.
func parseFraction(s string, utc bool) (t time.Time, date, isUTC, ok bool) {
	whole, part, has := strings.Cut(s, ".")
	if !has || strings.Trim(part, "0123456789") != "" || !strings.Contains(whole, "T") {
		return time.Time{}, false, false, false
	}
	t, date, _, ok = parseTime(whole)
	return t, date, utc, ok && !date
}

// A length is a DURATION (RFC 5545 section 3.3.6): days of the calendar and an
// exact time.
type length struct {
	days  int
	exact time.Duration
}

func duration(s string) (l length, ok bool) {
	sign := 1
	if s, ok = strings.CutPrefix(s, "-"); ok {
		sign = -1
	}
	s, ok = strings.CutPrefix(strings.ToUpper(strings.TrimPrefix(s, "+")), "P")
	if !ok || s == "" {
		return length{}, false
	}
	inTime, n, digits := false, 0, 0
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9' && digits < 8:
			n, digits = n*10+int(c-'0'), digits+1
			continue
		case c == 'T' && digits == 0:
			inTime = true
			continue
		case digits == 0:
			return length{}, false
		case c == 'W':
			l.days += 7 * n * sign
		case c == 'D':
			l.days += n * sign
		case c == 'H' && inTime:
			l.exact += time.Duration(n*sign) * time.Hour
		case c == 'M' && inTime:
			l.exact += time.Duration(n*sign) * time.Minute
		case c == 'S' && inTime:
			l.exact += time.Duration(n*sign) * time.Second
		default:
			return length{}, false
		}
		n, digits = 0, 0
	}
	return l, digits == 0
}
