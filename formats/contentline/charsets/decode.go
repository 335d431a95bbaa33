// Package charsets tells in which charset a text is that does not say so, and
// reads it. It guesses from how words of languages look, because files of
// phones have a handful of names in them and no more.
package charsets

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// ToUTF8 reads v in the charset that is declared, or else in the one that it looks
// like. What is UTF-8 stays as it is.
func ToUTF8(v, declared string) string {
	charset := Of(v, declared)
	if charset == "" {
		return v
	}
	if charset != declared && Mixed(v) {
		return repair(v)
	}
	out, err := Decoder(charset).NewDecoder().String(v)
	if err != nil {
		return strings.ToValidUTF8(v, "\ufffd")
	}
	return out
}

// Of tells in which charset v is, declared being what its line says; ""
// if it is UTF-8.
func Of(v, declared string) string {
	if strings.EqualFold(declared, "ISO-2022-JP") && strings.IndexByte(v, 0x1b) >= 0 {
		return declared // seven bits, so that it always looks like UTF-8
	}
	if utf8.ValidString(v) {
		return ""
	}
	if Decoder(declared) != nil {
		return declared
	}
	return Guess(v)
}

// Decoder returns the encoding of a charset's name, nil if there is none or if
// it is UTF-8.
func Decoder(charset string) encoding.Encoding {
	if charset == "" {
		return nil
	}
	name := strings.ToLower(strings.TrimSpace(charset))
	if n, ok := strings.CutPrefix(name, "cp"); ok {
		name = "windows-" + n
	}
	if name == "windows-932" {
		name = "shift_jis"
	}
	e, err := htmlindex.Get(name)
	if err != nil || isUnicode(e) {
		return nil
	}
	return e
}

func isUnicode(e encoding.Encoding) bool {
	name, err := htmlindex.Name(e)
	return err != nil || strings.HasPrefix(name, "utf-") || name == "replacement"
}

// Mixed tells whether s is UTF-8 with some bytes that are not, rather than
// another charset that has a character of UTF-8 in it by chance.
func Mixed(s string) bool {
	good, bad := 0, 0
	for i, r := range s {
		switch {
		case r < utf8.RuneSelf:
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)):
			bad++
		default:
			good++
		}
	}
	return good > 0 && good >= bad
}

// repair reads the bytes of s that are not UTF-8 as windows-1252, which has a
// character for every byte.
func repair(s string) string {
	var b strings.Builder
	for from := 0; from < len(s); {
		from += RepairRune(&b, s[from:])
	}
	return b.String()
}

// RepairRune repairs the first character of s, and returns its length in s.
func RepairRune(b *strings.Builder, s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		one, _ := Decoder("windows-1252").NewDecoder().String(s[:1])
		b.WriteString(one)
	} else {
		b.WriteString(s[:n])
	}
	return n
}
