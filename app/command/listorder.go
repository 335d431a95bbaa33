package command

import (
	"cmp"
	"slices"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// A listing puts the lines of items into the order in which a person looks for
// them: people by name, as a phone book has them; what has a date by date, and by
// name where that is the same. What has no name, or no date, comes last.
type listing struct {
	names *collate.Collator
	buf   collate.Buffer
	lines []listed
}

type listed struct {
	when   string    // as it is shown, "" for people
	moment time.Time // of the two hours of one name, when a clock is set back
	name   []byte    // as names are compared
	line   string
}

func newListing() *listing {
	return &listing{names: collate.New(language.Und, collate.Numeric)}
}

// add takes the line of an item. Lines of one date and name stay in the order of
// the archive.
func (l *listing) add(it *archive.Item, line string) {
	x := listed{moment: it.Start, line: line}
	if it.Kind == export.Contacts {
		x.moment = time.Time{}
	} else {
		x.when = start(*it)
	}
	if it.Name != "" {
		x.name = slices.Clone(l.names.KeyFromString(&l.buf, it.Name))
		l.buf.Reset()
	}
	l.lines = append(l.lines, x)
}

// sorted returns the lines.
func (l *listing) sorted() []listed {
	slices.SortStableFunc(l.lines, func(a, b listed) int {
		return cmp.Or(lastly(a.when == "" && a.moment.IsZero(), b.when == "" && b.moment.IsZero()), cmp.Compare(a.when, b.when), a.moment.Compare(b.moment),
			lastly(len(a.name) == 0, len(b.name) == 0), slices.Compare(a.name, b.name))
	})
	return l.lines
}

// lastly puts what lacks something behind what does not.
func lastly(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
