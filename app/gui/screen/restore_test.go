package screen

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"sidekeep/app/flow"
)

// TestCardUnderThePointer finds the card that something is let go on.
func TestCardUnderThePointer(t *testing.T) {
	s, _ := open(t, fyne.NewSize(windowWidth, windowHeight))
	s.draw(flow.View{Page: flow.Home, Home: askedView("New phone", "")})
	for name, k := range s.page.(*homePage).byName {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(k.all)
		size := k.all.Size()
		for _, c := range []struct {
			at   fyne.Position
			want string
		}{
			{at.AddXY(1, 1), name}, {at.AddXY(size.Width-1, size.Height-1), name}, {at.AddXY(size.Width/2, size.Height/2), name},
			{at.AddXY(-8, size.Height/2), ""}, {at.AddXY(size.Width/2, -8), ""},
		} {
			if got := s.cardAt(c.at); got != c.want {
				t.Errorf("at %v is the card of %q, not of %q", c.at, got, c.want)
			}
		}
	}
	s.draw(flow.View{Page: flow.Restore, Restore: roomView("New phone", "")})
	if got := s.cardAt(fyne.NewPos(400, 300)); got != "" {
		t.Errorf("on another page is the card of %q", got)
	}
}

// TestDragLights lights a card while something is dragged over it, keeps its
// height, and lights nothing for a pointer that drags nothing.
func TestDragLights(t *testing.T) {
	s, _ := open(t, fyne.NewSize(windowWidth, windowHeight))
	held := false
	s.dragging = func() bool { return held }
	h := askedView("New phone", "")
	h.Cards = h.Cards[2:3] // alone, so that no other card keeps it high
	s.draw(flow.View{Page: flow.Home, Home: h})
	k := s.page.(*homePage).byName["Old phone"]
	height := k.all.Size().Height
	k.zone.MouseIn(&desktop.MouseEvent{})
	if s.lit != "" || k.edge.fill != colorCard {
		t.Error("a pointer that drags nothing lights the card")
	}
	held = true
	k.zone.MouseMoved(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary})
	if s.lit != "" {
		t.Error("a button that was pressed in the window lights the card")
	}
	k.zone.MouseMoved(&desktop.MouseEvent{})
	if s.lit != "Old phone" || k.edge.fill != colorAccS || k.all.Size().Height < height {
		t.Errorf("lit %q, fill %q, height %v of %v", s.lit, k.edge.fill, k.all.Size().Height, height)
	}
	k.zone.MouseOut()
	if s.lit != "" || k.edge.fill != colorCard {
		t.Error("the card stays lit")
	}
	k.zone.takes = false
	k.zone.MouseMoved(&desktop.MouseEvent{})
	if s.lit != "" {
		t.Error("a card that takes nothing is lit")
	}
}

// TestSegments chooses by pointer and by arrows.
func TestSegments(t *testing.T) {
	_, w := open(t, fyne.NewSize(leastWidth, leastHeight))
	got := -1
	s := newSegments([]string{"Keep both", "Merge", "Archive", "As there"}, 1, func(i int) { got = i })
	w.SetContent(left(s))
	for i, b := range s.boxes {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b).Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(s))
		if x := s.under(at.X + b.Size().Width/2); x != i {
			t.Errorf("in the middle of %d is %d", i, x)
		}
	}
	test.TapAt(s, fyne.NewPos(20, 15))
	if got != 0 || s.chosen != 0 {
		t.Errorf("tapped the first: chose %d", got)
	}
	for _, want := range []int{1, 2, 3, 3} {
		s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
		if s.chosen != want || got != want {
			t.Errorf("an arrow chose %d, told %d, want %d", s.chosen, got, want)
		}
	}
	got = -1
	s.set(2)
	if got != -1 {
		t.Error("what is only shown is told as chosen")
	}
}

// TestEveryStepHasItsPage shows another page for every step of a restore, and
// the same page for a step that goes on.
func TestEveryStepHasItsPage(t *testing.T) {
	s, _ := open(t, fyne.NewSize(windowWidth, windowHeight))
	all := restoreViews("New phone", "")
	var before page
	for _, name := range []string{"no plan", "plan", "writing", "done"} {
		v := all[name]
		v.Plan.Key = 1
		s.draw(v)
		if s.page == before {
			t.Errorf("%q is shown on the page before", name)
		}
		before = s.page
		v.Plan.Sum, v.Plan.Rate = "another", "another"
		s.draw(v)
		if s.page != before {
			t.Errorf("%q is built anew", name)
		}
	}
	if !s.side.restore.selected || s.side.home.selected {
		t.Error("the sidebar does not show the room")
	}
}
