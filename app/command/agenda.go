package command

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/formats/ical/datetime"
)

// agendaDays is how many days an agenda shows of which only one end is named.
const agendaDays = 31

// window reads --from and --to: days of this computer's calendar, of which the
// second is the last one shown.
func window(from, to string, now time.Time) (start, end time.Time, err error) {
	day := func(flag, text string, otherwise time.Time) (time.Time, error) {
		if text == "" {
			return otherwise, nil
		}
		t, err := time.ParseInLocation(time.DateOnly, text, time.Local)
		if err != nil {
			return t, &work.Error{
				What: fmt.Sprintf("“%s” is no date.", text), Meaning: "Nothing was done.",
				Try: "Write --" + flag + " like 2026-12-24.", Usage: true,
			}
		}
		return t, nil
	}
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.Local)
	if start, err = day("from", from, today); err != nil {
		return start, end, err
	}
	if end, err = day("to", to, start.AddDate(0, 0, agendaDays-1)); err != nil {
		return start, end, err
	}
	if end.Before(start) {
		return start, end, &work.Error{
			What: "The agenda would end before it begins.", Meaning: "Nothing was done.",
			Try: "Let --from come before --to.", Usage: true,
		}
	}
	return start, end.AddDate(0, 0, 1), nil
}

type occasionJSON struct {
	Account    string      `json:"account"`
	Collection string      `json:"collection"`
	ID         string      `json:"id"`
	UID        string      `json:"uid"`
	Name       string      `json:"name"`
	Kind       export.Kind `json:"kind"`
	Start      string      `json:"start"` // RFC 3339, a date alone if all day
	End        string      `json:"end"`   // the same; the day after the last one if all day
}

// agenda prints what takes place in a span of days, recurrences expanded.
func (s *session) agenda(ctx context.Context, w *work.Work, q archive.Query, from, to time.Time) error {
	all, unsure, err := w.Agenda(ctx, q, from, to)
	if err != nil {
		return err
	}
	if s.json {
		list := make([]occasionJSON, len(all))
		for i, o := range all {
			list[i] = occasionJSON{o.Item.Account, o.Item.Collection, o.Item.ID, o.Item.UID, o.Name, o.Item.Kind, momentText(o.Start), momentText(o.End)}
		}
		b, err := json.MarshalIndent(map[string]any{"items": list, "unsure": len(unsure)}, "", "  ")
		if err != nil {
			return fmt.Errorf("writing JSON: %w", err)
		}
		s.stdout.raw(string(b) + "\n")
		return nil
	}
	for _, o := range all {
		when := o.Begins().Format("2006-01-02 15:04")
		if o.Start.Date {
			when = o.Begins().Format(time.DateOnly)
		}
		s.stdout.raw(pad(when, 16) + "  " + pad(clean(o.Name), 36) + "  " + clean(o.Item.Path) + "\n")
	}
	for _, it := range unsure {
		s.say("“%s” may take place more often: its rule is not understood, or names too many.\n", clean(it.Name))
	}
	s.say("%s\n", words.Count(q.Kind, len(all)))
	return nil
}

func momentText(m datetime.Moment) string {
	switch {
	case m.Date:
		return m.Time.Format(time.DateOnly)
	case m.Floating:
		return m.Time.Format("2006-01-02T15:04:05")
	}
	return m.Time.Format(time.RFC3339)
}
