package photo

import (
	"bytes"
	"io"
	"path"
	"strings"

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

func isWanted(tag string) bool {
	switch tag {
	case "DateTimeOriginal", "CreateDate", "DateCreated", "ModifyDate", "OffsetTime", "OffsetTimeOriginal", "OffsetTimeDigitized":
		return true
	}
	return false
}

// tags has imagemeta read EXIF and XMP.
func (f *finder) tags(r io.ReadSeeker, format imagemeta.ImageFormat) {
	if format == imagemeta.ImageFormatAuto {
		return
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return
	}
	sources := map[imagemeta.Source]How{imagemeta.EXIF: FromExif, imagemeta.XMP: FromXMP}
	// What was found before an error counts.
	_, _ = imagemeta.Decode(imagemeta.Options{
		R:           r,
		ImageFormat: format,
		Sources:     imagemeta.EXIF | imagemeta.XMP,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool {
			return isWanted(tag.Tag) && (tag.Source != imagemeta.EXIF || strings.HasPrefix(tag.Namespace, "IFD0"))
		},
		HandleTag: func(tag imagemeta.TagInfo) error {
			if s, ok := tag.Value.(string); ok && sources[tag.Source] != "" {
				f.note(sources[tag.Source], tag.Tag, s)
			}
			return nil
		},
		LimitTagSize: 256,
	})
}
