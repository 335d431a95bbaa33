package command

import (
	"context"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export/archive"

	"github.com/spf13/cobra"
)

func (s *session) pruneVerb() *cobra.Command {
	var age string
	verb := &cobra.Command{
		Use:   "prune --older-than AGE|DATE",
		Short: "Remove older versions of people, events and to-dos from the history",
		Long: "Remove from the history the versions of people, events and to-dos that were replaced by newer ones before a\n" +
			"day. What everything is like now stays, also what is gone from the service, and so does every photo and what\n" +
			"everything was like before much of it changed at once. Without this verb nothing is ever removed. It shows what would go, and asks.",
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if age == "" {
				return &work.Error{
					What: "--older-than is missing.", Meaning: "Nothing was removed.",
					Try: "Say how old, as in “--older-than 2y”, or before which day, as in “--older-than 2020-01-31”.", Usage: true,
				}
			}
			return s.prune(cmd.Context(), age)
		},
	}
	verb.Flags().StringVar(&age, "older-than", "", "age, such as 90d, 12m or 2y, or a day, such as 2020-01-31")
	return verb
}

type pruneJSON struct {
	Before   time.Time            `json:"before"`
	Whole    int64                `json:"whole_from"` // export from which on the history stays whole
	Kept     []int64              `json:"kept_as_of"` // exports before that one whose state stays whole too
	Versions int                  `json:"versions"`
	Bytes    int64                `json:"bytes"`
	Items    []archive.PrunedItem `json:"items"`
	Removed  bool                 `json:"removed"`
	Freed    int64                `json:"freed"` // by how much history.db has shrunk
}

func (s *session) prune(ctx context.Context, age string) error {
	w, err := s.work()
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
	before, err := w.Before(age)
	if err != nil {
		return err
	}
	p, err := w.PlanPrune(ctx, before)
	if err != nil {
		return err
	}
	if !s.json {
		s.printPruning(&p)
	}
	removed := false
	if p.Versions > 0 {
		removed, err = s.agreed(ctx, "Remove them for good?")
		if err == nil && removed {
			p, err = w.Prune(ctx, p)
		}
		if err != nil {
			return err
		}
	}
	if s.json {
		if p.Items == nil {
			p.Items = []archive.PrunedItem{}
		}
		if p.Kept == nil {
			p.Kept = []int64{}
		}
		err = s.printJSON(pruneJSON{p.Before, p.Export, p.Kept, p.Versions, p.Bytes, p.Items, removed, p.Freed})
	} else if removed && p.Freed <= 0 {
		s.stdout.printf("Removed.\n")
	} else if removed {
		s.stdout.printf("Removed. The history is smaller by %s.\n", words.Size(p.Freed))
	}
	if p.Versions > 0 && !removed {
		s.notAgreed("removed")
	}
	return err
}

func (s *session) printPruning(p *archive.Pruning) {
	day := p.Before.Local().Format("2 January 2006 15:04")
	if p.Versions == 0 {
		s.stdout.printf("There is nothing to remove: no version was replaced before %s.\n", day)
		return
	}
	s.stdout.printf("Replaced before %s:\n  %s of %s, %s\n", day, plural(p.Versions, "older version", "older versions"),
		plural(len(p.Items), "item", "items"), words.Size(p.Bytes))
	if s.verbose {
		t := table{head: []string{"", "", " "}}
		for _, it := range p.Items {
			t.add(it.Account, it.Name, plural(it.Versions, "version", "versions"))
		}
		t.print(s.stdout, "    ")
	}
	s.stdout.printf("What everything is like now stays, and so do photos. The archive can no longer be shown as it was before export %s.\n",
		words.Number(int(p.Export)))
	if len(p.Kept) > 0 {
		last := p.Kept[len(p.Kept)-1]
		s.stdout.printf("What everything was like before much of it changed at once stays too: %s (“sidekeep list contacts --as-of %d”).\n",
			words.Exports(p.Kept), last)
	}
	_ = s.stdout.flush() // before the question; the error is kept and returned at the end
}

// agreed asks the owner, unless --yes has answered. Where nobody is there it is
// a no.
func (s *session) agreed(ctx context.Context, question string) (bool, error) {
	if s.yes || s.tty == nil {
		return s.yes, nil
	}
	return s.yesOrNo(ctx, question)
}

// notAgreed says that nothing was done. For want of somebody to ask that is a
// failure.
func (s *session) notAgreed(done string) {
	if s.tty != nil {
		s.say("Nothing was %s.\n", done)
		return
	}
	s.code = failed
	s.stderr.printf("sidekeep: Nobody is there to say yes.\n  Nothing was %s.\n  Run it in a terminal, or add --yes if this is what you want.\n", done)
}
