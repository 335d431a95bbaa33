package forget

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/judge"
	"sidekeep/export/archive/record"
	"sidekeep/export/archive/remove"
	"sidekeep/export/archive/resume"
	"sidekeep/export/archive/search"
)

// A Pruning says what Archive.Prune removes: older versions of contacts,
// events and to-dos.
type Pruning struct {
	Before   time.Time    // what was superseded before then goes
	Export   int64        // the history is whole from this export on; 0 if there was none before
	Versions int          // that go
	Bytes    int64        // as delivered, of those that nothing else needs
	Items    []PrunedItem // whose versions go; the items themselves stay
	Kept     []int64      // exports before Export whose state stays whole all the same, oldest first: those right before a bulk change
	Freed    int64        // by how much history.db has shrunk, after Prune; 0 if the next export is to do that
}

// A PrunedItem is an item some of whose older versions go.
type PrunedItem struct {
	Account  string `json:"account"`
	ID       string `json:"id"`
	Name     string `json:"name"` // for people
	Versions int    `json:"versions"`
}

// PlanPrune tells what Prune would remove. It changes nothing.
//
// A version goes if a later one of the same item was recorded before the given
// time, and the item was not gone then: what was gone keeps its last bytes. What
// stays for good is the newest version of an item as recorded and as accepted,
// also when it is gone from the source or was set aside; of an item that is set
// aside the newest version that was understood; photos; and everything as it
// was before a bulk change: an export, or those of a year, that changed or lost
// as much of a collection or kind as would hold an account.
func (a Forgetter) PlanPrune(ctx context.Context, before time.Time) (Pruning, error) {
	conn, err := a.s.DB.Conn(ctx)
	if err != nil {
		return Pruning{}, disk.Caused(err)
	}
	p, err := planPrune(ctx, conn, before)
	return p, disk.Caused(errors.Join(err, history.DropConn(conn)))
}

// ErrChanged says that the archive is no longer as it was when a plan was made:
// nothing was done.
var ErrChanged = errors.New("the archive has changed since")

// Prune removes what p, made by Archive.PlanPrune, says, and tells by how
// much the history has shrunk. It is done as a whole or not at all. The error
// is [ErrChanged] if another export has run since, [export.ErrBusy] if one is
// running.
func (a Forgetter) Prune(ctx context.Context, p Pruning) (Pruning, error) {
	done := p
	err := resume.Write(ctx, a.s, func(w *history.Batch) (err error) {
		done, err = PruneNow(a.s, w, p)
		return err
	})
	return done, err
}

// PruneNow is Prune with the archive open for writing.
func PruneNow(a *history.Store, w *history.Batch, p Pruning) (Pruning, error) {
	if err := w.Begin(); err != nil {
		return p, err
	}
	now, err := planPrune(context.Background(), w.Conn, p.Before)
	if err == nil && (now.Versions != p.Versions || now.Bytes != p.Bytes || len(now.Items) != len(p.Items) || now.Export != p.Export || !slices.Equal(now.Kept, p.Kept)) {
		err = ErrChanged
	}
	if err != nil || now.Versions == 0 {
		w.Rollback()
		return p, err
	}
	for _, q := range []string{
		history.DropChunks,
		"DELETE FROM blob WHERE blob IN (SELECT blob FROM temp.unneeded)",
		"DELETE FROM acknowledged WHERE version IN (SELECT version FROM temp.outdated)",
		"DELETE FROM version WHERE version IN (SELECT version FROM temp.outdated)",
	} {
		if _, err := w.Exec(q); err != nil {
			return p, err
		}
	}
	if err := history.SetValue(w, history.WholeFrom, strconv.FormatInt(p.Export, 10)); err != nil {
		return p, err
	}
	if err := history.SetMilestones(w, p.Kept); err != nil {
		return p, err
	}
	if err := history.SetValue(w, history.Unshrunk, "1"); err != nil {
		return p, err
	}
	size := remove.HistorySize(a)
	if err := w.Commit(); err != nil {
		return p, err
	}
	err = errors.Join(search.Drop(a), remove.Shrink(a, w))
	if errors.Is(err, export.ErrFull) || errors.Is(err, export.ErrBusy) {
		return p, nil // it is done; the next writer makes the file smaller
	}
	p.Freed = size - remove.HistorySize(a)
	return p, err
}

// planPrune leaves the versions that go in temp.outdated and the bodies that
// nothing needs then in temp.unneeded.
func planPrune(ctx context.Context, conn *sql.Conn, before time.Time) (Pruning, error) {
	p := Pruning{Before: before}
	last, err := lastBefore(ctx, conn, before)
	if err != nil {
		return p, err
	}
	whole, err := history.WholeSince(ctx, conn)
	if err != nil {
		return p, err
	}
	p.Export = max(last, whole)
	if err := planMilestones(ctx, conn, &p); err != nil {
		return p, err
	}
	for _, q := range []string{
		"CREATE TEMP TABLE IF NOT EXISTS outdated (version INTEGER PRIMARY KEY)",
		"CREATE TEMP TABLE IF NOT EXISTS unneeded (blob INTEGER PRIMARY KEY)",
		"DELETE FROM temp.outdated",
		"DELETE FROM temp.unneeded",
		fmt.Sprintf(`INSERT INTO temp.outdated SELECT version.version FROM version JOIN item USING (item)
			WHERE version.version < (SELECT max(v.version) FROM version v WHERE v.item = item.item AND v.export <= %[1]d)
			AND version.version <> ifnull((SELECT max(v.version) FROM version v WHERE v.item = item.item AND v.export <= %[1]d AND v.blob IS NOT NULL), 0)
			AND version.version <> ifnull(item.version, 0)
			AND version.version NOT IN (SELECT version FROM temp.milestone)
			AND NOT EXISTS (SELECT 1 FROM accepted WHERE accepted.item = item.item AND accepted.version = version.version)
			AND version.version <> ifnull((SELECT max(v.version) FROM version v WHERE v.item = item.item AND v.blob IS NOT NULL AND v.aside IS NULL), 0)
			AND NOT EXISTS (SELECT 1 FROM version v WHERE v.item = item.item AND v.photo IS NOT NULL)`, last),
		`INSERT INTO temp.unneeded SELECT blob FROM version WHERE blob IS NOT NULL AND version IN (SELECT version FROM temp.outdated)
			EXCEPT SELECT blob FROM version WHERE version NOT IN (SELECT version FROM temp.outdated)`,
	} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return p, err
		}
	}
	err = conn.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM temp.outdated),
		(SELECT ifnull(sum(`+history.BodySize+`), 0) FROM blob WHERE blob IN (SELECT blob FROM temp.unneeded))`).Scan(&p.Versions, &p.Bytes)
	if err != nil {
		return p, err
	}
	err = history.Each(ctx, conn, `SELECT account.name, item.id, item.name, ifnull(newest.name, ''), count(*)
		FROM temp.outdated JOIN version USING (version) JOIN item USING (item) JOIN collection USING (collection) JOIN account USING (account)
		LEFT JOIN version newest ON newest.version = item.version
		GROUP BY item.item ORDER BY account.account, item.collection, item.id`, nil, func(rows *sql.Rows) error {
		var it PrunedItem
		var file, title string
		err := rows.Scan(&it.Account, &it.ID, &file, &title, &it.Versions)
		it.Name = record.Called(title, export.Item{ID: it.ID, Name: file})
		p.Items = append(p.Items, it)
		return err
	})
	return p, err
}

// lastBefore is the last export of those that had all ended before t, 0 if
// there is none. A clock that was wrong once ends the row early rather than
// late.
func lastBefore(ctx context.Context, q history.Querier, t time.Time) (int64, error) {
	var last int64
	err := history.Each(ctx, q, "SELECT number, ended FROM export ORDER BY number", nil, func(rows *sql.Rows) error {
		var n int64
		var ended sql.NullString
		if err := rows.Scan(&n, &ended); err != nil {
			return err
		}
		if !ended.Valid || !history.TimeOf(ended.String).Before(t) {
			return history.ErrPage
		}
		last = n
		return nil
	})
	if errors.Is(err, history.ErrPage) {
		err = nil
	}
	return last, err
}

// planMilestones finds the milestones of a pruning, and leaves the versions that
// their states are made of in temp.milestone.
func planMilestones(ctx context.Context, conn *sql.Conn, p *Pruning) error {
	for _, q := range []string{"CREATE TEMP TABLE IF NOT EXISTS milestone (version INTEGER PRIMARY KEY)", "DELETE FROM temp.milestone"} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	kept, err := history.KeptMilestones(ctx, conn)
	if err != nil {
		return err
	}
	found, err := judge.FindMilestones(ctx, conn, p.Export)
	if err != nil {
		return err
	}
	whole, err := history.WholeSince(ctx, conn)
	if err != nil {
		return err
	}
	// What was pruned before is whole at its milestones only.
	found = slices.DeleteFunc(found, func(n int64) bool { return n < whole })
	p.Kept = slices.Concat(kept, found)
	slices.Sort(p.Kept)
	p.Kept = slices.Compact(p.Kept)
	for _, n := range p.Kept {
		// Of what was gone then, also what it had been.
		for _, bytes := range []string{"", " AND blob IS NOT NULL"} {
			if _, err := conn.ExecContext(ctx, "INSERT OR IGNORE INTO temp.milestone SELECT max(version) FROM version WHERE export <= ?"+bytes+" GROUP BY item", n); err != nil {
				return err
			}
		}
	}
	return nil
}
