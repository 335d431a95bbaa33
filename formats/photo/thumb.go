package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	imagejpeg "image/jpeg"
	_ "image/png" // decoded by image.Decode
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // decoded by image.Decode
)

// ErrNoThumb says that a file is no picture that a thumbnail can be made of:
// no JPEG, PNG or WebP, damaged, or too large to be taken apart in bounded
// memory.
var ErrNoThumb = errors.New("no thumbnail can be made of it")

// The bounds of pictures that are taken apart whole, in pixels.
const (
	mostJPEG  = 16 << 20
	mostOther = 8 << 20
)

// smallJPEG is the size, in pixels, from which on the small picture that a
// camera put into its file is used: taking the large one apart takes too long.
const smallJPEG = 2 << 20

// PictureType tells the kinds of pictures that every browser shows by their
// first bytes: "jpg", "png", "gif", "webp"; "" for all else.
func PictureType(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return "jpg"
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return "png"
	case bytes.HasPrefix(head, []byte("GIF87a")), bytes.HasPrefix(head, []byte("GIF89a")):
		return "gif"
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return "webp"
	}
	return ""
}

// Thumb is [ThumbFrom] for a picture in memory.
func Thumb(raw []byte, side int) ([]byte, error) { return ThumbFrom(bytes.NewReader(raw), side) }

// ThumbFrom makes a JPEG of at most side by side pixels out of a JPEG, PNG or
// WebP, turned as the camera was held. Of a large JPEG the thumbnail in it is
// taken, which may be smaller than side. The error is [ErrNoThumb]. r is read
// from its start.
func ThumbFrom(r io.ReadSeeker, side int) (thumb []byte, err error) {
	defer func() {
		if recover() != nil {
			thumb, err = nil, ErrNoThumb
		}
	}()
	config, kind, err := image.DecodeConfig(r)
	if err != nil || config.Width < 1 || config.Height < 1 {
		return nil, ErrNoThumb
	}
	pixels := int64(config.Width) * int64(config.Height)
	turned := 1
	var img image.Image
	if kind == "jpeg" {
		var small []byte
		turned, small = fromExif(r)
		if pixels > smallJPEG && small != nil {
			img = smallPicture(small, config.Width, config.Height)
		}
	}
	most := int64(mostOther)
	if kind == "jpeg" {
		most = mostJPEG
	}
	if img == nil {
		if _, err := r.Seek(0, io.SeekStart); err != nil || pixels > most {
			return nil, ErrNoThumb
		}
		if img, _, err = image.Decode(r); err != nil {
			return nil, ErrNoThumb
		}
	}
	var out bytes.Buffer
	if err := imagejpeg.Encode(&out, turn(shrink(img, side), turned), &imagejpeg.Options{Quality: 80}); err != nil {
		return nil, ErrNoThumb
	}
	return out.Bytes(), nil
}

// smallPicture is the thumbnail of a camera without the black bars that fill it
// up to another shape; nil if it is none.
func smallPicture(raw []byte, width, height int) image.Image {
	img, err := imagejpeg.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil
	}
	b := img.Bounds()
	if b.Dx() < 100 && b.Dy() < 100 || b.Dx() > 1024 || b.Dy() > 1024 || (b.Dx() > b.Dy()) != (width > height) && b.Dx() != b.Dy() && width != height {
		return nil
	}
	w, h := b.Dx(), b.Dy()
	if want := w * height / width; want < h-1 {
		b.Min.Y += (h - want + 1) / 2
		b.Max.Y = b.Min.Y + want - 1
	} else if want := h * width / height; want < w-1 {
		b.Min.X += (w - want + 1) / 2
		b.Max.X = b.Min.X + want - 1
	}
	sub, ok := img.(interface {
		SubImage(image.Rectangle) image.Image
	})
	if b.Dx() < 1 || b.Dy() < 1 || !ok {
		return nil
	}
	return sub.SubImage(b)
}

// shrink scales a picture down to side by side pixels, onto white where it is
// transparent.
func shrink(img image.Image, side int) *image.RGBA {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if w > side || h > side {
		if w >= h {
			w, h = side, max(1, h*side/w)
		} else {
			w, h = max(1, w*side/h), side
		}
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, b, draw.Over, nil)
	return out
}

// turn turns a picture as its EXIF orientation (1 to 8) says.
func turn(in *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return in
	}
	w, h := in.Rect.Dx(), in.Rect.Dy()
	ow, oh := w, h
	if orientation >= 5 {
		ow, oh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, ow, oh))
	for y := range oh {
		for x := range ow {
			fx, fy := x, y
			switch orientation {
			case 2:
				fx = w - 1 - x
			case 3:
				fx, fy = w-1-x, h-1-y
			case 4:
				fy = h - 1 - y
			case 5:
				fx, fy = y, x
			case 6:
				fx, fy = y, h-1-x
			case 7:
				fx, fy = w-1-y, h-1-x
			case 8:
				fx, fy = w-1-y, x
			}
			out.SetRGBA(x, y, in.RGBAAt(fx, fy))
		}
	}
	return out
}

// fromExif reads the orientation and the thumbnail of a JPEG; 1 and nil if it
// has none (Exif 2.32, 4.5.5 and 4.6.4).
func fromExif(r io.ReadSeeker) (orientation int, thumb []byte) {
	b := exifOf(r)
	if len(b) < 8 {
		return 1, nil
	}
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(b, []byte("II")) {
		order = binary.LittleEndian
	}
	orientation = 1
	next := eachField(b, order, order.Uint32(b[4:]), func(tag, kind uint16, value []byte) {
		if o := int(order.Uint16(value)); tag == 0x0112 && kind == 3 && o >= 1 && o <= 8 {
			orientation = o
		}
	})
	var at, size uint64
	eachField(b, order, next, func(tag, kind uint16, value []byte) {
		switch {
		case tag == 0x0201 && kind == 4:
			at = uint64(order.Uint32(value))
		case tag == 0x0202 && kind == 4:
			size = uint64(order.Uint32(value))
		}
	})
	if size > 0 && at+size <= uint64(len(b)) {
		thumb = b[at : at+size]
	}
	return orientation, thumb
}

// eachField calls do for the fields of the directory at an offset, and returns
// the offset of the next directory, 0 if there is none.
func eachField(b []byte, order binary.ByteOrder, offset uint32, do func(tag, kind uint16, value []byte)) (next uint32) {
	if offset == 0 || uint64(offset)+2 > uint64(len(b)) {
		return 0
	}
	n := int(order.Uint16(b[offset:]))
	rest := b[offset+2:]
	for ; n > 0 && len(rest) >= 12; n, rest = n-1, rest[12:] {
		do(order.Uint16(rest), order.Uint16(rest[2:]), rest[8:12])
	}
	if n > 0 || len(rest) < 4 {
		return 0
	}
	return order.Uint32(rest)
}

// exifOf returns the EXIF segment of a JPEG, from its TIFF head on.
func exifOf(r io.ReadSeeker) []byte {
	at := int64(2)
	for range 256 { // segments
		var head [4]byte
		if !readAt(r, at, head[:]) || head[0] != 0xff || head[1] == 0xda {
			return nil
		}
		if head[1] == 0xff { // fill byte
			at++
			continue
		}
		size := int64(binary.BigEndian.Uint16(head[2:]))
		if head[1] == 0xe1 && size > 8 {
			b := make([]byte, size-2)
			if n, _ := io.ReadFull(r, b); n > 6 && bytes.HasPrefix(b, []byte("Exif\x00\x00")) {
				return b[6:n]
			}
		}
		at += 2 + max(size, 2)
	}
	return nil
}
