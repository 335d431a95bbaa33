package main

import (
	"image/color"
	"math"
)

func desert(c *canvas, v int) {
	t := times[[]int{2, 1, 3, 0}[v%4]]
	c.sky(t.top, t.mid, t.low)
	sx := c.between(0.2, c.w-0.2)
	c.glow(t.sun, 1, sx, 0.4*c.h, 0.5)
	c.disc(t.sun, 1, sx, 0.4*c.h, 0.07)
	sand := mix(rgb(0xdf9a57), t.low, 0.25)
	for i := range 5 {
		k := float64(i) / 4
		line := c.skyline((0.56+0.1*float64(i))*c.h, 0.035+0.02*k, 1.1-0.3*k, false)
		col := mix(mix(sand, t.low, 0.5), dark(sand, 0.22), k)
		c.ridgeOf(col, line)
		shade := append([]point(nil), line...)
		for j := range shade {
			shade[j].y += 0.02 + 0.05*k*(1+math.Sin(shade[j].x*5+float64(i)))
		}
		c.ridgeOf(mix(col, dark(sand, 0.4), 0.35), shade)
	}
}

func tree(c *canvas, v int) {
	t := times[[]int{1, 0, 2, 1}[v%4]]
	c.sky(t.top, t.mid, light(t.low, 0.2))
	c.clouds(rgb(0xffffff), 0.08, 0.34)
	ground := []color.RGBA{rgb(0x7fb55f), rgb(0xa8b65a), rgb(0xb99a4b), rgb(0x9aa65a)}[v%4]
	leaves := [][]color.RGBA{
		{rgb(0xf3b8c6), rgb(0xfbe0e6), rgb(0xe58fa6)}, {rgb(0xd98a2b), rgb(0xc2551f), rgb(0xe8b64a)},
		{rgb(0xb5402a), rgb(0xd9772f), rgb(0x8f3325)}, {rgb(0xe3b23c), rgb(0xc98f2b), rgb(0x8fa046)},
	}[v%4]
	c.ridge(mix(ground, t.low, 0.5), 0.68*c.h, 0.02, 0.8, false)
	c.ridge(ground, 0.75*c.h, 0.015, 0.9, false)
	x, foot := c.between(0.38, 0.62)*c.w, 0.82*c.h
	c.oval(dark(ground, 0.4), 0.4, x+0.05, foot+0.01, 0.32, 0.025)
	bark := rgb(0x54382a)
	c.path(bark, 1, func(p *pen) {
		p.move(x-0.055, foot+0.01)
		p.curve(x-0.02, foot-0.1, x-0.03, foot-0.2, x-0.02, foot-0.36)
		p.line(x+0.02, foot-0.36)
		p.curve(x+0.03, foot-0.2, x+0.02, foot-0.1, x+0.055, foot+0.01)
	}, []point{{x - 0.1, foot - 0.4}, {x + 0.1, foot + 0.02}})
	for _, s := range []float64{-1, 1} {
		c.fill(bark, 1, point{x, foot - 0.2}, point{x + s*0.16, foot - 0.4}, point{x + s*0.17, foot - 0.39}, point{x, foot - 0.16})
	}
	for i := range 150 {
		a, d := c.between(0, 2*math.Pi), math.Sqrt(c.rnd.Float64())
		col := dark(c.pick(leaves...), 0.3*(1-float64(i)/150))
		c.disc(col, 0.92, x+math.Cos(a)*d*0.31, foot-0.46+math.Sin(a)*d*0.2, c.between(0.025, 0.06))
	}
	for range 130 {
		c.oval(c.pick(leaves...), 0.9, c.between(0, c.w), c.between(foot-0.02, c.h), c.between(0.004, 0.009), 0.004)
	}
}

func houses(c *canvas, v int) {
	t := times[[]int{1, 0, 3, 2}[v%4]]
	c.sky(t.top, t.mid, t.low)
	c.clouds(light(t.mid, 0.6), 0.05, 0.25)
	paint := []color.RGBA{rgb(0xd9674f), rgb(0xe8b04b), rgb(0x4f8f8b), rgb(0xf1e3c6), rgb(0x6a7fb5), rgb(0xb5546a), rgb(0x8aa86a), rgb(0xc98a5b)}
	quay := 0.74 * c.h
	last := -1
	for x := -0.04; x < c.w; {
		wide, high := c.between(0.15, 0.21), c.between(0.32, 0.46)
		pick := c.rnd.IntN(len(paint))
		if pick == last {
			pick = (pick + 1) % len(paint)
		}
		last = pick
		col := mix(paint[pick], t.near, 0.12)
		if v%4 == 2 {
			col = dark(col, 0.35)
		}
		c.house(col, x, quay, wide, high, v%4 == 2)
		x += wide
	}
	water := mix(t.near, rgb(0x3a7f8f), 0.45)
	c.rect(rgb(0x6b6258), 1, 0, quay, c.w, 0.03)
	for y := quay + 0.03; y < c.h; y += 0.004 {
		c.rect(mix(mix(water, t.low, 0.35), dark(water, 0.3), (y-quay)/(c.h-quay)), 1, 0, y, c.w, 0.006)
	}
	for range 190 {
		y := c.between(quay+0.04, c.h)
		c.oval(c.pick(paint...), 0.3, c.between(0, c.w), y, c.between(0.01, 0.05), 0.0025)
	}
	c.sail(c.between(0.25, 0.7)*c.w, c.between(0.86, 0.94)*c.h, 0.18, rgb(0xfaf4e6), rgb(0x8a3f2f))
}

// house stands on foot; lit opens light in its windows.
func (c *canvas) house(col color.RGBA, x, foot, wide, high float64, lit bool) {
	roof := dark(mix(col, rgb(0x7a3a2a), 0.5), 0.25)
	c.rect(col, 1, x, foot-high, wide, high)
	c.rect(rgb(0x000000), 0.07, x+wide*0.86, foot-high, wide*0.14, high)
	switch c.rnd.IntN(3) {
	case 0:
		c.fill(roof, 1, point{x - 0.006, foot - high}, point{x + wide/2, foot - high - wide*0.55}, point{x + wide + 0.006, foot - high})
	case 1:
		for i := range 4 {
			k := float64(i) * wide * 0.11
			c.rect(col, 1, x+k, foot-high-float64(i+1)*0.026, wide-2*k, 0.028)
		}
	default:
		c.fill(roof, 1, point{x - 0.006, foot - high}, point{x + wide*0.14, foot - high - 0.07}, point{x + wide*0.86, foot - high - 0.07}, point{x + wide + 0.006, foot - high})
	}
	pane := rgb(0x33475b)
	for row := range 4 {
		for i := range 3 {
			wx, wy := x+wide*(0.13+0.27*float64(i)), foot-high+high*(0.08+0.23*float64(row))
			if row == 3 && i == 1 {
				c.rect(dark(roof, 0.3), 1, wx-0.004, wy, wide*0.2, foot-wy)
				continue
			}
			in := pane
			if lit && c.rnd.IntN(2) == 0 {
				in = rgb(0xffd98a)
			}
			c.rect(rgb(0xfbf7ee), 1, wx-0.004, wy-0.004, wide*0.17+0.008, high*0.13+0.008)
			c.rect(in, 1, wx, wy, wide*0.17, high*0.13)
			c.rect(rgb(0xfbf7ee), 1, wx+wide*0.08, wy, 0.003, high*0.13)
		}
	}
}

func coffee(c *canvas, v int) {
	wood := []color.RGBA{rgb(0xa9774d), rgb(0xe6dccb), rgb(0x47586b), rgb(0x8b5d3d)}[v%4]
	c.sky(light(wood, 0.1), wood, dark(wood, 0.12))
	for i := range 6 {
		c.rect(dark(wood, 0.25), 0.3, 0, (float64(i)+0.4)/6*c.h, c.w, 0.003)
	}
	cup := []color.RGBA{rgb(0xf5f1e8), rgb(0xd9674f), rgb(0xf2c45a), rgb(0x6f9e8f)}[v%4]
	x, y := c.between(0.42, 0.58)*c.w, c.between(0.46, 0.56)*c.h
	c.glow(rgb(0x000000), 0.55, x+0.03, y+0.04, 0.4)
	c.disc(light(cup, 0.3), 1, x, y, 0.3)
	c.disc(dark(light(cup, 0.3), 0.07), 1, x, y, 0.22)
	c.oval(cup, 1, x+0.22, y-0.02, 0.075, 0.03)
	c.disc(cup, 1, x, y, 0.19)
	c.disc(dark(cup, 0.2), 1, x, y, 0.168)
	c.disc(rgb(0x6b3f22), 1, x, y, 0.162)
	c.disc(rgb(0x9a6337), 1, x, y, 0.15)
	cream := rgb(0xf1dcb8)
	for i := range 4 {
		s := 1 - float64(i)*0.23
		c.heart([]color.RGBA{cream, rgb(0xa9703f)}[i%2], x, y+0.012*float64(i), 0.095*s)
	}
	book := c.pick(rgb(0x2f5d58), rgb(0x8a3f4f), rgb(0x35506b))
	bx, by := x+0.42, y-0.25
	c.fill(rgb(0x000000), 0.2, point{bx + 0.015, by + 0.02}, point{bx + 0.4, by - 0.04}, point{bx + 0.5, by + 0.5}, point{bx + 0.1, by + 0.56})
	c.fill(rgb(0xf6f2e8), 1, point{bx, by}, point{bx + 0.39, by - 0.06}, point{bx + 0.485, by + 0.47}, point{bx + 0.085, by + 0.53})
	c.fill(book, 1, point{bx, by}, point{bx + 0.375, by - 0.058}, point{bx + 0.47, by + 0.47}, point{bx + 0.085, by + 0.53})
	for range 12 {
		bx, by := c.between(0.03, 0.22)*c.w, c.between(0.1, 0.9)*c.h
		c.oval(rgb(0x4a2a18), 1, bx, by, 0.017, 0.012)
		c.rect(rgb(0x2c170c), 0.8, bx-0.013, by-0.001, 0.026, 0.002)
	}
}

func (c *canvas) heart(col color.RGBA, x, y, s float64) {
	c.path(col, 1, func(p *pen) {
		p.move(x, y+s)
		p.curve(x-s*0.6, y+s*0.45, x-s*1.1, y, x-s*0.9, y-s*0.45)
		p.curve(x-s*0.7, y-s*0.95, x-s*0.15, y-s*0.8, x, y-s*0.35)
		p.curve(x+s*0.15, y-s*0.8, x+s*0.7, y-s*0.95, x+s*0.9, y-s*0.45)
		p.curve(x+s*1.1, y, x+s*0.6, y+s*0.45, x, y+s)
	}, []point{{x - 1.2*s, y - s}, {x + 1.2*s, y + s}})
}
