package flow

import (
	"slices"
	"strings"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/restore"
	"sidekeep/formats/fields"
)

// planPage is a restore as it stands. f.mu is held.
func (f *Flow) planPage() PlanView {
	s := f.session
	if s == nil {
		return PlanView{}
	}
	v := PlanView{Key: s.key, Step: s.step, Problem: s.problem}
	switch s.step {
	case Planning:
		f.planningView(&v)
	case Planned:
		f.plannedView(&v)
	case Writing, Undoing:
		f.writingView(&v)
	case Written:
		f.writtenView(&v)
	case TookBack:
		f.undoneView(&v)
	}
	v.speakOf(f.originOf(s.account))
	return v
}

func (f *Flow) planningView(v *PlanView) {
	s := f.session
	v.Title, v.Line = words.Comparing, s.source(f.o.Now())
	v.Bar = Bar{Icon: "restore", Name: s.account, Right: words.Counting, Part: -1}
	if n := s.shown.Done; n > 0 {
		v.Bar.Right = words.ComparedSoFar(n)
		if all := f.toCompare(&s.request); n <= all {
			v.Bar.Part, v.Bar.Right, v.Bar.Step = float64(n)/float64(all), words.Progress(n, all), export.Running
		}
	}
	v.Stop = Action{Verb: words.Stop}
	if v.Problem != nil {
		v.Title = words.NoPlan(s.account)
		v.Action = Action{Verb: words.PlanAgain}
	}
}

// toCompare is how many items a request is about, 0 if that is not known before
// they were read. f.mu is held.
func (f *Flow) toCompare(r *work.RestoreRequest) int {
	if len(r.Keys) > 0 {
		return len(r.Keys)
	}
	s, ok := f.lockedStatus(r.From)
	if !ok || len(r.Paths)+len(r.Kinds)+len(r.Collections)+len(r.Items) > 0 || r.Vanished || !r.AsOf.IsZero() {
		return 0
	}
	return sum(s.Items)
}

// plannedView is the plan in numbers, with what is to be chosen.
func (f *Flow) plannedView(v *PlanView) {
	s := f.session
	p := s.plan
	back := len(s.request.Paths) == 0 && p.Request.From == s.account
	v.Title = words.PutTitle(s.all, s.account, back)
	v.Line = s.source(f.o.Now()) + " " + words.NothingWritten
	n := s.states()
	v.Numbers = []PlanNumber{
		{words.Number(n[restore.Missing]), words.ToCreate, words.MissingThere, Good},
		{words.Number(n[restore.Identical]), words.IdenticalWord, words.NothingToDo, Plain},
	}
	differs := PlanNumber{words.Number(n[restore.Differing]), words.DifferWord, words.YouChoose, Plain}
	if n[restore.Differing] == 0 {
		differs.Line = words.NothingToDo
	}
	if n[restore.Differing] == 1 {
		differs.Word = words.DiffersWord
	}
	v.Numbers = append(v.Numbers, differs)
	if n[restore.Refused] > 0 {
		v.Numbers = append(v.Numbers, PlanNumber{words.Number(n[restore.Refused]), words.NotTaken, words.SeeReasons, Waits})
	}
	if len(s.differ) > 0 {
		v.Differ = s.differView()
	}
	if len(s.made) > 0 {
		v.Creates = NameList{Heading: words.CreatesTitle(s.kindsOf(func(l *restore.Line) bool { return l.State == restore.Missing })), Names: s.made}
	}
	v.Refused = s.refusedOnes
	for _, l := range p.Losses {
		v.CannotKeep = append(v.CannotKeep, l.String())
	}
	if n := p.Guests(); n > 0 {
		v.Beware = append(v.Beware, words.Invitations(n))
	}
	for i, skip := range p.Skipped {
		if i == maxReasons {
			v.Skipped = append(v.Skipped, words.MoreProblems(len(p.Skipped)-i))
			break
		}
		v.Skipped = append(v.Skipped, skip)
	}
	v.AllLines = words.SeeAllLines(len(p.Lines))
	v.Sum = words.PlanSum(p.Counts())
	v.Write = Action{Verb: words.WriteVerb(s.kindsOf(writes)), Rank: Primary, Off: p.Empty() || len(f.exports) > 0}
	switch {
	case p.Empty() && n[restore.Differing] > 0:
		v.Sum = words.NothingChosen
	case p.Empty() && n[restore.Refused] == 0:
		v.Sum = words.NothingToWrite
	case len(f.exports) > 0:
		v.Sum = words.ExportsNow
	}
	if p.Empty() {
		v.Write.Verb = words.WriteVerb(nil) + words.Nothing
	}
}

func (s *session) states() map[restore.State]int {
	n := map[restore.State]int{}
	for i := range s.plan.Lines {
		n[s.plan.Lines[i].State]++
	}
	return n
}

func (s *session) differView() DifferView {
	n := map[export.Kind]int{}
	v := DifferView{ForAll: words.ForAll, Choices: words.Choices(), Line: words.MergeKeeps}
	for at, i := range s.differ {
		l := &s.plan.Lines[i]
		n[l.Item.Kind]++
		c := slices.Index(choices, l.Choice)
		if at == 0 {
			v.All = c
		} else if v.All != c {
			v.All = -1
		}
		d := s.diffs[i]
		v.Rows = append(v.Rows, DifferRow{Icon: kindIcons[l.Item.Kind], Name: lineName(l), When: lineWhen(l), Field: d.field, Mine: d.mine, Theirs: d.theirs, Choice: c})
	}
	v.Title = words.DifferTitle(n)
	if n[export.Photos] == len(s.differ) {
		v.Line = words.MergePhotos
	}
	return v
}

func lineName(l *restore.Line) string {
	if l.Item.Name == "" {
		return words.NoName
	}
	return l.Item.Name
}

// lineWhen tells lines of one name apart.
func lineWhen(l *restore.Line) string {
	if l.Item.Start.IsZero() || l.Item.Kind == export.Contacts {
		return ""
	}
	return words.At(l.Item.Start, l.Item.AllDay)
}

// refused tells why items are not taken, each reason once with some of those that
// it is about.
func (s *session) refused() (list []Detail) {
	const most = 5 // names
	at, names := map[string]int{}, map[string][]string{}
	counts := map[string]map[export.Kind]int{}
	for i := range s.plan.Lines {
		l := &s.plan.Lines[i]
		if l.State != restore.Refused {
			continue
		}
		why := words.Upper(whatOf(l))
		if _, ok := at[why]; !ok {
			at[why], counts[why] = len(list), map[export.Kind]int{}
			list = append(list, Detail{Line: why})
		}
		counts[why][l.Item.Kind]++
		if len(names[why]) < most {
			names[why] = append(names[why], lineName(l))
		}
	}
	for i, d := range list {
		list[i].Title = words.Some(counts[d.Line], names[d.Line])
	}
	if len(list) > maxDetails {
		list = append(list[:maxDetails:maxDetails], Detail{Title: words.MoreProblems(len(list) - maxDetails)})
	}
	return list
}

// creates are the names of what the target does not have. f.mu is held.
func (s *session) creates() (names []ItemName) {
	for i := range s.plan.Lines {
		if l := &s.plan.Lines[i]; l.State == restore.Missing {
			names = append(names, ItemName{Icon: kindIcons[l.Item.Kind], Name: lineName(l), When: lineWhen(l)})
		}
	}
	return names
}

// differ says in a few words how the archive and the target differ.
func differ(list []fields.Difference) difference {
	loud := slices.DeleteFunc(slices.Clone(list), func(d fields.Difference) bool { return d.Quiet })
	if len(loud) == 0 {
		loud = list
	}
	if len(loud) == 0 {
		return difference{}
	}
	d := loud[0]
	mine, theirs := fromDifference(oneLine(d.Old), oneLine(d.New))
	out := difference{d.Field, orNone(mine), orNone(theirs)}
	if len(loud) > 1 {
		out.field += words.MoreDifferences(len(loud) - 1)
	}
	return out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func orNone(s string) string {
	if s == "" {
		return words.NoValue
	}
	return s
}

// writingView is how far a restore or an undo is.
func (f *Flow) writingView(v *PlanView) {
	s := f.session
	p := s.shown
	v.Title, v.Line = words.Undoing, words.StopKeeps
	if s.step == Writing {
		v.Title = words.Writes(sum(s.writes), s.account)
	}
	v.Bar = Bar{Icon: "restore", Part: -1, Step: export.Running}
	switch p.Phase {
	case work.Keeping:
		v.Bar.Icon, v.Bar.Name = "save", words.KeepingTarget
	case work.Writing:
		v.Bar.Name = words.PuttingThere
	case work.Undoing:
		v.Bar.Icon, v.Bar.Name = "undo", words.TakingBack
	case work.Looking:
		v.Bar.Icon, v.Bar.Name = "search", words.LookingAgain
	default:
		v.Bar.Icon, v.Bar.Name = "shield", words.Comparing
	}
	if p.Total > 0 {
		v.Bar.Part = float64(min(p.Done, p.Total)) / float64(p.Total)
	}
	if p.Total > 0 || p.Done > 0 {
		v.Bar.Right = words.Progress(p.Done, p.Total)
	}
	if p.Rate >= 1 {
		v.Rate = words.Rate("", int(p.Rate))
	}
	if p.Left >= 0 && p.Total > 0 && f.o.Now().Sub(s.begun) >= leftAfter {
		v.Rate = joinedBy(". ", v.Rate, words.Left(p.Left))
	}
	v.Stop = Action{Verb: words.Stop}
	if s.stopping {
		v.Stop, v.Rate = Action{Verb: words.Stopping, Off: true}, ""
	}
}

func sum(n map[export.Kind]int) (all int) {
	for _, m := range n {
		all += m
	}
	return all
}

func joinedBy(sep, a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + sep + b
}

// The filters of the lines of a plan; the first takes all.
var filters = []struct {
	word  string
	state restore.State
}{
	{words.FilterAll, ""}, {words.FilterNew, restore.Missing}, {words.FilterDiffer, restore.Differing}, {words.FilterSame, restore.Identical}, {words.FilterRefused, restore.Refused},
}

// list makes the lines that the filter leaves. f.mu is held.
func (s *session) list() {
	lines := make([]PlanLine, 0, len(s.plan.Lines))
	for i := range s.plan.Lines {
		l := &s.plan.Lines[i]
		if want := filters[s.filter].state; want != "" && l.State != want {
			continue
		}
		line := PlanLine{Icon: kindIcons[l.Item.Kind], Name: lineName(l), Noun: words.NounWhen(l.Item.Kind, l.Item.Start, l.Item.AllDay), State: l.State, What: whatOf(l)}
		if l.To >= 0 && l.To < len(s.plan.Targets) {
			line.Where = s.plan.Targets[l.To].Name
		}
		lines = append(lines, line)
	}
	s.lines = lines
}

// whatOf is what becomes of an item.
func whatOf(l *restore.Line) string {
	switch l.State {
	case restore.Missing:
		return words.WillBeCreated
	case restore.Identical:
		return words.IsThere
	case restore.Refused:
		return words.WhyNot(l.Err)
	}
	switch {
	case l.Choice == restore.Device:
		return words.StaysAsThere
	case l.Choice == restore.Archive:
		return words.WillBeReplaced
	case l.Choice == restore.Merge && l.Item.Kind != export.Photos:
		return words.WillBeMerged
	}
	return words.BothAreKept
}

// ShowLines lists every line of the plan.
func (f *Flow) ShowLines() {
	f.change(func() {
		if s := f.session; s != nil && s.step == Planned {
			f.page = Lines
		}
	})
}

// FilterLines leaves the lines of one state; 0 is all of them.
func (f *Flow) FilterLines(i int) {
	f.change(func() {
		if s := f.session; s != nil && s.step == Planned && i >= 0 && i < len(filters) {
			s.filter = i
			s.list()
		}
	})
}

// linesPage lists the items of the plan. f.mu is held.
func (f *Flow) linesPage() LinesView {
	s := f.session
	if s == nil || s.plan == nil {
		return LinesView{}
	}
	v := LinesView{Key: s.key, Title: words.AllLinesBack, Line: words.PlanSum(s.plan.Counts()) + ".", Filter: s.filter, Lines: s.lines}
	n := s.states()
	for _, x := range filters {
		name := x.word
		if x.state != "" {
			name += " " + words.Number(n[x.state])
		}
		v.Filters = append(v.Filters, name)
	}
	if len(v.Lines) == 0 {
		v.None = words.NoneOfThem
	}
	return v
}
