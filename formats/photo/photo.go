// Package photo tells when a picture or a video was taken. It trusts nothing
// that a file says about its own sizes: whatever comes in, it reads a bounded
// number of bytes and never panics.
package photo

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"time"
)

// A Capture is when a picture or video was taken.
type Capture struct {
	Time time.Time // zero if nothing tells
	// Local says that no zone is known: Time is what the camera's clock showed,
	// given in UTC.
	Local bool
	How   How
}

// How says where a capture time comes from.
type How string

// Where a capture time comes from, the best first.
const (
	FromExif   How = "exif"     // EXIF, as the camera wrote it
	FromXMP    How = "xmp"      // XMP
	FromIPTC   How = "iptc"     // IPTC-IIM
	FromText   How = "text"     // the text that a PNG carries
	FromVideo  How = "video"    // the head of a video
	FromName   How = "name"     // the name of the file
	FromChange How = "modified" // when the picture was changed last, as it says itself
	FromFile   How = "file"     // the time of the file, which may be that of a copy
)

// Captured tells when the picture or video was taken: what it says itself of
// that, wherever in it, else the date in its name, else when it was changed last
// as it says itself, else modified. Times before photography, and those more
// than a year after now, are none.
//
// The content decides what kind of file it is; name helps with the raw formats
// of cameras. r is read from its start, and is nowhere in particular afterwards.
func Captured(r io.ReadSeeker, name string, modified, now time.Time) Capture {
	b := &bounded{r: r, left: maxRead, calls: maxCalls}
	f := &finder{latest: now.AddDate(1, 0, 0)}
	f.file(b, name)
	if c, ok := f.original(); ok {
		return c
	}
	if c, ok := FromFileName(name, now); ok {
		return c
	}
	if c, ok := f.changed(); ok {
		return c
	}
	return Capture{Time: modified, How: FromFile}
}

// A finder collects what a file says of its times.
type finder struct {
	latest time.Time // what lies after it is no time
	found  map[How]map[string]string
	video  Capture
}

// file looks through a file. Whatever is in it, it does not panic.
func (f *finder) file(r io.ReadSeeker, name string) {
	defer func() { _ = recover() }() // what was found until then counts
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return
	}
	head := make([]byte, 16)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return
	}
	switch head = head[:n]; {
	case isVideo(head):
		f.movie(r)
		return
	case bytes.HasPrefix(head, []byte("\xff\xd8")):
		f.jpeg(r)
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		f.png(r)
	case bytes.HasPrefix(head, []byte("RIFF")) && len(head) >= 12 && string(head[8:12]) == "WEBP":
		f.webp(r)
	}
	if _, ok := f.original(); !ok {
		f.tags(r, formatOf(head, name))
	}
}

func (f *finder) note(how How, tag, value string) {
	if value = trim(value); value == "" {
		return
	}
	if f.found == nil {
		f.found = map[How]map[string]string{}
	}
	if f.found[how] == nil {
		f.found[how] = map[string]string{}
	}
	if f.found[how][tag] == "" {
		f.found[how][tag] = value
	}
}

// wantedTags are the times that count, the best first, and the zone of each.
// The names are those of exiftool.
var wantedTags = []struct {
	how        How
	time, zone string
}{
	{FromExif, "DateTimeOriginal", "OffsetTimeOriginal"},
	{FromXMP, "DateTimeOriginal", ""},
	{FromExif, "CreateDate", "OffsetTimeDigitized"},
	{FromXMP, "CreateDate", ""},
	{FromXMP, "DateCreated", ""},
	{FromIPTC, "DateCreated", ""},
	{FromIPTC, "DigitalCreationDate", ""},
	{FromText, "Creation Time", ""},
}

// original is when the file says that it was taken.
func (f *finder) original() (Capture, bool) {
	if !f.video.Time.IsZero() {
		return f.video, true
	}
	for _, w := range wantedTags {
		if c, ok := f.time(w.how, f.found[w.how][w.time], f.found[w.how][w.zone]); ok {
			return c, true
		}
	}
	return Capture{}, false
}

// changed is when the file says that it was changed last.
func (f *finder) changed() (Capture, bool) {
	for _, how := range []How{FromExif, FromXMP} {
		if c, ok := f.time(FromChange, f.found[how]["ModifyDate"], f.found[how]["OffsetTime"]); ok {
			return c, true
		}
	}
	return Capture{}, false
}

func (f *finder) time(how How, text, zone string) (Capture, bool) {
	t, local, ok := parseTime(text, zone)
	return Capture{Time: t, Local: local, How: how}, ok && !t.After(f.latest)
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

// timeText is a time as EXIF, XMP and IPTC write it, with what follows it.
var timeText = regexp.MustCompile(`^(\d{4})[-:/.]?(\d\d)[-:/.]?(\d\d)(?:[T ]+(\d\d):?(\d\d)(?::?(\d\d))?(?:[.,]\d*)?)? *(Z|[-+]\d\d(?::?\d\d)?)?$`)

// parseTime reads a time; zone is a UTC offset such as +01:00, or empty, for one
// that has none itself. local tells that there is none. Times before photography
// are none, and neither is the moment at which computers begin to count.
func parseTime(s, zone string) (t time.Time, local, ok bool) {
	m := timeText.FindStringSubmatch(trim(s))
	if m == nil {
		return parseMail(trim(s))
	}
	n := [6]int{}
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1]) // "" is 0
	}
	t = time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC)
	if int(t.Month()) != n[1] || t.Day() != n[2] || n[3] > 23 || n[4] > 59 || n[5] > 59 || n[0] < firstPhoto || t.Unix() == 0 {
		return time.Time{}, false, false
	}
	if m[7] != "" {
		zone = m[7]
	}
	t, zoned := inZone(t, trim(zone))
	return t, !zoned, true
}

// firstPhoto is the year of the first photograph.
const firstPhoto = 1826

// parseMail reads the form that PNG recommends (section 11.3.3.2, RFC 1123).
func parseMail(s string) (t time.Time, local, ok bool) {
	for _, layout := range []string{time.RFC1123Z, time.RFC1123, "2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= firstPhoto {
			return t, false, true
		}
	}
	return time.Time{}, false, false
}

// inZone reads the clock of t in a zone; ok is false if that is none.
func inZone(t time.Time, zone string) (_ time.Time, ok bool) {
	if zone == "-00:00" { // not known (RFC 3339 section 4.3)
		return t, false
	}
	for _, layout := range []string{"Z07:00", "Z0700", "-07"} {
		if z, err := time.Parse(layout, zone); err == nil {
			_, seconds := z.Zone()
			if seconds == 0 {
				return t, true
			}
			return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.FixedZone("", seconds)), true
		}
	}
	return t, false
}

func trim(s string) string { return string(bytes.Trim([]byte(s), " \t\r\n\x00")) }
