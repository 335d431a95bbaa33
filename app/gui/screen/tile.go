package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"sidekeep/app/flow"
)

// tile is a card that can be pressed: one service.
type tile struct {
	press
	box, ring, square *surface
	icon              *icon
	all               *fyne.Container
}

func newTile(t flow.Tile, tapped func()) *tile {
	x := &tile{}
	x.box = newSurface(colorCard, colorLine, 12, 1)
	x.ring = newSurface("", "", 16, 0)
	x.ring.out = 4
	x.square = newSurface(colorBtn, "", 10, 0)
	x.icon = newIcon(t.Icon, colorText2, 24)
	x.all = stack(x.ring, x.box, inset(20, 20, 18, 20, column(0,
		row(0, sized(40, 40, stack(x.square, x.icon)), newSpring()),
		gap(20),
		newText(t.Name, cardTitle, colorText, cut),
		newText(t.Line, caption, colorText2, wrap),
	)))
	x.begin(x, x.state, tapped)
	return x
}

func (x *tile) state() {
	switch {
	case x.off:
		x.box.set(colorCard, colorLine, 1)
	case x.hovered || x.focused:
		x.box.set(colorAccS, colorAcc, 1)
		x.square.set(colorCard, "", 0)
		x.icon.set(x.icon.name, colorAcc)
	default:
		x.box.set(colorCard, colorLine, 1)
		x.square.set(colorBtn, "", 0)
		x.icon.set(x.icon.name, colorText2)
	}
	if x.focused {
		x.ring.set("", colorAcc, 2)
	} else {
		x.ring.set("", "", 0)
	}
}

// HeightFor is the height at that width.
func (x *tile) HeightFor(width float32) float32 { return heightFor(x.all, width) }

func (x *tile) MinSize() fyne.Size { return fyne.NewSize(160, 140) }

func (x *tile) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(x.all) }
