package work_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/settings"
	"sidekeep/export/source"
)

const oneCard = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:anna\r\nFN:Anna Berg\r\nN:Berg;Anna;;;\r\nEND:VCARD\r\n"

// wholeLife takes a file, and a card of Anna, through everything that an archive
// does with what it is given: import, pages, agenda, search, verify, save, proof,
// and a restore into a folder. Nothing may be a mistake, and Anna is always kept.
func wholeLife(t *testing.T, name string, data []byte) {
	t.Helper()
	w := newWork(t, work.Options{})
	dir, target := t.TempDir(), t.TempDir()
	for at, b := range map[string][]byte{filepath.Join(dir, name): data, filepath.Join(dir, "anna.vcf"): []byte(oneCard), filepath.Join(target, "x.vcf"): []byte(oneCard)} {
		if err := os.WriteFile(at, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	right := func(what string, err error) {
		t.Helper()
		var m *export.MistakeError
		if errors.As(err, &m) {
			t.Fatalf("%s: %v\n%s", what, err, m.Stack)
		}
		if errors.Is(err, export.ErrMistake) || err != nil && what != "" {
			t.Fatalf("%s: %v", what, err)
		}
	}
	sum, err := w.Import(ctx, "", []string{dir}, nil)
	right("import", err)
	if !sum.Balanced() || len(sum.NotShown) > 0 {
		t.Fatalf("import: %+v", sum.Ledger)
	}
	for _, p := range sum.Problems {
		right("", p.Err())
	}
	page, err := os.ReadFile(filepath.Join(w.ArchiveDir(), "readme", "people.html"))
	if err != nil || !bytes.Contains(page, []byte("Anna Berg")) {
		t.Fatalf("Anna is not on the page of people: %v", err)
	}
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	_, _, err = w.Agenda(ctx, archive.Query{}, from, from.AddDate(1, 0, 0))
	right("agenda", err)
	found, err := w.Search(ctx, archive.Search{Words: "berg"})
	right("search", err)
	if len(found.Hits) == 0 {
		t.Fatal("Anna is not found")
	}
	c, err := w.Verify(ctx, nil)
	right("verify", err)
	for _, b := range c.Bad {
		t.Errorf("verify: %+v", b)
	}
	proven, err := w.Prove(ctx, work.FilesName, nil)
	right("proof", err)
	for _, b := range proven.Bad {
		t.Errorf("proof: %+v", b)
	}
	saved, err := w.Save(ctx, work.SaveOptions{Dir: filepath.Join(t.TempDir(), "saved"), VCard: "4.0"})
	right("save", err)
	for _, u := range saved.Unsaved {
		t.Logf("not saved: %+v", u)
	}
	f, err := w.Find(ctx, work.Candidate{Type: settings.Folder, Values: source.Values{source.Address: target}})
	right("find", err)
	right("add", w.Add(ctx, "target", work.Candidate{Type: settings.Folder, Values: source.Values{source.Address: target}}, f, nil))
	_, err = w.Export(ctx, "target", nil)
	right("export", err)
	p, err := w.PlanRestore(ctx, work.RestoreRequest{To: "target", From: work.FilesName}, nil)
	right("plan", err)
	defer p.Close()
	_, err = w.Restore(ctx, p, nil)
	right("restore", err)
}

// FuzzArchive: no file, whatever is in it, stops an archive or a verb.
func FuzzArchive(f *testing.F) {
	const begin, end = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n", "END:VCALENDAR\r\n"
	event := func(s string) []byte {
		return []byte(begin + "BEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20261101T080000Z\r\nSUMMARY:x\r\n" + s + "END:VEVENT\r\n" + end)
	}
	for _, data := range [][]byte{
		event("DTSTART:20261204T090000Z\r\nRRULE:FREQ=DAILY;COUNT=1\r\nEXDATE:20261204T090000Z\r\n"),
		event("DTSTART;TZID=Europe/Berlin:20261204T090000\r\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20301231T000000Z\r\nDURATION:PT1H\r\n"),
		event("RRULE:FREQ=DAILY\r\n"),
		event("RECURRENCE-ID;RANGE=THISANDFUTURE:20261204T090000Z\r\n"),
		event("DTSTART;VALUE=DATE:20260131\r\nRRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;COUNT=4\r\n"),
		event("DTSTART:99991231T235959Z\r\nDURATION:P9999999W\r\nRRULE:FREQ=YEARLY\r\n"),
		event("DTSTART:00010101T000000Z\r\nDTEND:20220905T090000Z\r\n"),
		[]byte(begin + "UID:calendar\r\nBEGIN:VEVENT\r\nDTSTART:20261224T180000Z\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nDTSTART:20261224T180000Z\r\nEND:VEVENT\r\n" + end),
		[]byte(begin + end),
		[]byte("BEGIN:VCALENDAR\r\nVERSION:1.0\r\nTZ:+01\r\nDAYLIGHT:TRUE;+02;20100328T020000;20101031T030000;CET;CEST\r\nBEGIN:VEVENT\r\nDTSTART:20100906T013000\r\nRRULE:W1 MO #10\r\nEND:VEVENT\r\n" + end),
	} {
		f.Add(uint8(0), data)
	}
	f.Add(uint8(1), []byte("BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;=\r\nX\r\nBDAY:--0230\r\nPHOTO;ENCODING=BASE64;JPEG:/9j/\r\n\r\nEND:VCARD\r\n"))
	f.Add(uint8(1), []byte("BEGIN:VCARD\nVERSION:4.0\nFN:\xff\xfe\nPHOTO:data:image/png;base64,iVBORw0KGgo=\nEND:VCARD"))
	f.Add(uint8(2), []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xda"))
	f.Add(uint8(3), []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x06\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, kind uint8, data []byte) {
		names := []string{"x.ics", "x.vcf", "x.jpg", "x.png", "x.webp", "x.vcs"}
		if len(data) < 64<<10 {
			wholeLife(t, names[int(kind)%len(names)], data)
		}
	})
}
