package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
)

// Old reads what an item once was, by the SHA-256 of its bytes as delivered. The
// caller closes it. The error is [export.ErrGone] if the archive has no such
// bytes.
func (a Reader) Old(ctx context.Context, hash [32]byte) (io.ReadCloser, error) {
	b := Stored{Hash: hash[:]}
	err := a.s.DB.QueryRowContext(ctx, "SELECT blob, "+BodyLong+", bytes FROM blob WHERE hash = ?", hash[:]).Scan(&b.Blob, &b.Long, (*Copied)(&b.Text))
	if err == nil {
		return b.Open(context.WithoutCancel(ctx), a.s.DB), nil
	}
	var path string
	if errors.Is(err, sql.ErrNoRows) {
		// The index of photos begins with the account.
		err = a.s.DB.QueryRowContext(ctx, "SELECT path FROM photo WHERE account IN (SELECT account FROM account) AND hash = ? LIMIT 1", hash[:]).Scan(&path)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%w: the archive has no item with the bytes %x", export.ErrGone, hash[:4])
	}
	if err != nil {
		return nil, disk.Caused(err)
	}
	f, err := a.s.Disk.Open(path)
	return f, disk.Caused(err)
}
