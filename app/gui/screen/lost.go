package screen

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// The names of what is missing: columns, and rows before and after "Show all".
const (
	nameWidth  = 210
	nameColumn = 3
	fewNames   = 3
	manyNames  = 10
)

// lostPage shows what an export looks to have lost, and the answers to it.
type lostPage struct {
	s          *shell
	line       *text
	bars       *fyne.Container
	drawn      []flow.LossBar
	names      *rows
	list       []flow.LostName
	frame      *sizedBox
	find       *field
	more       *button
	rest       *text
	whole      bool
	reading    *text
	refused    *fyne.Container
	told       *words.Words
	back       *button
	again, own *button
	columns    int
	all        *fyne.Container
}

func newLostPage(s *shell, v flow.LostView) *lostPage {
	p := &lostPage{
		s: s, bars: column(16), rest: newText("", caption, colorText2, cut), reading: newText(words.ReadingNames, caption, colorText2, cut),
		refused: column(0), columns: nameColumn,
	}
	if width := s.Size().Width; width > 0 && width < windowWidth-50 {
		p.columns = nameColumn - 1
	}
	p.names = newRows(p.newNames, p.showNames, func(int) {})
	p.frame = newSizedBox(container.NewThemeOverride(p.names, still{fyne.CurrentApp().Settings().Theme()}))
	p.find = newField("", "", words.FindAName, usual, false)
	p.find.entry.OnChanged = s.flow.FindLost
	p.more = newButton(quiet, "", words.ShowAll(0), func() { p.whole = true; p.show(s.view); s.relay() })
	p.again = newButton(secondary, "", v.LookAgain.Verb, func() { s.flow.Do(v.Account, flow.ActExport) })
	p.own = newButton(secondary, "", v.Accept.Verb, func() { s.flow.Do(v.Account, flow.ActAccept) })
	p.back = newButton(primary, "", v.PutBack.Verb, func() { s.flow.Do(v.Account, flow.ActPutBack) })
	past := newButton(quiet, "", v.Past, s.flow.LostExport)
	head, line := pageHead(s, v.Title)
	p.line = line
	amber := stack(newSurface(colorAmbS, colorAmbL, 12, 1), inset(20, 24, 20, 24, p.bars))
	missing := stack(newSurface(colorCard, colorLine, 12, 1), inset(16, 24, 16, 24, column(0,
		row(12, newGrow(newText(v.Heading, cardTitle, colorText, wrap)), sized(200, 0, p.find)),
		gap(8), p.refused, p.reading, p.frame, p.rest, inset(0, 0, 0, -12, row(4, p.more, past, newSpring())))))
	answer := func(title, what, means string, b ...fyne.CanvasObject) fyne.CanvasObject {
		return stack(newSurface(colorCard, colorLine, 12, 1), inset(20, 24, 20, 24, column(0,
			newText(title, cardTitle, colorText, wrap), gap(8), newText(what, body, colorText, wrap), gap(4),
			newText(means, body, colorText2, wrap), gap(16), newSpring(), wrapRow(8, append(b, newSpring())...))))
	}
	first := []fyne.CanvasObject{p.again}
	if v.PutBack.Verb != "" {
		first = []fyne.CanvasObject{p.back, p.again}
	}
	answers := container.New(&gridLayout{gap: 16, columns: twoColumns},
		answer(v.LeaveTitle, v.Leave, v.MoreLeft, first...), answer(v.MineTitle, v.Mine, v.MoreMine, p.own))
	p.all = column(0, head, gap(24), amber, gap(16), missing, gap(16), answers, gap(24), newSpring(),
		row(8, newIcon("clock", colorText2, 16), newGrow(newText(words.NotSure, caption, colorText2, wrap))))
	return p
}

// pageHead is a way back, a title and a line that may change.
func pageHead(s *shell, title string) (fyne.CanvasObject, *text) {
	line := newText("", body, colorText2, wrap)
	return topRow(12, sized(36, 36, newButton(secondary, "left", "", s.flow.Back)),
		newGrow(column(0, newText(title, pageTitle, colorText, wrap), line))), line
}

func (p *lostPage) object() fyne.CanvasObject { return p.all }
func (p *lostPage) first() fyne.Focusable     { return nil }
func (p *lostPage) enter()                    {}

func (p *lostPage) show(v flow.View) {
	if v.Page != flow.Lost {
		return
	}
	l := v.Lost
	p.line.set(l.Line)
	p.showBars(l.Bars)
	p.list = l.Names
	lines := (len(l.Names) + p.columns - 1) / p.columns
	shownLines := min(lines, fewNames)
	if p.whole {
		shownLines = min(lines, manyNames)
	}
	p.frame.height = max(float32(shownLines)*p.names.pitch(), 1)
	p.names.set(lines, -1)
	hide := !p.whole && lines > fewNames && !l.Some
	if l.Some {
		shownLines = lines
	}
	shown(p.more, hide)
	p.more.say(words.ShowAll(len(l.Names)))
	rest := l.Rest
	if !l.Reading && l.Find != "" && len(l.Names) == 0 {
		rest = words.NobodyFound
	}
	p.rest.set(rest)
	shown(p.rest, rest != "")
	shown(p.reading, l.Reading)
	shown(p.find, l.CanFind)
	p.back.disable(l.PutBack.Off)
	p.again.disable(l.LookAgain.Off)
	p.own.disable(l.Accept.Off)
	if p.told != l.Problem {
		p.told, p.refused.Objects = l.Problem, nil
		if l.Problem != nil {
			p.refused.Objects = []fyne.CanvasObject{refusalCard(*l.Problem), gap(8)}
		}
	}
	p.all.Refresh()
}

// showBars draws what the copy has above what the service has of it.
func (p *lostPage) showBars(list []flow.LossBar) {
	if sameBars(p.drawn, list) {
		return
	}
	p.drawn, p.bars.Objects = list, nil
	width := float32(0)
	labels := []*text{}
	label := func(s string) fyne.CanvasObject {
		t := newText(s, body, colorText, cut)
		labels = append(labels, t)
		width = max(width, t.measure(s))
		return t
	}
	type line struct {
		name  fyne.CanvasObject
		bar   *meter
		count *text
	}
	counts := float32(0)
	var groups [][]line
	for _, b := range list {
		mine, theirs := newMeter(1), newMeter(b.Part)
		mine.track.set(colorCard, "", 0)
		theirs.track.set(colorCard, "", 0)
		theirs.fill.set(colorAmb, "", 0)
		have, left := newText(b.CopyCount, strong, colorText, whole), newText(b.Remaining, strong, colorText, whole)
		have.align, left.align = fyne.TextAlignTrailing, fyne.TextAlignTrailing
		counts = max(counts, have.measure(b.CopyCount), left.measure(b.Remaining))
		groups = append(groups, []line{{label(b.Copy), mine, have}, {label(b.Service), theirs, left}})
	}
	for i, g := range groups {
		parts := []fyne.CanvasObject{}
		if list[i].Name != "" {
			parts = append(parts, newText(list[i].Name, captionB, colorAmbT, cut))
		}
		for _, l := range g {
			parts = append(parts, row(16, sized(min(width, 220), 0, l.name), newGrow(l.bar), sized(counts, 0, l.count)))
		}
		p.bars.Add(column(6, parts...))
	}
}

func sameBars(a, b []flow.LossBar) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// nameRow is a row of a few names.
type nameRow struct {
	widget.BaseWidget
	faces []*avatar
	names []*text
	cells []*fyne.Container
	all   *fyne.Container
}

func (p *lostPage) newNames() fyne.CanvasObject {
	r := &nameRow{}
	for range p.columns {
		f, n := newAvatar(32), newText("", body, colorText, cut)
		r.faces, r.names = append(r.faces, f), append(r.names, n)
		cell := row(12, f.all, newGrow(n))
		r.cells = append(r.cells, cell)
	}
	objects := make([]fyne.CanvasObject, len(r.cells))
	for i, c := range r.cells {
		objects[i] = newGrow(c)
	}
	r.all = row(16, objects...)
	r.ExtendBaseWidget(r)
	return r
}

func (r *nameRow) MinSize() fyne.Size                  { return fyne.NewSize(nameWidth, 36) }
func (r *nameRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.all) }

func (p *lostPage) showNames(i int, o fyne.CanvasObject, _ bool) {
	r := o.(*nameRow)
	for c := range r.cells {
		at := i*p.columns + c
		shown(r.cells[c], at < len(p.list))
		if at < len(p.list) {
			n := p.list[at]
			r.faces[c].set(n.Name, n.Icon)
			r.names[c].set(n.Name)
		}
	}
}

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
