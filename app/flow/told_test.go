package flow

import (
	"strings"
	"testing"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/restore"
)

// TestEveryWayOfALoss: a held card leaves out none of four kinds, and tells that
// there are more.
func TestEveryWayOfALoss(t *testing.T) {
	s := account("Phone")
	s.Loss = &export.Loss{}
	for _, k := range export.Kinds() {
		s.Loss.Reasons = append(s.Loss.Reasons, export.Reason{Rule: export.RuleGone, Kind: k, Had: 40, Has: 0, Lost: 40})
	}
	f := New(Options{})
	c := Card{}
	f.heldCard(&c, s)
	for _, k := range export.Kinds() {
		if !strings.Contains(c.Headline+c.Sentence, words.Count(k, 40)) {
			t.Errorf("%s is not told: %q %q", k, c.Headline, c.Sentence)
		}
	}
	s.Loss.Reasons = append(s.Loss.Reasons, export.Reason{Rule: export.RuleHollow, Kind: export.Contacts, Had: 40, Lost: 9})
	c = Card{}
	f.heldCard(&c, s)
	if !strings.Contains(c.Sentence, words.MoreLosses(1)) {
		t.Errorf("the fifth is not told: %q", c.Sentence)
	}
}

// TestStoppedUnsure: of what was sent and not seen a stopped restore says that it
// is not known, and its undo promises no number.
func TestStoppedUnsure(t *testing.T) {
	f := New(Options{})
	now := f.o.Now()
	f.loaded, f.exists = true, true
	f.session = &session{account: "Phone", step: Written, plan: &work.RestorePlan{Plan: &restore.Plan{}}, begun: now, ended: now.Add(time.Second), failed: export.ErrStopped}
	f.session.done = work.Restored{Number: 1, Result: restore.Result{Created: 6, Unsure: 4}}
	v := PlanView{}
	f.writtenView(&v)
	if !strings.Contains(v.Line, "Of 4 more it is not known yet.") || len(v.Done.UndoLines) == 0 || strings.Contains(v.Done.UndoLines[0], "6") {
		t.Errorf("%q, %q", v.Line, v.Done.UndoLines)
	}
	f.session.done.Created = 0
	v = PlanView{}
	if f.writtenView(&v); v.Done.Undo.Verb == "" {
		t.Error("what may be there cannot be taken back")
	}
	f.session.step = Undoing
	if s := f.side(); s.Title != words.Undoing {
		t.Errorf("the foot of an undo says %q", s.Title)
	}
	f.session.step = Writing
	if s := f.side(); s.Title != words.WritingSide {
		t.Errorf("the foot of a restore says %q", s.Title)
	}
	f.session.step, f.session.problem = Planning, &words.Words{Title: "no"}
	if v := f.planPage(); strings.Contains(v.Title, "nothing") {
		t.Errorf("a plan that failed is called %q", v.Title)
	}
}
