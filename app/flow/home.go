package flow

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/settings"
	"sidekeep/export/source"
)

// home is the first page. f.mu is held.
func (f *Flow) home() HomeView {
	h := HomeView{Busy: f.demoBusy, Note: f.note}
	if f.undo != nil {
		h.Undo = words.Undo
	}
	if f.trouble != nil {
		w := words.For(f.trouble)
		h.Trouble, h.Tone = &w, Bad
		return h
	}
	if !f.loaded {
		h.Title = words.Looking
		return h
	}
	coming := f.coming()
	if len(f.status)+len(coming) == 0 {
		h.Empty = true
		return h
	}
	for _, s := range slices.Concat(f.status, coming) {
		h.Cards = append(h.Cards, f.card(s))
	}
	slices.SortStableFunc(h.Cards, func(a, b Card) int {
		switch {
		case a.Wide() == b.Wide():
			return 0
		case a.Wide():
			return -1
		}
		return 1
	})
	f.headline(&h)
	return h
}

// coming are accounts that are being made by what is taken in for the first time.
// f.mu is held.
func (f *Flow) coming() (list []work.Status) {
	for name := range f.exports {
		if _, ok := f.lockedStatus(name); !ok {
			list = append(list, work.Status{Name: name, Imported: true})
		}
	}
	return list
}

// headline says in one line how all accounts stand: what is gravest first.
func (f *Flow) headline(h *HomeView) {
	n := map[State]int{}
	for _, c := range h.Cards {
		n[c.State]++
	}
	last := time.Time{}
	for _, s := range f.status {
		if s.Last != nil && s.Last.Started.After(last) {
			last = s.Last.Started
		}
	}
	h.Line = words.LastExport(last, f.o.Now())
	exporting := n[Exporting] + n[Stopping]
	switch {
	case n[Held] > 0:
		h.Title, h.Line, h.Tone = words.AccountsWait(n[Held]), words.NothingLost, Waits
	case n[Failed] > 0:
		h.Title, h.Line, h.Tone = words.AccountsFailed(n[Failed]), words.NothingLost, Bad
		if !slices.ContainsFunc(f.status, func(s work.Status) bool { return s.HasCopy() }) {
			h.Line = words.NothingKeptYet
		}
	case exporting > 0:
		h.Title, h.Line, h.Tone = words.Exporting(exporting), words.OnlyReads, Busy
	case n[Fresh] > 0:
		h.Title, h.Tone = words.AccountsNew(n[Fresh]), Plain
	case n[Overdue] > 0:
		h.Title, h.Tone = words.AccountsOverdue(n[Overdue]), Plain
	case n[Stopped] > 0:
		h.Title, h.Tone = words.AccountsStopped(n[Stopped]), Plain
	case n[Unproven] > 0:
		h.Title, h.Tone = words.AccountsUnproven(n[Unproven]), Bad
	case n[SetAside] > 0:
		h.Title, h.Tone = words.AllKept, Plain
	case n[Safe] > 0:
		h.Title, h.Tone = words.AllSafe, Good
	case n[Empty] > 0:
		h.Title, h.Tone = words.NothingToKeep, Plain
	default:
		h.Title, h.Tone = words.NothingConnected, Plain
	}
}

// side is the foot of the sidebar. f.mu is held.
func (f *Flow) side() Side {
	s := Side{Title: words.NoArchive, Line: words.FirstExportMakesIt, WaitingTone: Waits}
	for _, x := range f.status {
		switch f.stateOf(x) {
		case Held:
			s.Waiting++
		case Failed:
			s.Waiting, s.WaitingTone = s.Waiting+1, Bad
		}
	}
	switch {
	case f.trouble != nil || f.broken != nil:
		s.Title, s.Line, s.Tone = words.ArchiveUnread, words.NothingTouched, Bad
	case !f.loaded:
		s.Title, s.Line = words.Looking, ""
	case f.session.busy():
		s.Title, s.Line, s.Tone = words.WritingSide, f.session.account, Busy
		if f.session.step == Undoing {
			s.Title = words.Undoing
		}
	case !f.exists && len(f.exports) > 0:
		s.Title, s.Line, s.Tone = words.YourArchive, words.BeingMade, Busy
	case !f.exists:
	case f.check.running:
		s.Title, s.Line, s.Tone = words.Checking, words.Percent(f.check.part), Busy
	case !f.checkedAt().IsZero() && !f.checkedGood():
		s.Title, s.Line, s.Tone = words.ArchiveDamaged, words.CheckedAt(f.checkedAt(), f.o.Now()), Bad
	case !f.checkedAt().IsZero():
		s.Title, s.Line, s.Tone = words.ArchiveWhole, words.CheckedAt(f.checkedAt(), f.o.Now()), Good
	default:
		s.Title, s.Line, s.Tone = words.YourArchive, f.archiveSize(), Good
	}
	return s
}

func (f *Flow) archiveSize() string {
	var n int64
	for _, s := range f.status {
		n += s.Bytes
	}
	return words.Size(n)
}

// stateOf is how an account stands, with what this session knows of it.
func (f *Flow) stateOf(s work.Status) State {
	if r := f.exports[s.Name]; r != nil {
		if r.stopping {
			return Stopping
		}
		return Exporting
	}
	if s.State == work.Held {
		return Held // whatever became of the newest look
	}
	if err := f.why(s); err != nil && stopped(err) {
		return Stopped
	} else if f.failed[s.Name] != nil {
		return Failed
	}
	if !s.SetUp && !s.Imported {
		return Away
	}
	switch s.State {
	case work.Safe:
		return Safe
	case work.Failed:
		return Failed
	case work.SetAside:
		return SetAside
	case work.Overdue:
		return Overdue
	case work.Unproven:
		return Unproven
	case work.Empty:
		return Empty
	}
	return Fresh
}

// why is the error that ended the last export, or kept it from beginning; nil if
// none did.
func (f *Flow) why(s work.Status) error {
	if err := f.failed[s.Name]; err != nil {
		return err
	}
	if s.Unbegun != nil {
		return s.Unbegun.Err()
	}
	if s.Last != nil && s.Last.Stop != nil {
		return s.Last.Stop
	}
	return nil
}

// card is one account. f.mu is held.
func (f *Flow) card(s work.Status) Card {
	now := f.o.Now()
	c := Card{Account: s.Name, Icon: f.accountIcon(s.Account), State: f.stateOf(s), Open: f.open[s.Name]}
	last := time.Time{}
	if s.Last != nil {
		last = s.Last.Started
	}
	understood := s.Understood()
	for _, k := range export.Kinds() {
		if n := understood[k]; n > 0 {
			c.Counts = append(c.Counts, Count{words.Number(n), words.Noun(k, n)})
		}
	}
	c.Caption = words.ExportedAgo(last, now)
	c.More = []Action{{Act: ActRemove, Verb: words.RemoveAccount}}
	files := Action{Act: ActFolder, Verb: words.ShowFiles, Rank: Quiet, Off: s.Last == nil}
	again := Action{Act: ActExport, Verb: words.ExportNow}
	switch c.State {
	case Exporting, Stopping:
		r := f.exports[s.Name]
		c.Caption, c.Bars, c.Rate = r.caption(now), bars(r.p), r.rate()
		stop := Action{Act: ActStop, Verb: words.Stop}
		if c.State == Stopping {
			stop.Verb, stop.Off = words.Stopping, true
		}
		c.Actions, c.More, c.Counts = []Action{stop}, nil, nil
	case Held:
		f.heldCard(&c, s)
	case Failed:
		f.failedCard(&c, s)
	case Fresh, Overdue, Stopped:
		again.Rank = Primary
		c.Actions = []Action{again, files}
		c.Sentence = newSentence(c.State, s)
		if c.State == Stopped && s.Failed > 0 {
			c.Sentence += " " + words.StillToCome(s.Failed)
		}
		if c.State == Overdue {
			c.Caption = words.ExportedAgo(s.LastFull, now)
		}
		if c.State == Fresh {
			c.Actions = []Action{again}
		}
	case Unproven:
		c.Actions = []Action{again, files}
		c.unprovenCard(s)
	case Empty:
		c.Actions = []Action{again}
		c.Sentence = words.NothingThere
	case Away:
		files.Rank = Secondary
		c.Actions, c.More = []Action{files}, nil
		c.Sentence = words.OnlyInArchive
	default:
		c.Actions = []Action{again, files}
	}
	if s.Imported && !slices.Contains([]State{Held, Exporting, Stopping}, c.State) {
		files.Rank = Secondary
		c.Icon, c.Caption = "folder", words.ImportedAgo(last, now)
		c.Actions, c.More = []Action{files}, nil // a further import is begun with its files
	}
	f.takesDrops(&c, s)
	f.proof(&c, s)
	c.besides(s)
	f.noticeCard(&c, s)
	c.speakOf(words.OriginOf(s.Account.Type))
	return c
}

// besides tells what the source holds that is not exported, and what somebody
// wrote into the open files.
func (c *Card) besides(s work.Status) {
	if len(c.Bars) > 0 || c.State == Exporting || c.State == Stopping {
		return
	}
	var lines []string
	for _, x := range s.Skipped() {
		lines = append(lines, words.NotExported(x))
	}
	if s.Last != nil && len(s.Last.Edited) > 0 {
		lines = append(lines, words.EditedByHand(len(s.Last.Edited)+s.Last.EditedMore))
	}
	c.Note = joinedBy("\n", c.Note, strings.Join(lines, "\n"))
}

func newSentence(st State, s work.Status) string {
	switch st {
	case Fresh:
		return words.NeverExported
	case Overdue:
		return words.OverdueMeans
	case Stopped:
		if s.Last == nil || s.Last.Kept+s.Last.Unchanged == 0 {
			if !s.HasCopy() {
				return words.NeverExported
			}
			return words.StoppedEmpty
		}
		return words.StoppedMeans
	}
	return ""
}

// failedCard says what happened, what it means for the copy and what to do.
func (f *Flow) failedCard(c *Card, s work.Status) {
	now := f.o.Now()
	c.Caption = words.LastGood(time.Time{}, now)
	if s.LastGood != nil {
		c.Caption = words.LastGood(s.LastGood.Started, now)
	}
	err := f.why(s)
	again := Action{Act: ActExport, Verb: words.ExportAgain, Rank: Primary}
	var w words.Words
	switch {
	case err != nil:
		w = words.For(err)
		if s.Last != nil && s.Last.Stop != nil && s.Unbegun == nil {
			w = words.Arrived(w, err, s.Last.Kept)
		}
		if needsPassword(err) && s.SetUp && f.signsIn(s.Account) {
			again = Action{Act: ActSignIn, Verb: words.SignInAgain, Rank: Primary}
		}
	case s.Failed > 0:
		w = words.Missing(s.Failed)
	case s.Last != nil && s.Last.Failed > 0:
		w = words.Missing(s.Last.Failed)
	default:
		w = words.For(export.ErrUnbalanced)
	}
	if !s.HasCopy() {
		w = words.NoCopyYet(w)
	}
	c.Headline, c.Sentence = w.Title, w.Meaning+" "+w.Try
	c.Actions = []Action{again}
	c.Details = details(s.Last, false)
	if text := cause(err); text != "" {
		c.Details = append([]Detail{{words.WhatWasSaid, text}}, c.Details...)
	}
	if len(c.Details) > 0 {
		c.Actions = append(c.Actions, detailsAction(c.Open))
	}
	if again.Act == ActSignIn {
		c.More = append([]Action{{Act: ActExport, Verb: words.ExportAgain}}, c.More...)
	}
	if s.Last != nil {
		c.More = append([]Action{{Act: ActFolder, Verb: words.ShowFiles}}, c.More...)
	}
	c.Counts = nil
}

// cause is the technical text behind an error, for those who ask.
func cause(err error) string {
	if err == nil {
		return ""
	}
	var own *work.Error
	if errors.As(err, &own) {
		return ""
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

func needsPassword(err error) bool {
	return errors.Is(err, export.ErrSignIn) || errors.Is(err, export.ErrExpired) || errors.Is(err, export.ErrNoPassword) ||
		errors.Is(err, export.ErrNoKeychain)
}

// accountIcon is the icon of an account's service.
func (f *Flow) accountIcon(a settings.Account) string {
	if a.Type == settings.Demo {
		return "phone"
	}
	t, _ := source.Find(f.o.Types, a.Type)
	s, _ := serviceNamed(&t, a.Service)
	return cmp.Or(s.Icon, t.Icon, "globe")
}

// signsIn reports whether an account has a password.
func (f *Flow) signsIn(a settings.Account) bool {
	t, _ := source.Find(f.o.Types, a.Type)
	return t.SignsIn()
}

// Do does what a button on a card stands for. Acts that only the window can
// do, as showing a folder, are left to it.
func (f *Flow) Do(account string, act Act) {
	switch act {
	case ActExport:
		f.Export(account)
	case ActStop:
		f.Stop(account)
	case ActSignIn:
		f.signInAgain(account)
	case ActDetails:
		f.change(func() { f.open[account] = !f.open[account] })
	case ActRemove:
		f.remove(account)
	case ActAccept:
		f.accept(account)
	case ActSeen:
		f.seen(account)
	case ActLost:
		f.ShowLost(account)
	case ActTakeBack:
		f.takeBack(account)
	case ActPutBack:
		f.putBack(account)
	case ActDropRest:
		if s, ok := f.statusOf(account); ok && s.Restore != nil {
			f.DropRestore(account, s.Restore.Number, s.Restore.Done, s.Restore.Total)
		}
	case ActProve:
		f.Prove(account)
	case ActStopProof:
		f.StopProof(account)
	case ActLook:
		f.look(account)
	case ActLooksRight:
		f.looksRight(account)
	case ActUndoThere:
		f.undoThere(account)
	}
}

// Folder is the folder of the archive.
func (f *Flow) Folder() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.place
}

// remove asks whether account is to be removed, and then does.
func (f *Flow) remove(account string) {
	f.ask(Question{Question: words.Remove(account), answer: func(yes bool) {
		if !yes {
			return
		}
		f.run(func(ctx context.Context) {
			err := f.works().Remove(ctx, account)
			f.change(func() {
				delete(f.failed, account)
				if err != nil {
					f.failed[account] = err
				}
			})
			f.load()
		})
	}})
}
