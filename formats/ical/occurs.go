package ical

import "slices"

// A stamp is one time that a rule names.
type stamp struct {
	at   int // the moment
	wall int // what its clock shows
}

// A generator walks through the times of one rule, in their order.
type generator struct {
	rule  *rule
	clock *clock
	start int  // wall clock of DTSTART
	work  *int // what is left of the work that may be done; generating ends where it is used up

	until int  // the last moment; the last wall-clock time if the clock has no zone
	left  int  // occurrences that are left of COUNT; -1 if it has none
	own   bool // DTSTART is an occurrence whatever the rule says, and COUNT counts it
	step  int  // the number of the next period

	days  []int // of the period, sorted
	times []int // seconds of a day, sorted
	ready []stamp
	next  int // in ready
	last  int // the moment of the last one
	ended bool
}

// newGenerator returns a generator of r's times from the wall-clock time start
// on. own says that start counts as an occurrence. r is completed.
func newGenerator(r *rule, c *clock, start int, own bool, work *int) *generator {
	r.complete(start)
	g := &generator{rule: r, clock: c, start: start, own: own, work: work, until: farFuture, left: -1, last: farPast}
	if r.count > 0 {
		g.left = r.count
	}
	if u := r.until; !u.IsZero() {
		switch {
		case u.Date:
			g.until, _ = c.at(u.wall() + daySeconds - 1)
		case u.Floating:
			g.until, _ = c.at(u.wall())
		default:
			g.until = int(u.Time.Unix())
		}
	}
	if r.freq < hourlyFreq {
		g.times = timesOf(r.byHour, r.byMinute, r.bySecond)
	}
	return g
}

func timesOf(hours, minutes, seconds []int) []int {
	out := make([]int, 0, len(hours)*len(minutes)*len(seconds))
	for _, h := range hours {
		for _, m := range minutes {
			for _, s := range seconds {
				out = append(out, h*3600+m*60+s)
			}
		}
	}
	return out
}

// spend counts n steps of work, and tells whether they may be done.
func (g *generator) spend(n int) bool {
	*g.work -= n
	if *g.work < 0 {
		g.ended = true
	}
	return !g.ended
}

// head gives the time that the generator has reached, one in the far future
// after the last, and when the work is used up. The next one is reached by
// adding to g.next.
func (g *generator) head() stamp {
	for g.next >= len(g.ready) {
		if g.ended {
			return stamp{at: farFuture}
		}
		g.ready, g.next = g.ready[:0], 0
		g.period()
	}
	return g.ready[g.next]
}

// period makes the times of the next period ready.
func (g *generator) period() {
	if !g.spend(1) {
		return
	}
	if g.rule.freq >= hourlyFreq {
		g.short()
		return
	}
	step := g.step
	g.step++
	if !g.dates(step) || len(g.days) == 0 {
		return
	}
	if len(g.rule.bySetPos) > 0 {
		g.pick()
		return
	}
	for _, day := range g.days {
		g.onDay(day, g.times)
		if g.ended {
			return
		}
	}
}

// pick makes ready what BYSETPOS names of the period's days and times.
func (g *generator) pick() {
	size := len(g.days) * len(g.times)
	if !g.spend(len(g.rule.bySetPos)) {
		return
	}
	var places []int
	for _, n := range g.rule.bySetPos {
		if n < 0 {
			n += size + 1
		}
		if n >= 1 && n <= size {
			places = append(places, n-1)
		}
	}
	slices.Sort(places)
	for _, n := range slices.Compact(places) {
		g.onDay(g.days[n/len(g.times)], g.times[n%len(g.times):][:1])
		if g.ended {
			return
		}
	}
}

// onDay makes ready the times of one day.
func (g *generator) onDay(day int, times []int) {
	from := len(g.ready)
	disordered := false
	for _, t := range times {
		wall := day*daySeconds + t
		if wall < g.start {
			continue
		}
		if !g.spend(1) {
			break
		}
		at, skipped := g.clock.at(wall)
		if skipped && g.rule.freq >= hourlyFreq {
			continue // the next hour, minute or second is this moment
		}
		disordered = disordered || len(g.ready) > from && at < g.ready[len(g.ready)-1].at
		g.ready = append(g.ready, stamp{at, wall})
	}
	if disordered { // where the clock leaves out an hour
		slices.SortFunc(g.ready[from:], func(a, b stamp) int { return a.at - b.at })
	}
	fresh := g.ready[from:]
	g.ready = g.ready[:from]
	for _, s := range fresh {
		g.keep(s)
		if g.left == 0 {
			g.ended = true
			return
		}
	}
}

// keep makes s ready unless it is past the end, or there already.
func (g *generator) keep(s stamp) {
	if s.at > g.until {
		g.ended, g.left = true, 0
	}
	if s.at <= g.last || g.left == 0 {
		return
	}
	if g.own && s.wall > g.start && g.left > 0 {
		if g.left--; g.left == 0 { // DTSTART, which the rule does not name
			return
		}
	}
	g.own, g.last = false, s.at
	g.ready = append(g.ready, s)
	if g.left > 0 {
		g.left--
	}
}

// skip goes on to the first period that may hold a time from wall on, if the
// times before it need not be counted.
func (g *generator) skip(wall int) {
	wall -= 2 * daySeconds // for what the clock leaves out
	if wall <= g.start || g.left > 0 && !g.single() {
		return
	}
	day := floorDiv(wall, daySeconds)
	year, month, _ := dateOf(max(day, firstDay))
	startYear, startMonth, _ := dateOf(floorDiv(g.start, daySeconds))
	periods := 0
	switch g.rule.freq {
	case yearlyFreq:
		periods = year - startYear - 1 // of whose weeks some days are in the year after
	case monthlyFreq:
		periods = (year-startYear)*12 + month - startMonth
	case weeklyFreq:
		periods = (day-g.week(0))/7 - 1
	case dailyFreq:
		periods = day - floorDiv(g.start, daySeconds)
	default:
		unit := g.unit()
		periods = floorDiv(wall, unit) - floorDiv(g.start, unit)
	}
	steps := max(0, periods/g.rule.interval)
	if g.left > 0 {
		steps = min(steps, g.left)
		if g.left -= steps; g.left == 0 {
			g.ended = true
		}
		g.own = g.own && steps == 0
	}
	g.step = steps
}

// single tells whether each period has exactly one time, so that COUNT is a
// matter of arithmetic.
func (g *generator) single() bool {
	r := g.rule
	if r.freq >= hourlyFreq || len(g.times) != 1 || len(r.bySetPos)+len(r.byYearDay)+len(r.byWeek) > 0 {
		return false
	}
	day := floorDiv(g.start, daySeconds)
	_, month, monthDay := dateOf(day)
	starts := g.times[0] == floorMod(g.start, daySeconds)
	this := len(r.byMonthDay) == 1 && r.byMonthDay[0] == monthDay && monthDay <= 28 && len(r.byDay) == 0
	switch r.freq {
	case yearlyFreq:
		return starts && this && len(r.byMonth) == 1 && r.byMonth[0] == month
	case monthlyFreq:
		return starts && this && len(r.byMonth) == 0
	case weeklyFreq:
		return starts && len(r.byDay) == 1 && r.byDay[0].day == weekdayOf(day) && len(r.byMonthDay)+len(r.byMonth) == 0
	}
	return starts && len(r.byDay)+len(r.byMonthDay)+len(r.byMonth) == 0
}

// week gives the first day of the week of a step of a weekly rule.
func (g *generator) week(step int) int {
	day := floorDiv(g.start, daySeconds)
	return day - floorMod(int(weekdayOf(day)-g.rule.wkst), 7) + 7*g.rule.interval*step
}

// unit is the length in seconds of a period of less than a day.
func (g *generator) unit() int {
	switch g.rule.freq {
	case hourlyFreq:
		return 3600
	case minutelyFreq:
		return 60
	}
	return 1
}

// short makes ready the times of a period that is shorter than a day, or goes
// on to the next one that may hold any.
func (g *generator) short() {
	r, unit := g.rule, g.unit()
	wall := (floorDiv(g.start, unit) + g.step*r.interval) * unit
	day, second := floorDiv(wall, daySeconds), floorMod(wall, daySeconds)
	if day > lastDay {
		g.ended = true
		return
	}
	if wall-2*daySeconds > g.until { // whatever the offset
		g.ended = true
		return
	}
	g.step++
	beyond := func(next int) { // go on to the first period from the wall-clock time next on
		if behind := next - wall; behind > unit*r.interval {
			g.step += (behind+unit*r.interval-1)/(unit*r.interval) - 1
		}
	}
	hour, minute := second/3600, second/60%60
	year, month, monthDay := dateOf(day)
	if len(r.byMonth) > 0 && !has(r.byMonth, month) {
		beyond(dayOf(year, month+1, 1) * daySeconds)
		return
	}
	if !r.allows(day, year, month, monthDay) {
		beyond((day + 1) * daySeconds)
		return
	}
	if len(r.byHour) > 0 && !has(r.byHour, hour) {
		beyond(day*daySeconds + (hour+1)*3600)
		return
	}
	hours, minutes, seconds := []int{hour}, r.byMinute, r.bySecond
	if r.freq >= minutelyFreq {
		if len(minutes) > 0 && !has(minutes, minute) {
			beyond(day*daySeconds + hour*3600 + (minute+1)*60)
			return
		}
		minutes = []int{minute}
	}
	if r.freq == secondlyFreq {
		if len(seconds) > 0 && !has(seconds, second%60) {
			return
		}
		seconds = []int{second % 60}
	}
	if !g.spend(len(minutes) * len(seconds) / 4) {
		return
	}
	g.times = timesOf(hours, minutes, seconds)
	if len(r.bySetPos) > 0 {
		g.days = append(g.days[:0], day)
		g.pick()
		return
	}
	g.onDay(day, g.times)
}
