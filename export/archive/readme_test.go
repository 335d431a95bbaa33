package archive_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sidekeep/export/archive"
	"sidekeep/export/archive/site"
)

// changedPages tells which files below readme/ differ between two snapshots.
func changedPages(before, after map[string]os.FileInfo) (list []string) {
	for name, now := range after {
		if strings.HasPrefix(name, site.PagesDir) && (before[name] == nil || !os.SameFile(before[name], now) || !before[name].ModTime().Equal(now.ModTime())) {
			list = append(list, strings.TrimPrefix(name, site.PagesDir))
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok && strings.HasPrefix(name, site.PagesDir) {
			list = append(list, "-"+strings.TrimPrefix(name, site.PagesDir))
		}
	}
	slices.Sort(list)
	return list
}

// TestPagesThatChange: one changed contact has one page and its index written
// again, and nothing else that shows people.
func TestPagesThatChange(t *testing.T) {
	a := create(t, archive.Options{})
	s := many(3000)
	run(t, a, s)
	whole(t, a)
	before := snapshot(t, a.Dir())
	run(t, a, s)
	if list := changedPages(before, snapshot(t, a.Dir())); len(list) > 0 {
		t.Errorf("nothing changed, but %v were written", list)
	}

	people := s.collections[0]
	people.items[42] = text(people.items[42].ID, "2", "x.vcf", personCard(42, "")+"\r\n")
	run(t, a, s)
	after := snapshot(t, a.Dir())
	list := changedPages(before, after)
	if len(list) > 0 { // the card says the same
		t.Errorf("%v were written", list)
	}

	people.items[42] = text(people.items[42].ID, "3", "x.vcf", strings.Replace(personCard(42, ""), "+49 30 7700042", "+49 30 999", 1))
	run(t, a, s)
	if list = changedPages(after, snapshot(t, a.Dir())); len(list) != 2 || list[0] != strings.Replace(strings.TrimSuffix(list[1], ".html"), "people", "find/people", 1)+".js" {
		t.Errorf("%v were written", list)
	}
	whole(t, a)

	before = snapshot(t, a.Dir())
	people.items = slices.Delete(people.items, 42, 43)
	run(t, a, s)
	list = changedPages(before, snapshot(t, a.Dir()))
	for _, want := range []string{"vanished.html", "people.html", "find/pages.js"} {
		if !slices.Contains(list, want) {
			t.Errorf("%s was not written", want)
		}
	}
	if page := read(t, a, site.PagesDir+"vanished.html"); !strings.Contains(page, "Émile 00042") || !strings.Contains(page, "+49 30 999") {
		t.Error("whoever is gone is not shown")
	}
	whole(t, a)
}

// TestPagesFollow: pages, portraits and thumbnails of what the archive no
// longer shows are removed, and what is missing is made again.
func TestPagesFollow(t *testing.T) {
	a := create(t, archive.Options{})
	s := many(400)
	run(t, a, s)
	faces := facesOf(t, a)
	if len(faces) != 1 {
		t.Fatalf("%d portraits", len(faces))
	}
	for _, name := range []string{site.FacesDir + faces[0], site.PagesDir + "people.html", site.PagesDir + "people-z.html"} {
		if err := os.Remove(filepath.Join(a.Dir(), filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
		run(t, a, s)
		whole(t, a)
		read(t, a, name)
	}
	// Nobody has a portrait any more, and only a few are left.
	people := s.collections[0]
	people.items = people.items[:0:0]
	for i := range 3 {
		people.items = append(people.items, text(fmt.Sprintf("/m/%d.vcf", i), "2", "x.vcf", fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:m-%d\r\nFN:Left %d\r\nN:x;y;;;\r\nEND:VCARD\r\n", i, i)))
	}
	l := run(t, a, s)
	whole(t, a)
	if page := read(t, a, site.PagesDir+"people.html"); !l.Held || strings.Contains(page, "Left 2") || len(facesOf(t, a)) != 1 {
		t.Error("what is held is shown")
	}
	if _, err := a.Accept(t.Context(), l.Number); err != nil {
		t.Fatal(err)
	}
	whole(t, a)
	if page := read(t, a, site.PagesDir+"people.html"); !strings.Contains(page, "Left 2") || strings.Contains(page, "faces/") {
		t.Error("the page is as it was")
	}
	for name := range snapshot(t, a.Dir()) {
		if strings.HasPrefix(name, site.PagesDir+"people-z") {
			t.Errorf("%s is still there", name)
		}
	}
}

func facesOf(t *testing.T, a *archive.Archive) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(a.Dir(), filepath.FromSlash(site.FacesDir)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestForgottenLeavesThePages: what is forgotten is in no page, no index, no
// portrait and no thumbnail.
func TestForgottenLeavesThePages(t *testing.T) {
	a := create(t, archive.Options{})
	s := many(2)
	raw, err := base64.StdEncoding.DecodeString(dot)
	if err != nil {
		t.Fatal(err)
	}
	photos := s.collections[len(s.collections)-1]
	photos.items = append(photos.items, text("/p/dot.png", "1", "dot.png", string(raw)))
	run(t, a, s)
	if len(facesOf(t, a)) != 1 || len(thumbsOf(t, a)) == 0 {
		t.Fatal("no portrait, or no thumbnail")
	}
	p, err := a.PlanForget(t.Context(), archive.Forget{Account: "Phone"})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Forget(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	for name := range snapshot(t, a.Dir()) {
		if strings.HasPrefix(name, site.PagesDir) && name != site.PagesDir+"sidekeep.css" && name != site.PagesDir+"sidekeep.js" {
			t.Errorf("%s is left", name)
		}
	}
	whole(t, a)
}

func thumbsOf(t *testing.T, a *archive.Archive) (names []string) {
	for name := range snapshot(t, a.Dir()) {
		if strings.HasPrefix(name, site.ThumbDir) {
			names = append(names, name)
		}
	}
	return names
}

// TestStrangePage: a file among the pages that nobody put there is told of.
func TestStrangePage(t *testing.T) {
	a := create(t, archive.Options{})
	run(t, a, tinyPhone())
	name := site.PagesDir + "faces/mine.html"
	if err := os.MkdirAll(filepath.Join(a.Dir(), "readme", "faces"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(a.Dir(), filepath.FromSlash(name)), []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	c, err := a.Verify(t.Context(), nil)
	if err != nil || len(c.Bad) != 1 || c.Bad[0].Path != name {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestNameKey: names stand as in an address book.
func TestNameKey(t *testing.T) {
	names := []string{"Ada", "Änne", "anton", "Ärzte", "Bo", "Émile", "Zoë", "Ωmega", "Борис", "王", "", "007"}
	for i := 1; i < len(names); i++ {
		a, b := site.NameKey([]byte(names[i-1])), site.NameKey([]byte(names[i]))
		if slices.Compare(a[:], b[:]) >= 0 && !(names[i-1] == "" || names[i] == "") {
			t.Errorf("%q does not stand before %q", names[i-1], names[i])
		}
	}
	for name, want := range map[string]string{"émile": "E", "王芳": "漢", "김": "한", "(Ada)": "A", "7": "#", "": "#", "\u202eevil": "E", "\xff": "#"} {
		if letter, _ := site.LetterOf(site.NameKey([]byte(name))); letter != want {
			t.Errorf("%q stands under %q", name, letter)
		}
	}
}
