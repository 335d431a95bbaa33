package work_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sidekeep/app/work"
	"sidekeep/app/work/desk"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/davserver"
	"sidekeep/export/settings"
	"sidekeep/export/source"
)

// heldItems is everything that the archive tells of its items, with their bytes.
func heldItems(t *testing.T, w *work.Work) map[string]string {
	t.Helper()
	a, err := desk.ArchiveHere(work.DeskOf(w))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	all := map[string]string{}
	for it, err := range a.Items(t.Context(), archive.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		body, err := a.Delivered(t.Context(), it.Account, it.Collection, it.ID)
		if err != nil {
			t.Fatalf("%s: %v", it.ID, err)
		}
		b, err := io.ReadAll(body)
		if err := errors.Join(err, body.Close()); err != nil {
			t.Fatal(err)
		}
		it.Since, it.Number = it.Modified, 0 // the exports are not the same
		all[it.Collection+it.ID] = fmt.Sprintf("%+v\n%s", it, b)
	}
	return all
}

// spoiled changes what the server has: people, events, to-dos and a photo go,
// one card can no longer be understood.
func spoiled(t *testing.T, w *work.Work, server *davserver.Server) {
	t.Helper()
	paths := slices.Sorted(maps.Keys(heldItems(t, w)))
	for _, folder := range []string{"/contacts/alice/", "/calendars/alice/", "/files/alice/"} {
		n := 0
		for _, path := range paths {
			if !strings.HasPrefix(path, folder) {
				continue
			}
			if n++; n%40 != 7 {
				continue
			}
			if err := server.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	at := slices.IndexFunc(paths, func(p string) bool { return strings.HasPrefix(p, "/contacts/alice/") })
	if _, err := server.Put(paths[at+1], []byte("this is no card")); err != nil {
		t.Fatal(err)
	}
}

// TestRebuilt destroys history.db in every way: it is made anew from the open
// files, everything is as it was, and the next export from the service keeps
// nothing and is not held.
func TestRebuilt(t *testing.T) {
	url, server := phone(t)
	w := newWork(t, work.Options{})
	const name = "Anna's: phone %"
	c := work.Candidate{Type: settings.DAV, Values: source.Values{source.Address: url, source.Photos: url + "files/alice/", source.User: "alice", source.Password: "secret"}}
	f, err := w.Find(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(t.Context(), name, c, f, nil); err != nil {
		t.Fatal(err)
	}
	run(t, w, name)
	spoiled(t, w, server)
	if l, err := w.Export(t.Context(), name, nil); err != nil || l.Gone < 5 || l.SetAside != 1 || l.Held {
		t.Fatalf("the second export: %+v, %v", l, err)
	}
	before := heldItems(t, w)
	kinds := map[string]int{}
	for _, it := range before {
		for _, what := range []string{"BEGIN:VCARD", "BEGIN:VTODO", "BEGIN:VTIMEZONE", "State:gone", "State:set aside", "Kind:photos"} {
			if strings.Contains(it, what) {
				kinds[what]++
			}
		}
	}
	if len(kinds) != 6 {
		t.Fatalf("the phone lacks something: %v", kinds)
	}
	file := filepath.Join(w.ArchiveDir(), "history.db")
	write := func(at int64, b []byte) error {
		f, err := os.OpenFile(file, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteAt(b, at)
		return errors.Join(err, f.Close())
	}
	for _, way := range []struct {
		name string
		do   func() error
	}{
		{"missing", func() error { return os.Remove(file) }},
		{"not SQLite", func() error { return os.WriteFile(file, []byte(strings.Repeat("text ", 4000)), 0o666) }},
		{"its first page overwritten", func() error { return write(100, []byte(strings.Repeat("\xa5", 3996))) }},
		{"cut in the middle", func() error {
			info, err := os.Stat(file)
			if err == nil {
				err = os.Truncate(file, info.Size()/2)
			}
			return err
		}},
		{"overwritten", func() error { return write(4096, []byte(strings.Repeat("\xff", 30*4096))) }},
	} {
		t.Run(way.name, func(t *testing.T) {
			if err := way.do(); err != nil {
				t.Fatal(err)
			}
			r, err := w.Repair(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if !r.Rebuilt || len(r.Bad) > 0 || way.name != "missing" && r.Kept == "" {
				t.Errorf("repair: %+v", r.Bad)
			}
			c, err := w.Verify(t.Context(), nil)
			if err != nil || len(c.Bad) > 0 || c.Checked == 0 {
				t.Errorf("verify: %+v, %v", c, err)
			}
			if diff := cmp.Diff(before, heldItems(t, w)); diff != "" {
				t.Errorf("what the archive tells (-before +rebuilt):\n%.3000s", diff)
			}
			l, err := w.Export(t.Context(), name, nil)
			if err != nil || l.Kept+l.Gone+l.Failed > 0 || l.Held || !l.Balanced() || l.Listing != "full" {
				t.Errorf("the next export: %+v, %v", l, err)
			}
			if diff := cmp.Diff(before, heldItems(t, w)); diff != "" {
				t.Errorf("after the next export (-before +then):\n%.3000s", diff)
			}
			if in, err := w.Status(t.Context()); err != nil || len(in) != 1 {
				t.Errorf("accounts: %+v, %v", in, err)
			}
			list, err := w.History(t.Context(), "", 0)
			if err != nil || !r.Salvaged && (len(list) != 2 || !list[1].Rebuilt) {
				t.Errorf("history: %+v, %v", list, err)
			}
		})
	}
}

// TestNotBegunAnew: where an archive has lost its history, none is begun.
func TestNotBegunAnew(t *testing.T) {
	url, _ := phone(t)
	w := newWork(t, work.Options{})
	add(t, w, url)
	run(t, w, "home")
	file := filepath.Join(w.ArchiveDir(), "history.db")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Export(t.Context(), "home", nil); !errors.Is(err, export.ErrHistory) {
		t.Errorf("export: %v", err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a history was begun anew")
	}
}
