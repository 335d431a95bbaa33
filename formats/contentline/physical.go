package contentline

import "bytes"

// A window finds delivered lines in buf, from pos on. A line ends with LF,
// CRLF, CR CR LF, or with a bare CR where that is plausible: see carriage.
type window struct {
	buf  []byte
	pos  int // start of the next line
	eof  bool
	enc  layout
	bare bool // the last line ended with a bare CR, or there was none yet
	lf   finder
	cr   finder
}

func newWindow(b []byte, eof bool) window {
	return window{buf: b, eof: eof, enc: sniff(b), bare: true, lf: finder{c: '\n', at: -1}, cr: finder{c: '\r', at: -1}}
}

// next finds the end of the line at pos: of its text, and with its line end.
// ok is false if buf does not tell yet, or has nothing more.
func (w *window) next() (text, end int, ok bool) {
	if text, end, ok = w.ordinary(); ok {
		return text, end, true
	}
	lf := w.lf.find(w, w.pos, len(w.buf))
	limit := lf
	if lf < 0 {
		limit = len(w.buf)
	}
	for from := w.pos; ; {
		cr := w.cr.find(w, from, limit)
		if cr < 0 {
			break
		}
		n, known := w.carriage(cr)
		if !known {
			return 0, 0, false
		}
		if n > 0 {
			return cr, cr + n, true
		}
		from = cr + w.enc.width()
	}
	if lf >= 0 {
		return lf, lf + w.enc.width(), true
	}
	if w.eof && w.pos < len(w.buf) {
		return len(w.buf), len(w.buf), true
	}
	return 0, 0, false
}

// near is how far ordinary looks.
const near = 128

// ordinary is next for a short line that ends with CRLF and has no other CR;
// ok is false for any other.
func (w *window) ordinary() (text, end int, ok bool) {
	if w.enc != narrow {
		return 0, 0, false
	}
	p := w.buf[w.pos:min(len(w.buf), w.pos+near)]
	cr := bytes.IndexByte(p, '\r')
	if cr < 0 || cr+1 >= len(p) || p[cr+1] != '\n' || bytes.IndexByte(p[:cr], '\n') >= 0 {
		return 0, 0, false
	}
	return w.pos + cr, w.pos + cr + 2, true
}

// take moves past a line that next has found.
func (w *window) take(text, end int) {
	w.bare = end-text == w.enc.width() && w.enc.unit(w.buf, text) == '\r'
	w.pos = end
}

// lookahead is how many units after a bare CR decide whether it ends a line.
const lookahead = 64

// carriage tells how long the line end is that starts with the CR at i; 0 if
// that CR belongs to the text. A bare CR ends a line where the line before
// ended so too, and before a fold, a blank line, the end, or what reads like
// the next property: NAME: or NAME; in upper case. known is false if the
// window has to hold more to tell.
func (w *window) carriage(i int) (n int, known bool) {
	if w.enc == narrow && i+1 < len(w.buf) && w.buf[i+1] == '\n' {
		return 2, true // what most lines end with
	}
	width := w.enc.width()
	at := func(k int) (u uint16, there bool) {
		k = i + k*width
		if k+width > len(w.buf) {
			return 0, false
		}
		return w.enc.unit(w.buf, k), true
	}
	u, there := at(1)
	switch {
	case !there:
		return width, w.eof
	case u == '\n':
		return 2 * width, true
	case u == '\r':
		if u, there = at(2); !there {
			return width, w.eof
		} else if u == '\n' {
			return 3 * width, true
		}
		return width, true
	case u == ' ', u == '\t', w.bare:
		return width, true
	}
	for k := 1; k <= lookahead; k++ {
		u, there = at(k)
		switch {
		case !there:
			return 0, w.eof
		case u >= 'A' && u <= 'Z', u >= '0' && u <= '9', u == '-', u == '.':
		case k > 1 && (u == ':' || u == ';'):
			return width, true
		default:
			return 0, true
		}
	}
	return 0, true
}

// drop forgets the first n bytes, which have been moved out of buf.
func (w *window) drop(n int) {
	w.pos -= n
	w.lf.drop(n)
	w.cr.drop(n)
}

// A finder finds one character again and again without looking at any byte
// twice, however the window grows.
type finder struct {
	c    byte
	at   int // where it was found last
	upto int // everything before has been searched
}

func (f *finder) find(w *window, from, to int) int {
	if f.at >= from {
		if f.at < to {
			return f.at
		}
		return -1
	}
	f.upto = max(f.upto, from)
	if f.upto >= to {
		return -1
	}
	i := w.enc.index(w.buf[f.upto:to], f.c)
	if i < 0 {
		f.upto = to - (to-f.upto)%w.enc.width()
		return -1
	}
	f.at = f.upto + i
	f.upto = f.at + w.enc.width()
	return f.at
}

func (f *finder) drop(n int) {
	f.at = max(f.at-n, -1)
	f.upto = max(f.upto-n, 0)
}
