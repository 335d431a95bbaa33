package screen

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// exportPane is one export: its sum, what it found to be different, and one of
// those items.
type exportPane struct {
	s         *shell
	of        int64
	state     flow.ExportState
	title     *text
	line      *text
	top       *fyne.Container // what stands above the list
	shape     string
	reading   *text
	list      *rows
	changes   []flow.ChangeRow
	item      *fyne.Container
	shownItem *flow.ItemView
	seen      int // the change that was chosen when it was drawn last
	scroll    *container.Scroll
	all       *fyne.Container
}

func newExportPane(s *shell) *exportPane {
	p := &exportPane{
		s: s, title: newText("", section, colorText, wrap), line: newText("", caption, colorText2, wrap),
		top: column(0), reading: newText("", caption, colorText2, wrap), item: column(0),
	}
	p.list = newRows(newChangeRow, p.showRow, s.flow.OpenChange)
	p.scroll = container.NewVScroll(p.item)
	p.all = container.New(&paneLayout{p}, p.top, p.list, p.scroll)
	p.all.Hide()
	return p
}

func (p *exportPane) show(v *flow.ExportView) {
	shown(p.all, v != nil)
	if v == nil {
		p.of, p.shape = 0, ""
		return
	}
	now := time.Now()
	p.title.set(words.ExportTitle(v.Number, v.Started, now))
	p.line.set(v.Account + ", " + words.Seconds(v.Seconds))
	p.reading.set(words.ReadSoFar(len(v.Changes)))
	if shape := fmt.Sprint(v.Number, v.State, v.SumSentence, v.Told, v.Details, v.Actions, v.Problem, v.Reading); shape != p.shape {
		p.shape = shape
		p.build(v)
	}
	p.changes, p.state = v.Changes, v.State
	if v.Number != p.of {
		p.list.ScrollToOffset(0)
	}
	p.list.set(len(v.Changes), v.Chosen)
	p.of = v.Number
	shown(p.list, len(v.Changes) > 0)
	p.showItem(v.Item)
	p.all.Refresh()
	if v.Chosen >= 0 && v.Chosen != p.seen { // the item below may have taken its place
		p.list.ScrollTo(v.Chosen)
	}
	p.seen = v.Chosen
}

// build draws what stands above the list.
func (p *exportPane) build(v *flow.ExportView) {
	parts := []fyne.CanvasObject{p.title, p.line, gap(16)}
	sum := []fyne.CanvasObject{}
	for i, n := range v.Sum {
		switch i {
		case 0:
		case 1:
			sum = append(sum, newSpring(), newText("=", section, colorText2, whole), newSpring())
		default:
			sum = append(sum, newSpring(), newText("+", section, colorText2, whole), newSpring())
		}
		sum = append(sum, column(0, newText(n.Number, section, colorText, whole), newText(n.Word, caption, colorText2, whole)))
	}
	sentence := newText(v.SumSentence, body, colorText, wrap)
	band := sentence.me()
	if len(sum) > 0 {
		if v.Balanced {
			sum = append(sum, gap(12), newIcon("check", colorAcc, 20))
		}
		band = container.New(either{}, row(0, sum...), sentence)
	}
	parts = append(parts, stack(newSurface(colorBtn, "", 12, 0), inset(12, 20, 12, 20, band)))
	if v.Told != "" {
		look := exportLooks[v.State]
		name := look.icon
		if name == "check" {
			name = "info"
		}
		parts = append(parts, gap(16), topRow(12, sized(20, 20, newIcon(name, look.ink, 20)), newGrow(newText(v.Told, body, colorText, wrap))))
	}
	for _, d := range v.Details {
		parts = append(parts, gap(8), inset(0, 0, 0, 32, column(0, newText(d.Title, captionB, colorText, wrap), newText(d.Line, caption, colorText2, wrap))))
	}
	if len(v.Actions) > 0 {
		buttons := []fyne.CanvasObject{}
		for _, a := range v.Actions {
			b := newButton(secondary, "", a.Verb, func() { p.s.flow.Do(v.Account, a.Act) })
			b.disable(a.Off)
			buttons = append(buttons, b)
		}
		parts = append(parts, gap(12), inset(0, 0, 0, 32, row(8, append(buttons, newSpring())...)))
	}
	if v.Problem != nil {
		parts = append(parts, gap(16), refusalCard(*v.Problem))
	}
	if v.Reading {
		parts = append(parts, gap(16), p.reading)
	}
	p.top.Objects = parts
	p.top.Refresh()
}

// me is t as an object.
func (t *text) me() fyne.CanvasObject { return t }

// changeRow is one item that is different.
type changeRow struct {
	widget.BaseWidget
	sign, name, noun *text
	focus            *surface
	all              *fyne.Container
}

func newChangeRow() fyne.CanvasObject {
	r := &changeRow{sign: centred(newText("", strong, colorText, cut)), name: newText("", body, colorText, cut), noun: newText("", caption, colorText2, whole)}
	r.focus = newSurface("", "", 8, 0)
	r.all = stack(r.focus, inset(0, 12, 0, 6, row(8, sized(18, 0, r.sign), newGrow(r.name), r.noun)))
	r.ExtendBaseWidget(r)
	return r
}

func (r *changeRow) ring(on bool)                        { r.focus.set("", colorAcc, ringWidth(on)) }
func (r *changeRow) MinSize() fyne.Size                  { return fyne.NewSize(160, 34) }
func (r *changeRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.all) }

func (p *exportPane) showRow(i int, o fyne.CanvasObject, chosen bool) {
	r := o.(*changeRow)
	if i >= len(p.changes) {
		return
	}
	c := p.changes[i]
	ink := colorText
	switch c.Sign {
	case flow.Plus:
		ink = colorAccT
	case flow.Minus:
		if p.state == flow.ExportHeld {
			ink = colorAmbT
		}
	}
	r.sign.paint(ink)
	r.sign.set(signText[c.Sign])
	r.name.embolden(chosen)
	r.name.set(c.Name)
	if r.noun.value != c.Noun {
		r.noun.set(c.Noun)
		r.all.Refresh()
	}
}

// showItem draws the chosen item, its fields before and after.
func (p *exportPane) showItem(v *flow.ItemView) {
	shown(p.scroll, v != nil)
	if v == nil || p.shownItem != nil && same(v, p.shownItem) {
		if v == nil {
			p.shownItem = nil
		}
		return
	}
	p.shownItem = v
	parts := []fyne.CanvasObject{container.New(either{},
		row(12, newText(v.Title, cardTitle, colorText, whole), newSpring(), newText(v.Line, caption, colorText2, whole)),
		column(0, newText(v.Title, cardTitle, colorText, wrap), newText(v.Line, caption, colorText2, wrap)))}
	if v.Told != "" {
		parts = append(parts, gap(4), newText(v.Told, body, colorText2, wrap))
	}
	if len(v.Fields) > 0 {
		parts = append(parts, gap(8), container.New(fieldLine{}, newText("", caption, colorText2, cut),
			inset(0, 8, 0, 8, newText(words.BeforeColumn, caption, colorText2, cut)), inset(0, 8, 0, 8, newText(words.AfterColumn, caption, colorText2, cut))))
	}
	for _, f := range v.Fields {
		parts = append(parts, gap(4), container.New(fieldLine{}, inset(6, 0, 5, 0, column(0, newText(f.Name, caption, colorText2, wrap))),
			value(f.Before, false), value(f.After, true)))
	}
	p.item.Objects = []fyne.CanvasObject{stack(newSurface(colorCard, colorLine, 12, 1), inset(16, 20, 20, 20, column(0, parts...)))}
	p.scroll.Offset = fyne.Position{}
	p.item.Refresh()
}

func same(a, b *flow.ItemView) bool { return fmt.Sprint(*a) == fmt.Sprint(*b) }

// value is what a field says before or after.
func value(s string, after bool) fyne.CanvasObject {
	fill, ink, look := colorBtn, colorText, body
	if after {
		fill, ink, look = colorAccS, colorAccT, strong
	}
	if s == "" {
		s, ink, look = words.NoValue, colorText2, body
	}
	return stack(newSurface(fill, "", 6, 0), inset(5, 8, 5, 8, column(0, newText(s, look, ink, wrap))))
}

// fieldLine puts a name before two values; above them where there is no room.
type fieldLine struct{}

// nameShare is the width of the name, 0 if it stands above.
func (fieldLine) name(width float32) float32 {
	if width < 380 {
		return 0
	}
	return min(max(width*.22, 80), 140)
}

func (f fieldLine) place(o []fyne.CanvasObject, width float32, put func(o fyne.CanvasObject, x, y, w, h float32)) float32 {
	const gap = 8
	name := f.name(width)
	x, y := name, float32(0)
	nameHeight := heightFor(o[0], name)
	if name == 0 {
		nameHeight = heightFor(o[0], width)
		if t, ok := o[0].(*text); ok && t.value == "" {
			nameHeight = 0
		}
		put(o[0], 0, 0, width, nameHeight)
		y = nameHeight
	} else {
		put(o[0], 0, 0, name, nameHeight)
		x += gap
	}
	each := (width - x - gap) / 2
	h := max(heightFor(o[1], each), heightFor(o[2], each))
	put(o[1], x, y, each, h)
	put(o[2], x+each+gap, y, each, h)
	if name == 0 {
		return y + h
	}
	return max(nameHeight, h)
}

func (f fieldLine) heightFor(o []fyne.CanvasObject, width float32) float32 {
	return f.place(o, width, func(fyne.CanvasObject, float32, float32, float32, float32) {})
}

func (fieldLine) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(160, 30) }

func (f fieldLine) Layout(o []fyne.CanvasObject, size fyne.Size) {
	f.place(o, size.Width, func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	})
}

// either shows the first object where it has room, and else the second.
type either struct{}

func (either) pick(o []fyne.CanvasObject, width float32) (this, other fyne.CanvasObject) {
	if o[0].MinSize().Width+40 <= width {
		return o[0], o[1]
	}
	return o[1], o[0]
}

func (e either) heightFor(o []fyne.CanvasObject, width float32) float32 {
	this, _ := e.pick(o, width)
	return heightFor(this, width)
}

func (either) MinSize(o []fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, o[1].MinSize().Height) }

func (e either) Layout(o []fyne.CanvasObject, size fyne.Size) {
	this, other := e.pick(o, size.Width)
	this.Show()
	other.Hide()
	this.Resize(size)
	this.Move(fyne.NewPos(0, 0))
}

// paneLayout gives the list what it needs or what is left, and the item below
// it at most two thirds of the height.
type paneLayout struct{ p *exportPane }

func (*paneLayout) MinSize([]fyne.CanvasObject) fyne.Size                 { return fyne.NewSize(0, 0) }
func (*paneLayout) heightFor([]fyne.CanvasObject, float32) (zero float32) { return 0 }

func (l *paneLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	const margin, between, leastList = 24, 16, 3 * 38
	width := size.Width - 2*margin
	top := heightFor(o[0], width)
	o[0].Resize(fyne.NewSize(width, top))
	o[0].Move(fyne.NewPos(margin, margin+8))
	y := margin + 8 + top + between
	room := max(size.Height-y-margin, 0)
	list := float32(0)
	if o[1].Visible() {
		list = min(float32(l.p.list.n)*l.p.list.pitch(), room)
	}
	item := float32(0)
	if o[2].Visible() {
		l.p.item.Resize(fyne.NewSize(width, heightFor(l.p.item, width)))
		item = min(heightFor(l.p.item, width), max(room*2/3, room-list-between))
		list = min(list, max(room-item-between, leastList))
		item = max(min(item, room-list-between), 0)
	}
	o[1].Resize(fyne.NewSize(width, list))
	o[1].Move(fyne.NewPos(margin, y))
	if list > 0 {
		y += list + between
	}
	o[2].Resize(fyne.NewSize(width, item))
	o[2].Move(fyne.NewPos(margin, y))
}
