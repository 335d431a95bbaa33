// Package photo tells when a picture or a video was taken. It trusts nothing
// that a file says about its own sizes: whatever comes in, it reads a bounded
// number of bytes and never panics.
package photo

import (
	"bytes"
	"errors"
	"io"
	"time"
)

// How says where a capture time comes from.
type How string

// Where a capture time comes from.
const (
	FromExif How = "exif" // written into the file by the camera: EXIF, XMP or the head of a video
	FromFile How = "file" // the time of the file, which may be that of a copy
)

// Captured tells when the picture or video was taken. Without a usable time in
// the file it is modified. A time for which the camera wrote no zone is given
// in UTC, so that year, month, day and hour are what its clock showed.
//
// The content decides what kind of file it is; name helps with the raw formats
// of cameras. r is read from its start, and is nowhere in particular afterwards.
func Captured(r io.ReadSeeker, name string, modified time.Time) (t time.Time, how How) {
	b := &bounded{r: r, left: maxRead, calls: maxCalls}
	if t, ok := captured(b, name); ok {
		return t, FromExif
	}
	return modified, FromFile
}

func captured(r io.ReadSeeker, name string) (t time.Time, ok bool) {
	defer func() {
		if recover() != nil {
			t, ok = time.Time{}, false
		}
	}()
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return time.Time{}, false
	}
	head := make([]byte, 16)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return time.Time{}, false
	}
	if isVideo(head[:n]) {
		return fromVideo(r)
	}
	if t, ok = fromTags(r, formatOf(head[:n], name)); ok {
		return t, true
	}
	if bytes.HasPrefix(head, []byte("\xff\xd8")) {
		return fromJPEG(r)
	}
	return time.Time{}, false
}

const (
	maxRead  = 16 << 20 // bytes that are read of a file
	maxCalls = 50_000   // reads and seeks
)

var errBound = errors.New("more of the file would have to be read than is sensible")

// A bounded reader ends work on hostile files, by what is read and by how often.
type bounded struct {
	r           io.ReadSeeker
	left, calls int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.calls--; b.calls < 0 || b.left <= 0 {
		return 0, errBound
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func (b *bounded) Seek(offset int64, whence int) (int64, error) {
	if b.calls--; b.calls < 0 {
		return 0, errBound
	}
	return b.r.Seek(offset, whence)
}

// parseTime reads a time as EXIF, XMP and IPTC write it; zone is a UTC offset
// such as +01:00, or empty. Times before photography are none.
func parseTime(s, zone string) (t time.Time, ok bool) {
	s = trim(s)
	if len(s) > len("2006:01:02 15:04:05") { // XMP: fraction and zone
		rest := s[len("2006:01:02 15:04:05"):]
		for rest != "" && (rest[0] == '.' || rest[0] >= '0' && rest[0] <= '9') {
			rest = rest[1:]
		}
		s = s[:len("2006:01:02 15:04:05")]
		if rest = trim(rest); rest != "" {
			zone = rest
		}
	}
	for _, layout := range []string{"2006:01:02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006:01:02 15:04", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1826 {
			return inZone(t, trim(zone)), true
		}
	}
	return time.Time{}, false
}

// inZone reads the clock of t in a zone; one that is none changes nothing.
func inZone(t time.Time, zone string) time.Time {
	for _, layout := range []string{"Z07:00", "Z0700", "-07"} {
		if z, err := time.Parse(layout, zone); err == nil {
			_, seconds := z.Zone()
			if z.Location() == time.UTC || seconds == 0 {
				return t
			}
			return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.FixedZone("", seconds))
		}
	}
	return t
}

func trim(s string) string { return string(bytes.Trim([]byte(s), " \t\r\n\x00")) }
