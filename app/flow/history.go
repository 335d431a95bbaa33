package flow

import (
	"context"
	"errors"
	"slices"

	"sidekeep/app/words"
	"sidekeep/export"
	"sidekeep/export/archive"
)

// exportsPage is how many exports are read first; each further reading doubles
// them, so that all of them are never read more than twice.
const exportsPage = 100

// history is the room of the exports.
type history struct {
	account string // of which exports are shown; "" for all
	limit   int    // of exports to read
	reads   int    // number of the newest reading
	reading bool
	loaded  bool
	whole   bool // there are none older
	problem *words.Words
	exports []ExportRow
	ledgers []export.Ledger // of exports
	counts  map[int64]archive.ChangeCount
	holds   []archive.Hold
	noticed map[string]int64 // of accounts, the newest export that gave notice and waits for an answer
	want    int64            // the export to open; 0 for the newest
	open    opened
}

// History shows the room of the exports, with export n opened; 0 opens the
// newest. account is of which exports are listed, "" for all.
func (f *Flow) History(account string, n int64) {
	f.leave()
	f.change(func() {
		if f.work == nil {
			return
		}
		f.leaveHome(History)
		f.page = History
		f.history.want = n
		if f.history.account != account {
			f.history.account = account
			f.history.forget()
		}
	})
	f.readHistory(0)
}

// ListExports lists the exports of one account, of all if account is "".
func (f *Flow) ListExports(account string) { f.History(account, 0) }

// forget drops what was read. f.mu is held.
func (h *history) forget() {
	h.open.end()
	h.exports, h.ledgers, h.counts, h.loaded, h.whole, h.limit, h.problem = nil, nil, nil, false, false, 0, nil
	h.open = opened{}
}

// OlderExports reads more exports, if there are more and none are being read.
func (f *Flow) OlderExports() {
	f.mu.Lock()
	h := &f.history
	more := h.loaded && !h.reading && !h.whole && h.problem == nil
	limit := h.limit * 2
	f.mu.Unlock()
	if more {
		f.readHistory(limit)
	}
}

// reloadHistory reads again what is shown, if the room was ever entered.
func (f *Flow) reloadHistory() {
	f.mu.Lock()
	again := f.history.loaded || f.history.problem != nil
	f.mu.Unlock()
	if again {
		f.readHistory(0)
	}
}

// readHistory reads the newest limit exports; as many as before if it is 0. A
// reading that was overtaken by a newer one is dropped.
func (f *Flow) readHistory(limit int) {
	var w Work
	var mine int
	var account string
	known := map[int64]archive.ChangeCount{}
	f.change(func() {
		h := &f.history
		if f.work == nil {
			return
		}
		if limit == 0 {
			limit = max(h.limit, exportsPage)
		}
		h.reads++
		h.reading, h.limit = true, limit
		mine, account, w = h.reads, h.account, f.work
		for n, c := range h.counts {
			known[n] = c
		}
	})
	if w == nil {
		return
	}
	f.run(func(ctx context.Context) {
		ledgers, counts, holds, err := pastOf(ctx, w, account, limit, known)
		var open int64
		f.change(func() {
			h := &f.history
			if h.reads != mine {
				return
			}
			h.reading, h.problem = false, nil
			if err != nil {
				if !stopped(err) {
					p := words.For(err)
					h.problem = &p
				}
				return
			}
			h.loaded, h.whole = true, len(ledgers) < limit
			h.ledgers, h.counts, h.holds = ledgers, counts, holds
			h.noticed = map[string]int64{}
			for _, s := range f.status {
				if s.Noticed != nil {
					h.noticed[s.Name] = s.Noticed.Number
				}
			}
			h.exports = h.rows()
			open = h.next()
		})
		if open != 0 {
			f.OpenExport(open)
		}
	})
}

// pastOf reads the newest exports, what each of them changed, and what was held.
// An archive that is not there yet has none.
func pastOf(ctx context.Context, w Work, account string, limit int, known map[int64]archive.ChangeCount) ([]export.Ledger, map[int64]archive.ChangeCount, []archive.Hold, error) {
	if there, err := w.HasArchive(); err != nil || !there {
		return nil, nil, nil, err
	}
	ledgers, err := w.History(ctx, account, limit)
	if err != nil {
		return nil, nil, nil, err
	}
	holds, err := w.Holds(ctx, account)
	if err != nil {
		return nil, nil, nil, err
	}
	var ask []int64
	for _, l := range ledgers {
		if _, ok := known[l.Number]; !ok {
			ask = append(ask, l.Number)
		}
	}
	counts, err := w.ChangeCounts(ctx, ask)
	if err != nil {
		return nil, nil, nil, err
	}
	for n, c := range counts {
		known[n] = c
	}
	return ledgers, known, holds, nil
}

// rows are the exports as they are listed. f.mu is held.
func (h *history) rows() []ExportRow {
	out := make([]ExportRow, len(h.ledgers))
	for i := range h.ledgers {
		l := &h.ledgers[i]
		c := h.counts[l.Number]
		out[i] = ExportRow{l.Number, l.Started, l.Account, h.stateOf(l), c.Added, c.Changed, c.Gone, c.Moved}
	}
	return out
}

// next is the export to open after a reading, 0 if the opened one stays. f.mu
// is held.
func (h *history) next() int64 {
	want := h.want
	h.want = 0
	if want == 0 && h.open.number != 0 {
		want = h.open.number
	}
	if want != 0 && h.find(want) >= 0 {
		if want == h.open.number && h.open.problem == nil {
			return 0
		}
		return want
	}
	if len(h.exports) > 0 {
		return h.exports[0].Number
	}
	return 0
}

// find is the place of export n in the list, -1 if it is not there. f.mu is
// held.
func (h *history) find(n int64) int {
	i, ok := slices.BinarySearchFunc(h.exports, n, func(r ExportRow, n int64) int {
		switch {
		case r.Number > n:
			return -1
		case r.Number < n:
			return 1
		}
		return 0
	})
	if !ok {
		return -1
	}
	return i
}

// stateOf tells how an export ended. f.mu is held.
func (h *history) stateOf(l *export.Ledger) ExportState {
	switch {
	case l.Stop != nil && errors.Is(l.Stop, export.ErrStopped):
		return ExportStopped
	case l.Held:
		switch archive.HoldOf(h.holds, l).State {
		case archive.HoldAccepted:
			return ExportAccepted
		case archive.HoldEnded:
			return ExportOver
		}
		return ExportHeld
	case l.Stop != nil, !l.Balanced(), l.Failed > 0:
		return ExportFailed
	case l.Notice != nil && h.noticed[l.Account] >= l.Number:
		return ExportNoticed
	case l.NewAside > 0:
		return ExportAside
	case l.Notice != nil:
		return ExportAccepted
	}
	return ExportGood
}

// historyPage is the room of the exports. f.mu is held.
func (f *Flow) historyPage() HistoryView {
	h := &f.history
	v := HistoryView{Account: h.account, Exports: h.exports, Chosen: -1, Reading: h.reading && !h.loaded, Problem: h.problem}
	if len(f.status) > 1 {
		v.Accounts = append(v.Accounts, "")
		for _, s := range f.status {
			v.Accounts = append(v.Accounts, s.Name)
		}
	}
	switch {
	case v.Reading:
		v.Title = words.Looking
	case len(h.exports) == 0 && h.problem == nil:
		v.Title, v.Line = words.NoExports, words.NoExportsLine
		if h.account != "" {
			v.Title = words.NoExportsOf(h.account)
		}
	}
	of := h.account
	if of == "" && len(f.status) > 0 {
		of = f.status[0].Name
	}
	v.Foot = f.originOf(of).Say(words.GoneMeans)
	v.Moved = slices.ContainsFunc(h.exports, func(r ExportRow) bool { return r.Moved > 0 })
	if h.open.number != 0 {
		v.Chosen = h.find(h.open.number)
		if v.Chosen >= 0 {
			v.Open = f.exportView(&h.ledgers[v.Chosen])
		}
	}
	return v
}
