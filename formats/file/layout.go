package file

import (
	"bytes"
	"io"
)

// A Layout is how a file is written, told by all of its bytes. It is an
// [io.Writer] that they are written to.
type Layout struct {
	CRLF, LF, CR, CRCRLF int // line ends

	head []byte
	crs  int // carriage returns before the next byte
}

// Through returns r, which tells the layout what is read of it.
func (l *Layout) Through(r io.Reader) io.Reader { return io.TeeReader(r, l) }

// Write takes the next bytes. It never fails.
func (l *Layout) Write(p []byte) (int, error) {
	n := len(p)
	if len(l.head) < 4 {
		k := min(4-len(l.head), len(p))
		l.head = append(l.head, p[:k]...)
	}
	for _, c := range p {
		switch {
		case c == 0: // half of a character of UTF-16
		case c == '\r':
			l.crs++
		case c == '\n':
			l.feed()
		case l.crs > 0:
			l.CR, l.crs = l.CR+l.crs, 0
		}
	}
	return n, nil
}

// feed counts a line feed after so many carriage returns.
func (l *Layout) feed() {
	switch l.crs {
	case 0:
		l.LF++
	case 1:
		l.CRLF++
	default:
		l.CRCRLF++
	}
	l.crs = 0
}

// Findings tells what is odd about the way the whole file is written, after all of
// it was read.
func (l *Layout) Findings() []string {
	l.CR, l.crs = l.CR+l.crs, 0
	var list []string
	switch {
	case bytes.HasPrefix(l.head, []byte("\xff\xfe")), bytes.HasPrefix(l.head, []byte("\xfe\xff")):
		list = append(list, "it is in UTF-16")
	case len(l.head) == 4 && (l.head[0] == 0 || l.head[1] == 0):
		list = append(list, "it is in UTF-16 without a byte order mark")
	case bytes.HasPrefix(l.head, []byte("\xef\xbb\xbf")):
		list = append(list, "it begins with a byte order mark")
	}
	kinds, name := 0, ""
	for _, e := range []struct {
		n    int
		name string
	}{{l.CRLF, ""}, {l.LF, "LF alone"}, {l.CR, "CR alone"}, {l.CRCRLF, "CR CR LF"}} {
		if e.n > 0 {
			kinds++
			name = e.name
		}
	}
	switch {
	case kinds > 1:
		list = append(list, "its lines end in different ways")
	case name != "":
		list = append(list, "its lines end with "+name+" instead of CR LF")
	}
	return list
}
