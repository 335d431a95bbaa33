package past

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"

	"sidekeep/app/work/desk"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/loss"
)

// A Missing is an item of a held account that is not as the open files show it:
// gone from the source, or there without some of what it said.
type Missing struct {
	archive.Item               // as the open files show it
	Now          *archive.Item // as the source lists it; nil if it is gone
	Lost         []loss.Lost   // of one that is there: the gravest first; empty for photos
}

// Missing yields what the open files of a held account show and export newest,
// the last one, found gone; after that what it found to have lost content of a
// kind that l tells of. An item that the source lists elsewhere or under another
// ID with its UID is there. It ends with the first error.
func (w Historian) Missing(ctx context.Context, account string, newest int64, l *export.Loss) iter.Seq2[Missing, error] {
	return func(yield func(Missing, error) bool) {
		a, err := desk.ArchiveHere(w.d)
		if err != nil {
			yield(Missing{}, err)
			return
		}
		defer func() { _ = a.Close() }() // it only read
		gone, changed, err := asListed(ctx, a, account, newest)
		if err != nil {
			yield(Missing{}, err)
			return
		}
		for _, m := range gone {
			if !yield(m, nil) {
				return
			}
		}
		for _, m := range changed {
			if !hollowed(l, m.Kind) {
				continue
			}
			if m.Lost, err = lostOf(ctx, a, m); err != nil {
				yield(Missing{}, err)
				return
			}
			if (len(m.Lost) > 0 || m.Kind == export.Photos) && !yield(m, nil) {
				return
			}
		}
	}
}

// hollowed reports whether l tells that items of a kind have lost content.
func hollowed(l *export.Loss, kind export.Kind) bool {
	return l != nil && slices.ContainsFunc(l.Reasons, func(r export.Reason) bool {
		return r.Rule == export.RuleHollow && (r.Kind == kind || r.Kind == "")
	})
}

// asListed compares what the open files of account show with what export newest
// listed: what is gone, and what has other bytes.
func asListed(ctx context.Context, a *archive.Archive, account string, newest int64) (gone, changed []Missing, err error) {
	type key struct{ collection, id string }
	type uid struct {
		kind export.Kind
		uid  string
	}
	there, uids := map[key]*archive.Item{}, map[uid]*archive.Item{}
	for it, err := range a.Items(ctx, archive.Query{Account: account, AsOf: archive.Moment{Export: newest}, Present: true}) {
		if err != nil {
			return nil, nil, err
		}
		there[key{it.Collection, it.ID}] = &it
		if it.UID != "" {
			uids[uid{it.Kind, it.UID}] = &it
		}
	}
	for it, err := range a.Items(ctx, archive.Query{Account: account, Present: true}) {
		if err != nil {
			return nil, nil, err
		}
		now := there[key{it.Collection, it.ID}]
		if now == nil && it.UID != "" {
			now = uids[uid{it.Kind, it.UID}]
		}
		switch m := (Missing{Item: it, Now: now}); {
		case now == nil:
			gone = append(gone, m)
		case now.Number != it.Number && string(now.Hash) != string(it.Hash):
			changed = append(changed, m)
		}
	}
	return gone, changed, nil
}

// lostOf tells what an item has lost.
func lostOf(ctx context.Context, a *archive.Archive, m Missing) ([]loss.Lost, error) {
	if m.Kind == export.Photos || m.Number == 0 || m.Now.Number == 0 {
		return nil, nil
	}
	if m.Now.State == archive.SetAside && m.State != archive.SetAside {
		return []loss.Lost{{What: export.LostMeaning}}, nil
	}
	had, err := contentOf(ctx, a, m.Kind, m.Number)
	if err != nil {
		return nil, err
	}
	has, err := contentOf(ctx, a, m.Kind, m.Now.Number)
	if err != nil {
		return nil, err
	}
	list := loss.Compare(had, has)
	if len(list) > 0 && list[0].What == export.LostOthers {
		return list[:1], nil // that it is another one says all of it
	}
	return list, nil
}

func contentOf(ctx context.Context, a *archive.Archive, kind export.Kind, number int64) (c loss.Content, err error) {
	r, err := a.Version(ctx, number)
	if errors.Is(err, export.ErrGone) {
		return c, nil // its bytes were pruned or forgotten
	}
	if err != nil {
		return c, err
	}
	raw, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return c, err
	}
	defer func() {
		if recover() != nil { // what cannot be read has nothing to compare
			c = loss.Content{}
		}
	}()
	return loss.Read(kind, raw), nil
}
