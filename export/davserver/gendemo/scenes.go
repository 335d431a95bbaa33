package main

import (
	"image/color"
	"math"
)

// A scene paints one kind of picture; v is its variant.
type scene func(c *canvas, v int)

type hours struct{ top, mid, low, sun, far, near color.RGBA }

// times are the light of a day: morning, noon, golden hour, dusk.
var times = []hours{
	{rgb(0x8fb7d9), rgb(0xf3d9c9), rgb(0xfbe6c8), rgb(0xfff4d8), rgb(0x93a4b8), rgb(0x35506b)},
	{rgb(0x3f8fd0), rgb(0x8cc4ea), rgb(0xdff1fa), rgb(0xffffff), rgb(0x7fa3bf), rgb(0x2f5d58)},
	{rgb(0x5b6fa8), rgb(0xf0a36b), rgb(0xfcd58a), rgb(0xfff1c4), rgb(0xa0708a), rgb(0x41324f)},
	{rgb(0x1f2a55), rgb(0x7a4f8a), rgb(0xe78a72), rgb(0xffd9a0), rgb(0x5a4a7d), rgb(0x1d1d3a)},
}

func mountains(c *canvas, v int) {
	t := times[v%4]
	c.sky(t.top, t.mid, t.low)
	sx, sy := c.between(0.2, c.w-0.2), c.between(0.18, 0.32)*c.h
	c.glow(t.sun, 0.9, sx, sy, 0.5)
	c.disc(t.sun, 1, sx, sy, 0.045)
	c.ridge(mix(t.far, t.low, 0.45), 0.55*c.h, 0.06, 0.5, true)
	peaks := c.skyline(0.56*c.h, 0.13, 0.55, true)
	c.ridgeOf(mix(t.far, t.near, 0.35), peaks)
	c.snow(peaks, 0.47*c.h, light(t.low, 0.65))
	c.ridge(mix(t.far, t.near, 0.62), 0.74*c.h, 0.05, 0.4, true)
	c.mist(light(t.low, 0.3), 0.72*c.h)
	c.ridge(mix(t.near, rgb(0x1c3b2e), 0.5), 0.88*c.h, 0.035, 0.3, false)
	c.firs(0.9*c.h, 0.1, dark(mix(t.near, rgb(0x1c3b2e), 0.6), 0.25), 34)
}

// snow whitens what of a ridge is above a line, with teeth below.
func (c *canvas) snow(ridge []point, line float64, col color.RGBA) {
	for i := 0; i+1 < len(ridge); i++ {
		a, b := ridge[i], ridge[i+1]
		if a.y > line && b.y > line {
			continue
		}
		low := func(p point) float64 {
			return math.Max(p.y, math.Min(line+0.02*math.Sin(p.x*70)+0.015*math.Sin(p.x*173), p.y+0.16))
		}
		b.x += 0.004 // over the next strip, so that no seam shows
		c.fill(col, 1, a, b, point{b.x, low(b)}, point{a.x, low(a)})
	}
}

func (c *canvas) mist(col color.RGBA, y float64) {
	for range 7 {
		c.oval(col, 0.10, c.between(0, c.w), y+c.between(-0.04, 0.06), c.between(0.3, 0.7), c.between(0.015, 0.04))
	}
}

// firs stands n trees with their feet near y.
func (c *canvas) firs(y, size float64, col color.RGBA, n int) {
	for range n {
		x, h := c.between(-0.05, c.w+0.05), size*c.between(0.6, 1.5)
		foot, shade := y+c.between(0, 0.07), light(col, c.between(0, 0.08))
		c.fir(x, foot, h, shade)
	}
}

func (c *canvas) fir(x, foot, h float64, col color.RGBA) {
	for k := range 4 {
		top := foot - h*(1-float64(k)*0.2)
		wide := h * (0.1 + 0.07*float64(k))
		low := top + h*0.4
		c.fill(col, 1, point{x, top}, point{x + wide, low}, point{x + wide*0.4, low - h*0.03}, point{x - wide*0.4, low - h*0.03}, point{x - wide, low})
	}
	c.rect(dark(col, 0.4), 1, x-h*0.02, foot-h*0.02, h*0.04, h*0.06)
}

func sea(c *canvas, v int) {
	t := times[[]int{2, 3, 0, 1}[v%4]]
	c.sky(t.top, t.mid, t.low, t.low)
	horizon := c.between(0.52, 0.6) * c.h
	sx := c.between(0.3, c.w-0.3)
	c.glow(t.sun, 1, sx, horizon-0.1, 0.65)
	c.disc(t.sun, 1, sx, horizon-0.1, 0.075)
	c.clouds(light(t.mid, 0.35), 0.12, 0.34)
	water := mix(t.near, rgb(0x1f6f86), 0.55)
	for y := horizon; y < c.h; y += 0.004 {
		c.rect(mix(mix(t.low, water, 0.55), dark(water, 0.25), (y-horizon)/(c.h-horizon)), 1, 0, y, c.w, 0.006)
	}
	for range 240 {
		d := math.Pow(c.rnd.Float64(), 1.6)
		y := horizon + 0.006 + d*(c.h-horizon)
		wide := 0.012 + 0.06*d
		c.oval(t.sun, 0.16+0.3*(1-d), sx+c.between(-1, 1)*(0.03+0.16*d), y, wide, 0.0016+0.003*d)
	}
	c.ridge(mix(t.far, t.near, 0.5), horizon+0.004, 0.0001, 1, false)
	for y := horizon + 0.006; y < c.h; y += 0.004 {
		c.rect(mix(mix(t.low, water, 0.6), dark(water, 0.3), (y-horizon)/(c.h-horizon)), 1, 0, y, c.w, 0.006)
	}
	for range 260 {
		d := math.Pow(c.rnd.Float64(), 1.5)
		y := horizon + 0.008 + d*(c.h-horizon)
		c.oval(t.sun, 0.2+0.3*(1-d), sx+c.between(-1, 1)*(0.02+0.17*d), y, 0.012+0.055*d, 0.0016+0.003*d)
	}
	if v%2 == 0 {
		c.sail(c.between(0.2, c.w-0.2), horizon+0.05, c.between(0.1, 0.16), light(t.low, 0.5), dark(t.near, 0.2))
	} else {
		c.gulls(t.near)
	}
}

func (c *canvas) clouds(col color.RGBA, from, to float64) {
	for range 4 + c.rnd.IntN(3) {
		x, y, s := c.between(0, c.w), c.between(from, to)*c.h, c.between(0.05, 0.13)
		for k := range 6 {
			c.oval(col, 0.28, x+float64(k-3)*s*0.6, y-c.between(0, 0.22)*s, s*c.between(0.7, 1.2), s*c.between(0.16, 0.34))
		}
	}
}

func (c *canvas) sail(x, y, h float64, sail, hull color.RGBA) {
	c.fill(sail, 1, point{x, y - h}, point{x, y - h*0.14}, point{x + h*0.5, y - h*0.14})
	c.fill(dark(sail, 0.1), 1, point{x - h*0.03, y - h*0.9}, point{x - h*0.03, y - h*0.14}, point{x - h*0.34, y - h*0.14})
	c.fill(hull, 1, point{x - h*0.42, y - h*0.1}, point{x + h*0.55, y - h*0.1}, point{x + h*0.38, y}, point{x - h*0.3, y})
	c.oval(hull, 0.25, x, y+h*0.06, h*0.45, h*0.03)
}

func (c *canvas) gulls(col color.RGBA) {
	for range 5 {
		x, y, s := c.between(0.1, c.w-0.1), c.between(0.12, 0.4)*c.h, c.between(0.014, 0.03)
		c.path(col, 0.85, func(p *pen) {
			p.move(x-s*1.6, y-s*0.3)
			p.curve(x-s, y-s, x-s*0.4, y-s*0.6, x, y)
			p.curve(x+s*0.4, y-s*0.6, x+s, y-s, x+s*1.6, y-s*0.3)
			p.curve(x+s, y-s*0.7, x+s*0.5, y-s*0.3, x, y+s*0.25)
			p.curve(x-s*0.5, y-s*0.3, x-s, y-s*0.7, x-s*1.6, y-s*0.3)
		}, []point{{x - 2*s, y - 2*s}, {x + 2*s, y + s}})
	}
}

func hills(c *canvas, v int) {
	season := []color.RGBA{rgb(0x6f9e4c), rgb(0xc99a3b), rgb(0x4c8a63), rgb(0x9db765)}[v%4]
	t := times[[]int{1, 2, 0, 1}[v%4]]
	c.sky(t.top, t.mid, t.low)
	c.glow(t.sun, 0.8, c.between(0.2, c.w-0.2), 0.2*c.h, 0.5)
	c.clouds(rgb(0xffffff), 0.1, 0.35)
	for i := range 6 {
		k := float64(i) / 5
		c.ridge(mix(mix(season, t.low, 0.7), dark(season, 0.25), k), (0.5+0.085*float64(i))*c.h, 0.02+0.012*k, 0.7-0.3*k, false)
		if i == 2 || i == 3 {
			for range 9 {
				x, y, s := c.between(0, c.w), (0.5+0.085*float64(i)+0.03)*c.h, c.between(0.012, 0.03)
				col := dark(mix(season, rgb(0x2f5d3a), 0.6), 0.1)
				c.disc(col, 1, x, y-s, s)
				c.disc(light(col, 0.12), 1, x-s*0.3, y-s*1.3, s*0.6)
			}
		}
	}
	if v%3 == 0 {
		c.balloon(c.between(0.25, 0.45)*c.w, 0.26*c.h, 0.1, rgb(0xd9573f), rgb(0xf6c453))
		c.balloon(c.between(0.6, 0.85)*c.w, 0.17*c.h, 0.055, rgb(0x2f7f9e), rgb(0xf4efe1))
	}
}

func (c *canvas) balloon(x, y, r float64, a, b color.RGBA) {
	c.fill(dark(a, 0.1), 1, point{x - r*0.55, y + r*0.7}, point{x + r*0.55, y + r*0.7}, point{x + r*0.12, y + r*1.5}, point{x - r*0.12, y + r*1.5})
	c.disc(a, 1, x, y, r)
	c.oval(b, 1, x, y, r*0.62, r)
	c.oval(a, 1, x, y, r*0.24, r)
	c.disc(rgb(0xffffff), 0.14, x-r*0.3, y-r*0.3, r*0.5)
	c.rect(rgb(0x7a4a2a), 1, x-r*0.14, y+r*1.62, r*0.28, r*0.22)
}
