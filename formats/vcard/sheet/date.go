package sheet

import (
	"strconv"
	"strings"
)

// date reads a date of a spreadsheet and returns it as vCard 4.0 has it:
// 1985-04-12, --04-12, 12.4.1985, and with slashes in the order that the table
// has.
func (t *table) date(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, "--"); ok {
		m, d, ok := strings.Cut(rest, "-")
		if !ok && len(rest) == 4 {
			m, d = rest[:2], rest[2:]
		}
		return parts([3]string{"", m, d})
	}
	if a, b, year, ok := slashed(s); ok {
		if t.dayFirst && b <= 12 || a > 12 {
			a, b = b, a
		}
		return ymd(year, a, b)
	}
	if p := strings.Split(strings.TrimSuffix(s, "."), "."); len(p) == 3 || len(p) == 2 {
		year := ""
		if len(p) == 3 {
			year = p[2]
		}
		return parts([3]string{strings.TrimSpace(year), p[1], p[0]})
	}
	s, _, _ = strings.Cut(s, "T")
	if p := strings.Split(s, "-"); len(p) == 3 {
		return parts([3]string{p[0], p[1], p[2]})
	}
	if len(s) == 8 {
		return parts([3]string{s[:4], s[4:6], s[6:]})
	}
	return "", false
}

// slashed reads 4/12/1985 and 4/12, in whichever order.
func slashed(s string) (a, b, year int, ok bool) {
	p := strings.Split(s, "/")
	if len(p) != 2 && len(p) != 3 {
		return 0, 0, 0, false
	}
	var n [3]int
	for i, part := range p {
		v, err := strconv.ParseUint(strings.TrimSpace(part), 10, 16)
		if err != nil {
			return 0, 0, 0, false
		}
		n[i] = int(v)
	}
	if len(p) == 3 && len(strings.TrimSpace(p[0])) == 4 { // 1985/04/12
		return n[1], n[2], n[0], true
	}
	if len(p) == 3 && n[2] < 100 {
		return 0, 0, 0, false // a year of two digits is anyone's guess
	}
	return n[0], n[1], n[2], true
}

// parts makes a date of a year, a month and a day; the year may be missing.
func parts(p [3]string) (string, bool) {
	var n [3]int
	for i, s := range p {
		if s = strings.TrimSpace(s); s == "" && i == 0 {
			continue
		}
		v, err := strconv.ParseUint(s, 10, 16)
		if err != nil || i == 0 && len(s) != 4 {
			return "", false
		}
		n[i] = int(v)
	}
	return ymd(n[0], n[1], n[2])
}

func ymd(year, month, day int) (string, bool) {
	if month < 1 || month > 12 || day < 1 || day > 31 || year > 9999 {
		return "", false
	}
	two := func(n int) string { return strconv.Itoa(100 + n)[1:] }
	if year == 0 || year == 1604 {
		return "--" + two(month) + two(day), true
	}
	return strconv.Itoa(10000 + year)[1:] + two(month) + two(day), true
}
