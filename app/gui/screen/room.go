package screen

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"sidekeep/app/flow"
	"sidekeep/app/words"
	"sidekeep/app/work"
)

// roomPage is the room of restores: what is to be put where, and what was put
// back before.
type roomPage struct {
	s        *shell
	nothing  *fyne.Container
	noText   *text
	connect  *button
	cards    *fyne.Container
	from, at *button
	to       *button
	only     [2]*text // in place of from and to where there is no choice
	vanished *check
	parts    *fyne.Container
	checks   map[string]*check
	shape    string
	told     *text
	chosen   *text
	plan     *button
	refused  *fyne.Container
	problem  *words.Words
	earlier  *fyne.Container
	past     string
	all      *fyne.Container
}

func newRoomPage(s *shell) *roomPage {
	p := &roomPage{
		s: s, noText: newText("", body, colorText, wrap), parts: column(0), checks: map[string]*check{}, told: newText("", body, colorText2, wrap),
		chosen: newText("", body, colorText2, wrap), refused: column(0), earlier: column(0),
	}
	p.connect = newButton(secondary, "plus", words.ConnectOne, s.flow.StartConnect)
	p.nothing = column(0, stack(newSurface(colorBtn, "", 12, 0), inset(16, 20, 16, 20, row(12, newIcon("info", colorText2, 20), newGrow(p.noText), p.connect))), gap(16))
	p.from = newButton(secondary, "down", " ", func() { p.choose(p.from, p.s.view.Restore.From, p.s.view.Restore.FromOne, s.flow.RestoreFrom) })
	p.to = newButton(secondary, "down", " ", func() { p.choose(p.to, p.s.view.Restore.To, p.s.view.Restore.ToOne, s.flow.RestoreTo) })
	p.at = newButton(secondary, "down", " ", p.when)
	for i := range p.only {
		p.only[i] = newText("", body, colorText, wrap)
	}
	p.vanished = newCheck("history", words.OnlyVanished, "", false, s.flow.RestoreVanished)
	p.plan = newButton(primary, "", words.SeeThePlan, s.flow.RestoreChosen)
	p.cards = container.New(&gridLayout{gap: 16, columns: twoColumns}, p.whatCard(), column(16, p.whereCard(), p.pastCard()))
	p.all = column(0, newText(words.RestoreTitle, pageTitle, colorText, wrap), newText(words.RestoreLine, body, colorText2, wrap), gap(24), p.nothing, p.cards)
	return p
}

func (p *roomPage) whatCard() fyne.CanvasObject {
	return stack(newSurface(colorCard, colorLine, 12, 1), inset(20, 24, 20, 24, column(0,
		newText(words.FromWhere, cardTitle, colorText, wrap), gap(8), left(p.from), p.only[0], gap(8), left(p.at), gap(16),
		p.vanished, newText(words.OnlyVanishedLine, caption, colorText2, wrap), gap(12), rule(), gap(12), p.refused, p.told, p.parts)))
}

func (p *roomPage) whereCard() fyne.CanvasObject {
	return stack(newSurface(colorCard, colorLine, 12, 1), inset(20, 24, 20, 24, column(0,
		newText(words.ToWhere, cardTitle, colorText, wrap), gap(8), left(p.to), p.only[1], gap(16),
		p.chosen, gap(4), newText(words.NotBeforeYouSay, caption, colorText2, wrap), gap(16), left(p.plan))))
}

func (p *roomPage) pastCard() fyne.CanvasObject {
	return stack(newSurface(colorCard, colorLine, 12, 1), inset(20, 24, 20, 24, column(8,
		newText(words.EarlierRestores, cardTitle, colorText, wrap), p.earlier)))
}

// left keeps an object as wide as it is.
func left(o fyne.CanvasObject) fyne.CanvasObject { return row(0, o, newSpring()) }

func (p *roomPage) object() fyne.CanvasObject { return p.all }
func (p *roomPage) first() fyne.Focusable     { return nil }
func (p *roomPage) enter()                    { p.plan.fire() }

func (p *roomPage) show(v flow.View) {
	if v.Page != flow.Restore {
		return
	}
	r := v.Restore
	p.noText.set(r.NothingAtAll)
	shown(p.nothing, r.NothingAtAll != "")
	shown(p.connect, r.NothingAtAllVerb != "")
	p.say(p.from, r.FromOne)
	p.say(p.to, r.ToOne)
	for i, x := range []struct {
		b     *button
		names []string
		one   string
	}{{p.from, r.From, r.FromOne}, {p.to, r.To, r.ToOne}} {
		p.only[i].set(x.one)
		shown(p.only[i], len(x.names) < 2 && x.one != "")
		shown(x.b, len(x.names) > 1)
	}
	moment := ""
	if r.Moment < len(r.Moments) {
		moment = r.Moments[r.Moment]
	}
	p.say(p.at, moment)
	p.at.disable(len(r.Moments) < 2)
	p.vanished.set(r.Vanished)
	p.told.set(r.Told)
	shown(p.told, r.Told != "")
	p.chosen.set(r.Chosen)
	p.plan.disable(r.Plan.Off)
	p.showParts(r)
	p.showPast(r)
	if p.problem != r.Problem {
		p.problem, p.refused.Objects = r.Problem, nil
		if r.Problem != nil {
			p.refused.Objects = []fyne.CanvasObject{refusalCard(*r.Problem), gap(12)}
		}
	}
	shown(p.cards, len(r.From)+len(r.Earlier) > 0)
	p.cards.Refresh()
	p.all.Refresh()
}

// say puts a name on a button that chooses, cut where it is too long.
func (p *roomPage) say(b *button, name string) {
	shown(b, name != "")
	b.say(b.verb.shorten(name, 230))
}

func (p *roomPage) showParts(r flow.RoomView) {
	shape := ""
	for _, g := range r.Groups {
		shape += g.Title
		for _, x := range g.Rows {
			shape += fmt.Sprintf("%q %q %q", x.ID, x.Name, x.Count)
		}
	}
	if shape != p.shape {
		p.shape, p.parts.Objects = shape, nil
		p.checks = map[string]*check{}
		for i, g := range r.Groups {
			if i > 0 {
				p.parts.Objects = append(p.parts.Objects, gap(8), rule(), gap(12))
			}
			p.parts.Objects = append(p.parts.Objects, p.groupHead(g), gap(4))
			for _, x := range g.Rows {
				c := newCheck(x.Icon, x.Name, x.Count, x.On, func() { p.s.flow.TogglePart(x.ID) })
				p.checks[x.ID] = c
				p.parts.Objects = append(p.parts.Objects, sized(0, 38, c))
			}
		}
	}
	for _, g := range r.Groups {
		for _, x := range g.Rows {
			if c := p.checks[x.ID]; c != nil {
				c.set(x.On)
			}
		}
	}
}

// groupHead is the name of a kind; where it has several collections they can be
// taken or left together.
func (p *roomPage) groupHead(g flow.Group) fyne.CanvasObject {
	title := newText(g.Title, captionB, colorText2, wrap)
	if len(g.Rows) < 2 {
		return title
	}
	all := newButton(quiet, "", words.AllOrNone, func() { p.s.flow.TogglePart(g.ID) })
	all.height = 28
	return inset(0, -12, 0, 0, row(8, newGrow(title), all))
}

func (p *roomPage) showPast(r flow.RoomView) {
	if past := fmt.Sprintf("%v %q", r.Earlier, r.NoneYet); past != p.past {
		p.past, p.earlier.Objects = past, nil
		if r.NoneYet != "" {
			p.earlier.Add(newText(r.NoneYet, body, colorText2, wrap))
		}
		for i, e := range r.Earlier {
			if i > 0 {
				p.earlier.Add(inset(8, 0, 8, 0, rule()))
			}
			p.earlier.Add(p.pastRow(e))
		}
	}
}

func (p *roomPage) pastRow(e flow.EarlierRow) fyne.CanvasObject {
	mark, ink := "check", colorAcc
	switch e.State {
	case work.RestoreUndone:
		mark, ink = "undo", colorText2
	case work.RestoreOpen:
		mark, ink = "stop", colorText2
	}
	line := e.Line
	if e.Word != "" {
		line += ", " + e.Word
	}
	parts := []fyne.CanvasObject{sized(20, 20, newIcon(mark, ink, 20)), newGrow(column(0, newText(e.Title, body, colorText, wrap), newText(line, caption, colorText2, wrap)))}
	if e.GoOn.Verb != "" {
		on := newButton(secondary, "", e.GoOn.Verb, func() { p.s.flow.GoOnRestore(e.Account, e.Number) })
		on.disable(e.GoOn.Off)
		drop := newButton(quiet, "", e.Drop.Verb, func() { p.s.flow.DropRestore(e.Account, e.Number, e.Done, e.Total) })
		drop.disable(e.Drop.Off)
		parts = append(parts, on, drop)
	}
	if e.Undo.Verb != "" {
		b := newButton(secondary, "", e.Undo.Verb, func() { p.s.flow.UndoRestore(e.Number) })
		b.disable(e.Undo.Off)
		parts = append(parts, b)
	}
	return row(12, parts...)
}

// choose lets the owner choose one of several names.
func (p *roomPage) choose(at *button, names []string, chosen string, take func(string)) {
	var items []*fyne.MenuItem
	for _, n := range names {
		it := fyne.NewMenuItem(n, func() { take(n) })
		it.Checked = n == chosen
		items = append(items, it)
	}
	p.s.menu(at, items)
}

// when lets the owner choose a moment.
func (p *roomPage) when() {
	var items []*fyne.MenuItem
	for i, n := range p.s.view.Restore.Moments {
		it := fyne.NewMenuItem(n, func() { p.s.flow.RestoreAt(i) })
		it.Checked = i == p.s.view.Restore.Moment
		items = append(items, it)
	}
	p.s.menu(p.at, items)
}

// menu opens a menu below a button.
func (s *shell) menu(at *button, items []*fyne.MenuItem) {
	m := widget.NewPopUpMenu(fyne.NewMenu("", items...), s.window.Canvas())
	pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(at)
	m.ShowAtPosition(pos.AddXY(0, at.Size().Height+4))
}
