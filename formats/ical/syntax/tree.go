// Package syntax takes iCalendar files apart into components and lines: leniently
// as a [Tree], whatever is wrong with the nesting, and strictly by a [Walker],
// which accepts nothing but one whole object. It knows no property.
package syntax

import (
	"fmt"
	"slices"
	"strings"

	"sidekeep/formats/contentline"
)

// A Node is one component as delivered: its own lines, and the components in
// it. It shares memory with what it was read from.
type Node struct {
	Name  string             // in upper case
	Lines []contentline.Line // without BEGIN, END and blank lines
	Nodes []*Node
	Raw   []byte // from BEGIN to END
	Line  int    // number of its first line
	Cut   bool   // it breaks off: its END is missing
	whole bool   // it has a BEGIN and an END
}

// A Finding is something in a file that no format allows, and that was read all the
// same.
type Finding struct {
	Line   int    // 0 if it is no single line
	Reason string // a clause without a full stop, for a person to read
}

// items are the components that never stand in one another.
var items = []string{"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY"}

// A Tree is a file taken apart, whatever is wrong with its nesting.
type Tree struct {
	Roots    []*Node // calendars, and components outside of any
	Findings []Finding
	open     []*Node
	from     []int // where the open nodes start
}

// maxDepth is the depth to which components are followed; deeper ones are lines
// of the one that they stand in.
const maxDepth = 16

// Parse takes raw apart. A missing END is put where the next item of the
// calendar begins or the one around it ends; a stray END is passed over.
func Parse(raw []byte) *Tree {
	t := &Tree{}
	at, deeper, last := 0, 0, 0
	for l := range contentline.Lines(raw) {
		mark, name := l.Marker()
		switch {
		case deeper > 0 && mark == contentline.Begin:
			deeper++
			t.add(l)
		case deeper > 0:
			if mark == contentline.End {
				deeper--
			}
			t.add(l)
		case mark == contentline.Begin && len(t.open) >= maxDepth:
			t.note(l.Number, "components are nested too deeply")
			deeper++
			t.add(l)
		case mark == contentline.Begin:
			t.begin(raw, &l, name, at)
		case mark == contentline.End:
			t.end(raw, &l, name, at)
		case !l.Blank():
			t.add(l)
		}
		if !l.Blank() {
			last = l.Number
		}
		at += len(l.Raw)
	}
	if n := len(t.open); n > 0 {
		t.note(last, fmt.Sprintf("it breaks off: no END:%s", ShownName(t.open[n-1].Name)))
		for _, n := range t.open {
			n.Cut = true
		}
		t.close(raw, 0, at)
	}
	return t
}

func (t *Tree) note(line int, reason string) {
	const most = 1000 // a file of nothing but oddities
	if len(t.Findings) < most {
		t.Findings = append(t.Findings, Finding{Line: line, Reason: reason})
	}
}

func (t *Tree) add(l contentline.Line) {
	if len(t.open) == 0 {
		t.note(l.Number, "text outside of a calendar")
		return
	}
	if l.Name == "" {
		t.note(l.Number, "a line that is no property")
	}
	n := t.open[len(t.open)-1]
	n.Lines = append(n.Lines, l)
}

// close ends the open nodes from depth on; what they hold ends at end.
func (t *Tree) close(raw []byte, depth, end int) {
	for i := len(t.open) - 1; i >= depth; i-- {
		t.open[i].Raw = raw[t.from[i]:end:end]
	}
	t.open, t.from = t.open[:depth], t.from[:depth]
}

func (t *Tree) begin(raw []byte, l *contentline.Line, name string, at int) {
	if name == VCalendar && len(t.open) > 0 {
		t.note(l.Number, "a calendar begins before the one before it has ended")
		t.close(raw, 0, at)
	}
	if slices.Contains(items, name) {
		for i, n := range t.open {
			if slices.Contains(items, n.Name) {
				t.note(l.Number, fmt.Sprintf("%s has no end before BEGIN:%s", ShownName(n.Name), ShownName(name)))
				t.close(raw, i, at)
				break
			}
		}
	}
	n := &Node{Name: name, Line: l.Number}
	if len(t.open) > 0 {
		parent := t.open[len(t.open)-1]
		parent.Nodes = append(parent.Nodes, n)
	} else {
		if name != VCalendar {
			t.note(l.Number, ShownName(name)+" stands outside of a calendar")
		}
		t.Roots = append(t.Roots, n)
	}
	t.open, t.from = append(t.open, n), append(t.from, at)
}

func (t *Tree) end(raw []byte, l *contentline.Line, name string, at int) {
	for i := len(t.open) - 1; i >= 0; i-- {
		if t.open[i].Name != name {
			continue
		}
		if i < len(t.open)-1 {
			t.note(l.Number, fmt.Sprintf("%s has no end before END:%s", ShownName(t.open[len(t.open)-1].Name), ShownName(name)))
			t.close(raw, i+1, at)
		}
		t.open[i].whole = true
		t.close(raw, i, at+len(l.Raw))
		return
	}
	t.note(l.Number, fmt.Sprintf("END:%s without a BEGIN before it", ShownName(name)))
}

// Find returns the first line of the name, nil if there is none.
func (n *Node) Find(name string) *contentline.Line {
	for i := range n.Lines {
		if n.Lines[i].Is(name) {
			return &n.Lines[i]
		}
	}
	return nil
}

// Text returns the text of the first line of the name, "" if there is none.
func (n *Node) Text(name string) string {
	if l := n.Find(name); l != nil {
		return TextOf(l)
	}
	return ""
}

func TextOf(l *contentline.Line) string {
	return strings.TrimSpace(contentline.Unescape(l.Text()))
}

// Complete tells whether the component and all in it have their ends.
func (n *Node) Complete() bool {
	return n.whole && !slices.ContainsFunc(n.Nodes, func(n *Node) bool { return !n.Complete() })
}

// Append writes the component, with the ends that are missing.
func (n *Node) Append(b []byte) []byte {
	if n.Complete() {
		return AppendPublished(b, n.Raw)
	}
	b = append(append(append(b, "BEGIN:"...), n.Name...), "\r\n"...)
	for i := range n.Lines {
		b = AppendPublished(b, n.Lines[i].Raw)
	}
	for _, part := range n.Nodes {
		b = part.Append(b)
	}
	return append(append(append(b, "END:"...), n.Name...), "\r\n"...)
}

func AppendPublished(b, raw []byte) []byte {
	out, err := contentline.Published(raw)
	if err != nil {
		return append(b, raw...)
	}
	return append(b, out...)
}
