package within

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// TestNear works in more folders than are kept open, from several goroutines,
// while folders are removed, made anew and replaced by links from outside.
func TestNear(t *testing.T) {
	dir := t.TempDir()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 100 {
				name := fmt.Sprintf("a%d/b%d", g, i%12)
				if err := f.MkdirAll(name); err != nil {
					t.Error(err)
				}
				name += fmt.Sprintf("/%d", i)
				file, err := f.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY)
				if err != nil {
					t.Error(err)
					return
				}
				if err := errors.Join(file.Close(), f.Rename(name, name+"x"), f.Link(name+"x", name+"y"), f.Remove(name+"x")); err != nil {
					t.Error(err)
				}
				if _, err := f.Lstat(name + "y"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()

	// The folder that is kept open is replaced by another.
	at := filepath.Join(dir, "a0", "b3")
	if _, err := f.Lstat("a0/b3/3y"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.RemoveAll(at), os.Mkdir(at, 0o700), os.WriteFile(filepath.Join(at, "new"), []byte("new"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Lstat("a0/b3/3y"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was removed: %v", err)
	}
	if info, err := f.Lstat("a0/b3/new"); err != nil || info.Size() != 3 {
		t.Errorf("in a folder that was made anew: %v", err)
	}
	if file, err := f.OpenFile("a0/b3/more", os.O_CREATE|os.O_RDWR); err != nil {
		t.Error(err)
	} else {
		file.Close()
	}
	if _, err := os.Lstat(filepath.Join(at, "more")); err != nil {
		t.Error(err)
	}

	// A folder that is moved within is where it is.
	if _, err := f.Lstat("a1/b1/1y"); err != nil {
		t.Fatal(err)
	}
	if err := f.Rename("a1", "c1"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Lstat("a1/b1/1y"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was moved away: %v", err)
	}
	if _, err := f.Lstat("c1/b1/1y"); err != nil {
		t.Error(err)
	}
}
