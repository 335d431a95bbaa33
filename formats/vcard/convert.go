package vcard

import "errors"

// A Version is what a card says it is written in.
type Version string

// The versions that cards are converted between.
const (
	V21 Version = "2.1"
	V30 Version = "3.0"
	V40 Version = "4.0"
)

// A Loss is something that the target of a conversion cannot carry as it was.
type Loss struct {
	Property string // its name as delivered, in upper case
	Value    string // as a person would read it, cut if long
	Happens  string // a clause without a full stop: "it is left out", "it becomes a note"
	Gone     bool   // the value is no longer in the result in any form
	Line     int    // of the delivered card, the first being 1; 0 if it is no single line
}

// Convert writes a card in another version, and reports what that version
// cannot carry. A card that is in it already comes back as it is, byte for
// byte. The result is UTF-8 with CRLF and lines of at most 75 bytes.
//
// An error is a [*contentline.Error]: raw is not one whole card.
func Convert(raw []byte, to Version) (out []byte, losses []Loss, err error) {
	return nil, nil, errors.New("not yet")
}
