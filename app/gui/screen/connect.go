package screen

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// header is the top of a step: back, title, one line, and which step it is.
func header(s *shell, title, line string, step int) fyne.CanvasObject {
	back := newButton(secondary, "left", "", s.flow.Back)
	parts := []fyne.CanvasObject{
		sized(36, 36, back),
		newGrow(column(0, newText(title, pageTitle, colorText, wrap), newText(line, body, colorText2, wrap))),
	}
	if step > 0 {
		parts = append(parts, sized(0, 34, newText(fmt.Sprintf("Step %d of 3", step), caption, colorText2, whole)))
	}
	return topRow(12, parts...)
}

// connectPage shows what can be connected: services, a folder, the demo phone.
type connectPage struct {
	s       *shell
	tiles   []*tile
	grid    *gridLayout
	busy    *text
	refused *fyne.Container
	told    *words.Words
	all     *fyne.Container
}

// tileColumns are the columns of tiles in a page of that width.
func tileColumns(width float32) int { return min(max(int(width/210), 2), 4) }

func newConnectPage(s *shell, list []flow.Tile) *connectPage {
	c := &connectPage{s: s, grid: &gridLayout{gap: 16, columns: tileColumns}, busy: newText("", body, colorText2, wrap), refused: column(0)}
	grid := container.New(c.grid)
	for i, t := range list {
		x := newTile(t, func() { c.pick(t) })
		x.arrow = func(dx, dy int) { c.move(i + dx + dy*tileColumns(grid.Size().Width)) }
		c.tiles = append(c.tiles, x)
		grid.Add(x)
	}
	c.all = column(0,
		header(s, "Connect a phone or service", "Where are your people, calendars and photos kept now?", 1),
		gap(24), c.refused, grid, gap(16), c.busy, gap(16), newSpring(), note("shield", colorAcc, words.OnlyReads))
	return c
}

func (c *connectPage) pick(t flow.Tile) {
	if t.Folder {
		c.s.askFolder(words.ConnectFolder, words.ConnectThis, func(dir string) { c.s.flow.ConnectFolder(t.ID, dir) })
		return
	}
	c.s.flow.Pick(t.ID)
}

// move puts the focus on tile i, if there is one.
func (c *connectPage) move(i int) {
	if i >= 0 && i < len(c.tiles) {
		c.s.window.Canvas().Focus(c.tiles[i])
	}
}

func (c *connectPage) object() fyne.CanvasObject { return c.all }
func (c *connectPage) enter()                    {}
func (c *connectPage) first() fyne.Focusable     { return nil }

func (c *connectPage) show(v flow.View) {
	if v.Page != flow.Connect {
		return
	}
	c.busy.set(v.Connect.Busy)
	shown(c.busy, v.Connect.Busy != "")
	if p := v.Connect.Problem; p != c.told {
		c.told, c.refused.Objects = p, nil
		if p != nil {
			c.refused.Objects = []fyne.CanvasObject{refusalCard(*p), gap(16)}
		}
	}
	c.all.Refresh()
}
