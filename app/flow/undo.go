package flow

import (
	"context"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
)

// UndoRestore asks, and then turns a restore of the past back.
func (f *Flow) UndoRestore(number int) {
	w := f.works()
	if w == nil {
		return
	}
	f.run(func(ctx context.Context) {
		p, err := w.PlanUndo(ctx, number)
		if err != nil {
			p := words.For(err)
			f.change(func() { f.room.problem = &p })
			return
		}
		n := p.Counts()
		f.ask(Question{Question: words.UndoQuestion(p.Account, p.At, f.o.Now(), n.Remove, n.PutBack, n.Left), answer: func(yes bool) {
			if yes {
				f.takeBackRestore(p.Account, p.Number, func(ctx context.Context, w Work, report func(work.RestoreProgress)) (work.Undone, error) {
					return w.UndoPlanned(ctx, p, report)
				})
			}
		}})
	})
}

// UndoWritten turns the shown restore back.
func (f *Flow) UndoWritten() {
	f.mu.Lock()
	s := f.session
	number := 0
	if s != nil && (s.step == Written || s.step == TookBack) {
		number = s.done.Number
	}
	f.mu.Unlock()
	if number > 0 {
		f.takeBackRestore(s.account, number, func(ctx context.Context, w Work, report func(work.RestoreProgress)) (work.Undone, error) {
			return w.Undo(ctx, number, report)
		})
	}
}

// takeBackRestore turns a restore back with undo.
func (f *Flow) takeBackRestore(account string, number int, undo func(context.Context, Work, func(work.RestoreProgress)) (work.Undone, error)) {
	ctx, cancel := context.WithCancel(f.ctx)
	s := &session{account: account, step: Undoing, end: cancel, begun: f.o.Now()}
	s.shown = work.RestoreProgress{Account: account, Phase: work.Undoing, Total: -1, Left: -1}
	s.done.Number = number
	var w Work
	f.change(func() {
		if f.work == nil || f.session.busy() || len(f.exports) > 0 {
			f.note = words.WritingNow
			return
		}
		w = f.work
		if f.session != nil {
			f.session.end()
		}
		f.sessions++
		s.key = f.sessions
		f.session, f.page = s, Plan
	})
	if w == nil {
		cancel()
		return
	}
	f.run(func(context.Context) {
		defer cancel()
		var undone work.Undone
		over, err := f.turn(ctx)
		if err == nil {
			undone, err = undo(ctx, w, func(p work.RestoreProgress) { f.wrote(s, p) })
			over()
		}
		f.load()
		f.change(func() {
			s.undone, s.failed = &undone, err
			f.finish(s, TookBack)
		})
		f.reloadHistory()
	})
}

// GoOnRestore plans the open lines of a restore.
func (f *Flow) GoOnRestore(account string, number int) {
	f.plan(work.RestoreRequest{To: account}, time.Time{}, func(ctx context.Context, w Work, report func(work.RestoreProgress)) (*work.RestorePlan, error) {
		return w.PlanGoOn(ctx, account, number, report)
	})
}

// DropRestore asks, and then gives up what is left of an open restore.
func (f *Flow) DropRestore(account string, number, done, total int) {
	f.ask(Question{Question: words.DropQuestion(account, done, total), answer: func(yes bool) {
		if !yes {
			return
		}
		f.toArchive(account, func(ctx context.Context, w Work) error {
			_, err := w.DropRestore(ctx, account, number)
			f.readRoom(true)
			return err
		}, words.Dropped(account), nil)
	}})
}
