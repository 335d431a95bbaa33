package screen

import (
	"fyne.io/fyne/v2"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// openingPage is shown until the settings are read, and if they cannot be.
type openingPage struct {
	s    *shell
	all  *fyne.Container
	told words.Words
	try  *button
}

func newOpeningPage(s *shell) *openingPage {
	return &openingPage{s: s, all: column(0)}
}

func (o *openingPage) object() fyne.CanvasObject { return o.all }
func (o *openingPage) first() fyne.Focusable     { return nil }

func (o *openingPage) enter() {
	if o.try != nil {
		o.try.fire()
	}
}

func (o *openingPage) show(v flow.View) {
	if v.Page == flow.Opening {
		o.try = nil
		o.all.Objects = []fyne.CanvasObject{newText(words.Looking, pageTitle, colorText, wrap)}
		return
	}
	if v.Broken == o.told {
		return
	}
	o.told = v.Broken
	o.try = newButton(primary, "", "Try again", o.s.flow.Again)
	o.all.Objects = []fyne.CanvasObject{
		row(16, toneBadge(flow.Bad), newGrow(newText(v.Broken.Title, pageTitle, colorText, wrap))), gap(16),
		newText(v.Broken.Meaning, body, colorText, wrap), newText(v.Broken.Try, body, colorText2, wrap), gap(24),
		row(8, o.try, newSpring()),
	}
	o.all.Refresh()
}
