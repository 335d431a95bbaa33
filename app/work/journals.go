package work

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/gofrs/flock"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
)

// restoresDir holds a folder for each restore: its note, its journal and what
// items were that the history has not.
func restoresDir(archiveDir string) string {
	return filepath.Join(archiveDir, ".sidekeep", "restores")
}

// A restoreNote is note.json of a restore.
type restoreNote struct {
	RestoreEntry
	Request string `json:"request"` // a mark of what was asked for, by which the same restore goes on
	Held    bool   `json:"held"`    // the target was held when it began: what it creates had been lost there
}

// restoreLock keeps two restores from writing to one archive's journals.
func restoreLock(archiveDir string) (release func() error, err error) {
	dir := restoresDir(archiveDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("%w: %w", export.ErrNotWritable, err)
	}
	f := flock.New(filepath.Join(dir, "lock"), flock.SetFlag(os.O_RDWR|os.O_CREATE))
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

// readNotes reads the notes of all restores, the newest first.
func readNotes(archiveDir string) ([]restoreNote, error) {
	entries, err := os.ReadDir(restoresDir(archiveDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the restores: %w", err)
	}
	var list []restoreNote
	for _, e := range entries {
		n, err := strconv.Atoi(e.Name())
		if err != nil || !e.IsDir() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(restoresDir(archiveDir), e.Name(), "note.json"))
		if errors.Is(err, fs.ErrNotExist) {
			continue // stopped before anything was written
		}
		var note restoreNote
		if err == nil {
			err = json.Unmarshal(text, &note)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: reading restore %d: %w", export.ErrDamaged, n, err)
		}
		note.Number = n
		list = append(list, note)
	}
	slices.SortFunc(list, func(a, b restoreNote) int { return b.Number - a.Number })
	return list, nil
}

// write writes the note whole or not at all.
func (n *restoreNote) write(archiveDir string) error {
	dir := n.dir(archiveDir)
	text, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		return fmt.Errorf("noting the restore: %w", err)
	}
	f, err := os.CreateTemp(dir, "note-*")
	if err != nil {
		return fmt.Errorf("noting the restore: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, "note.json"))
	}
	if err != nil {
		return fmt.Errorf("noting the restore: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

func (n *restoreNote) dir(archiveDir string) string {
	return filepath.Join(restoresDir(archiveDir), strconv.Itoa(n.Number))
}

// beginRestore opens the journal of a restore: that of the same one, if it was stopped,
// or a new one. The lock is held.
func beginRestore(archiveDir string, r *RestoreRequest, mark string, now time.Time) (*restoreNote, *restore.FileJournal, error) {
	notes, err := readNotes(archiveDir)
	if err != nil {
		return nil, nil, err
	}
	var note *restoreNote
	for i := range notes {
		if n := &notes[i]; n.Account == r.To {
			if n.State == RestoreBegun && n.Request == mark {
				note = n
			}
			break // only the newest of an account is gone on with
		}
	}
	if note == nil {
		note = &restoreNote{Request: mark, RestoreEntry: RestoreEntry{Account: r.To, From: r.From, Paths: r.Paths, At: now, State: RestoreBegun}}
		for note.Number = 1; ; note.Number++ {
			if len(notes) > 0 {
				note.Number = max(note.Number, notes[0].Number+1)
			}
			err := os.Mkdir(note.dir(archiveDir), 0o700)
			if err == nil {
				break
			}
			if !errors.Is(err, fs.ErrExist) {
				return nil, nil, fmt.Errorf("%w: %w", export.ErrNotWritable, err)
			}
		}
		if err := note.write(archiveDir); err != nil {
			return nil, nil, err
		}
	}
	j, err := restore.OpenJournal(note.dir(archiveDir))
	return note, j, err
}

// deedsDone are what a journal tells of a restore.
type deedsDone struct {
	created, changed int
	replaced, undone map[archive.ItemKey]bool // undone: put back as they were
	removed          map[archive.ItemKey]bool // created, and taken away again by an undo
}

// readDeeds sums a journal up. A line that was cut off by a stop is left out.
func readDeeds(dir string) (deedsDone, error) {
	out := deedsDone{replaced: map[archive.ItemKey]bool{}, undone: map[archive.ItemKey]bool{}, removed: map[archive.ItemKey]bool{}}
	f, err := os.Open(filepath.Join(dir, "journal.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("reading the journal: %w", err)
	}
	defer f.Close()
	intents := map[int]restore.Record{}
	in := bufio.NewReader(f)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return out, nil // the end, or a line without one
		}
		var r restore.Record
		if err := json.Unmarshal(line, &r); err != nil {
			return out, fmt.Errorf("%w: the journal: %w", export.ErrDamaged, err)
		}
		switch r.Step {
		case restore.Intent:
			intents[r.N] = r
		case restore.Done:
			what := intents[r.N]
			switch what.Deed {
			case restore.Create:
				out.created++
			case restore.Replace:
				out.changed++
				out.replaced[archive.ItemKey{Collection: what.Collection.ID, ID: r.After.ID}] = true
			}
			what.After = r.After
			intents[r.N] = what
		case restore.Undone:
			what := intents[r.N]
			into := out.undone
			if what.Deed == restore.Create {
				into = out.removed
			}
			into[archive.ItemKey{Collection: what.Collection.ID, ID: what.After.ID}] = true
		}
	}
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
func (w *Work) Restores(context.Context) ([]RestoreEntry, error) {
	list := []RestoreEntry{}
	err := w.withArchive(func(a *archive.Archive) error {
		notes, err := readNotes(a.Dir())
		for i := range notes {
			n := &notes[i]
			if n.State == RestoreBegun {
				d, err := readDeeds(n.dir(a.Dir()))
				if err != nil {
					return err
				}
				n.Created, n.Changed = d.created, d.changed
			}
			list = append(list, n.RestoreEntry)
		}
		return err
	})
	return list, err
}
