package work_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"sidekeep/app/work"
)

// TestCutRestoreIsCounted: of a restore that was killed, whose journal has only
// what was begun, it is told of how many items that is not known, and the undo
// takes away those that are there.
func TestCutRestoreIsCounted(t *testing.T) {
	w, name := demoWork(t)
	wipe(t, w, 3)
	p, err := w.PlanRestore(t.Context(), work.RestoreRequest{To: name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err = w.Restore(ctx, p, func(r work.RestoreProgress) {
		if r.Phase == work.Writing && r.Done > 0 {
			cancel()
		}
	})
	cancel()
	if err == nil {
		t.Fatal("it was not stopped")
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(w.ArchiveDir(), ".sidekeep", "restores", "1", "journal.jsonl")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var left []byte
	begun := 0
	for line := range bytes.Lines(text) {
		if bytes.Contains(line, []byte(`"step":"intent"`)) {
			left = append(left, line...)
			if bytes.Contains(line, []byte(`"deed":"create"`)) {
				begun++
			}
		}
	}
	if err := os.WriteFile(file, left, 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := w.Status(t.Context())
	if err != nil || list[0].Restore == nil {
		t.Fatalf("%v %+v", err, list)
	}
	if e := list[0].Restore; begun == 0 || e.Done != 0 || e.Unsure != begun {
		t.Errorf("%d were begun: %+v", begun, e)
	}
	u, err := w.Undo(t.Context(), 1, nil)
	if err != nil || u.Removed == 0 || u.Removed > begun {
		t.Errorf("%v %+v", err, u)
	}
	all, err := w.Restores(t.Context())
	if err != nil || all[0].Unsure != 0 {
		t.Errorf("after the undo: %v %+v", err, all)
	}
}
