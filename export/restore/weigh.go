package restore

import (
	"context"
	"fmt"
	"io"

	"sidekeep/export"
	"sidekeep/formats/ical/meaning"
	"sidekeep/formats/vcard"
)

// A Clash is something of which an item can say one only, of which the archive
// and the target say something else, and of which a merge keeps the target's.
type Clash struct {
	Property    string
	Kept, Other string
	Noted       bool // the merged item notes the archive's
}

// merge merges what the archive has of an item into what the target has.
func merge(kind export.Kind, device, archive []byte) ([]byte, []Clash, error) {
	var clashes []Clash
	if kind == export.Contacts {
		out, list, err := vcard.Merge(device, archive)
		for _, c := range list {
			clashes = append(clashes, Clash{c.Property, c.Kept, c.Other, c.NotedInside})
		}
		return out, clashes, damaged(err)
	}
	out, list, err := meaning.Combine(device, archive)
	for _, c := range list {
		clashes = append(clashes, Clash{c.Property, c.Kept, c.Other, c.NotedInside})
	}
	return out, clashes, damaged(err)
}

func damaged(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", export.ErrDamaged, err)
}

// weigh looks at what is to be merged: what a merge would not change is
// identical, and else the clashes are told.
func (p *Plan) weigh(ctx context.Context, w export.Source, entries []*entry) error {
	merged := map[int]map[string]*Line{}
	for i := range p.Lines {
		if l := &p.Lines[i]; l.State == Differing && l.effective() == Merge {
			if merged[l.To] == nil {
				merged[l.To] = map[string]*Line{}
			}
			merged[l.To][l.At.ID] = l
		}
	}
	for n, lines := range merged {
		t := &p.Targets[n]
		held := map[string]string{}
		for _, e := range entries {
			if e.collection == n {
				held[e.ref.ID] = e.ref.Version
			}
		}
		err := gather(ctx, w, t.Collection, lines, held, func(ctx context.Context, l *Line, it export.Item, device *content) error {
			archive, err := take(func() (io.ReadCloser, error) { return l.Item.Open(ctx) })
			if err != nil {
				return fmt.Errorf("reading what is to be restored: %w", err)
			}
			out, clashes, err := mergeAll(l.Item.Kind, device, &archive)
			if err != nil {
				l.State, l.Err = Refused, err
				return nil
			}
			l.Clashes = clashes
			was, is := device.read(l.Item.Kind), out.read(l.Item.Kind)
			if was.is(&is.digest) {
				l.State = Identical
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("reading %q: %w", t.Name, err)
		}
	}
	return nil
}

// fewer is how many items are fetched one by one rather than out of a listing.
const fewer = 8

// gather reads the items of a collection that are in lines, and passes over
// those that can no longer be read. held are the versions of the collection's
// items, so that a listing need not fetch the others. each may be called from
// several goroutines.
func gather(ctx context.Context, w export.Source, c export.Collection, lines map[string]*Line, held map[string]string, each func(context.Context, *Line, export.Item, *content) error) error {
	if _, ok := w.(export.Fetcher); ok && len(lines) <= fewer {
		for id, l := range lines {
			it, err := export.Fetch(ctx, w, c, id)
			if err == nil {
				var c content
				if c, err = takeItem(ctx, it); err == nil {
					err = each(ctx, l, it, &c)
				}
			}
			if err != nil && export.Cause(err) != export.ErrGone {
				return err
			}
		}
		return nil
	}
	g := &gatherer{lines: lines, held: held, each: each}
	_, err := w.Pull(ctx, c, g, g)
	return err
}

// A gatherer lets a Pull fetch some items only: of the others it says that
// they are held.
type gatherer struct {
	nothing
	lines map[string]*Line
	held  map[string]string
	each  func(context.Context, *Line, export.Item, *content) error
}

func (g *gatherer) Version(id string) (string, error) {
	if g.lines[id] != nil {
		return "", nil
	}
	return g.held[id], nil
}

func (g *gatherer) Listed(int, bool) error    { return nil }
func (g *gatherer) Seen(string, string) error { return nil }
func (g *gatherer) Gone(string) error         { return nil }

func (g *gatherer) Put(ctx context.Context, it export.Item) error {
	l := g.lines[it.ID]
	if l == nil || it.Err != nil {
		return nil
	}
	c, err := takeItem(ctx, it)
	if err != nil {
		return nil
	}
	return g.each(ctx, l, it, &c)
}
