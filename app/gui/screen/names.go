package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"sidekeep/app/flow"
	"sidekeep/app/words"
)

// The rows of names before and after "Show all", and the columns of what is
// missing.
const (
	nameColumns = 3
	fewNames    = 3
	fewValues   = 5
	manyNames   = 10
)

// nameList is a card with the names of items, or with the values that were lost,
// each with what stands in its place.
type nameList struct {
	heading *text
	columns int // of names
	few     int // rows before all are shown
	names   *rows
	list    []flow.ItemName
	frame   *sizedBox
	more    *button
	rest    *text
	whole   bool
	all     *fyne.Container
}

// newNames makes a card of names. again draws the page that it is on.
func newNames(s *shell, few int, again func()) *nameList {
	l := &nameList{columns: nameColumns, few: few}
	if width := s.Size().Width; width > 0 && width < windowWidth-50 {
		l.columns--
	}
	return l.build(s, func() fyne.CanvasObject { return newNameRow(l.columns) }, nil, again)
}

// newValues makes a card of values.
func newValues(s *shell, few int, again func()) *nameList {
	head := func(s string) fyne.CanvasObject { return inset(0, 8, 0, 8, newText(s, caption, colorText2, cut)) }
	return (&nameList{columns: 1, few: few}).build(s, func() fyne.CanvasObject { return newValueRow() },
		[]fyne.CanvasObject{container.New(valueLine{}, gap(1), head(words.BeforeColumn), head(words.AfterColumn)), gap(4)}, again)
}

func (l *nameList) build(s *shell, create func() fyne.CanvasObject, head []fyne.CanvasObject, again func()) *nameList {
	l.heading, l.rest = newText("", cardTitle, colorText, wrap), newText("", caption, colorText2, cut)
	l.names = newRows(create, l.draw, func(int) {})
	l.frame = newInner(s, l.names)
	l.more = newButton(quiet, "", words.ShowAll(0), func() { l.whole = true; again(); s.relay() })
	parts := append([]fyne.CanvasObject{l.heading, gap(8)}, head...)
	parts = append(parts, l.frame, l.rest, inset(0, 0, 0, -12, row(4, l.more, newSpring())))
	l.all = column(0, stack(newSurface(colorCard, colorLine, 12, 1), inset(16, 24, 16, 24, column(0, parts...))), gap(16))
	return l
}

func (l *nameList) show(v flow.NameList, find string) {
	shown(l.all, v.Heading != "")
	l.heading.set(v.Heading)
	l.list = v.Names
	lines := (len(v.Names) + l.columns - 1) / l.columns
	most := l.few
	if l.whole {
		most = manyNames
	}
	if v.Some {
		most = lines
	}
	l.frame.height = max(float32(min(lines, most))*l.names.pitch(), 1)
	l.names.set(lines, -1)
	shown(l.more, !l.whole && lines > most)
	l.more.say(words.ShowAll(len(v.Names)))
	rest := v.Rest
	if find != "" && len(v.Names) == 0 {
		rest = words.NobodyFound
	}
	l.rest.set(rest)
	shown(l.rest, rest != "")
}

func (l *nameList) draw(i int, o fyne.CanvasObject, _ bool) {
	if r, ok := o.(*valueRow); ok {
		if i < len(l.list) {
			r.set(l.list[i])
		}
		return
	}
	r := o.(*nameRow)
	for c := range r.cells {
		at := i*l.columns + c
		shown(r.cells[c], at < len(l.list))
		if at < len(l.list) {
			n := l.list[at]
			r.faces[c].set(n.Name, n.Icon)
			r.names[c].set(n.Name)
			r.whens[c].set(n.When)
			shown(r.whens[c], n.When != "")
			r.cells[c].Refresh()
		}
	}
}

// nameRow is a row of a few names.
type nameRow struct {
	widget.BaseWidget
	faces        []*avatar
	names, whens []*text
	cells        []*fyne.Container
	all          *fyne.Container
}

func newNameRow(columns int) *nameRow {
	r := &nameRow{}
	objects := make([]fyne.CanvasObject, columns)
	for i := range columns {
		face, name, when := newAvatar(32), newText("", body, colorText, cut), newText("", caption, colorText2, cut)
		r.faces, r.names, r.whens = append(r.faces, face), append(r.names, name), append(r.whens, when)
		r.cells = append(r.cells, row(12, face.all, newGrow(column(0, name, when))))
		objects[i] = newGrow(r.cells[i])
	}
	r.all = row(16, objects...)
	r.ExtendBaseWidget(r)
	return r
}

func (r *nameRow) MinSize() fyne.Size                  { return fyne.NewSize(210, 40) }
func (r *nameRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.all) }

// valueRow is a value that an item has lost, beside what stands in its place.
type valueRow struct {
	widget.BaseWidget
	face        *avatar
	name, what  *text
	before, now *text
	was, is     *fyne.Container
	all         *fyne.Container
}

func newValueRow() *valueRow {
	r := &valueRow{
		face: newAvatar(32), name: newText("", body, colorText, cut), what: newText("", caption, colorText2, cut),
		before: newText("", body, colorText, cut), now: newText("", body, colorText, cut),
	}
	box := func(t *text, fill fyne.ThemeColorName) *fyne.Container {
		return inset(4, 0, 4, 0, stack(newSurface(fill, "", 6, 0), inset(5, 8, 5, 8, t)))
	}
	r.was, r.is = box(r.before, colorAccS), box(r.now, colorBtn)
	r.all = container.New(valueLine{}, row(12, r.face.all, newGrow(column(0, r.name, r.what))), r.was, r.is)
	r.ExtendBaseWidget(r)
	return r
}

func (r *valueRow) MinSize() fyne.Size                  { return fyne.NewSize(210, 40) }
func (r *valueRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.all) }

func (r *valueRow) set(n flow.ItemName) {
	r.face.set(n.Name, n.Icon)
	r.name.set(n.Name)
	what := words.Upper(n.What)
	if n.When != "" {
		what = n.When + " · " + what
	}
	r.what.set(what)
	r.before.set(n.Before)
	r.now.set(n.Now)
	shown(r.was, n.What != "")
	shown(r.is, n.What != "")
}

// valueLine puts a name before two values.
type valueLine struct{}

func (valueLine) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(210, max(o[0].MinSize().Height, o[1].MinSize().Height))
}

func (valueLine) Layout(o []fyne.CanvasObject, size fyne.Size) {
	const gap = 8
	name := size.Width * .36
	each := (size.Width - name - 2*gap) / 2
	for i, x := range []float32{0, name + gap, name + each + 2*gap} {
		width := each
		if i == 0 {
			width = name
		}
		o[i].Move(fyne.NewPos(x, 0))
		o[i].Resize(fyne.NewSize(width, size.Height))
	}
}
