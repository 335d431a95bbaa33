package site

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"sidekeep/export/archive/pages"
	"sidekeep/formats/ical"
	"sidekeep/formats/ical/datetime"
)

// The bounds of the agenda. What recurs is shown from a year before the newest
// export to a year after it; what had ended before then is shown with all of its
// times, or if those are too many with its first.
const (
	mostOfYear   = 1500   // more go to pages of months
	mostOfMonth  = 600    // more go to three pages
	mostBefore   = 600    // times of one series that ended before the window
	mostTimes    = 5000   // of one series in all
	mostInAgenda = 300000 // of all series
)

// An agendaSeries is an event that takes place more than once.
type agendaSeries struct {
	first time.Time
	all   bool // its times before the window are shown
}

// An agendaBuilder stages the pages of the agenda.
type agendaBuilder struct {
	*Builder
	from, to time.Time // the window of what recurs
	list     []Entry
	series   map[uint32]*agendaSeries // by version
	reader   ical.Reader
	cut      int // series of which times are missing
}

func (s *Builder) agenda() error {
	a := &agendaBuilder{Builder: s, series: map[uint32]*agendaSeries{}, list: s.entries("Agenda")}
	a.from = time.Date(s.year-1, 1, 1, 0, 0, 0, 0, time.UTC)
	a.to = a.from.AddDate(3, 0, 0)
	if err := a.read(); err != nil {
		return err
	}
	return a.stage()
}

// read finds the month of every event, and the months of what recurs. One
// that takes place once is not read for that.
func (a *agendaBuilder) read() error {
	query := strings.Replace(a.understood, "WHERE", "JOIN blob USING (blob) WHERE", 1)
	var recurring []Entry
	err := a.each("SELECT item.item, version.version, item.collection, version.start, item.present <> 0, blob.bytes "+query+" AND version.kind = 'events'", nil, func(rows *sql.Rows) error {
		var e Entry
		var start, raw sql.RawBytes
		var present bool
		err := rows.Scan(&e.item, &e.Version, &e.n, &start, &present, &raw)
		if !present {
			e.flags |= entryGone
		}
		if recurs(raw) {
			e.flags |= entryMany
			recurring = append(recurring, e)
			return err
		}
		if len(start) >= len("2006-01-02T15:04:05") {
			copy(e.key[:], start[:19])
		}
		a.list = append(a.list, e)
		return err
	})
	if err != nil {
		return err
	}
	err = a.Bodies(recurring, func(i int, raw []byte) error { return a.expand(&recurring[i], raw) })
	sortEntries(a.list)
	return err
}

// recurs tells whether an event may take place more than once. A time zone has
// rules too, and stands before what happens in it.
func recurs(raw []byte) bool {
	raw = raw[max(0, bytes.Index(raw, []byte("BEGIN:VEVENT"))):]
	for _, name := range [...]string{"RRULE", "RDATE", "RECURRENCE-ID"} {
		if bytes.Contains(raw, []byte(name)) {
			return true
		}
	}
	return false
}

// expand adds an entry for every time of a series.
func (a *agendaBuilder) expand(e *Entry, raw []byte) error {
	list, err := a.reader.Series(raw)
	if err != nil {
		return nil
	}
	for i := range list {
		times, info, whole := a.times(&list[i])
		if !whole {
			a.cut++
		}
		for _, t := range times {
			if info.first.IsZero() || t.Before(info.first) {
				info.first = t
			}
			if len(a.list) < mostInAgenda {
				one := *e
				copy(one.key[:], t.Format("2006-01-02T15:04:05"))
				a.list = append(a.list, one)
			}
		}
		if was := a.series[e.Version]; was == nil {
			a.series[e.Version] = info
		} else if info.first.Before(was.first) {
			was.first = info.first
		}
	}
	return nil
}

// times finds when a series takes place: in the window, or if it ended before,
// all of its times, or if those are too many its first. whole tells that none
// are missing.
func (a *agendaBuilder) times(s *ical.Series) (list []time.Time, info *agendaSeries, whole bool) {
	info = &agendaSeries{}
	collect := func(from, to time.Time, most int) bool {
		err := ical.Expand(s, from, to, func(o ical.Occurrence) bool {
			if from.IsZero() || !wallTime(o.Start).Before(from) {
				list = append(list, o.Start.Time)
			}
			return len(list) < most
		})
		return err == nil && len(list) < most
	}
	if whole = collect(a.from, a.to, mostTimes); len(list) > 0 {
		return list, info, whole
	}
	if whole = collect(time.Time{}, a.from, mostBefore) && whole; len(list) == mostBefore {
		return list[:1], info, false
	}
	if info.all = true; len(list) == 0 { // it begins after the window
		whole = whole && collect(a.to, time.Time{}, 2)
		list = list[:min(1, len(list))]
	}
	return list, info, whole
}

// wallTime is what a clock shows at that moment where it takes place.
func wallTime(m datetime.Moment) time.Time {
	t := m.Time
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// stage cuts the agenda into years, and full years into months.
func (a *agendaBuilder) stage() error {
	lead := fmt.Sprintf("What repeats is shown from %d to %d.", a.from.Year(), a.to.Year()-1)
	if a.cut > 0 {
		lead += fmt.Sprintf(" Of %s that repeat very often or for very long, only a part is shown: the calendar files have all of it.", counted(a.cut, "event", "events"))
	}
	if len(a.list) == 0 {
		lead = "None of the events takes place at any time: each is left out of its own series. The calendar files have them."
	}
	if len(a.list) <= onePage {
		return a.pageOf("Agenda", "agenda", "", lead, a.list)
	}
	index := pages.PartsPage{Title: "Agenda", Here: "Agenda", Total: len(a.list), Many: "times that something takes place", Lead: ". " + lead}
	for _, year := range runs(a.list, 4) {
		name := string(year[0].key[:4])
		if name == "\x00\x00\x00\x00" {
			name = "Without a date"
		}
		group := pages.PartsGroup{Name: name}
		months := [][]Entry{year}
		if len(year) > mostOfYear {
			months = runs(year, 7)
		}
		for _, month := range months {
			for _, part := range thirds(month) {
				file, title := partName(part, len(months) > 1, len(part) < len(month))
				if err := a.pageOf(title, file, "agenda.html", "", part); err != nil {
					return err
				}
				group.Parts = append(group.Parts, pages.Part{Name: title, File: file + ".html", N: len(part)})
			}
		}
		index.Groups = append(index.Groups, group)
	}
	index.Groups = gathered(index.Groups)
	return a.Page(PagesDir+"agenda.html", a.mark([]byte(fmt.Sprintf("%+v", index))), func(w io.Writer) error { return a.site.Parts(w, index) })
}

// partName is the file and the title of a page of the agenda.
func partName(part []Entry, month, third bool) (file, title string) {
	key := part[0].key
	switch {
	case key[0] == 0:
		return "agenda-undated", "Without a date"
	case third:
		n := thirdOf(key)
		return fmt.Sprintf("agenda-%s-%c", key[:7], 'a'+n), [...]string{"Early ", "Middle of ", "Late "}[n] + monthName(key)
	case month:
		return "agenda-" + string(key[:7]), monthName(key)
	}
	return "agenda-" + string(key[:4]), string(key[:4])
}

// thirds cuts a full month into three.
func thirds(month []Entry) (parts [][]Entry) {
	if len(month) <= mostOfMonth || month[0].key[0] == 0 || string(month[0].key[:7]) != string(month[len(month)-1].key[:7]) {
		return [][]Entry{month}
	}
	from := 0
	for i := 1; i <= len(month); i++ {
		if i == len(month) || thirdOf(month[i].key) != thirdOf(month[from].key) {
			parts = append(parts, month[from:i])
			from = i
		}
	}
	return parts
}

// thirdOf is 0 for days up to 10, 1 up to 20, 2 after that.
func thirdOf(key [24]byte) int {
	if key[8] == '0' || string(key[8:10]) == "10" {
		return 0
	} else if key[8] == '1' || string(key[8:10]) == "20" {
		return 1
	}
	return 2
}

// gathered puts years of one page into one list, the newest first.
func gathered(groups []pages.PartsGroup) []pages.PartsGroup {
	slices.Reverse(groups)
	var out []pages.PartsGroup
	for _, g := range groups {
		last := len(out) - 1
		if len(g.Parts) == 1 && last >= 0 && out[last].Name == "" {
			out[last].Parts = append(out[last].Parts, g.Parts...)
			continue
		}
		if len(g.Parts) == 1 {
			g.Name = ""
		}
		out = append(out, g)
	}
	return out
}

// runs cuts a sorted list where the first n bytes of the keys change.
func runs(list []Entry, n int) (parts [][]Entry) {
	from := 0
	for i := 1; i <= len(list); i++ {
		if i == len(list) || string(list[i].key[:n]) != string(list[from].key[:n]) {
			parts = append(parts, list[from:i])
			from = i
		}
	}
	return parts
}

func monthName(key [24]byte) string {
	t, err := time.Parse("2006-01", string(key[:7]))
	if err != nil {
		return string(key[:7])
	}
	return t.Format("January 2006")
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "one " + one
	}
	return pages.Count(n) + " " + many
}

// pageOf stages the page of these times.
func (a *agendaBuilder) pageOf(title, file, up, lead string, list []Entry) error {
	path := PagesDir + file + ".html"
	mark := a.markOf(title+"\n"+lead+"\n"+up, list)
	if a.keep(path, mark) {
		return nil
	}
	var first, last [24]byte
	if len(list) > 0 {
		first, last = list[0].key, list[len(list)-1].key
	}
	seen := map[uint32]bool{}
	var once []Entry
	for _, e := range list {
		if e.flags&entryMany != 0 {
			if seen[e.Version] {
				continue
			}
			seen[e.Version] = true
		}
		once = append(once, e)
	}
	page := &a.agendaRoom
	page.Title, page.Up, page.Lead = title, up, lead
	page.Reset()
	err := a.Bodies(once, func(i int, raw []byte) error {
		series, err := a.reader.Series(raw)
		if err != nil {
			return nil
		}
		e := &once[i]
		for i := range series {
			a.occurrences(&series[i], e, first, last, func(o ical.Occurrence) {
				page.Add(&o, a.names[e.n], int64(e.n), e.flags&entryGone != 0)
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.Page(path, mark, func(w io.Writer) error { return a.site.Events(w, page) })
}

// occurrences calls show for the times of a series that stand between two keys.
func (a *agendaBuilder) occurrences(s *ical.Series, e *Entry, first, last [24]byte, show func(ical.Occurrence)) {
	if e.flags&entryMany == 0 {
		// What is missing of one that takes place once is told by nobody.
		_ = ical.Expand(s, time.Time{}, time.Time{}, func(o ical.Occurrence) bool {
			show(o)
			return false
		})
		return
	}
	info := a.series[e.Version]
	from, err1 := time.Parse("2006-01-02", string(first[:10]))
	to, err2 := time.Parse("2006-01-02", string(last[:10]))
	if err := errors.Join(err1, err2); err != nil || info == nil {
		return
	}
	// Rules that are not understood were counted when the months were found.
	n := 0
	_ = ical.Expand(s, from.AddDate(0, 0, -2), to.AddDate(0, 0, 3), func(o ical.Occurrence) bool {
		key := o.Start.Time.Format("2006-01-02T15:04:05")
		if key >= string(first[:19]) && key <= string(last[:19]) && (!wallTime(o.Start).Before(a.from) || info.all || o.Start.Time.Equal(info.first)) {
			show(o)
			n++
		}
		return n < mostTimes
	})
}
