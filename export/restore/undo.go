package restore

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"sidekeep/export"
)

// UndoOptions say how a restore is turned back.
type UndoOptions struct {
	Old     OldBytes // as in [ApplyOptions]
	Workers int
	Report  func(Progress)
	Now     func() time.Time
}

// An UndoResult is what an undo did.
type UndoResult struct {
	Removed int // items that the restore had made
	PutBack int // items that it had replaced or merged
	// Left are the items that stay as they are, because someone changed or
	// removed them since, or because the target refuses it.
	Left []Problem
	// Collections are the names of those that the restore made. They stay, and
	// are empty unless someone put something into them.
	Collections []string
}

// Undo turns back what the journal says a restore did, and nothing else: what
// it made is removed and what it replaced is put back, unless someone changed
// it since. It calls [Settle] first. It can be stopped and called again.
func Undo(ctx context.Context, w export.Writer, j Journal, o UndoOptions) (UndoResult, error) {
	if o.Workers == 0 {
		o.Workers = 4
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := Settle(ctx, w, j); err != nil {
		return UndoResult{}, err
	}
	list, _, err := deeds(j)
	if err != nil {
		return UndoResult{}, err
	}
	u := &undoer{w: w, j: j, o: &o}
	var todo []*deed
	for _, d := range slices.Backward(list) {
		switch {
		case d.step == Void || d.step == Intent:
		case d.Deed == MakeNew:
			u.result.Collections = append(u.result.Collections, d.made.Name)
		case d.step == Undone:
			u.count(d)
		case d.step == Left:
			u.left(d, errors.New(d.why))
		default:
			todo = append(todo, d)
		}
	}
	u.meter = newMeter(len(todo), o.Report, o.Now)
	err = errors.Join(u.run(ctx, todo), j.Sync())
	u.meter.end()
	return u.result, err
}

type undoer struct {
	w     export.Writer
	j     Journal
	o     *UndoOptions
	meter *meter

	mu     sync.Mutex
	result UndoResult
}

func (u *undoer) count(d *deed) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if d.Deed == Create {
		u.result.Removed++
	} else {
		u.result.PutBack++
	}
}

func (u *undoer) left(d *deed, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.result.Left = append(u.result.Left, Problem{Key: Key{Collection: d.Collection.ID, ID: d.after.ID}, Name: d.Name, Collection: d.Collection.Name, Err: err})
}

// run turns back in batches, of which the intents are safe before the first
// write. Two deeds about one item are never in one batch.
func (u *undoer) run(ctx context.Context, todo []*deed) error {
	for len(todo) > 0 {
		seen := map[string]bool{}
		n := 0
		var intents []Record
		for n < len(todo) && n < batch && !seen[todo[n].Collection.ID+"\x00"+todo[n].after.ID] {
			seen[todo[n].Collection.ID+"\x00"+todo[n].after.ID] = true
			intents = append(intents, Record{N: todo[n].N, Step: Undoing, At: u.o.Now()})
			n++
		}
		if err := errors.Join(u.j.Write(intents...), u.j.Sync()); err != nil {
			return err
		}
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(u.o.Workers)
		for _, d := range todo[:n] {
			g.Go(func() error {
				if gctx.Err() != nil {
					return gctx.Err()
				}
				return u.one(gctx, d)
			})
		}
		err := g.Wait()
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %w", export.ErrStopped, ctx.Err())
		}
		if err != nil {
			return err
		}
		todo = todo[n:]
	}
	return nil
}

// one turns one deed back.
func (u *undoer) one(ctx context.Context, d *deed) error {
	turn := u.putBack
	if d.Deed == Create {
		turn = u.remove
	}
	err := turn(ctx, d, d.after)
	if errors.Is(err, export.ErrChanged) {
		err = u.look(ctx, d, turn)
	}
	if err != nil && (unknown(err) || hopeless(err)) {
		return fmt.Errorf("turning back %q: %w", d.Name, err)
	}
	out := Record{N: d.N, Step: Undone, At: u.o.Now()}
	if err != nil {
		out.Step, out.Why = Left, err.Error()
		u.left(d, err)
	} else {
		u.count(d)
	}
	u.meter.add(1)
	return u.j.Write(out)
}

// remove removes what the restore made.
func (u *undoer) remove(ctx context.Context, d *deed, at export.Ref) error {
	if at.Version == "" {
		return export.ErrChanged // not known: it is looked at
	}
	err := u.w.Delete(ctx, d.Collection, at)
	if errors.Is(err, export.ErrGone) {
		return nil
	}
	return err
}

// putBack puts what was there into the place of what the restore wrote.
func (u *undoer) putBack(ctx context.Context, d *deed, at export.Ref) error {
	if at.Version == "" {
		return export.ErrChanged
	}
	it, err := u.old(ctx, d)
	if err != nil {
		return err
	}
	_, err = u.w.Put(ctx, d.Collection, it, at)
	return err
}

// old is what was there before the restore.
func (u *undoer) old(ctx context.Context, d *deed) (export.Item, error) {
	hash, err := hex.DecodeString(d.Old)
	if err != nil || len(hash) != 32 {
		return export.Item{}, fmt.Errorf("%w: the journal does not tell what was there", export.ErrDamaged)
	}
	for _, old := range []OldBytes{u.o.Old, u.j} {
		if old == nil {
			continue
		}
		r, err := old.Old(ctx, [32]byte(hash))
		if err != nil {
			continue
		}
		if d.Kind != export.Photos {
			raw, err := readAll(r, nil)
			return itemOf(d.Kind, raw), err
		}
		n, err := io.Copy(io.Discard, r)
		if err = errors.Join(err, r.Close()); err != nil {
			return export.Item{}, err
		}
		return export.Item{Name: d.File, Folder: d.Folder, Kind: d.Kind, Modified: d.Modified, Size: n,
			Open: func(ctx context.Context, _ int64) (io.ReadCloser, int64, error) {
				r, err := old.Old(ctx, [32]byte(hash))
				return r, 0, err
			}}, nil
	}
	return export.Item{}, fmt.Errorf("%w: what was there before is not kept", export.ErrGone)
}

// look reads an item whose version is not the one that the restore left: some
// servers give a new version to what they have rewritten. It is turned back if
// it says what the restore wrote, and was turned back already if it says what
// was there before.
func (u *undoer) look(ctx context.Context, d *deed, turn func(context.Context, *deed, export.Ref) error) error {
	it, err := export.Fetch(ctx, u.w, d.Collection, d.after.ID)
	if errors.Is(err, export.ErrGone) && d.Deed == Create {
		return nil
	}
	if err != nil {
		return err
	}
	r := &entry{kind: d.Kind}
	if d.Kind == export.Photos {
		r.bad = (&scanner{}).photo(ctx, export.Item{Size: -1, Open: it.Open, Err: it.Err}, r)
	} else if raw, err := readAll(body(ctx, it)); err != nil {
		r.bad = err
	} else {
		r.reading = read(d.Kind, raw)
	}
	if r.bad != nil {
		return r.bad
	}
	if d.Deed == Replace && u.isOld(ctx, d, &r.digest) {
		return nil
	}
	if !d.isNew(&r.digest) {
		return fmt.Errorf("%w: someone changed it after the restore", export.ErrChanged)
	}
	at := export.Ref{ID: it.ID, Version: it.Version}
	if at.Version == "" {
		at.Version = "*" // the source has no versions: it was read just now
	}
	return turn(ctx, d, at)
}

// isOld tells whether a digest is of what was there before the restore.
func (u *undoer) isOld(ctx context.Context, d *deed, e *digest) bool {
	if hex.EncodeToString(e.bytes[:]) == d.Old {
		return true
	}
	it, err := u.old(ctx, d)
	if err != nil || d.Kind == export.Photos {
		return false
	}
	raw, err := readAll(body(ctx, it))
	if err != nil {
		return false
	}
	was := read(d.Kind, raw)
	return e.meaning != [16]byte{} && e.meaning == was.meaning && !d.isNew(e)
}
