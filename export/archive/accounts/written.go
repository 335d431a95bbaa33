package accounts

import (
	"context"
	"errors"
	"fmt"

	"sidekeep/export/archive/history"
)

// An ItemKey names an item of an account as its source does.
type ItemKey struct{ Collection, ID string }

// Wrote tells that Sidekeep itself replaced or removed items at the source of
// an account: what the next export finds there of each is no loss, whatever it
// is. Items that the archive does not know are passed over.
func (a Keeper) Wrote(ctx context.Context, account string, keys []ItemKey) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w, end, err := history.BeginSettings(a.s, ctx)
	if err != nil {
		return err
	}
	w.Lock()
	err = w.Begin()
	for _, k := range keys {
		if err != nil {
			break
		}
		_, err = w.Exec(`INSERT INTO written (item, version) SELECT item, (SELECT ifnull(max(version), 0) FROM version)
			FROM item JOIN collection USING (collection) JOIN account USING (account) WHERE account.name = ? AND collection.id = ? AND item.id = ?
			ON CONFLICT (item) DO UPDATE SET version = excluded.version`, account, k.Collection, k.ID)
	}
	if err == nil {
		err = w.Commit()
	}
	w.Unlock()
	if err := errors.Join(err, end()); err != nil {
		return fmt.Errorf("noting what was written to %q: %w", account, err)
	}
	return nil
}
