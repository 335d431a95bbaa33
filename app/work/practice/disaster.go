package practice

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"sync"

	"sidekeep/app/work/desk"
	"sidekeep/app/work/restores"
	"sidekeep/export"
)

// A DemoItem is an item on the demo phone.
type DemoItem struct {
	Collection export.Collection
	Ref        export.Ref
	Kind       export.Kind
	Hash       [32]byte // SHA-256 of its bytes
}

// DemoItems reads everything that is on the demo phone now, by collection and
// ID. It asks the phone, not the archive.
func (w Practice) DemoItems(ctx context.Context) (items map[[2]string]DemoItem, err error) {
	src, err := desk.OpenDemo(w.d, ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	list, err := src.Collections(ctx)
	if err != nil {
		return nil, err
	}
	seen := &inventory{items: map[[2]string]DemoItem{}}
	for _, seen.in = range list {
		if _, err := src.Pull(ctx, seen.in, restores.NoItems{}, seen); err != nil {
			return nil, err
		}
	}
	return seen.items, nil
}

// LoseDemo removes from the demo phone all but some items of every collection,
// as a service does that fails, and tells how many of each kind.
func (w Practice) LoseDemo(ctx context.Context, keep int) (lost map[export.Kind]int, err error) {
	items, err := w.DemoItems(ctx)
	if err != nil {
		return nil, err
	}
	src, err := desk.OpenDemo(w.d, ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	if _, err := src.Collections(ctx); err != nil {
		return nil, err
	}
	lost, kept := map[export.Kind]int{}, map[string]int{}
	for _, it := range items {
		if kept[it.Collection.ID] < keep {
			kept[it.Collection.ID]++
			continue
		}
		if err := src.(export.Writer).Delete(ctx, it.Collection, it.Ref); err != nil {
			return lost, err
		}
		lost[it.Kind]++
	}
	return lost, nil
}

// An inventory takes what a Pull brings.
type inventory struct {
	in export.Collection

	mu    sync.Mutex
	items map[[2]string]DemoItem
}

func (v *inventory) Listed(int, bool) error    { return nil }
func (v *inventory) Seen(string, string) error { return nil }
func (v *inventory) Gone(string) error         { return nil }

func (v *inventory) Put(ctx context.Context, it export.Item) error {
	if it.Err != nil {
		return it.Err
	}
	r, _, err := it.Open(ctx, 0)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return err
	}
	kind := v.in.Kind
	if kind == export.Events && restores.Begins(raw, "VTODO") && !restores.Begins(raw, "VEVENT") {
		kind = export.Todos
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.items[[2]string{v.in.ID, it.ID}] = DemoItem{v.in, export.Ref{ID: it.ID, Version: it.Version}, kind, sha256.Sum256(raw)}
	return nil
}

// A Practice plays the loss of October 2009 on the demo phone.
type Practice struct{ d *desk.Desk }

// NewPractice is the Practice of a desk.
func NewPractice(d *desk.Desk) Practice { return Practice{d} }
