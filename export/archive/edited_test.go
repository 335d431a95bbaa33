package archive_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
)

// ownersFiles are the files of an archive that an owner sees.
func ownersFiles(t testing.TB, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, name)
		if rel = filepath.ToSlash(rel); err == nil && !e.IsDir() && rel != disk.HistoryFile && !strings.HasPrefix(rel, disk.SideDir) {
			files = append(files, rel)
		}
		return err
	})
	if err != nil || len(files) < 10 {
		t.Fatalf("%v, %v", files, err)
	}
	return files
}

// edit changes one byte of a file in place.
func edit(t testing.TB, dir, file string) []byte {
	t.Helper()
	name := filepath.Join(dir, filepath.FromSlash(file))
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return text
}

// keptAs is where what was written into a file is kept.
func keptAs(file string) string {
	stem, ext := disk.SplitExt(file)
	return disk.DamagedDir + "/" + stem + " (edited by hand)" + ext
}

// keeps checks that what was written into a file is kept.
func keeps(t testing.TB, a *archive.Archive, file string, text []byte) {
	t.Helper()
	kept, err := os.ReadFile(filepath.Join(a.Dir(), filepath.FromSlash(keptAs(file))))
	if err != nil || !bytes.Equal(kept, text) {
		t.Errorf("%s: kept is %q, %v; want %q", file, kept, err, text)
	}
}

// TestEditedSameLength changes a byte of every open file in turn: the next
// export, in which nothing has changed, publishes the right bytes again, keeps
// what was written, and tells it once. So does it if the file says that it was
// not changed.
func TestEditedSameLength(t *testing.T) {
	from := filled(t)
	for _, file := range ownersFiles(t, from) {
		for _, dated := range []bool{false, true} {
			dir := copyTree(t, from)
			a, err := archive.Open(dir, archive.Options{})
			if err != nil {
				t.Fatal(err)
			}
			s := tinyPhone()
			s.delta = dated
			if l := run(t, a, s); len(l.PutBack)+len(l.Missing)+len(l.Edited) > 0 {
				t.Fatalf("%s: before it was edited: %+v", file, l)
			}
			before := read(t, a, file)
			text := edit(t, dir, file)
			if dated {
				old := time.Now().AddDate(0, 0, -1)
				if err := os.Chtimes(filepath.Join(dir, filepath.FromSlash(file)), old, old); err != nil {
					t.Fatal(err)
				}
			}
			if c, err := a.Verify(t.Context(), nil); err != nil || !slices.ContainsFunc(c.Bad, func(b archive.Bad) bool { return b.Path == file }) {
				t.Errorf("%s: verify before the export: %+v, %v", file, c, err)
			}
			l := run(t, a, s)
			if !slices.Equal(l.PutBack, []string{file}) || !slices.Equal(l.Edited, []string{keptAs(file)}) || len(l.Missing) > 0 || !l.Good() {
				t.Errorf("%s, %v: %+v", file, dated, l)
			}
			keeps(t, a, file, text)
			if after := read(t, a, file); after != before && !strings.HasSuffix(file, ".html") && !strings.Contains(file, "manifest") {
				t.Errorf("%s: the right bytes are not there again", file)
			}
			if c := whole(t, a); !slices.Equal(c.Edited, []string{keptAs(file)}) {
				t.Errorf("%s: verify tells %q", file, c.Edited)
			}
			if l := run(t, a, s); len(l.PutBack)+len(l.Edited) > 0 {
				t.Errorf("%s: told twice: %+v", file, l)
			}
			a.Close()
			os.RemoveAll(filepath.Dir(dir))
			if t.Failed() {
				return
			}
		}
	}
}

// TestEditedByTime: what was changed since the last export is found by the time
// of its change, and nothing else is read.
func TestEditedByTime(t *testing.T) {
	from := filled(t)
	for _, file := range []string{"data/Phone/Contacts/People.vcf", "data/Phone/Photos/2024/05/IMG_1.JPG"} {
		for _, dated := range []bool{false, true} {
			dir := copyTree(t, from)
			a, err := archive.Open(dir, archive.Options{})
			if err != nil {
				t.Fatal(err)
			}
			run(t, a, tinyPhone())
			change(t, dir, "UPDATE archive SET value = json_set(value, '$.at', 1000) WHERE name LIKE 'looked/%'")
			edit(t, dir, file)
			if dated {
				old := time.Now().AddDate(0, 0, -1)
				if err := os.Chtimes(filepath.Join(dir, filepath.FromSlash(file)), old, old); err != nil {
					t.Fatal(err)
				}
			}
			if l := run(t, a, tinyPhone()); slices.Contains(l.PutBack, file) == dated {
				t.Errorf("%s, %v: put back %q", file, dated, l.PutBack)
			}
			if l := run(t, a, tinyPhone()); slices.Contains(l.PutBack, file) != dated {
				t.Errorf("%s, %v: put back by the next export %q", file, dated, l.PutBack)
			}
			whole(t, a)
			a.Close()
		}
	}
}

// TestEditedAndRemoved changes files that the next export replaces or removes:
// what was written is kept.
func TestEditedAndRemoved(t *testing.T) {
	from := filepath.Join(fastDir(t), "archive")
	a, err := archive.Create(from, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	run(t, a, later())
	a.Close()
	removed := 0
	for _, file := range ownersFiles(t, from) {
		dir := copyTree(t, from)
		var written []byte
		once := false
		a, err := archive.Open(dir, archive.Options{Disk: func(dir string) (disk.Disk, error) {
			d, err := disk.OpenDisk(dir)
			return &during{Disk: d, do: func() {
				if !once {
					once, written = true, edit(t, dir, file)
				}
			}}, err
		}})
		if err != nil {
			t.Fatal(err)
		}
		s := tinyPhone()
		s.collections[0].items = append(s.collections[0].items, text("/c/people/odd.vcf", "2", "odd.vcf", card(8)))
		s.collections[1].items = nil
		l := run(t, a, s) // the file is edited while this is publishing
		for range 2 {
			more := run(t, a, s)
			l.Edited = append(l.Edited, more.Edited...)
			l.Missing = more.Missing
		}
		if !once {
			t.Fatal("nothing was published")
		}
		photo := strings.Contains(file, "/Photos/")
		switch {
		case photo && slices.Equal(l.Missing, []string{file}):
			// The source has no other copy: it stays where it is.
		default:
			if !slices.Equal(l.Edited, []string{keptAs(file)}) {
				t.Errorf("%s: told %q, missing %q", file, l.Edited, l.Missing)
			}
			keeps(t, a, file, written)
		}
		if !photo {
			whole(t, a)
		}
		if there, err := disk.Exists(archive.StoreOf(a).Disk, file); err == nil && !there {
			removed++
		}
		a.Close()
		os.RemoveAll(filepath.Dir(dir))
	}
	if removed < 3 {
		t.Errorf("only %d files were removed", removed)
	}
}

// A during does something when the first file is written aside.
type during struct {
	disk.Disk
	do func()
}

func (d *during) OpenFile(name string, flag int) (disk.File, error) {
	if strings.HasPrefix(name, disk.PublishDir+"/") {
		d.do()
	}
	return d.Disk.OpenFile(name, flag)
}

// TestEditedCut cuts the power at every operation of an export that finds files
// edited, and of which it replaces one: nothing that was written is lost, and an
// export tells of it.
func TestEditedCut(t *testing.T) {
	from := filled(t)
	edits := []string{"data/Phone/index.csv", "data/Phone/Contacts/People.vcf", "data/Phone/Photos/2024/05/IMG_1.JPG", "README.html"}
	for _, mode := range []int{lose, keep} {
		for at, more := 1, true; more; at++ {
			dir := copyTree(t, from)
			texts := map[string][]byte{}
			for _, file := range edits {
				texts[file] = edit(t, dir, file)
			}
			d, open := newCutDisk(t, at)
			a, err := archive.Open(dir, archive.Options{Disk: open})
			if err == nil {
				_, _ = export.Run(t.Context(), tinyPhone(), a, export.Plan{Account: "Phone"}, nil)
				_ = a.Close()
			}
			d.settle(t, mode)
			more = d.ops >= at
			if a, err = archive.Open(dir, archive.Options{}); err != nil {
				t.Fatal(err)
			}
			run(t, a, tinyPhone())
			all, err := a.Exports(t.Context(), "", 9)
			if err != nil {
				t.Fatal(err)
			}
			var told []string
			for _, l := range all {
				told = append(told, l.Edited...)
			}
			for _, file := range edits {
				keeps(t, a, file, texts[file])
				if !slices.Contains(told, keptAs(file)) {
					t.Errorf("cut %d, mode %d: %s is not told: %q", at, mode, file, told)
				}
			}
			whole(t, a)
			a.Close()
			os.RemoveAll(filepath.Dir(dir))
			if t.Failed() {
				t.Fatalf("cut %d, mode %d", at, mode)
			}
		}
	}
}

// TestEditedBeforeRewrite changes an open file to another of the same length,
// which the next export writes again: what the owner wrote is kept.
func TestEditedBeforeRewrite(t *testing.T) {
	a := create(t, archive.Options{})
	run(t, a, tinyPhone())
	index := filepath.Join(a.Dir(), "data", "Phone", "index.csv")
	text, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)-3] ^= 1
	if err := os.WriteFile(index, text, 0o600); err != nil {
		t.Fatal(err)
	}
	l := run(t, a, later())
	if !slices.Contains(l.PutBack, "data/Phone/index.csv") {
		t.Errorf("put back: %q", l.PutBack)
	}
	kept, err := os.ReadFile(filepath.Join(a.Dir(), ".sidekeep", "damaged", "data", "Phone", "index (edited by hand).csv"))
	if err != nil || string(kept) != string(text) {
		t.Errorf("kept is %d bytes, %v; want what was written", len(kept), err)
	}
	whole(t, a)
}

// TestFindingEnds: what a verification named is told until it is right again,
// whoever put it right, and no longer; what an export leaves is told on.
func TestFindingEnds(t *testing.T) {
	from := filled(t)
	for _, file := range ownersFiles(t, from) {
		dir := copyTree(t, from)
		a, err := archive.Open(dir, archive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		whole(t, a)
		edit(t, dir, file)
		stray := filepath.Join(dir, "data", "stray.txt")
		if err := os.WriteFile(stray, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := a.Verify(t.Context(), nil)
		if err != nil || len(c.Bad) < 2 {
			t.Fatalf("%s: %+v, %v", file, c, err)
		}
		found := func() *archive.Round {
			v, err := a.Verified()
			if err != nil || v.Whole == nil {
				t.Fatalf("%+v, %v", v, err)
			}
			return v.Whole
		}
		if r := found(); r.Good() || !slices.ContainsFunc(r.Bad, func(b archive.Bad) bool { return b.Path == file }) {
			t.Errorf("%s: before the export: %+v", file, r)
		}
		run(t, a, tinyPhone())
		if r := found(); r.BadCount != 1 || len(r.Bad) != 1 || r.Bad[0].Path != "data/stray.txt" {
			t.Errorf("%s: after the export: %+v", file, r)
		}
		if err := os.Remove(stray); err != nil {
			t.Fatal(err)
		}
		if r := found(); !r.Good() || len(r.Bad) != 0 || r.Mended == 0 {
			t.Errorf("%s: after all is right: %+v", file, r)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestManifestFindingEnds takes a line out of the manifest.
func TestManifestFindingEnds(t *testing.T) {
	dir := copyTree(t, filled(t))
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	text := read(t, a, "manifest-sha256.txt")
	_, rest, _ := strings.Cut(text, "\n")
	file := filepath.Join(dir, "manifest-sha256.txt")
	if err := os.WriteFile(file, []byte(rest), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := a.Verify(t.Context(), nil); err != nil || len(c.Bad) != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	if v, err := a.Verified(); err != nil || v.Whole.BadCount != 2 {
		t.Errorf("before: %+v, %v", v.Whole, err)
	}
	run(t, a, tinyPhone())
	if v, err := a.Verified(); err != nil || !v.Whole.Good() || v.Whole.Mended != 2 {
		t.Errorf("after: %+v, %v", v.Whole, err)
	}
}

// TestForgetKeepsWhenVerified: what is forgotten is named by no note, and when the
// archive was verified, and that something was wrong, is told on.
func TestForgetKeepsWhenVerified(t *testing.T) {
	dir, _ := confided(t)
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := os.WriteFile(filepath.Join(dir, "data", "Zerlina.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Verify(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	before, err := a.Verified()
	if err != nil || before.Whole == nil || before.Whole.Good() {
		t.Fatalf("%+v, %v", before.Whole, err)
	}
	p, err := a.PlanForget(t.Context(), archive.Forget{Account: "Phone"})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Forget(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	after, err := a.Verified()
	if err != nil || after.Whole == nil || !after.Whole.At.Equal(before.Whole.At) || after.Whole.BadCount != before.Whole.BadCount || len(after.Whole.Bad) > 0 {
		t.Errorf("%+v, %v", after.Whole, err)
	}
}
