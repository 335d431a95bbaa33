package flow

import (
	"sidekeep/app/words"
	"sidekeep/export/restore"
)

// A PlanView is a restore: its plan, how far it is, and what came of it.
type PlanView struct {
	Key     int // another number for another restore or step
	Step    PlanStep
	Title   string
	Line    string
	Problem *words.Words
	Action  Action // against the problem

	// While it is planned, written or taken back
	Bar  Bar
	Rate string
	Stop Action

	// The plan
	Numbers         []PlanNumber
	Differ          DifferView
	Creates         NameList // what is not there yet
	Refused         []Detail // what is not taken, by reason
	CannotKeepTitle string
	CannotKeep      []string
	Beware          []string // what else writing may bring about
	Skipped         []string // dropped files that hold nothing
	AllLines        string   // the verb that shows every line
	Sum             string
	Write           Action

	// What came of it
	Done DoneView
}

// A PlanStep is how far a restore is.
type PlanStep int

// The steps of a restore.
const (
	Planning PlanStep = iota // what there is and what is to be is compared
	Planned
	Writing
	Written  // or stopped on the way
	Undoing  //
	TookBack // undone
)

// A PlanNumber is one of the numbers of a plan.
type PlanNumber struct {
	Number, Word, Line string
	Tone               Tone
}

// A DifferView is what differs, and what becomes of it.
type DifferView struct {
	Title, Line string
	ForAll      string
	Choices     []string // of a single item, and for all
	All         int      // of Choices, the one of all items; -1 if they have different ones
	Rows        []DifferRow
}

// A DifferRow is one item that differs.
type DifferRow struct {
	Icon, Name string
	When       string // tells items of one name apart, "" where nothing does
	Field      string // in which it differs, "" while that is not known
	Mine       string // what the archive says
	Theirs     string // what the target says
	Choice     int    // of the choices
}

// choices are those of what differs, in the order of the buttons.
var choices = []restore.Choice{restore.Both, restore.Merge, restore.Archive, restore.Device}

// A PlanLine is one item of a plan.
type PlanLine struct {
	Icon, Name, Noun string
	State            restore.State
	What             string // becomes of it
	Where            string // the collection
}

// A LinesView lists the items of a plan.
type LinesView struct {
	Key     int
	Title   string
	Line    string
	Filters []string
	Filter  int
	Lines   []PlanLine // those that the filter leaves; never changed after it was handed out
	None    string     // in place of lines
}

// A DoneView is what a restore or an undo did.
type DoneView struct {
	Tone      Tone
	Proof     string // what was read back and compared
	ProofLine string
	Rows      []DoneRow
	Refused   []Detail
	Title     string // over what was refused
	Known     []string
	UndoTitle string
	UndoLines []string
	Undo      Action
	Again     Action // goes on with what was stopped
}

// A DoneRow is a line of the sum of a restore.
type DoneRow struct {
	Name, Count string
	Good        bool
}

// An AskedView is what was dropped on a card, which asks.
type AskedView struct {
	Title   string
	Files   []string
	Rest    string // how many more files there are, "" if none
	Note    string // of what cannot be used
	Refused string
	Plan    Action
	Keep    Action
}
