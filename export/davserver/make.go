package davserver

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
)

// maxValue bounds the bytes of a property that a client sets.
const maxValue = 4 << 10

// make answers MKCALENDAR (RFC 4791 s5.3.1) and MKCOL, plain and extended
// (RFC 5689).
func (c *call) make() error {
	k := files
	set := c.body.child(nsDAV, "set").child(nsDAV, "prop")
	switch {
	case c.r.Method == "MKCALENDAR":
		k = cal
	case c.body == nil:
	case !c.body.is(nsDAV, "mkcol"):
		return refuse(http.StatusUnsupportedMediaType, "", "the body of a MKCOL is a DAV:mkcol")
	case set.child(nsDAV, "resourcetype").child(nsCard, "addressbook") != nil:
		k = book
	case set.child(nsDAV, "resourcetype").child(nsCal, "calendar") != nil:
		k = cal
	}
	var props Collection
	if set != nil {
		for _, p := range set.kids {
			if p.is(nsDAV, "resourcetype") {
				continue
			}
			if !apply(&props, k, p, true) {
				return refuse(http.StatusForbidden, "", "the property "+p.name.Local+" cannot be set here")
			}
		}
	}
	if c.play.has(NoTodos) && contains(props.Components, "VTODO") {
		return refuse(http.StatusForbidden, "cal:supported-calendar-component", "this server keeps no to-dos")
	}
	if c.play.has(NoJournals) && contains(props.Components, "VJOURNAL") {
		return refuse(http.StatusForbidden, "cal:supported-calendar-component", "this server keeps no journal entries")
	}
	if err := c.s.tree.make(c.seg, k, props, c.s.o.Now()); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusCreated)
	return nil
}

// apply sets a property of a collection of kind k; false if it cannot be set.
func apply(to *Collection, k kind, p *node, making bool) bool {
	v := p.value()
	if len(v) > maxValue {
		return false
	}
	switch p.name {
	case xml.Name{Space: nsDAV, Local: "displayname"}:
		to.Name = v
		return true
	case xml.Name{Space: nsCard, Local: "addressbook-description"}:
		to.Description = v
		return k == book
	case xml.Name{Space: nsCal, Local: "calendar-description"}:
		to.Description = v
		return k == cal
	case xml.Name{Space: nsApple, Local: "calendar-color"}:
		to.Color = v
		return k == cal
	case xml.Name{Space: nsApple, Local: "calendar-order"}:
		n, err := strconv.Atoi(v)
		to.Order = n
		return k == cal && (err == nil || v == "")
	case xml.Name{Space: nsCal, Local: "supported-calendar-component-set"}:
		to.Components = nil
		for _, comp := range p.kids {
			name := strings.ToUpper(comp.attribute("name"))
			if name != "VEVENT" && name != "VTODO" && name != "VJOURNAL" {
				return false
			}
			to.Components = append(to.Components, name)
		}
		return k == cal && making && len(to.Components) > 0
	case xml.Name{Space: nsCal, Local: "calendar-timezone"}:
		return k == cal && making // taken and not used: items bring their zones
	}
	return false
}

// proppatch answers PROPPATCH: all or nothing (RFC 4918 s9.2).
func (c *call) proppatch() error {
	if !c.body.is(nsDAV, "propertyupdate") {
		return refuse(http.StatusBadRequest, "", "the body of a PROPPATCH is a DAV:propertyupdate")
	}
	t := &c.s.tree
	t.mu.Lock()
	f, it, err := t.find(c.seg)
	if err != nil {
		t.mu.Unlock()
		return err
	}
	fixed := it != nil || f.kind < book
	props := f.props
	var good, bad []xml.Name
	for _, k := range c.body.kids {
		for _, prop := range k.kids {
			for _, p := range prop.kids {
				if k.is(nsDAV, "remove") {
					p = &node{name: p.name}
				}
				if !fixed && apply(&props, f.kind, p, false) {
					good = append(good, p.name)
				} else {
					bad = append(bad, p.name)
				}
			}
		}
	}
	if len(bad) == 0 && !fixed {
		f.props = props
	}
	snap := *f
	t.mu.Unlock()
	a := c.s.newAnswer(c.w, c.r, c.play)
	a.start()
	a.open(subject{&snap, it})
	if len(bad) == 0 {
		a.patched(good, http.StatusOK)
	} else {
		a.patched(good, http.StatusFailedDependency)
		a.patched(bad, http.StatusForbidden)
	}
	a.shut()
	a.finish("")
	return nil
}

// patched tells what became of a part of a PROPPATCH.
func (a *answer) patched(names []xml.Name, code int) {
	if len(names) == 0 {
		return
	}
	from := len(a.props)
	a.ask(names, false)
	a.b = append(a.b, "<d:propstat><d:prop>"...)
	for _, p := range a.props[from:] {
		a.b = append(a.b, p.none...)
	}
	a.b = append(a.b, "</d:prop><d:status>HTTP/1.1 "+strconv.Itoa(code)+" "+http.StatusText(code)+"</d:status>"...)
	if code == http.StatusForbidden {
		a.b = append(a.b, "<d:error><d:cannot-modify-protected-property/></d:error>"...)
	}
	a.b = append(a.b, "</d:propstat>"...)
}
