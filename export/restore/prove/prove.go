// Package prove restores an account's published files into a scratch service
// and compares what comes back, item by item, with what was delivered.
//
// It reads the account's folder with index.csv and nothing else: no history,
// no database. The scratch service is a davserver in this process, asked by the
// requests of the ordinary source, which also reads back what it has. It holds
// a batch of items at a time, so that memory does not grow with the account.
package prove

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"sidekeep/export"
	"sidekeep/export/davserver"
	"sidekeep/export/restore"
)

// Options say how an account is proven.
type Options struct {
	// Open signs in to the scratch service as to any other, with the source
	// that the account is read with.
	Open func(ctx context.Context, s Service) (export.Writer, error)
	// Limits are what the account's own service takes, by the IDs of its
	// collections: the scratch service refuses what that refuses.
	Limits map[string]export.Limits
	// Quirks and Tune are further ways of that service.
	Quirks []davserver.Quirk
	Tune   davserver.Tune
	// Part of Of proves one slice of the items: Part is 0 to Of-1. Of 0 or 1
	// proves them all.
	Part, Of int
	// Report is called at most ten times a second and at the end, from one
	// goroutine at a time, with how many items were written.
	Report func(done int)
}

// A Service is where and how to sign in to the scratch service. It is in this
// process: Transport takes the place of the network.
type Service struct {
	Address, Host  string // http://host:port/, and host:port
	Photos         string // the address of its folder of photos; "" if there are none
	User, Password string
	Transport      http.RoundTripper // answers in this process, in place of a network
}

// A Bad is an item that could not be proven.
type Bad struct {
	Collection string `json:"collection"` // its name
	ID         string `json:"id"`
	Name       string `json:"name"` // for a person
	File       string `json:"file"` // relative to the account's folder
	Reason     string `json:"reason"`
	Refused    bool   `json:"refused"` // the scratch service did not take it, which says nothing against the copy
}

// errNotTaken says that the scratch service did not take an item.
var errNotTaken = errors.New("the service does not take it")

// A Result is what a proof found.
type Result struct {
	Checked int `json:"checked"`
	Good    int `json:"good"`
	// Exact of the good ones came back with the very bytes that were
	// delivered. The others say the same: their published form has another
	// charset or other line ends than what was delivered, or the service
	// wants them in another form.
	Exact int   `json:"exact"`
	Bad   []Bad `json:"bad"`
}

// Run proves the items that the account has at present. folder is the
// account's folder, data/<account>; its files have to be io.ReaderAts. An item
// that fails is in the result; the error is why there is no result.
func Run(ctx context.Context, folder fs.FS, o Options) (Result, error) {
	x, err := openIndex(folder)
	if err != nil {
		return Result{}, err
	}
	defer x.f.Close()
	p := &proof{o: &o, files: newFiles(folder)}
	defer p.files.close()
	for {
		items, err := p.batch(x)
		if err != nil {
			return Result{}, err
		}
		if len(items) == 0 {
			p.tell(true)
			return p.result, nil
		}
		if err := p.prove(ctx, items); err != nil {
			return Result{}, err
		}
	}
}

// A batch is what a scratch service holds at a time, in memory.
const (
	batchItems = 2000
	batchBytes = 4 << 20 // of all but photos
)

// batch reads the next items that are to be proven; none at the end.
func (p *proof) batch(x *index) (items []*item, err error) {
	size := int64(0)
	for len(items) < batchItems && size < batchBytes {
		it, err := x.next()
		if err != nil {
			return nil, err
		}
		if it == nil {
			break
		}
		if p.o.Of > 1 && it.part(p.o.Of) != p.o.Part {
			continue
		}
		items = append(items, it)
		if it.kind != export.Photos {
			size += it.length
		}
	}
	return items, nil
}

// prove proves items with a scratch service of their own.
func (p *proof) prove(ctx context.Context, items []*item) error {
	if err := p.start(ctx, items); err != nil {
		return fmt.Errorf("starting the scratch service: %w", err)
	}
	defer p.stop()
	if err := p.restore(ctx, items); err != nil {
		return err
	}
	if err := p.readBack(ctx, items); err != nil {
		return err
	}
	for _, it := range items {
		p.judge(it)
	}
	return nil
}

// part tells in which of n slices an item is.
func (it *item) part(n int) int {
	h := fnv.New32a()
	h.Write([]byte(it.collection + "\x00" + it.id))
	return int(h.Sum32() % uint32(n))
}

// A proof is one that is under way.
type proof struct {
	o      *Options
	files  *files
	done   atomic.Int64
	result Result

	scratch scratch

	mu   sync.Mutex
	last time.Time
}

func (p *proof) tell(always bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); p.o.Report != nil && (always || now.Sub(p.last) >= 100*time.Millisecond) {
		p.last = now
		p.o.Report(int(p.done.Load()))
	}
}

// workers is how many items are written at once.
const workers = 4

// restore writes every item to the scratch service.
func (p *proof) restore(ctx context.Context, items []*item) error {
	g, gctx := errgroup.WithContext(ctx)
	work := make(chan *item, 64)
	for range workers {
		g.Go(func() error {
			for it := range work {
				if err := export.Guard(func() error { return p.write(gctx, it) }); err != nil {
					if gctx.Err() != nil {
						return gctx.Err()
					}
					it.fault, it.refused = err.Error(), errors.Is(err, errNotTaken)
				}
				p.done.Add(1)
				p.tell(false)
			}
			return nil
		})
	}
	g.Go(func() error {
		defer close(work)
		for _, it := range items {
			select {
			case work <- it:
			case <-gctx.Done():
				return gctx.Err()
			}
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		return fmt.Errorf("%w: %w", export.ErrStopped, err)
	}
	return nil
}

// write restores one item. What it should come back as stays in it.
func (p *proof) write(ctx context.Context, it *item) error {
	c := p.scratch.collections[it.key()]
	if it.kind == export.Photos {
		return p.writePhoto(ctx, c, it)
	}
	if most := p.scratch.source.Accepts(c).MaxSize; most > 0 && it.length > most { // it would be in memory to be refused
		return fmt.Errorf("%w: %w: %d bytes, where at most %d are taken", errNotTaken, export.ErrOversize, it.length, most)
	}
	raw, exact, err := p.files.delivered(it)
	if err != nil {
		return err
	}
	it.exact = exact
	out, ref := raw, export.Ref{}
	if _, limited := p.o.Limits[it.collection]; !limited {
		ref, err = p.scratch.put(ctx, c, it.kind, out)
	}
	if ref.ID == "" && (err == nil || errors.Is(err, export.ErrUnsupported)) { // in the form that the service takes
		if out, err = restore.Fit(it.kind, raw, p.limits(c, it), true); err != nil {
			return err
		}
		it.exact = exact && bytes.Equal(out, raw)
		ref, err = p.scratch.put(ctx, c, it.kind, out)
	}
	if conflict(err) { // an older item has this UID: a restore offers another one
		it.exact = false
		out = restore.Renamed(it.kind, out, it.id)
		ref, err = p.scratch.put(ctx, c, it.kind, out)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errNotTaken, err)
	}
	it.at, it.sent = ref.ID, sum(out)
	if it.exact {
		it.sent = it.delivered
	}
	return nil
}

func (p *proof) limits(c export.Collection, it *item) export.Limits {
	if l, ok := p.o.Limits[it.collection]; ok {
		return l
	}
	return p.scratch.source.Accepts(c)
}

// judge counts an item.
func (p *proof) judge(it *item) {
	p.result.Checked++
	if it.fault == "" && !it.back {
		it.fault = "it did not come back"
	}
	if it.fault == "" {
		p.result.Good++
		if it.exact {
			p.result.Exact++
		}
		return
	}
	p.result.Bad = append(p.result.Bad, Bad{Collection: it.collectionName, ID: it.id, Name: it.shown(), File: it.file, Reason: it.fault, Refused: it.refused})
}

func (it *item) shown() string {
	for _, s := range []string{it.name, it.original, it.id} {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return it.file
}
