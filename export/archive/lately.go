package archive

import (
	"database/sql"
	"maps"
	"slices"
	"time"

	"sidekeep/export"
	"sidekeep/export/loss"
)

// lookBack is how far back the fullest state counts with which an export is
// compared: a service that loses a little every hour is noticed too.
const lookBack = 30 * 24 * time.Hour

// A lifespan is what became of one item in the last days.
type lifespan struct {
	item, collection int64
	first            int64 // its version before them, 0 if it had none
	kinds            map[int64]export.Kind
	steps            []step
}

// A step is an item's state from an export on; version 0 means gone.
type step struct{ export, version int64 }

// as is the version that the item had after an export, 0 if it was not there.
func (l *lifespan) as(of int64) int64 {
	v := l.first
	for _, s := range l.steps {
		if s.export <= of {
			v = s.version
		}
	}
	return v
}

func (l *lifespan) now() int64 { return l.steps[len(l.steps)-1].version }

// groups are those in which a version counts.
func (l *lifespan) groups(version int64) []loss.Group {
	if version == 0 {
		return nil
	}
	return []loss.Group{{Collection: l.collection}, {Kind: l.kinds[version]}}
}

// lately compares with the fullest state of the last days, if this export adds
// to what is gone or hollow: v is what it did by itself.
func (j *judge) lately(v loss.Verdict) ([]export.Reason, error) {
	if v.Gone == 0 && v.Hollowed == 0 && j.hold == 0 {
		return nil, nil
	}
	from, err := j.window()
	if err != nil {
		return nil, err
	}
	shrunk, err := j.mayShrink(from)
	if err != nil || !shrunk && v.Hollowed == 0 {
		return nil, err
	}
	lives, err := j.lives(from)
	if err != nil {
		return nil, err
	}
	var reasons []export.Reason
	if shrunk {
		if reasons, err = j.shrunk(lives); err != nil {
			return nil, err
		}
	}
	if v.Hollowed > 0 {
		more, err := j.hollowed(lives)
		return append(reasons, more...), err
	}
	return reasons, nil
}

// window is the newest version that is older than the last days, or that the
// owner's last answer covers.
func (j *judge) window() (int64, error) {
	var from int64
	if _, err := j.w.row("SELECT max(?, ifnull((SELECT max(number) FROM export WHERE account = ? AND started < ?), 0))",
		[]any{j.answered, j.account, stamp(j.now.Add(-lookBack))}, &from); err != nil {
		return 0, err
	}
	var version int64
	_, err := j.w.row("SELECT version FROM version WHERE export <= ? ORDER BY version DESC LIMIT 1", []any{from}, &version)
	return version, err
}

// mayShrink tells whether enough is gone since then for a collection or a kind
// to look lost.
func (j *judge) mayShrink(from int64) (bool, error) {
	gone := map[loss.Group]int{}
	total := 0
	err := j.w.each(`SELECT i.collection, n.kind, count(*) FROM (SELECT DISTINCT item FROM version WHERE version > ?1 AND blob IS NULL AND photo IS NULL) t
		JOIN item i USING (item) JOIN version n ON n.version = i.version
		WHERE NOT i.present AND i.collection IN (SELECT collection FROM collection WHERE account = ?2) GROUP BY 1, 2`, []any{from, j.account}, func(r *sql.Rows) error {
		var c int64
		var kind export.Kind
		var n int
		err := r.Scan(&c, &kind, &n)
		gone[loss.Group{Collection: c}] += n
		gone[loss.Group{Kind: kind}] += n
		total += n
		return err
	})
	if err != nil || total < j.t.Items {
		return false, err
	}
	if err := j.count(); err != nil {
		return false, err
	}
	for k, n := range gone {
		if j.t.Reached(n, j.has[k]) {
			return true, nil
		}
	}
	return false, nil
}

// lives reads what became of each item of the account after the version from,
// but for those that were never shown.
func (j *judge) lives(from int64) ([]*lifespan, error) {
	var list []*lifespan
	at := map[int64]*lifespan{}
	err := j.w.each(`SELECT v.version, v.item, v.export, v.kind, i.collection, v.blob IS NULL AND v.photo IS NULL FROM version v JOIN item i USING (item)
		WHERE v.version > ?1 AND i.collection IN (SELECT collection FROM collection WHERE account = ?2)
		AND v.item NOT IN (SELECT item FROM accepted WHERE open AND version IS NULL) ORDER BY v.version`, []any{from, j.account}, func(r *sql.Rows) error {
		var version, item, number, collection int64
		var kind export.Kind
		var gone bool
		if err := r.Scan(&version, &item, &number, &kind, &collection, &gone); err != nil {
			return err
		}
		if j.own[item] {
			return nil
		}
		l := at[item]
		if l == nil {
			l = &lifespan{item: item, collection: collection, kinds: map[int64]export.Kind{}}
			at[item] = l
			list = append(list, l)
		}
		if gone {
			version = 0
		} else {
			l.kinds[version] = kind
		}
		l.steps = append(l.steps, step{number, version})
		return nil
	})
	if err != nil || from == 0 {
		return list, err
	}
	for _, l := range list {
		var kind export.Kind
		var gone bool
		ok, err := j.w.row("SELECT version, kind, blob IS NULL AND photo IS NULL FROM version WHERE item = ? AND version <= ? ORDER BY version DESC LIMIT 1",
			[]any{l.item, from}, &l.first, &kind, &gone)
		if err != nil {
			return nil, err
		}
		if !ok || gone {
			l.first = 0
		} else {
			l.kinds[l.first] = kind
		}
	}
	return list, nil
}

// shrunk finds the collections and kinds that have lost too much since they
// were fullest.
func (j *judge) shrunk(lives []*lifespan) ([]export.Reason, error) {
	if err := j.count(); err != nil {
		return nil, err
	}
	// How much each export added to a group, from the first on.
	net := map[loss.Group]map[int64]int{}
	add := func(groups []loss.Group, number int64, n int) {
		for _, k := range groups {
			if net[k] == nil {
				net[k] = map[int64]int{}
			}
			net[k][number] += n
		}
	}
	for _, l := range lives {
		was := l.first
		for _, s := range l.steps {
			add(l.groups(was), s.export, -1)
			add(l.groups(s.version), s.export, 1)
			was = s.version
		}
	}
	var reasons []export.Reason
	for _, k := range slices.SortedFunc(maps.Keys(net), compareGroups) {
		at, had := fullest(net[k], j.has[k])
		if !j.t.Reached(had-j.has[k], had) {
			continue
		}
		changes, err := j.since(lives, k, at)
		if err != nil {
			return nil, err
		}
		r, err := loss.Shrunk(j.question(changes), k, had, j.has[k])
		if err != nil {
			return nil, err
		}
		if r != nil {
			reasons = append(reasons, *r)
		}
	}
	return reasons, nil
}

func compareGroups(a, b loss.Group) int {
	if a.Collection != b.Collection {
		return int(a.Collection - b.Collection)
	}
	return slices.Index(export.Kinds(), a.Kind) - slices.Index(export.Kinds(), b.Kind)
}

// fullest tells after which export a group was fullest, and how many items it
// had then; 0 is before the first of them.
func fullest(net map[int64]int, now int) (at int64, had int) {
	n := now
	numbers := slices.Sorted(maps.Keys(net))
	for _, number := range numbers {
		n -= net[number]
	}
	had = n
	for _, number := range numbers {
		if n += net[number]; n >= had {
			at, had = number, n
		}
	}
	return at, had
}

// since lists what of a group is gone since an export, and what the account has
// got since.
func (j *judge) since(lives []*lifespan, k loss.Group, at int64) ([]loss.Change, error) {
	var changes []loss.Change
	for _, l := range lives {
		was, now := l.as(at), l.now()
		c := loss.Change{Item: l.item}
		var err error
		switch {
		case was != 0 && now == 0 && slices.Contains(l.groups(was), k):
			c.Before, err = j.facts(was)
		case was == 0 && now != 0:
			c.Now, err = j.facts(now)
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		changes = append(changes, c)
	}
	return changes, nil
}

// hollowed finds the collections and kinds of which too much has become hollow.
func (j *judge) hollowed(lives []*lifespan) ([]export.Reason, error) {
	if err := j.count(); err != nil {
		return nil, err
	}
	var changes []loss.Change
	for _, l := range lives {
		was, now := l.first, l.now()
		for _, s := range l.steps {
			if was == 0 {
				was = s.version
			}
		}
		if was == 0 || now == 0 || was == now {
			continue
		}
		b, err := j.facts(was)
		if err != nil {
			return nil, err
		}
		n, err := j.facts(now)
		if err != nil {
			return nil, err
		}
		if b != nil && n != nil {
			changes = append(changes, loss.Change{Item: l.item, Before: b, Now: n})
		}
	}
	v, err := loss.Judge(j.question(changes))
	if err != nil || v.Loss == nil {
		return nil, err
	}
	return slices.DeleteFunc(v.Loss.Reasons, func(r export.Reason) bool { return r.Rule != export.RuleHollow }), nil
}
