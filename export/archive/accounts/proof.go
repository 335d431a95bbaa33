package accounts

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/publish"
	"sidekeep/export/archive/resume"
	"sidekeep/export/archive/stage"
)

// SetProof records the proof of part slice, from 1 on, of slices parts of an
// account; 1 of 1 is all of it. At and Export are set here. A proof of all
// takes the place of every part before it, and so does the last part of a
// round. README.html tells of it.
func (a Keeper) SetProof(ctx context.Context, account string, slice, slices int, p history.Proof) error {
	if slice < 1 || slice > slices {
		return fmt.Errorf("there is no part %d of %d", slice, slices)
	}
	bad, err := json.Marshal(append([]history.Bad{}, p.Bad...))
	if err != nil {
		return fmt.Errorf("writing the proof: %w", err)
	}
	l, w, err := resume.Begin(a.s)
	if errors.Is(err, export.ErrBusy) {
		// The export that is running publishes at its end, because of the mark.
		l = nil
		w, err = history.NewBatch(ctx, a.s.DB)
	}
	if err != nil {
		return err
	}
	w.Lock()
	err = w.Begin()
	if err == nil {
		err = proof(w, account, slice, slices, history.Stamp(a.s.Now()), p, string(bad))
	}
	if err == nil {
		err = history.SetValue(w, "publish", "1")
	}
	if err == nil {
		err = w.Commit()
	}
	if err == nil && l != nil {
		err = publish.FilesSafely(&stage.Staging{A: a.s, W: w, Later: true, Together: disk.NewTogether(a.s.Disk)})
	}
	w.Unlock()
	if err = errors.Join(err, w.Close()); l != nil {
		err = errors.Join(err, l.Release())
	}
	return err
}

func proof(w *history.Batch, account string, slice, slices int, at string, p history.Proof, bad string) error {
	var id, number int64
	ok, err := w.Row("SELECT account, (SELECT ifnull(max(number), 0) FROM export WHERE export.account = account.account AND ended IS NOT NULL) FROM account WHERE name = ?",
		[]any{account}, &id, &number)
	if err != nil {
		return err
	}
	if !ok || number == 0 {
		return fmt.Errorf("%w: there is no export of %q to be proven", export.ErrGone, account)
	}
	if _, err := w.Exec("INSERT OR REPLACE INTO proof (account, slice, slices, proved, export, checked, good, bad) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		id, slice, slices, at, number, p.Checked, p.Good, bad); err != nil {
		return err
	}
	var parts int
	if _, err := w.Row("SELECT count(*) FROM proof WHERE account = ? AND slices = ?", []any{id, slices}, &parts); err != nil || parts < slices {
		return err
	}
	_, err = w.Exec("DELETE FROM proof WHERE account = ? AND slices <> ?", id, slices)
	return err
}

// NextProof tells which of slices parts of an account's proof is the next, and
// when a part was last proven; the zero time if none ever was. Part 0 means
// that the account was never proven as a whole.
func (a Keeper) NextProof(ctx context.Context, account string, slices int) (slice int, last time.Time, err error) {
	var id int64
	err = a.s.DB.QueryRowContext(ctx, "SELECT account FROM account WHERE name = ?", account).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, last, nil
	}
	if err != nil {
		return 0, last, disk.Caused(err)
	}
	parts, err := history.Parts(ctx, a.s.DB, id)
	if err != nil {
		return 0, last, disk.Caused(err)
	}
	when := map[int]time.Time{}
	whole, mine := false, 0
	for _, p := range parts {
		last = p.At // the newest is the last
		whole = whole || p.Slices == 1
		if p.Slices == slices {
			when[p.Slice] = p.At
			mine++
		}
	}
	if !whole && mine < slices {
		return 0, last, nil
	}
	slice = 1
	for s := 1; s <= slices; s++ {
		if when[s].Before(when[slice]) {
			slice = s
		}
	}
	return slice, last, nil
}
