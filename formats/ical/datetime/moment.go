// Package datetime reads and writes the values of time that iCalendar has: DATE,
// DATE-TIME, DURATION, UTC-OFFSET and PERIOD (RFC 5545 section 3.3), and their
// forms of vCalendar 1.0. What a TZID means is left to package timezone.
package datetime

import (
	"strings"
	"time"

	"sidekeep/formats/ical/civil"
)

// A Moment is a DATE or a DATE-TIME. The zero Moment is none.
type Moment struct {
	Time     time.Time // in its zone; a date and a floating time are given in UTC
	Date     bool      // it is a day: Time is its midnight
	Floating bool      // it is wall-clock time wherever one is, or of a zone that nobody knows
	Zone     string    // its TZID as delivered; "" if it has none
}

// IsZero tells whether there is no moment.
func (m Moment) IsZero() bool { return m.Time.IsZero() }

// Wall gives what the moment's own clock shows.
func (m Moment) Wall() int { return civil.WallOf(m.Time) }

// Local tells whether the moment has no zone.
func (m Moment) Local() bool { return m.Date || m.Floating }

// A Period is one entry of RDATE or FREEBUSY (RFC 5545 section 3.3.9): a start,
// and an end if it states one.
type Period struct{ Start, End Moment }

// AllDay makes days of the midnights from and to which Outlook lets an event of
// whole days take place, if mark, its X-MICROSOFT-CDO-ALLDAYEVENT, says that.
func AllDay(mark string, start, end *Moment) {
	if !strings.EqualFold(strings.TrimSpace(mark), "TRUE") || start.IsZero() || end.IsZero() ||
		start.Wall()%civil.DaySeconds != 0 || end.Wall()%civil.DaySeconds != 0 || !end.Time.After(start.Time) {
		return
	}
	for _, m := range []*Moment{start, end} {
		*m = Moment{Time: time.Unix(int64(m.Wall()), 0).UTC(), Date: true}
	}
}

// After gives the moment a length later: days on the calendar of its zone, then
// the exact time (RFC 5545 section 3.3.6).
func (m Moment) After(l Duration) Moment {
	if l.Days != 0 {
		c := civil.Clock{}
		if !m.Local() {
			c.Location = m.Time.Location()
		}
		at, _ := c.At(m.Wall() + l.Days*civil.DaySeconds)
		m.Time = c.Time(at)
	}
	m.Time = m.Time.Add(l.Exact)
	if m.Date && l.Exact%(civil.DaySeconds*time.Second) != 0 {
		m.Date, m.Floating = false, true
	}
	return m
}

func MomentText(m Moment) string {
	switch {
	case m.Date:
		return m.Time.Format("20060102")
	case m.Floating:
		return m.Time.Format("20060102T150405")
	}
	return m.Time.UTC().Format("20060102T150405Z")
}

// WallText writes a wall-clock time as a DATE-TIME without a zone.
func WallText(wall int) string {
	return time.Unix(int64(wall), 0).UTC().Format("20060102T150405")
}
