package loss

import (
	"maps"
	"slices"
	"time"

	"sidekeep/export"
)

// A Window is how far back the states count with which a listing is compared,
// so that a service that loses a little every day is noticed too.
type Window struct {
	Days int
	// Lasting is set if only that counts what people keep: items that come and go
	// are not missed after such a time. See [Fact.Lasting].
	Lasting bool
	Content bool // what items have lost counts, too
}

// Windows are the windows that are looked into.
func Windows() []Window {
	return []Window{{Days: 30, Content: true}, {Days: 365, Lasting: true}}
}

// A Life is what became of one item in a window.
type Life struct {
	Item, Collection int64
	Kinds            map[int64]export.Kind // of its versions
	First            int64                 // its version before the window, 0 if it was not there
	Steps            []Step                // in their order, at least one
	Hidden           bool                  // the files have never shown it
}

// A Step is an item's state from an export on.
type Step struct {
	Export  int64
	At      time.Time // of the export
	Version int64     // 0 if it is gone
}

func (l *Life) now() int64 { return l.Steps[len(l.Steps)-1].Version }

// after is the item's version after an export, 0 if it was not there.
func (l *Life) after(export int64) int64 {
	v := l.First
	for _, s := range l.Steps {
		if s.Export <= export {
			v = s.Version
		}
	}
	return v
}

// Since leaves what became of items after an export.
func Since(lives []*Life, export int64) []*Life {
	var list []*Life
	for _, l := range lives {
		i := slices.IndexFunc(l.Steps, func(s Step) bool { return s.Export > export })
		if i >= 0 {
			o := *l
			o.First, o.Steps = l.after(export), l.Steps[i:]
			list = append(list, &o)
		}
	}
	return list
}

// in reports whether a version of an item counts in a group.
func (l *Life) in(k Group, version int64) bool {
	return version != 0 && (k.Collection != 0 && k.Collection == l.Collection || k.Collection == 0 && l.Kinds[version] == k.Kind)
}

// A Past is what became of the items of an account in a window.
type Past struct {
	Lives []*Life
	Fact  func(version int64) (*Fact, error) // nil if it says that the item is gone
}

// Lately finds what too much of is gone, or has lost content, since any state
// in a window. What lasts counts gross: whatever was added meanwhile does not
// make good for it. Of what comes and goes, only what the group has become
// smaller by counts. Changes of q are not looked at.
func Lately(q Question, past Past, w Window) ([]export.Reason, error) {
	reasons, err := past.shrunk(q, w)
	if err != nil || !w.Content {
		return reasons, err
	}
	more, err := past.emptied(q)
	return append(reasons, more...), err
}

// A state is how many items of a group there were after an export, and how many
// of those are gone now.
type state struct {
	export    int64
	had, gone int
}

// states counts a group after each export of a window; the first state is that
// before it.
func (p *Past) states(k Group, has int) []state {
	numbers := map[int64]bool{}
	for _, l := range p.Lives {
		was := l.First
		for _, s := range l.Steps {
			if l.in(k, s.Version) || l.in(k, was) {
				numbers[s.Export] = true
			}
			was = s.Version
		}
	}
	list := []state{{}}
	at := map[int64]int{}
	for _, n := range slices.Sorted(maps.Keys(numbers)) {
		at[n] = len(list)
		list = append(list, state{export: n})
	}
	untouched := has
	for _, l := range p.Lives {
		if l.in(k, l.now()) {
			untouched--
		}
		if l.Hidden {
			continue
		}
		version, from := l.First, 0
		add := func(to int) {
			if !l.in(k, version) || from >= to {
				return
			}
			for i, n := range map[int]int{from: 1, to: -1} {
				if i < len(list) {
					list[i].had += n
					if l.now() == 0 {
						list[i].gone += n
					}
				}
			}
		}
		for _, s := range l.Steps {
			to, ok := at[s.Export]
			if !ok {
				continue
			}
			add(to)
			version, from = s.Version, to
		}
		add(len(list))
	}
	had, gone := untouched, 0
	for i := range list {
		had, gone = had+list[i].had, gone+list[i].gone
		list[i].had, list[i].gone = had, gone
	}
	return list
}

// worst are the states from which on most is gone: the first one, the fullest,
// and that with the largest share.
func worst(states []state, t export.Thresholds) (list []state) {
	full, share := states[0], states[0]
	for _, s := range states {
		if s.had > full.had {
			full = s
		}
		if s.gone*max(share.had, 1) > share.gone*max(s.had, 1) {
			share = s
		}
	}
	for _, s := range []state{states[0], full, share} {
		if t.Reached(s.gone, s.had) && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// shrunk finds the collections and kinds that have lost too much.
func (p *Past) shrunk(q Question, w Window) ([]export.Reason, error) {
	groups := map[Group]bool{}
	for _, l := range p.Lives {
		if l.now() == 0 {
			groups[Group{Collection: l.Collection}] = true
			for _, kind := range l.Kinds {
				groups[Group{Kind: kind}] = true
			}
		}
	}
	var reasons []export.Reason
	for _, k := range slices.SortedFunc(maps.Keys(groups), compareGroups) {
		for _, s := range worst(p.states(k, q.Has[k]), q.Thresholds) {
			r, err := p.gone(q, w, k, s)
			if err != nil {
				return nil, err
			}
			if r != nil {
				reasons = append(reasons, *r)
				break
			}
		}
	}
	return reasons, nil
}

func compareGroups(a, b Group) int {
	if a.Collection != b.Collection {
		return int(a.Collection - b.Collection)
	}
	return slices.Index(export.Kinds(), a.Kind) - slices.Index(export.Kinds(), b.Kind)
}

// gone tells what of a group is gone since a state and was found nowhere else;
// nil if it is not too much.
func (p *Past) gone(q Question, w Window, k Group, s state) (*export.Reason, error) {
	q.Changes = nil
	lastingThen := map[int64]bool{}
	for _, l := range p.Lives {
		was, now := l.after(s.export), l.now()
		c := Change{Item: l.Item}
		var err error
		switch {
		case now == 0 && !l.Hidden && l.in(k, was):
			if c.Before, err = p.Fact(was); err == nil && c.Before != nil {
				lastingThen[l.Item] = c.Before.Lasting(l.Steps[len(l.Steps)-1].At)
			}
		case now != 0 && (was == 0 || l.Hidden):
			c.Now, err = p.Fact(now)
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		if c.Before != nil || c.Now != nil {
			q.Changes = append(q.Changes, c)
		}
	}
	j, err := newJudging(q)
	if err != nil {
		return nil, err
	}
	lost := func() []Fact {
		var lasting, others []Fact
		for _, g := range j.gones {
			if lastingThen[g.item] {
				lasting = append(lasting, g.Fact)
			} else {
				others = append(others, g.Fact)
			}
		}
		added := 0
		for _, n := range j.news {
			if gs := groupsOf(n.Fact); gs[0] == k || gs[1] == k {
				added++
			}
		}
		if w.Lasting {
			return lasting
		}
		return append(lasting, others[:max(0, len(others)-added)]...)
	}
	facts := lost()
	if len(facts) == 0 || !q.Thresholds.Reached(len(facts), s.had) {
		return nil, nil
	}
	if again, err := j.absorb(); err != nil {
		return nil, err
	} else if again {
		if facts = lost(); len(facts) == 0 || !q.Thresholds.Reached(len(facts), s.had) {
			return nil, nil
		}
	}
	r := j.reason(k, facts)
	r.Had = s.had
	if r.Rule = export.RuleGone; k.Collection != 0 && r.Has == 0 {
		r.Rule = export.RuleEmptied
	}
	return &r, nil
}

// emptied finds the collections and kinds of which too much has lost content
// since the files showed it first in the window. Of what comes and goes only
// that counts of which nothing is left in its place.
func (p *Past) emptied(q Question) ([]export.Reason, error) {
	q.Changes = nil
	for _, l := range p.Lives {
		was, now := l.First, l.now()
		for _, s := range l.Steps {
			if was == 0 {
				was = s.Version
			}
		}
		if was == 0 || now == 0 || was == now || l.Hidden {
			continue
		}
		b, err := p.Fact(was)
		if err != nil {
			return nil, err
		}
		n, err := p.Fact(now)
		if err != nil {
			return nil, err
		}
		if b != nil && n != nil && b.Body != n.Body {
			q.Changes = append(q.Changes, Change{Item: l.Item, Before: b, Now: n})
		}
	}
	if len(q.Changes) < q.Thresholds.OrDefault().Items {
		return nil, nil
	}
	j, err := newJudging(q)
	if err != nil {
		return nil, err
	}
	if err := j.compare(); err != nil {
		return nil, err
	}
	return j.hollow(q.Thresholds, func(p pair, l Lost) bool {
		return !l.Weak && !l.told && (p.before.Lasting(q.At) || l.Now == "" && l.What != export.LostDone)
	}), nil
}
