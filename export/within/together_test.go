package within

import (
	"errors"
	"os"
	"testing"
)

// TestSyncAll: where everything can be synced at once, that works; where it
// cannot, it is said.
func TestSyncAll(t *testing.T) {
	f, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if file, err := f.OpenFile("a", os.O_CREATE|os.O_WRONLY); err != nil {
		t.Fatal(err)
	} else if _, err := file.WriteString("a"); errors.Join(err, file.Close()) != nil {
		t.Fatal(err)
	}
	err = f.SyncAll()
	if f.SyncsAll() && err != nil || !f.SyncsAll() && !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("it works: %v; %v", f.SyncsAll(), err)
	}
}

func TestSince(t *testing.T) {
	for release, want := range map[string]bool{"5.8.0": true, "5.7.19": false, "4.19.0-27-amd64": false, "6.18.44-fc": true, "10.1": true, "": false, "x": false} {
		if got := since(release, 5, 8); got != want {
			t.Errorf("%q: %v", release, got)
		}
	}
}

// TestMoveNew: what is moved takes no name that is taken.
func TestMoveNew(t *testing.T) {
	f, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for name, text := range map[string]string{"a/1": "one", "b/2": "two"} {
		if err := errors.Join(f.MkdirAll(name[:1]), f.WriteFile(name, []byte(text))); err != nil {
			t.Fatal(err)
		}
	}
	if f.MoveNew("a/1", "b/2") || f.MoveNew("a/1", "c/1") || f.MoveNew("a/1", "../x") {
		t.Error("it was moved to where it cannot be")
	}
	moved := f.MoveNew("a/1", "b/1")
	for name, want := range map[string]string{"b/2": "two", map[bool]string{true: "b/1", false: "a/1"}[moved]: "one"} {
		if text, err := f.ReadFile(name, 10); err != nil || string(text) != want {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}
