package loss

import (
	"cmp"
	"maps"
	"slices"

	"sidekeep/export"
)

// hollows finds the items that have lost half of their content.
func (j *judging) hollows() error {
	j.hollowed = map[int64]string{}
	for _, p := range j.same {
		if p.before.Body == p.now.Body {
			continue
		}
		what, err := j.lack(p.before, p.now)
		if err != nil {
			return err
		}
		if what != "" {
			j.hollowed[p.item] = what
		}
	}
	for _, kind := range []export.Kind{export.Events, export.Todos} {
		j.dates(kind)
	}
	return nil
}

// lack tells what an item has lost that lost half of its content, "" of one
// that did not.
func (j *judging) lack(before, now Fact) (string, error) {
	switch {
	case before.Aside:
		return "", nil
	case now.Aside:
		return export.LostMeaning, nil
	case before.Kind == export.Photos:
		if before.Size > 0 && now.Size*2 <= before.Size {
			return export.LostSize, nil
		}
		return "", nil
	}
	had, err := j.content(before)
	if err != nil {
		return "", err
	}
	has, err := j.content(now)
	if err != nil {
		return "", err
	}
	return Lack(had, has), nil
}

// dates finds events of different days that are all on one now. They count as
// hollow if they are enough of them in a collection or of the kind.
func (j *judging) dates(kind export.Kind) {
	on := map[string][]pair{}
	for _, p := range j.same {
		if p.before.Kind == kind && p.now.Kind == kind && !p.now.Aside && day(p.before) != "" && day(p.before) != day(p.now) {
			on[day(p.now)] = append(on[day(p.now)], p)
		}
	}
	for _, to := range slices.Sorted(maps.Keys(on)) {
		for _, in := range byGroup(on[to]) {
			days := map[string]bool{}
			for _, p := range in.pairs {
				days[day(p.before)] = true
			}
			if len(days)*2 <= len(in.pairs) || !j.Thresholds.Reached(len(in.pairs), j.Had[in.group]) {
				continue
			}
			for _, p := range in.pairs {
				j.hollowed[p.item] = cmp.Or(j.hollowed[p.item], export.LostDates)
			}
		}
	}
}

// day is the date of a start.
func day(f Fact) string { return f.Start[:min(len(f.Start), len("2006-01-02"))] }

type grouped struct {
	group Group
	pairs []pair
}

func byGroup(pairs []pair) []grouped {
	var list []grouped
	at := map[Group]int{}
	for _, p := range pairs {
		for _, k := range groupsOf(p.before) {
			i, ok := at[k]
			if !ok {
				i = len(list)
				at[k] = i
				list = append(list, grouped{group: k})
			}
			list[i].pairs = append(list[i].pairs, p)
		}
	}
	return list
}

// hollow finds the collections and kinds of which too much is hollow.
func (j *judging) hollow() []export.Reason {
	var pairs []pair
	for _, p := range j.same {
		if _, ok := j.hollowed[p.item]; ok {
			pairs = append(pairs, p)
		}
	}
	var reasons []export.Reason
	told := map[export.Kind]bool{}
	groups := byGroup(pairs)
	slices.SortStableFunc(groups, func(a, b grouped) int { return cmp.Compare(a.group.Collection, b.group.Collection) }) // kinds first
	for _, in := range groups {
		if !j.Thresholds.Reached(len(in.pairs), j.Had[in.group]) {
			continue
		}
		facts := make([]Fact, len(in.pairs))
		what := map[string]int{}
		for i, p := range in.pairs {
			facts[i] = p.before
			what[j.hollowed[p.item]]++
		}
		if in.group.Collection == 0 {
			told[in.group.Kind] = true
		} else if told[kindOf(facts)] {
			continue // the kind says the same
		}
		r := j.reason(in.group, facts)
		r.Rule, r.What = export.RuleHollow, most(what)
		reasons = append(reasons, r)
	}
	return reasons
}

// most is the key with the highest count.
func most(counts map[string]int) string {
	best := ""
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		if counts[k] > counts[best] {
			best = k
		}
	}
	return best
}
