package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// press is what everything that can be pressed shares: hover, focus by the
// keyboard, the disabled state, and what happens.
type press struct {
	widget.BaseWidget
	me                    fyne.CanvasObject // the widget that embeds it
	hovered, focused, off bool
	tapped                func()
	look                  func()           // draws the state anew
	arrow                 func(dx, dy int) // nil if arrows do nothing
}

var (
	_ fyne.Tappable     = (*press)(nil)
	_ fyne.Focusable    = (*press)(nil)
	_ fyne.Disableable  = (*press)(nil)
	_ desktop.Hoverable = (*press)(nil)
)

// begin has to be called by who embeds p, once its look can be drawn.
func (p *press) begin(me fyne.Widget, look func(), tapped func()) {
	p.me, p.look, p.tapped = me, look, tapped
	p.ExtendBaseWidget(me)
	look()
}

func (p *press) fire() {
	if !p.off && p.tapped != nil {
		p.tapped()
	}
}

func (p *press) Tapped(*fyne.PointEvent)        { p.fire() }
func (p *press) MouseIn(*desktop.MouseEvent)    { p.hovered = true; p.look() }
func (p *press) MouseMoved(*desktop.MouseEvent) {}
func (p *press) MouseOut()                      { p.hovered = false; p.look() }
func (p *press) FocusLost()                     { p.focused = false; p.look() }
func (p *press) TypedRune(rune)                 {}

func (p *press) FocusGained() {
	p.focused = true
	p.look()
	if s := shellOf(p.me); s != nil {
		s.reveal(p.me)
	}
}

func (p *press) TypedKey(e *fyne.KeyEvent) {
	dx, dy := 0, 0
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		p.fire()
		return
	case fyne.KeyLeft:
		dx = -1
	case fyne.KeyRight:
		dx = 1
	case fyne.KeyUp:
		dy = -1
	case fyne.KeyDown:
		dy = 1
	}
	if (dx != 0 || dy != 0) && p.arrow != nil {
		p.arrow(dx, dy)
	} else if s := shellOf(p.me); s != nil {
		s.key(e.Name)
	}
}

// Disabled, Enable and Disable let the keyboard pass over what is off.
func (p *press) Disabled() bool { return p.off }
func (p *press) Enable()        { p.disable(false) }
func (p *press) Disable()       { p.disable(true) }

func (p *press) disable(off bool) {
	if p.off != off {
		p.off = off
		p.look()
	}
}
