package export

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// A Ref is an item at a source in one version. As the place of a [Writer.Put]
// it says what must be there:
//
//   - Version "" means that the item must not exist yet. ID is then where it
//     is wished for, e.g. where the archive saw it last; "" leaves the choice
//     to the source, and a wish that cannot be granted counts as "".
//   - Version "*" means that it must exist, in any version.
//   - Any other Version means that it must exist in this one.
type Ref struct{ ID, Version string }

// A Writer is a Source that items can be written to. Its methods may be called
// from several goroutines, also for one collection. They wait for a source
// that asks to wait, as reading does.
//
// Nothing is replaced or removed that the caller did not name, and a call that
// returns nil has taken effect exactly once, whatever happened to the
// connection in between. After an error the item is as it was, except where
// the error is [ErrUnreachable] or [ErrStopped]: then the call may have taken
// effect or not, and the same call made again tells, by nil, [ErrExists],
// [ErrChanged] or [ErrGone], without making a second item.
//
// Errors wrap a cause. Those about one item, after which others may fare
// better: [ErrExists] as an [*ExistsError], [ErrConflict] as a
// [*ConflictError], [ErrChanged], [ErrGone], [ErrUnsupported], [ErrOversize],
// [ErrRefused]. Those about a collection: [ErrReadOnly], [ErrSealed]. Those about the
// source: [ErrQuota], and what reading may meet.
type Writer interface {
	Source
	// Put writes the bytes that it.Open gives to c, at the place at. Of it, Name,
	// Folder and Modified count for photos, Kind and Size for all; ID and
	// Version do not. Open is called again if the bytes have to be sent again,
	// and not after Put returns. A photo of which there is only the beginning
	// where it is to be counts as one whose sending broke off: it is sent again.
	// Put returns where the source says that it keeps the item now, and in which
	// version, as a Pull names them; Version is "" if the source has none, or
	// does not tell yet. That it does keep it is seen with [Gather] and [List].
	// With an error that matches [ErrNotKept], which is for an item of which
	// something else or nothing is found at once, Put returns where that is.
	Put(ctx context.Context, c Collection, it Item, at Ref) (Ref, error)
	// Delete removes the item that at names: [ErrChanged] if it is there in
	// another version, [ErrGone] if it is not there; nil too if it is not there
	// after an answer was lost, as then nobody knows who removed it. Version ""
	// is refused.
	Delete(ctx context.Context, c Collection, at Ref) error
	// MakeCollection makes a collection with the Name, Kind, Mixed, Journals,
	// Color and Order of c as far as the source knows them, and returns it as
	// Collections then lists it. It makes a second one if there is one of that name. Of a
	// source whose photos are one collection of folders, it returns that one.
	MakeCollection(ctx context.Context, c Collection) (Collection, error)
	// Accepts tells what c takes, as the source said when it was last listed.
	// It asks nothing over the network. Of a collection that the source has not
	// listed nothing is known.
	Accepts(c Collection) Limits
}

// A Maker is a [Writer] that can tell before it is asked to make a collection
// that it cannot.
type Maker interface {
	// Makes tells why no collection of a kind can be made, by what is known
	// without asking; it wraps [ErrUnsupported]. Nil if one may be.
	Makes(kind Kind) error
}

// Makes tells why w can make no collection of a kind; nil if it may, or does not
// tell.
func Makes(w Writer, kind Kind) error {
	if m, ok := w.(Maker); ok {
		return m.Makes(kind)
	}
	return nil
}

// Limits are what a collection says it takes. The zero value means that it
// says nothing: then the answer to a Put tells.
type Limits struct {
	// ReadOnly: the source says that this account may not write here.
	ReadOnly bool
	// Sealed says why it is so: it is one file of many items.
	Sealed bool
	// VCard lists the versions of contacts that are taken, e.g. "3.0"; nil if
	// unknown (RFC 6352, section 6.2.2, says that it is 3.0 then, which not
	// every server keeps to).
	VCard []string
	// Components lists the calendar components that are taken, e.g. VEVENT and
	// VTODO, in capitals; nil if unknown or all (RFC 4791, section 5.2.3).
	Components []string
	// Media lists the media types of items that are taken, e.g. text/vcard, in
	// small letters; nil if unknown.
	Media []string
	// MaxSize is the length in bytes up to which items are taken; 0 if unknown.
	MaxSize int64
}

// TakesVCard reports whether contacts of a version may be taken.
func (l Limits) TakesVCard(version string) bool {
	return len(l.VCard) == 0 || slices.Contains(l.VCard, version)
}

// TakesComponent reports whether a calendar component, e.g. VTODO, may be
// taken.
func (l Limits) TakesComponent(name string) bool {
	return len(l.Components) == 0 || slices.Contains(l.Components, strings.ToUpper(name))
}

// TakesSize reports whether an item of n bytes may be taken.
func (l Limits) TakesSize(n int64) bool { return l.MaxSize <= 0 || n <= l.MaxSize }

// An ExistsError says that an item or collection is where something new was to
// be written. It matches [ErrExists].
type ExistsError struct {
	Ref  Ref  // what is there; Version "" if it could not be told
	Same bool // it is what was to be written; of text: the same lines, in whatever order
}

func (e *ExistsError) Error() string {
	if e.Same {
		return fmt.Sprintf("%v, the same (%s)", ErrExists, e.Ref.ID)
	}
	return fmt.Sprintf("%v (%s)", ErrExists, e.Ref.ID)
}

// Unwrap returns [ErrExists].
func (e *ExistsError) Unwrap() error { return ErrExists }

// A ConflictError says that the UID of an item is taken by one that is not in
// the collection as far as the source lists it: else it is an [*ExistsError].
// It matches [ErrConflict].
type ConflictError struct {
	ID    string // of the item that has it; "" if the source does not tell
	Trash bool   // an item in the service's trash bin has it: a new UID helps
}

func (e *ConflictError) Error() string {
	switch {
	case e.Trash:
		return ErrConflict.Error() + " by one in the trash bin of the service"
	case e.ID != "":
		return ErrConflict.Error() + " (" + e.ID + ")"
	}
	return ErrConflict.Error()
}

// Unwrap returns [ErrConflict].
func (e *ConflictError) Unwrap() error { return ErrConflict }
