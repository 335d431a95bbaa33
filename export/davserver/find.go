package davserver

import (
	"encoding/xml"
	"net/http"
	"sort"
)

// propfind answers a PROPFIND (RFC 4918 s9.1).
func (c *call) propfind() error {
	depth := c.r.Header.Get("Depth")
	if depth != "0" && depth != "1" && c.it == nil {
		return refuse(http.StatusForbidden, "d:propfind-finite-depth", "this server lists one level at a time: send Depth 0 or 1")
	}
	if c.body != nil && !c.body.is(nsDAV, "propfind") {
		return refuse(http.StatusBadRequest, "", "the body of a PROPFIND is a DAV:propfind")
	}
	a := c.s.newAnswer(c.w, c.r, c.play)
	switch {
	case c.body.child(nsDAV, "propname") != nil:
		a.ask(allNames(), false)
		a.names, a.minimal = true, true
	case c.body == nil || c.body.child(nsDAV, "allprop") != nil:
		names := append([]xml.Name(nil), allProps...)
		if more := c.body.child(nsDAV, "include"); more != nil {
			for _, k := range more.kids[:min(len(more.kids), maxProps)] {
				names = append(names, k.name)
			}
		}
		a.ask(names, false)
		a.minimal = true
	default:
		a.ask(c.names(), false)
	}
	if c.it != nil || depth == "0" {
		a.start()
		a.add(subject{c.f, c.it})
		a.finish("")
		return nil
	}
	items := c.items()
	a.start()
	a.add(subject{f: c.f})
	for _, f := range c.folders() {
		a.add(subject{f: f})
	}
	for _, it := range items {
		a.add(subject{c.f, it})
	}
	a.finish("")
	return nil
}

// allNames are the live properties in a fixed order.
func allNames() []xml.Name {
	var names []xml.Name
	for n := range properties {
		names = append(names, n)
	}
	sort.Slice(names, func(i, j int) bool {
		return names[i].Space+names[i].Local < names[j].Space+names[j].Local
	})
	return names
}
