package archive

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestEditedBeforeRewrite changes an open file to another of the same length,
// which the next export writes again: what the owner wrote is kept.
func TestEditedBeforeRewrite(t *testing.T) {
	a := create(t, Options{})
	run(t, a, tinyPhone())
	index := filepath.Join(a.Dir(), "data", "Phone", "index.csv")
	text, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)-3] ^= 1
	if err := os.WriteFile(index, text, 0o600); err != nil {
		t.Fatal(err)
	}
	l := run(t, a, later())
	if !slices.Contains(l.PutBack, "data/Phone/index.csv") {
		t.Errorf("put back: %q", l.PutBack)
	}
	kept, err := os.ReadFile(filepath.Join(a.Dir(), ".sidekeep", "damaged", "data", "Phone", "index.csv"))
	if err != nil || string(kept) != string(text) {
		t.Errorf("kept is %d bytes, %v; want what was written", len(kept), err)
	}
	whole(t, a)
}
