// Package sheet writes contacts as the CSV that Google and Outlook read, and
// makes cards of the CSV that the big services write.
package sheet

import (
	"io"
	"iter"

	"sidekeep/formats/vcard"
)

// Columns says whose columns are written.
type Columns uint8

// The columns that are known. Google's hold more: any number of values with
// labels of one's own. Outlook's are read by Outlook, Google and others, and
// start with a byte order mark, without which Outlook and Excel take UTF-8 for
// another charset.
const (
	Google Columns = iota
	Outlook
)

// Write writes contacts as CSV in UTF-8 with a header, and reports what the
// columns cannot carry. It goes over contacts twice, first for the number of
// columns; both times they have to be the same. An error of contacts ends it.
func Write(w io.Writer, columns Columns, contacts iter.Seq2[*vcard.Contact, error]) ([]vcard.Loss, error) {
	if columns == Outlook {
		return writeOutlook(w, contacts)
	}
	return writeGoogle(w, contacts)
}
