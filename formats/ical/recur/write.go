package recur

import (
	"fmt"

	"sidekeep/formats/ical/datetime"
)

// String writes the rule as RFC 5545 has it.
func (r *Rule) String() string {
	s := "FREQ=" + frequencies[r.freq]
	if r.interval > 1 {
		s += fmt.Sprintf(";INTERVAL=%d", r.interval)
	}
	if r.Count > 0 {
		s += fmt.Sprintf(";COUNT=%d", r.Count)
	} else if !r.Until.IsZero() {
		s += ";UNTIL=" + datetime.MomentText(r.Until)
	}
	for _, part := range []struct {
		name string
		list []int
	}{{"BYMONTH", r.byMonth}, {"BYWEEKNO", r.byWeek}, {"BYYEARDAY", r.byYearDay}, {"BYMONTHDAY", r.byMonthDay},
		{"BYHOUR", r.byHour}, {"BYMINUTE", r.byMinute}, {"BYSECOND", r.bySecond}, {"BYSETPOS", r.bySetPos}} {
		for i, n := range part.list {
			if i == 0 {
				s += ";" + part.name + "="
			} else {
				s += ","
			}
			s += fmt.Sprint(n)
		}
	}
	if r.skip != omit {
		s = "RSCALE=GREGORIAN;" + s + ";SKIP=" + skips[r.skip]
	}
	for i, d := range r.byDay {
		if i == 0 {
			s += ";BYDAY="
		} else {
			s += ","
		}
		if d.n != 0 {
			s += fmt.Sprint(d.n)
		}
		s += datetime.Weekdays[d.day]
	}
	return s
}
