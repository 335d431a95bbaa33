package dav

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"sidekeep/export"
	"sidekeep/export/source/dav/multistatus"
)

// A pull is one Pull under way.
type pull struct {
	s      *Source
	c      *collection
	have   export.Have
	to     export.Sink
	prefix string // path of the collection in one spelling, with a slash

	// The listing, filled by one goroutine except in walk.
	spool *spool
	full  bool
	token string
	names namer

	// The fetch, by several goroutines.
	alone   atomic.Bool  // multiget does not work here: GET only
	misses  atomic.Int32 // items in a row that multiget did not bring
	refused atomic.Int32 // items in a row that the server failed to give
	slow    atomic.Int32 // items in a row that came too slowly
	rule    rules

	mu    sync.Mutex
	lost  error // why nothing more can be fetched
	ended error // why the sink takes nothing more
	alive sync.Mutex
}

// Pull lists c and hands over what is new. See [export.Source].
func (s *Source) Pull(ctx context.Context, c export.Collection, have export.Have, to export.Sink) (export.Listing, error) {
	col, err := s.find(ctx, c.ID)
	if err != nil {
		return export.Listing{}, err
	}
	p := &pull{s: s, c: col, have: have, to: to, prefix: col.path(), names: s.namer(col.path()), spool: newSpool()}
	defer p.spool.Close()
	if err := p.list(ctx); err != nil {
		if ctx.Err() != nil && !errors.Is(err, export.ErrStopped) {
			err = stopped(ctx)
		}
		return export.Listing{}, fmt.Errorf("listing %q: %w", col.Name, err)
	}
	if err := p.spool.settle(); err != nil {
		return export.Listing{}, err
	}
	if err := to.Listed(p.spool.present, p.full); err != nil {
		return export.Listing{}, err
	}
	if err := p.fetch(ctx); err != nil {
		return export.Listing{}, err
	}
	return export.Listing{Token: p.token, Full: p.full}, nil
}

// Bounds of a batch.
const (
	batchItems = 100
	batchBytes = 2 << 20
	streamed   = 256 << 10 // items that are known to be longer are streamed by GET
	guess      = 4 << 10   // length of an item that is not stated
)

// fetch goes through the listing and hands each item over or names it. It
// returns after its last goroutine has ended.
func (p *pull) fetch(ctx context.Context) error {
	var g errgroup.Group
	g.SetLimit(p.s.connections)
	idle := sync.Pool{New: func() any { return &worker{p: p} }}
	do := func(batch []record) {
		g.Go(func() error {
			w := idle.Get().(*worker)
			defer idle.Put(w)
			w.batch(ctx, batch)
			return nil
		})
	}
	size := min(batchItems, max(10, (p.spool.present+p.s.connections-1)/p.s.connections))
	var batch []record
	bytes := int64(0)
	send := func() {
		if len(batch) > 0 {
			do(batch)
			batch, bytes = nil, 0
		}
	}
	err := p.spool.each(func(r *record) error {
		if err := p.end(); err != nil {
			return err
		}
		wanted, err := p.sort(r)
		if err != nil || !wanted {
			return err
		}
		if p.c.photos || r.size > streamed {
			do([]record{*r})
			return nil
		}
		batch = append(batch, *r)
		if bytes += max(r.size, guess); len(batch) >= size || bytes >= batchBytes {
			send()
		}
		return nil
	})
	if err == nil {
		send()
	}
	g.Wait()
	if ended := p.end(); ended != nil {
		return ended
	}
	return err
}

// sort names an item that needs no fetching, and reports whether it does.
func (p *pull) sort(r *record) (wanted bool, err error) {
	switch {
	case r.flags&flagGone != 0 && p.full:
		return false, nil
	case r.flags&flagGone != 0:
		return false, p.to.Gone(r.id)
	case r.flags&flagRetry != 0:
		return true, nil
	}
	held, err := p.have.Version(r.id)
	if err != nil {
		return false, err
	}
	if v := r.version(); v != "" && v == held {
		return false, p.to.Seen(r.id, v)
	}
	return true, nil
}

// end is why the sink takes nothing more, nil if it does.
func (p *pull) end() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}

// hopeless is why nothing more can be fetched, nil if it can.
func (p *pull) hopeless(ctx context.Context) error {
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lost
}

func (p *pull) giveUp(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lost == nil {
		p.lost = err
	}
	return p.lost
}

// put hands an item to the sink.
func (p *pull) put(ctx context.Context, it export.Item) {
	if p.end() != nil {
		return
	}
	if it.Err != nil {
		ctx = context.WithoutCancel(ctx) // stopping ends the work, not the bookkeeping
	}
	if err := p.to.Put(ctx, it); err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.ended == nil {
			p.ended = err
		}
	}
}

// item is what is known of r before its bytes.
func (p *pull) item(r *record) export.Item {
	it := export.Item{
		ID: r.id, Version: r.version(), Name: lastName(r.id), Kind: p.c.Kind, Size: r.size, Modified: r.time(),
	}
	if p.c.Mixed {
		it.Kind = ""
	}
	if p.c.photos {
		it.Folder = folderOf(r.id)
	}
	return it
}

func (p *pull) fail(ctx context.Context, r *record, err error) {
	it := p.item(r)
	it.Err = err
	p.put(ctx, it)
}

// maxRefused is how many items in a row a server may fail to give before it is
// asked for no more.
const maxRefused = 200

// maxSlow is how many items in a row may come too slowly until no more are asked
// for.
const maxSlow = 3

// itemError gives the failure of one item its cause, and finds out whether it
// is that of the item alone.
func (p *pull) itemError(ctx context.Context, err error) error {
	if lost := p.hopeless(ctx); lost != nil {
		return lost
	}
	code := statusOf(err)
	switch {
	case errors.Is(err, errSlow):
		if p.slow.Add(1) >= maxSlow {
			return p.giveUp(fmt.Errorf("%s: %w: %w, again and again", mark(hostPort(p.c.url)), export.ErrUnreachable, err))
		}
		return fmt.Errorf("%w: %w", export.ErrDamaged, err)
	case passing(err):
		if lost := p.probe(ctx); lost != nil {
			return lost
		}
		if p.refused.Add(1) >= maxRefused {
			return p.giveUp(fmt.Errorf("%s: %w: %w, at one item after the other", mark(hostPort(p.c.url)), export.ErrUnreachable, err))
		}
		return fmt.Errorf("%w: the server breaks off at this item", export.ErrDamaged)
	case code == 0 && final(ctx, err):
		return p.giveUp(err)
	case code >= 500:
		if p.refused.Add(1) >= maxRefused {
			return p.giveUp(&export.FaultError{Host: mark(hostPort(p.c.url)), Status: code, Err: fmt.Errorf("%w, again and again", err)})
		}
		return fmt.Errorf("%w: %w", export.ErrDamaged, err)
	case export.Cause(err) == nil:
		return fmt.Errorf("%w: %w", export.ErrDamaged, err)
	}
	return err
}

// gone gives up if the collection is no longer there.
func (p *pull) gone(ctx context.Context) {
	err := p.s.propfind(ctx, p.c.url, "0", askAlive, func(*url.URL, *multistatus.Response) error { return nil })
	if errors.Is(err, export.ErrGone) {
		p.giveUp(err)
	}
}

// probe reports whether the server still answers; the error is why nothing
// more can be fetched.
func (p *pull) probe(ctx context.Context) error {
	p.alive.Lock()
	defer p.alive.Unlock()
	for t := p.s.c.tries(); ; {
		if lost := p.hopeless(ctx); lost != nil {
			return lost
		}
		err := p.s.propfind(ctx, p.c.url, "0", askAlive, func(*url.URL, *multistatus.Response) error { return nil })
		switch {
		case err == nil, statusOf(err) != 0:
			return nil
		case !passing(err):
			return p.giveUp(listingError(p.c.url, err))
		}
		if err := t.again(ctx, err); errors.Is(err, export.ErrStopped) {
			return err
		} else if err != nil {
			return p.giveUp(listingError(p.c.url, err))
		}
	}
}
