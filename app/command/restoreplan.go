package command

import (
	"slices"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/restore"
)

// restoreJSON is what a restore would write, or has written.
type restoreJSON struct {
	Account  string               `json:"account"`
	From     string               `json:"from"`    // "" for files
	Restore  *int                 `json:"restore"` // its number for undo; null if nothing was written
	GoesOn   *int                 `json:"goes_on"` // the open restore that it goes on with; null if none
	Open     int                  `json:"open"`    // lines of its list that are not done
	Create   int                  `json:"create"`
	Same     int                  `json:"same"`
	Replace  int                  `json:"replace"`
	Merge    int                  `json:"merge"`
	Leave    int                  `json:"leave"` // differ, and the one there stays
	Refused  int                  `json:"refused"`
	Held     *bool                `json:"held"`   // the account is held after it; null if nothing was written
	Guests   int                  `json:"guests"` // events to be written that have guests, who may be invited
	Losses   []restoreLossJSON    `json:"losses"`
	Problems []restoreProblemJSON `json:"problems"`
}

type restoreLossJSON struct {
	Property string `json:"property"`
	Happens  string `json:"happens"`
	Gone     bool   `json:"gone"`
	People   int    `json:"people"`
	Example  string `json:"example"`
}

type restoreProblemJSON struct {
	Item       string `json:"item"`
	Collection string `json:"collection"`
	Cause      string `json:"cause"`
	Try        string `json:"try"`
}

// planOf is a plan as JSON.
func (s *session) planOf(p *work.RestorePlan) restoreJSON {
	n := p.Counts()
	j := restoreJSON{Open: n.Create + n.Replace + n.Merge, Create: n.Create, Same: n.Same, Replace: n.Replace, Merge: n.Merge, Leave: n.Leave, Refused: n.Refused}
	for i := range p.Lines {
		if l := &p.Lines[i]; l.State == restore.Refused {
			j.Problems = append(j.Problems, restoreProblemJSON{l.Item.Name, p.Targets[l.To].Name, l.Err.Error(), s.wordsFor(l.Err).Try})
		}
	}
	return j
}

// resultOf is what was done as JSON.
func (s *session) resultOf(r *work.Restored) restoreJSON {
	j := restoreJSON{Restore: &r.Number, Open: r.Total - r.Done, Create: r.Created, Same: r.Same, Replace: r.Replaced, Merge: r.Merged, Leave: r.Left, Refused: len(r.Refused)}
	for _, p := range r.Refused {
		j.Problems = append(j.Problems, restoreProblemJSON{p.Name, p.Collection, p.Err.Error(), s.wordsFor(p.Err).Try})
	}
	if r.After != nil && r.After.Stop == nil {
		j.Held = &r.After.Held
	}
	return j
}

// printPlan shows a plan: where what goes, what differs, what is refused and
// what is lost in translation.
func (s *session) printPlan(p *work.RestorePlan) {
	now := time.Now()
	if s.quiet {
		return
	}
	from, keeps := "from files", "files keep"
	if r := &p.Request; r.From != "" {
		from, keeps = "from what the archive holds of “"+r.From+"”", "copy keeps"
		if r.From == r.To {
			from = "from its copy"
		}
		if !r.AsOf.IsZero() {
			from += ", as it was " + momentWords(r.AsOf.Export, r.AsOf.Time, now)
		}
	}
	s.stdout.printf("Onto “%s”, %s. %s\n", p.Request.To, from, nothingYet)
	s.printTargets(p)
	s.stdout.printf("  %s.\n", plannedWords(p.Counts()))
	s.printDiffering(p)
	s.printRefused(p)
	if len(p.Losses) > 0 {
		s.stdout.printf("What this service cannot keep, and your %s:\n", keeps)
		for i, l := range p.Losses {
			if i == shownProblems && !s.verbose {
				s.stdout.printf("  and %s more\n", words.Number(len(p.Losses)-i))
				break
			}
			s.stdout.printf("  %s\n", l.String())
		}
	}
	if n := p.Guests(); n > 0 {
		s.stdout.printf("%s\n", words.Invitations(n))
	}
	for _, skipped := range p.Skipped[:min(len(p.Skipped), shownProblems)] {
		s.stdout.printf("  left out: %s\n", skipped)
	}
	_ = s.stdout.flush() // before the question; the error is kept and returned at the end
}

func momentWords(number int64, at, now time.Time) string {
	if number > 0 {
		return "at the end of export " + words.Number(int(number))
	}
	return words.When(at, now)
}

// printTargets tells what goes into which collection.
func (s *session) printTargets(p *work.RestorePlan) {
	type sum struct {
		kind export.Kind
		to   int
		n    restore.Counts
	}
	var sums []*sum
	for i := range p.Lines {
		l := &p.Lines[i]
		at := slices.IndexFunc(sums, func(x *sum) bool { return x.to == l.To && x.kind == l.Item.Kind })
		if at < 0 {
			at = len(sums)
			sums = append(sums, &sum{kind: l.Item.Kind, to: l.To})
		}
		one := restore.Plan{Lines: p.Lines[i : i+1]}
		n, x := one.Counts(), &sums[at].n
		x.Create, x.Same, x.Replace, x.Merge = x.Create+n.Create, x.Same+n.Same, x.Replace+n.Replace, x.Merge+n.Merge
		x.Refused, x.Leave = x.Refused+n.Refused, x.Leave+n.Leave
	}
	t := table{head: []string{"", "", ""}}
	for _, x := range sums {
		name := p.Targets[x.to].Name
		if p.Targets[x.to].Make && x.n.Create > 0 {
			name += " (will be made)"
		}
		t.add(words.Group(x.kind), name, plannedWords(x.n))
	}
	t.print(s.stdout, "  ")
}

// becomes is what becomes of a line that differs: photos are not merged.
func becomes(l *restore.Line) restore.Choice {
	if l.Choice == restore.Merge && l.Item.Kind == export.Photos {
		return restore.Both
	}
	return l.Choice
}

// printDiffering names what the target has in another state.
func (s *session) printDiffering(p *work.RestorePlan) {
	for _, c := range restore.Choices() {
		var names []string
		clashes := 0
		for i := range p.Lines {
			if l := &p.Lines[i]; l.State == restore.Differing && becomes(l) == c {
				names = append(names, l.Item.Name)
				clashes += len(l.Clashes)
			}
		}
		if n := len(names); n > 0 {
			if n > shownProblems && !s.verbose {
				names = append(names[:shownProblems], words.Number(n-shownProblems)+" more")
			}
			s.stdout.printf("  %s there in another state; %s: %s.\n", plural(n, "item is", "items are"), conflictWords(c), words.List(names))
		}
		if c == restore.Merge && clashes > 0 {
			s.stdout.printf("    Of %s there can be one only, such as a birthday: the service's is kept, and yours is noted in the item.\n", plural(clashes, "thing", "things"))
		}
	}
}

func (s *session) printRefused(p *work.RestorePlan) {
	shown := 0
	for i := range p.Lines {
		l := &p.Lines[i]
		if l.State != restore.Refused {
			continue
		}
		if shown == shownProblems && !s.verbose {
			s.stdout.printf("  and %s more\n", words.Number(p.Counts().Refused-shown))
			return
		}
		shown++
		s.stdout.printf("  refused, %s, %s: %s\n", p.Targets[l.To].Name, l.Item.Name, whyInFull(l.Err))
	}
}

// printRestored tells what was done; out is nil if nothing was.
func (s *session) printRestored(p *work.RestorePlan, out *work.Restored, j restoreJSON) error {
	if s.json {
		if p.GoesOn != nil {
			j.GoesOn = &p.GoesOn.Number
		}
		j.Account, j.From, j.Guests, j.Losses = p.Request.To, p.Request.From, p.Guests(), []restoreLossJSON{}
		for _, l := range p.Losses {
			j.Losses = append(j.Losses, restoreLossJSON{l.Property, l.Happens, l.Gone, l.People, l.Example})
		}
		if j.Problems == nil {
			j.Problems = []restoreProblemJSON{}
		}
		return s.printJSON(j)
	}
	if out == nil {
		if p.Empty() && !s.quiet {
			s.stdout.printf("There is nothing to write.\n")
		}
		return nil
	}
	if s.quiet && len(out.Refused) == 0 {
		return nil
	}
	n := restore.Counts{Create: out.Created, Same: out.Same, Replace: out.Replaced, Merge: out.Merged, Refused: len(out.Refused), Leave: out.Left}
	s.stdout.printf("%s: written. %s.\n", out.Account, plannedWords(n))
	if out.Clashes > 0 {
		s.stdout.printf("  %s: the service's was kept, and yours is noted in the item where there was room.\n", plural(out.Clashes, "thing clashed", "things clashed"))
	}
	s.printProblems(out.Refused)
	s.printAfter(out.Account, out.After)
	s.stdout.printf("  Take it back with “sidekeep undo %d”.\n", out.Number)
	return s.stdout.flush()
}

// printProblems names what was refused, and why.
func (s *session) printProblems(list []restore.Problem) {
	for i, x := range list {
		if i == shownProblems && !s.verbose {
			s.stdout.printf("  and %s more\n", words.Number(len(list)-i))
			break
		}
		s.stdout.printf("  refused, %s, %s: %s\n", x.Collection, x.Name, whyInFull(x.Err))
	}
}

// printAfter tells how an account stands after something was written to it.
func (s *session) printAfter(account string, l *export.Ledger) {
	switch {
	case l == nil:
	case l.Stop != nil:
		s.stdout.printf("  It could not be exported afterwards: %s Export it again: sidekeep export \"%s\"\n", s.wordsFor(l.Stop).Title, account)
	case l.Held:
		s.stdout.printf("  “%s” is still held: %s %s\n", account, s.of.Say(words.Loss(l.Loss.Gravest())), s.of.Say(words.WholeCopy(l.Loss)))
	default:
		s.stdout.printf("  Exported again: %s\n", words.Sum(l.Counts))
	}
}
