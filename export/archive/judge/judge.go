package judge

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/loss"
)

// A Judge tells at the end of an export whether what it recorded looks like a
// loss, and if so keeps the owner's files as they are. What it writes is
// committed with the export's end.
type Judge struct {
	W        *history.Batch
	Disk     disk.DiskReader
	Now      time.Time
	Account  int64
	Number   int64          // of the export
	Listed   map[int64]bool // the collections that were listed to their end; nil if that is not known
	Complete bool           // everything that the account wants was listed in full
	Adding   bool           // the source only ever adds: nothing that it does is a loss
	Who      string         // for whom the source answers

	t         export.Thresholds
	whoBefore string
	answered  int64 // the export from which on losses are counted
	hold      int64 // the open one, 0 if there is none
	was       *export.Loss
	v0        int64          // the newest version before this export
	own       map[int64]bool // items that Sidekeep itself changed at the source, and nobody since
	changes   []loss.Change
	at        map[int64]int64 // collections of the changed items
	had, has  map[loss.Group]int
	names     map[int64]string
	known     map[int64]*loss.Fact // by version
	compared  loss.Compared
	ahead     map[int64][]byte // by version, what was read before it was asked for
	where     map[int64]int    // of the first placed changes, by version
	placed    int
	reached   int          // the change from which on was read ahead last
	noticed   int64        // the export that was noticed last and waits for an answer, 0 if none
	Notice    *export.Loss // what this export gives notice of
}

// Run judges the export. The loss is nil if the account is not held.
func (j *Judge) Run() (*export.Loss, error) {
	earlier, err := j.begin()
	if err != nil {
		return nil, err
	}
	if earlier || j.hold != 0 {
		if err := j.load(); err != nil {
			return nil, err
		}
	}
	if j.hold == 0 && len(j.changes) == 0 || j.Adding {
		return nil, j.follow()
	}
	found, err := j.verdict()
	if err != nil {
		return nil, err
	}
	switch {
	case found != nil:
		return found, j.keep(found)
	case j.hold != 0 && !j.Complete:
		return j.was, j.keep(j.was)
	case j.hold != 0:
		if open, err := j.restoring(); err != nil || open {
			return j.was, errors.Join(err, j.keep(j.was))
		}
		if err := CloseOverrides(j.W, j.hold, history.HoldEnded, j.Now); err != nil {
			return nil, err
		}
	}
	return nil, j.follow()
}

// begin reads what is known of the account; earlier tells whether it was
// exported before.
func (j *Judge) begin() (earlier bool, err error) {
	j.compared = loss.Compared{}
	_, err = j.W.Row("SELECT who, items, percent, answered FROM alarm WHERE account = ?", []any{j.Account},
		&j.whoBefore, &j.t.Items, &j.t.Percent, &j.answered)
	if err != nil {
		return false, err
	}
	j.t = j.t.OrDefault()
	var text string
	if _, err := j.W.Row("SELECT hold, loss FROM hold WHERE account = ? AND state = 'open'", []any{j.Account}, &j.hold, &text); err != nil {
		return false, err
	}
	if j.hold != 0 {
		if err := json.Unmarshal([]byte(text), &j.was); err != nil {
			return false, fmt.Errorf("%w: the loss of a held export: %w", export.ErrDamaged, err)
		}
	}
	if _, err := j.W.Row("SELECT version FROM version WHERE export < ? ORDER BY version DESC LIMIT 1", []any{j.Number}, &j.v0); err != nil {
		return false, err
	}
	if j.noticed, err = Noticed(j.W, j.Account); err != nil {
		return false, err
	}
	_, err = j.W.Row("SELECT EXISTS (SELECT 1 FROM export WHERE account = ? AND number < ?)", []any{j.Account, j.Number}, &earlier)
	return earlier, err
}

// follow lets the files show what is recorded, and remembers for whom the
// source answers.
func (j *Judge) follow() error {
	var open bool
	if _, err := j.W.Row("SELECT EXISTS (SELECT 1 FROM accepted WHERE open)", nil, &open); err != nil {
		return err
	}
	for _, c := range j.changes {
		if !open || c.Now == nil {
			continue // what was never shown does not come up as gone
		}
		if _, err := j.W.Exec("UPDATE accepted SET open = 0 WHERE item = ? AND open", c.Item); err != nil {
			return err
		}
	}
	if j.Notice != nil {
		var err error
		if j.Notice.AsOf, err = j.whole(j.Notice, nil); err != nil {
			return err
		}
		if err := NoteNotice(j.W, j.Account, j.Number); err != nil {
			return err
		}
	} else if err := j.endNotice(); err != nil {
		return err
	}
	if j.Who == "" || j.Who == j.whoBefore {
		return nil
	}
	_, err := j.W.Exec("INSERT INTO alarm (account, who) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET who = excluded.who", j.Account, j.Who)
	return err
}

// verdict compares what the files show with what is recorded, and with the
// fullest state of the last days.
func (j *Judge) verdict() (*export.Loss, error) {
	gone, changed := 0, 0
	for _, c := range j.changes {
		switch {
		case c.Before != nil && c.Now == nil:
			gone++
		case c.Before != nil:
			changed++
		}
	}
	if j.hold != 0 || gone+changed >= j.t.Items || j.Who != "" && j.whoBefore != "" && j.Who != j.whoBefore {
		if err := j.count(); err != nil {
			return nil, err
		}
	}
	v, err := loss.Judge(j.question(j.changes))
	if err == nil && (v.Loss != nil || len(v.Notice) > 0) && j.had == nil { // few changes, and yet much was lost
		if err := j.count(); err != nil {
			return nil, err
		}
		v, err = loss.Judge(j.question(j.changes))
	}
	if err != nil {
		return nil, err
	}
	more, notice, err := j.lately(v)
	if err != nil {
		return nil, err
	}
	if v.Loss == nil && len(more) == 0 {
		if notice = loss.Merge(v.Notice, notice); len(notice) > 0 && j.hold == 0 {
			j.Notice = &export.Loss{Reasons: loss.Order(notice)}
		}
		return nil, nil
	}
	found := &export.Loss{Who: j.Who, WhoBefore: j.whoBefore, Reasons: more}
	if v.Loss != nil {
		found.Reasons = loss.Merge(v.Loss.Reasons, more)
	}
	found.Reasons = append(found.Reasons, loss.Untold(found.Reasons, v.Notice)...)
	found.Reasons = loss.Order(found.Reasons)
	return found, nil
}

func (j *Judge) question(changes []loss.Change) loss.Question {
	return loss.Question{
		Thresholds: j.t, At: j.Now, Changes: changes, Had: j.had, Has: j.has, Names: j.names,
		Who: j.Who, WhoBefore: j.whoBefore, Base: j.base, Present: j.present, Content: j.content, SamePicture: j.samePicture, Compared: j.compared,
	}
}

// keep holds the account, or goes on holding it.
func (j *Judge) keep(found *export.Loss) error {
	if err := j.count(); err != nil {
		return err
	}
	v, err := loss.Judge(j.question(j.changes))
	if err != nil {
		return err
	}
	first := j.hold == 0
	fates, err := v.Fates(found.Reasons, first)
	if err != nil {
		return err
	}
	if found != j.was {
		if found.AsOf, err = j.whole(found, fates); err != nil {
			return err
		}
	}
	text, err := json.Marshal(found)
	if err != nil {
		return fmt.Errorf("writing the loss: %w", err)
	}
	if first {
		if _, err := j.W.Row("SELECT ifnull(max(hold), 0) + 1 FROM hold", nil, &j.hold); err != nil {
			return err
		}
		_, err = j.W.Exec("INSERT INTO hold (hold, account, export, loss, state, changed) VALUES (?, ?, ?, ?, ?, ?)",
			j.hold, j.Account, j.Number, string(text), history.HoldOpen, history.Stamp(j.Now))
	} else {
		_, err = j.W.Exec("UPDATE hold SET loss = ? WHERE hold = ?", string(text), j.hold)
	}
	if err != nil {
		return err
	}
	dirty := map[int64]bool{}
	for _, c := range j.changes {
		dirty[j.at[c.Item]] = true
		if err := j.apply(c, fates[c.Item]); err != nil {
			return err
		}
	}
	for n := range dirty {
		if _, err := j.W.Exec("UPDATE collection SET dirty = 2 WHERE collection = ?", n); err != nil {
			return err
		}
	}
	return nil
}

func (j *Judge) apply(c loss.Change, fate loss.Fate) error {
	const override = `INSERT INTO accepted (item, hold, open, version, present) VALUES (?, ?, 1, ?, ?)
		ON CONFLICT (item) DO UPDATE SET hold = excluded.hold, open = 1, version = excluded.version, present = excluded.present`
	var err error
	switch fate {
	case loss.Keep:
		_, err = j.W.Exec(override, c.Item, j.hold, c.Before.Version, 1)
	case loss.Hide:
		// What was shown as vanished goes on being shown so.
		var shown sql.NullInt64
		_, err = j.W.Row(`SELECT CASE WHEN EXISTS (SELECT 1 FROM accepted WHERE item = ?1 AND open) THEN (SELECT version FROM accepted WHERE item = ?1)
			ELSE (SELECT max(version) FROM version WHERE item = ?1 AND version <= ?2 AND (blob IS NOT NULL OR photo IS NOT NULL)) END`, []any{c.Item, j.v0}, &shown)
		if err == nil {
			_, err = j.W.Exec(override, c.Item, j.hold, shown, 0)
		}
	default:
		_, err = j.W.Exec("UPDATE accepted SET open = 0 WHERE item = ? AND open", c.Item)
	}
	return err
}

// CutOff is judge for an export whose program ended before it did.
func CutOff(a *history.Store, w *history.Batch, l *export.Ledger) error {
	j := &Judge{W: w, Disk: a.Disk, Now: a.Now(), Number: l.Number}
	if _, err := w.Row("SELECT account FROM export WHERE number = ?", []any{l.Number}, &j.Account); err != nil {
		return err
	}
	if _, err := w.Row("SELECT value FROM archive WHERE name = ?", []any{WhoName(l.Number)}, &j.Who); err != nil {
		return err
	}
	found, err := j.Run()
	if err != nil {
		return fmt.Errorf("looking for a loss: %w", err)
	}
	l.Held, l.Loss, l.Notice = found != nil, found, j.Notice
	return ForgetWho(w, l.Number)
}

// WhoName is the row of the table archive that says for whom the source of an
// unfinished export answers.
func WhoName(number int64) string { return fmt.Sprintf("who/%d", number) }

func ForgetWho(w *history.Batch, number int64) error {
	_, err := w.Exec("DELETE FROM archive WHERE name = ?", WhoName(number))
	return err
}

// StillGone tells which items of an accepted hold show again what they showed:
// those that the source has not listed again since, in a state that is not
// hollow. answered is the newest export that the answer knew of.
func StillGone(w *history.Batch, hold, answered int64) ([]int64, error) {
	type row struct {
		item        int64
		shows, here bool
		was, now    sql.NullInt64
		newer, same bool
	}
	var rows []row
	err := w.Each(`SELECT a.item, a.present, i.present, a.version, i.version, ifnull(n.export > ?, 0), ifnull(v.blob IS n.blob AND v.photo IS n.photo, 0)
		FROM accepted a JOIN item i USING (item) LEFT JOIN version v ON v.version = a.version LEFT JOIN version n ON n.version = i.version
		WHERE a.hold = ? AND NOT a.open`, []any{answered, hold}, func(r *sql.Rows) error {
		var x row
		err := r.Scan(&x.item, &x.shows, &x.here, &x.was, &x.now, &x.newer, &x.same)
		rows = append(rows, x)
		return err
	})
	if err != nil {
		return nil, err
	}
	var items []int64
	for _, x := range rows {
		again := x.shows != x.here || x.shows && !x.same
		if again && x.shows && x.here && x.newer {
			if again, err = emptier(w, x.was.Int64, x.now.Int64); err != nil {
				return nil, err
			}
		}
		if again {
			items = append(items, x.item)
		}
	}
	return items, nil
}

// emptier reports whether version now of an item has lost content that version
// was had.
func emptier(w *history.Batch, was, now int64) (bool, error) {
	j := &Judge{W: w}
	b, err := j.facts(was)
	if err != nil {
		return false, err
	}
	n, err := j.facts(now)
	if err != nil || b == nil || n == nil {
		return false, err
	}
	v, err := loss.Judge(j.question([]loss.Change{{Item: 1, Before: b, Now: n}}))
	return v.Emptier+v.Gone > 0, err
}
