package restore

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"sidekeep/export"
)

// ApplyOptions say how a plan is done.
type ApplyOptions struct {
	// Old finds what the target's items are now, so that they need not be kept
	// once more; nil if there is no such export.
	Old OldBytes
	// NewUID gives an item whose UID is taken at the target, for example by one
	// in its trash bin, a UID of its own. Without it such an item is refused.
	NewUID bool
	// Workers is how many items are written at once; 4 if zero.
	Workers int
	// Wait is how long what the target said that it took is waited for where it is
	// not seen there; 15 s if zero. Rest is how long after the last write the
	// collections are listed once more: some services take back a moment later
	// what they took.
	Wait, Rest time.Duration
	// Report is called at most ten times a second, and at the end, from one
	// goroutine at a time.
	Report func(Progress)
	Now    func() time.Time
}

// Progress is how far a restore or an undo is.
type Progress struct {
	Done, Total int
	Rate        float64 // items a second
	Left        time.Duration
}

// A Problem is an item that was not written, or not turned back.
type Problem struct {
	Key        Key
	Name       string
	Collection string
	Err        error // wraps a cause
	// Twice: it was written, and the target made a second one of it by itself,
	// which an undo removes too.
	Twice bool
}

// A Result is what a restore did.
type Result struct {
	Created, Replaced, Merged int
	Same                      int // were there already, or say the same once merged
	Left                      int // differ, and the target's stays
	// Refused are the items that were not written. Those whose Err matches
	// [export.ErrNotKept] the target took and did not keep as they are, or kept
	// twice.
	Refused []Problem
	Clashes int // things of which a merge kept the target's
	// Unsure is how many items were sent and not seen by the time it was stopped:
	// whoever goes on finds out whether they are there.
	Unsure int
}

// Apply does what a plan says, and tells j of each step before and after it.
// What was written is read back, and counts only if the target has it then and
// lists it. Items that the target refuses are in the result, and the others go on. The
// error is why it stopped before its end: what was done until then is in the
// result and in j. Whoever goes on calls [Settle], makes the plan again and
// applies that: what is there already is then found.
func Apply(ctx context.Context, w export.Writer, p *Plan, j Journal, o ApplyOptions) (Result, error) {
	if o.Workers == 0 {
		o.Workers = 4
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == 0 {
		o.Wait = usualWait
	}
	_, next, err := deeds(j)
	if err != nil {
		return Result{}, err
	}
	a := &applier{w: w, p: p, j: j, o: &o, next: next}
	todo, err := a.sort()
	if err != nil {
		return a.result, err
	}
	a.meter = newMeter(len(todo), o.Report, o.Now)
	err = a.collections(ctx, todo)
	if err == nil {
		err = a.run(ctx, todo)
		err = errors.Join(err, a.finish(ctx, err))
	}
	err = errors.Join(err, j.Sync())
	a.meter.end()
	if err != nil {
		a.result.Unsure += len(a.queue) + len(a.open)
	}
	return a.result, err
}

// An applier applies a plan.
type applier struct {
	w     export.Writer
	p     *Plan
	j     Journal
	o     *ApplyOptions
	meter *meter

	mu     sync.Mutex
	next   int
	result Result
	failed map[int]error // targets that could not be made
	queue  []*glance     // written, and not looked at yet
	open   []*glance     // looked at, and not seen
	done   []*glance     // seen
}

// sort counts what needs no writing, and returns what does.
func (a *applier) sort() (todo []*Line, err error) {
	for i := range a.p.Lines {
		l := &a.p.Lines[i]
		switch {
		case l.State == Identical:
			err = errors.Join(err, a.same(l))
		case l.State == Refused:
			a.refuse(l, l.Err)
		case l.State == Differing && l.effective() == Device:
			a.result.Left++
			err = errors.Join(err, a.there(l))
		default:
			todo = append(todo, l)
		}
	}
	return todo, err
}

// same counts a line whose item the target has already.
func (a *applier) same(l *Line) error {
	a.count(&a.result.Same, 1)
	return a.there(l)
}

// there journals that a line of the list needs no writing.
func (a *applier) there(l *Line) error {
	if l.number == 0 {
		return nil
	}
	return a.j.Write(Record{Step: There, At: a.o.Now(), Line: l.number, Name: l.Item.Name})
}

func (a *applier) refuse(l *Line, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.result.Refused = append(a.result.Refused, Problem{Key: l.Item.Key(), Name: l.Item.Name, Collection: a.p.Targets[l.To].Name, Err: err})
}

func (a *applier) count(n *int, by int) {
	a.mu.Lock()
	*n += by
	a.mu.Unlock()
}

func (a *applier) number() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.next++
	return a.next - 1
}

// collections makes those that are missing and needed.
func (a *applier) collections(ctx context.Context, todo []*Line) error {
	a.failed = map[int]error{}
	for _, l := range todo {
		t := &a.p.Targets[l.To]
		if !t.Make || a.failed[l.To] != nil {
			continue
		}
		r := Record{N: a.number(), Step: Intent, At: a.o.Now(), Deed: MakeNew, Collection: t.Collection, Name: t.Name, From: &t.from}
		if err := errors.Join(a.j.Write(r), a.j.Sync()); err != nil {
			return err
		}
		c, err := a.w.MakeCollection(ctx, t.Collection)
		if unknown(err) {
			return fmt.Errorf("making %q: %w", t.Name, err)
		}
		out := Record{N: r.N, Step: Done, At: a.o.Now(), Collection: c}
		if err != nil {
			out.Step, out.Why = Void, err.Error()
			a.failed[l.To] = fmt.Errorf("making %q: %w", t.Name, err)
		} else {
			t.Collection, t.Make, t.Limits = c, false, a.w.Accepts(c)
			if a.p.had != nil {
				a.p.had[c.ID] = map[string]bool{}
			}
		}
		if werr := a.j.Write(out); werr != nil {
			return werr
		}
		if hopeless(err) {
			return fmt.Errorf("making %q: %w", t.Name, err)
		}
	}
	return nil
}

// unknown tells whether a call that failed may have taken effect.
func unknown(err error) bool {
	return err != nil && (errors.Is(err, export.ErrUnreachable) || errors.Is(err, export.ErrFault) || errors.Is(err, export.ErrStopped) || errors.Is(err, context.Canceled) ||
		errors.Is(err, context.DeadlineExceeded))
}

// hopeless tells whether a restore ends with err: it goes on where it stopped,
// and does not try a target out that fails for more than one item.
func hopeless(err error) bool { return export.ReachOf(err) > export.OneItem }

// batch is how many intents are made safe at once.
const batch = 64

// run writes items, and stops at the first error after which no other item can
// fare better.
func (a *applier) run(ctx context.Context, todo []*Line) error {
	g, gctx := errgroup.WithContext(ctx)
	ready := make(chan *op, batch)
	for range a.o.Workers {
		g.Go(func() error {
			for p := range ready {
				if gctx.Err() != nil {
					return gctx.Err()
				}
				if err := a.do(gctx, p); err != nil {
					return err
				}
			}
			return nil
		})
	}
	g.Go(func() error {
		defer close(ready)
		for len(todo) > 0 {
			n := min(batch, len(todo))
			if err := a.feed(gctx, todo[:n], ready); err != nil {
				return err
			}
			todo = todo[n:]
		}
		return nil
	})
	err := g.Wait()
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", export.ErrStopped, ctx.Err())
	}
	return err
}

// feed prepares a batch, journals what is intended with it and hands it over.
func (a *applier) feed(ctx context.Context, lines []*Line, ready chan<- *op) error {
	ops := make([]*op, len(lines))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(a.o.Workers)
	for i, l := range lines {
		g.Go(func() (err error) {
			ops[i], err = a.prepare(gctx, l)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	var intents []Record
	for _, p := range ops {
		if p == nil {
			a.meter.add(1)
			continue
		}
		intents = append(intents, a.intent(p))
	}
	if err := errors.Join(a.j.Write(intents...), a.j.Sync()); err != nil {
		return err
	}
	for _, p := range ops {
		if p == nil {
			continue
		}
		select {
		case ready <- p:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (a *applier) intent(p *op) Record {
	p.n = a.number()
	it := &p.line.Item
	r := Record{N: p.n, Step: Intent, At: a.o.Now(), Deed: p.deed, Collection: p.collection, Kind: it.Kind, Name: it.Name, Before: p.at, Line: p.line.number,
		New: hex.EncodeToString(p.digest.bytes[:]), Says: hex.EncodeToString(p.digest.meaning[:])}
	if p.deed == Replace {
		r.Old = hex.EncodeToString(p.old[:])
	}
	if it.Kind == export.Photos {
		r.File, r.Folder, r.Size, r.Modified = p.item.Name, p.item.Folder, p.item.Size, p.item.Modified
	} else {
		r.UID = p.uid
	}
	return r
}

// opened makes an item of a source out of one of the archive.
func opened(it *Item) export.Item {
	return export.Item{Name: it.File, Folder: it.Folder, Kind: it.Kind, Size: it.Size, Modified: it.Modified,
		Open: func(ctx context.Context, _ int64) (io.ReadCloser, int64, error) {
			r, err := it.Open(ctx)
			return r, 0, err
		}}
}
