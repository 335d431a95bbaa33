package archive

import "crypto/sha256"

// A place is where an item's bytes stand in an open file.
type place struct {
	item           int64
	path           string
	offset, length int64
	hash           [sha256.Size]byte // of these bytes
	wrapper        string            // of a calendar object: see ical.Join
}
