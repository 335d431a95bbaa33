package command

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"

	"github.com/spf13/cobra"
)

func (s *session) listVerb() *cobra.Command {
	var account, from, to, asOf string
	var vanished bool
	verb := &cobra.Command{
		Use:   "list contacts|events|todos|photos",
		Short: "List what the archive holds",
		Long: "List what the archive holds, in the same order with --json: contacts by name; events, to-dos and photos by date, the\n" +
			"earliest first, and by name where that is the same. What has no name or no date comes last.",
		Args: arguments("contacts|events|todos|photos"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(export.Kinds(), export.Kind(args[0])) {
				return noKind(args[0])
			}
			w, err := s.work()
			if err != nil {
				return err
			}
			defer func() { _ = w.Close() }() // it only read
			if account != "" {
				if account, err = w.ArchivedName(cmd.Context(), account); err != nil {
					return err
				}
			}
			q := archive.Query{Account: account, Kind: export.Kind(args[0]), Vanished: vanished}
			if q.AsOf, err = s.moment(cmd.Context(), w, asOf); err != nil {
				return err
			}
			if from != "" || to != "" {
				if q.Kind != export.Events && q.Kind != export.Todos {
					return &work.Error{
						What: "Only events and to-dos take place.", Meaning: "Nothing was done.",
						Try: "Leave out --from and --to.", Usage: true,
					}
				}
				start, end, err := window(from, to, time.Now())
				if err != nil {
					return err
				}
				return s.agenda(cmd.Context(), w, q, start, end)
			}
			if s.json {
				return s.listJSON(cmd.Context(), w, q)
			}
			return s.list(cmd.Context(), w, q)
		},
	}
	verb.Flags().StringVar(&account, "account", "", "list this account only")
	verb.Flags().StringVar(&from, "from", "", "list what takes place from this day on, recurrences expanded")
	verb.Flags().StringVar(&to, "to", "", "up to and with this day; 31 days if only one of the two is named")
	verb.Flags().StringVar(&asOf, "as-of", "", whenFlag)
	verb.Flags().BoolVar(&vanished, "vanished", false, "list only what the source no longer has, and since when")
	return verb
}

// list prints an item a line, in order: when, if that is known of its kind, what it is
// called, and the file that holds it.
func (s *session) list(ctx context.Context, w *work.Work, q archive.Query) error {
	n, aside := 0, 0
	order := newListing()
	for it, err := range w.Items(ctx, q) {
		if err != nil {
			return err
		}
		n++
		if strings.Contains(it.State, archive.SetAside) {
			aside++
		}
		line := ""
		if q.Kind != export.Contacts {
			line = pad(start(it), 16) + "  "
		}
		name := it.Name
		if name == "" {
			name = "(no name)"
		}
		line += pad(clean(name), 36) + "  "
		if it.State != archive.Present {
			line += "[" + it.State
			if strings.Contains(it.State, archive.Gone) {
				line += " since " + it.Since.Local().Format("2006-01-02 15:04")
			}
			line += "]  "
		}
		order.add(&it, line+clean(it.Path)+"\n")
	}
	for _, x := range order.sorted() {
		s.stdout.raw(x.line)
	}
	if q.Vanished && aside == 0 {
		s.say("%s that the source no longer has. Your archive keeps them.\n", words.Count(q.Kind, n))
		return nil
	}
	s.say("%s\n", words.CountBut(q.Kind, n-aside, aside))
	return nil
}

const whenFlag = "as it was recorded on a day, at a time, or by the end of an export: 2026-12-24, “2026-12-24 21:00” or 12"

// moment reads --as-of and tells which export it stands for. "" is the present.
func (s *session) moment(ctx context.Context, w *work.Work, text string) (archive.Moment, error) {
	if text == "" {
		return archive.Moment{}, nil
	}
	now := time.Now()
	m, err := work.ParseMoment(text, now)
	if err != nil {
		return m, err
	}
	n, ended, err := w.At(ctx, m)
	if err == nil {
		s.say("As it was recorded by the end of export %d, on %s.\n", n, ended.Local().Format("2 January 2006, 15:04"))
	}
	return m, err
}

// start is when an item begins, or when a photo was taken.
func start(it archive.Item) string {
	switch {
	case it.Start.IsZero():
		return ""
	case it.AllDay:
		return it.Start.Format(time.DateOnly)
	case it.Floating, it.Kind == export.Photos: // by the camera's clock
		return it.Start.Format("2006-01-02 15:04")
	}
	return it.Start.Local().Format("2006-01-02 15:04")
}

type itemJSON struct {
	Account    string      `json:"account"`
	Collection string      `json:"collection"`
	ID         string      `json:"id"`
	Version    string      `json:"version"`
	UID        string      `json:"uid"`
	Name       string      `json:"name"`
	Kind       export.Kind `json:"kind"`
	Start      *string     `json:"start"` // RFC 3339, without an offset if no zone is known, a date alone if all day; null if unknown
	Path       string      `json:"path"`
	Size       int64       `json:"size"`
	State      string      `json:"state"`
	Since      time.Time   `json:"since"`
}

// listJSON writes the items in the same order, one a line.
func (s *session) listJSON(ctx context.Context, w *work.Work, q archive.Query) error {
	order := newListing()
	for it, err := range w.Items(ctx, q) {
		if err != nil {
			return err
		}
		b, err := json.Marshal(jsonOf(it))
		if err != nil {
			return fmt.Errorf("writing JSON: %w", err)
		}
		order.add(&it, string(b))
	}
	separator := "{\"items\":["
	for _, x := range order.sorted() {
		s.stdout.raw(separator + "\n" + x.line)
		separator = ","
	}
	if separator != "," {
		s.stdout.raw(separator)
	}
	s.stdout.raw("]}\n")
	return nil
}

func jsonOf(it archive.Item) itemJSON {
	j := itemJSON{
		it.Account, it.Collection, it.ID, it.Version, it.UID, it.Name, it.Kind, nil, it.Path, it.Size, it.State, it.Since,
	}
	if !it.Start.IsZero() {
		text := it.Start.Format(time.RFC3339)
		switch {
		case it.AllDay:
			text = it.Start.Format(time.DateOnly)
		case it.Floating:
			text = it.Start.Format("2006-01-02T15:04:05")
		}
		j.Start = &text
	}
	return j
}
