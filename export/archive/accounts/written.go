package accounts

import (
	"context"
	"fmt"

	"sidekeep/export/archive/history"
)

// An ItemKey names an item of an account as its source does.
type ItemKey struct{ Collection, ID string }

// Wrote tells that Sidekeep itself replaced or removed items at the source of
// an account: what the next export finds there of each is no loss, whatever it
// is. Items that the archive does not know are passed over.
func (a Keeper) Wrote(ctx context.Context, account string, keys []ItemKey) error {
	err := history.Write(ctx, a.s, func(w *history.Batch) error {
		for _, k := range keys {
			if _, err := w.Exec(`INSERT INTO written (item, version) SELECT item, (SELECT ifnull(max(version), 0) FROM version)
				FROM item JOIN collection USING (collection) JOIN account USING (account) WHERE account.name = ? AND collection.id = ? AND item.id = ?
				ON CONFLICT (item) DO UPDATE SET version = excluded.version`, account, k.Collection, k.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting what was written to %q: %w", account, err)
	}
	return nil
}
