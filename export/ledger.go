package export

import (
	"encoding/json"
	"time"
)

// Counts is the sum of an export or of one collection in it.
type Counts struct {
	// Found is what the source's own listing names, counted before anything
	// is fetched; after a delta, what the source is known to hold. nil if the
	// listing broke off: there is no sum then.
	Found     *int `json:"found"`
	Kept      int  `json:"kept"`      // new or changed
	Unchanged int  `json:"unchanged"` // held before in this version, or with these bytes
	Gone      int  `json:"gone"`      // no longer at the source; kept in the archive
	Moved     int  `json:"moved"`     // no longer in this collection or album, but kept in another one
	SetAside  int  `json:"set_aside"` // kept, but could not be understood
	Failed    int  `json:"failed"`    // could not be read
}

// Balanced reports whether found = kept + unchanged + set aside + failed.
func (c Counts) Balanced() bool {
	return c.Found != nil && *c.Found == c.Kept+c.Unchanged+c.SetAside+c.Failed
}

func (c *Counts) add(o Counts) {
	switch {
	case c.Found == nil:
	case o.Found == nil:
		c.Found = nil
	default:
		*c.Found += *o.Found
	}
	c.Kept += o.Kept
	c.Unchanged += o.Unchanged
	c.Gone += o.Gone
	c.Moved += o.Moved
	c.SetAside += o.SetAside
	c.Failed += o.Failed
}

// A Ledger is what an export did. Its JSON form is that of `export --json`.
type Ledger struct {
	Account string `json:"account"`
	Number  int64  `json:"number"`
	// Listing is "full" if every collection was listed in full, else "delta".
	Listing string `json:"listing"`
	Counts
	Held bool  `json:"held"`
	Loss *Loss `json:"loss,omitempty"` // why it is held; nil if it is not
	// Notice is what an export that is not held tells to look at: much has
	// changed. nil if there is nothing.
	Notice      *Loss              `json:"notice,omitempty"`
	Requests    int                `json:"requests"`
	Bytes       int64              `json:"bytes"` // of bodies received
	Seconds     float64            `json:"seconds"`
	Collections []CollectionLedger `json:"collections"`
	Problems    []Problem          `json:"problems"` // the first [MaxProblems]
	NewAside    int                `json:"newly_set_aside"`
	Skipped     []Skipped          `json:"skipped,omitempty"` // what the source holds besides, with the reason
	Started     time.Time          `json:"started"`
	// PutBack are open files that somebody had deleted or changed and that are as
	// they were again; Missing are photos' files of which the source brought no
	// other copy. Both are relative to the archive, slash-separated, at most
	// [MaxProblems]; More says how many more there are.
	PutBack     []string `json:"put_back,omitempty"`
	PutBackMore int      `json:"put_back_more,omitempty"`
	Missing     []string `json:"missing,omitempty"`
	MissingMore int      `json:"missing_more,omitempty"`
	// Edited are the files that keep what somebody had written into open files, as
	// far as no export told it before; relative to the archive, like PutBack.
	Edited     []string `json:"edited,omitempty"`
	EditedMore int      `json:"edited_more,omitempty"`
	// NotShown are the pages of README.html, and the items on them, that could
	// not be made; all else is published. At most [MaxProblems].
	NotShown []Problem `json:"not_shown,omitempty"`
	// Rebuilt is set if this is no export: the history was rebuilt from the
	// open files.
	Rebuilt bool `json:"rebuilt,omitempty"`
	// Stop is why the export ended early, nil if it did not.
	Stop *Stop `json:"stopped,omitempty"`
}

// BeforeNotice are the exports at the end of which all was there that the export
// gives notice of, as in [Loss].
func (l *Ledger) BeforeNotice() []int64 {
	if len(l.Notice.AsOf) > 0 {
		return l.Notice.AsOf
	}
	return []int64{l.Number - 1}
}

// A CollectionLedger is the part of a Ledger that one collection has.
type CollectionLedger struct {
	ID      string `json:"-"`
	Name    string `json:"name"`
	Kind    Kind   `json:"kind"`
	Listing string `json:"listing"` // "full", "delta", or "" if it broke off
	// Items counts those of a collection of events and to-dos by their kind, as
	// far as it is known.
	Items map[Kind]int `json:"items,omitempty"`
	// Closed is why nothing can be written to it; "" if something may be.
	Closed Closed `json:"closed,omitempty"`
	Counts
}

// Closed is why nothing can be written to a collection.
type Closed string

// The reasons.
const (
	ClosedFile     Closed = "one file"  // of many items
	ClosedReadOnly Closed = "read-only" // for this account
)

// closed tells why nothing can be written to a collection of a source that may
// be a [Writer].
func closed(s Source, c Collection) Closed {
	w, ok := s.(Writer)
	if !ok {
		return ""
	}
	switch l := w.Accepts(c); {
	case l.Sealed:
		return ClosedFile
	case l.ReadOnly:
		return ClosedReadOnly
	}
	return ""
}

// MaxProblems is how many problems a Ledger carries; the archive records all.
const MaxProblems = 200

// A Problem is one item, or one collection, that is not kept as it should be.
type Problem struct {
	Collection string `json:"collection"`
	Item       string `json:"item"`                // "" if it is the whole collection
	Cause      string `json:"cause"`               // the text of one of the [Causes], "" if of none
	Detail     string `json:"detail"`              // what exactly happened
	Try        string `json:"try,omitempty"`       // what to do, filled in by app/words
	Aside      bool   `json:"set_aside,omitempty"` // its bytes are kept but could not be understood
}

// NewProblem is what err says of an item.
func NewProblem(collection, item string, err error) Problem {
	p := Problem{Collection: collection, Item: item, Detail: err.Error()}
	if cause := Cause(err); cause != nil {
		p.Cause = cause.Error()
	}
	return p
}

// Err returns the problem as an error that matches its cause.
func (p Problem) Err() error { return &Stop{Cause: causeOf(p.Cause), Text: p.Detail} }

// A Stop is why an export ended early, or an error that was read back from an
// archive. It matches its cause.
type Stop struct {
	Cause error // one of the [Causes], nil if it was none of them
	Text  string
}

// NewStop keeps of err what can be stored: its text and its cause. nil gives nil.
func NewStop(err error) *Stop {
	if err == nil {
		return nil
	}
	return &Stop{Cause: Cause(err), Text: err.Error()}
}

func (s *Stop) Error() string { return s.Text }

// Unwrap returns the cause.
func (s *Stop) Unwrap() error { return s.Cause }

// MarshalJSON writes {"cause":…,"detail":…}.
func (s *Stop) MarshalJSON() ([]byte, error) {
	p := stopJSON{Detail: s.Text}
	if s.Cause != nil {
		p.Cause = s.Cause.Error()
	}
	return json.Marshal(p)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Stop) UnmarshalJSON(b []byte) error {
	var p stopJSON
	if err := json.Unmarshal(b, &p); err != nil {
		return err
	}
	s.Cause, s.Text = causeOf(p.Cause), p.Detail
	return nil
}

type stopJSON struct {
	Cause  string `json:"cause"`
	Detail string `json:"detail"`
}

func causeOf(text string) error {
	for _, c := range Causes() {
		if c.Error() == text {
			return c
		}
	}
	return nil
}

// Good reports whether the export may be called good: everything was listed,
// the sum balances, nothing failed, nothing was newly set aside, nothing was left
// unread, no photo of the archive is missing and every page was made.
func (l *Ledger) Good() bool {
	return l.Stop == nil && l.Balanced() && l.Failed == 0 && l.NewAside == 0 && !l.Held && !l.Rebuilt && len(l.Missing) == 0 && len(l.NotShown) == 0 && !l.Unread()
}

// Unread reports whether the source holds something that could not be looked
// into.
func (l *Ledger) Unread() bool { return unread(l.Skipped) }
