package files

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"sidekeep/export"
	"sidekeep/formats/file"
)

// A single is a file that holds one contact, event or to-do.
type single struct {
	name string // below the shelf
	kind file.Type
}

// gather makes one collection of the files of a folder that hold one item each, as
// vdirsyncer, khal and khard keep them, with the name and the color that stand
// beside them. One such file alone stays a collection of its own, unless its folder
// has a name.
func (w *walk) gather() {
	groups := map[string][]*book{}
	for _, b := range w.order {
		if b.single {
			id := b.gathered()
			groups[id] = append(groups[id], b)
		}
	}
	order := w.order
	w.order = nil
	for _, b := range order {
		if !b.single {
			w.order = append(w.order, b)
			continue
		}
		id := b.gathered()
		list := groups[id]
		delete(groups, id)
		switch whole := collect(id, list); {
		case len(list) == 0: // the collection is there already
		case whole == nil:
			w.order = append(w.order, b)
		default:
			for _, x := range list {
				delete(w.found, x.ID)
			}
			w.add(whole)
		}
	}
}

// collect is the collection of the folder of list; nil if it is none.
func collect(id string, list []*book) *book {
	if len(list) == 0 {
		return nil
	}
	first := list[0]
	dir := path.Dir(first.file)
	name, color := file.Noted(func(note string) []byte {
		b, err := readNote(first.on.fsys, path.Join(dir, note))
		if err != nil {
			return nil
		}
		return b
	})
	if len(list) == 1 && name == "" {
		return nil
	}
	whole := &book{on: first.on, part: first.part, Collection: export.Collection{
		ID: id, Name: cmp.Or(name, first.on.name(dir)), Color: color, Kind: first.Kind,
	}}
	todos, events := false, false
	for _, b := range list {
		whole.singles = append(whole.singles, single{b.file, b.kind})
		todos, events = todos || b.Kind == export.Todos || b.Mixed, events || b.Kind == export.Events
	}
	if events {
		whole.Kind, whole.Mixed = export.Events, todos
	}
	return whole
}

// readNote reads a file that is plain and short.
func readNote(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, fs.ErrInvalid)
	}
	return io.ReadAll(io.LimitReader(f, 4096))
}

// pullSingles hands over the item of each file. A file that cannot be read has
// failed; the others are there.
func (b *book) pullSingles(ctx context.Context, have export.Have, to export.Sink) error {
	if err := to.Listed(len(b.singles), true); err != nil {
		return err
	}
	for _, f := range b.singles {
		done := false
		var broken error
		err := b.itemsOf(ctx, f, func(it *file.Item) error {
			if done {
				return nil // another one came after the first look: the next import takes it
			}
			done = true
			it.ID = path.Base(f.name)
			broken = b.hand(ctx, f.name, it, have, to)
			return broken
		})
		if broken != nil {
			return broken
		}
		if err == nil && !done {
			err = errChanged
		}
		if done {
			continue
		}
		failed := export.Item{ID: path.Base(f.name), Name: path.Base(f.name), Size: -1, Err: fmt.Errorf("reading %s: %w", b.on.full(f.name), caused(err))}
		if err := to.Put(context.WithoutCancel(ctx), failed); err != nil {
			return err
		}
	}
	return nil
}

// maxExceptions is up to how many components a file is looked at more closely, to
// tell an event with its exceptions from several.
const maxExceptions = 500

var errSeveral = errors.New("there are several")

// several reports whether a calendar of n components holds more than one item.
func several(ctx context.Context, on *shelf, name string, n int) bool {
	if n < 2 || n > maxExceptions {
		return n > 1
	}
	f, err := on.fsys.Open(name)
	if err != nil {
		return true
	}
	defer f.Close()
	items := 0
	err = file.Outlines(&stoppable{f, ctx}, file.Calendar, "", func(*file.Item) error {
		if items++; items > 1 {
			return errSeveral
		}
		return nil
	})
	return err != nil || items != 1
}

// itemsOf reads the items of one file that are of this collection.
func (b *book) itemsOf(ctx context.Context, f single, yield func(*file.Item) error) error {
	one := book{on: b.on, file: f.name, kind: f.kind, part: b.part}
	charset, err := one.charset(ctx)
	if err != nil {
		return err
	}
	return one.items(ctx, charset, yield)
}

// gathered is the ID of the collection of the folder that a single file is in.
func (b *book) gathered() string {
	prefix := "dates: "
	if b.part == file.Cards {
		prefix = "contacts: "
	}
	return prefix + b.on.full(path.Dir(b.file))
}
