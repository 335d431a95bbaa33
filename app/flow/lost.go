package flow

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"sidekeep/app/words"
	"sidekeep/export"
	"sidekeep/export/archive"
)

// A LostView is what an export looks to have lost, and the answers to it.
type LostView struct {
	Key             int // another number for another account
	Account         string
	Title, Line     string
	Bars            []LossBar
	Heading         string     // over the names
	Names           []LostName // those that the search leaves; never changed after it was handed out
	Some            bool       // the names are examples, and there are more
	Rest            string     // how many more there are than names, "" if none
	Past            string     // the verb that shows the export
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

// A LossBar sets what the copy has beside what the service has of it.
type LossBar struct {
	Name               string // of the collection, "" if the kind says enough
	Copy, CopyCount    string
	Service, Remaining string
	Part               float64 // of the copy that the service still has
}

// A LostName is an item that is missing, or has lost content: then Noun is what
// stood there before, and what does now, where that is known.
type LostName struct{ Icon, Name, Noun string }

// maxBars is how many reasons the page draws.
const maxBars = 4

// lost is the page about what is missing of one account.
type lost struct {
	key     int
	account string
	export  int64
	reading bool
	problem *words.Words
	whole   bool // all is what is missing, and not only examples
	all     []LostName
	find    string
	found   []LostName // of all, what find leaves
}

// ShowLost opens the page about what account looks to have lost.
func (f *Flow) ShowLost(account string) {
	f.leave()
	var w Work
	f.change(func() {
		s, ok := f.lockedStatus(account)
		if !ok || s.Loss == nil || f.work == nil {
			return
		}
		w = f.work
		f.page = Lost
		f.lost = lost{key: f.lost.key + 1, account: account, export: s.HeldExport, reading: goneBy(tallied(s.Loss).rule)}
		for _, r := range reasons(s.Loss) {
			f.lost.all = append(f.lost.all, lostNames(r)...)
		}
		f.lost.found = f.lost.all
		if !f.lost.reading {
			w = nil
		}
	})
	if w == nil {
		return
	}
	f.mu.Lock()
	key, newest := f.lost.key, int64(0)
	if s, ok := f.lockedStatus(account); ok && s.Last != nil {
		newest = s.Last.Number
	}
	f.mu.Unlock()
	f.run(func(ctx context.Context) {
		all, err := missingItems(ctx, w, account, newest)
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
			f.lost.all, f.lost.whole = all, true
			f.lost.search(f.lost.find)
		})
	})
}

// lostNames names some of what a reason is about, those first of which it shows
// what stood there before.
func lostNames(r export.Reason) (list []LostName) {
	shown := map[string]bool{}
	for _, x := range r.Examples {
		shown[x.Name] = true
		list = append(list, LostName{kindIcons[r.Kind], x.Name, words.BeforeNow(x)})
	}
	for _, n := range r.Names {
		if !shown[n] {
			list = append(list, LostName{kindIcons[r.Kind], n, words.Noun(r.Kind, 1)})
		}
	}
	return list
}

// itemsMissing lists what the files of account show and its newest export did not
// list, under that ID or with that UID.
func itemsMissing(ctx context.Context, w Work, account string, newest int64) ([]archive.Item, error) {
	type key struct{ collection, id string }
	type uid struct {
		kind export.Kind
		uid  string
	}
	there, uids := map[key]bool{}, map[uid]bool{}
	for it, err := range w.Items(ctx, archive.Query{Account: account, AsOf: archive.Moment{Export: newest}, Present: true}) {
		if err != nil {
			return nil, err
		}
		there[key{it.Collection, it.ID}] = true
		if it.UID != "" {
			uids[uid{it.Kind, it.UID}] = true
		}
	}
	var list []archive.Item
	for it, err := range w.Items(ctx, archive.Query{Account: account, Present: true}) {
		if err != nil {
			return nil, err
		}
		if !there[key{it.Collection, it.ID}] && !uids[uid{it.Kind, it.UID}] {
			list = append(list, it)
		}
	}
	return list, nil
}

// missingItems names what is missing, by kind and name.
func missingItems(ctx context.Context, w Work, account string, newest int64) ([]LostName, error) {
	list, err := itemsMissing(ctx, w, account, newest)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b archive.Item) int {
		return cmp.Or(slices.Index(export.Kinds(), a.Kind)-slices.Index(export.Kinds(), b.Kind), cmp.Compare(strings.ToLower(nameOf(&a)), strings.ToLower(nameOf(&b))))
	})
	out := make([]LostName, len(list))
	for i := range list {
		out[i] = LostName{kindIcons[list[i].Kind], nameOf(&list[i]), words.Noun(list[i].Kind, 1)}
	}
	return out, nil
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
	f.change(func() { f.lost.search(s) })
}

func (l *lost) search(s string) {
	l.find = s
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" {
		l.found = l.all
		return
	}
	l.found = nil
	for _, n := range l.all {
		if strings.Contains(strings.ToLower(n.Name), s) {
			l.found = append(l.found, n)
		}
	}
}

// lostPage is the page about what looks lost. f.mu is held.
func (f *Flow) lostPage() LostView {
	l := f.lost
	v := LostView{Key: l.key, Account: l.account, Names: l.found, Reading: l.reading, CanFind: l.whole && len(l.all) > 1, Find: l.find, Problem: l.problem, Past: words.ShowTheExport}
	s, _ := f.lockedStatus(l.account)
	t := tallied(s.Loss)
	v.Title = words.HeldTitle(t.rule, t.lost, l.account)
	v.LeaveTitle, v.Leave, v.MoreLeft = words.ServiceLostThem, words.LeaveMeans, words.LooksAgain
	v.Heading, v.MineTitle, v.MoreMine = words.WhatIsMissing, words.RemovedMyself, words.StayToPutBack
	v.Mine = words.FilesFollow(t.has)
	switch {
	case t.rule == export.RuleStranger:
		v.Line = words.AnswersFor(s.Loss.Who, s.Loss.WhoBefore)
		v.MineTitle = words.MeantIt
	case t.rule == export.RuleHollow:
		v.Line = words.Loss(s.Loss.Gravest()) + " " + words.YourCopyIsWhole
		v.Heading, v.MineTitle, v.MoreMine = words.WhatIsEmptier, words.ChangedMyself, words.FullerStay
		v.Mine = words.FilesFollowChanged
	default:
		v.Line = words.ListedBefore(t.had, t.has, heldSince(s), f.o.Now())
		if len(t.lost) == 1 && t.lost[export.Contacts] > 0 {
			v.Heading = words.WhoIsMissing
		}
	}
	for i, r := range reasons(s.Loss) {
		if i == maxBars {
			break
		}
		v.Bars = append(v.Bars, lossBar(r))
	}
	all := 0
	for _, n := range t.lost {
		all += n
	}
	if !l.whole && !l.reading && all > len(l.all) {
		v.Some, v.Rest = true, words.MoreProblems(all-len(l.all))
	}
	mine, _ := mineVerb(t.rule)
	busy := f.answering[l.account] || f.exports[l.account] != nil || f.session.busy()
	if t.rule != export.RuleStranger && s.SetUp {
		v.PutBack = Action{Act: ActPutBack, Verb: words.PutThemBack, Rank: Primary, Off: busy}
		if s.Restore != nil {
			v.PutBack.Verb = words.GoOn
		}
		v.Leave, v.MoreLeft = words.PutBackMeans(t.lost, l.account), words.PlanFirst
	}
	v.Accept = Action{Act: ActAccept, Verb: mine, Off: busy}
	v.LookAgain = Action{Act: ActExport, Verb: words.LookAgain, Off: busy || !s.SetUp}
	v.speakOf(words.OriginOf(s.Account.Type))
	return v
}

func lossBar(r export.Reason) LossBar {
	b := LossBar{
		Name: r.Collection, Copy: words.InYourCopy, CopyCount: words.Count(r.Kind, r.Had),
		Service: words.OnTheServiceNow, Remaining: words.Count(r.Kind, r.Has),
	}
	left := r.Has
	if r.Rule == export.RuleHollow || r.Rule == export.RuleStranger {
		left = max(r.Had-r.Lost, 0)
		b.Service, b.Remaining = words.FullOnServiceNow, words.Count(r.Kind, left)
	}
	if r.Rule == export.RuleStranger {
		b.Service = words.OnTheServiceNow
	}
	if r.Had > 0 {
		b.Part = min(float64(left)/float64(r.Had), 1)
	}
	return b
}
