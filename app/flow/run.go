package flow

import (
	"context"
	"errors"
	"time"

	"sidekeep/app/words"
	"sidekeep/export"
)

// showEvery bounds how often the progress of an export is shown.
const showEvery = 250 * time.Millisecond

// leftAfter is how long an export runs before a time left is shown.
const leftAfter = 10 * time.Second

// running is an export under way.
type running struct {
	stop     context.CancelFunc
	started  time.Time
	stopping bool
	p        export.Progress // as shown
	next     export.Progress // as reported last
	shown    time.Time
	waiting  bool // a timer will show next
	queued   bool // something else writes to the archive first
}

// Export starts an export of account, unless one is running.
func (f *Flow) Export(account string) {
	ctx, cancel := context.WithCancel(f.ctx)
	r := &running{stop: cancel, started: f.o.Now(), queued: true, p: export.Progress{Account: account, Total: -1, Left: -1}}
	fresh := false
	var w Work
	f.change(func() {
		if _, busy := f.exports[account]; busy || f.work == nil || ctx.Err() != nil {
			return
		}
		if f.session.busy() {
			f.note = words.WritingNow
			return
		}
		fresh, w = true, f.work
		if f.dropped != nil && f.dropped.account == account {
			f.dropped.end()
			f.dropped = nil
		}
		if f.page == Lost {
			f.page = Home // where it can be watched
		}
		if f.undo != nil && f.undo.account == account {
			f.note, f.undo = "", nil
		}
		f.exports[account] = r
		delete(f.failed, account)
		delete(f.open, account)
	})
	if !fresh {
		cancel()
		return
	}
	f.run(func(context.Context) {
		defer cancel()
		done, err := f.turn(ctx)
		f.mu.Lock()
		r.queued = false
		f.mu.Unlock()
		if err == nil {
			_, err = w.Export(ctx, account, func(p export.Progress) { f.progress(r, p) })
			done()
		}
		f.mu.Lock()
		if err != nil {
			f.failed[account] = err
		}
		f.mu.Unlock()
		f.load()
		f.change(func() {
			if f.exports[account] == r {
				delete(f.exports, account)
			}
		})
		f.reloadHistory()
		if err == nil {
			f.prove(account, false)
		}
	})
}

// Stop ends the export of account. What has arrived is kept.
func (f *Flow) Stop(account string) {
	var r *running
	f.change(func() {
		if r = f.exports[account]; r != nil {
			r.stopping = true
		}
	})
	if r != nil {
		r.stop()
	}
}

// progress shows p, at once if the last one was shown long enough ago or the
// phase is another, and else when its time has come.
func (f *Flow) progress(r *running, p export.Progress) {
	f.mu.Lock()
	now := f.o.Now()
	wait := showEvery - now.Sub(r.shown)
	r.next = p
	due := wait <= 0 && !r.waiting
	later := !due && !r.waiting
	if due {
		r.p, r.shown = p, now
	}
	if later {
		r.waiting = true
	}
	f.mu.Unlock()
	switch {
	case due:
		f.o.Changed()
	case later:
		f.after(wait, func() { r.p, r.shown, r.waiting = r.next, f.o.Now(), false })
	}
}

// bars are the collections of an export, one bar each; with more than a few of
// them one bar a kind.
func bars(p export.Progress) []Bar {
	list := p.Collections
	if len(list) > 8 {
		list = byKind(list)
	}
	var out []Bar
	for _, c := range list {
		b := Bar{Icon: kindIcons[c.Kind], Name: c.Name, Step: c.State, Part: -1}
		if c.Total > 0 {
			b.Part = float64(min(c.Done, c.Total)) / float64(c.Total)
		}
		switch c.State {
		case export.Waiting:
			b.Right, b.Part = words.Waiting, 0
		case export.Broken:
			b.Right = words.StoppedAt(c.Done, c.Total)
			b.Part = max(b.Part, 0)
		case export.Finished:
			b.Right, b.Part = words.Progress(c.Done, c.Total), 1
		default:
			b.Right = words.Progress(c.Done, c.Total)
			if c.Total < 0 && c.Done == 0 {
				b.Right = words.Counting
			}
		}
		out = append(out, b)
	}
	return out
}

func byKind(list []export.CollectionProgress) []export.CollectionProgress {
	var out []export.CollectionProgress
	for _, k := range append(export.Kinds(), "") {
		sum := export.CollectionProgress{Name: words.Group(k), Kind: k}
		n := map[export.Step]int{}
		for _, c := range list {
			if c.Kind != k {
				continue
			}
			n[c.State]++
			sum.Done += c.Done
			if c.Total < 0 || sum.Total < 0 {
				sum.Total = -1
			} else {
				sum.Total += c.Total
			}
		}
		all := n[export.Waiting] + n[export.Running] + n[export.Finished] + n[export.Broken]
		switch {
		case all == 0:
			continue
		case n[export.Waiting] == all:
			sum.State = export.Waiting
		case n[export.Finished] == all:
			sum.State = export.Finished
		case n[export.Running]+n[export.Waiting] == 0:
			sum.State = export.Broken
		default:
			sum.State = export.Running
		}
		out = append(out, sum)
	}
	return out
}

// caption says what an export is doing, or how long it still takes.
func (r *running) caption(now time.Time) string {
	switch {
	case r.stopping:
		return words.KeepsWhatIsHere
	case r.queued:
		return words.WaitsForTurn
	case r.p.Phase == export.Connecting:
		return words.SigningIn
	case r.p.Phase == export.Publishing, r.p.Phase == export.Done:
		return words.WritingFiles
	case r.p.Left >= 0 && now.Sub(r.started) >= leftAfter:
		return words.Left(r.p.Left)
	}
	return words.ReadingService
}

// rate is "14 photos a second", "" below one.
func (r *running) rate() string {
	if r.p.Phase != export.Exporting || r.p.Rate < 1 || r.stopping {
		return ""
	}
	kind := export.Kind("")
	for _, c := range r.p.Collections {
		if c.State != export.Running {
			continue
		}
		if kind != "" && kind != c.Kind {
			kind = ""
			break
		}
		kind = c.Kind
	}
	return words.Rate(kind, int(r.p.Rate))
}

// stopped reports whether err is that the owner stopped it.
func stopped(err error) bool { return errors.Is(words.Cause(err), export.ErrStopped) }
