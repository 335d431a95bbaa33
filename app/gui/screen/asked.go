package screen

import (
	"fyne.io/fyne/v2"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// buildLit shows a card while something is held over it.
func (k *card) buildLit(c flow.Card) []fyne.CanvasObject {
	return []fyne.CanvasObject{
		k.litHead(c, words.PutHere),
		gap(12), newText(words.LetGo, section, colorAccT, wrap), gap(4), newText(words.NotBeforeYouSay, body, colorText, wrap), newSpring(),
	}
}

// litHead is the head of a lit card, with something at its end.
func (k *card) litHead(c flow.Card, line string, end ...fyne.CanvasObject) fyne.CanvasObject {
	k.caption = newText(line, caption, colorText2, cut)
	return row(12, append([]fyne.CanvasObject{badge(c.Icon, colorCard, colorAcc, 40, 10, 24), newGrow(column(0, newText(c.Account, cardTitle, colorText, cut), k.caption))}, end...)...)
}

// buildAsked shows what was dropped on a card, and asks.
func (k *card) buildAsked(c flow.Card) []fyne.CanvasObject {
	a := c.Asked
	no := newButton(quiet, "close", "", k.s.flow.DropForget)
	no.icon.size = 20
	parts := []fyne.CanvasObject{k.litHead(c, c.There, no), gap(12), newText(a.Title, section, colorText, wrap)}
	if a.Refused != "" {
		parts = append(parts, gap(4), newText(a.Refused, body, colorText2, wrap))
	}
	for _, f := range a.Files {
		parts = append(parts, gap(8), row(8, newIcon("file", colorText2, 20), newGrow(newText(f, body, colorText2, cut))))
	}
	for _, t := range []string{a.Rest, a.Note} {
		if t != "" {
			parts = append(parts, gap(4), newText(t, caption, colorText2, wrap))
		}
	}
	buttons := []fyne.CanvasObject{}
	if a.Plan.Verb != "" {
		k.main = newButton(primary, "", a.Plan.Verb, k.s.flow.DropPlan)
		buttons = append(buttons, k.main)
	}
	keep := newButton(secondary, "", a.Keep.Verb, k.s.flow.DropKeep)
	if a.Plan.Verb == "" {
		keep.tapped = k.s.flow.DropForget
	}
	keep.onLit = true
	keep.state()
	return append(parts, gap(16), newSpring(), row(8, append(buttons, keep, newSpring())...))
}
