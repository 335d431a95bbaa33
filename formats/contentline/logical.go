package contentline

import "bytes"

// A logical tells which delivered lines together are one content line. It is
// given every delivered line in turn, without its line end and in ASCII.
type logical struct {
	open   bool
	blank  bool
	head   []byte // what was seen of the part before the colon; nil once that is known
	quoted bool   // quoted-printable
	base64 bool
	soft   bool // the last line ended with a soft line break
}

var none = []byte{} // a head of which nothing was seen yet

// maxHead is how much of a line is searched for the colon.
const maxHead = 1024

// add takes the next delivered line and tells whether it continues the one
// before.
func (l *logical) add(p []byte) (continues bool) {
	if l.open && l.continues(p) {
		l.extend(p)
		return true
	}
	l.open, l.blank = true, isBlank(p)
	l.quoted, l.base64, l.soft = false, false, false
	l.head = none
	if l.blank {
		l.head = nil
		return false
	}
	l.look(p)
	return false
}

func (l *logical) continues(p []byte) bool {
	if l.quoted && l.soft {
		_, name := Marker(p)
		return len(name) < 2 || name[0]|0x20 != 'v' // a soft break before END:VCARD has lost its rest
	}
	if len(p) == 0 {
		return false
	}
	if p[0] == ' ' || p[0] == '\t' {
		return !l.blank
	}
	return l.base64 && isBase64(p)
}

// resumes tells whether p, which is not empty, continues the line in spite of the
// empty lines before it.
func (l *logical) resumes(p []byte) bool {
	switch {
	case p[0] == ' ' || p[0] == '\t':
		return !isBlank(p)
	case l.quoted && l.soft:
		return headEnd(p) < 0
	}
	return l.base64 && isBase64(p)
}

func (l *logical) extend(p []byte) {
	if l.head != nil {
		if len(p) > 0 && (p[0] == ' ' || p[0] == '\t') {
			p = p[1:]
		}
		l.look(p)
		return
	}
	if l.quoted {
		l.soft = endsSoft(p)
	}
}

// look searches the part before the colon for how the value is encoded.
func (l *logical) look(p []byte) {
	last := p
	if len(l.head) > 0 {
		l.head = append(l.head, p[:min(len(p), maxHead-len(l.head))]...)
		p = l.head
	}
	colon := headEnd(p[:min(len(p), maxHead)])
	switch {
	case colon >= 0:
		l.quoted, l.base64 = encoded(p[:colon])
		l.soft = l.quoted && endsSoft(last)
		l.head = nil
	case len(p) >= maxHead:
		l.head = nil
	case len(l.head) == 0:
		l.head = append(l.head, p...)
	}
}

// headEnd finds the colon that ends name and parameters: the first one outside
// quotes, or the first at all if the quotes do not match; -1 if there is none.
func headEnd[T string | []byte](p T) int {
	first, inside := -1, false
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '"':
			inside = !inside
		case ':':
			if !inside {
				return i
			}
			if first < 0 {
				first = i
			}
		}
	}
	return first
}

// encoded tells from name and parameters how the value is encoded.
func encoded(head []byte) (quoted, base64 bool) {
	i := bytes.IndexByte(head, ';')
	if i < 0 {
		return false, false
	}
	for ; i < len(head); i++ {
		switch head[i] | 0x20 {
		case 'q':
			quoted = quoted || hasFold(head[i:], "QUOTED-PRINTABLE")
		case 'b':
			base64 = base64 || hasFold(head[i:], "BASE64")
		case 'e':
			base64 = base64 || hasFold(head[i:], "ENCODING=B")
		}
	}
	return quoted, base64 && !quoted
}

func hasFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && bytes.EqualFold(b[:len(prefix)], []byte(prefix))
}

// endsSoft tells whether p ends with a soft line break of quoted-printable
// (RFC 2045 section 6.7): an equals sign, white space after it not counting.
func endsSoft(p []byte) bool {
	for i := len(p) - 1; i >= 0; i-- {
		switch p[i] {
		case ' ', '\t':
		default:
			return p[i] == '='
		}
	}
	return false
}

// isBlank tells whether p has nothing to read: white space, NUL, the end mark
// of DOS (0x1A), a byte order mark.
func isBlank(p []byte) bool {
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case ' ', '\t', '\v', '\f', '\r', '\n', 0, 0x1a:
		case bom[0]:
			if !bytes.HasPrefix(p[i:], []byte(bom)) {
				return false
			}
			i += len(bom) - 1
		default:
			return false
		}
	}
	return true
}

var base64Bytes = func() (t [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") {
		t[c] = true
	}
	return t
}()

func isBase64(p []byte) bool {
	p = bytes.TrimRight(p, " \t")
	for _, c := range p {
		if !base64Bytes[c] {
			return false
		}
	}
	return len(p) > 0
}

// A Mark says what a line begins or ends.
type Mark uint8

// The marks.
const (
	None   Mark = iota
	Begin       // BEGIN:NAME
	End         // END:NAME
	nested      // AGENT: of vCard 2.1, after which a card follows
)

// Marker tells whether a delivered line begins or ends a component, and which;
// name is as delivered and shares memory with p.
func Marker(p []byte) (m Mark, name []byte) {
	p = trimBOM(p)
	if len(p) < 4 {
		return None, nil
	}
	switch p[0] | 0x20 {
	case 'b':
		if hasFold(p, "BEGIN:") {
			return Begin, bytes.TrimSpace(p[len("BEGIN:"):])
		}
	case 'e':
		if hasFold(p, "END:") {
			return End, bytes.TrimSpace(p[len("END:"):])
		}
	}
	return None, nil
}

// agent tells whether p is an AGENT property that a card follows: m is nested
// if it follows on the next line, Begin if it begins on this one.
func agent(p []byte) Mark {
	for i, c := range p {
		if c == '.' && i > 0 {
			p = p[i+1:]
		}
		if c == '.' || c == ':' {
			break
		}
	}
	if len(p) < 6 || p[0]|0x20 != 'a' || !hasFold(p, "AGENT") || p[5] != ':' && p[5] != ';' {
		return None
	}
	value := bytes.TrimSpace(p[headEnd(p)+1:])
	switch {
	case len(value) == 0:
		return nested
	case bytes.EqualFold(value, []byte("BEGIN:VCARD")):
		return Begin
	}
	return None
}
