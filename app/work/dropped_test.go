package work_test

import (
	"archive/zip"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sidekeep/app/work"
	"sidekeep/export"
)

// TestLookInto counts what a folder, a calendar file and a zip archive hold.
func TestLookInto(t *testing.T) {
	dir := t.TempDir()
	todo := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:t\r\nBEGIN:VTODO\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:Tea\r\nEND:VTODO\r\n" +
		"BEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260101T000000Z\r\nSUMMARY:New year\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	card := "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:3\r\nFN:Ben\r\nN:;Ben;;;\r\nEND:VCARD\r\n"
	write := func(name string, text string) string {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
		return name
	}
	write("folder/home.ics", todo)
	write("folder/notes.txt", "nothing")
	write("folder/pictures/a.jpg", "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9")
	zipped := filepath.Join(dir, "people.zip")
	f, err := os.Create(zipped)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	in, err := z.Create("friends.vcf")
	if err == nil {
		_, err = in.Write([]byte(card + strings.Replace(card, "UID:3", "UID:4", 1)))
	}
	if err := errors.Join(err, z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}

	w := newWork(t, work.Options{})
	got, err := w.LookInto(t.Context(), []string{filepath.Join(dir, "folder"), zipped})
	if err != nil {
		t.Fatal(err)
	}
	want := map[export.Kind]int{export.Events: 1, export.Todos: 1, export.Photos: 1, export.Contacts: 2}
	if !maps.Equal(got.Items, want) || len(got.Skipped) != 1 {
		t.Errorf("found %v, skipped %v", got.Items, got.Skipped)
	}
	if _, err := w.LookInto(t.Context(), []string{filepath.Join(dir, "folder", "notes.txt")}); err == nil {
		t.Error("a file that holds nothing is taken")
	}
	if _, err := w.LookInto(t.Context(), []string{filepath.Join(dir, "none.vcf")}); err == nil {
		t.Error("a file that is not there is taken")
	}
}
