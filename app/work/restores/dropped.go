package restores

import (
	"context"
	"errors"
	"io"
	"sync"

	"sidekeep/app/work/desk"
	"sidekeep/app/work/files"
	"sidekeep/export"
	"sidekeep/export/restore"
	"sidekeep/export/source"
)

// Dropped is what files hold that can be restored or imported.
type Dropped struct {
	Items   map[export.Kind]int
	Skipped []source.SkippedFile // below what was named
}

// LookInto tells what files, folders and zip archives hold. It changes nothing
// and does not read photos.
func (w Restorer) LookInto(ctx context.Context, paths []string) (d Dropped, err error) {
	src, err := desk.FilesOpened(w.d, ctx, paths)
	if err != nil {
		return d, notRestored(err)
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	list, err := src.Collections(ctx)
	if err != nil && !errors.Is(err, export.ErrEmpty) {
		return d, notRestored(err)
	}
	tally := &tally{n: map[export.Kind]int{}}
	for _, tally.in = range list {
		if _, err := src.Pull(ctx, tally.in, NoItems{}, tally); err != nil {
			return d, err
		}
	}
	d.Items, d.Skipped = tally.n, source.SkippedFiles(src)
	if len(d.Items) == 0 {
		return d, files.NothingThere(d.Skipped)
	}
	return d, nil
}

// A tally counts what a Pull of files brings.
type tally struct {
	in export.Collection

	mu sync.Mutex
	n  map[export.Kind]int
}

func (t *tally) Listed(int, bool) error    { return nil }
func (t *tally) Seen(string, string) error { return nil }
func (t *tally) Gone(string) error         { return nil }

func (t *tally) Put(ctx context.Context, it export.Item) error {
	kind := t.in.Kind
	if kind == export.Events && it.Err == nil { // to-dos stand in the same files
		r, _, err := it.Open(ctx, 0)
		if err != nil {
			return err
		}
		raw, err := io.ReadAll(r)
		if err = errors.Join(err, r.Close()); err != nil {
			return err
		}
		if Begins(raw, "VTODO") && !Begins(raw, "VEVENT") {
			kind = export.Todos
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n[kind]++
	return nil
}

// ReadBack reads the target of a plan again, after [Work.Restore] and before the
// plan is closed, and tells of which items of the plan the target says now all
// that the plan's source says of them.
func (w Restorer) ReadBack(ctx context.Context, p *RestorePlan) (map[restore.Key]bool, error) {
	items := func(yield func(restore.Item, error) bool) {
		for i := range p.Lines {
			if !yield(p.Lines[i].Item, nil) {
				return
			}
		}
	}
	o := restore.Options{Account: p.Request.To, Default: restore.Merge, Select: restore.Selection{All: true}}
	again, err := restore.Make(ctx, p.to, items, o)
	if err != nil {
		return nil, err
	}
	there := make(map[restore.Key]bool, len(again.Lines))
	for i := range again.Lines {
		there[again.Lines[i].Item.Key()] = again.Lines[i].State == restore.Identical
	}
	return there, nil
}
