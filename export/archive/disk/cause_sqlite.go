//go:build cgo

package disk

import (
	"errors"

	"github.com/mattn/go-sqlite3"

	"sidekeep/export"
)

// SQLiteCause reports whether err is one of SQLite's, and the cause that it
// stands for, nil if none.
func SQLiteCause(err error) (error, bool) {
	var sq sqlite3.Error
	if !errors.As(err, &sq) {
		return nil, false
	}
	if c := diskCause(sq.SystemErrno); c != nil && sq.SystemErrno != 0 {
		return c, true
	}
	switch sq.Code {
	case sqlite3.ErrFull:
		return export.ErrFull, true
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return export.ErrBusy, true
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrCantOpen:
		return export.ErrNotWritable, true
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return export.ErrDamaged, true
	}
	return nil, true
}

// Senseless reports whether err says that SQLite does not understand what the
// program asks. The tables are then not those of the format.
func Senseless(err error) bool {
	var sq sqlite3.Error
	return errors.As(err, &sq) && sq.Code == sqlite3.ErrError
}
