package charsets

import (
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
	case utf8.ValidString(value), Mixed(value), s.text.Len() >= maxSample:
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
	return Guess(s.text.String())
}
