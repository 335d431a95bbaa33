package export

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A Plan says what to export.
type Plan struct {
	Account string
	Only    []Kind   // nil means all kinds
	Skip    []string // IDs of collections that the owner does not want
	Full    bool     // list everything, whatever the sync tokens say
	Now     func() time.Time
}

// wants reports whether c is to be exported.
func (p Plan) wants(c Collection) bool {
	if slices.Contains(p.Skip, c.ID) {
		return false
	}
	return len(p.Only) == 0 || slices.Contains(p.Only, c.Kind) || c.Mixed && slices.Contains(p.Only, Todos)
}

// Run exports what plan names from src into a. It reports its progress at most
// ten times a second, from one goroutine at a time, and returns after the last
// goroutine that it began has ended. The ledger is filled as far as the export
// came, also with an error; the error is the ledger's Stop, or that of an
// archive that could not be opened for writing or be finished.
//
// One item's failure is counted and the run goes on. It stops when no later
// item can fare better: the source cannot be reached, the sign-in is refused,
// the archive takes nothing more, or ctx is cancelled. What was delivered until
// then stays.
func Run(ctx context.Context, src Source, a Archive, plan Plan, report func(Progress)) (Ledger, error) {
	if plan.Now == nil {
		plan.Now = time.Now
	}
	started := plan.Now()
	l := Ledger{Account: plan.Account, Started: started, Collections: []CollectionLedger{}, Problems: []Problem{}}
	session, err := a.Begin(ctx, plan.Account, started)
	if err != nil {
		return l, err
	}
	l.Number = session.Number()
	r := &run{src: src, session: session, plan: plan, ledger: &l}
	r.meter = newMeter(plan.Account, plan.Now, report)
	r.meter.src = src

	stop := r.collections(ctx)
	if l.Skipped == nil {
		l.Skipped = SkippedBy(src)
	}
	if stop != nil && ctx.Err() != nil && !errors.Is(stop, ErrStopped) {
		stop = fmt.Errorf("%w: %w", ErrStopped, stop)
	}
	r.total()
	if stop == nil && l.Found != nil && !l.Balanced() {
		stop = ErrUnbalanced
	}
	l.Stop = NewStop(stop)
	l.Requests, l.Bytes = used(src)
	l.Seconds = plan.Now().Sub(started).Seconds()

	r.meter.update(true, func(p *Progress) { p.Phase = Publishing })
	if err := session.Finish(context.WithoutCancel(ctx), &l); err != nil {
		if l.Stop == nil {
			l.Stop = NewStop(err)
		}
		stop = errors.Join(stop, err)
	}
	r.meter.update(true, func(p *Progress) { p.Phase = Done })
	return l, stop
}

// A run is one export under way.
type run struct {
	src     Source
	session Session
	plan    Plan
	meter   *meter
	ledger  *Ledger
}

// collections exports every collection that the plan wants; the error is why
// it stopped before the last one.
func (r *run) collections(ctx context.Context) error {
	r.meter.update(true, func(p *Progress) { p.Phase = Connecting })
	named, err := r.src.Collections(ctx)
	if err != nil {
		return fmt.Errorf("listing the collections: %w", err)
	}
	who, err := Identity(ctx, r.src)
	if err != nil {
		return fmt.Errorf("asking for whom the source answers: %w", err)
	}
	if err := r.session.Identify(ctx, who); err != nil {
		return fmt.Errorf("writing to the archive: %w", err)
	}
	var wanted []Collection
	for _, c := range named {
		if r.plan.wants(c) {
			wanted = append(wanted, c)
		}
	}
	zero := 0
	r.ledger.Found = &zero
	for _, c := range wanted {
		r.ledger.Collections = append(r.ledger.Collections, CollectionLedger{ID: c.ID, Name: c.Name, Kind: c.Kind, Closed: closed(r.src, c)})
	}
	r.meter.update(true, func(p *Progress) {
		p.Phase = Exporting
		for _, c := range wanted {
			p.Collections = append(p.Collections, CollectionProgress{Name: c.Name, Kind: c.Kind, Total: -1})
		}
	})
	for i, c := range wanted {
		if err := r.collection(ctx, i, c); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.ledger.Skipped, err = r.skipped(ctx); err != nil {
		return fmt.Errorf("reading the archive: %w", err)
	}
	if r.ledger.Unread() { // a collection that is not named may be there
		return nil
	}
	gone, err := r.session.Absent(ctx, named, r.plan.Only)
	r.ledger.Gone += gone
	return err
}

// skipped is what the source passes over. A collection that it no longer lets
// anybody look into, and of which the archive holds items, is unread.
func (r *run) skipped(ctx context.Context) ([]Skipped, error) {
	list := SkippedBy(r.src)
	for i := range list {
		if x := &list[i]; x.ID != "" && !x.Unread {
			held, err := r.session.Holds(ctx, x.ID)
			if err != nil {
				return nil, err
			}
			x.Unread = held
		}
	}
	return list, nil
}

// collection exports the i-th collection of the ledger. The error says why no
// later one can fare better.
func (r *run) collection(ctx context.Context, i int, c Collection) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	rec, err := r.session.Record(ctx, c)
	if err != nil {
		return fmt.Errorf("opening %q in the archive: %w", c.Name, err)
	}
	r.step(i, Running)
	end := Broken
	defer func() { r.step(i, end) }()
	s := &sink{run: r, rec: rec, i: i, name: c.Name}
	var have Have = rec
	if r.plan.Full {
		have = fullHave{rec}
	}
	listing, pullErr := r.src.Pull(ctx, c, have, s)
	var l *Listing
	if pullErr == nil {
		l = &listing
	}
	tally, err := rec.Close(context.WithoutCancel(ctx), l)
	if err != nil {
		l = nil
	}
	r.ledger.Collections[i].Counts = s.counts(tally, l)
	r.ledger.Collections[i].Items = tally.Items
	if l != nil {
		r.ledger.Collections[i].Listing = "delta"
		if listing.Full {
			r.ledger.Collections[i].Listing = "full"
		}
	}
	if err := errors.Join(s.broken, err); err != nil {
		return fmt.Errorf("writing %q to the archive: %w", c.Name, err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	stop := s.hopeless
	if ReachOf(pullErr) == WholeRun {
		stop = pullErr
	}
	switch {
	case stop != nil:
		return fmt.Errorf("reading %q: %w", c.Name, stop)
	case pullErr != nil:
		r.problem(NewProblem(c.Name, "", pullErr))
	default:
		end = Finished
	}
	return nil
}

func (r *run) step(i int, s Step) {
	r.meter.update(true, func(p *Progress) { p.Collections[i].State = s })
}

// problem adds p to the ledger as far as there is room.
func (r *run) problem(p Problem) {
	if len(r.ledger.Problems) < MaxProblems {
		r.ledger.Problems = append(r.ledger.Problems, p)
	}
}

// total adds up the collections. A collection whose listing broke off, or was
// not begun, has no sum, and so has the whole.
func (r *run) total() {
	l := r.ledger
	l.Listing = "full"
	for _, c := range l.Collections {
		l.Counts.add(c.Counts)
		if c.Listing != "full" {
			l.Listing = "delta"
		}
	}
}

// fullHave hides the sync token.
type fullHave struct{ Have }

func (fullHave) Token() string { return "" }
