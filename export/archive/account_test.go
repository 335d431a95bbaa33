package archive_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
)

func TestAccounts(t *testing.T) {
	now := aDay
	a := create(t, archive.Options{Now: func() time.Time { return now }})
	if err := a.SetAccount(t.Context(), "Phone", []byte(`{"type":"dav"}`)); err != nil {
		t.Fatal(err)
	}
	if err := a.SetAccount(t.Context(), "phone", nil); err != nil {
		t.Fatal(err)
	}
	if err := a.SetAccount(t.Context(), "Phone", []byte(`{`)); err == nil {
		t.Error("settings that are no JSON were taken")
	}
	run(t, a, tinyPhone())
	now = now.AddDate(0, 0, 1)
	s := later()
	s.collections[0].items[0].Version, s.collections[0].items[0].Open, s.collections[0].items[0].Err = "9", nil, export.ErrDenied
	run(t, a, s)
	whole(t, a)
	list, err := a.Accounts(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	c := list[0]
	if c.Name != "Phone" || c.Folder != "data/Phone" || string(c.Settings) != `{"type":"dav"}` || list[1].Folder != "data/phone (2)" {
		t.Errorf("%+v", list)
	}
	if c.Items[export.Contacts] != 5 || c.Items[export.Events] != 1 || c.Items[export.Todos] != 2 || c.Items[export.Photos] != 3 || c.Gone != 2 || c.SetAside != 1 || c.Failed != 1 {
		t.Errorf("%+v", c)
	}
	if !c.LastFull.Equal(now) || c.Bytes == 0 {
		t.Errorf("last full %v, %d bytes", c.LastFull, c.Bytes)
	}
	if c.Last == nil || c.Last.Number != 2 || c.Last.Good() || c.LastGood == nil || c.LastGood.Number != 1 || !c.LastGood.Good() {
		t.Errorf("last %+v, last good %+v", c.Last, c.LastGood)
	}
	exports, err := a.Exports(t.Context(), "", 0)
	if err != nil || len(exports) != 2 || exports[0].Number != 2 || len(exports[0].Collections) != 3 || exports[0].Collections[0].ID != "/c/people/" || len(exports[0].Problems) != 2 {
		t.Errorf("%+v, %v", exports, err)
	}
	if exports, err = a.Exports(t.Context(), "phone", 0); err != nil || len(exports) != 0 {
		t.Errorf("%+v, %v", exports, err)
	}
	if _, err := a.Delivered(t.Context(), "Phone", "/c/people/", "nobody"); !errors.Is(err, export.ErrGone) {
		t.Errorf("%v", err)
	}
	n := 0
	for it, err := range a.Items(t.Context(), archive.Query{Account: "Phone", Kind: export.Events}) {
		if err != nil || it.Kind != export.Events || it.Start.IsZero() || it.Name == "" || it.UID == "" || it.Size == 0 || it.Since.IsZero() {
			t.Errorf("%+v, %v", it, err)
		}
		n++
	}
	if n != 2 {
		t.Errorf("%d events", n)
	}
}

// TestMoved: a moved archive is found by its ID, and is the same.
func TestMoved(t *testing.T) {
	dir := filled(t)
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	id := a.ID()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	places := t.TempDir()
	to := filepath.Join(places, "100% of #my? stuff")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	other := create(t, archive.Options{})
	found, ok := archive.Find(id, []string{"/nowhere", other.Dir(), places})
	if !ok || found != to {
		t.Fatalf("found %q", found)
	}
	if a, err = archive.Open(found, archive.Options{}); err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	whole(t, a)
	run(t, a, later())
	whole(t, a)
	if _, ok := archive.Find("another", []string{places, ""}); ok {
		t.Error("found what is not there")
	}
}

// TestMemory: the process is as large with ten times the items. Its memory is
// tidied often, so that the peak tells what is in use and not when it was last
// tidied.
func TestMemory(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("takes a while; the numbers of the race detector tell nothing")
	}
	t.Setenv("GOGC", "10")
	small, large := peak(t, 5000), peak(t, 50000)
	t.Logf("%d KB with 5,000 items, %d KB with 50,000", small, large)
	if large > small*5/4 {
		t.Errorf("%d KB with 5,000 items, %d KB with 50,000", small, large)
	}
}
