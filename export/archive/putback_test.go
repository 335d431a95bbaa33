package archive_test

import (
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/record"
	"sidekeep/export/archive/resume"
)

// TestPutBack deletes every file of an archive in turn, or changes its size:
// the next export, in which nothing has changed, puts it back and says so.
func TestPutBack(t *testing.T) {
	from := filled(t)
	var files []string
	err := filepath.WalkDir(from, func(name string, e os.DirEntry, err error) error {
		rel, _ := filepath.Rel(from, name)
		if rel = filepath.ToSlash(rel); err == nil && !e.IsDir() && rel != disk.HistoryFile && !strings.HasPrefix(rel, disk.SideDir) {
			files = append(files, rel)
		}
		return err
	})
	if err != nil || len(files) < 10 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		for what, do := range map[string]func(name string) error{
			"deleted": os.Remove,
			"changed": func(name string) error { return os.WriteFile(name, []byte("edited by hand"), 0o666) },
		} {
			for _, delta := range []bool{false, true} {
				dir := copyTree(t, from)
				if err := do(filepath.Join(dir, filepath.FromSlash(file))); err != nil {
					t.Fatal(err)
				}
				a, err := archive.Open(dir, archive.Options{})
				if err != nil {
					t.Fatal(err)
				}
				s := tinyPhone()
				s.delta = delta
				l := run(t, a, s)
				if !slices.Contains(l.PutBack, file) || len(l.PutBack) != 1 || len(l.Missing) > 0 || l.Kept != 0 || !l.Good() {
					t.Errorf("%s, %s: %+v", file, what, l)
				}
				check(t, a)
				stem, ext := disk.SplitExt(file)
				at := disk.DamagedDir + "/" + stem + " (edited by hand)" + ext
				kept, _ := os.ReadFile(filepath.Join(dir, filepath.FromSlash(at)))
				if want := what == "changed"; want != (string(kept) == "edited by hand") || want != slices.Equal(l.Edited, []string{at}) {
					t.Errorf("%s, %s: kept aside %q, told %q", file, what, kept, l.Edited)
				}
				if l := run(t, a, s); len(l.PutBack) > 0 {
					t.Errorf("%s, %s: put back twice", file, what)
				}
				if told, err := a.Exports(t.Context(), "", 2); err != nil || !slices.Contains(told[1].PutBack, file) {
					t.Errorf("%s, %s: the history does not tell it: %v", file, what, err)
				}
				a.Close()
				os.RemoveAll(filepath.Dir(dir))
			}
			if t.Failed() {
				return
			}
		}
	}
}

// TestPhotoThatCannotBePutBack: the source no longer has the photo, or has
// changed it, or cannot be read. It is named until it is there again.
func TestPhotoThatCannotBePutBack(t *testing.T) {
	const lost = "data/Phone/Photos/2024/05/IMG_1.JPG"
	for name, change := range map[string]func(s *shelf){
		"gone":    func(s *shelf) { s.collections[2].items = s.collections[2].items[:1] },
		"changed": func(s *shelf) { s.collections[2].items[1] = later().collections[2].items[0] },
		"unread": func(s *shelf) {
			s.collections[2].items[1].Open, s.collections[2].items[1].Err = nil, errors.Join(export.ErrDenied)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filled(t)
			if err := os.Remove(filepath.Join(dir, filepath.FromSlash(lost))); err != nil {
				t.Fatal(err)
			}
			a, err := archive.Open(dir, archive.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			s := tinyPhone()
			change(s)
			for range 2 {
				if l := run(t, a, s); !slices.Equal(l.Missing, []string{lost}) || len(l.PutBack) > 0 || l.Good() {
					t.Fatalf("%+v", l)
				}
			}
			if l := run(t, a, tinyPhone()); !slices.Equal(l.PutBack, []string{lost}) || len(l.Missing) > 0 || !l.Good() {
				t.Fatalf("%+v", l)
			}
			whole(t, a)
		})
	}
}

// TestDeletedFolder deletes everything that is open.
func TestDeletedFolder(t *testing.T) {
	dir := filled(t)
	before := read(t, archive.At(dir), disk.ManifestFile)
	if err := os.RemoveAll(filepath.Join(dir, "data")); err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if l := run(t, a, tinyPhone()); len(l.PutBack) != strings.Count(before, "\n") || !l.Good() {
		t.Errorf("%+v", l)
	}
	whole(t, a)
	if after := read(t, a, disk.ManifestFile); after != before {
		t.Errorf("the files are not what they were:\n%s\n%s", before, after)
	}
}

// BenchmarkLook is what an export of 50,000 photos pays for looking at each
// file: well under a second.
func BenchmarkLook(b *testing.B) {
	dir := filepath.Join(fastDir(b), "archive")
	a, err := archive.Create(dir, archive.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	camera := &shelved{Collection: export.Collection{ID: "/f/", Name: "Camera", Kind: export.Photos}}
	run(b, a, &shelf{collections: []*shelved{camera}})
	l, w, err := resume.Begin(archive.StoreOf(a))
	if err != nil {
		b.Fatal(err)
	}
	for i := range 50000 {
		name := filepath.ToSlash(filepath.Join("data/Phone/Photos", aDay.AddDate(0, i/500, 0).Format("2006/01"), "IMG_"+string(rune('A'+i%26))+aDay.AddDate(0, 0, i).Format("20060102")+".JPG"))
		if err := disk.MakeFolders(archive.StoreOf(a).Disk, name[:strings.LastIndex(name, "/")]); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o666); err != nil {
			b.Fatal(err)
		}
		hash := sha256.Sum256([]byte(name))
		if _, err := w.Exec("INSERT INTO photo (account, hash, size, path, key) VALUES (1, ?, ?, ?, ?)", hash[:], len(name), name, archive.FoldName(name)); err != nil {
			b.Fatal(err)
		}
	}
	if err := errors.Join(w.Commit(), w.Close(), l.Release()); err != nil {
		b.Fatal(err)
	}
	l, w, err = resume.Begin(archive.StoreOf(a))
	if err != nil {
		b.Fatal(err)
	}
	defer l.Release()
	defer w.Close()
	b.ResetTimer()
	for range b.N {
		s := &record.Session{A: archive.StoreOf(a), W: w, Account: 1, Folder: "data/Phone"}
		if err := s.Look(b.Context()); err != nil || len(s.Lost) > 0 {
			b.Fatal(len(s.Lost), err)
		}
	}
}
