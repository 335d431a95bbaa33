package history

import (
	"encoding/json"
	"fmt"
	"time"

	"sidekeep/export"
)

// The states of a [Hold].
const (
	HoldOpen     = "open"     // the owner's files stay as they were before it
	HoldAccepted = "accepted" // the owner has removed it all
	HoldEnded    = "ended"    // the source lists it again
)

// A Hold is why the files of an account do not follow what its source lists.
type Hold struct {
	Account string
	Export  int64  // the first export that is held
	State   string // one of the above
	Loss    *export.Loss
	Changed time.Time // when it was opened, answered or ended
}

func ScanHold(row scanner) (Hold, error) {
	var h Hold
	var changed, loss string
	if err := row.Scan(&h.Account, &h.Export, &h.State, &changed, &loss); err != nil {
		return h, err
	}
	h.Changed = TimeOf(changed)
	if err := json.Unmarshal([]byte(loss), &h.Loss); err != nil {
		return h, fmt.Errorf("%w: the loss of export %d: %w", export.ErrDamaged, h.Export, err)
	}
	return h, nil
}

// NoticeName is the row of the table archive that says which export of an
// account gave notice and waits for an answer.
func NoticeName(account int64) string { return fmt.Sprintf("notice/%d", account) }

// HoldOf is the one of holds that a held export belongs to: the last of its account
// that had begun by then. It is the zero Hold if none is.
func HoldOf(holds []Hold, l *export.Ledger) Hold {
	var of Hold
	for _, x := range holds {
		if x.Account == l.Account && x.Export <= l.Number && x.Export > of.Export {
			of = x
		}
	}
	return of
}
