package hold

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
	"sidekeep/export/archive/judge"
	"sidekeep/export/archive/publish"
	"sidekeep/export/archive/resume"
)

// Errors of an answer that names the wrong export.
var (
	ErrNoExport  = errors.New("the archive has no export of this number")
	ErrNoHold    = errors.New("this export is not held, gave no notice, and nothing that it knew of is set aside")
	ErrOverAgain = errors.New("the loss of this export is over: the source lists what was missing again")
)

// An Answer is what Archive.Accept or Archive.Hold did.
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
	if t.Items < 0 || t.Percent < 0 || t.Percent > 100 {
		return fmt.Errorf("%d items and %d %% are no thresholds", t.Items, t.Percent)
	}
	return history.Write(ctx, a.s, func(w *history.Batch) error {
		id, _, err := history.AccountOf(w, account)
		if err == nil {
			_, err = w.Exec("INSERT INTO alarm (account, items, percent) VALUES (?, ?, ?) ON CONFLICT (account) DO UPDATE SET items = excluded.items, percent = excluded.percent",
				id, t.Items, t.Percent)
		}
		return err
	})
}

// An answering is one answer being written.
type answering struct {
	w       *history.Batch
	now     time.Time
	n       int64 // the export that is answered
	account int64
	hold    int64 // the one that n belongs to, 0 if none
	state   string
	first   int64        // its first export
	notice  *export.Loss // that n gave
	answer  Answer
}

func answer(a *history.Store, ctx context.Context, n int64, do func(*answering) error) (Answer, error) {
	t := &answering{now: a.Now(), n: n, answer: Answer{Export: n}}
	err := resume.Write(ctx, a, func(w *history.Batch) error {
		t.w = w
		if err := t.find(); err != nil {
			return err
		}
		if err := do(t); err != nil {
			return err
		}
		return followSource(a, w)
	})
	return t.answer, err
}

// followSource commits, and lets the open files follow if any is behind.
func followSource(a *history.Store, w *history.Batch) error {
	dirty, err := publish.Behind(w)
	if err == nil && dirty {
		err = history.SetValue(w, "publish", "1")
	}
	if err == nil {
		err = w.Commit()
	}
	if err != nil || !dirty {
		return err
	}
	return publish.Files(a, w, false)
}

// find looks up the export and the hold that it belongs to.
func (t *answering) find() error {
	var ledger string
	ok, err := t.w.Row("SELECT account.account, account.name, ledger FROM export JOIN account USING (account) WHERE number = ? AND ended IS NOT NULL",
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
	ok, err = t.w.Row("SELECT hold, export, state, loss FROM hold WHERE account = ? AND export <= ? ORDER BY export DESC LIMIT 1",
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
	case t.state == history.HoldEnded && len(aside) == 0:
		return fmt.Errorf("%w: %d", ErrOverAgain, t.n)
	case t.state == history.HoldOpen:
		if err := t.closeHold(); err != nil {
			return err
		}
	case t.notice != nil:
		if err := t.seen(); err != nil {
			return err
		}
	}
	for _, v := range aside {
		if _, err := t.w.Exec("INSERT INTO acknowledged (version) VALUES (?) ON CONFLICT DO NOTHING", v); err != nil {
			return err
		}
	}
	t.answer.SetAside = len(aside)
	return nil
}

// seen answers a notice: from the export that gave the last one on, losses are
// counted anew.
func (t *answering) seen() error {
	noticed, err := judge.Noticed(t.w, t.account)
	if err != nil {
		return err
	}
	if t.answer.Notice = t.notice; noticed < t.n {
		return nil // it is answered already
	}
	if err := judge.NoteNotice(t.w, t.account, 0); err != nil {
		return err
	}
	_, err = t.w.Exec(`INSERT INTO alarm (account, answered) VALUES (?, ?)
		ON CONFLICT (account) DO UPDATE SET answered = max(answered, excluded.answered)`, t.account, noticed)
	return err
}

// unseen takes back what seen did, if nothing was answered since.
func (t *answering) unseen() error {
	var later bool
	if _, err := t.w.Row("SELECT EXISTS (SELECT 1 FROM hold WHERE account = ? AND export > ? AND state = 'accepted')", []any{t.account, t.n}, &later); err != nil {
		return err
	}
	noticed, err := judge.Noticed(t.w, t.account)
	if err != nil || later || noticed > t.n {
		return err
	}
	t.answer.Notice = t.notice
	if err := judge.NoteNotice(t.w, t.account, t.n); err != nil {
		return err
	}
	_, err = t.w.Exec("UPDATE alarm SET answered = min(answered, ?) WHERE account = ?", t.n-1, t.account)
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
	if err := judge.CloseOverrides(t.w, t.hold, history.HoldAccepted, t.now); err != nil {
		return err
	}
	if err := judge.NoteNotice(t.w, t.account, 0); err != nil {
		return err
	}
	_, err := t.w.Exec(`INSERT INTO alarm (account, who, answered) VALUES (?1, ?2, (SELECT max(number) FROM export WHERE account = ?1))
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
	case t.state == history.HoldEnded && len(aside) == 0:
		return fmt.Errorf("%w: %d", ErrOverAgain, t.n)
	case t.state == history.HoldAccepted:
		if err := t.openHold(); err != nil {
			return err
		}
	case t.notice != nil:
		if err := t.unseen(); err != nil {
			return err
		}
	}
	for _, v := range aside {
		if _, err := t.w.Exec("DELETE FROM acknowledged WHERE version = ?", v); err != nil {
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
	if _, err := t.w.Row("SELECT answered FROM alarm WHERE account = ?", []any{t.account}, &answered); err != nil {
		return err
	}
	items, err := judge.StillGone(t.w, t.hold, answered)
	if err != nil {
		return err
	}
	for _, item := range items {
		if _, err := t.w.Exec("UPDATE accepted SET open = 1 WHERE item = ?", item); err != nil {
			return err
		}
		if _, err := t.w.Exec("UPDATE collection SET dirty = 2 WHERE collection = (SELECT collection FROM item WHERE item = ?)", item); err != nil {
			return err
		}
	}
	_, err = t.w.Exec("UPDATE hold SET state = ?, changed = ? WHERE hold = ?", history.HoldOpen, history.Stamp(t.now), t.hold)
	if err == nil {
		_, err = t.w.Exec("UPDATE alarm SET answered = ?, who = iif(? = '', who, ?) WHERE account = ?",
			t.first-1, t.answer.Loss.WhoBefore, t.answer.Loss.WhoBefore, t.account)
	}
	return err
}

// Holds tells the holds of an account, "" for all, newest first.
func (a Holder) Holds(ctx context.Context, account string) ([]history.Hold, error) {
	list := []history.Hold{}
	err := history.Each(ctx, a.s.DB, `SELECT account.name, hold.export, hold.state, hold.changed, hold.loss FROM hold JOIN account USING (account)
		WHERE ? IN ('', account.name) ORDER BY hold.hold DESC`, []any{account}, func(rows *sql.Rows) error {
		h, err := history.ScanHold(rows)
		list = append(list, h)
		return err
	})
	return list, disk.Caused(err)
}

// ints reads a column of numbers.
func ints(w *history.Batch, query string, args ...any) (list []int64, err error) {
	err = w.Each(query, args, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		list = append(list, n)
		return err
	})
	return list, err
}

// A Holder answers the exports that are held or gave notice.
type Holder struct{ s *history.Store }

// NewHolder is the Holder of a store.
func NewHolder(s *history.Store) Holder { return Holder{s} }
