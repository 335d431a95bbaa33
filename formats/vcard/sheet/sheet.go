// Package sheet writes contacts as the CSV that Google and Outlook read, and
// makes cards of the CSV that the big services write.
package sheet

import (
	"errors"
	"io"
	"iter"

	"sidekeep/formats/vcard"
)

// Columns says whose columns are written.
type Columns uint8

// The columns that are known. Google's hold more: any number of values with
// labels of one's own. Outlook's are read by Outlook, Google and others.
const (
	Google Columns = iota
	Outlook
)

// Write writes contacts as CSV in UTF-8 with a header, and reports what the
// columns cannot carry. It goes over contacts twice, first for the number of
// columns; both times they have to be the same. An error of contacts ends it.
func Write(w io.Writer, columns Columns, contacts iter.Seq2[*vcard.Contact, error]) ([]vcard.Loss, error) {
	return nil, errors.New("not yet")
}

// Read makes a card of vCard 3.0 of each row of a CSV that Google, Outlook,
// Yahoo or a similar service wrote, in any charset and with any separator, and
// yields it with its line in the file. Columns that are not known become
// X-properties, so that nothing is lost. Memory is bounded by the longest row.
//
// An error of yield ends it and is returned. A [*contentline.Error] says that
// r is not such a file, or which row is damaged.
func Read(r io.Reader, yield func(card []byte, line int) error) error {
	return errors.New("not yet")
}
