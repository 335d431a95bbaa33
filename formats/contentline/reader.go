package contentline

import (
	"io"
	"slices"
	"strings"
)

// A Reader reads content lines from a stream. Its memory is bounded by the
// longest line, and by [MaxObject].
type Reader struct {
	stream
	limit   int // longest line
	lines   logical
	scratch []byte
	spans   []span // the delivered lines of the content line being read, counted from begin
	parts   []span // those of the line that Next returned last
	number  int    // of the last delivered line
	whole   string // all of the input, if it is in memory and not large
	cutting bool   // what comes next is the rest of a line that was cut
	joined  []byte // of a line that was folded, while it is read
	params  paramRoom
}

type span struct{ from, text int }

// NewReader returns a Reader of r.
func NewReader(r io.Reader) *Reader { return &Reader{stream: stream{r: r}, limit: MaxObject} }

// mostKept is how much of each kind a Reader keeps for its next input.
const mostKept = 4096

// mostCopied is the size up to which the text of lines is part of one copy of
// the input. Most of a larger one is a folded line, which is a copy anyway.
const mostCopied = 1 << 20

// Reset makes r read raw, as [Lines] does. The Params of the lines that r has
// read before are no longer valid: their memory is used again.
func (r *Reader) Reset(raw []byte) {
	if cap(r.joined) > mostKept || cap(r.spans)+cap(r.parts) > mostKept {
		r.joined, r.spans, r.parts = nil, nil, nil
	}
	r.params.reset()
	whole := ""
	if len(raw) <= mostCopied {
		whole = string(raw)
	}
	*r = Reader{
		stream: stream{window: newWindow(raw, true), started: true}, limit: len(raw), whole: whole,
		spans: r.spans[:0], parts: r.parts[:0], joined: r.joined[:0], params: r.params,
	}
}

// Next returns the next content line, and io.EOF after the last. The Raw of all
// lines, joined, are the bytes read; each is only valid until the next call.
func (r *Reader) Next() (Line, error) {
	var l Line
	err := r.Read(&l)
	return l, err
}

// Read is Next that reads into l, whose fields it all sets unless it fails.
func (r *Reader) Read(l *Line) error {
	for {
		text, end, whole, err := r.line()
		if err == io.EOF && len(r.spans) > 0 {
			r.build(l, r.pos, r.lines.quoted)
			return nil
		}
		if err != nil {
			return err
		}
		if !whole || r.cutting || end-r.begin > r.limit {
			*l = r.cut(text, end, whole)
			return nil
		}
		p := r.enc.ascii(r.buf[r.pos:text], r.scratch)
		if r.enc != narrow {
			r.scratch = p
		}
		quoted, from := r.lines.quoted, r.pos
		var continues bool
		if len(p) == 0 && r.open() {
			text, end = text-r.begin, end-r.begin
			continues = r.foldsOn(end)
			text, end, from = text+r.begin, end+r.begin, r.pos
		}
		continues = continues || r.lines.add(p)
		r.window.take(text, end)
		done := !continues && len(r.spans) > 0
		if done {
			r.build(l, from, quoted)
		}
		r.number++
		r.spans = append(r.spans, span{from - r.begin, text - r.begin})
		if done {
			return nil
		}
	}
}

// open tells whether a content line is being read that is not blank.
func (r *Reader) open() bool { return r.lines.open && !r.lines.blank && len(r.spans) > 0 }

// foldsOn tells whether the content line being read goes on after the empty line
// that ends at i, counted from begin: some programs write one after every line,
// also within a fold.
func (r *Reader) foldsOn(i int) bool {
	for {
		ahead := r.window
		ahead.pos = r.begin + i
		text, end, ok := ahead.next()
		if !ok {
			if len(r.buf)-r.begin > MaxObject || r.fill() != nil {
				return false
			}
			continue
		}
		if p := ahead.enc.ascii(ahead.buf[ahead.pos:text], nil); len(p) > 0 {
			return r.lines.resumes(p)
		}
		i = end - r.begin
	}
}

// cut hands out a part of a line that is too long.
func (r *Reader) cut(text, end int, whole bool) Line {
	l := Line{Raw: r.buf[r.begin:end:end], Number: r.number - len(r.spans) + 1, Cut: true}
	r.window.take(text, end)
	if whole {
		r.number++
	}
	r.cutting, r.begin, r.spans = !whole, end, r.spans[:0]
	return l
}

// build makes l of the bytes up to end, which spans describe.
func (r *Reader) build(l *Line, end int, quoted bool) {
	l.Raw, l.Number, l.Cut, l.quoted = r.buf[r.begin:end:end], r.number-len(r.spans)+1, false, quoted
	l.Group, l.Name, l.Params = "", "", nil
	if params := l.parse(r.unfold(l.Raw, quoted)); params != "" {
		l.Params = r.params.parse(params)
	}
	r.begin = end
	r.parts, r.spans = r.spans, r.parts[:0]
}

// unfold joins the delivered lines of a content line.
func (r *Reader) unfold(raw []byte, quoted bool) string {
	if len(r.spans) == 1 {
		if r.enc == narrow && r.whole != "" {
			return r.whole[r.begin : r.begin+r.spans[0].text]
		}
		return string(r.enc.text(raw[:r.spans[0].text]))
	}
	if r.enc == narrow && len(raw) > mostCopied {
		return r.unfoldLarge(raw, quoted)
	}
	out := slices.Grow(r.joined[:0], len(raw))
	for i, s := range r.spans {
		out = append(out, r.unfolded(raw, i, s, quoted)...)
	}
	r.joined = out
	return string(r.enc.text(out))
}

// unfoldLarge is unfold without a second copy, of a line in the charset that
// strings have.
func (r *Reader) unfoldLarge(raw []byte, quoted bool) string {
	var out strings.Builder
	out.Grow(len(raw))
	for i, s := range r.spans {
		out.Write(r.unfolded(raw, i, s, quoted))
	}
	return out.String()
}

// unfolded is what the i-th delivered line, s, adds to the content line raw.
func (r *Reader) unfolded(raw []byte, i int, s span, quoted bool) []byte {
	p, width := raw[s.from:s.text], r.enc.width()
	if i > 0 && len(p) >= width && (r.enc.unit(p, 0) == ' ' || r.enc.unit(p, 0) == '\t') {
		p = p[width:]
	}
	if quoted && i < len(r.spans)-1 {
		p = r.trimSoft(p)
	}
	return p
}

// trimSoft cuts a soft line break off p.
func (r *Reader) trimSoft(p []byte) []byte {
	width := r.enc.width()
	for i := len(p) - width; i >= 0; i -= width {
		switch r.enc.unit(p, i) {
		case ' ', '\t':
		case '=':
			return p[:i]
		default:
			return p
		}
	}
	return p
}

// parse takes an unfolded line apart, but for the parameters, which it returns.
func (l *Line) parse(s string) (params string) {
	s = trimBOM(s)
	colon := headEnd(s)
	if colon < 0 {
		l.Value = s
		return ""
	}
	name, params, _ := strings.Cut(s[:colon], ";")
	group, dot := "", false
	if i := strings.IndexByte(name, '.'); i >= 0 {
		group, name, dot = name[:i], name[i+1:], true
	}
	name = trimSpace(name)
	if !IsName(name) || dot && !IsName(group) {
		l.Value = s
		return ""
	}
	l.Group, l.Name, l.Value = group, name, s[colon+1:]
	return params
}

// trimSpace is s without spaces and tabs around it.
func trimSpace(s string) string {
	if s == "" || s[0] > ' ' && s[len(s)-1] > ' ' {
		return s
	}
	return strings.Trim(s, " \t")
}

// IsName tells whether s can be the name of a property, parameter, group or
// component.
func IsName(s string) bool {
	for i := 0; i < len(s); i++ {
		if !tokenBytes[s[i]] {
			return false
		}
	}
	return s != ""
}

var tokenBytes = func() (t [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_/") {
		t[c] = true
	}
	return t
}()

// Quoted tells whether the value is quoted-printable.
func (l *Line) Quoted() bool { return l.quoted }

// Base64 tells whether the value is base64.
func (l *Line) Base64() bool {
	return len(l.Params) > 0 && (l.Says("ENCODING", "BASE64") || l.Says("ENCODING", "B"))
}
