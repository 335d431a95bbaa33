package davserver

import (
	"encoding/xml"
	"net/http"
	"sort"
	"strings"
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
	if done, err := c.overAsked(); done || err != nil {
		return err
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
	if c.play.has(OddMembers) && c.f.kind == home && strings.HasPrefix(c.f.path, "/calendars/") {
		a.b = append(a.b, strings.ReplaceAll(oddMembers, "HOME", c.f.path)...)
	}
	for _, it := range items {
		a.add(subject{c.f, it})
	}
	a.finish("")
	return nil
}

// overAsked plays the quirks about a property that is asked for.
func (c *call) overAsked() (done bool, err error) {
	named := false
	for _, n := range c.names() {
		named = named || n.Local == c.play.tune.Property
	}
	switch {
	case named && c.play.has(PropertyBreaks):
		return true, refuse(http.StatusInternalServerError, "", "something broke")
	case named && c.play.has(PropertyRefused):
		status := c.play.tune.Status
		if status == 0 {
			status = http.StatusBadRequest
		}
		return true, refuse(status, "", "the question is not understood")
	case named && c.play.has(ListingCut):
		c.w.Header().Set("Content-Type", xmlType)
		c.w.WriteHeader(http.StatusMultiStatus)
		_, err := c.w.Write([]byte(xmlHead + `<d:multistatus xmlns:d="DAV:"><d:response><d:href>` + "<br />\nFatal error: out of memory & more"))
		return true, err
	}
	return false, nil
}

// oddMembers is what stands in the home of the calendars with [OddMembers].
const oddMembers = `<d:response><d:href>HOMEinbox/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><cal:schedule-inbox/></d:resourcetype><d:displayname>Inbox</d:displayname></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
<d:response><d:href>HOMEoutbox/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><cal:schedule-outbox/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
<d:response><d:href>HOMEnotifications/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><cs:notification/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
<d:response><d:href>HOMEholidays/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><cs:subscribed/></d:resourcetype><d:displayname>Holidays</d:displayname></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
<d:response><d:href>HOMEtrash/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><n:trash-bin xmlns:n="http://nextcloud.com/ns"/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
<d:response><d:href>HOMEfolder/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
<d:response><d:href>HOMEsecret/</d:href><d:status>HTTP/1.1 403 Forbidden</d:status></d:response>
<d:response><d:href>HOMElost/</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>
`

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
