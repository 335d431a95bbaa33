package restores

import (
	"context"
	"time"

	"sidekeep/app/work/desk"
	"sidekeep/app/work/journals"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
)

// A RestorePlan is what a restore would do, line by line. Nothing has been
// written. It holds the target and the archive open, so it has to be closed.
type RestorePlan struct {
	*restore.Plan
	Request journals.RestoreRequest // with the names as the archive spells them
	Skipped []string                // dropped files that hold nothing to restore, with the reason
	// GoesOn is the restore that the plan goes on with: its Lines are those of
	// the list that are open. nil of a restore that begins.
	GoesOn *journals.RestoreEntry

	w     *desk.Desk
	note  *journals.RestoreNote // of GoesOn
	asOf  archive.Moment
	to    export.Writer
	close []func() error
}

// A RestorePhase is what a restore, an undo or a plan is doing.
type RestorePhase string

// The phases, in their order.
const (
	Comparing RestorePhase = "comparing" // reading the archive and the target, for a plan
	Keeping   RestorePhase = "exporting" // exporting the target before anything is written
	Writing   RestorePhase = "writing"
	Undoing   RestorePhase = "undoing"
	Looking   RestorePhase = "looking" // exporting the target again
)

// RestoreProgress is how far a restore is.
type RestoreProgress struct {
	Account     string // of the target
	Phase       RestorePhase
	Done, Total int           // items; Total -1 if it is not known
	Rate        float64       // items a second
	Left        time.Duration // -1 if it cannot be told
}

// Restored is what a restore did.
type Restored struct {
	Number  int // for [Work.Undo]; 0 if nothing was to be written
	Account string
	restore.Result
	// After is the export that followed, nil if there was none: it was stopped,
	// or could not be begun.
	After *export.Ledger
	// Total is how many lines its list has, and Done how many of them are done.
	Total, Done int
}

// An UndoPlan is what an undo would do, item by item. Nothing has been changed.
type UndoPlan struct {
	journals.RestoreEntry
	*restore.UndoPlan
}

// Undone is what an undo did.
type Undone struct {
	Number  int
	Account string
	restore.UndoResult
	After *export.Ledger // as in [Restored]
}

// PlanRestore compares what is asked for with what the target has. If a restore
// of the same request is open, the plan is for exactly its open lines. report,
// which may be nil, is called from one goroutine at a time. The caller closes the
// plan, also after [Work.Restore].
func (w Restorer) PlanRestore(ctx context.Context, r journals.RestoreRequest, report func(RestoreProgress)) (*RestorePlan, error) {
	r, err := checkRestore(w.d, ctx, r)
	if err != nil {
		return nil, err
	}
	note, err := journals.OpenRestore(w.d, func(n *journals.RestoreNote) bool {
		mark, err := markOf(&r)
		return err == nil && n.Account == r.To && n.Request == mark
	})
	if err != nil {
		return nil, err
	}
	return planRestore(w.d, ctx, r, note, report)
}

// PlanGoOn is PlanRestore for the open lines of the restore of this number, or if
// it is 0 of the newest open one onto account.
func (w Restorer) PlanGoOn(ctx context.Context, account string, number int, report func(RestoreProgress)) (*RestorePlan, error) {
	note, err := theOpenRestore(w.d, ctx, account, number)
	if err != nil {
		return nil, err
	}
	r, err := checkRestore(w.d, ctx, note.Asked)
	if err != nil {
		return nil, err
	}
	return planRestore(w.d, ctx, r, note, report)
}

// A Restorer plans restores, makes them and takes them back.
type Restorer struct{ d *desk.Desk }

// NewRestorer is the Restorer of a desk.
func NewRestorer(d *desk.Desk) Restorer { return Restorer{d} }
