package loss

import (
	"bytes"
	"crypto/sha256"
	"image"
	_ "image/gif"  // to look at portraits
	_ "image/jpeg" // to look at portraits
	_ "image/png"  // to look at portraits
	"strings"

	_ "golang.org/x/image/webp" // to look at portraits

	"sidekeep/formats/vcard"
)

// A portrait is a picture of a card, as far as it is compared.
type portrait struct {
	link  string // "" if the card holds the picture itself
	hash  string
	media *vcard.Media
}

// A sight is what a portrait looks like.
type sight struct {
	bytes, width, height int   // width 0 if it cannot be looked at
	gray                 []int // how bright it is in grid by grid fields; nil if it cannot be told
}

// grid is into how many fields a picture is parted each way.
const grid = 8

// mostPixels bounds what is decoded.
const mostPixels = 16 << 20

// portraitOf reads a portrait. It holds on to m.
func portraitOf(m *vcard.Media) portrait {
	if !m.Inline() {
		return portrait{link: strings.TrimSpace(m.Text)}
	}
	b, _ := m.Bytes() // what could be decoded of a damaged one
	sum := sha256.Sum256(b)
	return portrait{hash: string(sum[:8]), media: m}
}

func (p portrait) look() sight {
	b, _ := p.media.Bytes() // what could be decoded of a damaged one
	s := sight{bytes: len(b)}
	if c, _, err := image.DecodeConfig(bytes.NewReader(b)); err == nil {
		s.width, s.height = c.Width, c.Height
	}
	if s.width > 0 && s.width*s.height <= mostPixels {
		s.gray = brightness(b)
	}
	return s
}

func brightness(b []byte) (out []int) {
	defer func() {
		if recover() != nil {
			out = nil // a decoder that stumbles says nothing
		}
	}()
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	r := img.Bounds()
	out = make([]int, grid*grid)
	for i := range out {
		x0, x1 := r.Min.X+i%grid*r.Dx()/grid, r.Min.X+(i%grid+1)*r.Dx()/grid
		y0, y1 := r.Min.Y+i/grid*r.Dy()/grid, r.Min.Y+(i/grid+1)*r.Dy()/grid
		sum, n := 0, 0
		for y := y0; y < max(y1, y0+1); y += max(1, (y1-y0)/16) {
			for x := x0; x < max(x1, x0+1); x += max(1, (x1-x0)/16) {
				cr, cg, cb, _ := img.At(x, y).RGBA()
				sum, n = sum+int(299*cr+587*cg+114*cb)/1000>>8, n+1
			}
		}
		out[i] = sum / n
	}
	return out
}

// mostDifference is by how much of 255 the fields of one picture differ on
// average when it is encoded anew.
const mostDifference = 20

// like reports whether o shows what p shows, in at least half its width and
// height. A picture that stands where a link was, or another link, may.
func (p portrait) like(o portrait) bool {
	if p.link != "" {
		return true
	}
	if o.link != "" {
		return false
	}
	if p.hash == o.hash {
		return true
	}
	a, b := p.look(), o.look()
	if a.width == 0 || b.width == 0 {
		return a.width == b.width && a.bytes == b.bytes
	}
	if b.width*2 < a.width || b.height*2 < a.height {
		return false
	}
	if a.gray == nil || b.gray == nil {
		return a.width == b.width && a.height == b.height
	}
	sum := 0
	for i := range a.gray {
		d := a.gray[i] - b.gray[i]
		sum += max(d, -d)
	}
	return sum <= mostDifference*grid*grid
}
