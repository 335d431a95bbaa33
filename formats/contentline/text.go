package contentline

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// Text returns the value in UTF-8, with quoted-printable undone. Escapes with a
// backslash are left to who knows the value's type. Bytes that are not UTF-8
// are read in the line's CHARSET, otherwise in the charset that they look like.
func (l *Line) Text() string {
	v := l.Value
	if l.Quoted() {
		v = unquotePrintable(v)
	}
	declared := ""
	if len(l.Params) > 0 {
		declared = l.Param("CHARSET")
	}
	return toUTF8(v, declared)
}

func toUTF8(v, declared string) string {
	charset := charsetOf(v, declared)
	if charset == "" {
		return v
	}
	if charset != declared && mixed(v) {
		return repair(v)
	}
	out, err := decoder(charset).NewDecoder().String(v)
	if err != nil {
		return strings.ToValidUTF8(v, "\ufffd")
	}
	return out
}

// charsetOf tells in which charset v is, declared being what its line says; ""
// if it is UTF-8.
func charsetOf(v, declared string) string {
	if strings.EqualFold(declared, "ISO-2022-JP") && strings.IndexByte(v, 0x1b) >= 0 {
		return declared // seven bits, so that it always looks like UTF-8
	}
	if utf8.ValidString(v) {
		return ""
	}
	if decoder(declared) != nil {
		return declared
	}
	return guess(v)
}

// decoder returns the encoding of a charset's name, nil if there is none or if
// it is UTF-8.
func decoder(charset string) encoding.Encoding {
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

// unquotePrintable undoes quoted-printable (RFC 2045 section 6.7); what is no
// valid escape is left as it is.
func unquotePrintable(s string) string {
	i := strings.IndexByte(s, '=')
	if i < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for ; i >= 0; i = strings.IndexByte(s, '=') {
		out = append(out, s[:i]...)
		s = s[i:]
		if len(s) >= 3 && isHex(s[1]) && isHex(s[2]) {
			out = append(out, unhex(s[1])<<4|unhex(s[2]))
			s = s[3:]
			continue
		}
		if len(s) > 1 { // one at the very end is a soft break without a rest
			out = append(out, '=')
		}
		s = s[1:]
	}
	return string(append(out, s...))
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}

// mixed tells whether s is UTF-8 with some bytes that are not, rather than
// another charset that has a character of UTF-8 in it by chance.
func mixed(s string) bool {
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
		from += repairRune(&b, s[from:])
	}
	return b.String()
}

// repairRune repairs the first character of s, and returns its length in s.
func repairRune(b *strings.Builder, s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		one, _ := decoder("windows-1252").NewDecoder().String(s[:1])
		b.WriteString(one)
	} else {
		b.WriteString(s[:n])
	}
	return n
}
