package loss

import (
	"strings"
)

// sameDigits is from how many digits at the end on two telephone numbers can be
// told to be one.
const sameDigits = 7

// A number is a telephone number.
type number struct {
	text      string // as delivered
	digits    string // those that are dialled first
	extension string // those after them
	other     string // what it says if it has no digits
	abroad    bool   // it begins with the code of its country
	labels    []string
}

func dial(s string) number {
	n := number{text: strings.TrimSpace(s)}
	s = strings.ToLower(strings.TrimPrefix(strings.ToLower(n.text), "tel:"))
	main, extension := s, ""
	count := 0
	for i, r := range s {
		if '0' <= r && r <= '9' {
			count++
		} else if count >= 3 && strings.ContainsRune(";,#xpwe", r) {
			main, extension = s[:i], s[i:]
			break
		}
	}
	n.digits, n.extension = digits(strings.Replace(main, "(0)", "", 1)), digits(extension)
	if strings.HasPrefix(extension, ";") && !strings.Contains(extension, "ext") {
		n.extension = "" // a parameter of a tel: URI
	}
	n.abroad = strings.HasPrefix(strings.TrimLeft(main, " ("), "+") || strings.HasPrefix(n.digits, "00") && len(n.digits) > 8
	if n.digits == "" {
		n.other = strings.ToLower(n.text)
	}
	return n
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func (n number) empty() bool { return n.digits == "" && n.other == "" }

// same reports whether two numbers reach the same person: they end alike, and
// what stands before that is what is dialled from elsewhere.
func (n number) same(o number) bool {
	if n.digits == "" || o.digits == "" {
		return n.digits == o.digits && n.other == o.other
	}
	if n.digits+n.extension == o.digits+o.extension {
		return true
	}
	if n.extension != "" && n.extension != o.extension {
		return false
	}
	a, b := n.digits, o.digits
	k := 0
	for k < len(a) && k < len(b) && a[len(a)-1-k] == b[len(b)-1-k] {
		k++
	}
	if k < sameDigits && (strings.TrimLeft(a, "0") != strings.TrimLeft(b, "0")) {
		return false
	}
	if k < len(a) && k < len(b) && a[:len(a)-k] == "0" && b[:len(b)-k] == "3" && a[1:2] == "6" {
		return true // 06, from within Hungary
	}
	a, b = a[:len(a)-k], b[:len(b)-k]
	switch {
	case !plausible(n, o):
		return false
	case n.abroad && o.abroad:
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		return a == b || a == b+"0" || a+"0" == b // a trunk prefix that does not belong there
	case a == "0" && o.abroad && withoutTrunk(b), b == "0" && n.abroad && withoutTrunk(a):
		return false
	}
	return dialled(a) && dialled(b)
}

// withoutTrunk reports whether numbers of a country never begin with a 0 that is
// not dialled from abroad.
func withoutTrunk(code string) bool {
	code = strings.TrimLeft(code, "0")
	return code != "" && strings.Contains(" 1 7 30 34 39 45 47 48 52 65 351 352 356 357 370 371 372 420 852 853 ", " "+code+" ")
}

// plausible reports whether one of two numbers that end alike may be the other
// with the code of its country: no British number begins with 4 or 6, and those
// with 3 have ten digits.
func plausible(n, o number) bool {
	for _, x := range []number{n, o} {
		rest, ok := strings.CutPrefix(strings.TrimLeft(x.digits, "0"), "44")
		if ok && x.abroad && n.abroad != o.abroad && (strings.HasPrefix(rest, "4") || strings.HasPrefix(rest, "6") || strings.HasPrefix(rest, "3") && len(rest) != 10) {
			return false
		}
	}
	return true
}

// given is the code of a country that a number got which had none: "" if the two
// are not one, or if it had one.
func (n number) given(o number) string {
	if n.abroad || !o.abroad || n.digits == "" || !n.same(o) {
		return ""
	}
	return o.code()
}

// code is the code of the country with which a number begins, "" if it has none.
func (n number) code() string {
	s := strings.TrimLeft(n.digits, "0")
	for k := 1; n.abroad && k <= 3 && k <= len(s); k++ {
		if isCountry(s[:k]) {
			return s[:k]
		}
	}
	return ""
}

// dialled reports whether digits before a number only lead to its country. What
// begins with one 0 leads to a place in it.
func dialled(s string) bool {
	if strings.HasPrefix(s, "0") && !strings.HasPrefix(s, "00") && !strings.HasPrefix(s, "011") && len(s) > 1 {
		return s == "06" || s == "01" || s == "044" || s == "045" // trunk prefixes of Hungary and Mexico
	}
	s = strings.TrimLeft(s, "0")
	switch s {
	case "", "8", "1", "9":
		return true // trunk prefixes
	}
	s = strings.TrimPrefix(s, "11") // 011, from North America
	for _, trunk := range []string{"", "0", "1", "9"} {
		if code, ok := strings.CutSuffix(s, trunk); ok && isCountry(code) {
			return true
		}
	}
	return false
}

// isCountry reports whether s is a calling code of ITU-T E.164.
func isCountry(s string) bool {
	switch len(s) {
	case 1:
		return s == "1" || s == "7"
	case 2:
		return strings.Contains(" 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 ", " "+s+" ")
	case 3:
		return strings.Contains(" 21 22 23 24 25 26 28 29 35 37 38 42 50 59 67 68 69 80 85 87 88 96 97 99 ", " "+s[:2]+" ")
	}
	return false
}
