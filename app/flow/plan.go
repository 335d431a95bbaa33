package flow

import (
	"context"
	"path/filepath"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/restore"
)

// A session is one restore, from its plan to its end, or one undo. Its
// goroutine makes the plan, waits for the owner, writes, and closes the plan.
type session struct {
	key     int
	step    PlanStep
	account string // that is written to
	request work.RestoreRequest
	at      time.Time // the moment of the past that is restored; zero for the present
	end     context.CancelFunc
	write   chan struct{} // closed when the owner says so
	asked   bool          // it is closed
	room    bool          // it began in the room of restores

	shown    work.RestoreProgress
	next     work.RestoreProgress
	drawn    time.Time
	due      bool // a timer will show next
	stopping bool

	plan        *work.RestorePlan
	lines       []PlanLine
	filter      int
	all         map[export.Kind]int // items of the plan
	writes      map[export.Kind]int // those that were written, as it stood when it began
	differ      []int               // lines of the plan that differ
	made        []ItemName          // that the target does not have
	refusedOnes []Detail            // that are not taken, and why
	diffs       map[int]difference
	problem     *words.Words

	begun, ended time.Time
	done         work.Restored
	there        map[restore.Key]bool // read back; nil if it was not
	undone       *work.Undone
	failed       error // why it ended before its end
}

// A difference is how a line differs, in a few words.
type difference struct{ field, mine, theirs string }

// busy reports whether something is being written.
func (s *session) busy() bool { return s != nil && (s.step == Writing || s.step == Undoing) }

// from is the page that a step back from the session leads to.
func (s *session) from() Page {
	if s != nil && s.room {
		return Restore
	}
	return Home
}

// startPlan makes the plan of a restore and shows it. at is the moment that
// r.AsOf stands for.
func (f *Flow) startPlan(r work.RestoreRequest, at time.Time) {
	f.plan(r, at, func(ctx context.Context, w Work, report func(work.RestoreProgress)) (*work.RestorePlan, error) {
		return w.PlanRestore(ctx, r, report)
	})
}

// plan shows the plan that how makes.
func (f *Flow) plan(r work.RestoreRequest, at time.Time, how func(context.Context, Work, func(work.RestoreProgress)) (*work.RestorePlan, error)) {
	f.leave()
	ctx, cancel := context.WithCancel(f.ctx)
	s := &session{account: r.To, request: r, at: at, end: cancel, write: make(chan struct{}), diffs: map[int]difference{}}
	var w Work
	f.change(func() {
		if f.work == nil || f.session.busy() {
			if f.session.busy() {
				f.page, f.note = Home, words.WritingNow
			}
			return
		}
		w = f.work
		f.sessions++
		s.key, s.room = f.sessions, f.page == Restore
		f.session, f.page = s, Plan
		f.dropped = nil
	})
	if w == nil {
		cancel()
		return
	}
	f.run(func(context.Context) {
		defer cancel()
		p, err := how(ctx, w, func(p work.RestoreProgress) { f.wrote(s, p) })
		if err != nil {
			f.change(func() {
				if !stopped(err) {
					p := words.For(err)
					s.problem = &p
				}
			})
			return
		}
		defer func() { _ = p.Close() }() // it only read
		f.change(func() {
			if p.GoesOn != nil {
				s.request = p.Request
			}
			s.planned(p)
		})
		f.differences(ctx, s)
		select {
		case <-s.write:
			f.apply(ctx, w, s)
		case <-ctx.Done():
		}
	})
}

// planned takes the plan. f.mu is held.
func (s *session) planned(p *work.RestorePlan) {
	s.plan, s.step = p, Planned
	s.all = s.kindsOf(func(*restore.Line) bool { return true })
	for i := range p.Lines {
		if p.Lines[i].State == restore.Differing {
			s.differ = append(s.differ, i)
		}
	}
	s.made, s.refusedOnes = s.creates(), s.refused()
	s.list()
}

// maxDiffs is of how many items that differ it is told how.
const maxDiffs = 500

// differences reads how the items differ, until it is written.
func (f *Flow) differences(ctx context.Context, s *session) {
	shown := time.Time{}
	for n, i := range s.differ {
		if n == maxDiffs || ctx.Err() != nil {
			break
		}
		select {
		case <-s.write:
			return
		default:
		}
		list, err := s.plan.Differences(ctx, i)
		if err != nil {
			continue // the plan told that it differs; how cannot be read now
		}
		d := differ(list)
		f.mu.Lock()
		s.diffs[i] = d
		f.mu.Unlock()
		if now := f.o.Now(); now.Sub(shown) >= showEvery {
			shown = now
			f.o.Changed()
		}
	}
	f.o.Changed()
}

// wrote shows how far a restore is, at most four times a second.
func (f *Flow) wrote(s *session, p work.RestoreProgress) {
	f.mu.Lock()
	now := f.o.Now()
	wait := showEvery - now.Sub(s.drawn)
	s.next = p
	due := !s.due && (wait <= 0 || p.Phase != s.shown.Phase)
	later := !due && !s.due
	if due {
		s.shown, s.drawn = p, now
	}
	if later {
		s.due = true
	}
	f.mu.Unlock()
	switch {
	case due:
		f.o.Changed()
	case later:
		f.after(wait, func() { s.shown, s.drawn, s.due = s.next, f.o.Now(), false })
	}
}

// Choose sets what becomes of the item in row i of those that differ, of all of
// them if i is negative.
func (f *Flow) Choose(i, choice int) {
	f.change(func() {
		s := f.session
		if s == nil || s.step != Planned || choice < 0 || choice >= len(choices) || i >= len(s.differ) {
			return
		}
		var keys []restore.Key
		if i >= 0 {
			keys = []restore.Key{s.plan.Lines[s.differ[i]].Item.Key()}
		}
		s.plan.Choose(choices[choice], keys)
		s.list()
	})
}

// Write writes what the plan says.
func (f *Flow) Write() {
	f.change(func() {
		s := f.session
		if s == nil || s.step != Planned || s.asked || len(f.exports) > 0 || s.plan.Empty() {
			return
		}
		s.asked, s.writes = true, s.kindsOf(writes)
		s.step, s.begun = Writing, f.o.Now()
		s.shown = work.RestoreProgress{Account: s.account, Phase: work.Keeping, Total: -1, Left: -1}
		f.page = Plan
		close(s.write)
	})
}

// StopWriting ends a plan, a restore or an undo under way. What was written
// stays.
func (f *Flow) StopWriting() {
	var s *session
	f.change(func() {
		if s = f.session; s.busy() {
			s.stopping = true
		}
	})
	switch {
	case s.busy():
		s.end()
	case s != nil && s.step == Planning:
		f.Back()
	}
}

// Replan makes the plan of the shown restore again, which goes on with what was
// stopped.
func (f *Flow) Replan() {
	f.mu.Lock()
	s := f.session
	f.mu.Unlock()
	if s != nil && s.request.To != "" && !s.busy() {
		f.startPlan(s.request, s.at)
	}
}

// apply writes, and reads back what was written.
func (f *Flow) apply(ctx context.Context, w Work, s *session) {
	var done work.Restored
	over, err := f.turn(ctx)
	if err == nil {
		done, err = w.Restore(ctx, s.plan, func(p work.RestoreProgress) { f.wrote(s, p) })
		over()
	}
	var there map[restore.Key]bool
	if err == nil && ctx.Err() == nil {
		f.wrote(s, work.RestoreProgress{Account: s.account, Phase: work.Comparing, Total: -1, Left: -1})
		if list, err := w.ReadBack(ctx, s.plan); err == nil {
			there = list
		}
	}
	f.load()
	f.change(func() {
		s.done, s.there, s.failed = done, there, err
		f.finish(s, Written)
	})
	f.reloadHistory()
}

// finish shows what came of a restore or an undo. f.mu is held.
func (f *Flow) finish(s *session, step PlanStep) {
	s.step, s.ended, s.stopping = step, f.o.Now(), false
	f.sessions++
	s.key = f.sessions
	if f.page != Plan {
		f.note, f.undo = f.planPage().Title+".", nil
	}
}

// putBack opens the plan for what looks lost of account.
func (f *Flow) putBack(account string) {
	s, ok := f.statusOf(account)
	w := f.works()
	if !ok || s.Loss == nil || w == nil {
		return
	}
	if s.Restore != nil {
		f.GoOnRestore(account, s.Restore.Number)
		return
	}
	r := work.RestoreRequest{To: account, From: account}
	if before := s.Loss.AsOf; len(before) > 0 { // the files do not show it all
		r.AsOf.Export, r.Kinds, r.Choice = before[0], s.Loss.Kinds(), restore.Device
		if _, hollow := s.Loss.By(); hollow {
			r.Choice = restore.Archive
		}
		f.startPlan(r, heldSince(s))
		return
	}
	if _, hollow := s.Loss.By(); hollow || !goneBy(tallied(s.Loss).rule) || s.Last == nil {
		// Items that lost content get all of it back.
		r.Choice = restore.Archive
		f.startPlan(r, time.Time{})
		return
	}
	f.run(func(ctx context.Context) {
		for m, err := range w.Missing(ctx, account, s.Last.Number, nil) {
			if err != nil {
				if !stopped(err) {
					f.Tell(words.For(err).String())
				}
				return
			}
			r.Keys = append(r.Keys, restore.Key{Account: m.Account, Collection: m.Collection, ID: m.ID})
		}
		f.startPlan(r, time.Time{})
	})
}

// kindsOf counts the lines of a plan that so says.
func (s *session) kindsOf(so func(l *restore.Line) bool) map[export.Kind]int {
	n := map[export.Kind]int{}
	for i := range s.plan.Lines {
		if l := &s.plan.Lines[i]; so(l) {
			n[l.Item.Kind]++
		}
	}
	return n
}

// writes tells whether a line is written.
func writes(l *restore.Line) bool {
	return l.State == restore.Missing || l.State == restore.Differing && l.Choice != restore.Device
}

// source names where a restore takes its items from.
func (s *session) source(now time.Time) string {
	if p := s.request.Paths; len(p) > 0 {
		return words.PlanFromFiles(filepath.Base(p[0]), len(p)-1)
	}
	from := s.request.From
	if from == "" {
		from = s.account
	}
	return words.PlanFrom(from, s.at, now)
}
