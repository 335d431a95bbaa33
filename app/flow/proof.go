package flow

import (
	"context"
	"errors"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
)

// A proving is a proof under way.
type proving struct {
	stop      context.CancelFunc
	done, all int
	shown     time.Time
	stopping  bool
	due       bool // nobody asked for it: it makes way
	visible   bool // it has begun
}

// proof tells what was proven, or what the sum of the last export says, and
// what was set aside.
func (f *Flow) proof(c *Card, s work.Status) {
	if len(c.Bars) > 0 || c.State == Exporting || c.State == Stopping || c.State == Held || c.State == Empty || s.Last == nil {
		return
	}
	if l := s.Last; c.State != Failed && l.Balanced() {
		there := *l.Found - l.Failed
		c.Proof = words.InArchive(there, *l.Found)
		c.Sum = words.SumLine(l.Counts)
	}
	f.proven(c, s)
	if s.SetAside > 0 {
		c.Note = words.SetAsideNote(s.SetAside)
		c.Details = append(c.Details, details(s.Last, true)...)
		if len(c.Details) > 0 {
			c.Actions = append(c.Actions, detailsAction(c.Open))
		}
		if c.State == SetAside {
			c.seenFirst(f.answering[s.Name])
		}
	}
}

// proven tells what a proof found, and offers one. f.mu is held.
func (f *Flow) proven(c *Card, s work.Status) {
	now := f.o.Now()
	if p := f.proofs[s.Name]; p != nil && p.visible {
		c.Proof, c.Sum = words.Proving, words.ProvenSoFar(p.done, p.all)
		if p.all == 0 {
			c.Sum = words.Counting
		}
		c.Prove = Action{Act: ActStopProof, Verb: words.Stop, Rank: Quiet, Off: p.stopping}
		return
	}
	p := s.Proof
	prove := Action{Act: ActProve, Verb: words.ProveNow, Rank: Quiet}
	if s.ProvenNow() {
		c.More = append([]Action{prove}, c.More...)
	} else {
		c.Prove = prove
	}
	switch {
	case p != nil && !p.Proven():
		c.Proof, c.Sum = words.NotProven(max(p.Checked-p.Good, len(p.Bad)), p.Checked), words.ProvenWhen(p.At, now)
	case s.ProvenNow():
		c.Proof, c.Sum = words.Proven(p.Good, p.Checked), words.ProvenHow(p.At, now)
	case p != nil:
		c.Sum = joinedBy(". ", words.ProvenBefore(p.At, now), c.Sum)
	}
	if err := f.unproven[s.Name]; err != nil {
		c.Sum = words.NotProvenNow(words.For(err))
	}
}

// unprovenCard names what did not come back. f.mu is held.
func (c *Card) unprovenCard(s work.Status) {
	c.Sentence = words.UnprovenMeans
	if s.Proof == nil {
		return
	}
	for i, b := range s.Proof.Bad {
		if i == maxDetails {
			c.Details = append(c.Details, Detail{words.MoreProblems(len(s.Proof.Bad) - i), words.MoreProblemsLine})
			break
		}
		c.Details = append(c.Details, Detail{b.Path, b.Why})
	}
	if len(c.Details) > 0 {
		c.Actions = append(c.Actions, detailsAction(c.Open))
	}
}

// Prove proves account whole.
func (f *Flow) Prove(account string) { f.run(func(context.Context) { f.prove(account, true) }) }

// StopProof ends the proof of account.
func (f *Flow) StopProof(account string) {
	var p *proving
	f.change(func() {
		if p = f.proofs[account]; p != nil {
			p.stopping = true
		}
	})
	if p != nil {
		p.stop()
	}
}

// prove proves account, all of it, or what is due.
func (f *Flow) prove(account string, all bool) {
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	p := &proving{stop: cancel, due: !all, visible: all}
	var w Work
	f.mu.Lock()
	if f.proofs[account] == nil {
		w = f.work
	}
	if w != nil && all { // one that is due begins with its turn
		f.proofs[account] = p
	}
	f.mu.Unlock()
	if w == nil {
		return
	}
	if all {
		f.o.Changed()
	}
	report := func(done, total int) {
		f.mu.Lock()
		now := f.o.Now()
		show := now.Sub(p.shown) >= showEvery
		if show {
			p.done, p.all, p.shown, p.visible = done, total, now, true
		}
		f.mu.Unlock()
		if show {
			f.o.Changed()
		}
	}
	over, err := f.turn(ctx)
	if err != nil { // it was stopped
		f.change(func() { delete(f.proofs, account) })
		return
	}
	defer over()
	f.mu.Lock()
	f.proofs[account] = p
	f.mu.Unlock()
	if all {
		_, err = w.Prove(ctx, account, report)
	} else {
		var due *work.Proven
		if due, err = w.ProveDue(ctx, account, report); due == nil && err == nil {
			f.mu.Lock()
			delete(f.proofs, account)
			f.mu.Unlock()
			return
		}
	}
	f.load()
	f.change(func() {
		delete(f.proofs, account)
		delete(f.unproven, account)
		if err != nil && !stopped(err) {
			f.unproven[account] = err
		}
	})
}

// seenFirst puts "I have seen them" first and the usual actions behind the dots.
func (c *Card) seenFirst(busy bool) {
	first := []Action{{Act: ActSeen, Verb: words.SeenThem, Off: busy}}
	var more []Action
	for _, a := range c.Actions {
		if a.Act == ActExport || a.Act == ActFolder {
			more = append(more, a)
		} else {
			first = append(first, a)
		}
	}
	c.Actions, c.More = first, append(more, c.More...)
}

func detailsAction(open bool) Action {
	if open {
		return Action{Act: ActDetails, Verb: words.HideDetails, Rank: Quiet}
	}
	return Action{Act: ActDetails, Verb: words.WhatHappened, Rank: Quiet}
}

// maxDetails is how many details a card shows.
const maxDetails = 20

func details(l *export.Ledger, aside bool) []Detail {
	if l == nil {
		return nil
	}
	var out []Detail
	rest, left := 0, 0
	for _, p := range l.Problems {
		if p.Aside != aside {
			continue
		}
		if l.Stop != nil && l.Stop.Cause != nil && errors.Is(p.Err(), l.Stop.Cause) {
			left++ // the end of the export says why
			continue
		}
		if len(out) == maxDetails {
			rest++
			continue
		}
		out = append(out, Detail{words.ProblemTitle(p), words.ProblemLine(p)})
	}
	if rest > 0 {
		out = append(out, Detail{words.MoreProblems(rest), words.MoreProblemsLine})
	}
	if left > 0 {
		out = append(out, Detail{words.DidNotArrive(left), words.GoesOnThere})
	}
	return out
}
