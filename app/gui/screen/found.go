package screen

import (
	"fyne.io/fyne/v2"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// foundPage shows what an account holds, before anything is saved.
type foundPage struct {
	s       *shell
	checks  map[string]*check
	name    *field
	command *field
	asked   *fyne.Container // for the command
	place   *text
	space   *text
	change  *button
	refused *fyne.Container
	told    *flow.Problem
	chosen  *text
	save    *button
	all     *fyne.Container
}

func newFoundPage(s *shell, v flow.FoundView) *foundPage {
	p := &foundPage{
		s: s, checks: map[string]*check{}, refused: column(0),
		place: newText(v.Place, body, colorText, cut), space: newText(v.Space, caption, colorText2, wrap),
		chosen: newText("", body, colorText2, cut),
	}
	p.name = newField(words.NameOfAccount, "", "", usual, false)
	p.name.entry.SetText(v.Name)
	p.command = newField(words.PasswordCommand, words.PasswordCommandHint, "", usual, false)
	p.asked = column(0, gap(24), p.command)
	p.asked.Hide()
	p.change = newButton(secondary, "", words.ChangeFolder, func() { s.chooseFolder(s.flow.MoveTo) })
	p.save = newButton(primary, "", words.SaveAndExport, p.enter)
	place := stack(newSurface(colorCard, colorLine, 8, 1), inset(0, 12, 0, 12, row(8, newIcon("folder", colorText2, 20), newGrow(p.place))))
	right := column(0, p.refused, p.name, p.asked, gap(24),
		newText(words.WhereKept, strong, colorText, wrap), gap(8),
		row(8, newGrow(sized(0, usual, place)), p.change), gap(8), p.space)
	p.all = column(0,
		header(s, v.Title, words.Untick, 3), gap(24),
		split(0.54, 24, p.list(v), right),
		gap(24), newSpring(), row(12, newGrow(p.chosen), p.save))
	return p
}

func (p *foundPage) list(v flow.FoundView) fyne.CanvasObject {
	var lines []fyne.CanvasObject
	if v.Already != "" {
		lines = append(lines, topRow(12, newIcon("info", colorText2, 20), newGrow(newText(v.Already, body, colorText, wrap))), gap(12))
	}
	for i, g := range v.Groups {
		if i > 0 {
			lines = append(lines, gap(8), rule(), gap(12))
		}
		lines = append(lines, newText(g.Title, captionB, colorText2, wrap), gap(4))
		for _, r := range g.Rows {
			c := newCheck(r.Icon, r.Name, r.Count, r.On, func() { p.s.flow.Toggle(r.ID) })
			p.checks[r.ID] = c
			lines = append(lines, sized(0, 38, c))
		}
	}
	for i, l := range v.Lacks {
		if i == 0 {
			lines = append(lines, gap(8), rule(), gap(8))
		}
		c := newCheck(l.Icon, l.Title, "", false, nil)
		c.disable(true)
		c.tail.style, c.tail.colour = body, colorText2
		c.tail.set(words.NotGiven)
		lines = append(lines, sized(0, 38, c))
	}
	for i, text := range v.Skipped {
		if i == 0 && len(lines) > 0 {
			lines = append(lines, gap(8), rule(), gap(8))
		}
		lines = append(lines, newText(text, body, colorText2, wrap), gap(4))
	}
	return stack(newSurface(colorCard, colorLine, 12, 1), inset(20, 24, 14, 24, column(0, lines...)))
}

func (p *foundPage) object() fyne.CanvasObject { return p.all }
func (p *foundPage) first() fyne.Focusable     { return nil }
func (p *foundPage) enter()                    { p.s.flow.Save(p.name.entry.Text, p.command.entry.Text) }

func (p *foundPage) show(v flow.View) {
	f := v.Found
	for _, g := range f.Groups {
		for _, r := range g.Rows {
			if c := p.checks[r.ID]; c != nil {
				c.set(r.On)
				c.disable(f.Busy)
			}
		}
	}
	p.place.set(f.Place)
	p.space.set(f.Space)
	shown(p.change, f.CanMove)
	p.change.disable(f.Busy)
	p.chosen.set(f.Chosen)
	p.save.disable(f.Busy || !f.CanExport)
	p.name.disable(f.Busy)
	p.command.disable(f.Busy)
	if ask := f.Command.Name != ""; ask != p.asked.Visible() {
		shown(p.asked, ask)
		if ask && p.s.window != nil {
			p.all.Refresh()
			p.s.window.Canvas().Focus(p.command.entry)
		}
	}
	if f.Problem == p.told {
		return
	}
	p.told = f.Problem
	p.refused.Objects = nil
	p.name.refuse("")
	p.command.refuse("")
	switch pr := f.Problem; {
	case pr == nil:
	case pr.Field == flow.NameField:
		p.name.refuse(pr.Title + " " + pr.Try)
	case pr.Field == flow.CommandField:
		p.command.refuse(pr.Title + " " + pr.Try)
	default:
		p.refused.Objects = []fyne.CanvasObject{refusalCard(pr.Words), gap(24)}
	}
	p.all.Refresh()
}
