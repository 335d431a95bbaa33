package restore

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"sidekeep/export"
)

// A glance is something that the target said it took or removed, and that is to
// be seen there before it is claimed.
type glance struct {
	collection export.Collection
	kind       export.Kind
	id         string
	version    string // as the target told it, and then as it was seen
	// is tells whether what is there is what is to be there; nil if nothing is to
	// be there.
	is func(e *entry, raw []byte) bool

	wants [32]byte // SHA-256 of bytes for which is holds; zero if it is not known

	seen   bool
	sum    [32]byte // SHA-256 of what was seen, with line ends as CRLF
	found  *entry   // what is there instead; nil if nothing is
	err    error    // why it could not be looked at
	listed bool     // as the last listing has it

	op   *op       // of a restore
	line *UndoLine // of an undo
}

// look reads what gs are about, once, and returns those that are not as they are
// to be. The error says that the target cannot be asked.
func look(ctx context.Context, w export.Source, gs []*glance) (open []*glance, err error) {
	in := map[string][]*glance{}
	var order []string
	for _, g := range gs {
		if in[g.collection.ID] == nil {
			order = append(order, g.collection.ID)
		}
		in[g.collection.ID] = append(in[g.collection.ID], g)
	}
	for _, id := range order {
		list := in[id]
		byID := map[string][]*glance{}
		var ids []string
		for _, g := range list {
			g.seen, g.found, g.err = g.is == nil, nil, nil
			if byID[g.id] == nil {
				ids = append(ids, g.id)
			}
			byID[g.id] = append(byID[g.id], g)
		}
		err := export.Gather(ctx, w, list[0].collection, ids, func(it export.Item) error {
			for _, g := range byID[it.ID] {
				if err := g.take(ctx, it); err != nil {
					return err
				}
			}
			return nil
		})
		if errors.Is(err, export.ErrGone) && ctx.Err() == nil { // the collection is not there
			for _, g := range list {
				g.seen, g.found, g.err = g.is == nil, nil, nil
			}
			err = nil
		}
		if err != nil {
			return gs, fmt.Errorf("reading %q: %w", list[0].collection.Name, err)
		}
	}
	for _, g := range gs {
		if !g.seen {
			open = append(open, g)
		}
	}
	return open, nil
}

// take compares what the target has. The error says that it cannot be asked.
func (g *glance) take(ctx context.Context, it export.Item) error {
	if errors.Is(it.Err, export.ErrGone) {
		g.seen = g.is == nil
		return nil
	}
	e, raw, err := entryOf(ctx, it, g.kind, g.wants)
	if err != nil {
		return err
	}
	g.seen, g.found, g.err = false, e, e.bad
	if errors.Is(e.bad, export.ErrGone) {
		g.seen, g.found, g.err = g.is == nil, nil, nil
		return nil
	}
	if e.bad == nil && g.is != nil && g.is(e, raw) {
		g.seen, g.sum, g.found = true, e.crlf, nil
		if e.ref.Version != "" {
			g.version = e.ref.Version
		}
	}
	return nil
}

// entryOf reads an item of the target, or the outline of a long one, and what it says unless its bytes are those
// that are wanted. What is wrong with it alone is in the
// entry; the error says that the target cannot be asked.
func entryOf(ctx context.Context, it export.Item, kind export.Kind, wants [32]byte) (*entry, []byte, error) {
	e := &entry{ref: export.Ref{ID: it.ID, Version: it.Version}, kind: kind, size: it.Size}
	var raw []byte
	var err error
	if kind == export.Photos {
		var r io.ReadCloser
		if r, err = body(ctx, it); err == nil {
			h := sha256.New()
			e.size, err = io.Copy(h, r)
			err = errors.Join(err, r.Close())
			h.Sum(e.bytes[:0])
			e.crlf = e.bytes
		}
	} else {
		var c content
		if c, err = takeItem(ctx, it); err == nil {
			raw, e.bytes, e.crlf = c.Text, c.bytes, c.crlf
			if wants == [32]byte{} || e.bytes != wants && e.crlf != wants {
				crlf := e.crlf
				e.reading = c.read(kind)
				e.crlf = crlf
			}
		}
	}
	if err != nil && (ctx.Err() != nil || hopeless(err)) {
		return e, nil, err
	}
	e.bad = err
	return e, raw, nil
}

// Waiting for what the target has not yet: some services keep what they take
// after a moment only.
const (
	firstWait = 100 * time.Millisecond
	longWait  = 2 * time.Second
)

// again lists the collections of what was seen, and returns those of gs that are
// not listed as they were seen. strange are the items that are listed and were
// neither there before, as had knows it by collection, nor are in gs; none of a
// collection that had does not know.
func again(ctx context.Context, w export.Source, gs []*glance, had map[string]map[string]bool) (changed []*glance, strange []*glance, err error) {
	in := map[string]map[string]*glance{}
	of := map[string]export.Collection{}
	for _, g := range gs {
		if in[g.collection.ID] == nil {
			in[g.collection.ID], of[g.collection.ID] = map[string]*glance{}, g.collection
		}
		in[g.collection.ID][g.id] = g
	}
	for id, at := range in {
		listed := map[string]bool{}
		err := export.List(ctx, w, of[id], func(r export.Ref) error {
			g := at[r.ID]
			switch {
			case g != nil && g.is != nil:
				listed[r.ID] = r.Version == g.version && r.Version != ""
			case g != nil:
				listed[r.ID] = true
			case had[id] != nil && !had[id][r.ID]:
				strange = append(strange, &glance{collection: of[id], id: r.ID, version: r.Version})
			}
			return nil
		})
		if errors.Is(err, export.ErrGone) && ctx.Err() == nil {
			err = nil // nothing of it is there
		}
		if err != nil {
			return nil, nil, err
		}
		for _, g := range at {
			same, there := listed[g.id]
			if g.is == nil && there || g.is != nil && !same {
				if g.listed = there; !there {
					g.found = nil
				}
				changed = append(changed, g)
			}
		}
	}
	return changed, strange, nil
}

// unseen is why something is not claimed.
func (g *glance) unseen() error {
	switch {
	case g.err != nil:
		return fmt.Errorf("%w: it cannot be read back: %w", export.ErrNotKept, g.err)
	case g.is == nil:
		return fmt.Errorf("%w: it is there still", export.ErrNotKept)
	case g.found == nil:
		return fmt.Errorf("%w: it is not there", export.ErrNotKept)
	}
	return fmt.Errorf("%w: it says something else", export.ErrNotKept)
}

// kept tells whether what a target has is what was given to it: the same bytes,
// the same meaning, or else, of services that write everything anew, nothing
// that a person would miss.
func kept(kind export.Kind, given *digest, written []byte, e *entry, has []byte) bool {
	if e.is(given) || e.crlf == given.bytes && given.bytes != [32]byte{} {
		return true
	}
	if kind == export.Photos || len(written) == 0 || e.uid != "" && read(kind, written).uid != e.uid {
		return false
	}
	return missing(kind, written, has) == ""
}
