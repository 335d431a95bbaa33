package exports

import (
	"context"
	"errors"
	"fmt"

	"sidekeep/app/work/desk"
	"sidekeep/export"
	"sidekeep/export/archive"
)

// Accept answers the held export n with: it was me. The copy follows what the
// source lists; what the account has set aside until then is acknowledged. It
// changes the archive alone.
func (w Exporter) Accept(ctx context.Context, n int64) (archive.Answer, error) {
	return answer(w.d, ctx, n, (*archive.Archive).Accept)
}

// Hold takes back what Accept did.
func (w Exporter) Hold(ctx context.Context, n int64) (archive.Answer, error) {
	return answer(w.d, ctx, n, (*archive.Archive).Hold)
}

func answer(w *desk.Desk, ctx context.Context, n int64, do func(*archive.Archive, context.Context, int64) (archive.Answer, error)) (t archive.Answer, err error) {
	a, err := desk.ArchiveHere(w)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	t, err = do(a, ctx, n)
	return t, notAnswered(n, err)
}

// notAnswered gives the refusal of a number its words.
func notAnswered(n int64, err error) error {
	look := "See which ones there are with “sidekeep history”, and what waits for an answer with “sidekeep status”."
	switch {
	case errors.Is(err, archive.ErrNoExport):
		return &desk.Error{What: fmt.Sprintf("There is no export %d in this archive.", n), Meaning: desk.AsItWas, Try: look, Usage: true, Err: err}
	case errors.Is(err, archive.ErrNoHold):
		return &desk.Error{
			What:    fmt.Sprintf("Export %d waits for no answer: it did not look like a loss, gave no notice, and nothing is set aside.", n),
			Meaning: desk.AsItWas, Try: look, Usage: true, Err: err,
		}
	case errors.Is(err, archive.ErrOverAgain):
		return &desk.Error{
			What:    fmt.Sprintf("Export %d waits for no answer any more: the service lists again what was missing.", n),
			Meaning: desk.AsItWas, Try: look, Usage: true, Err: err,
		}
	}
	return err
}

// SetAlarm sets from when on fewer items of an account look like a loss. The
// archive is made if there is none.
func (w Exporter) SetAlarm(ctx context.Context, name string, t export.Thresholds) (err error) {
	if err := CheckAlarm(t); err != nil {
		return err
	}
	x, err := desk.AccountNamed(w.d, name)
	if err != nil {
		return err
	}
	a, err := desk.ArchiveHere(w.d)
	if err != nil && desk.MayBegin(w.d, err) {
		a, err = desk.MakeArchive(w.d, ctx)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.SetThresholds(ctx, x.Name, t)
}

// Alarms tells the thresholds of each account that the archive knows; none if
// there is no archive now.
func (w Exporter) Alarms(ctx context.Context) (map[string]export.Thresholds, error) {
	a, err := desk.ArchiveHere(w.d)
	if err != nil {
		return nil, nil // the accounts can be listed all the same
	}
	accounts, err := a.Accounts(ctx)
	if err := errors.Join(err, a.Close()); err != nil {
		return nil, err
	}
	alarms := map[string]export.Thresholds{}
	for _, x := range accounts {
		alarms[x.Name] = x.Thresholds
	}
	return alarms, nil
}

// CheckAlarm refuses thresholds that would never, or always, be reached.
func CheckAlarm(t export.Thresholds) error {
	if t.Items >= 1 && t.Percent >= 1 && t.Percent <= 100 {
		return nil
	}
	return &desk.Error{
		What:    fmt.Sprintf("%d items and %d %% cannot be noticed.", t.Items, t.Percent),
		Meaning: "Nothing was changed.",
		Try:     "Name at least 1 item, and a share from 1 % to 100 %. “5 20” is what an account has by default.", Usage: true,
	}
}
