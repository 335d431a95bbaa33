package screen

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// mostDiffer is how many of the items that differ are seen at once.
const mostDiffer = 4

// planNumber is the style of the numbers of a plan.
var planNumber = style{28, 36, true}

// newRestorePage is the page for the step that a restore has come to.
func newRestorePage(s *shell, v flow.PlanView) page {
	switch v.Step {
	case flow.Planned:
		return newPlanPage(s, v)
	case flow.Written, flow.TookBack:
		return newDonePage(s, v)
	}
	return newProgressPage(s, v)
}

// planPage shows what a restore would do, and lets the owner choose.
type planPage struct {
	s       *shell
	numbers []*text
	differ  *rows
	frame   *sizedBox
	list    []flow.DifferRow
	forAll  *segments
	narrow  bool
	creates *nameList
	notes   *fyne.Container
	told    string
	sum     *text
	write   *button
	foot    *fyne.Container
	all     *fyne.Container
}

func newPlanPage(s *shell, v flow.PlanView) *planPage {
	p := &planPage{s: s, sum: newText("", body, colorText2, wrap), notes: column(16)}
	width := s.Size().Width
	p.narrow = width > 0 && width < windowWidth-50
	head, line := pageHead(s, v.Title)
	line.set(v.Line)
	parts := []fyne.CanvasObject{head, gap(24), p.numberCards(v.Numbers), gap(16)}
	if len(v.Differ.Rows) > 0 {
		parts = append(parts, p.differCard(v.Differ), gap(16))
	}
	few := fewNames
	if len(v.Differ.Rows) == 0 {
		few = manyNames - fewNames
	}
	p.creates = newNames(s, few, func() { p.show(s.view) })
	parts = append(parts, p.creates.all)
	lines := newButton(secondary, "", v.AllLines, s.flow.ShowLines)
	p.write = newButton(primary, "", v.Write.Verb, s.flow.Write)
	p.sum.align = fyne.TextAlignTrailing
	p.foot = row(12, lines, newGrow(p.sum), p.write)
	p.all = column(0, append(parts, p.notes, gap(24), newSpring(), p.foot)...)
	return p
}

func (p *planPage) numberCards(list []flow.PlanNumber) fyne.CanvasObject {
	cards := make([]fyne.CanvasObject, 0, len(list))
	for _, n := range list {
		ink := colorText
		switch n.Tone {
		case flow.Good:
			ink = colorAcc
		case flow.Waits:
			ink = colorAmbT
		}
		number := newText(n.Number, planNumber, ink, whole)
		p.numbers = append(p.numbers, number)
		cards = append(cards, stack(newSurface(colorCard, colorLine, 12, 1), inset(14, 20, 16, 20, column(0,
			row(8, number, newGrow(inset(6, 0, 0, 0, newText(n.Word, strong, colorText, cut)))),
			newText(n.Line, caption, colorText2, cut)))))
	}
	n := len(list)
	return container.New(&gridLayout{gap: 16, columns: func(width float32) int {
		if n == 4 && width < 780 {
			return 2
		}
		return n
	}}, cards...)
}

func (p *planPage) differCard(d flow.DifferView) fyne.CanvasObject {
	p.forAll = newSegments(d.Choices, d.All, func(i int) { p.s.flow.Choose(-1, i) })
	p.differ = newRows(func() fyne.CanvasObject { return newDifferRow(d.Choices) }, p.showDiffer, func(int) {})
	p.frame = newInner(p.s, p.differ)
	title := newGrow(column(0, newText(d.Title, cardTitle, colorText, wrap), newText(d.Line, caption, colorText2, wrap)))
	var head fyne.CanvasObject = row(12, title, newText(d.ForAll, body, colorText2, whole), p.forAll)
	if p.narrow {
		head = row(12, title, p.forAll)
	}
	return stack(newSurface(colorCard, colorLine, 12, 1), inset(16, 20, 12, 20, column(0, head, gap(12), rule(), gap(4), p.frame)))
}

func (p *planPage) object() fyne.CanvasObject { return p.all }
func (p *planPage) first() fyne.Focusable     { return nil }
func (p *planPage) enter()                    { p.write.fire() }

func (p *planPage) show(v flow.View) {
	if v.Page != flow.Plan {
		return
	}
	x := v.Plan
	for i, n := range x.Numbers {
		if i < len(p.numbers) {
			p.numbers[i].set(n.Number)
		}
	}
	if p.differ != nil {
		p.list = x.Differ.Rows
		p.frame.height = float32(min(len(p.list), mostDiffer)) * p.differ.pitch()
		p.differ.set(len(p.list), -1)
		p.forAll.set(x.Differ.All)
	}
	p.creates.show(x.Creates, "")
	p.showNotes(x)
	p.sum.set(x.Sum)
	p.write.say(x.Write.Verb)
	p.write.disable(x.Write.Off)
	p.foot.Refresh()
	p.all.Refresh()
}

// showNotes tells what writing may bring about, what the target cannot keep, and what was dropped in vain.
func (p *planPage) showNotes(x flow.PlanView) {
	if told := fmt.Sprint(x.Refused, x.CannotKeep, x.Beware, x.Skipped); told != p.told || len(p.notes.Objects) == 0 {
		p.told, p.notes.Objects = told, nil
		if len(x.Refused) > 0 {
			lines := []fyne.CanvasObject{newText(words.NotTakenTitle, cardTitle, colorText, wrap)}
			for _, d := range x.Refused {
				lines = append(lines, gap(8), newText(d.Title, strong, colorText, wrap), newText(d.Line, body, colorText2, wrap))
			}
			p.notes.Add(stack(newSurface(colorCard, colorAmbL, 12, 1), inset(16, 20, 16, 20, column(0, lines...))))
		}
		for _, n := range []struct {
			title string
			list  []string
		}{{words.BeforeYouWrite, x.Beware}, {x.CannotKeepTitle, x.CannotKeep}, {words.NotUsed, x.Skipped}} {
			if len(n.list) > 0 {
				p.notes.Add(noteList(n.title, n.list))
			}
		}
	}
}

// noteList is a box with a title and sentences below it.
func noteList(title string, list []string) fyne.CanvasObject {
	lines := []fyne.CanvasObject{newText(title, strong, colorText, wrap)}
	for _, s := range list {
		lines = append(lines, topRow(8, sized(16, 20, newIcon("info", colorText2, 16)), newGrow(newText(s, body, colorText, wrap))))
	}
	return stack(newSurface(colorBtn, "", 12, 0), inset(12, 20, 14, 20, column(8, lines...)))
}

// differRow is one item that differs, with what becomes of it.
type differRow struct {
	widget.BaseWidget
	face         *avatar
	name, about  *text
	mine, theirs *text
	sides        *fyne.Container
	choose       *segments
	all          *fyne.Container
}

func newDifferRow(choices []string) *differRow {
	r := &differRow{
		face: newAvatar(36), name: newText("", body, colorText, cut), about: newText("", caption, colorText2, cut),
		mine: newText("", body, colorText, cut), theirs: newText("", body, colorText, cut),
	}
	r.choose = newSegments(choices, -1, func(int) {})
	side := func(label string, t *text) fyne.CanvasObject {
		name := newText(label, caption, colorText2, whole)
		return newGrow(stack(newSurface(colorBtn, "", 6, 0), inset(5, 8, 5, 8, row(8, name, newGrow(t)))))
	}
	r.sides = row(8, side(words.InYourCopyShort, r.mine), side(words.ThereShort, r.theirs))
	r.all = column(4, row(12, r.face.all, newGrow(column(0, r.name, r.about)), r.choose), inset(0, 0, 0, 48, r.sides))
	r.ExtendBaseWidget(r)
	return r
}

func (r *differRow) MinSize() fyne.Size                  { return fyne.NewSize(300, 82) }
func (r *differRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.all) }

func (p *planPage) showDiffer(i int, o fyne.CanvasObject, _ bool) {
	if i >= len(p.list) {
		return
	}
	r, d := o.(*differRow), p.list[i]
	r.face.set(d.Name, d.Icon)
	r.name.set(d.Name)
	about := words.Upper(d.Field)
	if d.When != "" && about != "" {
		about = d.When + " · " + about
	} else if about == "" {
		about = d.When
	}
	r.about.set(about)
	r.mine.set(d.Mine)
	r.theirs.set(d.Theirs)
	shown(r.sides, d.Field != "")
	r.choose.choose = func(c int) { p.s.flow.Choose(i, c) }
	r.choose.set(d.Choice)
}

// linesPage lists every item of a plan.
type linesPage struct {
	s      *shell
	filter *segments
	lines  *rows
	list   []flow.PlanLine
	line   *text
	none   *text
	all    *fyne.Container
}

func newLinesPage(s *shell, v flow.LinesView) *linesPage {
	p := &linesPage{s: s, none: newText("", body, colorText2, wrap)}
	p.filter = newSegments(v.Filters, v.Filter, s.flow.FilterLines)
	p.lines = newRows(newLineRow, p.showLine, func(int) {})
	head, line := pageHead(s, v.Title)
	p.line = line
	frame := stack(newSurface(colorCard, colorLine, 12, 1),
		inset(8, 12, 8, 12, stack(container.NewThemeOverride(p.lines, still{fyne.CurrentApp().Settings().Theme()}), inset(12, 12, 0, 12, column(0, p.none)))))
	p.all = container.New(&stretch{}, inset(32, 32, 16, 32, column(16, head, row(0, p.filter, newSpring()))), inset(0, 32, 0, 32, frame), gap(32))
	return p
}

func (p *linesPage) object() fyne.CanvasObject { return p.all }
func (p *linesPage) first() fyne.Focusable     { return p.lines }
func (p *linesPage) enter()                    {}
func (p *linesPage) fills() bool               { return true }

func (p *linesPage) show(v flow.View) {
	if v.Page != flow.Lines {
		return
	}
	same := slices.Equal(p.list, v.Lines.Lines)
	p.list = v.Lines.Lines
	p.line.set(words.Upper(v.Lines.Line))
	p.filter.set(v.Lines.Filter)
	p.none.set(v.Lines.None)
	shown(p.lines, len(p.list) > 0)
	p.lines.set(len(p.list), -1)
	if !same {
		p.lines.ScrollToTop()
	}
	p.all.Refresh()
}

// lineRow is one item of a plan.
type lineRow struct {
	widget.BaseWidget
	face             *avatar
	name, where, how *text
	all              *fyne.Container
}

func newLineRow() fyne.CanvasObject {
	r := &lineRow{face: newAvatar(32), name: newText("", body, colorText, cut), where: newText("", caption, colorText2, cut), how: newText("", caption, colorText2, wrap)}
	r.how.most = 2
	r.all = inset(0, 8, 0, 8, row(12, r.face.all, newGrow(split(.5, 16, column(0, r.name, r.where), r.how))))
	r.ExtendBaseWidget(r)
	return r
}

func (r *lineRow) MinSize() fyne.Size                  { return fyne.NewSize(300, 48) }
func (r *lineRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.all) }

func (p *linesPage) showLine(i int, o fyne.CanvasObject, _ bool) {
	if i >= len(p.list) {
		return
	}
	r, l := o.(*lineRow), p.list[i]
	r.face.set(l.Name, l.Icon)
	r.name.set(l.Name)
	where := l.Noun
	if l.Where != "" {
		where += ", " + l.Where
	}
	r.where.set(where)
	r.how.set(words.Upper(l.What))
}
