package compose

import (
	"fmt"

	"sidekeep/formats/ical/civil"
)

// A Date is a day that a card tells of: a birthday.
type Date struct {
	Year, Month, Day int // Year is 0 if it is not known
}

// yearless is the year that stands for an unknown one: a leap year, as Apple's
// address book has it.
const yearless = 1604

// year is the date's year, or the one that stands for it.
func (d Date) year() int {
	if d.Year == 0 {
		return yearless
	}
	return d.Year
}

// Valid tells whether the calendar has this day; 29 February without a year is
// one.
func (d Date) Valid() bool {
	return d.Year >= 0 && d.Year <= 9999 && d.Month >= 1 && d.Month <= 12 && d.Day >= 1 && d.Day <= civil.MonthLength(d.year(), d.Month)
}

// CardDate is a property of a card that is a day (RFC 6350 section 4.3.1):
// BDAY, ANNIVERSARY.
func CardDate(name string, d Date) Property {
	p := Plain(name, fmt.Sprintf("%04d%02d%02d", d.Year, d.Month, d.Day))
	if d.Year == 0 {
		p.value = fmt.Sprintf("--%02d%02d", d.Month, d.Day)
	}
	if !d.Valid() {
		p.err = fmt.Errorf("no calendar has the day %d-%d-%d of %s", d.Year, d.Month, d.Day, name)
	}
	return p
}
