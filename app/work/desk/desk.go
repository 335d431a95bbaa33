package desk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/settings"
	"sidekeep/export/source"
)

// A Place knows where settings and archive are, and which accounts there are.
type Place struct{ d *Desk }

// NewPlace is the Place of a desk.
func NewPlace(d *Desk) Place { return Place{d} }

// FilesName is what the account of imported files is called unless it is named.
const FilesName = "Files"

// Imported tells whether an account of an archive is one of files: it has no
// settings, because nothing exports it.
func Imported(in archive.Account) bool { return in.Name != "" && len(in.Settings) == 0 }

func HoldsFiles(name string) error {
	return &Error{
		What:    fmt.Sprintf("“%s” holds imported files in this archive.", name),
		Meaning: "Nothing was exported: the files would be taken for items that the service lost.",
		Try:     "Remove the account and set it up under another name.",
	}
}

// WithArchive opens the archive for do.
func WithArchive(w *Desk, do func(a *archive.Archive) error) error {
	a, err := ArchiveHere(w)
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}

func Total(items map[export.Kind]int) (n int) {
	for _, m := range items {
		n += m
	}
	return n
}

// Obstacle is why no export could write to the archive, nil if one could or if
// there is none yet.
func (w Place) Obstacle() error {
	a, err := ArchiveHere(w.d)
	if err != nil && MayBegin(w.d, err) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(a.Obstacle(), a.Close())
}

// HasArchive reports whether there is an archive where ArchiveDir says, or
// where a moved one is found.
func (w Place) HasArchive() (bool, error) {
	a, err := ArchiveHere(w.d)
	if err != nil && MayBegin(w.d, err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, a.Close()
}

// Options say where things are and who answers. Empty fields have defaults.
type Options struct {
	Settings string // folder of the settings; "" is the system's place for them
	Archive  string // folder of the archive; "" is the remembered one, else Sidekeep in the home folder
	Ask      export.Ask
	// Synced asks whether an archive may lie in folder although service, a
	// cloud program, synchronises it. nil is a no. A yes is remembered.
	Synced func(ctx context.Context, folder, service string) bool
	// Moved is told that the archive was found at another place than before.
	Moved func(from, to string)
	// Begin asks whether a new archive is to be made in folder, although one is
	// known: in known now, or nobody knows where if that is "". nil is a no.
	Begin func(ctx context.Context, folder, known string) bool
	New   bool // a new archive is made in the folder that is named, if none is there
	// Other is told that the archive in folder is another than the known one.
	Other   func(folder, known string)
	Types   []source.Type    // of sources; nil is all there are
	Secrets settings.Secrets // nil is the system's keychain
	Now     func() time.Time
}

// A Desk is what everything works on that can be done with the accounts of one
// settings folder. It may be used from several goroutines; what does reaches the
// network, the disk and the keychain, and takes its time.
type Desk struct {
	Options  Options
	Settings *settings.Settings

	Mu     sync.Mutex
	Named  string // folder of the archive, if one was named and not replaced since
	agreed string // folder in which a new archive may be made, although one is known
	told   bool   // that the archive is another than the known one
	Demo   *demoPhone
}

// TypeOf is the type of the account of that name, "" if none is set up.
func (w Place) TypeOf(name string) string {
	a, _ := w.d.Settings.Account(name)
	return a.Type
}

// SettingsDir is the folder in which settings are unless another is named.
func SettingsDir() (string, error) {
	dir, err := settings.DefaultDir()
	if err != nil {
		return "", &Error{
			What: "This system does not say where settings belong.", Meaning: AsItWas,
			Try: "Name a folder with “--settings FOLDER”, or set HOME.", Window: "Set HOME, and open Sidekeep again.", Err: err,
		}
	}
	return dir, nil
}

// Close ends the demo phone, if it was used.
func (w *Desk) Close() error {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	if w.Demo == nil {
		return nil
	}
	err := w.Demo.stop()
	w.Demo = nil
	return err
}

// Accounts lists the accounts in the order in which they were added.
func (w Place) Accounts() []settings.Account { return w.d.Settings.Accounts() }

// SettingsDir is the folder of the settings.
func (w Place) SettingsDir() string { return w.d.Settings.Dir() }

// ArchiveDir is the folder in which the archive is, or will be made by the
// first export.
func (w Place) ArchiveDir() string {
	w.d.Mu.Lock()
	named := w.d.Named
	w.d.Mu.Unlock()
	if named != "" {
		return named
	}
	if a := w.d.Settings.Archive(); a.Folder != "" {
		return a.Folder
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = "."
	}
	return filepath.Join(home, "Sidekeep")
}

// AccountNamed returns the account of that name.
func AccountNamed(w *Desk, name string) (settings.Account, error) {
	a, ok := w.Settings.Account(name)
	if !ok {
		return a, NoAccount(name, namesOf(w.Settings.Accounts()))
	}
	return a, nil
}
