package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// An ItemKey names an item of an account as its source does.
type ItemKey struct{ Collection, ID string }

// Wrote tells that Sidekeep itself replaced or removed items at the source of
// an account: what the next export finds there of each is no loss, whatever it
// is. Items that the archive does not know are passed over.
func (a *Archive) Wrote(ctx context.Context, account string, keys []ItemKey) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w, end, err := a.beside(ctx)
	if err != nil {
		return err
	}
	w.lock()
	err = w.begin()
	for _, k := range keys {
		if err != nil {
			break
		}
		_, err = w.exec(`INSERT INTO written (item, version) SELECT item, (SELECT ifnull(max(version), 0) FROM version)
			FROM item JOIN collection USING (collection) JOIN account USING (account) WHERE account.name = ? AND collection.id = ? AND item.id = ?
			ON CONFLICT (item) DO UPDATE SET version = excluded.version`, account, k.Collection, k.ID)
	}
	if err == nil {
		err = w.commit()
	}
	w.unlock()
	if err := errors.Join(err, end()); err != nil {
		return fmt.Errorf("noting what was written to %q: %w", account, err)
	}
	return nil
}

// loadOwn finds the items whose newest change is Sidekeep's own.
func (j *judge) loadOwn() error {
	j.own = map[int64]bool{}
	return j.w.each(`SELECT item FROM written JOIN item USING (item) JOIN collection USING (collection) WHERE account = ?
		AND (SELECT count(*) FROM version WHERE version.item = written.item AND version.version > written.version) <= 1`, []any{j.account}, func(r *sql.Rows) error {
		var item int64
		err := r.Scan(&item)
		j.own[item] = true
		return err
	})
}
