package judge

import (
	"database/sql"
	"fmt"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/history"
	"sidekeep/export/loss"
)

// lately compares with what the account was in the windows of the past, if this
// export adds to what is gone or has lost content: v is what it did by itself.
// If that is no loss, it tells what to notice.
func (j *Judge) lately(v loss.Verdict) (reasons, notice []export.Reason, err error) {
	if v.Gone == 0 && v.Emptier == 0 && j.hold == 0 {
		return nil, nil, nil
	}
	q := j.question(nil)
	for _, w := range loss.Windows() {
		from, err := j.window(w)
		if err != nil {
			return nil, nil, err
		}
		shrunk, err := j.mayShrink(from)
		if err != nil {
			return nil, nil, err
		}
		if w.Content = w.Content && v.Emptier > 0; !shrunk && !w.Content {
			continue
		}
		if err := j.count(); err != nil {
			return nil, nil, err
		}
		q.Had, q.Has, q.Names = j.had, j.has, j.names
		past := loss.Past{Fact: j.factOf}
		if past.Lives, err = j.lives(from); err != nil {
			return nil, nil, err
		}
		more, err := loss.Lately(q, past, w)
		if err != nil {
			return nil, nil, err
		}
		reasons = loss.Merge(reasons, more)
		if len(reasons) > 0 || j.hold != 0 || !w.Content && w.Lasting {
			continue
		}
		soon := q
		soon.Thresholds = loss.Half(j.t)
		past.Lives = loss.Since(past.Lives, j.noticed)
		w.Lasting = true
		if more, err = loss.Lately(soon, past, w); err != nil {
			return nil, nil, err
		}
		notice = loss.Merge(notice, more)
	}
	return reasons, notice, nil
}

// window is the newest version that is older than a window, or that the owner's
// last answer covers. While the account is held, the window ends with the
// export that is held first: what was missing then does not become old.
func (j *Judge) window(w loss.Window) (int64, error) {
	end := j.Now
	if j.hold != 0 {
		var started string
		if _, err := j.W.Row("SELECT started FROM hold JOIN export ON export.number = hold.export WHERE hold = ?", []any{j.hold}, &started); err != nil {
			return 0, err
		}
		end = history.TimeOf(started)
	}
	var from int64
	if _, err := j.W.Row("SELECT max(?, ifnull((SELECT max(number) FROM export WHERE account = ? AND started < ?), 0))",
		[]any{j.answered, j.Account, history.Stamp(end.AddDate(0, 0, -w.Days))}, &from); err != nil {
		return 0, err
	}
	var version int64
	_, err := j.W.Row("SELECT version FROM version WHERE export <= ? ORDER BY version DESC LIMIT 1", []any{from}, &version)
	return version, err
}

// mayShrink tells whether so much is gone since a version that a closer look is
// worth it.
func (j *Judge) mayShrink(from int64) (bool, error) {
	const counted = ` FROM (SELECT DISTINCT item FROM version WHERE version > ?1%s) t JOIN item i USING (item) JOIN version n ON n.version = i.version
		WHERE %s i.collection IN (SELECT collection FROM collection WHERE account = ?2) GROUP BY 1, 2`
	count := func(touched, which string) (map[loss.Group]int, bool, error) {
		n := map[loss.Group]int{}
		enough := false
		err := j.W.Each("SELECT i.collection, n.kind, count(*)"+fmt.Sprintf(counted, touched, which), []any{from, j.Account}, func(r *sql.Rows) error {
			var c int64
			var kind export.Kind
			var items int
			err := r.Scan(&c, &kind, &items)
			n[loss.Group{Collection: c}] += items
			n[loss.Group{Kind: kind}] += items
			enough = enough || n[loss.Group{Kind: kind}] >= j.t.Items
			return err
		})
		return n, enough, err
	}
	gone, enough, err := count(" AND blob IS NULL AND photo IS NULL", "NOT i.present AND")
	if err != nil || !enough {
		return false, err
	}
	if err := j.count(); err != nil {
		return false, err
	}
	half := loss.Half(j.t)
	for k, n := range gone {
		if half.Reached(n, j.has[k]) {
			return true, nil
		}
	}
	added, _, err := count("", "i.present AND NOT EXISTS (SELECT 1 FROM version p WHERE p.item = t.item AND p.version <= ?1) AND")
	if err != nil {
		return false, err
	}
	for k, n := range gone {
		if half.Reached(n, j.has[k]-added[k]) {
			return true, nil
		}
	}
	return false, nil
}

// lives reads what became of each item of the account after the version from,
// but for those that Sidekeep changed.
func (j *Judge) lives(from int64) ([]*loss.Life, error) {
	var list []*loss.Life
	at, times := map[int64]*loss.Life{}, map[int64]time.Time{}
	err := j.W.Each(`SELECT v.version, v.item, v.export, v.kind, i.collection, v.blob IS NULL AND v.photo IS NULL, e.started,
		EXISTS (SELECT 1 FROM accepted a WHERE a.item = v.item AND a.open AND a.version IS NULL)
		FROM version v JOIN item i USING (item) JOIN export e ON e.number = v.export
		WHERE v.version > ?1 AND i.collection IN (SELECT collection FROM collection WHERE account = ?2) ORDER BY v.version`, []any{from, j.Account}, func(r *sql.Rows) error {
		var version, item, number, collection int64
		var kind export.Kind
		var gone, hidden bool
		var started string
		if err := r.Scan(&version, &item, &number, &kind, &collection, &gone, &started, &hidden); err != nil {
			return err
		}
		if j.own[item] {
			return nil
		}
		l := at[item]
		if l == nil {
			l = &loss.Life{Item: item, Collection: collection, Kinds: map[int64]export.Kind{}, Hidden: hidden}
			at[item] = l
			list = append(list, l)
		}
		if gone {
			version = 0
		} else {
			l.Kinds[version] = kind
		}
		if _, ok := times[number]; !ok {
			times[number] = history.TimeOf(started)
		}
		l.Steps = append(l.Steps, loss.Step{Export: number, At: times[number], Version: version})
		return nil
	})
	if err != nil || from == 0 {
		return list, err
	}
	for _, l := range list {
		var kind export.Kind
		var gone bool
		ok, err := j.W.Row("SELECT version, kind, blob IS NULL AND photo IS NULL FROM version WHERE item = ? AND version <= ? ORDER BY version DESC LIMIT 1",
			[]any{l.Item, from}, &l.First, &kind, &gone)
		if err != nil {
			return nil, err
		}
		if !ok || gone {
			l.First = 0
		} else {
			l.Kinds[l.First] = kind
		}
	}
	return list, nil
}
