package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/settings"
)

// archive opens the archive where it is: in the folder that was named, in the
// one that is remembered, or where a moved one is found by its ID. The caller
// closes it. It never makes one: [export.ErrNoArchive] if there is none.
func (w *Work) archive() (*archive.Archive, error) {
	dir, remembered := w.ArchiveDir(), w.settings.Archive()
	known := remembered.ID != "" && remembered.Folder == dir
	a, err := archive.Open(dir, archive.Options{Now: w.o.Now})
	switch {
	case err == nil && (!known || a.ID() == remembered.ID):
		return a, nil
	case err == nil: // another archive in its place, as on another disk of the same letter
		if err := a.Close(); err != nil {
			return nil, err
		}
		err = fmt.Errorf("another archive is in %s: %w", dir, export.ErrNoArchive)
		return w.findMoved(remembered, err)
	case known && (errors.Is(err, export.ErrNoArchive) || errors.Is(err, fs.ErrNotExist)):
		return w.findMoved(remembered, err)
	}
	if errors.Is(err, syscall.ENOTDIR) {
		err = notFolder(dir, err)
	}
	return nil, err
}

// findMoved looks for the remembered archive in likely places.
func (w *Work) findMoved(remembered settings.Archive, cause error) (*archive.Archive, error) {
	dir, ok := archive.Find(remembered.ID, likelyPlaces(remembered.Folder))
	if !ok {
		return nil, moved(remembered.Folder, cause)
	}
	a, err := archive.Open(dir, archive.Options{Now: w.o.Now})
	if err != nil {
		return nil, err
	}
	if w.o.Moved != nil {
		w.o.Moved(remembered.Folder, dir)
	}
	if err := w.settings.SetArchive(settings.Archive{Folder: dir, ID: a.ID()}); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// likelyPlaces are folders in which, or one below which, an archive may be
// that was in folder before.
func likelyPlaces(folder string) []string {
	places := []string{filepath.Dir(folder)}
	if home, err := os.UserHomeDir(); err == nil {
		places = append(places, home, filepath.Join(home, "Documents"), filepath.Join(home, "Desktop"))
	}
	for _, pattern := range []string{"/media/*", "/media/*/*", "/run/media/*/*", "/mnt", "/mnt/*", "/Volumes/*"} {
		if dirs, err := filepath.Glob(pattern); err == nil {
			places = append(places, dirs...)
		}
	}
	if runtime.GOOS == "windows" {
		for c := 'C'; c <= 'Z'; c++ {
			places = append(places, string(c)+`:\`)
		}
	}
	return places
}

// makeArchive opens the archive, and makes it if there is none yet and none is
// remembered. The first archive that is made is remembered.
func (w *Work) makeArchive(ctx context.Context) (*archive.Archive, error) {
	a, err := w.archive()
	var refused *Error
	if errors.As(err, &refused) { // moved away, and not to be begun anew
		return nil, err
	}
	if errors.Is(err, export.ErrNoArchive) || errors.Is(err, fs.ErrNotExist) {
		dir := w.ArchiveDir()
		if err := w.allowSynced(ctx, dir); err != nil {
			return nil, err
		}
		if a, err = archive.Create(dir, archive.Options{Now: w.o.Now}); errors.Is(err, export.ErrNotWritable) {
			err = foreign(dir, err)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := w.remember(a); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// foreign gives err its words if dir holds something else than an archive.
func foreign(dir string, err error) error {
	entries, readErr := os.ReadDir(dir)
	if readErr != nil || len(entries) == 0 {
		return err
	}
	return &Error{
		What:    "The folder " + dir + " holds something else than an archive.",
		Meaning: "Nothing was written to it.",
		Try:     "Choose an empty folder, or one that is not there yet, with “--archive FOLDER”.",
		Err:     err,
	}
}

// remember notes a's folder and ID if no other archive is remembered.
func (w *Work) remember(a *archive.Archive) error {
	was := w.settings.Archive()
	if was.Folder != "" && (was.Folder != a.Dir() || was.ID == a.ID()) {
		return nil
	}
	now := settings.Archive{Folder: a.Dir(), ID: a.ID(), Synced: syncedBy(a.Dir()) != ""}
	return damaged(w.settings.SetArchive(now))
}

// allowSynced refuses a folder that a cloud program synchronises, unless the
// owner agrees or has agreed.
func (w *Work) allowSynced(ctx context.Context, dir string) error {
	service, was := syncedBy(dir), w.settings.Archive()
	if service == "" || was.Synced && was.Folder == dir {
		return nil
	}
	if w.o.Synced == nil || !w.o.Synced(ctx, dir, service) {
		return synced(dir, service)
	}
	if was.Folder != dir {
		return nil
	}
	was.Synced = true
	return damaged(w.settings.SetArchive(was))
}

// Opened is what OpenArchive found.
type Opened struct {
	Dir   string
	Items map[export.Kind]int // that the archive holds
	Taken []settings.Account  // accounts that the settings did not have before
}

// OpenArchive makes the archive in dir the one to use, on this or on a new
// computer. Accounts that it knows and the settings do not are taken over;
// they need a password.
func (w *Work) OpenArchive(ctx context.Context, dir string) (*Opened, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	a, err := archive.Open(dir, archive.Options{Now: w.o.Now})
	if err != nil {
		return nil, err
	}
	o := &Opened{Dir: dir, Items: map[export.Kind]int{}}
	err = w.takeOver(ctx, a, o)
	return o, errors.Join(err, a.Close())
}

func (w *Work) takeOver(ctx context.Context, a *archive.Archive, o *Opened) error {
	if err := w.allowSynced(ctx, o.Dir); err != nil {
		return err
	}
	accounts, err := a.Accounts(ctx)
	if err != nil {
		return err
	}
	now := settings.Archive{Folder: o.Dir, ID: a.ID(), Synced: syncedBy(o.Dir) != ""}
	if err := w.settings.SetArchive(now); err != nil {
		return damaged(err)
	}
	w.mu.Lock()
	w.named = ""
	w.mu.Unlock()
	for _, in := range accounts {
		for k, n := range in.Items {
			o.Items[k] += n
		}
		if _, ok := w.settings.Account(in.Name); ok || len(in.Settings) == 0 {
			continue
		}
		var s settings.Account
		if err := json.Unmarshal(in.Settings, &s); err != nil {
			return fmt.Errorf("reading the settings of %q in the archive: %w: %w", in.Name, export.ErrDamaged, err)
		}
		s.Name = in.Name
		if err := w.settings.Add(s); err != nil {
			return known(err, in.Name)
		}
		o.Taken = append(o.Taken, s)
	}
	return nil
}
