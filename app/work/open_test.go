package work_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sidekeep/app/work"
	"sidekeep/app/work/desk"
	"sidekeep/app/work/journals"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
)

// stopBegun begins a restore and stops it when it has written something.
func stopBegun(t *testing.T, w *work.Work, r work.RestoreRequest) {
	t.Helper()
	p, err := w.PlanRestore(t.Context(), r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, err := w.Restore(ctx, p, func(p work.RestoreProgress) {
		if p.Phase == work.Writing && p.Done > 0 { // the first report: all may be done before the next
			cancel()
		}
	}); err == nil {
		t.Fatal("it was not stopped")
	}
}

func openOne(t *testing.T, w *work.Work) work.RestoreEntry {
	t.Helper()
	list, err := w.OpenRestores(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%v, open are %+v", err, list)
	}
	return list[0]
}

// TestOpenRestoreGoesOn: whatever came between, the same restore goes on with the
// lines that are open, and the account is held until then.
func TestOpenRestoreGoesOn(t *testing.T) {
	for _, c := range []struct {
		name    string
		between func(t *testing.T, w *work.Work, name string)
	}{
		{"an export", func(t *testing.T, w *work.Work, name string) {
			if l, err := w.Export(t.Context(), name, nil); err != nil || !l.Held {
				t.Errorf("%v %+v", err, l.Counts)
			}
		}},
		{"an answer", func(t *testing.T, w *work.Work, name string) {
			holds, err := w.Holds(t.Context(), name)
			if err != nil || len(holds) == 0 {
				t.Fatal(err, holds)
			}
			if _, err := w.Accept(t.Context(), holds[0].Export); err != nil {
				t.Fatal(err)
			}
		}},
		{"a torn journal", func(t *testing.T, w *work.Work, _ string) {
			at := filepath.Join(w.ArchiveDir(), journals.RestoresDir, "1", "journal.jsonl")
			text, err := os.ReadFile(at)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(at, text[:len(text)-30], 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		{"forged lines", func(t *testing.T, w *work.Work, _ string) {
			forge(t, w, 1, func(n int) string {
				return fmt.Sprintf(`{"n":%d,"step":"intent","line":%d,"deed":"create"}`, 9000+n, n+1) + "\n" + fmt.Sprintf(`{"n":%d,"step":"done"}`, 9000+n)
			}, 400)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, name := demoWork(t)
			before, err := w.DemoItems(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			removed := wipe(t, w, 3)
			if l, err := w.Export(t.Context(), name, nil); err != nil || !l.Held {
				t.Fatalf("%v %+v", err, l)
			}
			stopBegun(t, w, work.RestoreRequest{To: name})
			e := openOne(t, w)
			if e.Total != removed || e.Done == 0 || e.Done >= removed {
				t.Errorf("%d were removed: %+v", removed, e)
			}
			c.between(t, w, name)
			p, err := w.PlanRestore(t.Context(), work.RestoreRequest{To: name}, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			if p.GoesOn == nil || p.GoesOn.Number != 1 || len(p.Lines) != removed-p.GoesOn.Done {
				t.Errorf("%d lines, of %d: %+v", len(p.Lines), removed, p.GoesOn)
			}
			out, err := w.Restore(t.Context(), p, nil)
			if err != nil || out.Number != 1 || out.Done != removed || out.After == nil || out.After.Held {
				t.Errorf("%v %+v", err, out)
			}
			if after, err := w.DemoItems(t.Context()); err != nil || len(after) != len(before) {
				t.Errorf("%d items, then %d, %v", len(before), len(after), err)
			}
			if list, err := w.OpenRestores(t.Context()); err != nil || len(list) != 0 {
				t.Errorf("%v, open are %+v", err, list)
			}
			if u, err := w.Undo(t.Context(), 1, nil); err != nil || u.Removed != removed {
				t.Errorf("%v: %d of %d removed", err, u.Removed, removed)
			}
		})
	}
}

// forge appends n times what line says to the journal of a restore.
func forge(t *testing.T, w *work.Work, restore int, line func(n int) string, n int) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(w.ArchiveDir(), journals.RestoresDir, fmt.Sprint(restore), "journal.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i := range n {
		fmt.Fprintln(f, line(i))
	}
}

// TestDropEndsTheHold: what is left is given up, and the next export judges anew.
func TestDropEndsTheHold(t *testing.T) {
	w, name := demoWork(t)
	removed := wipe(t, w, 3)
	if l, err := w.Export(t.Context(), name, nil); err != nil || !l.Held {
		t.Fatalf("%v %+v", err, l)
	}
	stopBegun(t, w, work.RestoreRequest{To: name})
	if l, err := w.Export(t.Context(), name, nil); err != nil || !l.Held {
		t.Fatalf("%v %+v", err, l)
	}
	e, err := w.DropRestore(t.Context(), name, 0)
	if err != nil || e.State != work.RestoreDropped || e.Done == 0 || e.Done == removed {
		t.Fatalf("%v %+v", err, e)
	}
	if _, err := w.DropRestore(t.Context(), name, 0); err == nil {
		t.Error("it is dropped twice")
	}
	p, err := w.PlanRestore(t.Context(), work.RestoreRequest{To: name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil || p.GoesOn != nil {
		t.Errorf("%v, it goes on with %+v", err, p.GoesOn)
	}
	if u, err := w.Undo(t.Context(), 1, nil); err != nil || u.Removed < e.Done {
		t.Errorf("%v %+v", err, u)
	}
}

// TestForgedUndo: of a journal only what the restore wrote itself is turned back.
func TestForgedUndo(t *testing.T) {
	w, name := demoWork(t)
	file := filepath.Join(t.TempDir(), "one.vcf")
	if err := os.WriteFile(file, []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:d1\r\nFN:Dropped One\r\nN:One;Dropped;;;\r\nEND:VCARD\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := w.PlanRestore(t.Context(), work.RestoreRequest{To: name, Paths: []string{file}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if out, err := w.Restore(t.Context(), p, nil); err != nil || out.Created != 1 {
		t.Fatalf("%v %+v", err, out)
	}
	// Forged with the right hashes and versions of what was there before.
	var others []string
	err = desk.WithArchive(work.DeskOf(w), func(a *archive.Archive) error {
		for it, err := range a.Contents(t.Context(), archive.Query{Account: name, Kind: export.Contacts, Present: true}) {
			if err != nil {
				return err
			}
			if it.UID != "d1" {
				others = append(others, fmt.Sprintf(`{"n":%%d,"step":"intent","deed":"create","collection":{"ID":%q,"Name":"Contacts","Kind":"contacts"},"kind":"contacts","name":"x","new":"%x"}`+"\n"+
					`{"n":%%d,"step":"done","after":{"ID":%q}}`, it.Collection, it.Hash, it.ID))
			}
		}
		return nil
	})
	if err != nil || len(others) < 40 {
		t.Fatal(err, len(others))
	}
	forge(t, w, 1, func(n int) string { return fmt.Sprintf(others[n], 50+n, 50+n) }, 39)
	forge(t, w, 1, func(int) string { return `{"n":7,` }, 1)
	u, err := w.PlanUndo(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if n := u.Counts(); n != (restore.UndoCounts{Remove: 1, Left: 40}) {
		t.Errorf("planned is %+v", n)
	}
	before, err := w.DemoItems(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	done, err := w.UndoPlanned(t.Context(), u, nil)
	if err != nil || done.Removed != 1 || len(done.Left) != 40 {
		t.Errorf("%v: %d removed, %d left", err, done.Removed, len(done.Left))
	}
	if after, err := w.DemoItems(t.Context()); err != nil || len(after) != len(before)-1 {
		t.Errorf("%d items, then %d, %v", len(before), len(after), err)
	}
}

// TestForeignList: a list that somebody changed is not gone on with.
func TestForeignList(t *testing.T) {
	w, name := demoWork(t)
	wipe(t, w, 3)
	stopBegun(t, w, work.RestoreRequest{To: name})
	at := filepath.Join(w.ArchiveDir(), journals.RestoresDir, "1", "list.jsonl")
	text, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at, bytes.Replace(text, []byte(`"hash":"`), []byte(`"hash":"00`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := w.PlanRestore(t.Context(), work.RestoreRequest{To: name}, nil); err == nil || !strings.Contains(err.Error(), "changed by someone else") {
		t.Errorf("%v", err)
	}
	if list, err := w.Restores(t.Context()); err != nil || !slices.ContainsFunc(list, func(e work.RestoreEntry) bool { return e.State == work.RestoreOpen }) {
		t.Errorf("%v %+v", err, list)
	}
	if e, err := w.DropRestore(t.Context(), name, 0); err != nil || e.State != work.RestoreDropped {
		t.Errorf("%v %+v", err, e)
	}
}

// TestNeverBegun: a restore that was killed before it had its list is none: it
// keeps no hold, and is not told of.
func TestNeverBegun(t *testing.T) {
	w, name := demoWork(t)
	wipe(t, w, 3)
	if l, err := w.Export(t.Context(), name, nil); err != nil || !l.Held {
		t.Fatalf("%v %+v", err, l)
	}
	dir := filepath.Join(w.ArchiveDir(), journals.RestoresDir, "4", "old")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{"../note.json": fmt.Sprintf(`{"account":%q,"from":%q,"state":"open"}`, name, name), "../journal.jsonl": ""} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := w.Restores(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%v, restores are %+v", err, list)
	}
	p, err := w.PlanRestore(t.Context(), work.RestoreRequest{To: name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	out, err := w.Restore(t.Context(), p, nil)
	if err != nil || out.Number == 0 || out.Number == 4 || out.After == nil || out.After.Held {
		t.Errorf("%v, restore %d, after it %+v", err, out.Number, out.After)
	}
}
