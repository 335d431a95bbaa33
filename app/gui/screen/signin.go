package screen

import (
	"net/url"

	"fyne.io/fyne/v2"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// signInPage asks for an address, a name and a password.
type signInPage struct {
	s       *shell
	fields  map[flow.Field]*field
	order   []flow.Field
	refused *fyne.Container
	told    *flow.Problem
	send    *button
	state   *text
	all     *fyne.Container
}

func newSignInPage(s *shell, v flow.SignInView) *signInPage {
	p := &signInPage{s: s, fields: map[flow.Field]*field{}, refused: column(0)}
	left := []fyne.CanvasObject{p.refused}
	for i, x := range v.Fields {
		f := newField(x.Name, x.Hint, x.Example, signIn, x.Secret)
		if x.Preset != "" {
			f.entry.SetText(x.Preset)
		}
		f.disable(x.Fixed)
		if i > 0 {
			left = append(left, gap(16))
		}
		p.fields[x.ID], p.order = f, append(p.order, x.ID)
		left = append(left, f)
	}
	if len(v.Lacks) > 0 {
		left = append(left, gap(24), rule(), gap(20), newText(v.LacksTitle, strong, colorText, wrap))
		for _, l := range v.Lacks {
			left = append(left, gap(12), topRow(12, newIcon(l.Icon, colorText2, 20),
				newGrow(column(0, newText(l.Title, body, colorText, wrap), newText(l.Line, caption, colorText2, wrap)))))
		}
	}
	p.state = newText("", body, colorText2, cut)
	p.send = newButton(primary, "", words.SeeWhatIsThere, p.enter)
	if v.Account != "" {
		p.send.say(words.SignInAgain)
	}
	step := 2
	if v.Account != "" {
		step = 0
	}
	p.all = column(0,
		header(s, v.Title, v.Line, step), gap(16),
		split(0.48, 32, column(0, left...), helpCard(v)),
		gap(12), newSpring(), row(12, newGrow(p.state), p.send))
	return p
}

// helpCard lists the steps that come before signing in.
func helpCard(v flow.SignInView) fyne.CanvasObject {
	lines := []fyne.CanvasObject{newText(v.HelpTitle, cardTitle, colorText, wrap)}
	for i, step := range v.Steps {
		right := []fyne.CanvasObject{gap(2), newText(step, body, colorText, wrap)}
		if i == 0 && v.HelpURL != "" {
			right = append(right, gap(8), row(0, newButton(secondary, "out", words.OpenThePage, func() { openPage(v.HelpURL) }), newSpring()))
		}
		number := sized(24, 24, stack(newSurface(colorAccS, "", 12, 0), centred(newText(itoa(i+1), captionB, colorAccT, cut))))
		lines = append(lines, gap(16), topRow(12, number, newGrow(column(0, right...))))
	}
	return stack(newSurface(colorCard, colorLine, 12, 1), inset(20, 24, 24, 24, column(0, lines...)))
}

// openPage shows a page in the browser.
func openPage(address string) {
	u, err := url.Parse(address)
	if err == nil {
		err = fyne.CurrentApp().OpenURL(u)
	}
	if err != nil {
		fyne.CurrentApp().Clipboard().SetContent(address)
	}
}

func (p *signInPage) object() fyne.CanvasObject { return p.all }

func (p *signInPage) first() fyne.Focusable {
	for _, id := range p.order {
		if e := p.fields[id].entry; e.Text == "" && !e.Disabled() {
			return e
		}
	}
	return nil
}

func (p *signInPage) enter() {
	form := flow.Form{}
	for id, f := range p.fields {
		form[id] = f.entry.Text
	}
	p.s.flow.SignIn(form)
}

func (p *signInPage) show(v flow.View) {
	in := v.SignIn
	for _, x := range in.Fields {
		p.fields[x.ID].disable(in.Busy || x.Fixed)
	}
	p.send.disable(in.Busy)
	if in.Busy {
		p.state.set(in.BusyText)
	} else {
		p.state.set(words.NothingSaved)
	}
	if in.Problem == p.told {
		return
	}
	p.told = in.Problem
	p.refused.Objects = nil
	for id, f := range p.fields {
		if in.Problem != nil && in.Problem.Field == id {
			f.refuse(in.Problem.Title + " " + in.Problem.Try)
			if p.s.window != nil {
				p.s.window.Canvas().Focus(f.entry)
			}
		} else {
			f.refuse("")
		}
	}
	if pr := in.Problem; pr != nil && p.fields[pr.Field] == nil {
		p.refused.Objects = []fyne.CanvasObject{refusalCard(pr.Words), gap(16)}
	}
	p.all.Refresh()
}

// refusalCard says what was refused, what it means and what to do.
func refusalCard(w words.Words) fyne.CanvasObject {
	lines := []fyne.CanvasObject{newText(w.Title, strong, colorText, wrap)}
	if w.Meaning != "" {
		lines = append(lines, newText(w.Meaning, body, colorText2, wrap))
	}
	lines = append(lines, newText(w.Try, body, colorText2, wrap))
	return stack(newSurface(colorCard, colorRed, 12, 1),
		inset(16, 20, 16, 16, topRow(12, newIcon("info", colorRed, 20), newGrow(column(4, lines...)))))
}
