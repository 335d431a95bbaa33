package screen

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// newInner makes a box for a list that stands within a page: nothing in it is
// chosen, and the wheel that has come to its end moves the page.
func newInner(s *shell, list *rows) *sizedBox {
	w := &wheel{s: s, list: list}
	w.ExtendBaseWidget(w)
	return newSizedBox(stack(container.NewThemeOverride(list, still{fyne.CurrentApp().Settings().Theme()}), w))
}

// wheel lies over a list and takes nothing but the wheel.
type wheel struct {
	widget.BaseWidget
	s    *shell
	list *rows
}

func (w *wheel) Scrolled(e *fyne.ScrollEvent) {
	at := w.list.GetScrollOffset()
	end := max(float32(w.list.n)*w.list.pitch()-sizes[theme.SizeNamePadding]-w.list.Size().Height, 0)
	if to := min(max(at-e.Scrolled.DY, 0), end); to != at {
		w.list.ScrollToOffset(to)
		return
	}
	w.s.scroll.Scrolled(e)
}

func (w *wheel) MinSize() fyne.Size                  { return fyne.Size{} }
func (w *wheel) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(stack()) }

// still is the theme of a list in which nothing is chosen: its rows do not
// answer to the pointer.
type still struct{ fyne.Theme }

func (t still) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if n == theme.ColorNameHover || n == theme.ColorNameSelection {
		return color.Transparent
	}
	return t.Theme.Color(n, v)
}

// sizedBox gives an object a height that can change.
type sizedBox struct {
	widget.BaseWidget
	height float32
	all    *fyne.Container
}

func newSizedBox(o fyne.CanvasObject) *sizedBox {
	b := &sizedBox{height: 1, all: stack(o)}
	b.ExtendBaseWidget(b)
	return b
}

func (b *sizedBox) HeightFor(float32) float32           { return b.height }
func (b *sizedBox) MinSize() fyne.Size                  { return fyne.NewSize(120, b.height) }
func (b *sizedBox) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(b.all) }
