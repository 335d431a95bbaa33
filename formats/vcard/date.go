package vcard

import (
	"strings"
	"time"
)

// parseDate reads the forms of ISO 8601 that cards have, basic and extended,
// truncated and reduced (RFC 6350 section 4.3), and the year/month/day of
// spreadsheets. What the value lacks is 0. ok is false if it is no date.
func parseDate(s string) (year, month, day int, clock string, ok bool) {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, "Tt "); i >= 0 {
		clock = strings.ToUpper(strings.TrimSpace(s[i+1:]))
		if s = s[:i]; !isClock(clock) {
			return 0, 0, 0, "", false
		}
	}
	year, month, day, ok = parseDay(s)
	if ok = ok || s == "" && clock != ""; !ok {
		return 0, 0, 0, "", false
	}
	if month > 12 || day > 31 {
		return 0, 0, 0, "", false
	}
	return year, month, day, clock, true
}

// IsDate reports whether s is a date that a calendar has, in one of the forms of
// cards: there is a 29 February without a year, and no 31 April.
func IsDate(s string) bool {
	year, month, day, _, ok := parseDate(s)
	if !ok || month == 0 || day == 0 {
		return ok
	}
	if year == 0 {
		year = 2000 // a leap year
	}
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() == day
}

func parseDay(s string) (year, month, day int, ok bool) {
	if rest, cut := strings.CutPrefix(s, "---"); cut {
		day, ok = digits(rest, 1, 2)
		return 0, 0, day, ok && day > 0
	}
	if rest, cut := strings.CutPrefix(s, "--"); cut {
		m, d, extended := strings.Cut(rest, "-")
		if !extended && len(rest) > 2 {
			m, d = rest[:2], rest[2:]
		}
		month, ok = digits(m, 1, 2)
		if ok && d != "" {
			day, ok = digits(d, 1, 2)
			ok = ok && day > 0
		}
		return 0, month, day, ok && month > 0
	}
	var room [4]string
	parts := dayParts(room[:0], s)
	if len(parts) == 1 && len(s) == 8 {
		parts = append(room[:0], s[:4], s[4:6], s[6:])
	}
	if len(parts) == 0 || len(parts) > 3 || strings.HasPrefix(s, "-") || strings.HasSuffix(s, "-") {
		return 0, 0, 0, false
	}
	if year, ok = digits(parts[0], 4, 4); ok && len(parts) > 1 {
		month, ok = digits(parts[1], 1, 2)
		ok = ok && month > 0
	}
	if ok && len(parts) > 2 {
		day, ok = digits(parts[2], 1, 2)
		ok = ok && day > 0
	}
	return year, month, day, ok && year+month+day > 0
}

// dayParts appends what stands between the separators of a date, as many as to
// has room for.
func dayParts(to []string, s string) []string {
	from := 0
	for i := 0; i <= len(s) && len(to) < cap(to); i++ {
		if i < len(s) && s[i] != '-' && s[i] != '/' && s[i] != '.' {
			continue
		}
		if i > from {
			to = append(to, s[from:i])
		}
		from = i + 1
	}
	return to
}

// digits reads a number of so many digits.
func digits(s string, from, to int) (n int, ok bool) {
	if len(s) < from || len(s) > to {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return n, true
}

// isClock tells whether s is a time of day, perhaps with a zone.
func isClock(s string) bool {
	n := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			n++
		case c == ':', c == '.', c == '-', c == '+', c == 'Z':
		default:
			return false
		}
	}
	return n >= 2
}

// basicClock is a time as vCard 4.0 has it: 102200Z.
func basicClock(s string) string { return strings.ReplaceAll(s, ":", "") }

// extendedClock is a time as vCard 3.0 has it: 10:22:00Z.
func extendedClock(s string) string {
	if strings.Contains(s, ":") {
		return s
	}
	at := strings.IndexAny(s, "Z+-.")
	if at < 0 {
		at = len(s)
	}
	body, rest := s[:at], s[at:]
	var b strings.Builder
	for i := range len(body) {
		if i > 0 && i%2 == 0 {
			b.WriteByte(':')
		}
		b.WriteByte(body[i])
	}
	if len(rest) == 5 && (rest[0] == '+' || rest[0] == '-') {
		rest = rest[:3] + ":" + rest[3:]
	}
	return b.String() + rest
}

// basicDate is a date as vCard 4.0 has it: 19850412, --0412, 1985-04, ---12.
func basicDate(year, month, day int, clock string) string {
	var b strings.Builder
	switch {
	case year > 0 && month > 0 && day > 0:
		b.WriteString(padded(year, 4) + padded(month, 2) + padded(day, 2))
	case year > 0 && month > 0:
		b.WriteString(padded(year, 4) + "-" + padded(month, 2))
	case year > 0:
		b.WriteString(padded(year, 4))
	case month > 0 && day > 0:
		b.WriteString("--" + padded(month, 2) + padded(day, 2))
	case month > 0:
		b.WriteString("--" + padded(month, 2))
	case day > 0:
		b.WriteString("---" + padded(day, 2))
	}
	if clock != "" {
		b.WriteString("T" + basicClock(clock))
	}
	return b.String()
}

// extendedDate is a whole date as vCard 3.0 has it: 1985-04-12.
func extendedDate(year, month, day int, clock string) string {
	s := padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
	if clock != "" {
		s += "T" + extendedClock(clock)
	}
	return s
}

func padded(n, width int) string {
	b := make([]byte, width)
	for i := width - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b)
}
