package flow

import (
	"context"
	"maps"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
)

// reasons are those of a loss that a person is told: one about a collection is
// left out if one about the whole account says the same of its kind.
func reasons(l *export.Loss) []export.Reason {
	if l == nil {
		return nil
	}
	type class struct {
		missing bool
		what    string
		kind    export.Kind
	}
	of := func(r export.Reason) class { return class{goneBy(r.Rule), r.What, r.Kind} }
	whole := map[class]bool{}
	for _, r := range l.Reasons {
		if r.Collection == "" {
			whole[of(r)] = true
		}
	}
	var out []export.Reason
	for _, r := range l.Reasons {
		if r.Collection == "" || !whole[of(r)] {
			out = append(out, r)
		}
	}
	return out
}

// goneBy reports whether items are gone by that rule, and not only emptier.
func goneBy(r export.Rule) bool { return r == export.RuleGone || r == export.RuleEmptied }

// A tally counts by kind what a loss is about.
type tally struct {
	rule           export.Rule         // of the gravest reason
	lost, had, has map[export.Kind]int // of the reasons of its sort
	changed        map[export.Kind]int // that have lost content
}

func tallied(l *export.Loss) tally {
	t := tally{lost: map[export.Kind]int{}, had: map[export.Kind]int{}, has: map[export.Kind]int{}, changed: map[export.Kind]int{}}
	list := reasons(l)
	for i, r := range list {
		if i == 0 {
			t.rule = r.Rule
		}
		if goneBy(r.Rule) && t.rule == export.RuleHollow { // the gone are told first
			t.rule = r.Rule
		}
	}
	for _, r := range list {
		if r.Rule == t.rule || goneBy(r.Rule) && goneBy(t.rule) {
			t.lost[r.Kind] += r.Lost
			t.had[r.Kind] += r.Had
			t.has[r.Kind] += r.Has
		}
		if r.Rule == export.RuleHollow {
			t.changed[r.Kind] += r.Lost
		}
	}
	return t
}

// mixed reports whether items are gone and others have lost content.
func (t *tally) mixed() bool { return goneBy(t.rule) && len(t.changed) > 0 }

// all counts both.
func (t *tally) all() map[export.Kind]int {
	if !t.mixed() {
		return t.lost
	}
	n := maps.Clone(t.lost)
	for k, m := range t.changed {
		n[k] += m
	}
	return n
}

// maxReasons is how many reasons a card tells.
const maxReasons = 4

// heldCard says what looks lost, that the copy is whole, and asks.
func (f *Flow) heldCard(c *Card, s work.Status) {
	c.Caption = words.HeldSince(heldSince(s), f.o.Now())
	t := tallied(s.Loss)
	example := ""
	for i, r := range reasons(s.Loss) {
		if len(r.Examples) > 0 && example == "" && i < maxReasons {
			example = words.Example(r.Examples[0]) + "."
		}
		switch {
		case i == 0:
			c.Headline = words.Loss(r) + " " + words.WholeCopy(s.Loss)
			if r.Rule == export.RuleStranger {
				c.Sentence = joined(c.Sentence, words.AnswersFor(s.Loss.Who, s.Loss.WhoBefore))
			}
		case i < maxReasons:
			c.Sentence = joined(c.Sentence, words.Loss(r))
		case i == maxReasons:
			c.Sentence = joined(c.Sentence, words.MoreLosses(len(reasons(s.Loss))-i))
		}
	}
	if c.Headline == "" {
		c.Headline = words.YourCopyIsWhole
	}
	mine, ask := mineVerb(t)
	closed := closedTo(s)
	c.Sentence = joined(c.Sentence, example, words.ReplacedNothing, closed.Told(), ask)
	c.Counts = nil
	c.Actions = []Action{
		{Act: ActAccept, Verb: mine},
		{Act: ActLost, Verb: words.WhatHappened, Rank: Quiet},
	}
	if s.SetUp && t.rule != export.RuleStranger && !closed.All {
		c.Actions = append([]Action{{Act: ActPutBack, Verb: words.PutThemBack, Rank: Primary}}, c.Actions...)
	}
	if e := s.Restore; e != nil {
		c.Sentence = joined(words.OpenRestore(e.Done, e.Total, e.Unsure), c.Sentence)
		if c.Actions[0].Act == ActPutBack {
			c.Actions[0].Verb = words.GoOn
		}
		c.Actions = append(c.Actions, Action{Act: ActDropRest, Verb: words.DropRest, Rank: Quiet})
	}
	if s.SetUp {
		c.Actions = append(c.Actions, Action{Act: ActExport, Verb: words.LookAgain, Rank: Quiet})
	}
	if f.answering[s.Name] || f.session.busy() {
		for i := range c.Actions {
			c.Actions[i].Off = c.Actions[i].Act != ActLost
		}
	}
	if err := f.why(s); err != nil {
		c.Note = words.StillHeld(words.For(err))
	}
	if s.Last != nil {
		c.More = append([]Action{{Act: ActFolder, Verb: words.ShowFiles}}, c.More...)
	}
}

// closedTo are the collections of an account that what it is held for cannot be put
// back into.
func closedTo(s work.Status) words.Closed {
	if s.Loss == nil {
		return words.Closed{}
	}
	return words.ClosedTo(s.Loss, s.Collections())
}

// heldSince is when the first export was held that waits for an answer.
func heldSince(s work.Status) time.Time {
	if s.Last != nil && s.Last.Number == s.HeldExport {
		return s.Last.Started
	}
	return s.HeldSince
}

// mineVerb is the button for: it was me; and the question before it.
func mineVerb(t tally) (verb, question string) {
	switch {
	case t.rule == export.RuleStranger:
		return words.ThisIsRight, words.MeantOrMixedUp
	case t.mixed():
		return words.ThisIsRight, words.MixedOrLost
	case t.rule == export.RuleHollow:
		return words.ChangedThem, words.ChangedOrLost
	}
	return words.RemovedThem, words.RemovedOrLost
}

func joined(a string, more ...string) string {
	for _, b := range more {
		switch {
		case b == "":
		case a == "":
			a = b
		default:
			a += " " + b
		}
	}
	return a
}

// accept asks whether the owner has removed what is missing, and then says so
// to the archive.
func (f *Flow) accept(account string) {
	s, ok := f.statusOf(account)
	if !ok || s.State != work.Held {
		return
	}
	t := tallied(s.Loss)
	of := words.OriginOf(s.Account.Type)
	q, told := words.RemovedQuestion(t.rule, t.lost, account), words.Accepted(t.rule, t.lost, account)
	if t.mixed() {
		q, told = words.MixedQuestion(t.lost, t.changed, account), words.Accepted(export.RuleHollow, t.lost, account)
	}
	q.Meaning = of.Say(q.Meaning)
	f.ask(Question{Question: q, answer: func(yes bool) {
		if yes {
			f.answer(account, s.HeldExport, of.Say(told))
		}
	}})
}

// seen says to the archive that the owner has seen what is set aside.
func (f *Flow) seen(account string) {
	if s, ok := f.statusOf(account); ok && s.Last != nil && s.SetAside > 0 {
		f.answer(account, s.Last.Number, words.Acknowledged(s.SetAside, account))
	}
}

// An undo takes the answer about an export back.
type undo struct {
	account string
	export  int64
}

// answer accepts export n and then tells done, with a way back.
func (f *Flow) answer(account string, n int64, done string) {
	f.toArchive(account, func(ctx context.Context, w Work) error {
		_, err := w.Accept(ctx, n)
		return err
	}, done, &undo{account, n})
}

// Undo takes the answer back that the note of the home page tells of.
func (f *Flow) Undo() {
	f.mu.Lock()
	u := f.undo
	f.mu.Unlock()
	if u == nil {
		return
	}
	f.toArchive(u.account, func(ctx context.Context, w Work) error {
		_, err := w.Hold(ctx, u.export)
		return err
	}, words.HeldAgain(u.account), nil)
}

// takeBack takes the answer about the opened export of account back.
func (f *Flow) takeBack(account string) {
	f.mu.Lock()
	n := f.history.open.number
	f.mu.Unlock()
	if n == 0 {
		return
	}
	f.toArchive(account, func(ctx context.Context, w Work) error {
		_, err := w.Hold(ctx, n)
		return err
	}, words.HeldAgain(account), nil)
}

// toArchive writes an answer about account with do and tells told, or why it
// could not be written. One answer is written at a time for an account.
func (f *Flow) toArchive(account string, do func(context.Context, Work) error, told string, back *undo) {
	var w Work
	f.change(func() {
		if f.answering[account] || f.work == nil {
			return
		}
		if f.session.busy() {
			f.note, f.page = words.WritingNow, Home
			return
		}
		if len(f.exports) > 0 { // one writes to the archive at a time
			f.note, f.page = words.AnswerLater, Home
			return
		}
		w = f.work
		f.answering[account] = true
		f.note, f.undo = "", nil
	})
	if w == nil {
		return
	}
	f.run(func(ctx context.Context) {
		done, err := f.turn(ctx)
		if err == nil {
			err = do(ctx, w)
			done()
		}
		f.load()
		f.change(func() {
			delete(f.answering, account)
			switch {
			case err == nil:
				f.note, f.undo = told, back
				delete(f.failed, account)
				if f.page == Lost && f.lost.account == account {
					f.page = Home
				}
			case !stopped(err):
				f.note = words.NotAnswered(words.For(err))
			}
		})
		f.reloadHistory()
	})
}

// statusOf is how an account stands.
func (f *Flow) statusOf(account string) (work.Status, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lockedStatus(account)
}

// lockedStatus is statusOf with f.mu held.
func (f *Flow) lockedStatus(account string) (work.Status, bool) {
	for _, s := range f.status {
		if s.Name == account {
			return s, true
		}
	}
	return work.Status{}, false
}
