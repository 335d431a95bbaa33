package repair

import (
	"context"
	"database/sql"

	"sidekeep/export/archive/history"
)

// soundHistory has SQLite check the history; it is "" if all is well.
func soundHistory(ctx context.Context, db *sql.DB) (string, error) {
	first := ""
	err := history.Each(ctx, db, "PRAGMA integrity_check(1)", nil, func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		if s != "ok" && first == "" {
			first = s
		}
		return err
	})
	return first, err
}
