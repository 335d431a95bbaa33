package contentline

import (
	"strings"

	"sidekeep/formats/contentline/charsets"
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
	return charsets.ToUTF8(v, declared)
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
