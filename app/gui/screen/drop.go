package screen

import (
	"path/filepath"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// dropped takes files that were let go at a place of the window: on a card, or
// elsewhere.
func (s *shell) dropped(at fyne.Position, uris []fyne.URI) {
	var paths []string
	for _, u := range uris {
		if u.Scheme() == "file" {
			paths = append(paths, filepath.FromSlash(u.Path()))
		}
	}
	s.light("")
	s.flow.Drop(s.cardAt(at), paths)
}

// cardAt is the account whose card is at a place of the window, "" if none is.
func (s *shell) cardAt(at fyne.Position) string {
	h, ok := s.page.(*homePage)
	if !ok || s.ask != nil || at.X < sideWidth {
		return ""
	}
	for name, k := range h.byName {
		p, size := fyne.CurrentApp().Driver().AbsolutePositionForObject(k.all), k.all.Size()
		if at.X >= p.X && at.X < p.X+size.Width && at.Y >= p.Y && at.Y < p.Y+size.Height {
			return name
		}
	}
	return ""
}

// light lights the card of account while something is dragged over it, and no
// other; "" lights none.
func (s *shell) light(account string) {
	if s.lit == account {
		return
	}
	s.lit = account
	if h, ok := s.page.(*homePage); ok {
		h.showCards(s.view.Home.Cards)
		h.root.Refresh()
		s.relay()
	}
}

// dragEvery is how often it is asked whether a drag from outside goes on: its
// end is told to who began it only.
const dragEvery = 200 * time.Millisecond

// watchDrag puts the light out when the drag has ended or left the card.
func (s *shell) watchDrag(held func() bool) {
	if !s.watching.CompareAndSwap(false, true) {
		return
	}
	go func() {
		var done atomic.Bool
		for !done.Load() {
			time.Sleep(dragEvery)
			fyne.DoAndWait(func() {
				if s.lit == "" || !held() {
					s.light("")
					s.watching.Store(false)
					done.Store(true)
				}
			})
		}
	}()
}

// dragZone lies behind what a card shows and notices what is dragged over it
// from another program. Only X11 tells of such motion.
type dragZone struct {
	widget.BaseWidget
	s     *shell
	takes bool // the card takes what is dropped
	name  string
}

func newDragZone(s *shell, name string) *dragZone {
	z := &dragZone{s: s, name: name}
	z.ExtendBaseWidget(z)
	return z
}

func (z *dragZone) MouseIn(e *desktop.MouseEvent) { z.MouseMoved(e) }

func (z *dragZone) MouseMoved(e *desktop.MouseEvent) {
	if z.takes && z.s.lit != z.name && e.Button == 0 && z.s.dragging != nil && z.s.dragging() {
		z.s.light(z.name)
		z.s.watchDrag(z.s.dragging)
	}
}

func (z *dragZone) MouseOut() {
	if z.s.lit == z.name {
		z.s.light("")
	}
}

func (z *dragZone) MinSize() fyne.Size { return fyne.Size{} }

func (z *dragZone) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(newSurface("", "", 0, 0))
}
