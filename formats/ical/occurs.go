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

func has(list []int, n int) bool { return slices.Contains(list, n) }

// allows tells whether the rule's parts that limit days let a day pass.
func (r *rule) allows(day, year, month, monthDay int) bool {
	if len(r.byMonth) > 0 && !has(r.byMonth, month) {
		return false
	}
	length := 0
	if len(r.byMonthDay) > 0 {
		length = monthLength(year, month)
		if !has(r.byMonthDay, monthDay) && !has(r.byMonthDay, monthDay-length-1) {
			return false
		}
	}
	if len(r.byYearDay) > 0 {
		yearDay := day - dayOf(year, 1, 1) + 1
		if !has(r.byYearDay, yearDay) && !has(r.byYearDay, yearDay-yearLength(year)-1) {
			return false
		}
	}
	if len(r.byWeek) > 0 && !r.inWeek(day, year) {
		return false
	}
	if len(r.byDay) == 0 {
		return true
	}
	weekday := weekdayOf(day)
	for _, d := range r.byDay {
		if d.day == weekday && r.isNth(d.n, day, year, month, monthDay) {
			return true
		}
	}
	return false
}

// isNth tells whether a day is the nth of its weekday in its month or year.
func (r *rule) isNth(n, day, year, month, monthDay int) bool {
	at, length := monthDay, 0
	switch {
	case n == 0, r.freq > monthlyFreq, len(r.byWeek) > 0:
		return true // elsewhere numbers have no meaning
	case r.freq == yearlyFreq && len(r.byMonth) == 0:
		at, length = day-dayOf(year, 1, 1)+1, yearLength(year)
	default:
		length = monthLength(year, month)
	}
	if n > 0 {
		return (at-1)/7+1 == n
	}
	return (length-at)/7+1 == -n
}

// inWeek tells whether a day is in one of the weeks of BYWEEKNO.
func (r *rule) inWeek(day, year int) bool {
	first := weekOne(year, r.wkst)
	switch next := weekOne(year+1, r.wkst); {
	case day < first:
		first, year = weekOne(year-1, r.wkst), year-1
	case day >= next:
		first, year = next, year+1
	}
	week, weeks := (day-first)/7+1, (weekOne(year+1, r.wkst)-first)/7
	return has(r.byWeek, week) || has(r.byWeek, week-weeks-1)
}

// dates finds the days of a period of a day or longer. It returns false after
// the last period that there is.
func (g *generator) dates(step int) bool {
	r := g.rule
	g.days = g.days[:0]
	startDay := floorDiv(g.start, daySeconds)
	year, month, _ := dateOf(startDay)
	first := startDay
	switch r.freq {
	case yearlyFreq:
		year += step * r.interval
		first = dayOf(year, 1, 1)
	case monthlyFreq:
		months := month - 1 + step*r.interval
		year, month = year+floorDiv(months, 12), floorMod(months, 12)+1
		first = dayOf(year, month, 1)
	case weeklyFreq:
		first = g.week(step)
	default:
		first += step * r.interval
	}
	if first > lastDay {
		g.ended = true
		return false
	}
	if (first-2)*daySeconds > g.until { // whatever the offset
		g.ended = true
		return false
	}
	switch r.freq {
	case yearlyFreq:
		g.inYear(year)
	case monthlyFreq:
		g.inMonth(year, month)
	case weeklyFreq:
		for day := first; day < first+7; day++ {
			g.filter(day)
		}
	default:
		g.filter(first)
	}
	return true
}

func (g *generator) filter(day int) {
	year, month, monthDay := dateOf(day)
	if day <= lastDay && g.rule.allows(day, year, month, monthDay) {
		g.days = append(g.days, day)
	}
}

func (g *generator) inYear(year int) {
	if len(g.rule.byMonth) > 0 {
		for _, month := range g.rule.byMonth {
			g.inMonth(year, month)
		}
		return
	}
	for month := 1; month <= 12; month++ {
		g.inMonth(year, month)
	}
}

func (g *generator) inMonth(year, month int) {
	r := g.rule
	if len(r.byMonth) > 0 && !has(r.byMonth, month) {
		return
	}
	length, first := monthLength(year, month), dayOf(year, month, 1)
	if len(r.byMonthDay) == 1 { // by far the most common
		day := r.byMonthDay[0]
		if day < 0 {
			day += length + 1
		}
		if day >= 1 && day <= length && r.allows(first+day-1, year, month, day) {
			g.days = append(g.days, first+day-1)
		}
		return
	}
	if !g.spend(length) {
		return
	}
	for day := 1; day <= length; day++ {
		if r.allows(first+day-1, year, month, day) {
			g.days = append(g.days, first+day-1)
		}
	}
}
