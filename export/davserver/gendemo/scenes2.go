package main

import (
	"image/color"
	"math"
)

func forest(c *canvas, v int) {
	base := []color.RGBA{rgb(0x2d6a4f), rgb(0xb5651d), rgb(0x3a5a6b), rgb(0x5a7d3a)}[v%4]
	haze := []color.RGBA{rgb(0xe3efd9), rgb(0xfbe3c0), rgb(0xe6eef2), rgb(0xf3f2d0)}[v%4]
	c.sky(light(haze, 0.3), haze, mix(haze, base, 0.35))
	c.glow(rgb(0xfffbe6), 0.9, c.between(0.3, c.w-0.3), 0.3*c.h, 0.7)
	for layer := range 4 {
		k := float64(layer) / 3
		col := mix(mix(base, haze, 0.72), dark(base, 0.55), k)
		c.ridge(mix(col, haze, 0.12), (0.66+0.09*float64(layer))*c.h, 0.012, 0.5, false)
		c.firs((0.68+0.09*float64(layer))*c.h, (0.26+0.16*k)*c.h, col, 26-5*layer)
		if layer < 3 {
			c.mist(haze, (0.66+0.09*float64(layer))*c.h)
		}
	}
}

func city(c *canvas, v int) {
	night := v%2 == 0
	t := times[3]
	if !night {
		t = times[2]
	}
	c.sky(dark(t.top, 0.25), t.top, t.mid)
	if night {
		c.stars(110, 0.6)
		c.glow(rgb(0xfff6d6), 0.5, 0.78*c.w, 0.2*c.h, 0.3)
		c.disc(rgb(0xfdf3d0), 1, 0.78*c.w, 0.2*c.h, 0.05)
	}
	lamp := rgb(0xffd98a)
	for layer := range 3 {
		col := mix(mix(t.near, t.mid, 0.45), dark(t.near, 0.35), float64(layer)/2)
		for x := -0.05; x < c.w; {
			wide, high := c.between(0.07, 0.15), c.between(0.2, 0.48-0.08*float64(layer))*c.h
			top := (0.88+0.04*float64(layer))*c.h - high
			c.rect(col, 1, x, top, wide, c.h-top)
			if c.rnd.IntN(4) == 0 {
				c.rect(col, 1, x+wide*0.45, top-0.05, 0.006, 0.06)
			}
			for wy := top + 0.02; wy < c.h-0.14; wy += 0.026 {
				for wx := x + 0.012; wx < x+wide-0.014; wx += 0.02 {
					if c.rnd.Float64() < 0.36 {
						c.rect(mix(lamp, col, c.between(0, 0.45)), 1, wx, wy, 0.009, 0.013)
					}
				}
			}
			x += wide + c.between(0, 0.02)
		}
	}
	water := 0.88 * c.h
	c.rect(dark(t.near, 0.25), 1, 0, water, c.w, c.h-water)
	for range 130 {
		c.oval(lamp, 0.22, c.between(0, c.w), c.between(water+0.01, c.h), c.between(0.006, 0.03), 0.0022)
	}
}

func (c *canvas) stars(n int, below float64) {
	for range n {
		c.disc(rgb(0xffffff), c.between(0.3, 1), c.between(0, c.w), c.between(0, below*c.h), c.between(0.0008, 0.0026))
	}
}

func aurora(c *canvas, v int) {
	c.sky(rgb(0x101b45), rgb(0x1d4470), rgb(0x3a7f88))
	c.stars(220, 0.7)
	col := []color.RGBA{rgb(0x5ff0b0), rgb(0x8af07f), rgb(0x7fd6f5), rgb(0xc58af0)}[v%4]
	for band := range 3 {
		ph, y0 := c.between(0, 9), (0.2+0.12*float64(band))*c.h
		for x := 0.0; x < c.w; x += 0.005 {
			y := y0 + 0.07*math.Sin(x*3.1+ph) + 0.03*math.Sin(x*9.7+ph*2)
			high := 0.2 + 0.08*math.Sin(x*17+ph)
			for k := range 8 {
				c.rect(mix(col, rgb(0x8a66e0), float64(7-k)/9), 0.034*float64(k+1), x, y-high*float64(8-k)/8, 0.006, high/8)
			}
		}
	}
	c.ridge(rgb(0x10243a), 0.72*c.h, 0.06, 0.5, true)
	c.ridge(rgb(0xcfe0ea), 0.84*c.h, 0.015, 0.6, false)
	c.firs(0.87*c.h, 0.15, rgb(0x0c1c28), 18)
	x, y := c.between(0.3, c.w-0.4), 0.9*c.h
	c.fill(rgb(0x3a2a22), 1, point{x, y}, point{x, y - 0.08}, point{x + 0.16, y - 0.08}, point{x + 0.16, y})
	c.fill(rgb(0xe9f1f5), 1, point{x - 0.02, y - 0.08}, point{x + 0.08, y - 0.15}, point{x + 0.18, y - 0.08})
	c.rect(rgb(0xffc860), 1, x+0.03, y-0.06, 0.03, 0.03)
	c.rect(rgb(0xffc860), 1, x+0.1, y-0.06, 0.03, 0.03)
	c.glow(rgb(0xffd890), 0.45, x+0.08, y-0.04, 0.16)
}

func beach(c *canvas, v int) {
	t := times[1]
	c.sky(t.top, t.mid, light(t.low, 0.2))
	c.clouds(rgb(0xffffff), 0.08, 0.3)
	h := 0.46 * c.h
	for y := h; y < 0.72*c.h; y += 0.004 {
		c.rect(mix(rgb(0x1e7fa6), rgb(0x6fd0cf), (y-h)/(0.26*c.h)), 1, 0, y, c.w, 0.006)
	}
	for range 60 {
		c.oval(rgb(0xffffff), 0.35, c.between(0, c.w), c.between(h+0.01, 0.68*c.h), c.between(0.01, 0.05), 0.0018)
	}
	sand := []color.RGBA{rgb(0xf0d9a6), rgb(0xe9cf9f), rgb(0xf4e2bd)}[v%3]
	c.ridge(rgb(0xffffff), 0.69*c.h, 0.008, 0.5, false)
	c.ridge(sand, 0.705*c.h, 0.009, 0.5, false)
	for range 160 {
		c.oval(dark(sand, 0.18), 0.25, c.between(0, c.w), c.between(0.76*c.h, c.h), c.between(0.002, 0.012), 0.0014)
	}
	a := c.pick(rgb(0xd94f3d), rgb(0x2a7f9e), rgb(0xe0a030), rgb(0x8a4fa0))
	x, y, r := c.between(0.35, c.w-0.35), 0.62*c.h, c.between(0.15, 0.2)
	c.oval(dark(sand, 0.35), 0.35, x+0.06, 0.885*c.h, r*1.1, 0.02)
	c.rect(rgb(0x8a5a34), 1, x-0.006, y, 0.012, 0.27*c.h)
	dome := func(col color.RGBA, w float64) {
		c.path(col, 1, func(p *pen) {
			p.move(x-r*w, y)
			p.curve(x-r*w, y-r*0.9, x+r*w, y-r*0.9, x+r*w, y)
		}, []point{{x - r, y - r}, {x + r, y}})
	}
	dome(a, 1)
	dome(rgb(0xfdf6e6), 0.62)
	dome(a, 0.24)
	c.fill(light(a, 0.5), 1, point{x + r*0.5, 0.9 * c.h}, point{x + r*1.6, 0.87 * c.h}, point{x + r*1.7, 0.9 * c.h}, point{x + r*0.6, 0.94 * c.h})
}

func flowers(c *canvas, v int) {
	green := []color.RGBA{rgb(0x3f7d4f), rgb(0x4c8f4a), rgb(0x2f6b57), rgb(0x6b8f3f)}[v%4]
	c.sky(light(green, 0.3), green, dark(green, 0.35))
	for range 60 {
		c.disc(light(green, 0.45), 0.10, c.between(0, c.w), c.between(0, c.h), c.between(0.02, 0.09))
	}
	petals := [][]color.RGBA{
		{rgb(0xf7c9d4), rgb(0xfbf3f0), rgb(0xe98fa5)}, {rgb(0xf6d667), rgb(0xfff3c0), rgb(0xf0a030)},
		{rgb(0xc9b3ec), rgb(0xf1eafc), rgb(0x8f6fd0)}, {rgb(0xf08a6a), rgb(0xffe3d3), rgb(0xd94f3d)},
	}[v%4]
	for i := range 16 {
		k := float64(i) / 15
		x, y, r := c.between(0.03, c.w-0.03), (0.2+0.75*k)*c.h+c.between(-0.08, 0.08), 0.035+0.075*k
		c.path(dark(green, 0.3), 1, func(p *pen) {
			p.move(x-r*0.06, y)
			p.curve(x-r*0.2, y+0.1, x+r*0.2, y+0.3, x, c.h+0.02)
			p.line(x+r*0.14, c.h+0.02)
			p.curve(x+r*0.34, y+0.3, x-r*0.06, y+0.1, x+r*0.08, y)
		}, []point{{x - r, y}, {x + r, c.h + 0.02}})
		col := mix(c.pick(petals...), green, 0.35*(1-k))
		n, turn := 6+c.rnd.IntN(5), c.between(0, 3)
		for p := range n {
			a := turn + float64(p)*2*math.Pi/float64(n)
			c.disc(light(col, 0.1*float64(p%2)), 1, x+math.Cos(a)*r*0.62, y+math.Sin(a)*r*0.62, r*0.46)
		}
		c.disc(rgb(0xd99a2b), 1, x, y, r*0.34)
		c.disc(rgb(0xf2c45a), 1, x-r*0.05, y-r*0.06, r*0.22)
	}
}

func plate(c *canvas, v int) {
	table := []color.RGBA{rgb(0xb98a5e), rgb(0x5c6b68), rgb(0xd9c4a5), rgb(0x7a4f3a)}[v%4]
	c.sky(light(table, 0.12), table, dark(table, 0.15))
	for i := range 7 {
		c.rect(dark(table, 0.2), 0.35, 0, (float64(i)+0.5)/7*c.h, c.w, 0.004)
	}
	x, y := c.w/2+c.between(-0.05, 0.05), c.h/2
	c.glow(rgb(0x000000), 0.5, x+0.02, y+0.04, 0.5)
	c.disc(rgb(0xfaf8f4), 1, x, y, 0.37)
	c.disc(rgb(0xe9e4da), 1, x, y, 0.275)
	c.disc(rgb(0xf4f0e8), 1, x, y, 0.268)
	foods := [][]color.RGBA{
		{rgb(0xe8a13a), rgb(0xf3cf6d), rgb(0x8a4a2a), rgb(0x6f9e4c)}, {rgb(0xc0392b), rgb(0xf0ead0), rgb(0x4f8a4a), rgb(0xe0b050)},
		{rgb(0x7a3b4f), rgb(0xd9688a), rgb(0xf6d5a0), rgb(0x9dbb6a)}, {rgb(0xd9773f), rgb(0xf7e0b0), rgb(0x5b8f4f), rgb(0xb0472f)},
	}[v%4]
	for range 42 {
		a, d := c.between(0, 2*math.Pi), math.Sqrt(c.rnd.Float64())*0.19
		r, col := c.between(0.018, 0.05), c.pick(foods...)
		px, py := x+math.Cos(a)*d, y+math.Sin(a)*d
		c.disc(dark(col, 0.35), 0.5, px+0.004, py+0.006, r)
		c.disc(col, 1, px, py, r)
		c.disc(light(col, 0.4), 0.5, px-r*0.25, py-r*0.3, r*0.4)
	}
	steel := rgb(0xd5d9dc)
	c.rect(steel, 1, x-0.5, y-0.2, 0.018, 0.44)
	c.oval(steel, 1, x-0.491, y-0.22, 0.034, 0.06)
	c.rect(steel, 1, x+0.482, y-0.05, 0.018, 0.3)
	c.oval(light(steel, 0.3), 1, x+0.491, y-0.13, 0.024, 0.13)
}

func lighthouse(c *canvas, v int) {
	t := times[[]int{1, 3, 2, 0}[v%4]]
	c.sky(t.top, t.mid, t.low)
	c.clouds(light(t.mid, 0.5), 0.1, 0.4)
	horizon := 0.66 * c.h
	c.rect(mix(t.near, rgb(0x2a7f9e), 0.6), 1, 0, horizon, c.w, c.h)
	for range 120 {
		c.oval(light(t.low, 0.3), 0.3, c.between(0, c.w), c.between(horizon+0.005, c.h), c.between(0.008, 0.04), 0.0018)
	}
	x := c.between(0.35, 0.65) * c.w
	rock := mix(t.near, rgb(0x54584f), 0.5)
	c.path(rock, 1, func(p *pen) {
		p.move(x-0.5, 0.95*c.h)
		p.curve(x-0.3, 0.78*c.h, x-0.2, 0.7*c.h, x, 0.7*c.h)
		p.curve(x+0.2, 0.7*c.h, x+0.26, 0.82*c.h, x+0.45, 0.95*c.h)
	}, []point{{x - 0.5, 0.6 * c.h}, {x + 0.5, c.h}})
	foot, top := 0.73*c.h, 0.24*c.h
	wall, band := rgb(0xf6f2ea), rgb(0xc0392b)
	side := func(k float64) float64 { return 0.075 - 0.03*k }
	for i := range 6 {
		a, b := float64(i)/6, float64(i+1)/6
		col := wall
		if i%2 == 1 {
			col = band
		}
		ya, yb := foot+(top-foot)*a, foot+(top-foot)*b
		c.fill(col, 1, point{x - side(a), ya}, point{x + side(a), ya}, point{x + side(b), yb}, point{x - side(b), yb})
		c.fill(rgb(0x000000), 0.13, point{x + side(a)*0.3, ya}, point{x + side(a), ya}, point{x + side(b), yb}, point{x + side(b)*0.3, yb})
	}
	c.rect(rgb(0x2a2f38), 1, x-0.06, top-0.012, 0.12, 0.014)
	c.rect(rgb(0xffe9a8), 1, x-0.034, top-0.07, 0.068, 0.06)
	c.rect(rgb(0x2a2f38), 1, x-0.003, top-0.07, 0.006, 0.06)
	c.fill(band, 1, point{x - 0.046, top - 0.07}, point{x + 0.046, top - 0.07}, point{x, top - 0.12})
	if v%4 == 1 || v%4 == 2 {
		c.fill(rgb(0xfff3c4), 0.22, point{x, top - 0.045}, point{x - 0.9, top - 0.2}, point{x - 0.9, top + 0.04})
		c.glow(rgb(0xfff3c4), 0.8, x, top-0.04, 0.22)
	}
	c.gulls(dark(t.near, 0.2))
}
