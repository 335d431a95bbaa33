package photo

import (
	"bytes"
	"encoding/binary"
	"io"
	"time"
)

// isVideo tells whether a file begins like QuickTime, MP4 or 3GP (ISO 14496-12):
// with a box of one of their types, and not with the brand of a picture.
func isVideo(head []byte) bool {
	if len(head) < 12 {
		return false
	}
	switch string(head[4:8]) {
	case "ftyp":
		switch string(head[8:12]) {
		case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "mif2", "avif", "avis", "crx ":
			return false
		}
		return true
	case "moov", "mdat", "wide", "free", "skip", "pnot":
		return true
	}
	return false
}

// maxBoxes is how many boxes of one level are looked at.
const maxBoxes = 4096

// A box is a part of such a file: bytes from to end of it, without its head.
type box struct {
	kind      string
	from, end int64
}

// boxes calls found for each box between from and end until it returns false.
func boxes(r io.ReadSeeker, from, end int64, found func(b box) bool) {
	for n := 0; n < maxBoxes && from+8 <= end; n++ {
		var head [16]byte
		if !readAt(r, from, head[:8]) {
			return
		}
		size, start := int64(binary.BigEndian.Uint32(head[:4])), from+8
		switch size {
		case 0: // to the end
			size = end - from
		case 1: // 64 bits
			if !readAt(r, from+8, head[8:16]) {
				return
			}
			size, start = int64(binary.BigEndian.Uint64(head[8:16])), from+16
		}
		if size < start-from || size > end-from {
			return
		}
		if !found(box{string(head[4:8]), start, from + size}) {
			return
		}
		from += size
	}
}

// inside finds the first box of a kind within another.
func inside(r io.ReadSeeker, outer box, kind string) (b box, ok bool) {
	boxes(r, outer.from, outer.end, func(inner box) bool {
		if inner.kind == kind {
			b, ok = inner, true
		}
		return !ok
	})
	return b, ok
}

func readAt(r io.ReadSeeker, at int64, p []byte) bool {
	if _, err := r.Seek(at, io.SeekStart); err != nil {
		return false
	}
	_, err := io.ReadFull(r, p)
	return err == nil
}

// movie reads the creation date that Apple writes, with its zone, else that of
// QuickTime's user data, else the creation time of the movie, which is in UTC
// (ISO 14496-12 section 8.2.2).
func (f *finder) movie(r io.ReadSeeker) {
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return
	}
	movie, ok := inside(r, box{"", 0, size}, "moov")
	if !ok {
		return
	}
	take := func(text string) bool {
		c, ok := f.time(FromVideo, text, "")
		if ok {
			f.video = c
		}
		return ok
	}
	if meta, ok := inside(r, movie, "meta"); ok && take(appleDate(r, meta)) {
		return
	}
	if data, ok := inside(r, movie, "udta"); ok {
		if day, ok := inside(r, data, "\xa9day"); ok && day.end-day.from > 4+int64(len("2006-01-02T15:04")) && day.end-day.from < 256 {
			text := make([]byte, day.end-day.from)
			if readAt(r, day.from, text) && take(string(text[4:])) { // behind its length and language
				return
			}
		}
	}
	if t, ok := movieTime(r, movie); ok && !t.After(f.latest) {
		f.video = Capture{Time: t, How: FromVideo}
	}
}

func movieTime(r io.ReadSeeker, movie box) (t time.Time, ok bool) {
	header, ok := inside(r, movie, "mvhd")
	var b [12]byte
	if !ok || header.end-header.from < int64(len(b)) || !readAt(r, header.from, b[:]) {
		return time.Time{}, false
	}
	seconds := uint64(binary.BigEndian.Uint32(b[4:8]))
	if b[0] == 1 { // version
		seconds = binary.BigEndian.Uint64(b[4:12])
	}
	const year = 365.25 * 24 * 3600
	if seconds < 66*year || seconds > 400*year {
		return time.Time{}, false // before 1970: not set, or Unix time by mistake
	}
	return time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(seconds/2) * time.Second).Add(time.Duration(seconds-seconds/2) * time.Second), true
}

// maxMeta is the size up to which lists of keys and values are read.
const maxMeta = 1 << 20

// appleDate reads com.apple.quicktime.creationdate, such as
// 2019-03-12T15:24:10+0100, from a meta box (QuickTime File Format, "Metadata").
func appleDate(r io.ReadSeeker, meta box) string {
	keys, ok := inside(r, meta, "keys")
	if !ok || keys.end-keys.from > maxMeta || keys.end-keys.from < 8 {
		return ""
	}
	b := make([]byte, keys.end-keys.from)
	if !readAt(r, keys.from, b) {
		return ""
	}
	index := uint32(0)
	for n, b := uint32(1), b[8:]; len(b) >= 8; n++ {
		size := binary.BigEndian.Uint32(b)
		if size < 8 || int64(size) > int64(len(b)) {
			break
		}
		if bytes.Equal(b[8:size], []byte("com.apple.quicktime.creationdate")) {
			index = n
		}
		b = b[size:]
	}
	list, listed := inside(r, meta, "ilst")
	if index == 0 || !listed {
		return ""
	}
	value, ok := inside(r, list, string(binary.BigEndian.AppendUint32(nil, index)))
	if !ok {
		return ""
	}
	data, ok := inside(r, value, "data")
	if !ok || data.end-data.from < 8 || data.end-data.from > 256 {
		return ""
	}
	text := make([]byte, data.end-data.from)
	if !readAt(r, data.from, text) {
		return ""
	}
	return string(text[8:])
}
