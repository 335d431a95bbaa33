package work

import (
	"context"
	"slices"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
)

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

// A RestorePlan is what a restore would do, line by line. Nothing has been
// written. It holds the target and the archive open, so it has to be closed.
type RestorePlan struct {
	*restore.Plan
	Request RestoreRequest // with the names as the archive spells them
	Skipped []string       // dropped files that hold nothing to restore, with the reason
	// GoesOn is the restore that the plan goes on with: its Lines are those of
	// the list that are open. nil of a restore that begins.
	GoesOn *RestoreEntry

	w     *Work
	note  *restoreNote // of GoesOn
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
	// Ended: it came to its end at least once, so that what is open of it was
	// refused, or not seen at the target.
	Ended bool `json:"ended"`
}

// An UndoPlan is what an undo would do, item by item. Nothing has been changed.
type UndoPlan struct {
	RestoreEntry
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
func (w *Work) PlanRestore(ctx context.Context, r RestoreRequest, report func(RestoreProgress)) (*RestorePlan, error) {
	r, err := w.checkRestore(ctx, r)
	if err != nil {
		return nil, err
	}
	note, err := w.openRestore(func(n *restoreNote) bool {
		mark, err := markOf(&r)
		return err == nil && n.Account == r.To && n.Request == mark
	})
	if err != nil {
		return nil, err
	}
	return w.planRestore(ctx, r, note, report)
}

// PlanGoOn is PlanRestore for the open lines of the restore of this number, or if
// it is 0 of the newest open one onto account.
func (w *Work) PlanGoOn(ctx context.Context, account string, number int, report func(RestoreProgress)) (*RestorePlan, error) {
	note, err := w.theOpenRestore(ctx, account, number)
	if err != nil {
		return nil, err
	}
	r, err := w.checkRestore(ctx, note.Asked)
	if err != nil {
		return nil, err
	}
	return w.planRestore(ctx, r, note, report)
}

// OpenRestores are the restores that have open lines, the newest first.
func (w *Work) OpenRestores(ctx context.Context) ([]RestoreEntry, error) {
	there, err := w.HasArchive()
	if err != nil || !there {
		return nil, err
	}
	list, err := w.Restores(ctx)
	return slices.DeleteFunc(list, func(e RestoreEntry) bool { return e.State != RestoreOpen }), err
}
