package words

import (
	"errors"
	"strconv"
	"time"

	"sidekeep/export"
)

// What the screens say: sentences, and the verbs on buttons.
const (
	// Home
	Looking            = "Looking at your archive"
	AllSafe            = "All is safe"
	AllKept            = "All is kept"
	NothingToKeep      = "There is nothing to keep yet"
	NothingThere       = "Nothing that could be kept was found there. Once there is something, the next export keeps it."
	NotExportedHead    = "Not exported"
	NothingConnected   = "No account is connected"
	NothingLost        = "Nothing is lost. What was kept before stays as it was."
	NothingKeptYet     = "Nothing is kept yet."
	OnlyReads          = "An export only reads. It never changes anything on your phone or service."
	NeverExported      = "Nothing of it is kept yet."
	OverdueMeans       = "The service was not read in full for more than seven days."
	StoppedMeans       = "What has arrived is kept. The next export goes on from there."
	StoppedEmpty       = "Nothing had arrived yet. Your copy is as it was."
	OnlyInArchive      = "This account is in your archive and not set up on this computer."
	SigningIn          = "Signing in"
	ReadingService     = "Reading from the service"
	WritingFiles       = "Writing the open files"
	KeepsWhatIsHere    = "What has arrived is kept"
	Waiting            = "waiting"
	Counting           = "counting"
	ExportNow          = "Export now"
	ExportAgain        = "Export again"
	Stop               = "Stop"
	Stopping           = "Stopping"
	SignInAgain        = "Sign in again"
	ShowFiles          = "Show the files"
	WhatHappened       = "What happened?"
	HideDetails        = "Hide the details"
	WhatWasSaid        = "What the service or the system said"
	RemoveAccount      = "Remove this account"
	MoreProblemsLine   = "The archive lists every one with its reason."
	NoArchive          = "No archive yet"
	FirstExportMakesIt = "The first export makes it"
	BeingMade          = "Is being made"
	YourArchive        = "Your archive"
	ArchiveUnread      = "Archive not read"
	NothingTouched     = "Nothing was touched"
	ArchiveWhole       = "Archive is whole"
	ArchiveDamaged     = "Damage found"
	Checking           = "Checking"

	// The states of an account
	StateSafe      = "Safe"
	StateExporting = "Exporting"
	StateStopped   = "Stopped"
	StateHeld      = "Held"
	StateFailed    = "Failed"
	StateSetAside  = "Kept"
	StateOverdue   = "Overdue"
	StateAway      = "Archive only"
	StateEmpty     = "Empty"
	StateNew       = "New"

	// Connect
	AnotherService  = "Another service"
	IfYouKnow       = "If you know its address"
	AFolder         = "A folder"
	AFolderLine     = "On a disk or a share"
	DemoPhone       = "Demo phone"
	DemoLine        = "Made up, no account"
	UserName        = "User name"
	Password        = "Password"
	AppPassword     = "App password"
	KeptInKeychain  = "It is kept in this computer's keychain, never in the archive and never in a file."
	PhotoFolder     = "Folder of your photos, if there is one"
	PhotoFolderHint = "Its address on the same server. Without it, photos are left out."
	WhatToType      = "What to type here"
	NoName          = "Without a name"
	NotCounted      = "not counted"
	SeeWhatIsThere  = "See what is there"
	NothingSaved    = "Nothing is saved yet."
	OpenThePage     = "Open the page"
	NameOfAccount   = "Name of this account"
	WhereKept       = "Where your copy is kept"
	ChangeFolder    = "Change"
	SaveAndExport   = "Save and export now"
	Untick          = "Untick what you do not want to keep."
	NotGiven        = "not given"
	ChooseFolder    = "Choose a folder for your archive"
	UseFolder       = "Use this folder"
	ConnectFolder   = "Choose the folder to connect"
	ConnectThis     = "Connect this folder"

	PasswordCommand     = "Command that writes the password"
	PasswordCommandHint = "Without a keychain, Sidekeep asks this command at every export, for example “pass show mail”."

	// Archive
	ArchiveLine    = "Every file in it opens without Sidekeep."
	OpenFolder     = "Open the folder"
	UseAnother     = "Use another archive"
	CheckNow       = "Check every byte"
	NotChecked     = "Not checked yet"
	NotCheckedLine = "A check reads every byte again and compares it with what was written."
	VerifyLists    = "They are too many to be listed here."
)

// SignInAgainFor is the line of a sign-in to an account whose last export ended
// with err, which is nil if none did.
func SignInAgainFor(err error) string {
	var own speaker
	switch {
	case err == nil:
		return "A password that the service accepts takes the place of the one that Sidekeep has."
	case !errors.As(err, &own) && (errors.Is(err, export.ErrSignIn) || errors.Is(err, export.ErrExpired)):
		return "The service does not accept the password that Sidekeep has."
	}
	return For(err).Title
}

// AccountsWait is the headline when n accounts wait for an answer.
func AccountsWait(n int) string {
	return some(n, "One account waits for your answer", " accounts wait for your answer")
}

// AccountsFailed is the headline when the export of n accounts failed.
func AccountsFailed(n int) string {
	return some(n, "One account needs you", " accounts need you")
}

// AccountsNew is the headline when n accounts were never exported.
func AccountsNew(n int) string {
	return some(n, "One account waits for its first export", " accounts wait for their first export")
}

// AccountsOverdue is the headline when n accounts are overdue.
func AccountsOverdue(n int) string {
	return some(n, "One account is overdue", " accounts are overdue")
}

// AccountsStopped is the headline when the export of n accounts was stopped.
func AccountsStopped(n int) string {
	return some(n, "One export was stopped", " exports were stopped")
}

// Exporting is the headline while n accounts export.
func Exporting(n int) string { return some(n, "Exporting one account", "Exporting ", " accounts") }

// some writes one if n is 1, and else n between before and after; with one
// part only, n stands before it.
func some(n int, one string, many ...string) string {
	switch {
	case n == 1:
		return one
	case len(many) == 1:
		return Number(n) + many[0]
	}
	return many[0] + Number(n) + many[1]
}

// LastExport is "Last export 2 hours ago."
func LastExport(t, now time.Time) string {
	if t.IsZero() {
		return "Nothing was exported yet."
	}
	return "Last export " + Ago(t, now) + "."
}

// ExportedAgo is a card's caption: "Exported 2 hours ago".
func ExportedAgo(t, now time.Time) string {
	if t.IsZero() {
		return "Not exported yet"
	}
	return "Exported " + Ago(t, now)
}

// ImportedAgo is the caption of a card whose items came from files: "Imported
// 2 hours ago".
func ImportedAgo(t, now time.Time) string { return "Imported " + Ago(t, now) }

// LastGood is the caption of a card whose last export failed.
func LastGood(t, now time.Time) string {
	if t.IsZero() {
		return "No good export yet"
	}
	return "Last good export " + Ago(t, now)
}

// InArchive is "1,654 of 1,654 in your archive".
func InArchive(n, of int) string { return Progress(n, of) + " in your archive" }

// SumLine tells what the last export did with what it found.
func SumLine(c export.Counts) string {
	parts := []string{}
	for _, p := range []struct {
		n    int
		word string
	}{{c.Kept, "new or changed"}, {c.Unchanged, "unchanged"}, {c.SetAside, "set aside"}, {c.Failed, "failed"}} {
		if p.n > 0 {
			parts = append(parts, Number(p.n)+" "+p.word)
		}
	}
	if c.Moved > 0 {
		parts = append(parts, SomeMoved(c.Moved))
	}
	if c.Gone > 0 {
		parts = append(parts, Number(c.Gone)+" gone there and kept here")
	}
	if len(parts) == 0 {
		return "There was nothing to keep"
	}
	return List(parts)
}

// SetAsideNote tells that n items could not be understood.
func SetAsideNote(n int) string {
	return some(n, "1 item could not be understood. Its bytes are kept as they came.",
		" items could not be understood. Their bytes are kept as they came.")
}

// Missing has the words for an export in which n items failed.
func Missing(n int) Words {
	return Words{
		some(n, "1 item could not be read.", " items could not be read."),
		"Everything else is kept.",
		"The next export tries again.",
	}
}

// StillToCome tells that n items were not read before an export was stopped.
func StillToCome(n int) string {
	return some(n, "1 item is still to come.", " items are still to come.")
}

// ProblemTitle names the item, or the collection, that a problem is about.
func ProblemTitle(p export.Problem) string {
	switch {
	case p.Item == "" && p.Collection == "":
		return "The account"
	case p.Item == "":
		return p.Collection
	case p.Collection == "":
		return p.Item
	}
	return p.Item + " in " + p.Collection
}

// ProblemLine tells what is the matter with it.
func ProblemLine(p export.Problem) string {
	if p.Aside {
		return "Set aside: " + p.Detail
	}
	return For(p.Err()).Title
}

// DidNotArrive tells that an export ended before n items came.
func DidNotArrive(n int) string {
	return some(n, "1 item did not arrive.", " items did not arrive.")
}

// GoesOnThere is what becomes of them.
const GoesOnThere = "The next export goes on from there."

// MoreProblems is the last line of a list that was cut.
func MoreProblems(n int) string { return "and " + Number(n) + " more" }

// FoundMoved tells that the archive was found at another place.
func FoundMoved(to string) string { return "The archive was found at another place: " + to }

// Remove asks whether to remove an account.
func Remove(account string) Question {
	return Question{
		Title:   "Remove “" + account + "” from Sidekeep?",
		Meaning: "Everything that was kept of it stays in your archive.",
		Try:     "Sidekeep forgets the address and the password, and exports it no more.",
		Yes:     "Remove the account", No: "Keep it",
	}
}

// StoppedAt is where an export of a collection ended.
func StoppedAt(done, total int) string { return "stopped at " + Progress(done, total) }

// Rate is "14 photos a second".
func Rate(k export.Kind, n int) string { return Count(k, n) + " a second" }

// Percent is "40 %".
func Percent(part float64) string { return strconv.Itoa(int(part*100)) + " %" }

// CheckedAt is "Checked today".
func CheckedAt(t, now time.Time) string { return "Checked " + On(t, now) }

// FolderIsAt tells where the archive is, where no file manager can show it.
func FolderIsAt(dir string) string { return "Your archive is in " + dir }
