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
	b.Grow(len(s) - 1)
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
	return AppendFields(make([]string, 0, 1+strings.Count(s, ";")), s)
}

// AppendFields appends what Fields returns.
func AppendFields(out []string, s string) []string {
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

// List splits a value at its commas; those behind a backslash do not count.
// The parts keep their backslashes.
func List(s string) []string {
	out := make([]string, 0, 1+strings.Count(s, ","))
	from := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ',':
			out = append(out, s[from:i])
			from = i + 1
		}
	}
	return append(out, s[from:])
}

// Escape is a text as a value of type TEXT (RFC 6350 section 3.4, RFC 5545
// section 3.3.11), of a list or of a structured value. It takes plain text:
// what it returns is not to be escaped again.
func Escape(s string) string {
	if !strings.ContainsAny(s, "\\,;\r\n") {
		return s
	}
	return escapes.Replace(s)
}

var escapes = strings.NewReplacer(`\`, `\\`, `,`, `\,`, `;`, `\;`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// EscapeList is several texts as one value, with commas between them.
func EscapeList(texts []string) string {
	var b strings.Builder
	for i, s := range texts {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(Escape(s))
	}
	return b.String()
}

// EscapeFields is a structured value: fields with semicolons between them,
// each of them a list.
func EscapeFields(fields [][]string) string {
	var b strings.Builder
	for i, field := range fields {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(EscapeList(field))
	}
	return b.String()
}

// EscapeURI is a URI as a value: as it is, because a backslash would change
// it. What no URI may have, control characters and spaces, is percent-encoded
// (RFC 3986 section 2.1).
func EscapeURI(s string) string {
	if !strings.ContainsFunc(s, notInURI) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; notInURI(rune(c)) {
			b.WriteString("%" + string("0123456789ABCDEF"[c>>4]) + string("0123456789ABCDEF"[c&15]))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func notInURI(r rune) bool { return r <= ' ' || r == 0x7f }

// maxShown is how many characters of a text Shown returns.
const maxShown = 300

// Shown makes one line for a person out of a text: white space and control
// characters become single spaces, and a very long text is cut.
func Shown(s string) string {
	if isShown(s) {
		return s
	}
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

// isShown tells whether Shown leaves s as it is.
func isShown(s string) bool {
	if len(s) > maxShown || strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") || strings.Contains(s, "  ") {
		return false
	}
	for _, r := range s {
		if r != ' ' && (unicode.IsSpace(r) || unicode.IsControl(r)) || r == utf8.RuneError {
			return false
		}
	}
	return true
}
