package screen

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// lostPage shows what an export looks to have lost, and the answers to it.
type lostPage struct {
	s             *shell
	line          *text
	bars          *fyne.Container
	drawn         []flow.LossCause
	gone, changed *nameList
	find          *field
	reading       *text
	refused       *fyne.Container
	told          *words.Words
	back          *button
	again, own    *button
	all           *fyne.Container
}

func newLostPage(s *shell, v flow.LostView) *lostPage {
	p := &lostPage{s: s, bars: column(20), reading: newText(words.ReadingNames, caption, colorText2, cut), refused: column(0)}
	again := func() { p.show(s.view) }
	p.gone, p.changed = newNames(s, fewNames, again), newValues(s, fewValues, again)
	p.find = newField("", "", words.FindAName, usual, false)
	p.find.entry.OnChanged = s.flow.FindLost
	p.again = newButton(secondary, "", v.LookAgain.Verb, func() { s.flow.Do(v.Account, flow.ActExport) })
	p.own = newButton(secondary, "", v.Accept.Verb, func() { s.flow.Do(v.Account, flow.ActAccept) })
	p.back = newButton(primary, "", v.PutBack.Verb, func() { s.flow.Do(v.Account, flow.ActPutBack) })
	past := newButton(quiet, "", v.Past, s.flow.LostExport)
	head, line := pageHead(s, v.Title)
	p.line = line
	amber := stack(newSurface(colorAmbS, colorAmbL, 12, 1), inset(20, 24, 20, 24, p.bars))
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
	p.all = column(0, head, gap(24), amber, gap(16), row(4, inset(0, 0, 0, -12, past), newSpring(), sized(200, 0, p.find)), p.refused, p.reading, gap(8),
		p.gone.all, p.changed.all, answers, gap(24), newSpring(),
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
	p.showCauses(l.Causes)
	p.gone.show(l.Gone, l.Find)
	p.changed.show(l.Changed, l.Find)
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

// showCauses draws what the copy has above what the service has of it, for each
// cause under what it says.
func (p *lostPage) showCauses(list []flow.LossCause) {
	if slices.Equal(p.drawn, list) {
		return
	}
	p.drawn, p.bars.Objects = list, nil
	width, counts := float32(0), float32(0)
	for _, c := range list {
		for _, s := range []string{c.Copy, c.Service} {
			width = max(width, newText("", body, colorText, cut).measure(s))
		}
		for _, s := range []string{c.CopyCount, c.Remaining} {
			counts = max(counts, newText("", strong, colorText, whole).measure(s))
		}
	}
	bar := func(name string, m *meter, count string) fyne.CanvasObject {
		m.track.set(colorCard, "", 0)
		return row(16, sized(min(width, 220), 0, newText(name, body, colorText, cut)), newGrow(m), sized(counts, 0, trailing(newText(count, strong, colorText, whole))))
	}
	for _, c := range list {
		theirs := newMeter(c.Part)
		theirs.fill.set(colorAmb, "", 0)
		p.bars.Add(column(6, newText(c.Says, strong, colorAmbT, wrap), bar(c.Copy, newMeter(1), c.CopyCount), bar(c.Service, theirs, c.Remaining)))
	}
}
