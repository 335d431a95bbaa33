package words

import (
	"time"
	"unicode"

	"sidekeep/export"
)

// What the screens say about the past.
const (
	HistoryTitle  = "History"
	NewestFirst   = "Newest first"
	AllAccounts   = "All accounts"
	ColumnAdded   = "added"
	ColumnChanged = "changed"
	ColumnGone    = "gone"
	ColumnMoved   = "moved"
	GoneMeans     = "Gone means gone from the service. It stays in your archive."
	NoExports     = "No export yet"
	NoExportsLine = "Each export will be listed here, with what it added, what changed, and what the service no longer has."

	SumListed    = "listed"
	SumKept      = "kept"
	SumUnchanged = "unchanged"
	SumSetAside  = "set aside"
	SumFailed    = "failed"

	NothingChanged = "Nothing was new, changed, moved or gone."
	YouAccepted    = "You said that it was you."
	TakeThatBack   = "Take that back"
	ListedAgain    = "The service has listed it all again since."

	ItemAdded    = "New in this export."
	ItemReturned = "It was gone from the service, and is back."
	ItemGone     = "The service no longer lists it. It stays in your archive."
	ItemSame     = "Its bytes changed, but nothing that can be read in it."
	ItemQuiet    = "Nothing that a person wrote has changed: it was only saved anew."
	BeforeColumn = "Before"
	AfterColumn  = "After"
	NoValue      = "none"

	ExportWasHeld     = "held"
	ExportWasAccepted = "answered"
	ExportIsOver      = "back"
	ExportSetAside    = "set aside"
	ExportWasStopped  = "stopped"
	ExportDidFail     = "failed"
)

// NoExportsOf tells that an account was not exported yet.
func NoExportsOf(account string) string { return "No export of “" + account + "” yet" }

// ExportTitle is "Export 41, today 08:10".
func ExportTitle(n int64, t, now time.Time) string {
	return "Export " + Number(int(n)) + ", " + Moment(t, now)
}

// Moment is When with the time of day for every day: "Friday 21:00", "3 March
// 21:00".
func Moment(t, now time.Time) string {
	w := When(t, now)
	t = t.In(now.Location())
	if d := daysBetween(t, now); d >= -1 && d <= 1 {
		return w
	}
	return w + " " + t.Format("15:04")
}

// Upper begins s with a capital.
func Upper(s string) string {
	for i, r := range s {
		return string(unicode.ToUpper(r)) + s[i+len(string(r)):]
	}
	return s
}

// Seconds is how long something took: "9 seconds", "4 minutes".
func Seconds(s float64) string {
	switch {
	case s < 1:
		return "less than a second"
	case s < 90:
		return plural(int(s+0.5), "second", "seconds")
	case s < 90*60:
		return plural(int(s/60+0.5), "minute", "minutes")
	}
	return plural(int(s/3600+0.5), "hour", "hours")
}

// NounAt is "event on 3 March 2026, 10:00".
func NounAt(k export.Kind, t time.Time, allDay bool) string {
	return Noun(k, 1) + " on " + At(t, allDay)
}

// NounWhen is "event, 3 March 2026, 10:00", in a list of items of which some have
// the same name; of people, and where no time is known, the noun alone.
func NounWhen(k export.Kind, t time.Time, allDay bool) string {
	if k == export.Contacts || t.IsZero() {
		return Noun(k, 1)
	}
	return Noun(k, 1) + ", " + At(t, allDay)
}

// At is "3 March 2026, 10:00", without the time of a whole day.
func At(t time.Time, allDay bool) string {
	if allDay {
		return t.Format("2 January 2006")
	}
	return t.Format("2 January 2006, 15:04")
}

// ReadSoFar tells how many changes of an export were read.
func ReadSoFar(n int) string {
	if n == 0 {
		return "Reading what changed"
	}
	return "Reading what changed: " + Number(n) + " so far"
}

// FieldsChanged is "2 fields changed".
func FieldsChanged(n int) string { return plural(n, "field changed", "fields changed") }

// ItemAside tells why an item could not be understood.
func ItemAside(why string) string {
	return "It could not be understood: " + why + ". Its bytes are kept as they came."
}

// ShowAll is the button that shows all of n.
func ShowAll(n int) string { return "Show all " + Number(n) }

// FilesFollow tells what the owner's files show after an answer.
func FilesFollow(has map[export.Kind]int) string {
	all, what := total(has)
	if all == 0 {
		return "Your files then show what the service lists: nothing of this."
	}
	return "Your files then show what the service lists: " + what + "."
}

// FilesFollowChanged tells what the owner's files show after an answer about
// items that have lost content.
const FilesFollowChanged = "Your files then show them as they are on the service now."

// FilesFollowAll is FilesFollow where items are gone and others have lost content.
const FilesFollowAll = "Your files then show what is on the service now."

// Pruned has the words for changes that the owner had removed.
func Pruned() Words {
	return Words{
		"What this export changed is not known any more.",
		"You had older versions removed. What is there now is whole.",
		"Newer exports still tell what they changed.",
	}
}

// PlaceName is the name of a collection or folder in quotation marks.
func PlaceName(name string) string {
	if name == "" {
		return "the top"
	}
	return "“" + name + "”"
}

// ItemMoved tells from where to where an item moved.
func ItemMoved(from, to string) string {
	return "Moved from " + PlaceName(from) + " to " + PlaceName(to) + "."
}

// SomeMoved is "40 moved".
func SomeMoved(n int) string { return Number(n) + " moved" }

// NounMoved is "contact, moved".
func NounMoved(noun string) string { return noun + ", moved" }

// What is said of files that keep what somebody wrote into the archive.
const (
	EditedTitle = "Kept, because you or another program had written it into the archive"
	EditedLine  = "Sidekeep writes its files again by itself. What you want to change is changed at the service; what you wrote here is kept in these files."
	KeptByHand  = "It keeps what somebody had written into an open file, which is as it was again."
)

// EditedByHand tells on a card that n open files had been changed by somebody.
func EditedByHand(n int) string {
	return some(n, "1 open file had been changed by hand, and is as it was again. What was written into it is kept: see Archive.",
		" open files had been changed by hand, and are as they were again. What was written into them is kept: see Archive.")
}
