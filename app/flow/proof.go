package flow

import (
	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
)

// proof tells what the sum of the last export says, and what was set aside.
func (f *Flow) proof(c *Card, s work.Status) {
	if len(c.Bars) > 0 || c.State == Exporting || c.State == Stopping || c.State == Held || s.Last == nil {
		return
	}
	if l := s.Last; c.State != Failed && l.Balanced() {
		there := *l.Found - l.Failed
		c.Proof = words.InArchive(there, *l.Found)
		c.Sum = words.SumLine(l.Counts)
	}
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
	rest := 0
	for _, p := range l.Problems {
		if p.Aside != aside {
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
	return out
}
