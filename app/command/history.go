package command

import (
	"time"

	"sidekeep/app/words"
	"sidekeep/export"

	"github.com/spf13/cobra"
)

func (s *session) historyVerb() *cobra.Command {
	var limit int
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
			list, err := w.History(cmd.Context(), name, limit)
			if err != nil {
				return err
			}
			if s.json {
				if list == nil {
					list = []export.Ledger{}
				}
				return s.printJSON(map[string]any{"exports": withTry(list)})
			}
			s.printHistory(list)
			return nil
		},
	}
	verb.Flags().IntVar(&limit, "limit", 0, "how many at most; 0 lists all")
	return verb
}

func (s *session) printHistory(list []export.Ledger) {
	if len(list) == 0 {
		s.say("There has been no export yet.\n")
		return
	}
	t := table{head: []string{"number ", "when", "account", "listed ", "kept ", "unchanged ", "gone ", "set aside ", "failed ", ""}}
	for _, l := range list {
		found := "-"
		if l.Found != nil {
			found = words.Number(*l.Found)
		}
		t.add(words.Number(int(l.Number)), words.When(l.Started, time.Now()), l.Account, found,
			words.Number(l.Kept), words.Number(l.Unchanged), words.Number(l.Gone), words.Number(l.SetAside), words.Number(l.Failed),
			remark(&l))
	}
	t.print(s.stdout, "")
}

func remark(l *export.Ledger) string {
	switch {
	case l.Stop != nil:
		return wordsFor(l.Stop).Title
	case l.Held:
		return "held"
	case l.Found == nil:
		return "the listing broke off"
	}
	return ""
}
