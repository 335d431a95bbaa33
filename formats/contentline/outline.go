package contentline

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"hash"
	"io"
)

// outlineHead is how many characters of a long run [OutlineOf] keeps at most:
// enough to tell what kind of picture it is, and how large.
const outlineHead = 64 << 10

// A mark stands for what was left out. It is base64, tells by its hash what was
// left out, and has as many characters beyond a multiple of four, so that what
// decodes as a whole decodes in an outline.
const markStart = "SidekeepLeftOut/"

// A Gap is what an outline leaves out.
type Gap struct {
	Mark         string
	At           int64 // where the mark begins in the outline
	From, Length int64 // where what was left out is in the text
	Line, Lines  int   // of the text: the line it begins in, the first being 1, and how many end in it
}

// Gaps are what an outline leaves out, in their order.
type Gaps []Gap

// Reason is an error of reading an outline as one of reading the text: with the
// line that it has there.
func (gaps Gaps) Reason(err error) error {
	var e *Error
	if len(gaps) == 0 || !errors.As(err, &e) || e.Line == 0 {
		return err
	}
	return &Error{Line: gaps.Line(e.Line), Reason: e.Reason}
}

// An Outline is what content lines say, without most of every long run of
// base64: of a portrait or an attachment only the beginning is there, and a
// [Gap.Mark]. What people read in an object is the same in its outline, which is
// small. Two values are the same if they are in their outlines, however they are
// folded.
//
// In a text of two bytes a character nothing is left out.
type Outline struct {
	in   *bufio.Reader
	head int // how many characters of a run it keeps
	gaps Gaps

	out   []byte // what is ready to be read
	read  int    // of out
	given int64  // length of the outline up to the end of out
	at    int64  // in the text
	line  int    // of the text
	run   int    // characters of the run under way
	open  bool   // the last of gaps is under way
	chars int    // that it leaves out
	sum   hash.Hash
	err   error
}

// NewOutline returns the outline of what in has. It keeps head characters, a
// multiple of four, of a run.
func NewOutline(in io.Reader, head int) *Outline {
	return &Outline{in: bufio.NewReaderSize(in, 64<<10), head: head, line: 1, sum: sha256.New()}
}

// Gaps are what was left out of what was read so far.
func (o *Outline) Gaps() Gaps { return o.gaps }

// Offset is where in the text that is which begins at this offset of the
// outline. It has been read, and is not within a mark.
func (gaps Gaps) Offset(at int64) int64 {
	for i := len(gaps) - 1; i >= 0; i-- {
		if g := &gaps[i]; at > g.At {
			return at - (g.At + int64(len(g.Mark))) + g.From + g.Length
		}
	}
	return at
}

// Within are those whose marks are in a part of the outline.
func (gaps Gaps) Within(from, to int64) Gaps {
	first := 0
	for first < len(gaps) && gaps[first].At < from {
		first++
	}
	last := first
	for last < len(gaps) && gaps[last].At < to {
		last++
	}
	return gaps[first:last:last]
}

// Line is the number of the line of the text that is the n-th of the outline.
func (gaps Gaps) Line(n int) int {
	left := 0
	for i := range gaps {
		if n <= gaps[i].Line-left {
			break
		}
		left += gaps[i].Lines
	}
	return n + left
}

// Read implements [io.Reader].
func (o *Outline) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for o.read == len(o.out) {
		if o.err != nil {
			return 0, o.err
		}
		o.out, o.read = o.out[:0], 0
		o.err = o.fill()
	}
	n := copy(p, o.out[o.read:])
	o.read += n
	return n, nil
}

// fill takes a part of the text.
func (o *Outline) fill() error {
	if _, err := o.in.Peek(1); err != nil {
		o.close()
		return err
	}
	n := 0
	switch b := o.there(); {
	case base64Byte[b[0]]:
		n = o.characters(b)
	case o.run > 0 && (b[0] == '\r' || b[0] == '\n'):
		var err error
		if n, err = o.fold(); err != nil {
			return err
		}
		if b = o.there(); n > 0 && o.open {
			o.leave(b[:n])
		} else if n > 0 {
			o.keep(b[:n])
		}
	}
	if n == 0 {
		n = o.other(o.there())
	}
	_, err := o.in.Discard(n)
	return err
}

// there is what was read and not taken yet.
func (o *Outline) there() []byte {
	b, _ := o.in.Peek(o.in.Buffered()) // which cannot fail
	return b
}

// characters takes those of base64 that b begins with.
func (o *Outline) characters(b []byte) int {
	n := 1
	for n < len(b) && base64Byte[b[n]] {
		n++
	}
	if left := o.head - o.run; left > 0 {
		n = min(n, left)
		o.run += n
		o.keep(b[:n])
		return n
	}
	if !o.open {
		o.open, o.chars = true, 0
		o.sum.Reset()
		o.gaps = append(o.gaps, Gap{At: o.given, From: o.at, Line: o.line})
	}
	o.sum.Write(b[:n])
	o.chars += n
	o.leave(b[:n])
	return n
}

// other takes what is neither base64 nor within a run.
func (o *Outline) other(b []byte) int {
	o.close()
	n := 1
	for n < len(b) && !base64Byte[b[n]] {
		n++
	}
	o.keep(b[:n])
	o.run = 0
	return n
}

// The bounds within which fold looks.
const (
	mostLead = 8       // white space that begins a line of a run
	mostName = 1 << 10 // a line that is base64 so far begins with no name of a property
)

// fold is how long the line break is that comes next, with the white space after
// it; 0 if what follows is not of the same run.
func (o *Outline) fold() (int, error) {
	b, err := o.in.Peek(2 + mostLead + mostName)
	if err != nil && err != io.EOF {
		return 0, err
	}
	n := bytes.IndexByte(b, '\n') + 1
	if n == 0 || n > 2 || n == 2 && b[0] != '\r' {
		return 0, nil
	}
	lead := n
	for n < len(b) && n-lead < mostLead && (b[n] == ' ' || b[n] == '\t') {
		n++
	}
	if n == len(b) || !base64Byte[b[n]] {
		return 0, nil
	}
	if n > lead {
		return n, nil
	}
	for _, c := range b[n:] {
		if !base64Byte[c] {
			if c == '\r' || c == '\n' || c == '=' {
				return n, nil
			}
			return 0, nil
		}
	}
	return n, nil
}

// keep takes b into the outline.
func (o *Outline) keep(b []byte) {
	o.out = append(o.out, b...)
	o.given += int64(len(b))
	o.at += int64(len(b))
	o.line += bytes.Count(b, []byte("\n"))
}

// leave leaves b out.
func (o *Outline) leave(b []byte) {
	g := &o.gaps[len(o.gaps)-1]
	lines := bytes.Count(b, []byte("\n"))
	g.Length += int64(len(b))
	g.Lines += lines
	o.at += int64(len(b))
	o.line += lines
}

// close ends the gap under way, if there is one.
func (o *Outline) close() {
	if !o.open {
		return
	}
	o.open = false
	g := &o.gaps[len(o.gaps)-1]
	g.Mark = markStart + base64.RawStdEncoding.EncodeToString(append(o.sum.Sum(nil), 0)) + "AAA"[:o.chars%4]
	o.out = append(o.out, g.Mark...)
	o.given += int64(len(g.Mark))
}

var base64Byte = func() (t [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = true
	}
	return t
}()

// OutlineOf reads in to its end and returns its outline, with what was left out.
// The error is [ErrNoOutline] if the outline would be longer than most bytes, or
// if in has something in it that looks like a mark.
func OutlineOf(in io.Reader, most int) (text []byte, gaps Gaps, err error) {
	o := NewOutline(in, min(outlineHead, most/8&^3))
	text, err = io.ReadAll(io.LimitReader(o, int64(most)+1))
	switch {
	case err != nil:
		return nil, nil, err
	case len(text) > most || Marks(text) != len(o.gaps):
		return nil, nil, ErrNoOutline
	}
	return text, o.gaps, nil
}

// ErrNoOutline says that a text has no outline that is of use.
var ErrNoOutline = &Error{Reason: "it is large, and no portrait or attachment is what makes it so"}

// Marks is how many marks are in a text.
func Marks(text []byte) int { return bytes.Count(text, []byte(markStart)) }

// A Filler puts what was left out back in the place of the marks.
type Filler struct {
	gaps  Gaps
	whole io.Reader
	at    int64 // in whole
	crlf  bool
}

// NewFiller returns a Filler of parts of an outline. whole is the text that gaps
// are of, from its beginning. With crlf set, what was left out gets CRLF line
// ends, as in [Published].
func NewFiller(gaps Gaps, whole io.Reader, crlf bool) *Filler {
	return &Filler{gaps: gaps, whole: whole, crlf: crlf}
}

// Fill writes the next part of the outline, or of its published form.
func (f *Filler) Fill(w io.Writer, part []byte) error {
	for len(f.gaps) > 0 && bytes.Contains(part, []byte(markStart)) {
		g := f.gaps[0]
		f.gaps = f.gaps[1:]
		before, after, ok := bytes.Cut(part, []byte(g.Mark))
		if !ok {
			continue // the part does not have it
		}
		if _, err := w.Write(before); err != nil {
			return err
		}
		if _, err := io.CopyN(io.Discard, f.whole, g.From-f.at); err != nil {
			return err
		}
		to := w
		if f.crlf {
			to = &crlfWriter{w: w}
		}
		if _, err := io.CopyN(to, f.whole, g.Length); err != nil {
			return err
		}
		f.at, part = g.From+g.Length, after
	}
	_, err := w.Write(part)
	return err
}

// WithCRLF writes to w what it is given with CRLF line ends, those of LF alone among
// them.
func WithCRLF(w io.Writer) io.Writer { return &crlfWriter{w: w} }

// A crlfWriter writes CRLF for each LF, with or without CR.
type crlfWriter struct {
	w    io.Writer
	last byte
	out  []byte
}

func (c *crlfWriter) Write(b []byte) (int, error) {
	c.out = c.out[:0]
	for _, x := range b {
		if x == '\n' && c.last != '\r' {
			c.out = append(c.out, '\r')
		}
		c.out = append(c.out, x)
		c.last = x
	}
	if _, err := c.w.Write(c.out); err != nil {
		return 0, err
	}
	return len(b), nil
}
