package judge

import (
	"cmp"
	"database/sql"
	"math"
	"slices"

	"sidekeep/export"
	"sidekeep/export/loss"
)

// A span is the exports from one on, and before another, at whose end the account
// had an item whole.
type span struct{ from, before int64 }

// whole tells at the end of which exports all was there that a loss is about,
// the newest first: nil if what the files show by fates has it all. No fates are
// those of an account that is not held.
func (j *Judge) whole(l *export.Loss, fates map[int64]loss.Fate) ([]int64, error) {
	kept, shown := map[int64]int64{}, map[int64]bool{} // versions that the files go on showing, by item
	for _, c := range j.changes {
		if c.Before != nil && fates[c.Item] == loss.Keep {
			kept[c.Item], shown[c.Before.Version] = c.Before.Version, true
		}
	}
	all := map[int64]bool{}
	missing := false
	for _, r := range l.Reasons {
		for _, v := range r.Versions {
			all[v] = true
			missing = missing || !shown[v]
		}
	}
	if !missing {
		return nil, nil
	}
	for v := range shown { // what is brought back in several steps is brought back whole
		all[v] = true
	}
	var spans []span
	missing = false
	for v := range all {
		s, here, err := j.span(v, kept)
		if err != nil {
			return nil, err
		}
		spans, missing = append(spans, s), missing || !here && !shown[v]
	}
	if !missing {
		return nil, nil
	}
	var list []int64
	for _, before := range stab(spans) {
		var n int64
		if _, err := j.W.Row("SELECT ifnull(max(number), 0) FROM export WHERE account = ? AND number < ? AND ended IS NOT NULL", []any{j.Account, before}, &n); err != nil {
			return nil, err
		}
		if n > 0 {
			list = append(list, n)
		}
	}
	return list, nil
}

// span is when an item was whole that was so in a version; here tells whether the
// files, which follow what is recorded but for the items in kept, show it so.
func (j *Judge) span(version int64, kept map[int64]int64) (s span, here bool, err error) {
	var item int64
	if _, err := j.W.Row("SELECT item, export FROM version WHERE version = ?", []any{version}, &item, &s.from); err != nil {
		return s, false, err
	}
	type state struct {
		version, export int64
		gone            bool
	}
	var later []state
	err = j.W.Each("SELECT version, export, blob IS NULL AND photo IS NULL FROM version WHERE item = ? AND version > ? ORDER BY version", []any{item, version}, func(r *sql.Rows) error {
		var x state
		err := r.Scan(&x.version, &x.export, &x.gone)
		later = append(later, x)
		return err
	})
	if err != nil {
		return s, false, err
	}
	s.before = math.MaxInt64
	for _, x := range later {
		emptier := x.gone
		if !emptier {
			if emptier, err = j.emptier(version, x.version); err != nil {
				return s, false, err
			}
		}
		if emptier {
			s.before = x.export
			return s, kept[item] != 0 && kept[item] < x.version, nil
		}
	}
	if len(later) > 0 { // what was lost shows only beside other items
		s.before = later[0].export
	}
	return s, false, nil
}

// emptier reports whether an item has lost content from one of its versions to
// another.
func (j *Judge) emptier(was, now int64) (bool, error) {
	b, err := j.factOf(was)
	if err != nil {
		return false, err
	}
	n, err := j.factOf(now)
	if err != nil || b == nil || n == nil {
		return false, err
	}
	v, err := loss.Judge(j.question([]loss.Change{{Item: 1, Before: b, Now: n}}))
	return v.Emptier+v.Gone > 0, err
}

// stab are the ends of as few spans as it takes that each span has one of them in
// it, the newest first.
func stab(spans []span) []int64 {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.before, b.before) })
	var list []int64
	for _, s := range spans {
		if n := len(list); n == 0 || list[n-1] <= s.from {
			list = append(list, s.before)
		}
	}
	slices.Reverse(list)
	return list
}
