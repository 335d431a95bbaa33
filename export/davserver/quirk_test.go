package davserver_test

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sidekeep/export/davserver"
)

func TestQuirksOfListings(t *testing.T) {
	s, c := serve(t, davserver.Options{})
	token, err := s.Token(friends)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(friends + "c2.vcf"); err != nil {
		t.Fatal(err)
	}
	play := func(tune davserver.Tune, q ...davserver.Quirk) { s.SetQuirks(tune, q...) }

	play(davserver.Tune{}, davserver.NoSyncToken)
	c.expect(http.StatusForbidden, "REPORT", friends, syncBody("", ""))
	if b := c.expect(http.StatusMultiStatus, "PROPFIND", friends, `<propfind xmlns="DAV:"><prop><sync-token/><supported-report-set/></prop></propfind>`, "Depth", "0").body; strings.Contains(b, "urn:x-sidekeep") || strings.Contains(b, "sync-collection") {
		t.Error(b)
	}
	play(davserver.Tune{}, davserver.TokenRefused)
	if r := c.expect(http.StatusForbidden, "REPORT", friends, syncBody(token, "")); !strings.Contains(r.body, "valid-sync-token") {
		t.Error(r.body)
	}
	c.expect(http.StatusMultiStatus, "REPORT", friends, syncBody("", ""))
	play(davserver.Tune{}, davserver.TokenBreaks)
	c.expect(http.StatusInternalServerError, "REPORT", friends, syncBody(token, ""))
	play(davserver.Tune{}, davserver.TokenIgnored)
	if got, want := c.listing("REPORT", friends, syncBody(token, "")).hrefs(), []string{friends + "c1.vcf", oddCard}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	play(davserver.Tune{Page: 1}, davserver.PagedSync)
	if got, want := c.listing("REPORT", friends, syncBody("", "")).hrefs(), []string{friends + "c1.vcf", friends + " 507"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	play(davserver.Tune{}, davserver.LimitIgnored)
	if got := c.listing("REPORT", friends, syncBody("", "<d:limit><d:nresults>1</d:nresults></d:limit>")).hrefs(); len(got) != 2 {
		t.Errorf("%q", got)
	}
	play(davserver.Tune{}, davserver.ListsItself)
	if m := c.listing("REPORT", friends, syncBody("", "")); m.Responses[0].Href != friends || m.Responses[0].Propstat[0].Prop.ETag == "" || len(m.Responses) != 3 {
		t.Errorf("%q", m.hrefs())
	}
	play(davserver.Tune{}, davserver.StatusBeside)
	if m := c.listing("REPORT", friends, syncBody("", "")); !strings.Contains(m.Responses[0].Status, "201") || m.Responses[0].Propstat[0].Prop.ETag == "" {
		t.Errorf("%+v", m)
	}
	play(davserver.Tune{Item: "c1.vcf"}, davserver.ItemVanishes)
	if got := c.listing("REPORT", friends, syncBody("", "")).hrefs(); !slices.Contains(got, friends+"c1.vcf") {
		t.Errorf("not listed: %q", got)
	}
	if got := c.listing("REPORT", friends, multigetBody(friends+"c1.vcf", oddCard)).hrefs(); !slices.Equal(got, []string{friends + "c1.vcf 404", oddCard}) {
		t.Errorf("%q", got)
	}
	c.expect(http.StatusNotFound, "GET", friends+"c1.vcf", "")
	play(davserver.Tune{})
	c.expect(http.StatusOK, "GET", friends+"c1.vcf", "")
}

func TestQuirksOfMarks(t *testing.T) {
	s, c := serve(t, davserver.Options{})
	tag := c.do("GET", friends+"c1.vcf", "").header.Get("ETag")
	for q, want := range map[davserver.Quirk][3]string{ // raw, parsed, header
		davserver.WeakETags:    {"<d:getetag>W/" + tag + "</d:getetag>", "W/" + tag, "W/" + tag},
		davserver.QuotedETags:  {"<d:getetag>&quot;" + strings.Trim(tag, `"`) + "&quot;</d:getetag>", tag, tag},
		davserver.BareETags:    {"<d:getetag>" + strings.Trim(tag, `"`) + "</d:getetag>", strings.Trim(tag, `"`), tag},
		davserver.MissingETags: {"<d:getetag/></d:prop><d:status>HTTP/1.1 404", "", ""},
	} {
		s.SetQuirks(davserver.Tune{}, q)
		for _, ask := range [][3]string{{"PROPFIND", listBody, "1"}, {"REPORT", syncBody("", ""), "0"}, {"REPORT", multigetBody(friends + "c1.vcf"), "0"}} {
			if r := c.do(ask[0], friends, ask[1], "Depth", ask[2]); !strings.Contains(r.body, want[0]) {
				t.Errorf("%s: %s has no %s:\n%s", q, ask[0], want[0], r.body)
			}
		}
		m := c.listing("REPORT", friends, multigetBody(friends+"c1.vcf"))
		if got := m.Responses[0].Propstat[0].Prop.ETag; got != want[1] {
			t.Errorf("%s: %q, want %q", q, got, want[1])
		}
		if got := c.do("GET", friends+"c1.vcf", "").header.Get("ETag"); got != want[2] {
			t.Errorf("%s: GET has %q, want %q", q, got, want[2])
		}
	}
	s.SetQuirks(davserver.Tune{}, davserver.WeakETags)
	c.expect(http.StatusNoContent, "DELETE", friends+"c1.vcf", "", "If-Match", "W/"+tag)
	s.SetQuirks(davserver.Tune{}, davserver.NoContentLength)
	if m := c.listing("PROPFIND", friends, listBody, "Depth", "1"); m.Responses[1].Propstat[0].Prop.Length != "" {
		t.Errorf("%+v", m)
	}
}

func TestQuirksOfHrefs(t *testing.T) {
	s, c := serve(t, davserver.Options{})
	for q, want := range map[davserver.Quirk]string{
		davserver.RelativeHrefs: "c%203%25%C3%BC.vcf",
		davserver.AbsoluteHrefs: c.url + oddCard,
		davserver.EncodedHrefs:  "/contacts/alice/Friends/c%203%25%c3%bc%2evcf",
	} {
		s.SetQuirks(davserver.Tune{}, q)
		for _, m := range []multistatus{c.listing("PROPFIND", friends, listBody, "Depth", "1"), c.listing("REPORT", friends, syncBody("", ""))} {
			if !slices.Contains(m.hrefs(), want) {
				t.Errorf("%s: %q has no %q", q, m.hrefs(), want)
			}
		}
		if q != davserver.RelativeHrefs {
			if m := c.listing("REPORT", friends, multigetBody(want)); m.Responses[0].Propstat == nil {
				t.Errorf("%s: not found by its own href", q)
			}
		}
	}
	s.SetQuirks(davserver.Tune{}, davserver.AbsoluteRefused)
	c.expect(http.StatusBadRequest, "REPORT", friends, multigetBody(c.url+oddCard))
	c.expect(http.StatusMultiStatus, "REPORT", friends, multigetBody(oddCard))
	s.SetQuirks(davserver.Tune{Target: "http://p01.example.org:81"}, davserver.HomeElsewhere)
	if b := c.do("PROPFIND", "/principals/alice/", `<propfind xmlns="DAV:"><prop><addressbook-home-set xmlns="urn:ietf:params:xml:ns:carddav"/></prop></propfind>`, "Depth", "0").body; !strings.Contains(b, "<d:href>http://p01.example.org:81/contacts/alice/</d:href>") {
		t.Error(b)
	}
}

func TestQuirksOfBodies(t *testing.T) {
	s, c := serve(t, davserver.Options{})
	crlf := c.do("GET", friends+"c1.vcf", "").body
	get := multigetBody(friends + "c1.vcf")
	s.SetQuirks(davserver.Tune{}, davserver.EscapesCR)
	if m := c.listing("REPORT", friends, get); m.Responses[0].Propstat[0].Prop.Card != crlf {
		t.Errorf("%q", m.Responses[0].Propstat[0].Prop.Card)
	}
	s.SetQuirks(davserver.Tune{}, davserver.LFInXML)
	if r := c.do("REPORT", friends, get); strings.Contains(r.body, "\r") || !strings.Contains(r.body, "BEGIN:VCARD\n") || !strings.Contains(r.body, fmt.Sprint(">", len(crlf), "<")) {
		t.Error(r.body)
	}
	odd := map[davserver.Quirk]string{davserver.RawControl: "form\ffeed", davserver.RawBytes: "bad \xff bytes"}
	for q, text := range odd {
		if _, err := s.Put(friends+"c1.vcf", []byte(strings.Replace(crlf, "FN:", "NOTE:"+text+"\r\nFN:", 1))); err != nil {
			t.Fatal(err)
		}
		s.SetQuirks(davserver.Tune{}, q)
		r := c.do("REPORT", friends, get)
		var m multistatus
		if err := xml.Unmarshal([]byte(r.body), &m); err == nil || !strings.Contains(r.body, text) {
			t.Errorf("%s: encoding/xml takes it (%v)\n%q", q, err, r.body)
		}
	}
	s.SetQuirks(davserver.Tune{}, davserver.Compressed)
	if r := c.do("REPORT", friends, syncBody("", ""), "Accept-Encoding", "gzip"); r.header.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(r.body, "\x1f\x8b") {
		t.Errorf("%v %q", r.header, r.body)
	}
	if m := c.listing("REPORT", friends, syncBody("", "")); len(m.Responses) != 3 { // net/http unpacks it
		t.Errorf("%+v", m)
	}
	s.SetQuirks(davserver.Tune{}, davserver.Entities)
	if r := c.do("REPORT", friends, get); !strings.Contains(r.body, "<!ENTITY file SYSTEM") || !strings.Contains(r.body, "&h;") {
		t.Error(r.body)
	}
	for q, valid := range map[davserver.Quirk]bool{davserver.Garbage: false, davserver.EndlessText: true} {
		s.SetQuirks(davserver.Tune{Garbage: 3_000_001}, q)
		r := c.do("REPORT", friends, get)
		if len(r.body) < 3_000_001 || len(r.body) > 3_000_200 || r.code != 207 {
			t.Errorf("%s: %d bytes, status %d", q, len(r.body), r.code)
		}
		dec, n := xml.NewDecoder(strings.NewReader(r.body)), 0
		var err error
		for err == nil {
			_, err = dec.Token()
			n++
		}
		if valid != (n > 3) {
			t.Errorf("%s: %d tokens, %v", q, n, err)
		}
		c.listing("REPORT", friends, syncBody("", "")) // once is enough
	}
}

// Each exchange that goes wrong does so as often as is set, where it is set.
func TestQuirksOfExchanges(t *testing.T) {
	s, c := serve(t, davserver.Options{})
	fetch := func() (reply, error) {
		return c.try("REPORT", friends, multigetBody(friends+"c1.vcf", friends+"c2.vcf"))
	}
	whole, err := fetch()
	if err != nil || whole.code != 207 {
		t.Fatal(err, whole.code)
	}
	broken := func(r reply, err error) bool {
		return err == nil && r.code == 207 && errors.Is(r.err, io.ErrUnexpectedEOF) && len(r.body) > 100 && strings.HasPrefix(whole.body, r.body)
	}
	for q, went := range map[davserver.Quirk]func(reply, error) bool{
		davserver.Dropped: broken,
		davserver.Short: func(r reply, err error) bool {
			return broken(r, err) && r.header.Get("Content-Length") == strconv.Itoa(len(whole.body))
		},
		davserver.Cut: func(r reply, err error) bool {
			return err == nil && r.err == nil && len(r.body) < len(whole.body) && len(r.body) > 100
		},
		davserver.SignInLost: func(r reply, err error) bool {
			return r.code == 401 && strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Basic")
		},
		davserver.TooMany: func(r reply, err error) bool {
			return r.code == 429 && r.header.Get("Retry-After") == "2"
		},
		davserver.Unavailable: func(r reply, err error) bool {
			at, perr := http.ParseTime(r.header.Get("Retry-After"))
			return r.code == 503 && perr == nil && time.Until(at) > 0 && time.Until(at) < 3*time.Second
		},
		davserver.Elsewhere: func(r reply, err error) bool {
			return r.code == 307 && r.header.Get("Location") == "http://elsewhere.example"+friends
		},
		davserver.RedirectLoop: func(r reply, err error) bool { return r.code == 307 && r.header.Get("Location") == friends+"?hop=1" },
	} {
		s.SetQuirks(davserver.Tune{After: 1, Times: 2, RetryAfter: 1500 * time.Millisecond, Target: "http://elsewhere.example/", On: []davserver.Step{davserver.Fetch}}, q)
		for i, bad := range []bool{false, true, true, false} {
			c.listing("REPORT", friends, syncBody("", "")) // another step
			r, err := fetch()
			if bad && !went(r, err) {
				t.Errorf("%s, request %d: %d, %v, %v\n%v\n%s", q, i, r.code, err, r.err, r.header, r.body)
			}
			if !bad && (err != nil || r.body != whole.body) {
				t.Errorf("%s, request %d should go well: %d, %v", q, i, r.code, err)
			}
		}
	}
	s.SetQuirks(davserver.Tune{Times: -1}, davserver.RedirectLoop)
	follow := &http.Client{Transport: c.http.Transport}
	req, err := http.NewRequest("GET", c.url+friends+"c1.vcf", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("alice", "secret")
	if _, err := follow.Do(req); err == nil || !strings.Contains(err.Error(), "stopped after 10 redirects") {
		t.Error(err)
	}
}

func TestQuirksOfItems(t *testing.T) {
	s, c := serve(t, davserver.Options{})
	s.SetQuirks(davserver.Tune{Item: "c2.vcf"}, davserver.MultigetBreaks)
	c.expect(500, "REPORT", friends, multigetBody(friends+"c1.vcf", friends+"c2.vcf"))
	c.expect(207, "REPORT", friends, multigetBody(friends+"c1.vcf", oddCard))
	c.expect(200, "GET", friends+"c2.vcf", "")
	s.SetQuirks(davserver.Tune{}, davserver.ItemBreaks) // the first by name: "c 3%ü.vcf"
	c.expect(500, "REPORT", friends, multigetBody(oddCard))
	c.expect(500, "GET", oddCard, "")
	c.expect(200, "GET", friends+"c2.vcf", "")
}

func TestQuirksOfConnections(t *testing.T) {
	s, c := serve(t, davserver.Options{})
	dials := 0
	tr := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		dials++
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}}
	defer tr.CloseIdleConnections()
	c.http = &http.Client{Transport: tr}
	ask := func(q ...davserver.Quirk) (failed int) {
		t.Helper()
		s.SetQuirks(davserver.Tune{}, q...)
		dials = 0
		for range 20 {
			r, err := c.try("REPORT", friends, syncBody("", ""))
			if err != nil {
				failed++
			} else if r.code != 207 || r.err != nil {
				t.Errorf("%v: %d, %v", q, r.code, r.err)
			}
		}
		return failed
	}
	if failed := ask(); failed != 0 || dials != 1 {
		t.Errorf("without a quirk: %d failed, %d connections", failed, dials)
	}
	if failed := ask(davserver.NewConnections); failed != 0 || dials < 19 {
		t.Errorf("%d failed, %d connections, want one per request", failed, dials)
	}
	// Whether a request meets the end of its connection is a race; that each
	// connection serves one answer only is not.
	failed := ask(davserver.IdleDropped)
	if dials+failed < 19 {
		t.Errorf("%d failed, %d connections, want one per answer", failed, dials)
	}
	t.Logf("%d of 20 requests failed on dropped connections", failed)
}
