package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// A Fetcher is a Source that can read single items without listing all.
type Fetcher interface {
	// Fetch returns the item of c with an ID as it is now; [ErrGone] if there is
	// none. Its Open may be called until the source is closed; it then fails if
	// the item is no longer that of Version.
	Fetch(ctx context.Context, c Collection, id string) (Item, error)
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
	it.Size = int64(len(body))
	it.Open = func(_ context.Context, from int64) (io.ReadCloser, int64, error) {
		from = min(max(from, 0), int64(len(body)))
		return io.NopCloser(bytes.NewReader(body[from:])), from, nil
	}
	s.item, s.found = it, true
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
