package flow

import (
	"context"
	"errors"
	"time"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/restore"
)

// maxMoments is how many days of the past the room offers.
const maxMoments = 60

// room is what is chosen in the room of restores.
type room struct {
	from, to string
	moments  []moment
	moment   int // of moments
	vanished bool
	parts    []part
	reading  bool
	reads    int // number of the newest reading
	problem  *words.Words
	earlier  []work.RestoreEntry
}

// A moment is an export whose state can be restored; the zero moment is the
// present.
type moment struct {
	export int64
	at     time.Time
}

// A part is the items of one kind in one collection.
type part struct {
	kind       export.Kind
	collection string
	name       string
	keys       []restore.Key
	off        bool
}

// goRestore shows the restore under way, or else the room.
func (f *Flow) goRestore() {
	f.leave()
	shown := false
	f.change(func() {
		if f.work == nil {
			shown = true
			return
		}
		f.leaveHome(Restore)
		if f.session != nil {
			f.page, shown = Plan, true
			return
		}
		f.page = Restore
		f.room.problem = nil
		f.room.settle(f.status)
	})
	if !shown {
		f.readRoom(true)
	}
}

// settle chooses accounts where those that were chosen are not there. f.mu is
// held.
func (r *room) settle(list []work.Status) {
	from, to := "", ""
	for _, s := range list {
		if s.Last != nil && (from == "" || s.Name == r.from) {
			from = s.Name
		}
		if s.SetUp && !s.Imported && (to == "" || s.Name == r.to) {
			to = s.Name
		}
	}
	if from != r.from {
		r.moments, r.moment, r.parts = nil, 0, nil
	}
	r.from, r.to = from, to
}

// readRoom reads what there is of the chosen account at the chosen moment, and
// with past its exports and the restores of the past too.
func (f *Flow) readRoom(past bool) {
	var w Work
	var from string
	var at moment
	var newest int64
	var vanished bool
	mine := 0
	f.change(func() {
		r := &f.room
		w, from, vanished = f.work, r.from, r.vanished
		if r.moment < len(r.moments) {
			at = r.moments[r.moment]
		}
		if s, ok := f.lockedStatus(from); ok && s.Last != nil {
			newest = s.Last.Number
		}
		r.reads++
		mine = r.reads
		r.reading = from != ""
	})
	if w == nil {
		return
	}
	f.run(func(ctx context.Context) {
		names, moments, err := daysOf(ctx, w, from)
		var parts []part
		if err == nil && from != "" {
			q := archive.Query{Account: from, AsOf: archive.Moment{Export: at.export}, Present: !vanished, Vanished: vanished}
			if vanished && at.export == 0 {
				q.AsOf.Export = newest // what is held is no longer there
			}
			parts, err = partsOf(ctx, w, q, names)
		}
		var earlier []work.RestoreEntry
		if there, herr := w.HasArchive(); past && (there || herr != nil) { // without an archive nothing was restored
			list, perr := w.Restores(ctx)
			earlier, err = list, errors.Join(err, perr)
		}
		f.change(func() {
			r := &f.room
			if past {
				r.earlier = earlier
			}
			if mine != r.reads {
				return
			}
			r.reading, r.problem = false, pastProblem(err)
			if r.moments == nil || past {
				r.moments = moments
				r.moment = 0
				for i, m := range moments {
					if m == at {
						r.moment = i
					}
				}
			}
			r.parts = keepOff(parts, r.parts)
		})
	})
}

// keepOff takes what was unticked before over to parts.
func keepOff(parts, before []part) []part {
	for i := range parts {
		for _, b := range before {
			if b.kind == parts[i].kind && b.collection == parts[i].collection {
				parts[i].off = b.off
			}
		}
	}
	return parts
}

// daysOf is the newest export of each day of account, the present first, and
// the names of its collections.
func daysOf(ctx context.Context, w Work, account string) (names map[string]string, moments []moment, err error) {
	names, moments = map[string]string{}, []moment{{}}
	if account == "" {
		return names, moments, nil
	}
	list, err := w.History(ctx, account, 0)
	if err != nil {
		return nil, nil, err
	}
	day := ""
	for i := range list {
		l := &list[i]
		for _, c := range l.Collections {
			if names[c.ID] == "" {
				names[c.ID] = c.Name
			}
		}
		if d := l.Started.Local().Format(time.DateOnly); d != day && len(moments) < maxMoments {
			day = d
			moments = append(moments, moment{l.Number, l.Started})
		}
	}
	return names, moments, nil
}

// partsOf counts what the archive has by kind and collection, in the order of
// the kinds.
func partsOf(ctx context.Context, w Work, q archive.Query, names map[string]string) ([]part, error) {
	type key struct {
		kind export.Kind
		id   string
	}
	at := map[key]int{}
	var list []part
	for it, err := range w.Items(ctx, q) {
		if err != nil {
			return nil, err
		}
		if it.Number == 0 {
			continue // it was never read
		}
		k := key{it.Kind, it.Collection}
		i, ok := at[k]
		if !ok {
			i = len(list)
			at[k] = i
			name := names[it.Collection]
			if name == "" {
				name = it.Collection
			}
			list = append(list, part{kind: it.Kind, collection: it.Collection, name: name})
		}
		list[i].keys = append(list[i].keys, restore.Key{Account: it.Account, Collection: it.Collection, ID: it.ID})
	}
	var out []part
	for _, k := range append(export.Kinds(), "") {
		for _, p := range list {
			if p.kind == k {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// RestoreFrom chooses whose items are restored.
func (f *Flow) RestoreFrom(account string) {
	f.change(func() {
		r := &f.room
		if r.from != account {
			r.from, r.moments, r.moment, r.parts = account, nil, 0, nil
		}
	})
	f.readRoom(false)
}

// RestoreTo chooses what they are put on.
func (f *Flow) RestoreTo(account string) { f.change(func() { f.room.to = account }) }

// RestoreAt chooses one of the moments.
func (f *Flow) RestoreAt(i int) {
	f.change(func() {
		if i >= 0 && i < len(f.room.moments) {
			f.room.moment = i
		}
	})
	f.readRoom(false)
}

// RestoreVanished turns to what the source no longer had, and back.
func (f *Flow) RestoreVanished() {
	f.change(func() { f.room.vanished, f.room.parts = !f.room.vanished, nil })
	f.readRoom(false)
}

// TogglePart takes or leaves a part, or with the ID of a kind all of it.
func (f *Flow) TogglePart(id string) {
	f.change(func() {
		list := f.room.parts
		any := false
		for i := range list {
			if id == string(list[i].kind) && !list[i].off {
				any = true
			}
		}
		for i := range list {
			switch id {
			case list[i].id():
				list[i].off = !list[i].off
			case string(list[i].kind):
				list[i].off = any
			}
		}
	})
}

func (p *part) id() string { return string(p.kind) + "\x00" + p.collection }

// RestoreChosen opens the plan for what is chosen.
func (f *Flow) RestoreChosen() {
	f.mu.Lock()
	r := f.room
	req := work.RestoreRequest{To: r.to, From: r.from, Vanished: r.vanished}
	var at time.Time
	if r.moment < len(r.moments) {
		req.AsOf.Export, at = r.moments[r.moment].export, r.moments[r.moment].at
	}
	ready := r.ready()
	if ready {
		req.Kinds, req.Collections, req.Keys = chosenParts(r.parts)
	}
	f.mu.Unlock()
	if ready {
		f.startPlan(req, at)
	}
}

// ready tells whether there is something to plan. f.mu is held.
func (r *room) ready() bool {
	n := 0
	for _, p := range r.parts {
		if !p.off {
			n += len(p.keys)
		}
	}
	return !r.reading && r.from != "" && r.to != "" && n > 0
}

// chosenParts names what is chosen by kinds and collections, and where these
// would take more, item by item. All three are nil if everything is chosen.
func chosenParts(list []part) (kinds []export.Kind, collections []string, keys []restore.Key) {
	kind, in := map[export.Kind]bool{}, map[string]bool{}
	all := true
	for _, p := range list {
		if p.off {
			all = false
			continue
		}
		if !kind[p.kind] {
			kinds = append(kinds, p.kind)
		}
		if !in[p.collection] {
			collections = append(collections, p.collection)
		}
		kind[p.kind], in[p.collection] = true, true
		keys = append(keys, p.keys...)
	}
	if all {
		return nil, nil, nil
	}
	for _, p := range list {
		if p.off && kind[p.kind] && in[p.collection] {
			return nil, nil, keys
		}
	}
	return kinds, collections, nil
}
