package settings

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"sidekeep/export"
	"sidekeep/export/source"

	"github.com/google/go-cmp/cmp"
)

var home = Account{
	Name: "Anna's iCloud", Type: DAV, Service: "iCloud", Address: "anna@example.com", Photos: "/photos/", User: "anna",
	Secret: "Anna's iCloud 12AB", Only: []export.Kind{export.Contacts, export.Events}, Skip: []string{"/cal/work/"},
	Trust: source.Trust{Pins: map[string]string{"dav.example.com:8443": "ab12"}, Hosts: []string{"p01.example.com"}, Plain: []string{"nas"}},
}

func open(t *testing.T, dir string) *Settings {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSettingsAreReadBackAsWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there yet")
	s := open(t, dir)
	if _, err := os.Stat(dir); err == nil {
		t.Error("reading made the folder")
	}
	command := Account{Name: "work", Type: DAV, Address: "https://dav.example.com/", User: "ümläut", PasswordCommand: `printf 'a"b\'`}
	for _, a := range []Account{home, command} {
		if err := s.Add(a); err != nil {
			t.Fatal(err)
		}
	}
	where := Archive{Folder: filepath.Join(dir, "Sidekeep"), ID: "id", Synced: true}
	if err := s.SetArchive(where); err != nil {
		t.Fatal(err)
	}
	again := open(t, dir)
	if diff := cmp.Diff([]Account{home, command}, again.Accounts()); diff != "" {
		t.Error(diff)
	}
	if !reflect.DeepEqual(again.Archive(), where) {
		t.Errorf("archive = %+v", again.Archive())
	}
	info, err := os.Stat(again.path())
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, want only the owner to read it", info.Mode())
	}
	left, err := filepath.Glob(filepath.Join(dir, ".settings-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestNamesAreUnique(t *testing.T) {
	s := open(t, t.TempDir())
	if err := s.Add(home); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(Account{Name: "ANNA'S ICLOUD", Type: DAV}); !errors.Is(err, ErrExists) {
		t.Errorf("Add of the same name = %v", err)
	}
	if _, ok := s.Account("anna's icloud"); !ok {
		t.Error("the case of a name matters")
	}
	if err := s.Update("nobody", func(*Account) {}); !errors.Is(err, ErrNoAccount) {
		t.Errorf("Update of an unknown account = %v", err)
	}
	if err := s.Remove("nobody"); !errors.Is(err, ErrNoAccount) {
		t.Errorf("Remove of an unknown account = %v", err)
	}
	if err := s.Remove(home.Name); err != nil || len(s.Accounts()) != 0 {
		t.Errorf("after Remove: %v, %v", s.Accounts(), err)
	}
}

// TestDamagedSettings: what cannot be understood is told with its line and is
// never overwritten.
func TestDamagedSettings(t *testing.T) {
	for name, c := range map[string]struct {
		text, want string
		cause      error
	}{
		"cut short":     {"version = 1\n[archive\nfolder = 1", "line 2", export.ErrDamaged},
		"unknown key":   {"version = 1\n[[account]]\nname = \"a\"\ntype = \"dav\"\npasword = \"x\"", "line 5: unknown key \"account.pasword\"", export.ErrDamaged},
		"wrong type":    {"version = 1\n[archive]\nfolder = 7", "line 3", export.ErrDamaged},
		"no version":    {"[archive]\nfolder = \"/a\"", "no version", export.ErrDamaged},
		"empty":         {"", "no version", export.ErrDamaged},
		"binary":        {"\x00\xff\x01", "line 1", export.ErrDamaged},
		"no name":       {"version = 1\n[[account]]\ntype = \"dav\"", "no name", export.ErrDamaged},
		"twice":         {"version = 1\n[[account]]\nname = \"a\"\n[[account]]\nname = \"A\"", "two accounts", export.ErrDamaged},
		"unknown kind":  {"version = 1\n[[account]]\nname = \"a\"\nonly = [\"cars\"]", "\"cars\" is no kind", export.ErrDamaged},
		"newer version": {"version = 2\nfuture = true", "newer", export.ErrNewer},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, FileName)
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir)
			if !errors.Is(err, c.cause) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Open = %v, want %v with %q", err, c.cause, c.want)
			}
			if damaged := (*DamagedError)(nil); errors.As(err, &damaged) && damaged.Path != path {
				t.Errorf("the error names %s", damaged.Path)
			}
			after, err := os.ReadFile(path)
			if err != nil || string(after) != c.text {
				t.Errorf("the file became %q, %v", after, err)
			}
		})
	}
}

// TestDamageWhileOpen: a file that is damaged under an open program is not
// overwritten by its next change, and what was read stays.
func TestDamageWhileOpen(t *testing.T) {
	s := open(t, t.TempDir())
	if err := s.Add(home); err != nil {
		t.Fatal(err)
	}
	const text = "version = 1\nnonsense"
	if err := os.WriteFile(s.path(), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(Account{Name: "b", Type: DAV}); !errors.Is(err, export.ErrDamaged) {
		t.Errorf("Add = %v", err)
	}
	if after, err := os.ReadFile(s.path()); err != nil || string(after) != text {
		t.Errorf("the file became %q, %v", after, err)
	}
	if list := s.Accounts(); len(list) != 1 {
		t.Errorf("accounts = %v", list)
	}
}

// TestChangesOfSeveralProcesses: the window and a verb have the same folder
// open, and neither takes away what the other has saved.
func TestChangesOfSeveralProcesses(t *testing.T) {
	dir := t.TempDir()
	const n = 12
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			s, err := Open(dir)
			if err == nil {
				err = s.Add(Account{Name: strings.Repeat("x", i+1), Type: DAV})
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := len(open(t, dir).Accounts()); got != n {
		t.Errorf("%d accounts, want %d", got, n)
	}
}

func TestAFolderThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(filepath.Join(file, "settings"))
	if err == nil {
		err = s.Add(home)
	}
	if !errors.Is(err, export.ErrNotWritable) {
		t.Errorf("got %v", err)
	}
}
