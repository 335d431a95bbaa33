package recur

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"sidekeep/formats/ical/datetime"
)

// A Text is a rule as delivered.
type Text struct {
	Value string
	Old   bool // in the grammar of vCalendar 1.0
}

func (t Text) Parse() (*Rule, error) {
	if t.Old && !strings.Contains(strings.ToUpper(t.Value), "FREQ=") {
		return parseOldRule(t.Value)
	}
	return Parse(t.Value)
}

// parseOldRule reads a rule of vCalendar 1.0, section "Recurrence Rule
// Grammar": a frequency with its interval, what it repeats on, and #COUNT or a
// last date. Of rules within rules none is understood. The error is a
// [*RuleError].
func parseOldRule(s string) (*Rule, error) {
	fail := func(reason string) (*Rule, error) { return nil, &RuleError{Rule: s, Reason: reason} }
	fields := strings.Fields(strings.ToUpper(s))
	if len(fields) == 0 {
		return fail("it is empty")
	}
	kind := strings.TrimRight(fields[0], "0123456789")
	freqs := map[string]frequency{"D": dailyFreq, "W": weeklyFreq, "MP": monthlyFreq, "MD": monthlyFreq, "YM": yearlyFreq, "YD": yearlyFreq, "M": minutelyFreq}
	freq, ok := freqs[kind]
	if !ok {
		return fail("it does not start with D, W, MP, MD, YM, YD or M")
	}
	interval := 1
	if n := fields[0][len(kind):]; n != "" {
		if interval, ok = number(n, 0, maxInterval); !ok {
			return fail("its interval is no number")
		}
	}
	r := &Rule{freq: freq, interval: max(interval, 1), wkst: time.Monday}
	fields, ended, ok := r.oldEnd(fields[1:])
	if !ok {
		return fail("what follows its end is not understood")
	}
	if !ended {
		r.Count = 2 // "If a duration or an end date is not established, then the default is #2"
	}
	if !r.oldParts(kind, fields) {
		return fail("what it repeats on is not understood")
	}
	return r, nil
}

// oldEnd cuts #COUNT or the last date off the end of the fields.
func (r *Rule) oldEnd(fields []string) (rest []string, ended, ok bool) {
	for i, f := range fields {
		if n, is := strings.CutPrefix(f, "#"); is {
			r.Count, ok = number(n, 0, maxInterval)
			ok = ok && !ended
		} else if t, date, utc, is := datetime.ParseTime(f); is && len(f) >= 8 {
			r.Until, ok = datetime.Moment{Time: t, Date: date, Floating: !date && !utc}, true
		} else {
			if ended {
				return nil, false, false
			}
			continue
		}
		if !ok {
			return nil, false, false
		}
		if !ended {
			rest, ended = fields[:i], true
		}
	}
	if !ended {
		return fields, false, true
	}
	return rest, true, true
}

// oldParts reads what a rule of vCalendar repeats on.
func (r *Rule) oldParts(kind string, fields []string) bool {
	var places []int
	for _, f := range fields {
		f = strings.TrimSuffix(f, "$") // the end mark of a list: of no consequence without rules within rules
		if f == "" {
			continue
		}
		if !r.oldPart(kind, f, &places) {
			return false
		}
	}
	slices.Sort(r.byMonthDay)
	r.byMonthDay = slices.Compact(r.byMonthDay)
	if kind == "D" && len(places) != len(r.byHour)*len(r.byMinute) {
		return false // 0900 and 1730: such times are no hours with minutes of each
	}
	return kind != "MP" || len(r.byDay) > 0 || len(fields) == 0
}

func (r *Rule) oldPart(kind, f string, places *[]int) bool {
	if day, is := weekday(f); is && (kind == "W" || kind == "MP") {
		if kind == "W" {
			r.byDay = append(r.byDay, nthDay{0, time.Weekday(day)})
			return true
		}
		for _, n := range *places {
			r.byDay = append(r.byDay, nthDay{n, time.Weekday(day)})
		}
		return len(*places) > 0
	}
	switch kind {
	case "MP": // 1+ SU MO 2- FR: places, then weekdays
		n, ok := oldNumber(f, 5)
		if len(r.byDay) > 0 && r.byDay[len(r.byDay)-1].n == (*places)[len(*places)-1] {
			*places = nil
		}
		*places = append(*places, n)
		return ok
	case "MD":
		if f == "LD" {
			r.byMonthDay = append(r.byMonthDay, -1)
			return true
		}
		n, ok := oldNumber(f, 31)
		r.byMonthDay = append(r.byMonthDay, n)
		return ok
	case "YM":
		n, ok := number(f, 1, 12)
		r.byMonth = append(r.byMonth, n)
		return ok
	case "YD":
		n, ok := number(f, 1, 366)
		r.byYearDay = append(r.byYearDay, n)
		return ok
	case "D", "M": // times of day
		t, err := strconv.Atoi(f)
		if err != nil || kind == "M" || len(f) != 4 || t/100 > 23 || t%100 > 59 {
			return false
		}
		*places = append(*places, t)
		r.byHour, r.byMinute = addTo(r.byHour, t/100), addTo(r.byMinute, t%100)
		return true
	}
	return false
}

func addTo(list []int, n int) []int {
	if !slices.Contains(list, n) {
		list = append(list, n)
		slices.Sort(list)
	}
	return list
}

// oldNumber reads 3, 3+ or 3-, the last of which counts from the end.
func oldNumber(s string, most int) (int, bool) {
	body, back := strings.CutSuffix(s, "-")
	n, ok := number(strings.TrimSuffix(body, "+"), 1, most)
	if back {
		n = -n
	}
	return n, ok
}
