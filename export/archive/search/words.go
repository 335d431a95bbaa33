package search

import (
	"strings"
	"unicode"
)

// What of a search is looked at: more says nothing.
const (
	mostWords   = 32 // of a query
	mostLetters = 64 // of a word
	fewDigits   = 4  // that a telephone number has at least
	mostDigits  = 20 // and at most
)

// The marks of telephone numbers in the index, which are private to it: no word
// of a text or a query has them.
const (
	numberMark  = "\ue000" // then the digits, from the front
	reverseMark = "\ue001" // then the digits, from the end
)

// expand makes letters that people type as others, and scripts without spaces
// between words, findable. It is done to what is indexed and to what is looked
// for; case and accents are the index's own.
func expand(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] < 0x80
	}
	if plain {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/4)
	for _, r := range s {
		switch {
		case r == 'ß' || r == 'ẞ':
			b.WriteString("ss")
		case r == 'æ' || r == 'Æ':
			b.WriteString("ae")
		case r == 'œ' || r == 'Œ':
			b.WriteString("oe")
		case r == 'ø' || r == 'Ø':
			b.WriteByte('o')
		case r == 'ł' || r == 'Ł':
			b.WriteByte('l')
		case r == 'đ' || r == 'Đ' || r == 'ð' || r == 'Ð':
			b.WriteByte('d')
		case r == 'þ' || r == 'Þ':
			b.WriteString("th")
		case r == 'ı' || r == 'İ':
			b.WriteByte('i')
		case r >= 0xe000 && r <= 0xf8ff: // private
			b.WriteByte(' ')
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer):
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// digitsOf are the digits of a text.
func digitsOf(s string) string {
	var b strings.Builder
	for _, r := range s {
		if '0' <= r && r <= '9' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// A number is a telephone number: its digits without what stands before them to
// dial abroad or far away.
type number struct {
	digits string
	abroad bool // with a country's digits before it
}

func numberOf(s string) (n number, ok bool) {
	n.digits = digitsOf(s)
	switch {
	case strings.HasPrefix(strings.TrimSpace(s), "+"):
		n.abroad = true
		n.digits = strings.TrimPrefix(n.digits, "00")
	case strings.HasPrefix(n.digits, "00"):
		n.abroad = true
		n.digits = n.digits[2:]
	default:
		n.digits = strings.TrimPrefix(n.digits, "0")
	}
	return n, len(n.digits) >= fewDigits && len(n.digits) <= mostDigits
}

// home are the digits without those of a country, which are one to three.
func (n number) home() []string {
	var out []string
	for k := 1; n.abroad && k <= 3 && len(n.digits)-k >= fewDigits+2; k++ {
		out = append(out, strings.TrimPrefix(n.digits[k:], "0")) // as in +49 (0) 30
	}
	return out
}

// marks are the words by which the index finds a number however it is written.
func (n number) marks() string {
	var b strings.Builder
	for _, d := range append(n.home(), n.digits) {
		b.WriteString(" " + numberMark + d)
	}
	b.WriteString(" " + reverseMark)
	for i := len(n.digits) - 1; i >= 0; i-- {
		b.WriteByte(n.digits[i])
	}
	b.WriteByte(' ')
	return b.String()
}

// A wanted is what a search looks for.
type wanted struct {
	match string // an expression of the index
	cut   bool   // words were left out: there are too many
}

// want reads what a person typed: words, all of which are to be found, each as
// the beginning of a word of the text. What joins letters, as in an address of
// mail, joins them in the text too. ok is false if there is nothing to look for.
func want(typed string) (w wanted, ok bool) {
	var terms []string
	var run []string // words that may be one telephone number
	left := mostWords
	flush := func() {
		if len(run) == 0 {
			return
		}
		var plain []string
		for _, word := range run {
			plain = append(plain, phrase(word))
		}
		term := strings.Join(plain, " AND ")
		if n, ok := numberOf(strings.Join(run, " ")); ok {
			or := []string{`"` + numberMark + n.digits + `*"`, `"` + reverseMark + reverse(n.digits) + `*"`}
			for _, home := range n.home() {
				or = append(or, `"`+numberMark+home+`"`)
			}
			term = "((" + term + ") OR " + strings.Join(or, " OR ") + ")"
		}
		terms = append(terms, term)
		run = nil
	}
	for typed != "" {
		var word string
		word, typed = nextWord(typed)
		p := phrase(word)
		if p == "" {
			continue
		}
		if left--; left < 0 {
			w.cut = true
			break
		}
		if numberLike(word) {
			run = append(run, word)
			continue
		}
		flush()
		terms = append(terms, p)
	}
	flush()
	w.match = strings.Join(terms, " AND ")
	return w, len(terms) > 0
}

// nextWord cuts off what stands before the next white space, of which no more
// is looked at than can matter.
func nextWord(s string) (word, rest string) {
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	end := strings.IndexFunc(s, unicode.IsSpace)
	if end < 0 {
		end = len(s)
	}
	word, rest = s[:end], s[end:]
	if most := mostWords * mostLetters * 4; len(word) > most {
		word = strings.ToValidUTF8(word[:most], "")
	}
	return word, rest
}

func numberLike(word string) bool {
	digits := false
	for _, r := range word {
		switch {
		case '0' <= r && r <= '9':
			digits = true
		case !strings.ContainsRune("+-()/.–", r):
			return false
		}
	}
	return digits
}

// phrase is a word as the index takes it: its letters and digits in quotes,
// what parts them being a space. "" if it has none.
func phrase(word string) string {
	parts := strings.FieldsFunc(expand(strings.ToValidUTF8(word, " ")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
	var out []string
	for _, p := range parts {
		if strings.IndexFunc(p, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) < 0 {
			continue
		}
		if len(out) == mostWords {
			break
		}
		if letters := []rune(p); len(letters) > mostLetters {
			p = string(letters[:mostLetters]) + "*"
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		return ""
	}
	return `"` + strings.TrimSuffix(strings.Join(out, " "), "*") + `*"`
}

func reverse(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}
