package screen

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// archivePage shows where the archive is, and checks it.
type archivePage struct {
	s            *shell
	place        *text
	holds, space *text
	open, change *button
	refused      *fyne.Container
	told         *words.Words
	check        *fyne.Container
	badge        *fyne.Container
	tone         flow.Tone
	title, line  *text
	bar          *meter
	running      *fyne.Container // the bar with its gap
	start        *button
	offers       *fyne.Container
	offered      []flow.Row
	boxes        []*check
	take         *button
	bad          *fyne.Container
	edited       *fyne.Container
	editedFor    string
	badFor       int
	all          *fyne.Container
}

func newArchivePage(s *shell) *archivePage {
	p := &archivePage{
		s: s, place: newText("", cardTitle, colorText, cut), holds: newText("", body, colorText2, wrap),
		space: newText("", caption, colorText2, wrap), refused: column(0), offers: column(0), bad: column(0), edited: column(0), badge: column(0), tone: -1,
		title: newText("", cardTitle, colorText, wrap), line: newText("", body, colorText2, wrap), bar: newMeter(0), badFor: -1,
	}
	p.open = newButton(primary, "folder", words.OpenFolder, s.openFolder)
	p.change = newButton(secondary, "", words.UseAnother, func() { s.chooseFolder(s.flow.MoveTo) })
	p.start = newButton(secondary, "", words.CheckNow, p.toggle)
	where := stack(newSurface(colorCard, colorLine, 12, 1), inset(20, 24, 20, 24, column(0,
		topRow(12, badge("folder", colorBtn, colorText2, 40, 10, 24), newGrow(column(0, p.place, p.holds, p.space))),
		gap(20), row(8, p.open, p.change, newSpring()))))
	p.running = column(0, gap(16), p.bar)
	p.check = stack(newSurface(colorCard, colorLine, 12, 1), inset(20, 24, 20, 24, column(0,
		topRow(12, p.badge, newGrow(column(0, p.title, p.line))),
		p.running, p.bad, gap(16), row(8, p.start, newSpring()))))
	p.all = column(0,
		newText(words.YourArchive, pageTitle, colorText, wrap), newText(words.ArchiveLine, body, colorText2, wrap),
		gap(24), p.refused, p.offers, where, gap(16), p.check, p.edited)
	return p
}

func (p *archivePage) object() fyne.CanvasObject { return p.all }
func (p *archivePage) first() fyne.Focusable     { return nil }
func (p *archivePage) enter()                    { p.open.fire() }

func (p *archivePage) toggle() {
	if p.s.view.Archive.Checking {
		p.s.flow.StopCheck()
	} else {
		p.s.flow.Check()
	}
}

// offer lists the accounts that the archive brings along.
func (p *archivePage) offer(a flow.ArchiveView) {
	same := slices.EqualFunc(p.offered, a.Offered, func(x, y flow.Row) bool { return x.ID == y.ID })
	p.offered = a.Offered
	if !same {
		p.offers.Objects, p.boxes = nil, nil
		lines := []fyne.CanvasObject{newText(words.OfferTitle, cardTitle, colorText, wrap), newText(words.OfferLine, body, colorText2, wrap), gap(12)}
		for i, r := range a.Offered {
			c := newCheck(r.Icon, r.Name, "", r.On, func() { p.s.flow.ToggleOffer(r.ID) })
			p.boxes = append(p.boxes, c)
			lines = append(lines, sized(0, 38, c), newText(a.OfferLines[i], caption, colorText2, wrap))
		}
		p.take = newButton(primary, "", words.OfferLeave, p.s.flow.TakeOffers)
		if len(a.Offered) > 0 {
			lines = append(lines, gap(16), row(8, p.take, newSpring()))
			p.offers.Objects = []fyne.CanvasObject{stack(newSurface(colorCard, colorLine, 12, 1), inset(20, 24, 20, 24, column(0, lines...))), gap(16)}
		}
	}
	for i, c := range p.boxes {
		c.set(a.Offered[i].On)
	}
	if p.take == nil {
		return
	}
	if a.CanTake {
		p.take.say(words.OfferTake)
	} else {
		p.take.say(words.OfferLeave)
	}
}

func (p *archivePage) show(v flow.View) {
	a := v.Archive
	p.place.set(a.Place)
	p.holds.set(a.Holds)
	p.space.set(a.Space)
	p.open.disable(!a.Exists)
	p.change.disable(!a.CanChange)
	shown(p.check, a.Exists)
	if p.tone != a.CheckTone || len(p.badge.Objects) == 0 {
		p.tone = a.CheckTone
		fill, ink := colorBtn, colorText2
		switch p.tone {
		case flow.Good, flow.Busy:
			fill, ink = colorAccS, colorAcc
		case flow.Bad:
			fill, ink = colorRedS, colorRed
		}
		p.badge.Objects = []fyne.CanvasObject{badge("shield", fill, ink, 40, 10, 24)}
	}
	p.title.set(a.CheckTitle)
	p.line.set(a.CheckLine)
	shown(p.running, a.Checking)
	p.bar.set(a.Part, colorAcc)
	if a.Checking {
		p.start.say(words.Stop)
	} else {
		p.start.say(words.CheckNow)
	}
	if p.badFor != len(a.BadFiles) {
		p.badFor = len(a.BadFiles)
		p.bad.Objects = nil
		for _, b := range a.BadFiles {
			p.bad.Objects = append(p.bad.Objects, gap(8), newText(b.Title, captionB, colorText, wrap), newText(b.Line, caption, colorText2, wrap))
		}
	}
	if list := strings.Join(a.Edited, "\n"); list != p.editedFor {
		p.editedFor, p.edited.Objects = list, nil
		if list != "" {
			p.edited.Objects = []fyne.CanvasObject{gap(16), stack(newSurface(colorCard, colorLine, 12, 1), inset(20, 24, 20, 24, topRow(12,
				badge("info", colorBtn, colorText2, 40, 10, 24), newGrow(column(4, newText(words.EditedTitle, cardTitle, colorText, wrap),
					newText(words.EditedLine, body, colorText2, wrap), gap(4), newText(list, caption, colorText, wrap))))))}
		}
	}
	p.offer(a)
	if p.told != a.Problem {
		p.told, p.refused.Objects = a.Problem, nil
		if a.Problem != nil {
			p.refused.Objects = []fyne.CanvasObject{refusalCard(*a.Problem), gap(16)}
		}
	}
	p.all.Refresh()
}
