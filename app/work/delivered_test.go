package work_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/settings"
	"sidekeep/export/source"
	"sidekeep/export/sourcetest"
)

// TestBytesAreThoseOfTheServer compares, item by item, what the archive holds
// as delivered with what the server answers by GET.
func TestBytesAreThoseOfTheServer(t *testing.T) {
	t.Run("davserver", func(t *testing.T) {
		url, _ := phone(t)
		c := work.Candidate{Type: settings.DAV, Values: source.Values{source.Address: url, source.Photos: url + "files/alice/", source.User: "alice", source.Password: "secret"}}
		sameBytes(t, c, map[export.Kind]int{export.Contacts: 250, export.Events: 278, export.Todos: 45, export.Photos: 60})
	})
	t.Run("Radicale", func(t *testing.T) {
		s := sourcetest.Radicale(t)
		mkcol := func(path, kind, more string) {
			request(t, s, "MKCOL", path, `<D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:A="urn:ietf:params:xml:ns:carddav">`+
				`<D:set><D:prop><D:resourcetype><D:collection/>`+kind+`</D:resourcetype>`+more+`</D:prop></D:set></D:mkcol>`)
		}
		mkcol("alice/people/", "<A:addressbook/>", "")
		mkcol("alice/dates/", "<C:calendar/>", "")
		fill(t, s, "alice/people/", "alice/dates/")
		c := work.Candidate{Type: settings.DAV, Values: source.Values{source.Address: s.URL, source.User: s.User, source.Password: s.Password}}
		sameBytes(t, c, map[export.Kind]int{export.Contacts: len(cards), export.Events: 2, export.Todos: 1})
	})
	t.Run("Xandikos", func(t *testing.T) {
		s := sourcetest.Xandikos(t)
		fill(t, s, "alice/contacts/addressbook/", "alice/calendars/calendar/")
		sameBytes(t, work.Candidate{Type: settings.DAV, Values: source.Values{source.Address: s.URL}}, map[export.Kind]int{export.Contacts: len(cards), export.Events: 2, export.Todos: 1})
	})
}

// cards are awkward, and yet what servers take.
var cards = map[string]string{
	"plain":      "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nN:Plain;Paula;;;\r\nFN:Paula Plain\r\nEND:VCARD\r\n",
	"Jörg 山田":    "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:2\r\nN:山田;Jörg;;;\r\nFN:Jörg 山田 🐦\r\nNOTE:a\\, b\\; c\\nd\r\nEND:VCARD\r\n",
	"lf":         "BEGIN:VCARD\nVERSION:3.0\nUID:3\nN:Feed;Line;;;\nFN:Line Feed\nEND:VCARD\n",
	"folded":     "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:4\r\nN:Long;Note;;;\r\nFN:Note Long\r\nNOTE:" + strings.Repeat("long \r\n ", 30) + "\r\nEND:VCARD\r\n",
	"groups & x": "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:5\r\nN:X;Label;;;\r\nFN:Label X\r\nitem1.TEL:+49 1\r\nitem1.X-ABLabel:_$!<Boat>!$_\r\nBDAY:--0412\r\nEND:VCARD\r\n",
}

func fill(t *testing.T, s sourcetest.Server, book, calendar string) {
	t.Helper()
	for name, card := range cards {
		request(t, s, "PUT", book+url.PathEscape(name)+".vcf", card)
	}
	const event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:%s\r\nUID:%s\r\nDTSTAMP:20260101T000000Z\r\n%sSUMMARY:Öl\\, %s\r\nEND:%[1]s\r\nEND:VCALENDAR\r\n"
	for name, component := range map[string]string{"e 1": "VEVENT", "é2": "VEVENT", "t": "VTODO"} {
		start := ""
		if component == "VEVENT" {
			start = "DTSTART:20260102T030405Z\r\n"
		}
		request(t, s, "PUT", calendar+url.PathEscape(name)+".ics", fmt.Sprintf(event, component, url.PathEscape(name), start, name))
	}
}

// request sends a request, which has to succeed, and returns the answer's body.
func request(t *testing.T, s sourcetest.Server, method, path, body string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if s.Password != "" {
		r.SetBasicAuth(s.User, s.Password)
	}
	switch {
	case strings.HasSuffix(path, ".vcf"):
		r.Header.Set("Content-Type", "text/vcard; charset=utf-8")
	case strings.HasSuffix(path, ".ics"):
		r.Header.Set("Content-Type", "text/calendar; charset=utf-8")
	default:
		r.Header.Set("Content-Type", "application/xml; charset=utf-8")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil || resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s, %v\n%s", method, path, resp.Status, err, text)
	}
	return text
}

// sameBytes exports what c leads to and compares each item.
func sameBytes(t *testing.T, c work.Candidate, want map[export.Kind]int) {
	w := newWork(t, work.Options{})
	f, err := w.Find(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(t.Context(), "home", c, f, nil); err != nil {
		t.Fatal(err)
	}
	run(t, w, "home")
	a, err := archive.Open(w.ArchiveDir(), archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	server := sourcetest.Server{URL: c.Values[source.Address], User: c.Values[source.User], Password: c.Values[source.Password]}
	got := map[export.Kind]int{}
	for it, err := range a.Items(t.Context(), archive.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		r, err := a.Delivered(t.Context(), it.Account, it.Collection, it.ID)
		if err != nil {
			t.Fatal(err)
		}
		held, err := io.ReadAll(r)
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		path := strings.TrimPrefix(it.Collection+it.ID, "/") // as the server writes it, percent-encoded
		if served := request(t, server, "GET", path, ""); !bytes.Equal(held, served) {
			t.Errorf("%s%s: the archive holds\n%q\nand the server answers\n%q", it.Collection, it.ID, held, served)
		}
		got[it.Kind]++
	}
	for k, n := range want {
		if got[k] != n {
			t.Errorf("%d %s were compared, want %d", got[k], k, n)
		}
	}
}
