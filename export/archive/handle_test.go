package archive_test

import (
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
)

// writeChild writes to a history, as another program would.
func writeChild(dir string) error {
	db := sql.OpenDB(history.Connector{File: filepath.Join(dir, disk.HistoryFile)})
	_, err := db.Exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE; COMMIT")
	return errors.Join(err, db.Close())
}

// TestLocksStay: whatever a process reads of a history besides, and opens and
// closes, the locks of its connections stay, and no other process writes
// meanwhile.
func TestLocksStay(t *testing.T) {
	a := create(t, archive.Options{})
	run(t, a, smallPhone())
	conn, err := archive.StoreOf(a).DB.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	writes := func(when string, want bool) {
		t.Helper()
		out, err := child(t, "write", a.Dir(), "").CombinedOutput()
		if err != nil && !strings.Contains(string(out), "locked") {
			t.Fatalf("%s: %v: %s", when, err, out)
		}
		if (err == nil) != want {
			t.Errorf("%s: another process writes: %v, want %v: %s", when, err == nil, want, out)
		}
	}
	writes("before", true)
	if _, err := conn.ExecContext(t.Context(), "BEGIN"); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := conn.QueryRowContext(t.Context(), "SELECT count(*) FROM archive").Scan(&n); err != nil {
		t.Fatal(err)
	}
	writes("while it reads", false)
	for what, do := range map[string]func() error{
		"the pages are read": func() error { _, err := history.ReadPages(archive.StoreOf(a)); return err },
		"it is read again":   func() error { return history.Reading(archive.StoreOf(a), func(io.ReadSeeker) error { return nil }) },
		"another connection": func() error {
			other, err := archive.StoreOf(a).DB.Conn(t.Context())
			if err != nil {
				return err
			}
			return other.Close()
		},
		"another archive": func() error {
			b, err := archive.Open(a.Dir(), archive.Options{})
			if err != nil {
				return err
			}
			_, err = history.ReadPages(archive.StoreOf(b))
			return errors.Join(err, b.Close())
		},
		"it is looked for": func() error { _, err := history.IDOf(a.Dir()); return err },
		"a foreign look":   func() error { return history.CheckHeader(filepath.Join(a.Dir(), disk.HistoryFile)) },
		"a verification":   func() error { _, err := a.Verify(t.Context(), nil); return err },
	} {
		if err := do(); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		writes(what, false)
	}
	if _, err := conn.ExecContext(t.Context(), "COMMIT"); err != nil {
		t.Fatal(err)
	}
	writes("after", true)
}

// TestBriefLock: who holds the lock for a moment keeps no export from beginning,
// and who holds it for long is told at once.
func TestBriefLock(t *testing.T) {
	a := create(t, archive.Options{})
	run(t, a, smallPhone())
	b := open(t, a.Dir())
	defer b.Close()
	brief, err := disk.TakeLock(b.Dir(), time.Now()) // as a change of the settings does
	if err != nil {
		t.Fatal(err)
	}
	released := make(chan error, 1)
	go func() {
		time.Sleep(300 * time.Millisecond)
		released <- brief.Release()
	}()
	run(t, a, smallPhone())
	if err := <-released; err != nil {
		t.Fatal(err)
	}
	l, err := disk.TakeLock(a.Dir(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Release()
	long := time.Now().Add(-time.Minute)
	if err := os.Chtimes(filepath.Join(a.Dir(), filepath.FromSlash(disk.LockFile)), long, long); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := a.Begin(t.Context(), "Phone", time.Now()); !errors.Is(err, export.ErrBusy) {
		t.Errorf("busy: %v", err)
	}
	if d := time.Since(began); d > disk.Brief/2 {
		t.Errorf("it took %v to say so", d)
	}
}
