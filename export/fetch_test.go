package export_test

import (
	"errors"
	"io"
	"testing"

	"sidekeep/export"
)

// A source that cannot read single items is listed for one.
func TestFetch(t *testing.T) {
	p := newPhone(map[string]int{"book": 20})
	c := export.Collection{ID: "/book", Name: "book", Kind: export.Contacts}
	it, err := export.Fetch(t.Context(), p, c, "id0007")
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range []int64{0, 5} {
		r, start, err := it.Open(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if want := card("id0007", "Person 7")[start:]; err != nil || start != from || string(body) != want || it.Size != int64(len(want))+start {
			t.Errorf("from %d: %q, %v, want %q", from, body, err, want)
		}
	}
	if _, err := export.Fetch(t.Context(), p, c, "none"); !errors.Is(err, export.ErrGone) {
		t.Errorf("an item that is not there: %v", err)
	}
	p.fail["id0003"] = export.ErrDamaged
	if _, err := export.Fetch(t.Context(), p, c, "id0003"); !errors.Is(err, export.ErrDamaged) {
		t.Errorf("an item that cannot be read: %v", err)
	}
	broken := errors.New("broken")
	p.spoil = func(export.Collection, export.Sink) (bool, error) { return true, broken }
	if _, err := export.Fetch(t.Context(), p, c, "id0007"); !errors.Is(err, broken) {
		t.Errorf("a listing that fails: %v", err)
	}
}
