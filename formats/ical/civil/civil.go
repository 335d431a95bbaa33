// Package civil counts days and times of day of the Gregorian calendar as clocks
// on walls show them, and tells for a time zone which moment such a time is. It
// knows nothing of iCalendar.
package civil

import "time"

// Times of day are counted on the wall clock of their zone, in seconds since
// 1970-01-01T00:00:00 of that clock, and days since that day: rules count
// days, not hours (RFC 5545 section 3.3.10).

const DaySeconds = 24 * 3600

// The days of the years 1 and 9999, beyond which nothing is counted.
var (
	FirstDay = DayOf(1, 1, 1)
	LastDay  = DayOf(9999, 12, 31)
)

// DayOf gives the day of a date of the Gregorian calendar; month and day may
// be out of range, as time.Date has it.
func DayOf(year, month, day int) int {
	month--
	year += FloorDiv(month, 12)
	month = FloorMod(month, 12) // 0 to 11
	y := year
	if month < 2 {
		y--
	}
	era := FloorDiv(y, 400)
	yoe := y - era*400
	doy := (153*((month+10)%12)+2)/5 + day - 1
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468
}

// DateOf gives the date of a day.
func DateOf(n int) (year, month, day int) {
	n += 719468
	era := FloorDiv(n, 146097)
	doe := n - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = doy - (153*mp+2)/5 + 1
	month = (mp+2)%12 + 1
	year = yoe + era*400
	if month <= 2 {
		year++
	}
	return year, month, day
}

// WeekdayOf gives the weekday of a day.
func WeekdayOf(n int) time.Weekday { return time.Weekday(FloorMod(n+4, 7)) }

func isLeap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func MonthLength(year, month int) int {
	switch month {
	case 2:
		if isLeap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func YearLength(year int) int {
	if isLeap(year) {
		return 366
	}
	return 365
}

// WeekOne gives the first day of week 1 of a year: the first week that starts
// on wkst and has four days in that year (RFC 5545 section 3.3.10, BYWEEKNO).
func WeekOne(year int, wkst time.Weekday) int {
	fourth := DayOf(year, 1, 4)
	return fourth - FloorMod(int(WeekdayOf(fourth)-wkst), 7)
}

func FloorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func FloorMod(a, b int) int { return a - FloorDiv(a, b)*b }

// WallOf gives what t's clock shows.
func WallOf(t time.Time) int {
	_, offset := t.Zone()
	return int(t.Unix()) + offset
}
