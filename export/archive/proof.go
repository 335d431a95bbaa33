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

// A Proof is what restoring an account's open files into a scratch service
// showed.
type Proof struct {
	At      time.Time // of its oldest part
	Export  int64     // the newest export of the account when that part was made
	Checked int
	Good    int
	Bad     []Bad
}

// Proven reports whether every item came back as it was.
func (p *Proof) Proven() bool { return p.Good == p.Checked && len(p.Bad) == 0 }

// SetProof records the proof of part slice, from 1 on, of slices parts of an
// account; 1 of 1 is all of it. At and Export are set here. A proof of all
// takes the place of every part before it, and so does the last part of a
// round. README.html tells of it.
func (a *Archive) SetProof(ctx context.Context, account string, slice, slices int, p Proof) error {
	if slice < 1 || slice > slices {
		return fmt.Errorf("there is no part %d of %d", slice, slices)
	}
	bad, err := json.Marshal(append([]Bad{}, p.Bad...))
	if err != nil {
		return fmt.Errorf("writing the proof: %w", err)
	}
	l, w, err := a.write()
	if errors.Is(err, export.ErrBusy) {
		// The export that is running publishes at its end, because of the mark.
		l = nil
		w, err = newWriter(ctx, a.db)
	}
	if err != nil {
		return err
	}
	w.lock()
	err = w.begin()
	if err == nil {
		err = w.proof(account, slice, slices, stamp(a.now()), p, string(bad))
	}
	if err == nil {
		err = w.set("publish", "1")
	}
	if err == nil {
		err = w.commit()
	}
	if err == nil && l != nil {
		err = (&publication{a: a, w: w, later: true, together: newTogether(a.disk)}).publish()
	}
	w.unlock()
	if err = errors.Join(err, w.close()); l != nil {
		err = errors.Join(err, l.release())
	}
	return err
}

func (w *writer) proof(account string, slice, slices int, at string, p Proof, bad string) error {
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

// A part is one recorded part of a proof.
type part struct {
	slice, slices int
	Proof
}

// parts reads the parts of an account's proof, the oldest first.
func parts(ctx context.Context, q querier, account int64) ([]part, error) {
	var list []part
	err := eachRow(ctx, q, "SELECT slice, slices, proved, export, checked, good, bad FROM proof WHERE account = ? ORDER BY proved, slice", []any{account}, func(r *sql.Rows) error {
		var p part
		var at, bad string
		if err := r.Scan(&p.slice, &p.slices, &at, &p.Export, &p.Checked, &p.Good, &bad); err != nil {
			return err
		}
		p.At = timeOf(at)
		if err := json.Unmarshal([]byte(bad), &p.Bad); err != nil {
			return fmt.Errorf("%w: a proof: %w", export.ErrDamaged, err)
		}
		list = append(list, p)
		return nil
	})
	return list, err
}

// proofOf sums the parts up: those of the newest whole round, and what a part of
// the next one has found since. nil if there was no whole round yet, and
// nothing is wrong.
func proofOf(ctx context.Context, q querier, account int64) (*Proof, error) {
	parts, err := parts(ctx, q, account)
	if err != nil {
		return nil, err
	}
	count := map[int]int{}
	for _, p := range parts {
		count[p.slices]++
	}
	var sum, later Proof
	whole := false
	for _, p := range parts {
		if count[p.slices] < p.slices {
			later.Bad = append(later.Bad, p.Bad...)
			later.Checked, later.Good = later.Checked+p.Checked, later.Good+p.Good
			if later.At.IsZero() {
				later.At, later.Export = p.At, p.Export
			}
			continue
		}
		if !whole {
			sum.At, sum.Export = p.At, p.Export
		}
		whole = true
		sum.Checked, sum.Good, sum.Bad = sum.Checked+p.Checked, sum.Good+p.Good, append(sum.Bad, p.Bad...)
	}
	switch {
	case !whole && len(later.Bad) == 0:
		return nil, nil
	case !whole:
		return &later, nil
	}
	known := map[Bad]bool{}
	for _, b := range sum.Bad {
		known[b] = true
	}
	for _, b := range later.Bad {
		if !known[b] {
			sum.Bad = append(sum.Bad, b)
			sum.Good = max(0, sum.Good-1)
		}
	}
	return &sum, nil
}

// NextProof tells which of slices parts of an account's proof is the next, and
// when a part was last proven; the zero time if none ever was. Part 0 means
// that the account was never proven as a whole.
func (a *Archive) NextProof(ctx context.Context, account string, slices int) (slice int, last time.Time, err error) {
	var id int64
	err = a.db.QueryRowContext(ctx, "SELECT account FROM account WHERE name = ?", account).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, last, nil
	}
	if err != nil {
		return 0, last, caused(err)
	}
	parts, err := parts(ctx, a.db, id)
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
