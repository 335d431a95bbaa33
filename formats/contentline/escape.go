package contentline

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Unescape undoes the backslashes of a text value (RFC 6350 section 3.4, RFC
// 5545 section 3.3.11). What is no escape is left as it is.
func Unescape(s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	var b strings.Builder
	for ; i >= 0 && i+1 < len(s); i = strings.IndexByte(s, '\\') {
		b.WriteString(s[:i])
		switch c := s[i+1]; c {
		case 'n', 'N':
			b.WriteByte('\n')
		case '\\', ',', ';', ':', '"':
			b.WriteByte(c)
		default:
			b.WriteString(s[i : i+2])
		}
		s = s[i+2:]
	}
	b.WriteString(s)
	return b.String()
}

// Fields splits a structured value at its semicolons; those behind a backslash
// do not count. The fields keep their backslashes.
func Fields(s string) []string {
	var out []string
	from := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ';':
			out = append(out, s[from:i])
			from = i + 1
		}
	}
	return append(out, s[from:])
}

// maxShown is how many characters of a text Shown returns.
const maxShown = 300

// Shown makes one line for a person out of a text: white space and control
// characters become single spaces, and a very long text is cut.
func Shown(s string) string {
	var b strings.Builder
	space, n := false, 0
	for _, r := range s {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError {
			space = true
			continue
		}
		if n++; n > maxShown {
			b.WriteString("…")
			break
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}
