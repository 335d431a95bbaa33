package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/restore"

	"github.com/spf13/cobra"
)

func (s *session) undoVerb() *cobra.Command {
	list := false
	verb := &cobra.Command{
		Use:   "undo [RESTORE]",
		Short: "Turn a restore back: the newest one, or that of this number",
		Long: "Turn a restore back: what it created is removed and what it replaced is brought back to how it was. What someone\n" +
			"changed since is left as it is, and named. Without a number it is the newest restore; one before it has to be named. It shows what it would do, and asks. --list names the restores.",
		Args: arguments("[RESTORE]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			n := 0
			if len(args) > 0 {
				var err error
				if n, err = strconv.Atoi(args[0]); err != nil || n < 1 {
					return &work.Error{
						What: fmt.Sprintf("“%s” is no number of a restore.", args[0]), Meaning: "Nothing was written.",
						Try: "See the restores with “sidekeep undo --list”.", Usage: true,
					}
				}
			}
			w, err := s.work()
			if err != nil {
				return err
			}
			defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
			if list {
				return s.listRestores(cmd.Context(), w)
			}
			return s.undo(cmd.Context(), w, n)
		},
	}
	verb.Flags().BoolVar(&list, "list", false, "list the restores, the newest first")
	return verb
}

func (s *session) listRestores(ctx context.Context, w *work.Work) error {
	list, err := w.Restores(ctx)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(map[string]any{"restores": list})
	}
	if len(list) == 0 {
		s.say("Nothing was restored yet.\n")
		return nil
	}
	t := table{head: []string{"restore ", "when", "onto", "from", "new ", "replaced ", "", ""}}
	now := time.Now()
	for _, e := range list {
		from := e.From
		if from == "" {
			from = "files"
		}
		t.add(strconv.Itoa(e.Number), words.When(e.At, now), e.Account, from, words.Number(e.Created), words.Number(e.Changed), linesOf(e), stateOf(e))
	}
	t.print(s.stdout, "")
	return nil
}

// linesOf tells of an open restore how much of it is done.
func linesOf(e work.RestoreEntry) string {
	if e.State != work.RestoreOpen {
		return ""
	}
	return words.LinesDone(e.Done, e.Total, e.Unsure)
}

// stateOf is a word for the state of a restore.
func stateOf(e work.RestoreEntry) string {
	if e.State == work.RestoreOpen && !e.Ended {
		return "stopped"
	}
	return string(e.State)
}

// undoJSON is what an undo did.
type undoJSON struct {
	Restore     int           `json:"restore"`
	Account     string        `json:"account"`
	Undone      bool          `json:"undone"` // false if nobody agreed
	Removed     int           `json:"removed"`
	PutBack     int           `json:"put_back"`
	Left        []problemJSON `json:"left"`        // as they are, with the reason
	Collections []string      `json:"collections"` // that the restore made, and that stay
}

func (s *session) undo(ctx context.Context, w *work.Work, n int) error {
	e, err := w.PlanUndo(ctx, n)
	if err != nil {
		return err
	}
	s.speakOf(w, e.Account)
	if !s.json && !s.quiet {
		s.printUndoPlan(&e)
	}
	agreed, err := s.agreed(ctx, "Turn it back?")
	if err != nil {
		return err
	}
	if !agreed {
		if s.json {
			err = s.printJSON(undoJSON{Restore: e.Number, Account: e.Account, Left: []problemJSON{}, Collections: []string{}})
		}
		s.notAgreed("written")
		return err
	}
	show := s.restoreProgress()
	out, err := w.UndoPlanned(ctx, e, show.update)
	show.end()
	if err != nil && out.Removed+out.PutBack+len(out.Left) == 0 && ctx.Err() == nil {
		return err
	}
	printed := s.printUndone(&out, err == nil && !out.Again())
	switch {
	case err != nil:
		s.undoBroke(ctx, &out, err)
	case len(out.Left) > 0:
		s.code = graver(s.code, partly)
		s.undoLeft(&out)
	}
	return printed
}

// undoLeft says why not everything was turned back.
func (s *session) undoLeft(out *work.Undone) {
	why := "Only what is still as the restore wrote it is touched; of the others " + s.named(len(out.Left)) + "."
	since := func(p restore.Problem) bool {
		return errors.Is(p.Err, export.ErrChanged) || errors.Is(p.Err, export.ErrGone)
	}
	if !slices.ContainsFunc(out.Left, func(p restore.Problem) bool { return !since(p) }) {
		why = "Someone changed or removed them since the restore, so they were not touched."
	}
	try := "Look at them at the service; your copy has them in its history."
	if out.Again() {
		why, try = "The service said that it did it, and has not, or what is there is another item; "+s.named(len(out.Left))+".", runTheSameAgain
	}
	why, try = s.of.Say(why), s.of.Say(try)
	s.stderr.printf("sidekeep: %s as they are.\n  %s\n  %s\n", plural(len(out.Left), "item was left", "items were left"), why, try)
}

// printUndoPlan shows what an undo would do, and names what it leaves.
func (s *session) printUndoPlan(e *work.UndoPlan) {
	n := e.Counts()
	s.stdout.printf("Restore %d onto “%s”, %s. %s\n", e.Number, e.Account, words.When(e.At, time.Now()), undoingWords(n.Remove, n.PutBack))
	if n.Over > 0 {
		s.stdout.printf("  %s as before the restore already.\n", plural(n.Over, "item is", "items are"))
	}
	shown := 0
	for i := range e.Lines {
		l := &e.Lines[i]
		if l.State != restore.Stays {
			continue
		}
		if shown == shownProblems && !s.verbose {
			s.stdout.printf("  and %s more\n", words.Number(n.Left-shown))
			break
		}
		shown++
		s.stdout.printf("  stays, %s, %s: %s\n", l.Collection, l.Name, whyStays(l.Err))
	}
	s.stdout.printf("  What was changed since is left as it is. %s\n", nothingYet)
	_ = s.stdout.flush() // before the question; the error is kept and returned at the end
}

// whyStays is a short reason for an item that an undo leaves.
func whyStays(err error) string {
	if errors.Is(err, restore.ErrForeign) {
		return "the journal of the restore does not prove that the restore wrote it"
	}
	return whyWords(err)
}

func (s *session) undoBroke(ctx context.Context, out *work.Undone, err error) {
	s.code = failed
	w := s.wordsFor(err)
	if ctx.Err() != nil || errors.Is(err, export.ErrStopped) {
		s.code, w.Title, w.Try = stopped, "Stopped.", ""
	} else if w.Try != "" {
		w.Try += " Then: "
	}
	s.stderr.printf("sidekeep: %s: %s\n  %s turned back until then%s.\n  %s%s\n", out.Account, w.Title,
		plural(out.Removed+out.PutBack, "item was", "items were"), unsure(out.Unsure), w.Try, runTheSameAgain)
}

func (s *session) printUndone(out *work.Undone, whole bool) error {
	if s.json {
		j := undoJSON{Restore: out.Number, Account: out.Account, Undone: whole, Removed: out.Removed, PutBack: out.PutBack,
			Left: []problemJSON{}, Collections: append([]string{}, out.Collections...)}
		for _, p := range out.Left {
			j.Left = append(j.Left, problemJSON{p.Name, whyStays(p.Err)})
		}
		return s.printJSON(j)
	}
	if s.quiet && len(out.Left) == 0 {
		return nil
	}
	s.stdout.printf("%s: %s removed, %s brought back to how they were, %s left as they are.\n", out.Account,
		words.Number(out.Removed), words.Number(out.PutBack), words.Number(len(out.Left)))
	for i, p := range out.Left {
		if i == shownProblems && !s.verbose {
			s.stdout.printf("  and %s more\n", words.Number(len(out.Left)-i))
			break
		}
		s.stdout.printf("  left, %s, %s: %s\n", p.Collection, p.Name, whyStays(p.Err))
	}
	for _, name := range out.Collections {
		s.stdout.printf("  “%s” was made by the restore and stays there.\n", name)
	}
	s.printAfter(out.Account, out.After)
	return s.stdout.flush()
}
