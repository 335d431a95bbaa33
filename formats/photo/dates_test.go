package photo

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

const xmpHead = "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description xmlns:exif='http://ns.adobe.com/exif/1.0/' "

func iptcOf(records ...string) string {
	data := ""
	for i := 0; i < len(records); i += 2 {
		data += "\x1c\x02" + records[i] + string(binary.BigEndian.AppendUint16(nil, uint16(len(records[i+1])))) + records[i+1]
	}
	other := "8BIM\x04\x25\x03abc" + be(3) + "xyz\x00"
	return "Photoshop 3.0\x00" + other + "8BIM\x04\x04\x00\x00" + be(uint32(len(data))) + data
}

// jpegOf16 is a JPEG of these segments, whose first byte is their marker's last.
func jpegWith(segments ...string) string {
	out := "\xff\xd8"
	for _, s := range segments {
		out += rawSegment(s[0], s[1:])
	}
	return out + rawSegment(0xda, "") + "\xff\xd9"
}

func chunkOf(kind, data string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(data)))) + kind + data + "\x00\x00\x00\x00"
}

func pngWith(chunks ...string) string {
	return "\x89PNG\r\n\x1a\n" + chunkOf("IHDR", "\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00") + strings.Join(chunks, "") + chunkOf("IEND", "")
}

// TestDates: the time at which a picture was taken wins over that at which it
// was changed, wherever either stands, and a name over nothing.
func TestDates(t *testing.T) {
	changed := "\xe1Exif\x00\x00" + string(exif(binary.BigEndian, []field{{0x0132, "2024:05:05 10:00:00"}}, nil))
	original := "\xe1Exif\x00\x00" + string(taken("2009:10:01 12:30:00", ""))
	xmp := func(s string) string { return "\xe1" + xmpHead + s + "</rdf:Description></rdf:RDF></x:xmpmeta>" }
	element := "><exif:DateTimeOriginal>2009-10-01T12:30:00</exif:DateTimeOriginal>"
	webpOf := func(data string) string {
		body := "WEBP" + "EXIF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(data)))) + data
		return "RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body
	}
	for _, tt := range []struct {
		name, data, want string
		how              How
	}{
		{"x.jpg", jpegWith(changed, xmp(element)), "2009-10-01T12:30:00 local", FromXMP},
		{"x.jpg", jpegWith(xmp(element), changed), "2009-10-01T12:30:00 local", FromXMP},
		{"x.jpg", jpegWith(changed, xmp(`exif:DateTimeOriginal="2009-10-01T12:30:00.00+02:00">`)), "2009-10-01T12:30:00+02:00", FromXMP},
		{"x.jpg", jpegWith(xmp(`xmp:ModifyDate="2024-01-01T00:00:00Z" xmp:CreateDate="2009-10-01T12:30:00Z">`)), "2009-10-01T12:30:00Z", FromXMP},
		{"x.jpg", jpegWith(xmp(`photoshop:DateCreated="2009-10-01">`)), "2009-10-01T00:00:00 local", FromXMP},
		{"x.jpg", jpegWith(original, xmp(`exif:DateTimeOriginal="2010-10-01T12:30:00">`)), "2009-10-01T12:30:00 local", FromExif},
		{"x.jpg", jpegWith("\xed" + iptcOf("\x37", "20091001", "\x3c", "123000+0000")), "2009-10-01T12:30:00Z", FromIPTC},
		{"x.jpg", jpegWith("\xed"+iptcOf("\x37", "20091001", "\x3c", "123000-0530"), changed), "2009-10-01T12:30:00-05:30", FromIPTC},
		{"x.jpg", jpegWith("\xed" + iptcOf("\x37", "20091001")), "2009-10-01T00:00:00 local", FromIPTC},
		{"x.jpg", jpegWith("\xed" + iptcOf("\x3e", "20091001", "\x3f", "123000")), "2009-10-01T12:30:00 local", FromIPTC},
		{"x.jpg", jpegWith("\xed" + iptcOf("\x37", "00000000")), "", FromFile},
		{"x.png", pngWith(chunkOf("tEXt", "date:create\x002026-11-28T13:51:52+00:00"), chunkOf("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+xmpHead[29:]+element)), "2009-10-01T12:30:00 local", FromXMP},
		{"x.png", pngWith(chunkOf("tEXt", "Creation Time\x002009:10:01 12:30:00")), "2009-10-01T12:30:00 local", FromText},
		{"x.png", pngWith(chunkOf("tEXt", "Creation Time\x00Thu, 01 Oct 2009 12:30:00 +0200")), "2009-10-01T12:30:00+02:00", FromText},
		{"x.png", pngWith(chunkOf("tEXt", "Creation Time\x00a while ago")), "", FromFile},
		{"x.png", pngWith(chunkOf("eXIf", string(taken("2009:10:01 12:30:00", "+01:00")))), "2009-10-01T12:30:00+01:00", FromExif},
		{"x.png", pngWith(chunkOf("eXIf", "Exif\x00\x00"+string(taken("2009:10:01 12:30:00", "")))), "2009-10-01T12:30:00 local", FromExif},
		{"x.webp", webpOf("Exif\x00\x00" + string(taken("2009:10:01 12:30:00", ""))), "2009-10-01T12:30:00 local", FromExif},
		{"x.heic", heic(taken("2009:10:01 12:30:00", "")), "2009-10-01T12:30:00 local", FromExif},
		{"x.mp4", movie(time.Date(2009, 10, 1, 12, 30, 0, 0, time.UTC)), "2009-10-01T12:30:00Z", FromVideo},
		{"x.mov", movie(modified, boxOf("udta", boxOf("\xa9day", "\x00\x18\x00\x00", "2009-10-01T12:30:00+0200"))), "2009-10-01T12:30:00+02:00", FromVideo},
		{"VID_20091001_123000.mp4", movie(time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC)), "2009-10-01T12:30:00 local", FromName},

		{"x.jpg", jpeg(taken("2216:11:15 11:46:51", "")), "", FromFile},
		{"x.jpg", jpeg(taken("1700:11:15 11:46:51", "")), "", FromFile},
		{"x.jpg", jpeg(taken("1970:01:01 00:00:00", "")), "", FromFile},
		{"x.jpg", jpeg(taken("2009:10:01 12:30", "")), "2009-10-01T12:30:00 local", FromExif},
		{"x.jpg", jpeg(taken("2009-10-01 12:30:00", "")), "2009-10-01T12:30:00 local", FromExif},
		{"x.jpg", jpeg(taken("2025:01:08 07:18:55+0000", "")), "2025-01-08T07:18:55Z", FromExif},
		{"x.jpg", jpegWith(changed), "2024-05-05T10:00:00 local", FromChange},
		{"IMG_20250108_123000.jpg", jpegWith(changed), "2025-01-08T12:30:00 local", FromName},
		{"IMG_20250108_123000.jpg", jpegWith(original), "2009-10-01T12:30:00 local", FromExif},
	} {
		got := Captured(strings.NewReader(tt.data), tt.name, modified, now)
		text := ""
		if got.How != FromFile {
			if text = got.Time.Format(time.RFC3339); got.Local {
				text = got.Time.Format("2006-01-02T15:04:05") + " local"
			}
		}
		if text != tt.want || got.How != tt.how {
			t.Errorf("%s %.60q: %q from %s, want %q from %s", tt.name, tt.data, text, got.How, tt.want, tt.how)
		}
	}
}

func TestFromFileName(t *testing.T) {
	for name, want := range map[string]string{
		"IMG_20250108_123001.jpg": "2025-01-08T12:30:01", "PXL_20210102_030405678.jpg": "2021-01-02T03:04:05 UTC", "PXL_20210102_030405678.MP.jpg": "2021-01-02T03:04:05 UTC",
		"PXL_20210102_030405678~2.jpg": "2021-01-02T03:04:05 UTC",
		"VID_20250108_123001.mp4":      "2025-01-08T12:30:01", "VID20250108123001.mp4": "2025-01-08T12:30:01", "IMG-20250108-WA0000.jpg": "2025-01-08T00:00:00", "VID-20250108-WA0012.mp4": "2025-01-08T00:00:00",
		"Screenshot_2025-01-08-12-30-00.png": "2025-01-08T12:30:00", "Screenshot_20250108-123000_Maps.png": "2025-01-08T12:30:00", "Screenshot_2025-01-08-12-30-00-123_com.app.jpg": "2025-01-08T12:30:00",
		"Screenshot 2025-01-08 at 12.30.00.png": "2025-01-08T12:30:00", "Screen Shot 2025-01-08 at 1.30.00 PM.png": "2025-01-08T00:00:00", "Screenshot 2025-01-08 at 01.30.00 PM.png": "2025-01-08T13:30:00",
		"Bildschirmfoto 2025-01-08 um 12.30.00.png": "2025-01-08T12:30:00", "signal-2025-01-08-12-30-00-123.jpg": "2025-01-08T12:30:00", "signal-2025-01-08-123000.jpeg": "2025-01-08T12:30:00",
		"2009-10-01 12.30.00.jpg": "2009-10-01T12:30:00", "2009-10-01 12.30.00-1.jpg": "2009-10-01T12:30:00", "20091001_123000.jpg": "2009-10-01T12:30:00", "20091001_123000(1).jpg": "2009-10-01T12:30:00",
		"WhatsApp Image 2025-01-08 at 12.30.00.jpeg": "2025-01-08T12:30:00", "photo_2025-01-08_12-30-00.jpg": "2025-01-08T12:30:00", "Holiday 2009-10-01.jpg": "2009-10-01T00:00:00",
		"MVIMG_20250108_123001.jpg": "2025-01-08T12:30:01", "IMG_20250108.jpg": "2025-01-08T00:00:00", "DCIM/Camera/IMG_20250108_123001.jpg": "2025-01-08T12:30:01",

		"12345678.jpg": "", "20250108.jpg": "", "IMG_1234.jpg": "", "DSC00042.jpg": "", "FB_IMG_1483920203123.jpg": "", "20251308_123001.jpg": "", "20250230_123001.jpg": "",
		"IMG_20250108_250000.jpg": "2025-01-08T00:00:00", "IMG_22160108_123001.jpg": "", "IMG_18000108_123001.jpg": "", "IMG_20270108_123001.jpg": "", "120250108_123001.jpg": "", "20250108_1230012345.jpg": "",
		"5f20250108a.jpg": "", "order-20200515-883.jpg": "", "2020051512.jpg": "", "1999-99-99.jpg": "", "": "", "a20091001_123000b.jpg": "2009-10-01T12:30:00",
	} {
		c, ok := FromFileName(name, now)
		got := ""
		if ok {
			if got = c.Time.Format("2006-01-02T15:04:05"); !c.Local {
				got += " UTC"
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func FuzzDates(f *testing.F) {
	f.Add([]byte(jpegWith("\xed" + iptcOf("\x37", "20091001"))))
	f.Add([]byte(pngWith(chunkOf("zTXt", "Creation Time\x00\x00abc"))))
	f.Add(bytes.Repeat([]byte("8BIM\x04\x04"), 9))
	f.Fuzz(func(t *testing.T, data []byte) {
		w := &finder{latest: now}
		w.photoshop(data)
		w.iptc(data)
		w.xmp(data)
		w.tiff(data)
		w.chunk("iTXt", data)
		w.chunk("zTXt", data)
	})
}
