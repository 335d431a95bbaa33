// Package fields tells what a person reads in a card or a calendar object,
// field by field in plain words, and in which fields two states of one differ.
package fields

import (
	"slices"
	"strings"
)

// A Field is one thing that an item says.
type Field struct {
	Name  string // "Phone", "Starts"
	For   string // what it is for: "home", "Summer house"; the day of an exception; "" if nothing is said
	Value string // on one line
	Quiet bool   // it is about how the item is kept, and nothing that its owner wrote: when it was saved, by which program

	content string // what distinguishes values that read the same: of a picture its hash
}

// Title is what to call the field: "Phone (home)".
func (f Field) Title() string {
	if f.For == "" {
		return f.Name
	}
	return f.Name + " (" + f.For + ")"
}

// A Difference is a field that two states of an item do not share.
type Difference struct {
	Field string `json:"field"` // its title
	Old   string `json:"old"`   // "" if only the newer one has it
	New   string `json:"new"`   // "" if only the older one has it
	Quiet bool   `json:"quiet"` // see [Field]
}

// Differ tells what changed from one state to another, in the order of the
// newer one; what it no longer has stands where it was. Values that are only
// in another order are no difference.
func Differ(old, new []Field) []Difference {
	left, right := only(old, new), only(new, old)
	paired := make([]bool, len(right))
	out := make([]Difference, 0, max(len(left), len(right)))
	// First what is for the same, then the same value for something else: a
	// number that is of work now.
	for _, alike := range []func(Field) Field{
		func(f Field) Field { return Field{Name: f.Name, For: f.For} },
		func(f Field) Field { return Field{Name: f.Name, Value: f.Value, content: f.content} },
	} {
		queue := map[Field][]int{}
		for i, g := range right {
			if !paired[i] {
				queue[alike(g)] = append(queue[alike(g)], i)
			}
		}
		var rest []Field
		for _, f := range left {
			q := queue[alike(f)]
			if len(q) == 0 {
				rest = append(rest, f)
				continue
			}
			queue[alike(f)] = q[1:]
			paired[q[0]] = true
			out = append(out, difference(f, right[q[0]]))
		}
		left = rest
	}
	for _, f := range left {
		out = append(out, Difference{Field: f.Title(), Old: f.Value, Quiet: f.Quiet})
	}
	for i, g := range right {
		if !paired[i] {
			out = append(out, Difference{Field: g.Title(), New: g.Value, Quiet: g.Quiet})
		}
	}
	return inOrder(out, old, new)
}

func difference(f, g Field) Difference {
	d := Difference{Field: g.Title(), Old: f.Value, New: g.Value, Quiet: g.Quiet}
	switch {
	case f.For != g.For:
		d.Field = g.Name
		d.Old, d.New = f.Value+" ("+orNothing(f.For)+")", g.Value+" ("+orNothing(g.For)+")"
	case f.Value == g.Value:
		d.New = "another one: " + g.Value
	}
	return d
}

func orNothing(s string) string {
	if s == "" {
		return "not said for what"
	}
	return s
}

// only returns the fields of a that b does not have, as often as a has more of
// them.
func only(a, b []Field) []Field {
	n := make(map[Field]int, len(b))
	for _, f := range b {
		n[f]++
	}
	var out []Field
	for _, f := range a {
		if n[f] > 0 {
			n[f]--
			continue
		}
		out = append(out, f)
	}
	return out
}

// inOrder sorts differences by where their fields stand in the newer state,
// else in the older one, what is quiet last.
func inOrder(list []Difference, old, new []Field) []Difference {
	at := map[string]int{}
	for _, fields := range [][]Field{new, old} {
		for _, f := range fields {
			for _, title := range []string{f.Title(), f.Name} {
				if _, known := at[title]; !known {
					at[title] = len(at)
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Difference) int {
		switch {
		case a.Quiet && !b.Quiet:
			return 1
		case b.Quiet && !a.Quiet:
			return -1
		}
		return at[a.Field] - at[b.Field]
	})
	return list
}

// line makes s fit on one line.
func line(s string) string {
	if !strings.ContainsAny(s, "\r\n\t") {
		return strings.TrimSpace(s)
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
	for i := range parts {
		parts[i] = strings.TrimSpace(strings.ReplaceAll(parts[i], "\t", " "))
	}
	return strings.TrimSpace(strings.Join(parts, ", "))
}

// A list collects fields; what has no value is left out.
type list []Field

func (l *list) add(name, of, value string) {
	if value = line(value); value != "" {
		*l = append(*l, Field{Name: name, For: of, Value: value})
	}
}

func (l *list) quiet(name, of, value string) {
	if value = line(value); value != "" {
		*l = append(*l, Field{Name: name, For: of, Value: value, Quiet: true})
	}
}
