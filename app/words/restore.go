package words

import (
	"errors"
	"time"

	"sidekeep/export"
	"sidekeep/export/restore"
)

// What the screens say about putting items back.
const (
	RestoreTitle     = "Restore"
	RestoreLine      = "Choose what goes where. You see the plan first, and you can undo it."
	PutThemBack      = "Put them back"
	SeeThePlan       = "See the plan"
	KeepOnly         = "Keep in archive only"
	LetGo            = "Let go to see the plan"
	NotBeforeYouSay  = "Nothing is written before you say so."
	PutHere          = "Put it back here"
	NothingWritten   = "Nothing has been written yet."
	ReadingFiles     = "Reading what was dropped"
	Comparing        = "Comparing your copy with what is there now"
	KeepingTarget    = "Keeping what is there now, so that this can be undone"
	PuttingThere     = "Putting your items there"
	TakingBack       = "Taking back what was written"
	LookingAgain     = "Looking at what is there now"
	StopKeeps        = "Stop any time: what is written stays, and you can go on later or undo it."
	DropAnywhere     = "or drop files anywhere in this window"
	ToCreate         = "to create"
	MissingThere     = "Not there now"
	IdenticalWord    = "identical"
	NothingToDo      = "Nothing to do"
	DifferWord       = "differ"
	DiffersWord      = "differs"
	YouChoose        = "You choose, below"
	NotTaken         = "not taken"
	SeeReasons       = "The reasons are below"
	MergeKeeps       = "Merge keeps every number and address of both."
	MergePhotos      = "Photos are never merged: both are kept."
	ForAll           = "For all"
	CannotKeep       = "What this service cannot keep"
	BeforeYouWrite   = "Before you write"
	NotUsed          = "Not used"
	AllLinesBack     = "Every line of the plan"
	InYourCopyShort  = "Your copy"
	ThereShort       = "There now"
	NothingToWrite   = "Everything is there already. There is nothing to write."
	NothingChosen    = "Nothing is to be written: what differs stays as it is there."
	PlanAgain        = "Make the plan again"
	GoOn             = "Go on"
	ChangedMind      = "Changed your mind?"
	LeftAlone        = "What was changed there since then is left alone, and Sidekeep tells you."
	ReadBack         = "Compared with your copy, item by item"
	NotReadBack      = "It could not be read back yet"
	NotReadBackLine  = "The next export shows what is there."
	ToldBefore       = "The plan told you about these. Your copy is unchanged."
	Done             = "Done"
	WritingNow       = "Something is being written to an account. Wait until it is done."
	ExportsNow       = "An export is running. You can write when it is done."
	FilterAll        = "All"
	NotTakenTitle    = "What is not taken, and why"
	FilterNew        = "To create"
	FilterSame       = "Identical"
	FilterDiffer     = "Differ"
	FilterRefused    = "Not taken"
	NoneOfThem       = "There are none of these."
	WillBeCreated    = "will be created"
	IsThere          = "is there already"
	StaysAsThere     = "stays as it is there"
	BothAreKept      = "both are kept"
	WillBeMerged     = "will be merged"
	WillBeReplaced   = "will be replaced by your copy"
	SumCreated       = "Created"
	SumMerged        = "Merged"
	SumReplaced      = "Replaced"
	SumSame          = "There already"
	SumLeft          = "Left as they were"
	SumRefused       = "Not taken"
	UndoRestore      = "Undo"
	Undoing          = "Taking it back"
	FromWhere        = "From"
	ToWhere          = "Put it on"
	AsItIsNow        = "As it is now"
	What             = "What"
	OnlyVanished     = "Only what has vanished"
	OnlyVanishedLine = "What is gone over there, and your archive keeps."
	EarlierRestores  = "Earlier restores"
	NoRestores       = "Nothing was put back yet."
	NowhereToPut     = "Connect a phone or service first: there is nothing to write to."
	FirstExportRuns  = "The first export is running. When it is done, what it kept can be put back."
	NothingInArchive = "Nothing was kept yet, so there is nothing to put back. Export first."
	NothingAtMoment  = "There is nothing of it at that time."
	ProveNow         = "Prove now"
	StateUnproven    = "Not proven"
	HowProven        = "Put back on a practice service and compared"
	Proving          = "Proving: putting it back on a practice service"
	UnprovenMeans    = "Your history has them as they came. What did not come back is listed."
	Nothing          = "nothing"
)

// Choices are the words for what becomes of what differs.
func Choices() []string { return []string{"Keep both", "Merge", "Archive", "As there"} }

// PutTitle is "Put 412 people on New phone", "Put 409 people back on Old phone".
func PutTitle(n map[export.Kind]int, account string, back bool) string {
	_, what := total(n)
	if what == "" {
		what = Nothing
	}
	if back {
		return "Put " + what + " back on " + account
	}
	return "Put " + what + " on " + account
}

// NoPlan is the title where no plan for account could be made.
func NoPlan(account string) string { return "No plan for " + account + " could be made" }

// PlanFrom says where what is restored comes from.
func PlanFrom(account string, at, now time.Time) string {
	if at.IsZero() {
		return "From " + account + ", as it is in your copy."
	}
	return "From " + account + ", as it was " + Moment(at, now) + "."
}

// PlanFromFiles does so for dropped files.
func PlanFromFiles(first string, n int) string {
	switch n {
	case 0:
		return "From " + first + "."
	case 1:
		return "From " + first + " and another."
	}
	return "From " + first + " and " + Number(n) + " others."
}

// DifferTitle is "4 people differ".
func DifferTitle(n map[export.Kind]int) string {
	all, what := total(n)
	return what + verb(all, " differs", " differ")
}

// CreatesTitle is "4 people are not there yet".
func CreatesTitle(n map[export.Kind]int) string {
	all, what := total(n)
	return what + verb(all, " is not there yet", " are not there yet")
}

// Some names some of the items that n counts: "3 people: Ada, Ben and Cem", "12
// events: Choir, Yoga and 10 more".
func Some(n map[export.Kind]int, names []string) string {
	all, what := total(n)
	if more := all - len(names); more > 0 {
		names = append(names[:len(names):len(names)], Number(more)+" more")
	}
	return what + ": " + List(names)
}

// PlanSum is "120 new, 3 replaced, 289 left as they are".
func PlanSum(c restore.Counts) string {
	parts := []string{}
	for _, p := range []struct {
		n    int
		word string
	}{{c.Create, "new"}, {c.Merge, "merged"}, {c.Replace, "replaced"}, {c.Same + c.Leave, "left as they are"}, {c.Refused, "not taken"}} {
		if p.n > 0 {
			parts = append(parts, Number(p.n)+" "+p.word)
		}
	}
	return List(parts)
}

// WriteVerb is "Write 123 people".
func WriteVerb(n map[export.Kind]int) string {
	_, what := total(n)
	return "Write " + what
}

// SeeAllLines is "See all 412 lines".
func SeeAllLines(n int) string { return some(n, "See the line", "See all ", " lines") }

// ComparedSoFar is how many items were compared.
func ComparedSoFar(n int) string { return Number(n) + " compared" }

// Writes is the title while something is written.
func Writes(n int, account string) string {
	return some(n, "Putting 1 item on "+account, "Putting ", " items on "+account)
}

// ReadBackOf is "412 of 412 read back".
func ReadBackOf(n, of int) string { return Progress(n, of) + " read back" }

// WhyNot tells why an item is not written.
func WhyNot(err error) string {
	w := For(err)
	if Cause(err) == nil && err != nil && !errors.As(err, new(speaker)) {
		return err.Error()
	}
	return w.Title
}

// AskPut asks whether n items are put on the account of a card.
func AskPut(n map[export.Kind]int, account string) string {
	all, what := total(n)
	if all == 0 {
		return "Put this on " + account + "?"
	}
	return "Put " + what + " back here?"
}

// ThereNow is "288 people there now".
func ThereNow(n map[export.Kind]int) string {
	all, what := total(n)
	switch {
	case all == 0:
		return "Nothing there yet"
	case len(n) > 2:
		what = plural(all, "item", "items")
	}
	return what + " there now"
}

// MoreFiles is "and 3 more files".
func MoreFiles(n int) string { return some(n, "and 1 more file", "and ", " more files") }

// Invitations tells that n events that would be written have guests.
func Invitations(n int) string {
	return some(n, "1 event has guests. The service may send them an invitation when it is put back.",
		" events have guests. The service may send them invitations when they are put back.")
}

// SkippedFiles tells that n dropped files hold nothing that can be used.
func SkippedFiles(n int) string {
	return some(n, "1 file in it holds nothing that can be put back.", " files in it hold nothing that can be put back.")
}

// TakingIn tells that dropped files are being imported.
func TakingIn(name string) string { return "Taking " + name + " into your archive" }

// TookIn tells what an import brought.
func TookIn(n int, account string) string {
	if n == 0 {
		return "All of it was in your archive already, as “" + account + "”. Nothing was added."
	}
	return some(n, "1 item was added to your archive, as “"+account+"”.", " items were added to your archive, as “"+account+"”.")
}

// NotTakenIn tells that an import did not come to its end.
func NotTakenIn(w Words) string { return "The files were not taken in. " + w.Title + " " + w.Try }

// RestoreEntry is a line of the list of earlier restores: "120 created, 3 changed".
func RestoreEntry(created, changed int) string {
	parts := []string{}
	if created > 0 {
		parts = append(parts, Number(created)+" created")
	}
	if changed > 0 {
		parts = append(parts, Number(changed)+" changed")
	}
	if len(parts) == 0 {
		return "Nothing was written"
	}
	return List(parts)
}

// RestoreStates are the words for how earlier restores stand.
const (
	RestoreWasUndone  = "taken back"
	RestoreWasStopped = "stopped on the way"
)

// PutBackMeans says on the page of what looks lost what putting it back does.
func PutBackMeans(n map[export.Kind]int, account string) string {
	_, what := total(n)
	return "Sidekeep writes " + what + " to " + account + "."
}

// PlanFirst is the line below it.
const PlanFirst = "You see the plan first, and you can undo it."

// MoreDifferences ends a line that tells one of several differences.
func MoreDifferences(n int) string { return some(n, ", and 1 more", ", and ", " more") }

// NotAsInCopy is the title over items that were read back in another state.
func NotAsInCopy(n int) string {
	return some(n, "1 reads back in another state", " read back in another state")
}

// What is said of items that were read back, and of an undo.
const (
	NotAsWritten   = "The service does not have it as your copy does."
	SumTakenAway   = "Taken away"
	SumBroughtBack = "Brought back"
)

// ImportLater is said where files are dropped while something is written.
const ImportLater = "An export is running. Drop the files again when it is done."

// ImportStopped tells that an import was stopped.
func ImportStopped(n int) string {
	return "The import was stopped. " + some(n, "1 item was added to your archive.", " items were added to your archive.")
}

// What the room of restores says.
const (
	ConnectOne      = "Connect a phone or service"
	AllOrNone       = "All or none"
	NothingVanished = "Nothing has vanished."
)

// AsItWas is "As it was on Friday 21:00".
func AsItWas(t, now time.Time) string { return "As it was " + Moment(t, now) }

// ChosenItems is "412 people and 38 to-dos chosen".
func ChosenItems(n map[export.Kind]int) string {
	_, what := total(n)
	if what == "" {
		return "Nothing chosen"
	}
	return what + " chosen"
}

// RestoredTo is "On New phone, from Old phone"; from is "" for dropped files.
func RestoredTo(account, from string) string {
	switch from {
	case "":
		return "Files, put on " + account
	case account:
		return "Put back on " + account
	}
	return "From " + from + " to " + account
}

// WaitsForTurn is the caption of an export that waits for another one.
const WaitsForTurn = "Begins when your archive is free"

// WritingSide is the foot of the sidebar while items are put on an account.
const WritingSide = "Putting items back"

// LinesDone tells how far the list of a restore is: "36 of 60 are done".
// unsure of the others were begun, and it is not known whether they are there.
func LinesDone(done, lines, unsure int) string {
	s := Number(done) + " of " + Number(lines) + " are done"
	if unsure > 0 {
		s += "; of " + Number(unsure) + " more it is not known yet"
	}
	return s
}

// Texts about a restore that is open.
const (
	DropRest      = "Drop the rest"
	RestOfDropped = "the rest was dropped"
)

// DropQuestion asks whether what is left of a restore is given up.
func DropQuestion(account string, done, lines int) Question {
	return Question{
		Title:   "Give up what is left of the restore onto “" + account + "”?",
		Meaning: Upper(LinesDone(done, lines, 0)) + ". What was written stays, and can be undone.",
		Try:     "The next export looks whether anything is missing still.",
		Yes:     DropRest, No: LeaveIt,
	}
}

// Dropped says that what was left of a restore is given up.
func Dropped(account string) string {
	return "The rest of the restore onto " + account + " is dropped."
}

// OpenRestore tells of an open restore onto a held account.
func OpenRestore(done, lines, unsure int) string {
	return "A restore is open: " + LinesDone(done, lines, unsure) + "."
}
