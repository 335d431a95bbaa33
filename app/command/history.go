package command

import (
	"context"
	"encoding/hex"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"

	"github.com/spf13/cobra"
)

func (s *session) historyVerb() *cobra.Command {
	var limit uint
	var item string
	verb := &cobra.Command{
		Use:   "history [NAME]",
		Short: "List the exports, newest first",
		Args:  arguments("[NAME]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := s.work()
			if err != nil {
				return err
			}
			defer func() { _ = w.Close() }() // it only read
			name := ""
			if len(args) > 0 {
				if name, err = w.ArchivedName(cmd.Context(), args[0]); err != nil {
					return err
				}
			}
			if item != "" {
				return s.biography(cmd.Context(), w, item, name)
			}
			list, err := w.History(cmd.Context(), name, int(limit))
			if err != nil {
				return err
			}
			counts, err := w.ChangeCounts(cmd.Context(), numbersOf(list))
			if err != nil {
				return err
			}
			if s.json {
				if list == nil {
					list = []export.Ledger{}
				}
				return s.printJSON(map[string]any{"exports": s.withTry(list), "changes": countsJSON(list, counts)})
			}
			holds, err := w.Holds(cmd.Context(), name)
			if err != nil {
				return err
			}
			s.printHistory(list, counts, holds)
			return nil
		},
	}
	verb.Flags().UintVar(&limit, "limit", 0, "how many at most; 0 lists all")
	verb.Flags().StringVar(&item, "item", "", "list the versions of one item instead: its name, its ID, or words in it")
	return verb
}

func numbersOf(list []export.Ledger) []int64 {
	var numbers []int64
	for _, l := range list {
		numbers = append(numbers, l.Number)
	}
	return numbers
}

type countJSON struct {
	Export int64 `json:"export"`
	archive.ChangeCount
}

// countsJSON is what each export changed; those of which that is no longer
// known are not in it.
func countsJSON(list []export.Ledger, counts map[int64]archive.ChangeCount) []countJSON {
	out := []countJSON{}
	for _, l := range list {
		if c, ok := counts[l.Number]; ok {
			out = append(out, countJSON{l.Number, c})
		}
	}
	return out
}

type biographyJSON struct {
	itemJSON
	Versions []versionJSON `json:"versions"`
}

type versionJSON struct {
	Export int64     `json:"export"`
	When   time.Time `json:"when"`
	State  string    `json:"state"` // present, gone or set aside
	Name   string    `json:"name"`
	Size   int64     `json:"size"`
	Hash   string    `json:"hash"` // SHA-256 as delivered; "" if it is gone
	Shown  bool      `json:"shown"`
}

// biography lists the versions of the items that are meant.
func (s *session) biography(ctx context.Context, w *work.Work, item, account string) error {
	list, more, err := w.Biographies(ctx, item, account)
	if err != nil {
		return err
	}
	if s.json {
		out := []biographyJSON{}
		for _, b := range list {
			j := biographyJSON{itemJSON: jsonOf(b.Item)}
			for _, v := range b.Versions {
				j.Versions = append(j.Versions, versionJSON{v.Export, v.Since, v.State, v.Name, v.Size, hex.EncodeToString(v.Hash), v.Shown})
			}
			out = append(out, j)
		}
		return s.printJSON(map[string]any{"items": out, "more": more})
	}
	err = s.biographies(list, func(old, new int64) error {
		found, err := w.Compare(ctx, old, new)
		printDifferences(s, err == nil, found)
		return err
	})
	if more {
		s.say("There are others. Write more of the name, or the ID of one.\n")
	}
	return err
}

func (s *session) printHistory(list []export.Ledger, counts map[int64]archive.ChangeCount, holds []archive.Hold) {
	if len(list) == 0 {
		s.say("There has been no export yet.\n")
		return
	}
	t := table{head: []string{"number ", "when", "account", "listed ", "added ", "changed ", "moved ", "gone ", "set aside ", "failed ", ""}}
	for _, l := range list {
		found := "-"
		if l.Found != nil {
			found = words.Number(*l.Found)
		}
		added, changed, moved, gone := "?", "?", "?", "?" // older versions were removed
		if c, ok := counts[l.Number]; ok {
			added, changed, moved, gone = "+"+words.Number(c.Added), "~"+words.Number(c.Changed), words.Number(c.Moved), "-"+words.Number(c.Gone)
		}
		t.add(words.Number(int(l.Number)), words.When(l.Started, time.Now()), l.Account, found,
			added, changed, moved, gone, words.Number(l.SetAside), words.Number(l.Failed),
			s.remark(&l, holds))
	}
	t.print(s.stdout, "")
}

func (s *session) remark(l *export.Ledger, holds []archive.Hold) string {
	switch {
	case l.Stop != nil:
		return s.wordsFor(l.Stop).Title
	case l.Rebuilt:
		return "no export: rebuilt from the open files"
	case l.Held:
		switch archive.HoldOf(holds, l).State {
		case archive.HoldAccepted:
			return words.ExportWasAccepted
		case archive.HoldEnded:
			return words.ExportIsOver
		}
		return words.ExportWasHeld
	case l.Notice != nil:
		return words.ExportNoticed
	case l.Found == nil:
		return "the listing broke off"
	}
	return ""
}
