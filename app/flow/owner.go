package flow

import (
	"context"

	"sidekeep/app/words"
	"sidekeep/export"
)

// Owner is the person before the window, as the work reaches them. The
// functions are called from the goroutines of the work and wait for an answer;
// when the context ends, the answer is no.
type Owner struct {
	Ask    export.Ask
	Synced func(ctx context.Context, folder, service string) bool // may the archive lie in a folder that service synchronises?
	Moved  func(from, to string)                                  // the archive was found at another place
	Begin  func(ctx context.Context, folder, known string) bool   // make a new archive, although one is known?
	// Archive is the folder that the owner has chosen for an archive that is
	// not there yet; "" if none was chosen.
	Archive string
}

// A Question waits for the owner's answer, over whatever page is shown.
type Question struct {
	words.Question
	Host    string
	answer  func(yes bool)
	pending *mark // tells one question from another
}

// Same reports whether q and o are one and the same question.
func (q *Question) Same(o *Question) bool {
	return q == o || q != nil && o != nil && q.pending == o.pending
}

func (f *Flow) owner(archive string) Owner {
	return Owner{
		Archive: archive,
		Ask:     export.Ask{Allow: f.allow},
		Synced: func(ctx context.Context, folder, service string) bool {
			yes, err := f.wait(ctx, Question{Question: words.Synced(folder, service)})
			return yes && err == nil
		},
		Moved: func(_, to string) { f.Tell(words.FoundMoved(to)) },
		Begin: func(ctx context.Context, folder, known string) bool {
			yes, err := f.wait(ctx, Question{Question: words.Begin(folder, known)})
			return yes && err == nil
		},
	}
}

// allow asks q, once for a sign-in that is tried several times.
func (f *Flow) allow(ctx context.Context, q export.Question) (bool, error) {
	f.mu.Lock()
	agreed := f.connect.agreed[q]
	f.mu.Unlock()
	if agreed {
		return true, nil
	}
	yes, err := f.wait(ctx, Question{Question: words.Asking(q), Host: q.Host})
	if yes && err == nil {
		f.mu.Lock()
		if f.connect.agreed == nil {
			f.connect.agreed = map[export.Question]bool{}
		}
		f.connect.agreed[q] = true
		f.mu.Unlock()
	}
	return yes, err
}

// wait puts q before the owner and waits for the answer.
func (f *Flow) wait(ctx context.Context, q Question) (bool, error) {
	answer := make(chan bool, 1)
	q.answer = func(yes bool) { answer <- yes }
	which := f.ask(q)
	select {
	case yes := <-answer:
		return yes, nil
	case <-ctx.Done():
		f.withdraw(which)
		return false, ctx.Err()
	}
}

// ask puts q behind the questions that wait already.
func (f *Flow) ask(q Question) *mark {
	q.pending = new(mark)
	f.change(func() { f.questions = append(f.questions, &q) })
	return q.pending
}

func (f *Flow) withdraw(which *mark) {
	f.change(func() {
		for i, q := range f.questions {
			if q.pending == which {
				f.questions = append(f.questions[:i:i], f.questions[i+1:]...)
				return
			}
		}
	})
}

// Answer answers the question that is shown. An answer to a question that is
// no longer shown is dropped.
func (f *Flow) Answer(to *Question, yes bool) {
	if to == nil {
		return
	}
	var q *Question
	f.change(func() {
		if len(f.questions) > 0 && f.questions[0].Same(to) {
			q, f.questions = f.questions[0], f.questions[1:]
		}
	})
	if q != nil {
		q.answer(yes)
	}
}

// A mark has a size, so that each has an address of its own.
type mark struct{ _ byte }
