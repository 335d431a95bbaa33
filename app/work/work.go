// Package work is what both surfaces of Sidekeep do: it finds what an account
// holds, sets it up, exports it into the archive and tells how it stands. It
// wires settings, sources and archive together by hand.
//
// It prints nothing and draws nothing: app/command puts its results on a
// terminal, app/flow on a screen.
package work

import (
	"path/filepath"
	"time"

	"sidekeep/app/work/desk"
	"sidekeep/export/settings"
)

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
		return nil, desk.Damaged(err)
	}
	return over(&desk.Desk{Options: o, Settings: s, Named: o.Archive}), nil
}
