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

// Errors of an answer that names the wrong export.
var (
	ErrNoExport  = errors.New("the archive has no export of this number")
	ErrNoHold    = errors.New("this export is not held, gave no notice, and nothing that it knew of is set aside")
	ErrOverAgain = errors.New("the loss of this export is over: the source lists what was missing again")
)

// An Answer is what [Archive.Accept] or [Archive.Hold] did.
type Answer struct {
	Account  string
	Export   int64        // as it was named
	Loss     *export.Loss // of the hold that was answered, nil if there was none
	Notice   *export.Loss // that was answered, or waits for an answer again; nil if there was none
	SetAside int          // items that are acknowledged now, or no longer
}

// Accept answers export n, and the held ones of its account before and after
// it, with: it was me. The owner's files follow what the source lists, what is
// gone moves to Vanished, and what the account has set aside until n counts as
// acknowledged. An export that gave notice is answered with: this looks right.
// From then on losses are counted anew. Nothing is removed from the history. It waits for no other
// writer: [export.ErrBusy] if there is one. The error is [ErrNoExport],
// [ErrNoHold] or [ErrOverAgain] if n is the wrong number.
func (a Holder) Accept(ctx context.Context, n int64) (Answer, error) {
	return answer(a.s, ctx, n, (*answering).accept)
}

// Hold takes back what Accept did: the owner's files show again what was held
// before, but for what the source has listed again since. Errors are those of
// Accept.
func (a Holder) Hold(ctx context.Context, n int64) (Answer, error) {
	return answer(a.s, ctx, n, (*answering).reopen)
}

// SetThresholds sets from when on an account's losses are noticed; the zero
// value sets the defaults. The archive need not know the account yet.
func (a Holder) SetThresholds(ctx context.Context, account string, t export.Thresholds) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if t.Items < 0 || t.Percent < 0 || t.Percent > 100 {
		return fmt.Errorf("%d items and %d %% are no thresholds", t.Items, t.Percent)
	}
	w, end, err := besideHistory(a.s, ctx)
	if err != nil {
		return err
	}
	w.lock()
	err = w.begin()
	var id int64
	if err == nil {
		id, _, err = accountOf(w, account)
	}
	if err == nil {
		_, err = w.exec("INSERT INTO alarm (account, items, percent) VALUES (?, ?, ?) ON CONFLICT (account) DO UPDATE SET items = excluded.items, percent = excluded.percent",
			id, t.Items, t.Percent)
	}
	if err == nil {
		err = w.commit()
	}
	w.unlock()
	return errors.Join(err, end())
}

// An answering is one answer being written.
type answering struct {
	w       *writer
	now     time.Time
	n       int64 // the export that is answered
	account int64
	hold    int64 // the one that n belongs to, 0 if none
	state   string
	first   int64        // its first export
	notice  *export.Loss // that n gave
	answer  Answer
}

func answer(a *Store, ctx context.Context, n int64, do func(*answering) error) (Answer, error) {
	if err := ctx.Err(); err != nil {
		return Answer{}, err
	}
	l, w, err := write(a)
	if err != nil {
		return Answer{}, err
	}
	w.lock()
	t := &answering{w: w, now: a.now(), n: n, answer: Answer{Export: n}}
	err = t.find()
	if err == nil {
		err = do(t)
	}
	if err == nil {
		err = followSource(a, w)
	}
	w.unlock()
	return t.answer, errors.Join(caused(err), w.close(), l.release())
}

// followSource commits, and lets the open files follow if any is behind.
func followSource(a *Store, w *writer) error {
	dirty, err := dirty(w)
	if err == nil && dirty {
		err = set(w, "publish", "1")
	}
	if err == nil {
		err = w.commit()
	}
	if err != nil || !dirty {
		return err
	}
	return publish(a, w, false)
}

// find looks up the export and the hold that it belongs to.
func (t *answering) find() error {
	var ledger string
	ok, err := t.w.row("SELECT account.account, account.name, ledger FROM export JOIN account USING (account) WHERE number = ? AND ended IS NOT NULL",
		[]any{t.n}, &t.account, &t.answer.Account, &ledger)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("%w: %d", ErrNoExport, t.n)
	}
	var l struct {
		Held   bool
		Notice *export.Loss
	}
	if err := json.Unmarshal([]byte(ledger), &l); err != nil {
		return fmt.Errorf("%w: the ledger of export %d: %w", export.ErrDamaged, t.n, err)
	}
	if t.notice = l.Notice; !l.Held {
		return nil
	}
	var loss string
	ok, err = t.w.row("SELECT hold, export, state, loss FROM hold WHERE account = ? AND export <= ? ORDER BY export DESC LIMIT 1",
		[]any{t.account, t.n}, &t.hold, &t.first, &t.state, &loss)
	if err != nil || !ok {
		return err
	}
	if err := json.Unmarshal([]byte(loss), &t.answer.Loss); err != nil {
		return fmt.Errorf("%w: the loss of export %d: %w", export.ErrDamaged, t.first, err)
	}
	return nil
}

func (t *answering) accept() error {
	aside, err := t.asides()
	if err != nil {
		return err
	}
	switch {
	case t.hold == 0 && len(aside) == 0 && t.notice == nil:
		return fmt.Errorf("%w: %d", ErrNoHold, t.n)
	case t.state == HoldEnded && len(aside) == 0:
		return fmt.Errorf("%w: %d", ErrOverAgain, t.n)
	case t.state == HoldOpen:
		if err := t.closeHold(); err != nil {
			return err
		}
	case t.notice != nil:
		if err := t.seen(); err != nil {
			return err
		}
	}
	for _, v := range aside {
		if _, err := t.w.exec("INSERT INTO acknowledged (version) VALUES (?) ON CONFLICT DO NOTHING", v); err != nil {
			return err
		}
	}
	t.answer.SetAside = len(aside)
	return nil
}

// seen answers a notice: from the export that gave the last one on, losses are
// counted anew.
func (t *answering) seen() error {
	noticed, err := noticed(t.w, t.account)
	if err != nil {
		return err
	}
	if t.answer.Notice = t.notice; noticed < t.n {
		return nil // it is answered already
	}
	if err := noteNotice(t.w, t.account, 0); err != nil {
		return err
	}
	_, err = t.w.exec(`INSERT INTO alarm (account, answered) VALUES (?, ?)
		ON CONFLICT (account) DO UPDATE SET answered = max(answered, excluded.answered)`, t.account, noticed)
	return err
}

// unseen takes back what seen did, if nothing was answered since.
func (t *answering) unseen() error {
	var later bool
	if _, err := t.w.row("SELECT EXISTS (SELECT 1 FROM hold WHERE account = ? AND export > ? AND state = 'accepted')", []any{t.account, t.n}, &later); err != nil {
		return err
	}
	noticed, err := noticed(t.w, t.account)
	if err != nil || later || noticed > t.n {
		return err
	}
	t.answer.Notice = t.notice
	if err := noteNotice(t.w, t.account, t.n); err != nil {
		return err
	}
	_, err = t.w.exec("UPDATE alarm SET answered = min(answered, ?) WHERE account = ?", t.n-1, t.account)
	return err
}

// asides lists the versions that are set aside now and were so at export n.
func (t *answering) asides() ([]int64, error) {
	return ints(t.w, `SELECT version FROM collection JOIN item USING (collection) JOIN version USING (version)
		WHERE collection.account = ? AND (item.failed OR item.aside) AND item.aside AND item.present AND version.export <= ?`, t.account, t.n)
}

// closeHold lets the owner's files follow what is recorded. From now on losses
// are counted from the newest export.
func (t *answering) closeHold() error {
	if err := closeOverrides(t.w, t.hold, HoldAccepted, t.now); err != nil {
		return err
	}
	if err := noteNotice(t.w, t.account, 0); err != nil {
		return err
	}
	_, err := t.w.exec(`INSERT INTO alarm (account, who, answered) VALUES (?1, ?2, (SELECT max(number) FROM export WHERE account = ?1))
		ON CONFLICT (account) DO UPDATE SET answered = excluded.answered, who = iif(excluded.who = '', who, excluded.who)`, t.account, t.answer.Loss.Who)
	return err
}

func (t *answering) reopen() error {
	aside, err := ints(t.w, `SELECT acknowledged.version FROM acknowledged JOIN version USING (version) JOIN item ON item.item = version.item
		JOIN collection USING (collection) WHERE collection.account = ? AND version.export <= ?`, t.account, t.n)
	if err != nil {
		return err
	}
	switch {
	case t.hold == 0 && len(aside) == 0 && t.notice == nil:
		return fmt.Errorf("%w: %d", ErrNoHold, t.n)
	case t.state == HoldEnded && len(aside) == 0:
		return fmt.Errorf("%w: %d", ErrOverAgain, t.n)
	case t.state == HoldAccepted:
		if err := t.openHold(); err != nil {
			return err
		}
	case t.notice != nil:
		if err := t.unseen(); err != nil {
			return err
		}
	}
	for _, v := range aside {
		if _, err := t.w.exec("DELETE FROM acknowledged WHERE version = ?", v); err != nil {
			return err
		}
	}
	t.answer.SetAside = len(aside)
	return nil
}

// openHold shows again what the hold showed, but for items that the source has
// listed again since.
func (t *answering) openHold() error {
	var answered int64
	if _, err := t.w.row("SELECT answered FROM alarm WHERE account = ?", []any{t.account}, &answered); err != nil {
		return err
	}
	items, err := stillGone(t.w, t.hold, answered)
	if err != nil {
		return err
	}
	for _, item := range items {
		if _, err := t.w.exec("UPDATE accepted SET open = 1 WHERE item = ?", item); err != nil {
			return err
		}
		if _, err := t.w.exec("UPDATE collection SET dirty = 2 WHERE collection = (SELECT collection FROM item WHERE item = ?)", item); err != nil {
			return err
		}
	}
	_, err = t.w.exec("UPDATE hold SET state = ?, changed = ? WHERE hold = ?", HoldOpen, stamp(t.now), t.hold)
	if err == nil {
		_, err = t.w.exec("UPDATE alarm SET answered = ?, who = iif(? = '', who, ?) WHERE account = ?",
			t.first-1, t.answer.Loss.WhoBefore, t.answer.Loss.WhoBefore, t.account)
	}
	return err
}

// Holds tells the holds of an account, "" for all, newest first.
func (a Holder) Holds(ctx context.Context, account string) ([]Hold, error) {
	list := []Hold{}
	err := eachRow(ctx, a.s.db, `SELECT account.name, hold.export, hold.state, hold.changed, hold.loss FROM hold JOIN account USING (account)
		WHERE ? IN ('', account.name) ORDER BY hold.hold DESC`, []any{account}, func(rows *sql.Rows) error {
		h, err := scanHold(rows)
		list = append(list, h)
		return err
	})
	return list, caused(err)
}

// ints reads a column of numbers.
func ints(w *writer, query string, args ...any) (list []int64, err error) {
	err = w.each(query, args, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		list = append(list, n)
		return err
	})
	return list, err
}

// A Holder answers the exports that are held or gave notice.
type Holder struct{ s *Store }

// newHolder is the Holder of a store.
func newHolder(s *Store) Holder { return Holder{s} }
