package export

import (
	"context"
	"errors"
	"sync"
)

// A sink hands what a Pull finds to a Recorder and counts it.
type sink struct {
	run  *run
	rec  Recorder
	i    int    // place of the collection in the ledger
	name string // of the collection

	mu       sync.Mutex
	listed   *int // what the listing names as present
	seen     int
	states   [Failed + 1]int
	newAside int
	hopeless error // why the last item failed, if later ones must fail alike
	broken   error // why the archive takes nothing more
}

func (s *sink) Listed(n int, full bool) error {
	s.mu.Lock()
	s.listed = &n
	s.mu.Unlock()
	s.run.meter.update(true, func(p *Progress) { p.Collections[s.i].Total = n })
	return nil
}

func (s *sink) Seen(id, version string) error {
	if err := s.rec.Seen(id, version); err != nil {
		return s.fail(err)
	}
	s.mu.Lock()
	s.seen++
	s.mu.Unlock()
	s.advance()
	return nil
}

func (s *sink) Put(ctx context.Context, it Item) error {
	// The bookkeeping of an item goes on when the run is stopped: that is how
	// the items that a stop leaves out are counted.
	out, err := s.rec.Put(ctx, it)
	if err != nil {
		return s.fail(err)
	}
	s.count(it, out)
	s.advance()
	return nil
}

func (s *sink) count(it Item, out Outcome) {
	name := out.Name
	if name == "" {
		name = it.Name
	}
	if name == "" {
		name = it.ID
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states[out.State]++
	s.hopeless = nil
	switch out.State {
	case SetAside:
		s.newAside++
		s.run.ledger.NewAside++
		p := NewProblem(s.name, name, ErrDamaged)
		p.Detail, p.Aside = out.Reason, true
		s.run.problem(p)
	case Failed:
		s.run.problem(NewProblem(s.name, name, out.Err))
		if ReachOf(out.Err) == WholeRun {
			s.hopeless = out.Err
		}
	}
}

func (s *sink) Gone(id string) error {
	if err := s.rec.Gone(id); err != nil {
		return s.fail(err)
	}
	return nil
}

func (s *sink) fail(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil && !errors.Is(err, context.Canceled) {
		s.broken = err
	}
	return err
}

func (s *sink) advance() {
	s.run.meter.update(false, func(p *Progress) { p.Collections[s.i].Done++ })
}

// counts is the collection's part of the sum. What the source's listing names
// is compared with what became of the items one by one, so a source that drops
// an item, or hands one over twice, does not balance.
func (s *sink) counts(t Tally, l *Listing) Counts {
	c := Counts{
		Kept:      s.states[Kept] - t.Lost,
		Unchanged: s.states[Unchanged] + s.seen - t.Aside,
		Gone:      t.Gone,
		SetAside:  s.states[SetAside] + t.Aside,
		Failed:    s.states[Failed] + t.Lost,
	}
	if l == nil || s.listed == nil {
		return c
	}
	found := *s.listed
	if !l.Full {
		unnamed := t.Before - t.Gone - t.Known
		found += unnamed
		c.Unchanged += unnamed - t.Failed
		c.Failed += t.Failed
	}
	c.Found = &found
	return c
}
