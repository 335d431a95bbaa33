package command

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"

	"github.com/spf13/cobra"
)

type statusJSON struct {
	Name          string              `json:"name"`
	State         work.State          `json:"state"`
	Safe          bool                `json:"safe"`
	SetUp         bool                `json:"set_up"` // false if only the archive knows the account
	NeedsPassword bool                `json:"needs_password"`
	Items         map[export.Kind]int `json:"items"`
	Gone          int                 `json:"gone"` // kept, and no longer at the source
	SetAside      int                 `json:"set_aside"`
	Failed        int                 `json:"failed"`
	Bytes         int64               `json:"bytes"`
	Last          *export.Ledger      `json:"last"`      // null if never exported
	LastGood      *export.Ledger      `json:"last_good"` // null if none was good
	LastFull      *time.Time          `json:"last_full"` // null if never listed in full
	Skipped       []export.Skipped    `json:"skipped"`   // what the source held besides at the last export, and why it is not exported
	Warnings      []string            `json:"warnings"`
	Loss          *export.Loss        `json:"loss"`        // why it is held; null if it is not
	HeldExport    *int64              `json:"held_export"` // the export to accept; null if none is held
	HeldSince     *time.Time          `json:"held_since"`
	Notice        *export.Loss        `json:"notice"`        // what has changed and waits for a look; null if nothing does
	NoticeExport  *int64              `json:"notice_export"` // the export to accept if it looks right; null if none waits
	NotBegun      *notBegunJSON       `json:"not_begun"`     // null if the newest export began
	Proof         *proofJSON          `json:"proof"`         // null if it was never proven
	Restore       *work.RestoreEntry  `json:"open_restore"`  // null if none is
}

// A notBegunJSON is an export that could not begin.
type notBegunJSON struct {
	At  time.Time `json:"at"`
	Why string    `json:"why"`
	Try string    `json:"try"`
}

// A proofJSON is what the last proof of an account found.
type proofJSON struct {
	At      time.Time     `json:"at"`
	Export  int64         `json:"export"`  // the newest one then
	Current bool          `json:"current"` // that is still the newest
	Checked int           `json:"checked"`
	Good    int           `json:"good"`
	Bad     []archive.Bad `json:"bad"`
}

// proofOf is null in JSON if there was no proof.
func proofOf(x *work.Status) *proofJSON {
	if x.Proof == nil {
		return nil
	}
	return &proofJSON{x.Proof.At, x.Proof.Export, x.Last != nil && x.Proof.Export >= x.Last.Number, x.Proof.Checked, x.Proof.Good, append([]archive.Bad{}, x.Proof.Bad...)}
}

func (s *session) statusVerb() *cobra.Command {
	return &cobra.Command{
		Use:   "status [NAME...]",
		Short: "Tell how every account stands, or those that are named",
		Long: "Tell how every account stands. The exit code is that of the gravest: 1 if the last export of one failed, or the archive is\n" +
			"damaged, or it could not begin; 4 if one is held; 3 if items of one failed, are set aside or did not prove, or it is overdue; else 0, also while\n" +
			"one was not exported yet.",
		Args: arguments("[NAME...]"),
		RunE: func(cmd *cobra.Command, names []string) error {
			w, err := s.work()
			if err != nil {
				return err
			}
			defer func() { _ = w.Close() }() // it only read
			list, err := w.Status(cmd.Context())
			if err == nil {
				list, err = onlyNamed(list, names)
			}
			if err != nil {
				return err
			}
			verified, err := verifiedIn(w)
			if err != nil {
				return err
			}
			edited, err := editedIn(w)
			if err != nil {
				return err
			}
			others, err := w.Shared()
			if err != nil {
				return err
			}
			obstacle := w.Obstacle()
			if s.code = statusCode(list, verified); obstacle != nil {
				s.code = failed
			}
			now := time.Now()
			if s.json {
				err = s.printStatusJSON(w, list, verified, others, edited, now)
			} else {
				s.printStatus(w, list, verified, others, edited, now)
				err = s.printStopped(cmd.Context(), w, list)
			}
			if err == nil && s.code != good {
				err = s.stdout.flush()
				s.notAllSafe(list, verified, obstacle)
			}
			return err
		},
	}
}

// onlyNamed are those of list that have one of names; all of it if none is given.
func onlyNamed(list []work.Status, names []string) ([]work.Status, error) {
	var some []work.Status
	for _, name := range names {
		x, err := work.Named(list, name)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(some, func(y work.Status) bool { return y.Name == x.Name }) {
			some = append(some, *x)
		}
	}
	if len(names) == 0 {
		return list, nil
	}
	return some, nil
}

// statusCode is the exit code of the gravest state.
func statusCode(list []work.Status, v archive.Verified) int {
	code := good
	if isDamaged(v) {
		code = failed
	}
	for i := range list {
		code = graver(code, codeOfState(&list[i]))
	}
	return code
}

func isDamaged(v archive.Verified) bool {
	return v.Whole != nil && !v.Whole.Good() || v.Now != nil && !v.Now.Good()
}

func codeOfState(x *work.Status) int {
	if x.Unbegun != nil {
		return failed
	}
	switch x.State {
	case work.Failed:
		if x.Last.Stop != nil || !x.Last.Balanced() {
			return failed
		}
		return partly
	case work.Held:
		return held
	case work.SetAside, work.Unproven, work.Overdue:
		return partly
	}
	return good
}

// notAllSafe says why the exit code is not 0.
func (s *session) notAllSafe(list []work.Status, v archive.Verified, obstacle error) {
	if obstacle != nil {
		s.explain("No export can write to the archive", obstacle)
	}
	kept := words.NothingKeptYet
	var what []string
	if isDamaged(v) {
		what = append(what, "the archive is damaged")
	}
	for i := range list {
		x := &list[i]
		if x.HasCopy() {
			kept = "What was kept before is as it was."
		}
		if codeOfState(x) != good {
			state := stateWords[x.State]
			if x.Unbegun != nil {
				state = "its last export could not begin"
			}
			what = append(what, "“"+x.Name+"”: "+state)
		}
	}
	if len(what) == 0 {
		return
	}
	where := "What is said above of each"
	if s.json {
		where = "“warnings” of each"
	}
	s.stderr.printf("sidekeep: Not all is safe: %s.\n  %s\n  %s says what to do.\n", words.List(what), kept, where)
}

func (s *session) printStatusJSON(w *work.Work, list []work.Status, v archive.Verified, others bool, edited []string, now time.Time) error {
	out := []statusJSON{}
	for _, x := range list {
		j := statusJSON{
			Name: x.Name, State: x.State, Safe: x.State == work.Safe, SetUp: x.SetUp, NeedsPassword: x.Account.NeedsPassword(),
			Items: x.Items, Gone: x.Gone, SetAside: x.SetAside, Failed: x.Failed, Bytes: x.Bytes,
			Last: x.Last, LastGood: x.LastGood, Warnings: append([]string{}, s.warnings(x, now)...),
		}
		j.Proof, j.Restore = proofOf(&x), x.Restore
		if u := x.Unbegun; u != nil {
			why := s.wordsFor(u.Err())
			j.NotBegun = &notBegunJSON{u.At, why.Title, why.Try}
		}
		j.Skipped = skippedJSON(x.Skipped())
		if j.Loss = x.Loss; x.Loss != nil {
			j.HeldExport, j.HeldSince = &x.HeldExport, &x.HeldSince
		}
		if x.Noticed != nil {
			j.Notice, j.NoticeExport = x.Noticed.Notice, &x.Noticed.Number
		}
		if j.Items == nil {
			j.Items = map[export.Kind]int{}
		}
		if !x.LastFull.IsZero() {
			j.LastFull = &x.LastFull
		}
		out = append(out, j)
	}
	return s.printJSON(map[string]any{"archive": w.ArchiveDir(), "accounts": out, "verified": roundOf(v.Whole), "verifying": roundOf(v.Now), "shared": others, "edited": append([]string{}, edited...)})
}

func (s *session) printStatus(w *work.Work, list []work.Status, v archive.Verified, others bool, edited []string, now time.Time) {
	s.stdout.printf("Archive  %s\n", w.ArchiveDir())
	if others {
		s.stdout.printf("%s\n", othersRead)
	}
	if s.hasArchive() {
		for _, line := range verifiedLines(v, now) {
			s.stdout.printf("%s\n", line)
		}
	} else {
		s.stdout.printf("There is no archive there yet: the first export or import makes it.\n")
	}
	s.printPaths(editedByHand, edited, 0)
	if len(list) == 0 {
		s.say("No account is set up yet. Set one up with “sidekeep account add”, or try “sidekeep demo”.\n")
	}
	for _, x := range list {
		s.speakOf(w, x.Name)
		s.stdout.printf("\n%s: %s\n", x.Name, stateWords[x.State])
		t := table{head: []string{"", ""}}
		t.add(lastOf(&x, now))
		if x.Last != nil {
			t.add("last sum", words.Sum(x.Last.Counts))
		}
		for _, skip := range x.Skipped() {
			t.add("not exported", words.Besides(skip))
		}
		if text := words.Counts(x.Understood()); text != "" {
			t.add("holds", text+", "+words.Size(x.Bytes))
		}
		if x.Proof != nil {
			t.add("proof", provenWords(x.Proof.Good, x.Proof.Checked, x.Proof.At, now, x.ProvenNow()))
		} else if x.Last != nil && x.State != work.Empty {
			t.add("proof", "Not proven yet")
		}
		if x.Gone > 0 {
			t.add("gone over there", words.Number(x.Gone)+", still in your archive")
		}
		of := words.OriginOf(x.Account.Type)
		if x.Loss != nil {
			t.add("held since", words.When(x.HeldSince, now)+" (number "+words.Number(int(x.HeldExport))+")")
			for _, line := range lossLines(of, x.Loss) {
				t.add("", line)
			}
			t.add("", of.Say(words.WholeCopy(x.Loss))+" "+whatToAnswer(of, x.Name, x.Loss, x.HeldExport, x.Collections()))
		}
		if n := x.Noticed; n != nil {
			t.add("look at it", words.MuchHasChanged+" It was "+words.When(n.Started, now)+" (number "+words.Number(int(n.Number))+").")
			for _, line := range lossLines(of, n.Notice) {
				t.add("", line)
			}
			t.add("", noticeAnswers(n))
		}
		list := s.warnings(x, now)
		if x.Loss != nil {
			list = list[1:] // it stands above, in full
		}
		for _, warning := range list {
			t.add("warning", warning)
		}
		t.print(s.stdout, "  ")
	}
}

// lastOf tells when an account was exported last, or its files were imported, and
// all was well.
func lastOf(x *work.Status, now time.Time) (label, when string) {
	at := func(l *export.Ledger) string {
		return words.When(l.Started, now) + " (number " + words.Number(int(l.Number)) + ")"
	}
	switch {
	case x.Imported && x.Last != nil: // an import adds: each stands by itself
		return "last import", at(x.Last)
	case x.LastGood != nil:
		return "last good export", at(x.LastGood)
	}
	return "last good export", words.When(time.Time{}, now)
}

// printStopped names restores onto the accounts of shown that have not come to their end.
func (s *session) printStopped(ctx context.Context, w *work.Work, shown []work.Status) error {
	there, err := w.HasArchive()
	if err != nil || !there {
		return err
	}
	list, err := w.OpenRestores(ctx)
	for _, e := range list {
		if slices.ContainsFunc(shown, func(x work.Status) bool { return strings.EqualFold(x.Name, e.Account) }) {
			s.stdout.printf("\n%s\n", openWords(e))
		}
	}
	return err
}

var stateWords = map[work.State]string{
	work.Never:    "not exported yet",
	work.Safe:     "safe",
	work.Empty:    "empty: there is nothing to keep",
	work.Held:     "held",
	work.Failed:   "failed",
	work.SetAside: "some items are set aside",
	work.Overdue:  "overdue",
	work.Unproven: "not proven",
}

// warnings says in a sentence each why an account is not safe.
func (s *session) warnings(x work.Status, now time.Time) []string {
	var list []string
	if x.Loss != nil {
		list = append(list, "It is held, because it looks like a loss. "+words.OriginOf(x.Account.Type).Say(words.Loss(x.Loss.Gravest())+" "+words.WholeCopy(x.Loss)))
	}
	if u := x.Unbegun; u != nil {
		w := s.wordsFor(u.Err())
		list = append(list, "The last try to export, "+words.When(u.At, now)+", could not begin. "+w.Title+" "+w.Try)
	}
	switch {
	case x.Account.NeedsPassword():
		list = append(list, "It needs its password: sidekeep account check \""+x.Name+"\"")
	case !x.SetUp && !x.Imported:
		list = append(list, "It is no longer set up, so nothing new is exported.")
	}
	if l := x.Last; l != nil && l.Rebuilt {
		list = append(list, "Its history was made anew from the open files, "+words.When(l.Started, now)+". Nothing of it was compared with the source since.")
	} else if l != nil {
		say, run, again := s.wordsFor, "export", "Export again."
		if x.Imported {
			say, run, again = words.TypedForFile, "import", "Import the same again."
		}
		if l.Stop != nil && x.Unbegun == nil {
			w := say(l.Stop)
			list = append(list, "The last "+run+", "+words.When(l.Started, now)+", ended early. "+w.Title+" "+w.Try)
		} else if l.Stop == nil && !l.Balanced() {
			list = append(list, "The last "+run+", "+words.When(l.Started, now)+", has no sum that balances. "+again)
		}
	}
	if l := x.Last; l != nil && len(l.Missing) > 0 {
		list = append(list, plural(len(l.Missing)+l.MissingMore, "photo is", "photos are")+" missing from the archive: "+l.Missing[0]+" was there before.")
	}
	if x.Failed > 0 {
		try := "The next export tries again."
		if x.Imported {
			try = "Import the files again; “sidekeep inspect FILE” shows what is wrong with one."
		}
		list = append(list, plural(x.Failed, "item", "items")+" could not be read. "+try)
	}
	if x.SetAside > 0 {
		list = append(list, plural(x.SetAside, "item is", "items are")+" set aside: kept as delivered, but not understood."+acknowledge(x.Last))
	}
	if x.Proof != nil && !x.Proof.Proven() {
		list = append(list, unproven(x.Proof))
	}
	if x.State == work.Overdue {
		list = append(list, "It was last listed in full "+words.When(x.LastFull, now)+". Export again.")
	}
	return list
}

// unproven names what did not come back from the practice service.
func unproven(p *archive.Proof) string {
	names := []string{}
	for i, b := range p.Bad {
		if i == shownNames {
			names = append(names, words.Number(len(p.Bad)-i)+" more")
			break
		}
		names = append(names, b.Why+" ("+b.Path+")")
	}
	return plural(len(p.Bad), "item", "items") + " did not come back from the practice service as delivered: " + words.List(names) + ". " + mendProof(p.Bad)
}

// mendProof says what to do about items that did not come back.
func mendProof(bad []archive.Bad) string {
	if !slices.ContainsFunc(bad, func(b archive.Bad) bool { return !b.Refused }) {
		return "The practice service does not take such items, which says nothing against your copy: “sidekeep verify” reads its bytes again."
	}
	return "Run “sidekeep verify --repair”, which makes damaged open files anew, then “sidekeep prove”."
}

// acknowledge says how to answer what is set aside.
func acknowledge(l *export.Ledger) string {
	if l == nil {
		return ""
	}
	return fmt.Sprintf(" If that is well with you: sidekeep accept %d.", l.Number)
}
