package work

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sidekeep/export/archive"
	"sidekeep/formats/fields"
)

// ParseMoment reads what a person writes for a moment: the number of an export,
// a day, which counts up to its end, or a time, which without seconds counts up
// to the end of its minute. Times without a zone are those of this computer.
func ParseMoment(text string, now time.Time) (archive.Moment, error) {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
		return archive.Moment{Export: n}, nil
	}
	switch strings.ToLower(text) {
	case "now":
		return archive.Moment{Time: now}, nil
	case "today":
		return archive.Moment{Time: endOfDay(now)}, nil
	case "yesterday":
		return archive.Moment{Time: endOfDay(now.AddDate(0, 0, -1))}, nil
	}
	for _, form := range []struct {
		layout string
		end    time.Duration // of what the text names; 0 for a day
	}{
		{time.DateOnly, 0},
		{"2006-01-02 15:04", time.Minute}, {"2006-01-02T15:04", time.Minute},
		{"2006-01-02 15:04:05", time.Second}, {"2006-01-02T15:04:05", time.Second},
		{time.RFC3339, time.Second}, {"2006-01-02 15:04:05Z07:00", time.Second}, {"2006-01-02T15:04Z07:00", time.Minute},
	} {
		t, err := time.ParseInLocation(form.layout, text, now.Location())
		switch {
		case err != nil:
			continue
		case form.end == 0:
			return archive.Moment{Time: endOfDay(t)}, nil
		case t.Nanosecond() != 0:
			return archive.Moment{Time: t}, nil
		}
		return archive.Moment{Time: t.Add(form.end - 1)}, nil
	}
	return archive.Moment{}, &Error{
		What: fmt.Sprintf("“%s” is neither a day, nor a time, nor the number of an export.", text), Meaning: "Nothing was done.",
		Try: "Write it like 2026-12-24, “2026-12-24 21:00” or 12; “sidekeep history” lists the exports.", Usage: true,
	}
}

func endOfDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, -1, t.Location())
}

// ofPast gives what the archive cannot answer of the past its words.
func (w *Work) ofPast(err error) error {
	now := w.o.Now()
	var early *archive.TooEarlyError
	var none *archive.NoExportError
	var pruned *archive.PrunedError
	switch {
	case errors.As(err, &early) && early.First.IsZero():
		e := &Error{What: "There has been no export yet.", Meaning: "There is no past to look at.", Try: "Export first: “sidekeep export”.", Usage: true, Err: err}
		if early.Account != "" {
			e.What = fmt.Sprintf("There has been no export of “%s” yet.", early.Account)
		}
		return e
	case errors.As(err, &early):
		of := ""
		if early.Account != "" {
			of = fmt.Sprintf(" of “%s”", early.Account)
		}
		return &Error{
			What:    fmt.Sprintf("The first export%s was later: number %d, on %s.", of, early.Number, exactly(early.First, now)),
			Meaning: "Nothing is known of the time before it.",
			Try:     fmt.Sprintf("Ask for that day or a later one, or for export %d.", early.Number), Usage: true, Err: err,
		}
	case errors.As(err, &none):
		e := &Error{
			What: fmt.Sprintf("There is no export %d.", none.Number), Meaning: "Nothing was done.",
			Try: fmt.Sprintf("The newest one is %d; “sidekeep history” lists them.", none.Newest), Usage: true, Err: err,
		}
		if none.Newest == 0 {
			e.Try = "There has been none yet: begin with “sidekeep export”."
		}
		return e
	case errors.As(err, &pruned):
		e := &Error{
			What:    fmt.Sprintf("The older versions before export %d of %s were removed, as the owner asked.", pruned.From, exactly(pruned.When, now)),
			Meaning: "What was before it is no longer known in full, so there is no answer rather than a wrong one.",
			Try:     fmt.Sprintf("Ask for export %d or a later one.", pruned.From), Usage: true, Err: err,
		}
		if len(pruned.Kept) > 0 {
			e.Try = fmt.Sprintf("Ask for export %d or a later one, or for export %d, which was kept since much changed right after it.", pruned.From, pruned.Kept[len(pruned.Kept)-1])
		}
		return e
	}
	return err
}

// exactly is a time with its day and year.
func exactly(t, now time.Time) string { return t.In(now.Location()).Format("2 January 2006, 15:04") }

// At tells which export a moment stands for and when that ended.
func (w *Work) At(ctx context.Context, m archive.Moment) (number int64, ended time.Time, err error) {
	err = w.withArchive(func(a *archive.Archive) error {
		number, ended, err = a.At(ctx, m)
		return err
	})
	return number, ended, w.ofPast(err)
}

// withArchive opens the archive for do.
func (w *Work) withArchive(do func(a *archive.Archive) error) error {
	a, err := w.archive()
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}

// Search looks for words in every version of every item.
func (w *Work) Search(ctx context.Context, s archive.Search) (r archive.SearchResult, err error) {
	err = w.withArchive(func(a *archive.Archive) error {
		r, err = a.Search(ctx, s)
		return err
	})
	if errors.Is(err, archive.ErrNoWords) {
		err = &Error{
			What: fmt.Sprintf("“%s” has no word to look for.", short(s.Words)), Meaning: "Nothing was done.",
			Try: "Write a name, a number or another word, or how one begins.", Usage: true, Err: err,
		}
	}
	return r, err
}

func short(s string) string {
	if letters := []rune(s); len(letters) > 40 {
		return string(letters[:40]) + "..."
	}
	return s
}

// A Biography is one item with all of its versions, the oldest first.
type Biography struct {
	Item     archive.Item
	Versions []archive.Version
}

// mostBiographies is how many items Biographies tells at once.
const mostBiographies = 20

// Biographies tells the versions of the items that are meant: those with this
// ID, UID or name, otherwise those in which these words are found. more tells
// that there are others.
func (w *Work) Biographies(ctx context.Context, meant, account string) (list []Biography, more bool, err error) {
	err = w.withArchive(func(a *archive.Archive) error {
		list, more, err = biographies(ctx, a, meant, account)
		return err
	})
	if err == nil && len(list) == 0 || errors.Is(err, archive.ErrNoWords) {
		err = &Error{
			What: fmt.Sprintf("Nothing is called “%s”, and no version has these words.", short(meant)), Meaning: "Nothing was done.",
			Try: "Look for it with “sidekeep search”, or write less of it.", Usage: true,
		}
	}
	return list, more, err
}

func biographies(ctx context.Context, a *archive.Archive, meant, account string) (list []Biography, more bool, err error) {
	var items []archive.Item
	for it, err := range a.Items(ctx, archive.Query{Account: account, Moved: true}) {
		if err != nil {
			return nil, false, err
		}
		if it.ID == meant || it.UID == meant || strings.EqualFold(it.Name, meant) {
			items = append(items, it)
		}
	}
	if len(items) == 0 {
		r, err := a.Search(ctx, archive.Search{Words: meant, Account: account, Limit: mostBiographies})
		if err != nil {
			return nil, false, err
		}
		for _, h := range r.Hits {
			items = append(items, h.Item)
		}
		more = r.More
	}
	if len(items) > mostBiographies {
		items, more = items[:mostBiographies], true
	}
	for _, it := range items {
		versions, err := a.Versions(ctx, it.Account, it.Collection, it.ID)
		if err != nil {
			return nil, false, err
		}
		list = append(list, Biography{it, versions})
	}
	return list, more, nil
}

// Compare tells in which fields two versions differ.
func (w *Work) Compare(ctx context.Context, old, new int64) (list []fields.Difference, err error) {
	err = w.withArchive(func(a *archive.Archive) error {
		list, err = a.Compare(ctx, old, new)
		return err
	})
	return list, err
}
