package archive_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
)

var update = flag.Bool("update", false, "write the archive of the present format into testdata")

// An archive of every format stays in testdata. It was written by these three
// exports of goldenPhone.
const goldenItems, goldenGone = 35, 2

// goldenPhone is the phone as it was at the n-th export.
func goldenPhone(n int) *shelf {
	s := smallPhone()
	people := s.collections[0]
	people.items = append(people.items, text("/c/people/bad.vcf", "1", "bad.vcf", "BEGIN:VCARD\r\nno card\r\n"))
	if n > 1 {
		people.items[3] = text(people.items[3].ID, "2", "3.vcf", card(33))
	}
	if n > 2 {
		people.items = append(people.items[:5:5], people.items[6:]...)
		work := s.collections[1]
		work.items = work.items[1:]
	}
	return s
}

func goldenFile(format int) string {
	return filepath.Join("testdata", fmt.Sprintf("format%d.tar.gz", format))
}

func TestArchiveOfEveryFormatOpens(t *testing.T) {
	if *update {
		writeGolden(t)
	}
	for format := 1; format <= history.Format; format++ {
		t.Run(fmt.Sprint(format), func(t *testing.T) {
			dir := unpack(t, goldenFile(format))
			a, err := archive.Open(dir, archive.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			whole(t, a)
			goldenHolds(t, a)
			if l := run(t, a, goldenPhone(3)); l.Kept != 0 || l.Gone != 0 || l.Unchanged != goldenItems-1 || l.SetAside != 1 {
				t.Errorf("exported again: %+v", l.Counts)
			}
			goldenHolds(t, a)
			whole(t, a)
		})
	}
}

// goldenHolds compares what the archive holds with what was put into it.
func goldenHolds(t *testing.T, a *archive.Archive) {
	t.Helper()
	accounts, err := a.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, k := range accounts[0].Items {
		n += k
	}
	if n != goldenItems || accounts[0].Gone != goldenGone || accounts[0].SetAside != 1 {
		t.Errorf("%d items, %d gone, %d set aside", n, accounts[0].Gone, accounts[0].SetAside)
	}
	for _, c := range goldenPhone(3).collections {
		for _, it := range c.items {
			want, _, err := it.Open(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			got, err := a.Delivered(t.Context(), "Phone", c.ID, it.ID)
			if err != nil {
				t.Fatal(err)
			}
			w, _ := io.ReadAll(want)
			if g, err := io.ReadAll(got); err != nil || string(g) != string(w) {
				t.Errorf("%s is not as it was delivered: %v", it.ID, err)
			}
			got.Close()
		}
	}
}

// TestOldFormatIsReadAsItIs opens an archive of format 1 that cannot be written.
func TestOldFormatIsReadAsItIs(t *testing.T) {
	dir := unpack(t, goldenFile(1))
	l, err := disk.TakeLock(dir, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	goldenHolds(t, a)
	if old, err := history.IsOlder(t.Context(), archive.StoreOf(a).DB); err != nil || !old {
		t.Errorf("it was changed: %v", err)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	// The same open archive goes on when it can be written.
	if l := run(t, a, goldenPhone(3)); l.Kept != 0 || l.Gone != 0 {
		t.Errorf("exported again: %+v", l.Counts)
	}
	goldenHolds(t, a)
	whole(t, a)
}

func writeGolden(t *testing.T) {
	day := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	dir := filepath.Join(t.TempDir(), "Sidekeep")
	a, err := archive.Create(dir, archive.Options{Now: func() time.Time { return day }})
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 3; n++ {
		run(t, a, goldenPhone(n))
		day = day.AddDate(0, 0, 1)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := pack(dir, goldenFile(history.Format)); err != nil {
		t.Fatal(err)
	}
}

func pack(dir, name string) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	z := gzip.NewWriter(f)
	w := tar.NewWriter(z)
	defer func() { err = errors.Join(err, w.Close(), z.Close(), f.Close()) }()
	return filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(p)
		if err == nil {
			err = w.WriteHeader(&tar.Header{Name: filepath.ToSlash(rel), Mode: 0o644, Size: int64(len(b))})
		}
		if err == nil {
			_, err = w.Write(b)
		}
		return err
	})
}

func unpack(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(fastDir(t), "archive")
	r := tar.NewReader(z)
	for {
		h, err := r.Next()
		if err == io.EOF {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, filepath.FromSlash(h.Name))
		b, err := io.ReadAll(r)
		err = errors.Join(err, os.MkdirAll(filepath.Dir(to), 0o777), os.WriteFile(to, b, 0o666))
		if err != nil {
			t.Fatal(err)
		}
	}
}
