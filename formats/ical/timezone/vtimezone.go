package timezone

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/civil"
	"sidekeep/formats/ical/datetime"
	"sidekeep/formats/ical/syntax"
)

// LastRuleYear is the year up to which a rule of a zone has to hold for it to be
// written without an end.
const LastRuleYear = 2060

// An onset is one change of the clock as a VTIMEZONE writes it.
type onset struct {
	wall     int // on the clock before the change
	from, to int // offsets in seconds
	name     string
	summer   bool
}

// Write writes a VTIMEZONE (RFC 5545 section 3.6.5) named id that says of
// the years from first on what loc says: up to the year last, or for good if
// last is 0. Its lines end with CRLF.
func Write(id string, loc *time.Location, first, last int) []byte {
	end := LastRuleYear
	if last != 0 {
		end = max(last+1, first+1)
	}
	b := []byte("BEGIN:VTIMEZONE\r\n")
	b = contentline.Append(b, &contentline.Line{Name: "TZID", Value: contentline.Escape(id)})
	onsets := onsetsOf(loc, first, end)
	groups := map[onset][]onset{}
	var order []onset
	for _, o := range onsets {
		key := o
		key.wall = 0
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], o)
	}
	for _, key := range order {
		for list := groups[key]; len(list) > 0; {
			n, rule := longestRun(list)
			b = appendObservance(b, list[:n], rule, end)
			list = list[n:]
		}
	}
	return append(b, "END:VTIMEZONE\r\n"...)
}

// onsetsOf lists the changes of the clock from the one before the year first up
// to the end of the year end. There is at least one.
func onsetsOf(loc *time.Location, first, end int) []onset {
	t := time.Date(first, 1, 1, 0, 0, 0, 0, time.UTC).Add(-24 * time.Hour).In(loc)
	stop := civil.DayOf(end+1, 1, 1) * civil.DaySeconds
	var out []onset
	next := civil.SpanStart(loc, int(t.Unix()))
	if next == civil.FarPast { // as it has been ever since
		name, offset := t.Zone()
		wall := civil.DayOf(min(first, 1970), 1, 1) * civil.DaySeconds
		out = append(out, onset{wall, offset, offset, name, t.IsDST()})
		next = civil.SpanEnd(loc, int(t.Unix()))
	}
	for next < stop {
		after := time.Unix(int64(next), 0).In(loc)
		_, from := after.Add(-time.Second).Zone()
		name, to := after.Zone()
		out = append(out, onset{next + from, from, to, name, after.IsDST()})
		next = civil.SpanEnd(loc, next)
	}
	return out
}

// A zoneRule is a day of the year on which clocks change.
type zoneRule struct {
	month   int
	n       int // of the weekday in the month, -1 the last; 0: the first one from the day on
	day     int
	weekday time.Weekday
	date    bool // the day whatever its weekday
	second  int  // of the day
}

// candidates are the rules by which wall may be a change, the best known first.
func candidates(wall int) []zoneRule {
	day := civil.FloorDiv(wall, civil.DaySeconds)
	year, month, monthDay := civil.DateOf(day)
	r := zoneRule{month: month, weekday: civil.WeekdayOf(day), second: civil.FloorMod(wall, civil.DaySeconds)}
	var out []zoneRule
	if monthDay+7 > civil.MonthLength(year, month) {
		last := r
		last.n = -1
		out = append(out, last)
	}
	nth := r
	if nth.n = (monthDay-1)/7 + 1; nth.n < 5 {
		out = append(out, nth)
	}
	date := r
	date.date, date.day = true, monthDay
	out = append(out, date)
	for from := max(1, monthDay-6); from <= min(monthDay, civil.MonthLength(2001, month)-6); from++ {
		after := r
		after.day = from
		out = append(out, after)
	}
	return out
}

// in gives the wall-clock time of the change in a year.
func (r zoneRule) in(year int) int {
	first := civil.DayOf(year, r.month, 1)
	day := 0
	switch {
	case r.date:
		day = first + r.day - 1
	case r.n < 0:
		last := first + civil.MonthLength(year, r.month) - 1
		day = last - civil.FloorMod(int(civil.WeekdayOf(last)-r.weekday), 7)
	default:
		from := first
		if r.n == 0 {
			from += r.day - 1
		}
		day = from + civil.FloorMod(int(r.weekday-civil.WeekdayOf(from)), 7)
		if r.n > 0 {
			day += 7 * (r.n - 1)
		}
	}
	return day*civil.DaySeconds + r.second
}

func (r zoneRule) String() string {
	s := fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d", r.month)
	day := datetime.Weekdays[r.weekday]
	switch {
	case r.date:
		return s + fmt.Sprintf(";BYMONTHDAY=%d", r.day)
	case r.n != 0:
		return s + fmt.Sprintf(";BYDAY=%d%s", r.n, day)
	}
	days := make([]string, 7)
	for i := range days {
		days[i] = fmt.Sprint(r.day + i)
	}
	return s + ";BYMONTHDAY=" + strings.Join(days, ",") + ";BYDAY=" + day
}

// longestRun finds how many of the first onsets, in consecutive years, one rule
// names. Of less than three none is made: rule is "" and n is 1.
func longestRun(list []onset) (n int, rule string) {
	first, _, _ := civil.DateOf(civil.FloorDiv(list[0].wall, civil.DaySeconds))
	best := 0
	for _, c := range candidates(list[0].wall) {
		n := 0
		for n < len(list) && list[n].wall == c.in(first+n) {
			n++
		}
		if n > best {
			best, rule = n, c.String()
		}
	}
	if best < 3 {
		return 1, ""
	}
	return best, rule
}

// appendObservance writes a STANDARD or DAYLIGHT part.
func appendObservance(b []byte, run []onset, rule string, end int) []byte {
	o := run[0]
	kind := "STANDARD"
	if o.summer {
		kind = "DAYLIGHT"
	}
	lines := []string{"BEGIN:" + kind, "DTSTART:" + datetime.WallText(o.wall)}
	if rule != "" {
		last := run[len(run)-1]
		if year, _, _ := civil.DateOf(civil.FloorDiv(last.wall, civil.DaySeconds)); year < end {
			rule += ";UNTIL=" + datetime.WallText(last.wall-last.from) + "Z"
		}
		lines = append(lines, "RRULE:"+rule)
	}
	lines = append(lines, "TZOFFSETFROM:"+datetime.OffsetText(o.from), "TZOFFSETTO:"+datetime.OffsetText(o.to))
	if name := zoneName(o.name); name != "" {
		lines = append(lines, "TZNAME:"+contentline.Escape(name))
	}
	lines = append(lines, "END:"+kind)
	return append(b, strings.Join(lines, "\r\n")+"\r\n"...)
}

// A Span is the years for which a zone is used.
type Span struct {
	First, Last int
	Open        bool
}

// Years finds for each TZID of the components the years that it has to be
// right in.
func Years(nodes []*syntax.Node) map[string]Span {
	out := map[string]Span{}
	for _, n := range nodes {
		open := slices.ContainsFunc(n.Lines, func(l contentline.Line) bool { return l.Is("RRULE") })
		for i := range n.Lines {
			l := &n.Lines[i]
			if len(l.Params) == 0 {
				continue
			}
			id := strings.TrimSpace(l.Param("TZID"))
			if id == "" {
				continue
			}
			s, have := out[id]
			for item := range strings.SplitSeq(l.Value, ",") {
				item, _, _ = strings.Cut(item, "/")
				t, _, _, ok := datetime.ParseTime(item)
				if !ok {
					continue
				}
				if year := t.Year(); !have {
					s, have = Span{year, year, false}, true
				} else {
					s.First, s.Last = min(s.First, year), max(s.Last, year)
				}
			}
			s.Open = s.Open || open
			if have {
				out[id] = s
			}
		}
		for id, inner := range Years(n.Nodes) {
			if s, have := out[id]; have {
				inner = Span{min(s.First, inner.First), max(s.Last, inner.Last), s.Open || inner.Open}
			}
			out[id] = inner
		}
	}
	return out
}
