package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// check is a row with a check box, an icon, a name and something at its end.
type check struct {
	press
	on         bool
	box        *surface
	mark       *icon
	ring       *surface
	name, tail *text
	all        *fyne.Container
}

func newCheck(iconName, name, tail string, on bool, tapped func()) *check {
	c := &check{on: on}
	c.box = newSurface(colorCard, colorField, 5, 1.5)
	c.mark = newIcon("check", colorOn, 16)
	c.ring = newSurface("", "", 8, 0)
	c.ring.out = 2
	c.name = newText(name, body, colorText, cut)
	c.tail = newText(tail, strong, colorText, whole)
	c.all = stack(c.ring, row(12, sized(20, 20, stack(c.box, c.mark)), newIcon(iconName, colorText2, 20), newGrow(c.name), c.tail))
	c.begin(c, c.state, tapped)
	return c
}

func (c *check) set(on bool) {
	if c.on != on {
		c.on = on
		c.state()
	}
}

func (c *check) state() {
	ink := colorText
	switch {
	case c.off:
		c.box.set(colorBtn, colorLine, 1.5)
		ink = colorText2
	case c.on:
		c.box.set(colorAcc, colorAcc, 1.5)
	case c.hovered:
		c.box.set(colorCard, colorAcc, 1.5)
	default:
		c.box.set(colorCard, colorField, 1.5)
	}
	if c.on && !c.off {
		c.mark.Show()
	} else {
		c.mark.Hide()
	}
	c.name.paint(ink)
	if c.focused {
		c.ring.set("", colorAcc, 2)
	} else {
		c.ring.set("", "", 0)
	}
}

func (c *check) MinSize() fyne.Size { return fyne.NewSize(c.all.MinSize().Width, 30) }

func (c *check) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(c.all) }
