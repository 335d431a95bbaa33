package work_test

import (
	"strings"
	"testing"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/app/work/desk"
	"sidekeep/app/work/files"
)

// TestNothingToType: what a refusal says in the window tells of nothing to type,
// whatever it says on the command line.
func TestNothingToType(t *testing.T) {
	for _, err := range []error{
		desk.NoAccount("x", nil), desk.NoPassword("home"), desk.NoArchive("/a", nil), desk.Absent("/a", "/b", "/c", nil), desk.Absent("/a", "/a", "", nil),
		desk.Absent("/a", "/b", "", nil), desk.Replaced("/a", nil), desk.NotFolder("/a", nil), desk.Synced("/a", "Dropbox"), desk.Emptied("/a", 3), files.TakenByService("home"),
		&work.Error{What: "No.", Try: "Choose another name with “--name NAME”, or none."},
		&work.Error{What: "No.", Try: "Write it like 2026-12-24. “sidekeep history” lists the exports."},
	} {
		w := words.For(err)
		if text := w.String(); strings.Contains(text, "sidekeep ") || strings.Contains(text, "--") || w.Title == "" || w.Try == "" {
			t.Errorf("in the window: %q", text)
		}
	}
	if w := words.For(&work.Error{What: "No.", Try: "Write it like 2026-12-24. “sidekeep history” lists the exports."}); w.Try != "Write it like 2026-12-24." {
		t.Errorf("%q", w.Try)
	}
}
