package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// navItem is an entry of the sidebar.
type navItem struct {
	press
	selected  bool
	box, mark *surface
	ring      *surface
	icon      *icon
	name      *text
	count     *text
	dot       *surface
	badge     *fyne.Container
	all       *fyne.Container
}

func newNavItem(iconName, name string, tapped func()) *navItem {
	n := &navItem{
		box: newSurface("", "", 8, 0), mark: newSurface("", "", 1.5, 0), ring: newSurface("", "", 8, 0),
		icon: newIcon(iconName, colorText2, 20), name: newText(name, body, colorText2, cut),
		count: centred(newText("", captionB, colorCard, cut)), dot: newSurface(colorAmb, "", 10, 0),
	}
	n.badge = sized(20, 20, stack(n.dot, n.count))
	n.badge.Hide()
	n.all = stack(n.box, n.ring,
		row(0, sized(3, 20, n.mark), newSpring()),
		inset(0, 12, 0, 12, row(12, n.icon, newGrow(n.name), n.badge)))
	n.begin(n, n.state, tapped)
	return n
}

func (n *navItem) state() {
	fill, ink, bar := fyne.ThemeColorName(""), colorText2, fyne.ThemeColorName("")
	switch {
	case n.selected:
		fill, ink, bar = colorAccS, colorAccT, colorAcc
	case n.hovered:
		fill = colorBtn
	}
	n.box.set(fill, "", 0)
	n.mark.set(bar, "", 0)
	n.icon.set(n.icon.name, ink)
	n.name.embolden(n.selected)
	n.name.paint(ink)
	if n.focused {
		n.ring.set("", colorAcc, 2)
	} else {
		n.ring.set("", "", 0)
	}
}

func (n *navItem) set(selected bool, waiting int) {
	n.selected = selected
	if count := itoa(waiting); count != n.count.value || n.badge.Visible() != (waiting > 0) {
		n.count.set(count)
		shown(n.badge, waiting > 0)
		n.all.Refresh()
	}
	n.state()
}

func (n *navItem) MinSize() fyne.Size                  { return fyne.NewSize(120, 40) }
func (n *navItem) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(n.all) }

// sidebar is the left edge: the mark, the pages, and how the archive stands.
type sidebar struct {
	home, history, restore, archive *navItem
	icon                            *icon
	title, line                     *text
	all                             *fyne.Container
}

func newSidebar(f *flow.Flow) *sidebar {
	s := &sidebar{
		home:    newNavItem("home", "Home", func() { f.Go(flow.Home) }),
		history: newNavItem("history", words.HistoryTitle, func() { f.Go(flow.History) }),
		restore: newNavItem("restore", words.RestoreTitle, func() { f.Go(flow.Restore) }),
		archive: newNavItem("folder", "Archive", func() { f.Go(flow.Archive) }),
		icon:    newIcon("shield", colorText2, 20),
		title:   newText("", captionB, colorText, cut), line: newText("", caption, colorText2, wrap),
	}
	logo := inset(0, 12, 0, 12, row(10, newArt("mark", fyne.NewSquareSize(28), 1), newText("Sidekeep", cardTitle, colorText, whole)))
	foot := inset(12, 12, 12, 12, topRow(10, sized(20, 20, s.icon), newGrow(column(0, s.title, s.line))))
	s.all = stack(newSurface(colorSide, "", 0, 0),
		inset(24, 12, 16, 12, column(0, logo, gap(24), s.home, gap(4), s.history, gap(4), s.restore, gap(4), s.archive, newSpring(), foot)))
	return s
}

func (s *sidebar) show(v flow.View) {
	restoring := v.Page == flow.Restore || v.Page == flow.Plan || v.Page == flow.Lines
	s.home.set(v.Page != flow.Archive && v.Page != flow.History && !restoring, v.Side.Waiting)
	s.restore.set(restoring, 0)
	dot := colorAmb
	if v.Side.WaitingTone == flow.Bad {
		dot = colorRed
	}
	s.home.dot.set(dot, "", 0)
	s.history.set(v.Page == flow.History, 0)
	s.archive.set(v.Page == flow.Archive, 0)
	s.title.set(v.Side.Title)
	s.line.set(v.Side.Line)
	ink := colorText2
	switch v.Side.Tone {
	case flow.Good:
		ink = colorAcc
	case flow.Bad:
		ink = colorRed
	}
	s.icon.set("shield", ink)
}
