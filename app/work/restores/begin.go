package restores

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"sidekeep/app/work/journals"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
)

// beginRestore opens the journal of a restore: that of note, which is open, or a new one
// if it is nil. The lock is held.
func beginRestore(ctx context.Context, a *archive.Archive, note *journals.RestoreNote, r *journals.RestoreRequest, now time.Time) (*journals.RestoreNote, *restore.FileJournal, error) {
	if note == nil {
		mark, err := markOf(r)
		if err != nil {
			return nil, nil, err
		}
		notes, err := journals.ReadNotes(a.Dir())
		if err != nil {
			return nil, nil, err
		}
		note = &journals.RestoreNote{Request: mark, Asked: *r, RestoreEntry: journals.RestoreEntry{Account: r.To, From: r.From, Paths: r.Paths, At: now, State: journals.RestoreOpen}}
		for note.Number = 1; ; note.Number++ {
			if len(notes) > 0 {
				note.Number = max(note.Number, notes[0].Number+1)
			}
			err := note.Make(a.Dir())
			if err == nil {
				break
			}
			if !errors.Is(err, fs.ErrExist) {
				return nil, nil, fmt.Errorf("%w: %w", export.ErrNotWritable, err)
			}
		}
		if err := errors.Join(a.Seal(ctx, note.Number, rand.Text()), note.Write(a.Dir())); err != nil {
			return nil, nil, err
		}
	}
	j, err := note.Journal(ctx, a)
	return note, j, err
}
