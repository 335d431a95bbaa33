package file

import (
	"bytes"
	"io"

	"sidekeep/formats/contentline"
)

// A Piece is one object of a file as delivered, with the text before it that
// belongs to nothing else.
type Piece struct {
	Type   Type // Cards or Calendar; that of the file for what is neither
	Raw    []byte
	Offset int64 // in the file
	Line   int   // of its first line in the file, the first being 1
	Blank  bool  // there is nothing to read in it
}

// Pieces reads a file of cards or calendars and yields each object: a card, or
// a whole VCALENDAR. The yielded pieces, joined, are the bytes of r; Raw is
// only valid during the call. An error of yield ends it and is returned. See
// [contentline.Split].
func Pieces(r io.Reader, t Type, yield func(Piece) error) error {
	p := Piece{Line: 1}
	return contentline.Split(r, func(raw []byte) error {
		p.Raw, p.Type, p.Blank = raw, t, isBlank(raw)
		if own := firstObject(plain(raw)); own != Unknown {
			p.Type = own
		}
		err := yield(p)
		p.Offset += int64(len(raw))
		p.Line += lineEnds(raw)
		return err
	})
}

func isBlank(raw []byte) bool {
	return len(bytes.Trim(raw, "\xef\xbb\xbf\xff\xfe\x00 \t\r\n\x1a")) == 0
}

// lineEnds counts those of raw: LF, CRLF and CR CR LF, or bare CR.
func lineEnds(raw []byte) int {
	if n := bytes.Count(raw, []byte("\n")); n > 0 {
		return n
	}
	return bytes.Count(raw, []byte("\r"))
}
