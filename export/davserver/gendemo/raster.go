package main

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"

	"golang.org/x/image/vector"
)

// A canvas is a picture whose shapes are given in units of its shorter side:
// the shorter side is 1 long, whatever the pixels.
type canvas struct {
	img  *image.RGBA
	unit float64 // pixels
	w, h float64 // in units
	rnd  *rand.Rand
}

func newCanvas(width, height int, seed uint64) *canvas {
	unit := float64(min(width, height))
	return &canvas{image.NewRGBA(image.Rect(0, 0, width, height)), unit, float64(width) / unit, float64(height) / unit,
		rand.New(rand.NewPCG(seed, 0x5eed))}
}

// between is a random number from a up to b.
func (c *canvas) between(a, b float64) float64 { return a + (b-a)*c.rnd.Float64() }

func (c *canvas) pick(colors ...color.RGBA) color.RGBA { return colors[c.rnd.IntN(len(colors))] }

// rgb is the colour 0xRRGGBB.
func rgb(v uint32) color.RGBA {
	return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}
}

// mix is a with t of b in it.
func mix(a, b color.RGBA, t float64) color.RGBA {
	t = math.Max(0, math.Min(1, t))
	m := func(x, y uint8) uint8 { return uint8(math.Round(float64(x)*(1-t) + float64(y)*t)) }
	return color.RGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), 255}
}

func light(a color.RGBA, t float64) color.RGBA { return mix(a, rgb(0xffffff), t) }
func dark(a color.RGBA, t float64) color.RGBA  { return mix(a, rgb(0x101828), t) }

// sky fills the whole canvas from top to bottom through the colours, with a
// little noise, so that no bands show.
func (c *canvas) sky(stops ...color.RGBA) {
	b := c.img.Bounds()
	for y := range b.Dy() {
		t := float64(y) / float64(b.Dy()-1) * float64(len(stops)-1)
		i := min(int(t), len(stops)-2)
		col := mix(stops[i], stops[i+1], t-float64(i))
		for x := range b.Dx() {
			c.img.SetRGBA(x, y, col)
		}
	}
}

type point struct{ x, y float64 }

// fill paints the polygon through the points.
func (c *canvas) fill(col color.RGBA, alpha float64, pts ...point) {
	c.path(col, alpha, func(r *pen) {
		for i, p := range pts {
			if i == 0 {
				r.move(p.x, p.y)
			} else {
				r.line(p.x, p.y)
			}
		}
	}, pts)
}

// A pen draws a path in the units of its canvas.
type pen struct {
	r      *vector.Rasterizer
	unit   float64
	ox, oy float64
}

func (p *pen) at(x, y float64) (float32, float32) {
	return float32(x*p.unit - p.ox), float32(y*p.unit - p.oy)
}
func (p *pen) move(x, y float64) { a, b := p.at(x, y); p.r.MoveTo(a, b) }
func (p *pen) line(x, y float64) { a, b := p.at(x, y); p.r.LineTo(a, b) }
func (p *pen) curve(x1, y1, x2, y2, x, y float64) {
	a, b := p.at(x1, y1)
	d, e := p.at(x2, y2)
	f, g := p.at(x, y)
	p.r.CubeTo(a, b, d, e, f, g)
}

// path paints what drawn draws; bounds are points around all of it.
func (c *canvas) path(col color.RGBA, alpha float64, drawn func(*pen), bounds []point) {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range bounds {
		x0, y0 = math.Min(x0, p.x), math.Min(y0, p.y)
		x1, y1 = math.Max(x1, p.x), math.Max(y1, p.y)
	}
	box := image.Rect(int(x0*c.unit)-2, int(y0*c.unit)-2, int(x1*c.unit)+3, int(y1*c.unit)+3)
	if box.Dx() > 4*c.img.Bounds().Dx() || box.Dy() > 4*c.img.Bounds().Dy() {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	drawn(&pen{r, c.unit, float64(box.Min.X), float64(box.Min.Y)})
	r.ClosePath()
	a := math.Max(0, math.Min(1, alpha))
	src := image.NewUniform(color.NRGBA{col.R, col.G, col.B, uint8(math.Round(a * 255))})
	mask := image.NewAlpha(image.Rect(0, 0, box.Dx(), box.Dy()))
	r.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	draw.DrawMask(c.img, box, src, image.Point{}, mask, image.Point{}, draw.Over)
}

const round = 0.5523 // of a circle drawn by four cubic curves

// oval paints an ellipse with its centre and half axes.
func (c *canvas) oval(col color.RGBA, alpha, x, y, rx, ry float64) {
	c.path(col, alpha, func(p *pen) {
		p.move(x+rx, y)
		p.curve(x+rx, y+ry*round, x+rx*round, y+ry, x, y+ry)
		p.curve(x-rx*round, y+ry, x-rx, y+ry*round, x-rx, y)
		p.curve(x-rx, y-ry*round, x-rx*round, y-ry, x, y-ry)
		p.curve(x+rx*round, y-ry, x+rx, y-ry*round, x+rx, y)
	}, []point{{x - rx, y - ry}, {x + rx, y + ry}})
}

func (c *canvas) disc(col color.RGBA, alpha, x, y, r float64) { c.oval(col, alpha, x, y, r, r) }

func (c *canvas) rect(col color.RGBA, alpha, x, y, w, h float64) {
	c.fill(col, alpha, point{x, y}, point{x + w, y}, point{x + w, y + h}, point{x, y + h})
}

// glow adds light around a point, fading to nothing at radius r.
func (c *canvas) glow(col color.RGBA, strength, x, y, r float64) {
	b := c.img.Bounds()
	px, py, pr := x*c.unit, y*c.unit, r*c.unit
	for iy := max(0, int(py-pr)); iy < min(b.Dy(), int(py+pr)+1); iy++ {
		for ix := max(0, int(px-pr)); ix < min(b.Dx(), int(px+pr)+1); ix++ {
			d := math.Hypot(float64(ix)-px, float64(iy)-py) / pr
			if d < 1 {
				t := (1 - d) * (1 - d) * strength
				c.img.SetRGBA(ix, iy, mix(c.img.RGBAAt(ix, iy), col, t))
			}
		}
	}
}

// ridge paints everything below a wandering line that stays near y. rough is
// how far it wanders, step how wide its largest waves are.
func (c *canvas) ridge(col color.RGBA, y, rough, step float64, peaks bool) {
	c.ridgeOf(col, c.skyline(y, rough, step, peaks))
}

// skyline returns the line of a ridge.
func (c *canvas) skyline(y, rough, step float64, peaks bool) []point {
	phase := [5]float64{}
	for i := range phase {
		phase[i] = c.between(0, 100)
	}
	var pts []point
	for x := -0.02; x <= c.w+0.02; x += 0.004 {
		v, amp, freq := 0.0, 1.0, 1/step
		for _, ph := range phase {
			if peaks {
				s := math.Mod(math.Abs(x*freq+ph), 2)
				v += amp * (math.Abs(s-1)*2 - 1)
			} else {
				v += amp * math.Sin(x*freq*math.Pi+ph)
			}
			amp, freq = amp*0.46, freq*2.13
		}
		pts = append(pts, point{x, y - v*rough})
	}
	return pts
}

func (c *canvas) ridgeOf(col color.RGBA, pts []point) {
	c.fill(col, 1, append(append([]point(nil), pts...), point{c.w + 0.02, c.h + 0.02}, point{-0.02, c.h + 0.02})...)
}

// grain adds the noise of a sensor and darkens the corners a little.
func (c *canvas) grain(amount float64) {
	b := c.img.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			dx, dy := float64(x)/float64(b.Dx())-0.5, float64(y)/float64(b.Dy())-0.5
			shade := 1 - 0.22*(dx*dx+dy*dy)
			n := (c.rnd.Float64() - 0.5) * amount
			p := c.img.RGBAAt(x, y)
			f := func(v uint8) uint8 { return uint8(math.Max(0, math.Min(255, float64(v)*shade+n))) }
			c.img.SetRGBA(x, y, color.RGBA{f(p.R), f(p.G), f(p.B), 255})
		}
	}
}

// jpeg returns the picture as a baseline JPEG.
func (c *canvas) jpeg(quality int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, c.img, &jpeg.Options{Quality: quality}); err != nil {
		panic(err) // a buffer takes everything, and the picture is small
	}
	return b.Bytes()
}
