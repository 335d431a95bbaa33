package archive_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
	"sidekeep/formats/ical"
)

// zonesOf are the time zones in a published file, by TZID.
func zonesOf(t *testing.T, file []byte) map[string][]byte {
	t.Helper()
	zones := map[string][]byte{}
	rest := file
	for {
		start := bytes.Index(rest, []byte("BEGIN:VTIMEZONE\r\n"))
		if start < 0 {
			return zones
		}
		end := start + bytes.Index(rest[start:], []byte("END:VTIMEZONE\r\n")) + len("END:VTIMEZONE\r\n")
		zone := rest[start:end]
		_, id, _ := strings.Cut(string(zone), "\r\nTZID:")
		id, _, _ = strings.Cut(id, "\r\n")
		if zones[id] != nil {
			t.Errorf("the zone %q is in the file twice", id)
		}
		zones[id] = zone
		rest = rest[end:]
	}
}

// components takes apart what stands at the place of one calendar object.
func components(raw []byte) (list [][]byte) {
	for len(raw) > 0 {
		name, _, _ := bytes.Cut(bytes.TrimPrefix(raw, []byte("BEGIN:")), []byte("\r\n"))
		end := "END:" + string(name) + "\r\n"
		n := bytes.Index(raw, []byte(end)) + len(end)
		list, raw = append(list, raw[:n]), raw[n:]
	}
	return list
}

// TestRebuiltFromOpenFiles builds every object as it was delivered from the
// open files and index.csv alone.
func TestRebuiltFromOpenFiles(t *testing.T) {
	a := create(t, archive.Options{})
	other := strings.Replace(zoneBerlin, "+0100", "+0130", 1)
	third := strings.Replace(zoneBerlin, "+0100", "+0145", 1)
	exception := strings.Replace(event(3), "END:VEVENT\r\n", "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:event-3\r\nRECURRENCE-ID:20240404T090000\r\nDTSTAMP:20240101T000000Z\r\nSUMMARY:moved\r\nEND:VEVENT\r\n", 1)
	after := strings.Replace(event(4), zoneBerlin, "", 1)
	after = strings.Replace(after, "END:VCALENDAR", zoneBerlin+"X-AFTER:1\r\nEND:VCALENDAR", 1)
	s := smallPhone()
	work := s.collections[1]
	for i, body := range []string{exception, eventIn(other, 20), eventIn(third, 21), eventIn(other, 22), after} {
		work.items = append(work.items, text(fmt.Sprintf("/k/work/x%d.ics", i), "\"etag,\"", "Ünïcode \"q\".ics", body))
	}
	lf := strings.ReplaceAll(event(30), "\r\n", "\n")
	work.items = append(work.items, text("/k/work/lf.ics", "1", "lf.ics", lf))
	s.collections[0].items = append(s.collections[0].items, text("/c/people/=cmd.vcf", "1", "=cmd()", card(77)), text("/c/people/bad", "1", "bad.vcf", "not\na card"))
	run(t, a, s)
	s.collections[0].items = s.collections[0].items[1:] // one is in Vanished
	run(t, a, s)
	whole(t, a)
	if _, err := os.Stat(filepath.Join(a.Dir(), "data/Phone/Calendars/Work_ _mixed_ (3).ics")); err != nil {
		t.Errorf("zones that clash: %v", err)
	}

	want := offered(smallPhone())
	for id, body := range offered(s) {
		want[id] = body
	}
	f, err := os.Open(filepath.Join(a.Dir(), "data", "Phone", disk.IndexFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rebuilt := 0
	for _, line := range lines[1:] {
		id, name, published, delivered, wrapper, state := line[1], line[4], line[7], line[8], line[9], line[10]
		file := []byte(read(t, a, "data/Phone/"+name))
		offset, _ := strconv.Atoi(line[5])
		length, _ := strconv.Atoi(line[6])
		raw := file[offset : offset+length]
		if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != published {
			t.Errorf("%s: its place does not have the hash as published", id)
		}
		if wrapper != "" {
			if raw, err = ical.Join(wrapper, zonesOf(t, file), components(raw)); err != nil {
				t.Errorf("%s: %v", id, err)
			}
		}
		body := want[id]
		if id == "/k/work/lf.ics" {
			body = event(30) // its line ends were changed
		} else if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != delivered {
			t.Errorf("%s (%s): rebuilt, it does not have the hash as delivered", id, state)
		}
		if string(raw) != body {
			t.Errorf("%s: rebuilt:\n%s\nwant:\n%s", id, raw, body)
		}
		delete(want, id)
		rebuilt++
	}
	if len(want) > 0 || rebuilt != 44 {
		t.Errorf("%d rebuilt, not in the index: %v", rebuilt, want)
	}
}

// TestPathsFit: the longest names from outside still make paths that fit, also
// for what vanished.
func TestPathsFit(t *testing.T) {
	a := create(t, archive.Options{})
	long := strings.Repeat("Ä long name 字 ", 40)
	s := &shelf{}
	for i, kind := range []export.Kind{export.Contacts, export.Events, export.Photos} {
		for j := range 12 {
			c := &shelved{Collection: export.Collection{ID: fmt.Sprint(kind, j), Name: long, Kind: kind}}
			for k := range 2 {
				body := []string{card(k), event(k), fmt.Sprint(i, j, k)}[i]
				it := text(fmt.Sprint(i, j, k), "1", long+".jpeg", body)
				it.Folder, it.Modified = long, aDay
				c.items = append(c.items, it)
			}
			s.collections = append(s.collections, c)
		}
	}
	for range 2 {
		if _, err := export.Run(t.Context(), s, a, export.Plan{Account: long}, nil); err != nil {
			t.Fatal(err)
		}
		for _, c := range s.collections {
			c.items = c.items[1:]
		}
	}
	whole(t, a)
	seen := map[string]string{}
	for name := range snapshot(t, a.Dir()) {
		if disk.UnitsOf(name) > disk.MaxPathUnits {
			t.Errorf("%d units: %s", disk.UnitsOf(name), name)
		}
		for _, part := range strings.Split(name, "/") {
			if disk.UnitsOf(part) > disk.MaxNameUnits || len(part) > disk.MaxNameBytes {
				t.Errorf("too long: %s", part)
			}
		}
		if was := seen[archive.FoldName(name)]; was != "" {
			t.Errorf("%s and %s are the same on some disks", was, name)
		}
		seen[archive.FoldName(name)] = name
	}
}

// TestREADME: names from outside cannot do anything in the page.
func TestREADME(t *testing.T) {
	a := create(t, archive.Options{})
	s := tinyPhone()
	s.collections[0].Name = "<script>alert(1)</script> #1"
	if _, err := export.Run(t.Context(), s, a, export.Plan{Account: "\"><img src=x onerror=y>"}, nil); err != nil {
		t.Fatal(err)
	}
	page := read(t, a, disk.ReadmeFile)
	for _, bad := range []string{"<script>", "<img", "javascript:"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	for _, want := range []string{"3 people", "2 events", "2 to-dos", "2 photos and videos", "%231.vcf"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %q:\n%s", want, page)
		}
	}
}
