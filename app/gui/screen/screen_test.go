package screen

import (
	"fmt"
	"image/color"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"sidekeep/app/flow"
	"sidekeep/app/words"
	"sidekeep/assets"
	"sidekeep/export"
)

// open is an empty window of that size, whose flow does nothing.
func open(t *testing.T, size fyne.Size) (*shell, fyne.Window) {
	t.Helper()
	a := test.NewApp()
	t.Cleanup(a.Quit)
	a.Settings().SetTheme(newLook())
	w := a.NewWindow(Name)
	w.SetPadded(false)
	f := flow.New(flow.Options{Changed: func() {}, Open: func(flow.Owner) (flow.Work, error) { return nil, export.ErrNewer }})
	s := newShell(f, w)
	s.draw(f.View())
	w.SetContent(s)
	w.Resize(size)
	return s, w
}

var long = strings.Repeat("The account of everybody in the house ", 8)

// views are pages with more text than anybody wants.
func views() map[string]flow.View {
	side := flow.Side{Title: long, Line: long, Waiting: 12}
	buttons := []flow.Action{{Act: flow.ActExport, Verb: "Export now", Rank: flow.Primary}, {Act: flow.ActFolder, Verb: "Show the files", Rank: flow.Quiet}}
	counts := []flow.Count{{Number: "1,204,123", Word: "people"}, {Number: "1", Word: "event"}, {Number: "38", Word: "to-dos"}, {Number: "9,812", Word: "photos"}}
	more := []flow.Action{{Act: flow.ActRemove, Verb: "Remove"}}
	v := map[string]flow.View{
		"empty":   {Page: flow.Home, Side: side, Home: flow.HomeView{Empty: true}},
		"opening": {Page: flow.Opening, Side: side},
		"broken":  {Page: flow.Broken, Side: side, Broken: words.For(export.ErrNewer)},
		"home": {Page: flow.Home, Side: side, Home: flow.HomeView{Title: long, Line: long, Note: long, Tone: flow.Bad, Cards: []flow.Card{
			{Account: "1 " + long, Icon: "cloud", Caption: long, State: flow.Failed, Headline: long, Sentence: long, Actions: buttons, More: more, Open: true, Details: []flow.Detail{{Title: long, Line: long}}},
			{Account: "2 " + long, Icon: "server", Caption: long, State: flow.Safe, Counts: counts, Proof: long, Sum: long, Note: long, Actions: buttons, More: more},
			{Account: "x", Icon: "phone", Caption: long, State: flow.Exporting, Rate: long, Actions: []flow.Action{{Act: flow.ActStop, Verb: "Stop"}}, Bars: []flow.Bar{
				{Icon: "photo", Name: long, Right: "4,130 of 9,204", Part: .45, Step: export.Running}, {Icon: "cal", Name: "Y", Right: "7", Part: -1}}},
		}}},
		"trouble": {Page: flow.Home, Side: side, Home: flow.HomeView{Trouble: &words.Words{Title: long, Meaning: long, Try: long}}},
		"connect": {Page: flow.Connect, Side: side, Connect: flow.ConnectView{Tiles: []flow.Tile{{ID: "a", Name: long, Line: long, Icon: "cloud"}, {ID: "b", Name: "B", Line: "b", Icon: "plus"}}, Busy: long}},
		"found": {Page: flow.Found, Side: side, Found: flow.FoundView{
			Title: long, Name: long, Place: "/" + strings.Repeat("folder/", 40), CanMove: true, Space: "212 GB are free.", Chosen: long, CanExport: true,
			Groups:  []flow.Group{{Title: long, Rows: []flow.Row{{ID: "1", Icon: "people", Name: long, Count: "1,204", On: true}, {ID: "2", Icon: "people", Name: "B", Count: "not counted"}}}},
			Lacks:   []flow.Lack{{Icon: "photo", Title: "Photos", Line: long}},
			Problem: &flow.Problem{Field: flow.NoField, Words: words.For(export.ErrNoKeychain)}, Command: flow.Label{Name: "Command"}}},
		"archive": {Page: flow.Archive, Side: side, Archive: flow.ArchiveView{
			Place: "/" + strings.Repeat("folder/", 40), Exists: true, Space: "1 GB", Holds: long, CheckTitle: long, CheckLine: long, CheckTone: flow.Bad, Edited: []string{"data/" + strings.Repeat("x", 300), "short"},
			BadFiles: []flow.Detail{{Title: "data/" + strings.Repeat("x", 300), Line: long}}, Problem: &words.Words{Title: long, Meaning: long, Try: long}}},
	}
	lost := flow.LostView{
		Key: 1, Title: long, Line: long, LeaveTitle: long, Leave: long, MoreLeft: long, MineTitle: long, Mine: long, MoreMine: long, CanFind: true,
		Causes: []flow.LossCause{{Says: long, Copy: long, CopyCount: "1,204,123 people", Service: "now", Remaining: "3 people", Part: .01}, {Says: "b", Copy: "copy", CopyCount: "9", Service: "now", Remaining: "0"},
			{Says: long, Copy: long, CopyCount: "9", Service: long, Remaining: "0"}, {Says: long, Copy: long, CopyCount: "9", Service: long, Remaining: "0"}, {Says: long, Copy: long, CopyCount: "9", Service: long, Remaining: "0"}},
		LookAgain: flow.Action{Verb: "Look again"}, Accept: flow.Action{Verb: "I removed them"}, Past: "Show this export",
		Gone: flow.NameList{Heading: long}, Changed: flow.NameList{Heading: long},
	}
	for range 50 {
		lost.Gone.Names = append(lost.Gone.Names, flow.ItemName{Icon: "people", Name: long}, flow.ItemName{Icon: "cal", Name: "日本", When: long}, flow.ItemName{Icon: "people"})
		lost.Changed.Names = append(lost.Changed.Names, flow.ItemName{Icon: "people", Name: long, When: long, What: long, Before: long, Now: long}, flow.ItemName{Icon: "cal", Name: "日本"})
	}
	v["lost"] = flow.View{Page: flow.Lost, Side: side, Lost: lost}
	lost.Key, lost.Gone.Names, lost.Gone.Some, lost.Gone.Rest, lost.Problem = 2, lost.Gone.Names[:10], true, "and 390 more", &words.Words{Title: long, Meaning: long, Try: long}
	lost.Changed = flow.NameList{}
	v["lost, some"] = flow.View{Page: flow.Lost, Side: side, Lost: lost}
	for name, x := range restoreViews(long, long) {
		v[name] = x
	}
	v["history"] = flow.View{Page: flow.History, Side: side, History: pastView(3000)}
	v["no history"] = flow.View{Page: flow.History, Side: side, History: flow.HistoryView{Chosen: -1, Title: long, Line: long}}
	held := v["home"]
	held.Home.Undo = "Undo"
	held.Home.Cards = []flow.Card{{Account: long, Icon: "phone", Caption: long, State: flow.Held, Headline: long, Sentence: long, Note: long, Actions: buttons, More: more}}
	v["held"] = held
	in := flow.SignInView{
		Key: 1, Title: long, Line: long, Fields: []flow.FormField{
			{ID: flow.AddressField, Label: flow.Label{Name: "Address", Hint: long}}, {ID: flow.UserField, Label: flow.Label{Name: long}},
			{ID: flow.PasswordField, Label: flow.Label{Name: "Password", Hint: long}, Secret: true}, {ID: flow.PhotosField, Label: flow.Label{Name: "Photos"}},
		}, HelpTitle: long, Steps: []string{long, "short"}, HelpURL: "https://example.org", LacksTitle: long,
		Lacks: []flow.Lack{{Icon: "photo", Title: long, Line: long}},
	}
	v["sign-in"] = flow.View{Page: flow.SignIn, Side: side, SignIn: in}
	in.Problem = &flow.Problem{Field: flow.PasswordField, Words: words.For(export.ErrSignIn)}
	v["refused"] = flow.View{Page: flow.SignIn, Side: side, SignIn: in}
	in.Problem = &flow.Problem{Field: flow.NoField, Words: words.For(export.ErrUnreachable)}
	v["unreachable"] = flow.View{Page: flow.SignIn, Side: side, SignIn: in}
	return v
}

// texts calls each for every text that is shown below o, with its place in
// the window.
func texts(o fyne.CanvasObject, at fyne.Position, each func(*canvas.Text, fyne.Position)) {
	if !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	switch x := o.(type) {
	case *canvas.Text:
		each(x, at)
	case *fyne.Container:
		for _, c := range x.Objects {
			texts(c, at, each)
		}
	case fyne.Widget:
		switch l := o.(type) {
		case *entry:
			return // what is typed scrolls in its field
		case *rows:
			all, top, bottom := each, at.Y, at.Y+l.Size().Height
			each = func(c *canvas.Text, p fyne.Position) {
				if p.Y >= top && p.Y+c.Size().Height <= bottom { // else it is cut off
					all(c, p)
				}
			}
		}
		for _, c := range test.WidgetRenderer(x).Objects() {
			texts(c, at, each)
		}
	}
}

func TestTextsStayInTheirPlace(t *testing.T) {
	for _, size := range []fyne.Size{{Width: leastWidth, Height: leastHeight}, {Width: windowWidth, Height: windowHeight}, {Width: 1600, Height: 1000}} {
		for name, v := range views() {
			t.Run(fmt.Sprintf("%s %v", name, size.Width), func(t *testing.T) {
				s, w := open(t, size)
				s.draw(v)
				if got := w.Canvas().Size(); got != size {
					t.Errorf("the window grew to %v", got)
				}
				n := 0
				texts(s, fyne.Position{}, func(c *canvas.Text, at fyne.Position) {
					n++
					if c.TextSize < 13 {
						t.Errorf("%q has size %v", c.Text, c.TextSize)
					}
					width := fyne.MeasureText(c.Text, c.TextSize, c.TextStyle).Width
					if width > c.Size().Width+1 {
						t.Errorf("%q is %v wide and has %v", c.Text, width, c.Size().Width)
					}
					if right := at.X + c.Size().Width; right > size.Width-10 {
						t.Errorf("%q reaches to %v", c.Text, right)
					}
				})
				if n < 4 {
					t.Errorf("only %d texts are shown", n)
				}
			})
		}
	}
}

// TestTextsDoNotOverlap looks for two texts in the same place on one page.
func TestTextsDoNotOverlap(t *testing.T) {
	type box struct {
		text       string
		x, y, w, h float32
	}
	for name, v := range views() {
		s, _ := open(t, fyne.NewSize(leastWidth, leastHeight))
		s.draw(v)
		var seen []box
		texts(s.scroll.Content, fyne.Position{}, func(c *canvas.Text, at fyne.Position) {
			if c.Text == "" {
				return
			}
			w := fyne.MeasureText(c.Text, c.TextSize, c.TextStyle)
			b := box{c.Text, at.X, at.Y, w.Width, w.Height}
			switch c.Alignment {
			case fyne.TextAlignCenter:
				b.x += (c.Size().Width - w.Width) / 2
			case fyne.TextAlignTrailing:
				b.x += c.Size().Width - w.Width
			}
			for _, o := range seen {
				if b.x+1 < o.x+o.w && o.x+1 < b.x+b.w && b.y+3 < o.y+o.h && o.y+3 < b.y+b.h {
					t.Errorf("%s: %q lies on %q", name, b.text, o.text)
				}
			}
			seen = append(seen, b)
		})
	}
}

func TestProgressIsSetInPlace(t *testing.T) {
	s, _ := open(t, fyne.NewSize(windowWidth, windowHeight))
	v := flow.View{Page: flow.Home, Home: flow.HomeView{Cards: []flow.Card{{
		Account: "Anna", State: flow.Exporting, Actions: []flow.Action{{Act: flow.ActStop, Verb: "Stop"}},
		Bars: []flow.Bar{{Name: "Photos", Right: "1 of 9", Part: .1, Step: export.Running}}}}}}
	s.draw(v)
	card := s.page.(*homePage).byName["Anna"]
	parts := card.all.Objects[1]
	next := v.Home.Cards[0]
	next.Bars = []flow.Bar{{Name: "Photos", Right: "9 of 9", Part: 1, Step: export.Finished}}
	v.Home.Cards = []flow.Card{next}
	s.draw(v)
	if s.page.(*homePage).byName["Anna"] != card || card.all.Objects[1] != parts {
		t.Error("the card was built anew for a new count")
	}
	if card.bars[0].right.value != "9 of 9" || !card.bars[0].done.Visible() || card.bars[0].bar.part != 1 {
		t.Errorf("the new count is not shown: %+v", card.bars[0])
	}
}

func TestKeyboard(t *testing.T) {
	s, w := open(t, fyne.NewSize(windowWidth, windowHeight))
	all := views()
	s.draw(all["sign-in"])
	page := s.page.(*signInPage)
	if w.Canvas().Focused() != page.fields[flow.AddressField].entry {
		t.Errorf("the first empty field has no focus: %T", w.Canvas().Focused())
	}
	order := []fyne.Focusable{page.fields[flow.UserField].entry, page.fields[flow.PasswordField].entry}
	for i, want := range order {
		test.FocusNext(w.Canvas())
		if w.Canvas().Focused() != want {
			t.Errorf("Tab %d goes to %T", i+1, w.Canvas().Focused())
		}
	}
	show := func() bool { return page.fields[flow.PasswordField].entry.Password }
	test.FocusNext(w.Canvas()) // Show
	if b, ok := w.Canvas().Focused().(*button); !ok || !show() {
		t.Errorf("the password is shown, or after it comes %T", w.Canvas().Focused())
	} else if b.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace}); show() || b.verb.value != "Hide" {
		t.Error("Show does not show the password")
	}
	s.draw(all["refused"])
	if f := page.fields[flow.PasswordField]; !f.bad || w.Canvas().Focused() != f.entry {
		t.Error("the refused field is not marked and focused")
	}

	s.draw(all["connect"])
	tiles := s.page.(*connectPage).tiles
	w.Canvas().Focus(tiles[0])
	tiles[0].TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if w.Canvas().Focused() != tiles[1] {
		t.Error("the arrow does not go to the next tile")
	}
	if !s.shortcut(&desktop.CustomShortcut{KeyName: fyne.Key1, Modifier: fyne.KeyModifierShortcutDefault}) ||
		s.shortcut(&desktop.CustomShortcut{KeyName: fyne.Key9, Modifier: fyne.KeyModifierShortcutDefault}) {
		t.Error("Ctrl+1 is taken, Ctrl+9 is not")
	}
}

func TestWhatTheKeyboardReachesIsScrolledIntoView(t *testing.T) {
	s, w := open(t, fyne.NewSize(leastWidth, leastHeight))
	s.draw(views()["sign-in"])
	page := s.page.(*signInPage)
	w.Canvas().Focus(page.send)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(page.send)
	if s.scroll.Offset.Y == 0 || at.Y < 0 || at.Y+page.send.Size().Height > leastHeight {
		t.Errorf("the button is at %v, offset %v", at, s.scroll.Offset)
	}
}

func TestWrap(t *testing.T) {
	open(t, fyne.NewSize(leastWidth, leastHeight))
	long := newText("one two three "+strings.Repeat("w", 80), body, colorText, wrap)
	var whole strings.Builder
	for _, line := range long.broken(100) {
		if long.measure(line) > 100 {
			t.Errorf("%q is wider than 100", line)
		}
		whole.WriteString(line)
	}
	if got := whole.String(); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(long.value, " ", "") {
		t.Errorf("letters were lost: %q", got)
	}
	short := newText("日本語とアクセント é "+strings.Repeat("長", 50), body, colorText, cut)
	if got := short.broken(90)[0]; !strings.HasSuffix(got, "…") || short.measure(got) > 90 {
		t.Errorf("cut to %q", got)
	}
}

func TestIconsAreThere(t *testing.T) {
	open(t, fyne.NewSize(leastWidth, leastHeight))
	names := []string{"mark", "empty", "home", "folder", "shield", "left", "plus", "out", "info", "check", "save", "pause", "close",
		"clock", "stop", "history", "down", "dots", "cloud", "server", "mail", "globe", "phone", "play", "people", "cal", "todo", "photo", "file"}
	for _, n := range names {
		if len(assets.Drawing(n)) == 0 {
			t.Errorf("no drawing %q", n)
		}
	}
	i := newIcon("shield", colorAcc, 20)
	r := test.WidgetRenderer(i).Objects()[0].(*canvas.Image).Resource
	if svg := string(r.Content()); strings.Contains(svg, inkOfIcons) || !strings.Contains(svg, hexOf(paint(colorAcc))) || !strings.Contains(svg, `stroke-width="1.417"`) {
		t.Errorf("the icon is not recoloured and scaled: %s", svg)
	}
}

func TestContrast(t *testing.T) {
	for name, p := range map[string]palette{"light": light, "dark": dark} {
		for _, c := range []struct {
			ink, on fyne.ThemeColorName
			least   float64
		}{
			{colorText, colorBG, 4.5}, {colorText, colorCard, 4.5}, {colorText, colorBtn, 4.5}, {colorText, colorHover, 4.5},
			{colorText2, colorBG, 4.5}, {colorText2, colorSide, 4.5}, {colorText2, colorCard, 4.5}, {colorText2, colorBtn, 4.5}, {colorText2, colorAmbS, 4.5},
			{colorAccT, colorBG, 4.5}, {colorAccT, colorAccS, 4.5}, {colorOn, colorAcc, 4.5}, {colorOn, colorAccH, 4.5}, {colorAmbT, colorBG, 4.5}, {colorAmbT, colorAccS, 4.5}, {colorText2, colorAccS, 4.5}, {colorCard, colorAmb, 4.5},
			{colorRed, colorCard, 4.5}, {colorRed, colorRedS, 4.5}, {colorAmbT, colorCard, 4.5}, {colorCard, colorRed, 4.5},
			{colorField, colorCard, 3}, {colorAcc, colorTrack, 3}, {colorAcc, colorBG, 3},
		} {
			if got := contrast(p[c.ink], p[c.on]); got < c.least {
				t.Errorf("%s: %s on %s has a contrast of %.2f", name, c.ink, c.on, got)
			}
		}
		for _, c := range initialColors {
			if got := contrast(p[c[1]], p[c[0]]); got < 4.5 {
				t.Errorf("%s: initials in %s have a contrast of %.2f", name, c[0], got)
			}
		}
	}
	l := newLook()
	if l.Color(theme.ColorNameShadow, theme.VariantLight) != color.Transparent {
		t.Error("there is a shadow")
	}
}

// contrast is that of WCAG 2.
func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func luminance(c color.NRGBA) float64 {
	f := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= .03928 {
			return s / 12.92
		}
		return math.Pow((s+.055)/1.055, 2.4)
	}
	return .2126*f(c.R) + .7152*f(c.G) + .0722*f(c.B)
}
