package judge

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"sidekeep/export"
	"sidekeep/export/archive/history"
)

// Noticed is the export of an account that gave notice and waits for an answer,
// 0 if there is none.
func Noticed(w *history.Batch, account int64) (n int64, err error) {
	_, err = w.Row("SELECT value FROM archive WHERE name = ?", []any{history.NoticeName(account)}, &n)
	return n, err
}

// NoteNotice remembers that an export gave notice; 0 that there is none that waits
// for an answer.
func NoteNotice(w *history.Batch, account, export int64) error {
	if export != 0 {
		return history.SetValue(w, history.NoticeName(account), fmt.Sprint(export))
	}
	_, err := w.Exec("DELETE FROM archive WHERE name = ?", history.NoticeName(account))
	return err
}

// endNotice ends the notice that waits for an answer if what it was given of is
// as it was before: if it was undone over there.
func (j *Judge) endNotice() error {
	if j.noticed == 0 || j.noticed == j.Number {
		return nil
	}
	var came bool
	if _, err := j.W.Row("SELECT EXISTS (SELECT 1 FROM version WHERE export = ?)", []any{j.Number}, &came); err != nil || !came {
		return err
	}
	undone, err := j.undone()
	if err != nil || !undone {
		return err
	}
	return NoteNotice(j.W, j.Account, 0)
}

// undone tells whether everything that the noticed export changed or found gone is
// there and has lost nothing of what it had before, and whether that is as much
// as was noticed: a notice may be of earlier exports, too.
func (j *Judge) undone() (bool, error) {
	var text string
	if _, err := j.W.Row("SELECT ifnull(ledger, '{}') FROM export WHERE number = ?", []any{j.noticed}, &text); err != nil {
		return false, err
	}
	var l struct{ Notice *export.Loss }
	if json.Unmarshal([]byte(text), &l) != nil || l.Notice == nil {
		return false, nil // it waits for an answer
	}
	most := 0
	for _, r := range l.Notice.Reasons {
		if r.Rule == export.RuleChanged {
			return false, nil // nothing was lost that could come back
		}
		most = max(most, r.Lost)
	}
	type state struct {
		present  bool
		was, now sql.NullInt64
	}
	var list []state
	err := j.W.Each(`SELECT i.present, i.version, (SELECT max(p.version) FROM version p WHERE p.item = i.item AND p.version < t.first AND (p.blob IS NOT NULL OR p.photo IS NOT NULL))
		FROM (SELECT item, min(version) AS first FROM version WHERE export = ? GROUP BY item) t JOIN item i USING (item)`, []any{j.noticed}, func(r *sql.Rows) error {
		var s state
		err := r.Scan(&s.present, &s.now, &s.was)
		list = append(list, s)
		return err
	})
	if err != nil {
		return false, err
	}
	back := 0
	for _, s := range list {
		if !s.was.Valid {
			continue // it was new then
		}
		if !s.present {
			return false, nil
		}
		if lost, err := emptier(j.W, s.was.Int64, s.now.Int64); err != nil || lost {
			return false, err
		}
		back++
	}
	return back >= most, nil
}
