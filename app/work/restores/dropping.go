package restores

import (
	"context"
	"errors"
	"fmt"

	"sidekeep/app/work/desk"
	"sidekeep/app/work/journals"
	"sidekeep/app/work/overview"
	"sidekeep/export"
	"sidekeep/export/archive"
)

// theOpenRestore is the open restore of this number, or if it is 0 the newest open
// one onto an account.
func theOpenRestore(w *desk.Desk, ctx context.Context, account string, number int) (*journals.RestoreNote, error) {
	if number == 0 {
		spelled, err := overview.NewOverview(w).ArchivedName(ctx, account)
		if err != nil {
			return nil, err
		}
		account = spelled
	}
	note, err := journals.OpenRestore(w, func(n *journals.RestoreNote) bool { return n.Number == number || number == 0 && n.Account == account })
	if err == nil && note == nil {
		what := fmt.Sprintf("No restore onto “%s” is open.", account)
		if number > 0 {
			what = fmt.Sprintf("Restore %d is not open.", number)
		}
		err = &desk.Error{What: what, Meaning: desk.NothingWritten, Try: "See the restores with “sidekeep undo --list”.", Usage: true, Err: export.ErrGone}
	}
	return note, err
}

// PlanDrop tells which restore DropRestore would give up.
func (w Restorer) PlanDrop(ctx context.Context, account string) (journals.RestoreEntry, error) {
	note, err := theOpenRestore(w.d, ctx, account, 0)
	if err != nil {
		return journals.RestoreEntry{}, err
	}
	err = desk.WithArchive(w.d, func(a *archive.Archive) error {
		var own *desk.Error
		if _, err := note.Count(ctx, a); err != nil && !errors.As(err, &own) {
			return err
		}
		return nil
	})
	return note.RestoreEntry, err
}

// DropRestore gives up the open lines of the restore of this number, or if it is 0
// of the newest open one onto account. What it has written stays, and can be
// turned back. The next export judges anew whether the account is held.
func (w Restorer) DropRestore(ctx context.Context, account string, number int) (journals.RestoreEntry, error) {
	note, err := theOpenRestore(w.d, ctx, account, number)
	if err != nil {
		return journals.RestoreEntry{}, err
	}
	err = desk.WithArchive(w.d, func(a *archive.Archive) error {
		release, err := journals.RestoreLock(a.Dir())
		if err != nil {
			return err
		}
		var own *desk.Error
		if _, err = note.Count(ctx, a); errors.As(err, &own) {
			err = nil // a list that someone changed is dropped too
		}
		if err == nil {
			note.State = journals.RestoreDropped
			err = errors.Join(note.Write(a.Dir()), journals.TellOpen(ctx, a, note.Account))
		}
		return errors.Join(err, release())
	})
	return note.RestoreEntry, err
}
