package davserver

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// report answers a REPORT (RFC 3253 s3.6).
func (c *call) report() error {
	if c.play.has(ReportsBreak) {
		return refuse(http.StatusInternalServerError, "", "something broke")
	}
	holds := c.it == nil && (c.f.kind == book || c.f.kind == cal)
	if c.body != nil && holds {
		switch (xml.Name{Space: c.body.name.Space, Local: c.body.name.Local}) {
		case xml.Name{Space: nsDAV, Local: "sync-collection"}:
			if !c.play.has(NoSyncToken) {
				return c.sync()
			}
		case xml.Name{Space: nsCard, Local: "addressbook-multiget"}:
			if c.f.kind == book {
				return c.multiget()
			}
		case xml.Name{Space: nsCal, Local: "calendar-multiget"}:
			if c.f.kind == cal {
				return c.multiget()
			}
		case xml.Name{Space: nsCard, Local: "addressbook-query"}:
			if c.f.kind == book {
				return c.query()
			}
		case xml.Name{Space: nsCal, Local: "calendar-query"}:
			if c.f.kind == cal {
				return c.query()
			}
		}
	}
	return refuse(http.StatusForbidden, "d:supported-report", "this report is not among those of DAV:supported-report-set here")
}

// multiget answers addressbook-multiget (RFC 6352 s8.7) and calendar-multiget
// (RFC 4791 s7.9).
func (c *call) multiget() error {
	a := c.s.newAnswer(c.w, c.r, c.play)
	a.ask(c.names(), true)
	if c.body.child(nsDAV, "allprop") != nil {
		a.ask(allProps, false)
	}
	type wanted struct {
		path string
		it   *item
	}
	all := make([]wanted, 0, len(c.body.kids))
	for _, k := range c.body.kids {
		if !k.is(nsDAV, "href") {
			continue
		}
		if c.play.has(AbsoluteRefused) && strings.Contains(k.text, "://") {
			return refuse(http.StatusBadRequest, "", "an href of the request is no path")
		}
		want := wanted{}
		if seg, err := hrefSegments(k.text); err == nil {
			want.path = "/" + strings.Join(seg, "/")
			if f, it, err := c.find(seg); err == nil && it != nil && f.path == c.f.path && !c.vanished(it) {
				want.it = it
			}
		} else {
			return refuse(http.StatusBadRequest, "", "an href of the request is no path of this server")
		}
		if want.it != nil && c.breaks(want.it) {
			return refuse(http.StatusInternalServerError, "", "an item of this request cannot be read")
		}
		all = append(all, want)
	}
	a.start()
	for _, want := range all {
		if want.it == nil {
			a.status(want.path, http.StatusNotFound, "")
			continue
		}
		a.add(subject{c.f, want.it})
	}
	a.finish("")
	return nil
}

const tokenPrefix = "urn:x-sidekeep:sync:"

// token is the sync token of the collection's state after change n.
func (f *folder) token(n int) string {
	return fmt.Sprintf("%s%d-%016x", tokenPrefix, n, f.mark(n))
}

// since returns the change after which the client asks.
func (f *folder) since(token string) (int, error) {
	if token == "" {
		return 0, nil
	}
	number, _, _ := strings.Cut(strings.TrimPrefix(token, tokenPrefix), "-")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n > len(f.log) || token != f.token(n) {
		return 0, refuse(http.StatusForbidden, "d:valid-sync-token", "this sync token is none of this collection's")
	}
	return n, nil
}

// A delta is what changed in a collection after a token.
type delta struct {
	items []*item
	gone  []string // paths
	upto  int      // number of the last change that it holds
	more  bool
}

// sync answers sync-collection (RFC 6578 s3.2).
func (c *call) sync() error {
	if level := c.body.child(nsDAV, "sync-level"); level != nil && level.value() == "infinite" {
		return refuse(http.StatusForbidden, "d:sync-traversal-supported", "this server reports one level at a time")
	}
	token := c.body.child(nsDAV, "sync-token").value()
	if token != "" {
		switch {
		case c.play.has(TokenRefused):
			return refuse(http.StatusForbidden, "d:valid-sync-token", "this sync token is no longer known")
		case c.play.has(TokenBreaks):
			return refuse(http.StatusInternalServerError, "", "something went wrong")
		case c.play.has(TokenIgnored):
			token = ""
		}
	}
	limit := 0
	if n := c.body.child(nsDAV, "limit").child(nsDAV, "nresults"); n != nil && !c.play.has(LimitIgnored) {
		var err error
		if limit, err = strconv.Atoi(n.value()); err != nil || limit < 1 {
			return refuse(http.StatusBadRequest, "", "DAV:nresults is a number of at least 1")
		}
	}
	if c.play.has(PagedSync) && (limit == 0 || limit > c.play.tune.Page) {
		limit = c.play.tune.Page
	}
	d, err := c.delta(token, limit)
	if err != nil {
		return err
	}
	a := c.s.newAnswer(c.w, c.r, c.play)
	a.ask(c.names(), true)
	a.start()
	if c.play.has(StatusBeside) {
		a.beside = "<d:status>HTTP/1.1 201 Created</d:status>"
	}
	if c.play.has(ListsItself) {
		a.self(c.f)
	}
	for _, it := range d.items {
		a.add(subject{c.f, it})
	}
	for _, path := range d.gone {
		a.status(path, http.StatusNotFound, "")
	}
	if d.more {
		a.status(c.f.path, http.StatusInsufficientStorage, "d:number-of-matches-within-limits")
	}
	a.finish(c.f.token(d.upto))
	return nil
}

// delta gathers at most limit changes after token, all of them if limit is 0.
// A first listing leaves out what is gone (RFC 6578 s3.4).
func (c *call) delta(token string, limit int) (delta, error) {
	t := &c.s.tree
	t.mu.RLock()
	defer t.mu.RUnlock()
	var d delta
	f, _, err := t.find(c.seg)
	if err != nil {
		return d, err
	}
	*c.f = *f
	from, err := f.since(token)
	if err != nil {
		return d, err
	}
	for n := from + 1; n <= len(f.log); n++ {
		it, ok := f.current(n)
		if !ok || it == nil && token == "" {
			continue
		}
		if limit > 0 && len(d.items)+len(d.gone) == limit {
			d.more = true
			return d, nil
		}
		if it != nil {
			d.items = append(d.items, it)
		} else {
			d.gone = append(d.gone, f.path+f.log[n-1].name)
		}
		d.upto = n
	}
	d.upto = len(f.log)
	return d, nil
}

// self lists a collection as if it were a member of itself.
func (a *answer) self(f *folder) {
	a.open(subject{f: f})
	a.b = append(a.b, `<d:propstat><d:prop><d:getetag>"`...)
	a.b = strconv.AppendUint(a.b, f.mark(len(f.log)), 16)
	a.b = append(a.b, `"</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>`...)
	a.shut()
}
