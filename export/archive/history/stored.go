package history

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sidekeep/export/archive/disk"
)

// TimeOf reads what Stamp wrote; the zero time if it was nothing.
func TimeOf(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// A RowQuerier reads one row: a *sql.DB or a *sql.Conn.
type RowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// A Querier reads: a *sql.DB or a *sql.Conn.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func Each(ctx context.Context, q Querier, query string, args []any, scan func(rows *sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	return ScanRows(rows, func() error { return scan(rows) })
}

// EachString appends to list what a query of one column answers.
func EachString(w *Batch, list *[]string, query string, args ...any) error {
	return w.Each(query, args, func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		*list = append(*list, s)
		return err
	})
}

// A Copied value takes the bytes of a column without a copy of its own.
// database/sql would copy them, because a driver may use its memory again for
// the next row; go-sqlite3 makes the bytes of every row anew.
type Copied []byte

// Scan implements [database/sql.Scanner].
func (b *Copied) Scan(value any) error {
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

func OrNull(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

func TextOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// A scanner is a row that can be read.
type scanner interface{ Scan(dest ...any) error }

// DropConn closes a connection for good, with its temporary tables.
func DropConn(conn *sql.Conn) error {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	if err := conn.Close(); err != nil && !errors.Is(err, sql.ErrConnDone) {
		return err
	}
	return nil
}

// ScanRows calls scan for each row, and closes them, also when it panics.
func ScanRows(rows *sql.Rows, scan func() error) error {
	defer func() { _ = rows.Close() }() // closed before, unless scan panics
	for rows.Next() {
		if err := scan(); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

// AccountOf finds or makes the account of this name, and its folder.
func AccountOf(w *Batch, name string) (id int64, folder string, err error) {
	ok, err := w.Row("SELECT account, folder FROM account WHERE name = ?", []any{name}, &id, &folder)
	if ok || err != nil {
		return id, folder, err
	}
	if _, err := w.Row("SELECT ifnull(max(account), 0) + 1 FROM account", nil, &id); err != nil {
		return 0, "", err
	}
	folder, err = GiveName(w, "data", "account/"+strconv.FormatInt(id, 10), name, "", "Account", disk.MaxAccountUnits, nil)
	if err != nil {
		return 0, "", err
	}
	folder = "data/" + folder
	_, err = w.Exec("INSERT INTO account (account, name, folder) VALUES (?, ?, ?)", id, name, folder)
	return id, folder, err
}

// GiveName returns the name that owner has in folder, or gives it one like want:
// clean, with ext as its ending, and taken by nobody else. taken says of a name
// whether something unknown has it; nil asks nothing.
func GiveName(w *Batch, folder, owner, want, ext, plain string, units int, taken func(name string) (bool, error)) (string, error) {
	var name string
	ok, err := w.Row("SELECT name FROM name WHERE folder = ? AND owner = ?", []any{folder, owner}, &name)
	if ok || err != nil {
		return name, err
	}
	stem := disk.CleanName(want, units-disk.UnitsOf(ext))
	if stem == "" {
		stem = plain
	}
	if disk.ReservedName(stem + ext) {
		stem = "_" + stem
	}
	n, err := disk.FirstFree(func(n int) (bool, error) {
		name := disk.Numbered(stem, ext, n, units)
		var one int
		used, err := w.Row("SELECT 1 FROM name WHERE folder = ? AND key = ?", []any{folder, disk.FoldName(name)}, &one)
		if err == nil && !used && taken != nil {
			used, err = taken(name)
		}
		return !used, err
	})
	if err != nil {
		return "", err
	}
	name = disk.Numbered(stem, ext, n, units)
	_, err = w.Exec("INSERT INTO name (folder, key, owner, name) VALUES (?, ?, ?, ?)", folder, disk.FoldName(name), owner, name)
	return name, err
}

// SetValue stores one of the archive's own values.
func SetValue(w *Batch, name, value string) error {
	_, err := w.Exec("INSERT INTO archive (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	return err
}

// Stamp is how times are stored: RFC 3339 in UTC.
func Stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// nowhere is the offset of a time that is the same on every clock: of no known
// place (RFC 3339 section 4.3).
const nowhere = "-00:00"

// StartText is how the start of an item is stored: RFC 3339, "" if it has none.
func StartText(t time.Time, floating bool) string {
	switch {
	case t.IsZero():
		return ""
	case floating:
		return t.Format("2006-01-02T15:04:05") + nowhere
	}
	return t.Format(time.RFC3339)
}

// startOf reads what StartText writes.
func startOf(text string) (t time.Time, floating bool) {
	return TimeOf(text), strings.HasSuffix(text, nowhere)
}
