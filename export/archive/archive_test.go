package archive_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
)

func TestFirstAndSecondExport(t *testing.T) {
	a := create(t, archive.Options{})
	whole(t, a)
	s := smallPhone()
	l := run(t, a, s)
	if *l.Found != 36 || l.Kept != 36 {
		t.Fatalf("first export: %+v found %d", l.Counts, *l.Found)
	}
	c := whole(t, a)
	if c.Checked == 0 || c.Good != c.Checked {
		t.Fatalf("check: %+v", c)
	}
	before := snapshot(t, a.Dir())
	l = run(t, a, s)
	if l.Unchanged != 36 || l.Kept != 0 {
		t.Fatalf("second export: %+v", l.Counts)
	}
	for name, info := range snapshot(t, a.Dir()) {
		if was := before[name]; was == nil || !os.SameFile(was, info) || was.ModTime() != info.ModTime() {
			t.Errorf("%s was rewritten though nothing changed", name)
		}
	}
	whole(t, a)
}

// snapshot is every open file of an archive.
func snapshot(t testing.TB, dir string) map[string]os.FileInfo {
	t.Helper()
	files := map[string]os.FileInfo{}
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() && !strings.Contains(name, disk.SideDir) && !strings.Contains(name, disk.HistoryFile) {
			rel, _ := filepath.Rel(dir, name)
			files[filepath.ToSlash(rel)] = info
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
