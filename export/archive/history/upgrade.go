package history

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
)

// format2 is what format 2 adds to format 1: what the owner's files show where
// that differs from what was delivered last.
const format2 = `
CREATE TABLE alarm (
	account  INTEGER PRIMARY KEY REFERENCES account,
	who      TEXT NOT NULL DEFAULT '',
	items    INTEGER NOT NULL DEFAULT 0,
	percent  INTEGER NOT NULL DEFAULT 0,
	answered INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE hold (
	hold    INTEGER PRIMARY KEY,
	account INTEGER NOT NULL REFERENCES account,
	export  INTEGER NOT NULL REFERENCES export,
	loss    TEXT NOT NULL,
	state   TEXT NOT NULL,
	changed TEXT NOT NULL
);
CREATE INDEX hold_account ON hold (account);
CREATE TABLE accepted (
	item    INTEGER PRIMARY KEY REFERENCES item,
	hold    INTEGER NOT NULL REFERENCES hold,
	open    INTEGER NOT NULL,
	version INTEGER REFERENCES version,
	present INTEGER NOT NULL
);
CREATE TABLE acknowledged (
	version INTEGER PRIMARY KEY REFERENCES version
);
CREATE TABLE written (
	item    INTEGER PRIMARY KEY REFERENCES item,
	version INTEGER NOT NULL
);
CREATE TABLE proof (
	account INTEGER NOT NULL REFERENCES account,
	slice   INTEGER NOT NULL,
	slices  INTEGER NOT NULL,
	proved  TEXT NOT NULL,
	export  INTEGER NOT NULL REFERENCES export,
	checked INTEGER NOT NULL,
	good    INTEGER NOT NULL,
	bad     TEXT NOT NULL,
	PRIMARY KEY (account, slices, slice)
) WITHOUT ROWID;
`

// shownView is every item as the owner's files show it. Its columns are those
// of the table item. Where nothing is held back they are the recorded ones.
const shownView = `VIEW shown AS SELECT item.item, item.collection, item.id,
	iif(held.item IS NULL, item.mark, '') AS mark,
	iif(held.item IS NULL, item.present, held.present) AS present,
	item.failed,
	iif(held.item IS NULL, item.aside, EXISTS (SELECT 1 FROM version WHERE version.version = held.version AND version.aside IS NOT NULL)) AS aside,
	iif(held.item IS NULL, item.version, held.version) AS version,
	iif(held.item IS NULL, item.since, ifnull((SELECT export FROM version WHERE version.version = held.version), item.since)) AS since,
	item.name, item.folder, item.modified
	FROM item LEFT JOIN accepted AS held ON held.item = item.item AND held.open;
`

// asPresent lets a connection to a history of an older format be read like one
// of [Format]: with nothing held back, and no long bodies.
func asPresent(conn driver.Conn) error {
	format, err := formatOf(conn)
	if err != nil {
		return nil // whoever reads next is told the error
	}
	temp := ""
	chunked, err := countIn(conn, hasChunks)
	if err == nil && chunked == 0 {
		temp = "CREATE TEMP TABLE chunk (chunk INTEGER PRIMARY KEY, blob, part, bytes);"
	}
	if format != 1 {
		_, err = conn.(driver.ExecerContext).ExecContext(context.Background(), temp, nil)
		return err
	}
	for _, t := range []string{"alarm (account, who, items, percent, answered)", "hold (hold, account, export, loss, state, changed)",
		"accepted (item INTEGER PRIMARY KEY, hold, open, version, present)", "acknowledged (version INTEGER PRIMARY KEY)", "written (item INTEGER PRIMARY KEY, version)",
		"proof (account, slice, slices, proved, export, checked, good, bad)"} {
		temp += "CREATE TEMP TABLE " + t + ";"
	}
	_, err = conn.(driver.ExecerContext).ExecContext(context.Background(), temp+"CREATE TEMP "+shownView, nil)
	return err
}

// hasChunks tells whether a history has the table that keeps long bodies. Those
// of format 3 that the first editions made have not.
const hasChunks = "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = 'chunk'"

func formatOf(conn driver.Conn) (int64, error) { return countIn(conn, "PRAGMA user_version") }

func countIn(conn driver.Conn, query string) (int64, error) {
	rows, err := conn.(driver.QueryerContext).QueryContext(context.Background(), query, nil)
	if err != nil {
		return 0, err
	}
	row := make([]driver.Value, 1)
	err = rows.Next(row)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	n, _ := row[0].(int64)
	return n, errors.Join(err, rows.Close())
}

// IsOlder reports whether the history is of an older format than [Format].
func IsOlder(ctx context.Context, db *sql.DB) (bool, error) {
	var format, chunked int
	err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&format)
	if err == nil {
		err = db.QueryRowContext(ctx, hasChunks).Scan(&chunked)
	}
	return format < Format || chunked == 0, err
}

// Upgrade brings the history to the present format in one commit. The lock is
// held. The open files follow with the publication that it asks for.
func Upgrade(a *Store, ctx context.Context) error {
	if old, err := IsOlder(ctx, a.DB); err != nil || !old {
		return err
	}
	conn, err := (Connector{File: a.Path(disk.HistoryFile), plain: true}).Connect(ctx)
	if err != nil {
		return err
	}
	format, err := formatOf(conn)
	steps := chunkTable
	if format < 2 {
		steps += format2 + "CREATE " + shownView
	}
	if err == nil {
		// The index is another one since format 3, too, and what has vanished.
		_, err = conn.(driver.ExecerContext).ExecContext(ctx, fmt.Sprintf("BEGIN IMMEDIATE;%s"+
			"INSERT INTO archive (name, value) VALUES ('publish', '1') ON CONFLICT (name) DO UPDATE SET value = '1';"+
			"UPDATE collection SET dirty = 2; PRAGMA user_version = %d; COMMIT", steps, Format), nil)
	}
	if err := errors.Join(err, conn.Close()); err != nil {
		return fmt.Errorf("bringing the history to format %d: %w", Format, err)
	}
	// Connections that were opened before still read it as format 1.
	a.DB.SetMaxIdleConns(-1)
	a.DB.SetMaxIdleConns(idleConns)
	if old, err := IsOlder(ctx, a.DB); err != nil || old {
		return errors.Join(err, fmt.Errorf("%w: its format stays old", export.ErrDamaged))
	}
	return nil
}
