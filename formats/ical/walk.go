package ical

import (
	"sort"

	"sidekeep/formats/ical/civil"
	"sidekeep/formats/ical/datetime"
	"sidekeep/formats/ical/recur"
)

// walk yields the occurrences in the window that no exception of their own
// stands for, in the order of their places in the series, until yield returns
// false.
func (x *series) walk(yield func(Occurrence) bool) {
	before, after := x.reach()
	low, high := x.from-before, min(x.to+after, civil.FarFuture)
	fixed := x.dates()
	rules := x.generators(x.Master.rules, true, low, high)
	exRules := x.generators(x.Master.exRules, false, low, high)
	out := make([]recur.Stamp, len(exRules)) // of each the one that it has reached
	for i, g := range exRules {
		out[i] = g.Head()
	}
	last := civil.FarPast
	for {
		s := recur.Stamp{At: civil.FarFuture}
		if len(fixed) > 0 {
			s = fixed[0]
		}
		for _, g := range rules {
			if h := g.Head(); h.At < s.At {
				s = h
			}
		}
		if s.At >= high {
			return
		}
		if len(fixed) > 0 && fixed[0].At <= s.At {
			fixed = fixed[1:]
		}
		for _, g := range rules {
			if g.Head().At <= s.At {
				g.Advance()
			}
		}
		if s.At == last {
			continue
		}
		last = s.At
		excluded := x.exTime[s.At] || x.exDay[civil.FloorDiv(s.Wall, civil.DaySeconds)]
		for i, g := range exRules {
			for out[i].At < s.At {
				g.Advance()
				out[i] = g.Head()
			}
			excluded = excluded || out[i].At == s.At
		}
		if excluded || x.byTime[s.At] != nil || x.byDay[civil.FloorDiv(s.Wall, civil.DaySeconds)] != nil {
			continue
		}
		if o := x.occurrence(s); x.window.holds(&o) && !yield(o) {
			return
		}
	}
}

// dates gives DTSTART and the RDATEs, sorted.
func (x *series) dates() []recur.Stamp {
	at, _ := x.place(x.base)
	out := []recur.Stamp{{At: at, Wall: x.clock.Shows(at)}}
	for _, p := range x.Master.Dates {
		at, day := x.place(p.Start)
		if day { // at the time of day of the first
			at, _ = x.clock.At(at + civil.FloorMod(x.base.Wall(), civil.DaySeconds))
		}
		out = append(out, recur.Stamp{At: at, Wall: x.clock.Shows(at)})
		if !p.End.IsZero() {
			if x.ends == nil {
				x.ends = map[int]datetime.Moment{}
			}
			x.ends[at] = p.End
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].At < out[j].At })
	return out
}

// generators makes one for each rule that is understood.
func (x *series) generators(texts []recur.Text, own bool, low, high int) []*recur.Generator {
	var out []*recur.Generator
	for _, text := range texts {
		r, err := text.Parse()
		if err != nil {
			x.errs = append(x.errs, err)
			continue
		}
		c := x.clock
		g := recur.NewGenerator(r, &c, x.base.Wall(), own, &x.work)
		g.Limit(high)
		if low > civil.FarPast/2 {
			g.Skip(x.clock.Shows(low))
		}
		out = append(out, g)
	}
	return out
}

// occurrence describes what takes place at s.
func (x *series) occurrence(s recur.Stamp) Occurrence {
	o := Occurrence{Of: x.Master}
	o.ID = x.base
	o.ID.Time = x.clock.Time(s.At)
	o.Start = o.ID
	i := sort.Search(len(x.moved), func(i int) bool { return x.moved[i].at > s.At })
	if i > 0 {
		m := x.moved[i-1]
		o.Of = m.entry
		if start := m.entry.First(); !start.IsZero() {
			c := civil.Clock{}
			if !start.Local() {
				c.Location = start.Time.Location()
			}
			at, _ := c.At(s.Wall + m.shift)
			start.Time = c.Time(at)
			o.Start = start
		}
	}
	if end, ok := x.ends[s.At]; ok && i == 0 {
		o.End = end
		return o
	}
	o.End = o.Of.endFor(o.Start)
	return o
}
