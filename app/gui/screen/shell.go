package screen

import (
	"strconv"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"sidekeep/app/flow"
)

// The sizes of the window, and of the sidebar with its edge.
const (
	windowWidth, windowHeight = 1100, 720
	leastWidth, leastHeight   = 900, 600
	sideWidth                 = 200
)

// A page is one of the screens. It is made for a view and then shown newer
// ones of the same kind, so that what is typed and focused stays.
type page interface {
	object() fyne.CanvasObject
	show(v flow.View)
	enter()                // Enter was pressed and nothing else took it
	first() fyne.Focusable // what the keyboard goes to first; nil if nothing
}

// shell is all of the window: the sidebar and a page.
type shell struct {
	widget.BaseWidget
	flow   *flow.Flow
	window fyne.Window
	side   *sidebar
	page   page
	shown  pageKey
	scroll *container.Scroll
	ask    *question
	view   flow.View
	all    *fyne.Container

	lit      string      // the account whose card something is held over; "" if there is none
	watching atomic.Bool // the drag is being watched
	dragging func() bool // tells whether something is dragged; nil where nobody knows
}

type pageKey struct {
	page flow.Page
	key  int
}

func newShell(f *flow.Flow, w fyne.Window) *shell {
	s := &shell{flow: f, window: w, side: newSidebar(f), shown: pageKey{page: -1}}
	s.scroll = container.NewVScroll(container.NewStack())
	s.all = container.New(shellLayout{s}, newSurface(colorBG, "", 0, 0), s.side.all, newSurface(colorLine, "", 0, 0), s.scroll)
	s.ExtendBaseWidget(s)
	return s
}

func (s *shell) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.all) }

// shellOf is the shell of the window that shows o, nil if none does.
func shellOf(o fyne.CanvasObject) *shell {
	c := fyne.CurrentApp().Driver().CanvasForObject(o)
	if c == nil {
		return nil
	}
	s, _ := c.Content().(*shell)
	return s
}

type shellLayout struct{ s *shell }

func (l shellLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(leastWidth, leastHeight)
}

func (l shellLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	objects[1].Resize(fyne.NewSize(sideWidth-1, size.Height))
	objects[2].Move(fyne.NewPos(sideWidth-1, 0))
	objects[2].Resize(fyne.NewSize(1, size.Height))
	objects[3].Move(fyne.NewPos(sideWidth, 0))
	l.s.layPage(fyne.NewSize(size.Width-sideWidth, size.Height))
}

// layPage gives the page the width of the window first, so that its height is
// known when the scroll asks for it.
func (s *shell) layPage(size fyne.Size) {
	c := s.scroll.Content
	if s.fills() {
		c.Resize(size)
	} else {
		c.Resize(fyne.NewSize(size.Width, max(heightFor(c, size.Width), size.Height)))
	}
	s.scroll.Resize(size)
	s.scroll.Refresh()
	canvas.Refresh(s.all) // a scroll whose content has changed but not its size does not ask to be painted
}

// relay lays the page out anew after it has changed its height by itself.
func (s *shell) relay() {
	if size := s.Size(); !size.IsZero() {
		s.layPage(fyne.NewSize(size.Width-sideWidth, size.Height))
	}
}

// fills reports whether the page takes all of the window and scrolls by itself.
func (s *shell) fills() bool {
	f, ok := s.page.(interface{ fills() bool })
	return ok && f.fills()
}

// draw shows v. It runs on Fyne's goroutine.
func (s *shell) draw(v flow.View) {
	s.view = v
	s.side.show(v)
	key := pageKey{page: v.Page}
	switch v.Page {
	case flow.SignIn:
		key.key = v.SignIn.Key
	case flow.Found:
		key.key = v.Found.Key
	case flow.Lost:
		key.key = v.Lost.Key
	case flow.Plan:
		key.key = v.Plan.Key*8 + int(v.Plan.Step)
	case flow.Lines:
		key.key = v.Lines.Key
	}
	fresh := s.page == nil || key != s.shown
	if fresh {
		s.page, s.shown = s.make(v), key
		s.scroll.Content = s.page.object()
		if !s.fills() {
			s.scroll.Content = inset(32, 32, 32, 32, s.page.object())
		}
		s.scroll.Offset = fyne.Position{}
	}
	s.page.show(v)
	s.relay()
	if fresh && s.window != nil {
		s.window.Canvas().Unfocus()
		if f := s.page.first(); f != nil {
			s.window.Canvas().Focus(f)
		}
	}
	s.showQuestion(v.Question)
}

func (s *shell) make(v flow.View) page {
	switch v.Page {
	case flow.Home:
		return newHomePage(s)
	case flow.Connect:
		return newConnectPage(s, v.Connect.Tiles)
	case flow.SignIn:
		return newSignInPage(s, v.SignIn)
	case flow.Found:
		return newFoundPage(s, v.Found)
	case flow.Archive:
		return newArchivePage(s)
	case flow.History:
		return newHistoryPage(s)
	case flow.Lost:
		return newLostPage(s, v.Lost)
	case flow.Restore:
		return newRoomPage(s)
	case flow.Plan:
		return newRestorePage(s, v.Plan)
	case flow.Lines:
		return newLinesPage(s, v.Lines)
	}
	return newOpeningPage(s)
}

// key takes the keys that nothing on the page wants.
func (s *shell) key(name fyne.KeyName) {
	if s.ask != nil {
		if name == fyne.KeyEscape {
			s.flow.Answer(s.ask.of, false)
		}
		return
	}
	switch name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if s.page != nil {
			s.page.enter()
		}
	case fyne.KeyEscape:
		s.flow.Back()
	}
}

// shortcut takes Ctrl and a number.
func (s *shell) shortcut(c *desktop.CustomShortcut) bool {
	if c.Modifier != fyne.KeyModifierShortcutDefault {
		return false
	}
	switch c.KeyName {
	case fyne.Key1:
		s.flow.Go(flow.Home)
	case fyne.Key2:
		s.flow.Go(flow.History)
	case fyne.Key3:
		s.flow.Go(flow.Restore)
	case fyne.Key4:
		s.flow.Go(flow.Archive)
	default:
		return false
	}
	return true
}

// reveal scrolls so that o, which the keyboard has gone to, can be seen.
func (s *shell) reveal(o fyne.CanvasObject) {
	if s.ask != nil {
		return
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	if at.X < sideWidth {
		return
	}
	const room = 24
	top, bottom := at.Y-room, at.Y+o.Size().Height+room
	switch view := s.scroll.Size().Height; {
	case top < 0:
		s.scroll.Offset.Y = max(s.scroll.Offset.Y+top, 0)
	case bottom > view:
		most := max(s.scroll.Content.Size().Height-view, 0)
		s.scroll.Offset.Y = min(s.scroll.Offset.Y+bottom-view, most)
	default:
		return
	}
	s.scroll.Refresh()
}

func itoa(n int) string { return strconv.Itoa(n) }
