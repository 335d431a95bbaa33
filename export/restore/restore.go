// Package restore puts items back: from an archive, or from dropped files, to
// any [export.Writer]. [Make] plans and writes nothing, [Apply] does what a plan
// says and keeps a [Journal] of it, [Settle] finds out after a stop what has
// taken effect, and [Undo] turns exactly that back.
//
// It knows neither the archive nor any source: items come as [Items], from
// wherever the caller reads them. That the copy could be restored at all is
// proven by the package prove below this one.
package restore

import (
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"sidekeep/export"
)

// An Item is one item that can be restored, in one of its states.
type Item struct {
	Account    string            // it was exported from; "" for a dropped file
	Collection export.Collection // it was in
	ID         string            // the source's own mark, unique in the collection
	UID        string            // of a card or calendar object; "" if it has none or is not known
	Name       string            // for a person: its name, summary or file name
	File       string            // of a photo: its file name at the source
	Folder     string            // of a photo, slash-separated
	Kind       export.Kind
	Modified   time.Time
	Hash       [32]byte // SHA-256 as delivered
	Size       int64
	Gone       bool // the source no longer had it at that moment
	Since      time.Time
	// Start is when an event or to-do is and when a photo was taken, for people;
	// zero if that is not known.
	Start  time.Time
	AllDay bool
	// Open reads the bytes as delivered. It may be called several times and
	// from several goroutines. The caller closes what it returns.
	Open func(ctx context.Context) (io.ReadCloser, error)
}

// Items yields items; the first error ends it.
type Items = iter.Seq2[Item, error]

// A Key tells items apart.
type Key struct{ Account, Collection, ID string }

// Key is the key of the item.
func (it *Item) Key() Key { return Key{it.Account, it.Collection.ID, it.ID} }

// A Selection says which items are restored: those that every one of its
// fields takes. The zero Selection takes all that the source still had.
type Selection struct {
	Items       []Key
	Collections []Key // without ID
	Kinds       []export.Kind
	// Vanished takes what the source no longer had, and nothing else; After,
	// if it is not zero, only what vanished after it.
	Vanished bool
	After    time.Time
	// All takes what the source still had and what it no longer had. Items
	// named in Items are taken either way.
	All bool

	items map[Key]bool
}

func setOf(keys []Key) map[Key]bool {
	set := make(map[Key]bool, len(keys))
	for _, k := range keys {
		set[k] = true
	}
	return set
}

// Takes tells whether the selection takes an item. It is called from one
// goroutine at a time, and Items stays as it is from the first call on.
func (s *Selection) Takes(it *Item) bool {
	if len(s.Items) > 0 && s.items == nil {
		s.items = setOf(s.Items)
	}
	if len(s.Items) > 0 && !s.items[it.Key()] {
		return false
	}
	if len(s.Collections) > 0 && !slices.Contains(s.Collections, Key{it.Account, it.Collection.ID, ""}) {
		return false
	}
	if len(s.Kinds) > 0 && !slices.Contains(s.Kinds, it.Kind) {
		return false
	}
	switch {
	case s.Vanished:
		return it.Gone && (s.After.IsZero() || it.Since.After(s.After))
	case s.All || len(s.Items) > 0:
		return true
	}
	return !it.Gone
}

// A Choice is what becomes of an item that the target has in another state.
type Choice string

// The choices.
const (
	Both    Choice = "both"    // the target's stays, the archive's is added with a UID of its own
	Merge   Choice = "merge"   // what only the archive's says is added to the target's; of a photo, as Both
	Archive Choice = "archive" // the archive's takes its place
	Device  Choice = "device"  // the target's stays
)

// Choices lists every choice.
func Choices() []Choice { return []Choice{Both, Merge, Archive, Device} }

// A State is how an item stands to the target.
type State string

// The states of an item.
const (
	Missing   State = "missing"   // the target does not have it
	Identical State = "identical" // the target has it, and it says the same
	Differing State = "differing" // the target has it in another state
	Refused   State = "refused"   // the target does not take it: see Line.Err
)

// A Line is one item of a plan.
type Line struct {
	Item   Item
	State  State
	Choice Choice // of a differing item
	// To is where it goes, or where the target has it; a place in Plan.Targets.
	To int
	// At is what the target has of a differing or identical item.
	At export.Ref
	// Err says why the target refuses it; it wraps a cause.
	Err error
	// Losses is how many things the target's format cannot carry.
	Losses int
	// Guests: it names people who are invited. A server that does scheduling
	// may send them invitations when it is written (RFC 6638, section 3.2.1).
	Guests bool
	// Clashes is what a merge keeps of the target's where the archive says
	// something else; known of items whose choice was Merge when the plan was
	// made.
	Clashes []Clash

	here    *entry
	writes  digest // of what would be written
	oldHash [32]byte
	uid     string // of what would be written
	number  int    // in the list of the restore; 0 if it is not in it
}

// A Target is a collection that a plan writes to.
type Target struct {
	export.Collection
	Make   bool // it does not exist yet
	Limits export.Limits

	from    Key   // of one that is made: the collection whose items it takes
	refused error // why it cannot be made, nil if it may be
}

// A Plan is what a restore would do. It holds no bytes of items.
type Plan struct {
	Lines   []Line
	Targets []Target
	Losses  []Loss // what is lost in translation, the most frequent first
	Account string // of the target

	had map[string]map[string]bool // IDs of what there is in the collections that are written to, by collection
}

// Counts are the numbers of a plan.
type Counts struct {
	Create, Same, Replace, Merge, Refused int
	Leave                                 int // differing items of which the target's stays
}

// Counts sums the plan up as its choices stand.
func (p *Plan) Counts() Counts {
	var n Counts
	for i := range p.Lines {
		l := &p.Lines[i]
		switch l.State {
		case Missing:
			n.Create++
		case Identical:
			n.Same++
		case Refused:
			n.Refused++
		case Differing:
			switch l.effective() {
			case Both:
				n.Create++
			case Merge:
				n.Merge++
			case Archive:
				n.Replace++
			case Device:
				n.Leave++
			}
		}
	}
	return n
}

// effective is the choice of a differing line as it is done: photos are not
// merged.
func (l *Line) effective() Choice {
	if l.Choice == Merge && l.Item.Kind == export.Photos {
		return Both
	}
	return l.Choice
}

// Choose sets what becomes of the differing items that are in keys; of all of
// them if keys is nil.
func (p *Plan) Choose(c Choice, keys []Key) {
	set := setOf(keys)
	for i := range p.Lines {
		l := &p.Lines[i]
		if l.State == Differing && (keys == nil || set[l.Item.Key()]) {
			l.Choice = c
		}
	}
}

// Guests counts the events and to-dos that would be written and name people
// who are invited.
func (p *Plan) Guests() int {
	n := 0
	for i := range p.Lines {
		l := &p.Lines[i]
		if l.Guests && (l.State == Missing || l.State == Differing && l.effective() != Device) {
			n++
		}
	}
	return n
}

// Empty tells whether there is nothing to write.
func (p *Plan) Empty() bool {
	n := p.Counts()
	return n.Create+n.Replace+n.Merge == 0
}

// readAll reads a whole card or calendar object.
func readAll(r io.ReadCloser, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxItem+1))
	if err == nil && len(b) > maxItem {
		err = fmt.Errorf("%w: more than %d bytes", export.ErrTooLarge, maxItem)
	}
	return b, err
}

// maxItem is the length in bytes up to which a card or calendar object is read.
const maxItem = 64 << 20
