package flow

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"sidekeep/app/words"
	"sidekeep/export"
	"sidekeep/export/archive"
)

// opened is one export of the history, and what it found to be different.
type opened struct {
	number  int64
	cancel  context.CancelFunc // nil if nothing is being read
	found   [3][]archive.Change
	rows    []ChangeRow // of found: what changed, what is gone, what is new
	problem *words.Words
	sign    Sign // of the chosen change
	chosen  int  // within its sign; -1 if none is
}

// signs is the order in which changes are listed.
var signs = [3]Sign{Tilde, Minus, Plus}

// end stops what is being read. f.mu is held.
func (o *opened) end() {
	if o.cancel != nil {
		o.cancel()
	}
}

// OpenExport reads what export n added, changed and found gone.
func (f *Flow) OpenExport(n int64) {
	ctx, cancel := context.WithCancel(f.ctx)
	var w Work
	f.change(func() {
		h := &f.history
		if f.work == nil || h.find(n) < 0 || h.open.number == n && h.open.problem == nil {
			return
		}
		h.open.end()
		h.open = opened{number: n, cancel: cancel, chosen: -1}
		w = f.work
	})
	if w == nil {
		cancel()
		return
	}
	f.run(func(context.Context) {
		defer cancel()
		var batch []archive.Change
		shown := time.Time{}
		add := func(last bool, err error) bool {
			mine := false
			f.change(func() {
				o := &f.history.open
				if mine = o.number == n && ctx.Err() == nil; !mine {
					return
				}
				o.add(batch)
				batch = nil
				if last {
					o.sort()
					o.cancel = nil
					o.problem = pastProblem(err)
				}
			})
			return mine
		}
		for c, err := range w.Changes(ctx, n) {
			if err != nil {
				add(true, err)
				return
			}
			batch = append(batch, c)
			if now := f.o.Now(); now.Sub(shown) >= showEvery {
				if shown = now; !add(false, nil) {
					return
				}
			}
		}
		add(true, nil)
	})
}

// pastProblem has the words for an error of reading the past, nil for none.
func pastProblem(err error) *words.Words {
	if err == nil || stopped(err) {
		return nil
	}
	w := words.For(err)
	if pruned := (*archive.PrunedError)(nil); errors.As(err, &pruned) {
		w = words.Pruned()
	}
	return &w
}

// add takes changes in the order in which they came. f.mu is held.
func (o *opened) add(batch []archive.Change) {
	if len(batch) == 0 {
		return
	}
	for _, c := range batch {
		s := signOf(c.What)
		o.found[s] = append(o.found[s], c)
	}
	o.list()
}

// sort puts all that was read into the order of kinds and names. f.mu is held.
func (o *opened) sort() {
	chosen := int64(0)
	if o.chosen >= 0 {
		chosen = o.found[o.sign][o.chosen].Number
	}
	for _, s := range signs {
		list := slices.Clone(o.found[s]) // what was handed out stays as it is
		slices.SortStableFunc(list, func(a, b archive.Change) int {
			return cmp.Or(slices.Index(export.Kinds(), a.Kind)-slices.Index(export.Kinds(), b.Kind), strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), a.Start.Compare(b.Start))
		})
		o.found[s] = list
	}
	if o.chosen >= 0 {
		o.chosen = slices.IndexFunc(o.found[o.sign], func(c archive.Change) bool { return c.Number == chosen })
	}
	o.list()
}

// list makes the rows of what was found. f.mu is held.
func (o *opened) list() {
	rows := make([]ChangeRow, 0, len(o.found[0])+len(o.found[1])+len(o.found[2]))
	for _, s := range signs {
		for i := range o.found[s] {
			c := &o.found[s][i]
			noun := words.NounWhen(c.Kind, c.Start, c.AllDay)
			if c.What == archive.Moved {
				noun = words.NounMoved(noun)
			}
			rows = append(rows, ChangeRow{s, nameOf(&c.Item), noun})
		}
	}
	o.rows = rows
}

func signOf(what string) Sign {
	switch what {
	case archive.Changed, archive.Moved:
		return Tilde
	case archive.Gone:
		return Minus
	}
	return Plus
}

func nameOf(it *archive.Item) string {
	if it.Name == "" {
		return words.NoName
	}
	return it.Name
}

// OpenChange shows what became of the item in row i of the opened export.
func (f *Flow) OpenChange(i int) {
	f.change(func() {
		o := &f.history.open
		for _, s := range signs {
			if n := len(o.found[s]); i >= n {
				i -= n
				continue
			}
			if i >= 0 {
				o.sign, o.chosen = s, i
			}
			return
		}
	})
}

// row is the place of the chosen change in rows, -1 if none is. f.mu is held.
func (o *opened) row() int {
	if o.chosen < 0 {
		return -1
	}
	at := o.chosen
	for _, s := range signs {
		if s == o.sign {
			return at
		}
		at += len(o.found[s])
	}
	return -1
}

// exportView is the opened export. f.mu is held.
func (f *Flow) exportView(l *export.Ledger) *ExportView {
	h := &f.history
	o := &h.open
	v := &ExportView{
		Number: l.Number, Started: l.Started, Account: l.Account, Seconds: l.Seconds, State: h.stateOf(l),
		Balanced: l.Balanced(), SumSentence: words.Sum(l.Counts), Changes: o.rows, Reading: o.cancel != nil, Problem: o.problem, Chosen: o.row(),
	}
	if l.Found != nil {
		v.Sum = []Count{
			{words.Number(*l.Found), words.SumListed}, {words.Number(l.Kept), words.SumKept}, {words.Number(l.Unchanged), words.SumUnchanged},
			{words.Number(l.SetAside), words.SumSetAside}, {words.Number(l.Failed), words.SumFailed},
		}
	}
	v.Details = append(details(l, false), details(l, true)...)
	for i, name := range l.Edited {
		v.Details = append(v.Details, Detail{name, words.KeptByHand})
		if more := len(l.Edited) - i - 1 + l.EditedMore; i+1 == maxDetails && more > 0 || i+1 == len(l.Edited) && more > 0 {
			v.Details = append(v.Details, Detail{words.MoreProblems(more), words.KeptByHand})
			break
		}
	}
	f.tell(v, l)
	if v.Chosen >= 0 {
		v.Item = itemView(&o.found[o.sign][o.chosen])
	}
	v.speakOf(f.originOf(l.Account))
	return v
}

// tell says what is to be known of an export beyond its sum. f.mu is held.
func (f *Flow) tell(v *ExportView, l *export.Ledger) {
	busy := f.answering[l.Account] || f.exports[l.Account] != nil
	switch v.State {
	case ExportHeld, ExportNoticed, ExportAccepted, ExportOver:
		loss := l.Loss
		if loss == nil {
			loss = l.Notice
		}
		if loss == nil {
			loss = archive.HoldOf(f.history.holds, l).Loss
		}
		for _, r := range reasons(loss) {
			v.Told = joinedBy("\n", v.Told, words.Loss(r))
			if len(r.Examples) > 0 {
				v.Told = joined(v.Told, words.Example(r.Examples[0])+".")
			}
		}
		switch v.State {
		case ExportHeld:
			v.Told = joinedBy("\n", v.Told, words.ReplacedNothing)
			v.Actions = []Action{{Act: ActLost, Verb: words.WhatHappened}}
		case ExportNoticed:
			v.Told = joinedBy("\n", v.Told, words.FilesFollowed)
			v.Actions = f.noticeActions(l.Account, busy)
		case ExportAccepted:
			v.Told = joinedBy("\n", v.Told, words.YouAccepted)
			v.Actions = []Action{{Act: ActTakeBack, Verb: words.TakeThatBack, Off: busy}}
		default:
			v.Told = joinedBy("\n", v.Told, words.ListedAgain)
		}
	case ExportFailed, ExportStopped:
		switch {
		case l.Stop != nil:
			w := words.Arrived(words.For(l.Stop), l.Stop, l.Kept)
			v.Told = w.Title + " " + w.Meaning
		case l.Failed > 0:
			w := words.Missing(l.Failed)
			v.Told = w.Title + " " + w.Meaning
		default:
			w := words.For(export.ErrUnbalanced)
			v.Told = w.Title + " " + w.Meaning
		}
	case ExportAside:
		v.Told = words.SetAsideNote(l.NewAside)
	}
	if v.Told == "" && !v.Reading && v.Problem == nil && len(v.Changes) == 0 {
		v.Told = words.NothingChanged
	}
}

// itemView is what became of one item.
func itemView(c *archive.Change) *ItemView {
	v := &ItemView{Title: nameOf(&c.Item), Line: words.Noun(c.Kind, 1)}
	if !c.Start.IsZero() {
		v.Line = words.NounAt(c.Kind, c.Start, c.AllDay)
	}
	quiet := true
	for _, d := range c.Differences {
		quiet = quiet && d.Quiet
	}
	for _, d := range c.Differences {
		if d.Quiet == quiet {
			v.Fields = append(v.Fields, FieldRow{d.Field, d.Old, d.New})
		}
	}
	switch c.What {
	case archive.Added:
		v.Told = words.ItemAdded
	case archive.Returned:
		v.Told = words.ItemReturned
	case archive.Gone:
		v.Told = words.ItemGone
	case archive.Moved:
		v.Told = words.ItemMoved(c.From.Name, c.From.To)
	default:
		switch {
		case len(c.Differences) == 0:
			v.Told = words.ItemSame
		case quiet:
			v.Told = words.ItemQuiet
		default:
			v.Line = words.FieldsChanged(len(v.Fields))
		}
	}
	if c.Why != "" {
		v.Told = joined(v.Told, words.ItemAside(c.Why))
	}
	return v
}
