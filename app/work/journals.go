package work

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"time"

	"github.com/gofrs/flock"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
	"sidekeep/export/within"
)

// restoresDir, in an archive, holds a folder for each restore: its note, its
// journal and what items were that the history has not.
const restoresDir = sideDir + "/restores"

// sideDir is the folder of an archive that holds nothing for a reader.
const sideDir = ".sidekeep"

// openWithin opens a folder of an archive, for the caller to close; fs.ErrNotExist
// if it is not there.
func openWithin(archiveDir, name string) (*within.Folder, error) {
	top, err := within.Open(archiveDir)
	if err != nil {
		return nil, err
	}
	f, err := top.Sub(name)
	if err != nil {
		return nil, errors.Join(err, top.Close())
	}
	return f, top.Close()
}

// A restoreNote is note.json of a restore.
type restoreNote struct {
	RestoreEntry
	Request string         `json:"request"` // a mark of what was asked for, by which the same restore goes on
	Asked   RestoreRequest `json:"asked"`
	Held    bool           `json:"held"` // the target was held when it began: what it creates had been lost there
}

// restoreLock keeps two restores from writing to one archive's journals.
func restoreLock(archiveDir string) (release func() error, err error) {
	file, err := lockFile(archiveDir)
	if err != nil {
		return nil, err
	}
	f := flock.New(file, flock.SetFlag(os.O_RDWR|os.O_CREATE))
	ok, err := f.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking the restores: %w", err)
	}
	if !ok {
		return nil, &Error{
			What: "Another restore or undo is under way in this archive.", Meaning: "Nothing was written by this one.",
			Try: "Wait until it has ended, and try again.", Err: export.ErrBusy,
		}
	}
	return f.Close, nil
}

// lockFile makes the file that is locked, if it is not there, and returns its path.
func lockFile(archiveDir string) (string, error) {
	const name = "restores/lock"
	side, err := openWithin(archiveDir, sideDir)
	if err == nil {
		err = errors.Join(makeFile(side, name), side.Close())
	}
	switch {
	case errors.Is(err, export.ErrLink):
		return "", err
	case err != nil:
		return "", fmt.Errorf("%w: %w", export.ErrNotWritable, err)
	}
	return side.Path(name), nil
}

func makeFile(in *within.Folder, name string) error {
	if err := in.MkdirAll(path.Dir(name)); err != nil {
		return err
	}
	f, err := in.OpenFile(name, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return err
	}
	return f.Close()
}

// readNotes reads the notes of all restores, the newest first.
func readNotes(archiveDir string) ([]restoreNote, error) {
	dir, err := openWithin(archiveDir, restoresDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the restores: %w", err)
	}
	list, err := notesIn(dir)
	return list, errors.Join(err, dir.Close())
}

func notesIn(dir *within.Folder) (list []restoreNote, err error) {
	entries, err := dir.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("reading the restores: %w", err)
	}
	for _, e := range entries {
		n, err := strconv.Atoi(e.Name())
		if err != nil || !e.IsDir() && e.Type()&fs.ModeSymlink == 0 {
			continue
		}
		text, err := dir.ReadFile(e.Name()+"/"+noteFile, maxNote)
		if errors.Is(err, fs.ErrNotExist) {
			continue // stopped before anything was written
		}
		var note restoreNote
		if err == nil {
			err = json.Unmarshal(text, &note)
		}
		switch {
		case errors.Is(err, export.ErrLink):
			return nil, err
		case err != nil:
			return nil, fmt.Errorf("%w: reading restore %d: %w", export.ErrDamaged, n, err)
		}
		note.Number = n
		if note.State == "stopped" { // as it was called before there were lists
			note.State = RestoreOpen
		}
		if note.State == RestoreOpen && !restore.Begun(dir, e.Name()) {
			continue // the same
		}
		list = append(list, note)
	}
	slices.SortFunc(list, func(a, b restoreNote) int { return b.Number - a.Number })
	return list, nil
}

// noteFile is the note of a restore in its folder, of at most maxNote bytes.
const (
	noteFile = "note.json"
	maxNote  = 64 << 20
)

// write writes the note whole or not at all.
func (n *restoreNote) write(archiveDir string) error {
	text, err := json.MarshalIndent(n, "", "  ")
	if err == nil {
		err = n.within(archiveDir, func(dir *within.Folder) error { return dir.WriteFile(noteFile, append(text, '\n')) })
	}
	if err != nil {
		return fmt.Errorf("noting the restore: %w", err)
	}
	return nil
}

// open opens the folder of the restore, for the caller to close.
func (n *restoreNote) open(archiveDir string) (*within.Folder, error) {
	return openWithin(archiveDir, restoresDir+"/"+strconv.Itoa(n.Number))
}

// within does something in the folder of the restore.
func (n *restoreNote) within(archiveDir string, do func(*within.Folder) error) error {
	dir, err := n.open(archiveDir)
	if err != nil {
		return err
	}
	return errors.Join(do(dir), dir.Close())
}

// make makes the folder of the restore; fs.ErrExist if it is there.
func (n *restoreNote) make(archiveDir string) error {
	dir, err := openWithin(archiveDir, restoresDir)
	if err != nil {
		return err
	}
	return errors.Join(dir.Mkdir(strconv.Itoa(n.Number)), dir.Close())
}

// begin opens the journal of a restore: that of note, which is open, or a new one
// if it is nil. The lock is held.
func beginRestore(ctx context.Context, a *archive.Archive, note *restoreNote, r *RestoreRequest, now time.Time) (*restoreNote, *restore.FileJournal, error) {
	if note == nil {
		mark, err := markOf(r)
		if err != nil {
			return nil, nil, err
		}
		notes, err := readNotes(a.Dir())
		if err != nil {
			return nil, nil, err
		}
		note = &restoreNote{Request: mark, Asked: *r, RestoreEntry: RestoreEntry{Account: r.To, From: r.From, Paths: r.Paths, At: now, State: RestoreOpen}}
		for note.Number = 1; ; note.Number++ {
			if len(notes) > 0 {
				note.Number = max(note.Number, notes[0].Number+1)
			}
			err := note.make(a.Dir())
			if err == nil {
				break
			}
			if !errors.Is(err, fs.ErrExist) {
				return nil, nil, fmt.Errorf("%w: %w", export.ErrNotWritable, err)
			}
		}
		if err := errors.Join(a.Seal(ctx, note.Number, rand.Text()), note.write(a.Dir())); err != nil {
			return nil, nil, err
		}
	}
	j, err := note.journal(ctx, a)
	return note, j, err
}

// journal opens the journal of a restore with its seal.
func (n *restoreNote) journal(ctx context.Context, a *archive.Archive) (*restore.FileJournal, error) {
	key, err := a.SealOf(ctx, n.Number)
	if err != nil {
		return nil, err
	}
	dir, err := n.open(a.Dir())
	if err != nil {
		return nil, err
	}
	j, err := restore.OpenJournal(dir)
	if err == nil {
		j.Seal(key)
	}
	return j, err
}

// list is the list of a restore; nil if it has none.
func (n *restoreNote) list(ctx context.Context, a *archive.Archive) ([]restore.Wanted, error) {
	key, err := a.SealOf(ctx, n.Number)
	if err != nil {
		return nil, err
	}
	var list []restore.Wanted
	err = n.within(a.Dir(), func(dir *within.Folder) error {
		list, err = restore.ReadList(dir, key)
		return err
	})
	if errors.Is(err, restore.ErrForeign) {
		return nil, &Error{
			What:    fmt.Sprintf("The list of restore %d was changed by someone else, so it cannot be gone on with.", n.Number),
			Meaning: nothingWritten, Err: err,
			Try:    fmt.Sprintf("Drop what is left of it with “sidekeep restore \"%s\" --drop”, and restore anew.", n.Account),
			Window: "Drop the rest of it in the room of restores, and restore anew.",
		}
	}
	return list, err
}

// count reads how far a restore is out of its list and journal.
func (n *restoreNote) count(ctx context.Context, a *archive.Archive) (deedsDone, error) {
	d, err := readDeeds(ctx, a, n)
	if err != nil {
		return d, err
	}
	n.Created, n.Changed = d.created, d.changed
	list, err := n.list(ctx, a)
	if err != nil {
		return d, err
	}
	n.Total, n.Done = len(list), 0
	for i := range list {
		if list[i].Done {
			n.Done++
		}
	}
	return d, nil
}

// deedsDone are what a journal tells of a restore.
type deedsDone struct {
	created, changed int
	replaced, undone map[archive.ItemKey]bool // undone: put back as they were
	removed          map[archive.ItemKey]bool // created, and taken away again by an undo
}

// readDeeds sums a journal up, but for what the restore did not write itself.
func readDeeds(ctx context.Context, a *archive.Archive, n *restoreNote) (deedsDone, error) {
	out := deedsDone{replaced: map[archive.ItemKey]bool{}, undone: map[archive.ItemKey]bool{}, removed: map[archive.ItemKey]bool{}}
	key, err := a.SealOf(ctx, n.Number)
	if err != nil {
		return out, err
	}
	intents, done := map[int]restore.Record{}, map[int]bool{}
	count := func(n, by int) {
		switch intents[n].Deed {
		case restore.Create:
			out.created += by
		case restore.Replace:
			out.changed += by
		}
		done[n] = by > 0
	}
	err = n.records(a, key, func(r restore.Record) error {
		if r.Forged() {
			return nil
		}
		what := intents[r.N]
		switch r.Step {
		case restore.Intent:
			intents[r.N] = r
			return nil
		case restore.Done, restore.Unseen:
			what.After = r.After
			intents[r.N] = what
			if r.Step == restore.Done && !done[r.N] {
				count(r.N, 1)
			} else if r.Step == restore.Unseen && done[r.N] {
				count(r.N, -1)
			}
			if what.Deed == restore.Replace {
				out.replaced[archive.ItemKey{Collection: what.Collection.ID, ID: r.After.ID}] = true
			}
		case restore.Undone:
			into := out.undone
			if what.Deed == restore.Create {
				into = out.removed
			}
			into[archive.ItemKey{Collection: what.Collection.ID, ID: what.After.ID}] = true
		}
		return nil
	})
	return out, err
}

// records reads the journal of a restore; see [restore.ReadJournal].
func (n *restoreNote) records(a *archive.Archive, key string, yield func(restore.Record) error) error {
	return n.within(a.Dir(), func(dir *within.Folder) error { return restore.ReadJournal(dir, key, yield) })
}

// wrote tells the archive which items of an account were changed or removed by
// Sidekeep itself.
func wrote(ctx context.Context, a *archive.Archive, account string, items map[archive.ItemKey]bool) error {
	if len(items) == 0 {
		return nil
	}
	return a.Wrote(ctx, account, slices.Collect(maps.Keys(items)))
}

// Restores lists the restores of this archive, the newest first.
func (w *Work) Restores(ctx context.Context) ([]RestoreEntry, error) {
	list := []RestoreEntry{}
	err := w.withArchive(func(a *archive.Archive) error {
		notes, err := readNotes(a.Dir())
		for i := range notes {
			n := &notes[i]
			if n.State == RestoreOpen {
				var own *Error
				if _, err := n.count(ctx, a); err != nil && !errors.As(err, &own) {
					return err
				}
			}
			list = append(list, n.RestoreEntry)
		}
		return err
	})
	return list, err
}

// openRestore finds the newest open restore that is wanted; nil if there is none.
func (w *Work) openRestore(wanted func(*restoreNote) bool) (found *restoreNote, err error) {
	err = w.withArchive(func(a *archive.Archive) error {
		notes, err := readNotes(a.Dir())
		for i := range notes {
			if n := &notes[i]; found == nil && n.State == RestoreOpen && wanted(n) {
				found = n
			}
		}
		return err
	})
	return found, err
}

// theOpenRestore is the open restore of this number, or if it is 0 the newest open
// one onto an account.
func (w *Work) theOpenRestore(ctx context.Context, account string, number int) (*restoreNote, error) {
	if number == 0 {
		spelled, err := w.ArchivedName(ctx, account)
		if err != nil {
			return nil, err
		}
		account = spelled
	}
	note, err := w.openRestore(func(n *restoreNote) bool { return n.Number == number || number == 0 && n.Account == account })
	if err == nil && note == nil {
		what := fmt.Sprintf("No restore onto “%s” is open.", account)
		if number > 0 {
			what = fmt.Sprintf("Restore %d is not open.", number)
		}
		err = &Error{What: what, Meaning: nothingWritten, Try: "See the restores with “sidekeep undo --list”.", Usage: true, Err: export.ErrGone}
	}
	return note, err
}

// PlanDrop tells which restore DropRestore would give up.
func (w *Work) PlanDrop(ctx context.Context, account string) (RestoreEntry, error) {
	note, err := w.theOpenRestore(ctx, account, 0)
	if err != nil {
		return RestoreEntry{}, err
	}
	err = w.withArchive(func(a *archive.Archive) error {
		var own *Error
		if _, err := note.count(ctx, a); err != nil && !errors.As(err, &own) {
			return err
		}
		return nil
	})
	return note.RestoreEntry, err
}

// DropRestore gives up the open lines of the restore of this number, or if it is 0
// of the newest open one onto account. What it has written stays, and can be
// turned back. The next export judges anew whether the account is held.
func (w *Work) DropRestore(ctx context.Context, account string, number int) (RestoreEntry, error) {
	note, err := w.theOpenRestore(ctx, account, number)
	if err != nil {
		return RestoreEntry{}, err
	}
	err = w.withArchive(func(a *archive.Archive) error {
		release, err := restoreLock(a.Dir())
		if err != nil {
			return err
		}
		var own *Error
		if _, err = note.count(ctx, a); errors.As(err, &own) {
			err = nil // a list that someone changed is dropped too
		}
		if err == nil {
			note.State = RestoreDropped
			err = errors.Join(note.write(a.Dir()), tellOpen(ctx, a, note.Account))
		}
		return errors.Join(err, release())
	})
	return note.RestoreEntry, err
}

// tellOpen tells the archive whether a restore onto an account is open, so that a
// hold of it stays.
func tellOpen(ctx context.Context, a *archive.Archive, account string) error {
	notes, err := readNotes(a.Dir())
	if err != nil {
		return err
	}
	open := slices.ContainsFunc(notes, func(n restoreNote) bool { return n.State == RestoreOpen && n.Account == account })
	return a.SetRestoring(ctx, account, open)
}
