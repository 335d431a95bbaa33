package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
)

// milestones names in the table archive the exports whose state a pruning
// keeps: a JSON list of numbers.
const milestones = "milestones"

// KeptMilestones reads the milestones of earlier prunings.
func KeptMilestones(ctx context.Context, q Querier) (list []int64, err error) {
	err = Each(ctx, q, "SELECT value FROM archive WHERE name = ?", []any{milestones}, func(r *sql.Rows) error {
		var text string
		if err := r.Scan(&text); err != nil {
			return err
		}
		return json.Unmarshal([]byte(text), &list)
	})
	return list, err
}

func SetMilestones(w *Batch, list []int64) error {
	text, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("writing the milestones: %w", err)
	}
	return SetValue(w, milestones, string(text))
}

// MoveMilestones makes of the milestones that are exports of an account, which
// is about to be forgotten, the ones before them: of all other accounts these
// have the same state.
func MoveMilestones(w *Batch, account int64) error {
	kept, err := KeptMilestones(context.Background(), w.Conn)
	if err != nil || len(kept) == 0 {
		return err
	}
	var list []int64
	for _, n := range kept {
		var before int64
		if _, err := w.Row("SELECT ifnull(max(number), 0) FROM export WHERE number <= ? AND account <> ? AND ended IS NOT NULL", []any{n, account}, &before); err != nil {
			return err
		}
		if before != 0 {
			list = append(list, before)
		}
	}
	return SetMilestones(w, slices.Compact(list))
}
