// Package export is the vocabulary of Sidekeep and the engine of an export:
// sources, collections and items on one side, an archive on the other, and the
// sum that has to balance between them.
//
// It knows no protocol, no file format and no disk. Sources live in
// export/source/<name>, the archive in export/archive.
package export

import (
	"bytes"
	"context"
	"io"
	"time"
)

// A Kind says what an item is. The values are those of the command line.
type Kind string

// The kinds of items.
const (
	Contacts Kind = "contacts"
	Events   Kind = "events"
	Todos    Kind = "todos"
	Photos   Kind = "photos"
)

// Kinds lists every kind in the order in which people read them.
func Kinds() []Kind { return []Kind{Contacts, Events, Todos, Photos} }

// Component is what iCalendar calls an item of the kind; "" if the kind is none
// of calendars. A calendar object with an event in it is an event, whatever else
// it has.
func (k Kind) Component() string {
	switch k {
	case Events:
		return "VEVENT"
	case Todos:
		return "VTODO"
	}
	return ""
}

// CalendarKind is what a calendar with these components is for. One that has
// both is mixed, and so is one of which nobody knows.
func CalendarKind(events, todos bool) (k Kind, mixed bool) {
	if todos && !events {
		return Todos, false
	}
	return Events, events == todos
}

// A Collection is an address book, a calendar, a task list or a photo album of
// a source.
type Collection struct {
	ID    string // the source's own mark, opaque, stable between exports
	Name  string // as the source shows it; untrusted and never a path
	Kind  Kind   // of its items; Events for a calendar that also takes to-dos
	Mixed bool   // a calendar that holds events and to-dos
	// Journals: it is to take journal entries (VJOURNAL) too. It counts for
	// MakeCollection alone, and no listing sets it.
	Journals bool
	Color    string // "#rrggbb", or "" if the source has none
	Order    int    // the source's own order, 0 if it has none
}

// A Source is a phone, service or folder that items can be read from. It never
// changes what it reads. What else a source can do is a further interface,
// found by a helper that falls back: see [Counter] and [Meter].
type Source interface {
	// Collections lists the address books, calendars, task lists and albums.
	// It fails if the list may be incomplete, so that a collection that was
	// not named is never taken for a vanished one.
	Collections(ctx context.Context) ([]Collection, error)
	// Pull hands over each item of c that have does not hold in its present
	// version, and names every other one that the listing names. It fails only
	// if the listing itself is incomplete, if to refuses an item, or if have
	// cannot be read: an item that could not be fetched is put with its Err
	// set, also when the connection is gone or ctx is cancelled after the
	// listing was complete. No method of to is called after Pull returns.
	Pull(ctx context.Context, c Collection, have Have, to Sink) (Listing, error)
	Close() error
}

// A Sink takes what a Pull finds. Listed is called once, first; the other
// methods may be called from several goroutines. An error of a method means
// that the archive takes nothing more: the Pull ends and returns it.
type Sink interface {
	// Listed tells, when the listing is complete and before the first Put, how
	// many items it names as present. In a delta these are the new and the
	// changed ones and those of [Have.Retry] that are fetched again.
	Listed(n int, full bool) error
	// Seen names an item that is listed and held in this version.
	Seen(id, version string) error
	// Put hands over a new or changed item, or with Err set one that could not
	// be read. It returns when the item's bytes are taken; Open is not called
	// after that.
	Put(ctx context.Context, it Item) error
	// Gone names an item that a delta lists as removed.
	Gone(id string) error
}

// Have is what the archive holds of one collection. Its methods may be called
// from several goroutines.
type Have interface {
	// Token is the sync token of the last finished Pull; "" asks for a full
	// listing.
	Token() string
	// Version is the version in which the archive holds an item, "" if it does
	// not hold it or has to fetch it again.
	Version(id string) (string, error)
	// Partial tells how many bytes of an item in which version wait for the
	// rest; 0 if none.
	Partial(id string) (version string, n int64, err error)
	// Retry yields the items that failed before and are to be fetched even if
	// a delta does not name them.
	Retry(yield func(id string) bool) error
}

// A Listing is what a finished Pull learnt of the whole collection.
type Listing struct {
	Token string // for the next Pull; "" if the source has none
	Full  bool   // the listing named everything: what it did not name is gone
}

// An Item is one contact, calendar object, to-do or photo as delivered.
type Item struct {
	ID, Version string // opaque; Version "" if the source has none
	Name        string // of the file, if the source has one; untrusted and never a path
	Folder      string // of a photo, slash-separated as the source has it; untrusted
	Kind        Kind   // "" if only the bytes can tell
	Size        int64  // -1 if unknown
	Modified    time.Time
	// Open reads the item's bytes, from byte from on if the source can, and
	// tells where they start: from, or 0. It may be called again after a
	// failure. nil if Err is set.
	Open func(ctx context.Context, from int64) (r io.ReadCloser, start int64, err error)
	// Err says why the item could not be read; it wraps one of the causes.
	Err error
}

// OfBytes is it with these bytes, which it keeps: they may not be changed.
func (it Item) OfBytes(b []byte) Item {
	it.Size = int64(len(b))
	it.Open = func(_ context.Context, from int64) (io.ReadCloser, int64, error) {
		from = min(max(from, 0), int64(len(b)))
		return io.NopCloser(bytes.NewReader(b[from:])), from, nil
	}
	return it
}

// A Counter is a Source that can tell how many items a collection holds
// without fetching any.
type Counter interface {
	Count(ctx context.Context, c Collection) (int, error)
}

// Count asks src how many items c holds; -1 if it cannot tell.
func Count(ctx context.Context, src Source, c Collection) (int, error) {
	counter, ok := src.(Counter)
	if !ok {
		return -1, nil
	}
	return counter.Count(ctx, c)
}

// A Meter is a Source that counts what it costs.
type Meter interface {
	// Used tells the requests sent and the bytes of bodies received so far.
	// It may be called from any goroutine.
	Used() (requests int, bytes int64)
}

// An Identifier is a Source that can tell for whom it answers.
type Identifier interface {
	// Identity is the source's own mark of the person whose items it lists,
	// opaque and stable; "" if it does not say.
	Identity(ctx context.Context) (string, error)
}

// Identity asks src for whom it answers; "" if it cannot tell.
func Identity(ctx context.Context, src Source) (string, error) {
	if i, ok := src.(Identifier); ok {
		return i.Identity(ctx)
	}
	return "", nil
}

func used(src Source) (requests int, bytes int64) {
	if m, ok := src.(Meter); ok {
		return m.Used()
	}
	return 0, 0
}

// Archive is what a Run writes to.
type Archive interface {
	// Begin opens the next export of account for writing. It waits for no
	// other writer: [ErrBusy] if there is one.
	Begin(ctx context.Context, account string, at time.Time) (Session, error)
}

// A Session is one export being written. Nothing of it is lost if the process
// ends in between: what a Recorder has closed stays.
type Session interface {
	// Number of the export; one sequence per archive, starting with 1.
	Number() int64
	// Identify tells for whom the source says that it answers; "" if it does
	// not say. It is called before the first collection is recorded.
	Identify(ctx context.Context, who string) error
	// Holds reports whether the archive holds present items of the collection
	// with this ID.
	Holds(ctx context.Context, id string) (bool, error)
	// Record opens c for writing, one collection at a time.
	Record(ctx context.Context, c Collection) (Recorder, error)
	// Absent tells which collections the source names; the items of those that
	// the archive holds and the source no longer names are recorded as gone.
	// kinds limits it to collections of these kinds; nil means all.
	Absent(ctx context.Context, named []Collection, kinds []Kind) (gone int, err error)
	// Finish records the sum and publishes the open files. It ends the session
	// whether or not it fails. If what was recorded looks like a loss, the open
	// files stay as they were, and l says so.
	Finish(ctx context.Context, l *Ledger) error
}

// A Recorder takes the items of one collection. Put, Seen and Gone may be
// called from several goroutines.
type Recorder interface {
	Have
	// Put takes an item. The error means that the archive itself cannot go on;
	// an item that could not be read is an [Outcome].
	Put(ctx context.Context, it Item) (Outcome, error)
	Seen(id, version string) error
	Gone(id string) error
	// Close commits what was taken. With l it also moves the sync token and
	// records what is gone; with nil the listing broke off, and neither
	// happens.
	Close(ctx context.Context, l *Listing) (Tally, error)
}

// An Outcome is what became of one item.
type Outcome struct {
	State State
	// Reason says why an item was set aside, and Err why it failed.
	Reason string
	Err    error
	Name   string // what to call the item before a person: its name or summary; "" if unknown
	Kind   Kind   // as its bytes show it
	Bytes  int64  // taken now
}

// A State is what became of an item in an export.
type State int

// The states of an item.
const (
	Kept      State = iota // new or changed, its bytes are in the archive
	Unchanged              // the bytes are those that the archive holds
	SetAside               // its bytes are kept but could not be understood
	Failed                 // it could not be read
)

// A Tally is what a closed Recorder learnt by comparing with what it held.
type Tally struct {
	Before int // items that the source was known to hold before this export
	Known  int // of those, the ones that this listing names as present
	Gone   int // of those, the ones that are gone now
	Aside  int // present items that were not newly set aside and whose recorded bytes are set aside
	Failed int // present items, not put now, that failed before and were never read
	// Items counts the present items of a collection of events and to-dos by their
	// kind, if anything of it changed; nil otherwise.
	Items map[Kind]int
	Lost  int // items that Put answered as kept and that an archive that broke did not commit
}
