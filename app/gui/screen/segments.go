package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// segments are a few choices beside each other, of which one is chosen. The
// keyboard reaches them as one; the arrows choose.
type segments struct {
	press
	chosen int // -1 if none is
	choose func(i int)
	at     int // under the pointer; -1 if none is
	cells  []*surface
	names  []*text
	boxes  []*fyne.Container
	ring   *surface
	all    *fyne.Container
}

// The measures of segments.
const (
	segmentHeight = 32
	segmentEdge   = 3
	segmentSide   = 11
)

func newSegments(names []string, chosen int, choose func(i int)) *segments {
	s := &segments{chosen: chosen, choose: choose, at: -1, ring: newSurface("", "", 12, 0)}
	s.ring.out = 4
	var cells []fyne.CanvasObject
	for _, n := range names {
		c, t := newSurface("", "", 6, 0), centred(newText(n, captionB, colorText2, cut))
		s.cells, s.names = append(s.cells, c), append(s.names, t)
		box := sized(t.measure(n)+2*segmentSide, segmentHeight-2*segmentEdge, stack(c, t))
		s.boxes = append(s.boxes, box)
		cells = append(cells, box)
	}
	s.all = stack(s.ring, newSurface(colorBtn, "", 8, 0), inset(segmentEdge, segmentEdge, segmentEdge, segmentEdge, row(0, cells...)))
	s.arrow = func(dx, _ int) {
		if to := s.chosen + dx; dx != 0 && to >= 0 && to < len(s.names) {
			s.pick(to)
		}
	}
	s.begin(s, s.state, nil)
	return s
}

func (s *segments) state() {
	for i, c := range s.cells {
		fill, ink := fyne.ThemeColorName(""), colorText2
		switch {
		case i == s.chosen:
			fill, ink = colorCard, colorAccT
		case i == s.at && s.hovered:
			fill = colorHover
		}
		c.set(fill, "", 0)
		s.names[i].embolden(i == s.chosen)
		s.names[i].paint(ink)
	}
	s.ring.set("", colorAcc, ringWidth(s.focused))
}

// set changes what is chosen, without a word to anybody.
func (s *segments) set(chosen int) {
	if s.chosen != chosen {
		s.chosen = chosen
		s.state()
	}
}

func (s *segments) pick(i int) {
	if i != s.chosen && i >= 0 {
		s.set(i)
		s.choose(i)
	}
}

// under is the segment at x, -1 if there is none.
func (s *segments) under(x float32) int {
	left := float32(segmentEdge)
	for i, b := range s.boxes {
		if w := b.MinSize().Width; x >= left && x < left+w {
			return i
		} else {
			left += w
		}
	}
	return -1
}

func (s *segments) Tapped(e *fyne.PointEvent) { s.pick(s.under(e.Position.X)) }

func (s *segments) MouseIn(e *desktop.MouseEvent) {
	s.at = s.under(e.Position.X)
	s.press.MouseIn(e)
}

func (s *segments) MouseMoved(e *desktop.MouseEvent) {
	if at := s.under(e.Position.X); at != s.at {
		s.at = at
		s.state()
	}
}

func (s *segments) MinSize() fyne.Size {
	return fyne.NewSize(s.all.MinSize().Width, segmentHeight)
}

func (s *segments) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.all) }
