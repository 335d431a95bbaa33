package loss

import (
	"cmp"
	"slices"

	"sidekeep/export"
)

// A losing is an item that has lost content.
type losing struct {
	pair
	lost []Lost
}

// compare finds what has lost content, and what has got some.
func (j *judging) compare() error {
	var faces faces
	for _, p := range j.same {
		if p.before.Body == p.now.Body {
			continue
		}
		lost, gained, err := j.lost(p, &faces)
		if err != nil {
			return err
		}
		switch {
		case len(lost) > 0:
			j.losses = append(j.losses, losing{p, lost})
		case gained:
			j.gained = append(j.gained, p)
		}
	}
	for _, p := range faces.wrong() {
		lost := Lost{What: export.LostPortraits, Now: "another"}
		if i := slices.IndexFunc(j.losses, func(l losing) bool { return l.item == p.item }); i >= 0 {
			j.losses[i].lost = append(j.losses[i].lost, lost)
			continue
		}
		j.losses = append(j.losses, losing{p, []Lost{lost}})
	}
	return nil
}

// lost tells what one item has lost.
func (j *judging) lost(p pair, faces *faces) (list []Lost, gained bool, err error) {
	before, now := p.before, p.now
	switch {
	case before.Aside:
		return nil, false, nil
	case now.Aside:
		return []Lost{{What: export.LostMeaning}}, false, nil
	case before.Kind == export.Photos:
		if before.Size > 0 && now.Size*2 <= before.Size {
			return []Lost{{What: export.LostSize}}, false, nil
		}
		if same, err := j.SamePicture(before, now); err != nil || same {
			return nil, false, err
		}
		return []Lost{{What: export.LostPictures, Now: "another"}}, false, nil
	}
	had, err := j.Content(before)
	if err != nil {
		return nil, false, err
	}
	has, err := j.Content(now)
	if err != nil {
		return nil, false, err
	}
	list = Compare(had, has)
	if !slices.ContainsFunc(list, func(l Lost) bool { return l.What == export.LostPortraits }) {
		faces.add(p, had.portraits, has.portraits)
	}
	return list, Gained(had, has), nil
}

// faces are the portraits of items that may have kept theirs.
type faces struct {
	pairs []pair
	now   []string         // of each pair the portrait that it did not have before
	had   map[string]int64 // whose a portrait was
	has   map[string]int   // how many have it now and did not before
}

func (f *faces) add(p pair, had, has []portrait) {
	if len(had) == 0 || had[0].link != "" {
		return
	}
	if f.had == nil {
		f.had, f.has = map[string]int64{}, map[string]int{}
	}
	now := ""
	for _, x := range had {
		f.had[x.hash] = p.item
	}
	for _, x := range has {
		if x.hash != "" && !slices.ContainsFunc(had, func(h portrait) bool { return h.hash == x.hash }) {
			now = x.hash
			f.has[now]++
		}
	}
	if now != "" && !slices.ContainsFunc(has, func(x portrait) bool { return x.hash == had[0].hash }) {
		f.pairs, f.now = append(f.pairs, p), append(f.now, now)
	}
}

// crowd is from how many items on one picture of all is nobody's portrait.
const crowd = 3

// wrong are those with the portrait of somebody else, or that of everybody.
func (f *faces) wrong() (list []pair) {
	for i, p := range f.pairs {
		if of, ok := f.had[f.now[i]]; ok && of != p.item || f.has[f.now[i]] >= crowd {
			list = append(list, p)
		}
	}
	return list
}

// hollow finds the collections and kinds of which too much has lost content: of
// what people change themselves many at once, most. Of an account that is held
// already, as many as the threshold of items that are still as they were when it
// was held suffice. Only what count allows counts; nil allows everything.
func (j *judging) hollow(t export.Thresholds, count func(pair, Lost) bool) []export.Reason {
	type grouped struct {
		group  Group
		losses []losing
		strong int
		kept   int // of strong, what the files have kept
	}
	var groups []*grouped
	at := map[Group]*grouped{}
	for _, l := range j.losses {
		if count != nil {
			l.lost = slices.DeleteFunc(slices.Clone(l.lost), func(x Lost) bool { return !count(l.pair, x) })
		}
		if len(l.lost) == 0 {
			continue
		}
		for _, k := range groupsOf(l.before) {
			g := at[k]
			if g == nil {
				g = &grouped{group: k}
				at[k] = g
				groups = append(groups, g)
			}
			g.losses = append(g.losses, l)
			if slices.ContainsFunc(l.lost, func(x Lost) bool { return !x.Weak }) {
				g.strong++
				if l.kept {
					g.kept++
				}
			}
		}
	}
	var reasons []export.Reason
	told := map[export.Kind]bool{}
	slices.SortStableFunc(groups, func(a, b *grouped) int { return cmp.Compare(a.group.Collection, b.group.Collection) }) // kinds first
	for _, g := range groups {
		had := j.Had[g.group]
		most := len(g.losses)*2 >= had && t.Reached(len(g.losses), had)
		strong := g.strong
		if g.losses[0].before.Kind == export.Photos {
			strong += j.missing(g.group)
		}
		still := g.kept >= t.OrDefault().Items
		if !still && !most && !t.Reached(strong, had) {
			continue
		}
		facts := make([]Fact, len(g.losses))
		for i, l := range g.losses {
			facts[i] = l.before
		}
		if g.group.Collection == 0 {
			told[g.group.Kind] = true
		} else if told[kindOf(facts)] {
			continue // the kind says the same
		}
		r := j.reason(g.group, facts)
		r.Rule = export.RuleHollow
		tell(&r, g.losses)
		reasons = append(reasons, r)
	}
	return reasons
}

// tell says what most have lost first of all, in how many something else stands
// in its place, and shows some.
func tell(r *export.Reason, losses []losing) {
	counts := map[string]int{}
	for _, l := range losses {
		counts[l.lost[0].What]++
	}
	for what, n := range counts {
		if m := counts[r.What]; r.What == "" || n > m || n == m && what < r.What {
			r.What = what
		}
	}
	for _, l := range losses {
		i := slices.IndexFunc(l.lost, func(x Lost) bool { return x.What == r.What })
		if i < 0 {
			continue
		}
		x := l.lost[i]
		if x.Now != "" {
			r.Replaced++
		}
		if x.Before != "" && len(r.Examples) < export.MaxExamples {
			r.Examples = append(r.Examples, export.Example{Name: l.before.Name, Before: short(x.Before), Now: short(x.Now)})
		}
	}
}

// mostShown is how many letters of a value are told.
const mostShown = 80

func short(s string) string {
	if r := []rune(s); len(r) > mostShown {
		return string(r[:mostShown]) + "…"
	}
	return s
}

// Half are the thresholds from which on a loss is noticed before it is an alarm.
func Half(t export.Thresholds) export.Thresholds {
	t = t.OrDefault()
	return export.Thresholds{Items: t.Items, Percent: (t.Percent + 1) / 2}
}

// notice tells what to look at though it is no loss yet: half as much of what
// lasts, and items of which many have got values that they did not have.
func (j *judging) notice() ([]export.Reason, error) {
	t := Half(j.Thresholds)
	reasons, err := j.gone(t, func(f *Fact) bool { return f.Lasting(j.At) })
	if err != nil {
		return nil, err
	}
	reasons = append(reasons, j.hollow(t, func(p pair, l Lost) bool { return !l.Weak && p.before.Lasting(j.At) })...)
	changed := map[export.Kind][]Fact{}
	for _, p := range slices.Concat(j.gained, j.shuffled) {
		changed[p.before.Kind] = append(changed[p.before.Kind], p.before)
	}
	for _, kind := range export.Kinds() {
		k := Group{Kind: kind}
		if facts := changed[kind]; len(facts) > 0 && j.Thresholds.Reached(len(facts), j.Had[k]) {
			r := j.reason(k, facts)
			r.Rule = export.RuleChanged
			reasons = append(reasons, r)
		}
	}
	if len(reasons) == 0 {
		return nil, nil
	}
	return Order(reasons), nil
}
