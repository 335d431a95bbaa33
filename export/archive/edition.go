package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// readerEdition numbers the rules by which [understand] reads kind, UID, name and
// start of an item from its bytes. A change of them that reads the same bytes
// otherwise raises it, so that what an earlier edition has read is not taken for
// damage.
const readerEdition = 1

// readerName is the archive's own value that tells by which edition versions were
// read, and after which version.
const readerName = "reader"

// noteReader notes that all versions from now on are read by this edition.
func noteReader(w *writer) error {
	edition, _, err := readerOf(context.Background(), w.conn)
	if err != nil || edition == readerEdition {
		return err
	}
	var last int64
	if _, err := w.row("SELECT ifnull(max(version), 0) FROM version", nil, &last); err != nil {
		return err
	}
	return set(w, readerName, fmt.Sprint(readerEdition, " ", last))
}

// readerOf tells which edition has read the versions after the last one of
// another; 0 if it is not known.
func readerOf(ctx context.Context, q interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}) (edition int, last int64, err error) {
	var text string
	err = q.QueryRowContext(ctx, "SELECT value FROM archive WHERE name = ?", readerName).Scan(&text)
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
