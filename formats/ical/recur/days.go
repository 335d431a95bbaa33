package recur

import (
	"slices"

	"sidekeep/formats/ical/civil"
)

func has(list []int, n int) bool { return slices.Contains(list, n) }

// allows tells whether the rule's parts that limit days let a day pass.
func (r *Rule) allows(day, year, month, monthDay int) bool {
	if len(r.byMonth) > 0 && !has(r.byMonth, month) {
		return false
	}
	length := 0
	if len(r.byMonthDay) > 0 {
		length = civil.MonthLength(year, month)
		if !has(r.byMonthDay, monthDay) && !has(r.byMonthDay, monthDay-length-1) {
			return false
		}
	}
	if len(r.byYearDay) > 0 {
		yearDay := day - civil.DayOf(year, 1, 1) + 1
		if !has(r.byYearDay, yearDay) && !has(r.byYearDay, yearDay-civil.YearLength(year)-1) {
			return false
		}
	}
	if len(r.byWeek) > 0 && !r.inWeek(day, year) {
		return false
	}
	if len(r.byDay) == 0 {
		return true
	}
	weekday := civil.WeekdayOf(day)
	for _, d := range r.byDay {
		if d.day == weekday && r.isNth(d.n, day, year, month, monthDay) {
			return true
		}
	}
	return false
}

// isNth tells whether a day is the nth of its weekday in its month or year.
func (r *Rule) isNth(n, day, year, month, monthDay int) bool {
	at, length := monthDay, 0
	switch {
	case n == 0, r.freq > monthlyFreq, len(r.byWeek) > 0:
		return true // elsewhere numbers have no meaning
	case r.freq == yearlyFreq && len(r.byMonth) == 0:
		at, length = day-civil.DayOf(year, 1, 1)+1, civil.YearLength(year)
	default:
		length = civil.MonthLength(year, month)
	}
	if n > 0 {
		return (at-1)/7+1 == n
	}
	return (length-at)/7+1 == -n
}

// inWeek tells whether a day is in one of the weeks of BYWEEKNO.
func (r *Rule) inWeek(day, year int) bool {
	first := civil.WeekOne(year, r.wkst)
	switch next := civil.WeekOne(year+1, r.wkst); {
	case day < first:
		first, year = civil.WeekOne(year-1, r.wkst), year-1
	case day >= next:
		first, year = next, year+1
	}
	week, weeks := (day-first)/7+1, (civil.WeekOne(year+1, r.wkst)-first)/7
	return has(r.byWeek, week) || has(r.byWeek, week-weeks-1)
}

// dates finds the days of a period of a day or longer. It returns false after
// the last period that there is.
func (g *Generator) dates(step int) bool {
	r := g.rule
	g.days = g.days[:0]
	startDay := civil.FloorDiv(g.start, civil.DaySeconds)
	year, month, _ := civil.DateOf(startDay)
	first := startDay
	switch r.freq {
	case yearlyFreq:
		year += step * r.interval
		first = civil.DayOf(year, 1, 1)
	case monthlyFreq:
		months := month - 1 + step*r.interval
		year, month = year+civil.FloorDiv(months, 12), civil.FloorMod(months, 12)+1
		first = civil.DayOf(year, month, 1)
	case weeklyFreq:
		first = g.week(step)
	default:
		first += step * r.interval
	}
	if first > civil.LastDay {
		g.ended = true
		return false
	}
	if (first-2)*civil.DaySeconds > g.until { // whatever the offset
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

func (g *Generator) filter(day int) {
	year, month, monthDay := civil.DateOf(day)
	if day <= civil.LastDay && g.rule.allows(day, year, month, monthDay) {
		g.days = append(g.days, day)
	}
}

func (g *Generator) inYear(year int) {
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

func (g *Generator) inMonth(year, month int) {
	r := g.rule
	if len(r.byMonth) > 0 && !has(r.byMonth, month) {
		return
	}
	length, first := civil.MonthLength(year, month), civil.DayOf(year, month, 1)
	if len(r.byMonthDay) == 1 { // by far the most common
		day := r.byMonthDay[0]
		if day < 0 {
			day += length + 1
		}
		if day >= 1 && day <= length && r.allows(first+day-1, year, month, day) {
			g.days = append(g.days, first+day-1)
		}
		g.skipped(year, month)
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
	g.skipped(year, month)
}

// skipped adds the day that stands for those that the month does not have.
func (g *Generator) skipped(year, month int) {
	r, length := g.rule, civil.MonthLength(year, month)
	day := civil.DayOf(year, month, 1) + length - 1
	if r.skip == omit || len(r.byDay) > 0 || has(r.byMonthDay, length) && r.skip == backward ||
		!slices.ContainsFunc(r.byMonthDay, func(n int) bool { return n > length }) {
		return
	}
	if r.skip == forward {
		day++
	}
	if last := len(g.days) - 1; last < 0 || g.days[last] < day {
		g.days = append(g.days, day)
	}
}
