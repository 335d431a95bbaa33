package restore

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"sync"

	"sidekeep/export"
)

// An entry is an item of the target.
type entry struct {
	reading
	collection int // place among the targets
	ref        export.Ref
	kind       export.Kind
	place      string // of a photo: folder and file name
	size       int64
	bad        error // it could not be read
	claimed    bool
}

// placeOf is where a photo is, below its collection.
func photoPlace(folder, file string) string {
	if folder == "" {
		return file
	}
	return folder + "/" + file
}

// A scanner reads a collection of the target. Of cards and calendar objects it
// keeps what they say, and of photos where they are; it reads those photos
// whose length wanted holds and whose place is not that of the wanted one.
type scanner struct {
	collection int
	kind       export.Kind
	wanted     map[int64]map[string]bool // places by length

	mu      sync.Mutex
	entries []*entry
}

// scan lists a collection of the target.
func scan(ctx context.Context, w export.Source, c export.Collection, n int, wanted map[int64]map[string]bool) ([]*entry, error) {
	s := &scanner{collection: n, kind: c.Kind, wanted: wanted}
	if _, err := w.Pull(ctx, c, nothing{}, s); err != nil {
		return nil, fmt.Errorf("reading %q: %w", c.Name, err)
	}
	return s.entries, nil
}

func (s *scanner) Listed(int, bool) error    { return nil }
func (s *scanner) Seen(string, string) error { return nil }
func (s *scanner) Gone(string) error         { return nil }

func (s *scanner) Put(ctx context.Context, it export.Item) error {
	e := &entry{collection: s.collection, ref: export.Ref{ID: it.ID, Version: it.Version}, kind: s.kind, size: it.Size, bad: it.Err}
	switch {
	case it.Err != nil:
	case s.kind == export.Photos:
		e.place = photoPlace(it.Folder, it.Name)
		e.bad = s.photo(ctx, it, e)
	default:
		c, err := takeItem(ctx, it)
		if err != nil {
			e.bad = err
		} else {
			e.reading = c.read(s.kind)
		}
	}
	if unanswered(ctx, e.bad) {
		return e.bad
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries = append(s.entries, e)
	return nil
}

// unanswered reports whether err tells nothing of the item, because the target was
// not asked to the end: what is there is not known, and no plan can be made.
func unanswered(ctx context.Context, err error) bool {
	return err != nil && (ctx.Err() != nil || hopeless(err))
}

// photo hashes a photo if the plan has to know it.
func (s *scanner) photo(ctx context.Context, it export.Item, e *entry) error {
	places := s.wanted[it.Size]
	if places == nil && it.Size >= 0 || places[e.place] {
		return nil
	}
	r, err := body(ctx, it)
	if err != nil {
		return err
	}
	defer r.Close()
	h := sha256.New()
	n, err := io.Copy(h, r)
	e.size = n
	h.Sum(e.bytes[:0])
	return err
}

// body opens an item of a source from its beginning.
func body(ctx context.Context, it export.Item) (io.ReadCloser, error) {
	if it.Err != nil {
		return nil, it.Err
	}
	r, start, err := it.Open(ctx, 0)
	if err == nil && start != 0 {
		r.Close()
		return nil, fmt.Errorf("%w: it does not begin at its beginning", export.ErrDamaged)
	}
	return r, err
}

// nothing is what an archive that holds nothing answers.
type nothing struct{}

func (nothing) Token() string                         { return "" }
func (nothing) Version(string) (string, error)        { return "", nil }
func (nothing) Partial(string) (string, int64, error) { return "", 0, nil }
func (nothing) Retry(func(id string) bool) error      { return nil }
