package multistatus

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"
)

// Bounds of what the scanner holds. None is near what a real server sends.
const (
	window    = 64 << 10 // also the longest tag
	maxDepth  = 64
	maxName   = 256
	maxEntity = 12 // "&#x10FFFF;" has 10 bytes
	maxBinds  = 256
)

// A SyntaxError tells what is wrong with an answer and where.
type SyntaxError struct {
	Offset int64 // in the body, in bytes
	Reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("the answer is no XML that can be read: %s at byte %d", e.Reason, e.Offset)
}

// kind is what the scanner found.
type kind int

const (
	kindStart kind = iota
	kindEnd
)

// bind is a namespace prefix in force from an element's depth on.
type bind struct {
	prefix string
	space  space
	depth  int
}

// scanner splits XML into start and end tags and the text between them. It
// holds one window of the input. Names are checked to nest; document types are
// refused, so there are no entities but the five of XML and character
// references. Characters that XML forbids and bytes that are no UTF-8 pass
// unchanged, and so do line ends.
type scanner struct {
	r        io.Reader
	buf      []byte
	pos, end int
	base     int64 // offset of buf[0] in the input
	err      error // of r, once it was seen
	limit    int64 // offset by which the response under way must have ended

	depth   int
	names   []byte // qualified names of the open elements, one after the other
	offsets []int  // where each begins in names
	binds   []bind
	seen    map[string]string // prefixes, so that each is allocated once
	closing bool              // the last start tag was <empty/>

	elem           Elem   // of the last start tag
	attr           []byte // value of its attribute "name"
	media, version []byte // of its attributes "content-type" and "version"
	text           []byte // what the text since the last tag is appended to, if want
	want           bool
	max            int  // limit of text
	over           bool // text was longer than max and is cut
}

func (s *scanner) reset(r io.Reader) {
	s.r = r
	if s.buf == nil {
		s.buf = make([]byte, window)
		s.seen = map[string]string{}
	}
	s.pos, s.end, s.base, s.err = 0, 0, 0, nil
	s.depth, s.names, s.offsets, s.binds, s.closing = 0, s.names[:0], s.offsets[:0], s.binds[:0], false
	s.want, s.over = false, false
}

func (s *scanner) offset() int64 { return s.base + int64(s.pos) }

func (s *scanner) bad(format string, args ...any) error {
	return &SyntaxError{Offset: s.offset(), Reason: fmt.Sprintf(format, args...)}
}

// fill reads more behind what the window holds. It reports io.ErrUnexpectedEOF
// at the end of the input and errFull if the window has no room.
func (s *scanner) fill() error {
	if s.offset() > s.limit {
		return ErrTooLong
	}
	if s.pos > 0 {
		copy(s.buf, s.buf[s.pos:s.end])
		s.base += int64(s.pos)
		s.end -= s.pos
		s.pos = 0
	}
	if s.end == len(s.buf) {
		return s.bad("a tag of more than %d bytes", window)
	}
	for range 100 {
		if s.err != nil {
			if s.err == io.EOF {
				return io.ErrUnexpectedEOF
			}
			return s.err
		}
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		s.err = err
		if n > 0 {
			return nil
		}
	}
	return io.ErrNoProgress
}

// need makes sure that n bytes stand in the window.
func (s *scanner) need(n int) error {
	for s.end-s.pos < n {
		if err := s.fill(); err != nil {
			return err
		}
	}
	return nil
}

// next goes to the next start or end tag.
func (s *scanner) next() (kind, error) {
	if s.closing {
		s.closing = false
		s.pop()
		return kindEnd, nil
	}
	for {
		if err := s.chars(); err != nil {
			return 0, err
		}
		if err := s.need(2); err != nil {
			return 0, err
		}
		switch s.buf[s.pos+1] {
		case '/':
			return kindEnd, s.endTag()
		case '?':
			if err := s.instruction(); err != nil {
				return 0, err
			}
		case '!':
			if err := s.declaration(); err != nil {
				return 0, err
			}
		default:
			return kindStart, s.startTag()
		}
	}
}

// chars takes text up to the next '<'.
func (s *scanner) chars() error {
	for {
		if s.pos == s.end {
			if err := s.fill(); err != nil {
				return err
			}
		}
		chunk := s.buf[s.pos:s.end]
		lt := bytes.IndexByte(chunk, '<')
		if lt >= 0 {
			chunk = chunk[:lt]
		}
		if len(chunk) == 0 {
			return nil
		}
		if s.depth == 0 {
			if rest := bytes.TrimLeft(chunk, " \t\r\n"); len(rest) > 0 {
				s.pos += len(chunk) - len(rest)
				return s.bad("text where the first tag should stand")
			}
		}
		amp := bytes.IndexByte(chunk, '&')
		if amp >= 0 {
			chunk = chunk[:amp]
		}
		s.take(chunk)
		s.pos += len(chunk)
		switch {
		case amp >= 0:
			if err := s.reference(); err != nil {
				return err
			}
		case lt >= 0:
			return nil
		}
	}
}

// take appends b to the text if it is wanted.
func (s *scanner) take(b []byte) {
	if !s.want || s.over {
		return
	}
	if len(s.text)+len(b) > s.max {
		s.over = true
		return
	}
	s.text = append(s.text, b...)
}

// reference takes an entity or character reference.
func (s *scanner) reference() error {
	for {
		b := s.buf[s.pos:min(s.end, s.pos+maxEntity)]
		if semi := bytes.IndexByte(b, ';'); semi > 0 {
			var out [utf8.UTFMax]byte
			n, ok := expand(out[:], b[1:semi])
			if !ok {
				return s.bad("the entity &%.*q;, which is not defined", maxEntity, b[1:semi])
			}
			s.take(out[:n])
			s.pos += semi + 1
			return nil
		}
		if len(b) == maxEntity {
			return s.bad("an & that begins no reference")
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// expand writes what a reference without its & and ; stands for.
func expand(out, name []byte) (n int, ok bool) {
	switch string(name) {
	case "amp":
		return copy(out, "&"), true
	case "lt":
		return copy(out, "<"), true
	case "gt":
		return copy(out, ">"), true
	case "quot":
		return copy(out, `"`), true
	case "apos":
		return copy(out, "'"), true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	base, digits := rune(10), name[1:]
	if digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	if len(digits) == 0 {
		return 0, false
	}
	var r rune
	for _, c := range digits {
		var d rune
		switch {
		case '0' <= c && c <= '9':
			d = rune(c - '0')
		case base == 16 && 'a' <= c|0x20 && c|0x20 <= 'f':
			d = rune(c|0x20-'a') + 10
		default:
			return 0, false
		}
		if r = r*base + d; r > utf8.MaxRune {
			return 0, false
		}
	}
	if !utf8.ValidRune(r) {
		return 0, false
	}
	return utf8.EncodeRune(out, r), true
}
