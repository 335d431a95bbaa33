package file

import (
	"bytes"
	"slices"
	"strings"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
)

// A component is one component of a calendar, or what is there of it.
type component struct {
	name  string // in upper case
	uid   string
	zones []string // the TZIDs that it uses; of a VTIMEZONE its own
	raw   []byte
	line  int // within the piece
}

// A calendar is a piece taken apart.
type calendar struct {
	head  []byte // BEGIN:VCALENDAR and its properties; empty if there is none
	end   []byte // END:VCALENDAR, empty if it is missing
	stray []byte // what stands outside
	zones []component
	items []component
	at    int // line of the first stray one
}

// split takes one VCALENDAR, or components that stand alone, apart by its
// lines. Whatever is broken, each byte of raw is in one of the parts.
func (c *calendar) split(raw []byte) {
	var open []string // within the component that is being read
	var now component
	from, at, inside := 0, 0, false
	finish := func(end int) {
		now.raw = raw[from:end:end]
		c.add(now)
		open = open[:0]
	}
	for l := range contentline.Lines(raw) {
		next := at + len(l.Raw)
		mark, name := l.Marker()
		if len(open) > 0 && cuts(open, mark, name) {
			finish(at)
		}
		switch {
		case len(open) > 0:
			if open = follow(open, mark, name); mark == contentline.None && len(open) == 1 {
				now.note(&l)
			} else if mark == contentline.None {
				now.zone(&l)
			}
			if len(open) == 0 {
				finish(next)
			}
		case mark == contentline.Begin && name == "VCALENDAR":
			c.head, inside = append(c.head, l.Raw...), true
		case mark == contentline.End && name == "VCALENDAR" && inside:
			c.end, inside = l.Raw, false
		case mark == contentline.Begin:
			from, now, open = at, component{name: name, line: l.Number}, append(open, name)
		case inside:
			c.head = append(c.head, l.Raw...)
		case l.Blank():
			c.end = append(slices.Clip(c.end), l.Raw...)
		default:
			if len(c.stray) == 0 {
				c.at = l.Number
			}
			c.stray = append(c.stray, l.Raw...)
		}
		at = next
	}
	if len(open) > 0 {
		finish(len(raw))
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

func (c *component) note(l *contentline.Line) {
	switch {
	case l.Is("UID") && c.uid == "":
		c.uid = strings.TrimSpace(contentline.Unescape(l.Text()))
	case l.Is("TZID") && c.name == "VTIMEZONE":
		c.zones = append(c.zones, strings.TrimSpace(contentline.Unescape(l.Text())))
	default:
		c.zone(l)
	}
}

func (c *component) zone(l *contentline.Line) {
	if len(l.Params) == 0 {
		return
	}
	if id := strings.TrimSpace(l.Param("TZID")); id != "" && !slices.Contains(c.zones, id) {
		c.zones = append(c.zones, id)
	}
}

func (c *calendar) add(now component) {
	if now.name == "VTIMEZONE" {
		c.zones = append(c.zones, now)
	} else {
		c.items = append(c.items, now)
	}
}

// An object is what belongs together: an event with its exceptions.
type object struct {
	uid, name string
	raw       []byte
	line      int    // within the piece
	parts     []part // where its lines come from; nil if they are those of the piece from line on
}

// A part is a run of lines of an object.
type part struct {
	at   int // its first line in the object
	from int // and in the piece; 0 if it is not there
}

// objects makes of a piece the calendar objects that it holds, by UID. One that
// is alone in its calendar stays as it is, byte for byte; of several, each gets
// the calendar's properties and the time zones that it uses. What belongs to
// none is an object of its own. An empty calendar has none.
func objects(raw []byte) []object {
	if text := plain(raw); len(text) < len(raw)/2+2 && len(text) > 1 { // UTF-16, which cannot be put together by lines
		if published, err := ical.Published(raw); err == nil {
			raw = published
		}
	}
	var c calendar
	c.split(raw)
	groups := c.groups()
	if len(groups) == 1 && len(c.stray) == 0 && len(c.head) > 0 && len(c.end) > 0 {
		return []object{{uid: groups[0][0].uid, name: groups[0][0].name, raw: raw, line: 1}}
	}
	var list []object
	for _, g := range groups {
		list = append(list, c.join(g))
	}
	if len(groups) == 0 && len(c.head) > 0 && len(c.end) == 0 {
		return []object{{raw: raw, line: 1}} // it breaks off before the first
	}
	if len(c.stray) > 0 {
		list = append(list, object{raw: c.stray, line: c.at})
	}
	return list
}

// groups puts components of one name and UID together, in the order of the
// first of each.
func (c *calendar) groups() [][]component {
	var list [][]component
	at := map[string]int{}
	for _, x := range c.items {
		key := x.name + "\x00" + x.uid
		i, ok := at[key]
		if !ok || x.uid == "" {
			i, list = len(list), append(list, nil)
			at[key] = i
		}
		list[i] = append(list[i], x)
	}
	return list
}

// join makes an object of the components of a group, with the calendar's lines
// and the time zones that it uses.
func (c *calendar) join(items []component) object {
	o := object{uid: items[0].uid, name: items[0].name, line: items[0].line}
	eol := "\r\n"
	if i := bytes.IndexByte(items[0].raw, '\n'); i == 0 || i > 0 && items[0].raw[i-1] != '\r' {
		eol = "\n"
	}
	lines := 1
	add := func(raw []byte, from int) {
		o.parts = append(o.parts, part{lines, from})
		o.raw = append(o.raw, raw...)
		lines += lineEnds(raw)
		if !bytes.HasSuffix(raw, []byte("\n")) && !bytes.HasSuffix(raw, []byte("\r")) {
			o.raw = append(o.raw, eol...)
			lines++
		}
	}
	if len(c.head) > 0 {
		add(c.head, 1)
	} else {
		add([]byte("BEGIN:VCALENDAR"+eol+"VERSION:2.0"+eol+"PRODID:-//Sidekeep//Sidekeep//EN"+eol), 0)
	}
	for _, z := range c.zones {
		used := slices.ContainsFunc(items, func(x component) bool {
			return slices.ContainsFunc(z.zones, func(id string) bool { return slices.Contains(x.zones, id) })
		})
		if used {
			add(z.raw, z.line)
		}
	}
	for _, x := range items {
		add(x.raw, x.line)
	}
	add([]byte("END:VCALENDAR"), 0)
	return o
}

// lineOf is the line of the piece from which the n-th line of the object comes;
// that of its beginning for one that comes from none.
func (o *object) lineOf(n int) int {
	if o.parts == nil {
		return o.line + n - 1
	}
	for i := len(o.parts) - 1; i >= 0; i-- {
		if p := o.parts[i]; n >= p.at {
			if p.from == 0 {
				break
			}
			return p.from + n - p.at
		}
	}
	return o.line
}
