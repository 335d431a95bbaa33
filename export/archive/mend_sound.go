package archive

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
)

// soundHistory has SQLite check the history; it is "" if all is well.
func soundHistory(ctx context.Context, db *sql.DB) (string, error) {
	first := ""
	err := eachRow(ctx, db, "PRAGMA integrity_check(1)", nil, func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		if s != "ok" && first == "" {
			first = s
		}
		return err
	})
	return first, err
}

// soundSchema compares what the tables of the history are with what they are to
// be; it is "" if all is well.
func (a *Archive) soundSchema(ctx context.Context, db *sql.DB) (string, error) {
	if old, err := older(ctx, db); err != nil || old {
		return "", err
	}
	if err := errors.Join(a.dropNew(), a.reserve(newHistory)); err != nil {
		return "", err
	}
	if err := writeHistory(ctx, a.file(newHistory), "", ""); err != nil {
		return "", err
	}
	fresh := sql.OpenDB(connector{file: a.file(newHistory)})
	want, err := schemaOf(ctx, fresh)
	if err := errors.Join(err, fresh.Close(), a.dropNew()); err != nil {
		return "", err
	}
	got, err := schemaOf(ctx, db)
	if err != nil || slices.Equal(got, want) {
		return "", err
	}
	return "its tables are not those that it was made with", nil
}

// dropNew removes a history that is not finished.
func (a *Archive) dropNew() error {
	return errors.Join(removeIfThere(a.disk, newHistory+"-journal"), removeIfThere(a.disk, newHistory))
}

func schemaOf(ctx context.Context, db *sql.DB) (list []string, err error) {
	err = eachRow(ctx, db, "SELECT type || ' ' || name || ' ' || ifnull(sql, '') FROM sqlite_schema", nil, func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		list = append(list, strings.Join(strings.Fields(s), " "))
		return err
	})
	slices.Sort(list)
	return list, err
}
