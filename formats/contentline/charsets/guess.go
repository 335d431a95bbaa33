package charsets

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSample is how many bytes a guess is made from: what is beyond ASCII in
// them tells more than enough.
const maxSample = 16 << 10

// fewest is how many characters beyond ASCII speak for another script than
// Latin, or for two bytes a character: one or two of them are found in every
// charset by chance. In a word without a letter of ASCII each counts twice.
const fewest = 3

// preference is by how much, in the logarithm of the likelihood, a charset has
// to be likelier than the first of the candidates.
const preference = 1.0

// Guess tells which charset text looks most like: text is values, one a line,
// that are not UTF-8. Short texts are often ambiguous, which is why a guess is
// made for a whole file where there is one, and why the bytes as delivered stay
// what is stored.
//
// It compares how likely the text is in each charset: letters by how frequent
// they are in the languages that are written in it, most words being of one
// language; other scripts by their most frequent characters.
func Guess(text string) string {
	text = text[:min(len(text), maxSample)]
	best, most := candidates[0].name, math.Inf(-1)
	for i, c := range candidates {
		decoded, err := Decoder(c.name).NewDecoder().String(text)
		if err != nil {
			continue
		}
		score, evidence := likelihood(decoded, c.models)
		if c.foreign && evidence < fewest {
			continue
		}
		if score -= float64(i) * preference / float64(len(candidates)); i > 0 {
			score -= preference
		}
		if score > most {
			best, most = c.name, score
		}
	}
	return best
}

// TwoBytes reports whether a guessed charset has characters of two bytes, which
// are valid UTF-8 by chance more often than others.
func TwoBytes(charset string) bool {
	switch charset {
	case "shift_jis", "euc-jp", "gbk", "big5", "euc-kr":
		return true
	}
	return false
}

// likelihood is the logarithm of how likely text is if most of it is in the
// likeliest of the languages, and how many characters beyond ASCII speak for it.
func likelihood(text string, languages []model) (score float64, evidence int) {
	totals := make([]float64, len(languages))
	scores := make([]float64, len(languages))
	signs := 0.0
	var word []rune
	flush := func() {
		if len(word) == 0 {
			return
		}
		for i := range languages {
			scores[i] = languages[i].word(word)
		}
		best := slices.Max(scores) + otherLanguage
		for i := range totals {
			totals[i] += max(scores[i], best)
		}
		evidence += speaking(word)
		word = word[:0]
	}
	runes := []rune(text)
	for i, r := range runes {
		switch {
		case isLetter(r), r >= utf8.RuneSelf && within(runes, i):
			word = append(word, r)
		case r >= utf8.RuneSelf:
			flush()
			signs += usualMark
		default:
			flush()
		}
	}
	flush()
	return slices.Max(totals) + signs, evidence
}

// speaking is how much a word says of the charset that it is in.
func speaking(word []rune) int {
	n, all := 0, true
	for _, r := range word {
		if r >= utf8.RuneSelf {
			n++
		} else {
			all = false
		}
	}
	if all {
		n *= 2
	}
	return n
}

// within reports whether the sign at i stands where a letter does.
func within(text []rune, i int) bool {
	before, after := i > 0 && isLetter(text[i-1]), i+1 < len(text) && isLetter(text[i+1])
	switch {
	case text[i] == utf8.RuneError || unicode.IsControl(text[i]):
		return true
	case strings.ContainsRune("’‘·–—…、。・「」ー～\u00a0\u3000", text[i]):
		return false
	case strings.ContainsRune("‚“”„•€«»¡¿°§©®™", text[i]):
		return before && after
	}
	return before || after
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }

// The logarithms of how likely a character is.
const (
	usualMark = -5.0
	noLetter  = -11.0 // a sign within a word, or a letter that the language does not have
	broken    = -16.0 // bytes that are no character
	oddCase   = -3.0  // a capital after a small letter
	twoKinds  = -3.0  // a letter of another script beside it
	alone     = -4.0  // a word of one letter
	// A word in another language than most of the text.
	otherLanguage = -2.0
)

// A model tells how likely a word is in a language.
type model struct {
	letters map[rune]float64 // logarithms; of small letters
	script  *unicode.RangeTable
	other   float64 // of a letter of the script that is not among letters
}

func (m *model) word(word []rune) float64 {
	sum := 0.0
	if len(word) == 1 && word[0] >= utf8.RuneSelf && m.script == unicode.Latin {
		sum = alone
	}
	for i, r := range word {
		if r < utf8.RuneSelf {
			continue
		}
		sum += m.letter(r)
		if i > 0 {
			sum += m.beside(word[i-1], r)
		}
		if i+1 < len(word) && word[i+1] < utf8.RuneSelf {
			sum += m.beside(word[i+1], r)
		}
		if i > 0 && unicode.IsUpper(r) && unicode.IsLower(word[i-1]) {
			sum += oddCase
		}
		if i+1 < len(word) && word[i+1] < utf8.RuneSelf && unicode.IsUpper(word[i+1]) && unicode.IsLower(r) {
			sum += oddCase
		}
	}
	return sum
}

// beside is what a neighbour of r takes from its likelihood: that it is of
// another script.
func (m *model) beside(neighbour, r rune) float64 {
	if m.script != unicode.Latin && neighbour < utf8.RuneSelf && unicode.IsLetter(neighbour) && unicode.IsLetter(r) {
		return twoKinds
	}
	return 0
}

func (m *model) letter(r rune) float64 {
	if r == utf8.RuneError {
		return broken
	}
	if w, ok := m.letters[unicode.ToLower(r)]; ok {
		return w
	}
	if m.script != unicode.Latin && unicode.Is(m.script, r) {
		return m.other
	}
	if m.script == unicode.Han && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
		return m.other
	}
	return noLetter
}
