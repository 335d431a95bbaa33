package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/settings"
)

// ArchiveHere opens the archive. By whatever way its folder was named, by a flag,
// the environment, the settings or nothing, one rule holds: an archive is known by
// its ID, and a folder is where it was seen. What is in the folder that was named
// is opened; where the known archive was seen and is no longer, it is looked for,
// and used where it is found. The caller closes it.
//
// It never makes one. If none is known, and none is there, the error is
// [export.ErrNoArchive]; if one is known, it is also an [*absentError].
func ArchiveHere(w *Desk) (*archive.Archive, error) {
	dir, known := NewPlace(w).ArchiveDir(), w.Settings.Archive()
	a, err := archive.Open(dir, archive.Options{Now: w.Options.Now})
	switch {
	case err == nil && (known.ID == "" || a.ID() == known.ID):
		return a, seen(w, known, a)
	case err == nil && !wasIn(known, dir): // another one, which was named
		tellOther(w, dir, known)
		return a, nil
	case err == nil: // another one in its place, as on another disk of the same letter
		if err := a.Close(); err != nil {
			return nil, err
		}
		return findMoved(w, dir, known, false, fmt.Errorf("another archive is in %s: %w", dir, export.ErrNoArchive))
	case errors.Is(err, syscall.ENOTDIR):
		return nil, NotFolder(dir, err)
	case !IsNone(err):
		return nil, err
	case known.ID == "":
		return nil, NoArchive(dir, err)
	case !wasIn(known, dir) || w.Options.New:
		at, ok := findKnown(dir, known)
		if ok && isEmpty(w, at) { // its first export came to nothing, as on a full disk
			return nil, NoArchive(dir, err)
		}
		return nil, Absent(dir, known.Folder, at, err)
	}
	return findMoved(w, dir, known, true, err)
}

// IsNone reports whether err, of [archive.Open], says that the folder has none.
func IsNone(err error) bool {
	return errors.Is(err, export.ErrNoArchive) || errors.Is(err, fs.ErrNotExist)
}

// findMoved opens the known archive where it is now; it is not in dir, where it
// was seen before. empty tells that no other is in its place.
func findMoved(w *Desk, dir string, known settings.Archive, empty bool, cause error) (*archive.Archive, error) {
	at, ok := findKnown(dir, known)
	switch {
	case !ok && empty:
		return nil, Absent(dir, known.Folder, "", cause)
	case !ok:
		return nil, Replaced(dir, cause)
	}
	a, err := archive.Open(at, archive.Options{Now: w.Options.Now})
	if err != nil {
		return nil, err
	}
	if w.Options.Moved != nil {
		w.Options.Moved(dir, at)
	}
	w.Mu.Lock()
	if w.Named != "" {
		w.Named = at
	}
	w.Mu.Unlock()
	if now := known; !SameFolder(at, known.Folder) {
		now.Seen, now.Folder, now.Synced = WithPlace(WithPlace(known.Seen, known.Folder), dir), at, false
		if err := w.Settings.SetArchive(now); err != nil {
			return nil, errors.Join(Damaged(err), a.Close())
		}
	}
	return a, nil
}

// findKnown looks for the known archive: where it was seen, and in likely places.
func findKnown(dir string, known settings.Archive) (at string, ok bool) {
	places := append([]string{known.Folder}, known.Seen...)
	return archive.Find(known.ID, append(append(places, likelyPlaces(known.Folder)...), likelyPlaces(dir)...))
}

// isEmpty reports whether the archive in dir holds nothing that was ever
// exported.
func isEmpty(w *Desk, dir string) bool {
	a, err := archive.Open(dir, archive.Options{Now: w.Options.Now})
	if err != nil {
		return false
	}
	accounts, err := a.Accounts(context.Background())
	if err = errors.Join(err, a.Close()); err != nil {
		return false
	}
	for _, x := range accounts {
		if len(x.Items) > 0 || x.Gone > 0 || x.LastGood != nil {
			return false
		}
	}
	return true
}

// wasIn reports whether the known archive was seen in dir.
func wasIn(known settings.Archive, dir string) bool {
	return SameFolder(known.Folder, dir) || slices.ContainsFunc(known.Seen, func(s string) bool { return SameFolder(s, dir) })
}

// SameFolder reports whether two paths lead to one folder, links followed.
func SameFolder(a, b string) bool {
	if a, b = Resolved(a), Resolved(b); runtime.GOOS == "windows" {
		return strings.EqualFold(a, b)
	}
	return a == b
}

// maxSeen is how many earlier places of an archive are remembered.
const maxSeen = 20

// WithPlace appends folder to the places where an archive was seen.
func WithPlace(seen []string, folder string) []string {
	if slices.ContainsFunc(seen, func(s string) bool { return SameFolder(s, folder) }) {
		return seen
	}
	seen = append(slices.Clone(seen), folder)
	return seen[max(0, len(seen)-maxSeen):]
}

// seen notes that the known archive was seen where a is. a is closed on an
// error.
func seen(w *Desk, known settings.Archive, a *archive.Archive) error {
	if known.ID == "" || wasIn(known, a.Dir()) {
		return nil
	}
	known.Seen = WithPlace(known.Seen, a.Dir())
	if err := w.Settings.SetArchive(known); err != nil {
		return errors.Join(Damaged(err), a.Close())
	}
	return nil
}

// tellOther tells, once, that another archive than the known one is used.
func tellOther(w *Desk, dir string, known settings.Archive) {
	w.Mu.Lock()
	first := !w.told
	w.told = true
	w.Mu.Unlock()
	if first && w.Options.Other != nil {
		w.Options.Other(dir, known.Folder)
	}
}

// likelyPlaces are folders in which, or one below which, an archive may be
// that was in folder before.
func likelyPlaces(folder string) []string {
	parent := filepath.Dir(folder)
	places := []string{parent}
	if siblings, err := filepath.Glob(filepath.Join(escapeGlob(filepath.Dir(parent)), "*")); err == nil { // its parent may have another name
		places = append(places, siblings...)
	}
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

// MakeArchive opens the archive, and makes it if there is none yet. Where one is
// known, that needs a yes. The first archive that is made is remembered.
func MakeArchive(w *Desk, ctx context.Context) (*archive.Archive, error) {
	a, err := ArchiveHere(w)
	if err == nil {
		return a, remember(w, a, false)
	}
	if err := MayMake(w, ctx, err); err != nil {
		return nil, err
	}
	dir := NewPlace(w).ArchiveDir()
	if err := AllowSynced(w, ctx, dir); err != nil {
		return nil, err
	}
	if a, err = archive.Create(dir, archive.Options{Now: w.Options.Now}); errors.Is(err, export.ErrNotWritable) {
		err = foreign(dir, err)
	}
	if err != nil {
		return nil, err
	}
	return a, remember(w, a, true)
}

// MayBegin reports whether err, of w.archive, means that there is no archive
// yet.
func MayBegin(w *Desk, err error) bool {
	var known *absentError
	return errors.Is(err, export.ErrNoArchive) && !errors.As(err, &known)
}

// MayMake returns nil if an archive may be made after err, of w.archive; where
// one is known, the owner is asked, once.
func MayMake(w *Desk, ctx context.Context, err error) error {
	if MayBegin(w, err) {
		return nil
	}
	var known *absentError
	if !errors.As(err, &known) || !known.empty {
		return err
	}
	w.Mu.Lock()
	agreed := w.agreed == known.named
	w.Mu.Unlock()
	if !agreed && !w.Options.New && (w.Options.Begin == nil || !w.Options.Begin(ctx, known.named, known.at)) {
		return err
	}
	w.Mu.Lock()
	w.agreed = known.named
	w.Mu.Unlock()
	return nil
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
		Window:  "Choose an empty folder, or one that is not there yet.",
		Err:     err,
	}
}

// remember notes a's folder and ID if no other archive is known, or if a was made
// where the known one is no longer. a is closed on an error.
func remember(w *Desk, a *archive.Archive, made bool) error {
	known := w.Settings.Archive()
	now := settings.Archive{Folder: a.Dir(), ID: a.ID(), Synced: SyncedBy(a.Dir()) != ""}
	switch {
	case known.ID == a.ID():
		return nil
	case known.ID == "":
	case !made:
		return nil
	case !SameFolder(known.Folder, a.Dir()):
		if at, ok := findKnown(a.Dir(), known); ok && !isEmpty(w, at) { // it stays the one that is used
			now = known
			now.Seen = slices.DeleteFunc(slices.Clone(known.Seen), func(s string) bool { return SameFolder(s, a.Dir()) })
		}
	}
	if reflect.DeepEqual(now, known) {
		return nil
	}
	if err := w.Settings.SetArchive(now); err != nil {
		return errors.Join(Damaged(err), a.Close())
	}
	return nil
}

// AllowSynced refuses a folder that a cloud program synchronises, unless the
// owner agrees or has agreed.
func AllowSynced(w *Desk, ctx context.Context, dir string) error {
	service, was := SyncedBy(dir), w.Settings.Archive()
	if service == "" || was.Synced && was.Folder == dir {
		return nil
	}
	if w.Options.Synced == nil || !w.Options.Synced(ctx, dir, service) {
		return Synced(dir, service)
	}
	if was.Folder != dir {
		return nil
	}
	was.Synced = true
	return Damaged(w.Settings.SetArchive(was))
}
