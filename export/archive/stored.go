package archive

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// timeOf reads what stamp wrote; the zero time if it was nothing.
func timeOf(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// A rowQuerier reads one row: a *sql.DB or a *sql.Conn.
type rowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// A querier reads: a *sql.DB or a *sql.Conn.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func eachRow(ctx context.Context, q querier, query string, args []any, scan func(rows *sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	return scanRows(rows, func() error { return scan(rows) })
}

// eachString appends to list what a query of one column answers.
func eachString(w *writer, list *[]string, query string, args ...any) error {
	return w.each(query, args, func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		*list = append(*list, s)
		return err
	})
}

// A fresh value takes the bytes of a column without a copy of its own.
// database/sql would copy them, because a driver may use its memory again for
// the next row; go-sqlite3 makes the bytes of every row anew.
type fresh []byte

// Scan implements [database/sql.Scanner].
func (b *fresh) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		*b = nil
	case []byte:
		*b = v
	default: // what only a damaged history has there
		*b = fmt.Append(nil, v)
	}
	return nil
}

func orNull(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// A scanner is a row that can be read.
type scanner interface{ Scan(dest ...any) error }

// dropConn closes a connection for good, with its temporary tables.
func dropConn(conn *sql.Conn) error {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	if err := conn.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) {
		return err
	}
	return nil
}

// scanRows calls scan for each row, and closes them, also when it panics.
func scanRows(rows *sql.Rows, scan func() error) error {
	defer func() { _ = rows.Close() }() // closed before, unless scan panics
	for rows.Next() {
		if err := scan(); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

// accountOf finds or makes the account of this name, and its folder.
func accountOf(w *writer, name string) (id int64, folder string, err error) {
	ok, err := w.row("SELECT account, folder FROM account WHERE name = ?", []any{name}, &id, &folder)
	if ok || err != nil {
		return id, folder, err
	}
	if _, err := w.row("SELECT ifnull(max(account), 0) + 1 FROM account", nil, &id); err != nil {
		return 0, "", err
	}
	folder, err = give(w, "data", "account/"+strconv.FormatInt(id, 10), name, "", "Account", maxAccountUnits, nil)
	if err != nil {
		return 0, "", err
	}
	folder = "data/" + folder
	_, err = w.exec("INSERT INTO account (account, name, folder) VALUES (?, ?, ?)", id, name, folder)
	return id, folder, err
}

// give returns the name that owner has in folder, or gives it one like want:
// clean, with ext as its ending, and taken by nobody else. taken says of a name
// whether something unknown has it; nil asks nothing.
func give(w *writer, folder, owner, want, ext, plain string, units int, taken func(name string) (bool, error)) (string, error) {
	var name string
	ok, err := w.row("SELECT name FROM name WHERE folder = ? AND owner = ?", []any{folder, owner}, &name)
	if ok || err != nil {
		return name, err
	}
	stem := cleanName(want, units-unitsOf(ext))
	if stem == "" {
		stem = plain
	}
	if reservedName(stem + ext) {
		stem = "_" + stem
	}
	n, err := firstFree(func(n int) (bool, error) {
		name := numbered(stem, ext, n, units)
		var one int
		used, err := w.row("SELECT 1 FROM name WHERE folder = ? AND key = ?", []any{folder, FoldName(name)}, &one)
		if err == nil && !used && taken != nil {
			used, err = taken(name)
		}
		return !used, err
	})
	if err != nil {
		return "", err
	}
	name = numbered(stem, ext, n, units)
	_, err = w.exec("INSERT INTO name (folder, key, owner, name) VALUES (?, ?, ?, ?)", folder, FoldName(name), owner, name)
	return name, err
}

// set stores one of the archive's own values.
func set(w *writer, name, value string) error {
	_, err := w.exec("INSERT INTO archive (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return err
}

// stamp is how times are stored: RFC 3339 in UTC.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// nowhere is the offset of a time that is the same on every clock: of no known
// place (RFC 3339 section 4.3).
const nowhere = "-00:00"

// startText is how the start of an item is stored: RFC 3339, "" if it has none.
func startText(t time.Time, floating bool) string {
	switch {
	case t.IsZero():
		return ""
	case floating:
		return t.Format("2006-01-02T15:04:05") + nowhere
	}
	return t.Format(time.RFC3339)
}

// startOf reads what startText writes.
func startOf(text string) (t time.Time, floating bool) {
	return timeOf(text), strings.HasSuffix(text, nowhere)
}
