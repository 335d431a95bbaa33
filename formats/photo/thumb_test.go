package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	imagejpeg "image/jpeg"
	imagepng "image/png"
	"testing"
)

// halves is a picture whose left half is red and whose right half is blue.
func halves(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{200, 0, 0, 255}
			if x >= w/2 {
				c = color.RGBA{0, 0, 200, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func jpegOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := imagejpeg.Encode(&b, img, &imagejpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withExif puts an EXIF segment with an orientation and a thumbnail into a JPEG.
func withExif(raw []byte, orientation uint16, thumb []byte) []byte {
	var b bytes.Buffer
	le := binary.LittleEndian
	put := func(v any) { _ = binary.Write(&b, le, v) }
	field := func(tag, kind uint16, n, value uint32) { put(tag); put(kind); put(n); put(value) }
	b.WriteString("II*\x00")
	put(uint32(8))
	put(uint16(1))
	field(0x0112, 3, 1, uint32(orientation))
	put(uint32(26))
	put(uint16(2))
	field(0x0201, 4, 1, 56)
	field(0x0202, 4, 1, uint32(len(thumb)))
	put(uint32(0))
	b.Write(thumb)
	segment := append([]byte("Exif\x00\x00"), b.Bytes()...)
	size := len(segment) + 2
	out := append([]byte("\xff\xd8\xff\xe1"), byte(size>>8), byte(size))
	return append(append(out, segment...), raw[2:]...)
}

func redAt(img image.Image, x, y int) bool {
	r, _, b, _ := img.At(x, y).RGBA()
	return r > b
}

// TestThumbTurns: a thumbnail stands as the camera was held, and is as large as
// it may be.
func TestThumbTurns(t *testing.T) {
	for orientation, red := range map[uint16]string{0: "left", 1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom", 9: "left"} {
		raw, err := Thumb(withExif(jpegOf(t, halves(640, 480)), orientation, nil), 320)
		if err != nil {
			t.Fatal(err)
		}
		img, err := imagejpeg.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		b := img.Bounds()
		want := image.Pt(320, 240)
		if orientation >= 5 && orientation <= 8 {
			want = image.Pt(240, 320)
		}
		x, y := b.Dx(), b.Dy()
		at := map[string]bool{"left": redAt(img, 10, y/2), "right": redAt(img, x-10, y/2), "top": redAt(img, x/2, 10), "bottom": redAt(img, x/2, y-10)}
		other := map[string]string{"left": "right", "right": "left", "top": "bottom", "bottom": "top"}[red]
		if b.Size() != want || !at[red] || at[other] {
			t.Errorf("orientation %d: %v, %v", orientation, b.Size(), at)
		}
	}
}

// TestThumbOfTheCamera: of a large JPEG the thumbnail in it is used, without
// its black bars.
func TestThumbOfTheCamera(t *testing.T) {
	small := image.NewRGBA(image.Rect(0, 0, 160, 120)) // black
	for y := 7; y < 113; y++ {
		for x := range 160 {
			small.SetRGBA(x, y, color.RGBA{0, 200, 0, 255})
		}
	}
	raw, err := Thumb(withExif(jpegOf(t, halves(2400, 1600)), 1, jpegOf(t, small)), 320)
	if err != nil {
		t.Fatal(err)
	}
	img, err := imagejpeg.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	b := img.Bounds()
	_, top, _, _ := img.At(80, 1).RGBA()
	_, bottom, _, _ := img.At(80, b.Dy()-2).RGBA()
	if b.Dx() != 160 || b.Dy() > 107 || top < 0x8000 || bottom < 0x8000 {
		t.Errorf("%v, %x, %x", b.Size(), top, bottom)
	}
}

// TestNoThumb: what is cut short, or says that it is enormous, has none, and
// takes neither memory nor the program down.
func TestNoThumb(t *testing.T) {
	whole := withExif(jpegOf(t, halves(64, 48)), 6, jpegOf(t, halves(16, 12)))
	for n := range len(whole) {
		if _, err := Thumb(whole[:n], 32); err != nil && !errors.Is(err, ErrNoThumb) {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
	var b bytes.Buffer
	if err := imagepng.Encode(&b, halves(16, 16)); err != nil {
		t.Fatal(err)
	}
	huge := b.Bytes()
	binary.BigEndian.PutUint32(huge[16:], 60000)
	binary.BigEndian.PutUint32(huge[20:], 60000)
	for name, raw := range map[string][]byte{"huge": huge, "empty": nil, "text": []byte("GIF89a, they say"), "svg": []byte("<svg onload=x>")} {
		if _, err := Thumb(raw, 32); !errors.Is(err, ErrNoThumb) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if PictureType([]byte("<svg")) != "" || PictureType([]byte("RIFF____WEBP")) != "webp" || PictureType(nil) != "" {
		t.Error("the type is not told")
	}
}
