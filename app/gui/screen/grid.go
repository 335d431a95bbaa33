package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// gridLayout puts objects into columns of one width; rows are as high as their
// highest object. What is wide takes a whole row.
type gridLayout struct {
	gap     float32
	columns func(width float32) int
	wide    func(o fyne.CanvasObject) bool // nil if nothing is
	width   float32
}

// place calls put for each visible object with its position and size, and
// returns the height of all.
func (g *gridLayout) place(objects []fyne.CanvasObject, width float32, put func(o fyne.CanvasObject, p fyne.Position, s fyne.Size)) float32 {
	n := g.columns(width)
	each := (width - g.gap*float32(n-1)) / float32(n)
	y := float32(0)
	var line []fyne.CanvasObject
	flush := func(w float32) {
		if len(line) == 0 {
			return
		}
		if y > 0 {
			y += g.gap
		}
		h := float32(0)
		for _, o := range line {
			h = max(h, heightFor(o, w))
		}
		for i, o := range line {
			put(o, fyne.NewPos(float32(i)*(w+g.gap), y), fyne.NewSize(w, h))
		}
		y += h
		line = line[:0]
	}
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		if g.wide != nil && g.wide(o) {
			flush(each)
			line = append(line, o)
			flush(width)
			continue
		}
		if line = append(line, o); len(line) == n {
			flush(each)
		}
	}
	flush(each)
	return y
}

func (g *gridLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return g.place(objects, width, func(fyne.CanvasObject, fyne.Position, fyne.Size) {})
}

func (g *gridLayout) MinSize(objects []fyne.CanvasObject) (s fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			s.Width = max(s.Width, o.MinSize().Width)
		}
	}
	if g.width > 0 {
		s.Height = g.heightFor(objects, max(g.width, s.Width))
	}
	return s
}

func (g *gridLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	g.width = size.Width
	g.place(objects, size.Width, func(o fyne.CanvasObject, p fyne.Position, s fyne.Size) {
		o.Move(p)
		o.Resize(s)
	})
}

// splitLayout puts two objects beside each other, the first with a share of
// the width.
type splitLayout struct{ share, gap float32 }

func split(share, gap float32, left, right fyne.CanvasObject) *fyne.Container {
	return container.New(splitLayout{share, gap}, left, right)
}

func (s splitLayout) widths(width float32) (left, right float32) {
	left = (width - s.gap) * s.share
	return left, width - s.gap - left
}

func (s splitLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	l, r := s.widths(width)
	return max(heightFor(objects[0], l), heightFor(objects[1], r))
}

func (s splitLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	l, r := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(l.Width+s.gap+r.Width, max(l.Height, r.Height))
}

func (s splitLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l, r := s.widths(size.Width)
	objects[0].Resize(fyne.NewSize(l, heightFor(objects[0], l)))
	objects[0].Move(fyne.NewPos(0, 0))
	objects[1].Resize(fyne.NewSize(r, heightFor(objects[1], r)))
	objects[1].Move(fyne.NewPos(l+s.gap, 0))
}
