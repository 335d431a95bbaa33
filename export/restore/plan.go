package restore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/sync/errgroup"

	"sidekeep/export"
	"sidekeep/formats/vcard"
)

// Options say what is restored, and how.
type Options struct {
	// Account is the one that the target is: its own items are found by their
	// IDs, and go back as they were delivered.
	Account string
	// Default is the choice for what differs; Both if empty. Choices are those
	// for single items.
	Default Choice
	Choices map[Key]Choice
	Select  Selection
	// From are the collections that there are where the items come from, also
	// those of which none is restored; nil if that is not known.
	From []export.Collection
	// Collections says by the ID of a collection of the target where the items
	// of a collection (a Key without ID) go.
	Collections map[Key]string
}

// planWorkers is how many items are read at once.
const planWorkers = 4

// Make plans a restore of items to w. It lists w's collections and reads what
// they hold of the kinds that are restored, and writes nothing. An error means
// that there is no plan: items could not be read, or w could not be listed in
// full.
//
// An item is found at the target by its ID, if it came from there; by its UID;
// by what it says; and by its name and a number or address, or by its summary
// and start. A photo is found by folder, name and length, or by its hash.
func Make(ctx context.Context, w export.Writer, items Items, o Options) (*Plan, error) {
	if o.Default == "" {
		o.Default = Both
	}
	cs, err := collections(ctx, w)
	if err != nil {
		return nil, err
	}
	m := &maker{w: w, o: &o, router: newRouter(w, cs, &o), losses: map[lossKey]*Loss{}, wanted: map[int64]map[string]bool{}}
	if err := m.take(ctx, items); err != nil {
		return nil, err
	}
	entries, err := m.scan(ctx)
	if err != nil {
		return nil, err
	}
	m.match(entries)
	p := &Plan{Targets: m.router.targets, Account: o.Account}
	for _, l := range m.lines {
		m.decide(l)
		p.Lines = append(p.Lines, l.Line)
	}
	if err := p.weigh(ctx, w, entries); err != nil {
		return nil, err
	}
	m.sum(p)
	p.note(entries)
	if err := stoppedBy(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

// stoppedBy is [export.ErrStopped] if ctx has ended: what was read in vain by then
// says nothing.
func stoppedBy(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", export.ErrStopped, context.Cause(ctx))
}

// note remembers what there is in the collections that are written to.
func (p *Plan) note(entries []*entry) {
	p.had = map[string]map[string]bool{}
	for i := range p.Lines {
		if l := &p.Lines[i]; l.writable() && !p.Targets[l.To].Make {
			p.had[p.Targets[l.To].ID] = map[string]bool{}
		}
	}
	for _, e := range entries {
		if had := p.had[p.Targets[e.collection].ID]; had != nil {
			had[e.ref.ID] = true
		}
	}
}

// writable tells whether something is to be written for the line.
func (l *Line) writable() bool {
	return l.State == Missing || l.State == Differing && l.effective() != Device
}

// collections lists those of a target; a new account may have none.
func collections(ctx context.Context, w export.Source) ([]export.Collection, error) {
	cs, err := w.Collections(ctx)
	if errors.Is(err, export.ErrEmpty) {
		return nil, nil
	}
	return cs, err
}

// A maker makes a plan.
type maker struct {
	w      export.Writer
	o      *Options
	router *router
	lines  []*draft
	wanted map[int64]map[string]bool

	mu     sync.Mutex
	losses map[lossKey]*Loss
}

// A draft is a line in the making.
type draft struct {
	Line
	reading        // of the item as it is written
	raw     digest // of the item as delivered
	want    int
	err     error // why it could not be written
	losses  []vcard.Loss
}

// take reads the items that are selected.
func (m *maker) take(ctx context.Context, items Items) error {
	g, gctx := errgroup.WithContext(ctx)
	work := make(chan *draft, planWorkers)
	for range planWorkers {
		g.Go(func() error {
			for d := range work {
				if err := m.read(gctx, d); err != nil {
					return err
				}
			}
			return nil
		})
	}
	g.Go(func() error {
		defer close(work)
		for it, err := range items {
			if err != nil {
				return err
			}
			if !m.o.Select.Takes(&it) {
				continue
			}
			d := &draft{Line: Line{Item: it}}
			m.mu.Lock()
			d.want = m.router.route(&it)
			m.mu.Unlock()
			m.lines = append(m.lines, d)
			select {
			case work <- d:
			case <-gctx.Done():
				return gctx.Err()
			}
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		return fmt.Errorf("reading what is to be restored: %w", err)
	}
	for _, d := range m.lines {
		if d.Item.Kind == export.Photos {
			if m.wanted[d.Item.Size] == nil {
				m.wanted[d.Item.Size] = map[string]bool{}
			}
			m.wanted[d.Item.Size][photoPlace(d.Item.Folder, d.Item.File)] = true
		}
	}
	return nil
}

// read reads one item, and what it becomes in its target. Items that cannot be
// understood stay in the plan and are refused.
func (m *maker) read(ctx context.Context, d *draft) error {
	it := &d.Item
	if it.Kind == export.Photos {
		d.reading.bytes, d.raw.bytes = it.Hash, it.Hash
		return nil
	}
	c, err := take(func() (io.ReadCloser, error) { return it.Open(ctx) })
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		d.err = fmt.Errorf("reading it: %w", err)
		return nil
	}
	r := c.read(it.Kind)
	d.reading, d.raw = r, r.digest
	m.mu.Lock()
	m.router.targets[d.want].holds(r.parts)
	m.mu.Unlock()
	limits := m.limits(d.want)
	out, losses, same, err := c.prepare(it.Kind, limits, m.own(it), itemUID(it))
	d.err, d.losses = err, losses
	if err == nil && !same {
		uid := r.uid
		d.reading = out.read(it.Kind)
		if uid != "" {
			d.reading.uid = uid
		}
	}
	if d.reading.uid == "" {
		d.reading.uid = it.UID
	}
	return nil
}

func (m *maker) limits(target int) export.Limits {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.router.targets[target].Limits
}

func (m *maker) own(it *Item) bool { return own(it, m.o.Account) }

func own(it *Item, account string) bool { return it.Account != "" && it.Account == account }

// itemUID is the UID of an item that has none.
func itemUID(it *Item) string {
	return uidOf("restored", it.Account, it.Collection.ID, it.ID, string(it.Hash[:]))
}

// copyUID is the UID of an item that is put beside one that has its own.
func copyUID(it *Item) string {
	return uidOf("copy", it.Account, it.Collection.ID, it.ID, string(it.Hash[:]))
}

// scan reads what the target holds of the kinds that are restored.
func (m *maker) scan(ctx context.Context) ([]*entry, error) {
	kinds := map[export.Kind]bool{}
	for _, d := range m.lines {
		kinds[d.Item.Kind] = true
		if calendar(d.Item.Kind) {
			kinds[export.Events], kinds[export.Todos] = true, true
		}
	}
	var all []*entry
	for i := range m.router.targets {
		t := &m.router.targets[i]
		if t.Make || !kinds[t.Kind] {
			continue
		}
		entries, err := scan(ctx, m.w, t.Collection, i, m.wanted)
		if err != nil {
			return nil, err
		}
		all = append(all, entries...)
	}
	return all, nil
}

// decide says how a line that was matched stands to the target.
func (m *maker) decide(d *draft) {
	l := &d.Line
	l.To, l.writes, l.uid = d.want, d.digest, d.reading.uid
	if l.Choice = m.o.Choices[l.Item.Key()]; l.Choice == "" {
		l.Choice = m.o.Default
	}
	e := l.here
	if e != nil {
		l.To, l.At, l.oldHash = e.collection, e.ref, e.bytes
	}
	t := &m.router.targets[l.To]
	switch {
	case e != nil && d.covered(e):
		l.State = Identical
		return
	case d.err != nil:
		l.State, l.Err = Refused, d.err
	case e != nil && e.bad != nil:
		l.State, l.Err = Refused, fmt.Errorf("what the target has of it cannot be read: %w", e.bad)
	case t.refused != nil:
		l.State, l.Err = Refused, t.refused
	case t.Limits.Sealed:
		l.State, l.Err = Refused, fmt.Errorf("%q: %w", t.Name, export.ErrSealed)
	case t.Limits.ReadOnly:
		l.State, l.Err = Refused, fmt.Errorf("%q: %w", t.Name, export.ErrReadOnly)
	case !t.Limits.TakesSize(l.Item.Size) && l.Item.Kind == export.Photos:
		l.State, l.Err = Refused, fmt.Errorf("%w: it has %d bytes, and at most %d are taken", export.ErrOversize, l.Item.Size, t.Limits.MaxSize)
	case e != nil:
		l.State = Differing
	default:
		l.State = Missing
	}
	if l.State != Refused {
		l.Guests = d.reading.guests
		l.Losses = len(d.losses)
		m.lose(d)
	}
}

// covered tells whether the target says all that the item says, in the form in
// which it was delivered or in which it would be written.
func (d *draft) covered(e *entry) bool {
	if d.Item.Kind == export.Photos {
		place := photoPlace(d.Item.Folder, d.Item.File)
		return e.size == d.Item.Size && (e.place == place || e.bytes == d.Item.Hash)
	}
	return e.bad == nil && (e.is(&d.raw) || e.is(&d.reading.digest))
}
