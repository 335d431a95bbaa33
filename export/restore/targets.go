package restore

import (
	"slices"
	"strings"

	"sidekeep/export"
)

// calendar tells whether items of a kind are calendar objects.
func calendar(k export.Kind) bool { return k.Component() != "" }

// fits tells whether a target may hold items of a kind.
func (t *Target) fits(k export.Kind) bool {
	if !calendar(k) {
		return t.Kind == k
	}
	if !calendar(t.Kind) || !t.Limits.TakesComponent(k.Component()) {
		return false
	}
	return t.Kind == k || t.Mixed || t.Make && t.Mixed
}

// A router finds the collection that an item goes to: the one that was chosen
// for its collection, its own, one of that name, or one that is made.
type router struct {
	w       export.Writer
	targets []Target
	account string
	chosen  map[Key]string
	known   map[routed]int
	books   int          // address books that there are where the items come from; 0 if it is not known
	sources map[Key]bool // address books that items come from
}

type routed struct {
	from Key
	kind export.Kind
}

func newRouter(w export.Writer, cs []export.Collection, o *Options) *router {
	r := &router{w: w, account: o.Account, chosen: o.Collections, known: map[routed]int{}}
	for _, c := range o.From {
		if c.Kind == export.Contacts {
			r.books++
		}
	}
	for _, c := range cs {
		r.targets = append(r.targets, Target{Collection: c, Limits: w.Accepts(c)})
	}
	return r
}

// route returns the place of an item's target.
func (r *router) route(it *Item) int {
	from := routed{Key{it.Account, it.Collection.ID, ""}, it.Kind}
	if n, ok := r.known[from]; ok {
		return n
	}
	n := r.find(it)
	r.known[from] = n
	return n
}

func (r *router) find(it *Item) int {
	from := Key{it.Account, it.Collection.ID, ""}
	match := func(is func(t *Target) bool) int {
		return slices.IndexFunc(r.targets, func(t Target) bool { return t.fits(it.Kind) && (!t.Make || t.from == from) && is(&t) })
	}
	if id, ok := r.chosen[from]; ok {
		if n := match(func(t *Target) bool { return t.ID == id && !t.Make }); n >= 0 {
			return n
		}
	}
	if own(it, r.account) { // also of what its collection says that it does not take
		n := slices.IndexFunc(r.targets, func(t Target) bool {
			return t.ID == it.Collection.ID && !t.Make && (t.Kind == it.Kind || calendar(t.Kind) && calendar(it.Kind))
		})
		if n >= 0 {
			return n
		}
	}
	name := strings.TrimSpace(it.Collection.Name)
	if n := match(func(t *Target) bool { return strings.EqualFold(strings.TrimSpace(t.Name), name) && !t.Limits.ReadOnly }); n >= 0 {
		return n
	}
	if n := match(func(t *Target) bool { return strings.EqualFold(strings.TrimSpace(t.Name), name) }); n >= 0 {
		return n
	}
	if it.Kind == export.Photos || it.Kind == export.Contacts && r.single(it) {
		if n := match(func(t *Target) bool { return !t.Make && !t.Limits.ReadOnly }); n >= 0 {
			return n
		}
	}
	c := export.Collection{Name: name, Kind: it.Kind, Color: it.Collection.Color, Order: it.Collection.Order}
	if c.Name == "" {
		c.Name = map[export.Kind]string{export.Contacts: "Contacts", export.Events: "Calendar", export.Todos: "To-dos", export.Photos: "Photos"}[it.Kind]
	}
	if calendar(it.Kind) && it.Collection.Kind == export.Events && it.Collection.Mixed {
		c.Kind, c.Mixed = export.Events, true
	}
	t := Target{Collection: c, Make: true, from: from, refused: export.Makes(r.w, c.Kind)}
	for i := range r.targets { // a service takes the same in all of a kind
		if like := &r.targets[i]; !like.Make && (like.Kind == c.Kind || calendar(like.Kind) && calendar(c.Kind)) {
			t.Limits = export.Limits{VCard: like.Limits.VCard, Media: like.Limits.Media, MaxSize: like.Limits.MaxSize}
			break
		}
	}
	r.targets = append(r.targets, t)
	return len(r.targets) - 1
}

// holds widens a collection that is made by what an item in it has.
func (t *Target) holds(components []string) {
	if !t.Make || !calendar(t.Kind) {
		return
	}
	for _, name := range components {
		switch name {
		case "VJOURNAL":
			t.Journals = true
		case "VEVENT":
			t.Mixed = t.Mixed || t.Kind == export.Todos
		case "VTODO":
			t.Mixed = t.Mixed || t.Kind == export.Events
		}
	}
}

// single tells whether the target has one address book only, and people come
// from one only: many services have no second. Of several, each is made again.
func (r *router) single(it *Item) bool {
	books := 0
	for i := range r.targets {
		if r.targets[i].Kind == export.Contacts && !r.targets[i].Make {
			books++
		}
	}
	if r.sources == nil {
		r.sources = map[Key]bool{}
	}
	r.sources[Key{it.Account, it.Collection.ID, ""}] = true
	return books == 1 && max(len(r.sources), r.books) == 1
}
