package command

import (
	"context"
	"errors"
	"slices"

	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/restore"

	"github.com/spf13/cobra"
)

// restoreFlags are what a call of restore says.
type restoreFlags struct {
	work.RestoreRequest
	asOf, only, since, choice string
	dry                       bool
}

func (s *session) restoreVerb() *cobra.Command {
	var r restoreFlags
	verb := &cobra.Command{
		Use:   "restore NAME [PATH...]",
		Short: "Put items back onto an account: from the archive, from another account, or from files",
		Long: "Put back onto the account NAME what the archive holds of it, or with --from of another account, which is how to move\n" +
			"to another service or a new phone; or what is in files, folders and zip archives. It compares first, shows what would\n" +
			"be written, and asks. What is there already is left as it is, so it can be run again. Before anything is written the\n" +
			"account is exported, and “sidekeep undo” turns back what was written.",
		Args: arguments("NAME", "[PATH...]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.To, r.Paths = args[0], args[1:]
			return s.restore(cmd.Context(), &r)
		},
	}
	f := verb.Flags()
	f.StringVar(&r.From, "from", "", "put what the archive holds of this account onto NAME")
	f.StringVar(&r.asOf, "as-of", "", whenFlag)
	f.StringVar(&r.only, "only", "", "put back these kinds only: contacts,events,todos,photos")
	f.StringArrayVar(&r.Collections, "collection", nil, "put back this address book, calendar, list or album only; may be repeated")
	f.StringArrayVar(&r.Items, "item", nil, "put back this item only: its name, UID or ID; may be repeated")
	f.BoolVar(&r.Vanished, "vanished", false, "put back what the service no longer has, and nothing else")
	f.StringVar(&r.since, "since", "", "with --vanished: what vanished after this day, time or export")
	f.StringVar(&r.Into, "into", "", "put everything into this address book, calendar, list or album")
	f.StringVar(&r.choice, "on-conflict", string(restore.Merge), "what becomes of what differs: both, merge, archive or device")
	f.BoolVar(&r.NewUID, "new-uid", false, "put back under a new mark what the service takes for an item in its trash")
	f.BoolVar(&r.dry, "dry-run", false, "show what would be written, and write nothing")
	return verb
}

func (s *session) restore(ctx context.Context, r *restoreFlags) error {
	w, err := s.work()
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
	if err := s.restoreFlags(ctx, w, r); err != nil {
		return err
	}
	show := s.restoreProgress()
	p, err := w.PlanRestore(ctx, r.RestoreRequest, show.update)
	show.end()
	if err != nil {
		return err
	}
	err = s.planned(ctx, w, p, r.dry)
	return errors.Join(err, p.Close())
}

// restoreFlags reads the flags that are words.
func (s *session) restoreFlags(ctx context.Context, w *work.Work, r *restoreFlags) (err error) {
	r.Choice = restore.Choice(r.choice)
	if r.Kinds, err = kinds(r.only); err != nil {
		return err
	}
	if r.AsOf, err = s.moment(ctx, w, r.asOf); err != nil || r.since == "" {
		return err
	}
	if !r.Vanished {
		return &work.Error{
			What: "--since goes with --vanished only.", Meaning: "Nothing was written.",
			Try: "Add --vanished, or name a day of the past with --as-of.", Usage: true,
		}
	}
	since, err := s.moment(ctx, w, r.since)
	if err == nil {
		_, r.After, err = w.At(ctx, since)
	}
	return err
}

// planned shows a plan, asks, and does it.
func (s *session) planned(ctx context.Context, w *work.Work, p *work.RestorePlan, dry bool) error {
	if !s.json {
		s.printPlan(p)
	}
	if dry {
		return s.printRestored(p, nil, s.planOf(p))
	}
	if p.Empty() {
		out, err := w.Restore(ctx, p, nil) // nothing is written; one that was stopped at its end is ended
		if err != nil {
			return err
		}
		s.refusedSome(out.Refused)
		return s.printRestored(p, nil, s.planOf(p))
	}
	agreed, err := s.agreed(ctx, "Write this to “"+clean(p.Request.To)+"”?")
	if err != nil {
		return err
	}
	if !agreed {
		if err := s.printRestored(p, nil, s.planOf(p)); err != nil {
			return err
		}
		s.notAgreed("written")
		return nil
	}
	show := s.restoreProgress()
	out, err := w.Restore(ctx, p, show.update)
	show.end()
	if out.Number == 0 {
		return err // nothing was begun
	}
	printed := s.printRestored(p, &out, s.resultOf(&out))
	switch {
	case err != nil:
		s.restoreBroke(ctx, &out, err)
	default:
		s.refusedSome(out.Refused)
	}
	return printed
}

// restoreBroke says how far a restore came that did not come to its end.
func (s *session) restoreBroke(ctx context.Context, out *work.Restored, err error) {
	s.code = failed
	w := s.wordsFor(err)
	if ctx.Err() != nil || errors.Is(err, export.ErrStopped) {
		s.code, w.Title, w.Try = stopped, "Stopped.", ""
	} else if w.Try != "" {
		w.Try += " Then: "
	}
	s.stderr.printf("sidekeep: %s: %s\n  %s until then, and what was there before is in your archive.\n  %s%s\n", out.Account, w.Title,
		plural(out.Created+out.Replaced+out.Merged, "item was written", "items were written"), w.Try, runTheSameAgain)
	if s.verbose {
		s.stderr.printf("  (%v)\n", err)
	}
}

// refusedSome says that not everything could be written, and what helps.
func (s *session) refusedSome(list []restore.Problem) {
	if len(list) == 0 {
		return
	}
	s.code = graver(s.code, partly)
	try := "Choose another place for it with --into, or save it as a file with “sidekeep save”."
	switch {
	case slices.ContainsFunc(list, func(p restore.Problem) bool { return errors.Is(p.Err, export.ErrConflict) }):
		try = "What the service still has in its trash can be put back under a new mark: run the same again with --new-uid."
	case !slices.ContainsFunc(list, func(p restore.Problem) bool { return !errors.Is(p.Err, export.ErrDamaged) }):
		try = "“sidekeep inspect FILE” shows what is wrong in a file; “sidekeep save” saves what the archive has as it came."
	}
	s.stderr.printf("sidekeep: %s not be put back; each is named above with the reason.\n  Everything else is there, and your copy is as it was.\n  %s\n",
		plural(len(list), "item could", "items could"), try)
}
