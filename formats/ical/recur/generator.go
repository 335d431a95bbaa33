package recur

import (
	"slices"

	"sidekeep/formats/ical/civil"
)

// A Stamp is one time that a rule names.
type Stamp struct {
	At   int // the moment
	Wall int // what its clock shows
}

// A Generator walks through the times of one rule, in their order.
type Generator struct {
	rule  *Rule
	clock *civil.Clock
	start int  // wall clock of DTSTART
	work  *int // what is left of the work that may be done; generating ends where it is used up

	until int  // the last moment; the last wall-clock time if the clock has no zone
	left  int  // occurrences that are left of COUNT; -1 if it has none
	own   bool // DTSTART is an occurrence whatever the rule says, and COUNT counts it
	step  int  // the number of the next period

	days  []int // of the period, sorted
	times []int // seconds of a day, sorted
	ready []Stamp
	next  int // in ready
	last  int // the moment of the last one
	ended bool
}

// NewGenerator returns a generator of r's times from the wall-clock time start
// on. own says that start counts as an occurrence. r is completed.
func NewGenerator(r *Rule, c *civil.Clock, start int, own bool, work *int) *Generator {
	r.complete(start)
	g := &Generator{rule: r, clock: c, start: start, own: own, work: work, until: civil.FarFuture, left: -1, last: civil.FarPast}
	if r.Count > 0 {
		g.left = r.Count
	}
	if u := r.Until; !u.IsZero() {
		switch {
		case u.Date:
			g.until, _ = c.At(u.Wall() + civil.DaySeconds - 1)
		case u.Floating:
			g.until, _ = c.At(u.Wall())
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
func (g *Generator) spend(n int) bool {
	*g.work -= n
	if *g.work < 0 {
		g.ended = true
	}
	return !g.ended
}

// Head gives the time that the generator has reached, one in the far future
// after the last, and when the work is used up. See [Generator.Advance].
func (g *Generator) Head() Stamp {
	for g.next >= len(g.ready) {
		if g.ended {
			return Stamp{At: civil.FarFuture}
		}
		g.ready, g.next = g.ready[:0], 0
		g.period()
	}
	return g.ready[g.next]
}

// period makes the times of the next period ready.
func (g *Generator) period() {
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
func (g *Generator) pick() {
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
func (g *Generator) onDay(day int, times []int) {
	from := len(g.ready)
	disordered := false
	for _, t := range times {
		wall := day*civil.DaySeconds + t
		if wall < g.start {
			continue
		}
		if !g.spend(1) {
			break
		}
		at, skipped := g.clock.At(wall)
		if skipped && g.rule.freq >= hourlyFreq {
			continue // the next hour, minute or second is this moment
		}
		disordered = disordered || len(g.ready) > from && at < g.ready[len(g.ready)-1].At
		g.ready = append(g.ready, Stamp{at, wall})
	}
	if disordered { // where the clock leaves out an hour
		slices.SortFunc(g.ready[from:], func(a, b Stamp) int { return a.At - b.At })
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
func (g *Generator) keep(s Stamp) {
	if s.At > g.until {
		g.ended, g.left = true, 0
	}
	if s.At <= g.last || g.left == 0 {
		return
	}
	if g.own && s.Wall > g.start && g.left > 0 {
		if g.left--; g.left == 0 { // DTSTART, which the rule does not name
			return
		}
	}
	g.own, g.last = false, s.At
	g.ready = append(g.ready, s)
	if g.left > 0 {
		g.left--
	}
}

// Limit ends the times at the moment at, if they do not end before.
func (g *Generator) Limit(at int) { g.until = min(g.until, at) }

// Advance goes on to the next time.
func (g *Generator) Advance() { g.next++ }

// Skip goes on to the first period that may hold a time from wall on, if the
// times before it need not be counted.
func (g *Generator) Skip(wall int) {
	wall -= 2 * civil.DaySeconds // for what the clock leaves out
	if wall <= g.start || g.left > 0 && !g.single() {
		return
	}
	day := civil.FloorDiv(wall, civil.DaySeconds)
	year, month, _ := civil.DateOf(max(day, civil.FirstDay))
	startYear, startMonth, _ := civil.DateOf(civil.FloorDiv(g.start, civil.DaySeconds))
	periods := 0
	switch g.rule.freq {
	case yearlyFreq:
		periods = year - startYear - 1 // of whose weeks some days are in the year after
	case monthlyFreq:
		periods = (year-startYear)*12 + month - startMonth
	case weeklyFreq:
		periods = (day-g.week(0))/7 - 1
	case dailyFreq:
		periods = day - civil.FloorDiv(g.start, civil.DaySeconds)
	default:
		unit := g.unit()
		periods = civil.FloorDiv(wall, unit) - civil.FloorDiv(g.start, unit)
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
func (g *Generator) single() bool {
	r := g.rule
	if r.freq >= hourlyFreq || len(g.times) != 1 || len(r.bySetPos)+len(r.byYearDay)+len(r.byWeek) > 0 {
		return false
	}
	day := civil.FloorDiv(g.start, civil.DaySeconds)
	_, month, monthDay := civil.DateOf(day)
	starts := g.times[0] == civil.FloorMod(g.start, civil.DaySeconds)
	this := len(r.byMonthDay) == 1 && r.byMonthDay[0] == monthDay && monthDay <= 28 && len(r.byDay) == 0
	switch r.freq {
	case yearlyFreq:
		return starts && this && len(r.byMonth) == 1 && r.byMonth[0] == month
	case monthlyFreq:
		return starts && this && len(r.byMonth) == 0
	case weeklyFreq:
		return starts && len(r.byDay) == 1 && r.byDay[0].day == civil.WeekdayOf(day) && len(r.byMonthDay)+len(r.byMonth) == 0
	}
	return starts && len(r.byDay)+len(r.byMonthDay)+len(r.byMonth) == 0
}

// week gives the first day of the week of a step of a weekly rule.
func (g *Generator) week(step int) int {
	day := civil.FloorDiv(g.start, civil.DaySeconds)
	return day - civil.FloorMod(int(civil.WeekdayOf(day)-g.rule.wkst), 7) + 7*g.rule.interval*step
}

// unit is the length in seconds of a period of less than a day.
func (g *Generator) unit() int {
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
func (g *Generator) short() {
	r, unit := g.rule, g.unit()
	wall := (civil.FloorDiv(g.start, unit) + g.step*r.interval) * unit
	day, second := civil.FloorDiv(wall, civil.DaySeconds), civil.FloorMod(wall, civil.DaySeconds)
	if day > civil.LastDay {
		g.ended = true
		return
	}
	if wall-2*civil.DaySeconds > g.until { // whatever the offset
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
	year, month, monthDay := civil.DateOf(day)
	if len(r.byMonth) > 0 && !has(r.byMonth, month) {
		beyond(civil.DayOf(year, month+1, 1) * civil.DaySeconds)
		return
	}
	if !r.allows(day, year, month, monthDay) {
		beyond((day + 1) * civil.DaySeconds)
		return
	}
	if len(r.byHour) > 0 && !has(r.byHour, hour) {
		beyond(day*civil.DaySeconds + (hour+1)*3600)
		return
	}
	hours, minutes, seconds := []int{hour}, r.byMinute, r.bySecond
	if r.freq >= minutelyFreq {
		if len(minutes) > 0 && !has(minutes, minute) {
			beyond(day*civil.DaySeconds + hour*3600 + (minute+1)*60)
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
