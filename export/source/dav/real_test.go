package dav

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/sourcetest"
)

// send sends a request to a real server; any answer but 2xx fails the test.
func send(t testing.TB, s sourcetest.Server, method, path, body string) {
	t.Helper()
	must(t, trySend(s, method, path, body))
}

func trySend(s sourcetest.Server, method, path, body string) error {
	req, err := http.NewRequest(method, s.URL+strings.TrimPrefix(path, "/"), strings.NewReader(body))
	if err != nil {
		return err
	}
	if s.Password != "" {
		req.SetBasicAuth(s.User, s.Password)
	}
	switch {
	case strings.HasSuffix(path, ".vcf"):
		req.Header.Set("Content-Type", "text/vcard")
	case strings.HasSuffix(path, ".ics"):
		req.Header.Set("Content-Type", "text/calendar")
	case body != "":
		req.Header.Set("Content-Type", "application/xml")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s", method, path, resp.Status)
	}
	return nil
}

// fill puts 23 contacts, 7 events and 3 to-dos on a real server.
func fill(t *testing.T, s sourcetest.Server, book, calendar, tasks string) {
	t.Helper()
	for i, name := range awkward {
		send(t, s, "PUT", book+url.PathEscape(name), card(fmt.Sprintf("awkward-%d", i), "Jörg "+strings.TrimSuffix(name, ".vcf")))
	}
	for i := range 18 {
		body := card(fmt.Sprintf("c%d", i), fmt.Sprintf("Person Nº %d", i))
		if i%3 == 0 {
			body = strings.ReplaceAll(body, "\r\n", "\n")
		}
		send(t, s, "PUT", fmt.Sprintf("%sc%02d.vcf", book, i), body)
	}
	for i := range 7 {
		send(t, s, "PUT", fmt.Sprintf("%se%d.ics", calendar, i), event(fmt.Sprintf("e%d", i), "Café ☕"))
	}
	for i := range 3 {
		send(t, s, "PUT", fmt.Sprintf("%st%d.ics", tasks, i), todo(fmt.Sprintf("t%d", i), "Buy milk"))
	}
}

func realFixture(s sourcetest.Server, src export.Source, items map[string]int) sourcetest.Fixture {
	n := 0
	return sourcetest.Fixture{
		Source: src, Bytes: getBytes(s.URL), Items: items,
		Add: func(c export.Collection) error {
			n++
			return trySend(s, "PUT", fmt.Sprintf("%snew%d.vcf", c.ID, n), card(fmt.Sprintf("new%d", n), "New"))
		},
		Remove: func(c export.Collection, id string) error { return trySend(s, "DELETE", c.ID+id, "") },
	}
}

func makeRadicale(t *testing.T, s sourcetest.Server) {
	mkcol := func(path, kind, props string) {
		send(t, s, "MKCOL", path, `<mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:R="urn:ietf:params:xml:ns:carddav" xmlns:A="http://apple.com/ns/ical/"><set><prop>`+
			`<resourcetype><collection/>`+kind+`</resourcetype>`+props+`</prop></set></mkcol>`)
	}
	mkcol("/alice/friends/", `<R:addressbook/>`, `<displayname>Friends &amp; Co</displayname>`)
	mkcol("/alice/home/", `<C:calendar/>`, `<displayname>Home</displayname><A:calendar-color>#ff8800ff</A:calendar-color>`+
		`<C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set>`)
	mkcol("/alice/tasks/", `<C:calendar/>`, `<displayname>Tasks</displayname>`+
		`<C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>`)
	fill(t, s, "/alice/friends/", "/alice/home/", "/alice/tasks/")
}

func TestSuiteRadicale(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) sourcetest.Fixture {
		s := sourcetest.Radicale(t)
		makeRadicale(t, s)
		return realFixture(s, openSite(t, quick(s.URL)), map[string]int{"Friends & Co": 23, "Home": 7, "Tasks": 3})
	})
}

func TestSuiteXandikos(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) sourcetest.Fixture {
		s := sourcetest.Xandikos(t)
		fill(t, s, "/alice/contacts/addressbook/", "/alice/calendars/calendar/", "/alice/calendars/calendar/")
		src := openSite(t, quick(s.URL))
		cs, err := src.Collections(t.Context())
		must(t, err)
		items := map[string]int{}
		for _, c := range cs {
			items[c.Name] = 0
			switch c.ID {
			case "/alice/contacts/addressbook/":
				items[c.Name] = 23
			case "/alice/calendars/calendar/":
				items[c.Name] = 10
			}
		}
		return realFixture(s, src, items)
	})
}

func TestRadicaleCollections(t *testing.T) {
	s := sourcetest.Radicale(t)
	makeRadicale(t, s)
	src := openSite(t, quick(s.URL))
	cs, err := src.Collections(t.Context())
	must(t, err)
	if len(cs) != 3 || cs[0].Kind != export.Contacts || cs[1].Kind != export.Events || cs[1].Color != "#ff8800" || cs[1].Mixed || cs[2].Kind != export.Todos {
		t.Errorf("got %+v", cs)
	}
	for _, c := range cs {
		store := sourcetest.NewStore()
		_, err := store.Pull(t.Context(), t, src, c)
		must(t, err)
		before, _ := src.Used()
		_, err = store.Pull(t.Context(), t, src, c)
		must(t, err)
		if after, _ := src.Used(); after-before > 2 {
			t.Errorf("%s: %d requests with nothing changed", c.Name, after-before)
		}
	}
}

// photoFolder makes pictures in nested folders with awkward names.
func photoFolder(t testing.TB) (dir string, paths map[string][]byte) {
	dir = t.TempDir()
	paths = map[string][]byte{}
	for i, path := range []string{
		"IMG_0001.JPG", "2024/05/IMG_0002.jpg", "2024/05/Strand & Meer/Ünï ☎ 100%.jpeg", "2024/a+b.heic", "2023/clip.mov", "2023/IMG 3 (1).png", "empty.jpg",
	} {
		body := bytes.Repeat([]byte{0xff, 0xd8, byte(i)}, 50_000*i)
		if path == "empty.jpg" {
			body = nil
		}
		paths[path] = body
		full := filepath.Join(dir, filepath.FromSlash(path))
		must(t, os.MkdirAll(filepath.Dir(full), 0o755))
		must(t, os.WriteFile(full, body, 0o644))
	}
	for _, path := range []string{"notes.txt", ".DS_Store", "2024/.thumbnails/x.jpg", "2023/@eaDir/y.jpg"} {
		full := filepath.Join(dir, filepath.FromSlash(path))
		must(t, os.MkdirAll(filepath.Dir(full), 0o755))
		must(t, os.WriteFile(full, []byte("x"), 0o644))
	}
	return dir, paths
}

func TestSuiteRclone(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) sourcetest.Fixture {
		dir, paths := photoFolder(t)
		s := sourcetest.RcloneWebDAV(t, dir)
		cfg := quick("")
		cfg.Photos = s.URL
		return sourcetest.Fixture{
			Source: openSite(t, cfg), Bytes: getBytes(s.URL), Items: map[string]int{"Photos": len(paths)},
			Add: func(export.Collection) error {
				return os.WriteFile(filepath.Join(dir, "2024", "added.jpg"), []byte("new"), 0o644)
			},
			Remove: func(_ export.Collection, id string) error {
				name, err := url.PathUnescape(id)
				if err != nil {
					return err
				}
				return os.Remove(filepath.Join(dir, filepath.FromSlash(name)))
			},
		}
	})
}

func TestPhotoNames(t *testing.T) {
	dir, paths := photoFolder(t)
	s := sourcetest.RcloneWebDAV(t, dir)
	src := openSite(t, quick(s.URL)) // a plain folder as the address: photos
	store := sourcetest.NewStore()
	p, err := store.Pull(t.Context(), t, src, collectionNamed(t, src, "Photos"))
	must(t, err)
	for id, it := range p.Put {
		path := strings.TrimPrefix(it.Item.Folder+"/"+it.Item.Name, "/")
		if want, ok := paths[path]; !ok || !bytes.Equal(want, it.Body) || it.Item.Kind != export.Photos || it.Item.Modified.IsZero() {
			t.Errorf("%s: %+v is not %q", id, it.Item, path)
		}
	}
}
