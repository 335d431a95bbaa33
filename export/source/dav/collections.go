package dav

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sidekeep/export"
	"sidekeep/export/source/dav/multistatus"
)

// maxData is the longest item that is taken out of a multiget; longer ones are
// streamed by GET.
const maxData = 1 << 20

// A resource is what one response said of something that may be a collection.
type resource struct {
	url             *url.URL
	types           multistatus.Types
	unauthenticated bool
	principal       *url.URL
	books, cals     []*url.URL

	name, color string
	order       int
	components  []string
	sync        bool
	limits      export.Limits
}

func newResource(base *url.URL, m *multistatus.Response) *resource {
	r := &resource{
		url: base, types: m.Types, unauthenticated: m.Unauthenticated,
		name: string(m.Name), color: colorOf(string(m.Color)), components: m.Components,
		sync: m.SyncCollection || !m.Reports && len(m.SyncToken) > 0, limits: limitsOf(m),
	}
	r.order, _ = strconv.Atoi(string(m.Order))
	if len(m.Principal) > 0 {
		r.principal, _ = resolve(base, string(m.Principal))
	}
	for _, h := range m.BookHomes {
		if u, ok := resolve(base, h); ok {
			r.books = append(r.books, u)
		}
	}
	for _, h := range m.CalHomes {
		if u, ok := resolve(base, h); ok {
			r.cals = append(r.cals, u)
		}
	}
	return r
}

// colorOf turns #rgb, #rrggbb and #rrggbbaa into #rrggbb.
func colorOf(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if !strings.HasPrefix(s, "#") || strings.Trim(s[1:], "0123456789abcdef") != "" {
		return ""
	}
	switch len(s) {
	case 4:
		return "#" + s[1:2] + s[1:2] + s[2:3] + s[2:3] + s[3:4] + s[3:4]
	case 7, 9:
		return s[:7]
	}
	return ""
}

// A collection is an export.Collection with what it takes to read it.
type collection struct {
	export.Collection
	url    *url.URL
	book   bool // else a calendar, or photos
	photos bool
	sync   bool // RFC 6578
	limits export.Limits
}

// path is the canonical path of the collection with a slash at its end.
func (c *collection) path() string {
	return strings.TrimSuffix(canonical(c.url.EscapedPath()), "/") + "/"
}

// maxResponses bounds one answer, whatever it is about.
const maxResponses = maxItems + 100_000

// propfind asks u and hands each response over with the address that answered.
func (s *Source) propfind(ctx context.Context, u *url.URL, depth string, ask []byte, each func(final *url.URL, m *multistatus.Response) error) error {
	_, err := s.report(ctx, request{method: "PROPFIND", url: u, depth: depth, body: ask}, each)
	return err
}

// report sends r and hands over each response of the multistatus that it
// expects; it returns the sync token behind them.
func (s *Source) report(ctx context.Context, r request, each func(final *url.URL, m *multistatus.Response) error) (token string, err error) {
	resp, err := s.c.do(ctx, r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != 207 && resp.StatusCode != 200 {
		return "", fmt.Errorf("%w (status %d)", multistatus.ErrNotMultistatus, resp.StatusCode)
	}
	d := s.reader()
	defer s.readers.Put(d)
	d.Reset(resp.Body, maxData)
	forms := s.c.signIn.told(false)
	for n := 0; ; n++ {
		m, err := d.Next()
		if err == nil && n == maxResponses {
			return "", fmt.Errorf("%w: an answer names more than %d things", export.ErrTooLarge, maxResponses)
		}
		if err == io.EOF {
			if follows(d.Rest(), resp) {
				return "", &multistatus.SyntaxError{Offset: d.Offset(), Reason: "a second answer behind the first"}
			}
			if token = string(d.SyncToken()); reveals(forms, token) {
				token = ""
			}
			return token, nil
		}
		if err != nil {
			return "", err
		}
		cleanResponse(forms, m)
		if err := each(resp.Request.URL, m); err != nil {
			return "", err
		}
	}
}

// follows reads what stands behind an answer, and reports whether it is another
// one: what that names would be missing from the list.
func follows(rest []byte, resp *http.Response) bool {
	rest = append(bytes.Clone(rest), drain(resp, 4<<10)...)
	return bytes.Contains(rest, []byte("multistatus"))
}

func (s *Source) reader() *multistatus.Reader {
	if d, ok := s.readers.Get().(*multistatus.Reader); ok {
		return d
	}
	return multistatus.NewReader(nil, maxData)
}

// Collections lists the home sets afresh: every address book and calendar,
// whatever else it is. See [Source.Skipped] for what it leaves out. An account
// with home sets and nothing in them has no collections.
func (s *Source) Collections(ctx context.Context) ([]export.Collection, error) {
	var all []*collection
	var left []export.Skipped
	for _, home := range s.homes {
		h, err := s.homeSet(ctx, home)
		if err != nil {
			return nil, fmt.Errorf("listing the collections: %w", err)
		}
		all = append(all, h.collections...)
		for _, l := range h.left {
			l.ID, l.Name = s.c.signIn.hide(l.ID), s.c.signIn.hide(l.Name)
			if !slices.Contains(left, l) { // named by two home sets
				left = append(left, l)
			}
		}
	}
	if s.single != nil {
		all = append(all, newCollections(s.single)...)
	}
	if s.photos != nil {
		all = append(all, &collection{Collection: export.Collection{Name: s.albumName(), Kind: export.Photos}, url: s.photos.url, photos: true, limits: s.photos.limits})
	}
	s.mu.Lock()
	s.left = left
	s.mu.Unlock()
	return s.remember(all), nil
}

// Skipped is what the last [Source.Collections] found and left out. See
// [export.Skipper].
func (s *Source) Skipped() []export.Skipped {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.left)
}

// albumName is what to call the photo folder: as the server shows it, or by
// its path, but not by the name of its owner, which the root of many a server
// has.
func (s *Source) albumName() string {
	for _, name := range []string{s.photos.name, lastName(s.photos.url.EscapedPath())} {
		if name != "" && !strings.EqualFold(name, s.User()) {
			return name
		}
	}
	return "Photos"
}

// remember gives each collection its ID and puts them into the order in which
// people read them. The ID is the path, so that it outlives a move of the
// server to another host or port.
func (s *Source) remember(all []*collection) []export.Collection {
	byID := map[string]*collection{}
	var list []export.Collection
	for _, c := range all {
		c.ID, c.Name = s.c.signIn.hide(c.path()), s.c.signIn.hide(c.Name)
		if other, ok := byID[c.ID]; ok {
			if hostPort(other.url) == hostPort(c.url) {
				continue // named by two home sets
			}
			c.ID = "//" + hostPort(c.url) + c.ID
		}
		byID[c.ID] = c
		list = append(list, c.Collection)
	}
	kinds := export.Kinds()
	slices.SortStableFunc(list, func(a, b export.Collection) int {
		return cmp.Or(
			cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
			cmp.Compare(a.Order, b.Order), strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID),
		)
	})
	s.mu.Lock()
	s.collections = byID
	s.mu.Unlock()
	return list
}

// find returns the collection with an ID, listing them first if need be.
func (s *Source) find(ctx context.Context, id string) (*collection, error) {
	s.mu.Lock()
	c, known := s.collections[id], s.collections != nil
	s.mu.Unlock()
	if !known {
		if _, err := s.Collections(ctx); err != nil {
			return nil, err
		}
		s.mu.Lock()
		c = s.collections[id]
		s.mu.Unlock()
	}
	if c == nil {
		return nil, fmt.Errorf("%w: the account has no such collection", export.ErrGone)
	}
	return c, nil
}
