package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"sidekeep/export"
)

// A Proof is what restoring an account's open files into a scratch service
// showed.
type Proof struct {
	At      time.Time // of its oldest part
	Export  int64     // the newest export of the account when that part was made
	Checked int
	Good    int
	Bad     []Bad
}

// Proven reports whether every item came back as it was.
func (p *Proof) Proven() bool { return p.Good == p.Checked && len(p.Bad) == 0 }

// A part is one recorded part of a proof.
type part struct {
	Slice, Slices int
	Proof
}

// Parts reads the parts of an account's proof, the oldest first.
func Parts(ctx context.Context, q Querier, account int64) ([]part, error) {
	var list []part
	err := Each(ctx, q, "SELECT slice, slices, proved, export, checked, good, bad FROM proof WHERE account = ? ORDER BY proved, slice", []any{account}, func(r *sql.Rows) error {
		var p part
		var at, bad string
		if err := r.Scan(&p.Slice, &p.Slices, &at, &p.Export, &p.Checked, &p.Good, &bad); err != nil {
			return err
		}
		p.At = TimeOf(at)
		if err := json.Unmarshal([]byte(bad), &p.Bad); err != nil {
			return fmt.Errorf("%w: a proof: %w", export.ErrDamaged, err)
		}
		list = append(list, p)
		return nil
	})
	return list, err
}

// ProofOf sums the parts up: those of the newest whole round, and what a part of
// the next one has found since. nil if there was no whole round yet, and
// nothing is wrong.
func ProofOf(ctx context.Context, q Querier, account int64) (*Proof, error) {
	parts, err := Parts(ctx, q, account)
	if err != nil {
		return nil, err
	}
	count := map[int]int{}
	for _, p := range parts {
		count[p.Slices]++
	}
	var sum, later Proof
	whole := false
	for _, p := range parts {
		if count[p.Slices] < p.Slices {
			later.Bad = append(later.Bad, p.Bad...)
			later.Checked, later.Good = later.Checked+p.Checked, later.Good+p.Good
			if later.At.IsZero() {
				later.At, later.Export = p.At, p.Export
			}
			continue
		}
		if !whole {
			sum.At, sum.Export = p.At, p.Export
		}
		whole = true
		sum.Checked, sum.Good, sum.Bad = sum.Checked+p.Checked, sum.Good+p.Good, append(sum.Bad, p.Bad...)
	}
	switch {
	case !whole && len(later.Bad) == 0:
		return nil, nil
	case !whole:
		return &later, nil
	}
	known := map[Bad]bool{}
	for _, b := range sum.Bad {
		known[b] = true
	}
	for _, b := range later.Bad {
		if !known[b] {
			sum.Bad = append(sum.Bad, b)
			sum.Good = max(0, sum.Good-1)
		}
	}
	return &sum, nil
}
