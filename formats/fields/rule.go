package fields

import (
	"strconv"
	"strings"
	"time"
)

// rule is a recurrence rule (RFC 5545 section 3.3.10) in words: "every 2 weeks
// on Monday and Friday, until 24 December 2026". One that says more stays as it
// is.
func rule(text string) string {
	every, on, end := "", "", ""
	interval := 1
	for part := range strings.SplitSeq(strings.ToUpper(text), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		ok := true
		switch name {
		case "FREQ":
			every = map[string]string{"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}[value]
			ok = every != ""
		case "INTERVAL":
			n, err := strconv.Atoi(value)
			interval, ok = n, err == nil && n > 0
		case "BYDAY":
			on, ok = weekdays(value)
		case "COUNT":
			n, err := strconv.Atoi(value)
			end, ok = ", "+count(n, "time"), err == nil
		case "UNTIL":
			end, ok = until(value)
		case "WKST", "":
		default:
			ok = false
		}
		if !ok {
			return text
		}
	}
	if every == "" {
		return text
	}
	if interval > 1 {
		every = strconv.Itoa(interval) + " " + every + "s"
	}
	return "every " + every + on + end
}

func weekdays(value string) (on string, ok bool) {
	names := map[string]time.Weekday{"MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6, "SU": 0}
	var days []string
	for day := range strings.SplitSeq(value, ",") {
		d, ok := names[strings.TrimSpace(day)]
		if !ok {
			return "", false
		}
		days = append(days, d.String())
	}
	if n := len(days); n > 1 {
		days = append(days[:n-2], days[n-2]+" and "+days[n-1])
	}
	return " on " + strings.Join(days, ", "), true
}

func until(value string) (end string, ok bool) {
	if len(value) < 8 {
		return "", false
	}
	t, err := time.Parse("20060102", value[:8])
	return ", until " + t.Format("2 January 2006"), err == nil
}
