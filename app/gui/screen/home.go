package screen

import (
	"net/url"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// homePage shows how the accounts stand.
type homePage struct {
	s       *shell
	root    *fyne.Container // holds one of the two below
	empty   *emptyHome
	cards   *fyne.Container
	byName  map[string]*card
	all     *fyne.Container
	badge   *fyne.Container
	tone    flow.Tone
	title   *text
	line    *text
	note    *text
	undo    *button
	banner  *fyne.Container
	trouble *fyne.Container
	told    words.Words
}

func newHomePage(s *shell) *homePage {
	h := &homePage{
		s: s, byName: map[string]*card{}, tone: -1,
		title: newText("", pageTitle, colorText, wrap), line: newText("", body, colorText2, wrap),
		note: newText("", body, colorText, wrap), badge: column(0), trouble: column(0),
	}
	h.empty = newEmptyHome(s)
	h.undo = newButton(quiet, "", words.Undo, s.flow.Undo)
	h.banner = column(0, stack(newSurface(colorBtn, "", 12, 0),
		inset(8, 12, 8, 20, row(12, newIcon("info", colorAcc, 20), newGrow(inset(8, 0, 8, 0, h.note)), h.undo))), gap(16))
	grid := &gridLayout{gap: 16, columns: twoColumns}
	h.cards = container.New(grid)
	h.all = column(0,
		row(16, h.badge, newGrow(column(0, h.title, h.line))),
		gap(24), h.banner, h.trouble, h.cards, gap(24), newSpring(),
		row(12, newButton(secondary, "plus", words.ConnectOne, s.flow.StartConnect), newGrow(newText(words.DropAnywhere, caption, colorText2, cut))),
	)
	h.root = stack(h.all)
	h.show(s.view)
	return h
}

// twoColumns are the columns of cards in a page of that width.
func twoColumns(width float32) int { return min(max(int(width/360), 1), 2) }

func (h *homePage) object() fyne.CanvasObject { return h.root }
func (h *homePage) first() fyne.Focusable     { return nil }

func (h *homePage) enter() {
	if h.s.view.Home.Empty {
		h.empty.connect.fire()
		return
	}
	for _, o := range h.cards.Objects {
		for _, c := range h.byName {
			if c.all == o && c.main != nil {
				c.main.fire()
				return
			}
		}
	}
}

func (h *homePage) show(v flow.View) {
	if v.Page != flow.Home {
		return
	}
	if v.Home.Empty {
		h.root.Objects = []fyne.CanvasObject{h.empty.all}
		h.empty.demo.disable(v.Home.Busy)
		return
	}
	h.root.Objects = []fyne.CanvasObject{h.all}
	h.title.set(v.Home.Title)
	h.line.set(v.Home.Line)
	h.note.set(v.Home.Note)
	shown(h.line, v.Home.Line != "")
	shown(h.banner, v.Home.Note != "")
	shown(h.undo, v.Home.Undo != "")
	if h.tone != v.Home.Tone || len(h.badge.Objects) == 0 {
		h.tone = v.Home.Tone
		h.badge.Objects = []fyne.CanvasObject{toneBadge(h.tone)}
	}
	h.showTrouble(v.Home.Trouble)
	h.showCards(v.Home.Cards)
	h.root.Refresh()
}

// toneBadge is the circle before the headline.
func toneBadge(t flow.Tone) *fyne.Container {
	switch t {
	case flow.Good:
		return badge("check", colorAccS, colorAcc, 48, 24, 24)
	case flow.Busy:
		return badge("save", colorAccS, colorAcc, 48, 24, 24)
	case flow.Waits:
		return badge("pause", colorAmbS, colorAmb, 48, 24, 24)
	case flow.Bad:
		return badge("info", colorRedS, colorRed, 48, 24, 24)
	}
	return badge("shield", colorBtn, colorText2, 48, 24, 24)
}

// showTrouble says why the archive cannot be read, and what can be done.
func (h *homePage) showTrouble(w *words.Words) {
	if w == nil {
		h.trouble.Objects, h.told = nil, words.Words{}
		return
	}
	h.title.set(words.ArchiveUnread)
	if *w == h.told {
		return
	}
	h.told = *w
	h.trouble.Objects = []fyne.CanvasObject{stack(
		newSurface(colorCard, colorRed, 12, 1),
		inset(20, 24, 20, 24, column(0,
			newText(w.Title, section, colorText, wrap), gap(4),
			newText(w.Meaning+" "+w.Try, body, colorText2, wrap), gap(16),
			row(8, newButton(primary, "", "Try again", h.s.flow.Again),
				newButton(secondary, "folder", "Choose the archive folder", func() { h.s.chooseFolder(h.s.flow.MoveTo) }), newSpring()),
		)),
	)}
}

func (h *homePage) showCards(list []flow.Card) {
	grid := h.cards.Layout.(*gridLayout)
	wide := map[fyne.CanvasObject]bool{}
	keep := map[string]*card{}
	objects := make([]fyne.CanvasObject, 0, len(list))
	for _, c := range list {
		k := h.byName[c.Account]
		if k == nil {
			k = newCard(h.s, c)
		}
		k.show(c)
		keep[c.Account] = k
		wide[k.all] = c.Wide()
		objects = append(objects, k.all)
	}
	h.byName = keep
	h.cards.Objects = objects
	grid.wide = func(o fyne.CanvasObject) bool { return wide[o] }
}

// emptyHome is the first page while there is no account.
type emptyHome struct {
	connect, demo *button
	all           *fyne.Container
}

func newEmptyHome(s *shell) *emptyHome {
	e := &emptyHome{
		connect: sizedButton(primary, big, "plus", "Connect a phone or service", s.flow.StartConnect),
		demo:    sizedButton(secondary, big, "", "Try the demo phone", s.flow.Demo),
	}
	e.all = column(0,
		newSpring(),
		row(0, newSpring(), newArt("empty", fyne.NewSize(276, 164), 1), newSpring()),
		gap(48),
		row(0, newSpring(), sized(560, 0, centred(newText("Keep your own copy of the people, dates and photos on your phone.", pageTitle, colorText, wrap))), newSpring()),
		gap(32),
		row(12, newSpring(), e.connect, e.demo, newSpring()),
		gap(16), newSpring(),
		centred(newText(words.OnlyReads, caption, colorText2, wrap)),
	)
	return e
}

// openFolder shows a folder in the system's file manager.
func (s *shell) openFolder() {
	dir := filepath.ToSlash(s.flow.Folder())
	if dir == "" {
		return
	}
	if dir[0] != '/' {
		dir = "/" + dir // a drive of Windows
	}
	if err := fyne.CurrentApp().OpenURL(&url.URL{Scheme: "file", Path: dir}); err != nil {
		s.flow.Tell(words.FolderIsAt(s.flow.Folder()))
	}
}

// chooseFolder asks for a folder for the archive and hands its path over.
func (s *shell) chooseFolder(take func(dir string)) {
	s.askFolder(words.ChooseFolder, words.UseFolder, take)
}

// askFolder asks for a folder and hands its path over.
func (s *shell) askFolder(title, yes string, take func(dir string)) {
	d := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		if err == nil && u != nil {
			take(filepath.FromSlash(u.Path()))
		}
	}, s.window)
	if at, err := storage.ListerForURI(storage.NewFileURI(filepath.Dir(s.flow.Folder()))); err == nil {
		d.SetLocation(at)
	}
	d.SetTitleText(title)
	d.SetConfirmText(yes)
	d.Resize(fyne.NewSize(760, 520))
	d.Show()
}

func shown(o fyne.CanvasObject, yes bool) {
	if yes {
		o.Show()
	} else {
		o.Hide()
	}
}
