package command

import (
	"context"
	"errors"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"

	"github.com/spf13/cobra"
)

func (s *session) exportVerb() *cobra.Command {
	verb := &cobra.Command{
		Use:   "export [NAME...]",
		Short: "Export accounts into the archive; all of them if none is named",
		Long: "Export accounts into the archive; all of them if none is named. After its first export an account is proven, and then a\n" +
			"seventh of it a day: see “sidekeep help prove”.",
		Args: arguments("[NAME...]"),
		RunE: func(cmd *cobra.Command, names []string) error {
			w, err := s.work()
			if err != nil {
				return err
			}
			defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
			if len(names) == 0 {
				for _, a := range w.Accounts() {
					names = append(names, a.Name)
				}
			}
			if len(names) == 0 {
				return &work.Error{
					What: "No account is set up yet.", Meaning: "There is nothing to export.",
					Try: "Set one up with “sidekeep account add”, or try “sidekeep demo”.", Usage: true,
				}
			}
			_, err = s.exports(cmd.Context(), w, names)
			return err
		},
	}
	s.newArchiveFlag(verb)
	verb.Flags().BoolVar(&s.noProof, "no-proof", false, "leave the proof that is due to another export")
	return verb
}

func (s *session) newArchiveFlag(verb *cobra.Command) {
	verb.Flags().BoolVar(&s.newArchive, "new-archive", false, "make a new archive in its folder, although another one is known")
}

// exports exports each account, prints what became of it and sets the exit
// code to the gravest.
func (s *session) exports(ctx context.Context, w *work.Work, names []string) ([]export.Ledger, error) {
	ledgers := []export.Ledger{}
	var usageErr error
	for i, name := range names {
		l, err := s.exportOne(ctx, w, name)
		var own *work.Error
		if errors.As(err, &own) && own.Usage && usageErr == nil {
			usageErr = err
			continue
		}
		ledgers = append(ledgers, l)
		s.code = graver(s.code, codeOf(ctx, &l))
		if ctx.Err() != nil {
			s.notBegun(names[i+1:])
			break
		}
	}
	if usageErr != nil {
		if len(ledgers) == 0 {
			return nil, usageErr
		}
		s.explain("", usageErr)
		s.code = graver(s.code, failed)
	}
	if s.json {
		return ledgers, s.printJSON(struct {
			Exports []export.Ledger `json:"exports"`
		}{s.withTry(ledgers)})
	}
	return ledgers, nil
}

// notBegun says which accounts were not exported any more after a stop.
func (s *session) notBegun(names []string) {
	if len(names) == 0 {
		return
	}
	s.code = stopped
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = "“" + name + "”"
	}
	s.stderr.printf("sidekeep: Stopped before %s.\n  Your copy of that is as it was.\n  Export again when you like.\n", words.List(quoted))
}

func (s *session) exportOne(ctx context.Context, w *work.Work, name string) (export.Ledger, error) {
	s.account = name
	s.speakOf(w, name)
	r := s.reporter()
	l, err := w.Export(ctx, name, r.update)
	r.end()
	var own *work.Error
	if errors.As(err, &own) && own.Usage {
		return l, err
	}
	if !s.json {
		s.printLedger(&l)
	}
	s.problems(&l)
	switch {
	case err != nil && (ctx.Err() != nil || errors.Is(err, export.ErrStopped)):
		s.broke(&l, export.ErrStopped, s.hasCopy(ctx, w, name))
	case err != nil:
		s.broke(&l, err, s.hasCopy(ctx, w, name))
	case l.Failed > 0 || l.NewAside > 0 || !l.Balanced() || l.Unread():
		s.incomplete(&l)
	}
	if l.Held {
		s.heldBack(&l, heldExport(context.WithoutCancel(ctx), w, &l))
	}
	if l.Notice != nil {
		s.give(&l)
	}
	if err == nil && !s.noProof {
		s.proveDue(ctx, w, &l)
	}
	return l, err
}

// broke says why an export did not come to its end, and what has arrived. hasCopy
// tells whether anything is kept of the account.
func (s *session) broke(l *export.Ledger, err error, hasCopy bool) {
	w := words.Arrived(s.wordsFor(err), err, l.Kept)
	if !hasCopy {
		w = words.NoCopyYet(w)
	}
	s.tell(l.Account, w, err)
}

// hasCopy reports whether anything is kept of an account; also if that cannot be
// told.
func (s *session) hasCopy(ctx context.Context, w *work.Work, name string) bool {
	list, err := w.Status(context.WithoutCancel(ctx))
	if err != nil {
		return true
	}
	x, err := work.Named(list, name)
	return err != nil || x.HasCopy()
}

// incomplete says what an export that came to its end did not bring.
func (s *session) incomplete(l *export.Ledger) {
	var what []string
	try := "Export again: what could not be read is tried again every time."
	if l.Found == nil {
		what = append(what, "not everything could be listed")
	}
	if l.Failed > 0 {
		what = append(what, plural(l.Failed, "item", "items")+" could not be read")
	}
	if l.NewAside > 0 {
		what = append(what, plural(l.NewAside, "item", "items")+" could not be understood")
	}
	if n := len(l.Missing) + l.MissingMore; n > 0 {
		what = append(what, plural(n, "photo is", "photos are")+" missing from the archive, and "+s.of.Say("the service did not bring the same again"))
	}
	for _, x := range l.Skipped {
		if x.Unread {
			what = append(what, words.Besides(x))
		}
	}
	if l.Failed == 0 && l.NewAside == 0 && l.Found != nil && l.Unread() {
		try = "Allow yourself to read it, then export again. Until then nothing there is taken for gone."
	} else if l.Failed == 0 && l.NewAside == 0 && l.Found != nil {
		try = "Copy what is named above from a backup to its place, or let go of it with “sidekeep forget”."
	} else if l.Failed == 0 && l.Found != nil {
		try = s.of.Say("Look at them at the service; the bytes as they came are in the archive under “Set aside”.")
	}
	s.stderr.printf("sidekeep: %s: %s.\n  %s\n  %s\n",
		l.Account, words.List(what), everythingElse(l, "kept"), try)
}

// everythingElse says what became of the rest of an export, if there was one, and
// of what was kept before.
func everythingElse(l *export.Ledger, done string) string {
	if l.Kept+l.Unchanged > 0 {
		return "Everything else is " + done + ", and what was kept before is as it was."
	}
	return "What was kept before is as it was."
}

// named says where each of n things is told that a list above names up to
// shownProblems of.
func (s *session) named(n int) string {
	switch {
	case s.json:
		return "the JSON names each with the reason"
	case n == 1:
		return "it is named above with the reason"
	case n <= shownProblems || s.verbose:
		return "each is named above with the reason"
	}
	return "the first " + words.Number(shownProblems) + " are named above with the reason, and --verbose names each"
}

// printLedger prints what an export did.
func (s *session) printLedger(l *export.Ledger) {
	if l.Number == 0 || s.quiet && l.Good() { // with no number, nothing was begun in the archive
		return
	}
	s.stdout.printf("%s: export %d, %s\n", l.Account, l.Number, seconds(l.Seconds))
	t := table{head: []string{"", "", "", " "}}
	for _, c := range l.Collections {
		if c.Found == nil {
			t.add(words.Group(c.Kind), c.Name, "listing broke off", "")
			continue
		}
		if change := changed(c.Counts); s.verbose || change != "" {
			t.add(words.Group(c.Kind), c.Name, words.CountIn(c), change)
		}
	}
	t.print(s.stdout, "  ")
	s.stdout.printf("  %s\n", words.Sum(l.Counts))
	s.printSkipped(l.Skipped, s.verbose)
	switch {
	case l.Good() && len(l.Collections) == 0 && l.Gone == 0:
		s.stdout.printf("  %s\n", words.EmptyAccount)
	case l.Good() && *l.Found == 0 && l.Gone == 0:
		s.stdout.printf("  There is nothing to keep: no items are listed.\n")
	case l.Good() && l.Kept == 0 && l.Gone == 0:
		s.stdout.printf("  Nothing has changed since the last export.\n")
	case l.Gone > 0:
		s.stdout.printf("  %s gone from the service; your archive keeps what it had of them.\n", words.Number(l.Gone))
	}
	if l.Moved > 0 {
		s.stdout.printf("  %s moved from one collection or album to another.\n", words.Number(l.Moved))
	}
	s.printPaths("put back, because it had been deleted or changed", l.PutBack, l.PutBackMore)
	s.printPaths(editedByHand, l.Edited, l.EditedMore)
	s.printPaths("missing", l.Missing, l.MissingMore)
	if s.verbose {
		s.stdout.printf("  %s requests, %s received, listing: %s\n", words.Number(l.Requests), words.Size(l.Bytes), l.Listing)
	}
	_ = s.stdout.flush() // the error is kept and returned at the end
}

// printPaths lists files of the archive and what became of them.
func (s *session) printPaths(what string, paths []string, more int) {
	for i, name := range paths {
		if i == shownProblems && !s.verbose {
			more += len(paths) - i
			break
		}
		s.stdout.printf("  %s: %s\n", what, name)
	}
	if more > 0 {
		s.stdout.printf("  %s: %s more\n", what, words.Number(more))
	}
}

// changed lists the parts of a sum that are not "unchanged".
func changed(c export.Counts) string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{c.Kept, "kept"}, {c.Moved, "moved away"}, {c.Gone, "gone"}, {c.SetAside, "set aside"}, {c.Failed, "failed"}} {
		if p.n > 0 {
			parts = append(parts, words.Number(p.n)+" "+p.what)
		}
	}
	return words.List(parts)
}

// shownProblems is how many problems are listed one by one without --verbose.
const shownProblems = 10

// problems lists on stderr what is not kept as it should be. What the end of a
// broken export left out is one problem, not as many as there were items.
func (s *session) problems(l *export.Ledger) {
	all, shown, left := l.Failed+l.NewAside, 0, 0
	for _, p := range l.Problems {
		if l.Stop != nil && l.Stop.Cause != nil && errors.Is(p.Err(), l.Stop.Cause) {
			left++
			continue
		}
		if shown == shownProblems && !s.verbose {
			break
		}
		shown++
		w := s.wordsFor(p.Err())
		what := "failed"
		if p.Aside {
			what = "set aside"
		}
		item := p.Item
		if item == "" {
			item = "the whole collection"
		}
		s.stderr.printf("  %s, %s, %s: %s (%s)\n", what, p.Collection, item, w.Title, p.Detail)
	}
	for i, p := range l.NotShown {
		if i == shownProblems && !s.verbose {
			s.stderr.printf("  and %s more that README.html does not show.\n", words.Number(len(l.NotShown)-i))
			break
		}
		s.stderr.printf("  not shown, %s, %s: %s (%s) The rest is published.\n", p.Collection, p.Item, s.wordsFor(p.Err()).Title, p.Detail)
	}
	switch more := all - shown; {
	case more <= 0:
	case left > 0, l.Stop != nil:
		s.stderr.printf("  %s did not arrive; the next export goes on from there.\n", plural(more, "item", "items"))
	default:
		s.stderr.printf("  and %s more; see them all with “sidekeep history --json”.\n", words.Number(more))
	}
}

// withTry fills in what to do about each problem.
func (s *session) withTry(ledgers []export.Ledger) []export.Ledger {
	for _, l := range ledgers {
		for i := range l.Problems {
			l.Problems[i].Try = s.wordsFor(l.Problems[i].Err()).Try
		}
		for i := range l.NotShown {
			l.NotShown[i].Try = s.wordsFor(l.NotShown[i].Err()).Try
		}
	}
	return ledgers
}

// codeOf is the exit code of one export.
func codeOf(ctx context.Context, l *export.Ledger) int {
	switch {
	case l.Stop != nil && (ctx.Err() != nil || errors.Is(l.Stop, export.ErrStopped)):
		return stopped
	case l.Stop != nil || !l.Balanced():
		return failed
	case l.Held:
		return held
	case l.Failed > 0 || l.NewAside > 0 || len(l.Missing) > 0 || len(l.NotShown) > 0 || l.Unread():
		return partly
	}
	return good
}

// graver is the exit code that counts: stopped, failed, held, partly, good.
func graver(a, b int) int {
	for _, c := range []int{stopped, failed, held, partly} {
		if a == c || b == c {
			return c
		}
	}
	return good
}

func seconds(s float64) string {
	if s < 1 {
		return "less than a second"
	}
	return plural(int(s+0.5), "second", "seconds")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return words.Number(n) + " " + many
}
