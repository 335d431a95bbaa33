package work

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
)

// Restore exports the target, does what p says, and exports the target again, so
// that the archive knows of it and a held account whose items are back is no
// longer held. Stopped at any point, the same restore planned again goes on
// with it. The result is filled as far as it came, also with an error. report,
// which may be nil, is called from one goroutine at a time.
func (w *Work) Restore(ctx context.Context, p *RestorePlan, report func(RestoreProgress)) (out Restored, err error) {
	out.Account = p.Request.To
	err = w.withArchive(func(a *archive.Archive) error {
		release, err := restoreLock(a.Dir())
		if err != nil {
			return err
		}
		err = w.restoreInto(ctx, a, p, report, &out)
		return errors.Join(err, release())
	})
	if out.Number > 0 && ctx.Err() == nil && !signInFailed(err) {
		out.After = w.look(ctx, out.Account, report)
	}
	return out, err
}

// signInFailed tells whether an export would fail for the same reason.
func signInFailed(err error) bool {
	return errors.Is(err, export.ErrSignIn) || errors.Is(err, export.ErrUnreachable) || errors.Is(err, export.ErrUnknownHost)
}

func (w *Work) restoreInto(ctx context.Context, a *archive.Archive, p *RestorePlan, report func(RestoreProgress), out *Restored) error {
	mark, err := markOf(&p.Request)
	if err != nil {
		return err
	}
	if p.Empty() {
		out.Result = leftAlone(p.Plan)
		return w.endStopped(ctx, a, p, mark)
	}
	if err := w.keepTarget(ctx, out.Account, report); err != nil {
		return err
	}
	note, j, err := beginRestore(a.Dir(), &p.Request, mark, w.o.Now())
	if err != nil {
		return err
	}
	out.Number = note.Number
	if err := note.noteHeld(ctx, a); err != nil {
		return errors.Join(err, j.Close())
	}
	if err = restore.Settle(ctx, p.to, j); err == nil {
		out.Result, err = restore.Apply(ctx, p.to, p.Plan, j, restore.ApplyOptions{
			Old: a, NewUID: p.Request.NewUID, Now: w.o.Now, Report: writing(report, out.Account, Writing),
		})
	}
	err = errors.Join(err, j.Close())
	return errors.Join(err, w.endRestore(context.WithoutCancel(ctx), a, note, err == nil))
}

// noteHeld notes whether the target is held. A restore that goes on keeps what
// it noted when it began.
func (n *restoreNote) noteHeld(ctx context.Context, a *archive.Archive) error {
	holds, err := a.Holds(ctx, n.Account)
	if err != nil || n.Held {
		return err
	}
	for _, h := range holds {
		n.Held = n.Held || h.State == archive.HoldOpen
	}
	return n.write(a.Dir())
}

// markOf tells one request from another.
func markOf(r *RestoreRequest) (string, error) {
	type chosen struct {
		Request RestoreRequest // without its Choices, whose keys JSON has no names for
		Choices []string
	}
	c := chosen{Request: *r}
	for k, v := range r.Choices {
		c.Choices = append(c.Choices, k.Account+"\x00"+k.Collection+"\x00"+k.ID+"\x00"+string(v))
	}
	slices.Sort(c.Choices)
	text, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("noting the restore: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), nil
}

// leftAlone is the result of a plan that writes nothing.
func leftAlone(p *restore.Plan) restore.Result {
	n := p.Counts()
	r := restore.Result{Same: n.Same, Left: n.Leave}
	for i := range p.Lines {
		if l := &p.Lines[i]; l.State == restore.Refused {
			r.Refused = append(r.Refused, restore.Problem{Key: l.Item.Key(), Name: l.Item.Name, Collection: p.Targets[l.To].Name, Err: l.Err})
		}
	}
	return r
}

// keepTarget exports the target, so that what it has is in the archive.
func (w *Work) keepTarget(ctx context.Context, account string, report func(RestoreProgress)) error {
	_, err := w.Export(ctx, account, exporting(report, account, Keeping))
	if errors.Is(err, export.ErrEmpty) {
		return nil // a new account has nothing to keep
	}
	return err
}

// look exports the target after something was written to it. What went wrong is
// in the ledger.
func (w *Work) look(ctx context.Context, account string, report func(RestoreProgress)) *export.Ledger {
	l, _ := w.Export(ctx, account, exporting(report, account, Looking))
	return &l
}

// endRestore notes what a restore has done.
func (w *Work) endRestore(ctx context.Context, a *archive.Archive, note *restoreNote, whole bool) error {
	d, err := readDeeds(note.dir(a.Dir()))
	if err != nil {
		return err
	}
	note.Created, note.Changed = d.created, d.changed
	if whole {
		note.State = RestoreDone
	}
	return errors.Join(note.write(a.Dir()), wrote(ctx, a, note.Account, d.replaced))
}

// endStopped ends a restore that was stopped after its last item.
func (w *Work) endStopped(ctx context.Context, a *archive.Archive, p *RestorePlan, mark string) error {
	notes, err := readNotes(a.Dir())
	if err != nil {
		return err
	}
	for i := range notes {
		n := &notes[i]
		if n.Account != p.Request.To {
			continue
		}
		if n.State != RestoreBegun || n.Request != mark {
			return nil
		}
		j, err := restore.OpenJournal(n.dir(a.Dir()))
		if err != nil {
			return err
		}
		if err := errors.Join(restore.Settle(ctx, p.to, j), j.Close()); err != nil {
			return err
		}
		return w.endRestore(ctx, a, n, true)
	}
	return nil
}

// exporting reports an export as a part of a restore.
func exporting(report func(RestoreProgress), account string, phase RestorePhase) func(export.Progress) {
	if report == nil {
		return nil
	}
	return func(p export.Progress) {
		if p.Phase != export.Done {
			report(RestoreProgress{Account: account, Phase: phase, Done: p.Done, Total: p.Total, Rate: p.Rate, Left: p.Left})
		}
	}
}

// writing reports what restore does.
func writing(report func(RestoreProgress), account string, phase RestorePhase) func(restore.Progress) {
	if report == nil {
		return nil
	}
	return func(p restore.Progress) {
		report(RestoreProgress{Account: account, Phase: phase, Done: p.Done, Total: p.Total, Rate: p.Rate, Left: p.Left})
	}
}

// PlanUndo tells which restore Undo would turn back: that of this number, or if
// it is 0 the newest that was not undone.
func (w *Work) PlanUndo(ctx context.Context, number int) (RestoreEntry, error) {
	list, err := w.Restores(ctx)
	if err != nil {
		return RestoreEntry{}, err
	}
	for _, e := range list {
		if e.Number == number || number == 0 && e.State != RestoreUndone {
			return e, undone(e)
		}
	}
	look := "See which restores there were with “sidekeep undo --list”."
	if number == 0 {
		return RestoreEntry{}, &Error{What: "There is no restore that could be turned back.", Meaning: nothingWritten, Try: look, Usage: true, Err: export.ErrGone}
	}
	return RestoreEntry{}, &Error{What: fmt.Sprintf("There is no restore %d.", number), Meaning: nothingWritten, Try: look, Usage: true, Err: export.ErrGone}
}

func undone(e RestoreEntry) error {
	if e.State != RestoreUndone {
		return nil
	}
	return &Error{
		What: fmt.Sprintf("Restore %d was turned back already.", e.Number), Meaning: nothingWritten,
		Try: "To put the items back once more, restore them again.", Usage: true,
	}
}

// Undo turns the restore of this number back: what it made is removed and what
// it replaced is put back, unless someone changed it since. Stopped at any
// point, it can be called again. The target is exported afterwards.
func (w *Work) Undo(ctx context.Context, number int, report func(RestoreProgress)) (out Undone, err error) {
	e, err := w.PlanUndo(ctx, number)
	if err != nil {
		return out, err
	}
	out.Number, out.Account = e.Number, e.Account
	src, to, err := w.openWriter(ctx, e.Account)
	if err != nil {
		return out, err
	}
	err = w.withArchive(func(a *archive.Archive) error {
		release, err := restoreLock(a.Dir())
		if err != nil {
			return err
		}
		err = w.undoIn(ctx, a, to, e.Number, report, &out)
		return errors.Join(err, release())
	})
	err = errors.Join(err, src.Close())
	if ctx.Err() == nil && !signInFailed(err) {
		out.After = w.look(ctx, out.Account, report)
	}
	return out, err
}

func (w *Work) undoIn(ctx context.Context, a *archive.Archive, to export.Writer, number int, report func(RestoreProgress), out *Undone) error {
	notes, err := readNotes(a.Dir())
	if err != nil {
		return err
	}
	var note *restoreNote
	for i := range notes {
		if notes[i].Number == number {
			note = &notes[i]
		}
	}
	if note == nil {
		return fmt.Errorf("%w: restore %d", export.ErrGone, number)
	}
	if err := undone(note.RestoreEntry); err != nil {
		return err
	}
	j, err := restore.OpenJournal(note.dir(a.Dir()))
	if err != nil {
		return err
	}
	out.UndoResult, err = restore.Undo(ctx, to, j, restore.UndoOptions{Old: a, Now: w.o.Now, Report: writing(report, out.Account, Undoing)})
	err = errors.Join(err, j.Close())
	d, readErr := readDeeds(note.dir(a.Dir()))
	if err = errors.Join(err, readErr); readErr != nil {
		return err
	}
	if err == nil {
		note.State = RestoreUndone
	}
	if !note.Held { // else what is missing again was lost there before
		maps.Copy(d.undone, d.removed)
	}
	return errors.Join(err, note.write(a.Dir()), wrote(context.WithoutCancel(ctx), a, note.Account, d.undone))
}
