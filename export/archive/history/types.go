package history

import (
	"io"
	"time"

	"sidekeep/export"
)

// An Account is what the archive holds of one source.
type Account struct {
	Name     string
	Folder   string              // data/..., relative to the archive, slash-separated
	Settings []byte              // as given to Archive.SetAccount; nil if none were
	Items    map[export.Kind]int // held and present at the source, by kind; set-aside ones included
	Unread   map[export.Kind]int // of Items, those whose bytes could not be understood, acknowledged or not
	Gone     int                 // kept, and no longer at the source
	SetAside int                 // present items whose bytes could not be understood, but for acknowledged ones
	Failed   int                 // present items that could not be read last time
	Last     *export.Ledger      // of the newest export that ended; nil if there is none
	LastGood *export.Ledger      // of the newest one that was good
	LastFull time.Time           // when the collection that waits longest was last listed in full; zero if one never was
	Bytes    int64               // of the account's open files

	Hold       *Hold             // why the open files do not follow the source; nil if they do
	Noticed    *export.Ledger    // of the newest export that gave notice, if that waits for an answer
	Thresholds export.Thresholds // from when on a loss is noticed; defaults filled in
	Proof      *Proof            // nil if it was never proven as a whole, and nothing is known to be wrong
}

// A Query says which items are asked for. A zero field means all.
type Query struct {
	Account  string
	Kind     export.Kind
	AsOf     Moment // the zero Moment asks for the present, as the open files show it
	Present  bool   // what the source had then
	Vanished bool   // what it no longer had anywhere; with Present, both
	Moved    bool   // also what it no longer had there, and had in another place
}

// A Moment names a state of the archive: as it was recorded by the end of an
// export. The zero Moment is the present, which an account that is held shows
// as it was before.
type Moment struct {
	Export int64     // its number; 0 if the moment is a time
	Time   time.Time // stands for the last export that ended at or before it
}

// IsZero tells whether m is the present.
func (m Moment) IsZero() bool { return m.Export == 0 && m.Time.IsZero() }

// The states of an [Item].
const (
	Present  = "present"
	Gone     = "gone"      // no longer at the source
	SetAside = "set aside" // its bytes could not be understood
	Failed   = "failed"    // it was never read
	// and Moved: no longer there, and in another collection or album
)

// An Item is one item in the state that a [Query] asks for.
type Item struct {
	Account    string
	Collection string // its ID
	ID         string
	Version    string // the source's own mark of the state; "" if it is to be fetched again
	UID        string
	Name       string // for people: name, summary or file name
	Kind       export.Kind
	Start      time.Time // of an event or to-do; when a photo was taken; zero if unknown
	AllDay     bool
	Floating   bool   // no zone is known: Start is what every clock shows, given in UTC
	Path       string // of the open file that holds this state, relative to the archive, slash-separated; "" if none does
	Size       int64  // as delivered
	Hash       []byte // SHA-256 as delivered; nil if it was never read
	State      string
	Since      time.Time // of the export that brought these bytes, or found the item gone
	File       string    // what the source last called its file; untrusted, "" if it has none
	Folder     string    // of a photo, as the source last had it; untrusted
	Modified   time.Time // as the source last had it; zero if it does not say
	Number     int64     // of the version: see Archive.Version; 0 if it was never read
}

// A Content is an item with its bytes.
type Content struct {
	Item
	In   export.Collection // as the source last had it
	Home string            // the open file for items of its kind there while the source has them; of a photo its own
	// Open reads the item as delivered; the caller closes what it returns. It
	// may be called again, until the archive is closed. The error is
	// [export.ErrGone] if the archive has no bytes of it.
	Open func() (io.ReadCloser, error)
}

// A Check is what Archive.Verify found.
type Check struct {
	Checked int   `json:"checked"`
	Good    int   `json:"good"`
	Bad     []Bad `json:"bad"`
	// Edited are the files that keep what somebody wrote into the archive: see
	// Archive.Edited. Nothing is wrong with them.
	Edited []string `json:"edited,omitempty"`
}

// A Bad is one thing that is not as it should be.
type Bad struct {
	Path string `json:"path"` // relative to the archive, slash-separated
	Why  string `json:"why"`
	// Refused, of a proof: the practice service did not take it, which says
	// nothing against the copy.
	Refused bool `json:"refused,omitempty"`
}
