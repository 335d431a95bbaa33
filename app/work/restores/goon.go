package restores

import (
	"context"
	"fmt"
	"io"
	"maps"

	"sidekeep/app/work/journals"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
)

// goOn yields the open lines of a restore, by the bytes that its list names: what
// the archive shows by now does not count. Items are nil if note has no list.
func (p *RestorePlan) goOn(ctx context.Context, a *archive.Archive, note *journals.RestoreNote, o *restore.Options) (restore.Items, error) {
	if note == nil {
		return nil, nil
	}
	list, err := note.List(ctx, a)
	if err != nil {
		return nil, err
	}
	if _, err := note.Count(ctx, a); err != nil {
		return nil, err
	}
	if list == nil {
		return nil, nil // it was stopped before there was one, or is of before there were lists
	}
	p.note, p.GoesOn = note, &note.RestoreEntry
	o.Select = restore.Selection{All: true}
	o.Choices = maps.Clone(o.Choices)
	if o.Choices == nil {
		o.Choices = map[restore.Key]restore.Choice{}
	}
	if o.Collections, err = note.Made(ctx, a); err != nil {
		return nil, err
	}
	var open []restore.Item
	for i := range list {
		w := &list[i]
		if w.Done {
			continue
		}
		it, err := w.Item()
		if err != nil {
			return nil, err
		}
		hash := it.Hash
		it.Open = func(ctx context.Context) (io.ReadCloser, error) { return a.Old(ctx, hash) }
		if w.Choice != "" {
			o.Choices[w.Key()] = w.Choice
		}
		open = append(open, it)
	}
	if len(p.Request.Paths) > 0 {
		return p.stillDropped(ctx, open)
	}
	return itemsOf(open), nil
}

func itemsOf(list []restore.Item) restore.Items {
	return func(yield func(restore.Item, error) bool) {
		for _, it := range list {
			if !yield(it, nil) {
				return
			}
		}
	}
}

// stillDropped finds the open lines in the files that were dropped.
func (p *RestorePlan) stillDropped(ctx context.Context, open []restore.Item) (restore.Items, error) {
	items, err := p.dropped(ctx)
	if err != nil {
		return nil, err
	}
	there := map[restore.Key]restore.Item{}
	for it, err := range items {
		if err != nil {
			return nil, err
		}
		there[it.Key()] = it
	}
	for i := range open {
		it := &open[i]
		now, ok := there[it.Key()]
		if ok && now.Hash == it.Hash {
			it.Open = now.Open
			continue
		}
		it.Open = func(context.Context) (io.ReadCloser, error) {
			return nil, fmt.Errorf("it is no longer in the files that were named")
		}
	}
	return itemsOf(open), nil
}
