package civil

import "time"

// A Clock turns what the clock in a time zone shows into the moment. It
// remembers the span between two changes of the clock: most times asked for
// are in the same span as the one before.
type Clock struct {
	Location *time.Location // nil for a clock without a zone: the moment is what it shows
	from, to int            // the span, in seconds since 1970 UTC
	offset   int
	known    bool
}

const (
	FarPast   = -1 << 60
	FarFuture = 1 << 60
)

// span sets the span that holds the moment at.
func (c *Clock) span(at int) {
	_, c.offset = time.Unix(int64(at), 0).In(c.Location).Zone()
	c.from, c.to, c.known = SpanStart(c.Location, at), SpanEnd(c.Location, at), true
}

// The time package ends a span at each turn of the year after the last change
// that its database lists, and in leap years a day before that it ends it
// before the moment asked for. A span is therefore followed for up to
// spanSteps such ends.
const spanSteps = 8

// SpanEnd gives the moment after at at which the clock is changed next,
// FarFuture if it never is.
func SpanEnd(loc *time.Location, at int) int {
	t := time.Unix(int64(at), 0).In(loc)
	x := t
	for range spanSteps {
		_, end := x.ZoneBounds()
		if end.IsZero() {
			return FarFuture
		}
		if !end.After(x) {
			end = x.Add(24 * time.Hour)
		}
		if x = end; !sameZone(x, t) {
			break
		}
	}
	return int(x.Unix())
}

// SpanStart gives the moment, at the latest at, since which the clock has not
// been changed, FarPast if it never was.
func SpanStart(loc *time.Location, at int) int {
	t := time.Unix(int64(at), 0).In(loc)
	x := t
	for range spanSteps {
		start, _ := x.ZoneBounds()
		if start.IsZero() {
			return FarPast
		}
		if start.After(x) {
			start = x.Add(-24 * time.Hour)
		}
		x = start
		before := x.Add(-time.Second)
		if !sameZone(before, t) {
			break
		}
		x = before
	}
	return int(x.Unix())
}

func sameZone(a, b time.Time) bool {
	name1, offset1 := a.Zone()
	name2, offset2 := b.Zone()
	return offset1 == offset2 && name1 == name2 && a.IsDST() == b.IsDST()
}

// At gives the moment at which the clock shows wall: the first of two, and for
// a time that the clock leaves out, the one by the offset before (RFC 5545
// section 3.3.5). skipped says that it is such a time.
func (c *Clock) At(wall int) (at int, skipped bool) {
	if c.Location == nil {
		return wall, false
	}
	const margin = 2 * DaySeconds // no clock has ever been changed by more
	if c.known {
		if at := wall - c.offset; at >= c.from+margin && at < c.to || at >= c.from && at < c.to && c.from == FarPast {
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

// Shows gives what the clock shows at the moment at.
func (c *Clock) Shows(at int) int {
	if c.Location == nil {
		return at
	}
	if !c.known || at < c.from || at >= c.to {
		c.span(at)
	}
	return at + c.offset
}

// Time gives the moment as a time of the zone.
func (c *Clock) Time(at int) time.Time {
	if c.Location == nil {
		return time.Unix(int64(at), 0).UTC()
	}
	return time.Unix(int64(at), 0).In(c.Location)
}
