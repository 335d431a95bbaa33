package work

import (
	"context"
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

	w     *Work
	asOf  archive.Moment
	src   opened
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
}

// A RestoreState is how far a restore is that was begun.
type RestoreState string

// The states of a restore.
const (
	RestoreBegun  RestoreState = "stopped" // it has not come to its end; the same restore goes on with it
	RestoreDone   RestoreState = "done"
	RestoreUndone RestoreState = "undone"
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
}

// Undone is what an undo did.
type Undone struct {
	Number  int
	Account string
	restore.UndoResult
	After *export.Ledger // as in [Restored]
}

// PlanRestore compares what is asked for with what the target has. report, which
// may be nil, is called from one goroutine at a time. The caller closes the
// plan, also after [Work.Restore].
func (w *Work) PlanRestore(ctx context.Context, r RestoreRequest, report func(RestoreProgress)) (*RestorePlan, error) {
	return w.planRestore(ctx, r, report)
}
