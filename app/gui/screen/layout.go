package screen

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// The layouts here know that a text's height follows from its width: they ask
// for the height that a thing has at the width that it gets.

// A tall thing has a height that follows from its width.
type tall interface{ HeightFor(width float32) float32 }

// A tallLayout does so for the objects of a container.
type tallLayout interface {
	fyne.Layout
	heightFor(objects []fyne.CanvasObject, width float32) float32
}

func heightFor(o fyne.CanvasObject, width float32) float32 {
	if t, ok := o.(tall); ok {
		return t.HeightFor(width)
	}
	if c, ok := o.(*fyne.Container); ok {
		if l, ok := c.Layout.(tallLayout); ok {
			return l.heightFor(c.Objects, width)
		}
	}
	return o.MinSize().Height
}

// gap is empty space of a fixed height and width.
func gap(size float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSquareSize(size))
	return r
}

// spring takes a share of the height that is left in a column, of the width
// that is left in a row.
type spring struct{ canvas.Rectangle }

func newSpring() *spring { return &spring{} }

// grow marks the object of a row that takes the width that is left.
type grow struct{ oneLayout }

func newGrow(o fyne.CanvasObject) *fyne.Container { return container.New(grow{}, o) }

func grows(o fyne.CanvasObject) bool {
	if _, ok := o.(*spring); ok {
		return true
	}
	c, ok := o.(*fyne.Container)
	if !ok {
		return false
	}
	_, ok = c.Layout.(grow)
	return ok
}

// oneLayout gives every object all of the place.
type oneLayout struct{}

func (oneLayout) heightFor(objects []fyne.CanvasObject, width float32) (h float32) {
	for _, o := range objects {
		if o.Visible() {
			h = max(h, heightFor(o, width))
		}
	}
	return h
}

func (oneLayout) MinSize(objects []fyne.CanvasObject) (s fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			s = s.Max(o.MinSize())
		}
	}
	return s
}

func (oneLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

func stack(objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(oneLayout{}, objects...)
}

// columnLayout puts objects one below the other at full width.
type columnLayout struct {
	gap   float32
	width float32 // of the last layout; before it, no height is asked for
}

func column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&columnLayout{gap: gap}, objects...)
}

func (c *columnLayout) heightFor(objects []fyne.CanvasObject, width float32) (h float32) {
	n := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		if _, ok := o.(*spring); !ok {
			h += heightFor(o, width)
		}
		n++
	}
	return h + c.gap*float32(max(n-1, 0))
}

func (c *columnLayout) MinSize(objects []fyne.CanvasObject) (s fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			s.Width = max(s.Width, o.MinSize().Width)
		}
	}
	if c.width > 0 {
		s.Height = c.heightFor(objects, max(c.width, s.Width))
	}
	return s
}

func (c *columnLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	c.width = size.Width
	springs := 0
	for _, o := range objects {
		if _, ok := o.(*spring); ok && o.Visible() {
			springs++
		}
	}
	each := max(size.Height-c.heightFor(objects, size.Width), 0) / float32(max(springs, 1))
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		h := float32(0)
		if _, ok := o.(*spring); ok {
			h = each
		} else {
			h = heightFor(o, size.Width)
		}
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h + c.gap
	}
}

// rowLayout puts objects beside each other, in the middle of its height or at
// its top; what grows takes the width that is left.
type rowLayout struct {
	gap float32
	top bool
}

func row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&rowLayout{gap: gap}, objects...)
}

func topRow(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&rowLayout{gap: gap, top: true}, objects...)
}

// widths are those that the objects get when the row is width wide.
func (r *rowLayout) widths(objects []fyne.CanvasObject, width float32) []float32 {
	out := make([]float32, len(objects))
	left, shares, n := width, 0, 0
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		n++
		if grows(o) {
			shares++
			continue
		}
		out[i] = o.MinSize().Width
		left -= out[i]
	}
	left -= r.gap * float32(max(n-1, 0))
	for i, o := range objects {
		if o.Visible() && grows(o) {
			out[i] = max(left/float32(shares), 0)
		}
	}
	return out
}

func (r *rowLayout) heightFor(objects []fyne.CanvasObject, width float32) (h float32) {
	w := r.widths(objects, width)
	for i, o := range objects {
		if o.Visible() {
			h = max(h, heightFor(o, w[i]))
		}
	}
	return h
}

func (r *rowLayout) MinSize(objects []fyne.CanvasObject) (s fyne.Size) {
	n := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		n++
		m := o.MinSize()
		s.Width += m.Width
		s.Height = max(s.Height, m.Height)
	}
	s.Width += r.gap * float32(max(n-1, 0))
	return s
}

func (r *rowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := r.widths(objects, size.Width)
	x := float32(0)
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		h := heightFor(o, w[i])
		y := float32(0)
		if !r.top {
			y = (size.Height - h) / 2
		}
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w[i], h))
		x += w[i] + r.gap
	}
}

// insetLayout keeps a margin around one object.
type insetLayout struct{ top, right, bottom, left float32 }

func inset(top, right, bottom, left float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(insetLayout{top, right, bottom, left}, o)
}

func (i insetLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return oneLayout{}.heightFor(objects, width-i.left-i.right) + i.top + i.bottom
}

func (i insetLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return oneLayout{}.MinSize(objects).AddWidthHeight(i.left+i.right, i.top+i.bottom)
}

func (i insetLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(i.left, i.top))
		o.Resize(size.SubtractWidthHeight(i.left+i.right, i.top+i.bottom))
	}
}

// sized gives an object a fixed size; 0 leaves that side as it is.
type sizedLayout struct{ w, h float32 }

func sized(w, h float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(sizedLayout{w, h}, o)
}

func (s sizedLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	if s.h > 0 {
		return s.h
	}
	if s.w > 0 {
		width = s.w
	}
	return oneLayout{}.heightFor(objects, width)
}

func (s sizedLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	m := oneLayout{}.MinSize(objects)
	if s.w > 0 {
		m.Width = s.w
	}
	if s.h > 0 {
		m.Height = s.h
	}
	return m
}

func (s sizedLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if s.w > 0 {
		size.Width = s.w
	}
	oneLayout{}.Layout(objects, size)
}
