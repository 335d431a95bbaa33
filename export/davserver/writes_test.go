package davserver_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sidekeep/export/davserver"
)

const home, todos, folder = "/calendars/alice/Home/", "/calendars/alice/Tasks/", "/files/alice/DCIM/"

// Each refusal has the status and the condition of its document, and changes
// nothing.
func TestQuirksThatRefuse(t *testing.T) {
	s, c := serve(t, davserver.Options{})
	card4 := strings.Replace(card("n", "New"), "3.0", "4.0", 1)
	long := card("n", strings.Repeat("x", 1000))
	for _, q := range []struct {
		quirk      davserver.Quirk
		code       int
		path, body string
		says       string
		instead    string // that is taken all the same; "" if nothing is
	}{
		{davserver.ReadOnly, 403, friends + "n.vcf", card("n", "New"), "need-privileges", ""},
		{davserver.OnlyVCard3, 403, friends + "n.vcf", card4, "supported-address-data", card("n", "New")},
		{davserver.SizeLimit, 403, friends + "n.vcf", long, "max-resource-size", card("n", "New")},
		{davserver.NoTodos, 403, todos + "n.ics", todo("n", "New"), "supported-calendar-component", ""},
		{davserver.Forbidden, 403, friends + "n.vcf", card("n", "New"), "", ""},
		{davserver.AlwaysChanged, 412, friends + "n.vcf", card("n", "New"), "", ""},
		{davserver.StorageFull, 507, friends + "n.vcf", card("n", "New"), "quota-not-exceeded", ""},
	} {
		s.SetQuirks(davserver.Tune{}, q.quirk)
		for range 2 {
			if r := c.expect(q.code, "PUT", q.path, q.body); !strings.Contains(r.body, q.says) {
				t.Errorf("%s: %s", q.quirk, r.body)
			}
		}
		c.expect(http.StatusNotFound, "GET", q.path, "")
		if q.instead != "" {
			c.expect(http.StatusCreated, "PUT", q.path, q.instead)
			c.expect(http.StatusNoContent, "DELETE", q.path, "")
		}
		s.SetQuirks(davserver.Tune{})
	}
	props := func(path string) string {
		return c.expect(http.StatusMultiStatus, "PROPFIND", path, `<propfind xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:R="urn:ietf:params:xml:ns:carddav"><prop>`+
			`<current-user-privilege-set/><R:supported-address-data/><R:max-resource-size/><C:supported-calendar-component-set/></prop></propfind>`, "Depth", "0").body
	}
	plain := props(friends)
	s.SetQuirks(davserver.Tune{MaxItem: 777}, davserver.ReadOnly, davserver.OnlyVCard3, davserver.SizeLimit, davserver.NoTodos)
	for _, gone := range []string{"<d:write/>", `version="4.0"`} {
		if !strings.Contains(plain, gone) || strings.Contains(props(friends), gone) {
			t.Errorf("%s", props(friends))
		}
	}
	if !strings.Contains(props(friends), ">777<") || strings.Contains(props(todos), "VTODO") {
		t.Errorf("%s\n%s", props(friends), props(todos))
	}
	s.SetQuirks(davserver.Tune{After: 1, Times: 1}, davserver.Forbidden)
	c.expect(http.StatusCreated, "PUT", friends+"n.vcf", card("n", "New"))
	c.expect(http.StatusForbidden, "PUT", friends+"n.vcf", card("n", "New"))
	c.expect(http.StatusNoContent, "PUT", friends+"n.vcf", card("n", "New"))
}

func TestQuirkOfTheTrashBin(t *testing.T) {
	s, c := serve(t, davserver.Options{Quirks: []davserver.Quirk{davserver.UIDInTrash}})
	c.expect(http.StatusNoContent, "DELETE", home+"e1.ics", "")
	if r := c.expect(http.StatusBadRequest, "PUT", home+"again.ics", event("e1", "Tea")); !strings.Contains(r.body, "<s:message>Deleted calendar object with uid already exists") {
		t.Error(r.body)
	}
	c.expect(http.StatusCreated, "PUT", home+"again.ics", event("e1-new", "Tea"))
	s.SetQuirks(davserver.Tune{})
	c.expect(http.StatusCreated, "PUT", home+"e1.ics", event("e1", "Tea"))
}

func TestQuirksOfPlaces(t *testing.T) {
	for q, told := range map[davserver.Quirk]bool{davserver.Renames: false, davserver.RenamesTold: true} {
		s, c := serve(t, davserver.Options{Quirks: []davserver.Quirk{q}})
		r := c.expect(http.StatusCreated, "PUT", friends+"n.vcf", card("n", "New"))
		c.expect(http.StatusNotFound, "GET", friends+"n.vcf", "")
		if location := r.header.Get("Location"); (location != "") != told || told && c.do("GET", location, "").body != card("n", "New") {
			t.Errorf("%s: Location %q", q, location)
		}
		items, err := s.Items(friends)
		if err != nil || len(items) != 4 {
			t.Errorf("%s: %v, %v", q, items, err)
		}
		c.expect(http.StatusNoContent, "PUT", friends+"c1.vcf", card("c1", "Where it was"))
	}
}

func TestQuirksOfKeeping(t *testing.T) {
	s, c := serve(t, davserver.Options{})
	if r := c.expect(http.StatusCreated, "PUT", friends+"n.vcf", card("n", "New")); r.header.Get("ETag") == "" {
		t.Error("no ETag")
	}
	s.SetQuirks(davserver.Tune{}, davserver.NoETagOnPut)
	if r := c.expect(http.StatusNoContent, "PUT", friends+"n.vcf", card("n", "New")); r.header.Get("ETag") != "" {
		t.Error("an ETag")
	}
	s.SetQuirks(davserver.Tune{}, davserver.Rewrites)
	if r := c.expect(http.StatusNoContent, "PUT", friends+"n.vcf", card("n", "New")); r.header.Get("ETag") != "" {
		t.Error("an ETag for what is not kept")
	}
	want := lines("BEGIN:VCARD", "VERSION:3.0", "FN:New", "N:New;;;;", "UID:n", "END:VCARD")
	if got := c.do("GET", friends+"n.vcf", "").body; got != want {
		t.Errorf("%q", got)
	}
	s.SetQuirks(davserver.Tune{}, davserver.NoConditions)
	c.expect(http.StatusNoContent, "PUT", friends+"n.vcf", card("n", "Old"), "If-None-Match", "*")
	c.expect(http.StatusNoContent, "PUT", friends+"n.vcf", card("n", "Old"), "If-Match", `"none"`)
	s.SetQuirks(davserver.Tune{})
	at := time.Date(2019, 7, 14, 9, 30, 5, 0, time.UTC)
	r := c.expect(http.StatusCreated, "PUT", folder+"dated.jpg", "x", "X-OC-Mtime", "1563096605")
	if got := c.do("GET", folder+"dated.jpg", "").header.Get("Last-Modified"); got != at.Format(http.TimeFormat) || r.header.Get("X-OC-Mtime") != "accepted" {
		t.Errorf("%q", got)
	}
}

func TestQuirksThatLose(t *testing.T) {
	for q, there := range map[davserver.Quirk]int{davserver.LostBefore: http.StatusNotFound, davserver.LostAfter: http.StatusOK} {
		s, c := serve(t, davserver.Options{Quirks: []davserver.Quirk{q}, Tune: davserver.Tune{After: 1}})
		c.expect(http.StatusCreated, "PUT", friends+"m.vcf", card("m", "Answered"))
		if r, err := c.try("PUT", friends+"n.vcf", card("n", "New")); err == nil {
			t.Errorf("%s: answered %d", q, r.code)
		}
		c.expect(there, "GET", friends+"n.vcf", "")
		c.expect(http.StatusNoContent, "PUT", friends+"m.vcf", card("m", "Answered"))
		s.SetQuirks(davserver.Tune{})
	}
}
