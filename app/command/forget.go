package command

import (
	"context"
	"errors"
	"slices"
	"strings"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"

	"github.com/spf13/cobra"
)

func (s *session) forgetVerb() *cobra.Command {
	var f archive.Forget
	verb := &cobra.Command{
		Use:   "forget ACCOUNT [ITEM...]",
		Short: "Delete items, or all of an account, from the archive for good",
		Long: "Delete items, or everything of an account if no item is named, from the archive for good: every version, every\n" +
			"file, every trace. Nothing else deletes. An item is named as “sidekeep list” shows it, or by its UID or ID. It\n" +
			"shows what would go, and asks. Your phone or service is not touched.",
		Args: arguments("ACCOUNT", "[ITEM...]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.Account, f.Items = args[0], args[1:]
			return s.forget(cmd.Context(), f)
		},
	}
	verb.Flags().StringVar(&f.Collection, "collection", "", "only items of this address book, calendar, list or album; all of it if no item is named")
	verb.Flags().BoolVar(&f.All, "all", false, "where several items have a name, all of them")
	return verb
}

type forgetJSON struct {
	Account  string                  `json:"account"`
	Whole    bool                    `json:"whole"` // everything of the account, and the account itself
	Items    []archive.ForgottenItem `json:"items"`
	Versions int                     `json:"versions"`
	Photos   []string                `json:"photos"`
	Exports  int                     `json:"exports"`
	Bytes    int64                   `json:"bytes"`
	Left     []string                `json:"left"` // files that are not Sidekeep's
	Deleted  bool                    `json:"deleted"`
}

func (s *session) forget(ctx context.Context, f archive.Forget) error {
	w, err := s.work()
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
	p, err := w.PlanForget(ctx, f)
	if err != nil {
		s.candidates(err)
		return err
	}
	if !s.json {
		s.printForgetting(&p)
	}
	if err := s.forgetsRestores(w, p); err != nil {
		return err
	}
	deleted, err := s.agreed(ctx, "Delete this for good?")
	if err == nil && deleted {
		err = w.Forget(ctx, p)
	}
	if err != nil {
		return err
	}
	switch {
	case s.json:
		err = s.printJSON(forgetJSON{
			p.Account, p.Whole, append([]archive.ForgottenItem{}, p.Items...), p.Versions,
			append([]string{}, p.Photos...), p.Exports, p.Bytes, append([]string{}, p.Strange...), deleted,
		})
	case deleted:
		s.stdout.printf("Deleted for good.\n")
	}
	if deleted {
		s.keptAgain(w, &p)
	} else {
		s.notAgreed("deleted")
	}
	return err
}

// forgetsRestores tells which restores can no longer be turned back.
func (s *session) forgetsRestores(w *work.Work, p archive.Forgetting) error {
	numbers, err := w.ForgetsRestores(p)
	if err != nil || len(numbers) == 0 {
		return err
	}
	var names []string
	for _, n := range slices.Backward(numbers) {
		names = append(names, words.Number(n))
	}
	s.say("What was written by %s %s is deleted too, because it names some of this, and can then no longer be turned back.\n",
		map[bool]string{true: "restore", false: "the restores"}[len(names) == 1], words.List(names))
	return nil
}

// shownItems is how many items, or files, are listed without --verbose.
const shownItems = 20

func (s *session) printForgetting(p *archive.Forgetting) {
	counts := map[export.Kind]int{}
	for _, it := range p.Items {
		counts[it.Kind]++
	}
	what := countsOrNothing(counts, false)
	if p.Whole {
		s.stdout.printf("Everything that the archive holds of “%s”:\n", p.Account)
	} else {
		s.stdout.printf("Of “%s”:\n", p.Account)
	}
	s.stdout.printf("  %s, with %s, %s\n", what, plural(p.Versions, "version", "versions"), words.Size(p.Bytes))
	if len(p.Photos) > 0 {
		s.stdout.printf("  %s\n", plural(len(p.Photos), "photo's file", "photos' files"))
	}
	if p.Whole {
		s.stdout.printf("  %s\n", plural(p.Exports, "export in the history", "exports in the history"))
	} else {
		s.printItems(p.Items)
	}
	for i, name := range p.Strange {
		if i == shownItems && !s.verbose {
			s.stdout.printf("  and %s more\n", words.Number(len(p.Strange)-i))
			break
		}
		s.stdout.printf("  not deleted, because Sidekeep did not write it: %s\n", name)
	}
	_ = s.stdout.flush() // before the question; the error is kept and returned at the end
}

func (s *session) printItems(items []archive.ForgottenItem) {
	t := table{head: []string{"", "", "", ""}}
	for i, it := range items {
		if i == shownItems && !s.verbose {
			break
		}
		state := archive.Gone
		if it.Present {
			state = ""
		}
		t.add(it.Name, it.Collection, it.ID, state)
	}
	t.print(s.stdout, "    ")
	if more := len(items) - len(t.rows); more > 0 {
		s.stdout.printf("    and %s more\n", words.Number(more))
	}
}

// candidates lists the items that an ambiguous name may mean.
func (s *session) candidates(err error) {
	var several *archive.AmbiguousError
	if !errors.As(err, &several) {
		return
	}
	if s.json {
		_ = s.printJSON(map[string]any{"name": several.Name, "candidates": several.Candidates}) // the error is kept and returned at the end
		return
	}
	s.printItems(several.Candidates)
	_ = s.stdout.flush()
}

// keptAgain tells that the source may bring again what was deleted.
func (s *session) keptAgain(w *work.Work, p *archive.Forgetting) {
	present := 0
	for _, it := range p.Items {
		if it.Present {
			present++
		}
	}
	for _, a := range w.Accounts() {
		if !strings.EqualFold(a.Name, p.Account) {
			continue
		}
		s.speakOf(w, a.Name)
		switch {
		case p.Whole:
			s.say("The account is still set up, and its next export would keep everything again. To have nothing more exported from it: sidekeep account remove \"%s\"\n", a.Name)
		case present > 0:
			s.say("The service still had %s at the last export. Delete %s there too, or a later export keeps %s again.\n",
				plural(present, "of these items", "of these items"), them(present), them(present))
		}
	}
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}
