// Package settings keeps the accounts and preferences of Sidekeep on disk, as
// one TOML file that a person can read and mend. Passwords never come near it:
// see [Secrets].
package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"sidekeep/export"
	"sidekeep/export/source"

	"github.com/pelletier/go-toml/v2"
)

// FileName is the name of the settings file in its folder.
const FileName = "settings.toml"

// version is the number of the file's form.
const version = 1

// head is the beginning of every settings file.
const head = "# The settings of Sidekeep. Passwords are in the system's keychain, never here.\n\n"

// Settings is the settings file of one folder. Its methods may be called from
// several goroutines, and several processes may have the same folder open: a
// change reads the file anew before it writes.
type Settings struct {
	dir string

	mu    sync.Mutex
	file  file
	stamp stamp
}

// file is the form on disk.
type file struct {
	Version  int       `toml:"version"`
	Archive  Archive   `toml:"archive"`
	Accounts []Account `toml:"account"`
}

// Archive is where the archive was last seen.
type Archive struct {
	Folder string `toml:"folder,omitempty"` // absolute
	ID     string `toml:"id,omitempty"`     // of the archive itself, so that a moved one is found again
	// Synced says that the owner knows that a cloud program synchronises the
	// folder, and wants it so.
	Synced bool `toml:"synced,omitempty"`
	// Seen are other folders in which it was seen, absolute.
	Seen []string `toml:"seen,omitempty"`
}

// Types of accounts that the program itself speaks of; see [source.Type].
const (
	DAV    = "dav"    // a CardDAV, CalDAV or WebDAV service
	Demo   = "demo"   // the built-in demo phone
	Folder = "folder" // a folder on a disk: Address is its absolute path
)

// An Account is one source as its owner set it up.
type Account struct {
	Name            string        `toml:"name" json:"-"`
	Type            string        `toml:"type" json:"type"`
	Service         string        `toml:"service,omitempty" json:"service,omitempty"` // "iCloud"; "" if unknown
	Address         string        `toml:"address,omitempty" json:"address,omitempty"`
	Photos          string        `toml:"photos,omitempty" json:"photos,omitempty"` // address of a folder of photos
	User            string        `toml:"user,omitempty" json:"user,omitempty"`
	Secret          string        `toml:"secret,omitempty" json:"-"`           // what the keychain calls its password
	PasswordCommand string        `toml:"password_command,omitempty" json:"-"` // may hold a secret: stays on this computer
	Only            []export.Kind `toml:"only,omitempty" json:"only,omitempty"`
	Skip            []string      `toml:"skip,omitempty" json:"skip,omitempty"` // IDs of collections
	Trust           source.Trust  `toml:"trust,omitempty" json:"-"`             // a yes that was given on this computer
	// More is what else the type asks for, by the field.
	More map[string]string `toml:"more,omitempty" json:"more,omitempty"`
}

// Values are what was given for the account, by the field of its type, but for
// the password.
func (a Account) Values() source.Values {
	v := source.Values{}
	for id, at := range a.columns() {
		if *at != "" {
			v[id] = *at
		}
	}
	maps.Copy(v, a.More)
	return v
}

// SetValues notes what was given for the account. A password is not kept.
func (a *Account) SetValues(v source.Values) {
	columns := a.columns()
	for id, at := range columns {
		*at = v[id]
	}
	a.More = nil
	for id, text := range v {
		if _, ok := columns[id]; !ok && id != source.Password && text != "" {
			if a.More == nil {
				a.More = map[string]string{}
			}
			a.More[id] = text
		}
	}
}

// columns are the fields with a name of their own.
func (a *Account) columns() map[string]*string {
	return map[string]*string{source.Address: &a.Address, source.Photos: &a.Photos, source.User: &a.User}
}

// NeedsPassword reports whether the account has a user but no way to a
// password, as after it was taken over from an archive.
func (a Account) NeedsPassword() bool {
	return a.User != "" && a.Secret == "" && a.PasswordCommand == ""
}

// DefaultDir is the folder in which the system keeps a program's settings.
func DefaultDir() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("finding the folder for settings: %w", err)
	}
	return filepath.Join(dir, "sidekeep"), nil
}

// A DamagedError says that the settings file cannot be understood. It matches
// [export.ErrDamaged]. The file is left as it is.
type DamagedError struct {
	Path   string
	Reason string // "line 3: ..."
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the settings in %s cannot be understood: %s", e.Path, e.Reason)
}

// Is reports whether target is ErrDamaged.
func (e *DamagedError) Is(target error) bool { return target == export.ErrDamaged }

// Open reads the settings in dir. A folder or file that is not there yet is
// an empty one and is made by the first change. A file that cannot be
// understood is a [DamagedError].
func Open(dir string) (*Settings, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	s := &Settings{dir: dir, file: file{Version: version}}
	if err := s.refresh(); err != nil {
		return nil, err
	}
	return s, nil
}

// Dir is the folder of the settings.
func (s *Settings) Dir() string { return s.dir }

func (s *Settings) path() string { return filepath.Join(s.dir, FileName) }

// Archive tells where the archive was last seen; the zero Archive if none was
// chosen yet.
func (s *Settings) Archive() Archive {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.refresh() // what was read before stays valid if the file is damaged meanwhile
	return s.file.Archive
}

// SetArchive remembers where the archive is.
func (s *Settings) SetArchive(a Archive) error {
	return s.change(func(f *file) error {
		f.Archive = a
		return nil
	})
}

// Accounts lists the accounts in the order in which they were added.
func (s *Settings) Accounts() []Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.refresh() // as in Archive
	return slices.Clone(s.file.Accounts)
}

// Account returns the account of that name; case does not matter.
func (s *Settings) Account(name string) (Account, bool) {
	for _, a := range s.Accounts() {
		if strings.EqualFold(a.Name, name) {
			return a, true
		}
	}
	return Account{}, false
}

// Errors of Add, Update and Remove.
var (
	ErrExists    = errors.New("an account of this name exists")
	ErrNoAccount = errors.New("there is no account of this name")
)

// Add saves a new account; [ErrExists] if there is one of this name.
func (s *Settings) Add(a Account) error {
	return s.change(func(f *file) error {
		if f.find(a.Name) >= 0 {
			return fmt.Errorf("%q: %w", a.Name, ErrExists)
		}
		f.Accounts = append(f.Accounts, a)
		return nil
	})
}

// Update changes the account of that name as it is on disk now.
func (s *Settings) Update(name string, do func(*Account)) error {
	return s.change(func(f *file) error {
		i := f.find(name)
		if i < 0 {
			return fmt.Errorf("%q: %w", name, ErrNoAccount)
		}
		do(&f.Accounts[i])
		return nil
	})
}

// Remove forgets an account. Its data in the archive is not touched.
func (s *Settings) Remove(name string) error {
	return s.change(func(f *file) error {
		i := f.find(name)
		if i < 0 {
			return fmt.Errorf("%q: %w", name, ErrNoAccount)
		}
		f.Accounts = slices.Delete(f.Accounts, i, i+1)
		return nil
	})
}

func (f *file) find(name string) int {
	return slices.IndexFunc(f.Accounts, func(a Account) bool { return strings.EqualFold(a.Name, name) })
}

// parse reads a settings file. An unknown key is an error, so that a slip of
// the pen is noticed and nothing that someone wrote is dropped by the next
// change.
func parse(path string, data []byte) (file, error) {
	var probe struct {
		Version int `toml:"version"`
	}
	if err := toml.Unmarshal(data, &probe); err != nil {
		return file{}, &DamagedError{Path: path, Reason: reason(err)}
	}
	if probe.Version > version {
		return file{}, fmt.Errorf("the settings in %s: %w", path, export.ErrNewer)
	}
	var f file
	if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(&f); err != nil {
		return file{}, &DamagedError{Path: path, Reason: reason(err)}
	}
	if f.Version == 0 {
		return file{}, &DamagedError{Path: path, Reason: "it has no version"}
	}
	for i, a := range f.Accounts {
		if a.Name == "" {
			return file{}, &DamagedError{Path: path, Reason: fmt.Sprintf("account %d has no name", i+1)}
		}
		if f.find(a.Name) != i {
			return file{}, &DamagedError{Path: path, Reason: fmt.Sprintf("two accounts are called %q", a.Name)}
		}
		for _, k := range a.Only {
			if !slices.Contains(export.Kinds(), k) {
				return file{}, &DamagedError{Path: path, Reason: fmt.Sprintf("account %q: %q is no kind of item", a.Name, k)}
			}
		}
	}
	return f, nil
}

// reason is what is wrong in words, with the line.
func reason(err error) string {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		line, _ := strict.Errors[0].Position()
		return fmt.Sprintf("line %d: unknown key %q", line, strings.Join(strict.Errors[0].Key(), "."))
	}
	var decode *toml.DecodeError
	if errors.As(err, &decode) {
		line, _ := decode.Position()
		return fmt.Sprintf("line %d: %s", line, strings.TrimPrefix(decode.Error(), "toml: "))
	}
	return strings.TrimPrefix(err.Error(), "toml: ")
}

// A stamp tells one state of the file from another.
type stamp struct {
	size  int64
	mtime int64
}

// refresh reads the file if it is another than the one that was read. With an
// error, what was read before stays. Called with mu held.
func (s *Settings) refresh() error {
	info, err := os.Stat(s.path())
	if errors.Is(err, fs.ErrNotExist) {
		s.file, s.stamp = file{Version: version}, stamp{}
		return nil
	}
	if errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("reading the settings: %w: %w", export.ErrNotWritable, err)
	}
	if err != nil {
		return fmt.Errorf("reading the settings: %w", err)
	}
	now := stamp{info.Size(), info.ModTime().UnixNano()}
	if now == s.stamp {
		return nil
	}
	return s.read(now)
}

func (s *Settings) read(now stamp) error {
	data, err := os.ReadFile(s.path())
	if err != nil {
		return fmt.Errorf("reading the settings: %w", err)
	}
	f, err := parse(s.path(), data)
	if err != nil {
		return err
	}
	s.file, s.stamp = f, now
	return nil
}
