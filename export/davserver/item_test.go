package davserver_test

import (
	"net/http"
	"strings"
	"testing"

	"sidekeep/export/davserver"
)

func TestGetInParts(t *testing.T) {
	_, c := serve(t, davserver.Options{})
	note := "/files/alice/DCIM/note.txt"
	whole := c.expect(http.StatusOK, "GET", note, "")
	tag := whole.header.Get("ETag")
	if whole.header.Get("Accept-Ranges") != "bytes" || whole.body != "0123456789" {
		t.Errorf("%+v", whole)
	}
	if r := c.expect(http.StatusPartialContent, "GET", note, "", "Range", "bytes=4-", "If-Range", tag); r.body != "456789" || r.header.Get("Content-Range") != "bytes 4-9/10" {
		t.Errorf("%+v", r)
	}
	if r := c.expect(http.StatusOK, "GET", note, "", "Range", "bytes=4-", "If-Range", `"other"`); r.body != "0123456789" {
		t.Errorf("%+v", r)
	}
	c.expect(http.StatusRequestedRangeNotSatisfiable, "GET", note, "", "Range", "bytes=10-")
	c.expect(http.StatusNotModified, "GET", note, "", "If-None-Match", tag)
	c.expect(http.StatusPreconditionFailed, "GET", note, "", "If-Match", `"other"`)
	if r := c.expect(http.StatusOK, "HEAD", note, ""); r.body != "" || r.header.Get("Content-Length") != "10" || r.header.Get("ETag") != tag {
		t.Errorf("%+v", r)
	}
	c.expect(http.StatusNotFound, "GET", "/files/alice/none", "")
	c.expect(http.StatusMethodNotAllowed, "GET", "/files/alice/DCIM/", "")
}

func TestConditions(t *testing.T) {
	_, c := serve(t, davserver.Options{})
	path, v := friends+"c1.vcf", []string{"Content-Type", "text/vcard; charset=utf-8"}
	put := func(code int, name string, cond ...string) reply {
		t.Helper()
		return c.expect(code, "PUT", path, card("c1", name), append(cond, v...)...)
	}
	old := c.do("GET", path, "").header.Get("ETag")
	put(http.StatusPreconditionFailed, "A", "If-None-Match", "*")
	put(http.StatusPreconditionFailed, "A", "If-Match", `"other"`)
	put(http.StatusPreconditionFailed, "A", "If-Match", "W/"+old) // RFC 9110 s13.1.1: strong
	r := put(http.StatusNoContent, "A", "If-Match", `"x", `+old)
	if r.header.Get("ETag") == old || r.header.Get("ETag") != c.do("GET", path, "").header.Get("ETag") {
		t.Errorf("ETag %s", r.header.Get("ETag"))
	}
	c.expect(http.StatusPreconditionFailed, "DELETE", path, "", "If-Match", old)
	c.expect(http.StatusNoContent, "DELETE", path, "", "If-Match", r.header.Get("ETag"))
	c.expect(http.StatusNotFound, "DELETE", path, "")
	put(http.StatusPreconditionFailed, "A", "If-Match", "*")
	put(http.StatusCreated, "A", "If-None-Match", "*")
}

func TestPutIsRefused(t *testing.T) {
	s, c := serve(t, davserver.Options{MaxItem: 1000, MaxFile: 2000})
	long := card("long", strings.Repeat("x", 1000))
	for _, bad := range []struct {
		code                    int
		path, typ, body, reason string
	}{
		{409, friends + "other.vcf", "text/vcard", card("c1", "Same UID"), "<card:no-uid-conflict><d:href>/contacts/alice/Friends/c1.vcf</d:href>"},
		{409, "/calendars/alice/Home/other.ics", "text/calendar", event("e1", "Same UID"), "<cal:no-uid-conflict>"},
		{413, friends + "long.vcf", "text/vcard", long, "<card:max-resource-size/>"},
		{413, "/files/alice/long", "", strings.Repeat("x", 2001), "2000"},
		{415, friends + "a.vcf", "application/json", card("a", "A"), "<card:supported-address-data/>"},
		{415, "/calendars/alice/Home/a.ics", "text/vcard", event("a", "A"), "<cal:supported-calendar-data/>"},
		{403, friends + "a.vcf", "text/vcard", "hello", "<card:valid-address-data/>"},
		{403, "/calendars/alice/Home/a.ics", "text/calendar", card("a", "A"), "<cal:valid-calendar-data/>"},
		{403, "/calendars/alice/Home/a.ics", "text/calendar", todo("a", "A"), "<cal:supported-calendar-component/>"},
		{409, "/contacts/alice/None/a.vcf", "text/vcard", card("a", "A"), ""},
		{409, friends + "c1.vcf/a.vcf", "text/vcard", card("a", "A"), ""},
		{403, "/contacts/alice/a.vcf", "text/vcard", card("a", "A"), ""},
		{403, "/a", "", "A", ""},
		{403, "/", "", "A", ""},
		{405, "/files/alice/DCIM", "", "A", ""},
		{405, "/files/alice/DCIM/", "", "A", ""},
		{400, "/files/alice/%2e%2e/x", "", "A", ""},
		{400, "/files/alice/a%2f..%2fx", "", "A", ""},
		{400, "/files/alice/a%00", "", "A", ""},
		{400, "/files/alice/a%5cb", "", "A", ""},
		{400, "/files/alice//a", "", "A", ""},
		{400, "/files/alice/%ff", "", "A", ""},
		{400, "/files/alice/" + strings.Repeat("n", 300), "", "A", ""},
		{400, "/files" + strings.Repeat("/a", 40), "", "A", ""},
	} {
		before := s.Requests()
		r := c.expect(bad.code, "PUT", bad.path, bad.body, "Content-Type", bad.typ)
		if !strings.Contains(r.body, bad.reason) {
			t.Errorf("%s %s: %s", bad.path, bad.typ, r.body)
		}
		if s.Requests() != before+1 {
			t.Errorf("%s: %d requests", bad.path, s.Requests()-before)
		}
	}
	if n := len(bodies(t, s, friends)) + len(bodies(t, s, "/calendars/alice/Home")) + len(bodies(t, s, "/files/alice")); n != 5 {
		t.Errorf("%d items, want the 5 from before", n)
	}
	c.expect(http.StatusBadRequest, "PUT", friends+"a.vcf", card("a", "A"), "Content-Type", "text/vcard", "Content-Range", "bytes 0-3/9")
	// Chunked, so that the length is not known before.
	r, err := http.NewRequest("PUT", c.url+friends+"long.vcf", struct{ *strings.Reader }{strings.NewReader(long)})
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth("alice", "secret")
	r.ContentLength = -1
	resp, err := c.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("chunked: %d", resp.StatusCode)
	}
}

func TestMakeAndPatch(t *testing.T) {
	s, c := serve(t, davserver.Options{})
	mkcol := func(typ string) string {
		return `<d:mkcol xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"><d:set><d:prop><d:resourcetype><d:collection/>` + typ + `</d:resourcetype><d:displayname>New</d:displayname></d:prop></d:set></d:mkcol>`
	}
	c.expect(201, "MKCOL", "/contacts/alice/New/", mkcol("<c:addressbook/>"))
	c.expect(405, "MKCOL", "/contacts/alice/New/", mkcol("<c:addressbook/>"))
	c.expect(403, "MKCOL", "/contacts/alice/Plain/", "")
	c.expect(403, "MKCOL", "/calendars/alice/Book/", mkcol("<c:addressbook/>"))
	c.expect(409, "MKCOL", "/contacts/alice/None/Deep/", mkcol("<c:addressbook/>"))
	c.expect(415, "MKCOL", "/files/alice/X/", "<x/>")
	c.expect(201, "MKCOL", "/files/alice/X/", "")
	c.expect(201, "PUT", "/files/alice/X/y", "bytes")
	c.expect(201, "MKCALENDAR", "/calendars/alice/New/", `<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop><d:displayname>Trips</d:displayname><c:supported-calendar-component-set><c:comp name="VTODO"/></c:supported-calendar-component-set></d:prop></d:set></c:mkcalendar>`)
	c.expect(201, "PUT", "/calendars/alice/New/t.ics", todo("t", "T"), "Content-Type", "text/calendar")
	c.expect(403, "PUT", "/calendars/alice/New/e.ics", event("e", "E"), "Content-Type", "text/calendar")

	patch := func(props string) string {
		return c.expect(207, "PROPPATCH", "/calendars/alice/New/", `<d:propertyupdate xmlns:d="DAV:" xmlns:i="http://apple.com/ns/ical/"><d:set><d:prop>`+props+`</d:prop></d:set></d:propertyupdate>`).body
	}
	if b := patch("<d:displayname>A &amp; B</d:displayname><d:getetag>x</d:getetag>"); !strings.Contains(b, "424") || !strings.Contains(b, "403") {
		t.Error(b)
	}
	name := func() string {
		return c.listing("PROPFIND", "/calendars/alice/New/", `<propfind xmlns="DAV:"><prop><displayname/></prop></propfind>`, "Depth", "0").Responses[0].Propstat[0].Prop.Name
	}
	if name() != "Trips" {
		t.Error("a refused PROPPATCH changed something")
	}
	if b := patch("<d:displayname>A &amp; B</d:displayname><i:calendar-color>#ff0000</i:calendar-color>"); !strings.Contains(b, "200 OK") || name() != "A & B" {
		t.Error(b)
	}
	c.expect(204, "DELETE", "/calendars/alice/New/", "")
	c.expect(404, "PROPFIND", "/calendars/alice/New/", "", "Depth", "0")
	for _, fixed := range []string{"/calendars/alice/", "/calendars/", "/", "/principals/alice/"} {
		c.expect(403, "DELETE", fixed, "")
	}
	if _, err := s.Items("/calendars/alice/Home"); err != nil {
		t.Error(err)
	}
}

func TestQueries(t *testing.T) {
	s, c := serve(t, davserver.Options{})
	weekly := strings.Replace(event("w", "Weekly"), "SUMMARY", "RRULE:FREQ=WEEKLY\r\nSUMMARY", 1)
	if _, err := s.Put("/calendars/alice/Home/w.ics", []byte(weekly)); err != nil {
		t.Fatal(err)
	}
	cal := func(filter string) int {
		t.Helper()
		return len(c.listing("REPORT", "/calendars/alice/Home/", `<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:getetag/></d:prop><c:filter><c:comp-filter name="VCALENDAR">`+filter+`</c:comp-filter></c:filter></c:calendar-query>`, "Depth", "1").Responses)
	}
	person := func(filter string) int {
		t.Helper()
		return len(c.listing("REPORT", friends, `<c:addressbook-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"><d:prop><d:getetag/></d:prop>`+filter+`</c:addressbook-query>`).Responses)
	}
	for _, q := range []struct {
		ask    func(string) int
		filter string
		want   int
	}{
		{cal, ``, 3},
		{cal, `<c:comp-filter name="VEVENT"/>`, 3},
		{cal, `<c:comp-filter name="VTODO"/>`, 0},
		{cal, `<c:comp-filter name="VTODO"><c:is-not-defined/></c:comp-filter>`, 3},
		{cal, `<c:comp-filter name="VEVENT"><c:time-range start="20260301T000000Z" end="20260302T000000Z"/></c:comp-filter>`, 3},
		{cal, `<c:comp-filter name="VEVENT"><c:time-range start="20260401T000000Z"/></c:comp-filter>`, 1},
		{cal, `<c:comp-filter name="VEVENT"><c:time-range end="20260101T000000Z"/></c:comp-filter>`, 0},
		{cal, `<c:comp-filter name="VEVENT"><c:prop-filter name="UID"><c:text-match collation="i;octet">e2</c:text-match></c:prop-filter></c:comp-filter>`, 1},
		{cal, `<c:comp-filter name="VEVENT"><c:prop-filter name="SUMMARY"><c:text-match>TEA</c:text-match></c:prop-filter></c:comp-filter>`, 2},
		{person, ``, 3},
		{person, `<c:filter><c:prop-filter name="FN"><c:text-match match-type="starts-with">zoë</c:text-match></c:prop-filter></c:filter>`, 1},
		{person, `<c:filter><c:prop-filter name="FN"><c:text-match match-type="equals" negate-condition="yes">anna example</c:text-match></c:prop-filter></c:filter>`, 2},
		{person, `<c:filter test="anyof"><c:prop-filter name="EMAIL"/><c:prop-filter name="UID"><c:text-match>c2</c:text-match></c:prop-filter></c:filter>`, 1},
		{person, `<c:filter test="allof"><c:prop-filter name="EMAIL"/><c:prop-filter name="UID"/></c:filter>`, 0},
		{person, `<c:filter><c:prop-filter name="EMAIL"><c:is-not-defined/></c:prop-filter></c:filter>`, 3},
	} {
		if got := q.ask(q.filter); got != q.want {
			t.Errorf("%s: %d, want %d", q.filter, got, q.want)
		}
	}
	r := c.expect(http.StatusForbidden, "REPORT", friends, `<c:addressbook-query xmlns:c="urn:ietf:params:xml:ns:carddav"><c:filter><c:odd/></c:filter></c:addressbook-query>`)
	if !strings.Contains(r.body, "supported-filter") {
		t.Error(r.body)
	}
}
