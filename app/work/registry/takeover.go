package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"syscall"

	"sidekeep/app/work/desk"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/settings"
)

// Opened is what OpenArchive found.
type Opened struct {
	Dir   string
	Items map[export.Kind]int // that the archive holds
	// Offered are accounts that it knows and the settings do not: see TakeAccounts.
	Offered []settings.Account
}

// OpenArchive makes the archive in dir the one to use, on this or on a new
// computer. It may be somebody else's: the accounts that only it knows are offered,
// and none is taken over.
func (w Registry) OpenArchive(ctx context.Context, dir string) (*Opened, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	a, err := archive.Open(dir, archive.Options{Now: w.d.Options.Now})
	if desk.IsNone(err) || errors.Is(err, syscall.ENOTDIR) {
		return nil, desk.NoArchive(dir, err)
	}
	if err != nil {
		return nil, err
	}
	o := &Opened{Dir: dir, Items: map[export.Kind]int{}}
	err = use(w.d, ctx, a, o)
	return o, errors.Join(err, a.Close())
}

// use remembers a as the archive to use, and tells what it holds.
func use(w *desk.Desk, ctx context.Context, a *archive.Archive, o *Opened) error {
	if err := desk.AllowSynced(w, ctx, o.Dir); err != nil {
		return err
	}
	accounts, err := a.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, in := range accounts {
		for k, n := range in.Items {
			o.Items[k] += n
		}
	}
	if o.Offered, err = offered(w, accounts); err != nil {
		return err
	}
	now := settings.Archive{Folder: o.Dir, ID: a.ID(), Synced: desk.SyncedBy(o.Dir) != ""}
	if known := w.Settings.Archive(); known.ID == now.ID && !desk.SameFolder(known.Folder, now.Folder) {
		now.Seen = desk.WithPlace(known.Seen, known.Folder)
	}
	if err := w.Settings.SetArchive(now); err != nil {
		return desk.Damaged(err)
	}
	w.Mu.Lock()
	w.Named = ""
	w.Mu.Unlock()
	return nil
}

// TakeAccounts takes over accounts of the archive by their names, without their
// passwords and without what was agreed to on another computer. A name that is
// not offered is left out.
func (w Registry) TakeAccounts(ctx context.Context, names []string) (taken []settings.Account, err error) {
	err = desk.WithArchive(w.d, func(a *archive.Archive) error {
		accounts, err := a.Accounts(ctx)
		if err != nil {
			return err
		}
		offered, err := offered(w.d, accounts)
		if err != nil {
			return err
		}
		for _, s := range offered {
			if !slices.Contains(names, s.Name) {
				continue
			}
			if err := w.d.Settings.Add(s); err != nil {
				return Known(err, s.Name)
			}
			taken = append(taken, s)
		}
		return nil
	})
	return taken, err
}

// offered are the accounts of an archive that the settings do not have, as they
// would be taken over.
func offered(w *desk.Desk, accounts []archive.Account) (list []settings.Account, err error) {
	for _, in := range accounts {
		if _, ok := w.Settings.Account(in.Name); ok || len(in.Settings) == 0 {
			continue
		}
		var s settings.Account // its form in JSON has nothing secret, and no yes
		if err := json.Unmarshal(in.Settings, &s); err != nil {
			return nil, fmt.Errorf("reading the settings of %q in the archive: %w: %w", in.Name, export.ErrDamaged, err)
		}
		s.Name = in.Name
		list = append(list, s)
	}
	return list, nil
}
