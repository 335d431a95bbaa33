package judge

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"slices"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/history"
	icalmeaning "sidekeep/formats/ical/meaning"
	"sidekeep/formats/vcard"
)

// turnoverSpan is within how long the changes of a group add up to one bulk
// change.
const turnoverSpan = 365 * 24 * time.Hour

// A turnover looks for bulk changes in a history: exports, or runs of them, that
// changed or lost as much of a collection or kind as would hold an account,
// whether or not one was held. The export before each is a milestone.
//
// What counts is what an item says, not how it is written: a service that
// rewrites everything makes none.
type turnover struct {
	conn   *sql.Conn
	items  map[int64]itemState
	had    map[group]int
	lately map[int64]*turns            // by account
	limits map[int64]export.Thresholds // by account
	found  []int64                     // exports that were, or began, a bulk change
}

// A turns is what an account has turned over within the span, oldest first.
type turns struct {
	queue  []turn
	counts map[group]map[int64]int // how often an item is in the queue
}

// A group is one whose items are counted: those of a collection, or with
// collection 0 those of a kind in an account.
type group struct {
	account, collection int64
	kind                export.Kind
}

// An itemState is an item as the versions read so far leave it.
type itemState struct {
	kind   export.Kind
	blob   int64 // 0 if it is gone
	saying [sha256.Size]byte
	said   bool // saying is known
}

// A turn is an item that stopped saying what it said.
type turn struct {
	item   int64
	export int64
	at     time.Time
	groups [2]group
}

// A versionRow is one row of the history.
type versionRow struct {
	item, export, account, collection, blob int64
	kind                                    export.Kind
	started                                 time.Time
}

// FindMilestones lists the exports before last that came right before a bulk
// change, oldest first.
func FindMilestones(ctx context.Context, conn *sql.Conn, last int64) ([]int64, error) {
	t := &turnover{
		conn: conn, items: map[int64]itemState{}, had: map[group]int{}, lately: map[int64]*turns{}, limits: map[int64]export.Thresholds{},
	}
	if err := t.readLimits(ctx); err != nil {
		return nil, err
	}
	var rows []versionRow // of one export
	err := history.Each(ctx, conn, `SELECT version.item, version.export, collection.account, item.collection, ifnull(version.blob, 0), version.kind, export.started
		FROM version JOIN item USING (item) JOIN collection USING (collection) JOIN export ON export.number = version.export
		WHERE version.photo IS NULL ORDER BY version.version`, nil, func(r *sql.Rows) error {
		var v versionRow
		var started string
		if err := r.Scan(&v.item, &v.export, &v.account, &v.collection, &v.blob, &v.kind, &started); err != nil {
			return err
		}
		v.started = history.TimeOf(started)
		if len(rows) > 0 && rows[0].export != v.export {
			if err := t.take(ctx, rows); err != nil {
				return err
			}
			rows = rows[:0]
		}
		rows = append(rows, v)
		return nil
	})
	if err == nil && len(rows) > 0 {
		err = t.take(ctx, rows)
	}
	var list []int64
	for _, n := range t.found {
		before, err := history.EndedBefore(ctx, conn, n)
		if err != nil {
			return nil, err
		}
		if before != 0 && before < last {
			list = append(list, before)
		}
	}
	slices.Sort(list)
	return slices.Compact(list), err
}

// readLimits reads from when on a change counts as bulk: as an alarm does, and
// never later than the defaults.
func (t *turnover) readLimits(ctx context.Context) error {
	return history.Each(ctx, t.conn, "SELECT account, items, percent FROM alarm", nil, func(r *sql.Rows) error {
		var account int64
		var own export.Thresholds
		if err := r.Scan(&account, &own.Items, &own.Percent); err != nil {
			return err
		}
		own, usual := own.OrDefault(), export.DefaultThresholds()
		t.limits[account] = export.Thresholds{Items: min(own.Items, usual.Items), Percent: min(own.Percent, usual.Percent)}
		return nil
	})
}

// take adds what one export recorded.
func (t *turnover) take(ctx context.Context, rows []versionRow) error {
	account := rows[0].account
	if t.lately[account] == nil {
		t.lately[account] = &turns{counts: map[group]map[int64]int{}}
	}
	t.lately[account].expire(rows[0].started.Add(-turnoverSpan))
	had := map[group]int{} // before this export, of the groups that it touches
	var fresh []turn
	for _, v := range rows {
		was := t.items[v.item]
		now, turned, err := t.next(ctx, was, v)
		if err != nil {
			return err
		}
		before, after := groupsIn(v, was.kind), groupsIn(v, v.kind)
		for i := range before {
			had[before[i]] = max(had[before[i]], t.had[before[i]])
			if was.blob != 0 {
				t.had[before[i]]--
			}
			if now.blob != 0 {
				t.had[after[i]]++
			}
		}
		if turned {
			fresh = append(fresh, turn{item: v.item, export: v.export, at: v.started, groups: before})
		}
		t.items[v.item] = now
	}
	t.judge(fresh, had, account)
	return nil
}

// next is the state of an item after a version, and whether it says something
// else than before or is gone.
func (t *turnover) next(ctx context.Context, was itemState, v versionRow) (now itemState, turned bool, err error) {
	now = itemState{kind: v.kind, blob: v.blob}
	switch {
	case was.blob == 0 || was.blob == v.blob:
		if was.blob != 0 {
			now.saying, now.said = was.saying, was.said
		}
		return now, false, nil
	case v.blob == 0:
		return now, true, nil
	}
	if !was.said {
		if was.saying, err = t.saying(ctx, was.kind, was.blob); err != nil {
			return now, false, err
		}
	}
	now.saying, err = t.saying(ctx, v.kind, v.blob)
	now.said = true
	return now, now.saying != was.saying, err
}

// saying is equal for bodies that say the same.
func (t *turnover) saying(ctx context.Context, kind export.Kind, blob int64) (sum [sha256.Size]byte, err error) {
	var raw []byte
	if err := t.conn.QueryRowContext(ctx, "SELECT bytes FROM blob WHERE blob = ?", blob).Scan((*history.Copied)(&raw)); err != nil {
		return sum, err
	}
	var fields []string
	if kind == export.Contacts {
		var m vcard.Meaning
		m, err = vcard.MeaningOf(raw)
		fields = m.Fields
	} else {
		var m icalmeaning.Meaning
		m, err = icalmeaning.Of(raw)
		fields = m.Fields
	}
	if err != nil { // it is set aside, and says what its bytes are
		return sha256.Sum256(raw), nil
	}
	return sha256.Sum256([]byte(strings.Join(fields, "\x00"))), nil
}

// groupsIn are the groups in which an item counts while it is of a kind.
func groupsIn(v versionRow, kind export.Kind) [2]group {
	return [2]group{{account: v.account, collection: v.collection}, {account: v.account, kind: kind}}
}

// judge finds a bulk change if an export by itself turned over enough of a
// group, or together with those within the span before it.
func (t *turnover) judge(fresh []turn, had map[group]int, account int64) {
	limit, lately := t.limits[account].OrDefault(), t.lately[account]
	alone := turns{counts: map[group]map[int64]int{}}
	switch {
	case alone.add(fresh, limit, had):
		t.found = append(t.found, fresh[0].export)
	case lately.add(fresh, limit, had):
		t.found = append(t.found, lately.first(fresh))
	default:
		return
	}
	t.lately[account] = &turns{counts: map[group]map[int64]int{}}
}

// add reports whether enough of a group has turned over now.
func (l *turns) add(fresh []turn, limit export.Thresholds, had map[group]int) (bulk bool) {
	l.queue = append(l.queue, fresh...)
	for _, f := range fresh {
		for _, g := range f.groups {
			if l.counts[g] == nil {
				l.counts[g] = map[int64]int{}
			}
			l.counts[g][f.item]++
			bulk = bulk || limit.Reached(len(l.counts[g]), had[g])
		}
	}
	return bulk
}

// first is the oldest export that turned over something of the groups of fresh.
func (l *turns) first(fresh []turn) int64 {
	in := map[group]bool{}
	for _, f := range fresh {
		in[f.groups[0]], in[f.groups[1]] = true, true
	}
	i := slices.IndexFunc(l.queue, func(q turn) bool { return in[q.groups[0]] || in[q.groups[1]] })
	return l.queue[i].export
}

// expire drops what happened before a time.
func (l *turns) expire(before time.Time) {
	for len(l.queue) > 0 && l.queue[0].at.Before(before) {
		q := l.queue[0]
		l.queue = l.queue[1:]
		for _, g := range q.groups {
			if l.counts[g][q.item]--; l.counts[g][q.item] == 0 {
				delete(l.counts[g], q.item)
			}
		}
	}
}
