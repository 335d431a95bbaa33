package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/restore"

	"github.com/spf13/cobra"
)

// restoreFlags are what a call of restore says.
type restoreFlags struct {
	work.RestoreRequest
	asOf, only, since, choice string
	dry, goOn, drop           bool
}

func (s *session) restoreVerb() *cobra.Command {
	var r restoreFlags
	verb := &cobra.Command{
		Use:   "restore NAME [PATH...]",
		Short: "Put items back onto an account: from the archive, from another account, or from files",
		Long: "Put back onto the account NAME what the archive holds of it, or with --from of another account, which is how to move\n" +
			"to another service or a new phone; or what is in files, folders and zip archives. It compares first, shows what would\n" +
			"be written, and asks. What is there already is left as it is, so it can be run again. Before anything is written the\n" +
			"account is exported, and “sidekeep undo” turns back what was written.\n\n" +
			"What is to be written is a list, and a restore is open until each line of it is done. While it is, a hold of the account\n" +
			"stays. Run the same again, or with --go-on, and it goes on with exactly the open lines; --drop gives them up.",
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
	f.BoolVar(&r.goOn, "go-on", false, "go on with the restore onto NAME that is open")
	f.BoolVar(&r.drop, "drop", false, "give up what is left of the restore onto NAME that is open; what it has written stays")
	f.BoolVar(&r.dry, "dry-run", false, "show what would be written, and write nothing")
	return verb
}

func (s *session) restore(ctx context.Context, r *restoreFlags) error {
	w, err := s.work()
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
	s.speakOf(w, r.To)
	if err := s.restoreFlags(ctx, w, r); err != nil {
		return err
	}
	if r.drop {
		return s.dropRestore(ctx, w, r)
	}
	show := s.restoreProgress()
	var p *work.RestorePlan
	if r.goOn {
		if len(r.Paths) > 0 {
			return &work.Error{What: "--go-on goes with no files.", Meaning: "Nothing was written.", Try: "Name the account alone: its open restore knows what it writes.", Usage: true}
		}
		p, err = w.PlanGoOn(ctx, r.To, 0, show.update)
	} else {
		p, err = w.PlanRestore(ctx, r.RestoreRequest, show.update)
	}
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
		if err := s.printOpen(ctx, w, p); err != nil {
			return err
		}
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
		if s.quiet && !s.json {
			s.printProblems(out.Refused)
		}
		s.refusedSome(out.Refused, out.Same+out.Left)
		if p.GoesOn != nil && !s.json {
			s.say("Restore %d: %s.\n", p.GoesOn.Number, words.LinesDone(out.Done, out.Total, 0))
		}
		s.leftOpen(&out)
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
		s.refusedSome(out.Refused, out.Created+out.Replaced+out.Merged+out.Same+out.Left)
		s.leftOpen(&out)
	}
	return printed
}

// dropRestore gives up what is left of an open restore.
func (s *session) dropRestore(ctx context.Context, w *work.Work, r *restoreFlags) error {
	open, err := w.PlanDrop(ctx, r.To)
	if err != nil {
		return err
	}
	if !s.json {
		s.say("Restore %d onto “%s”: %s.\n", open.Number, open.Account, words.LinesDone(open.Done, open.Total, open.Unsure))
	}
	agreed, err := s.agreed(ctx, "Give up what is left of it?")
	if err != nil {
		return err
	}
	if !agreed {
		s.notAgreed("changed")
		return nil
	}
	e, err := w.DropRestore(ctx, r.To, open.Number)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(e)
	}
	s.say("%s: the rest of restore %d is dropped. What it has written stays; “sidekeep undo %d” takes it back.\n"+
		"  The next export looks whether anything is missing still.\n", e.Account, e.Number, e.Number)
	return nil
}

// printOpen tells of restores onto the account that are open: of the one that a
// plan goes on with, and of others.
func (s *session) printOpen(ctx context.Context, w *work.Work, p *work.RestorePlan) error {
	if s.quiet {
		return nil
	}
	if e := p.GoesOn; e != nil {
		s.stdout.printf("This goes on with restore %d, which was begun %s: %s.\n", e.Number, words.When(e.At, time.Now()), words.LinesDone(e.Done, e.Total, e.Unsure))
	}
	list, err := w.OpenRestores(ctx)
	for _, e := range list {
		if e.Account == p.Request.To && (p.GoesOn == nil || p.GoesOn.Number != e.Number) {
			s.stdout.printf("%s\n", openWords(e))
		}
	}
	return err
}

// openWords tell of an open restore, and what can be done.
func openWords(e work.RestoreEntry) string {
	how := "was stopped. Run the same again, and it goes on with what is open"
	if e.Ended {
		how = "is open: not everything was taken. Run the same again, and it goes on with the rest"
	}
	return fmt.Sprintf("Restore %d onto “%s” %s; %s. So does: sidekeep restore \"%s\" --go-on. Drop the rest: sidekeep restore \"%s\" --drop. Take it back: sidekeep undo %d.",
		e.Number, e.Account, how, words.LinesDone(e.Done, e.Total, e.Unsure), e.Account, e.Account, e.Number)
}

// leftOpen says that a restore has come to its end and has open lines.
func (s *session) leftOpen(out *work.Restored) {
	if out.Number == 0 || out.Done >= out.Total {
		return
	}
	s.code = graver(s.code, partly)
	s.stderr.printf("sidekeep: restore %d onto “%s” stays open: %s.\n  While it is, a hold of the account stays.\n  Go on with “sidekeep restore \"%s\" --go-on”, or give the rest up with “sidekeep restore \"%s\" --drop”.\n",
		out.Number, out.Account, words.LinesDone(out.Done, out.Total, 0), out.Account, out.Account)
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
	s.stderr.printf("sidekeep: %s: %s\n  %s until then%s%s, and what was there before is in your archive.\n  %s%s\n", out.Account, w.Title,
		plural(out.Created+out.Replaced+out.Merged, "item was written", "items were written"), unsure(out.Unsure), linesDone(out), w.Try, runTheSameAgain)
	if s.verbose {
		s.stderr.printf("  (%v)\n", err)
	}
}

// unsure tells of items of which it is not known whether they were written or
// turned back.
func unsure(n int) string {
	if n == 0 {
		return ""
	}
	return "; of " + words.Number(n) + " more it is not known yet"
}

// linesDone tells how much of its list a restore has done that goes on with an
// earlier one or has found some there.
func linesDone(out *work.Restored) string {
	if out.Total == 0 {
		return ""
	}
	return "; of its list, " + words.LinesDone(out.Done, out.Total, 0)
}

// refusedSome says that not everything could be written, and what helps. others is
// how many items of the plan are there.
func (s *session) refusedSome(list []restore.Problem, others int) {
	if len(list) == 0 {
		return
	}
	s.code = graver(s.code, partly)
	notKept := 0
	for _, p := range list {
		if errors.Is(p.Err, export.ErrNotKept) {
			notKept++
		}
	}
	if notKept > 0 {
		s.stderr.printf("sidekeep: the service said yes to %s that it did not keep as written, or kept twice; %s.\n"+
			"  This is the service's doing. Your copy is as it was. Look at them there; running the same again tries those that are missing.\n",
			plural(notKept, "item", "items"), s.named(len(list)))
	}
	if notKept == len(list) {
		return
	}
	list = slices.DeleteFunc(slices.Clone(list), func(p restore.Problem) bool { return errors.Is(p.Err, export.ErrNotKept) })
	try := "Choose another place for it with --into, or save it as a file with “sidekeep save”."
	switch {
	case slices.ContainsFunc(list, func(p restore.Problem) bool { return errors.Is(p.Err, export.ErrConflict) }):
		try = s.of.Say("What the service still has in its trash can be put back under a new mark: run the same again with --new-uid.")
	case !slices.ContainsFunc(list, func(p restore.Problem) bool { return !errors.Is(p.Err, export.ErrDamaged) }):
		try = "“sidekeep inspect FILE” shows what is wrong in a file; “sidekeep save” saves what the archive has as it came."
	}
	rest := "Your copy is as it was."
	if others > 0 {
		rest = "Everything else is there, and your copy is as it was."
	}
	s.stderr.printf("sidekeep: %s not be put back; %s.\n  %s\n  %s\n", plural(len(list), "item could", "items could"), s.named(len(list)+notKept), rest, try)
}
