package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// progressPage shows a restore or an undo under way, or a plan in the making.
type progressPage struct {
	s       *shell
	title   *text
	line    *text
	bar     *progress
	rate    *text
	stop    *button
	again   *button
	card    *fyne.Container
	refused *fyne.Container
	told    *words.Words
	all     *fyne.Container
}

func newProgressPage(s *shell, v flow.PlanView) *progressPage {
	p := &progressPage{
		s: s, title: newText(v.Title, pageTitle, colorText, wrap), line: newText(v.Line, body, colorText2, wrap),
		bar: newProgress(v.Bar), rate: newText("", body, colorText2, cut), refused: column(0),
	}
	p.stop = newButton(secondary, "stop", v.Stop.Verb, s.flow.StopWriting)
	p.again = newButton(secondary, "", words.PlanAgain, s.flow.Replan)
	p.card = stack(newSurface(colorCard, colorLine, 12, 1), inset(24, 24, 20, 24, column(0, p.bar.all, gap(20), row(12, p.stop, newGrow(p.rate)))))
	back := sized(36, 36, newButton(secondary, "left", "", s.flow.Back))
	p.all = column(0, topRow(12, back, newGrow(column(0, p.title, p.line))), gap(24), p.refused, p.card)
	return p
}

func (p *progressPage) object() fyne.CanvasObject { return p.all }
func (p *progressPage) first() fyne.Focusable     { return nil }
func (p *progressPage) enter() {
	if p.again.Visible() && p.told != nil {
		p.again.fire()
	}
}

func (p *progressPage) show(v flow.View) {
	if v.Page != flow.Plan {
		return
	}
	x := v.Plan
	p.title.set(x.Title)
	p.line.set(x.Line)
	p.bar.set(x.Bar)
	p.rate.set(x.Rate)
	p.stop.say(x.Stop.Verb)
	p.stop.disable(x.Stop.Off)
	shown(p.card, x.Problem == nil)
	if p.told != x.Problem {
		p.told, p.refused.Objects = x.Problem, nil
		if x.Problem != nil {
			p.refused.Objects = []fyne.CanvasObject{refusalCard(*x.Problem), gap(16), row(8, p.again, newSpring())}
		}
	}
	p.all.Refresh()
}

// donePage shows what a restore or an undo did.
type donePage struct {
	s    *shell
	main *button
	undo *button
	all  *fyne.Container
}

func newDonePage(s *shell, v flow.PlanView) *donePage {
	p := &donePage{s: s}
	d := v.Done
	head := row(16, toneBadge(d.Tone), newGrow(column(0, newText(v.Title, pageTitle, colorText, wrap), newText(v.Line, body, colorText2, wrap))))
	left := column(16)
	if d.Proof != "" || len(d.Rows) > 0 {
		left.Add(p.sumCard(d))
	}
	right := column(16)
	if d.UndoTitle != "" {
		right.Add(p.undoCard(d))
	}
	if len(d.Refused) > 0 {
		right.Add(p.refusedCard(d))
	}
	if len(d.Known) > 0 {
		right.Add(noteList(words.KnownDifferences, append(append([]string{}, d.Known...), words.ToldBefore)))
	}
	cards := []fyne.CanvasObject{}
	for _, c := range []*fyne.Container{left, right} {
		if len(c.Objects) > 0 {
			cards = append(cards, c)
		}
	}
	parts := []fyne.CanvasObject{head, gap(24)}
	if v.Problem != nil {
		parts = append(parts, refusalCard(*v.Problem), gap(16))
	}
	foot := []fyne.CanvasObject{newSpring()}
	done := newButton(primary, "", words.Done, s.flow.EndRestore)
	p.main = done
	again, go_ := d.Again, s.flow.Replan
	if again.Verb == "" && d.UndoTitle == "" && d.Undo.Verb != "" {
		again, go_ = d.Undo, s.flow.UndoWritten // an undo that was stopped
	}
	if again.Verb != "" {
		done = newButton(secondary, "", words.Done, s.flow.EndRestore)
		p.main = newButton(primary, "", again.Verb, go_)
		foot = append(foot, done, p.main)
	} else {
		foot = append(foot, done)
	}
	p.all = column(0, append(parts, container.New(&gridLayout{gap: 16, columns: twoColumns}, cards...), gap(24), newSpring(), row(12, foot...))...)
	return p
}

// sumCard is what was read back, and the sum of what was done.
func (p *donePage) sumCard(d flow.DoneView) fyne.CanvasObject {
	lines := []fyne.CanvasObject{}
	if d.Proof != "" {
		ink := colorAcc
		if d.Tone != flow.Good {
			ink = colorAmb
		}
		lines = append(lines, row(12, newIcon("shield", ink, 24), newGrow(column(0, newText(d.Proof, cardTitle, colorText, wrap), newText(d.ProofLine, caption, colorText2, wrap)))), gap(16))
	}
	for i, r := range d.Rows {
		if i > 0 || d.Proof != "" {
			lines = append(lines, rule())
		}
		mark := newIcon("check", colorAcc, 20)
		if !r.Good {
			mark = newIcon("info", colorText2, 20)
		}
		lines = append(lines, sized(0, 47, row(12, newGrow(newText(r.Name, body, colorText, cut)), newText(r.Count, strong, colorText, whole), mark)))
	}
	return stack(newSurface(colorCard, colorLine, 12, 1), inset(20, 24, 8, 24, column(0, lines...)))
}

func (p *donePage) undoCard(d flow.DoneView) fyne.CanvasObject {
	p.undo = newButton(secondary, "undo", d.Undo.Verb, p.s.flow.UndoWritten)
	lines := []fyne.CanvasObject{row(12, newIcon("undo", colorText2, 24), newGrow(newText(d.UndoTitle, cardTitle, colorText, wrap))), gap(12)}
	for i, l := range d.UndoLines {
		ink := colorText
		if i > 0 {
			ink = colorText2
			lines = append(lines, gap(8))
		}
		lines = append(lines, newText(l, body, ink, wrap))
	}
	lines = append(lines, gap(16), row(8, p.undo, newSpring()))
	return stack(newSurface(colorCard, colorLine, 12, 1), inset(20, 24, 20, 24, column(0, lines...)))
}

func (p *donePage) refusedCard(d flow.DoneView) fyne.CanvasObject {
	lines := []fyne.CanvasObject{newText(d.Title, cardTitle, colorText, wrap)}
	for _, x := range d.Refused {
		lines = append(lines, gap(8), newText(x.Title, captionB, colorText, wrap))
		if x.Line != "" {
			lines = append(lines, newText(x.Line, caption, colorText2, wrap))
		}
	}
	return stack(newSurface(colorCard, colorLine, 12, 1), inset(20, 24, 20, 24, column(0, lines...)))
}

func (p *donePage) object() fyne.CanvasObject { return p.all }
func (p *donePage) first() fyne.Focusable     { return nil }
func (p *donePage) enter()                    { p.main.fire() }
func (p *donePage) show(flow.View)            { p.all.Refresh() }
