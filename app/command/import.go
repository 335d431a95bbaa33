package command

import (
	"context"
	"errors"
	"regexp"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/source"

	"github.com/spf13/cobra"
)

func (s *session) importVerb() *cobra.Command {
	var name string
	verb := &cobra.Command{
		Use:   "import PATH...",
		Short: "Take files, folders and zip archives into the archive, as an account called “Files”",
		Long: "Take contacts (.vcf, .csv), calendars and to-dos (.ics, .vcs), photos and videos into the archive: from\n" +
			"files, from folders with all that is below them, and from zip archives. The files stay as they are.\n" +
			"An import adds: what earlier imports brought stays.",
		Args: arguments("PATH..."),
		RunE: func(cmd *cobra.Command, paths []string) error {
			w, err := s.work()
			if err != nil {
				return err
			}
			defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
			return s.imports(cmd.Context(), w, name, paths)
		},
	}
	s.newArchiveFlag(verb)
	verb.Flags().StringVar(&name, "name", "", "name of the account (default “"+work.FilesName+"”)")
	return verb
}

func (s *session) imports(ctx context.Context, w *work.Work, name string, paths []string) error {
	r := s.reporter()
	in, err := w.Import(ctx, name, paths, func(p export.Progress) {
		if p.Phase != export.Connecting || s.progress == "json" { // there is nothing to connect to
			r.update(p)
		}
	})
	r.end()
	var own *work.Error
	if errors.As(err, &own) {
		if !own.Unread {
			return err
		}
		if s.json {
			err = errors.Join(err, s.printJSON(importJSON{[]export.Ledger{}, skippedOf(in.Skipped)}))
		}
		s.notTaken(in.Skipped)
		return err
	}
	s.code = codeOf(ctx, &in.Ledger)
	for _, x := range in.Skipped {
		if x.Err != nil {
			s.code = graver(s.code, partly)
		}
	}
	var printErr error
	if s.json {
		printErr = s.printJSON(importJSON{[]export.Ledger{withTryForFiles(in.Ledger)}, skippedOf(in.Skipped)})
	} else {
		s.printImport(&in)
	}
	s.importProblems(&in)
	switch {
	case err != nil && (ctx.Err() != nil || errors.Is(err, export.ErrStopped)):
		s.explainFiles(&in, export.ErrStopped)
	case err != nil:
		s.explainFiles(&in, err)
	case s.code != good:
		s.importIncomplete(&in)
	}
	if err == nil {
		s.proveDue(ctx, w, &in.Ledger)
	}
	return printErr
}

type importJSON struct {
	Exports []export.Ledger `json:"exports"`
	Skipped []notTakenJSON  `json:"skipped"` // files below what was named that hold nothing to be taken
}

type notTakenJSON struct {
	Path   string `json:"path"`
	Why    string `json:"why"`
	Failed bool   `json:"failed"` // it could not be read
}

func skippedOf(list []source.SkippedFile) []notTakenJSON {
	out := []notTakenJSON{}
	for _, x := range list {
		out = append(out, notTakenJSON{x.Path, x.Why, x.Err != nil})
	}
	return out
}

func withTryForFiles(l export.Ledger) export.Ledger {
	for i := range l.Problems {
		l.Problems[i].Try = words.TypedForFile(l.Problems[i].Err()).Try
	}
	return l
}

// printImport prints what an import did.
func (s *session) printImport(in *work.Imported) {
	l := &in.Ledger
	if l.Number == 0 || s.quiet && s.code == good {
		return
	}
	s.stdout.printf("%s: import %d, %s\n", l.Account, l.Number, seconds(l.Seconds))
	t := table{head: []string{"", "", "", " "}}
	for _, c := range l.Collections {
		if c.Found == nil {
			t.add(words.Group(c.Kind), c.Name, "could not be read", "")
		} else if change := changed(c.Counts); s.verbose || change != "" {
			t.add(words.Group(c.Kind), c.Name, words.CountIn(c), change)
		}
	}
	t.print(s.stdout, "  ")
	s.stdout.printf("  %s\n", words.Sum(l.Counts))
	switch {
	case l.Good() && *l.Found == 0:
		s.stdout.printf("  There is nothing in it yet to be kept: it is empty.\n")
	case l.Good() && l.Kept == 0 && l.Gone == 0:
		s.stdout.printf("  Nothing has changed: all of it was imported before.\n")
	}
	if l.Gone > 0 {
		s.stdout.printf("  %s set aside before and no longer in the files; your archive keeps what it had.\n", plural(l.Gone, "item was", "items were"))
	}
	_ = s.stdout.flush() // the error is kept and returned at the end
}

var lineBefore = regexp.MustCompile(`^line \d+: `)

// importProblems lists on stderr what was not understood, not read, and not
// taken.
func (s *session) importProblems(in *work.Imported) {
	shown, left := 0, 0
	for _, p := range in.Problems {
		if in.Stop != nil && in.Stop.Cause != nil && errors.Is(p.Err(), in.Stop.Cause) {
			left++
			continue
		}
		if shown == shownProblems && !s.verbose {
			break
		}
		shown++
		switch {
		case p.Aside:
			s.stderr.printf("  set aside, %s: %s\n", p.Item, lineBefore.ReplaceAllString(p.Detail, ""))
		case p.Item == "":
			s.stderr.printf("  failed, %s: %s (%s)\n", p.Collection, words.ForFile(p.Err()).Title, p.Detail)
		default:
			s.stderr.printf("  failed, %s, %s: %s (%s)\n", p.Collection, p.Item, words.ForFile(p.Err()).Title, p.Detail)
		}
	}
	switch more := in.Failed + in.NewAside - shown; {
	case more <= 0:
	case left > 0, in.Stop != nil:
		s.stderr.printf("  %s not imported; importing the same again takes them.\n", plural(more, "item was", "items were"))
	default:
		s.stderr.printf("  and %s more; see them all with “sidekeep history --json”.\n", words.Number(more))
	}
	s.notTaken(in.Skipped)
}

// notTaken lists what could not be read, and counts what is not taken by the
// reason; --verbose names each.
func (s *session) notTaken(list []source.SkippedFile) {
	n, order := map[string]int{}, []string{}
	for _, x := range list {
		if x.Err != nil || s.verbose {
			s.stderr.printf("  not taken, %s: %s\n", x.Path, x.Why)
			continue
		}
		if n[x.Why]++; n[x.Why] == 1 {
			order = append(order, x.Why)
		}
	}
	for _, why := range order {
		s.say("  %s not taken: %s; --verbose names %s.\n", plural(n[why], "file was", "files were"), why, them(n[why]))
	}
}

// importIncomplete says what an import that came to its end did not bring.
func (s *session) importIncomplete(in *work.Imported) {
	unread := in.Failed
	for _, c := range in.Collections {
		if c.Found == nil {
			unread++
		}
	}
	for _, x := range in.Skipped {
		if x.Err != nil {
			unread++
		}
	}
	var what []string
	if unread > 0 {
		what = append(what, plural(unread, "file or item", "files or items")+" could not be read")
	}
	if in.NewAside > 0 {
		what = append(what, plural(in.NewAside, "item", "items")+" could not be understood")
	}
	s.stderr.printf("sidekeep: %s: %s.\n  %s\n  %s\n",
		in.Account, words.List(what), everythingElse(&in.Ledger, "imported"), "“sidekeep inspect FILE” shows what is wrong; the bytes as they came are in the archive under “Set aside”.")
}

func (s *session) explainFiles(in *work.Imported, err error) {
	s.tell(in.Account, words.Imported(words.TypedForFile(err), err, in.Kept), err)
}
