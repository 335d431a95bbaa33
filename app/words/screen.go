package words

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"sidekeep/export"
)

// What the screens say: sentences, and the verbs on buttons.
const (
	// Home
	Looking            = "Looking at your archive"
	AllSafe            = "All is safe"
	AllKept            = "All is kept"
	NothingConnected   = "No account is connected"
	NothingLost        = "Nothing is lost. What was kept before stays as it was."
	OnlyReads          = "An export only reads. It never changes anything on your phone or service."
	NeverExported      = "Nothing of it is kept yet."
	OverdueMeans       = "The service was not read in full for more than seven days."
	StoppedMeans       = "What has arrived is kept. The next export goes on from there."
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
	ArchiveDamaged     = "Archive is damaged"
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
	StateNew       = "New"

	// Connect
	AnotherService  = "Another service"
	IfYouKnow       = "If you know its address"
	DemoPhone       = "Demo phone"
	DemoLine        = "Made up, no account"
	UserName        = "User name"
	Password        = "Password"
	AppPassword     = "App password"
	KeptInKeychain  = "It is kept in this computer's keychain, never in the archive and never in a file."
	PhotoFolder     = "Folder of your photos, if there is one"
	PhotoFolderHint = "Its address on the same server. Without it, photos are left out."
	WhatToType      = "What to type here"
	SignInAgainLine = "The service no longer accepts the password that Sidekeep has."
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

	PasswordCommand     = "Command that writes the password"
	PasswordCommandHint = "Without a keychain, Sidekeep asks this command at every export, for example “pass show mail”."

	// Archive
	ArchiveLine    = "Every file in it opens without Sidekeep."
	OpenFolder     = "Open the folder"
	UseAnother     = "Use another archive"
	CheckNow       = "Check every byte"
	NotChecked     = "Not checked since Sidekeep was opened"
	NotCheckedLine = "A check reads every byte again and compares it with what was written."
	VerifyLists    = "“sidekeep verify” lists them all."
)

// SignInTo is the title of the sign-in; service is "" if it is not known.
func SignInTo(service string) string {
	if service == "" {
		return "Sign in to your service"
	}
	return "Sign in to " + service
}

// SignInAgainTo is the title of signing in again to an account.
func SignInAgainTo(account string) string { return "Sign in again: " + account }

// SignInLine is the line below the title of the sign-in.
func SignInLine(service string, app bool) string {
	switch {
	case app:
		return "Use an app password here. Your usual password may not work for other programs."
	case service == "":
		return "Any service for contacts, calendars and files that other programs can read."
	}
	return "With the name and the password that you use there."
}

// UserAt labels the field for the user name of a known service.
func UserAt(service string) string { return "Email you use for " + service }

// AddressOf labels the field for the address.
func AddressOf(service string) string {
	if service == "" {
		return "Email or address of the service"
	}
	return "Address of your " + service
}

// AddressHint says what an address looks like.
func AddressHint(service string) string {
	if service == "" {
		return "For example anna@example.org, dav.example.org or a full address."
	}
	return "As in your browser, for example cloud.example.org."
}

// HelpTitle heads the steps before signing in.
func HelpTitle(app bool) string {
	if app {
		return "How to get an app password"
	}
	return "Before you sign in"
}

// WhatToTypeSteps explain the fields where the service has no steps.
func WhatToTypeSteps() []string {
	return []string{
		"Type your email address, or the address of your server. Sidekeep looks for the rest.",
		"If it finds nothing, look in the help of your service for “calendar address” or “server address”, and type that.",
		"Many services want a password made for one program. Look in your account there for “app passwords”.",
	}
}

// Gives names what a service gives: "People, calendars, to-dos".
func Gives(kinds []export.Kind) string {
	if len(kinds) == len(export.Kinds()) {
		return "All of it, photos too"
	}
	s := ""
	for i, k := range kinds {
		if i == 0 {
			s = Group(k)
			continue
		}
		s += ", " + strings.ToLower(Group(k))
	}
	return s
}

// DoesNotGive heads the list of what a service does not give.
func DoesNotGive(service string) string { return "What " + service + " does not give" }

// NotGivenBy says that other programs cannot read a kind at a service.
func NotGivenBy(service string) string {
	return "Other programs cannot read them at " + service + "."
}

// AddressMissing and the next ones refuse a field that is empty or wrong.
func AddressMissing() Words {
	return Words{"The address is missing.", "", "Type an email address or the address of the service."}
}

// AddressWithPassword refuses an address that has a password in it.
func AddressWithPassword() Words {
	return Words{"The address has a name or a password in it.", "", "Type it without, and the name and the password in their own fields."}
}

// UserMissing refuses an empty user name.
func UserMissing() Words {
	return Words{"The name is missing.", "", "Type the email that you use there."}
}

// PasswordMissing refuses an empty password.
func PasswordMissing() Words {
	return Words{"The password is missing.", "", "Type it to see what is there."}
}

// NotAFolder refuses a folder that is not named in full.
func NotAFolder(dir string) error {
	return fmt.Errorf("%q is not the full path of a folder: %w", dir, export.ErrNotWritable)
}

// FoundIn is the title of what was found.
func FoundIn(service string) string {
	if service == "" {
		return "Found in your service"
	}
	return "Found in " + service
}

// AccountName proposes a name for a new account.
func AccountName(service, address string) string {
	if service != "" {
		return service
	}
	host := address
	if _, rest, ok := strings.Cut(host, "://"); ok {
		host = rest
	}
	host, _, _ = strings.Cut(host, "/")
	if _, domain, ok := strings.Cut(host, "@"); ok {
		host = domain
	}
	if name, port, err := net.SplitHostPort(host); err == nil && port != "" {
		host = name
	}
	if host == "" {
		return "My service"
	}
	return host
}

// Free is "212 GB are free."
func Free(n int64) string {
	return Size(n) + " are free."
}

// Chosen counts what is to be kept.
func Chosen(n int, known bool) string {
	if !known {
		return "At least " + plural(n, "item", "items") + " chosen"
	}
	return plural(n, "item", "items") + " chosen"
}

// Holds tells what the archive holds.
func Holds(n map[export.Kind]int, size string) string {
	s := Counts(n)
	if s == "" {
		return "It is empty."
	}
	return s + ", " + size + " of open files."
}

// CheckGood is the result of a check that found nothing wrong.
func CheckGood(files int, t, now time.Time) string {
	return "All " + plural(files, "thing", "things") + " checked are as they were written. Checked " + Ago(t, now) + "."
}

// CheckBad is the result of a check that found damage.
func CheckBad(bad, of int) string {
	return Progress(bad, of) + " are not as they were written. What is damaged is listed here, and nothing was changed."
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
