package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"

	"github.com/spf13/cobra"
)

func (s *session) acceptVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "accept N",
		Short: "Answer the held export N: it was me; also a notice, and what is set aside",
		Long: "Answer the held export N: it was me. Your files then show what the service lists; what is gone moves to Vanished,\n" +
			"and stays in the history as everything does. What could not be understood until then counts as acknowledged.\n" +
			"An export that gave notice of much that changed is answered in the same way: these look right.\n" +
			"“sidekeep hold N” takes it back.",
		Args: arguments("N"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.answer(cmd.Context(), args[0], (*work.Work).Accept, s.accepted)
		},
	}
}

func (s *session) holdVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "hold N",
		Short: "Take back what “accept N” answered",
		Args:  arguments("N"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.answer(cmd.Context(), args[0], (*work.Work).Hold, s.heldAgain)
		},
	}
}

// answerJSON is what accept and hold did.
type answerJSON struct {
	Account  string       `json:"account"`
	Export   int64        `json:"export"`
	Loss     *export.Loss `json:"loss"`      // null if the export was not held
	Notice   *export.Loss `json:"notice"`    // null if it gave no notice
	SetAside int          `json:"set_aside"` // items whose acknowledgement changed
}

func (s *session) answer(ctx context.Context, text string, do func(*work.Work, context.Context, int64) (archive.Answer, error), tell func(archive.Answer)) error {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return &work.Error{
			What: fmt.Sprintf("“%s” is no number of an export.", text), Meaning: "Nothing was changed.",
			Try: "See the numbers with “sidekeep history”, and what waits for an answer with “sidekeep status”.", Usage: true,
		}
	}
	w, err := s.work()
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
	a, err := do(w, ctx, n)
	if err != nil {
		return err
	}
	s.speakOf(w, a.Account)
	if s.json {
		return s.printJSON(answerJSON{a.Account, a.Export, a.Loss, a.Notice, a.SetAside})
	}
	if !s.quiet {
		tell(a)
	}
	return nil
}

func (s *session) accepted(a archive.Answer) {
	if a.Loss != nil {
		s.stdout.printf("%s: accepted. Your files show what the service lists; what is gone is in Vanished, and in the history.\n", a.Account)
	}
	if a.Notice != nil {
		s.stdout.printf("%s: counted as right. From then on, what changes is counted anew.\n", a.Account)
	}
	if a.SetAside > 0 {
		s.stdout.printf("%s: %s acknowledged: kept as delivered, and no longer told as a warning.\n", a.Account, plural(a.SetAside, "item that is set aside is", "items that are set aside are"))
	}
	s.stdout.printf("  Take it back with “sidekeep hold %d”.\n", a.Export)
}

func (s *session) heldAgain(a archive.Answer) {
	if a.Loss != nil {
		s.stdout.printf("%s: held again. Your files show what they showed before it was accepted, but for what the service has listed again since.\n", a.Account)
	}
	if a.Notice != nil {
		s.stdout.printf("%s: what has changed waits for an answer again.\n", a.Account)
	}
	if a.SetAside > 0 {
		s.stdout.printf("%s: %s told as a warning again.\n", a.Account, plural(a.SetAside, "item that is set aside is", "items that are set aside are"))
	}
	s.stdout.printf("  Answer with “sidekeep accept %d” if it was you.\n", a.Export)
}

// heldBack says that an export looks like a loss: what is missing, that the
// copy is whole, and what to do. Of an export that heard nothing from the
// source it says only that the account is still held. It is answered by the number
// of the first export that was held.
func (s *session) heldBack(l *export.Ledger, held int64) {
	if l.Stop != nil && (len(l.Collections) == 0 || l.Found == nil && held != l.Number) {
		s.stderr.printf("sidekeep: %s: still held from before; “sidekeep status” says why.\n", l.Account)
		return
	}
	s.stderr.printf("sidekeep: %s: this looks like a loss, so your files stay as they were.\n", l.Account)
	for _, line := range lossLines(s.of, l.Loss) {
		s.stderr.printf("  %s\n", line)
	}
	s.stderr.printf("  %s What the service lists now is recorded as well.\n  %s\n", s.of.Say(words.WholeCopy(l.Loss)), whatToAnswer(s.of, l.Account, l.Loss, held, l.Collections))
}

// heldExport is the number by which the hold of an export's account is answered:
// that of the first export that was held.
func heldExport(ctx context.Context, w *work.Work, l *export.Ledger) int64 {
	list, err := w.Status(ctx)
	if err == nil {
		for i := range list {
			if list[i].Name == l.Account && list[i].HeldExport != 0 {
				return list[i].HeldExport
			}
		}
	}
	return l.Number
}

// whatToAnswer says how to answer export n of an account that has collections cs.
func whatToAnswer(of words.Origin, account string, l *export.Loss, n int64, cs []export.CollectionLedger) string {
	if l.Gravest().Rule == export.RuleStranger {
		return fmt.Sprintf("Is it meant to be another person's? Then: sidekeep accept %d. Otherwise sign in as before; Sidekeep looks again at every export.", n)
	}
	verb, lost, how := "removed them", of.Say("the service lost them"), ""
	switch gone, hollow := l.By(); {
	case gone && hollow:
		verb, lost, how = "removed and changed them", of.Say("the service lost and changed them"), " --on-conflict archive"
	case hollow:
		verb, lost, how = "changed them", of.Say("the service did"), " --on-conflict archive"
	case len(l.AsOf) > 0:
		how = " --on-conflict device" // of what is there, the copy of then may be older
	}
	return fmt.Sprintf("If you %s yourself: sidekeep accept %d. If %s: %s Not sure? Leave it: Sidekeep looks again at every export. %s",
		verb, n, lost, of.Say(putBackOr(account, l, how, l.AsOf, cs)), words.HoldEnds)
}

// putBackOr are the commands of bringBack as a sentence, and what to do about what
// they cannot write.
func putBackOr(account string, l *export.Loss, how string, asOf []int64, cs []export.CollectionLedger) string {
	x := words.ClosedTo(l, cs)
	var list []string
	if !x.All {
		list = append(list, bringBack(account, l, how, asOf)+".")
	}
	if len(x.Files) > 0 {
		save := fmt.Sprintf("sidekeep save --account %q --to FOLDER", account)
		if len(asOf) > 0 {
			save += fmt.Sprintf(" --as-of %d", asOf[0])
		}
		list = append(list, words.InOneFile(x.Files)+" Put your copy of it there yourself: "+save+".")
	}
	if len(x.ReadOnly) > 0 {
		list = append(list, words.InReadOnly(x.ReadOnly))
	}
	return strings.Join(list, " ")
}

// bringBack are the commands that bring back all that a loss is about, from what
// the files show or as it was at the end of exports. how are the flags that say
// what becomes of what differs.
func bringBack(account string, l *export.Loss, how string, asOf []int64) string {
	if len(asOf) == 0 {
		return fmt.Sprintf("sidekeep restore %q%s", account, how)
	}
	if kinds := l.Kinds(); len(kinds) > 0 {
		var names []string
		for _, k := range kinds {
			names = append(names, string(k))
		}
		how += " --only " + strings.Join(names, ",")
	}
	var list []string
	for _, n := range asOf {
		list = append(list, fmt.Sprintf("sidekeep restore %q --as-of %d%s", account, n, how))
	}
	return strings.Join(list, ", and then: ")
}

// give says what an export that is not held gives notice of.
func (s *session) give(l *export.Ledger) {
	s.stderr.printf("sidekeep: %s: much has changed; look at it. Your files follow the service.\n", l.Account)
	for _, line := range lossLines(s.of, l.Notice) {
		s.stderr.printf("  %s\n", line)
	}
	s.stderr.printf("  %s\n", noticeAnswers(l))
}

// noticeAnswers says how to answer the notice of an export.
func noticeAnswers(l *export.Ledger) string {
	return fmt.Sprintf("See them all: sidekeep changes %d. If these look right: sidekeep accept %d. If not, undo it over there: %s",
		l.Number, l.Number, putBackOr(l.Account, l.Notice, " --on-conflict archive", l.BeforeNotice(), l.Collections))
}

// shownExamples is how many values of a reason are shown.
const shownExamples = 3

// shownReasons is how many reasons are told; the rest is in the JSON.
const shownReasons = 6

// lossLines tells the reasons of a loss, with numbers and names.
func lossLines(of words.Origin, l *export.Loss) []string {
	var lines []string
	for i, r := range l.Reasons {
		if i == shownReasons {
			lines = append(lines, fmt.Sprintf("And %s more; see them all with “sidekeep status --json”.", words.Number(len(l.Reasons)-i)))
			break
		}
		lines = append(lines, of.Say(words.Loss(r))+among(r))
		for k, x := range r.Examples {
			if k < shownExamples {
				lines = append(lines, "  "+words.Example(x))
			}
		}
		if who := words.AnswersFor(l.Who, l.WhoBefore); r.Rule == export.RuleStranger && who != "" {
			lines = append(lines, who)
		}
	}
	return lines
}

// shownNames is how many examples of a reason are named.
const shownNames = 5

// among names some of what is lost.
func among(r export.Reason) string {
	if len(r.Names) == 0 {
		return ""
	}
	names := r.Names[:min(len(r.Names), shownNames)]
	if more := r.Lost - len(names); more > 0 {
		names = append(slices.Clone(names), words.Number(more)+" more")
	}
	which := "Missing"
	if !r.Gone() && r.Rule != export.RuleStranger {
		which = "These"
	}
	return " " + which + ": " + words.List(names) + "."
}

// alarmFlag reads “5,20%” or “5 20”: a number of items and a share.
func alarmFlag(items, percent string) (export.Thresholds, error) {
	n, err := strconv.Atoi(strings.TrimSpace(items))
	p, err2 := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(percent), "%"))
	t := export.Thresholds{Items: n, Percent: p}
	if errors.Join(err, err2) != nil {
		return t, &work.Error{
			What: fmt.Sprintf("“%s” and “%s” are no number of items and no share of them.", items, percent), Meaning: "Nothing was changed.",
			Try: "Name both, such as “5 20%”: Sidekeep then asks when 5 items and 20 % of a collection or kind are gone.", Usage: true,
		}
	}
	return t, work.CheckAlarm(t)
}

func (s *session) accountAlarmVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "alarm NAME ITEMS PERCENT",
		Short: "Set from when on missing items look like a loss; 5 items and 20 % by default",
		Args:  arguments("NAME", "ITEMS", "PERCENT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := alarmFlag(args[1], args[2])
			if err != nil {
				return err
			}
			w, err := s.work()
			if err != nil {
				return err
			}
			defer func() { _ = w.Close() }() // nothing is open between the verbs' steps
			if err := w.SetAlarm(cmd.Context(), args[0], t); err != nil {
				return err
			}
			if s.json {
				return s.printJSON(map[string]any{"account": args[0], "alarm": t})
			}
			s.say("“%s”: Sidekeep asks when %s and %d %% of a collection or kind are gone.\n", args[0], plural(t.Items, "item", "items"), t.Percent)
			return nil
		},
	}
}
