package ical

import "sort"

// walk yields the occurrences in the window that no exception of their own
// stands for, in the order of their places in the series, until yield returns
// false.
func (x *series) walk(yield func(Occurrence) bool) {
	before, after := x.reach()
	low, high := x.from-before, min(x.to+after, farFuture)
	fixed := x.dates()
	rules := x.generators(x.Master.rules, true, low, high)
	exRules := x.generators(x.Master.exRules, false, low, high)
	out := make([]stamp, len(exRules)) // of each the one that it has reached
	for i, g := range exRules {
		out[i] = g.head()
	}
	last := farPast
	for {
		s := stamp{at: farFuture}
		if len(fixed) > 0 {
			s = fixed[0]
		}
		for _, g := range rules {
			if h := g.head(); h.at < s.at {
				s = h
			}
		}
		if s.at >= high {
			return
		}
		if len(fixed) > 0 && fixed[0].at <= s.at {
			fixed = fixed[1:]
		}
		for _, g := range rules {
			if g.head().at <= s.at {
				g.next++
			}
		}
		if s.at == last {
			continue
		}
		last = s.at
		excluded := x.exTime[s.at] || x.exDay[floorDiv(s.wall, daySeconds)]
		for i, g := range exRules {
			for out[i].at < s.at {
				g.next++
				out[i] = g.head()
			}
			excluded = excluded || out[i].at == s.at
		}
		if excluded || x.byTime[s.at] != nil || x.byDay[floorDiv(s.wall, daySeconds)] != nil {
			continue
		}
		if o := x.occurrence(s); x.window.holds(&o) && !yield(o) {
			return
		}
	}
}

// dates gives DTSTART and the RDATEs, sorted.
func (x *series) dates() []stamp {
	at, _ := x.place(x.base)
	out := []stamp{{at, x.clock.shows(at)}}
	for _, p := range x.Master.dates {
		at, day := x.place(p.start)
		if day { // at the time of day of the first
			at, _ = x.clock.at(at + floorMod(x.base.wall(), daySeconds))
		}
		out = append(out, stamp{at, x.clock.shows(at)})
		if !p.end.IsZero() {
			if x.ends == nil {
				x.ends = map[int]Moment{}
			}
			x.ends[at] = p.end
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].at < out[j].at })
	return out
}

// generators makes one for each rule that is understood.
func (x *series) generators(texts []ruleText, own bool, low, high int) []*generator {
	var out []*generator
	for _, text := range texts {
		r, err := text.parse()
		if err != nil {
			x.errs = append(x.errs, err)
			continue
		}
		c := x.clock
		g := newGenerator(r, &c, x.base.wall(), own, &x.work)
		g.until = min(g.until, high)
		if low > farPast/2 {
			g.skip(x.clock.shows(low))
		}
		out = append(out, g)
	}
	return out
}

// occurrence describes what takes place at s.
func (x *series) occurrence(s stamp) Occurrence {
	o := Occurrence{Of: x.Master}
	o.ID = x.base
	o.ID.Time = x.clock.time(s.at)
	o.Start = o.ID
	i := sort.Search(len(x.moved), func(i int) bool { return x.moved[i].at > s.at })
	if i > 0 {
		m := x.moved[i-1]
		o.Of = m.entry
		if start := m.entry.first(); !start.IsZero() {
			c := clock{}
			if !start.local() {
				c.loc = start.Time.Location()
			}
			at, _ := c.at(s.wall + m.shift)
			start.Time = c.time(at)
			o.Start = start
		}
	}
	if end, ok := x.ends[s.at]; ok && i == 0 {
		o.End = end
		return o
	}
	o.End = o.Of.endFor(o.Start)
	return o
}
