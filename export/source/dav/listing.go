package dav

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"sidekeep/export"
	"sidekeep/export/source/dav/multistatus"
)

// maxPages bounds the pages of one listing.
const maxPages = 100_000

// list fills the spool with what the collection holds, or with what changed
// since the token that the archive has.
func (p *pull) list(ctx context.Context) error {
	if p.c.photos {
		return p.walk(ctx)
	}
	if p.c.sync {
		if token := p.have.Token(); token != "" {
			done, err := p.delta(ctx, token)
			if done || err != nil {
				return err
			}
		}
		err := p.sync(ctx, "", true)
		if err == nil && p.spool.present > 0 {
			return nil
		}
		if err != nil && final(ctx, err) {
			return err
		}
		// A report that fails, or that names nothing, is not believed.
	}
	p.token = ""
	err := p.s.steady(ctx, func() error { return p.propfind(ctx) })
	if err != nil {
		return listingError(p.c.url, err)
	}
	return nil
}

// delta lists what changed since token. It reports false if everything is to
// be listed afresh: the token is refused, in whatever way, or the server
// answers as if it knew no token.
func (p *pull) delta(ctx context.Context, token string) (done bool, err error) {
	if err := p.sync(ctx, token, false); err != nil {
		if final(ctx, err) {
			return false, err
		}
		return false, nil
	}
	held, err := p.held()
	if err != nil {
		return false, err
	}
	if held > 0 && 2*held >= p.spool.present {
		return false, nil // what changed is not held in its present version
	}
	return true, p.have.Retry(func(id string) bool {
		err = p.spool.add(record{id: id, size: -1, flags: flagRetry})
		return err == nil
	})
}

// held counts the listed items that the archive holds in their version.
func (p *pull) held() (n int, err error) {
	if err := p.spool.settle(); err != nil {
		return 0, err
	}
	err = p.spool.each(func(r *record) error {
		if r.flags != 0 {
			return nil
		}
		v, err := p.have.Version(r.id)
		if v != "" && v == r.version() {
			n++
		}
		return err
	})
	return n, err
}

// sync runs the report of RFC 6578 from token to its last page.
func (p *pull) sync(ctx context.Context, token string, full bool) error {
	return p.s.steady(ctx, func() error {
		if err := p.spool.clear(); err != nil {
			return err
		}
		p.full = full
		next := token
		for range maxPages {
			more, before := false, p.spool.n
			answered, err := p.s.report(ctx, request{method: "REPORT", url: p.c.url, depth: "0", body: askSync(next)},
				func(final *url.URL, m *multistatus.Response) error {
					return p.named(final, m, &more)
				})
			if err != nil {
				return err
			}
			if more && (answered == next || answered == "" || p.spool.n == before) {
				return errors.New("the listing does not move on")
			}
			next = answered
			if !more {
				p.token = next
				return nil
			}
		}
		return fmt.Errorf("%w: the listing has more than %d pages", export.ErrTooLarge, maxPages)
	})
}

// named takes one response of a sync-collection report.
func (p *pull) named(final *url.URL, m *multistatus.Response, more *bool) error {
	if m.Status == http.StatusInsufficientStorage {
		*more = true // RFC 6578, section 3.6
		return nil
	}
	if err := p.response(final, string(m.Href), m); err != nil {
		return err
	}
	for _, href := range m.More {
		if err := p.response(final, href, m); err != nil {
			return err
		}
	}
	return nil
}

// withLess runs a listing of items with the question for it. A server that
// breaks over that is asked for less: an item without a length, or without a
// mark, is fetched and compared instead.
func withLess(list func(question []byte) error) error {
	err := list(askItems)
	for n := len(itemProps) - 1; n > 0 && err != nil && askingLess(err); n-- {
		less := list(askFor(itemProps[:n]))
		if less == nil || !askingLess(less) {
			return less
		}
	}
	return err
}

// propfind lists the collection with Depth 1.
func (p *pull) propfind(ctx context.Context) error {
	return withLess(func(question []byte) error { return p.propfindFor(ctx, question) })
}

func (p *pull) propfindFor(ctx context.Context, question []byte) error {
	if err := p.spool.clear(); err != nil {
		return err
	}
	p.full = true
	any := false
	err := p.s.propfind(ctx, p.c.url, "1", question, func(final *url.URL, m *multistatus.Response) error {
		any = true
		if m.Status == http.StatusInsufficientStorage {
			return fmt.Errorf("%w: the server cut the listing short", export.ErrDamaged)
		}
		if m.Status == http.StatusNotFound || m.Status == http.StatusGone {
			return nil
		}
		return p.response(final, string(m.Href), m)
	})
	if err == nil && !any {
		return fmt.Errorf("%w: the listing does not even name the collection", export.ErrDamaged)
	}
	return err
}

// response spools what is an item.
func (p *pull) response(final *url.URL, href string, m *multistatus.Response) error {
	id, path, self := p.names.id(final, href)
	if self || m.Types&multistatus.Collection != 0 || strings.HasSuffix(path, "/") || href == "" {
		return nil
	}
	r := record{id: id, size: m.Length, etag: string(m.ETag), modified: unixTime(string(m.Modified))}
	if path != p.pathOf(id) {
		r.path = path
	}
	if m.Status == http.StatusNotFound || m.Status == http.StatusGone {
		r.flags = flagGone
	}
	return p.spool.add(r)
}

// A namer gives the items of one collection their IDs; one goroutine uses it.
type namer struct {
	prefix           string // of the collection
	base, basePrefix string // of the address that answered last
	secrets          []string
}

// namer gives names below prefix.
func (s *Source) namer(prefix string) namer {
	return namer{prefix: prefix, secrets: s.c.signIn.toldInPaths()}
}

func (p *pull) namer() namer { return p.s.namer(p.prefix) }

// id is the ID of the item that href names: its path in one spelling, below
// the collection's if it is there, without what signs in. path is as the server
// wrote it.
func (n *namer) id(final *url.URL, href string) (id, path string, self bool) {
	id, path, self = n.plainID(final, href)
	for _, secret := range n.secrets {
		id = strings.ReplaceAll(id, secret, withheld)
	}
	return id, path, self
}

func (n *namer) plainID(final *url.URL, href string) (id, path string, self bool) {
	base := final.EscapedPath()
	path = pathOf(base, href)
	full := canonical(path)
	if n.base != base {
		n.base, n.basePrefix = base, strings.TrimSuffix(canonical(base), "/")+"/"
	}
	for _, prefix := range []string{n.prefix, n.basePrefix} {
		if rest, ok := strings.CutPrefix(full, prefix); ok {
			return rest, path, rest == ""
		}
		if full+"/" == prefix {
			return "", path, true
		}
	}
	return full, path, false
}

// pathOf is where the item with an ID is.
func (p *pull) pathOf(id string) string {
	if strings.HasPrefix(id, "/") {
		return id
	}
	return p.prefix + id
}
