package restores

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"sidekeep/app/work/desk"
	"sidekeep/app/work/exports"
	"sidekeep/app/work/journals"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
)

// Restore exports the target, does what p says, and exports the target again, so
// that the archive knows of it and a held account whose items are back is no
// longer held. Stopped at any point, the same restore planned again goes on
// with it. The result is filled as far as it came, also with an error. report,
// which may be nil, is called from one goroutine at a time.
func (w Restorer) Restore(ctx context.Context, p *RestorePlan, report func(RestoreProgress)) (out Restored, err error) {
	out.Account = p.Request.To
	err = desk.WithArchive(w.d, func(a *archive.Archive) error {
		release, err := journals.RestoreLock(a.Dir())
		if err != nil {
			return err
		}
		err = restoreInto(w.d, ctx, a, p, report, &out)
		return errors.Join(err, release())
	})
	if out.Number > 0 && ctx.Err() == nil && !signInFailed(err) {
		out.After = look(w.d, ctx, out.Account, report)
	}
	return out, err
}

// signInFailed tells whether an export would fail for the same reason.
func signInFailed(err error) bool {
	return errors.Is(err, export.ErrSignIn) || errors.Is(err, export.ErrNoPassword) || errors.Is(err, export.ErrUnreachable) || errors.Is(err, export.ErrUnknownHost)
}

// rest is how long after the last write it is looked again whether everything is
// there.
const rest = time.Second

func restoreInto(w *desk.Desk, ctx context.Context, a *archive.Archive, p *RestorePlan, report func(RestoreProgress), out *Restored) error {
	if p.note != nil {
		if err := p.stillOpen(a); err != nil {
			return err
		}
	}
	if p.Empty() && p.note == nil {
		out.Result = leftAlone(p.Plan)
		return nil
	}
	if !p.Empty() {
		if err := keepTarget(w, ctx, out.Account, report); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	whole := context.WithoutCancel(ctx) // from its note to its list, it is begun or not
	note, j, err := beginRestore(whole, a, p.note, &p.Request, w.Options.Now())
	if err != nil {
		return err
	}
	err = errors.Join(j.Begin(p.Plan), note.NoteHeld(whole, a), journals.TellOpen(whole, a, note.Account))
	if err != nil {
		return errors.Join(err, j.Close())
	}
	out.Number = note.Number
	if report != nil { // what was kept is not what is being done
		report(RestoreProgress{Account: out.Account, Phase: Writing, Total: -1, Left: -1})
	}
	if err = restore.Settle(ctx, p.to, j); err == nil {
		out.Result, err = restore.Apply(ctx, p.to, p.Plan, j, restore.ApplyOptions{
			Old: a, NewUID: p.Request.NewUID, Now: w.Options.Now, Rest: rest, Report: writing(report, out.Account, Writing),
		})
	}
	err = errors.Join(err, j.Close())
	note.Ended = note.Ended || err == nil
	return errors.Join(err, endRestore(w, context.WithoutCancel(ctx), a, note, out))
}

// stillOpen fails if the restore that a plan goes on with was dropped, taken back
// or ended since.
func (p *RestorePlan) stillOpen(a *archive.Archive) error {
	notes, err := journals.ReadNotes(a.Dir())
	if err != nil || slices.ContainsFunc(notes, func(n journals.RestoreNote) bool { return n.Number == p.note.Number && n.State == journals.RestoreOpen }) {
		return err
	}
	return &desk.Error{What: fmt.Sprintf("Restore %d is no longer open.", p.note.Number), Meaning: desk.NothingWritten, Try: "Plan it again.", Err: export.ErrChanged}
}

// markOf tells one request from another by what is restored onto what; where and
// how the target keeps it does not count, so that what was refused can be gone on
// with in another way.
func markOf(r *journals.RestoreRequest) (string, error) {
	type chosen struct {
		Request journals.RestoreRequest // without its Choices, whose keys JSON has no names for
		Choices []string
	}
	c := chosen{Request: *r}
	c.Request.Into, c.Request.NewUID = "", false
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
func keepTarget(w *desk.Desk, ctx context.Context, account string, report func(RestoreProgress)) error {
	_, err := exports.NewExporter(w).Export(ctx, account, exporting(report, account, Keeping))
	if errors.Is(err, export.ErrEmpty) {
		return nil // a new account has nothing to keep
	}
	return err
}

// look exports the target after something was written to it. What went wrong is
// in the ledger.
func look(w *desk.Desk, ctx context.Context, account string, report func(RestoreProgress)) *export.Ledger {
	l, _ := exports.NewExporter(w).Export(ctx, account, exporting(report, account, Looking))
	return &l
}

// endRestore notes what a restore has done, and that it is done if no line of its
// list is open.
func endRestore(w *desk.Desk, ctx context.Context, a *archive.Archive, note *journals.RestoreNote, out *Restored) error {
	d, err := note.Count(ctx, a)
	if err != nil {
		return err
	}
	if note.Done == note.Total {
		note.State = journals.RestoreDone
	}
	out.Total, out.Done = note.Total, note.Done
	return errors.Join(note.Write(a.Dir()), journals.TellOpen(ctx, a, note.Account), a.Wrote(ctx, note.Account, slices.Collect(maps.Keys(d.Replaced))))
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

// undoable finds the restore that an undo turns back: that of this number, or if
// it is 0 the newest. If that one was undone already, an older one has to be named.
func undoable(w *desk.Desk, ctx context.Context, number int) (journals.RestoreEntry, error) {
	list, err := journals.NewJournals(w).Restores(ctx)
	if err != nil {
		return journals.RestoreEntry{}, err
	}
	if number == 0 && len(list) > 0 && list[0].State == journals.RestoreUndone {
		return list[0], olderThan(list)
	}
	for _, e := range list {
		if e.Number == number || number == 0 {
			return e, undone(e)
		}
	}
	look := "See which restores there were with “sidekeep undo --list”."
	if number == 0 {
		return journals.RestoreEntry{}, &desk.Error{What: "There is no restore that could be turned back.", Meaning: desk.NothingWritten, Try: look, Usage: true, Err: export.ErrGone}
	}
	return journals.RestoreEntry{}, &desk.Error{What: fmt.Sprintf("There is no restore %d.", number), Meaning: desk.NothingWritten, Try: look, Usage: true, Err: export.ErrGone}
}

// olderThan says that the newest restore was turned back already, and which one
// before it was not.
func olderThan(list []journals.RestoreEntry) error {
	e := &desk.Error{
		What: fmt.Sprintf("The newest restore, %d, was turned back already.", list[0].Number), Meaning: desk.NothingWritten,
		Try: "Nothing before it is left to turn back.", Usage: true, Err: export.ErrGone,
	}
	for _, x := range list {
		if x.State != journals.RestoreUndone {
			e.Try = fmt.Sprintf("To turn back the one before it that is left, onto “%s”, name it: “sidekeep undo %d”. “sidekeep undo --list” lists all.", x.Account, x.Number)
			break
		}
	}
	return e
}

// PlanUndo tells what [Work.Undo] would do with the restore of this number, or if
// it is 0 with the newest, which must not be undone already: it reads the target, and changes
// nothing there.
func (w Restorer) PlanUndo(ctx context.Context, number int) (UndoPlan, error) {
	e, err := undoable(w.d, ctx, number)
	if err != nil {
		return UndoPlan{RestoreEntry: e}, err
	}
	p := UndoPlan{RestoreEntry: e}
	err = undoing(w.d, ctx, e, func(a *archive.Archive, to export.Writer, note *journals.RestoreNote, j *restore.FileJournal) error {
		p.UndoPlan, err = restore.PlanUndo(ctx, to, j, restore.UndoOptions{Old: a, Now: w.d.Options.Now})
		return err
	})
	return p, err
}

// undoing opens what it takes to turn a restore back.
func undoing(w *desk.Desk, ctx context.Context, e journals.RestoreEntry, do func(*archive.Archive, export.Writer, *journals.RestoreNote, *restore.FileJournal) error) error {
	to, err := OpenWriter(w, ctx, e.Account)
	if err != nil {
		return err
	}
	err = desk.WithArchive(w, func(a *archive.Archive) error {
		release, err := journals.RestoreLock(a.Dir())
		if err != nil {
			return err
		}
		note, err := noteOf(a, e.Number)
		if err == nil {
			err = undone(note.RestoreEntry)
		}
		if err == nil {
			var j *restore.FileJournal
			if j, err = note.Journal(ctx, a); err == nil {
				err = errors.Join(do(a, to, note, j), j.Close())
			}
		}
		return errors.Join(err, release())
	})
	return errors.Join(err, to.Close())
}

func noteOf(a *archive.Archive, number int) (*journals.RestoreNote, error) {
	notes, err := journals.ReadNotes(a.Dir())
	if err != nil {
		return nil, err
	}
	for i := range notes {
		if notes[i].Number == number {
			return &notes[i], nil
		}
	}
	return nil, fmt.Errorf("%w: restore %d", export.ErrGone, number)
}

func undone(e journals.RestoreEntry) error {
	if e.State != journals.RestoreUndone {
		return nil
	}
	return &desk.Error{
		What: fmt.Sprintf("Restore %d was turned back already.", e.Number), Meaning: desk.NothingWritten,
		Try: "To put the items back once more, restore them again.", Usage: true,
	}
}

// Undo plans an undo and does it: see [Work.UndoPlanned].
func (w Restorer) Undo(ctx context.Context, number int, report func(RestoreProgress)) (Undone, error) {
	p, err := w.PlanUndo(ctx, number)
	if err != nil {
		return Undone{Number: p.Number, Account: p.Account}, err
	}
	return w.UndoPlanned(ctx, p, report)
}

// UndoPlanned does what p says, and nothing else: what the restore made is removed
// and what it replaced is put back, of what is still as the plan saw it. Stopped at
// any point, it can be planned and called again. The target is exported
// afterwards.
func (w Restorer) UndoPlanned(ctx context.Context, p UndoPlan, report func(RestoreProgress)) (out Undone, err error) {
	out.Number, out.Account = p.Number, p.Account
	err = undoing(w.d, ctx, p.RestoreEntry, func(a *archive.Archive, to export.Writer, note *journals.RestoreNote, j *restore.FileJournal) error {
		var err error
		out.UndoResult, err = restore.ApplyUndo(ctx, to, p.UndoPlan, j, restore.UndoOptions{
			Old: a, Now: w.d.Options.Now, Rest: rest, Report: writing(report, out.Account, Undoing),
		})
		return errors.Join(err, endUndo(w.d, context.WithoutCancel(ctx), a, note, err == nil && !out.Again()))
	})
	if ctx.Err() == nil && !signInFailed(err) {
		out.After = look(w.d, ctx, out.Account, report)
	}
	return out, err
}

// endUndo notes what an undo has done.
func endUndo(w *desk.Desk, ctx context.Context, a *archive.Archive, note *journals.RestoreNote, whole bool) error {
	d, err := journals.ReadDeeds(ctx, a, note)
	if err != nil {
		return err
	}
	if whole {
		note.State = journals.RestoreUndone
	}
	kept, err := lostBefore(ctx, a, note)
	if err != nil {
		return err
	}
	if err := errors.Join(note.Write(a.Dir()), journals.TellOpen(ctx, a, note.Account)); err != nil {
		return err
	}
	back := slices.Collect(maps.Keys(d.Undone))
	if kept { // and what is missing again was lost there before
		return a.PutBack(ctx, note.Account, back)
	}
	return a.Wrote(ctx, note.Account, slices.AppendSeq(back, maps.Keys(d.Removed)))
}

// lostBefore tells whether what a restore brought back had been lost at its
// target: that was held when it began, and nobody has answered since that it was
// meant.
func lostBefore(ctx context.Context, a *archive.Archive, note *journals.RestoreNote) (bool, error) {
	if !note.Held {
		return false, nil
	}
	holds, err := a.Holds(ctx, note.Account)
	return len(holds) == 0 || holds[0].State != archive.HoldAccepted, err
}
