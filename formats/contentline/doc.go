// Package contentline reads the syntax that vCard and iCalendar share (RFC
// 6350 section 3, RFC 5545 section 3): content lines, kept as delivered.
//
// It takes what thirty years of programs have written: any line end, any
// charset, folds anywhere, lines that are none. Whatever comes in, the pieces
// that it hands out, joined, are the bytes that came in. What the lines mean
// is left to the packages vcard and ical.
package contentline

import "fmt"

// MaxObject is the size in bytes up to which one object is read: 32 MiB.
// Larger ones are handed out in pieces, for which reading gives an [Error].
const MaxObject = 32 << 20

// An Error says why bytes cannot be understood and are to be set aside.
type Error struct {
	Line   int    // the delivered line, the first being 1; 0 if it is no single line
	Reason string // a clause without a full stop, for a person to read
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
}

// TooLarge is the [*Error] for an object larger than [MaxObject].
func TooLarge() error { return &Error{Reason: "it is larger than 32 MB"} }
