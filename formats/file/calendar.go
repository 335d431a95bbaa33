package file

import (
	"errors"
	"slices"
	"strings"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
	"sidekeep/formats/ical/syntax"
)

// A component is one component of a calendar.
type component struct {
	name string // in upper case
	uid  string
	line int // within the piece
}

// A calendar is what a piece has in it, and where.
type calendar struct {
	head  []byte                    // the calendar's own lines
	items []component               // without time zones
	of    map[[2]string][]component // the same by name and UID
	stray []byte                    // what stands outside of everything
	at    int                       // line of the first of it
}

// split finds the components of one VCALENDAR, or of those that stand alone, and
// what is outside of all.
func (c *calendar) split(raw []byte) {
	var open []string // within the component that is being read
	var now component
	inside := false
	for l := range contentline.Lines(raw) {
		mark, name := l.Marker()
		if len(open) > 0 && cuts(open, mark, name) {
			c.add(now)
			open = open[:0]
		}
		switch {
		case len(open) > 0:
			if open = follow(open, mark, name); mark == contentline.None && len(open) == 1 && l.Is("UID") && now.uid == "" {
				now.uid = strings.TrimSpace(contentline.Unescape(l.Text()))
			}
			if len(open) == 0 {
				c.add(now)
			}
		case name == "VCALENDAR":
			if inside = mark == contentline.Begin; inside {
				c.head = append(c.head, l.Raw...)
			}
		case mark == contentline.Begin:
			now, open = component{name: name, line: l.Number}, append(open, name)
		case inside:
			c.head = append(c.head, l.Raw...)
		case l.Blank():
		default:
			if len(c.stray) == 0 {
				c.at = l.Number
			}
			c.stray = append(c.stray, l.Raw...)
		}
	}
	if len(open) > 0 {
		c.add(now)
	}
}

// cuts tells whether a mark shows that the open component has no end: the
// calendar ends, or another event or to-do begins.
func cuts(open []string, mark contentline.Mark, name string) bool {
	switch {
	case mark == contentline.End:
		return name == "VCALENDAR"
	case mark == contentline.Begin:
		return name == "VCALENDAR" || slices.Contains([]string{"VEVENT", "VTODO", "VJOURNAL", "VTIMEZONE"}, name) &&
			slices.Contains([]string{"VEVENT", "VTODO", "VJOURNAL"}, open[0])
	}
	return false
}

// follow keeps the names of the open components. One that has no end of its own
// ends with the one around it.
func follow(open []string, mark contentline.Mark, name string) []string {
	switch mark {
	case contentline.Begin:
		return append(open, name)
	case contentline.End:
		for i := len(open) - 1; i >= 0; i-- {
			if open[i] == name {
				return open[:i]
			}
		}
	}
	return open
}

func (c *calendar) add(now component) {
	if now.name == "VTIMEZONE" {
		return
	}
	c.items = append(c.items, now)
	if c.of == nil {
		c.of = map[[2]string][]component{}
	}
	key := [2]string{now.name, now.uid}
	c.of[key] = append(c.of[key], now)
}

// take removes the components of an object and returns them: those of its name
// and UID, or the first without a UID.
func (c *calendar) take(name, uid string) []component {
	key := [2]string{name, uid}
	taken := c.of[key]
	if uid == "" && len(taken) > 1 {
		taken, c.of[key] = taken[:1], taken[1:]
	} else {
		delete(c.of, key)
	}
	return taken
}

// An object is what belongs together: an event with its exceptions.
type object struct {
	uid, name string
	raw       []byte
	line      int       // within the piece
	err       error     // why it is to be set aside
	odd       []Finding // lines within the piece
	parts     []part    // where its lines come from; nil if they are those of the piece from line on
}

// A part is a run of lines of an object.
type part struct {
	at   int // its first line in the object
	from int // and in the piece
}

// objects makes of a piece the calendar objects that it holds, as
// [ical.Objects] does, with their lines. Text outside of the calendar is an
// object of its own, so that it is not lost where the calendar is taken apart.
func objects(raw []byte) []object {
	var list []object
	var c calendar
	c.split(raw)
	whole := false
	var odd []syntax.Finding
	for p := range seq(raw) {
		o := object{uid: p.UID, name: p.Component, raw: p.Raw, line: 1, err: p.Err}
		odd = append(odd, p.Findings...)
		switch {
		case same(p.Raw, raw):
			whole = true
		case p.Err != nil: // what breaks off, as the calendar has it
			o.raw = append(slices.Clip(c.head), p.Raw...)
			o.place(nil)
		default:
			o.place(c.take(p.Component, p.UID))
		}
		list = append(list, o)
	}
	assign(list, odd)
	if len(list) == 1 && list[0].err != nil { // with all that is around it
		list[0].raw = raw
		return list
	}
	if len(c.stray) > 0 && !whole {
		list = append(list, object{raw: c.stray, line: c.at, err: &contentline.Error{Line: c.at, Reason: "text outside of the calendar"}})
	}
	return list
}

// assign gives what is odd in a piece to the object that it stands in, or after.
func assign(list []object, odd []syntax.Finding) {
	if len(list) == 0 || len(odd) == 0 {
		return
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return list[a].line - list[b].line })
	for _, x := range odd {
		i, _ := slices.BinarySearchFunc(order, x.Line+1, func(i, line int) int { return list[i].line - line })
		at := order[max(i-1, 0)]
		list[at].odd = append(list[at].odd, Finding(x))
	}
}

func seq(raw []byte) func(yield func(ical.Piece) bool) {
	return func(yield func(ical.Piece) bool) { ical.Objects(raw, yield) }
}

func same(a, b []byte) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

// place tells where the components of an object stand in the piece.
func (o *object) place(from []component) {
	var why *contentline.Error
	if errors.As(o.err, &why) && why.Line > 0 {
		o.line = why.Line
		return
	}
	if len(from) == 0 {
		return
	}
	o.line = from[0].line
	var c calendar
	c.split(o.raw)
	for i, x := range c.items[:min(len(c.items), len(from))] {
		o.parts = append(o.parts, part{x.line, from[i].line})
	}
}

// lineOf is the line of the piece from which the n-th line of the object comes;
// that of its beginning for one that comes from none.
func (o *object) lineOf(n int) int {
	if o.parts == nil {
		return o.line + n - 1
	}
	for _, p := range slices.Backward(o.parts) {
		if n >= p.at {
			return p.from + n - p.at
		}
	}
	return o.line
}
