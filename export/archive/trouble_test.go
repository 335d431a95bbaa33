package archive_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
)

func filled(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(fastDir(t), "archive")
	a, err := archive.Create(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	run(t, a, tinyPhone())
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func change(t *testing.T, dir, query string) {
	t.Helper()
	db := sql.OpenDB(history.Connector{File: filepath.Join(dir, disk.HistoryFile)})
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(dir string) error
		want error
	}{
		{"no archive", func(dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, disk.HistoryFile)), os.Remove(filepath.Join(dir, disk.BagInfoFile)))
		}, export.ErrNoArchive},
		{"no history", func(dir string) error { return os.Remove(filepath.Join(dir, disk.HistoryFile)) }, export.ErrHistory},
		{"no folder", os.RemoveAll, export.ErrNoArchive},
		{"newer", func(dir string) error { change(t, dir, "PRAGMA user_version=99"); return nil }, export.ErrNewer},
		{"another database", func(dir string) error { change(t, dir, "PRAGMA application_id=1"); return nil }, export.ErrDamaged},
		{"no database", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, disk.HistoryFile), []byte(strings.Repeat("text ", 1000)), 0o666)
		}, export.ErrDamaged},
		{"empty", func(dir string) error { return os.Truncate(filepath.Join(dir, disk.HistoryFile), 0) }, export.ErrDamaged},
		{"cut short", func(dir string) error { return os.Truncate(filepath.Join(dir, disk.HistoryFile), 10000) }, export.ErrDamaged},
		{"overwritten", func(dir string) error {
			f, err := os.OpenFile(filepath.Join(dir, disk.HistoryFile), os.O_RDWR, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteAt([]byte(strings.Repeat("\xff", 3*4096)), 4096)
			return errors.Join(err, f.Close())
		}, export.ErrDamaged},
		{"a folder of this name", func(dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, disk.HistoryFile)), os.Mkdir(filepath.Join(dir, disk.HistoryFile), 0o777))
		}, export.ErrDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filled(t)
			if err := c.do(dir); err != nil {
				t.Fatal(err)
			}
			before := tree(dir)
			a, err := archive.Open(dir, archive.Options{})
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if err == nil {
				a.Close()
			}
			if after := tree(dir); after != before {
				t.Errorf("the folder was changed: %s, before %s", after, before)
			}
		})
	}
}

// tree is the names and sizes below dir.
func tree(dir string) string {
	out, _ := exec.Command("find", dir, "-type", "f", "-printf", "%P %s %T@\n").Output()
	return string(out)
}

func TestCreateRefusesAFolderWithOtherThings(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.doc"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Create(dir, archive.Options{}); !errors.Is(err, export.ErrNotWritable) || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("%v", err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("left %v", files)
	}
}

func TestOneWriter(t *testing.T) {
	dir := filled(t)
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	s, err := a.Begin(t.Context(), "Phone", aDay)
	if err != nil {
		t.Fatal(err)
	}
	b, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatalf("reading while somebody writes: %v", err)
	}
	defer b.Close()
	_, err = b.Begin(t.Context(), "Phone", aDay)
	if host, _ := os.Hostname(); !errors.Is(err, export.ErrBusy) || !strings.Contains(err.Error(), fmt.Sprintf("on %s, process %d, since ", host, os.Getpid())) {
		t.Errorf("%v", err)
	}
	if _, err := b.Verify(t.Context(), nil); !errors.Is(err, export.ErrBusy) {
		t.Errorf("verifying while somebody writes: %v", err)
	}
	if held, err := bodies(t, b); err != nil || len(held) != 9 {
		t.Errorf("reading while somebody writes: %d, %v", len(held), err)
	}
	if err := b.SetAccount(t.Context(), "Other", []byte(`{"a":1}`)); err != nil {
		t.Errorf("settings while somebody writes: %v", err)
	}
	l := export.Ledger{Account: "Phone"}
	if err := s.Finish(t.Context(), &l); err != nil {
		t.Fatal(err)
	}
	run(t, b, tinyPhone())
	whole(t, a)
}

// TestFullDisk lets the disk be full at every operation in turn: the archive is
// as it was, or as it would be, and goes on when there is room.
func TestFullDisk(t *testing.T) {
	from := filled(t)
	for at := 1; ; at++ {
		dir := copyTree(t, from)
		d, open := newCutDisk(t, at)
		d.fail = syscall.ENOSPC
		a, err := archive.Open(dir, archive.Options{Disk: open})
		if err != nil {
			t.Fatal(err)
		}
		_, err = export.Run(t.Context(), later(), a, export.Plan{Account: "Phone", Full: true}, nil)
		if d.ops < at {
			if err != nil {
				t.Fatal(err)
			}
			a.Close()
			break
		}
		what := d.log[at-1]
		if !errors.Is(err, export.ErrFull) && !strings.Contains(what, history.SumsFile) { // without it the export is as good
			t.Errorf("full at %s: %v", what, err)
		}
		if err := a.Close(); err != nil {
			t.Errorf("full at %s: closing: %v", what, err)
		}
		sha := exec.Command("sha256sum", "-c", "--quiet", disk.ManifestFile)
		sha.Dir = dir
		if out, err := sha.CombinedOutput(); err != nil && !strings.HasPrefix(what, "rename") && !strings.HasPrefix(what, "syncdir data") && !strings.HasPrefix(what, "mkdir data") && !strings.HasPrefix(what, "remove") {
			t.Errorf("full at %s: the open files were changed: %s", what, out)
		}
		if a, err = archive.Open(dir, archive.Options{}); err != nil {
			t.Fatalf("full at %s: %v", what, err)
		}
		check(t, a)
		run(t, a, later())
		check(t, a)
		if n := photoFiles(t, dir); n != 5 {
			t.Errorf("full at %s: %d photos", what, n)
		}
		a.Close()
		os.RemoveAll(filepath.Dir(dir))
		if t.Failed() {
			return
		}
	}
}

// check is Verify without coreutils.
func check(t testing.TB, a *archive.Archive) {
	t.Helper()
	for _, f := range wrong(t, a) {
		t.Error("verify:", f)
	}
}

// TestReallyFullDisk fills a small disk, SQLite's own files included.
func TestReallyFullDisk(t *testing.T) {
	disk := t.TempDir()
	if os.Getuid() != 0 {
		t.Skip("mounting a small disk takes root")
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("mount: %v: %s", err, out)
	}
	defer exec.Command("umount", "-l", disk).Run()
	for _, kind := range []export.Kind{export.Contacts, export.Photos} {
		dir := filepath.Join(disk, string(kind))
		a, err := archive.Create(dir, archive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		run(t, a, tinyPhone())
		large := &shelved{Collection: export.Collection{ID: "l", Name: "Large", Kind: kind}}
		for i := range 100 {
			body := fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:L%d\r\nN:L;;;;\r\nNOTE:%s\r\nEND:VCARD\r\n", i, strings.Repeat("x", 100000))
			large.items = append(large.items, text(fmt.Sprintf("l/%d.jpg", i), "1", fmt.Sprintf("%d.jpg", i), body))
		}
		s := tinyPhone()
		s.collections = append(s.collections, large)
		l, err := export.Run(t.Context(), s, a, export.Plan{Account: "Phone"}, nil)
		if !errors.Is(err, export.ErrFull) {
			t.Errorf("%s: %v", kind, err)
		}
		if l.Stop == nil || !errors.Is(l.Stop, export.ErrFull) {
			t.Errorf("%s: the ledger does not tell why it stopped: %v", kind, l.Stop)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		if a, err = archive.Open(dir, archive.Options{}); err != nil {
			t.Fatalf("%s: opening on a full disk: %v", kind, err)
		}
		held, err := bodies(t, a)
		for id, body := range offered(tinyPhone()) {
			if held[id] != body {
				t.Errorf("%s: %s is lost: %v", kind, id, err)
			}
		}
		if n := len(held) - len(offered(tinyPhone())); l.Kept != n {
			t.Errorf("%s: the ledger says that %d were kept, and %d were", kind, l.Kept, n)
		}
		a.Close()
		if out, err := exec.Command("mount", "-o", "remount,size=60m", disk).CombinedOutput(); err != nil {
			t.Fatalf("remount: %v: %s", err, out)
		}
		if a, err = archive.Open(dir, archive.Options{}); err != nil {
			t.Fatal(err)
		}
		whole(t, a)
		run(t, a, s)
		whole(t, a)
		a.Close()
		os.RemoveAll(dir)
		if out, err := exec.Command("mount", "-o", "remount,size=3m", disk).CombinedOutput(); err != nil {
			t.Fatalf("remount: %v: %s", err, out)
		}
	}
}

// TestReadOnly: an archive on a disk that cannot be written is read and
// verified, and takes no export.
func TestReadOnly(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("mounting a disk takes root")
	}
	disk := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("mount: %v: %s", err, out)
	}
	defer exec.Command("umount", "-l", disk).Run()
	dir := filepath.Join(disk, "archive")
	if err := os.CopyFS(dir, os.DirFS(filled(t))); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-o", "remount,ro", disk).CombinedOutput(); err != nil {
		t.Skipf("remount: %v: %s", err, out)
	}
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	whole(t, a)
	if _, err := a.Begin(t.Context(), "Phone", aDay); !errors.Is(err, export.ErrNotWritable) {
		t.Errorf("%v", err)
	}
	if err := a.SetAccount(t.Context(), "Other", nil); !errors.Is(err, export.ErrNotWritable) {
		t.Errorf("%v", err)
	}
	if _, err := archive.Create(filepath.Join(disk, "new"), archive.Options{}); !errors.Is(err, export.ErrNotWritable) {
		t.Errorf("%v", err)
	}
}

// TestNoLongerUnderstood: an item that was understood once and cannot be
// published now stops no other: its bytes are set aside.
func TestNoLongerUnderstood(t *testing.T) {
	dir := filepath.Join(fastDir(t), "archive")
	a, err := archive.Create(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := tinyPhone()
	s.collections[1].items = append(s.collections[1].items, text("/k/work/odd.ics", "1", "odd.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"))
	if l := run(t, a, s); l.SetAside != 1 {
		t.Fatalf("%+v", l.Counts)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	change(t, dir, `UPDATE item SET aside = 0; UPDATE version SET aside = NULL; UPDATE collection SET dirty = 2; UPDATE archive SET value = '1' WHERE name = 'publish';
		UPDATE archive SET value = '0 0' WHERE name = 'reader'`)
	if a, err = archive.Open(dir, archive.Options{}); err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	whole(t, a)
	if it := itemOf(t, a, "/k/work/odd.ics"); it.State != archive.Present || it.Path != "data/Phone/Set aside/odd.ics" {
		t.Errorf("%+v", it)
	}
}
