package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// ReaderEdition numbers the rules by which [Understand] reads kind, UID, name and
// start of an item from its bytes. A change of them that reads the same bytes
// otherwise raises it, so that what an earlier edition has read is not taken for
// damage.
const ReaderEdition = 1

// ReaderName is the archive's own value that tells by which edition versions were
// read, and after which version.
const ReaderName = "reader"

// NoteEdition notes that all versions from now on are read by this edition.
func NoteEdition(w *Batch) error {
	edition, _, err := EditionOf(context.Background(), w.Conn)
	if err != nil || edition == ReaderEdition {
		return err
	}
	var last int64
	if _, err := w.Row("SELECT ifnull(max(version), 0) FROM version", nil, &last); err != nil {
		return err
	}
	return SetValue(w, ReaderName, fmt.Sprint(ReaderEdition, " ", last))
}

// EditionOf tells which edition has read the versions after the last one of
// another; 0 if it is not known.
func EditionOf(ctx context.Context, q interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}) (edition int, last int64, err error) {
	var text string
	err = q.QueryRowContext(ctx, "SELECT value FROM archive WHERE name = ?", ReaderName).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	if _, err := fmt.Sscan(text, &edition, &last); err != nil {
		return 0, 0, nil
	}
	return edition, last, nil
}
