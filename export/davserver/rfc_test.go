package davserver_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"sidekeep/export/davserver"
)

func TestDiscovery(t *testing.T) {
	_, c := serve(t, davserver.Options{})
	for _, path := range []string{"/.well-known/carddav", "/.well-known/caldav"} {
		r := c.expect(http.StatusMovedPermanently, "PROPFIND", path, "", "Authorization", "")
		if r.header.Get("Location") != "/" {
			t.Errorf("%s leads to %q", path, r.header.Get("Location"))
		}
	}
	find := func(path, depth, props string) string {
		t.Helper()
		return c.expect(http.StatusMultiStatus, "PROPFIND", path, `<d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav" xmlns:cal="urn:ietf:params:xml:ns:caldav" xmlns:i="http://apple.com/ns/ical/"><d:prop>`+props+`</d:prop></d:propfind>`, "Depth", depth).body
	}
	for _, want := range []struct{ path, depth, props, has string }{
		{"/", "0", "<d:current-user-principal/>", "<d:current-user-principal><d:href>/principals/alice/</d:href>"},
		{"/principals/alice/", "0", "<c:addressbook-home-set/>", "<d:href>/contacts/alice/</d:href>"},
		{"/principals/alice/", "0", "<cal:calendar-home-set/>", "<d:href>/calendars/alice/</d:href>"},
		{"/contacts/alice/", "1", "<d:resourcetype/><d:displayname/>", "Friends &amp; family"},
		{"/contacts/alice/", "1", "<d:resourcetype/>", "<d:collection/><card:addressbook/>"},
		{"/contacts/alice/Friends", "0", "<c:supported-address-data/><c:max-resource-size/>", `version="3.0"`},
		{"/calendars/alice/", "1", "<d:resourcetype/>", "<cal:calendar/>"},
		{"/calendars/alice/", "1", "<cal:supported-calendar-component-set/>", `<cal:comp name="VTODO"/>`},
		{"/calendars/alice/Home/", "0", "<i:calendar-color/><i:calendar-order/>", "#0f766e"},
		{"/calendars/alice/Home/", "0", "<d:supported-report-set/>", "<d:sync-collection/>"},
		{"/calendars/alice/Home/", "0", "<d:current-user-privilege-set/>", "<d:write/>"},
		{"/files/alice/DCIM/", "1", "<d:resourcetype/><d:getcontenttype/>", "<d:href>/files/alice/DCIM/100/</d:href>"},
	} {
		if body := find(want.path, want.depth, want.props); !strings.Contains(body, want.has) {
			t.Errorf("%s of %s does not have %s:\n%s", want.props, want.path, want.has, body)
		}
	}
	r := c.expect(http.StatusNoContent, "OPTIONS", "/", "")
	if !strings.Contains(r.header.Get("DAV"), "calendar-access") {
		t.Errorf("DAV: %s", r.header.Get("DAV"))
	}
}

func TestPropfind(t *testing.T) {
	_, c := serve(t, davserver.Options{})
	r := c.expect(http.StatusForbidden, "PROPFIND", friends, listBody, "Depth", "infinity")
	if !strings.Contains(r.body, "<d:propfind-finite-depth/>") {
		t.Error(r.body)
	}
	c.expect(http.StatusForbidden, "PROPFIND", friends, listBody) // no Depth means infinity
	m := c.listing("PROPFIND", friends, listBody, "Depth", "1")
	if got, want := m.hrefs(), []string{friends, friends + "c1.vcf", friends + "c2.vcf", oddCard}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, p := range m.Responses[1:] {
		get := c.expect(http.StatusOK, "GET", p.Href, "")
		prop := p.Propstat[0].Prop
		if prop.ETag != get.header.Get("ETag") || prop.Length != fmt.Sprint(len(get.body)) || prop.Length != get.header.Get("Content-Length") {
			t.Errorf("%s: %q and %q, %s and %d bytes", p.Href, prop.ETag, get.header.Get("ETag"), prop.Length, len(get.body))
		}
	}
	m = c.listing("PROPFIND", friends, `<propfind xmlns="DAV:"><prop><displayname/><x:unknown xmlns:x="urn:example"/></prop></propfind>`, "Depth", "0")
	if ps := m.Responses[0].Propstat; len(ps) != 2 || ps[0].Prop.Name != "Friends & family" || !strings.Contains(ps[1].Status, "404") || !strings.Contains(ps[1].Prop.Inner, "unknown") {
		t.Errorf("%+v", ps)
	}
	m = c.listing("PROPFIND", friends, `<propfind xmlns="DAV:"><prop><displayname/><getetag/></prop></propfind>`, "Depth", "0", "Prefer", "return=minimal")
	if len(m.Responses[0].Propstat) != 1 {
		t.Errorf("%+v", m)
	}
	for _, body := range []string{"", `<propfind xmlns="DAV:"><allprop/></propfind>`, `<propfind xmlns="DAV:"><propname/></propfind>`} {
		m = c.listing("PROPFIND", friends+"c1.vcf", body, "Depth", "0")
		if !strings.Contains(m.Responses[0].Propstat[0].Prop.Inner, "getcontentlength") {
			t.Errorf("%q: %+v", body, m)
		}
	}
	for _, bad := range []string{"<propfind", "<!DOCTYPE x [<!ENTITY a \"b\">]><propfind xmlns=\"DAV:\"><allprop/></propfind>", "<wrong/>", strings.Repeat("<a>", 1000),
		`<propfind xmlns="DAV:"><prop>` + strings.Repeat("<a/>", 200) + `</prop></propfind>`, "<a>" + strings.Repeat("x<!---->", 210_000) + "</a>"} {
		if r := c.do("PROPFIND", friends, bad, "Depth", "0"); r.code/100 != 4 {
			t.Errorf("%.40q: %d", bad, r.code)
		}
	}
	c.expect(http.StatusRequestEntityTooLarge, "PROPFIND", friends, "<a>"+strings.Repeat("b", 9<<20)+"</a>", "Depth", "0")
}

func TestSyncHasTheHistory(t *testing.T) {
	s, c := serve(t, davserver.Options{})
	first := c.listing("REPORT", friends, syncBody("", ""), "Depth", "0")
	if len(first.Responses) != 3 || first.Token == "" {
		t.Fatalf("%+v", first)
	}
	step := func(name string, want ...string) {
		t.Helper()
		got := c.listing("REPORT", friends, syncBody(first.Token, ""), "Depth", "0").hrefs()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	step("nothing changed")
	c.expect(http.StatusCreated, "PUT", friends+"new.vcf", card("new", "New"), "Content-Type", "text/vcard")
	step("one is new", friends+"new.vcf")
	c.expect(http.StatusNoContent, "PUT", friends+"c1.vcf", card("c1", "Changed"), "Content-Type", "text/vcard")
	step("one is changed", friends+"new.vcf", friends+"c1.vcf")
	c.expect(http.StatusNoContent, "DELETE", friends+"new.vcf", "")
	c.expect(http.StatusNoContent, "DELETE", oddCard, "")
	step("two are gone", friends+"c1.vcf", friends+"new.vcf 404", oddCard+" 404")
	c.expect(http.StatusCreated, "PUT", friends+"new.vcf", card("new", "Again"), "Content-Type", "text/vcard")
	step("one is back", friends+"c1.vcf", friends+"new.vcf", oddCard+" 404")

	second := c.listing("REPORT", friends, syncBody("", ""), "Depth", "0")
	if got := second.hrefs(); slices.ContainsFunc(got, func(h string) bool { return strings.HasSuffix(h, "404") }) || len(got) != 3 {
		t.Errorf("a first listing names what is gone: %q", got)
	}
	token, err := s.Token(friends)
	if err != nil || token != second.Token {
		t.Errorf("%s, want %s (%v)", token, second.Token, err)
	}
	m := c.listing("PROPFIND", friends, `<propfind xmlns="DAV:"><prop><sync-token/><getctag xmlns="http://calendarserver.org/ns/"/></prop></propfind>`, "Depth", "0")
	if p := m.Responses[0].Propstat[0].Prop; p.Token != token || p.CTag == "" {
		t.Errorf("%+v", p)
	}
	home, err := s.Token("/calendars/alice/Home")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"made-up", "urn:x-sidekeep:sync:1-0000000000000000", "urn:x-sidekeep:sync:999-0", home} {
		r := c.expect(http.StatusForbidden, "REPORT", friends, syncBody(bad, ""))
		if !strings.Contains(r.body, "<d:valid-sync-token/>") {
			t.Error(r.body)
		}
	}
}

func TestSyncInPages(t *testing.T) {
	s, c := serve(t, davserver.Options{})
	for i := range 25 {
		if _, err := s.Put(fmt.Sprintf("%sp%02d.vcf", friends, i), []byte(card(fmt.Sprint("p", i), "P"))); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Remove(friends + "p03.vcf"); err != nil {
		t.Fatal(err)
	}
	seen, token := map[string]bool{}, ""
	for range 20 {
		m := c.listing("REPORT", friends, syncBody(token, "<d:limit><d:nresults>4</d:nresults></d:limit>"))
		more := false
		for _, h := range m.hrefs() {
			switch {
			case h == friends+" 507":
				more = true
			case strings.HasSuffix(h, " 404"):
				delete(seen, strings.TrimSuffix(h, " 404"))
			case seen[h]:
				t.Errorf("%s comes twice", h)
			default:
				seen[h] = true
			}
		}
		token = m.Token
		if !more {
			break
		}
		if len(m.Responses) != 5 {
			t.Errorf("%d responses on a page of 4", len(m.Responses))
		}
	}
	if len(seen) != 27 {
		t.Errorf("%d items, want 27", len(seen))
	}
	if m := c.listing("REPORT", friends, syncBody(token, "")); len(m.Responses) != 0 {
		t.Errorf("%q after the last page", m.hrefs())
	}
}

func TestMultigetAndLineEnds(t *testing.T) {
	_, c := serve(t, davserver.Options{})
	m := c.listing("REPORT", friends, multigetBody(friends+"c1.vcf", c.url+oddCard, friends+"none.vcf", "/calendars/alice/Home/e1.ics"))
	want := []string{friends + "c1.vcf", oddCard, friends + "none.vcf 404", "/calendars/alice/Home/e1.ics 404"}
	if got := m.hrefs(); !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
	crlf, lf := card("c1", "Zoë O'Neil & <Co>"), strings.ReplaceAll(card("c3", "Line Feed"), "\r\n", "\n")
	// XML reads CRLF as LF; the length tells that there was CRLF.
	if p := m.Responses[0].Propstat[0].Prop; p.Card != strings.ReplaceAll(crlf, "\r\n", "\n") || p.Length != fmt.Sprint(len(crlf)) {
		t.Errorf("%q", p.Card)
	}
	if p := m.Responses[1].Propstat[0].Prop; p.Card != lf || p.Length != fmt.Sprint(len(lf)) {
		t.Errorf("%q", p.Card)
	}
	if got := c.do("GET", friends+"c1.vcf", "").body; got != crlf {
		t.Errorf("%q", got)
	}
	if got := c.do("GET", oddCard, "").body; got != lf {
		t.Errorf("%q", got)
	}
	r := c.expect(http.StatusMultiStatus, "REPORT", "/calendars/alice/Home/", `<c:calendar-multiget xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><c:calendar-data/></d:prop><d:href>/calendars/alice/Home/e1.ics</d:href></c:calendar-multiget>`)
	if !strings.Contains(r.body, "SUMMARY:Tea\r\n") {
		t.Error(r.body)
	}
	c.expect(http.StatusForbidden, "REPORT", "/calendars/alice/Home/", multigetBody(friends+"c1.vcf"))
	c.expect(http.StatusForbidden, "REPORT", "/files/alice/DCIM/", syncBody("", ""))
}

// An item that XML cannot carry is left out of multiget, and served by GET.
func TestMultigetLeavesOutWhatXMLCannotCarry(t *testing.T) {
	s, c := serve(t, davserver.Options{})
	for name, note := range map[string]string{"ff.vcf": "form\ffeed", "bad.vcf": "bad \xff\xfe bytes"} {
		body := strings.Replace(card(name, "Odd"), "N:Odd", "NOTE:"+note+"\r\nN:Odd", 1)
		if _, err := s.Put(friends+name, []byte(body)); err != nil {
			t.Fatal(err)
		}
		m := c.listing("REPORT", friends, multigetBody(friends+name, friends+"c2.vcf"))
		if m.Responses[0].Propstat[0].Prop.Card != "" || m.Responses[1].Propstat[0].Prop.Card == "" {
			t.Errorf("%+v", m)
		}
		if got := c.do("GET", friends+name, "").body; got != body {
			t.Errorf("%q, want %q", got, body)
		}
	}
}
