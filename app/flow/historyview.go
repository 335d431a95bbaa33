package flow

import (
	"time"

	"sidekeep/app/words"
)

// A HistoryView is the exports, newest first, and one of them opened. Its
// lists only ever grow at their ends, or are replaced.
type HistoryView struct {
	Accounts []string // to choose from; "" stands for all
	Account  string   // chosen
	Exports  []ExportRow
	Moved    bool // one of them found items moved
	Chosen   int  // of Exports; -1 if none is opened
	Reading  bool
	Title    string // in place of a list that is empty
	Line     string
	Problem  *words.Words
	Open     *ExportView // nil if none is opened
	Foot     string      // below the list
}

// An ExportRow is one export in the list.
type ExportRow struct {
	Number               int64
	Started              time.Time
	Account              string
	State                ExportState
	Added, Changed, Gone int
	Moved                int // in neither of them
}

// An ExportState is how an export ended.
type ExportState int

// How exports end.
const (
	ExportGood ExportState = iota
	ExportHeld
	ExportNoticed  // much has changed, and the owner has not said that it looks right
	ExportAccepted // it was held or noticed, and the owner has answered
	ExportOver     // it was held, and the source lists again what was missing
	ExportAside    // items are newly set aside
	ExportStopped
	ExportFailed
)

// An ExportView is one export: its sum, and what it found to be different.
type ExportView struct {
	Number      int64
	Started     time.Time
	Account     string
	Seconds     float64
	State       ExportState
	Sum         []Count // listed, kept, unchanged, set aside, failed; nil if the listing broke off
	Balanced    bool
	SumSentence string   // the same in one sentence
	Told        string   // what is to be known of it beyond the sum, "" if nothing
	Details     []Detail // what failed or was set aside
	Actions     []Action
	Changes     []ChangeRow
	Reading     bool
	Problem     *words.Words
	Chosen      int // of Changes; -1 if none is opened
	Item        *ItemView
}

// A Sign is what became of an item.
type Sign int

// The signs.
const (
	Plus  Sign = iota // added, or back again
	Tilde             // changed
	Minus             // gone from the source
	Arrow             // in another place; with the changed ones in a list of items
)

// A ChangeRow is one item that an export found to be different.
type ChangeRow struct {
	Sign       Sign
	Name, Noun string
}

// An ItemView is what became of one item.
type ItemView struct {
	Title, Line string
	Fields      []FieldRow
	Told        string // in place of fields, or below them
}

// A FieldRow is a field before and after.
type FieldRow struct{ Name, Before, After string }
