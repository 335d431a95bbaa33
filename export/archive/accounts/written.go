package accounts

import (
	"context"
	"fmt"

	"sidekeep/export/archive/history"
)

// An ItemKey names an item of an account as its source does.
type ItemKey struct{ Collection, ID string }

// ofKey selects the item of a key.
const ofKey = `SELECT item FROM item JOIN collection USING (collection) JOIN account USING (account) WHERE account.name = ?1 AND collection.id = ?2 AND item.id = ?3`

// Wrote tells that Sidekeep itself replaced or removed items at the source of
// an account: what the next export finds there of each is no loss, whatever it
// is. Items that the archive does not know are passed over.
func (a Keeper) Wrote(ctx context.Context, account string, keys []ItemKey) error {
	return a.note(ctx, account, keys, `INSERT INTO written (item, version) SELECT item, (SELECT ifnull(max(version), 0) FROM version) FROM (`+ofKey+`) WHERE true
		ON CONFLICT (item) DO UPDATE SET version = excluded.version`)
}

// PutBack tells that items are again at the source of an account as they were
// when it was held, since a restore was undone. Of those that were held the loss
// is there again, and the next export finds it; all others are as after [Keeper.Wrote].
func (a Keeper) PutBack(ctx context.Context, account string, keys []ItemKey) error {
	const held = `(SELECT item FROM accepted WHERE version IS NOT NULL)`
	return a.note(ctx, account, keys,
		`DELETE FROM written WHERE item IN (`+ofKey+`) AND item IN `+held,
		`INSERT INTO written (item, version) SELECT item, (SELECT ifnull(max(version), 0) FROM version) FROM (`+ofKey+`) WHERE item NOT IN `+held+`
		ON CONFLICT (item) DO UPDATE SET version = excluded.version`)
}

// note runs statements for each key.
func (a Keeper) note(ctx context.Context, account string, keys []ItemKey, statements ...string) error {
	if len(keys) == 0 {
		return nil
	}
	err := history.Write(ctx, a.s, func(w *history.Batch) error {
		for _, k := range keys {
			for _, q := range statements {
				if _, err := w.Exec(q, account, k.Collection, k.ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting what was written to %q: %w", account, err)
	}
	return nil
}
