package past

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"sidekeep/app/work/desk"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/formats/ical"
	"sidekeep/formats/ical/datetime"
)

// An Occasion is one occurrence of an event or a to-do of the archive.
type Occasion struct {
	Item       archive.Item
	Name       string // of this occurrence: an exception may have one of its own
	Start, End datetime.Moment
}

// Begins is when an occasion begins by the clock of this computer. A day begins
// at its midnight, a floating time is the same everywhere.
func (o Occasion) Begins() time.Time {
	t := o.Start.Time
	if o.Start.Date || o.Start.Floating {
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.Local)
	}
	return t.Local()
}

// Agenda lists what takes place from one time up to another of what q names,
// recurrences expanded, in the order of the clock. unsure are the items of
// which occurrences may be missing, because their rules are not understood or
// name too many.
func (w Historian) Agenda(ctx context.Context, q archive.Query, from, to time.Time) (all []Occasion, unsure []archive.Item, err error) {
	a, err := desk.ArchiveHere(w.d)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = a.Close() }() // it only read
	for c, err := range a.Contents(ctx, q) {
		if err != nil {
			return nil, nil, desk.OfPast(w.d, err)
		}
		if c.State != archive.Present && !q.Vanished {
			continue
		}
		var found []Occasion
		whole := false
		err := export.Guard(func() (err error) {
			found, whole, err = occasions(c, from, to)
			return err
		})
		if err != nil && !errors.Is(err, export.ErrMistake) { // then it is unsure

			return nil, nil, fmt.Errorf("reading %q: %w", c.Name, err)
		}
		all = append(all, found...)
		if !whole {
			unsure = append(unsure, c.Item)
		}
	}
	slices.SortStableFunc(all, func(a, b Occasion) int { return a.Begins().Compare(b.Begins()) })
	return all, unsure, nil
}

func occasions(it archive.Content, from, to time.Time) (all []Occasion, whole bool, err error) {
	body, err := it.Open()
	if err != nil {
		return nil, false, err
	}
	raw, err := io.ReadAll(body)
	_ = body.Close() // everything was read
	if err != nil {
		return nil, false, err
	}
	c, err := ical.View(raw)
	if err != nil {
		return nil, false, nil // it is listed as unsure
	}
	whole = true
	for i := range c.Series {
		err := ical.Expand(&c.Series[i], from, to, func(o ical.Occurrence) bool {
			name := it.Name
			if o.Of != nil && o.Of.Summary != "" {
				name = o.Of.Summary
			}
			if o.Of == nil || !o.Of.Cancelled() {
				all = append(all, Occasion{Item: it.Item, Name: name, Start: o.Start, End: o.End})
			}
			return true
		})
		whole = whole && err == nil
	}
	return all, whole, nil
}
