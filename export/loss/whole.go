package loss

import (
	"fmt"
	"slices"

	"sidekeep/export"
)

// What single items do not tell: some losses mean more, or less, beside those of
// all others.

// homes takes the codes of countries that numbers got which had none. They are
// the same numbers only with the code of the country that most others are of;
// those of any other reach somebody else.
func (j *judging) homes(all []comparison, of []pair) {
	votes := map[string]int{}
	for _, c := range all {
		for _, code := range c.codes {
			votes[code]++
		}
	}
	home, total := "", 0
	for code, n := range votes {
		if total += n; n > votes[home] || n == votes[home] && code < home {
			home = code
		}
	}
	if votes[home] < known || votes[home]*2 <= total {
		return // they are of many countries, or of nobody knows which
	}
	for i, c := range all {
		var abroad []Lost
		for _, g := range c.given {
			if g.code != home && !slices.Contains(c.codes, g.code) {
				abroad = append(abroad, Lost{What: export.LostNumbers, Before: g.before, Now: g.now})
			}
		}
		if len(abroad) > 0 {
			j.lose(of[i], abroad[0])
		}
	}
}

// lose adds a loss to those of an item.
func (j *judging) lose(p pair, l Lost) {
	i := slices.IndexFunc(j.losses, func(o losing) bool { return o.item == p.item })
	switch {
	case i < 0:
		j.losses = append(j.losses, losing{p, []Lost{l}})
	case !slices.ContainsFunc(j.losses[i].lost, func(o Lost) bool { return o.What == l.What }):
		j.losses[i].lost = append(slices.Clip(j.losses[i].lost), l)
	}
}

// oneTag finds whether all categories that items of a kind have lost are one that
// none has any more, while others are left: people take one off, or give it
// another name, of all at once. That is told and holds nothing.
func (j *judging) oneTag() error {
	for _, kind := range export.Kinds() {
		tag, n := "", 0
		for _, l := range j.losses {
			for _, x := range l.lost {
				for _, key := range x.gone {
					if l.before.Kind != kind || x.What != export.LostCategories {
						continue
					}
					if n == 0 || key != tag {
						n++
					}
					tag = key
				}
			}
		}
		if n != 1 || j.Present == nil {
			continue
		}
		off, err := j.takenOff(kind, tag)
		if err != nil {
			return err
		}
		if !off {
			continue
		}
		for i, l := range j.losses {
			if l.before.Kind != kind {
				continue
			}
			l.lost = slices.Clone(l.lost) // it is shared
			for k := range l.lost {
				l.lost[k].told = l.lost[k].told || l.lost[k].What == export.LostCategories
			}
			j.losses[i].lost = l.lost
		}
	}
	return nil
}

// takenOff reports whether no item of a kind that is listed has a category, and
// some have another.
func (j *judging) takenOff(kind export.Kind, tag string) (bool, error) {
	facts, err := j.Present(kind)
	if err != nil {
		return false, err
	}
	others := false
	for _, f := range facts {
		if f.Aside {
			continue
		}
		c, err := j.Content(f)
		if err != nil {
			return false, err
		}
		for _, d := range c.details[export.LostCategories] {
			if slices.Contains(d.keys, tag) {
				return false, nil
			}
			others = true
		}
	}
	return others, nil
}

// members finds the groups of contacts that have lost too many of their members:
// whoever takes a group off many people, takes it off many. More than one of
// them that is as good as empty, or the only one that there was, holds the
// export; all others are told.
func (j *judging) members() (hold, notice []export.Reason, err error) {
	var bad, empty []losing
	kept := false
	for _, l := range j.losses {
		for _, x := range l.lost {
			n := len(x.gone)
			if x.What != export.LostMembers || n < j.Thresholds.OrDefault().Items || !l.kept && !j.Thresholds.Reached(n, x.of) {
				continue
			}
			left := ""
			if n < x.of {
				left = fmt.Sprint(x.of-n, " of them")
			} else if x.Now != "" {
				left = "others"
			}
			l.lost = []Lost{{What: x.What, Before: fmt.Sprint(x.of, " members"), Now: left, gone: x.gone, of: x.of}}
			bad, kept = append(bad, l), kept || l.kept
			if n*10 >= x.of*9 {
				empty = append(empty, l)
			}
		}
	}
	if len(bad) == 0 {
		return nil, nil, nil
	}
	reason := func(list []losing) []export.Reason {
		facts := make([]Fact, len(list))
		for i, l := range list {
			facts[i] = *l.before
		}
		r := j.reason(Group{Kind: export.Contacts}, facts)
		r.Rule = export.RuleHollow
		tell(&r, list)
		return []export.Reason{r}
	}
	alone := false
	if len(empty) == 1 && j.Present != nil {
		left, err := j.holders(export.Contacts, export.LostMembers, 1)
		if err != nil {
			return nil, nil, err
		}
		for _, x := range empty[0].lost {
			alone = left == 0 || left == 1 && x.Now != "" // it has others
		}
	}
	if kept || len(empty) > 1 || alone {
		return reason(bad), nil, nil
	}
	return nil, reason(bad), nil
}
