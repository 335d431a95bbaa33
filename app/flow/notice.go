package flow

import (
	"slices"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
)

// noticeCard says what has changed much, on a card that has nothing graver to
// say. f.mu is held.
func (f *Flow) noticeCard(c *Card, s work.Status) {
	if s.Noticed == nil || c.Headline != "" || !slices.Contains([]State{Safe, SetAside, Overdue, Unproven}, c.State) {
		return
	}
	c.Headline = words.MuchHasChanged
	told := ""
	for i, r := range reasons(s.Noticed.Notice) {
		if i < maxReasons {
			told = joined(told, words.Loss(r))
			if len(r.Examples) > 0 {
				told = joined(told, words.Example(r.Examples[0])+".")
			}
		}
	}
	c.Sentence = joined(told, words.FilesFollowed, words.ClosedTo(s.Noticed.Notice, s.Noticed.Collections).Told(), c.Sentence)
	c.Actions = append(f.noticeActions(s.Name, f.answering[s.Name] || f.session.busy()), c.Actions...)
	c.Actions = append(c.Actions, Action{Act: ActLook, Verb: words.WhatHappened, Rank: Quiet})
}

// noticeActions are the answers to what an account gives notice of. f.mu is held.
func (f *Flow) noticeActions(account string, busy bool) []Action {
	list := []Action{{Act: ActLooksRight, Verb: words.TheseLookRight, Off: busy}}
	if s, ok := f.lockedStatus(account); ok && s.SetUp {
		list = append(list, Action{Act: ActUndoThere, Verb: words.UndoOverThere, Off: busy})
	}
	return list
}

// look opens the export that gave notice.
func (f *Flow) look(account string) {
	if s, ok := f.statusOf(account); ok && s.Noticed != nil {
		f.History(account, s.Noticed.Number)
	}
}

// looksRight says to the archive that what has changed is right.
func (f *Flow) looksRight(account string) {
	if s, ok := f.statusOf(account); ok && s.Noticed != nil {
		f.answer(account, s.Noticed.Number, words.LooksRightNow)
	}
}

// undoThere opens the plan that makes the source what it was before what an
// export gave notice of.
func (f *Flow) undoThere(account string) {
	s, ok := f.statusOf(account)
	if !ok || s.Noticed == nil {
		return
	}
	r := work.RestoreRequest{To: account, From: account, Choice: restore.Archive,
		AsOf: archive.Moment{Export: s.Noticed.BeforeNotice()[0]}, Kinds: s.Noticed.Notice.Kinds()}
	f.startPlan(r, s.Noticed.Started)
}
