package flow

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/archive"
)

// A LostView is what an export looks to have lost, and the answers to it.
type LostView struct {
	Key             int // another number for another account
	Account         string
	Title, Line     string
	Causes          []LossCause // all of them, the gravest first
	Gone            NameList    // what is missing
	Changed         NameList    // what has lost content, a row for each value
	Past            string      // the verb that shows the export
	Reading         bool
	CanFind         bool
	Find            string
	LeaveTitle      string
	Leave, MoreLeft string
	MineTitle       string
	Mine, MoreMine  string
	PutBack         Action // Verb "" where it makes no sense
	LookAgain       Action
	Accept          Action
	Problem         *words.Words
}

// A LossCause says why an export looks like a loss, and sets what the copy has
// beside what the service has of it.
type LossCause struct {
	Says               string
	Copy, CopyCount    string
	Service, Remaining string
	Part               float64 // of the copy that the service still has
}

// A NameList names items; its Heading is "" if there are none.
type NameList struct {
	Heading string
	Names   []ItemName // those that the search leaves; never changed after it was handed out
	Some    bool       // the names are examples, and there are more
	Rest    string     // how many more there are than names, "" if none
}

// An ItemName is an item that is missing, or a value that one has lost.
type ItemName struct {
	Icon, Name  string
	When        string // tells events and photos of one name apart, "" where nothing does
	What        string // of a value: what it is
	Before, Now string
}

// lost is the page about what is missing of one account.
type lost struct {
	key           int
	account       string
	export        int64
	reading       bool
	problem       *words.Words
	whole         bool // gone and changed are all that there is, and not only examples
	gone, changed []ItemName
	find          string
}

// ShowLost opens the page about what account looks to have lost.
func (f *Flow) ShowLost(account string) {
	f.leave()
	var w Work
	var key int
	var s work.Status
	f.change(func() {
		var ok bool
		if s, ok = f.lockedStatus(account); !ok || s.Loss == nil || f.work == nil {
			return
		}
		w = f.work
		f.page = Lost
		key = f.lost.key + 1
		f.lost = lost{key: key, account: account, export: s.HeldExport, reading: s.Last != nil && tallied(s.Loss).rule != export.RuleStranger}
		for _, r := range reasons(s.Loss) {
			f.lost.addExamples(r)
		}
		if !f.lost.reading {
			w = nil
		}
	})
	if w == nil {
		return
	}
	f.run(func(ctx context.Context) {
		gone, changed, err := missingItems(ctx, w, account, s.Last.Number, s.Loss)
		f.change(func() {
			if f.lost.key != key {
				return
			}
			f.lost.reading = false
			if err != nil {
				if !stopped(err) {
					p := words.For(err)
					f.lost.problem = &p
				}
				return
			}
			f.lost.gone, f.lost.changed, f.lost.whole = gone, changed, true
		})
	})
}

// addExamples names some of what a reason is about.
func (l *lost) addExamples(r export.Reason) {
	if r.Rule != export.RuleHollow {
		for _, n := range r.Names {
			l.gone = append(l.gone, ItemName{Icon: kindIcons[r.Kind], Name: n})
		}
		return
	}
	shown := map[string]bool{}
	for _, x := range r.Examples {
		shown[x.Name] = true
		what := x.What
		if what == "" {
			what = r.What
		}
		before, now := words.LostValue(fromDifference(x.Before, x.Now))
		l.changed = append(l.changed, ItemName{Icon: kindIcons[r.Kind], Name: x.Name, What: words.LostSort(what, r.Kind), Before: before, Now: now})
	}
	for _, n := range r.Names {
		if !shown[n] {
			l.changed = append(l.changed, ItemName{Icon: kindIcons[r.Kind], Name: n})
		}
	}
}

// missingItems names what is missing, and each value that was lost, by kind,
// name and time.
func missingItems(ctx context.Context, w Work, account string, newest int64, l *export.Loss) (gone, changed []ItemName, err error) {
	var list []work.Missing
	for m, err := range w.Missing(ctx, account, newest, l) {
		if err != nil {
			return nil, nil, err
		}
		list = append(list, m)
	}
	slices.SortStableFunc(list, func(a, b work.Missing) int {
		return cmp.Or(slices.Index(export.Kinds(), a.Kind)-slices.Index(export.Kinds(), b.Kind),
			cmp.Compare(strings.ToLower(nameOf(&a.Item)), strings.ToLower(nameOf(&b.Item))), a.Start.Compare(b.Start))
	})
	for i := range list {
		m := &list[i]
		n := ItemName{Icon: kindIcons[m.Kind], Name: nameOf(&m.Item), When: whenOf(&m.Item)}
		if m.Now == nil {
			gone = append(gone, n)
			continue
		}
		if m.Kind == export.Photos {
			n.What, n.Before, n.Now = words.LostSort(export.LostPictures, m.Kind), words.Size(m.Size), words.Size(m.Now.Size)
			changed = append(changed, n)
		}
		for _, x := range m.Lost {
			n.What = words.LostSort(x.What, m.Kind)
			n.Before, n.Now = words.LostValue(fromDifference(x.Before, x.Now))
			changed = append(changed, n)
		}
	}
	return gone, changed, nil
}

// fromDifference leaves out what long values begin with alike, so that a row has
// room for where they differ.
func fromDifference(before, now string) (string, string) {
	const room = 24 // letters that a row surely shows
	b, n := []rune(before), []rune(now)
	at := 0
	for at < min(len(b), len(n)) && b[at] == n[at] {
		at++
	}
	if at < room/2 || max(len(b), len(n)) <= room {
		return before, now
	}
	from := at - room/3
	return "…" + string(b[from:]), "…" + string(n[from:])
}

// whenOf tells when an item takes place, is due or was taken; "" if it does not
// say, and for people.
func whenOf(it *archive.Item) string {
	if it.Start.IsZero() || it.Kind == export.Contacts {
		return ""
	}
	return words.At(it.Start, it.AllDay)
}

// LostExport shows the export that the page of what looks lost is about.
func (f *Flow) LostExport() {
	f.mu.Lock()
	account, n := f.lost.account, f.lost.export
	f.mu.Unlock()
	f.History(account, n)
}

// FindLost leaves only the missing items that have s in their names.
func (f *Flow) FindLost(s string) {
	f.change(func() { f.lost.find = s })
}

// found are those of a list that the search leaves.
func (l *lost) found(list []ItemName) (found []ItemName) {
	s := strings.ToLower(strings.TrimSpace(l.find))
	if s == "" {
		return list
	}
	for _, n := range list {
		if strings.Contains(strings.ToLower(n.Name), s) {
			found = append(found, n)
		}
	}
	return found
}

// lostPage is the page about what looks lost. f.mu is held.
func (f *Flow) lostPage() LostView {
	l := &f.lost
	v := LostView{Key: l.key, Account: l.account, Reading: l.reading, CanFind: l.whole && len(l.gone)+len(l.changed) > 1, Find: l.find, Problem: l.problem, Past: words.ShowTheExport}
	s, _ := f.lockedStatus(l.account)
	t := tallied(s.Loss)
	v.Title = words.HeldTitle(t.rule, t.lost, l.account)
	v.LeaveTitle, v.Leave, v.MoreLeft = words.ServiceLostThem, words.LeaveMeans, words.LooksAgain
	v.MineTitle, v.Mine, v.MoreMine = words.RemovedMyself, words.FilesFollow(t.has), words.StayToPutBack
	switch {
	case t.rule == export.RuleStranger:
		v.Line = words.AnswersFor(s.Loss.Who, s.Loss.WhoBefore)
		v.MineTitle = words.MeantIt
	case t.mixed():
		v.Title = words.HeldTitleMixed(t.lost, t.changed, l.account)
		v.Line = words.WholeCopy(s.Loss)
		v.MineTitle, v.Mine, v.MoreMine = words.DidItMyself, words.FilesFollowAll, words.AllStay
	case t.rule == export.RuleHollow:
		v.Line = words.WholeCopy(s.Loss)
		v.MineTitle, v.Mine, v.MoreMine = words.ChangedMyself, words.FilesFollowChanged, words.FullerStay
	default:
		v.Line = words.ListedBefore(t.had, t.has, heldSince(s), f.o.Now())
	}
	for _, r := range reasons(s.Loss) {
		v.Causes = append(v.Causes, lossCause(r, reasons(s.Loss)))
	}
	heading := words.WhatIsMissing
	if len(t.lost) == 1 && t.lost[export.Contacts] > 0 {
		heading = words.WhoIsMissing
	}
	gone := sum(t.lost)
	if t.rule == export.RuleHollow && !t.mixed() {
		gone = 0
	}
	v.Gone = l.list(heading, l.gone, gone)
	v.Changed = l.list(words.WhatIsEmptier, l.changed, sum(t.changed))
	mine, _ := mineVerb(t)
	busy := f.answering[l.account] || f.exports[l.account] != nil || f.session.busy()
	closed := closedTo(s)
	v.Line = joined(v.Line, closed.Told())
	if t.rule != export.RuleStranger && s.SetUp && !closed.All {
		v.PutBack = Action{Act: ActPutBack, Verb: words.PutThemBack, Rank: Primary, Off: busy}
		if s.Restore != nil {
			v.PutBack.Verb = words.GoOn
		}
		v.Leave, v.MoreLeft = words.PutBackMeans(t.all(), l.account), words.PlanFirst
	}
	v.Accept = Action{Act: ActAccept, Verb: mine, Off: busy}
	v.LookAgain = Action{Act: ActExport, Verb: words.LookAgain, Off: busy || !s.SetUp}
	v.speakOf(words.OriginOf(s.Account.Type))
	return v
}

// list is a list of names; all is how many the reasons tell of.
func (l *lost) list(heading string, names []ItemName, all int) (v NameList) {
	if len(names) == 0 {
		return v
	}
	v.Heading, v.Names = heading, l.found(names)
	if !l.whole && !l.reading && all > len(names) {
		v.Some, v.Rest = true, words.MoreProblems(all-len(names))
	}
	return v
}

func lossCause(r export.Reason, all []export.Reason) LossCause {
	c := LossCause{
		Says: words.Loss(r), Copy: words.InYourCopy, CopyCount: words.Count(r.Kind, r.Had),
		Service: words.OnTheServiceNow, Remaining: words.Count(r.Kind, r.Has),
	}
	left := r.Has
	switch r.Rule {
	case export.RuleHollow:
		left = max(r.Had-r.Lost-goneBeside(r, all), 0)
		c.Service, c.Remaining = words.FullOnServiceNow, words.Count(r.Kind, left)
	case export.RuleStranger:
		left = max(r.Had-r.Lost, 0)
		c.Remaining = words.Count(r.Kind, left)
	}
	if r.Had > 0 {
		c.Part = min(float64(left)/float64(r.Had), 1)
	}
	return c
}

// goneBeside is how many of the items of which some are hollow are gone: as many as
// another reason tells of the same items, or as there are fewer.
func goneBeside(hollow export.Reason, all []export.Reason) int {
	gone := max(hollow.Had-hollow.Has, 0)
	for _, r := range all {
		if goneBy(r.Rule) && r.Collection == hollow.Collection && r.Kind == hollow.Kind && r.Had == hollow.Had && r.Has == hollow.Has {
			gone = max(gone, r.Lost)
		}
	}
	return gone
}
