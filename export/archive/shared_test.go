package archive_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
)

// othersMay lists what others may read or write in dir.
func othersMay(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			list = append(list, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestOwnerOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it has no permissions of this kind")
	}
	a := create(t, archive.Options{})
	run(t, a, tinyPhone())
	if list := othersMay(t, a.Dir()); len(list) > 0 {
		t.Errorf("others may read %v", list)
	}
	if err := a.SetShared(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	run(t, a, later())
	for _, name := range []string{".", "history.db", "README.html", "data/Phone/index.csv"} {
		if info, err := os.Stat(filepath.Join(a.Dir(), name)); err != nil || info.Mode().Perm()&0o044 != 0o044 {
			t.Errorf("%s in a shared archive: %v, %v", name, info.Mode(), err)
		}
	}
	if err := a.SetShared(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if list := othersMay(t, a.Dir()); len(list) > 0 {
		t.Errorf("others may still read %v", list)
	}
	whole(t, a)
}

// TestTighten opens an archive that has the permissions that systems give, and
// one whose folder was given to a group: the first is closed by the next
// export, the second stays as it is.
func TestTighten(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it has no permissions of this kind")
	}
	for mode, open := range map[os.FileMode]bool{0o755: false, 0o775: false, 0o770: true} {
		a := create(t, archive.Options{})
		run(t, a, tinyPhone())
		dir := a.Dir()
		err := errors.Join(os.Chmod(dir, mode), os.Chmod(filepath.Join(dir, "history.db"), 0o644), os.Chmod(filepath.Join(dir, "data"), mode))
		if err != nil {
			t.Fatal(err)
		}
		b, err := archive.Open(dir, archive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		run(t, b, later())
		if list := othersMay(t, dir); len(list) > 0 != open {
			t.Errorf("%v: others may read %v", mode, list)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestLinkedFolders puts links in the places of the folders and the database:
// the archive is not opened, nor mended, and what they lead to is as it was.
func TestLinkedFolders(t *testing.T) {
	for _, name := range []string{"data", ".sidekeep", "readme", "history.db"} {
		a := create(t, archive.Options{})
		run(t, a, tinyPhone())
		dir, outside := a.Dir(), filepath.Join(t.TempDir(), "elsewhere")
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, name), outside); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(outside, filepath.Join(dir, name)); err != nil {
			t.Skip("this system makes no links: ", err)
		}
		var link *export.LinkError
		if _, err := archive.Open(dir, archive.Options{}); !errors.As(err, &link) || link.Name != name || link.To != outside {
			t.Errorf("opening with %s a link: %v", name, err)
		}
		if _, err := archive.Repair(t.Context(), dir, archive.Options{}, nil); !errors.Is(err, export.ErrLink) {
			t.Errorf("mending with %s a link: %v", name, err)
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(outside, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		b, err := archive.Open(dir, archive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		whole(t, b)
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A modelessDisk is one that everybody can read and that takes no permissions,
// as a USB stick.
type modelessDisk struct{ disk.Disk }

func (modelessDisk) Mode() fs.FileMode     { return 0o755 }
func (modelessDisk) SetMode(_ fs.FileMode) {}

// TestModeless exports to a disk that takes no permissions: that stops nothing,
// and nobody is told that they were taken.
func TestModeless(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it has no permissions of this kind")
	}
	a := create(t, archive.Options{Disk: func(dir string) (disk.Disk, error) {
		d, err := disk.OpenDisk(dir)
		return modelessDisk{d}, err
	}})
	run(t, a, tinyPhone())
	for _, shared := range []bool{true, false} {
		if err := a.SetShared(t.Context(), shared); err != nil {
			t.Fatal(err)
		}
		if noted, err := a.Shared(t.Context()); noted != shared || err != nil {
			t.Errorf("noted is %v, %v, want %v", noted, err, shared)
		}
		if may, known := a.OthersMay(); !may || !known {
			t.Errorf("others may read it: %v, %v; want what the disk shows", may, known)
		}
	}
	run(t, a, later())
	whole(t, a)
}
