// Package command is Sidekeep without a window: one file per verb, results on
// stdout, words and progress on stderr, and exit codes that a script can rely
// on. What the verbs do is in app/work.
package command

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/source"
	"sidekeep/export/source/all"

	"github.com/spf13/cobra"
)

// The exit codes. Of several accounts the gravest counts: failed, held,
// partly, good.
const (
	good    = 0
	failed  = 1
	usage   = 2
	partly  = 3   // done, but items failed or were newly set aside
	held    = 4   // it looks like a loss
	stopped = 130 // by the user
)

// A session is one call of the program.
type session struct {
	stdin  *bufio.Reader
	stdout *printer
	stderr *printer
	tty    *terminal // nil if nobody is there to answer

	types             []source.Type // of sources; nil is all there are
	archive, settings string
	json              bool
	quiet, verbose    bool
	yes               bool
	noProof           bool   // nothing is proven after an export
	newArchive        bool   // one is made where none is, although one is known
	progress          string // "" or "json"

	verb    *cobra.Command // that runs
	account string         // that it is at, "" if it is at none
	of      words.Origin   // what that account comes from
	nothing string         // what an error means to a verb that keeps nothing; "" of one that does
	stop    words.Words    // what a stop means, and what to do then, where more was done than looking

	// archiveThere is whether there is an archive, once somebody asked.
	archiveThere *bool

	code  int  // of what went wrong without an error
	began bool // the arguments were understood
}

// Run does what args say and returns the exit code. When ctx is cancelled it
// stops; what is here then is kept.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	s := &session{
		stdin: bufio.NewReader(stdin), stdout: newPrinter(stdout, false), stderr: newPrinter(stderr, true),
		tty: openTerminal(stdin, stderr),
	}
	return s.run(ctx, args)
}

func (s *session) run(ctx context.Context, args []string) int {
	root := s.root()
	root.SetArgs(args)
	root.SetOut(s.stdout)
	root.SetErr(s.stderr)
	verb := root
	err := export.Guard(func() (err error) {
		verb, err = root.ExecuteContextC(ctx)
		return err
	})
	if e := s.stdout.flush(); err == nil {
		err = e
	}
	if !s.began {
		s.json = s.json || slices.Contains(args, "--json")
	}
	return s.exitCode(ctx, verb, err)
}

// exitCode says what went wrong, if anything did, and returns the exit code. With
// --json it stands on stdout too, unless the verb wrote its object.
func (s *session) exitCode(ctx context.Context, verb *cobra.Command, err error) int {
	var own *work.Error
	var wrong *export.AddressError
	var w words.Words
	code := failed
	switch {
	case err == nil:
		return s.code
	case ctx.Err() != nil || errors.Is(err, export.ErrStopped) || errors.Is(err, context.Canceled):
		w = words.Words{Title: "Stopped.", Meaning: cmp.Or(s.stop.Meaning, words.CopyAsItWas), Try: cmp.Or(s.stop.Try, "Run it again when you like.")}
		code = stopped
		s.tell("", w, err)
	case !s.began:
		w, code = words.Words{Title: err.Error(), Meaning: "Nothing was done.", Try: "It is used so: " + verb.UseLine()}, usage
		s.tell("", w, err)
	default:
		w = s.wordsFor(err)
		s.tell("", w, err)
		var field *source.FieldError
		if errors.As(err, &own) && own.Usage || errors.As(err, &field) || errors.As(err, &wrong) {
			code = usage
		} else if own != nil && own.Unread {
			code = partly
		}
	}
	s.failedJSON(w, code)
	return code
}

// failedJSON writes why nothing came of a verb as the one object of --json.
func (s *session) failedJSON(w words.Words, code int) {
	if !s.json || s.stdout.began() {
		return
	}
	_ = s.printJSON(map[string]any{"error": map[string]any{"what": w.Title, "meaning": w.Meaning, "try": w.Try, "code": code}})
	_ = s.stdout.flush() // what went wrong stands on stderr already
}

func (s *session) root() *cobra.Command {
	if s.types == nil {
		s.types = all.Types()
	}
	root := &cobra.Command{
		Use:   "sidekeep",
		Short: "Keep your own copy of the people, dates and photos on your phone",
		Long: "Sidekeep keeps a copy of your contacts, calendars, to-dos and photos in a folder that you own.\n" +
			"Without a verb it opens its window.",
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(verb *cobra.Command, _ []string) error {
			s.verb = verb
			return s.begin()
		},
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	s.group(root, "a verb is missing")
	root.SetFlagErrorFunc(flagSlip)
	root.SetHelpCommand(s.helpVerb(root))
	f := root.PersistentFlags()
	f.StringVar(&s.archive, "archive", os.Getenv("SIDEKEEP_ARCHIVE"), "folder of the archive (default: Sidekeep in the home folder; SIDEKEEP_ARCHIVE)")
	f.StringVar(&s.settings, "settings", os.Getenv("SIDEKEEP_SETTINGS"), "folder of the settings (SIDEKEEP_SETTINGS)")
	f.BoolVar(&s.json, "json", false, "print one JSON object on stdout")
	f.StringVar(&s.progress, "progress", "", "“json” writes progress as JSON lines on stderr")
	f.BoolVarP(&s.quiet, "quiet", "q", false, "print nothing when all is well")
	f.BoolVarP(&s.verbose, "verbose", "v", false, "say more")
	f.BoolVarP(&s.yes, "yes", "y", false, "answer questions with yes, except those about passwords and certificates")
	for _, name := range []string{"archive", "settings"} {
		f.Lookup(name).DefValue = "" // what the environment says is not shown as a default
	}
	root.AddCommand(s.demoVerb(), s.accountVerb(), s.exportVerb(), s.statusVerb(), s.historyVerb(), s.changesVerb(), s.searchVerb(),
		s.listVerb(), s.verifyVerb(), s.openVerb(), s.versionVerb())
	root.AddCommand(s.acceptVerb(), s.holdVerb())
	root.AddCommand(s.restoreVerb(), s.undoVerb(), s.proveVerb())
	root.AddCommand(s.pruneVerb(), s.forgetVerb())
	root.AddCommand(s.importVerb(), s.inspectVerb(), s.saveVerb(), s.convertVerb())
	root.InitDefaultCompletionCmd()
	for _, verb := range root.Commands() {
		if verb.HasSubCommands() {
			s.group(verb, "“"+verb.Name()+"” needs one of: "+strings.Join(verbsOf(verb), ", "))
		}
	}
	return root
}

// arguments is a check of a verb's arguments: one for each name, at least and at
// most. A name in brackets may be left out, one with dots repeated.
func arguments(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		most := len(names)
		for i, name := range names {
			if strings.Contains(name, "...") {
				most = len(args)
			}
			if i >= len(args) && !strings.HasPrefix(name, "[") {
				return fmt.Errorf("%s is missing", name)
			}
		}
		if len(args) > most {
			return fmt.Errorf("“%s” is one word too many", args[most])
		}
		return nil
	}
}

// begin is called when the arguments have been understood.
func (s *session) begin() error {
	if s.progress != "" && s.progress != "json" {
		return fmt.Errorf("--progress takes “json”, not “%s”", s.progress)
	}
	s.began = true
	return nil
}

// work opens the settings for a verb. The caller closes it.
func (s *session) work() (*work.Work, error) {
	return s.workFor(&passwordFlags{})
}

// moved tells that the archive was found elsewhere.
func (s *session) moved(from, to string) {
	s.say("The archive was moved: it is no longer in %s, and was found in %s.\n", from, to)
}

// other tells that the archive is another than the known one.
func (s *session) other(folder, known string) {
	s.say("The archive in %s is another one than yours, which is in %s.\n", folder, known)
}

// mayBegin asks whether a new archive is to be made although one is known.
func (s *session) mayBegin(ctx context.Context, folder, known string) bool {
	if s.tty == nil {
		return false
	}
	w := words.Begin(folder, known)
	s.stderr.printf("%s\n  %s\n", w.Title, w.Meaning)
	yes, err := s.yesOrNo(ctx, "  "+w.Try)
	return yes && err == nil
}

// speakOf says that the sentences from here on are about account: whether it comes
// from a service or from a folder.
func (s *session) speakOf(w *work.Work, account string) {
	s.of = words.OriginOf(w.TypeOf(account))
	s.stdout.speakOf(s.of)
	s.stderr.speakOf(s.of)
}

// say writes words on stderr, unless they are not wanted.
func (s *session) say(format string, args ...any) {
	if !s.quiet {
		s.stderr.printf(format, args...)
	}
}

// explain says what happened, what it means for the copy and what to do.
func (s *session) explain(account string, err error) {
	s.tell(account, s.wordsFor(err), err)
}

// tell says w of an account, "" for none; err is what it comes from.
func (s *session) tell(account string, w words.Words, err error) {
	if account != "" {
		account += ": "
	}
	s.stderr.printf("sidekeep: %s%s\n  %s\n  %s\n", account, w.Title, w.Meaning, w.Try)
	if s.verbose {
		s.stderr.printf("  (%v)\n", err)
	}
}

// hasArchive reports whether there is an archive, in whatever state. It looks
// once: one that was moved is searched for.
func (s *session) hasArchive() bool {
	if s.archiveThere == nil {
		there := s.findArchive()
		s.archiveThere = &there
	}
	return *s.archiveThere
}

func (s *session) findArchive() bool {
	w, err := work.New(work.Options{Settings: s.settings, Archive: s.archive})
	if err != nil {
		return false
	}
	there, err := w.HasArchive()
	return (there || err != nil) && w.Close() == nil
}

// wordsFor returns the words for err: its own if it brings them.
func (s *session) wordsFor(err error) words.Words {
	var own *work.Error
	if errors.As(err, &own) {
		w := words.Words{Title: own.What, Meaning: own.Meaning, Try: own.Try}
		if s.nothing != "" && w.Meaning == words.CopyAsItWas {
			w.Meaning = s.nothing
		}
		return w
	}
	w := words.Typed(err, !errors.Is(err, export.ErrDamaged) || s.hasArchive())
	var refused *export.RefusedError
	switch {
	case errors.As(err, &refused) && refused.Nobody:
		w.Try += s.beforehand(refused.Question)
	case errors.Is(err, export.ErrNoKeychain):
		w.Try += " On the command line that is “--password-command”."
	}
	if nothing := s.nothing; nothing != "" && (w.Meaning == words.NothingIsLost || w.Meaning == words.CopyAsItWas) {
		w.Meaning = nothing
	}
	return s.of.SayAll(w)
}
