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
	"PERCENT-COMPLETE": true, "RRULE": true, "RDATE": true, "RECURRENCE-ID": true,
}

func read(raw []byte) (Object, error) {
	var master, first *component
	var current component
	zones := &zones{}
	uid := ""
	var w walker
	err := w.walk(raw, func(l *contentline.Line, mark contentline.Mark) {
		if len(w.stack) < 2 {
			return
		}
		if w.stack[1] == "VTIMEZONE" {
			zones.line(l, mark, len(w.stack)-2)
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
	start, startOK := c.time("DTSTART", zones)
	due, dueOK := c.time("DUE", zones)
	if startOK {
		o.Start, o.AllDay, o.Floating = start.t, start.date, start.floating
	}
	if c.name == "VTODO" {
		if length, ok := duration(c.text("DURATION")); ok && !dueOK && startOK {
			due, dueOK = moment{t: length.after(start.t), floating: start.floating}, true
		}
		if dueOK {
			o.Due = due.t
		}
		if dueOK && !startOK {
			o.AllDay, o.Floating = due.date, due.floating
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

// A moment is a DATE or a DATE-TIME.
type moment struct {
	t        time.Time
	date     bool
	floating bool
}

// time reads the property name; ok is false if there is none that can be read.
func (c *component) time(name string, zones *zones) (m moment, ok bool) {
	l, ok := c.lines[name]
	if !ok {
		return moment{}, false
	}
	t, date, utc, ok := parseTime(l.Value)
	switch {
	case !ok:
		return moment{}, false
	case date:
		return moment{t: t, date: true}, true
	case utc:
		return moment{t: t}, true
	}
	if id := strings.TrimSpace(l.Param("TZID")); id != "" {
		if t, ok := zones.in(id, t); ok {
			return moment{t: t}, true
		}
	}
	return moment{t: t, floating: true}, true
}

var layouts = []struct {
	layout string
	date   bool
}{
	{"20060102T150405", false}, {"20060102", true}, {"20060102T1504", false},
	{"2006-01-02T15:04:05", false}, {"2006-01-02", true}, {"2006-01-02T15:04", false},
}

// parseTime reads a DATE or DATE-TIME (RFC 5545 sections 3.3.4 and 3.3.5), and
// the extended forms of ISO 8601, which some programs write. The result is in
// UTC, whether or not it says so.
func parseTime(s string) (t time.Time, date, utc, ok bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	s, utc = strings.CutSuffix(s, "Z")
	for _, l := range layouts {
		if t, err := time.Parse(l.layout, s); err == nil {
			return t, l.date, utc, true
		}
	}
	if s, second := strings.CutSuffix(s, "60"); second && len(s) == len("20060102T1504") { // a leap second
		if t, err := time.Parse("20060102T1504", s); err == nil {
			return t.Add(59 * time.Second), false, utc, true
		}
	}
	return time.Time{}, false, false, false
}

// A length is a DURATION (RFC 5545 section 3.3.6): days of the calendar and an
// exact time.
type length struct {
	days  int
	exact time.Duration
}

func (l length) after(t time.Time) time.Time { return t.AddDate(0, 0, l.days).Add(l.exact) }

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
