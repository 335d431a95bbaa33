package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"sidekeep/export"
)

// Old reads what an item once was, by the SHA-256 of its bytes as delivered. The
// caller closes it. The error is [export.ErrGone] if the archive has no such
// bytes.
func (a Reader) Old(ctx context.Context, hash [32]byte) (io.ReadCloser, error) {
	b := stored{hash: hash[:]}
	err := a.s.db.QueryRowContext(ctx, "SELECT blob, "+bodyLong+", bytes FROM blob WHERE hash = ?", hash[:]).Scan(&b.blob, &b.long, (*fresh)(&b.text))
	if err == nil {
		return b.open(context.WithoutCancel(ctx), a.s.db), nil
	}
	var path string
	if errors.Is(err, sql.ErrNoRows) {
		// The index of photos begins with the account.
		err = a.s.db.QueryRowContext(ctx, "SELECT path FROM photo WHERE account IN (SELECT account FROM account) AND hash = ? LIMIT 1", hash[:]).Scan(&path)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%w: the archive has no item with the bytes %x", export.ErrGone, hash[:4])
	}
	if err != nil {
		return nil, caused(err)
	}
	f, err := a.s.disk.Open(path)
	return f, caused(err)
}
