package screen

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// pastView is a history of n exports, one of them opened with as many changes.
func pastView(n int) flow.HistoryView {
	h := flow.HistoryView{Moved: true, Accounts: []string{"", long, "b"}, Account: long, Chosen: 0}
	o := &flow.ExportView{
		Number: int64(n), Started: time.Now(), Account: long, State: flow.ExportFailed, SumSentence: long, Balanced: true, Told: long, Chosen: 0,
		Details: []flow.Detail{{Title: long, Line: long}}, Actions: []flow.Action{{Verb: "What happened?"}},
		Item: &flow.ItemView{Title: long, Line: long, Told: long, Fields: []flow.FieldRow{{Name: long, Before: long, After: long}, {Name: "Phone", After: "1"}}},
	}
	for _, w := range []string{"listed", "kept", "unchanged", "set aside", "failed"} {
		o.Sum = append(o.Sum, flow.Count{Number: "1,204,123", Word: w})
	}
	for i := range n {
		h.Exports = append(h.Exports, flow.ExportRow{Number: int64(n - i), Started: time.Now().Add(-time.Duration(i) * time.Hour), Account: long, State: flow.ExportState(i % 8), Added: 10000 * (i % 2), Changed: i, Gone: i % 3, Moved: i % 5 * 1000})
		o.Changes = append(o.Changes, flow.ChangeRow{Sign: flow.Sign(i % 3), Name: long, Noun: "person"})
	}
	h.Open = o
	return h
}

func TestChoosingAnExport(t *testing.T) {
	s, w := open(t, fyne.NewSize(windowWidth, windowHeight))
	v := flow.View{Page: flow.History, History: pastView(3000)}
	s.draw(v)
	p := s.page.(*historyPage)
	drawn := 0
	look := p.list.look
	var chosen []int
	p.list.look = func(i int, o fyne.CanvasObject, on bool) { drawn++; look(i, o, on) }
	p.list.choose = func(i int) { chosen = append(chosen, i) }
	w.Canvas().Focus(p.list)
	for _, k := range []fyne.KeyName{fyne.KeyDown, fyne.KeyDown, fyne.KeyUp, fyne.KeyEnd, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyHome} {
		p.list.TypedKey(&fyne.KeyEvent{Name: k})
	}
	if fmt.Sprint(chosen) != "[1 2 1 2999 2989 0]" {
		t.Errorf("chosen: %v", chosen)
	}
	if drawn > 2000 {
		t.Errorf("%d rows were drawn for 7 keys", drawn)
	}
	drawn = 0
	s.draw(v)
	if drawn > 60 {
		t.Errorf("%d rows were drawn for a window of ten", drawn)
	}
	v.History.Chosen, v.History.Open.Number = 7, 2993
	chosen = nil
	s.draw(v)
	if p.list.chosen != 7 || len(chosen) != 0 {
		t.Errorf("row %d is chosen; what was shown was taken for a choice: %v", p.list.chosen, chosen)
	}
	p.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape}) // handed on
}

func TestShowAllThatIsMissing(t *testing.T) {
	s, _ := open(t, fyne.NewSize(windowWidth, windowHeight))
	v := views()["lost"]
	s.draw(v)
	p := s.page.(*lostPage)
	l := p.gone
	few := l.frame.Size().Height
	if !l.more.Visible() || l.more.verb.value != words.ShowAll(150) || l.more.Size().Width < 60 {
		t.Errorf("Show all: %v, %q, %v", l.more.Visible(), l.more.verb.value, l.more.Size())
	}
	l.more.fire()
	if c := s.scroll.Content; c.Size().Height < heightFor(c, c.Size().Width) {
		t.Errorf("the page is %v high and needs %v", c.Size().Height, heightFor(c, c.Size().Width))
	}
	if l.more.Visible() || l.frame.Size().Height <= few {
		t.Errorf("%v high before, %v after", few, l.frame.Size().Height)
	}
}

// TestWheelOverAList moves a list within a page, and at its end the page.
func TestWheelOverAList(t *testing.T) {
	s, _ := open(t, fyne.NewSize(windowWidth, windowHeight))
	s.draw(views()["lost"])
	l := s.page.(*lostPage).gone
	w := &wheel{s: s, list: l.names}
	down := &fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -70)}
	w.Scrolled(down)
	if at := l.names.GetScrollOffset(); at != 70 || s.scroll.Offset.Y != 0 {
		t.Errorf("the list is at %v, the page at %v", at, s.scroll.Offset.Y)
	}
	for i := 0; i < 100 && s.scroll.Offset.Y == 0; i++ {
		w.Scrolled(down)
	}
	if at := l.names.GetScrollOffset(); s.scroll.Offset.Y == 0 || at < float32(l.names.n-fewNames-1)*l.names.pitch() {
		t.Errorf("the page is at %v, the list at %v", s.scroll.Offset.Y, at)
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{"Anneli Saarinen": "AS", "øyvind de la Cruz": "ØC", "Prince": "P", "": "", "+44 7700": "", "李 小龙": "李小"} {
		if got := initials(name); got != want {
			t.Errorf("initials(%q) = %q, want %q", name, got, want)
		}
	}
}

func BenchmarkDrawHistory(b *testing.B) {
	a := test.NewApp()
	defer a.Quit()
	a.Settings().SetTheme(newLook())
	w := a.NewWindow(Name)
	s := newShell(flow.New(flow.Options{Changed: func() {}}), w)
	w.SetContent(s)
	w.Resize(fyne.NewSize(windowWidth, windowHeight))
	v := flow.View{Page: flow.History, History: pastView(10000)}
	n := 0
	for b.Loop() {
		n = (n + 4999) % 10000
		v.History.Chosen = n // far away, as a jump with the scroll bar
		s.draw(v)
	}
}
