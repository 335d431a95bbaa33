package desk

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"sidekeep/export"
)

// UnbegunFile is where Export notes beside the settings what the archive does not
// know: the archive may be what could not be written.
func UnbegunFile(w *Desk) string { return filepath.Join(w.Settings.Dir(), "unbegun.json") }

// An Unbegun is the last try to export an account, if it did not begin.
type Unbegun struct {
	At   time.Time    `json:"at"`
	Stop *export.Stop `json:"stop"` // why
	// The words of an [*Error]; "" where the cause has some.
	What    string `json:"what,omitempty"`
	Meaning string `json:"meaning,omitempty"`
	Try     string `json:"try,omitempty"`
}

// Err is why the export did not begin.
func (u *Unbegun) Err() error {
	if u.What != "" {
		return &Error{What: u.What, Meaning: u.Meaning, Try: u.Try, Err: u.Stop}
	}
	return u.Stop
}

// NoteTry notes how a try to export an account went that ended with l and err. A
// note that cannot be written is none: err is told all the same.
func NoteTry(w *Desk, name string, l *export.Ledger, err error) {
	all := WhyUnbegun(w)
	_, noted := all[name]
	var own *Error
	switch {
	case err == nil, l.Number > 0 && !errors.As(err, &own):
		if !noted {
			return
		}
		delete(all, name)
	case errors.Is(err, export.ErrBusy), errors.Is(err, export.ErrStopped):
		return // it begins when the other has ended, or when somebody likes
	default:
		u := Unbegun{At: l.Started, Stop: export.NewStop(err)}
		if errors.As(err, &own) {
			u.What, u.Meaning, u.Try = own.What, own.Meaning, own.Try
		}
		all[name] = u
	}
	writeUnbegun(w, all)
}

// ForgetTries forgets the tries to export an account.
func ForgetTries(w *Desk, name string) {
	if all := WhyUnbegun(w); all[name].Stop != nil {
		delete(all, name)
		writeUnbegun(w, all)
	}
}

func writeUnbegun(w *Desk, all map[string]Unbegun) {
	file := UnbegunFile(w)
	if len(all) == 0 {
		_ = os.Remove(file) // what it says is older than the newest export, and not told then
		return
	}
	b, err := json.Marshal(all)
	if err != nil {
		return
	}
	if err := os.WriteFile(file+".new", b, 0o600); err != nil {
		return
	}
	if os.Rename(file+".new", file) != nil {
		_ = os.Remove(file + ".new") // best effort, as the note itself
	}
}

// WhyUnbegun are the tries that did not begin, by account; empty if none can be read.
func WhyUnbegun(w *Desk) map[string]Unbegun {
	all := map[string]Unbegun{}
	b, err := os.ReadFile(UnbegunFile(w))
	if err != nil || json.Unmarshal(b, &all) != nil {
		return map[string]Unbegun{}
	}
	return all
}
