package flow

import (
	"sidekeep/app/words"
	"sidekeep/export"
	"sidekeep/export/restore"
)

// writtenView is what a restore did. f.mu is held.
func (f *Flow) writtenView(v *PlanView) {
	s := f.session
	r := s.done.Result
	refused := map[restore.Key]bool{}
	for _, p := range r.Refused {
		refused[p.Key] = true
	}
	d := &v.Done
	v.Title = words.RestoreDone(s.kindsOf(func(l *restore.Line) bool { return !refused[l.Item.Key()] }), s.all, s.account)
	v.Line, d.Tone = words.DidSum(r)+" "+words.Took(s.ended.Sub(s.begun)), Good
	if len(r.Refused) > 0 {
		d.Tone = Waits
	}
	for _, x := range []struct {
		name string
		n    int
		good bool
	}{{words.SumCreated, r.Created, true}, {words.SumMerged, r.Merged, true}, {words.SumReplaced, r.Replaced, true},
		{words.SumSame, r.Same, true}, {words.SumLeft, r.Left, true}, {words.SumRefused, len(r.Refused), false}} {
		if x.n > 0 {
			d.Rows = append(d.Rows, DoneRow{x.name, words.Number(x.n), x.good})
		}
	}
	s.refusals(d, r.Refused)
	if len(r.Refused) > 0 {
		d.Title = words.NotPut(len(r.Refused))
	}
	for _, l := range s.plan.Losses {
		d.Known = append(d.Known, l.String())
	}
	s.undoable(d, r)
	if r.Unsure > 0 {
		v.Line = words.DidSum(r) + " " + words.Unsure(r.Unsure) + " " + words.Took(s.ended.Sub(s.begun))
	}
	if s.failed != nil {
		v.Title, d.Tone = words.RestoreStopped(r.Created+r.Merged+r.Replaced, sum(s.writes), s.account), Waits
		d.Again = Action{Verb: words.GoOn, Rank: Primary}
		if !stopped(s.failed) {
			w := words.For(s.failed)
			v.Problem = &w
		}
		return
	}
	s.readBack(d, refused)
}

// readBack tells what was read back after the restore. f.mu is held.
func (s *session) readBack(d *DoneView, refused map[restore.Key]bool) {
	if s.there == nil {
		d.Proof, d.ProofLine = words.NotReadBack, words.NotReadBackLine
		return
	}
	good, of := 0, 0
	for i := range s.plan.Lines {
		l := &s.plan.Lines[i]
		key := l.Item.Key()
		if refused[key] || l.State == restore.Refused || l.State == restore.Differing && l.Choice == restore.Device {
			continue
		}
		of++
		if s.there[key] {
			good++
			continue
		}
		d.Tone = Waits
		if len(d.Refused) < maxDetails {
			d.Refused = append(d.Refused, Detail{lineName(l), words.NotAsWritten})
		}
	}
	if good < of && d.Title == "" {
		d.Title = words.NotAsInCopy(of - good)
	}
	d.Proof, d.ProofLine = words.ReadBackOf(good, of), words.ReadBack
}

// refusals names the items that were not written or not turned back.
func (s *session) refusals(d *DoneView, list []restore.Problem) {
	for i, p := range list {
		if i == maxDetails {
			d.Refused = append(d.Refused, Detail{words.MoreProblems(len(list) - i), ""})
			return
		}
		name := p.Name
		if name == "" {
			name = words.NoName
		}
		d.Refused = append(d.Refused, Detail{words.ProblemTitle(export.Problem{Item: name, Collection: p.Collection}), words.WhyNot(p.Err)})
	}
}

// undoable offers to take back what was written.
func (s *session) undoable(d *DoneView, r restore.Result) {
	created, changed := r.Created, r.Replaced+r.Merged
	if s.done.Number == 0 || created+changed+r.Unsure == 0 {
		return
	}
	d.UndoTitle = words.ChangedMind
	d.UndoLines = []string{words.UndoMeans(created, changed), words.LeftAlone}
	if r.Unsure > 0 {
		d.UndoLines[0] = words.UndoLooks
	}
	d.Undo = Action{Verb: words.UndoRestore}
}

// undoneView is what an undo did. f.mu is held.
func (f *Flow) undoneView(v *PlanView) {
	s := f.session
	u := s.undone
	d := &v.Done
	v.Title, v.Line, d.Tone = words.UndoDone(s.account, len(u.Left)), words.UndoSum(u.Removed, u.PutBack), Good
	if len(u.Collections) > 0 {
		v.Line += " " + words.EmptyCollections(u.Collections)
	}
	s.refusals(d, u.Left)
	if len(u.Left) > 0 {
		d.Tone, d.Title = Waits, words.NotTakenBack(len(u.Left))
	}
	for _, x := range []struct {
		name string
		n    int
	}{{words.SumTakenAway, u.Removed}, {words.SumBroughtBack, u.PutBack}} {
		if x.n > 0 {
			d.Rows = append(d.Rows, DoneRow{x.name, words.Number(x.n), true})
		}
	}
	if len(u.Left) > 0 {
		d.Rows = append(d.Rows, DoneRow{words.SumLeft, words.Number(len(u.Left)), false})
	}
	if s.failed != nil {
		v.Title, d.Tone = words.UndoStopped(s.account), Waits
		d.Undo = Action{Verb: words.GoOn, Rank: Primary}
		if !stopped(s.failed) {
			w := words.For(s.failed)
			v.Problem = &w
		}
	}
}

// EndRestore leaves what came of a restore.
func (f *Flow) EndRestore() { f.Go(Home) }
