package ical

import (
	"bytes"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/syntax"
	"sidekeep/formats/ical/timezone"
)

// A Piece is one calendar object of a file: an event with its exceptions, a
// to-do, a journal entry.
type Piece struct {
	Component string
	UID       string           // "" if it has none
	Raw       []byte           // a VCALENDAR of its own, with the time zones that it uses
	Findings  []syntax.Finding // of the whole file, with its first piece
	Err       error            // a [*contentline.Error]: Raw are bytes as delivered that are to be set aside
}

// Objects takes one VCALENDAR, or components that stand outside of one, apart
// into objects: what has the same UID is one. It reads what [View] reads, and
// each item of raw is in one piece. A calendar of one object without anything
// odd is yielded as delivered; otherwise a piece is in UTF-8 with CRLF line ends
// and has what the calendar says of itself but for its UID, the object's
// components byte for byte, and an END where one was missing. A whole calendar
// without components has no pieces. An item that breaks off is a piece
// with an error, and so is a file without any.
func Objects(raw []byte, yield func(Piece) bool) {
	t := syntax.Parse(raw)
	o := objects{index: map[string]int{}}
	for _, root := range t.Roots {
		if root.Name == syntax.VCalendar {
			o.head = append(o.head, root.Lines...)
			o.take(root.Nodes)
		} else {
			o.take([]*syntax.Node{root})
		}
	}
	switch {
	case len(o.groups) == 0 && len(bytes.TrimSpace(raw)) == 0:
		return
	case len(o.groups) == 0 && o.empty(t):
		return
	case len(o.groups) == 0:
		_, err := Read(raw)
		if err == nil {
			err = &contentline.Error{Reason: "there is no event, to-do or other component in it"}
		}
		yield(Piece{Raw: raw, Findings: t.Findings, Err: err})
		return
	case len(o.groups) == 1 && len(t.Findings) == 0:
		yield(Piece{Component: o.groups[0].nodes[0].Name, UID: o.groups[0].uid, Raw: raw})
		return
	}
	for i, g := range o.groups {
		p := o.piece(g)
		if i == 0 {
			p.Findings = t.Findings
		}
		if !yield(p) {
			return
		}
	}
}

// empty tells whether the file is a whole calendar in which nothing is, as a
// service exports one that nobody has used yet.
func (o *objects) empty(t *syntax.Tree) bool {
	return len(t.Findings) == 0 && len(t.Roots) > 0 && t.Roots[0].Name == syntax.VCalendar
}

// objects groups the components of a file.
type objects struct {
	head   []contentline.Line
	zones  []*syntax.Node
	groups []group
	index  map[string]int // by component and UID
}

type group struct {
	uid   string
	nodes []*syntax.Node
}

func (o *objects) take(nodes []*syntax.Node) {
	for _, n := range nodes {
		if n.Name == "VTIMEZONE" {
			o.zones = append(o.zones, n)
			continue
		}
		uid := n.Text("UID")
		key := n.Name + "\x00" + uid
		if i, have := o.index[key]; have && uid != "" && !n.Cut {
			o.groups[i].nodes = append(o.groups[i].nodes, n)
			continue
		}
		if uid != "" && !n.Cut {
			o.index[key] = len(o.groups)
		}
		o.groups = append(o.groups, group{uid, []*syntax.Node{n}})
	}
}

func (o *objects) piece(g group) Piece {
	first := g.nodes[0]
	p := Piece{Component: first.Name, UID: g.uid}
	if first.Cut {
		p.Raw = first.Raw
		p.Err = &contentline.Error{Line: first.Line, Reason: syntax.ShownName(first.Name) + " breaks off: its end is missing"}
		return p
	}
	b := []byte("BEGIN:VCALENDAR\r\n")
	version := false
	for i := range o.head {
		if o.head[i].Is("UID") { // of the calendar (RFC 7986 section 5.3), which readers take for the event's
			continue
		}
		b = syntax.AppendPublished(b, o.head[i].Raw)
		version = version || o.head[i].Is("VERSION")
	}
	if !version {
		b = append(b, "VERSION:2.0\r\n"...)
	}
	used := map[string]bool{}
	for _, n := range g.nodes {
		timezone.Used(n, used)
	}
	for _, z := range o.zones {
		if id := timezone.IDOf(z); used[id] && z.Complete() {
			delete(used, id) // of two of one name the first counts
			b = syntax.AppendPublished(b, z.Raw)
		}
	}
	for _, n := range g.nodes {
		b = n.Append(b)
	}
	p.Raw = append(b, "END:VCALENDAR\r\n"...)
	if len(p.Raw) > contentline.MaxObject {
		p.Raw, p.Err = bytes.Clone(p.Raw), contentline.TooLarge()
	}
	return p
}
