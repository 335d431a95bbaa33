package main

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// portraitSize is the width and height of a portrait in pixels.
const portraitSize = 192

// A face is how a person looks.
type face struct {
	seed         uint64
	female       bool
	tone         int // 0 light to 5 dark
	old, covered bool
}

var (
	tones = []color.RGBA{rgb(0xf6d3bd), rgb(0xeec19f), rgb(0xdca67e), rgb(0xbd8257), rgb(0x97613f), rgb(0x6f4630)}
	hairs = []color.RGBA{rgb(0xe2bd72), rgb(0xb5763c), rgb(0x8a5230), rgb(0x5a3a28), rgb(0x33251f), rgb(0x1d1a1c)}
	cloth = []color.RGBA{rgb(0x2f7f79), rgb(0x7a4a8f), rgb(0xc2553f), rgb(0x3b5f94), rgb(0xd49a3a), rgb(0x4d6b4a), rgb(0x8a3f57), rgb(0x44505f), rgb(0xe8e2d6)}
	walls = []color.RGBA{rgb(0xbcdcd6), rgb(0xd7cbe8), rgb(0xf3d6cf), rgb(0xd5e2c3), rgb(0xf4e2bb), rgb(0xc6d8ec), rgb(0xe6d3c3), rgb(0xd2dbe0)}
)

// portrait paints a person.
func portrait(f face) []byte {
	c := newCanvas(portraitSize, portraitSize, f.seed)
	wall := c.pick(walls...)
	c.sky(light(wall, 0.35), dark(wall, 0.06))
	skin := tones[f.tone]
	hair := hairs[min(5, max(f.tone, c.rnd.IntN(6)))]
	if f.tone >= 3 {
		hair = hairs[4+c.rnd.IntN(2)]
	}
	if f.old {
		hair = mix(hair, rgb(0xe4e4e6), 0.8)
	}
	shirt := c.pick(cloth...)
	style := c.rnd.IntN(4)
	if f.covered {
		c.scarf(shirt)
		shirt = dark(shirt, 0.25)
	} else if f.female {
		c.longHair(hair, style)
	}
	c.body(shirt, skin)
	c.head(skin)
	switch {
	case f.covered:
		c.scarfFront(light(shirt, 0.28))
	case f.female:
		c.fringe(hair, style)
	default:
		c.shortHair(hair, style)
		if c.rnd.IntN(3) == 0 {
			c.beard(mix(hair, skin, 0.15))
		}
	}
	c.features(skin, hair, f.female)
	if c.rnd.IntN(4) == 0 {
		c.glasses(c.pick(rgb(0x2a2a30), rgb(0x7a3f2a), rgb(0x3a4a6a)))
	}
	return c.jpeg(84)
}

const (
	faceX, faceY = 0.5, 0.44
	faceW, faceH = 0.165, 0.205
)

func (c *canvas) body(shirt, skin color.RGBA) {
	c.path(shirt, 1, func(p *pen) {
		p.move(0.1, 1.02)
		p.curve(0.12, 0.8, 0.25, 0.76, 0.4, 0.72)
		p.line(0.6, 0.72)
		p.curve(0.75, 0.76, 0.88, 0.8, 0.9, 1.02)
	}, []point{{0.1, 0.7}, {0.9, 1.02}})
	c.path(dark(skin, 0.13), 1, func(p *pen) {
		p.move(0.425, 0.55)
		p.line(0.425, 0.71)
		p.curve(0.44, 0.8, 0.56, 0.8, 0.575, 0.71)
		p.line(0.575, 0.55)
	}, []point{{0.4, 0.5}, {0.6, 0.85}})
	if c.rnd.IntN(2) == 0 {
		c.fill(light(shirt, 0.3), 1, point{0.4, 0.7}, point{0.43, 0.69}, point{0.5, 0.8}, point{0.43, 0.84})
		c.fill(light(shirt, 0.22), 1, point{0.6, 0.7}, point{0.57, 0.69}, point{0.5, 0.8}, point{0.57, 0.84})
	}
}

func (c *canvas) head(skin color.RGBA) {
	for _, s := range []float64{-1, 1} {
		c.oval(dark(skin, 0.08), 1, faceX+s*faceW, faceY+0.02, 0.028, 0.042)
	}
	c.path(skin, 1, func(p *pen) {
		x, y := faceX, faceY
		p.move(x-faceW, y-0.03)
		p.curve(x-faceW, y-0.27, x+faceW, y-0.27, x+faceW, y-0.03)
		p.curve(x+faceW, y+0.13, x+0.09, y+faceH+0.01, x, y+faceH+0.01)
		p.curve(x-0.09, y+faceH+0.01, x-faceW, y+0.13, x-faceW, y-0.03)
	}, []point{{0.3, 0.15}, {0.7, 0.7}})
}

func (c *canvas) features(skin, hair color.RGBA, female bool) {
	brow := dark(hair, 0.2)
	for _, s := range []float64{-1, 1} {
		x := faceX + s*0.068
		c.disc(rgb(0xe8806a), 0.18, faceX+s*0.1, faceY+0.085, 0.036)
		c.oval(rgb(0xffffff), 0.85, x, faceY+0.012, 0.022, 0.015)
		c.disc(rgb(0x2b211d), 1, x, faceY+0.012, 0.0135)
		c.disc(rgb(0xffffff), 0.9, x+0.004, faceY+0.008, 0.0042)
		thick := 0.009
		if female {
			thick = 0.006
			c.fill(rgb(0x2b211d), 0.9, point{x + s*0.016, faceY + 0.002}, point{x + s*0.03, faceY - 0.006}, point{x + s*0.02, faceY + 0.01})
		}
		c.path(brow, 0.9, func(p *pen) {
			p.move(x-0.03, faceY-0.032)
			p.curve(x-0.012, faceY-0.05, x+0.012, faceY-0.05, x+0.03, faceY-0.032)
			p.curve(x+0.012, faceY-0.05+thick*1.6, x-0.012, faceY-0.05+thick*1.6, x-0.03, faceY-0.032)
		}, []point{{x - 0.04, faceY - 0.06}, {x + 0.04, faceY}})
	}
	c.path(dark(skin, 0.2), 0.75, func(p *pen) {
		p.move(faceX-0.004, faceY+0.03)
		p.curve(faceX+0.02, faceY+0.07, faceX+0.03, faceY+0.085, faceX-0.006, faceY+0.085)
		p.curve(faceX+0.012, faceY+0.075, faceX+0.006, faceY+0.06, faceX-0.004, faceY+0.03)
	}, []point{{0.4, 0.4}, {0.6, 0.6}})
	wide := c.between(0.045, 0.062)
	lips := mix(skin, rgb(0xa03a3a), 0.55)
	if female {
		lips = mix(skin, rgb(0xb5303f), 0.7)
	}
	c.path(lips, 1, func(p *pen) {
		p.move(faceX-wide, faceY+0.118)
		p.curve(faceX-0.02, faceY+0.135, faceX+0.02, faceY+0.135, faceX+wide, faceY+0.118)
		p.curve(faceX+0.025, faceY+0.172, faceX-0.025, faceY+0.172, faceX-wide, faceY+0.118)
	}, []point{{0.4, 0.5}, {0.6, 0.65}})
	c.path(rgb(0xffffff), 0.85, func(p *pen) {
		p.move(faceX-wide*0.72, faceY+0.127)
		p.curve(faceX-0.015, faceY+0.136, faceX+0.015, faceY+0.136, faceX+wide*0.72, faceY+0.127)
		p.curve(faceX+0.018, faceY+0.15, faceX-0.018, faceY+0.15, faceX-wide*0.72, faceY+0.127)
	}, []point{{0.4, 0.5}, {0.6, 0.65}})
}

func (c *canvas) shortHair(hair color.RGBA, style int) {
	top := 0.17 + 0.012*float64(style)
	side := faceY - 0.01 - 0.025*float64(style%3)
	part := []float64{0.42, 0.5, 0.58, 0.5}[style]
	c.path(hair, 1, func(p *pen) {
		p.move(0.327, side+0.03)
		p.curve(0.30, 0.24, 0.38, top, 0.5, top)
		p.curve(0.62, top, 0.70, 0.24, 0.673, side+0.03)
		p.curve(0.662, side-0.06, 0.65, 0.34, 0.61, 0.325)
		p.curve(part+0.05, 0.335, part, 0.30, part-0.03, 0.30)
		p.curve(0.38, 0.32, 0.345, 0.35, 0.327, side+0.03)
	}, []point{{0.25, 0.1}, {0.75, 0.6}})
	if style == 3 {
		for i := range 9 {
			a := math.Pi * (1.08 + 0.84*float64(i)/8)
			c.disc(hair, 1, 0.5+math.Cos(a)*0.16, 0.33+math.Sin(a)*0.13, 0.05)
		}
	}
}

func (c *canvas) longHair(hair color.RGBA, style int) {
	low := []float64{0.62, 0.8, 0.72, 0.5}[style]
	c.path(dark(hair, 0.12), 1, func(p *pen) {
		p.move(0.5, 0.16)
		p.curve(0.26, 0.16, 0.29, 0.42, 0.27, low)
		p.curve(0.34, low+0.06, 0.66, low+0.06, 0.73, low)
		p.curve(0.71, 0.42, 0.74, 0.16, 0.5, 0.16)
	}, []point{{0.2, 0.1}, {0.8, 0.95}})
	if style == 3 {
		c.disc(dark(hair, 0.05), 1, 0.5, 0.15, 0.085)
	}
}

func (c *canvas) fringe(hair color.RGBA, style int) {
	part := []float64{0.4, 0.5, 0.58, 0.47}[style]
	c.path(hair, 1, func(p *pen) {
		p.move(0.318, 0.5)
		p.curve(0.29, 0.24, 0.4, 0.165, 0.5, 0.165)
		p.curve(0.6, 0.165, 0.71, 0.24, 0.682, 0.5)
		p.curve(0.672, 0.42, 0.65, 0.35, part+0.03, 0.27)
		p.curve(part-0.02, 0.34, 0.35, 0.38, 0.318, 0.5)
	}, []point{{0.2, 0.1}, {0.8, 0.6}})
}

func (c *canvas) beard(hair color.RGBA) {
	c.path(hair, 0.92, func(p *pen) {
		p.move(0.337, 0.45)
		p.curve(0.345, 0.53, 0.42, 0.535, 0.5, 0.535)
		p.curve(0.58, 0.535, 0.655, 0.53, 0.663, 0.45)
		p.curve(0.675, 0.6, 0.58, 0.675, 0.5, 0.675)
		p.curve(0.42, 0.675, 0.325, 0.6, 0.337, 0.45)
	}, []point{{0.3, 0.4}, {0.7, 0.7}})
}

func (c *canvas) scarf(col color.RGBA) {
	c.path(col, 1, func(p *pen) {
		p.move(0.5, 0.14)
		p.curve(0.24, 0.14, 0.28, 0.5, 0.26, 0.78)
		p.curve(0.4, 0.9, 0.6, 0.9, 0.74, 0.78)
		p.curve(0.72, 0.5, 0.76, 0.14, 0.5, 0.14)
	}, []point{{0.2, 0.1}, {0.8, 0.95}})
}

func (c *canvas) scarfFront(col color.RGBA) {
	c.path(col, 1, func(p *pen) { // around the face, open in the middle
		p.move(0.5, 0.15)
		p.curve(0.25, 0.15, 0.27, 0.5, 0.3, 0.7)
		p.curve(0.4, 0.82, 0.6, 0.82, 0.7, 0.7)
		p.curve(0.73, 0.5, 0.75, 0.15, 0.5, 0.15)
		p.line(0.5, 0.255)
		p.curve(0.645, 0.255, 0.66, 0.4, 0.65, 0.48)
		p.curve(0.64, 0.6, 0.56, 0.65, 0.5, 0.65)
		p.curve(0.44, 0.65, 0.36, 0.6, 0.35, 0.48)
		p.curve(0.34, 0.4, 0.355, 0.255, 0.5, 0.255)
	}, []point{{0.2, 0.1}, {0.8, 0.9}})
}

func (c *canvas) glasses(col color.RGBA) {
	for _, s := range []float64{-1, 1} {
		x := faceX + s*0.07
		for i := range 28 {
			a := 2 * math.Pi * float64(i) / 28
			c.disc(col, 0.9, x+math.Cos(a)*0.047, faceY+0.014+math.Sin(a)*0.04, 0.0058)
		}
		c.oval(rgb(0xffffff), 0.14, x, faceY+0.014, 0.044, 0.037)
		c.rect(col, 0.9, math.Min(x+s*0.047, faceX+s*faceW), faceY+0.005, 0.048, 0.008)
	}
	c.rect(col, 0.9, faceX-0.024, faceY+0.004, 0.048, 0.008)
}

// sign paints the letters of a firm on its colour.
func sign(letters string, seed uint64) []byte {
	c := newCanvas(portraitSize, portraitSize, seed)
	col := c.pick(cloth[:8]...)
	c.sky(light(col, 0.15), dark(col, 0.2))
	c.disc(rgb(0xffffff), 0.13, c.between(0.1, 0.9), c.between(0, 0.3), 0.5)
	f, err := opentype.Parse(gobold.TTF)
	if err != nil {
		panic(err) // the font is part of the program
	}
	drawn, err := opentype.NewFace(f, &opentype.FaceOptions{Size: portraitSize * 0.42, DPI: 72})
	if err != nil {
		panic(err)
	}
	d := font.Drawer{Dst: c.img, Src: image.White, Face: drawn}
	d.Dot = fixed.Point26_6{X: (fixed.I(portraitSize) - d.MeasureString(letters)) / 2, Y: fixed.I(portraitSize * 65 / 100)}
	d.DrawString(letters)
	return c.jpeg(84)
}
