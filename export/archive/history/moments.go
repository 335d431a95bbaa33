package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"sidekeep/export/archive/disk"
)

// A TooEarlyError says that nothing was kept yet at a moment that was asked for.
type TooEarlyError struct {
	Account string    // of which there was no export yet; "" if there was none at all
	First   time.Time // when the first one ended; zero if there still is none
	Number  int64     // of the first one
}

func (e *TooEarlyError) Error() string {
	if e.First.IsZero() {
		return "there has been no export yet"
	}
	return fmt.Sprintf("the first export, number %d, ended later: %s", e.Number, e.First.Format(time.RFC3339))
}

// A NoExportError says that no export of a number has ended.
type NoExportError struct {
	Number int64
	Newest int64 // the newest one that has; 0 if there is none
}

func (e *NoExportError) Error() string { return fmt.Sprintf("there is no export %d", e.Number) }

// A PrunedError says that older versions of a moment were removed by the owner.
type PrunedError struct {
	From int64     // number of the first export from which on all can still be answered for
	When time.Time // when that ended
	Kept []int64   // exports before it that can be answered for as well, oldest first
}

func (e *PrunedError) Error() string {
	return fmt.Sprintf("the versions before export %d were removed", e.From)
}

// At tells which export a moment stands for and when that ended. The error is a
// [*TooEarlyError], or a [*NoExportError]. The zero Moment is the newest export.
func (a Reader) At(ctx context.Context, m Moment) (number int64, ended time.Time, err error) {
	number, ended, err = at(a.s, ctx, m)
	return number, ended, disk.Caused(err)
}

func at(a *Store, ctx context.Context, m Moment) (number int64, ended time.Time, err error) {
	if m.Export != 0 {
		var text string
		err := a.DB.QueryRowContext(ctx, "SELECT ended FROM export WHERE number = ? AND ended IS NOT NULL", m.Export).Scan(&text)
		if errors.Is(err, sql.ErrNoRows) {
			none := &NoExportError{Number: m.Export}
			if err := a.DB.QueryRowContext(ctx, "SELECT ifnull(max(number), 0) FROM export WHERE ended IS NOT NULL").Scan(&none.Newest); err != nil {
				return 0, ended, err
			}
			return 0, ended, none
		}
		return m.Export, TimeOf(text), err
	}
	found := errors.New("found")
	err = Each(ctx, a.DB, "SELECT number, ended FROM export WHERE ended IS NOT NULL ORDER BY number DESC", nil, func(rows *sql.Rows) error {
		var text string
		if err := rows.Scan(&number, &text); err != nil {
			return err
		}
		if ended = TimeOf(text); m.Time.IsZero() || !ended.After(m.Time) {
			return found
		}
		return nil
	})
	if errors.Is(err, found) {
		return number, ended, nil
	}
	if err == nil {
		err = &TooEarlyError{First: ended, Number: number}
	}
	return 0, time.Time{}, err
}

// asOf is the newest version at a moment of which an account is asked for, ""
// for all.
func asOf(a *Store, ctx context.Context, m Moment, account string) (version int64, err error) {
	n, _, err := at(a, ctx, m)
	if err != nil {
		return 0, err
	}
	whole, err := NewReader(a).Pruned(ctx)
	if err != nil {
		return 0, err
	}
	if n < whole {
		kept, err := KeptMilestones(ctx, a.DB)
		if err != nil {
			return 0, err
		}
		if !slices.Contains(kept, n) {
			_, when, err := at(a, ctx, Moment{Export: whole})
			return 0, errors.Join(err, &PrunedError{From: whole, When: when, Kept: kept})
		}
	}
	if account != "" {
		if err := begunBy(a, ctx, n, account); err != nil {
			return 0, err
		}
	}
	return lastVersion(ctx, a.DB, n)
}

// begunBy makes sure that an account had an export by the time of export n.
func begunBy(a *Store, ctx context.Context, n int64, account string) error {
	early := &TooEarlyError{Account: account}
	var ended string
	err := a.DB.QueryRowContext(ctx, `SELECT number, ended FROM export JOIN account USING (account) WHERE account.name = ? AND ended IS NOT NULL
		ORDER BY number LIMIT 1`, account).Scan(&early.Number, &ended)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return early
	case err != nil:
		return err
	case early.Number > n:
		early.First = TimeOf(ended)
		return early
	}
	return nil
}

// lastVersion is the number of the newest version that the exports up to n
// brought; 0 if they brought none. Versions are numbered in the order of
// exports.
func lastVersion(ctx context.Context, q RowQuerier, n int64) (int64, error) {
	var low, high int64
	if err := q.QueryRowContext(ctx, "SELECT ifnull(max(version), 0) FROM version").Scan(&high); err != nil {
		return 0, err
	}
	for low < high {
		middle := low + (high-low+1)/2
		var version, number int64
		err := q.QueryRowContext(ctx, "SELECT version, export FROM version WHERE version >= ? ORDER BY version LIMIT 1", middle).Scan(&version, &number)
		if err != nil {
			return 0, err
		}
		if number <= n {
			low = version
		} else {
			high = middle - 1
		}
	}
	return low, nil
}
