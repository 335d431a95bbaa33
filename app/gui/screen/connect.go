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

// connectPage shows the services to choose from.
type connectPage struct {
	s     *shell
	tiles []*tile
	all   *fyne.Container
}

const tileColumns = 3

func newConnectPage(s *shell, list []flow.Tile) *connectPage {
	c := &connectPage{s: s}
	grid := container.New(&gridLayout{gap: 16, columns: func(float32) int { return tileColumns }})
	for i, t := range list {
		x := newTile(t, func() { s.flow.Pick(t.ID) })
		x.arrow = func(dx, dy int) { c.move(i + dx + dy*tileColumns) }
		c.tiles = append(c.tiles, x)
		grid.Add(x)
	}
	c.all = column(0,
		header(s, "Connect a phone or service", "Where are your people, calendars and photos kept now?", 1),
		gap(24), grid, gap(32), newSpring(), note("shield", colorAcc, words.OnlyReads))
	return c
}

// move puts the focus on tile i, if there is one.
func (c *connectPage) move(i int) {
	if i >= 0 && i < len(c.tiles) {
		c.s.window.Canvas().Focus(c.tiles[i])
	}
}

func (c *connectPage) object() fyne.CanvasObject { return c.all }
func (c *connectPage) show(flow.View)            {}
func (c *connectPage) enter()                    {}
func (c *connectPage) first() fyne.Focusable     { return nil }
