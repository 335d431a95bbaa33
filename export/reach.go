package export

import (
	"context"
	"errors"
)

// A Reach is how far a failure goes: what has to end because of it.
type Reach int

// The reaches, each wider than the one before.
const (
	OneItem       Reach = iota // the next item may fare better
	OneCollection              // no other item of the collection can, for now
	WholeRun                   // no later item can fare better
)

// ends says of each cause that ends more than one item what it ends.
var ends = map[error]Reach{
	ErrSignIn: WholeRun, ErrExpired: WholeRun, ErrNobody: WholeRun, ErrNoPassword: WholeRun, ErrNoKeychain: WholeRun, // who asks
	ErrUnknownHost: WholeRun, ErrUnreachable: WholeRun, ErrAway: WholeRun, // who is asked
	ErrCertificate: WholeRun, ErrInsecure: WholeRun, ErrElsewhere: WholeRun, // on what terms
	ErrFull: WholeRun, ErrQuota: WholeRun, // what is smaller might fit, and the rest would be torn
	ErrBusy: WholeRun, ErrHistory: WholeRun, ErrNewer: WholeRun, ErrNoArchive: WholeRun, // the archive
	ErrStopped: WholeRun,

	ErrThrottled: OneCollection, // another collection may be on another host
	ErrFault:     OneCollection, // a server can break over one of them
}

// ReachOf says what a failure ends: an export, a restore and everything else
// that goes through items asks it, so that none goes on where another stops. A
// cancelled context ends the run; an error without a cause is that of the item.
// Of several causes the widest counts. nil ends nothing more than an item.
func ReachOf(err error) Reach {
	switch {
	case err == nil:
		return OneItem
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return WholeRun
	}
	widest := OneItem
	for cause, reach := range ends {
		if reach > widest && errors.Is(err, cause) {
			widest = reach
		}
	}
	return widest
}
