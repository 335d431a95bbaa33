package ical

import "slices"

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
func (g *generator) skipped(year, month int) {
	r, length := g.rule, monthLength(year, month)
	day := dayOf(year, month, 1) + length - 1
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
