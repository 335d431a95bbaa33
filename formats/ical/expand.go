package ical

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"sidekeep/formats/ical/civil"
	"sidekeep/formats/ical/datetime"
)

// ErrTooMuch says that a recurrence rule would take too long to evaluate.
var ErrTooMuch = errors.New("the recurrence rule names more times than can be looked through")

// maxWork is how many periods and times are looked at for one series and
// window: a few tens of milliseconds.
const maxWork = 1 << 18

// A series evaluates a Series for one window. Its moments are seconds since
// 1970: of wall-clock time if the master has no zone.
type series struct {
	*Series
	base     datetime.Moment // of the master's first occurrence
	clock    civil.Clock     // of the master
	window   window
	from, to int // the window in the master's moments
	work     int
	errs     []error

	byTime map[int]*Entry // exceptions by the moment that they name
	byDay  map[int]*Entry // those that name no more than a day
	moved  []moved        // sorted by their moments
	exTime map[int]bool
	exDay  map[int]bool
	ends   map[int]datetime.Moment // of RDATEs with an end of their own
}

// A moved is an exception that stands for all later occurrences too.
type moved struct {
	at    int // the moment from which it holds
	shift int // from wall-clock time of the master to that of the exception
	entry *Entry
}

// A window is the time for which occurrences are asked for.
type window struct {
	from, to         int // moments
	wallFrom, wallTo int // what a clock shows then
}

func newWindow(from, to time.Time) window {
	w := window{civil.FarPast, civil.FarFuture, civil.FarPast, civil.FarFuture}
	if !from.IsZero() {
		w.from, w.wallFrom = int(from.Unix()), civil.WallOf(from)
	}
	if !to.IsZero() {
		end := to.Add(time.Second - 1) // a part of a second counts as a whole one
		if !from.IsZero() {
			end = end.In(from.Location())
		}
		w.to, w.wallTo = int(end.Unix()), civil.WallOf(end)
	}
	return w
}

// holds tells whether an occurrence takes place in the window.
func (w *window) holds(o *Occurrence) bool {
	start, end := int(o.Start.Time.Unix()), int(o.End.Time.Unix())
	from, to := w.from, w.to
	if o.Start.Local() {
		from, to = w.wallFrom, w.wallTo
	}
	return start < to && (end > from || start >= from)
}

// key orders occurrences with and without a zone.
func (w *window) key(m datetime.Moment) int {
	if m.Local() && w.from != civil.FarPast {
		return int(m.Time.Unix()) - w.wallFrom + w.from
	}
	return int(m.Time.Unix())
}

func expand(s *Series, from, to time.Time, yield func(Occurrence) bool) error {
	x := &series{Series: s, window: newWindow(from, to), work: maxWork}
	x.from, x.to = x.window.from, x.window.to
	if s.Master != nil {
		x.base = s.Master.First()
	}
	if x.base.Local() {
		x.from, x.to = x.window.wallFrom, x.window.wallTo
	} else if !x.base.IsZero() {
		x.clock.Location = x.base.Time.Location()
	}
	exceptions := x.exceptions()
	if x.base.IsZero() {
		emit(exceptions, yield)
		return nil
	}
	x.exclusions()
	if len(x.moved) > 0 {
		all := exceptions
		x.walk(func(o Occurrence) bool {
			all = append(all, o)
			return true
		})
		slices.SortStableFunc(all, func(a, b Occurrence) int { return x.window.key(a.Start) - x.window.key(b.Start) })
		emit(all, yield)
		return x.err()
	}
	stopped := false
	x.walk(func(o Occurrence) bool {
		for len(exceptions) > 0 && x.window.key(exceptions[0].Start) <= x.window.key(o.Start) && !stopped {
			stopped = !yield(exceptions[0])
			exceptions = exceptions[1:]
		}
		stopped = stopped || !yield(o)
		return !stopped
	})
	if !stopped {
		emit(exceptions, yield)
	}
	return x.err()
}

func emit(list []Occurrence, yield func(Occurrence) bool) {
	for _, o := range list {
		if !yield(o) {
			return
		}
	}
}

func (x *series) err() error {
	if x.work < 0 {
		x.errs = append(x.errs, ErrTooMuch)
	}
	return errors.Join(x.errs...)
}

// First gives the moment by which an entry recurs.
func (e *Entry) First() datetime.Moment {
	if e.Start.IsZero() {
		return e.Due
	}
	return e.Start
}

// before tells whether e is an older state of the same occurrence than other:
// SEQUENCE decides, then DTSTAMP and LAST-MODIFIED (RFC 5546 section 2.1.5).
func (e *Entry) before(other *Entry) bool {
	return cmp.Or(cmp.Compare(e.Sequence, other.Sequence), e.Stamp.Time.Compare(other.Stamp.Time), e.Modified.Time.Compare(other.Modified.Time)) < 0
}

// endFor gives the end of the occurrence of e that starts at start: as long
// after it as the entry's own, to the second if it has an end, and by the
// calendar if it has a DURATION (RFC 5545 section 3.8.5.3).
func (e *Entry) endFor(start datetime.Moment) datetime.Moment {
	end := e.End
	if e.Component == "VTODO" {
		end = e.Due
	}
	switch {
	case e.measured && !e.Start.IsZero():
		end = start.After(e.length)
	case e.Start.IsZero(), end.IsZero():
		end = start
	case start.Local() || end.Local() || e.Start.Local():
		span := end.Wall() - e.Start.Wall()
		end = start.After(datetime.Duration{Days: civil.FloorDiv(span, civil.DaySeconds), Exact: time.Duration(civil.FloorMod(span, civil.DaySeconds)) * time.Second})
	default:
		end.Time = start.Time.Add(end.Time.Sub(e.Start.Time)).In(end.Time.Location())
	}
	if start.Date && !end.Time.After(start.Time) {
		return start.After(datetime.Duration{Days: 1})
	}
	if end.Time.Before(start.Time) {
		return start
	}
	return end
}

// place gives the moment of the series that m names; day says that it names
// no more than a day, whose first second it is on the clock.
func (x *series) place(m datetime.Moment) (at int, day bool) {
	switch {
	case x.base.Date:
		return civil.FloorDiv(m.Wall(), civil.DaySeconds) * civil.DaySeconds, false
	case m.Date:
		return m.Wall(), true
	case x.base.Floating:
		return m.Wall(), false
	case m.Floating:
		at, _ = x.clock.At(m.Wall())
		return at, false
	}
	return int(m.Time.Unix()), false
}

// exceptions indexes the exceptions, and gives those in the window, sorted.
func (x *series) exceptions() []Occurrence {
	x.byTime, x.byDay = map[int]*Entry{}, map[int]*Entry{}
	var out []Occurrence
	for i := range x.Exceptions {
		e := &x.Exceptions[i]
		at, day := x.place(e.Recurrence)
		by := x.byTime
		if day {
			at, by = civil.FloorDiv(at, civil.DaySeconds), x.byDay
		}
		if other := by[at]; other == nil || !e.before(other) {
			by[at] = e
		}
	}
	for i := range x.Exceptions {
		e := &x.Exceptions[i]
		at, day := x.place(e.Recurrence)
		if x.byTime[at] != e && (!day || x.byDay[civil.FloorDiv(at, civil.DaySeconds)] != e) {
			continue // another one for the occurrence is newer
		}
		o := Occurrence{Start: e.First(), ID: e.Recurrence, Of: e}
		if o.Start.IsZero() {
			o.Start = e.Recurrence
		}
		o.End = e.endFor(o.Start)
		if e.AndFuture && !x.base.IsZero() {
			from := at
			if !day {
				from = x.clock.Shows(at)
			}
			x.moved = append(x.moved, moved{at, o.Start.Wall() - from, e})
		}
		if x.window.holds(&o) {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(x.moved, func(a, b moved) int { return a.at - b.at })
	slices.SortStableFunc(out, func(a, b Occurrence) int { return x.window.key(a.Start) - x.window.key(b.Start) })
	return out
}

// exclusions indexes EXDATE, of which an entry that is a date stands for all
// of its day.
func (x *series) exclusions() {
	x.exTime, x.exDay = map[int]bool{}, map[int]bool{}
	for _, m := range x.Master.ExDates {
		if at, day := x.place(m); day {
			x.exDay[civil.FloorDiv(at, civil.DaySeconds)] = true
		} else {
			x.exTime[at] = true
		}
	}
}

// reach gives how far before and after the window the series has to be looked
// at, because occurrences are long, or moved.
func (x *series) reach() (before, after int) {
	long := func(e *Entry) int {
		start := e.First()
		if start.IsZero() {
			return 0
		}
		return int(e.endFor(start).Time.Sub(start.Time) / time.Second)
	}
	most, shift := long(x.Master), 0
	for _, m := range x.moved {
		most, shift = max(most, long(m.entry)), max(shift, m.shift, -m.shift)
	}
	const margin = 2 * civil.DaySeconds // zones, and hours that a clock leaves out
	return most + shift + margin, shift + margin
}
