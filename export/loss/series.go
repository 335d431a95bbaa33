package loss

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
)

// A series is an event or to-do that takes place more than once.
type series struct {
	of    *ical.Series
	rules string // what it says about when, as delivered
	ends  bool   // by a rule or for want of one
}

const (
	day = 24 * 60 * 60
	// mostOccurrences is how many occurrences from the first one on are compared.
	mostOccurrences = 2000
	// slack is by how much the occurrences of one series may differ where a zone
	// with daylight saving time has become UTC.
	slack = 2 * time.Hour
)

func seriesOf(s *ical.Series) *series {
	if s.Master == nil || !s.Master.Recurs() && len(s.Exceptions) == 0 {
		return nil
	}
	out := &series{of: s, ends: true}
	var rules []string
	for l := range contentline.Lines(s.Master.Raw) {
		if l.Is("RRULE") || l.Is("EXRULE") || l.Is("RDATE") || l.Is("EXDATE") {
			rules = append(rules, lineOf(&l))
		}
	}
	for _, r := range s.Master.Rules {
		r = strings.ToUpper(r)
		out.ends = out.ends && (strings.Contains(r, "UNTIL=") || strings.Contains(r, "COUNT="))
	}
	for i := range s.Exceptions {
		if e := &s.Exceptions[i]; e.Cancelled() {
			rules = append(rules, "EXDATE:"+e.Recurrence.Time.UTC().Format(time.RFC3339))
		}
	}
	slices.Sort(rules)
	out.rules = strings.Join(rules, "\n")
	return out
}

// recurrence compares the occurrences of a series: those that there were have to
// be there, those that were left out must not be, and what single ones say of
// their own stays said. How the rule is written makes no difference.
func (c *comparing) recurrence() {
	had, has := c.had.series, c.has.series
	if had == nil {
		return
	}
	if has == nil {
		if had.of.Master.Recurs() {
			c.lose(export.LostSeries, "a series", "")
		}
		has = &series{}
	} else if had.rules != has.rules {
		c.occurrences(had, has)
	}
	c.exceptions(had.of, has.of)
}

func (c *comparing) occurrences(had, has *series) {
	before, ok := had.starts()
	if !ok {
		return
	}
	now, ok := has.starts()
	if !ok || len(before) == 0 {
		return
	}
	var until time.Time // up to which both lists are whole
	for _, list := range [][]time.Time{before, now} {
		if len(list) == mostOccurrences && (until.IsZero() || list[len(list)-1].Before(until)) {
			until = list[len(list)-1].Add(-slack)
		}
	}
	last := before[len(before)-1]
	gone, back := 0, 0
	for _, t := range before {
		if (until.IsZero() || t.Before(until)) && !near(now, t) {
			gone++
		}
	}
	for _, t := range now {
		if (until.IsZero() || t.Before(until)) && t.Before(last) && !near(before, t) {
			back++
		}
	}
	switch {
	case gone > 0:
		c.lose(export.LostSeries, count(before), count(now))
	case back > 0:
		c.lose(export.LostSeries, fmt.Sprint("left out ", back), fmt.Sprint("takes place ", back, " times more"))
	case has.ends && had.after(has):
		c.lose(export.LostSeries, count(before), count(now))
	}
}

func count(list []time.Time) string {
	n := len(list)
	switch {
	case n == 0:
		return ""
	case n == mostOccurrences:
		return "takes place again and again"
	case n == 1:
		return "once, on " + list[0].Format("2 Jan 2006")
	}
	return fmt.Sprint(n, " times, until ", list[n-1].Format("2 Jan 2006"))
}

// near reports whether one of a sorted list is t, but for the slack.
func near(list []time.Time, t time.Time) bool {
	i, _ := slices.BinarySearchFunc(list, t.Add(-slack), time.Time.Compare)
	return i < len(list) && !list[i].After(t.Add(slack))
}

// starts lists where the first occurrences have their places in the series, in
// order. It is not ok if the rule is not understood.
func (s *series) starts() (list []time.Time, ok bool) {
	err := ical.Expand(s.of, time.Time{}, time.Time{}, func(o ical.Occurrence) bool {
		if !o.Of.Cancelled() {
			t := o.ID.Time
			if o.ID.IsZero() {
				t = o.Start.Time
			}
			list = append(list, t)
		}
		return len(list) < mostOccurrences
	})
	slices.SortFunc(list, time.Time.Compare)
	return list, err == nil
}

// after reports whether a series goes on after another one has ended.
func (s *series) after(o *series) bool {
	var last time.Time
	n := 0
	err := ical.Expand(o.of, time.Time{}, time.Time{}, func(x ical.Occurrence) bool {
		last = x.Start.Time
		n++
		return n < 20*mostOccurrences
	})
	if err != nil || last.IsZero() || n == 20*mostOccurrences {
		return false
	}
	more := false
	err = ical.Expand(s.of, last.Add(slack+24*time.Hour), last.AddDate(10, 0, 0), func(x ical.Occurrence) bool {
		more = !x.Of.Cancelled() && x.Start.Time.After(last.Add(slack))
		return !more
	})
	return more && err == nil
}

// exceptions compares what single occurrences say of their own.
func (c *comparing) exceptions(had, has *ical.Series) {
	var gone, now []string
	for i := range had.Exceptions {
		e := &had.Exceptions[i]
		var there *ical.Entry
		if has != nil {
			if k := slices.IndexFunc(has.Exceptions, func(o ical.Entry) bool { return sameMoment(e.Recurrence, o.Recurrence) }); k >= 0 {
				there = &has.Exceptions[k]
			}
		}
		says := spoken(e)
		if there == nil {
			if e.Cancelled() || ordinary(had.Master, e) {
				continue // left out, which the occurrences tell, or as all others
			}
			gone = append(gone, says)
			continue
		}
		if !sameMoment(e.Start, there.Start) || takes(e) > 0 && takes(e) != takes(there) || !say(e.Summary).within(say(there.Summary)) || !say(e.Location).within(say(there.Location)) || e.Cancelled() != there.Cancelled() {
			gone, now = append(gone, says), append(now, spoken(there))
		}
	}
	if len(gone) > 0 {
		c.lose(export.LostExceptions, strings.Join(gone, ", "), strings.Join(now, ", "))
	}
}

// takes is how long an entry takes, 0 if it does not say.
func takes(e *ical.Entry) time.Duration {
	if e.Start.IsZero() || e.End.IsZero() {
		return 0
	}
	return e.End.Time.Sub(e.Start.Time)
}

func spoken(e *ical.Entry) string {
	s := moment(e.Start)
	if e.Summary != "" {
		s = e.Summary + ", " + s
	}
	return s
}

// ordinary reports whether an exception says what its series says.
func ordinary(m, e *ical.Entry) bool {
	return m != nil && sameMoment(e.Start, e.Recurrence) && (takes(e) == 0 || takes(e) == takes(m)) && say(e.Summary).within(say(m.Summary)) && say(e.Location).within(say(m.Location))
}
