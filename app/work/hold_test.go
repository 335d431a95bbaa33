package work_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sidekeep/app/work"
	"sidekeep/assets"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/davserver"
	"sidekeep/export/settings"
	"sidekeep/export/source"
)

// A device is somebody's phone over HTTP, changed behind Sidekeep's back.
type device struct {
	t      *testing.T
	url    string
	server *davserver.Server
}

func (d device) do(method, at string, body []byte, header ...string) {
	d.t.Helper()
	req, err := http.NewRequest(method, strings.TrimSuffix(d.url, "/")+at, bytes.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	req.SetBasicAuth("alice", "secret")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	text, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if res.StatusCode/100 != 2 {
		d.t.Fatalf("%s %s: %s %s", method, at, res.Status, text)
	}
}

// each calls do with the path and body of the items of a collection.
func (d device) each(collection string, do func(i, n int, at string, body []byte)) {
	d.t.Helper()
	items, err := d.server.Items(collection)
	if err != nil {
		d.t.Fatal(err)
	}
	for i, it := range items {
		body, err := d.server.Body(it.Path)
		if err != nil {
			d.t.Fatal(err)
		}
		do(i, len(items), it.Path, body)
	}
}

// contentType is that of an item by the ending of its name.
func contentType(at string) string {
	if path.Ext(at) == ".vcf" {
		return "text/vcard"
	}
	return "text/calendar"
}

func (d device) put(at string, body []byte) { d.do("PUT", at, body, "Content-Type", contentType(at)) }

const (
	people = "/contacts/alice/contacts/"
	family = "/calendars/alice/family/"
	xmlns  = ` xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"`
)

var (
	portrait = regexp.MustCompile(`(?m)^PHOTO[:;][^\r\n]*\r\n([ \t][^\r\n]*\r\n)*`)
	nameLine = regexp.MustCompile(`(?m)^(FN|N)[:;][^\r\n]*\r\n([ \t][^\r\n]*\r\n)*`)
	started  = regexp.MustCompile(`(?m)^(DTSTART|DTEND|RECURRENCE-ID)([:;][^\r\n]*)\r\n`)
)

// makeBook makes an address book over HTTP (RFC 5689).
func (d device) makeBook(at string) {
	d.t.Helper()
	d.do("MKCOL", at, []byte(`<mkcol`+xmlns+`><set><prop><resourcetype><collection/><C:addressbook/></resourcetype><displayname>Other</displayname></prop></set></mkcol>`),
		"Content-Type", "application/xml")
}

// move puts the items of the address book into another.
func (d device) move(from, to string, rename func(string) string) {
	d.t.Helper()
	d.each(from, func(_, _ int, at string, body []byte) {
		d.do("DELETE", at, nil)
		d.put(to+rename(path.Base(at)), body)
	})
}

// addOnly sets the account "home" up, for items of one kind.
func addOnly(t *testing.T, w *work.Work, url string, kind export.Kind) {
	t.Helper()
	c := work.Candidate{Type: settings.DAV, Values: source.Values{source.Address: url, source.User: "alice", source.Password: "secret"}, Only: []export.Kind{kind}}
	f, err := w.Find(t.Context(), c)
	if err == nil {
		err = w.Add(t.Context(), "home", c, f, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// openFiles reads what the owner's files hold, but for the index, in which what
// is held has no version.
func openFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(filepath.Join(dir, "data"), func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == "index.csv" {
			return err
		}
		b, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		all[rel] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func verified(t *testing.T, w *work.Work) {
	t.Helper()
	c, err := w.Verify(t.Context(), nil)
	if err != nil || len(c.Bad) > 0 {
		t.Errorf("verify: %v, %+v", err, c.Bad)
	}
}

// TestLossOverThere: a phone loses its data in every way that real ones did,
// and the owner's files stay as they were, byte for byte; what is no loss goes
// through, with a sync token and with a full listing.
func TestLossOverThere(t *testing.T) {
	same := func(s string) string { return s }
	for _, x := range []struct {
		name string
		do   func(d device)
		want export.Rule // "" if it is no loss
	}{
		{"emptied", func(d device) { d.each(people, func(_, _ int, at string, _ []byte) { d.do("DELETE", at, nil) }) }, export.RuleEmptied},
		{"half emptied", func(d device) {
			d.each(people, func(i, n int, at string, _ []byte) {
				if i < n/2 {
					d.do("DELETE", at, nil)
				}
			})
		}, export.RuleGone},
		{"address book removed", func(d device) { d.do("DELETE", people, nil) }, export.RuleEmptied},
		{"blanked", func(d device) {
			d.each(people, func(_, _ int, at string, b []byte) { d.put(at, nameLine.ReplaceAll(b, []byte("$1:\r\n"))) })
		}, export.RuleHollow},
		{"portraits dropped", func(d device) {
			d.each(people, func(_, _ int, at string, b []byte) { d.put(at, portrait.ReplaceAll(b, nil)) })
		}, export.RuleHollow},
		{"all events on one date", func(d device) {
			d.each(family, func(_, _ int, at string, b []byte) {
				if !bytes.Contains(b, []byte("RECURRENCE-ID")) {
					d.put(at, started.ReplaceAll(b, []byte("$1:20260101T120000Z\r\n")))
				}
			})
		}, export.RuleHollow},
		{"ids changed", func(d device) { d.move(people, people, func(s string) string { return "x" + s }) }, ""},
		{"made again", func(d device) {
			d.makeBook("/contacts/alice/again/")
			d.move(people, "/contacts/alice/again/", same)
			d.do("DELETE", people, nil)
		}, ""},
		{"moved", func(d device) { d.makeBook("/contacts/alice/other/"); d.move(people, "/contacts/alice/other/", same) }, ""},
		{"tidied up", func(d device) {
			d.each(people, func(i, _ int, at string, _ []byte) {
				if i < 15 {
					d.do("DELETE", at, nil)
				}
			})
		}, ""},
	} {
		for _, full := range []bool{false, true} {
			if full && x.name != "emptied" && x.name != "blanked" && x.name != "ids changed" {
				continue
			}
			name := x.name + ", delta"
			if full {
				name = x.name + ", full"
			}
			t.Run(name, func(t *testing.T) {
				now := time.Now()
				w := newWork(t, work.Options{Now: func() time.Time { return now }})
				url, server := phone(t)
				only := export.Contacts
				if x.name == "all events on one date" {
					only = export.Events
				}
				addOnly(t, w, url, only)
				run(t, w, "home")
				before := openFiles(t, w.ArchiveDir())
				x.do(device{t, url, server})
				if full {
					now = now.AddDate(0, 0, 8)
				}
				l, err := w.Export(t.Context(), "home", nil)
				if err != nil || l.Held != (x.want != "") {
					t.Fatalf("held %v, %v: %+v", l.Held, err, l.Loss)
				}
				if (l.Listing == "full") != full && x.name != "address book removed" && x.name != "made again" && x.name != "moved" {
					t.Errorf("listing %s", l.Listing)
				}
				verified(t, w)
				list, err := w.Status(t.Context())
				if err != nil || (list[0].State == work.Held) != l.Held || (list[0].Loss != nil) != l.Held {
					t.Errorf("status: %v, %+v", err, list)
				}
				if !l.Held {
					return
				}
				if got := l.Loss.Gravest().Rule; got != x.want {
					t.Errorf("for %s: %+v", got, l.Loss.Reasons)
				}
				if !maps.Equal(openFiles(t, w.ArchiveDir()), before) {
					t.Error("the owner's files changed")
				}
				if a, err := w.Accept(t.Context(), l.Number); err != nil || a.Loss == nil {
					t.Errorf("accept: %+v, %v", a, err)
				}
				if l, err := w.Export(t.Context(), "home", nil); err != nil || l.Held {
					t.Errorf("after accept: %v, %+v", err, l.Loss)
				}
				verified(t, w)
				if _, err := w.Hold(t.Context(), l.Number); err != nil {
					t.Errorf("hold: %v", err)
				}
				if !maps.Equal(openFiles(t, w.ArchiveDir()), before) {
					t.Error("taken back, the owner's files are others")
				}
				verified(t, w)
			})
		}
	}
}

// TestOtherPrincipal: the address answers for another person now. Although much
// of what it lists is the same, nothing of it comes up in the files, until the
// right one answers again.
func TestOtherPrincipal(t *testing.T) {
	w := newWork(t, work.Options{})
	_, alice := phone(t)
	bert := davserver.New(davserver.Options{User: "bert", Open: true})
	if err := bert.MakeAddressBook("/contacts/bert/contacts/", davserver.Collection{Name: "Contacts"}); err != nil {
		t.Fatal(err)
	}
	items, err := alice.Items(people)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range items[:len(items)*2/5] {
		body, err := alice.Body(it.Path)
		if err == nil {
			_, err = bert.Put("/contacts/bert/contacts/"+path.Base(it.Path), body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := bert.Put("/contacts/bert/contacts/new.vcf", []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:berts\r\nFN:Berts Freund\r\nEND:VCARD\r\n")); err != nil {
		t.Fatal(err)
	}
	var answers http.Handler = alice
	h := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { answers.ServeHTTP(rw, r) }))
	t.Cleanup(h.Close)
	addOnly(t, w, h.URL+"/", export.Contacts)
	run(t, w, "home")
	before := openFiles(t, w.ArchiveDir())
	answers = bert
	l, err := w.Export(t.Context(), "home", nil)
	if err != nil || !l.Held || l.Loss.Gravest().Rule != export.RuleStranger || l.Loss.Who != "/principals/bert/" || l.Loss.WhoBefore != "/principals/alice/" {
		t.Fatalf("held %v, %v: %+v", l.Held, err, l.Loss)
	}
	if !maps.Equal(openFiles(t, w.ArchiveDir()), before) {
		t.Error("another person's data is in the owner's files")
	}
	verified(t, w)
	answers = alice
	if l := run(t, w, "home"); l.Held {
		t.Errorf("%+v", l.Loss)
	}
	if !maps.Equal(openFiles(t, w.ArchiveDir()), before) {
		t.Error("another person's data came up when it was over")
	}
	verified(t, w)
}

func TestWrongNumbers(t *testing.T) {
	w := newWork(t, work.Options{})
	url, _ := phone(t)
	add(t, w, url)
	if _, err := w.Accept(t.Context(), 1); !errors.Is(err, export.ErrNoArchive) {
		t.Errorf("without an archive: %v", err)
	}
	run(t, w, "home")
	for n, want := range map[int64]error{1: archive.ErrNoHold, 2: archive.ErrNoExport, -1: archive.ErrNoExport} {
		var own *work.Error
		if _, err := w.Accept(t.Context(), n); !errors.Is(err, want) || !errors.As(err, &own) || !own.Usage {
			t.Errorf("accept %d: %v", n, err)
		}
		if _, err := w.Hold(t.Context(), n); !errors.Is(err, want) {
			t.Errorf("hold %d: %v", n, err)
		}
	}
	if err := w.SetAlarm(t.Context(), "home", export.Thresholds{Items: 7, Percent: 30}); err != nil {
		t.Fatal(err)
	}
	if alarms, err := w.Alarms(t.Context()); err != nil || alarms["home"] != (export.Thresholds{Items: 7, Percent: 30}) {
		t.Errorf("%v, %v", alarms, err)
	}
}

// TestAssetsHavePortraits keeps the cases above from testing nothing.
func TestAssetsHavePortraits(t *testing.T) {
	b, err := assets.DemoPhone().Open("contacts.vcf")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	text, err := io.ReadAll(b)
	if n := len(portrait.FindAll(text, -1)); err != nil || n < 50 {
		t.Errorf("%d portraits, %v", n, err)
	}
}
