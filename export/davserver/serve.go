package davserver

import (
	"encoding/xml"
	"net/http"
	"strings"
)

const methods = "OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, PROPPATCH, REPORT, MKCOL, MKCALENDAR"

// A call is one request on its way to an answer.
type call struct {
	s      *Server
	w      http.ResponseWriter
	r      *http.Request
	seg    []string // path
	body   *node    // of PROPFIND, REPORT and the like; nil if empty
	play   *played
	f      *folder // a copy of the folder at the path, or of the one that it is in
	it     *item   // at the path; nil if a folder is there
	chosen string  // name of the item that the quirks about one item are about
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	c := &call{s: s, w: w, r: r, play: s.playing()}
	if err := c.serve(); err != nil {
		writeRefusal(c.w, err)
	}
	if c.w != w {
		c.w.(*cutter).send(w)
	}
}

// serve answers c. What it returns has not been answered yet.
func (c *call) serve() error {
	var err error
	if c.seg, err = splitEscaped(c.r.URL.EscapedPath()); err != nil {
		return err
	}
	// RFC 6764 s5: without a sign-in, to the context path.
	if len(c.seg) == 2 && c.seg[0] == ".well-known" && (c.seg[1] == "carddav" || c.seg[1] == "caldav") {
		c.w.Header().Set("Cache-Control", "max-age=86400")
		c.w.Header().Set("Location", "/")
		c.w.WriteHeader(http.StatusMovedPermanently)
		return nil
	}
	c.w.Header().Set("DAV", "1, 3, addressbook, calendar-access, extended-mkcol")
	if !c.s.sign.allows(c.w, c.r) {
		return refuse(http.StatusUnauthorized, "", "sign in with the user name and password of this server")
	}
	switch c.r.Method {
	case "PROPFIND", "PROPPATCH", "REPORT", "MKCOL", "MKCALENDAR":
		if c.body, err = readXML(c.w, c.r); err != nil {
			return err
		}
		if p := c.body.child(nsDAV, "prop"); p != nil && len(p.kids) > maxProps {
			return refuse(http.StatusRequestEntityTooLarge, "", "the request names more properties than this server answers at once")
		}
	}
	f, it, findErr := c.find(c.seg)
	c.f, c.it = f, it
	step := c.step()
	if step == Listing {
		c.s.quirks.revert()
		c.f, c.it, findErr = c.find(c.seg)
	}
	if c.s.o.Trace != nil {
		c.s.o.Trace(c.r, step)
	}
	if done, err := c.disturb(step); done || err != nil {
		return err
	}
	if step == Change && c.play.has(LostAfter) && c.nth(LostAfter) {
		return c.unanswered(findErr)
	}
	return c.dispatch(findErr)
}

func (c *call) dispatch(findErr error) error {
	switch c.r.Method {
	case http.MethodOptions:
		c.w.Header().Set("Allow", methods)
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	case http.MethodPut:
		return c.put()
	case http.MethodDelete:
		return c.delete()
	case "MKCOL", "MKCALENDAR":
		return c.make()
	}
	if findErr != nil {
		return findErr
	}
	switch c.r.Method {
	case http.MethodGet, http.MethodHead:
		return c.get()
	case "PROPFIND":
		return c.propfind()
	case "PROPPATCH":
		return c.proppatch()
	case "REPORT":
		return c.report()
	}
	c.w.Header().Set("Allow", methods)
	return refuse(http.StatusMethodNotAllowed, "", "this server does not know the method")
}

// find returns the item at seg and a copy of the folder that it is in, or a
// copy of the folder at seg. What the copy says of itself does not change;
// its maps may only be read with the tree's lock held.
func (c *call) find(seg []string) (*folder, *item, error) {
	t := &c.s.tree
	t.mu.RLock()
	defer t.mu.RUnlock()
	f, it, err := t.find(seg)
	if err != nil {
		return nil, nil, err
	}
	snap := *f
	return &snap, it, nil
}

// items returns the items of the folder as they are now, together with the
// state that its copy then has.
func (c *call) items() []*item {
	t := &c.s.tree
	t.mu.RLock()
	defer t.mu.RUnlock()
	if f, it, err := t.find(c.seg); err == nil && it == nil {
		*c.f = *f
		return f.list()
	}
	return nil
}

func (c *call) folders() []*folder {
	t := &c.s.tree
	t.mu.RLock()
	defer t.mu.RUnlock()
	var all []*folder
	for _, f := range c.f.children() {
		snap := *f
		all = append(all, &snap)
	}
	return all
}

// step tells what the request is about.
func (c *call) step() Step {
	holds := c.f != nil && c.it == nil && (c.f.kind == book || c.f.kind == cal || c.f.kind == files)
	switch c.r.Method {
	case http.MethodGet, http.MethodHead:
		return Fetch
	case "PROPFIND":
		if holds && c.r.Header.Get("Depth") == "1" {
			return Listing
		}
	case "REPORT":
		if c.body != nil && (strings.HasSuffix(c.body.name.Local, "-multiget") || c.wantsData()) {
			return Fetch
		}
		return Listing
	case http.MethodPut, http.MethodDelete, "PROPPATCH", "MKCOL", "MKCALENDAR":
		return Change
	}
	return Discovery
}

// wantsData reports whether a report asks for the items' bytes.
func (c *call) wantsData() bool {
	p := c.body.child(nsDAV, "prop")
	return p.child(nsCard, "address-data") != nil || p.child(nsCal, "calendar-data") != nil
}

// names returns the properties that the request names.
func (c *call) names() []xml.Name {
	p := c.body.child(nsDAV, "prop")
	if p == nil {
		return nil
	}
	names := make([]xml.Name, len(p.kids))
	for i, k := range p.kids {
		names[i] = k.name
	}
	return names
}
