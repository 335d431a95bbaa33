package accounts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"sidekeep/export/archive/history"
)

// SetAccount stores the settings of an account, which is made if the archive
// does not know it. Settings are JSON without secrets; nil leaves those that
// are there.
func (a Keeper) SetAccount(ctx context.Context, name string, settings []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if settings != nil && !json.Valid(settings) {
		return fmt.Errorf("the settings of %q are no JSON", name)
	}
	w, end, err := history.BeginSettings(a.s, ctx)
	if err != nil {
		return err
	}
	w.Lock()
	err = w.Begin() // before the names are read that it may give out
	if err == nil {
		var id int64
		if id, _, err = history.AccountOf(w, name); err == nil && settings != nil {
			_, err = w.Exec("UPDATE account SET settings = ? WHERE account = ?", settings, id)
		}
	}
	if err == nil {
		err = w.Commit()
	}
	w.Unlock()
	return errors.Join(err, end())
}

// A Keeper keeps what belongs to an account beside its items.
type Keeper struct{ s *history.Store }

// NewKeeper is the Keeper of a store.
func NewKeeper(s *history.Store) Keeper { return Keeper{s} }
