package loss

import (
	"cmp"
	"slices"

	"sidekeep/export"
)

// Order puts the gravest reason first, and leaves out what another says too:
// another person's data comes before what is gone, and that before what has
// lost content; what counts more items before what counts fewer, and a kind
// before its collections.
func Order(reasons []export.Reason) []export.Reason {
	all := slices.Clone(reasons)
	reasons = slices.DeleteFunc(reasons, func(r export.Reason) bool { return repeated(r, all) })
	rank := func(r export.Reason) int {
		switch r.Rule {
		case export.RuleStranger:
			return 0
		case export.RuleHollow:
			return 2
		case export.RuleChanged:
			return 3
		}
		return 1
	}
	slices.SortStableFunc(reasons, func(a, b export.Reason) int {
		return cmp.Or(rank(a)-rank(b), b.Lost-a.Lost, cmp.Compare(a.Collection, b.Collection), cmp.Compare(a.Kind, b.Kind))
	})
	return reasons
}

// Merge joins reasons; of two that speak of the same, the one counts that tells
// of more.
func Merge(reasons, more []export.Reason) []export.Reason {
	content := func(r export.Reason) bool { return r.Rule == export.RuleHollow || r.Rule == export.RuleChanged }
	for _, r := range more {
		i := slices.IndexFunc(reasons, func(o export.Reason) bool {
			return o.Collection == r.Collection && o.Kind == r.Kind && content(o) == content(r) && o.Rule != export.RuleStranger
		})
		switch {
		case i < 0:
			reasons = append(reasons, r)
		case reasons[i].Lost < r.Lost:
			reasons[i] = r
		}
	}
	return reasons
}

// Untold are those of notice that tell of a loss that reasons do not tell: of
// another group, and of items that none of them is about. What alone would be
// noticed is held with the rest: no notice is given of it.
func Untold(reasons, notice []export.Reason) (list []export.Reason) {
	for _, r := range notice {
		told := map[int64]bool{}
		known := r.Rule == export.RuleChanged // nothing was lost
		for _, o := range reasons {
			if o.Rule == export.RuleStranger || o.Gone() != r.Gone() {
				continue
			}
			known = known || o.Collection == r.Collection && o.Kind == r.Kind
			for _, v := range o.Versions {
				told[v] = true
			}
		}
		if !known && slices.ContainsFunc(r.Versions, func(v int64) bool { return !told[v] }) {
			list = append(list, r)
		}
	}
	return list
}

// repeated reports whether another reason says the same: a collection with all
// items of a kind is told once, as the collection if that is empty.
func repeated(r export.Reason, all []export.Reason) bool {
	for _, o := range all {
		if r.Gone() && o.Gone() && o.Kind == r.Kind && o.Had == r.Had && o.Has == r.Has && (o.Collection == "") != (r.Collection == "") &&
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
	r := export.Reason{Collection: j.Names[k.Collection], Kind: kindOf(facts), Had: j.Had[k], Has: j.Has[k], Lost: len(facts), Names: examples(facts)}
	if k.Collection == 0 {
		r.Collection = ""
	}
	for _, f := range facts {
		r.Versions = append(r.Versions, f.Version)
	}
	return r
}

// examples names some of facts, each name once.
func examples(facts []Fact) []string {
	var names []string
	for _, f := range facts {
		if f.Name != "" && len(names) < export.MaxLossNames && !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}
