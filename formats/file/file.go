// Package file tells what is in a file that someone hands over: contacts,
// dates, a table, a picture, by its content rather than by its ending, and
// object by object.
//
// What the objects mean is left to the packages vcard and ical, what becomes of
// them to the caller.
package file

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf16"

	"sidekeep/formats/photo"
)

// A Type says what a file holds.
type Type string

// The types of files.
const (
	Unknown   Type = ""
	Cards     Type = "vcard"     // contacts, in any version
	Calendar  Type = "icalendar" // events and to-dos, also those of vCalendar 1.0
	Table     Type = "csv"       // a table, of contacts if its columns say so
	Photo     Type = "photo"     // a picture or a video
	Archive   Type = "zip"
	EmptyFile Type = "empty"
)

// HeadSize is how many bytes from the beginning of a file [Detect] wants.
const HeadSize = 64 << 10

// Detect tells what a file holds by its first [HeadSize] bytes, or all of them
// if it has fewer. The ending of its name decides only where the content does
// not say, as in a damaged file.
func Detect(head []byte, name string) Type {
	if t := magic(head); t != Unknown {
		return t
	}
	text := plain(head)
	if t := firstObject(text); t != Unknown {
		return t
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return EmptyFile
	}
	binary := bytes.IndexByte(text, 0) >= 0
	switch strings.ToLower(path.Ext(name)) {
	case ".vcf", ".vcard":
		return Cards
	case ".ics", ".ical", ".ifb", ".vcs":
		return Calendar
	case ".csv", ".tsv":
		if !binary {
			return Table
		}
	}
	if binary && photo.IsPhoto(name) {
		return Photo
	}
	return Unknown
}

// magic tells the binary files that their first bytes give away.
func magic(head []byte) Type {
	has := func(at int, s string) bool { return len(head) >= at && bytes.HasPrefix(head[at:], []byte(s)) }
	switch {
	case has(0, "PK\x03\x04"), has(0, "PK\x05\x06"):
		return Archive
	case has(0, "\xff\xd8\xff"), has(0, "\x89PNG\r\n\x1a\n"), has(0, "GIF87a"), has(0, "GIF89a"),
		has(0, "II*\x00"), has(0, "MM\x00*"), has(0, "RIFF") && (has(8, "WEBP") || has(8, "AVI ")),
		has(0, "BM") && has(6, "\x00\x00\x00\x00"), has(0, "\xff\x0a"), has(0, "\x00\x00\x00\x0cJXL "),
		has(0, "\x1aE\xdf\xa3"), has(0, "\x00\x00\x01\xba"), has(0, "FUJIFILM"):
		return Photo
	case has(4, "ftyp"):
		for _, audio := range []string{"M4A ", "M4B ", "M4P "} {
			if has(8, audio) {
				return Unknown
			}
		}
		return Photo
	}
	return Unknown
}

// plain gives head one byte a character if it is UTF-16, and itself otherwise.
func plain(head []byte) []byte {
	low := -1
	switch {
	case len(head) < 4:
		return head
	case bytes.HasPrefix(head, []byte("\xff\xfe")), head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0:
		low = 0
	case bytes.HasPrefix(head, []byte("\xfe\xff")), head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0:
		low = 1
	default:
		return bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	}
	out := make([]byte, 0, len(head)/2)
	for i := 0; i+1 < len(head); i += 2 {
		u := uint16(head[i+low]) | uint16(head[i+1-low])<<8
		switch {
		case u == 0xfeff:
		case u > 0x7f || utf16.IsSurrogate(rune(u)):
			out = append(out, '?')
		default:
			out = append(out, byte(u))
		}
	}
	return out
}

// firstObject tells what begins first in a text.
func firstObject(text []byte) Type {
	for len(text) > 0 {
		end := bytes.IndexAny(text, "\r\n")
		if end < 0 {
			end = len(text)
		}
		if t := begins(text[:end]); t != Unknown {
			return t
		}
		text = bytes.TrimLeft(text[end:], "\r\n")
	}
	return Unknown
}

// begins tells what begins with this line.
func begins(line []byte) Type {
	line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")))
	if len(line) < 6 || !bytes.EqualFold(line[:6], []byte("BEGIN:")) {
		return Unknown
	}
	switch name := strings.ToUpper(string(bytes.TrimSpace(line[6:]))); name {
	case "VCARD":
		return Cards
	case "VCALENDAR", "VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VALARM":
		return Calendar
	}
	return Unknown
}
