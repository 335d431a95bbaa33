package archive

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"sidekeep/export"
)

// SetProof records the proof of part slice, from 1 on, of slices parts of an
// account; 1 of 1 is all of it. At and Export are set here. A proof of all
// takes the place of every part before it, and so does the last part of a
// round. README.html tells of it.
func (a Keeper) SetProof(ctx context.Context, account string, slice, slices int, p Proof) error {
	if slice < 1 || slice > slices {
		return fmt.Errorf("there is no part %d of %d", slice, slices)
	}
	bad, err := json.Marshal(append([]Bad{}, p.Bad...))
	if err != nil {
		return fmt.Errorf("writing the proof: %w", err)
	}
	l, w, err := write(a.s)
	if errors.Is(err, export.ErrBusy) {
		// The export that is running publishes at its end, because of the mark.
		l = nil
		w, err = newWriter(ctx, a.s.db)
	}
	if err != nil {
		return err
	}
	w.lock()
	err = w.begin()
	if err == nil {
		err = proof(w, account, slice, slices, stamp(a.s.now()), p, string(bad))
	}
	if err == nil {
		err = set(w, "publish", "1")
	}
	if err == nil {
		err = w.commit()
	}
	if err == nil && l != nil {
		err = publishSafely((&publication{a: a.s, w: w, later: true, together: newTogether(a.s.disk)}))
	}
	w.unlock()
	if err = errors.Join(err, w.close()); l != nil {
		err = errors.Join(err, l.release())
	}
	return err
}

func proof(w *writer, account string, slice, slices int, at string, p Proof, bad string) error {
	var id, number int64
	ok, err := w.row("SELECT account, (SELECT ifnull(max(number), 0) FROM export WHERE export.account = account.account AND ended IS NOT NULL) FROM account WHERE name = ?",
		[]any{account}, &id, &number)
	if err != nil {
		return err
	}
	if !ok || number == 0 {
		return fmt.Errorf("%w: there is no export of %q to be proven", export.ErrGone, account)
	}
	if _, err := w.exec("INSERT OR REPLACE INTO proof (account, slice, slices, proved, export, checked, good, bad) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		id, slice, slices, at, number, p.Checked, p.Good, bad); err != nil {
		return err
	}
	var parts int
	if _, err := w.row("SELECT count(*) FROM proof WHERE account = ? AND slices = ?", []any{id, slices}, &parts); err != nil || parts < slices {
		return err
	}
	_, err = w.exec("DELETE FROM proof WHERE account = ? AND slices <> ?", id, slices)
	return err
}

// NextProof tells which of slices parts of an account's proof is the next, and
// when a part was last proven; the zero time if none ever was. Part 0 means
// that the account was never proven as a whole.
func (a Keeper) NextProof(ctx context.Context, account string, slices int) (slice int, last time.Time, err error) {
	var id int64
	err = a.s.db.QueryRowContext(ctx, "SELECT account FROM account WHERE name = ?", account).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, last, nil
	}
	if err != nil {
		return 0, last, caused(err)
	}
	parts, err := parts(ctx, a.s.db, id)
	if err != nil {
		return 0, last, caused(err)
	}
	when := map[int]time.Time{}
	whole, mine := false, 0
	for _, p := range parts {
		last = p.At // the newest is the last
		whole = whole || p.slices == 1
		if p.slices == slices {
			when[p.slice] = p.At
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
