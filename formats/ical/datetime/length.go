package datetime

import (
	"fmt"
	"strings"
	"time"

	"sidekeep/formats/ical/civil"
)

// A Duration is a DURATION (RFC 5545 section 3.3.6): days of the calendar and an
// exact time.
type Duration struct {
	Days  int
	Exact time.Duration
}

func (l Duration) Time() time.Duration { return time.Duration(l.Days)*24*time.Hour + l.Exact }

func ParseDuration(s string) (l Duration, ok bool) {
	sign := 1
	if s, ok = strings.CutPrefix(s, "-"); ok {
		sign = -1
	}
	s, ok = strings.CutPrefix(strings.ToUpper(strings.TrimPrefix(s, "+")), "P")
	if !ok || s == "" {
		return Duration{}, false
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
			return Duration{}, false
		case c == 'W':
			l.Days += 7 * n * sign
		case c == 'D':
			l.Days += n * sign
		case c == 'H' && inTime:
			l.Exact += time.Duration(n*sign) * time.Hour
		case c == 'M' && inTime:
			l.Exact += time.Duration(n*sign) * time.Minute
		case c == 'S' && inTime:
			l.Exact += time.Duration(n*sign) * time.Second
		default:
			return Duration{}, false
		}
		n, digits = 0, 0
	}
	return l, digits == 0
}

// DurationText writes a DURATION.
func DurationText(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	seconds := int(d / time.Second)
	days, seconds := seconds/civil.DaySeconds, seconds%civil.DaySeconds
	s := sign + "P"
	if days > 0 {
		s += fmt.Sprintf("%dD", days)
	}
	if seconds == 0 && days > 0 {
		return s
	}
	s += "T"
	for _, part := range []struct {
		n    int
		unit string
	}{{seconds / 3600, "H"}, {seconds / 60 % 60, "M"}, {seconds % 60, "S"}} {
		if part.n > 0 || seconds == 0 && part.unit == "S" {
			s += fmt.Sprint(part.n) + part.unit
		}
	}
	return s
}
