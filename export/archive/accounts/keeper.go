package accounts

import (
	"context"
	"encoding/json"
	"fmt"

	"sidekeep/export/archive/history"
)

// A Keeper keeps what belongs to an account beside its items.
type Keeper struct{ s *history.Store }

// NewKeeper is the Keeper of a store.
func NewKeeper(s *history.Store) Keeper { return Keeper{s} }

// SetAccount stores the settings of an account, which is made if the archive
// does not know it. Settings are JSON without secrets; nil leaves those that
// are there.
func (a Keeper) SetAccount(ctx context.Context, name string, settings []byte) error {
	if settings != nil && !json.Valid(settings) {
		return fmt.Errorf("the settings of %q are no JSON", name)
	}
	return history.Write(ctx, a.s, func(w *history.Batch) error {
		id, _, err := history.AccountOf(w, name)
		if err == nil && settings != nil {
			_, err = w.Exec("UPDATE account SET settings = ? WHERE account = ?", settings, id)
		}
		return err
	})
}
