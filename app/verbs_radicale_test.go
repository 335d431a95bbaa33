package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"sidekeep/export/sourcetest"

	"github.com/rogpeppe/go-internal/testscript"
)

// radicale starts a real Radicale and fills it by the means of its protocol:
// 30 people, 20 events and 5 to-dos, with names that are not plain ASCII.
func (s *servers) radicale(ts *testscript.TestScript, name string) {
	server := sourcetest.Radicale(s.t)
	ts.Setenv(name, server.URL)
	ts.Setenv(name+"_DIR", server.Dir)
	put := func(method, path, contentType, body string) {
		r, err := http.NewRequest(method, server.URL+path, strings.NewReader(body))
		ts.Check(err)
		r.SetBasicAuth(server.User, server.Password)
		r.Header.Set("Content-Type", contentType)
		resp, err := http.DefaultClient.Do(r)
		ts.Check(err)
		text, err := io.ReadAll(resp.Body)
		ts.Check(err)
		ts.Check(resp.Body.Close())
		if resp.StatusCode >= 300 {
			ts.Fatalf("%s %s: %s\n%s", method, path, resp.Status, text)
		}
	}
	const collection = `<?xml version="1.0" encoding="utf-8"?><D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"` +
		` xmlns:A="urn:ietf:params:xml:ns:carddav"><D:set><D:prop><D:resourcetype><D:collection/>%s</D:resourcetype>` +
		`<D:displayname>%s</D:displayname>%s</D:prop></D:set></D:mkcol>`
	const xml = "application/xml; charset=utf-8"
	put("MKCOL", "alice/people/", xml, fmt.Sprintf(collection, "<A:addressbook/>", "Freunde &amp; Familie", ""))
	for component, path := range map[string]string{"VEVENT": "dates", "VTODO": "tasks"} {
		set := `<C:supported-calendar-component-set><C:comp name="` + component + `"/></C:supported-calendar-component-set>`
		put("MKCOL", "alice/"+path+"/", xml, fmt.Sprintf(collection, "<C:calendar/>", "Übersicht / "+path, set))
	}
	for i := range 30 {
		put("PUT", fmt.Sprintf("alice/people/%s.vcf", url.PathEscape(fmt.Sprintf("möwe %d", i))), "text/vcard; charset=utf-8", fmt.Sprintf(
			"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:p%d\r\nN:Möwe;Jördis %d;;;\r\nFN:Jördis %d Möwe 🐦\r\nEND:VCARD\r\n", i, i, i))
	}
	for i := range 20 {
		put("PUT", fmt.Sprintf("alice/dates/e%d.ics", i), "text/calendar; charset=utf-8", fmt.Sprintf(
			"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\nUID:e%d\r\nDTSTAMP:20260101T000000Z\r\n"+
				"DTSTART:202601%02dT120000Z\r\nSUMMARY:Café %d\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", i, i+1, i))
	}
	for i := range 5 {
		put("PUT", fmt.Sprintf("alice/tasks/t%d.ics", i), "text/calendar; charset=utf-8", fmt.Sprintf(
			"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VTODO\r\nUID:t%d\r\nDTSTAMP:20260101T000000Z\r\n"+
				"SUMMARY:Brot %d\r\nEND:VTODO\r\nEND:VCALENDAR\r\n", i, i))
	}
}
