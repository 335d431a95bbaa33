package loss

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// A phrase is a text as a set of words, so that their order, case, accents and
// what stands between them make no difference.
type phrase struct {
	text   string   // as delivered
	words  []string // folded, each once
	joined string   // all of them in their order
}

// say makes a phrase of texts.
func say(texts ...string) phrase {
	p := phrase{text: strings.TrimSpace(strings.Join(texts, " "))}
	for _, s := range texts {
		for w := range strings.FieldsFuncSeq(fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			p.joined += w
			if !slices.Contains(p.words, w) {
				p.words = append(p.words, w)
			}
		}
	}
	return p
}

func (p phrase) empty() bool { return len(p.words) == 0 }

// and joins two phrases.
func (p phrase) and(o phrase) phrase {
	out := phrase{text: p.text, words: slices.Clone(p.words), joined: p.joined + "\x00" + o.joined}
	for _, w := range o.words {
		if !slices.Contains(out.words, w) {
			out.words = append(out.words, w)
		}
	}
	return out
}

// has reports whether a folded word is one of p's, also if p writes it in two
// words or together with others.
func (p phrase) has(word string) bool {
	if slices.Contains(p.words, word) {
		return true
	}
	if utf8.RuneCountInString(word) >= 3 && !isNumber(word) && strings.Contains(p.joined, word) {
		return true
	}
	if plain := transliterated.Replace(word); plain != word {
		return p.has(plain)
	}
	return slices.ContainsFunc(p.words, func(w string) bool { return transliterated.Replace(w) == word }) ||
		len(p.words) > 1 && len(p.words) <= mostParts && spells(p.words, word)
}

// spells reports whether a word is some of words one after the other.
func spells(words []string, word string) bool {
	if word == "" {
		return true
	}
	for _, w := range words {
		if rest, ok := strings.CutPrefix(word, w); ok && spells(words, rest) {
			return true
		}
	}
	return false
}

// missing are the words of p that others do not have.
func (p phrase) missing(others phrase) (list []string) {
	for _, w := range p.words {
		if !others.has(w) {
			list = append(list, w)
		}
	}
	return list
}

// within reports whether all words of p are among others.
func (p phrase) within(others phrase) bool { return len(p.missing(others)) == 0 }

func isNumber(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
}

// mostParts is of how many words a name is put together.
const mostParts = 8

// transliterated folds what stands for an umlaut, as in "Mueller".
var transliterated = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "aa", "a")

var letters = strings.NewReplacer("ß", "ss", "ẞ", "ss", "ø", "o", "Ø", "o", "æ", "ae", "Æ", "ae", "œ", "oe", "Œ", "oe",
	"ł", "l", "Ł", "l", "đ", "d", "Đ", "d", "ð", "d", "þ", "th", "ı", "i", "’", "", "'", "", "ʼ", "", "`", "", "´", "", ".", " ")

// fold is a text without case, accents and apostrophes, in one Unicode form.
func fold(s string) string {
	if isPlain(s) {
		return strings.ToLower(s)
	}
	s = norm.NFKD.String(letters.Replace(s))
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c == '\'' || c == '`' || c == '.' {
			return false
		}
	}
	return true
}

// torn reports whether a text was damaged before: of what it said then, nothing
// can be missed.
func torn(s string) bool {
	if strings.ContainsRune(s, utf8.RuneError) {
		return true
	}
	for i := 1; i+1 < len(s); i++ {
		if s[i] == '?' && isLetter(s[i-1]) && isLetter(s[i+1]) {
			return true
		}
	}
	_, ok := mended(s)
	return ok
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf }

// mended undoes that UTF-8 was taken for Windows-1252 once.
func mended(s string) (string, bool) {
	if !strings.ContainsAny(s, "ÃÂÄÅÐÑâ") {
		return s, false
	}
	raw, err := charmap.Windows1252.NewEncoder().String(s)
	if err != nil || !utf8.ValidString(raw) || raw == s {
		return s, false
	}
	return raw, true
}
