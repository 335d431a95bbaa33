package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// A Fetcher is a Source that can read single items without listing all.
type Fetcher interface {
	// Fetch returns the item of c with an ID as it is now; [ErrGone] if there is
	// none. Its Open may be called until the source is closed; it then fails if
	// the item is no longer that of Version.
	Fetch(ctx context.Context, c Collection, id string) (Item, error)
}

// A Gatherer is a Source that can read several items at less cost than one by
// one.
type Gatherer interface {
	// Gather hands over each item of c that ids name as it is now, one after the
	// other, in any order. The Err of one that is not there matches [ErrGone];
	// one that cannot be read has its Err set too. Open of an item may be called
	// until each returns; its bytes may differ from those of Fetch in their line
	// ends. Gather fails if the source cannot be asked, and with what each
	// returns.
	Gather(ctx context.Context, c Collection, ids []string, each func(Item) error) error
}

// Gather reads items of c from src: together if src is a [Gatherer], else one
// by one.
func Gather(ctx context.Context, src Source, c Collection, ids []string, each func(Item) error) error {
	if g, ok := src.(Gatherer); ok {
		return g.Gather(ctx, c, ids, each)
	}
	for _, id := range ids {
		it, err := Fetch(ctx, src, c, id)
		if err != nil {
			if ctx.Err() != nil || ReachOf(err) > OneItem {
				return err
			}
			it = Item{ID: id, Err: err}
		}
		if err := each(it); err != nil {
			return err
		}
	}
	return nil
}

// A Lister is a Source that can name what a collection holds without handing
// it over.
type Lister interface {
	// List names each item of c in its version, one after the other. It fails if
	// the listing is incomplete, and with what each returns.
	List(ctx context.Context, c Collection, each func(Ref) error) error
}

// List names what c holds: by a listing if src is a [Lister], else by reading
// all of it.
func List(ctx context.Context, src Source, c Collection, each func(Ref) error) error {
	if l, ok := src.(Lister); ok {
		return l.List(ctx, c, each)
	}
	_, err := src.Pull(ctx, c, nothing{}, &lister{each: each})
	return err
}

// A lister names what a Pull brings.
type lister struct {
	mu   sync.Mutex
	each func(Ref) error
}

func (l *lister) Listed(int, bool) error    { return nil }
func (l *lister) Seen(string, string) error { return nil }
func (l *lister) Gone(string) error         { return nil }

func (l *lister) Put(_ context.Context, it Item) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.each(Ref{it.ID, it.Version})
}

// maxFetched is how much of one item the fallback of Fetch holds in memory.
const maxFetched = 64 << 20

// Fetch reads one item of c from src: by itself if src is a [Fetcher], else
// out of a listing of all, which holds the item in memory.
func Fetch(ctx context.Context, src Source, c Collection, id string) (Item, error) {
	if f, ok := src.(Fetcher); ok {
		return f.Fetch(ctx, c, id)
	}
	one := &single{id: id}
	_, err := src.Pull(ctx, c, nothing{}, one)
	switch {
	case one.err != nil:
		return Item{}, one.err
	case one.found:
		return one.item, nil
	case err != nil:
		return Item{}, err
	}
	return Item{}, fmt.Errorf("%w: the collection does not list it", ErrGone)
}

// nothing is what an archive that holds nothing answers.
type nothing struct{}

func (nothing) Token() string                         { return "" }
func (nothing) Version(string) (string, error)        { return "", nil }
func (nothing) Partial(string) (string, int64, error) { return "", 0, nil }
func (nothing) Retry(func(id string) bool) error      { return nil }

// errEnough ends a Pull whose item has come.
var errEnough = errors.New("the item has come")

// A single takes one item out of a Pull. The Pull's other goroutines may go on
// for a moment; what they bring is passed over.
type single struct {
	id    string
	found bool
	item  Item
	err   error
}

func (s *single) Listed(int, bool) error    { return nil }
func (s *single) Seen(string, string) error { return nil }
func (s *single) Gone(string) error         { return nil }

func (s *single) Put(ctx context.Context, it Item) error {
	if it.ID != s.id {
		return nil
	}
	body, err := take(ctx, it)
	if err != nil {
		s.err = err
		return errEnough
	}
	s.item, s.found = it.OfBytes(body), true
	return errEnough
}

// take reads the whole of an item.
func take(ctx context.Context, it Item) ([]byte, error) {
	if it.Err != nil {
		return nil, it.Err
	}
	r, start, err := it.Open(ctx, 0)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if start != 0 {
		return nil, fmt.Errorf("%w: it does not begin at its beginning", ErrDamaged)
	}
	body, err := io.ReadAll(io.LimitReader(r, maxFetched+1))
	if err == nil && len(body) > maxFetched {
		err = fmt.Errorf("%w: more than %d bytes", ErrTooLarge, maxFetched)
	}
	return body, err
}
