package journals

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"time"

	"github.com/gofrs/flock"

	"sidekeep/app/work/desk"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
	"sidekeep/export/within"
)

// RestoresDir, in an archive, holds a folder for each restore: its note, its
// journal and what items were that the history has not.
const RestoresDir = desk.SideDir + "/restores"

// A RestoreNote is note.json of a restore.
type RestoreNote struct {
	RestoreEntry
	Request string         `json:"request"` // a mark of what was asked for, by which the same restore goes on
	Asked   RestoreRequest `json:"asked"`
	Held    bool           `json:"held"` // the target was held when it began: what it creates had been lost there
}

// RestoreLock keeps two restores from writing to one archive's journals.
func RestoreLock(archiveDir string) (release func() error, err error) {
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
		return nil, &desk.Error{
			What: "Another restore or undo is under way in this archive.", Meaning: "Nothing was written by this one.",
			Try: "Wait until it has ended, and try again.", Err: export.ErrBusy,
		}
	}
	return f.Close, nil
}

// lockFile makes the file that is locked, if it is not there, and returns its path.
func lockFile(archiveDir string) (string, error) {
	const name = "restores/lock"
	side, err := desk.OpenWithin(archiveDir, desk.SideDir)
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

// ReadNotes reads the notes of all restores, the newest first.
func ReadNotes(archiveDir string) ([]RestoreNote, error) {
	dir, err := desk.OpenWithin(archiveDir, RestoresDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the restores: %w", err)
	}
	list, err := notesIn(dir)
	return list, errors.Join(err, dir.Close())
}

func notesIn(dir *within.Folder) (list []RestoreNote, err error) {
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
		var note RestoreNote
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
	slices.SortFunc(list, func(a, b RestoreNote) int { return b.Number - a.Number })
	return list, nil
}

// noteFile is the note of a restore in its folder, of at most maxNote bytes.
const (
	noteFile = "note.json"
	maxNote  = 64 << 20
)

// Write writes the note whole or not at all.
func (n *RestoreNote) Write(archiveDir string) error {
	text, err := json.MarshalIndent(n, "", "  ")
	if err == nil {
		err = n.Within(archiveDir, func(dir *within.Folder) error { return dir.WriteFile(noteFile, append(text, '\n')) })
	}
	if err != nil {
		return fmt.Errorf("noting the restore: %w", err)
	}
	return nil
}

// open opens the folder of the restore, for the caller to close.
func (n *RestoreNote) open(archiveDir string) (*within.Folder, error) {
	return desk.OpenWithin(archiveDir, RestoresDir+"/"+strconv.Itoa(n.Number))
}

// Within does something in the folder of the restore.
func (n *RestoreNote) Within(archiveDir string, do func(*within.Folder) error) error {
	dir, err := n.open(archiveDir)
	if err != nil {
		return err
	}
	return errors.Join(do(dir), dir.Close())
}

// Make makes the folder of the restore; fs.ErrExist if it is there.
func (n *RestoreNote) Make(archiveDir string) error {
	dir, err := desk.OpenWithin(archiveDir, RestoresDir)
	if err != nil {
		return err
	}
	return errors.Join(dir.Mkdir(strconv.Itoa(n.Number)), dir.Close())
}

// Journal opens the journal of a restore with its seal.
func (n *RestoreNote) Journal(ctx context.Context, a *archive.Archive) (*restore.FileJournal, error) {
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

// List is the list of a restore; nil if it has none.
func (n *RestoreNote) List(ctx context.Context, a *archive.Archive) ([]restore.Wanted, error) {
	key, err := a.SealOf(ctx, n.Number)
	if err != nil {
		return nil, err
	}
	var list []restore.Wanted
	err = n.Within(a.Dir(), func(dir *within.Folder) error {
		list, err = restore.ReadList(dir, key)
		return err
	})
	if errors.Is(err, restore.ErrForeign) {
		return nil, &desk.Error{
			What:    fmt.Sprintf("The list of restore %d was changed by someone else, so it cannot be gone on with.", n.Number),
			Meaning: desk.NothingWritten, Err: err,
			Try:    fmt.Sprintf("Drop what is left of it with “sidekeep restore \"%s\" --drop”, and restore anew.", n.Account),
			Window: "Drop the rest of it in the room of restores, and restore anew.",
		}
	}
	return list, err
}

// Count reads how far a restore is out of its list and journal.
func (n *RestoreNote) Count(ctx context.Context, a *archive.Archive) (deedsDone, error) {
	d, err := ReadDeeds(ctx, a, n)
	if err != nil {
		return d, err
	}
	n.Created, n.Changed, n.Unsure = d.created, d.changed, d.unsure
	list, err := n.List(ctx, a)
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
	unsure           int                      // begun, and nothing tells how they ended
	Replaced, Undone map[archive.ItemKey]bool // undone: put back as they were
	Removed          map[archive.ItemKey]bool // created, and taken away again by an undo
}

// ReadDeeds sums a journal up, but for what the restore did not write itself.
func ReadDeeds(ctx context.Context, a *archive.Archive, n *RestoreNote) (deedsDone, error) {
	out := deedsDone{Replaced: map[archive.ItemKey]bool{}, Undone: map[archive.ItemKey]bool{}, Removed: map[archive.ItemKey]bool{}}
	key, err := a.SealOf(ctx, n.Number)
	if err != nil {
		return out, err
	}
	intents, done := map[int]restore.Record{}, map[int]bool{}
	begun := map[int]bool{}
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
		if r.Step != restore.There {
			delete(begun, r.N)
		}
		switch r.Step {
		case restore.Intent:
			intents[r.N] = r
			if r.Deed == restore.Create || r.Deed == restore.Replace {
				begun[r.N] = true
			}
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
				out.Replaced[archive.ItemKey{Collection: what.Collection.ID, ID: r.After.ID}] = true
			}
		case restore.Undone:
			into := out.Undone
			if what.Deed == restore.Create {
				into = out.Removed
			}
			into[archive.ItemKey{Collection: what.Collection.ID, ID: what.After.ID}] = true
		}
		return nil
	})
	out.unsure = len(begun)
	return out, err
}

// records reads the journal of a restore; see [restore.ReadJournal].
func (n *RestoreNote) records(a *archive.Archive, key string, yield func(restore.Record) error) error {
	return n.Within(a.Dir(), func(dir *within.Folder) error { return restore.ReadJournal(dir, key, yield) })
}

// Restores lists the restores of this archive, the newest first.
func (w Journals) Restores(ctx context.Context) ([]RestoreEntry, error) {
	list := []RestoreEntry{}
	err := desk.WithArchive(w.d, func(a *archive.Archive) error {
		notes, err := ReadNotes(a.Dir())
		for i := range notes {
			n := &notes[i]
			n.Unsure = 0 // of what is open it is counted anew
			if n.State == RestoreOpen {
				var own *desk.Error
				if _, err := n.Count(ctx, a); err != nil && !errors.As(err, &own) {
					return err
				}
			}
			list = append(list, n.RestoreEntry)
		}
		return err
	})
	return list, err
}

// OpenRestore finds the newest open restore that is wanted; nil if there is none.
func OpenRestore(w *desk.Desk, wanted func(*RestoreNote) bool) (found *RestoreNote, err error) {
	err = desk.WithArchive(w, func(a *archive.Archive) error {
		notes, err := ReadNotes(a.Dir())
		for i := range notes {
			if n := &notes[i]; found == nil && n.State == RestoreOpen && wanted(n) {
				found = n
			}
		}
		return err
	})
	return found, err
}

// TellOpen tells the archive whether a restore onto an account is open, so that a
// hold of it stays.
func TellOpen(ctx context.Context, a *archive.Archive, account string) error {
	notes, err := ReadNotes(a.Dir())
	if err != nil {
		return err
	}
	open := slices.ContainsFunc(notes, func(n RestoreNote) bool { return n.State == RestoreOpen && n.Account == account })
	return a.SetRestoring(ctx, account, open)
}

// A Journals tells of the restores that were made.
type Journals struct{ d *desk.Desk }

// NewJournals is the Journals of a desk.
func NewJournals(d *desk.Desk) Journals { return Journals{d} }

// Made tells which collections a restore has made, by those whose items they take.
func (n *RestoreNote) Made(ctx context.Context, a *archive.Archive) (map[restore.Key]string, error) {
	key, err := a.SealOf(ctx, n.Number)
	if err != nil {
		return nil, err
	}
	out, from := map[restore.Key]string{}, map[int]restore.Key{}
	err = n.records(a, key, func(r restore.Record) error {
		switch {
		case r.Forged():
		case r.Step == restore.Intent && r.Deed == restore.MakeNew && r.From != nil:
			from[r.N] = *r.From
		case r.Step == restore.Done:
			if k, ok := from[r.N]; ok {
				out[k] = r.Collection.ID
			}
		}
		return nil
	})
	return out, err
}

// A RestoreRequest says what is put onto which account, and how.
type RestoreRequest struct {
	To string // the account that is written to; it has to be set up
	// From is the account whose items are restored, To if it is "". It need only
	// be in the archive.
	From string
	// AsOf is the moment of the archive that is restored; the zero Moment is the
	// present, as the open files show it.
	AsOf archive.Moment
	// Paths are dropped files, folders and zip archives, which are restored
	// instead of what the archive has. The fields below choose among them too.
	Paths []string

	Kinds       []export.Kind // nil means all
	Collections []string      // by name or ID; nil means all
	Items       []string      // by ID, UID or name; nil means all
	Keys        []restore.Key // exactly these; nil means all
	// Vanished takes what the source no longer has, as far as it was found out,
	// and nothing else; After, if it is not zero, only what vanished after it.
	Vanished bool
	After    time.Time

	// Into is the name of the collection of the target that takes everything;
	// "" matches collections by name, and puts dropped files into the first that
	// takes them.
	Into string
	// Choice is what becomes of what differs; [restore.Merge] if empty. Choices
	// are those for single items.
	Choice  restore.Choice
	Choices map[restore.Key]restore.Choice `json:"-"`
	// NewUID gives an item whose UID is taken at the target one of its own.
	NewUID bool
}

// A RestoreState is how far a restore is that was begun.
type RestoreState string

// The states of a restore.
const (
	// RestoreOpen: lines of its list are not done. The same restore goes on with
	// it, and a hold of the account stays.
	RestoreOpen    RestoreState = "open"
	RestoreDone    RestoreState = "done"
	RestoreDropped RestoreState = "dropped" // the owner gave up what was open
	RestoreUndone  RestoreState = "undone"
)

// A RestoreEntry is a restore of the past.
type RestoreEntry struct {
	Number  int          `json:"restore"`
	Account string       `json:"account"`
	From    string       `json:"from"` // "" for dropped files
	Paths   []string     `json:"paths,omitempty"`
	At      time.Time    `json:"at"`
	State   RestoreState `json:"state"`
	Created int          `json:"created"`
	Changed int          `json:"replaced"` // replaced or merged
	// Total is how many items it was to write, and Done how many of them are
	// there: written and seen, or found there already.
	Total int `json:"lines"`
	Done  int `json:"lines_done"`
	// Unsure is how many more were begun, as the journal says, and it is not known
	// yet whether they are there: the restore was cut off, or runs.
	Unsure int `json:"lines_unsure,omitempty"`
	// Ended: it came to its end at least once, so that what is open of it was
	// refused, or not seen at the target.
	Ended bool `json:"ended"`
}

// OpenRestores are the restores that have open lines, the newest first.
func (w Journals) OpenRestores(ctx context.Context) ([]RestoreEntry, error) {
	there, err := desk.NewPlace(w.d).HasArchive()
	if err != nil || !there {
		return nil, err
	}
	list, err := w.Restores(ctx)
	return slices.DeleteFunc(list, func(e RestoreEntry) bool { return e.State != RestoreOpen }), err
}

// NoteHeld notes whether the target is held. A restore that goes on keeps what
// it noted when it began.
func (n *RestoreNote) NoteHeld(ctx context.Context, a *archive.Archive) error {
	holds, err := a.Holds(ctx, n.Account)
	if err != nil || n.Held {
		return err
	}
	for _, h := range holds {
		n.Held = n.Held || h.State == archive.HoldOpen
	}
	return n.Write(a.Dir())
}
