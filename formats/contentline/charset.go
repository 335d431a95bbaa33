package contentline

import (
	"strings"
	"unicode/utf8"
)

// Charset tells in which charset the value is, in lower case; "" if it is
// UTF-8. guessed says that the line does not tell, and that the charset is what
// the bytes look like; it is "utf-8, partly" for bytes that are mostly UTF-8.
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
		return "utf-8, partly", true
	}
	return name, true
}
