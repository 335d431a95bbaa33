package work

import (
	"strings"
	"testing"

	"sidekeep/app/words"
)

// TestNothingToType: what a refusal says in the window tells of nothing to type,
// whatever it says on the command line.
func TestNothingToType(t *testing.T) {
	for _, err := range []error{
		noAccount("x", nil), noPassword("home"), noArchive("/a", nil), absent("/a", "/b", "/c", nil), absent("/a", "/a", "", nil),
		absent("/a", "/b", "", nil), replaced("/a", nil), notFolder("/a", nil), synced("/a", "Dropbox"), emptied("/a", 3), takenByService("home"),
		&Error{What: "No.", Try: "Choose another name with “--name NAME”, or none."},
		&Error{What: "No.", Try: "Write it like 2026-12-24. “sidekeep history” lists the exports."},
	} {
		w := words.For(err)
		if text := w.String(); strings.Contains(text, "sidekeep ") || strings.Contains(text, "--") || w.Title == "" || w.Try == "" {
			t.Errorf("in the window: %q", text)
		}
	}
	if w := words.For(&Error{What: "No.", Try: "Write it like 2026-12-24. “sidekeep history” lists the exports."}); w.Try != "Write it like 2026-12-24." {
		t.Errorf("%q", w.Try)
	}
}
