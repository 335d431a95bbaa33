package multistatus

import (
	"bytes"
	"unicode/utf8"
)

// tag returns the bytes of the tag at pos, without < and >, and moves behind
// it. They stay valid until the next call that reads.
func (s *scanner) tag() ([]byte, error) {
	quote, i := byte(0), 1
	for {
		b := s.buf[s.pos:s.end]
		for i < len(b) {
			if quote != 0 {
				j := bytes.IndexByte(b[i:], quote)
				if j < 0 {
					i = len(b)
					break
				}
				i, quote = i+j+1, 0
				continue
			}
			switch b[i] {
			case '>':
				s.pos += i + 1
				return b[1:i], nil
			case '"', '\'':
				quote = b[i]
			case '<':
				return nil, s.bad("a < inside a tag")
			}
			i++
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// nameLen is the length of the name that b begins with. What is no letter,
// digit or one of the marks that names have ends it; bytes above 127 belong to
// it if they are UTF-8.
func nameLen(b []byte) int {
	i := 0
	for i < len(b) {
		c := b[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_', c == ':':
			i++
		case i > 0 && ('0' <= c && c <= '9' || c == '-' || c == '.'):
			i++
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError {
				return i
			}
			i += n
		default:
			return i
		}
	}
	return i
}

func (s *scanner) startTag() error {
	b, err := s.tag()
	if err != nil {
		return err
	}
	if len(b) > 0 && b[len(b)-1] == '/' {
		s.closing = true
		b = b[:len(b)-1]
	}
	n := nameLen(b)
	if n == 0 || n > maxName {
		return s.bad("a tag without a proper name")
	}
	if s.depth == maxDepth {
		return s.bad("elements nested deeper than %d", maxDepth)
	}
	s.depth++
	s.offsets = append(s.offsets, len(s.names))
	s.names = append(s.names, b[:n]...)
	s.attr, s.media, s.version = s.attr[:0], s.media[:0], s.version[:0]
	if n < len(b) {
		if err := s.attributes(b[n:]); err != nil {
			return err
		}
	}
	prefix, local := split(b[:n])
	s.elem = lookup(s.resolve(prefix), local)
	return nil
}

// split parts a qualified name at its first colon.
func split(name []byte) (prefix, local []byte) {
	if i := bytes.IndexByte(name, ':'); i > 0 && i < len(name)-1 {
		return name[:i], name[i+1:]
	}
	return nil, name
}

func (s *scanner) resolve(prefix []byte) space {
	for i := len(s.binds) - 1; i >= 0; i-- {
		if s.binds[i].prefix == string(prefix) {
			return s.binds[i].space
		}
	}
	return spaceOther
}

// attributes reads namespace declarations and the attributes "name",
// "content-type" and "version".
func (s *scanner) attributes(b []byte) error {
	for {
		space := 0
		for space < len(b) && isSpace(b[space]) {
			space++
		}
		b = b[space:]
		if len(b) == 0 {
			return nil
		}
		n := nameLen(b)
		if n == 0 || n > maxName || space == 0 {
			return s.bad("a tag with a broken attribute")
		}
		name := b[:n]
		b = bytes.TrimLeft(b[n:], " \t\r\n")
		if len(b) == 0 || b[0] != '=' {
			return s.bad("an attribute without a value")
		}
		b = bytes.TrimLeft(b[1:], " \t\r\n")
		if len(b) < 2 || b[0] != '"' && b[0] != '\'' {
			return s.bad("an attribute value without quotes")
		}
		end := bytes.IndexByte(b[1:], b[0])
		if end < 0 {
			return s.bad("an attribute value without an end")
		}
		if err := s.attribute(name, b[1:1+end]); err != nil {
			return err
		}
		b = b[end+2:]
	}
}

func (s *scanner) attribute(name, value []byte) error {
	if bytes.IndexByte(value, '&') >= 0 {
		var err error
		if value, err = s.unescape(value); err != nil {
			return err
		}
	}
	switch {
	case string(name) == "name":
		s.attr = append(s.attr[:0], value...)
	case string(name) == "content-type":
		s.media = append(s.media[:0], value...)
	case string(name) == "version":
		s.version = append(s.version[:0], value...)
	case string(name) == "xmlns":
		return s.bind(nil, value)
	case bytes.HasPrefix(name, []byte("xmlns:")):
		return s.bind(name[len("xmlns:"):], value)
	}
	return nil
}

func (s *scanner) bind(prefix, uri []byte) error {
	if len(s.binds) == maxBinds {
		return s.bad("more than %d namespaces", maxBinds)
	}
	p, ok := s.seen[string(prefix)]
	if !ok {
		p = string(prefix)
		if len(s.seen) < maxBinds {
			s.seen[p] = p
		}
	}
	s.binds = append(s.binds, bind{p, spaceOf(uri), s.depth})
	return nil
}

func (s *scanner) unescape(b []byte) ([]byte, error) {
	var out []byte
	for len(b) > 0 {
		amp := bytes.IndexByte(b, '&')
		if amp < 0 {
			return append(out, b...), nil
		}
		out = append(out, b[:amp]...)
		b = b[amp:]
		semi := bytes.IndexByte(b[:min(len(b), maxEntity)], ';')
		if semi < 0 {
			return nil, s.bad("an & that begins no reference")
		}
		var r [utf8.UTFMax]byte
		n, ok := expand(r[:], b[1:semi])
		if !ok {
			return nil, s.bad("an entity which is not defined")
		}
		out = append(out, r[:n]...)
		b = b[semi+1:]
	}
	return out, nil
}

func (s *scanner) endTag() error {
	b, err := s.tag()
	if err != nil {
		return err
	}
	b = bytes.TrimRight(b[1:], " \t\r\n")
	if s.depth == 0 || !bytes.Equal(b, s.names[s.offsets[s.depth-1]:]) {
		return s.bad("an end tag that ends nothing")
	}
	s.pop()
	return nil
}

func (s *scanner) pop() {
	for len(s.binds) > 0 && s.binds[len(s.binds)-1].depth == s.depth {
		s.binds = s.binds[:len(s.binds)-1]
	}
	s.depth--
	s.names = s.names[:s.offsets[s.depth]]
	s.offsets = s.offsets[:s.depth]
}

// until skips to the byte after mark; each piece before it goes to take.
func (s *scanner) until(mark string, take func([]byte)) error {
	for {
		b := s.buf[s.pos:s.end]
		i := bytes.Index(b, []byte(mark))
		n := i
		if i < 0 {
			n = max(0, len(b)-len(mark)+1)
		}
		if take != nil {
			take(b[:n])
		}
		s.pos += n
		if i >= 0 {
			s.pos += len(mark)
			return nil
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// instruction skips <?...?>, and refuses an encoding other than UTF-8.
func (s *scanner) instruction() error {
	var head []byte
	err := s.until("?>", func(b []byte) {
		if room := maxName - len(head); room > 0 {
			head = append(head, b[:min(room, len(b))]...)
		}
	})
	if err != nil || !bytes.HasPrefix(head, []byte("<?xml ")) {
		return err
	}
	i := bytes.Index(head, []byte("encoding"))
	if i < 0 {
		return nil
	}
	value := bytes.Trim(head[i+len("encoding"):], " \t\r\n=")
	if len(value) < 2 {
		return s.bad("a broken XML declaration")
	}
	end := bytes.IndexByte(value[1:], value[0])
	if end < 0 {
		return s.bad("a broken XML declaration")
	}
	switch string(bytes.ToLower(value[1 : 1+end])) {
	case "utf-8", "utf8", "us-ascii":
		return nil
	}
	return s.bad("the encoding %.40q, where only UTF-8 is read", value[1:1+end])
}

// declaration takes CDATA, skips a comment and refuses the rest.
func (s *scanner) declaration() error {
	if err := s.need(4); err != nil {
		return err
	}
	if bytes.HasPrefix(s.buf[s.pos:s.end], []byte("<!--")) {
		s.pos += 4
		return s.until("-->", nil)
	}
	const cdata = "<![CDATA["
	if s.depth > 0 && s.buf[s.pos+2] == '[' {
		if err := s.need(len(cdata)); err != nil {
			return err
		}
		if bytes.HasPrefix(s.buf[s.pos:s.end], []byte(cdata)) {
			s.pos += len(cdata)
			return s.until("]]>", s.take)
		}
	}
	return s.bad("a document type or entity declaration, which is refused")
}
