package past

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sidekeep/app/work/desk"
	"sidekeep/export"
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
	return archive.Moment{}, &desk.Error{
		What: fmt.Sprintf("“%s” is neither a day, nor a time, nor the number of an export.", text), Meaning: "Nothing was done.",
		Try: "Write it like 2026-12-24, “2026-12-24 21:00” or 12; “sidekeep history” lists the exports.", Usage: true,
	}
}

func endOfDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, -1, t.Location())
}

// At tells which export a moment stands for and when that ended.
func (w Historian) At(ctx context.Context, m archive.Moment) (number int64, ended time.Time, err error) {
	err = desk.WithArchive(w.d, func(a *archive.Archive) error {
		number, ended, err = a.At(ctx, m)
		return err
	})
	return number, ended, desk.OfPast(w.d, err)
}

// Search looks for words in every version of every item.
func (w Historian) Search(ctx context.Context, s archive.Search) (r archive.SearchResult, err error) {
	err = desk.WithArchive(w.d, func(a *archive.Archive) error {
		r, err = a.Search(ctx, s)
		return err
	})
	if errors.Is(err, archive.ErrNoWords) {
		err = &desk.Error{
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
func (w Historian) Biographies(ctx context.Context, meant, account string) (list []Biography, more bool, err error) {
	err = desk.WithArchive(w.d, func(a *archive.Archive) error {
		list, more, err = biographies(ctx, a, meant, account)
		return err
	})
	if err == nil && len(list) == 0 || errors.Is(err, archive.ErrNoWords) {
		err = &desk.Error{
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
func (w Historian) Compare(ctx context.Context, old, new int64) (list []fields.Difference, err error) {
	err = desk.WithArchive(w.d, func(a *archive.Archive) error {
		list, err = a.Compare(ctx, old, new)
		return err
	})
	return list, err
}

// A Historian reads what the archive holds of the past.
type Historian struct{ d *desk.Desk }

// NewHistorian is the Historian of a desk.
func NewHistorian(d *desk.Desk) Historian { return Historian{d} }

// Archived is how the archive spells the name of an account.
func Archived(name string, accounts []archive.Account) (string, error) {
	var names []string
	for _, x := range accounts {
		if strings.EqualFold(x.Name, name) {
			return x.Name, nil
		}
		names = append(names, x.Name)
	}
	try := "It holds nothing yet."
	if len(names) > 0 {
		try = desk.Meant(name, names) + "It holds: " + desk.Quoted(names) + "."
	}
	return "", &desk.Error{What: fmt.Sprintf("The archive holds nothing of an account called “%s”.", name), Meaning: desk.NothingDeleted, Try: try, Usage: true, Err: export.ErrGone}
}
