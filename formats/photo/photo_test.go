package photo

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

var modified = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

type field struct {
	tag   uint16
	value string
}

// exif makes a TIFF structure with text fields in IFD0 and in its EXIF part.
func exif(order binary.AppendByteOrder, ifd0, part []field) []byte {
	b := []byte("MM\x00*")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		b = []byte("II*\x00")
	}
	b = order.AppendUint32(b, 8)
	ifd := func(fields []field, pointer bool) {
		n := len(fields)
		if pointer {
			n++
		}
		b = order.AppendUint16(b, uint16(n))
		text := uint32(len(b) + 12*n + 4)
		var values []byte
		for _, f := range fields {
			v := f.value + "\x00"
			b = order.AppendUint16(order.AppendUint16(b, f.tag), 2)
			b = order.AppendUint32(b, uint32(len(v)))
			if len(v) <= 4 {
				b = append(b, (v + "\x00\x00\x00\x00")[:4]...)
				continue
			}
			b = order.AppendUint32(b, text+uint32(len(values)))
			values = append(values, v...)
		}
		if pointer {
			b = order.AppendUint16(order.AppendUint16(b, 0x8769), 4)
			b = order.AppendUint32(order.AppendUint32(b, 1), text+uint32(len(values)))
		}
		b = append(order.AppendUint32(b, 0), values...)
	}
	ifd(ifd0, part != nil)
	if part != nil {
		ifd(part, false)
	}
	return b
}

func taken(value, zone string) []byte {
	part := []field{{0x9003, value}}
	if zone != "" {
		part = append(part, field{0x9011, zone})
	}
	return exif(binary.BigEndian, []field{{0x010f, "Camera"}}, part)
}

func jpeg(tiff []byte) string {
	return "\xff\xd8" + rawSegment(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00") + rawSegment(0xe1, "Exif\x00\x00"+string(tiff)) + rawSegment(0xda, "") + "\xff\xd9"
}

func rawSegment(marker byte, data string) string {
	return string([]byte{0xff, marker}) + string(binary.BigEndian.AppendUint16(nil, uint16(len(data)+2))) + data
}

func png(tiff []byte) string {
	chunk := func(kind, data string) string {
		sum := crc32.ChecksumIEEE([]byte(kind + data))
		return string(binary.BigEndian.AppendUint32(nil, uint32(len(data)))) + kind + data + string(binary.BigEndian.AppendUint32(nil, sum))
	}
	return "\x89PNG\r\n\x1a\n" + chunk("IHDR", "\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00") + chunk("eXIf", string(tiff)) + chunk("IEND", "")
}

func webp(tiff []byte) string {
	chunk := func(kind, data string) string {
		return kind + string(binary.LittleEndian.AppendUint32(nil, uint32(len(data)))) + data + strings.Repeat("\x00", len(data)%2)
	}
	body := "WEBP" + chunk("VP8X", "\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00") + chunk("EXIF", string(tiff))
	return "RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body
}

func boxOf(kind string, parts ...string) string {
	data := strings.Join(parts, "")
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(data)+8))) + kind + data
}

func be(n uint32) string { return string(binary.BigEndian.AppendUint32(nil, n)) }

// heic makes the boxes of a HEIC file that has nothing but an EXIF item
// (ISO 14496-12 section 8.11, ISO 23008-12 annex A).
func heic(tiff []byte) string {
	ftyp := boxOf("ftyp", "heic", be(0), "mif1heic")
	item := be(6) + "Exif\x00\x00" + string(tiff)
	meta := func(offset uint32) string {
		iinf := boxOf("iinf", be(0), "\x00\x01", boxOf("infe", "\x02\x00\x00\x00", "\x00\x01", "\x00\x00", "Exif", "\x00"))
		iloc := boxOf("iloc", be(0), "\x44\x00", "\x00\x01", "\x00\x01", "\x00\x00", "\x00\x01", be(offset), be(uint32(len(item))))
		return boxOf("meta", be(0), boxOf("hdlr", be(0), be(0), "pict", be(0), be(0), be(0), "\x00"), boxOf("pitm", be(0), "\x00\x01"), iinf, iloc)
	}
	offset := len(ftyp) + len(meta(0)) + 8
	return ftyp + meta(uint32(offset)) + boxOf("mdat", item)
}

// since1904 is how QuickTime writes a time.
func since1904(t time.Time) uint32 {
	return uint32(t.Unix() - time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC).Unix())
}

func movie(t time.Time, inMovie ...string) string {
	mvhd := boxOf("mvhd", be(0), be(since1904(t)), be(0), strings.Repeat("\x00", 88))
	return boxOf("ftyp", "qt  ", be(0), "qt  ") + boxOf("wide") + boxOf("mdat", strings.Repeat("x", 20)) + boxOf("moov", append([]string{mvhd}, inMovie...)...)
}

func appleMeta(date string) string {
	key := func(name string) string { return be(uint32(len(name)+8)) + "mdta" + name }
	return boxOf("meta", boxOf("hdlr", be(0), be(0), "mdta"), boxOf("keys", be(0), be(2), key("com.apple.quicktime.make"), key("com.apple.quicktime.creationdate")),
		boxOf("ilst", boxOf(be(1), boxOf("data", be(1), be(0), "Apple")), boxOf(be(2), boxOf("data", be(1), be(0), date))))
}

var summer = time.Date(2021, 7, 8, 9, 10, 11, 0, time.UTC)

var files = []struct {
	name, data string
	want       time.Time // zero: the time of the file
}{
	{"plain.jpg", jpeg(taken("2021:07:08 09:10:11", "")), summer},
	{"zone.jpg", jpeg(taken("2021:07:08 09:10:11", "+02:00")), time.Date(2021, 7, 8, 9, 10, 11, 0, time.FixedZone("", 7200))},
	{"utc.jpg", jpeg(taken("2021:07:08 09:10:11", "Z")), summer},
	{"nonsense zone.jpg", jpeg(taken("2021:07:08 09:10:11", "   :  ")), summer},
	{"little-endian.jpg", jpeg(exif(binary.LittleEndian, nil, []field{{0x9003, "2021:07:08 09:10:11"}})), summer},
	{"digitized.jpg", jpeg(exif(binary.BigEndian, []field{{0x0132, "2022:01:01 00:00:00"}}, []field{{0x9004, "2021:07:08 09:10:11"}})), summer},
	{"only modified.jpg", jpeg(exif(binary.BigEndian, []field{{0x0132, "2021:07:08 09:10:11"}}, nil)), summer},
	{"clock not set.jpg", jpeg(taken("0000:00:00 00:00:00", "")), time.Time{}},
	{"blank.jpg", jpeg(taken("    :  :     :  :  ", "")), time.Time{}},
	{"no such day.jpg", jpeg(taken("2021:02:31 09:10:11", "")), time.Time{}},
	{"no exif.jpg", "\xff\xd8\xff\xd9", time.Time{}},
	{"damaged field.jpg", jpeg(bytes.Replace(taken("2021:07:08 09:10:11", ""), []byte("\x01\x0f\x00\x02"), []byte("\x01\x0f\x00\x63"), 1)), summer},
	{"screenshot.png", png(taken("2021:07:08 09:10:11", "")), summer},
	{"picture.webp", webp(taken("2021:07:08 09:10:11", "")), summer},
	{"scan.tiff", string(taken("2021:07:08 09:10:11", "")), summer},
	{"photo.heic", heic(taken("2021:07:08 09:10:11", "+02:00")), time.Date(2021, 7, 8, 9, 10, 11, 0, time.FixedZone("", 7200))},
	{"heic that is called.jpg", heic(taken("2021:07:08 09:10:11", "")), summer},
	{"clip.mp4", movie(summer), summer},
	{"clip.mov", movie(modified, appleMeta("2021-07-08T09:10:11+0200")), time.Date(2021, 7, 8, 9, 10, 11, 0, time.FixedZone("", 7200))},
	{"odd date.mov", movie(summer, appleMeta("yesterday")), summer},
	{"no time.mp4", movie(time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)), time.Time{}},
	{"1970.mp4", movie(time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)), time.Time{}},
	{"text.jpg", "this is not a picture at all", time.Time{}},
	{"empty.jpg", "", time.Time{}},
}

func TestCaptured(t *testing.T) {
	for _, tt := range files {
		t.Run(tt.name, func(t *testing.T) {
			got := Captured(strings.NewReader(tt.data), tt.name, modified, now)
			want, how := tt.want, FromExif
			switch {
			case want.IsZero():
				want, how = modified, FromFile
			case strings.HasSuffix(tt.name, ".mp4"), strings.HasSuffix(tt.name, ".mov"):
				how = FromVideo
			case tt.name == "only modified.jpg":
				how = FromChange
			}
			if got.Time.Format(time.RFC3339) != want.Format(time.RFC3339) || got.How != how {
				t.Errorf("got %+v, want %v from %s", got, want, how)
			}
		})
	}
}

// TestDamaged cuts every file at every byte and damages every byte of it.
func TestDamaged(t *testing.T) {
	for _, tt := range files {
		for n := range len(tt.data) {
			sensible(t, tt.name, []byte(tt.data[:n]))
			for _, b := range []byte{0, 0xff, tt.data[n] ^ 1} {
				data := []byte(tt.data)
				data[n] = b
				sensible(t, tt.name, data)
			}
		}
	}
}

func sensible(t *testing.T, name string, data []byte) {
	t.Helper()
	got := Captured(bytes.NewReader(data), name, modified, now)
	if got.How == FromFile && !got.Time.Equal(modified) || got.How != FromFile && (got.Time.Year() < 1826 || got.Time.After(now.AddDate(1, 0, 0))) {
		t.Fatalf("%s: %+v", name, got)
	}
}

// vast is a file of many gigabytes that repeats itself behind its head.
type vast struct {
	head, body string
	at, size   int64
	read       int64
}

func (v *vast) Read(p []byte) (int, error) {
	if v.at >= v.size {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && v.at < v.size {
		rest := v.body
		if v.at < int64(len(v.head)) {
			rest = v.head[v.at:]
		} else {
			rest = rest[(v.at-int64(len(v.head)))%int64(len(v.body)):]
		}
		c := copy(p[n:], rest)
		n, v.at = n+c, v.at+int64(c)
	}
	v.read += int64(n)
	return n, nil
}

func (v *vast) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += v.at
	case io.SeekEnd:
		offset += v.size
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek to %d", offset)
	}
	v.at = offset
	return offset, nil
}

func TestHostile(t *testing.T) {
	for _, tt := range []struct{ name, head, body string }{
		{"a JPEG of nothing but segments", "\xff\xd8", rawSegment(0xe2, strings.Repeat("x", 100))},
		{"a JPEG of zeros", "\xff\xd8", "\x00"},
		{"a JPEG of fill bytes", "\xff\xd8", "\xff"},
		{"a PNG of nothing but chunks", "\x89PNG\r\n\x1a\n", "\x00\x00\x00\x00tEXtcccc"},
		{"a WebP of nothing but chunks", "RIFF\xff\xff\xff\xffWEBP", "JUNK\x00\x00\x00\x00"},
		{"a TIFF whose directories are all alike", "MM\x00*\x00\x00\x00\x08", "\xff\xff\x87\x69\x00\x04\x00\x00\x00\x01\x00\x00\x00\x08"},
		{"a video of empty boxes", boxOf("ftyp", "isom", be(0)), boxOf("free")},
		{"a movie of empty boxes", boxOf("ftyp", "isom", be(0)) + be(0) + "moov", boxOf("free")},
		{"a HEIC of empty boxes", boxOf("ftyp", "heic", be(0)), boxOf("free")},
		{"a HEIC in which boxes nest", boxOf("ftyp", "heic", be(0)), "\x7f\xff\xff\xffmeta\x00\x00\x00\x00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := &vast{head: tt.head, body: tt.body, size: 8 << 30}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if c := Captured(v, "x.jpg", modified, now); c.How != FromFile {
				t.Errorf("a time was found")
			}
			runtime.ReadMemStats(&after)
			if v.read > 2*maxRead {
				t.Errorf("%d MB were read", v.read>>20)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 256<<20 {
				t.Errorf("%d MB were allocated", used>>20)
			}
		})
	}
}

type broken struct{ io.ReadSeeker }

func (broken) Read([]byte) (int, error)       { return 0, io.ErrClosedPipe }
func (broken) Seek(int64, int) (int64, error) { panic("closed") }

func TestBrokenReader(t *testing.T) {
	if got := Captured(broken{}, "x.jpg", modified, now); !got.Time.Equal(modified) || got.How != FromFile {
		t.Errorf("%+v", got)
	}
}

func TestIsPhoto(t *testing.T) {
	for name, want := range map[string]bool{
		"IMG_0001.JPG": true, "a.heic": true, "clip.MOV": true, "x.png": true, "raw.DNG": true, "dir.jpg/a.txt": false,
		"notes.txt": false, "": false, ".jpg": true, "._IMG_0001.JPG": false, "Thumbs.db": false, "photo": false, "card.vcf": false,
	} {
		if got := IsPhoto(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func FuzzCaptured(f *testing.F) {
	for _, tt := range files {
		f.Add([]byte(tt.data), tt.name)
	}
	f.Fuzz(func(t *testing.T, data []byte, name string) { sensible(t, name, data) })
}
