package archive

import (
	"time"

	"sidekeep/export"
)

// An Account is what the archive holds of one source.
type Account struct {
	Name     string
	Folder   string              // below data/
	Settings []byte              // as given to [Archive.SetAccount]; nil if none were
	Items    map[export.Kind]int // held and present at the source, by kind; set-aside ones included
	Gone     int                 // kept, and no longer at the source
	SetAside int                 // present items whose bytes could not be understood
	Failed   int                 // present items that could not be read last time
	Last     *export.Ledger      // of the newest export that ended; nil if there is none
	LastGood *export.Ledger      // of the newest one that was good
	LastFull time.Time           // when the collection that waits longest was last listed in full; zero if one never was
	Bytes    int64               // of the account's open files
}

// A Query says which items are asked for. A zero field means all.
type Query struct {
	Account string
	Kind    export.Kind
}

// The states of an [Item].
const (
	Present  = "present"
	Gone     = "gone"      // no longer at the source
	SetAside = "set aside" // its bytes could not be understood
	Failed   = "failed"    // it was never read
)

// An Item is the newest recorded state of one item.
type Item struct {
	Account    string
	Collection string // its ID
	ID         string
	Version    string // "" if it is to be fetched again
	UID        string
	Name       string // for people: name, summary or file name
	Kind       export.Kind
	Start      time.Time // of an event or to-do; when a photo was taken; zero if unknown
	AllDay     bool
	Path       string // of the open file that holds it, relative to the archive, slash-separated; "" before it was published
	Size       int64  // as delivered
	State      string
	Since      time.Time // of the export that brought these bytes, or found the item gone
}

// A Check is what [Archive.Verify] found.
type Check struct {
	Checked int   `json:"checked"`
	Good    int   `json:"good"`
	Bad     []Bad `json:"bad"`
}

// A Bad is one thing that is not as it should be.
type Bad struct {
	Path string `json:"path"` // relative to the archive, slash-separated
	Why  string `json:"why"`
}
