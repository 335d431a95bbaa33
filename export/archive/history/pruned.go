package history

import (
	"context"
	"database/sql"
	"errors"
)

// ForgettingName is the name of the archive's own value that says what is still to
// be deleted; there is none if nothing is. LastNumber is the highest number
// that an export had, if that one was deleted.
const (
	ForgettingName = "forget"
	LastNumber     = "numbered"
)

// NextNumber is the number of the next export: none is given twice.
const NextNumber = "SELECT max((SELECT ifnull(max(number), 0) FROM export), ifnull((SELECT CAST(value AS INTEGER) FROM archive WHERE name = '" + LastNumber + "'), 0)) + 1"

// EndedBefore is the newest export before number that has ended, 0 if there is
// none.
func EndedBefore(ctx context.Context, q RowQuerier, number int64) (n int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT ifnull(max(number), 0) FROM export WHERE number < ? AND ended IS NOT NULL", number).Scan(&n)
	return n, err
}

// The archive's own values that are about what was removed.
const (
	WholeFrom = "pruned" // number of the export from which on the history is whole
	Unshrunk  = "shrink" // 1 while history.db may hold room that nothing needs
)

func WholeSince(ctx context.Context, q RowQuerier) (n int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT value FROM archive WHERE name = ?", WholeFrom).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}
