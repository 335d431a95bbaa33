package openfiles

import "crypto/sha256"

// A Place is where an item's bytes stand in an open file.
type Place struct {
	Item           int64
	Path           string
	Offset, Length int64
	Hash           [sha256.Size]byte // of these bytes
	Wrapper        string            // of a calendar object: see ical.Join
}
