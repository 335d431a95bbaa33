package main

import (
	"bytes"
	"encoding/binary"
	"math"
	"time"
)

// A shot is what a camera writes beside the picture.
type shot struct {
	at            time.Time // with the zone of the place
	lat, lon, alt float64
	width, height int
	orientation   uint16
}

// withEXIF returns the JPEG with an APP1 segment behind its first marker
// (EXIF 2.32 s4.5.4).
func withEXIF(jpeg []byte, s shot) []byte {
	tiff := s.tiff()
	var b bytes.Buffer
	b.Write(jpeg[:2])
	b.Write([]byte{0xff, 0xe1})
	_ = binary.Write(&b, binary.BigEndian, uint16(2+6+len(tiff))) // a buffer takes everything
	b.WriteString("Exif\x00\x00")
	b.Write(tiff)
	b.Write(jpeg[2:])
	return b.Bytes()
}

// A field is one entry of an image file directory (TIFF 6.0 s2).
type field struct {
	tag, typ uint16
	count    uint32
	data     []byte
}

var le = binary.LittleEndian

func ascii(tag uint16, s string) field {
	return field{tag, 2, uint32(len(s) + 1), append([]byte(s), 0)}
}
func short(tag, v uint16) field       { return field{tag, 3, 1, le.AppendUint16(nil, v)} }
func long(tag uint16, v uint32) field { return field{tag, 4, 1, le.AppendUint32(nil, v)} }
func rational(tag uint16, v ...[2]uint32) field {
	var d []byte
	for _, r := range v {
		d = le.AppendUint32(le.AppendUint32(d, r[0]), r[1])
	}
	return field{tag, 5, uint32(len(v)), d}
}

// directory lays fields out at an offset, what is longer than four bytes
// behind them.
func directory(at uint32, fields []field) []byte {
	b := le.AppendUint16(nil, uint16(len(fields)))
	more := at + 2 + 12*uint32(len(fields)) + 4
	var tail []byte
	for _, f := range fields {
		b = le.AppendUint32(le.AppendUint16(le.AppendUint16(b, f.tag), f.typ), f.count)
		if len(f.data) <= 4 {
			b = append(b, append(append([]byte(nil), f.data...), 0, 0, 0, 0)[:4]...)
			continue
		}
		b = le.AppendUint32(b, more+uint32(len(tail)))
		tail = append(tail, f.data...)
		if len(tail)%2 == 1 {
			tail = append(tail, 0)
		}
	}
	return append(le.AppendUint32(b, 0), tail...)
}

func (s shot) tiff() []byte {
	const layout = "2006:01:02 15:04:05"
	local, zone := s.at.Format(layout), s.at.Format("-07:00")
	first := func(exif, gps uint32) []field {
		return []field{
			ascii(0x010f, "Example"), ascii(0x0110, "Example Phone 3"), short(0x0112, s.orientation),
			rational(0x011a, [2]uint32{72, 1}), rational(0x011b, [2]uint32{72, 1}), short(0x0128, 2),
			ascii(0x0131, "3.2"), ascii(0x0132, local), long(0x8769, exif), long(0x8825, gps),
		}
	}
	exif := []field{
		rational(0x829a, [2]uint32{1, 250}), rational(0x829d, [2]uint32{18, 10}), short(0x8827, 64),
		{0x9000, 7, 4, []byte("0232")}, ascii(0x9003, local), ascii(0x9004, local), ascii(0x9010, zone), ascii(0x9011, zone), ascii(0x9012, zone),
		rational(0x920a, [2]uint32{425, 100}), ascii(0x9291, s.at.Format("000")), short(0xa001, 1),
		long(0xa002, uint32(s.width)), long(0xa003, uint32(s.height)),
	}
	utc := s.at.UTC()
	gps := []field{
		{0x0000, 1, 4, []byte{2, 3, 0, 0}}, ascii(0x0001, half(s.lat, "N", "S")), rational(0x0002, degrees(s.lat)...),
		ascii(0x0003, half(s.lon, "E", "W")), rational(0x0004, degrees(s.lon)...),
		{0x0005, 1, 1, []byte{0}}, rational(0x0006, [2]uint32{uint32(s.alt * 10), 10}),
		rational(0x0007, [2]uint32{uint32(utc.Hour()), 1}, [2]uint32{uint32(utc.Minute()), 1}, [2]uint32{uint32(utc.Second()), 1}),
		ascii(0x001d, utc.Format("2006:01:02")),
	}
	at1 := uint32(8)
	at2 := at1 + uint32(len(directory(at1, first(0, 0))))
	at3 := at2 + uint32(len(directory(at2, exif)))
	b := le.AppendUint32([]byte("II*\x00"), at1)
	b = append(b, directory(at1, first(at2, at3))...)
	b = append(b, directory(at2, exif)...)
	return append(b, directory(at3, gps)...)
}

func half(v float64, plus, minus string) string {
	if v < 0 {
		return minus
	}
	return plus
}

// degrees are degrees, minutes and hundredths of seconds.
func degrees(v float64) [][2]uint32 {
	hundredths := uint32(math.Round(math.Abs(v) * 360000))
	return [][2]uint32{{hundredths / 360000, 1}, {hundredths / 6000 % 60, 1}, {hundredths % 6000, 100}}
}
