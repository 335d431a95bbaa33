package export_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"sidekeep/export"
)

// A phone is a source in memory whose answers a test can spoil.
type phone struct {
	books map[string]map[string]string // collection, item, body
	names []string                     // of the collections, in order
	log   []change                     // what a delta tells
	fail  map[string]error             // items that cannot be read
	spoil func(c export.Collection, to export.Sink) (done bool, err error)
	after int   // after so many items every further one fails with down
	down  error // nil: never
	pulls int
}

type change struct{ collection, id string }

func newPhone(sizes map[string]int) *phone {
	p := &phone{books: map[string]map[string]string{}, fail: map[string]error{}}
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		p.names = append(p.names, name)
		p.books[name] = map[string]string{}
		for i := range sizes[name] {
			p.set(name, fmt.Sprintf("id%04d", i), fmt.Sprintf("Person %d", i))
		}
	}
	return p
}

func card(id, name string) string {
	return "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:" + id + "\r\nFN:" + name + "\r\nN:" + name + ";;;;\r\nEND:VCARD\r\n"
}

func (p *phone) set(book, id, name string) { p.put(book, id, card(id, name)) }

func (p *phone) put(book, id, body string) {
	p.books[book][id] = body
	p.log = append(p.log, change{book, id})
}

func (p *phone) remove(book, id string) {
	delete(p.books[book], id)
	p.log = append(p.log, change{book, id})
}

func (p *phone) Collections(context.Context) ([]export.Collection, error) {
	var all []export.Collection
	for _, name := range p.names {
		all = append(all, export.Collection{ID: "/" + name, Name: name, Kind: export.Contacts})
	}
	return all, nil
}

func (p *phone) Close() error { return nil }

func (p *phone) Pull(ctx context.Context, c export.Collection, have export.Have, to export.Sink) (export.Listing, error) {
	p.pulls++
	if p.spoil != nil {
		if done, err := p.spoil(c, to); done || err != nil {
			return export.Listing{}, err
		}
	}
	book := p.books[c.Name]
	since, err := strconv.Atoi(have.Token())
	full := err != nil
	present, gone := map[string]bool{}, map[string]bool{}
	if full {
		for id := range book {
			present[id] = true
		}
	} else {
		for _, ch := range p.log[since:] {
			if ch.collection != c.Name {
				continue
			}
			_, there := book[ch.id]
			present[ch.id], gone[ch.id] = there, !there
		}
		if err := have.Retry(func(id string) bool { present[id] = !gone[id]; return true }); err != nil {
			return export.Listing{}, err
		}
		maps.DeleteFunc(present, func(_ string, there bool) bool { return !there })
	}
	if err := to.Listed(len(present), full); err != nil {
		return export.Listing{}, err
	}
	for id, isGone := range gone {
		if !isGone {
			continue
		}
		if err := to.Gone(id); err != nil {
			return export.Listing{}, err
		}
	}
	for i, id := range slices.Sorted(maps.Keys(present)) {
		if err := p.item(ctx, i, id, book[id], have, to); err != nil {
			return export.Listing{}, err
		}
	}
	return export.Listing{Token: strconv.Itoa(len(p.log)), Full: full}, nil
}

func (p *phone) item(ctx context.Context, i int, id, body string, have export.Have, to export.Sink) error {
	version := fmt.Sprintf("%d-%x", len(body), body[len(body)/2:])
	held, err := have.Version(id)
	if err != nil {
		return err
	}
	if held == version {
		return to.Seen(id, version)
	}
	it := export.Item{ID: id, Version: version, Kind: export.Contacts, Size: int64(len(body)), Err: p.fail[id]}
	if p.down != nil && i >= p.after {
		it.Err = p.down
	}
	if ctx.Err() != nil {
		it.Err = fmt.Errorf("%w: %w", export.ErrStopped, ctx.Err())
	}
	it.Open = func(context.Context, int64) (io.ReadCloser, int64, error) {
		return io.NopCloser(bytes.NewReader([]byte(body))), 0, nil
	}
	return to.Put(ctx, it)
}
