package sheet

import (
	"strconv"
	"strings"

	"sidekeep/formats/compose"
)

// date reads a date of a spreadsheet: 1985-04-12, --04-12, 12.4.1985, and with
// slashes in the order that the table has.
func (t *table) date(s string) (compose.Date, bool) {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, "--"); ok {
		m, d, ok := strings.Cut(rest, "-")
		if !ok && len(rest) == 4 {
			m, d = rest[:2], rest[2:]
		}
		return dateOf([3]string{"", m, d})
	}
	if a, b, year, ok := slashed(s); ok {
		if t.dayFirst && b <= 12 || a > 12 {
			a, b = b, a
		}
		return valid(compose.Date{Year: year, Month: a, Day: b})
	}
	if p := strings.Split(strings.TrimSuffix(s, "."), "."); len(p) == 3 || len(p) == 2 {
		year := ""
		if len(p) == 3 {
			year = p[2]
		}
		return dateOf([3]string{strings.TrimSpace(year), p[1], p[0]})
	}
	s, _, _ = strings.Cut(s, "T")
	if p := strings.Split(s, "-"); len(p) == 3 {
		return dateOf([3]string{p[0], p[1], p[2]})
	}
	if len(s) == 8 {
		return dateOf([3]string{s[:4], s[4:6], s[6:]})
	}
	return compose.Date{}, false
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

// dateOf makes a date of a year, a month and a day; the year may be missing.
func dateOf(p [3]string) (compose.Date, bool) {
	var n [3]int
	for i, s := range p {
		if s = strings.TrimSpace(s); s == "" && i == 0 {
			continue
		}
		v, err := strconv.ParseUint(s, 10, 16)
		if err != nil || i == 0 && len(s) != 4 {
			return compose.Date{}, false
		}
		n[i] = int(v)
	}
	return valid(compose.Date{Year: n[0], Month: n[1], Day: n[2]})
}

// valid is a date that the calendar has. The year 1604 is how Apple writes that
// it is not known.
func valid(d compose.Date) (compose.Date, bool) {
	if d.Year == 1604 {
		d.Year = 0
	}
	return d, d.Valid()
}
