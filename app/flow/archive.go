package flow

import (
	"context"
	"time"

	"sidekeep/app/words"
	"sidekeep/export"
	"sidekeep/export/archive"
)

// checking is a check of the archive, under way or done.
type checking struct {
	running bool
	cancel  context.CancelFunc
	part    float64
	began   time.Time
	shown   time.Time
	at      time.Time // when it ended; zero if none did
	result  archive.Check
	problem *words.Words
}

func (c checking) good() bool { return len(c.result.Bad) == 0 }

// left tells how long a check under way takes still, "" while that is not known.
func (c checking) left(now time.Time) string {
	ran := now.Sub(c.began)
	if c.part <= 0 || ran < leftAfter {
		return ""
	}
	return words.Left(time.Duration(float64(ran) * (1 - c.part) / c.part))
}

// noted is the note of the last check of all of the archive, by whom ever, which
// also tells what is right again; nil if this session made one that is not noted.
// f.mu is held.
func (f *Flow) noted() *archive.Round {
	if r := f.verified; r != nil && (f.check.at.IsZero() || !r.At.Before(f.check.began)) {
		return r
	}
	return nil
}

// checkedAt is when all of the archive was checked last; zero if it never was.
// f.mu is held.
func (f *Flow) checkedAt() time.Time {
	if r := f.noted(); r != nil {
		return r.At
	}
	return f.check.at
}

// checkedGood reports whether the check of checkedAt found nothing. f.mu is held.
func (f *Flow) checkedGood() bool {
	if r := f.noted(); r != nil {
		return r.Good()
	}
	return f.check.good()
}

// archive is the page of the archive. f.mu is held.
func (f *Flow) archive() ArchiveView {
	c := f.check
	v := ArchiveView{Place: f.place, Exists: f.exists, Checking: c.running, Part: c.part, CanChange: len(f.exports) == 0 && !c.running, Problem: c.problem}
	if f.free >= 0 {
		v.Space = words.Free(f.free)
	}
	v.Offered, v.OfferLines, v.CanTake = f.offered()
	n := map[export.Kind]int{}
	for _, s := range f.status {
		for k, m := range s.Understood() {
			n[k] += m
		}
	}
	v.Holds = words.Holds(n, f.archiveSize())
	if !f.exists {
		v.Holds = words.NoArchive + ". " + words.FirstExportMakesIt + "."
	}
	for i, name := range f.edited {
		if i == maxDetails {
			v.Edited = append(v.Edited, words.MoreProblems(len(f.edited)-i))
			break
		}
		v.Edited = append(v.Edited, name)
	}
	switch {
	case c.running:
		v.CheckTitle, v.CheckLine, v.CheckTone = words.Checking, joinedBy(" · ", words.Percent(c.part), c.left(f.o.Now())), Busy
	case f.checkedAt().IsZero():
		v.CheckTitle, v.CheckLine = words.NotChecked, words.NotCheckedLine
	case f.noted() != nil:
		f.checkedBefore(&v)
	case c.good():
		v.CheckTitle, v.CheckTone = words.ArchiveWhole, Good
		v.CheckLine = words.CheckGood(c.result.Checked, c.at, f.o.Now())
	default:
		v.CheckTitle, v.CheckTone = words.ArchiveDamaged, Bad
		v.CheckLine = words.CheckBad(len(c.result.Bad), c.result.Checked)
		for i, b := range c.result.Bad {
			if i == maxDetails {
				v.BadFiles = append(v.BadFiles, Detail{words.MoreProblems(len(c.result.Bad) - i), words.VerifyLists})
				break
			}
			v.BadFiles = append(v.BadFiles, Detail{b.Path, b.Why})
		}
	}
	return v
}

// checkedBefore tells of the check that is noted. f.mu is held.
func (f *Flow) checkedBefore(v *ArchiveView) {
	r := f.verified
	if r.Good() {
		v.CheckTitle, v.CheckTone = words.ArchiveWhole, Good
		v.CheckLine = words.CheckGood(r.Checked, r.At, f.o.Now())
		return
	}
	v.CheckTitle, v.CheckTone = words.ArchiveDamaged, Bad
	v.CheckLine = words.CheckBad(r.BadCount, r.Checked)
	for i, b := range r.Bad {
		if i == maxDetails {
			break
		}
		v.BadFiles = append(v.BadFiles, Detail{b.Path, b.Why})
	}
	if more := r.BadCount - len(v.BadFiles); more > 0 {
		v.BadFiles = append(v.BadFiles, Detail{words.MoreProblems(more), words.VerifyLists})
	}
}

// Check reads every byte of the archive again.
func (f *Flow) Check() {
	ctx, cancel := context.WithCancel(f.ctx)
	ok := false
	var w Work
	f.change(func() {
		if f.check.running || f.work == nil {
			return
		}
		f.check = checking{running: true, cancel: cancel, began: f.o.Now()}
		w, ok = f.work, true
	})
	if !ok {
		cancel()
		return
	}
	f.run(func(context.Context) {
		defer cancel()
		result, err := w.Verify(ctx, func(done, total int64) {
			f.mu.Lock()
			now := f.o.Now()
			show := now.Sub(f.check.shown) >= showEvery
			if show && total > 0 {
				f.check.part, f.check.shown = float64(done)/float64(total), now
			}
			f.mu.Unlock()
			if show {
				f.o.Changed()
			}
		})
		f.change(func() {
			f.check = checking{began: f.check.began}
			switch {
			case err == nil:
				f.check.at, f.check.result = f.o.Now(), result
			case !stopped(err):
				p := words.For(err)
				f.check.problem = &p
			}
		})
		f.load() // the note of it
	})
}

// StopCheck ends the check.
func (f *Flow) StopCheck() {
	f.mu.Lock()
	cancel := f.check.cancel
	f.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}
