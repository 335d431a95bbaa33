package loss

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"sidekeep/export"
)

// A losing is an item that has lost content.
type losing struct {
	pair
	lost []Lost
}

// Compared is what pairs of states were found to differ in, by the versions
// before and now.
type Compared map[[2]int64]comparison

// A comparison is what became of one item's content.
type comparison struct {
	lost     []Lost
	gained   bool
	had, has []portrait // if none of them is lost; without the pictures

	codes []string // of the countries of its other numbers and of its addresses, before
	given []given  // what numbers without one got
}

// A given is the code of a country that a number got.
type given struct{ code, before, now string }

// compare finds what has lost content, and what has got some.
func (j *judging) compare() error {
	var faces faces
	var all []comparison
	var of []pair
	for _, p := range j.same {
		if p.before.Body == p.now.Body {
			continue
		}
		c, err := j.compared(*p.before, *p.now)
		if err != nil {
			return err
		}
		faces.add(p, c.had, c.has)
		if len(c.codes)+len(c.given) > 0 {
			all, of = append(all, c), append(of, p)
		}
		switch {
		case len(c.lost) > 0:
			j.losses = append(j.losses, losing{p, c.lost})
		case c.gained:
			j.gained = append(j.gained, p)
		}
	}
	for _, p := range faces.wrong() {
		lost := Lost{What: export.LostPortraits, Now: "another"}
		if i := slices.IndexFunc(j.losses, func(l losing) bool { return l.item == p.item }); i >= 0 {
			j.losses[i].lost = append(slices.Clip(j.losses[i].lost), lost)
			continue
		}
		j.losses = append(j.losses, losing{p, []Lost{lost}})
	}
	j.homes(all, of)
	return j.oneTag()
}

// compared tells what one item has lost, and reads it if that is not known.
func (j *judging) compared(before, now Fact) (comparison, error) {
	k := [2]int64{before.Version, now.Version}
	if c, ok := j.Compared[k]; ok {
		return c, nil
	}
	c, err := j.lost(before, now)
	if err == nil && j.Compared != nil {
		j.Compared[k] = c
	}
	return c, err
}

// lost tells what one item has lost.
func (j *judging) lost(before, now Fact) (comparison, error) {
	switch {
	case before.Aside:
		return comparison{}, nil
	case now.Aside:
		return comparison{lost: []Lost{{What: export.LostMeaning}}}, nil
	case before.Kind == export.Photos:
		if before.Size > 0 && now.Size*2 <= before.Size {
			return comparison{lost: []Lost{{What: export.LostSize}}}, nil
		}
		if same, err := j.SamePicture(before, now); err != nil || same {
			return comparison{}, err
		}
		return comparison{lost: []Lost{{What: export.LostPictures, Now: "another"}}}, nil
	}
	had, err := j.Content(before)
	if err != nil {
		return comparison{}, err
	}
	has, err := j.Content(now)
	if err != nil {
		return comparison{}, err
	}
	c := comparison{lost: Compare(had, has), gained: Gained(had, has)}
	if start, err := time.Parse(time.RFC3339, before.Start); err == nil && start.Before(j.At) && had.series == nil {
		for i := range c.lost { // nobody misses the alarm of what is over, but of all
			c.lost[i].Weak = c.lost[i].Weak || c.lost[i].What == export.LostAlarms
		}
	}
	c.codes, c.given = had.codes(), had.given(&has)
	for i, l := range c.lost { // without the texts that they are parts of
		c.lost[i].Before, c.lost[i].Now = strings.Clone(l.Before), strings.Clone(l.Now)
		for k, s := range l.gone {
			l.gone[k] = strings.Clone(s)
		}
	}
	if !slices.ContainsFunc(c.lost, func(l Lost) bool { return l.What == export.LostPortraits }) {
		c.had, c.has = hashes(had.portraits), hashes(has.portraits)
	}
	return c, nil
}

// hashes are portraits without their pictures.
func hashes(list []portrait) []portrait {
	list = slices.Clone(list)
	for i, p := range list {
		list[i] = portrait{link: strings.Clone(p.link), hash: p.hash}
	}
	return list
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
		l.lost = slices.DeleteFunc(slices.Clone(l.lost), func(x Lost) bool {
			if count != nil {
				return !count(l.pair, x)
			}
			return x.told
		})
		if len(l.lost) == 0 {
			continue
		}
		for _, k := range groupsOf(*l.before) {
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
			facts[i] = *l.before
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

// tell says what was lost, the most frequent sort first, in how many something
// else stands in its place, and shows some. That somebody is another person says
// all of the item.
func tell(r *export.Reason, losses []losing) {
	at := map[string]*export.Sort{}
	for _, l := range losses {
		for i, x := range l.lost {
			if i > 0 && l.lost[0].What == export.LostOthers {
				break
			}
			s := at[x.What]
			if s == nil {
				s = &export.Sort{What: x.What}
				at[x.What] = s
			}
			s.Lost++
			if x.Now != "" {
				s.Replaced++
			}
		}
	}
	for _, s := range at {
		r.Sorts = append(r.Sorts, *s)
	}
	slices.SortFunc(r.Sorts, func(a, b export.Sort) int {
		return cmp.Or(b.Lost-a.Lost, cmp.Compare(graveness(a.What), graveness(b.What)))
	})
	r.What, r.Replaced = r.Sorts[0].What, r.Sorts[0].Replaced
	for i, s := range r.Sorts {
		most := export.MaxExamples
		if i == 0 {
			most -= min(len(r.Sorts)-1, 2) // room for the next ones
		}
		r.Examples = append(r.Examples, shown(losses, s.What, min(most, export.MaxExamples-len(r.Examples)))...)
	}
}

// shown are at most n values of a sort.
func shown(losses []losing, what string, n int) (list []export.Example) {
	for _, l := range losses {
		i := slices.IndexFunc(l.lost, func(x Lost) bool { return x.What == what })
		if i < 0 || l.lost[i].Before == "" || len(list) >= n {
			continue
		}
		x := l.lost[i]
		list = append(list, export.Example{Name: l.before.Name, What: what, Before: short(x.Before), Now: short(x.Now)})
	}
	return list
}

// graveness orders sorts of which equally many were lost: the gravest first.
func graveness(what string) int {
	grave := []string{export.LostOthers, export.LostMeaning, export.LostNames, export.LostPictures, export.LostSize}
	if i := slices.Index(grave, what); i >= 0 {
		return i - len(grave)
	}
	if i := slices.Index(scarceSorts, what); i >= 0 {
		return i
	}
	return len(scarceSorts)
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
// lasts, groups with fewer members, and items of which many have got values that
// they did not have.
func (j *judging) notice(fewer []export.Reason) ([]export.Reason, error) {
	reasons, err := j.halves(nil, fewer)
	if err != nil {
		return nil, err
	}
	changed := map[export.Kind][]Fact{}
	for _, p := range slices.Concat(j.gained, j.shuffled) {
		changed[p.before.Kind] = append(changed[p.before.Kind], *p.before)
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

// halves tells of half as much of what lasts, and of the groups that have fewer
// members, but for what reasons tell already.
func (j *judging) halves(reasons, fewer []export.Reason) ([]export.Reason, error) {
	t := Half(j.Thresholds)
	gone, err := j.gone(t, j.lasting)
	if err != nil {
		return nil, err
	}
	return Untold(reasons, Merge(append(gone, j.hollow(t, j.noteworthy)...), fewer)), nil
}

// lasting tells whether an item that is gone counts there.
func (j *judging) lasting(f *Fact) bool { return f.Lasting(j.At) }

// noteworthy tells whether a loss counts where much that is no alarm is noticed.
func (j *judging) noteworthy(p pair, l Lost) bool { return l.told || !l.Weak && p.before.Lasting(j.At) }
