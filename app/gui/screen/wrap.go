package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// wrapLayout is a row as long as everything has room in it, and else as many lines
// as it takes, in which nothing grows.
type wrapLayout struct{ rowLayout }

func wrapRow(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&wrapLayout{rowLayout{gap: gap}}, objects...)
}

// lines are the objects of each line; one line if all have room.
func (w *wrapLayout) lines(objects []fyne.CanvasObject, width float32) (list [][]fyne.CanvasObject) {
	if w.rowLayout.MinSize(objects).Width <= width {
		return [][]fyne.CanvasObject{objects}
	}
	var line []fyne.CanvasObject
	used := float32(0)
	for _, o := range objects {
		need := o.MinSize().Width
		if _, ok := o.(*spring); ok || !o.Visible() {
			continue
		}
		if len(line) > 0 && used+w.gap+need > width {
			list, line, used = append(list, line), nil, 0
		}
		if len(line) > 0 {
			used += w.gap
		}
		line, used = append(line, o), used+need
	}
	return append(list, line)
}

func (w *wrapLayout) heightFor(objects []fyne.CanvasObject, width float32) (h float32) {
	for i, line := range w.lines(objects, width) {
		if i > 0 {
			h += w.gap
		}
		h += w.rowLayout.heightFor(line, width)
	}
	return h
}

func (w *wrapLayout) MinSize(objects []fyne.CanvasObject) (s fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			s = s.Max(o.MinSize())
		}
	}
	return s
}

func (w *wrapLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	lines := w.lines(objects, size.Width)
	if len(lines) == 1 {
		w.rowLayout.Layout(lines[0], size)
		return
	}
	y := float32(0)
	for _, line := range lines {
		h, x := w.rowLayout.heightFor(line, size.Width), float32(0)
		for _, o := range line {
			m := o.MinSize()
			o.Resize(fyne.NewSize(min(m.Width, size.Width), h))
			o.Move(fyne.NewPos(x, y))
			x += m.Width + w.gap
		}
		y += h + w.gap
	}
}
