package datetime

import (
	"strings"
	"time"
)

var layouts = []struct {
	layout string
	date   bool
}{
	{"20060102T150405", false}, {"20060102", true}, {"20060102T1504", false},
	{"2006-01-02T15:04:05", false}, {"2006-01-02", true}, {"2006-01-02T15:04", false},
}

// ParseTime reads a DATE or DATE-TIME (RFC 5545 sections 3.3.4 and 3.3.5), and
// the extended forms of ISO 8601, which some programs write, with an offset too.
// The result is in UTC, whether or not it says so.
func ParseTime(s string) (t time.Time, date, utc, ok bool) {
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
		if seconds, is := ParseOffset(s[i:]); is {
			t, date, _, ok = ParseTime(s[:i])
			return t.Add(-time.Duration(seconds) * time.Second), date, true, ok && !date
		}
	}
	if s, second := strings.CutSuffix(s, "60"); second { // a leap second
		if t, date, _, ok := ParseTime(s + "59"); ok && !date {
			return t, false, utc, true
		}
	}
	if day, time, is := strings.Cut(s, "T"); is && strings.Trim(time, "0:") == "24"[:min(2, len(time))] && strings.HasPrefix(time, "24") { // the end of a day
		if t, date, _, ok := ParseTime(day); ok && date {
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
	t, date, _, ok = ParseTime(whole)
	return t, date, utc, ok && !date
}

var Weekdays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}
