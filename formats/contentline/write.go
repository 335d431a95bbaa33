package contentline

import (
	"strings"
	"unicode/utf8"
)

// MaxWidth is how many bytes a written line has at most, its line end not
// counting (RFC 6350 section 3.2, RFC 5545 section 3.1).
const MaxWidth = 75

// Append appends l to b as vCard 3.0, vCard 4.0 and iCalendar write it: group,
// name and parameters as they are, and the value, which has to be escaped
// already as its type wants it: see [Escape], [EscapeList], [EscapeFields] and
// [EscapeURI]. The line is folded at [MaxWidth] bytes without splitting a
// character, and ends with CRLF.
//
// Parameter values are quoted where they have to be (RFC 6350 section 3.3),
// and what quotes cannot hold is written as RFC 6868 has it. A parameter
// without values, as vCard 2.1 has them, is written as a TYPE. A line break in
// the value becomes \n, and another control character but for the tab goes, so
// that a line stays one line whatever it holds. A line without a name is
// written as its value alone. Cut lines are not written.
func Append(b []byte, l *Line) []byte {
	if l.Cut {
		return b
	}
	from := len(b)
	b = appendName(b, l)
	for _, p := range l.Params {
		b = append(b, ';')
		b = appendParam(b, p)
	}
	if l.Name != "" {
		b = append(b, ':')
	}
	b = appendSafe(b, l.Value, `\n`)
	return fold(b, from)
}

// Fold appends a line that is written already but for its end, folded as Append
// does it.
func Fold(b []byte, line string) []byte { return fold(append(b, line...), len(b)) }

// ParamValue is a text as the value of a parameter, as Append writes it: in
// quotes where it has to be.
func ParamValue(text string) string { return string(appendValue(nil, text)) }

// AppendOld appends l to b as vCard 2.1 and vCalendar 1.0 write it. The value
// is not encoded yet and holds line breaks as they are; ENCODING and CHARSET
// among the parameters are ignored unless they say base64. A value that is not
// short, printable ASCII is written as quoted-printable in UTF-8, with soft
// line breaks; base64 is folded and ends with a blank line. A parameter named
// TYPE is written as its values alone where these old formats know them.
func AppendOld(b []byte, l *Line) []byte {
	if l.Cut {
		return b
	}
	from := len(b)
	b = appendName(b, l)
	b = appendOldParams(b, l)
	if l.Name == "" {
		return append(appendSafe(b, l.Value, " "), "\r\n"...)
	}
	if l.Base64() {
		b = append(b, ";ENCODING=BASE64:"...)
		b = append(b, l.Value...)
		return append(fold(b, from), "\r\n"...)
	}
	if len(b)-from+1+len(l.Value) <= MaxWidth && isPrintable(l.Value) {
		b = append(b, ':')
		b = append(b, l.Value...)
		return append(b, "\r\n"...)
	}
	if !isASCII(l.Value) {
		b = append(b, ";CHARSET=UTF-8"...)
	}
	b = append(b, ";ENCODING=QUOTED-PRINTABLE:"...)
	return append(appendQuoted(b, l.Value, len(b)-from), "\r\n"...)
}

func appendName(b []byte, l *Line) []byte {
	if l.Group != "" {
		b = append(b, l.Group...)
		b = append(b, '.')
	}
	return append(b, l.Name...)
}

// fold breaks the line that starts at from, and ends it.
func fold(b []byte, from int) []byte {
	n := len(b) - from
	if n <= MaxWidth {
		return append(b, "\r\n"...)
	}
	line := append(make([]byte, 0, n), b[from:]...)
	b = b[:from]
	for width := MaxWidth; len(line) > width; width = MaxWidth - 1 {
		cut := width
		for cut > width-utf8.UTFMax && !utf8.RuneStart(line[cut]) {
			cut--
		}
		b = append(b, line[:cut]...)
		b = append(b, "\r\n "...)
		line = line[cut:]
	}
	b = append(b, line...)
	return append(b, "\r\n"...)
}

// appendSafe appends s without control characters, with each line break as
// given, and in valid UTF-8.
func appendSafe(b []byte, s, lineBreak string) []byte {
	if isClean(s) {
		return append(b, s...)
	}
	for i, r := range s {
		switch {
		case r == '\r' && strings.HasPrefix(s[i+1:], "\n"):
		case r == '\r', r == '\n':
			b = append(b, lineBreak...)
		case r == '\t', r >= ' ' && r != 0x7f:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}

// isClean tells whether s is UTF-8 without control characters.
func isClean(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7f {
			return false
		}
	}
	return utf8.ValidString(s)
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isPrintable tells whether s can stand in a line of vCard 2.1 as it is.
func isPrintable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return !strings.HasSuffix(s, " ") && !strings.HasPrefix(s, " ")
}

// appendParam appends a parameter of vCard 3.0, 4.0 and iCalendar.
func appendParam(b []byte, p Param) []byte {
	if p.Values == nil {
		return appendValue(append(b, "TYPE="...), p.Name)
	}
	b = append(b, paramName(p.Name)...)
	for i, v := range p.Values {
		if i == 0 {
			b = append(b, '=')
		} else {
			b = append(b, ',')
		}
		b = appendValue(b, v)
	}
	return b
}

// paramName is a parameter's name without what no name may have.
func paramName(s string) string {
	if IsName(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && IsName(string(r)) {
			return r
		}
		return -1
	}, s)
	if s == "" {
		return "X"
	}
	return s
}

// appendValue appends a parameter's value (RFC 6350 section 3.3, RFC 6868).
func appendValue(b []byte, v string) []byte {
	quoted := strings.ContainsAny(v, `,;:`) || strings.HasPrefix(v, " ") || strings.HasSuffix(v, " ")
	if quoted {
		b = append(b, '"')
	}
	if strings.ContainsAny(v, "^\"\r\n") {
		v = toCarets.Replace(v)
	}
	b = appendSafe(b, v, "^n")
	if quoted {
		b = append(b, '"')
	}
	return b
}

var toCarets = strings.NewReplacer("^", "^^", `"`, "^'", "\r\n", "^n", "\n", "^n", "\r", "^n")
