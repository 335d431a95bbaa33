package flow

import (
	"context"

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
		e, err := w.PlanUndo(ctx, number)
		if err != nil {
			p := words.For(err)
			f.change(func() { f.room.problem = &p })
			return
		}
		f.ask(Question{Question: words.UndoQuestion(e.Account, e.At, f.o.Now(), e.Created, e.Changed), answer: func(yes bool) {
			if yes {
				f.takeBackRestore(e.Account, e.Number)
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
		f.takeBackRestore(s.account, number)
	}
}

func (f *Flow) takeBackRestore(account string, number int) {
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
			undone, err = w.Undo(ctx, number, func(p work.RestoreProgress) { f.wrote(s, p) })
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
