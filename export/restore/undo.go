package restore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"sidekeep/export"
)

// UndoOptions say how a restore is turned back.
type UndoOptions struct {
	Old        OldBytes // as in [ApplyOptions]
	Workers    int
	Wait, Rest time.Duration // as in [ApplyOptions]
	Report     func(Progress)
	Now        func() time.Time
}

// An UndoResult is what an undo did, together with what earlier ones of the same
// restore did.
type UndoResult struct {
	Removed int // items that the restore had made, and that are not there any more
	PutBack int // items that it had replaced or merged, and that are as they were
	Already int // of these two, those that were so before
	Unsure  int // sent and not seen by the time it was stopped, as in [Result]
	// Left are the items that stay as they are: someone changed or removed them
	// since, the journal does not prove that the restore wrote them, or the target
	// refuses it. Of those whose Err matches [export.ErrNotKept] the target said
	// that it did it, and has not: the undo can be called again.
	Left []Problem
	// Collections are the names of those that the restore made. They stay, and
	// are empty unless someone put something into them.
	Collections []string
}

// Again tells whether the same undo may do more.
func (r *UndoResult) Again() bool {
	for i := range r.Left {
		if errors.Is(r.Left[i].Err, export.ErrNotKept) {
			return true
		}
	}
	return false
}

// Undo plans an undo and does it: see [PlanUndo] and [ApplyUndo].
func Undo(ctx context.Context, w export.Writer, j Journal, o UndoOptions) (UndoResult, error) {
	p, err := PlanUndo(ctx, w, j, o)
	if err != nil {
		return UndoResult{}, err
	}
	return ApplyUndo(ctx, w, p, j, o)
}

// ApplyUndo does what an undo plan says, and nothing else: what is no longer as
// the plan saw it is left. Each item is read once more right before it is removed
// or replaced, and what was done is seen before it counts. It can be stopped, and
// planned and called again.
func ApplyUndo(ctx context.Context, w export.Writer, p *UndoPlan, j Journal, o UndoOptions) (UndoResult, error) {
	if o.Workers == 0 {
		o.Workers = 4
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == 0 {
		o.Wait = usualWait
	}
	u := &undoer{w: w, j: j, o: &o}
	u.result.Collections = p.Collections
	var todo []*UndoLine
	var err error
	for i := range p.Lines {
		switch l := &p.Lines[i]; l.State {
		case ToRemove, ToPutBack:
			todo = append(todo, l)
		case Over:
			err = errors.Join(err, u.over(l))
		default:
			err = errors.Join(err, u.left(l, l.Err))
		}
	}
	u.meter = newMeter(len(todo), o.Report, o.Now)
	if err == nil {
		err = u.run(ctx, todo)
		err = errors.Join(err, u.finish(ctx, err))
	}
	err = errors.Join(err, j.Sync())
	u.meter.end()
	return u.result, err
}

type undoer struct {
	w     export.Writer
	j     Journal
	o     *UndoOptions
	meter *meter

	mu     sync.Mutex
	result UndoResult
	open   []*glance // turned back, and not seen to be so
	done   []*glance
}

// count counts an item that is as it was.
func (u *undoer) count(l *UndoLine) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if l.Deed == Create {
		u.result.Removed++
	} else {
		u.result.PutBack++
	}
}

// write journals a step of each deed of a line, but for deeds that the journal
// does not prove.
func (u *undoer) write(l *UndoLine, step Step, why string) error {
	for _, d := range l.chain {
		if d.forged || l.before {
			continue
		}
		if err := u.j.Write(Record{N: d.N, Step: step, At: u.o.Now(), Why: why}); err != nil {
			return err
		}
	}
	return nil
}

// over counts an item that was as it was already.
func (u *undoer) over(l *UndoLine) error {
	u.count(l)
	if !l.before {
		u.mu.Lock()
		u.result.Already++
		u.mu.Unlock()
	}
	return u.write(l, Undone, "")
}

func (u *undoer) left(l *UndoLine, why error) error {
	u.mu.Lock()
	u.result.Left = append(u.result.Left, Problem{Key: Key{Collection: l.in.ID, ID: l.chain[0].after.ID}, Name: l.Name, Collection: l.Collection, Err: why})
	u.mu.Unlock()
	if errors.Is(why, export.ErrNotKept) {
		return nil // it is tried again
	}
	return u.write(l, Left, why.Error())
}

// run turns back in batches, of which the intents are safe before the first
// write.
func (u *undoer) run(ctx context.Context, todo []*UndoLine) error {
	for len(todo) > 0 {
		n := min(lookBatch, len(todo))
		err := u.batch(ctx, todo[:n])
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %w", export.ErrStopped, ctx.Err())
		}
		if err != nil {
			return err
		}
		todo = todo[n:]
	}
	return nil
}

func (u *undoer) batch(ctx context.Context, lines []*UndoLine) error {
	for _, l := range lines {
		if err := u.write(l, Undoing, ""); err != nil {
			return err
		}
	}
	if err := u.j.Sync(); err != nil {
		return err
	}
	before := make([]*glance, len(lines))
	for i, l := range lines {
		before[i] = &glance{collection: l.in, kind: l.Kind, id: l.at.ID, line: l, is: func(e *entry, _ []byte) bool { return l.wrote(e) }}
	}
	if _, err := look(ctx, u.w, before); err != nil {
		return err
	}
	after := make([]*glance, len(lines))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(u.o.Workers)
	for i := range lines {
		g.Go(func() (err error) {
			if gctx.Err() != nil {
				return gctx.Err()
			}
			after[i], err = u.one(gctx, before[i])
			return err
		})
	}
	err := g.Wait()
	var sent []*glance
	for _, a := range after {
		if a != nil {
			sent = append(sent, a)
		}
	}
	if ctx.Err() != nil { // what was done is counted all the same
		var end context.CancelFunc
		ctx, end = context.WithTimeout(context.WithoutCancel(ctx), lookGrace)
		defer end()
	} else if unknown(err) {
		u.result.Unsure += len(sent)
		return err
	}
	lookErr := u.look(ctx, sent)
	if lookErr != nil {
		u.result.Unsure += len(sent)
	}
	return errors.Join(err, lookErr)
}

// wrote tells whether an item is what the deeds of the line wrote.
func (l *UndoLine) wrote(e *entry) bool {
	for _, d := range l.chain {
		if d.isNew(&e.reading) {
			return true
		}
	}
	return false
}

// look sees what was turned back.
func (u *undoer) look(ctx context.Context, sent []*glance) error {
	open, err := look(ctx, u.w, sent)
	if err != nil {
		return err
	}
	u.open = append(u.open, open...)
	return u.settle(sent)
}

func (u *undoer) settle(sent []*glance) error {
	var err error
	for _, g := range sent {
		if g.seen {
			u.count(g.line)
			u.meter.add(1)
			u.done = append(u.done, g)
			err = errors.Join(err, u.write(g.line, Undone, ""))
		}
	}
	return err
}

// one turns one item back that was looked at, and returns what is to be seen
// then; nil if it is dealt with.
func (u *undoer) one(ctx context.Context, now *glance) (*glance, error) {
	l := now.line
	for tries := 0; ; tries++ {
		if !now.seen {
			u.meter.add(1)
			switch {
			case now.err != nil:
				return nil, u.left(l, now.err)
			case now.found != nil:
				return nil, u.left(l, errChangedSince)
			case l.Deed == Create:
				return nil, u.over(l)
			}
			return nil, u.left(l, errRemovedSince)
		}
		after, err := u.turn(ctx, l, export.Ref{ID: now.id, Version: now.version})
		switch {
		case err == nil:
			return after, nil
		case errors.Is(err, export.ErrGone) && l.State == ToRemove:
			u.meter.add(1)
			return nil, u.over(l)
		case errors.Is(err, export.ErrChanged) && tries < mostTries:
			// Some servers give a new version to what they have rewritten.
			if _, err := look(ctx, u.w, []*glance{now}); err != nil {
				return nil, err
			}
			if tries == mostTries-1 {
				now.seen = false
			}
			continue
		case unknown(err) || hopeless(err):
			if unknown(err) {
				u.mu.Lock()
				u.result.Unsure++
				u.mu.Unlock()
			}
			return nil, fmt.Errorf("turning back %q: %w", l.Name, err)
		}
		u.meter.add(1)
		return nil, u.left(l, err)
	}
}

// turn removes what the restore made, or puts back what was there.
func (u *undoer) turn(ctx context.Context, l *UndoLine, at export.Ref) (*glance, error) {
	if at.Version == "" {
		at.Version = "*" // the source has no versions: it was read just now
	}
	g := &glance{collection: l.in, kind: l.Kind, id: at.ID, line: l}
	if l.State == ToRemove {
		return g, u.w.Delete(ctx, l.in, at)
	}
	it, was, err := u.old(ctx, l.chain[len(l.chain)-1])
	if err != nil {
		return nil, err
	}
	var raw []byte
	if l.Kind != export.Photos {
		c, err := takeItem(ctx, it)
		if err != nil {
			return nil, err
		}
		raw = c.Text
	}
	ref, err := u.w.Put(ctx, l.in, it, at)
	if err != nil && !errors.Is(err, export.ErrNotKept) {
		return nil, err
	}
	g.version = ref.Version
	if ref.ID != "" {
		g.id = ref.ID
	}
	g.is = func(e *entry, has []byte) bool { return kept(l.Kind, &was.digest, raw, e, has) }
	return g, nil
}

// finish waits for what was not seen to be turned back, and lists the collections
// once more.
func (u *undoer) finish(ctx context.Context, why error) error {
	if why != nil || len(u.open)+len(u.done) == 0 {
		return nil
	}
	if err := rest(ctx, u.o.Rest); err != nil {
		return err
	}
	var lost []*glance
	wait := u.o.Wait
	for pause := firstWait; ; pause = min(2*pause, longWait) {
		open, err := look(ctx, u.w, u.open)
		if err != nil {
			return err
		}
		if err := u.settle(u.open); err != nil {
			return err
		}
		u.open = open
		if lost, _, err = again(ctx, u.w, u.done, nil); err == nil {
			lost, err = look(ctx, u.w, lost) // listed in another version, or on its way out of the listing
		}
		if err != nil {
			return err
		}
		if len(u.open)+len(lost) == 0 || wait <= 0 {
			break
		}
		pause = min(pause, wait)
		wait -= pause
		if err := rest(ctx, pause); err != nil {
			return err
		}
	}
	var err error
	for _, g := range lost { // it was turned back, and is no longer
		if g.line.Deed == Create {
			u.result.Removed--
		} else {
			u.result.PutBack--
		}
		err = errors.Join(err, u.write(g.line, Undoing, ""), u.left(g.line, g.unseen()))
	}
	for _, g := range u.open {
		u.meter.add(1)
		err = errors.Join(err, u.left(g.line, g.unseen()))
	}
	return err
}
