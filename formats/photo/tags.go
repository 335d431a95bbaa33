package photo

import (
	"bytes"
	"io"
	"path"
	"strings"
	"time"

	"github.com/bep/imagemeta"
)

// formatOf tells the format of a picture from its first bytes; name tells the
// raw formats apart that begin like TIFF.
func formatOf(head []byte, name string) imagemeta.ImageFormat {
	has := func(at int, s string) bool { return len(head) >= at && bytes.HasPrefix(head[at:], []byte(s)) }
	switch {
	case has(0, "\xff\xd8"):
		return imagemeta.JPEG
	case has(0, "\x89PNG"):
		return imagemeta.PNG
	case has(0, "RIFF") && has(8, "WEBP"):
		return imagemeta.WebP
	case has(4, "ftypavi"):
		return imagemeta.AVIF
	case has(4, "ftyp"):
		return imagemeta.HEIF
	case has(0, "II*\x00"), has(0, "MM\x00*"):
		switch strings.ToLower(path.Ext(name)) {
		case ".dng":
			return imagemeta.DNG
		case ".cr2":
			return imagemeta.CR2
		case ".nef":
			return imagemeta.NEF
		case ".arw":
			return imagemeta.ARW
		case ".pef":
			return imagemeta.PEF
		}
		return imagemeta.TIFF
	}
	return imagemeta.ImageFormatAuto
}

// wantedTags are the times that count, the best first, and the zone of each.
// The names are those of exiftool.
var wantedTags = []struct{ time, zone string }{
	{"DateTimeOriginal", "OffsetTimeOriginal"},
	{"CreateDate", "OffsetTimeDigitized"},
	{"DateCreated", ""},
	{"ModifyDate", "OffsetTime"},
}

func isWanted(tag string) bool {
	for _, w := range wantedTags {
		if tag == w.time || tag == w.zone {
			return true
		}
	}
	return false
}

// fromTags reads the capture time from EXIF, and from XMP where that has none.
func fromTags(r io.ReadSeeker, format imagemeta.ImageFormat) (t time.Time, ok bool) {
	if format == imagemeta.ImageFormatAuto {
		return time.Time{}, false
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return time.Time{}, false
	}
	found := map[imagemeta.Source]map[string]string{imagemeta.EXIF: {}, imagemeta.XMP: {}}
	// What was found before an error counts.
	_, _ = imagemeta.Decode(imagemeta.Options{
		R:           r,
		ImageFormat: format,
		Sources:     imagemeta.EXIF | imagemeta.XMP,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool {
			return isWanted(tag.Tag) && (tag.Source != imagemeta.EXIF || strings.HasPrefix(tag.Namespace, "IFD0"))
		},
		HandleTag: func(tag imagemeta.TagInfo) error {
			if s, ok := tag.Value.(string); ok && found[tag.Source] != nil && found[tag.Source][tag.Tag] == "" {
				found[tag.Source][tag.Tag] = s
			}
			return nil
		},
		LimitTagSize: 256,
	})
	for _, source := range []imagemeta.Source{imagemeta.EXIF, imagemeta.XMP} {
		if t, ok := best(found[source]); ok {
			return t, true
		}
	}
	return time.Time{}, false
}

// best picks the time that counts out of the tags found.
func best(tags map[string]string) (t time.Time, ok bool) {
	for _, w := range wantedTags {
		if t, ok := parseTime(tags[w.time], tags[w.zone]); ok {
			return t, true
		}
	}
	return time.Time{}, false
}
