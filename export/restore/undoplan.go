package restore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"sidekeep/export"
)

// An UndoState is what becomes of an item in an undo.
type UndoState string

// The states of a line of an undo.
const (
	ToRemove  UndoState = "remove"   // the restore made it: it is removed
	ToPutBack UndoState = "put back" // the restore replaced it: what was there comes back
	Over      UndoState = "over"     // it is as it was before the restore already
	Stays     UndoState = "left"     // it is left as it is: see Err
)

// An UndoLine is one item that a restore wrote.
type UndoLine struct {
	Name       string
	Collection string // its name
	Kind       export.Kind
	Deed       Deed // of the restore
	State      UndoState
	Err        error // why it is left

	before bool    // it was turned back by an earlier undo
	chain  []*deed // that are turned back together, the newest first; the last one's old is what comes back
	in     export.Collection
	at     export.Ref
}

// An UndoPlan is what an undo does: what of the target is what the restore wrote
// there, and what comes back.
type UndoPlan struct {
	Lines []UndoLine
	// Collections are the names of those that the restore made. They stay, and
	// are empty unless someone put something into them.
	Collections []string
}

// UndoCounts are the numbers of an undo.
type UndoCounts struct{ Remove, PutBack, Over, Left int }

// Counts sums the plan up.
func (p *UndoPlan) Counts() (n UndoCounts) {
	for i := range p.Lines {
		switch p.Lines[i].State {
		case ToRemove:
			n.Remove++
		case ToPutBack:
			n.PutBack++
		case Over:
			n.Over++
		case Stays:
			n.Left++
		}
	}
	return n
}

// PlanUndo tells what an undo of the restore that j is about would do, and
// changes nothing at the target. It calls [Settle] first. It reads each item that
// the journal names: only one whose bytes are those that the restore wrote, or
// that the target was seen to keep of them, is removed or replaced. What the
// journal says without its seal, what it says of collections that the target does
// not have, and what is not kept whole for putting it back, is left, and says so.
func PlanUndo(ctx context.Context, w export.Writer, j Journal, o UndoOptions) (*UndoPlan, error) {
	if err := Settle(ctx, w, j); err != nil {
		return nil, err
	}
	list, _, err := deeds(j)
	if err != nil {
		return nil, err
	}
	cs, err := collections(ctx, w)
	if err != nil {
		return nil, err
	}
	u := &undoer{w: w, j: j, o: &o}
	p := &UndoPlan{}
	chains := map[string]int{} // places of lines, by item
	for _, d := range slices.Backward(list) {
		line := UndoLine{Name: d.Name, Collection: d.Collection.Name, Kind: d.Kind, Deed: d.Deed, in: d.Collection, chain: []*deed{d}}
		switch {
		case d.forged:
			line.State, line.Err = Stays, fmt.Errorf("%w: it is not sure that the restore wrote it", ErrForeign)
		case d.step == Void, d.step == Intent:
			continue
		case d.Deed == MakeNew:
			p.Collections = append(p.Collections, d.made.Name)
			continue
		case d.step == Undone:
			line.State, line.before = Over, true
		case !slices.ContainsFunc(cs, func(c export.Collection) bool { return c.ID == d.Collection.ID }):
			line.State, line.Err = Stays, fmt.Errorf("%w: the account has no collection %q", export.ErrGone, d.Collection.ID)
		default:
			key := d.Collection.ID + "\x00" + d.after.ID
			if at, ok := chains[key]; ok {
				p.Lines[at].chain = append(p.Lines[at].chain, d)
				continue
			}
			chains[key] = len(p.Lines)
		}
		p.Lines = append(p.Lines, line)
	}
	if err := u.compare(ctx, p); err != nil {
		return p, err
	}
	return p, stoppedBy(ctx)
}

var (
	errChangedSince = fmt.Errorf("%w: someone changed it after the restore", export.ErrChanged)
	errRemovedSince = fmt.Errorf("%w: someone removed it after the restore", export.ErrGone)
)

// compare reads what the lines that are not decided are about.
func (u *undoer) compare(ctx context.Context, p *UndoPlan) error {
	var batch []*glance
	flush := func() error {
		_, err := look(ctx, u.w, batch)
		for _, g := range batch {
			if err == nil && !g.seen {
				u.absent(g)
			}
		}
		batch = nil
		return err
	}
	for i := range p.Lines {
		l := &p.Lines[i]
		if l.State != "" {
			continue
		}
		g := &glance{collection: l.in, kind: l.Kind, id: l.chain[0].after.ID, line: l}
		g.is = func(e *entry, _ []byte) bool { u.decide(ctx, l, e); return true }
		if batch = append(batch, g); len(batch) == lookBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// absent decides of an item that is not there, or that cannot be read.
func (u *undoer) absent(g *glance) {
	l := g.line
	switch {
	case g.err != nil:
		l.State, l.Err = Stays, g.err
	case l.chain[len(l.chain)-1].Deed == Create:
		l.State = Over
	default:
		l.State, l.Err = Stays, errRemovedSince
	}
}

// decide compares what the target has of an item with what the restore wrote
// there: the deeds that it can have come from are walked back as far as each one's
// old bytes are what the one before it wrote.
func (u *undoer) decide(ctx context.Context, l *UndoLine, e *entry) {
	i := 0
	for i < len(l.chain) && l.chain[i].step == Unseen && !l.chain[i].isNew(&e.reading) {
		i++ // it had no effect
	}
	if oldest := l.chain[len(l.chain)-1]; oldest.Deed == Replace && (i == len(l.chain) || !l.chain[i].isNew(&e.reading)) && u.isOld(ctx, oldest, &e.reading) {
		l.State = Over
		return
	}
	if i == len(l.chain) || !l.chain[i].isNew(&e.reading) {
		l.State, l.Err = Stays, errChangedSince
		return
	}
	last := i
	for last+1 < len(l.chain) && l.chain[last].Deed == Replace {
		_, was, err := u.old(ctx, l.chain[last])
		if err != nil || !l.chain[last+1].isNew(&was) {
			break
		}
		last++
	}
	d := l.chain[last]
	l.at, l.Deed = e.ref, d.Deed
	if d.Deed == Create {
		l.chain, l.State = l.chain[:last+1], ToRemove
		return
	}
	if _, _, err := u.old(ctx, d); err != nil {
		l.State, l.Err = Stays, err
		return
	}
	l.chain, l.State = l.chain[:last+1], ToPutBack
}

// isOld tells whether an item is what was there before a deed.
func (u *undoer) isOld(ctx context.Context, d *deed, e *reading) bool {
	if sameHex(e.bytes, d.Old) || sameHex(e.crlf, d.Old) {
		return true
	}
	if d.Kind == export.Photos {
		return false
	}
	_, was, err := u.old(ctx, d)
	return err == nil && e.meaning != [16]byte{} && e.meaning == was.meaning && !d.isNew(e)
}

// old is what was there before a deed. Its bytes are compared with the hash that
// the journal tells.
func (u *undoer) old(ctx context.Context, d *deed) (it export.Item, was reading, err error) {
	sum, err := hex.DecodeString(d.Old)
	if err != nil || len(sum) != 32 {
		return it, was, fmt.Errorf("%w: the journal does not tell what was there", export.ErrDamaged)
	}
	hash := [32]byte(sum)
	broken := false
	for _, old := range []OldBytes{u.o.Old, u.j} {
		if old == nil {
			continue
		}
		r, err := old.Old(ctx, hash)
		if err != nil {
			continue
		}
		if d.Kind != export.Photos {
			first := r
			c, err := take(func() (io.ReadCloser, error) {
				if r := first; r != nil {
					first = nil
					return r, nil
				}
				return old.Old(context.WithoutCancel(ctx), hash) // also when it is written
			})
			if err == nil && c.bytes == hash {
				was = c.read(d.Kind)
				was.crlf = c.crlf
				return c.item(d.Kind), was, nil
			}
			broken = true
			continue
		}
		h := sha256.New()
		n, err := io.Copy(h, r)
		if err = errors.Join(err, r.Close()); err != nil || !bytes.Equal(h.Sum(nil), sum) {
			broken = true
			continue
		}
		was.bytes, was.crlf = hash, hash
		return export.Item{Name: d.File, Folder: d.Folder, Kind: d.Kind, Modified: d.Modified, Size: n,
			Open: func(ctx context.Context, _ int64) (io.ReadCloser, int64, error) {
				r, err := old.Old(ctx, hash)
				return r, 0, err
			}}, was, nil
	}
	if broken {
		return it, was, fmt.Errorf("%w: what was there before is not kept as it was", export.ErrDamaged)
	}
	return it, was, fmt.Errorf("%w: what was there before is not kept", export.ErrGone)
}
