package contentline

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// A layout is how characters are laid out in bytes, as far as finding line
// ends needs it. Everything in which a line feed is the byte 0x0A is narrow.
type layout uint8

const (
	narrow layout = iota
	utf16le
	utf16be
)

const bom = "\ufeff"

// sniff tells the layout by the first bytes: a byte order mark, or a first
// character below U+0100 with its zero byte.
func sniff(b []byte) layout {
	switch {
	case len(b) < 2:
		return narrow
	case b[0] == 0xff && b[1] == 0xfe, b[0] != 0 && b[1] == 0:
		return utf16le
	case b[0] == 0xfe && b[1] == 0xff, b[0] == 0 && b[1] != 0:
		return utf16be
	}
	return narrow
}

// width of a code unit in bytes.
func (e layout) width() int {
	if e == narrow {
		return 1
	}
	return 2
}

// unit returns the code unit at b[i]; b has to hold all of it.
func (e layout) unit(b []byte, i int) uint16 {
	switch e {
	case utf16le:
		return uint16(b[i]) | uint16(b[i+1])<<8
	case utf16be:
		return uint16(b[i])<<8 | uint16(b[i+1])
	}
	return uint16(b[i])
}

// index finds the ASCII character c in b, which starts with a whole unit.
func (e layout) index(b []byte, c byte) int {
	if e == narrow {
		return bytes.IndexByte(b, c)
	}
	for from := 0; ; {
		i := bytes.IndexByte(b[from:], c)
		if i < 0 {
			return -1
		}
		i = (from + i) &^ 1
		if i+2 <= len(b) && e.unit(b, i) == uint16(c) {
			return i
		}
		from = min(i+2, len(b))
	}
}

// ascii gives b one byte a unit, with '?' for what is not ASCII. For the narrow
// layout that is b itself; otherwise it is written to scratch.
func (e layout) ascii(b, scratch []byte) []byte {
	if e == narrow {
		return b
	}
	scratch = scratch[:0]
	for i := 0; i+2 <= len(b); i += 2 {
		u := e.unit(b, i)
		if len(scratch) == 0 && u == 0xfeff {
			continue
		}
		if u > 0x7f {
			u = '?'
		}
		scratch = append(scratch, byte(u))
	}
	return scratch
}

// text gives b in UTF-8 if it is UTF-16, and b itself otherwise. Half
// surrogates and a half unit at the end become U+FFFD.
func (e layout) text(b []byte) []byte {
	if e == narrow {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i += 2 {
		if i+2 > len(b) {
			return utf8.AppendRune(out, utf8.RuneError)
		}
		r := rune(e.unit(b, i))
		if utf16.IsSurrogate(r) {
			next := rune(0)
			if i+4 <= len(b) {
				next = rune(e.unit(b, i+2))
			}
			if r = utf16.DecodeRune(r, next); r != utf8.RuneError {
				i += 2
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// trimBOM cuts byte order marks off the front, of which joined files have more
// than one.
func trimBOM[T string | []byte](p T) T {
	for len(p) >= len(bom) && string(p[:len(bom)]) == bom {
		p = p[len(bom):]
	}
	return p
}
