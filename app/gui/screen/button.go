package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// The kinds of buttons.
type rank int

const (
	secondary rank = iota
	primary
	quiet
)

// The heights of buttons and fields.
const (
	usual  = 36
	signIn = 40
	big    = 44
)

// button is an action with a verb, and an icon before it if it has one.
type button struct {
	press
	rank   rank
	height float32
	box    *surface
	ring   *surface
	icon   *icon
	verb   *text
	onLit  bool // it stands on a lit card
	all    *fyne.Container
}

func newButton(r rank, iconName, verb string, tapped func()) *button {
	return sizedButton(r, usual, iconName, verb, tapped)
}

func sizedButton(r rank, height float32, iconName, verb string, tapped func()) *button {
	b := &button{rank: r, height: height}
	s := strong
	side, iconSize := float32(16), float32(16)
	switch {
	case height == big:
		s, side, iconSize = cardTitle, 24, 20
	case r == quiet:
		side = 12
	}
	b.box = newSurface("", "", 8, 0)
	b.ring = newSurface("", "", 12, 2)
	b.ring.out = 4
	b.verb = newText(verb, s, colorText, whole)
	parts := []fyne.CanvasObject{}
	if iconName != "" {
		b.icon = newIcon(iconName, colorText, iconSize)
		parts = append(parts, b.icon)
	}
	if verb != "" {
		parts = append(parts, b.verb)
	} else {
		side = 8
	}
	b.all = stack(b.ring, b.box, inset(0, side, 0, side, row(8, parts...)))
	b.begin(b, b.state, tapped)
	return b
}

func (b *button) state() {
	fill, ink := colorBtn, colorText
	switch {
	case b.off && b.rank == quiet:
		fill, ink = "", colorOff
	case b.off:
		ink = colorOff
	case b.rank == primary && b.hovered:
		fill, ink = colorAccH, colorOn
	case b.rank == primary:
		fill, ink = colorAcc, colorOn
	case b.rank == quiet && b.hovered:
		ink = colorAccT
	case b.rank == quiet:
		fill, ink = "", colorAccT
	case b.hovered:
		fill = colorHover
	case b.onLit:
		fill = colorCard
	}
	b.box.set(fill, "", 0)
	b.verb.paint(ink)
	if b.icon != nil {
		b.icon.set(b.icon.name, ink)
	}
	if b.focused && !b.off {
		b.ring.set("", colorAcc, 2)
	} else {
		b.ring.set("", "", 0)
	}
}

// say changes the verb.
func (b *button) say(verb string) {
	if b.verb.value != verb {
		b.verb.set(verb)
		b.Refresh()
	}
}

func (b *button) MinSize() fyne.Size {
	return fyne.NewSize(b.all.MinSize().Width, b.height)
}

func (b *button) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(b.all) }
