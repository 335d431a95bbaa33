// Package sourcetest states the promises of export.Source as tests that every
// source runs, keeps an archive in memory that is strict about them, and starts
// the real servers that sources are tested with.
package sourcetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"testing"

	"sidekeep/export"
)

// A Store is what an archive in memory holds of one collection. It implements
// export.Have.
type Store struct {
	mu      sync.Mutex
	token   string
	items   map[string]Stored
	retries map[string]bool

	// Fail, if set, is asked before each call of Have, with the method's name.
	Fail func(method string) error
}

// Stored is one item of a Store.
type Stored struct {
	Version string
	Item    export.Item // without Open
	Body    []byte
}

// NewStore returns an empty Store.
func NewStore() *Store {
	return &Store{items: map[string]Stored{}, retries: map[string]bool{}}
}

// Items returns what the store holds, by ID.
func (s *Store) Items() map[string]Stored {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.items)
}

// Spoil makes the store forget that it holds an item, as if it had failed.
func (s *Store) Spoil(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.items, id)
	s.retries[id] = true
}

// Forget drops the sync token, so that the next Pull lists everything.
func (s *Store) Forget() { s.SetToken("") }

// SetToken replaces the sync token.
func (s *Store) SetToken(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = token
}

func (s *Store) fail(method string) error {
	if s.Fail == nil {
		return nil
	}
	return s.Fail(method)
}

// Token is the token of the last finished Pull.
func (s *Store) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

// Version is the version in which the store holds an item.
func (s *Store) Version(id string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.retries[id] {
		return "", s.fail("Version")
	}
	return s.items[id].Version, s.fail("Version")
}

// Partial is never anything.
func (s *Store) Partial(string) (string, int64, error) { return "", 0, s.fail("Partial") }

// Retry yields the spoilt items.
func (s *Store) Retry(yield func(id string) bool) error {
	s.mu.Lock()
	ids := slices.Sorted(maps.Keys(s.retries))
	s.mu.Unlock()
	for _, id := range ids {
		if !yield(id) {
			break
		}
	}
	return s.fail("Retry")
}

// A Pulled is what one Pull handed over, and the sink that took it. It reports
// each broken promise to the test.
type Pulled struct {
	t     testing.TB
	store *Store

	mu       sync.Mutex
	returned bool
	calls    int

	ListedCalls int
	Listed      int
	Full        bool
	Seen        []string
	Put         map[string]Stored
	Failed      map[string]error
	Gone        []string
	Listing     export.Listing

	// OnListed, OnSeen and OnPut, if set, decide what the sink answers.
	OnListed func() error
	OnSeen   func(id string) error
	OnPut    func(ctx context.Context, it export.Item) error
	// Discard makes the sink read bodies and keep none.
	Discard bool
}

// NewPulled returns a sink for one Pull into s.
func NewPulled(t testing.TB, s *Store) *Pulled {
	return &Pulled{t: t, store: s, Put: map[string]Stored{}, Failed: map[string]error{}}
}

// Pull runs a Pull of c into s and, if it succeeds, keeps what it brought as
// an archive does.
func (s *Store) Pull(ctx context.Context, t testing.TB, src export.Source, c export.Collection) (*Pulled, error) {
	p := NewPulled(t, s)
	return p, p.Run(ctx, src, c)
}

// Run is [Store.Pull] with this sink.
func (p *Pulled) Run(ctx context.Context, src export.Source, c export.Collection) error {
	p.t.Helper()
	l, err := src.Pull(ctx, c, p.store, sink{p})
	p.mu.Lock()
	p.returned = true
	p.mu.Unlock()
	if err != nil {
		return err
	}
	p.Listing = l
	p.check()
	p.commit()
	return nil
}

// check holds a finished Pull to what Listed announced.
func (p *Pulled) check() {
	p.t.Helper()
	if p.ListedCalls != 1 {
		p.t.Errorf("Listed was called %d times", p.ListedCalls)
	}
	if p.Full != p.Listing.Full {
		p.t.Errorf("Listed said full=%v, the listing %v", p.Full, p.Listing.Full)
	}
	if n := len(p.Seen) + len(p.Put) + len(p.Failed); n != p.Listed {
		p.t.Errorf("Listed said %d, accounted for are %d (seen %d, put %d, failed %d)", p.Listed, n, len(p.Seen), len(p.Put), len(p.Failed))
	}
}

func (p *Pulled) commit() {
	s := p.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.Full {
		named := map[string]bool{}
		for _, id := range p.Seen {
			named[id] = true
		}
		for id := range p.Put {
			named[id] = true
		}
		for id := range p.Failed {
			named[id] = true
		}
		maps.DeleteFunc(s.items, func(id string, _ Stored) bool { return !named[id] })
		maps.DeleteFunc(s.retries, func(id string, _ bool) bool { return !named[id] })
	}
	for _, id := range p.Gone {
		delete(s.items, id)
		delete(s.retries, id)
	}
	for id, it := range p.Put {
		s.items[id] = it
		delete(s.retries, id)
	}
	for id := range p.Failed {
		s.retries[id] = true
	}
	s.token = p.Listing.Token
}

// sink is the export.Sink side of a Pulled.
type sink struct{ *Pulled }

// enter checks the order of calls.
func (k sink) enter(method, id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calls++
	if k.returned {
		k.t.Errorf("%s was called after Pull returned", method)
	}
	if (method == "Listed") != (k.calls == 1) {
		k.t.Errorf("call %d is %s: Listed comes first, and once", k.calls, method)
	}
	if method == "Listed" {
		return
	}
	_, put := k.Pulled.Put[id]
	_, failed := k.Failed[id]
	if put || failed || slices.Contains(k.Pulled.Gone, id) || len(k.Pulled.Seen) < 1000 && slices.Contains(k.Pulled.Seen, id) {
		k.t.Errorf("%s: %q was named before", method, id)
	}
	if id == "" {
		k.t.Errorf("%s without an ID", method)
	}
}

func (k sink) Listed(n int, full bool) error {
	k.enter("Listed", "")
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ListedCalls++
	k.Pulled.Listed, k.Full = n, full
	if k.OnListed != nil {
		return k.OnListed()
	}
	return nil
}

func (k sink) Seen(id, version string) error {
	k.enter("Seen", id)
	k.mu.Lock()
	defer k.mu.Unlock()
	if held, _ := k.store.Version(id); held != version || version == "" {
		k.t.Errorf("Seen(%q, %q), but it is held in version %q", id, version, held)
	}
	k.Pulled.Seen = append(k.Pulled.Seen, id)
	if k.OnSeen != nil {
		return k.OnSeen(id)
	}
	return nil
}

func (k sink) Gone(id string) error {
	k.enter("Gone", id)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.Full {
		k.t.Errorf("Gone(%q) in a full listing", id)
	}
	k.Pulled.Gone = append(k.Pulled.Gone, id)
	return nil
}

func (k sink) Put(ctx context.Context, it export.Item) error {
	k.enter("Put", it.ID)
	if k.OnPut != nil {
		if err := k.OnPut(ctx, it); err != nil {
			return err
		}
	}
	body, err := k.read(ctx, it)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		if export.Cause(err) == nil {
			k.t.Errorf("item %q failed without a cause: %v", it.ID, err)
		}
		k.Failed[it.ID] = err
		return nil
	}
	it.Open = nil
	k.Pulled.Put[it.ID] = Stored{Version: it.Version, Item: it, Body: body}
	return nil
}

// read takes the bytes as an archive does: once more from where they broke off.
func (k sink) read(ctx context.Context, it export.Item) ([]byte, error) {
	if it.Err != nil {
		if it.Open != nil {
			k.t.Errorf("item %q has an error and can be opened", it.ID)
		}
		return nil, it.Err
	}
	if k.Discard {
		return nil, k.discard(ctx, it)
	}
	r, start, err := it.Open(ctx, 0)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if start != 0 {
		return nil, errors.New("it does not start at 0")
	}
	body, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if it.Size >= 0 && int64(len(body)) != it.Size {
		k.t.Errorf("item %q has %d bytes, not the %d that it says", it.ID, len(body), it.Size)
	}
	return body, k.again(ctx, it, body)
}

// again opens a small item a second time, in its middle.
func (k sink) again(ctx context.Context, it export.Item, body []byte) error {
	if len(body) > 4096 || ctx.Err() != nil {
		return nil
	}
	from := int64(len(body) / 2)
	r, start, err := it.Open(ctx, from)
	if err != nil {
		return fmt.Errorf("opening it again: %w", err)
	}
	defer r.Close()
	if start != from && start != 0 {
		k.t.Errorf("item %q starts at %d, neither 0 nor %d", it.ID, start, from)
	}
	rest, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if !bytes.Equal(rest, body[start:]) {
		k.t.Errorf("item %q reads differently from byte %d on", it.ID, start)
	}
	return nil
}

func (k sink) discard(ctx context.Context, it export.Item) error {
	r, _, err := it.Open(ctx, 0)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return err
}
