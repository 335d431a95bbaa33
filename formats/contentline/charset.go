package contentline

import (
	"strings"
	"unicode/utf8"
)

// PartlyUTF8 is the charset of bytes that are mostly UTF-8.
const PartlyUTF8 = "utf-8, partly"

// Charset tells in which charset the value is, in lower case; "" if it is
// UTF-8. guessed says that the line does not tell, and that the charset is what
// the bytes look like; it may be [PartlyUTF8].
func (l *Line) Charset() (name string, guessed bool) {
	v := l.Value
	if l.Quoted() {
		v = unquotePrintable(v)
	}
	declared := ""
	if len(l.Params) > 0 {
		declared = l.Param("CHARSET")
	}
	name = charsetOf(v, declared)
	switch {
	case name == "" || name == declared:
		return strings.ToLower(name), false
	case !utf8.ValidString(v) && mixed(v):
		return PartlyUTF8, true
	}
	return name, true
}

// Undeclared reports whether l, of a text that looks like charset as a whole, is
// in it without saying so.
func (l *Line) Undeclared(charset string) bool {
	name, guessed := l.Charset()
	return guessed && (name != PartlyUTF8 || twoBytes(charset))
}
