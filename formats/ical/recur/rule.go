// Package recur reads recurrence rules, those of RFC 5545 and RFC 7529 and those
// of vCalendar 1.0, and walks through the times that one rule names. What a
// series of rules, dates and exceptions comes to is left to package ical.
//
// It is written for this product and not taken from a library, because a rule
// has to be evaluated within bounds whatever it says, in time zones that a
// VTIMEZONE describes, and as programs of 1996 wrote it.
package recur

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/civil"
	"sidekeep/formats/ical/datetime"
)

// A RuleError says that a recurrence rule is not understood, so that
// occurrences are missing.
type RuleError struct {
	Rule   string // as delivered
	Reason string // a clause without a full stop, for a person to read
}

func (e *RuleError) Error() string {
	return fmt.Sprintf("the recurrence rule %q is not understood: %s", contentline.Shown(e.Rule), e.Reason)
}

// A frequency is the period that a rule repeats.
type frequency uint8

const (
	yearlyFreq frequency = iota
	monthlyFreq
	weeklyFreq
	dailyFreq
	hourlyFreq
	minutelyFreq
	secondlyFreq
)

var frequencies = []string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"}

// A nthDay is an entry of BYDAY.
type nthDay struct {
	n   int // 0: each
	day time.Weekday
}

// A Rule is an RRULE or EXRULE (RFC 5545 section 3.3.10). The lists are sorted
// and hold no value twice.
type Rule struct {
	freq                                   frequency
	interval                               int
	Count                                  int // 0 if it goes on
	Until                                  datetime.Moment
	wkst                                   time.Weekday
	bySecond, byMinute, byHour             []int
	byMonthDay, byYearDay, byWeek, byMonth []int
	bySetPos                               []int
	byDay                                  []nthDay
	skip                                   skip
}

// A skip says what becomes of a day that a month does not have (RFC 7529
// section 4.1).
type skip uint8

const (
	omit     skip = iota
	backward      // it is the last day of the month
	forward       // it is the first day of the next one
)

var skips = []string{"OMIT", "BACKWARD", "FORWARD"}

// gregorian are the names that RSCALE has for the calendar that all rules count
// by (RFC 7529 section 4.2, Unicode CLDR).
var gregorian = []string{"GREGORIAN", "GREGORY", "ISO8601"}

// maxInterval keeps sums of seconds far from overflow.
const maxInterval = 1 << 30

// Parse reads a rule as programs write it: in any case, with white space,
// empty and unknown parts, which are passed over. The error is a [*RuleError].
func Parse(s string) (*Rule, error) {
	r := &Rule{interval: 1, wkst: time.Monday}
	fail := func(format string, args ...any) (*Rule, error) {
		return nil, &RuleError{Rule: s, Reason: fmt.Sprintf(format, args...)}
	}
	hasFreq := false
	for part := range strings.SplitSeq(strings.ToUpper(s), ";") {
		name, value, _ := strings.Cut(part, "=")
		name, value = strings.TrimSpace(name), strings.Trim(value, " \t\r\n,")
		if name == "" || value == "" {
			continue
		}
		if name == "FREQ" {
			i := slices.Index(frequencies, value)
			if i < 0 {
				return fail("FREQ=%s is no frequency", contentline.Shown(value))
			}
			r.freq, hasFreq = frequency(i), true
			continue
		}
		if name == "RSCALE" && !slices.Contains(gregorian, value) {
			return fail("it counts by the calendar %s, which Sidekeep does not know", contentline.Shown(value))
		}
		if !r.set(name, value) {
			return fail("%s=%s makes no sense", name, contentline.Shown(value))
		}
	}
	if !hasFreq {
		return fail("it has no FREQ")
	}
	return r, nil
}

// set reads one part of a rule.
func (r *Rule) set(name, value string) bool {
	ok := true
	switch name {
	case "INTERVAL":
		r.interval, ok = number(value, 0, maxInterval)
		r.interval = max(r.interval, 1)
	case "COUNT":
		r.Count, ok = number(value, 0, maxInterval) // 0 as vCalendar has it: no end
	case "UNTIL":
		t, date, utc, valid := datetime.ParseTime(value)
		r.Until, ok = datetime.Moment{Time: t, Date: date, Floating: !date && !utc}, valid
	case "WKST":
		var i int
		i, ok = weekday(value)
		r.wkst = time.Weekday(i)
	case "BYSECOND":
		r.bySecond, ok = numbers(value, 0, 60, false)
		for i, n := range r.bySecond {
			r.bySecond[i] = min(n, 59) // a leap second (RFC 5545 section 3.3.12)
		}
		r.bySecond = slices.Compact(r.bySecond)
	case "BYMINUTE":
		r.byMinute, ok = numbers(value, 0, 59, false)
	case "BYHOUR":
		r.byHour, ok = numbers(value, 0, 23, false)
	case "BYMONTHDAY":
		r.byMonthDay, ok = numbers(value, 1, 31, true)
	case "BYYEARDAY":
		r.byYearDay, ok = numbers(value, 1, 366, true)
	case "BYWEEKNO":
		r.byWeek, ok = numbers(value, 1, 53, true)
	case "BYMONTH":
		r.byMonth, ok = numbers(value, 1, 12, false)
	case "BYSETPOS":
		r.bySetPos, ok = numbers(value, 1, maxInterval, true)
	case "BYDAY", "BYWEEKDAY":
		r.byDay, ok = nthDays(value)
	case "SKIP":
		i := slices.Index(skips, value)
		r.skip, ok = skip(max(i, 0)), i >= 0
	}
	return ok
}

func number(s string, from, to int) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	return n, err == nil && n >= from && n <= to
}

// numbers reads a list; signed says that the numbers may count from the end.
func numbers(s string, from, to int, signed bool) ([]int, bool) {
	var out []int
	for item := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(item))
		if err != nil || (n < from || n > to) && (!signed || -n < from || -n > to) {
			return nil, false
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return slices.Compact(out), true
}

func weekday(s string) (int, bool) {
	i := slices.Index(datetime.Weekdays, strings.TrimSpace(s))
	return max(i, 0), i >= 0
}

func nthDays(s string) ([]nthDay, bool) {
	var out []nthDay
	for item := range strings.SplitSeq(s, ",") {
		item = strings.TrimSpace(item)
		if len(item) < 2 {
			return nil, false
		}
		day, ok := weekday(item[len(item)-2:])
		n := 0
		if nth := item[:len(item)-2]; ok && nth != "" {
			n, ok = number(nth, -53, 53)
		}
		if !ok {
			return nil, false
		}
		if d := (nthDay{n, time.Weekday(day)}); !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out, true
}

// complete adds what the rule leaves to its start (RFC 5545 section 3.3.10:
// "information, not contained in the rule ... derived from DTSTART").
func (r *Rule) complete(wall int) {
	day := civil.FloorDiv(wall, civil.DaySeconds)
	_, month, monthDay := civil.DateOf(day)
	second := civil.FloorMod(wall, civil.DaySeconds)
	if len(r.byYearDay)+len(r.byMonthDay)+len(r.byDay) == 0 {
		switch {
		case r.freq == yearlyFreq && len(r.byWeek) > 0, r.freq == weeklyFreq:
			r.byDay = []nthDay{{0, civil.WeekdayOf(day)}}
		case r.freq == yearlyFreq && len(r.byMonth) == 0:
			r.byMonth = []int{month}
			fallthrough
		case r.freq == yearlyFreq, r.freq == monthlyFreq && len(r.byWeek) == 0:
			r.byMonthDay = []int{monthDay}
		}
	}
	if len(r.byHour) == 0 && r.freq < hourlyFreq {
		r.byHour = []int{second / 3600}
	}
	if len(r.byMinute) == 0 && r.freq < minutelyFreq {
		r.byMinute = []int{second / 60 % 60}
	}
	if len(r.bySecond) == 0 && r.freq < secondlyFreq {
		r.bySecond = []int{second % 60}
	}
}
