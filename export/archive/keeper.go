package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	w, end, err := besideHistory(a.s, ctx)
	if err != nil {
		return err
	}
	w.lock()
	err = w.begin() // before the names are read that it may give out
	if err == nil {
		var id int64
		if id, _, err = accountOf(w, name); err == nil && settings != nil {
			_, err = w.exec("UPDATE account SET settings = ? WHERE account = ?", settings, id)
		}
	}
	if err == nil {
		err = w.commit()
	}
	w.unlock()
	return errors.Join(err, end())
}

// A Keeper keeps what belongs to an account beside its items.
type Keeper struct{ s *Store }

// newKeeper is the Keeper of a store.
func newKeeper(s *Store) Keeper { return Keeper{s} }
