package photo

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"regexp"
)

// mostText is how many bytes of XMP, of a text of a PNG and of EXIF are looked at.
const mostText = 1 << 20

// xmpTime is a time in XMP, as an attribute or as an element.
var xmpTime = regexp.MustCompile(`[\s<:](DateTimeOriginal|CreateDate|DateCreated|ModifyDate)\s*(?:=\s*["']|>)\s*([0-9][0-9T:+\-. Z]{3,40})`)

// xmp reads the times of XMP (ISO 16684-1). A second one of a name is that of
// something else, such as a state before it was edited.
func (f *finder) xmp(packet []byte) {
	for _, m := range xmpTime.FindAllSubmatch(packet[:min(len(packet), mostText)], 64) {
		f.note(FromXMP, string(m[1]), string(m[2]))
	}
}

// photoshop reads the image resources in which IPTC-IIM stands (Adobe Photoshop
// File Formats, "Image Resource Blocks").
func (f *finder) photoshop(b []byte) {
	for len(b) >= 12 && string(b[:4]) == "8BIM" {
		id, name := binary.BigEndian.Uint16(b[4:]), int(b[6])
		at := 6 + (name+2)&^1
		if at+4 > len(b) {
			return
		}
		size := int(binary.BigEndian.Uint32(b[at:]))
		b = b[at+4:]
		if size < 0 || size > len(b) {
			size = len(b)
		}
		if id == 0x0404 {
			f.iptc(b[:size])
		}
		b = b[min(len(b), (size+1)&^1):]
	}
}

// iptc reads IPTC-IIM: 2:55 and 2:60 are the date and time of creation, 2:62 and
// 2:63 those of digitizing.
func (f *finder) iptc(b []byte) {
	values := map[byte]string{}
	for len(b) >= 5 && b[0] == 0x1c {
		size := int(binary.BigEndian.Uint16(b[3:]))
		if size > len(b)-5 {
			break
		}
		if b[1] == 2 && size <= 64 && values[b[2]] == "" {
			values[b[2]] = trim(string(b[5 : 5+size]))
		}
		b = b[5+size:]
	}
	for _, w := range []struct {
		date, time byte
		tag        string
	}{{55, 60, "DateCreated"}, {62, 63, "DigitalCreationDate"}} {
		if values[w.date] != "" {
			f.note(FromIPTC, w.tag, values[w.date]+" "+values[w.time])
		}
	}
}

// png looks through the chunks of a PNG: eXIf, and texts with XMP or a time of
// creation. The times of the file that some programs add count for nothing.
func (f *finder) png(r io.ReadSeeker) {
	at := int64(8)
	for range 4096 {
		var head [8]byte
		if !readAt(r, at, head[:]) {
			return
		}
		size, kind := int64(binary.BigEndian.Uint32(head[:4])), string(head[4:])
		switch kind {
		case "eXIf", "tEXt", "iTXt", "zTXt":
			if size > mostText {
				break
			}
			b := make([]byte, size)
			if n, err := io.ReadFull(r, b); err == nil || err == io.ErrUnexpectedEOF {
				f.chunk(kind, b[:n])
			}
		case "IEND":
			return
		}
		at += 12 + size
	}
}

func (f *finder) chunk(kind string, b []byte) {
	if kind == "eXIf" {
		f.tiff(bytes.TrimPrefix(b, []byte("Exif\x00\x00")))
		return
	}
	keyword, text, ok := bytes.Cut(b, []byte{0})
	if !ok {
		return
	}
	switch {
	case kind == "iTXt" && len(text) >= 2: // flag, method, language, translated keyword
		packed := text[0] == 1
		_, text, _ = bytes.Cut(text[2:], []byte{0})
		_, text, _ = bytes.Cut(text, []byte{0})
		if packed {
			text = inflated(text)
		}
	case kind == "zTXt" && len(text) >= 1:
		text = inflated(text[1:])
	}
	switch string(keyword) {
	case "XML:com.adobe.xmp":
		f.xmp(text)
	case "Creation Time", "create-date", "DateTimeOriginal":
		f.note(FromText, "Creation Time", string(text[:min(len(text), 100)]))
	}
}

func inflated(b []byte) []byte {
	r, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	out, _ := io.ReadAll(io.LimitReader(r, mostText)) // what came before an error counts
	return out
}

// webp looks through the chunks of a WebP.
func (f *finder) webp(r io.ReadSeeker) {
	at := int64(12)
	for range 4096 {
		var head [8]byte
		if !readAt(r, at, head[:]) {
			return
		}
		size, kind := int64(binary.LittleEndian.Uint32(head[4:])), string(head[:4])
		if (kind == "EXIF" || kind == "XMP ") && size <= mostText {
			b := make([]byte, size)
			n, err := io.ReadFull(r, b)
			if b = b[:n]; err != nil && err != io.ErrUnexpectedEOF {
				return
			}
			if kind == "EXIF" {
				f.tiff(bytes.TrimPrefix(b, []byte("Exif\x00\x00"))) // which belongs in JPEG alone
			} else {
				f.xmp(b)
			}
		}
		at += 8 + (size+1)&^1
	}
}
