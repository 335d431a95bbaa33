package screen

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// countWidths are the columns of counts in the list of exports; the last one, of
// what was moved, is only there if something was.
var countWidths = [4]float32{54, 62, 50, 50}

// historyPage lists the exports and shows one of them beside.
type historyPage struct {
	s       *shell
	choose  *button
	chooser *fyne.Container
	head    *fyne.Container
	list    *rows
	exports []flow.ExportRow
	moved   bool // there is a column of what was moved
	columns *fyne.Container
	foot    *text
	edge    *surface
	empty   *fyne.Container
	title   *text
	line    *text
	refused *fyne.Container
	told    *words.Words
	pane    *exportPane
	all     *fyne.Container
}

func newHistoryPage(s *shell) *historyPage {
	p := &historyPage{
		s: s, title: newText("", cardTitle, colorText, wrap), line: newText("", body, colorText2, wrap), refused: column(0),
		pane: newExportPane(s), foot: newText("", caption, colorText2, wrap),
	}
	p.list = newRows(newExportRow, p.showRow, func(i int) {
		if i < len(p.exports) {
			s.flow.OpenExport(p.exports[i].Number)
		}
	})
	p.choose = newButton(secondary, "down", words.AllAccounts, p.menu)
	p.chooser = row(8, p.choose)
	p.columns = row(0, newGrow(newText(words.NewestFirst, caption, colorText2, cut)))
	for i, c := range []string{words.ColumnAdded, words.ColumnChanged, words.ColumnGone, words.ColumnMoved} {
		p.columns.Add(sized(countWidths[i], 0, trailing(newText(c, caption, colorText2, cut))))
	}
	p.empty = column(4, p.title, p.line)
	p.head = column(4, row(8, newText(words.HistoryTitle, pageTitle, colorText, whole), newSpring(), p.chooser), p.columns)
	left := container.New(&stretch{}, inset(32, 32, 8, 32, p.head), inset(0, 16, 0, 16, stack(p.list, inset(8, 16, 0, 16, p.empty), inset(8, 0, 0, 0, p.refused))),
		inset(12, 32, 20, 32, p.foot))
	p.edge = newSurface(colorLine, "", 0, 0)
	p.all = container.New(twoPanes{&p.moved}, left, p.edge, p.pane.all)
	return p
}

// trailing sets t at the right.
func trailing(t *text) *text {
	t.align = fyne.TextAlignTrailing
	return t
}

func (p *historyPage) object() fyne.CanvasObject { return p.all }
func (p *historyPage) first() fyne.Focusable     { return nil }
func (p *historyPage) enter()                    {}
func (p *historyPage) fills() bool               { return true }

func (p *historyPage) show(v flow.View) {
	if v.Page != flow.History {
		return
	}
	h := v.History
	shown(p.chooser, len(h.Accounts) > 2)
	if name := p.choose.verb.shorten(nameOrAll(h.Account), 140); p.choose.verb.value != name {
		p.choose.say(name)
		p.head.Refresh()
	}
	p.exports, p.moved = h.Exports, h.Moved
	shown(p.columns.Objects[len(p.columns.Objects)-1], h.Moved)
	p.list.set(len(h.Exports), h.Chosen)
	p.title.set(h.Title)
	p.line.set(h.Line)
	shown(p.empty, h.Title != "")
	some := len(h.Exports) > 0
	shown(p.list, some)
	shown(p.columns, some)
	p.foot.set(h.Foot)
	shown(p.foot, some)
	shown(p.edge, some)
	if p.told != h.Problem {
		p.told, p.refused.Objects = h.Problem, nil
		if h.Problem != nil {
			p.refused.Objects = []fyne.CanvasObject{refusalCard(*h.Problem)}
		}
	}
	p.pane.show(h.Open)
	p.all.Refresh()
}

func nameOrAll(account string) string {
	if account == "" {
		return words.AllAccounts
	}
	return account
}

// menu lets the owner choose an account.
func (p *historyPage) menu() {
	var items []*fyne.MenuItem
	for _, a := range p.s.view.History.Accounts {
		it := fyne.NewMenuItem(nameOrAll(a), func() { p.s.flow.ListExports(a) })
		it.Checked = a == p.s.view.History.Account
		items = append(items, it)
	}
	m := widget.NewPopUpMenu(fyne.NewMenu("", items...), p.s.window.Canvas())
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.choose)
	m.ShowAtPosition(at.AddXY(min(p.choose.Size().Width-m.MinSize().Width, 0), p.choose.Size().Height+4))
}

// exportRow is one export in the list.
type exportRow struct {
	widget.BaseWidget
	mark    *icon
	when    *text
	account *text
	ended   *text
	second  *fyne.Container
	counts  [4]*text
	last    *fyne.Container // the last of counts
	row     *fyne.Container
	focus   *surface
	all     *fyne.Container
}

func newExportRow() fyne.CanvasObject {
	r := &exportRow{mark: newIcon("check", colorAcc, 20), when: newText("", body, colorText, cut), account: newText("", caption, colorText2, cut), ended: newText("", caption, colorText2, cut)}
	r.second = container.New(tail{}, r.account, r.ended)
	cells := []fyne.CanvasObject{r.mark, gap(12), newGrow(column(0, r.when, r.second))}
	for i := range r.counts {
		r.counts[i] = trailing(newText("", body, colorText, cut))
		r.last = sized(countWidths[i], 0, r.counts[i])
		cells = append(cells, r.last)
	}
	r.row = row(0, cells...)
	r.focus = newSurface("", "", 8, 0)
	r.all = stack(r.focus, inset(0, 16, 0, 16, r.row))
	r.ExtendBaseWidget(r)
	return r
}

func (r *exportRow) ring(on bool)                        { r.focus.set("", colorAcc, ringWidth(on)) }
func (r *exportRow) MinSize() fyne.Size                  { return fyne.NewSize(200, 52) }
func (r *exportRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.all) }

func (p *historyPage) showRow(i int, o fyne.CanvasObject, chosen bool) {
	if i >= len(p.exports)-20 {
		p.s.flow.OlderExports()
	}
	r, e := o.(*exportRow), p.exports[i]
	look := exportLooks[e.State]
	r.mark.set(look.icon, look.ink)
	r.when.embolden(chosen)
	r.when.set(words.Upper(words.Moment(e.Started, time.Now())))
	ended := ""
	if look.word != "" {
		ended = ", " + look.word
	}
	if of := words.Number(int(e.Number)) + " · " + e.Account; r.account.value != of || r.ended.value != ended {
		r.account.set(of)
		r.ended.set(ended)
		r.second.Refresh()
	}
	if p.moved != r.last.Visible() {
		shown(r.last, p.moved)
		r.row.Refresh()
	}
	for c, n := range []int{e.Added, e.Changed, e.Gone, e.Moved} {
		t := r.counts[c]
		t.embolden(n > 0)
		ink := colorText
		switch {
		case n == 0:
			ink = colorText2
		case c == 0:
			ink = colorAccT
		case c == 2 && e.State == flow.ExportHeld:
			ink = colorAmbT
		}
		t.paint(ink)
		t.set(signed([]flow.Sign{flow.Plus, flow.Tilde, flow.Minus, flow.Arrow}[c], n))
	}
}

func ringWidth(on bool) float32 {
	if on {
		return 2
	}
	return 0
}

// signed is "+3", "~2", "−1", "→4", "0".
func signed(s flow.Sign, n int) string {
	if n == 0 {
		return "0"
	}
	return signText[s] + words.Number(n)
}

var signText = map[flow.Sign]string{flow.Plus: "+", flow.Tilde: "~", flow.Minus: "−", flow.Arrow: "→"}

// exportLooks are the icon and the word of each way in which an export ends.
var exportLooks = map[flow.ExportState]struct {
	icon string
	ink  fyne.ThemeColorName
	word string
}{
	flow.ExportGood:     {"check", colorAcc, ""},
	flow.ExportHeld:     {"pause", colorAmb, words.ExportWasHeld},
	flow.ExportNoticed:  {"info", colorAmb, words.ExportNoticed},
	flow.ExportAccepted: {"check", colorAcc, words.ExportWasAccepted},
	flow.ExportOver:     {"check", colorAcc, words.ExportIsOver},
	flow.ExportAside:    {"info", colorText2, words.ExportSetAside},
	flow.ExportStopped:  {"stop", colorText2, words.ExportWasStopped},
	flow.ExportFailed:   {"close", colorRed, words.ExportDidFail},
}

// tail puts a second text right behind the first. Where both have no room, the
// second takes up to half of it.
type tail struct{}

func (tail) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, max(o[0].MinSize().Height, o[1].MinSize().Height))
}

func (tail) Layout(o []fyne.CanvasObject, size fyne.Size) {
	first, second := o[0].(*text), o[1].(*text)
	end := second.measure(second.value)
	if first.measure(first.value)+end > size.Width {
		end = min(end, size.Width/2)
	}
	begin := first.measure(first.shorten(first.value, size.Width-end))
	first.Resize(fyne.NewSize(begin+1, size.Height))
	first.Move(fyne.NewPos(0, 0))
	second.Resize(fyne.NewSize(size.Width-begin, size.Height))
	second.Move(fyne.NewPos(begin, 0))
}

// twoPanes puts a list at the left, a line, and a pane at the right. The list of
// a wide table takes more.
type twoPanes struct{ wide *bool }

func (twoPanes) MinSize([]fyne.CanvasObject) fyne.Size                 { return fyne.NewSize(0, 0) }
func (twoPanes) heightFor([]fyne.CanvasObject, float32) (zero float32) { return 0 }

func (t twoPanes) Layout(o []fyne.CanvasObject, size fyne.Size) {
	least, share := float32(380), float32(.445)
	if *t.wide {
		least, share = 416, .49
	}
	left := min(max(size.Width*share, least), 480)
	o[0].Resize(fyne.NewSize(left, size.Height))
	o[0].Move(fyne.NewPos(0, 0))
	o[1].Resize(fyne.NewSize(1, size.Height))
	o[1].Move(fyne.NewPos(left, 0))
	o[2].Resize(fyne.NewSize(size.Width-left-1, size.Height))
	o[2].Move(fyne.NewPos(left+1, 0))
}

// stretch puts three objects one below the other; the second takes the height
// that the others leave.
type stretch struct{}

func (stretch) MinSize([]fyne.CanvasObject) fyne.Size                 { return fyne.NewSize(0, 0) }
func (stretch) heightFor([]fyne.CanvasObject, float32) (zero float32) { return 0 }

func (stretch) Layout(o []fyne.CanvasObject, size fyne.Size) {
	top, bottom := heightFor(o[0], size.Width), heightFor(o[2], size.Width)
	o[0].Resize(fyne.NewSize(size.Width, top))
	o[0].Move(fyne.NewPos(0, 0))
	o[1].Resize(fyne.NewSize(size.Width, max(size.Height-top-bottom, 0)))
	o[1].Move(fyne.NewPos(0, top))
	o[2].Resize(fyne.NewSize(size.Width, bottom))
	o[2].Move(fyne.NewPos(0, size.Height-bottom))
}
