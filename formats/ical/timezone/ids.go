package timezone

import (
	"strings"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/syntax"
)

// ID is the name of a time zone that a TZID says.
func ID(l *contentline.Line) string {
	return strings.TrimSpace(contentline.Unescape(l.Text()))
}

// IDOf is the TZID of a VTIMEZONE, "" if it has none.
func IDOf(n *syntax.Node) string {
	if l := n.Find("TZID"); l != nil {
		return ID(l)
	}
	return ""
}

// Used collects the TZIDs of a component's properties.
func Used(n *syntax.Node, used map[string]bool) {
	for i := range n.Lines {
		if len(n.Lines[i].Params) == 0 {
			continue
		}
		if id := strings.TrimSpace(n.Lines[i].Param("TZID")); id != "" {
			used[id] = true
		}
	}
	for _, part := range n.Nodes {
		Used(part, used)
	}
}
