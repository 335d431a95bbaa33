package loss

import (
	"slices"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/formats/ical/datetime"
)

// A Lost is a value that an item had and has no more.
type Lost struct {
	What        string // one of the constants of package export
	Before, Now string // for people; Now is "" if nothing stands in its place
	Weak        bool   // people change it themselves, and many at once

	gone []string // of categories and members: which are gone
	of   int      // and of how many
	told bool     // it is noticed, and nothing is held for it
}

// Compare tells what of an item's content is lost: the gravest first, nothing
// if nothing is. Values that were added, and other ways to write one, are no
// loss. The fields of each What stand there once.
func Compare(had, has Content) []Lost {
	c := comparing{had: had, has: has}
	c.name()
	c.reach()
	c.time()
	c.task()
	c.more()
	c.details()
	if !had.cancelled && has.cancelled && !slices.ContainsFunc(c.lost, func(l Lost) bool { return l.What == export.LostStatuses }) {
		c.lose(export.LostStatuses, "takes place", "cancelled")
		c.lost[len(c.lost)-1].Weak = true
	}
	if c.renamed && c.anchors > 0 && c.held == 0 && c.others > 0 {
		c.lost = slices.Insert(c.lost, 0, Lost{What: export.LostOthers, Before: had.known(), Now: has.known()})
	}
	return c.lost
}

// Gained reports whether an item has got a name, numbers or mail addresses
// besides those that it had.
func Gained(had, has Content) bool {
	return !had.shown.empty() && !has.shown.within(had.shown.and(had.parts).and(had.standIn)) ||
		len(had.phones) > 0 && len(has.phones) > len(had.phones) || len(had.emails) > 0 && len(has.emails) > len(had.emails)
}

// known is what an item is known by.
func (c *Content) known() string {
	if c.shown.empty() {
		return c.parts.text
	}
	return c.shown.text
}

type comparing struct {
	had, has Content
	lost     []Lost
	renamed  bool // it has a name, and no word of the one before
	// Numbers, mail addresses and moments by which people would know it again:
	// how many there were, how many of them are left, how many others there are.
	anchors, held, others int
}

// anchor notes that one of those was there, and whether it is left.
func (c *comparing) anchor(left, any bool) {
	c.anchors++
	switch {
	case left:
		c.held++
	case any:
		c.others++
	}
}

func (c *comparing) lose(what, before, now string) {
	c.lost = append(c.lost, Lost{What: what, Before: before, Now: now})
}

// titles are words before and after a name that programs move and drop.
var titles = strings.Fields("dr prof mr mrs ms miss herr frau dipl ing mag jr sr phd md med esq sir dame mme mlle m sra srta don dona univ i ii iii")

// name compares names and summaries.
func (c *comparing) name() {
	had, has := &c.had, &c.has
	own := had.shown.and(had.parts)
	if had.shown.within(had.standIn) && had.parts.empty() {
		own = phrase{}
	}
	now := has.shown.and(has.parts)
	all := now.and(has.standIn)
	gone := own.missing(all)
	gone = slices.DeleteFunc(gone, func(w string) bool {
		return slices.Contains(titles, w) || len(own.words) > 2 && len([]rune(w)) == 1
	})
	known := had.shown.and(had.parts).and(had.standIn)
	if torn(had.known()) {
		gone = nil
		known = phrase{}
	}
	blank := !had.shown.and(had.parts).empty() && now.empty()
	if blank || len(gone) > 0 || !known.empty() && (replaced(had.shown, has.shown, known) || replaced(had.parts, has.parts, known)) {
		c.lose(export.LostNames, had.known(), has.known())
		c.renamed = !now.empty() && !slices.ContainsFunc(own.words, func(w string) bool { return !slices.Contains(titles, w) && now.has(w) })
	}
}

// replaced reports whether one way of writing a name is another name now.
func replaced(had, has, known phrase) bool {
	return !had.empty() && !has.empty() && !had.within(has) && len(has.missing(known)) > 0
}

// reach compares numbers and addresses.
func (c *comparing) reach() {
	had, has := &c.had, &c.has
	var gone, now []string
	for _, n := range had.phones {
		left := slices.ContainsFunc(has.phones, n.same)
		if c.anchor(left, len(has.phones) > 0); !left {
			gone = append(gone, n.text)
		}
	}
	for _, n := range has.phones {
		if !slices.ContainsFunc(had.phones, n.same) {
			now = append(now, n.text)
		}
	}
	if len(gone) > 0 {
		c.lose(export.LostNumbers, strings.Join(gone, ", "), strings.Join(now, ", "))
	}
	gone, now = nil, nil
	for _, s := range had.emails {
		left := slices.Contains(has.emails, s)
		if c.anchor(left, len(has.emails) > 0); !left {
			gone = append(gone, s)
		}
	}
	for _, s := range has.emails {
		if !slices.Contains(had.emails, s) {
			now = append(now, s)
		}
	}
	if len(gone) > 0 {
		c.lose(export.LostMails, strings.Join(gone, ", "), strings.Join(now, ", "))
	}
	for _, a := range had.addresses {
		if slices.ContainsFunc(has.addresses, a.same) {
			continue
		}
		text := ""
		if len(has.addresses) > 0 {
			text = has.addresses[0].text
		}
		c.lose(export.LostAddresses, a.text, text)
		break
	}
	if b, n := had.birthday, has.birthday; (b.Month > 0 || b.Year > 0) && (b.Month != n.Month || b.Day != n.Day || b.Year != 0 && b.Year != n.Year) {
		c.lose(export.LostBirthdays, b.Text, n.Text)
	}
}

// time compares when an event takes place, and how often.
func (c *comparing) time() {
	had, has := &c.had, &c.has
	if had.start.IsZero() || !had.due.IsZero() {
		return
	}
	c.anchor(sameMoment(had.start, has.start), !has.start.IsZero())
	switch {
	case !sameMoment(had.start, has.start):
		c.lose(export.LostDates, moment(had.start), moment(has.start))
	case had.lasts > 0 && had.lasts != has.lasts:
		c.lose(export.LostDates, moment(had.start)+", "+had.lasts.String(), moment(has.start)+", "+has.lasts.String())
	case had.recurs != "" && (has.recurs == "" || plainRhythm(had.recurs) && plainRhythm(has.recurs) && had.recurs != has.recurs):
		c.lose(export.LostDates, moment(had.start)+", "+often(had.recurs), moment(has.start)+", "+often(has.recurs))
	default:
		c.recurrence()
	}
}

// often tells a rhythm to people.
func often(s string) string { return strings.TrimSuffix(strings.ToLower(s), " 1") }

func plainRhythm(s string) bool { return s != "dates" && s != "rule" }

// task compares when a to-do is due and whether it is done.
func (c *comparing) task() {
	had, has := &c.had, &c.has
	c.recurring()
	if had.start.IsZero() || sameMoment(had.start, had.due) || sameMoment(had.start, has.start) {
		// It says nothing of its own, or the same.
	} else if !had.due.IsZero() {
		c.lose(export.LostDates, "from "+moment(had.start), moment(has.start))
		c.lost[len(c.lost)-1].Weak = !has.start.IsZero() && !had.done
	}
	if had.done && !has.done {
		c.lose(export.LostDone, "done", "not done")
	} else if had.done && !had.completed.IsZero() && wall(had.completed.Time)/day != wall(has.completed.Time)/day && !sameMoment(had.completed, has.completed) {
		c.lose(export.LostDone, "done "+moment(had.completed), moment(has.completed))
	}
	if had.due.IsZero() || sameMoment(had.due, has.due) {
		return
	}
	c.lost = slices.DeleteFunc(c.lost, func(l Lost) bool { return l.What == export.LostDates })
	c.lose(export.LostDates, moment(had.due), moment(has.due))
	c.lost[len(c.lost)-1].Weak = !has.due.IsZero() && !had.done
}

// recurring compares how often a to-do is due. One that is done for good comes
// back no more.
func (c *comparing) recurring() {
	had, has := &c.had, &c.has
	if had.due.IsZero() || had.recurs == "" || has.done && !had.done {
		return
	}
	if has.recurs == "" || plainRhythm(had.recurs) && plainRhythm(has.recurs) && had.recurs != has.recurs {
		c.lose(export.LostSeries, often(had.recurs), often(has.recurs))
	}
}

// more compares places and portraits.
func (c *comparing) more() {
	had, has := &c.had, &c.has
	if gone := had.places.missing(has.places); len(gone)*4 > len(had.places.words) {
		c.lose(export.LostPlaces, had.places.text, has.places.text)
	}
	for _, p := range had.portraits {
		if !slices.ContainsFunc(has.portraits, p.like) {
			now := ""
			if len(has.portraits) > 0 {
				now = "another"
			}
			c.lose(export.LostPortraits, "", now)
			break
		}
	}
}

// sameMoment reports whether two moments are one for a person: in whatever
// zone, and where one has none, by what the clock on the wall shows.
func sameMoment(a, b datetime.Moment) bool {
	switch {
	case b.IsZero() || a.Date != b.Date:
		return a.IsZero() && b.IsZero()
	case a.Time.Equal(b.Time) || wall(a.Time) == wall(b.Time) && (a.Floating || b.Floating):
		return true
	case a.Floating && !b.Floating:
		// It stood in the zone of whoever looked at it, which nobody knows.
		d := wall(a.Time) - b.Time.Unix()
		return d%(15*60) == 0 && -12*3600 <= d && d <= 14*3600
	}
	return false
}

// wall is what the clock on the wall shows.
func wall(t time.Time) int64 {
	_, offset := t.Zone()
	return t.Unix() + int64(offset)
}

// moment tells a moment to people.
func moment(m datetime.Moment) string {
	switch {
	case m.IsZero():
		return ""
	case m.Date:
		return m.Time.Format("2 Jan 2006")
	case m.Floating || m.Zone != "":
		return m.Time.Format("2 Jan 2006, 15:04")
	}
	return m.Time.Format("2 Jan 2006, 15:04 UTC")
}
