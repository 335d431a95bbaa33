package loss

import (
	"slices"
	"strings"
	"time"

	"sidekeep/export"
)

// swapped reports whether a source lists another item under an ID than before.
func swapped(c Change) bool {
	b, n := c.Before, c.Now
	return b != nil && n != nil && b.UID != "" && n.UID != "" && b.UID != n.UID && b.Body != n.Body && look(*b) != look(*n)
}

// unsure reports whether a source may list another item under an ID than
// before: nothing tells but what it looks like. It is another one if that item
// is found under another ID.
func unsure(c Change) bool {
	b, n := c.Before, c.Now
	return b != nil && n != nil && b.UID == "" && n.UID == "" && b.Body != n.Body && (b.Kind == export.Photos || look(*b) != look(*n))
}

// match finds for each item that is gone the new one that it is, each one once:
// first by its bytes, then by UID, then by what people know it by.
func (j *judging) match() error {
	var gone, fresh []*side
	var doubts []Change
	sides := map[int64][2]*side{}
	for _, c := range j.Changes {
		if c.Before != nil && c.Now != nil && !swapped(c) {
			if !unsure(c) {
				j.same = append(j.same, pair{c.Item, c.Before, c.Now, c.Kept})
				continue
			}
			doubts = append(doubts, c)
		}
		var s [2]*side
		if c.Before != nil {
			s[0] = &side{item: c.Item, Fact: *c.Before, kept: c.Kept}
			gone = append(gone, s[0])
		}
		if c.Now != nil {
			s[1] = &side{item: c.Item, Fact: *c.Now}
			fresh = append(fresh, s[1])
		}
		sides[c.Item] = s
	}
	if len(gone) > 0 && len(fresh) > 0 {
		if err := j.pairs(gone, fresh); err != nil {
			return err
		}
	}
	for _, c := range doubts {
		g, n := sides[c.Item][0], sides[c.Item][1]
		if g.with == n && n.with == g && g.used {
			delete(j.moved, c.Item) // it is itself
			continue
		}
		if g.used && c.Before.Kind == export.Photos {
			j.shuffled = append(j.shuffled, pair{c.Item, &g.Fact, &n.Fact, c.Kept})
		}
		if !g.used && !n.used {
			g.used, n.used = true, true
			j.same = append(j.same, pair{c.Item, &g.Fact, &n.Fact, c.Kept})
		}
	}
	for _, g := range gone {
		if !g.used {
			j.gones = append(j.gones, g)
		}
	}
	for _, n := range fresh {
		if !n.used {
			j.news = append(j.news, n)
		}
	}
	return nil
}

func (j *judging) pairs(gone, fresh []*side) error {
	for _, by := range []func(Fact) string{body, uid} {
		at := map[string][]*side{}
		for _, n := range fresh {
			if k := by(n.Fact); k != "" && !n.used {
				at[k] = append(at[k], n)
			}
		}
		for _, g := range gone {
			k := by(g.Fact)
			if list := at[k]; k != "" && !g.used && len(list) > 0 {
				j.pair(g, list[0])
				at[k] = list[1:]
			}
		}
	}
	at := map[string][]*side{}
	for _, n := range fresh {
		if k := look(n.Fact); k != "" && !n.used {
			at[k] = append(at[k], n)
		}
	}
	for _, g := range gone {
		k := look(g.Fact)
		if k == "" || g.used {
			continue
		}
		for _, n := range at[k] {
			if n.used {
				continue
			}
			alike, err := j.alike(g.Fact, n.Fact)
			if err != nil {
				return err
			}
			if alike {
				j.pair(g, n)
				break
			}
		}
	}
	return j.shots(gone, fresh)
}

// shots finds photos of which only what is noted in them has changed, by the
// names of their files.
func (j *judging) shots(gone, fresh []*side) error {
	at := map[string]*side{}
	for _, n := range fresh {
		if n.Kind == export.Photos && n.Name != "" && !n.used {
			at[n.Name] = n
		}
	}
	for _, g := range gone {
		n := at[g.Name]
		if g.Kind != export.Photos || g.used || n == nil || n.used {
			continue
		}
		same, err := j.SamePicture(g.Fact, n.Fact)
		if err != nil {
			return err
		}
		if same {
			j.pair(g, n)
		}
	}
	return nil
}

func (j *judging) pair(g, n *side) {
	g.used, n.used, g.with, n.with = true, true, n, g
	j.moved[n.item] = true
	j.same = append(j.same, pair{n.item, &g.Fact, &n.Fact, g.kept})
}

func body(f Fact) string { return string(f.Kind) + "\x00" + f.Body }

func uid(f Fact) string {
	if f.UID == "" {
		return ""
	}
	return string(f.Kind) + "\x00" + f.UID
}

// look is what people know an item by, as far as its facts tell: the name of a
// person, the summary and start of an event or to-do; "" for what has neither,
// and for photos, which only their bytes tell apart.
func look(f Fact) string {
	if f.Kind == export.Photos || f.Aside {
		return ""
	}
	words := say(f.Name).words
	if f.Kind == export.Contacts {
		words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains(titles, w) })
	}
	if len(words) == 0 {
		return ""
	}
	slices.Sort(words)
	name := string(f.Kind) + "\x00" + strings.Join(words, " ")
	if f.Kind == export.Contacts {
		return name
	}
	if at, err := time.Parse(time.RFC3339, f.Start); err == nil {
		return name + "\x00" + at.UTC().Format(time.RFC3339)
	}
	return name + "\x00" + f.Start
}

// alike reports whether two items of the same look are one: people also share a
// number, unless neither has any.
func (j *judging) alike(a, b Fact) (bool, error) {
	if a.Kind != export.Contacts || a.Body == b.Body {
		return true, nil
	}
	ca, err := j.content(a)
	if err != nil {
		return false, err
	}
	cb, err := j.content(b)
	if err != nil {
		return false, err
	}
	if len(ca.phones)+len(ca.emails) == 0 && len(cb.phones)+len(cb.emails) == 0 {
		return true, nil
	}
	return slices.ContainsFunc(ca.phones, func(n number) bool { return slices.ContainsFunc(cb.phones, n.same) }) ||
		slices.ContainsFunc(ca.emails, func(s string) bool { return slices.Contains(cb.emails, s) }), nil
}

// absorb looks for people that are gone within others that are listed, as when
// two cards of one person are joined: with all of their numbers and addresses,
// and part of their name. It reports whether it found any.
func (j *judging) absorb() (found bool, err error) {
	if j.absorbed || j.Present == nil {
		return false, nil
	}
	j.absorbed = true
	if !slices.ContainsFunc(j.gones, func(g *side) bool { return g.Kind == export.Contacts }) {
		return false, nil
	}
	facts, err := j.Present(export.Contacts)
	if err != nil {
		return false, err
	}
	fresh := map[int64]bool{} // somebody new is not who was there, with another name
	for _, n := range j.news {
		fresh[n.Version] = true
	}
	byWord := map[string][]Fact{}
	for _, f := range facts {
		if fresh[f.Version] {
			continue
		}
		for _, w := range say(f.Name).words {
			byWord[w] = append(byWord[w], f)
		}
	}
	var rest []*side
	for _, g := range j.gones {
		in := false
		if g.Kind == export.Contacts && !g.Aside {
			if in, err = j.within(g.Fact, byWord); err != nil {
				return false, err
			}
		}
		if found = found || in; !in {
			rest = append(rest, g)
		}
	}
	j.gones = rest
	return found, nil
}

// mostNamesakes is in how many others a person is looked for.
const mostNamesakes = 20

func (j *judging) within(f Fact, byWord map[string][]Fact) (bool, error) {
	var c Content
	read, tried := false, 0
	for _, w := range say(f.Name).words {
		for _, o := range byWord[w] {
			if tried++; tried > mostNamesakes {
				return false, nil
			}
			if !read {
				var err error
				if c, err = j.content(f); err != nil {
					return false, err
				}
				read = true
			}
			if len(c.phones)+len(c.emails) == 0 && look(o) != look(f) {
				continue
			}
			has, err := j.content(o)
			if err != nil {
				return false, err
			}
			inside := true
			for _, l := range Compare(c, has) {
				inside = inside && (l.What == export.LostLabels || l.What == export.LostCategories || l.What == export.LostNames && len(c.phones)+len(c.emails) > 0)
			}
			if inside {
				return true, nil
			}
		}
	}
	return false, nil
}

// An index finds facts by what recognises them.
type index struct {
	first map[string]*Fact
	looks map[string][]*Fact
}

func newIndex(facts []Fact) *index {
	x := &index{first: map[string]*Fact{}, looks: map[string][]*Fact{}}
	for i := range facts {
		f := &facts[i]
		x.first["b"+body(*f)] = f
		if k := uid(*f); k != "" {
			x.first["u"+k] = f
		}
		if k := look(*f); k != "" {
			x.looks[k] = append(x.looks[k], f)
		}
	}
	return x
}

// find returns an item that f is too, by UID or content; nil if there is none.
func (j *judging) find(x *index, f Fact) (*Fact, error) {
	if g := x.first["b"+body(f)]; g != nil {
		return g, nil
	}
	if k := uid(f); k != "" && x.first["u"+k] != nil {
		return x.first["u"+k], nil
	}
	for _, g := range x.looks[look(f)] {
		if alike, err := j.alike(*g, f); alike || err != nil {
			return g, err
		}
	}
	return nil, nil
}
