package files_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/source"
	"sidekeep/export/source/files"
	"sidekeep/export/sourcetest"
	"sidekeep/formats/file"
)

func card(uid, name string) string {
	return "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:" + uid + "\r\nFN:" + name + "\r\nN:" + name + ";;;;\r\nEND:VCARD\r\n"
}

func event(uid, summary string) string {
	return "BEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260301T100000Z\r\nSUMMARY:" + summary + "\r\nEND:VEVENT\r\n"
}

func todo(uid, summary string) string {
	return "BEGIN:VTODO\r\nUID:" + uid + "\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:" + summary + "\r\nEND:VTODO\r\n"
}

func calendar(components ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Test//EN\r\n" + strings.Join(components, "") + "END:VCALENDAR\r\n"
}

const jpeg = "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// fill writes a folder with files of every kind and returns what is in each
// collection.
func fill(t *testing.T, dir string) map[string]int {
	var people strings.Builder
	for i := range 7 {
		people.WriteString(card(fmt.Sprintf("person-%d", i), fmt.Sprintf("Person %d", i)))
	}
	write(t, filepath.Join(dir, "people.vcf"), people.String())
	write(t, filepath.Join(dir, "dates.ics"), calendar(event("a", "One"), event("b", "Two"), todo("c", "Three")))
	write(t, filepath.Join(dir, "list.ics"), calendar(todo("t", "Milk")))
	write(t, filepath.Join(dir, "one.vcf"), card("only", "Only One"))
	write(t, filepath.Join(dir, "notes.txt"), "nothing of interest\n")
	write(t, filepath.Join(dir, "trip", "IMG_1.JPG"), jpeg+"1")
	write(t, filepath.Join(dir, "trip", "IMG_2.JPG"), jpeg+"2")
	write(t, filepath.Join(dir, "trip", ".hidden.jpg"), jpeg)
	return map[string]int{"people": 7, "dates": 3, "list": 1, "one": 1, "trip": 2}
}

func open(t *testing.T, paths ...string) *files.Source {
	t.Helper()
	s, err := files.Open(paths)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// otherwise reads an item of a folder without the source: a photo from its
// file, everything else with the package file.
func otherwise(dir string) func(c export.Collection, id string) ([]byte, error) {
	return func(c export.Collection, id string) ([]byte, error) {
		if c.Kind == export.Photos {
			return os.ReadFile(filepath.Join(dir, c.Name, id))
		}
		name, kind := c.Name+".ics", file.Calendar
		if c.Kind == export.Contacts {
			name, kind = c.Name+".vcf", file.Cards
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		var raw []byte
		err = file.Items(bytes.NewReader(text), kind, "", func(it *file.Item) error {
			if it.ID == id {
				raw = bytes.Clone(it.Raw)
			}
			return nil
		})
		if raw == nil && err == nil {
			err = fs.ErrNotExist
		}
		return raw, err
	}
}

func TestSource(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) sourcetest.Fixture {
		dir := t.TempDir()
		items := fill(t, dir)
		people := filepath.Join(dir, "people.vcf")
		return sourcetest.Fixture{
			Source: open(t, dir), Items: items, Bytes: otherwise(dir),
			Add: func(export.Collection) error {
				text, err := os.ReadFile(people)
				return errors.Join(err, os.WriteFile(people, append(text, card("new", "Nora Neu")...), 0o644))
			},
			Remove: func(_ export.Collection, id string) error {
				text, err := os.ReadFile(people)
				n := strings.TrimPrefix(id, "person-")
				return errors.Join(err, os.WriteFile(people, []byte(strings.Replace(string(text), card(id, "Person "+n), "", 1)), 0o644))
			},
		}
	})
}

// Of a folder of photos the same is asked as of a file.
func TestSourceOfPhotos(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) sourcetest.Fixture {
		dir := t.TempDir()
		for i := range 6 {
			write(t, filepath.Join(dir, "trip", fmt.Sprintf("IMG_%d.JPG", i)), jpeg+strings.Repeat("x", i))
		}
		return sourcetest.Fixture{
			Source: open(t, dir), Items: map[string]int{"trip": 6}, Bytes: otherwise(dir),
			Add: func(export.Collection) error {
				return os.WriteFile(filepath.Join(dir, "trip", "NEW.JPG"), []byte(jpeg+"new"), 0o644)
			},
			Remove: func(_ export.Collection, id string) error { return os.Remove(filepath.Join(dir, "trip", id)) },
		}
	})
}

func TestSourceOfZip(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T) sourcetest.Fixture {
		dir := t.TempDir()
		items := fill(t, dir)
		path := filepath.Join(t.TempDir(), "phone.zip")
		zipped(t, path, dir)
		return sourcetest.Fixture{Source: open(t, path), Items: items, Bytes: otherwise(dir)}
	})
}

func zipped(t *testing.T, path, dir string) {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	if err := w.AddFS(os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, path, buf.String())
}

func TestSkipped(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir)
	write(t, filepath.Join(dir, "more", "inner.zip"), "PK\x03\x04")
	write(t, filepath.Join(dir, "more", "none.zip"), "PK\x05\x06"+strings.Repeat("\x00", 18))
	write(t, filepath.Join(dir, "more", "letter.docx"), "PK\x03\x04")
	write(t, filepath.Join(dir, "more", "empty.vcf"), "")
	write(t, filepath.Join(dir, "more", "bank.csv"), "Date,Name,Amount\n2026-01-01,Grocer,12\n2026-01-02,Baker,3\n")
	write(t, filepath.Join(dir, "more", "sums.csv"), "Date,Amount\n2026-01-01,12\n")
	write(t, filepath.Join(dir, "more", "friends.csv"), "First Name,E-mail 1 - Value\nAnna,anna@example.org\n")
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "more", "link.vcf")); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	defer s.Close()
	cs, err := s.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(cs) != 6 { // those of fill, and friends.csv
		t.Errorf("the collections are %v", cs)
	}
	got := map[string]string{}
	for _, x := range s.SkippedFiles() {
		got[filepath.Base(x.Path)] = x.Why
	}
	for name, want := range map[string]string{
		"notes.txt": "it holds no contacts", "inner.zip": "it is a damaged zip", "none.zip": "it is an empty zip", "letter.docx": "it holds no contacts", "empty.vcf": "it is empty", "link.vcf": "link",
		"bank.csv": "does not look like one of contacts", "sums.csv": "columns are not those", ".hidden.jpg": "it is hidden",
	} {
		if !strings.Contains(got[name], want) {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("skipped as well: %v", got)
	}
}

// Of an archive of Sidekeep its present data are taken, once each; what it keeps
// besides is named.
func TestArchiveFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kept")
	for name, text := range map[string]string{
		"bagit.txt": "BagIt-Version: 1.0\n", "manifest-sha256.txt": "", "README.html": "<html></html>", "readme/people.vcf": card("again", "Again"),
		".sidekeep/half.vcf": card("half", "Half"), ".secret.vcf": card("secret", "Secret"),
		"data/Phone/index.csv":                     "Name,E-mail\nAnna,anna@example.org\n",
		"data/Phone/Contacts/Friends.vcf":          card("a", "A") + card("b", "B"),
		"data/Phone/Calendars/Home.ics":            calendar(event("e", "E")),
		"data/Phone/Vanished/Contacts/Friends.vcf": card("left", "Left"),
		"data/Phone/Photos/2026/03/one.jpg":        jpeg,
	} {
		write(t, filepath.Join(dir, name), text)
	}
	for name, path := range map[string]string{"folder": dir, "zip": filepath.Join(t.TempDir(), "kept.zip")} {
		if name == "zip" {
			zipped(t, path, dir)
		}
		s := open(t, path)
		defer s.Close()
		cs, err := s.Collections(t.Context())
		var got []string
		for _, c := range cs {
			got = append(got, string(c.Kind)+" "+c.Name)
		}
		slices.Sort(got)
		if want := []string{"contacts Friends", "events Home", "photos 2026 03"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
		why := map[string]string{}
		for _, x := range s.SkippedFiles() {
			why[filepath.Base(x.Path)] = x.Why
		}
		for _, name := range []string{"bagit.txt", "manifest-sha256.txt", "README.html", "readme", ".secret.vcf", "index.csv", "Vanished"} {
			if why[name] == "" {
				t.Errorf("%s is not named among %v", name, why)
			}
		}
	}
}

// TestSingles: files of one item each are one collection, as vdirsyncer, khal and
// khard keep them, with the name and the color beside; files of several are one
// each, and so is a single one that stands alone.
func TestSingles(t *testing.T) {
	dir := t.TempDir()
	for i := range 4 {
		write(t, filepath.Join(dir, "friends", fmt.Sprintf("%d.vcf", i)), card(fmt.Sprintf("f%d", i%2), fmt.Sprintf("Friend %d", i)))
	}
	write(t, filepath.Join(dir, "friends", "many.vcf"), card("x", "X")+card("y", "Y"))
	write(t, filepath.Join(dir, "cal", "displayname"), "Work & Life\n")
	write(t, filepath.Join(dir, "cal", "color"), "#FF8800AA\n")
	series := event("s", "Series") + strings.Replace(event("s", "Moved"), "SUMMARY", "RECURRENCE-ID:20260102T100000Z\r\nSUMMARY", 1)
	write(t, filepath.Join(dir, "cal", "s.ics"), calendar(series))
	write(t, filepath.Join(dir, "mixed", "e.ics"), calendar(event("e", "E")))
	write(t, filepath.Join(dir, "mixed", "t.ics"), calendar(todo("t", "T")))
	write(t, filepath.Join(dir, "lone", "only.vcf"), card("o", "Only"))
	write(t, filepath.Join(dir, "bad", "a.vcf"), card("a", "A"))
	write(t, filepath.Join(dir, "bad", "b.vcf"), "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Cut")
	zip := filepath.Join(t.TempDir(), "all.zip")
	zipped(t, zip, dir)
	type found struct {
		kind  export.Kind
		mixed bool
		color string
		ids   string
	}
	want := map[string]found{
		"friends": {export.Contacts, false, "", "0.vcf 1.vcf 2.vcf 3.vcf"}, "many": {export.Contacts, false, "", "x y"},
		"Work & Life": {export.Events, false, "#ff8800", "s.ics"}, "mixed": {export.Events, true, "", "e.ics t.ics"},
		"only": {export.Contacts, false, "", "o"}, "bad": {export.Contacts, false, "", "a.vcf b.vcf"},
	}
	for _, path := range []string{dir, zip} {
		s := open(t, path)
		defer s.Close()
		cs, err := s.Collections(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]found{}
		for _, c := range cs {
			store := sourcetest.NewStore()
			if _, err := store.Pull(t.Context(), t, s, c); err != nil {
				t.Error(err)
			}
			ids := slices.Sorted(maps.Keys(store.Items()))
			got[c.Name] = found{c.Kind, c.Mixed, c.Color, strings.Join(ids, " ")}
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", path, got, want)
		}
		if list := s.SkippedFiles(); len(list) > 0 {
			t.Errorf("skipped: %+v", list)
		}
	}
}

// What a person names must be something; below a folder it is merely skipped.
func TestNamed(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir)
	var other *source.OtherError
	if _, err := files.Open([]string{filepath.Join(dir, "nowhere.vcf")}); !errors.As(err, &other) {
		t.Errorf("a file that is not there: %v", err)
	}
	s := open(t, filepath.Join(dir, "notes.txt"))
	if _, err := s.Collections(t.Context()); !errors.As(err, &other) {
		t.Errorf("a file of another kind: %v", err)
	}
	s = open(t, filepath.Join(dir, "trip", "IMG_2.JPG"), filepath.Join(dir, "people.vcf"), dir)
	defer s.Close()
	cs, err := s.Collections(t.Context())
	if err != nil || len(cs) != 5 {
		t.Errorf("named twice: %d collections, %v", len(cs), err)
	}
	s = open(t, filepath.Join(dir, "trip", "IMG_2.JPG"))
	defer s.Close()
	cs, err = s.Collections(t.Context())
	if err != nil || len(cs) != 1 || cs[0].Name != "trip" {
		t.Fatalf("one photo: %v, %v", cs, err)
	}
	store := sourcetest.NewStore()
	if _, err := store.Pull(t.Context(), t, s, cs[0]); err != nil || len(store.Items()) != 1 {
		t.Errorf("one photo: %d items, %v", len(store.Items()), err)
	}
}

func TestZipBounds(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "bad.zip"), "PK\x03\x04 and then nothing of a zip archive")
	bomb := filepath.Join(dir, "bomb.zip")
	f, err := os.Create(bomb)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	e, err := w.CreateRaw(&zip.FileHeader{
		Name: "people.vcf", Method: zip.Deflate, CompressedSize64: 100, UncompressedSize64: 300 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Write(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(dir, "outside.zip")
	var buf bytes.Buffer
	w = zip.NewWriter(&buf)
	for _, name := range []string{"../../people.vcf", "/etc/cards.vcf", `..\dates.vcf`} {
		e, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Write([]byte(card(name, "Someone"))); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, outside, buf.String())

	for _, path := range []string{filepath.Join(dir, "bad.zip"), bomb} {
		s := open(t, path)
		var other *source.OtherError
		if _, err := s.Collections(t.Context()); !errors.As(err, &other) {
			t.Errorf("%s: %v", path, err)
		} else {
			t.Log(err)
		}
	}
	// Names that lead outside are read as what they are inside.
	s := open(t, outside)
	defer s.Close()
	cs, err := s.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cs {
		if !strings.HasPrefix(c.ID, "contacts: "+outside) {
			t.Errorf("%q is not inside", c.ID)
		}
	}
	n := 0 // two of the files are in one folder, and so in one collection
	for _, c := range cs {
		store := sourcetest.NewStore()
		if _, err := store.Pull(t.Context(), t, s, c); err != nil {
			t.Error(err)
		}
		n += len(store.Items())
	}
	if n != 3 || len(cs) != 2 {
		t.Errorf("of three files, %d are read in %v, and %v skipped", n, cs, s.SkippedFiles())
	}
}

// What cannot be read is a collection whose listing fails, so that the import
// goes on and the loss is seen.
func TestUnreadable(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	dir := t.TempDir()
	fill(t, dir)
	if err := os.Chmod(filepath.Join(dir, "people.vcf"), 0); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	defer s.Close()
	cs, err := s.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cs {
		if c.Name != "people.vcf" {
			continue
		}
		_, err := sourcetest.NewStore().Pull(t.Context(), t, s, c)
		if !errors.Is(err, export.ErrDenied) {
			t.Errorf("Pull: %v", err)
		}
		return
	}
	t.Errorf("people.vcf is not among %v", cs)
}

func TestPhotosHaveTheirTimes(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir)
	when := time.Date(2009, 10, 10, 12, 0, 0, 0, time.UTC)
	name := filepath.Join(dir, "trip", "IMG_1.JPG")
	if err := os.Chtimes(name, when, when); err != nil {
		t.Fatal(err)
	}
	s := open(t, name)
	defer s.Close()
	cs, err := s.Collections(t.Context())
	if err != nil || len(cs) != 1 {
		t.Fatalf("%v, %v", cs, err)
	}
	store := sourcetest.NewStore()
	if _, err := store.Pull(t.Context(), t, s, cs[0]); err != nil {
		t.Fatal(err)
	}
	it := store.Items()["IMG_1.JPG"].Item
	if !it.Modified.Equal(when) || it.Folder != "trip" || it.Kind != export.Photos {
		t.Errorf("%+v", it)
	}
}
