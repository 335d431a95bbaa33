package contentline

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"sidekeep/formats/contentline/charsets"
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
	name = charsets.Of(v, declared)
	switch {
	case name == "" || name == declared:
		return strings.ToLower(name), false
	case !utf8.ValidString(v) && charsets.Mixed(v):
		return PartlyUTF8, true
	}
	return name, true
}

// Undeclared reports whether l, of a text that looks like charset as a whole, is
// in it without saying so.
func (l *Line) Undeclared(charset string) bool {
	name, guessed := l.Charset()
	return guessed && (name != PartlyUTF8 || charsets.TwoBytes(charset))
}

// mostSampled is the length up to which a content line is looked at as a whole.
const mostSampled = 1 << 20

// CharsetOf reads a text of content lines to its end and tells in which charset
// those of its values are that do not say it themselves, in lower case; "" if
// they are UTF-8. It is one guess, made from all of them but for the longest,
// which are portraits and attachments: its memory does not grow with those.
func CharsetOf(in io.Reader) (string, error) {
	r := NewReader(in)
	r.limit = mostSampled
	var s charsets.Sample
	for {
		l, err := r.Next()
		if errors.Is(err, io.EOF) {
			return s.Charset(), nil
		}
		if err != nil {
			return "", err
		}
		if len(l.Params) > 0 && charsets.Decoder(l.Param("CHARSET")) != nil || l.Cut || l.Base64() {
			continue
		}
		v := l.Value
		if l.Quoted() {
			v = unquotePrintable(v)
		}
		s.Add(v)
	}
}
