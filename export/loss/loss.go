// Package loss tells whether what a source lists looks like a loss: an outage,
// and not an edit. A service that has lost its data answers as usual, with far
// fewer items, with blank or mixed up ones, or for another person.
//
// It compares facts: what the owner's files show, and what the source lists
// now. Items are recognised by UID and by content in all collections of the
// account, so that what was moved, renamed or listed under other IDs is not
// lost. Of an item that is there before and now, what a person would call the
// same is compared, whatever way it is written. It knows neither disk nor
// database; the bytes of an item are asked for only where its facts alone do
// not decide.
package loss

import (
	"slices"
	"time"

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
	Kept   bool  // the files have gone on showing Before while the account was held
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
	At         time.Time // when the source was listed
	Changes    []Change
	Had, Has   map[Group]int    // how many items the files show, and the source lists
	Names      map[int64]string // of the collections
	// Who is whom the source says it answers for, WhoBefore whom it said when
	// the files last followed it; "" if it did not say.
	Who, WhoBefore string
	// Base lists the items that the files show; it is called at most once. Present
	// lists those of a kind that the source lists; it is called rarely.
	Base    func() ([]Fact, error)
	Present func(export.Kind) ([]Fact, error)
	// Content reads the bytes of a contact, event or to-do.
	Content func(Fact) (Content, error)
	// SamePicture reports whether two files of a photo show the same, and differ
	// only in what is noted in them.
	SamePicture func(before, now Fact) (bool, error)
	// Compared keeps what was found for questions about the same listing, so that
	// they read each item once; nil to keep nothing.
	Compared Compared
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
	Loss     *export.Loss    // nil if it does not look like one
	Notice   []export.Reason // what to look at all the same, if there is no loss
	Gone     int             // how many items are gone and were found nowhere else
	Emptier  int             // how many items have lost content
	j        *judging
	stranger bool
}

// Judge compares what the files show with what the source lists.
func Judge(q Question) (Verdict, error) {
	j, err := newJudging(q)
	if err != nil {
		return Verdict{}, err
	}
	if err := j.compare(); err != nil {
		return Verdict{}, err
	}
	stranger := j.stranger()
	reasons, err := j.gone(q.Thresholds, nil)
	if err != nil {
		return Verdict{}, err
	}
	hollow := j.hollow(q.Thresholds, nil)
	if len(hollow) == 0 {
		if hollow, err = j.scarce(); err != nil {
			return Verdict{}, err
		}
	}
	crowds, fewer, err := j.members()
	if err != nil {
		return Verdict{}, err
	}
	hollow = Merge(hollow, crowds)
	if len(reasons)+len(hollow) > 0 {
		held, err := j.halves(slices.Concat(reasons, hollow), fewer)
		if err != nil {
			return Verdict{}, err
		}
		hollow = append(hollow, held...)
	}
	reasons = append(reasons, hollow...)
	if stranger != nil {
		reasons = append(reasons, *stranger)
	}
	v := Verdict{Gone: len(j.gones), Emptier: len(j.losses), j: j, stranger: stranger != nil}
	if len(reasons) == 0 {
		v.Notice, err = j.notice(fewer)
		return v, err
	}
	v.Loss = &export.Loss{Reasons: Order(reasons), Who: q.Who, WhoBefore: q.WhoBefore}
	return v, nil
}

// A judging is one Judge under way.
type judging struct {
	Question
	contents map[int64]Content // by version, of those that were compared to recognise an item
	gones    []*side           // what is gone and was found nowhere else
	news     []*side           // what is new and is no item that is gone
	same     []pair            // one item in two states, under one ID or two
	losses   []losing          // those that have lost content
	gained   []pair            // those that have got a name, numbers or addresses, and lost nothing
	shuffled []pair            // photos that another one has taken the place of, and that are elsewhere
	moved    map[int64]bool    // new items that are gone ones under another ID
	absorbed bool              // it was looked for gones within other items
	hollowed []export.Reason   // that the account is held for
}

// newJudging recognises the items of a question.
func newJudging(q Question) (*judging, error) {
	j := &judging{Question: q, contents: map[int64]Content{}, moved: map[int64]bool{}}
	return j, j.match()
}

// A side is one of the two states of a change.
type side struct {
	item int64
	Fact
	kept bool
	used bool
	with *side // the same in the other state
}

// A pair is one person, event, to-do or photo before and now.
type pair struct {
	item        int64 // of the change that has the state now
	before, now *Fact
	kept        bool
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

// Lasting reports whether an item is of those that people keep: contacts,
// photos and what took place before at. Coming events and to-dos come and go.
func (f *Fact) Lasting(at time.Time) bool {
	switch f.Kind {
	case export.Todos:
		return false
	case export.Events:
		start, err := time.Parse(time.RFC3339, f.Start)
		return err == nil && start.Before(at)
	}
	return true
}

// gone finds the collections and kinds of which too much is gone. Of an account
// that is held already, whatever its files have kept counts. Only what count
// allows counts; nil allows everything.
func (j *judging) gone(t export.Thresholds, count func(*Fact) bool) ([]export.Reason, error) {
	reasons := j.goneNow(t, count)
	if len(reasons) == 0 {
		return nil, nil
	}
	if again, err := j.absorb(); err != nil || !again {
		return reasons, err
	}
	return j.goneNow(t, count), nil
}

func (j *judging) goneNow(t export.Thresholds, count func(*Fact) bool) []export.Reason {
	lost, kept := map[Group][]Fact{}, map[Group]bool{}
	for _, g := range j.gones {
		if count != nil && !count(&g.Fact) {
			continue
		}
		for _, k := range groupsOf(g.Fact) {
			lost[k] = append(lost[k], g.Fact)
			kept[k] = kept[k] || g.kept
		}
	}
	var reasons []export.Reason
	for k, facts := range lost {
		had, has := j.Had[k], j.Has[k]
		n := len(facts)
		if facts[0].Kind == export.Photos {
			n += j.replaced(k)
		}
		empty := k.Collection != 0 && has == 0 && had >= t.OrDefault().Items && len(facts)*2 >= had
		if !empty && !kept[k] && !t.Reached(n, had) {
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

// replaced is how many photos of a group show something else. A photo that
// shows something else is as much gone as one that is.
func (j *judging) replaced(k Group) (n int) {
	for _, l := range j.losses {
		if g := groupsOf(*l.before); l.before.Kind == export.Photos && (g[0] == k || g[1] == k) {
			n++
		}
	}
	return n
}

// missing is how many photos of a group are gone.
func (j *judging) missing(k Group) (n int) {
	for _, l := range j.gones {
		if g := groupsOf(l.Fact); l.Kind == export.Photos && (g[0] == k || g[1] == k) {
			n++
		}
	}
	return n
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

// fated takes the reasons for which the account is held.
func (j *judging) fated(reasons []export.Reason) {
	j.hollowed = slices.DeleteFunc(slices.Clone(reasons), func(r export.Reason) bool { return r.Rule != export.RuleHollow })
}

// mixed reports whether an item is among those of which too many lost content:
// what else changed in them cannot be told from that.
func (j *judging) mixed(c Change) bool {
	return c.Before.Body != c.Now.Body && slices.ContainsFunc(j.hollowed, func(r export.Reason) bool {
		return r.Collection == "" && r.Kind == c.Before.Kind || r.Collection != "" && r.Collection == j.Names[c.Before.Collection]
	})
}

// Fates tells what the files show of each changed item if the account is held
// for reasons: [Follow] if it is not in the map. first is set in the first export
// that is held: whatever changed in it, where content was lost, is kept too.
func (v Verdict) Fates(reasons []export.Reason, first bool) (map[int64]Fate, error) {
	j, stranger, fates := v.j, v.stranger, map[int64]Fate{}
	j.fated(reasons)
	keep := map[int64]bool{}
	for _, l := range j.losses {
		blank := slices.ContainsFunc(l.lost, func(x Lost) bool { return x.Now == "" && !x.Weak && !x.told }) // no edit
		keep[l.item] = len(j.hollowed) > 0 || l.kept || blank
	}
	for _, g := range j.gones {
		keep[g.item] = true
	}
	var base *index
	for _, c := range j.Changes {
		switch {
		case c.Before == nil && c.Now == nil:
			fates[c.Item] = Hide
		case c.Before != nil:
			if stranger || keep[c.Item] || c.Now == nil || swapped(c) || (first || c.Kept) && j.mixed(c) {
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
