package accounts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/judge"
)

// SetRestoring tells whether a restore into an account is open: begun, and not
// yet done, dropped or taken back to its last line. While it is, a hold of the
// account stays, whatever the source lists by then: what is left of the restore
// is missing still. An account that the archive does not know has no hold.
func (a Keeper) SetRestoring(ctx context.Context, account string, open bool) error {
	err := history.Write(ctx, a.s, func(w *history.Batch) error {
		var id int64
		known, err := w.Row("SELECT account FROM account WHERE name = ?", []any{account}, &id)
		switch {
		case err != nil || !known:
			return err
		case open:
			return history.SetValue(w, judge.RestoringName(id), "1")
		}
		_, err = w.Exec("DELETE FROM archive WHERE name = ?", judge.RestoringName(id))
		return err
	})
	if err != nil {
		return fmt.Errorf("noting the restore to %q: %w", account, err)
	}
	return nil
}

// sealName is the row of the table archive that has the key of a restore.
func sealName(restore int) string { return fmt.Sprintf("seal/%d", restore) }

// Seal remembers the key with which the journal of a restore is sealed, so that
// what someone else wrote into that is told from what the restore wrote. It
// stands in the history alone, beside which a journal lies. An empty key
// forgets it.
func (a Keeper) Seal(ctx context.Context, restore int, key string) error {
	err := history.Write(ctx, a.s, func(w *history.Batch) error {
		if key != "" {
			return history.SetValue(w, sealName(restore), key)
		}
		_, err := w.Exec("DELETE FROM archive WHERE name = ?", sealName(restore))
		return err
	})
	if err != nil {
		return fmt.Errorf("noting the key of restore %d: %w", restore, err)
	}
	return nil
}

// SealOf is the key that Seal remembered; "" if there is none: the restore is
// of before there were keys, or the history was made anew since.
func (a Keeper) SealOf(ctx context.Context, restore int) (key string, err error) {
	err = a.s.DB.QueryRowContext(ctx, "SELECT value FROM archive WHERE name = ?", sealName(restore)).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return key, disk.Caused(err)
}
