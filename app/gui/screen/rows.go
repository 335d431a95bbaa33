package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// rows is a long list of which one row is chosen. Arrows choose the next one;
// what is out of sight costs nothing.
type rows struct {
	widget.List
	n       int
	chosen  int         // -1 if none is
	keyed   bool        // the keyboard is in the list, and not only the pointer
	quiet   bool        // a choice is being shown and not made
	choose  func(i int) // a person chose row i
	look    func(i int, row fyne.CanvasObject, chosen bool)
	step    int // rows a page
	typing  bool
	pointed bool
}

// A ringed row can show that the keyboard is on it.
type ringed interface{ ring(on bool) }

// newRows makes a list whose rows are made by create and drawn by look.
func newRows(create func() fyne.CanvasObject, look func(i int, row fyne.CanvasObject, chosen bool), choose func(i int)) *rows {
	r := &rows{chosen: -1, choose: choose, look: look, step: 10}
	r.HideSeparators = true
	r.Length = func() int { return r.n }
	r.CreateItem = create
	r.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) {
		if i < r.n { // a row that is being taken away is drawn once more
			r.look(i, o, i == r.chosen)
			if x, ok := o.(ringed); ok {
				x.ring(r.keyed && (i == r.chosen || r.chosen < 0 && i == 0))
			}
		}
	}
	r.OnSelected = func(i widget.ListItemID) {
		r.chosen = i
		if !r.quiet {
			r.pointed = !r.typing
			if c := fyne.CurrentApp().Driver().CanvasForObject(r); c != nil {
				c.Focus(r)
			}
			r.keyed = r.typing
			r.pointed = false
			r.Refresh()
			r.choose(i)
		}
	}
	r.ExtendBaseWidget(r)
	return r
}

// set tells that there are n rows of which one is chosen, -1 for none. They are
// drawn by the Refresh that has to follow.
func (r *rows) set(n, chosen int) {
	r.n = n
	r.quiet = true
	switch {
	case chosen < 0 || chosen >= n:
		r.chosen = -1
		r.UnselectAll()
	case chosen != r.chosen:
		r.chosen = chosen
		r.Select(chosen)
	}
	r.quiet = false
}

// pitch is the height of a row with the space below it.
func (r *rows) pitch() float32 {
	return r.CreateItem().MinSize().Height + sizes[theme.SizeNamePadding]
}

func (r *rows) MinSize() fyne.Size { return fyne.NewSize(120, 40) }

func (r *rows) FocusGained() {
	r.keyed = !r.pointed
	r.Refresh()
}

func (r *rows) FocusLost() {
	r.keyed = false
	r.Refresh()
}

func (r *rows) TypedKey(e *fyne.KeyEvent) {
	to := r.chosen
	switch e.Name {
	case fyne.KeyDown:
		to++
	case fyne.KeyUp:
		to--
	case fyne.KeyPageDown:
		to += r.step
	case fyne.KeyPageUp:
		to -= r.step
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = r.n - 1
	default:
		if s := shellOf(r); s != nil {
			s.key(e.Name)
		}
		return
	}
	r.typing, r.keyed = true, true
	r.Select(min(max(to, 0), r.n-1))
	r.typing = false
	r.Refresh()
}

var _ fyne.Focusable = (*rows)(nil)
