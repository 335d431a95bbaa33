package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"sidekeep/app/flow"
	"sidekeep/export"
)

// meter is a bar that fills from the left.
type meter struct {
	widget.BaseWidget
	part        float64 // negative draws nothing
	track, fill *surface
}

func newMeter(part float64) *meter {
	m := &meter{part: part, track: newSurface(colorTrack, "", 3, 0), fill: newSurface(colorAcc, "", 3, 0)}
	m.ExtendBaseWidget(m)
	return m
}

func (m *meter) set(part float64, ink fyne.ThemeColorName) {
	m.fill.set(ink, "", 0)
	if m.part != part {
		m.part = part
		m.Refresh()
	}
}

func (m *meter) MinSize() fyne.Size                  { return fyne.NewSize(40, 6) }
func (m *meter) CreateRenderer() fyne.WidgetRenderer { return &meterRenderer{m} }

type meterRenderer struct{ m *meter }

func (r *meterRenderer) Layout(s fyne.Size) {
	r.m.track.Resize(s)
	w := s.Width * float32(max(r.m.part, 0))
	if w > 0 {
		w = max(w, 6) // both ends are round
	}
	r.m.fill.Resize(fyne.NewSize(w, s.Height))
	if w > 0 {
		r.m.fill.Show()
	} else {
		r.m.fill.Hide()
	}
	if r.m.part < 0 {
		r.m.track.Hide()
	} else {
		r.m.track.Show()
	}
}

func (r *meterRenderer) MinSize() fyne.Size { return r.m.MinSize() }
func (r *meterRenderer) Refresh()           { r.Layout(r.m.Size()) }
func (r *meterRenderer) Destroy()           {}
func (r *meterRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.m.track, r.m.fill}
}

// progress is how far one collection is: icon, name, count, and a bar below.
type progress struct {
	icon, done  *icon
	name, right *text
	bar         *meter
	all         *fyne.Container
}

func newProgress(b flow.Bar) *progress {
	p := &progress{
		icon: newIcon(b.Icon, colorText2, 20), done: newIcon("check", colorAcc, 16),
		name: newText("", body, colorText, cut), right: newText("", body, colorText2, whole), bar: newMeter(0),
	}
	p.all = column(8, row(8, p.icon, newGrow(p.name), p.done, p.right), p.bar)
	p.set(b)
	return p
}

func (p *progress) set(b flow.Bar) {
	p.icon.set(b.Icon, colorText2)
	p.name.set(b.Name)
	p.right.set(b.Right)
	ink := colorAcc
	if b.Step == export.Broken {
		ink = colorField
	}
	p.bar.set(b.Part, ink)
	if b.Step == export.Finished {
		p.done.Show()
	} else {
		p.done.Hide()
	}
}
