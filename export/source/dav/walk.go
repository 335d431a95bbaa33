package dav

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"sidekeep/export"
	"sidekeep/export/source/dav/multistatus"
	"sidekeep/formats/photo"
)

// Bounds of a walk. A server that follows links into circles reaches them.
const (
	maxFolders = 100_000
	maxLevels  = 64
)

// A folder is one to be listed; path is as the server wrote it.
type folder struct {
	path string
	id   string // below the root, in one spelling, with a slash at its end; "" for the root
}

// walk lists the folder and those below it with Depth 1 each, because many
// servers refuse more (RFC 4918, section 9.1). Folders whose name begins with
// a dot, or that a NAS keeps thumbnails in, are left out, and files that are no
// pictures and no videos.
func (p *pull) walk(ctx context.Context) error {
	p.full = true
	if err := p.spool.clear(); err != nil {
		return err
	}
	seen := map[string]bool{"": true}
	level := []folder{{path: p.c.url.EscapedPath()}}
	for depth := 0; len(level) > 0; depth++ {
		if depth == maxLevels {
			return fmt.Errorf("%w: folders nested deeper than %d", export.ErrTooLarge, maxLevels)
		}
		next, err := p.level(ctx, level, seen)
		if err != nil {
			return err
		}
		level = next
	}
	return nil
}

// level lists the folders of one level, several at once, and returns those of
// the next.
func (p *pull) level(ctx context.Context, level []folder, seen map[string]bool) (next []folder, err error) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(p.s.connections)
	var mu sync.Mutex
	for _, f := range level {
		g.Go(func() error {
			below, err := p.folder(ctx, f)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			for _, b := range below {
				if !seen[b.id] {
					seen[b.id] = true
					next = append(next, b)
				}
			}
			if len(seen) > maxFolders {
				return fmt.Errorf("%w: more than %d folders", export.ErrTooLarge, maxFolders)
			}
			return nil
		})
	}
	return next, g.Wait()
}

// folder lists one folder: pictures go to the spool, folders are returned.
func (p *pull) folder(ctx context.Context, f folder) (below []folder, err error) {
	if ctx.Err() != nil {
		return nil, stopped(ctx)
	}
	u := at(p.c.url, f.path)
	list := func(question []byte) error {
		below = nil
		names := p.namer()
		named := false
		err := p.s.propfind(ctx, u, "1", question, func(final *url.URL, m *multistatus.Response) error {
			named = true
			if m.Status == http.StatusInsufficientStorage {
				return fmt.Errorf("%w: the server cut the listing short", export.ErrDamaged)
			}
			sub, err := p.entry(&names, f, final, m)
			if sub != nil {
				below = append(below, *sub)
			}
			return err
		})
		if err == nil && !named {
			return fmt.Errorf("%w: the listing does not even name the folder", export.ErrDamaged)
		}
		return err
	}
	err = p.s.steady(ctx, func() error { return withLess(list) })
	if f.id != "" && errors.Is(err, export.ErrGone) {
		return nil, nil // removed since its parent was listed
	}
	if err != nil {
		return nil, fmt.Errorf("folder %q: %w", strings.TrimSuffix(f.id, "/"), listingError(u, err))
	}
	return below, nil
}

// entry takes one response of a folder's listing. Only what is directly in the
// folder counts: a server may name the folder itself or what is elsewhere.
func (p *pull) entry(names *namer, f folder, final *url.URL, m *multistatus.Response) (*folder, error) {
	if m.Status/100 > 2 {
		return nil, nil
	}
	href := string(m.Href)
	id, path, _ := names.id(final, href)
	if f.id != "" && !strings.HasPrefix(canonical(path), p.prefix) {
		// The answer came from elsewhere, by a redirect.
		id = f.id + id
	}
	rest, ok := strings.CutPrefix(strings.TrimSuffix(id, "/"), f.id)
	if !ok || rest == "" || strings.Contains(rest, "/") || strings.TrimSuffix(id, "/")+"/" == f.id {
		return nil, nil
	}
	name := lastName(rest)
	if m.Types&multistatus.Collection != 0 {
		if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "@") {
			return nil, nil
		}
		return &folder{path: path, id: strings.TrimSuffix(id, "/") + "/"}, nil
	}
	if strings.HasPrefix(name, ".") || !photo.IsPhoto(name) {
		return nil, nil
	}
	r := record{id: id, size: m.Length, etag: string(m.ETag), modified: unixTime(string(m.Modified))}
	if path != p.pathOf(id) {
		r.path = path
	}
	return nil, p.spool.add(r)
}

// Count tells how many items c holds, without fetching any.
func (s *Source) Count(ctx context.Context, c export.Collection) (int, error) {
	col, err := s.find(ctx, c.ID)
	if err != nil {
		return -1, err
	}
	p := &pull{s: s, c: col, prefix: col.path(), names: s.namer(col.path()), spool: newSpool()}
	defer p.spool.Close()
	if col.photos {
		err = p.walk(ctx)
	} else {
		err = s.steady(ctx, func() error { return p.propfind(ctx) })
	}
	if err == nil {
		err = p.spool.settle()
	}
	if err != nil {
		return -1, fmt.Errorf("counting %q: %w", col.Name, listingError(col.url, err))
	}
	return p.spool.present, nil
}
