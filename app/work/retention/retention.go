package retention

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"sidekeep/app/work/desk"
	"sidekeep/app/work/past"
	"sidekeep/export/archive"
)

var agePattern = regexp.MustCompile(`^(\d{1,5})\s*(h|hours?|d|days?|w|weeks?|m|months?|y|years?)$`)

// Before reads AGE or DATE: "90 days", "12m", "2y", or a day, which begins at
// midnight, or a time.
func (w Pruner) Before(text string) (time.Time, error) {
	now := w.d.Options.Now()
	text = strings.ToLower(strings.TrimSpace(text))
	if m := agePattern.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1]) // at most five digits
		switch m[2][0] {
		case 'h':
			return now.Add(-time.Duration(n) * time.Hour), nil
		case 'd':
			return now.AddDate(0, 0, -n), nil
		case 'w':
			return now.AddDate(0, 0, -7*n), nil
		case 'm':
			return now.AddDate(0, -n, 0), nil
		}
		return now.AddDate(-n, 0, 0), nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", time.RFC3339} {
		t, err := time.ParseInLocation(layout, strings.ToUpper(text), time.Local)
		if err != nil {
			continue
		}
		if t.After(now) {
			return t, &desk.Error{
				What: "“" + text + "” is still to come.", Meaning: "Nothing was removed.",
				Try: "Name a day in the past, such as 2020-01-31, or an age, such as 90d or 2y.", Usage: true,
			}
		}
		return t, nil
	}
	return now, &desk.Error{
		What: "“" + text + "” is no age and no date.", Meaning: "Nothing was removed.",
		Try: "Write an age as 90d, 12m or 2y (days, months, years), and a date as 2020-01-31.", Usage: true,
	}
}

// PlanPrune tells which older versions Prune would remove. It changes nothing.
func (w Pruner) PlanPrune(ctx context.Context, before time.Time) (p archive.Pruning, err error) {
	a, err := desk.ArchiveHere(w.d)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.PlanPrune(ctx, before)
}

// Prune removes what p says.
func (w Pruner) Prune(ctx context.Context, p archive.Pruning) (done archive.Pruning, err error) {
	a, err := desk.ArchiveHere(w.d)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	done, err = a.Prune(ctx, p)
	return done, otherwise(err)
}

// PlanForget tells what Forget would delete. It changes nothing. The error
// wraps an [*archive.AmbiguousError] if a name may mean several items.
func (w Pruner) PlanForget(ctx context.Context, f archive.Forget) (p archive.Forgetting, err error) {
	a, err := desk.ArchiveHere(w.d)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	accounts, err := a.Accounts(ctx)
	if err != nil {
		return p, err
	}
	f.Account, err = past.Archived(f.Account, accounts)
	if err != nil {
		return p, err
	}
	p, err = a.PlanForget(ctx, f)
	return p, noItem(f, err)
}

// noItem gives the errors of a name their words.
func noItem(f archive.Forget, err error) error {
	var several *archive.AmbiguousError
	var none *archive.NoItemError
	switch {
	case errors.As(err, &several):
		return &desk.Error{
			What:    fmt.Sprintf("%d items of “%s” may be meant by “%s”.", len(several.Candidates), f.Account, several.Name),
			Meaning: desk.NothingDeleted,
			Try:     "Name the one that is meant by its ID, or all of them with --all.", Usage: true, Err: err,
		}
	case errors.As(err, &none):
		return &desk.Error{
			What:    fmt.Sprintf("The archive has nothing called “%s” of “%s”.", none.Name, none.Account),
			Meaning: desk.NothingDeleted,
			Try:     "Name it as “sidekeep list” shows it, or by its ID or UID, which stand in the account's index.csv.", Usage: true, Err: err,
		}
	}
	return err
}

// Forget deletes for good what p says, and first the restores that name it.
func (w Pruner) Forget(ctx context.Context, p archive.Forgetting) (err error) {
	a, err := desk.ArchiveHere(w.d)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := forgetRestores(ctx, a, p); err != nil {
		return err
	}
	return otherwise(a.Forget(ctx, p))
}

// otherwise gives a plan that no longer fits its words.
func otherwise(err error) error {
	if !errors.Is(err, archive.ErrChanged) {
		return err
	}
	return &desk.Error{
		What: "The archive has changed since this was shown.", Meaning: desk.NothingDeleted,
		Try: "Run it again, and look at what would go now.", Err: err,
	}
}

// A Pruner prunes and forgets.
type Pruner struct{ d *desk.Desk }

// NewPruner is the Pruner of a desk.
func NewPruner(d *desk.Desk) Pruner { return Pruner{d} }
