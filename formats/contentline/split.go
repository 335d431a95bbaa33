package contentline

import (
	"bytes"
	"io"
)

// Split reads r and yields each object as delivered: from BEGIN:NAME to its
// END:NAME. The yielded pieces, joined, are the bytes of r; each is only valid
// during the call. An error of yield ends the split and is returned.
//
// Blank lines belong to the piece before. Other text outside objects belongs to
// the object that follows; after the last one it is a piece of its own. An
// object without an end ends where the next one of its name, a VCARD or a
// VCALENDAR begins; a card within a card is part of it where an AGENT property
// says so. An object larger than [MaxObject] comes in several pieces, the first
// of which is larger than that.
//
// Memory is bounded by the largest object, and by MaxObject.
func Split(r io.Reader, yield func(raw []byte) error) error {
	s := splitter{stream: stream{r: r}, yield: yield}
	for {
		text, end, whole, err := s.line()
		if err == io.EOF {
			return s.emit(len(s.buf))
		}
		if err != nil {
			return err
		}
		if err := s.take(text, end, whole); err != nil {
			return err
		}
	}
}

type splitter struct {
	stream
	yield   func(raw []byte) error
	lines   logical
	scratch []byte
	inside  []byte // the name of the open object, empty if there is none
	depth   int    // of cards within the open card
	agent   bool   // the property before said that a card follows
	closed  bool   // the piece holds an object that has ended
	cut     bool   // what comes next is the rest of a line that was cut
}

// take adds the line up to end to the piece, or first ends the piece before it.
func (s *splitter) take(text, end int, whole bool) error {
	cut := s.cut
	s.cut = !whole
	if !cut {
		p := s.enc.ascii(s.buf[s.pos:text], s.scratch)
		if s.enc != narrow {
			s.scratch = p
		}
		if !s.lines.add(p) && s.starts(p) {
			if err := s.emit(s.pos); err != nil {
				return err
			}
		}
	}
	s.window.take(text, end)
	if end-s.begin > MaxObject {
		return s.emit(end)
	}
	return nil
}

// starts tells whether a new piece starts with the content line that starts
// with p.
func (s *splitter) starts(p []byte) bool {
	if s.lines.blank {
		return false
	}
	after := s.agent
	m, name := Marker(p)
	if m == None {
		a := agent(p)
		s.agent = a == nested
		if a == Begin && isName(s.inside, "VCARD") {
			s.depth++
		}
	} else {
		s.agent = false
	}
	switch {
	case m == Begin && after && len(s.inside) > 0 && isName(name, "VCARD"):
		s.depth++
		return false
	case m == Begin && (len(s.inside) == 0 || bytes.EqualFold(name, s.inside) || isName(name, "VCARD") || isName(name, "VCALENDAR")):
		fresh := s.closed || len(s.inside) > 0
		s.inside, s.depth, s.closed = append(s.inside[:0], name[:min(len(name), maxHead)]...), 0, false
		return fresh
	case len(s.inside) == 0:
		fresh := s.closed
		s.closed = m == End
		return fresh
	case m == End && bytes.EqualFold(name, s.inside):
		if s.depth > 0 {
			s.depth--
			return false
		}
		s.inside, s.closed = s.inside[:0], true
	}
	return false
}

func isName(b []byte, name string) bool { return bytes.EqualFold(b, []byte(name)) }

// emit yields the piece up to end, if there is one.
func (s *splitter) emit(end int) error {
	if end == s.begin {
		return nil
	}
	piece := s.buf[s.begin:end:end]
	s.begin = end
	return s.yield(piece)
}
