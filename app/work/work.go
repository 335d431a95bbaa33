// Package work is what both surfaces of Sidekeep do: it finds what an account
// holds, sets it up, exports it into the archive and tells how it stands. It
// wires settings, sources and archive together by hand.
//
// It prints nothing and draws nothing: app/command puts its results on a
// terminal, app/flow on a screen.
package work

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"sidekeep/export"
	"sidekeep/export/settings"
	"sidekeep/export/source"
)

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

// Work is what can be done with the accounts of one settings folder. Its
// methods may be called from several goroutines; they reach the network, the
// disk and the keychain, and take their time.
type Work struct {
	o        Options
	settings *settings.Settings

	mu     sync.Mutex
	named  string // folder of the archive, if one was named and not replaced since
	agreed string // folder in which a new archive may be made, although one is known
	told   bool   // that the archive is another than the known one
	demo   *demoPhone
}

// New reads the settings. It makes nothing and reaches no network.
func New(o Options) (*Work, error) {
	if o.Settings == "" {
		dir, err := SettingsDir()
		if err != nil {
			return nil, err
		}
		o.Settings = dir
	}
	if o.Archive != "" {
		dir, err := filepath.Abs(o.Archive)
		if err != nil {
			return nil, err
		}
		o.Archive = dir
	}
	if o.Secrets == nil {
		o.Secrets = settings.Keychain()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s, err := settings.Open(o.Settings)
	if err != nil {
		return nil, damaged(err)
	}
	return &Work{o: o, settings: s, named: o.Archive}, nil
}

// TypeOf is the type of the account of that name, "" if none is set up.
func (w *Work) TypeOf(name string) string {
	a, _ := w.settings.Account(name)
	return a.Type
}

// SettingsDir is the folder in which settings are unless another is named.
func SettingsDir() (string, error) {
	dir, err := settings.DefaultDir()
	if err != nil {
		return "", &Error{
			What: "This system does not say where settings belong.", Meaning: asItWas,
			Try: "Name a folder with “--settings FOLDER”, or set HOME.", Window: "Set HOME, and open Sidekeep again.", Err: err,
		}
	}
	return dir, nil
}

// Close ends the demo phone, if it was used.
func (w *Work) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.demo == nil {
		return nil
	}
	err := w.demo.stop()
	w.demo = nil
	return err
}

// Accounts lists the accounts in the order in which they were added.
func (w *Work) Accounts() []settings.Account { return w.settings.Accounts() }

// SettingsDir is the folder of the settings.
func (w *Work) SettingsDir() string { return w.settings.Dir() }

// ArchiveDir is the folder in which the archive is, or will be made by the
// first export.
func (w *Work) ArchiveDir() string {
	w.mu.Lock()
	named := w.named
	w.mu.Unlock()
	if named != "" {
		return named
	}
	if a := w.settings.Archive(); a.Folder != "" {
		return a.Folder
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = "."
	}
	return filepath.Join(home, "Sidekeep")
}

// account returns the account of that name.
func (w *Work) account(name string) (settings.Account, error) {
	a, ok := w.settings.Account(name)
	if !ok {
		return a, noAccount(name, namesOf(w.settings.Accounts()))
	}
	return a, nil
}
