package restore

import "sidekeep/export"

// An index finds what the target has.
type index struct {
	m       *maker
	byID    map[string]*entry
	byUID   map[string][]*entry
	byBytes map[[32]byte][]*entry
	byMean  map[[16]byte][]*entry
	byKey   map[uint64][]*entry
	byLoose map[uint64][]*entry
	byPlace map[string][]*entry
}

func (m *maker) index(entries []*entry) *index {
	x := &index{m, map[string]*entry{}, map[string][]*entry{}, map[[32]byte][]*entry{}, map[[16]byte][]*entry{},
		map[uint64][]*entry{}, map[uint64][]*entry{}, map[string][]*entry{}}
	for _, e := range entries {
		x.byID[m.router.targets[e.collection].ID+"\x00"+e.ref.ID] = e
		if e.uid != "" {
			x.byUID[e.uid] = append(x.byUID[e.uid], e)
		}
		if e.bytes != [32]byte{} {
			x.byBytes[e.bytes] = append(x.byBytes[e.bytes], e)
		}
		if e.meaning != [16]byte{} {
			x.byMean[e.meaning] = append(x.byMean[e.meaning], e)
		}
		for _, k := range e.keys {
			x.byKey[k] = append(x.byKey[k], e)
		}
		if e.loose != 0 {
			x.byLoose[e.loose] = append(x.byLoose[e.loose], e)
		}
		if e.kind == export.Photos {
			x.byPlace[e.place] = append(x.byPlace[e.place], e)
		}
	}
	return x
}

// match finds each line's entry. An entry is that of one line only, so that of
// two equal items in the archive and one at the target one is missing. The
// surest marks go first, for all lines.
func (m *maker) match(entries []*entry) {
	x := m.index(entries)
	for _, find := range []func(*draft) *entry{x.id, x.uid, x.same, x.content} {
		for _, d := range m.lines {
			if d.here == nil {
				x.claim(d, find(d))
			}
		}
	}
	// What a restore has put beside an item that differs is found here.
	for _, d := range m.lines {
		if e := d.here; e != nil && !d.covered(e) {
			if beside := x.same(d); beside != nil {
				x.claim(d, beside)
			}
		}
	}
}

func (x *index) claim(d *draft, e *entry) {
	if e != nil {
		e.claimed = true
		d.here = e
	}
}

func (x *index) id(d *draft) *entry {
	if !x.m.own(&d.Item) {
		return nil
	}
	e := x.byID[d.Item.Collection.ID+"\x00"+d.Item.ID]
	if e == nil || e.claimed || e.uid != "" && d.reading.uid != "" && e.uid != d.reading.uid {
		return nil
	}
	return e
}

// choose takes the first that is free, of those in the wanted collection if
// there are any.
func (x *index) choose(d *draft, list []*entry, is func(*entry) bool) *entry {
	var found *entry
	for _, e := range list {
		if e.claimed || (e.kind == export.Photos || e.kind == export.Contacts) && e.kind != d.Item.Kind || is != nil && !is(e) {
			continue
		}
		if e.collection == d.want {
			return e
		}
		if found == nil {
			found = e
		}
	}
	return found
}

func (x *index) uid(d *draft) *entry {
	if d.Item.Kind == export.Photos {
		return x.choose(d, x.byPlace[photoPlace(d.Item.Folder, d.Item.File)], func(e *entry) bool { return e.collection == d.want })
	}
	if d.reading.uid == "" {
		return nil
	}
	return x.choose(d, x.byUID[d.reading.uid], nil)
}

func (x *index) same(d *draft) *entry {
	covered := func(e *entry) bool { return d.covered(e) }
	for _, as := range []*digest{&d.raw, &d.reading.digest} {
		if e := x.choose(d, x.byBytes[as.bytes], covered); e != nil && as.bytes != [32]byte{} {
			return e
		}
		if e := x.choose(d, x.byMean[as.meaning], covered); e != nil {
			return e
		}
	}
	return nil
}

func (x *index) content(d *draft) *entry {
	for _, k := range d.keys {
		if e := x.choose(d, x.byKey[k], nil); e != nil {
			return e
		}
	}
	if d.loose == 0 {
		return nil
	}
	// A card that was left with its name alone is the one of that name, if
	// there is only one.
	list := x.byLoose[d.loose]
	if len(list) != 1 {
		return nil
	}
	return x.choose(d, list, func(e *entry) bool { return !e.numbers || !d.numbers })
}
