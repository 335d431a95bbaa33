package photo

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"slices"
)

// SamePicture reports whether two files are of the same picture to the last
// pixel, and differ only in what is noted in them: a caption, a place, how the
// camera was held. It can tell for JPEG and PNG; other files are the same
// picture if they have the same bytes.
func SamePicture(a, b io.ReadSeeker) (bool, error) {
	x, err := shownBy(a)
	if err != nil {
		return false, err
	}
	y, err := shownBy(b)
	if err != nil {
		return false, err
	}
	if total(x) != total(y) {
		return false, nil
	}
	return equal(&spanReader{r: a, spans: x}, &spanReader{r: b, spans: y})
}

// A span is a part of a file.
type span struct{ from, length int64 }

func total(spans []span) (n int64) {
	for _, s := range spans {
		n += s.length
	}
	return n
}

// shownBy are the parts of a file that make its picture.
func shownBy(r io.ReadSeeker) ([]span, error) {
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	var head [8]byte
	switch {
	case !readAt(r, 0, head[:]):
	case head[0] == 0xff && head[1] == 0xd8:
		if s := jpegSpans(r, size); s != nil {
			return s, nil
		}
	case bytes.Equal(head[:], []byte("\x89PNG\r\n\x1a\n")):
		if s := pngSpans(r, size); s != nil {
			return s, nil
		}
	}
	return []span{{0, size}}, nil
}

// jpegSpans are the segments of a JPEG but for notes (APPn, COM); nil if it has
// no picture.
func jpegSpans(r io.ReadSeeker, size int64) (spans []span) {
	at := int64(2)
	for range 1024 {
		var head [4]byte
		if !readAt(r, at, head[:]) || head[0] != 0xff {
			return nil
		}
		if head[1] == 0xff {
			at++
			continue
		}
		if head[1] == 0xda {
			return append(spans, span{at, size - at})
		}
		length := int64(binary.BigEndian.Uint16(head[2:])) + 2
		if note := head[1] >= 0xe0 && head[1] <= 0xef || head[1] == 0xfe; !note {
			spans = append(spans, span{at, length})
		}
		at += max(length, 4)
	}
	return nil
}

// pngSpans are the chunks of a PNG that a picture needs; nil if it has none.
func pngSpans(r io.ReadSeeker, size int64) (spans []span) {
	picture := false
	for at := int64(8); at < size; {
		var head [8]byte
		if !readAt(r, at, head[:]) {
			return nil
		}
		length := int64(binary.BigEndian.Uint32(head[:]))
		name := string(head[4:])
		if slices.Contains([]string{"IHDR", "PLTE", "tRNS", "IDAT"}, name) {
			spans = append(spans, span{at + 8, min(length, size-at-8)})
		}
		picture = picture || name == "IDAT"
		at += length + 12
	}
	if !picture {
		return nil
	}
	return spans
}

// A spanReader reads parts of a file one after the other.
type spanReader struct {
	r     io.ReadSeeker
	spans []span
	at    int64 // in the first of them
}

func (s *spanReader) Read(p []byte) (int, error) {
	for len(s.spans) > 0 && s.at >= s.spans[0].length {
		s.spans, s.at = s.spans[1:], 0
	}
	if len(s.spans) == 0 {
		return 0, io.EOF
	}
	if _, err := s.r.Seek(s.spans[0].from+s.at, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.spans[0].length-s.at)])
	s.at += int64(n)
	return n, err
}

// equal reports whether two readers yield the same bytes.
func equal(a, b io.Reader) (bool, error) {
	const room = 64 << 10
	x, y := bufio.NewReaderSize(a, room), bufio.NewReaderSize(b, room)
	var p, q [4096]byte
	for {
		n, err := io.ReadFull(x, p[:])
		m, err2 := io.ReadFull(y, q[:])
		if n != m || !bytes.Equal(p[:n], q[:m]) {
			return false, nil
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return err2 == err, nil
		}
		if err != nil {
			return false, err
		}
		if err2 != nil {
			return false, err2
		}
	}
}
