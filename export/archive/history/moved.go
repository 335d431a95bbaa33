package history

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"sidekeep/export"
	"sidekeep/export/loss"
)

// An item that is gone from one collection while the account has it in another
// has not vanished: it was moved. That is so if any other item of the account
// that came after it was, after the export that found it gone, shown with the
// same bytes, or with the same kind and UID and the words of the same name; and
// it stays so when the other one goes in its turn, because that one has vanished
// then. Of what went with the same export none was moved to the other, and what
// stood in two places from the first export on, or was copied and the copy
// deleted, has vanished from the one where it is gone.
//
// The open files do not have what was moved. Its row of the table place says so:
// with an empty path, the row of the other item as offset, the number of the
// version that says that it is gone as length, and that of the version in which
// the other one had it as wrapper.

// NotMoved is a condition on item, a row of the view shown or of the table: it
// is there, or it has vanished.
const NotMoved = `(item.present OR NOT EXISTS (SELECT 1 FROM place WHERE place.item = item.item AND place.path = ''))`

// A leave is an item that is gone.
type leave struct {
	Item    int64
	Gone    int64 // the version that says so
	went    int64 // the export that found it
	To      int64 // the item that has it, 0 if none does
	With    int64 // the first version in which that had it
	came    int64 // the export that found it first, since it was last gone
	Beside  bool  // the other one was there before it went
	shownAs sameness
}

// A sameness is what tells an item wherever it is.
type sameness struct {
	body bodyKey
	kind export.Kind
	uid  string
	name string // as [loss.NameKey] makes it, once it is needed
}

// cameColumn is the export that found the item of a version, since it was last
// gone. What a pruning has removed makes it later.
const cameColumn = `(SELECT min(first.export) FROM version AS first WHERE first.item = version.item AND first.version <= version.version AND first.version >
	ifnull((SELECT max(none.version) FROM version AS none WHERE none.item = version.item AND none.version < version.version AND none.blob IS NULL AND none.photo IS NULL), 0))`

const sameColumns = "ifnull(version.blob, 0), ifnull(version.photo, 0), version.kind, version.uid, version.name"

// leavesShown are the items of the account ?1 that are gone, as they are shown.
// The parameter ?2 is not used.
const leavesShown = `collection JOIN $shown USING (collection) JOIN version USING (version)
	WHERE collection.account = ?1 AND ?2 = 0 AND NOT item.present`

// leavesPast are those that were gone as of the version ?2.
const leavesPast = `collection JOIN item USING (collection)
	JOIN version AS newest ON newest.version = (SELECT max(version) FROM version WHERE version.item = item.item AND version.version <= ?2)
	JOIN version ON version.version = (SELECT max(earlier.version) FROM version AS earlier
		WHERE earlier.item = item.item AND earlier.version < newest.version AND (earlier.blob IS NOT NULL OR earlier.photo IS NOT NULL))
	WHERE collection.account = ?1 AND newest.blob IS NULL AND newest.photo IS NULL`

// Leaves are the items of an account that are gone: as of a version, or with 0
// as they are shown. Those that were moved say where to.
func Leaves(ctx context.Context, q Querier, account, last int64) ([]leave, error) {
	from := leavesPast
	if last == 0 {
		shown, err := ShownFrom(ctx, q)
		if err != nil {
			return nil, err
		}
		from = strings.Replace(leavesShown, "$shown", shown, 1)
	}
	var list []leave
	query := `SELECT item.item, ifnull((SELECT min(next.version) FROM version AS next WHERE next.item = item.item AND next.version > version.version), 0),
		ifnull((SELECT next.export FROM version AS next WHERE next.item = item.item AND next.version > version.version ORDER BY next.version LIMIT 1), item.since), ` +
		cameColumn + ", " + sameColumns + " FROM " + from
	err := Each(ctx, q, query, []any{account, last}, func(rows *sql.Rows) error {
		var l leave
		err := rows.Scan(&l.Item, &l.Gone, &l.went, &l.came, &l.shownAs.body.blob, &l.shownAs.body.photo, &l.shownAs.kind, &l.shownAs.uid, &l.shownAs.name)
		list = append(list, l)
		return err
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list, follow(ctx, q, from, list, account, last)
}

// follow finds where what is gone was moved to.
func follow(ctx context.Context, q Querier, from string, list []leave, account, last int64) error {
	bodies, uids := map[bodyKey][]*leave{}, map[string][]*leave{}
	for i := range list {
		l := &list[i]
		bodies[l.shownAs.body] = append(bodies[l.shownAs.body], l)
		if s := &l.shownAs; s.uid != "" {
			s.name = loss.NameKey(s.name)
			uids[s.uid] = append(uids[s.uid], l)
		}
	}
	// What is recorded and not shown keeps nothing out of the open files.
	held, args := "", []any{account, last}
	until := "next.version <= ?2"
	if last == 0 {
		held, until = " AND (accepted.item IS NULL OR version.version <= ifnull(accepted.version, 0))", "(accepted.item IS NULL OR next.version <= ifnull(accepted.version, 0))"
	} else {
		held = " AND version.version <= ?2"
	}
	query := `WITH gone AS MATERIALIZED (SELECT version.blob, version.photo, version.uid FROM ` + from + `)
		SELECT version.item, version.version, version.export, ` + cameColumn + ", " + sameColumns + `,
			ifnull((SELECT next.export FROM version AS next WHERE next.item = version.item AND next.version > version.version AND ` + until + ` ORDER BY next.version LIMIT 1), 0)
		FROM version LEFT JOIN accepted ON accepted.item = version.item AND accepted.open
		WHERE (version.blob IN (SELECT blob FROM gone WHERE blob IS NOT NULL) OR version.photo IN (SELECT photo FROM gone WHERE photo IS NOT NULL)
			OR version.uid IN (SELECT uid FROM gone WHERE uid <> '') AND (version.blob IS NOT NULL OR version.photo IS NOT NULL))
			AND (SELECT account FROM item JOIN collection USING (collection) WHERE item.item = version.item) = ?1` + held
	return Each(ctx, q, query, args, func(rows *sql.Rows) error {
		var item, version, number, came, until int64
		var s sameness
		if err := rows.Scan(&item, &version, &number, &came, &s.body.blob, &s.body.photo, &s.kind, &s.uid, &s.name, &until); err != nil {
			return err
		}
		take := func(l *leave, from int64) {
			if l.Item != item && (until == 0 || until > l.went) && (number >= from || came > l.came) && (l.To == 0 || version < l.With) {
				l.To, l.With, l.Beside = item, version, number < l.went
			}
		}
		for _, l := range bodies[s.body] {
			take(l, l.went) // also where these bytes took the place of others
		}
		name := ""
		for _, l := range uids[s.uid] {
			if l.Item == item || l.shownAs.kind != s.kind {
				continue
			}
			if name == "" {
				name = loss.NameKey(s.name)
			}
			if name == l.shownAs.name {
				take(l, l.went+1)
			}
		}
		return nil
	})
}

// movedBy adds to set the items of an account that were gone as of a version and
// had been moved by then.
func movedBy(ctx context.Context, q Querier, account, last int64, set map[int64]bool) error {
	list, err := Leaves(ctx, q, account, last)
	if err != nil {
		return err
	}
	marks, err := MarksOf(ctx, q, account)
	if err != nil {
		return err
	}
	for _, l := range list {
		m := marks[l.Item]
		if m.To != 0 && m.Gone == l.Gone && m.With <= last { // a pruning may have removed what told it
			l.To = m.To
		}
		if l.To != 0 {
			set[l.Item] = true
		}
	}
	return nil
}

// A Mark is what the table place says of an item that was moved.
type Mark struct {
	To   int64 // the item that has it, 0 if that is forgotten
	With int64 // the version in which that had it
	Gone int64 // the version that says that it is gone
}

func MarksOf(ctx context.Context, q Querier, account int64) (map[int64]Mark, error) {
	marks := map[int64]Mark{}
	return marks, Each(ctx, q, `SELECT place.item, iif(EXISTS (SELECT 1 FROM item AS other WHERE other.item = place.offset), place.offset, 0), CAST(place.wrapper AS INTEGER), place.length
		FROM place JOIN item USING (item) JOIN collection USING (collection) WHERE place.path = '' AND account = ?`, []any{account}, func(rows *sql.Rows) error {
		var item int64
		var m Mark
		err := rows.Scan(&item, &m.To, &m.With, &m.Gone)
		marks[item] = m
		return err
	})
}

// VanishedSince are the items of an account that the open files have among what has
// vanished, if any of a list could have been moved to what was there before it
// went.
func VanishedSince(w *Batch, account int64, list []leave, marks map[int64]Mark) (map[int64]bool, error) {
	if !slices.ContainsFunc(list, func(l leave) bool { return l.Beside && marks[l.Item].Gone == 0 }) {
		return nil, nil
	}
	shown := map[int64]bool{}
	return shown, w.Each(`SELECT place.item FROM place JOIN item USING (item) JOIN collection USING (collection) JOIN account USING (account)
		WHERE account.account = ? AND substr(place.path, 1, length(account.folder) + 10) = account.folder || '/Vanished/'`, []any{account}, func(rows *sql.Rows) error {
		var item int64
		err := rows.Scan(&item)
		shown[item] = true
		return err
	})
}
