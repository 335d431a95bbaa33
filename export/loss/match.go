package loss

import (
	"strings"

	"sidekeep/export"
)

// swapped reports whether a source lists another item under an ID than before.
func swapped(c Change) bool {
	b, n := c.Before, c.Now
	return b != nil && n != nil && b.UID != "" && n.UID != "" && b.UID != n.UID && b.Body != n.Body && look(*b) != look(*n)
}

// match finds for each item that is gone the new one that it is, each one once:
// first by its bytes, then by UID, then by what people know it by.
func (j *judging) match() error {
	var gone, fresh []*side
	for _, c := range j.Changes {
		if c.Before != nil && c.Now != nil && !swapped(c) {
			j.same = append(j.same, pair{c.Item, *c.Before, *c.Now})
			continue
		}
		if c.Before != nil {
			gone = append(gone, &side{item: c.Item, Fact: *c.Before})
		}
		if c.Now != nil {
			fresh = append(fresh, &side{item: c.Item, Fact: *c.Now})
		}
	}
	j.moved = map[int64]bool{}
	if len(gone) > 0 && len(fresh) > 0 {
		if err := j.pairs(gone, fresh); err != nil {
			return err
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
	return nil
}

func (j *judging) pair(g, n *side) {
	g.used, n.used = true, true
	j.moved[n.item] = true
	j.same = append(j.same, pair{n.item, g.Fact, n.Fact})
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
	name := strings.ToLower(strings.Join(strings.Fields(f.Name), " "))
	if f.Kind == export.Photos || f.Aside || name == "" {
		return ""
	}
	if f.Kind == export.Contacts {
		return string(f.Kind) + "\x00" + name
	}
	return string(f.Kind) + "\x00" + name + "\x00" + f.Start
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
	if len(ca.Numbers) == 0 && len(cb.Numbers) == 0 {
		return true, nil
	}
	for n := range ca.Numbers {
		if cb.Numbers[n] {
			return true, nil
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
