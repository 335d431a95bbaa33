package screen

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// card is one account on the home page. It is built anew when its shape
// changes; what only changes its words or numbers is set in place, so that the
// pointer and the keyboard stay where they are.
type card struct {
	s       *shell
	account string
	shape   string
	edge    *surface
	caption *text
	bars    []*progress
	rate    *text
	counts  []*text
	sum     *text   // below what is proven
	main    *button // the primary one, nil if there is none
	zone    *dragZone
	height  float32 // before it was lit
	all     *fyne.Container
}

func newCard(s *shell, c flow.Card) *card {
	k := &card{s: s, account: c.Account, edge: newSurface(colorCard, colorLine, 12, 1), zone: newDragZone(s, c.Account)}
	k.all = stack(k.edge, k.zone)
	return k
}

// shapeOf tells cards apart that are not built from the same parts.
func shapeOf(c flow.Card) string {
	numbers := make([]string, len(c.Counts))
	for i, n := range c.Counts {
		numbers[i] = n.Word
	}
	return fmt.Sprintf("%v %q %v %d %q %q %q %q %v %v %v %v %q %v %q %v", c.State, c.Icon, numbers, len(c.Bars), c.Proof, c.Headline,
		c.Sentence, c.Note, c.Open, c.Details, c.Actions, c.More, c.Prove.Verb, c.Prove.Off, c.There, c.Asked)
}

func (k *card) show(c flow.Card) {
	k.zone.takes = c.Takes
	if k.edge.fill != colorAccS {
		k.height = k.all.Size().Height
	}
	lit := c.Asked != nil || c.Takes && k.s.lit == c.Account
	if shape := fmt.Sprint(lit) + shapeOf(c); shape != k.shape {
		k.shape = shape
		k.build(c, lit)
	}
	if lit {
		return
	}
	k.caption.set(c.Caption)
	for i, b := range c.Bars {
		k.bars[i].set(b)
	}
	if k.rate != nil {
		k.rate.set(c.Rate)
	}
	if k.sum != nil {
		k.sum.set(c.Sum)
	}
	for i, n := range c.Counts {
		k.counts[i].set(n.Number)
	}
}

func (k *card) build(c flow.Card, lit bool) {
	k.bars, k.counts, k.rate, k.main, k.sum = nil, nil, nil, nil, nil
	var parts []fyne.CanvasObject
	switch {
	case !lit:
		parts = k.buildPlain(c)
	case c.Asked != nil:
		parts = k.buildAsked(c)
	default:
		parts = k.buildLit(c)
	}
	if lit {
		k.edge.set(colorAccS, colorAcc, 2)
	}
	k.all.Objects = []fyne.CanvasObject{k.edge, k.zone, inset(20, 24, 20, 24, column(0, parts...))}
	if lit {
		k.all.Objects = append(k.all.Objects, sized(1, max(k.height, 1), gap(1))) // it stays as high as it was, or the pointer would leave it
	}
	k.all.Refresh()
}

// buildPlain shows how the account stands.
func (k *card) buildPlain(c flow.Card) []fyne.CanvasObject {
	fill, edge, square := colorCard, colorLine, colorBtn
	ink := colorText2
	switch c.State {
	case flow.Failed, flow.Unproven:
		edge = colorRed
	case flow.Held:
		fill, edge, square, ink = colorAmbS, colorAmbL, colorCard, colorAmb
	}
	k.edge.set(fill, edge, 1)
	k.caption = newText(c.Caption, caption, colorText2, cut)
	parts := []fyne.CanvasObject{
		row(12, badge(c.Icon, square, ink, 40, 10, 24),
			newGrow(column(0, newText(c.Account, cardTitle, colorText, cut), k.caption)), statePill(c.State)),
	}
	add := func(o ...fyne.CanvasObject) { parts = append(parts, o...) }
	if len(c.Counts) > 0 {
		add(gap(12), k.countRow(c.Counts))
	}
	for i, b := range c.Bars {
		p := newProgress(b)
		k.bars = append(k.bars, p)
		if i == 0 {
			add(gap(16), p.all)
		} else {
			add(gap(12), p.all)
		}
	}
	if c.Headline != "" {
		add(gap(12), newText(c.Headline, section, colorText, wrap))
	}
	if c.Sentence != "" {
		if c.Headline == "" {
			add(gap(12))
		} else {
			add(gap(4))
		}
		add(newText(c.Sentence, body, colorText2, wrap))
	}
	if c.Proof != "" {
		add(gap(16), rule(), gap(12), k.proofRow(c))
	}
	if c.Note != "" {
		add(gap(12), row(12, newIcon("info", colorText2, 20), newGrow(newText(c.Note, caption, colorText2, wrap))))
	}
	if c.Open {
		add(gap(16), k.details(c.Details))
	}
	if buttons := k.buttons(c); buttons != nil {
		add(gap(16), newSpring(), buttons)
	}
	return parts
}

// proofRow tells what is proven, with what can be done about it.
func (k *card) proofRow(c flow.Card) fyne.CanvasObject {
	ink := colorAcc
	if c.State == flow.Unproven {
		ink = colorRed
	}
	k.sum = newText(c.Sum, caption, colorText2, wrap)
	parts := []fyne.CanvasObject{newIcon("shield", ink, 20), newGrow(inset(4, 0, 4, 0, column(0, newText(c.Proof, strong, colorText, wrap), k.sum)))}
	if c.Prove.Verb != "" {
		b := newButton(quiet, "", c.Prove.Verb, func() { k.do(c.Prove.Act) })
		b.disable(c.Prove.Off)
		parts = append(parts, b)
	}
	return inset(0, -12, 0, 0, row(12, parts...))
}

func (k *card) countRow(counts []flow.Count) fyne.CanvasObject {
	var cells []fyne.CanvasObject
	for _, n := range counts {
		number := newText(n.Number, section, colorText, cut)
		k.counts = append(k.counts, number)
		cells = append(cells, sized(80, 0, column(0, number, newText(n.Word, caption, colorText2, cut))))
	}
	return row(8, append(cells, newSpring())...)
}

func (k *card) details(list []flow.Detail) fyne.CanvasObject {
	var lines []fyne.CanvasObject
	for i, d := range list {
		if i > 0 {
			lines = append(lines, gap(8))
		}
		lines = append(lines, newText(d.Title, captionB, colorText, wrap), newText(d.Line, caption, colorText2, wrap))
	}
	return stack(newSurface(colorBtn, "", 8, 0), inset(12, 16, 12, 16, column(0, lines...)))
}

func (k *card) buttons(c flow.Card) fyne.CanvasObject {
	var out []fyne.CanvasObject
	for _, a := range c.Actions {
		icon := ""
		if a.Act == flow.ActStop {
			icon = "stop"
		}
		b := newButton(map[flow.Rank]rank{flow.Primary: primary, flow.Quiet: quiet}[a.Rank], icon, a.Verb, func() { k.do(a.Act) })
		b.disable(a.Off)
		if a.Rank == flow.Primary {
			k.main = b
		}
		out = append(out, b)
	}
	if len(c.Bars) > 0 || c.State == flow.Exporting {
		k.rate = newText(c.Rate, body, colorText2, cut)
		out = append(out, gap(4), newGrow(k.rate))
	} else {
		out = append(out, newSpring())
	}
	if len(c.More) > 0 {
		var dots *button
		dots = newButton(quiet, "dots", "", func() { k.menu(dots, c.More) })
		dots.icon.size = 20
		out = append(out, dots)
	}
	if len(out) == 1 {
		return nil
	}
	return wrapRow(8, out...)
}

func (k *card) do(a flow.Act) {
	if a == flow.ActFolder {
		k.s.openFolder()
		return
	}
	k.s.flow.Do(k.account, a)
}

func (k *card) menu(at *button, more []flow.Action) {
	var items []*fyne.MenuItem
	for _, a := range more {
		items = append(items, fyne.NewMenuItem(a.Verb, func() { k.do(a.Act) }))
	}
	m := widget.NewPopUpMenu(fyne.NewMenu("", items...), k.s.window.Canvas())
	pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(at)
	m.ShowAtPosition(pos.AddXY(at.Size().Width-m.MinSize().Width, at.Size().Height+4))
}

// statePill says how an account stands, in an icon and a word.
func statePill(s flow.State) *fyne.Container {
	switch s {
	case flow.Safe:
		return pill("check", words.StateSafe, colorAccS, colorAccT, "")
	case flow.Exporting:
		return pill("save", words.StateExporting, colorBtn, colorText2, "")
	case flow.Stopping:
		return pill("stop", words.Stopping, colorBtn, colorText2, "")
	case flow.Stopped:
		return pill("stop", words.StateStopped, colorBtn, colorText2, "")
	case flow.Held:
		return pill("pause", words.StateHeld, colorCard, colorAmbT, colorAmbL)
	case flow.Failed:
		return pill("close", words.StateFailed, colorRedS, colorRed, "")
	case flow.SetAside:
		return pill("info", words.StateSetAside, colorBtn, colorText2, "")
	case flow.Overdue:
		return pill("clock", words.StateOverdue, colorBtn, colorText2, "")
	case flow.Unproven:
		return pill("close", words.StateUnproven, colorRedS, colorRed, "")
	case flow.Empty:
		return pill("info", words.StateEmpty, colorBtn, colorText2, "")
	case flow.Away:
		return pill("folder", words.StateAway, colorBtn, colorText2, "")
	}
	return pill("plus", words.StateNew, colorBtn, colorText2, "")
}
