package restore

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"sidekeep/export"
)

// do makes a write, which counts once it is seen at the target. A target that
// turns out to be otherwise than planned is looked at again. The error ends the
// restore.
func (a *applier) do(ctx context.Context, p *op) error {
	for p != nil {
		ref, err := a.w.Put(ctx, p.collection, p.item, p.at)
		if err == nil || errors.Is(err, export.ErrNotKept) && ref.ID != "" {
			return a.sent(ctx, p, ref)
		}
		if ctx.Err() != nil || unknown(err) {
			a.count(&a.result.Unsure, 1)
			return fmt.Errorf("writing %q: %w", p.line.Item.Name, err) // the intent stays open
		}
		if werr := a.j.Write(Record{N: p.n, Step: Void, At: a.o.Now(), Why: err.Error()}); werr != nil {
			return werr
		}
		if hopeless(err) {
			return fmt.Errorf("writing %q: %w", p.line.Item.Name, err)
		}
		next, nerr := a.otherwise(ctx, p, err)
		if nerr != nil {
			if hopeless(nerr) {
				return nerr
			}
			a.refuse(p.line, nerr)
			a.meter.add(1)
			return nil
		}
		if next != nil {
			next.tries = p.tries + 1
			if err := errors.Join(a.j.Write(a.intent(next)), a.j.Sync()); err != nil {
				return err
			}
		}
		p = next
	}
	a.meter.add(1)
	return nil
}

// otherwise plans an item again after err, which is about this item alone; nil
// if there is nothing to do any more.
func (a *applier) otherwise(ctx context.Context, p *op, err error) (*op, error) {
	if p.tries >= mostTries {
		return nil, err
	}
	l := p.line
	var exists *export.ExistsError
	var conflict *export.ConflictError
	switch {
	case errors.As(err, &exists) && exists.Same:
		return nil, a.same(l)
	case errors.As(err, &exists) && l.Item.Kind == export.Photos && (p.item.Name != l.Item.File || l.effective() == Both):
		next, ferr := a.fresh(ctx, l, true)
		if ferr == nil {
			next.item.Name = numbered(l.Item.File, p.tries+2)
		}
		return next, ferr
	case errors.As(err, &exists) && exists.Ref.ID != "" && p.uid != "" && p.uid == copyUID(&l.Item):
		return a.beside(ctx, p, exists.Ref.ID)
	case errors.As(err, &exists) && exists.Ref.ID != "":
		return a.again(ctx, l, exists.Ref.ID)
	case errors.Is(err, export.ErrChanged):
		return a.again(ctx, l, p.at.ID)
	case errors.Is(err, export.ErrGone) && p.deed == Replace:
		return a.fresh(ctx, l, false)
	case errors.As(err, &conflict):
		return a.conflict(ctx, p, conflict)
	}
	return nil, err
}

// beside looks at what stands where a copy was to be put: the copy itself, if a
// restore put it there before.
func (a *applier) beside(ctx context.Context, p *op, id string) (*op, error) {
	it, err := export.Fetch(ctx, a.w, p.collection, id)
	if err != nil {
		return nil, err
	}
	c, err := takeItem(ctx, it)
	if err != nil {
		return nil, err
	}
	if r := c.read(p.line.Item.Kind); r.is(&p.digest) {
		return nil, a.same(p.line)
	}
	return nil, &export.ExistsError{Ref: export.Ref{ID: id, Version: it.Version}}
}

// conflict is for an item whose UID is taken: by an item of the collection that
// is then looked at, or by one that nobody sees.
func (a *applier) conflict(ctx context.Context, p *op, err *export.ConflictError) (*op, error) {
	l := p.line
	if err.ID != "" && err.ID != p.at.ID {
		return a.again(ctx, l, err.ID)
	}
	if !a.o.NewUID || l.Item.Kind == export.Photos || p.uid == copyUID(&l.Item) {
		return nil, err
	}
	return a.fresh(ctx, l, true)
}

// Settle finds out, after a stop, which of the deeds whose end the journal does
// not tell have taken effect, by reading the target, and journals it. It writes
// nothing to the target.
func Settle(ctx context.Context, w export.Source, j Journal) error {
	list, _, err := deeds(j)
	if err != nil {
		return err
	}
	open := map[string][]*deed{}
	byID := map[string]export.Collection{}
	for _, d := range list {
		if d.step != Intent || d.forged {
			continue
		}
		if d.Deed == MakeNew {
			if err := settleCollection(ctx, w, j, d); err != nil {
				return err
			}
			continue
		}
		open[d.Collection.ID] = append(open[d.Collection.ID], d)
		byID[d.Collection.ID] = d.Collection
	}
	for id, list := range open {
		if err := settleItems(ctx, w, j, byID[id], list); err != nil {
			return err
		}
	}
	return j.Sync()
}

func settleCollection(ctx context.Context, w export.Source, j Journal, d *deed) error {
	cs, err := collections(ctx, w)
	if err != nil {
		return err
	}
	out := Record{N: d.N, Step: Void, Why: "it was stopped before"}
	for _, c := range cs {
		if c.Name == d.Collection.Name && c.Kind == d.Collection.Kind {
			out.Step, out.Collection, out.Why = Done, c, ""
		}
	}
	return j.Write(out)
}

// settleItems reads a collection and looks for what was to be written.
func settleItems(ctx context.Context, w export.Source, j Journal, c export.Collection, list []*deed) error {
	wanted := map[int64]map[string]bool{}
	for _, d := range list {
		wanted[d.Size] = map[string]bool{}
	}
	entries, err := scan(ctx, w, c, 0, wanted)
	if err != nil {
		return err
	}
	byID, byUID, byPlace := map[string]*entry{}, map[string]*entry{}, map[string]*entry{}
	for _, e := range entries {
		byID[e.ref.ID], byPlace[e.place] = e, e
		if e.uid != "" {
			byUID[e.uid] = e
		}
	}
	for _, d := range list {
		e := byID[d.Before.ID]
		switch {
		case d.Deed == Replace:
		case d.Kind == export.Photos:
			e = byPlace[photoPlace(d.Folder, d.File)]
		case d.UID != "":
			e = byUID[d.UID]
		}
		if err := j.Write(d.settled(e)); err != nil {
			return err
		}
	}
	return nil
}

// settled tells what became of a deed, of which the target has e.
func (d *deed) settled(e *entry) Record {
	out := Record{N: d.N, Step: Void, Why: "it was stopped before"}
	if e == nil || e.bad != nil {
		return out
	}
	switch {
	case d.wrote(&e.reading):
		out.Step, out.After, out.Why = Done, e.ref, ""
	case d.Deed == Replace && (hex.EncodeToString(e.bytes[:]) == d.Old || e.ref.Version != "" && e.ref.Version == d.Before.Version):
	default: // it was kept otherwise, or changed since, or someone else made it: an undo leaves it
		out.Step, out.After, out.Why = Unseen, export.Ref{ID: e.ref.ID}, "what is there is not what was written"
	}
	return out
}
