package photo

import (
	"bytes"
	"encoding/binary"
	"io"
)

// jpeg looks through the segments of a JPEG. It asks less than imagemeta, which
// gives up at the first field that is damaged: only those that are wanted have
// to be whole.
func (f *finder) jpeg(r io.ReadSeeker) {
	at := int64(2)
	for range 256 { // segments
		var head [4]byte
		if !readAt(r, at, head[:]) || head[0] != 0xff || head[1] == 0xda {
			return
		}
		if head[1] == 0xff { // fill byte
			at++
			continue
		}
		size := int64(binary.BigEndian.Uint16(head[2:]))
		if (head[1] == 0xe1 || head[1] == 0xed) && size > 8 {
			b := make([]byte, size-2)
			if n, err := io.ReadFull(r, b); err == nil || err == io.ErrUnexpectedEOF {
				f.segment(b[:n])
			}
		}
		at += 2 + max(size, 2)
	}
}

// segment reads an APP1 or APP13.
func (f *finder) segment(b []byte) {
	if tiff, exif := bytes.CutPrefix(b, []byte("Exif\x00\x00")); exif {
		f.tiff(tiff)
	} else if packet, xmp := bytes.CutPrefix(b, []byte("http://ns.adobe.com/xap/1.0/\x00")); xmp {
		f.xmp(packet)
	} else if resources, photoshop := bytes.CutPrefix(b, []byte("Photoshop 3.0\x00")); photoshop {
		f.photoshop(resources)
	}
}

// fields are the names of the wanted fields of EXIF (Exif 2.32, 4.6.5).
var fields = map[uint16]string{
	0x0132: "ModifyDate", 0x9003: "DateTimeOriginal", 0x9004: "CreateDate",
	0x9010: "OffsetTime", 0x9011: "OffsetTimeOriginal", 0x9012: "OffsetTimeDigitized",
}

// tiff reads EXIF.
func (f *finder) tiff(b []byte) {
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(b, []byte("II")) {
		order = binary.LittleEndian
	}
	if len(b) < 8 {
		return
	}
	found := map[string]string{}
	exif := directory(b, order, order.Uint32(b[4:]), found)
	if exif != 0 {
		directory(b, order, exif, found)
	}
	for tag, value := range found {
		f.note(FromExif, tag, value)
	}
}

// directory collects the wanted fields of the directory at an offset of b, and
// returns the offset of the EXIF directory if it names one.
func directory(b []byte, order binary.ByteOrder, offset uint32, found map[string]string) (exif uint32) {
	if uint64(offset)+2 > uint64(len(b)) {
		return 0
	}
	n := int(order.Uint16(b[offset:]))
	for entry := b[offset+2:]; n > 0 && len(entry) >= 12; n, entry = n-1, entry[12:] {
		tag, kind, count, at := order.Uint16(entry), order.Uint16(entry[2:]), order.Uint32(entry[4:]), order.Uint32(entry[8:])
		const ascii = 2
		name, wanted := fields[tag]
		switch {
		case tag == 0x8769:
			exif = at
		case !wanted || kind != ascii || count > 64:
		case count <= 4:
			found[name] = string(entry[8 : 8+count])
		case uint64(at)+uint64(count) <= uint64(len(b)):
			found[name] = string(b[at : at+count])
		}
	}
	return exif
}
