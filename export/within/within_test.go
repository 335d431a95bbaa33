package within

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"sidekeep/export"
)

// TestLinks plants links to outside, to another folder within and above, and
// asks every method: none follows one, and what they lead to stays as it was.
func TestLinks(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret")
	for name, text := range map[string]string{secret: "secret", filepath.Join(dir, "own"): "own"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "plain"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"out": outside, "file": secret, "in": "plain", "inner": "own", "plain/up": "..", "nowhere": filepath.Join(outside, "new")} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip("this system makes no links: ", err)
		}
	}
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const write = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	for _, at := range []string{"file", "inner", "nowhere", "out/secret", "out/new", "in/new", "plain/up/own", "out/a/b"} {
		for what, do := range map[string]func() error{
			"Open":     func() error { _, err := f.Open(at); return err },
			"OpenFile": func() error { _, err := f.OpenFile(at, write); return err },
			"ReadFile": func() error { _, err := f.ReadFile(at, 100); return err },
		} {
			var link *export.LinkError
			if err := do(); !errors.As(err, &link) {
				t.Errorf("%s %s: %v", what, at, err)
			}
		}
	}
	for _, at := range []string{"out/secret", "in/x", "plain/up/own"} {
		for what, err := range map[string]error{
			"Remove": f.Remove(at), "RemoveAll": f.RemoveAll(at), "Mkdir": f.Mkdir(at), "MkdirAll": f.MkdirAll(at + "/y"), "Rename to": f.Rename("own", at), "Rename from": f.Rename(at, "z"),
			"Link": f.Link("own", at),
		} {
			if !errors.Is(err, export.ErrLink) {
				t.Errorf("%s %s: %v", what, at, err)
			}
		}
		if _, err := f.ReadDir(filepath.Dir(at)); !errors.Is(err, export.ErrLink) {
			t.Errorf("ReadDir %s: %v", at, err)
		}
	}
	for _, at := range []string{"../x", "/etc/passwd", "plain/../own", "plain/..", ""} {
		if _, err := f.OpenFile(at, write); !errors.Is(err, export.ErrDamaged) {
			t.Errorf("OpenFile %q: %v", at, err)
		}
		if err := f.Remove(at); !errors.Is(err, export.ErrDamaged) {
			t.Errorf("Remove %q: %v", at, err)
		}
	}
	if err := f.RemoveAll("out"); err != nil { // the link alone
		t.Error(err)
	}
	for name, want := range map[string]string{secret: "secret", filepath.Join(dir, "own"): "own"} {
		if got, err := os.ReadFile(name); string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if list, _ := os.ReadDir(outside); len(list) != 1 {
		t.Errorf("outside has %v", list)
	}
}

// TestModes sees that what is made is as open to others as the folder.
func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it has no permissions of this kind")
	}
	for folder, file := range map[os.FileMode]os.FileMode{0o700: 0o600, 0o755: 0o644, 0o770: 0o660} {
		dir := t.TempDir()
		if err := os.Chmod(dir, folder); err != nil {
			t.Fatal(err)
		}
		f, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(f.MkdirAll("a/b"), f.WriteFile("a/b/c", []byte("x"))); err != nil {
			t.Fatal(err)
		}
		check := func(name string, want os.FileMode) {
			if info, err := f.Lstat(name); err != nil || info.Mode().Perm() != want {
				t.Errorf("in %v, %s has %v, %v", folder, name, info.Mode(), err)
			}
		}
		check("a/b", folder)
		check("a/b/c", file)
		f.SetMode(0o700)
		check("a", 0o700)
		check("a/b/c", 0o600)
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}
