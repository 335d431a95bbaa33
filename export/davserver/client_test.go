package davserver_test

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sidekeep/export/davserver"
)

// A client speaks to a server in plain HTTP.
type client struct {
	t    testing.TB
	url  string
	http *http.Client
}

type reply struct {
	code   int
	header http.Header
	body   string
	err    error // of reading the body
}

// serve starts a filled server for alice.
func serve(t testing.TB, o davserver.Options) (*davserver.Server, *client) {
	t.Helper()
	o.User, o.Password = "alice", "secret"
	s := davserver.New(o)
	fill(t, s)
	return s, connect(t, s)
}

func connect(t testing.TB, h http.Handler) *client {
	t.Helper()
	ts := httptest.NewServer(h)
	tr := &http.Transport{}
	t.Cleanup(func() { tr.CloseIdleConnections(); ts.Close() })
	return &client{t, ts.URL, &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// try sends a request with alice's password; header has names and values in
// turn.
func (c *client) try(method, path, body string, header ...string) (reply, error) {
	c.t.Helper()
	r, err := http.NewRequest(method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.SetBasicAuth("alice", "secret")
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Authorization" && header[i+1] == "" {
			r.Header.Del("Authorization")
			continue
		}
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(b), err}, nil
}

// do is try for an exchange that must not break.
func (c *client) do(method, path, body string, header ...string) reply {
	c.t.Helper()
	r, err := c.try(method, path, body, header...)
	if err == nil {
		err = r.err
	}
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// expect is do with the status that must come.
func (c *client) expect(code int, method, path, body string, header ...string) reply {
	c.t.Helper()
	r := c.do(method, path, body, header...)
	if r.code != code {
		c.t.Errorf("%s %s: %d, want %d\n%s", method, path, r.code, code, r.body)
	}
	return r
}

type multistatus struct {
	Responses []struct {
		Href     string `xml:"href"`
		Status   string `xml:"status"`
		Propstat []struct {
			Status string `xml:"status"`
			Prop   struct {
				Inner   string `xml:",innerxml"`
				ETag    string `xml:"DAV: getetag"`
				Length  string `xml:"DAV: getcontentlength"`
				Name    string `xml:"DAV: displayname"`
				Card    string `xml:"urn:ietf:params:xml:ns:carddav address-data"`
				Object  string `xml:"urn:ietf:params:xml:ns:caldav calendar-data"`
				Token   string `xml:"DAV: sync-token"`
				CTag    string `xml:"http://calendarserver.org/ns/ getctag"`
				Unknown string `xml:"urn:example unknown"`
			} `xml:"prop"`
		} `xml:"propstat"`
	} `xml:"response"`
	Token string `xml:"sync-token"`
}

// listing asks and parses the answer.
func (c *client) listing(method, path, body string, header ...string) multistatus {
	c.t.Helper()
	r := c.expect(http.StatusMultiStatus, method, path, body, header...)
	var m multistatus
	if err := xml.Unmarshal([]byte(r.body), &m); err != nil {
		c.t.Fatalf("%v\n%s", err, r.body)
	}
	return m
}

// hrefs are those of the responses with their overall status, if they have one.
func (m multistatus) hrefs() []string {
	var all []string
	for _, r := range m.Responses {
		h := r.Href
		if r.Status != "" {
			h += " " + strings.Fields(r.Status)[1]
		}
		all = append(all, h)
	}
	return all
}

const props = `<d:prop xmlns:c="urn:ietf:params:xml:ns:carddav" xmlns:cal="urn:ietf:params:xml:ns:caldav"><d:getetag/><d:getcontentlength/>`

func syncBody(token, more string) string {
	return `<?xml version="1.0"?><d:sync-collection xmlns:d="DAV:"><d:sync-token>` + token + `</d:sync-token><d:sync-level>1</d:sync-level>` + more + props + `</d:prop></d:sync-collection>`
}

func multigetBody(hrefs ...string) string {
	b := `<c:addressbook-multiget xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav">` + props + `<c:address-data/></d:prop>`
	for _, h := range hrefs {
		b += "<d:href>" + h + "</d:href>"
	}
	return b + `</c:addressbook-multiget>`
}

const listBody = `<d:propfind xmlns:d="DAV:">` + props + `</d:prop></d:propfind>`

const (
	friends = "/contacts/alice/Friends/"
	oddCard = "/contacts/alice/Friends/c%203%25%C3%BC.vcf"
)
