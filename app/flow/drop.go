package flow

import (
	"context"
	"path/filepath"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
)

// dropped is what lies on a card and waits for an answer.
type dropped struct {
	account string
	paths   []string
	end     context.CancelFunc
	reading bool
	found   work.Dropped
	problem *words.Words
}

// Drop takes files, folders or zip archives that were dropped on the card of
// account, which then asks; "" is anywhere else, where they go into the
// archive.
func (f *Flow) Drop(account string, paths []string) {
	if len(paths) == 0 {
		return
	}
	f.mu.Lock()
	s, ok := f.lockedStatus(account)
	takes := ok && f.page == Home && f.takes(s)
	f.mu.Unlock()
	if !takes {
		f.Import(paths)
		return
	}
	ctx, cancel := context.WithCancel(f.ctx)
	d := &dropped{account: account, paths: paths, end: cancel, reading: true}
	var w Work
	f.change(func() {
		w = f.work
		if f.dropped != nil {
			f.dropped.end()
		}
		f.dropped = d
	})
	f.run(func(context.Context) {
		defer cancel()
		found, err := w.LookInto(ctx, paths)
		f.change(func() {
			d.reading, d.found = false, found
			if err != nil && !stopped(err) {
				p := words.For(err)
				d.problem = &p
			}
		})
	})
}

// takes reports whether items can be put on an account. f.mu is held.
func (f *Flow) takes(s work.Status) bool {
	return s.SetUp && !s.Imported && f.work != nil && !f.session.busy() && f.exports[s.Name] == nil
}

// takesDrops tells what a card takes, and asks about what lies on it. f.mu is
// held.
func (f *Flow) takesDrops(c *Card, s work.Status) {
	if c.Takes = f.takes(s); c.Takes {
		c.There = words.ThereNow(s.Understood())
	}
	if f.dropped != nil && f.dropped.account == s.Name {
		c.Asked = f.askedView()
	}
}

// DropPlan opens the plan for what was dropped on a card.
func (f *Flow) DropPlan() {
	f.mu.Lock()
	d := f.dropped
	f.mu.Unlock()
	if d != nil && d.problem == nil {
		d.end()
		f.startPlan(work.RestoreRequest{To: d.account, Paths: d.paths}, time.Time{})
	}
}

// DropKeep takes what was dropped on a card into the archive only.
func (f *Flow) DropKeep() {
	f.mu.Lock()
	d := f.dropped
	f.mu.Unlock()
	if d != nil {
		f.DropForget()
		f.Import(d.paths)
	}
}

// DropForget leaves what was dropped on a card.
func (f *Flow) DropForget() {
	f.change(func() {
		if f.dropped != nil {
			f.dropped.end()
		}
		f.dropped = nil
	})
}

// maxFiles is how many names of dropped files a card tells.
const maxFiles = 3

// askedView is what lies on a card. f.mu is held.
func (f *Flow) askedView() *AskedView {
	d := f.dropped
	v := &AskedView{Title: words.AskPut(d.found.Items, d.account), Plan: Action{Verb: words.SeeThePlan, Rank: Primary}, Keep: Action{Verb: words.KeepOnly}}
	if d.reading {
		v.Note = words.ReadingFiles
	}
	for i, p := range d.paths {
		if i == maxFiles {
			v.Rest = words.MoreFiles(len(d.paths) - i)
			break
		}
		v.Files = append(v.Files, filepath.Base(p))
	}
	if n := len(d.found.Skipped); n > 0 {
		v.Note = words.SkippedFiles(n)
	}
	if d.problem != nil {
		v.Title, v.Refused = d.problem.Title, d.problem.Meaning+" "+d.problem.Try
		v.Plan, v.Keep = Action{}, Action{Verb: words.LeaveIt}
	}
	return v
}

// Import takes files, folders or zip archives into the archive.
func (f *Flow) Import(paths []string) {
	f.leave()
	ctx, cancel := context.WithCancel(f.ctx)
	r := &running{stop: cancel, started: f.o.Now(), p: export.Progress{Account: work.FilesName, Total: -1, Left: -1}}
	var w Work
	f.change(func() {
		if f.work == nil {
			return
		}
		f.page, f.undo, f.dropped = Home, nil, nil
		switch {
		case f.session.busy():
			f.note = words.WritingNow
			return
		case len(f.exports) > 0:
			f.note = words.ImportLater
			return
		}
		w = f.work
		f.exports[work.FilesName] = r
		f.note = words.TakingIn(filepath.Base(paths[0]))
		delete(f.failed, work.FilesName)
	})
	if w == nil {
		cancel()
		return
	}
	f.run(func(context.Context) {
		defer cancel()
		var in work.Imported
		done, err := f.turn(ctx)
		if err == nil {
			in, err = w.Import(ctx, "", paths, func(p export.Progress) { f.progress(r, p) })
			done()
		}
		f.load()
		f.change(func() {
			delete(f.exports, work.FilesName)
			switch {
			case err != nil && stopped(err):
				f.note = words.ImportStopped(in.Kept)
			case err != nil:
				f.note = words.NotTakenIn(words.For(err))
			default:
				f.note = words.TookIn(in.Kept+in.NewAside, in.Account)
				if in.NewAside > 0 {
					f.note += " " + words.SetAsideNote(in.NewAside)
				}
				if in.Failed > 0 {
					f.note += " " + words.Missing(in.Failed).Title
				}
				if n := len(in.Skipped); n > 0 {
					f.note += " " + words.SkippedFiles(n)
				}
			}
		})
		f.reloadHistory()
	})
}
