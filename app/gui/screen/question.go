package screen

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"sidekeep/app/flow"
)

// question stands over the page until it is answered.
type question struct {
	widget.BaseWidget
	of  *flow.Question
	no  *button
	all *fyne.Container
}

// showQuestion shows q, or takes the one away that is shown.
func (s *shell) showQuestion(q *flow.Question) {
	if s.window == nil {
		return
	}
	layers := s.window.Canvas().Overlays()
	if s.ask != nil && !s.ask.of.Same(q) {
		layers.Remove(s.ask)
		s.ask = nil
	}
	if q == nil || s.ask != nil {
		return
	}
	s.ask = newQuestion(s, q)
	s.ask.Resize(s.window.Canvas().Size())
	layers.Add(s.ask)
	s.window.Canvas().Focus(s.ask.no)
}

func newQuestion(s *shell, q *flow.Question) *question {
	x := &question{of: q}
	lines := []fyne.CanvasObject{
		topRow(12, newIcon("shield", colorAcc, 24), newGrow(newText(q.Title, section, colorText, wrap))),
		gap(12), newText(q.Meaning, body, colorText, wrap),
		gap(4), newText(q.Try, body, colorText2, wrap),
	}
	if q.Detail != "" {
		lines = append(lines, gap(16), stack(newSurface(colorBtn, "", 8, 0), inset(12, 16, 12, 16, newText(q.Detail, strong, colorText, wrap))))
	}
	x.no = newButton(secondary, "", q.No, func() { s.flow.Answer(x.of, false) })
	yes := newButton(secondary, "", q.Yes, func() { s.flow.Answer(x.of, true) })
	lines = append(lines, gap(24), row(8, newSpring(), x.no, yes))
	card := stack(newSurface(colorCard, colorLine, 12, 1), inset(24, 24, 24, 24, column(0, lines...)))
	x.all = container.New(middle{480}, canvas.NewRectangle(color.NRGBA{A: 0x73}), card)
	x.ExtendBaseWidget(x)
	return x
}

// Tapped takes what is pressed beside the card, so that nothing below gets it.
func (x *question) Tapped(*fyne.PointEvent) {}

func (x *question) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(x.all) }

// middle fills the place with the first object and puts the second into the
// middle of it.
type middle struct{ width float32 }

func (m middle) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(m.width, 0) }

func (m middle) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(size)
	w := min(m.width, size.Width-32)
	h := heightFor(o[1], w)
	o[1].Resize(fyne.NewSize(w, h))
	o[1].Move(fyne.NewPos((size.Width-w)/2, max((size.Height-h)/2, 16)))
}
