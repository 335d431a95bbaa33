package archive

import (
	"context"
	"database/sql"
	"errors"
)

// forgetting is the name of the archive's own value that says what is still to
// be deleted; there is none if nothing is. lastNumber is the highest number
// that an export had, if that one was deleted.
const (
	forgetting = "forget"
	lastNumber = "numbered"
)

// nextNumber is the number of the next export: none is given twice.
const nextNumber = "SELECT max((SELECT ifnull(max(number), 0) FROM export), ifnull((SELECT CAST(value AS INTEGER) FROM archive WHERE name = '" + lastNumber + "'), 0)) + 1"

// endedBefore is the newest export before number that has ended, 0 if there is
// none.
func endedBefore(ctx context.Context, q rowQuerier, number int64) (n int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT ifnull(max(number), 0) FROM export WHERE number < ? AND ended IS NOT NULL", number).Scan(&n)
	return n, err
}

// The archive's own values that are about what was removed.
const (
	wholeFrom = "pruned" // number of the export from which on the history is whole
	unshrunk  = "shrink" // 1 while history.db may hold room that nothing needs
)

func wholeSince(ctx context.Context, q rowQuerier) (n int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT value FROM archive WHERE name = ?", wholeFrom).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}
