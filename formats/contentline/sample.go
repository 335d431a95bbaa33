package contentline

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// A Sample gathers what tells the charset of a whole text: the values that are
// not UTF-8 and do not say what they are. The zero Sample is empty.
type Sample struct {
	text strings.Builder
}

// Add adds a value.
func (s *Sample) Add(value string) {
	switch {
	case utf8.ValidString(value), mixed(value), s.text.Len() >= maxSample:
	default:
		s.text.WriteString(value)
		s.text.WriteByte('\n')
	}
}

// Charset tells which charset the text looks most like, in lower case; "" if it
// is UTF-8.
func (s *Sample) Charset() string {
	if s.text.Len() == 0 {
		return ""
	}
	return guess(s.text.String())
}

// CharsetOf reads a text of content lines to its end and tells in which charset
// those of its values are that do not say it themselves, in lower case; "" if
// they are UTF-8. It is one guess, made from all of them.
func CharsetOf(in io.Reader) (string, error) {
	r := NewReader(in)
	var s Sample
	for {
		l, err := r.Next()
		if errors.Is(err, io.EOF) {
			return s.Charset(), nil
		}
		if err != nil {
			return "", err
		}
		if len(l.Params) > 0 && decoder(l.Param("CHARSET")) != nil || l.Cut || l.Base64() {
			continue
		}
		v := l.Value
		if l.Quoted() {
			v = unquotePrintable(v)
		}
		s.Add(v)
	}
}
