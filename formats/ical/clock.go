package ical

import "time"

// A clock turns what the clock in a time zone shows into the moment. It
// remembers the span between two changes of the clock: most times asked for
// are in the same span as the one before.
type clock struct {
	loc      *time.Location // nil for a clock without a zone: the moment is what it shows
	from, to int            // the span, in seconds since 1970 UTC
	offset   int
	known    bool
}

const (
	farPast   = -1 << 60
	farFuture = 1 << 60
)

// span sets the span that holds the moment at.
func (c *clock) span(at int) {
	t := time.Unix(int64(at), 0).In(c.loc)
	_, c.offset = t.Zone()
	start, end := t.ZoneBounds()
	c.from, c.to, c.known = farPast, farFuture, true
	if !start.IsZero() {
		c.from = int(start.Unix())
	}
	if !end.IsZero() {
		c.to = int(end.Unix())
	}
}

// at gives the moment at which the clock shows wall: the first of two, and for
// a time that the clock leaves out, the one by the offset before (RFC 5545
// section 3.3.5). skipped says that it is such a time.
func (c *clock) at(wall int) (at int, skipped bool) {
	if c.loc == nil {
		return wall, false
	}
	const margin = 2 * daySeconds // no clock has ever been changed by more
	if c.known {
		if at := wall - c.offset; at >= c.from+margin && at < c.to || at >= c.from && at < c.to && c.from == farPast {
			return at, false
		}
	}
	c.span(wall - margin)
	for {
		at := wall - c.offset
		if at < c.to {
			return at, false
		}
		before := at
		c.span(c.to)
		if wall-c.offset < c.from { // left out between the two
			return before, true
		}
	}
}

// shows gives what the clock shows at the moment at.
func (c *clock) shows(at int) int {
	if c.loc == nil {
		return at
	}
	if !c.known || at < c.from || at >= c.to {
		c.span(at)
	}
	return at + c.offset
}

// time gives the moment as a time of the zone.
func (c *clock) time(at int) time.Time {
	if c.loc == nil {
		return time.Unix(int64(at), 0).UTC()
	}
	return time.Unix(int64(at), 0).In(c.loc)
}
