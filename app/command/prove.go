package command

import (
	"context"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"

	"github.com/spf13/cobra"
)

func (s *session) proveVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "prove [NAME]",
		Short: "Prove that the copy can be restored: put it onto a practice service and compare",
		Long: "Put what the open files hold onto a practice service on this computer, read it back, and compare every item with\n" +
			"what was delivered. It reads the open files alone, as another program would, and writes nothing to any service. After\n" +
			"exports this runs by itself: all of it at first, then a seventh a day.",
		Args: arguments("[NAME]"),
		RunE: func(cmd *cobra.Command, names []string) error {
			w, err := s.work()
			if err != nil {
				return err
			}
			defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
			return s.prove(cmd.Context(), w, names)
		},
	}
}

type proveJSON struct {
	Checked  int             `json:"checked"`
	Good     int             `json:"good"`
	Bad      []archive.Bad   `json:"bad"`
	Accounts []provenAccount `json:"accounts"`
}

type provenAccount struct {
	Account string `json:"account"`
	Checked int    `json:"checked"`
	Good    int    `json:"good"`
	Exact   int    `json:"exact"` // of the good ones: the very bytes that were delivered came back
}

func (s *session) prove(ctx context.Context, w *work.Work, names []string) error {
	if len(names) == 0 {
		list, err := w.Status(ctx)
		if err != nil {
			return err
		}
		for _, x := range list {
			if x.Last != nil {
				names = append(names, x.Name)
			}
		}
	}
	if len(names) == 0 {
		return &work.Error{What: "Nothing was exported yet.", Meaning: "There is nothing to prove.", Try: "Export first: “sidekeep export”.", Usage: true, Err: export.ErrGone}
	}
	j := proveJSON{Bad: []archive.Bad{}, Accounts: []provenAccount{}}
	for _, name := range names {
		show := s.restoreProgress()
		p, err := w.Prove(ctx, name, show.proving(name))
		show.end()
		if err != nil {
			if p.Checked > 0 && !s.json { // it could not be recorded
				s.printProven(&p)
			}
			return err
		}
		j.Checked, j.Good, j.Bad = j.Checked+p.Checked, j.Good+p.Good, append(j.Bad, p.Bad...)
		j.Accounts = append(j.Accounts, provenAccount{p.Account, p.Checked, p.Good, p.Exact})
		if !s.json && (!s.quiet || len(p.Bad) > 0) {
			s.printProven(&p)
		}
		if len(p.Bad) > 0 {
			s.code = failed
			s.notProven(&p)
		}
	}
	if s.json {
		return s.printJSON(j)
	}
	return s.stdout.flush()
}

func (s *session) printProven(p *work.Proven) {
	now := time.Now()
	what := ""
	if p.Of > 1 {
		what = "part " + words.Number(p.Part) + " of " + words.Number(p.Of) + ": "
	}
	s.stdout.printf("%s: %s%s\n", p.Account, what, provenWords(p.Good, p.Checked, now, now, true))
	if other := p.Good - p.Exact; other > 0 {
		s.stdout.printf("  %s to the very byte, %s with other line ends or in another charset.\n", words.Number(p.Exact), words.Number(other))
	}
	for i, b := range p.Bad {
		if i == shownProblems && !s.verbose {
			s.stdout.printf("  and %s more\n", words.Number(len(p.Bad)-i))
			break
		}
		s.stdout.printf("  %s: %s\n", b.Path, b.Why)
	}
	_ = s.stdout.flush() // the error is kept and returned at the end
}

func (s *session) notProven(p *work.Proven) {
	others := "Everything else did, and the"
	if p.Good == 0 {
		others = "The"
	}
	s.stderr.printf("sidekeep: %s: %s not come back from the practice service as it was delivered.\n  %s history of the archive has every item as it was delivered.\n"+
		"  %s\n", p.Account, plural(len(p.Bad), "item did", "items did"), others, mendProof(p.Bad))
}

// proveDue proves what is due of an account that was exported just now.
func (s *session) proveDue(ctx context.Context, w *work.Work, l *export.Ledger) {
	if l.Number == 0 || l.Stop != nil || ctx.Err() != nil {
		return
	}
	show := s.restoreProgress()
	p, err := w.ProveDue(ctx, l.Account, show.proving(l.Account))
	show.end()
	switch {
	case ctx.Err() != nil:
		s.say("%s\n", "The proof was stopped. “sidekeep prove” begins it again.")
	case err != nil:
		s.code = graver(s.code, partly)
		s.explain(l.Account, err)
	case p == nil:
	case len(p.Bad) > 0:
		s.code = graver(s.code, partly)
		if !s.json {
			s.printProven(p)
		}
		s.notProven(p)
	case !s.json && !s.quiet:
		s.printProven(p)
	}
}
