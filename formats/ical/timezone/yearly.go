package timezone

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"sidekeep/formats/ical/datetime"
)

// A yearly is the form of RRULE with which time zones say when clocks change:
// one day of each year.
type yearly struct {
	month    time.Month // 0: that of the start
	weekday  time.Weekday
	nth      int   // of that weekday in the month, negative from its end; 0: no weekday counts
	days     []int // of the month, of which the one on weekday counts, or the first if byDay is false
	byDay    bool
	until    time.Time // zero if it goes on
	untilUTC bool
	count    int // 0 if it goes on
}

// parseYearly reads an RRULE; ok is false if it is of another form.
func parseYearly(s string) (y *yearly, ok bool) {
	y = &yearly{}
	frequency := ""
	for part := range strings.SplitSeq(strings.ToUpper(strings.TrimSpace(s)), ";") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "FREQ":
			frequency = value
		case "UNTIL":
			var date bool
			y.until, date, y.untilUTC, ok = datetime.ParseTime(value)
			if !ok {
				return nil, false
			}
			if date {
				y.until = y.until.AddDate(0, 0, 1).Add(-time.Second)
			}
		case "COUNT":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				return nil, false
			}
			y.count = n
		case "BYMONTH":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 || n > 12 {
				return nil, false
			}
			y.month = time.Month(n)
		case "BYDAY":
			if !y.setDay(value) {
				return nil, false
			}
		case "BYMONTHDAY":
			for day := range strings.SplitSeq(value, ",") {
				n, err := strconv.Atoi(day)
				if err != nil || n == 0 || n < -31 || n > 31 {
					return nil, false
				}
				y.days = append(y.days, n)
			}
		case "INTERVAL":
			if value != "1" {
				return nil, false
			}
		case "WKST", "":
		default:
			return nil, false
		}
	}
	if y.byDay && y.nth == 0 && len(y.days) == 0 {
		return nil, false // every such day of the month
	}
	return y, frequency == "YEARLY" && (!y.byDay || y.nth == 0 || len(y.days) == 0) && (y.byDay || len(y.days) < 2)
}

func (y *yearly) setDay(s string) bool {
	if len(s) < 2 {
		return false
	}
	i := slices.Index(datetime.Weekdays, s[len(s)-2:])
	if i < 0 || y.byDay {
		return false
	}
	y.byDay, y.weekday = true, time.Weekday(i)
	if s = s[:len(s)-2]; s == "" {
		return true
	}
	n, err := strconv.Atoi(s)
	y.nth = n
	return err == nil && n != 0 && n >= -5 && n <= 5
}

// in gives the onset in a year; its time of day, and what the rule leaves open,
// are those of start.
func (y *yearly) in(year int, start time.Time) (t time.Time, exists bool) {
	month := y.month
	if month == 0 {
		month = start.Month()
	}
	at := func(day int) time.Time {
		return time.Date(year, month, day, start.Hour(), start.Minute(), start.Second(), 0, time.UTC)
	}
	length := at(1).AddDate(0, 1, -1).Day()
	switch {
	case y.byDay && y.nth > 0:
		day := 1 + (int(y.weekday-at(1).Weekday())+7)%7 + 7*(y.nth-1)
		return at(day), day <= length
	case y.byDay && y.nth < 0:
		day := length - (int(at(length).Weekday()-y.weekday)+7)%7 + 7*(y.nth+1)
		return at(day), day >= 1
	case len(y.days) == 0:
		return at(start.Day()), start.Day() <= length
	}
	for _, day := range y.days {
		if day < 0 {
			day += length + 1
		}
		if day >= 1 && day <= length && (!y.byDay || at(day).Weekday() == y.weekday) {
			return at(day), true
		}
	}
	return time.Time{}, false
}
