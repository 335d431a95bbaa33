// Package vcard splits, reads, converts and publishes vCards of the versions
// 2.1, 3.0 and 4.0. [Read] recognises a card, [View] reads all that it says,
// and [Convert] writes it in another version, with a report of what that
// version cannot carry. What is stored are always the bytes as delivered.
package vcard

import (
	"sidekeep/formats/contentline"
)

// A Card is what a person needs to recognise a card.
type Card struct {
	Version string // "2.1", "3.0", "4.0", or whatever the card says; "" if it says nothing
	UID     string // "" if the card has none
	Name    string // FN, else N, ORG, NICKNAME, e-mail or telephone; "" if the card has none of them
	Kind    string // "individual", "group", "org", "location", ... in lower case
}

// Read reads what a person needs to recognise one card. An error is a
// [*contentline.Error] and means that the bytes are to be set aside.
func Read(raw []byte) (Card, error) { return read(raw) }

// Published returns raw in UTF-8 with CRLF line ends; raw itself if it is so
// already. See [contentline.Published].
func Published(raw []byte) ([]byte, error) { return contentline.Published(raw) }
