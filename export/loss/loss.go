// Package loss tells whether what a source lists looks like a loss: an outage,
// and not an edit. A service that has lost its data answers as usual, with far
// fewer items, with blank ones, or for another person.
//
// It compares facts: what the owner's files show, and what the source lists
// now. Items are recognised by UID and by content in all collections of the
// account, so that what was moved, renamed or listed under other IDs is not
// lost. It knows neither disk nor database; the bytes of an item are asked for
// only where its facts alone do not decide.
package loss

import (
	"cmp"
	"slices"

	"sidekeep/export"
)

// A Fact is one item in one state.
type Fact struct {
	Version    int64 // by which its content is asked for
	Collection int64
	Kind       export.Kind
	UID        string
	Name       string // for people
	Start      string // RFC 3339; "" if it has none
	Body       string // equal for equal bytes, never ""
	Size       int64  // of a photo
	Aside      bool   // its bytes could not be understood
}

// A Change is an item whose state differs between the owner's files and the
// source.
type Change struct {
	Item   int64
	Before *Fact // as the files show it; nil if they do not
	Now    *Fact // nil if the source does not list it
}

// A Group is what items are counted by: those of a collection, or with
// Collection 0 those of a kind in all collections that are compared.
type Group struct {
	Collection int64
	Kind       export.Kind
}

// A Question is what is known when a listing has ended. What the owner's choice
// leaves out, and what was not listed to its end, is no part of it.
type Question struct {
	Thresholds export.Thresholds
	Changes    []Change
	Had, Has   map[Group]int    // how many items the files show, and the source lists
	Names      map[int64]string // of the collections
	// Who is whom the source says it answers for, WhoBefore whom it said when
	// the files last followed it; "" if it did not say.
	Who, WhoBefore string
	// Base lists the items that the files show. It is called at most once.
	Base func() ([]Fact, error)
	// Content reads the bytes of an item.
	Content func(Fact) (Content, error)
}

// A Fate is what the owner's files show of a changed item while the account is
// held.
type Fate int

// The fates.
const (
	Follow Fate = iota // what the source lists
	Keep               // what they showed before
	Hide               // nothing: it may be an item that they show already, or another person's
)

// A Verdict is the answer to a Question.
type Verdict struct {
	Loss     *export.Loss // nil if it does not look like one
	Gone     int          // how many items are gone and were found nowhere else
	Hollowed int          // how many items have lost half of their content
	j        *judging
	stranger bool
}

// Judge compares what the files show with what the source lists.
func Judge(q Question) (Verdict, error) {
	j := &judging{Question: q, contents: map[int64]Content{}}
	if err := j.match(); err != nil {
		return Verdict{}, err
	}
	if err := j.hollows(); err != nil {
		return Verdict{}, err
	}
	stranger := j.stranger()
	reasons := slices.Concat(j.gone(), j.hollow())
	if stranger != nil {
		reasons = append(reasons, *stranger)
	}
	v := Verdict{Gone: len(j.gones), Hollowed: len(j.hollowed), j: j, stranger: stranger != nil}
	if len(reasons) == 0 {
		return v, nil
	}
	v.Loss = &export.Loss{Reasons: Order(reasons), Who: q.Who, WhoBefore: q.WhoBefore}
	return v, nil
}

// Order puts the gravest reason first, and leaves out what another says too:
// another person's data comes before what is gone, and that before what is
// hollow; what counts more items before what counts fewer, and a kind before its
// collections.
func Order(reasons []export.Reason) []export.Reason {
	all := slices.Clone(reasons)
	reasons = slices.DeleteFunc(reasons, func(r export.Reason) bool { return repeated(r, all) })
	rank := func(r export.Reason) int {
		switch r.Rule {
		case export.RuleStranger:
			return 0
		case export.RuleHollow:
			return 2
		}
		return 1
	}
	slices.SortStableFunc(reasons, func(a, b export.Reason) int {
		return cmp.Or(rank(a)-rank(b), b.Lost-a.Lost, cmp.Compare(a.Collection, b.Collection), cmp.Compare(a.Kind, b.Kind))
	})
	return reasons
}

// A judging is one Judge under way.
type judging struct {
	Question
	contents map[int64]Content // by version
	gones    []*side           // what is gone and was found nowhere else
	news     []*side           // what is new and is no item that is gone
	same     []pair            // one item in two states, under one ID or two
	hollowed map[int64]string  // by item of the changes: what it has lost
	moved    map[int64]bool    // new items that are gone ones under another ID
}

// A side is one of the two states of a change.
type side struct {
	item int64
	Fact
	used bool
}

// A pair is one person, event, to-do or photo before and now.
type pair struct {
	item        int64 // of the change that has the state now
	before, now Fact
}

func (j *judging) content(f Fact) (Content, error) {
	if c, ok := j.contents[f.Version]; ok {
		return c, nil
	}
	c, err := j.Content(f)
	if err == nil {
		j.contents[f.Version] = c
	}
	return c, err
}

// gone finds the collections and kinds of which too much is gone.
func (j *judging) gone() []export.Reason {
	lost := map[Group][]Fact{}
	for _, g := range j.gones {
		for _, k := range groupsOf(g.Fact) {
			lost[k] = append(lost[k], g.Fact)
		}
	}
	var reasons []export.Reason
	for k, facts := range lost {
		had, has := j.Had[k], j.Has[k]
		empty := k.Collection != 0 && has == 0 && had >= j.Thresholds.OrDefault().Items && len(facts)*2 >= had
		if !empty && !j.Thresholds.Reached(len(facts), had) {
			continue
		}
		r := j.reason(k, facts)
		if r.Rule = export.RuleGone; empty {
			r.Rule = export.RuleEmptied
		}
		reasons = append(reasons, r)
	}
	return reasons
}

// repeated reports whether another reason says the same: a collection with all
// items of a kind is told once, as the collection if that is empty.
func repeated(r export.Reason, all []export.Reason) bool {
	for _, o := range all {
		if r.Rule != export.RuleHollow && o.Rule != export.RuleHollow && o.Kind == r.Kind && o.Had == r.Had && o.Has == r.Has && (o.Collection == "") != (r.Collection == "") &&
			(r.Collection == "") == (o.Rule == export.RuleEmptied || r.Rule == export.RuleEmptied) {
			return true
		}
	}
	return false
}

// groupsOf are the groups in which a fact counts.
func groupsOf(f Fact) [2]Group {
	return [2]Group{{Collection: f.Collection}, {Kind: f.Kind}}
}

// kindOf is the kind of all facts, "" if they are of several.
func kindOf(facts []Fact) export.Kind {
	kind := facts[0].Kind
	for _, f := range facts {
		if f.Kind != kind {
			return ""
		}
	}
	return kind
}

func (j *judging) reason(k Group, facts []Fact) export.Reason {
	return newReason(k, j.Names[k.Collection], j.Had[k], j.Has[k], facts)
}

func newReason(k Group, collection string, had, has int, facts []Fact) export.Reason {
	r := export.Reason{Collection: collection, Kind: kindOf(facts), Had: had, Has: has, Lost: len(facts)}
	if k.Collection == 0 {
		r.Collection = ""
	}
	r.Names = examples(facts)
	return r
}

// examples names some of facts.
func examples(facts []Fact) []string {
	var names []string
	for _, f := range facts {
		if f.Name != "" && len(names) < export.MaxLossNames {
			names = append(names, f.Name)
		}
	}
	return names
}

// known is from how many items on a source can be told from another.
const known = 5

// stranger tells whether another person's items are listed: nearly nothing is
// what it was and as much is new, or the source says so itself and most is not
// what it was.
func (j *judging) stranger() *export.Reason {
	had, has := 0, 0
	for k, n := range j.Had {
		if k.Collection != 0 {
			had += n
		}
	}
	for k, n := range j.Has {
		if k.Collection != 0 {
			has += n
		}
	}
	there := had - len(j.gones)
	other := had >= known && there*10 < had && len(j.news)*2 >= had
	said := had > 0 && j.Who != "" && j.WhoBefore != "" && j.Who != j.WhoBefore && there*2 < had
	if !other && !said {
		return nil
	}
	facts := make([]Fact, len(j.gones))
	for i, g := range j.gones {
		facts[i] = g.Fact
	}
	return &export.Reason{Rule: export.RuleStranger, Had: had, Has: has, Lost: len(facts), Names: examples(facts)}
}

// Fates tells what the files show of each changed item if the account is held:
// [Follow] if it is not in the map.
func (v Verdict) Fates() (map[int64]Fate, error) {
	j, stranger, fates := v.j, v.stranger, map[int64]Fate{}
	var base *index
	for _, c := range j.Changes {
		switch {
		case c.Before == nil && c.Now == nil:
			fates[c.Item] = Hide
		case c.Before != nil:
			_, hollow := j.hollowed[c.Item]
			if stranger || hollow || c.Now == nil || swapped(c) {
				fates[c.Item] = Keep
			}
		case stranger || j.moved[c.Item]:
			fates[c.Item] = Hide
		default:
			if base == nil {
				facts, err := j.Base()
				if err != nil {
					return nil, err
				}
				base = newIndex(facts)
			}
			there, err := j.find(base, *c.Now)
			if err != nil {
				return nil, err
			}
			if there != nil {
				fates[c.Item] = Hide
			}
		}
	}
	return fates, nil
}
