package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// surface is a rectangle in colours of the theme. "" is no colour.
type surface struct {
	widget.BaseWidget
	fill, edge     fyne.ThemeColorName
	radius, stroke float32
	out            float32 // how far it reaches beyond its own size
	min            fyne.Size
}

func newSurface(fill, edge fyne.ThemeColorName, radius, stroke float32) *surface {
	s := &surface{fill: fill, edge: edge, radius: radius, stroke: stroke}
	s.ExtendBaseWidget(s)
	return s
}

// rule is a thin line across.
func rule() *surface {
	s := newSurface(colorLine, "", 0, 0)
	s.min = fyne.NewSize(0, 1)
	return s
}

// set changes the colours and the stroke, and redraws only if they differ.
func (s *surface) set(fill, edge fyne.ThemeColorName, stroke float32) {
	if s.fill != fill || s.edge != edge || s.stroke != stroke {
		s.fill, s.edge, s.stroke = fill, edge, stroke
		s.Refresh()
	}
}

func (s *surface) MinSize() fyne.Size { return s.min }

func (s *surface) CreateRenderer() fyne.WidgetRenderer {
	r := &surfaceRenderer{s: s, rect: canvas.NewRectangle(paint(s.fill))}
	r.Refresh()
	return r
}

type surfaceRenderer struct {
	s    *surface
	rect *canvas.Rectangle
}

func (r *surfaceRenderer) Layout(size fyne.Size) {
	r.rect.Move(fyne.NewSquareOffsetPos(-r.s.out))
	r.rect.Resize(size.AddWidthHeight(2*r.s.out, 2*r.s.out))
}

func (r *surfaceRenderer) MinSize() fyne.Size { return r.s.min }

func (r *surfaceRenderer) Refresh() {
	r.rect.FillColor, r.rect.StrokeColor = paint(r.s.fill), paint(r.s.edge)
	r.rect.CornerRadius, r.rect.StrokeWidth = r.s.radius, r.s.stroke
	if r.s.edge == "" {
		r.rect.StrokeWidth = 0
	}
	r.rect.Refresh()
}

func (r *surfaceRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.rect} }
func (r *surfaceRenderer) Destroy()                     {}

// badge is an icon in the middle of a square or a circle.
func badge(name string, fill, ink fyne.ThemeColorName, size, radius, iconSize float32) *fyne.Container {
	return sized(size, size, stack(newSurface(fill, "", radius, 0), newIcon(name, ink, iconSize)))
}

// pill is a state: an icon and a word.
func pill(name, word string, fill, ink, edge fyne.ThemeColorName) *fyne.Container {
	stroke := float32(0)
	if edge != "" {
		stroke = 1
	}
	return sized(0, 26, stack(
		newSurface(fill, edge, 13, stroke),
		inset(0, 10, 0, 8, row(6, newIcon(name, ink, 16), newText(word, captionB, ink, whole))),
	))
}

// note is a box with an icon and a sentence.
func note(name string, ink fyne.ThemeColorName, s string) *fyne.Container {
	return stack(
		newSurface(colorBtn, "", 12, 0),
		inset(16, 24, 16, 20, row(12, newIcon(name, ink, 20), newGrow(newText(s, body, colorText, wrap)))),
	)
}
