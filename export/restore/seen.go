package restore

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"sidekeep/export"
)

// lookBatch is how many items are read back at once.
const lookBatch = 50

// usualWait is how long what is not seen is waited for.
const usualWait = 15 * time.Second

// lookGrace is how long what was written is looked for after a stop.
const lookGrace = 10 * time.Second

// sent remembers what the target said that it took, and reads back a batch.
func (a *applier) sent(ctx context.Context, p *op, ref export.Ref) error {
	g := &glance{collection: p.collection, kind: p.line.Item.Kind, id: ref.ID, version: ref.Version, op: p, wants: p.digest.bytes}
	g.is = func(e *entry, has []byte) bool {
		if p.deed == Replace && !e.is(&p.digest) && (e.bytes == p.old || e.crlf == p.old) {
			return false // what was there is there still, and may say all of it and more
		}
		return kept(g.kind, &p.digest, p.raw, e, has)
	}
	var batch []*glance
	a.mu.Lock()
	if a.queue = append(a.queue, g); len(a.queue) >= lookBatch {
		batch, a.queue = a.queue, nil
	}
	a.mu.Unlock()
	return a.look(ctx, batch)
}

// look reads back what was written. What is not there as it was written is
// looked at again at the end.
func (a *applier) look(ctx context.Context, batch []*glance) error {
	open, err := look(ctx, a.w, batch)
	if err != nil { // the intents stay open
		a.mu.Lock()
		a.queue = append(a.queue, batch...)
		a.mu.Unlock()
		return err
	}
	for _, g := range batch {
		if g.seen {
			err = errors.Join(err, a.seen(g))
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open = append(a.open, open...)
	return err
}

// seen claims what was written and seen.
func (a *applier) seen(g *glance) error {
	p := g.op
	r := Record{N: p.n, Step: Done, At: a.o.Now(), After: export.Ref{ID: g.id, Version: g.version}}
	if g.sum != p.digest.bytes {
		r.Kept = hex.EncodeToString(g.sum[:])
	}
	if err := a.j.Write(r); err != nil {
		return err
	}
	// What was written is no longer needed: from here on it is known by its hash.
	sum := g.sum
	p.raw, p.item = nil, export.Item{}
	g.is = func(e *entry, _ []byte) bool { return e.crlf == sum || e.is(&p.digest) }
	a.meter.add(1)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tally(p, 1)
	a.done = append(a.done, g)
	return nil
}

// tally counts what an op has done. a.mu is held.
func (a *applier) tally(p *op, n int) {
	switch {
	case p.merged:
		a.result.Merged += n
		a.result.Clashes += n * len(p.line.Clashes)
	case p.deed == Replace:
		a.result.Replaced += n
	default:
		a.result.Created += n
	}
}

// finish looks for what was written last, and lists the collections once more:
// what is not seen by then is not claimed. why is why the writing ended early.
// After a stop, and when the target cannot be reached, what was not seen yet
// stays open in the journal.
func (a *applier) finish(ctx context.Context, why error) error {
	queue := a.queue
	a.queue = nil
	switch {
	case ctx.Err() != nil:
		grace, end := context.WithTimeout(context.WithoutCancel(ctx), lookGrace)
		defer end()
		return a.look(grace, queue)
	case unknown(why):
		a.queue = queue
		return nil
	}
	if err := a.look(ctx, queue); err != nil {
		return err
	}
	if len(a.open)+len(a.done) == 0 {
		return nil
	}
	if err := rest(ctx, a.o.Rest); err != nil {
		return err
	}
	r := rounds{a: a, known: map[string]bool{}}
	wait := a.o.Wait
	for pause := firstWait; ; pause = min(2*pause, longWait) {
		if err := r.next(ctx); err != nil {
			return err
		}
		if len(a.open)+len(r.lost) == 0 || wait <= 0 {
			break
		}
		pause = min(pause, wait)
		wait -= pause
		if err := rest(ctx, pause); err != nil {
			return err
		}
	}
	return r.giveUp()
}

// rest waits, and fails if it is stopped.
func rest(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", export.ErrStopped, ctx.Err())
	}
}

// rounds are the last looks at what a restore has written.
type rounds struct {
	a     *applier
	lost  []*glance       // seen before, and no longer there or no longer the same
	known map[string]bool // items that are not the restore's, by collection and ID
}

// next looks once more: by itself at what was not seen yet, and at a listing of
// each collection.
func (r *rounds) next(ctx context.Context) error {
	a := r.a
	open, err := look(ctx, a.w, a.open)
	if err != nil {
		return err
	}
	if err := r.settle(a.open); err != nil {
		return err
	}
	a.open = open
	changed, strange, err := again(ctx, a.w, append(a.done[:len(a.done):len(a.done)], a.open...), a.p.had)
	if err != nil {
		return err
	}
	r.lost = nil
	var listed []*glance
	waits := map[*glance]bool{}
	for _, g := range a.open {
		waits[g] = true
	}
	for _, g := range changed {
		switch {
		case waits[g]:
		case g.listed:
			listed = append(listed, g)
		default:
			r.lost = append(r.lost, g)
		}
	}
	other, err := look(ctx, a.w, listed)
	if err != nil {
		return err
	}
	r.lost = append(r.lost, other...)
	return r.strangers(ctx, strange)
}

// settle claims those of gs that were seen.
func (r *rounds) settle(gs []*glance) error {
	var err error
	for _, g := range gs {
		if g.seen {
			err = errors.Join(err, r.a.seen(g))
		}
	}
	return err
}

// strangers looks at items that came to be there: the target may have kept one of
// the restore's under another name, or a second time.
func (r *rounds) strangers(ctx context.Context, list []*glance) error {
	a := r.a
	var fresh []*glance
	for _, s := range list {
		if k := s.collection.ID + "\x00" + s.id; !r.known[k] {
			r.known[k] = true
			fresh = append(fresh, s)
		}
	}
	for _, s := range fresh {
		s.is = func(e *entry, has []byte) bool {
			for _, g := range a.open {
				if g.collection.ID == s.collection.ID && g.found == nil && g.op.deed == Create && kept(g.kind, &g.op.digest, g.op.raw, e, has) {
					s.op = g.op
					return true
				}
			}
			for _, g := range a.done {
				if g.collection.ID == s.collection.ID && g.op.deed == Create && (e.crlf == g.sum || e.is(&g.op.digest)) {
					s.op = g.op
					return true
				}
			}
			return false
		}
	}
	for i := range fresh {
		fresh[i].kind = a.p.kindIn(fresh[i].collection.ID)
	}
	if _, err := look(ctx, a.w, fresh); err != nil {
		return err
	}
	for _, s := range fresh {
		if !s.seen {
			continue
		}
		moved := false
		for i, g := range a.open {
			if g.op == s.op {
				g.id, g.version, g.sum, g.seen, moved = s.id, s.version, s.sum, true, true
				a.open = append(a.open[:i:i], a.open[i+1:]...)
				if err := a.seen(g); err != nil {
					return err
				}
				break
			}
		}
		if !moved {
			if err := r.twin(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// kindIn is the kind of items of a collection that is written to.
func (p *Plan) kindIn(id string) export.Kind {
	for i := range p.Targets {
		if p.Targets[i].ID == id {
			return p.Targets[i].Kind
		}
	}
	return export.Contacts
}

// twin journals an item that the target made of one that it was given, so that an
// undo knows of it.
func (r *rounds) twin(s *glance) error {
	a, p := r.a, s.op
	n := a.number()
	rec := Record{N: n, Step: Intent, At: a.o.Now(), Deed: Create, Collection: s.collection, Kind: p.line.Item.Kind, Name: p.line.Item.Name,
		New: hex.EncodeToString(p.digest.bytes[:]), Says: hex.EncodeToString(p.digest.meaning[:]), Why: "the target made it beside the one that was written"}
	done := Record{N: n, Step: Done, At: a.o.Now(), After: export.Ref{ID: s.id, Version: s.version}}
	if s.sum != p.digest.bytes {
		done.Kept = hex.EncodeToString(s.sum[:])
	}
	a.result.Refused = append(a.result.Refused, Problem{Key: p.line.Item.Key(), Name: p.line.Item.Name, Collection: s.collection.Name,
		Err: fmt.Errorf("%w: it is there twice", export.ErrNotKept), Twice: true})
	return a.j.Write(rec, done)
}

// giveUp does not claim what was not seen, or is no longer there.
func (r *rounds) giveUp() error {
	a := r.a
	var err error
	for _, g := range r.lost {
		a.tally(g.op, -1)
		err = errors.Join(err, r.unseen(g))
	}
	for _, g := range a.open {
		a.meter.add(1)
		err = errors.Join(err, r.unseen(g))
	}
	a.open = nil
	return err
}

func (r *rounds) unseen(g *glance) error {
	a, p, why := r.a, g.op, g.unseen()
	a.refuse(p.line, why)
	rec := Record{N: p.n, Step: Unseen, At: a.o.Now(), After: export.Ref{ID: g.id}, Why: why.Error()}
	if g.found != nil && g.found.bad == nil {
		rec.After.Version, rec.Kept = g.found.ref.Version, hex.EncodeToString(g.found.crlf[:])
	}
	return a.j.Write(rec)
}
