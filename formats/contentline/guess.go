package contentline

import (
	"unicode"
	"unicode/utf8"
)

// candidates are the charsets that guess knows, in the order of preference.
var candidates = []struct {
	name   string
	weight func(prev, r, next rune, lead byte) float64
}{
	{"windows-1252", latin},
	{"windows-1251", cyrillic},
	{"shift_jis", func(_, r, _ rune, lead byte) float64 { return han(r, lead >= 0x88 && lead <= 0x97, 1) }},
	{"gbk", func(_, r, _ rune, lead byte) float64 { return han(r, lead >= 0xb0 && lead <= 0xd7, 0.5) }},
	{"euc-jp", func(_, r, _ rune, lead byte) float64 { return han(r, lead >= 0xb0 && lead <= 0xcf, 1) }},
	{"big5", func(_, r, _ rune, lead byte) float64 { return han(r, lead >= 0xa4 && lead <= 0xc6, 0.3) }},
	{"euc-kr", func(_, r, _ rune, lead byte) float64 { return hangul(r) }},
}

// guess tells which charset b looks most like; b is not UTF-8. Short texts in
// East Asian charsets are often ambiguous, which is why the bytes as delivered
// stay what is stored.
func guess(b []byte) string {
	b = b[:min(len(b), 4096)]
	best, most := candidates[0].name, 0.0
	for i, c := range candidates {
		if s := score(b, i); s > most {
			best, most = c.name, s
		}
	}
	return best
}

// score is how well b reads in a candidate charset: the mean weight of its
// characters beyond ASCII, 0 if b is not valid in it.
func score(b []byte, candidate int) float64 {
	c := candidates[candidate]
	text, err := decoder(c.name).NewDecoder().Bytes(b)
	if err != nil {
		return 0
	}
	runes := []rune(string(text))
	sum, n := 0.0, 0
	at := 0
	for i, r := range runes {
		if r < utf8.RuneSelf {
			at++
			continue
		}
		if r == utf8.RuneError && i < len(runes)-1 {
			return 0
		}
		for at < len(b) && b[at] < utf8.RuneSelf { // a trail byte below 0x80
			at++
		}
		var prev, next rune
		var lead byte
		if i > 0 {
			prev = runes[i-1]
		}
		if i+1 < len(runes) {
			next = runes[i+1]
		}
		if at < len(b) {
			lead = b[at]
		}
		sum += c.weight(prev, r, next, lead)
		n++
		at += bytesOf(candidate, r)
	}
	return sum / float64(max(n, 1))
}

// bytesOf is how many bytes a character beyond ASCII takes in a candidate.
func bytesOf(candidate int, r rune) int {
	if candidate < 2 || candidates[candidate].name == "shift_jis" && halfwidth(r) {
		return 1
	}
	return 2
}

func halfwidth(r rune) bool { return r >= 0xff61 && r <= 0xff9f }

func latin(prev, r, next rune, _ byte) float64 {
	switch {
	case unicode.IsControl(r):
		return 0.05
	case unicode.IsLetter(r) && prev < utf8.RuneSelf && next < utf8.RuneSelf:
		return 0.85
	case unicode.IsLetter(r):
		return 0.35
	case unicode.IsPunct(r) || r == '€':
		return 0.6
	}
	return 0.3
}

func cyrillic(prev, r, next rune, _ byte) float64 {
	switch {
	case !unicode.Is(unicode.Cyrillic, r):
		return 0.2
	case unicode.IsUpper(r) && unicode.IsLower(prev):
		return 0.1
	case unicode.Is(unicode.Cyrillic, prev), unicode.Is(unicode.Cyrillic, next):
		return 0.8
	}
	return 0.3
}

func han(r rune, common bool, kana float64) float64 {
	switch {
	case halfwidth(r):
		return 0.4
	case unicode.In(r, unicode.Hiragana, unicode.Katakana):
		return kana
	case unicode.Is(unicode.Han, r) && common:
		return 0.9
	case unicode.Is(unicode.Han, r):
		return 0.3
	case r >= 0x3000 && r < 0x3040, r >= 0xff00 && r < 0xff61:
		return 0.7
	}
	return 0.1
}

func hangul(r rune) float64 {
	switch {
	case unicode.Is(unicode.Hangul, r) && r >= 0xac00:
		return 0.92
	case unicode.Is(unicode.Han, r):
		return 0.3
	}
	return 0.1
}
