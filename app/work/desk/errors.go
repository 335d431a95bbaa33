package desk

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/near"
	"sidekeep/export/settings"
)

// An Error is a refusal that brings its own words, because no cause of export
// says enough: what happened, what it means for the copy, what to do.
type Error struct {
	What, Meaning, Try string
	Window             string // what to do in the window; "" where it is Try there too
	Usage              bool   // what was asked for makes no sense, whatever the state of things
	Unread             bool   // nothing was done, because of things that are there and cannot be read
	Err                error  // the cause, if there is one
}

func (e *Error) Error() string { return strings.TrimSuffix(e.What, ".") }

func (e *Error) Unwrap() error { return e.Err }

// Words returns the three sentences as the window shows them. On the command
// line they are What, Meaning and Try.
func (e *Error) Words() (title, meaning, try string) {
	return e.What, e.Meaning, cmp.Or(e.Window, tapped(e.Try))
}

// tapped are those sentences of what to do that tell of nothing to be typed.
func tapped(try string) string {
	var list []string
	for s := range strings.SplitSeq(strings.TrimSuffix(try, "."), ". ") {
		if !strings.Contains(s, "sidekeep ") && !strings.Contains(s, "--") {
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return "Go back, and choose something else."
	}
	return strings.Join(list, ". ") + "."
}

const AsItWas = "Your copy is as it was."

// NoAccount says that name is none of the accounts all, and which may be meant.
func NoAccount(name string, all []string) error {
	try, window := "Set one up with “sidekeep account add”.", "Connect a phone or service first."
	if len(all) > 0 {
		try = Meant(name, all) + "These are there: " + Quoted(all) + "."
		window = try
	}
	return &Error{
		What: fmt.Sprintf("There is no account called “%s”.", name), Meaning: AsItWas, Try: try, Window: window,
		Usage: true, Err: settings.ErrNoAccount,
	}
}

// Meant asks whether the one of all was meant that name is a slip of; "" if it is
// of none.
func Meant(name string, all []string) string {
	if m := near.To(name, all); m != "" {
		return "Did you mean “" + m + "”? "
	}
	return ""
}

func Quoted(names []string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = "“" + name + "”"
	}
	return strings.Join(list, ", ")
}

func namesOf(list []settings.Account) []string {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = a.Name
	}
	return names
}

func Exists(name string) error {
	return &Error{
		What:    fmt.Sprintf("An account called “%s” is there already.", name),
		Meaning: "It is as it was.",
		Try:     fmt.Sprintf("Choose another name. A new password for that account: sidekeep account check \"%s\" --password-command COMMAND, or --password-stdin.", name),
		Window:  "Choose another name. For a new password, sign in to that account again.",
		Usage:   true, Err: settings.ErrExists,
	}
}

func BadName(why string) error {
	return &Error{
		What: "This name cannot be used: " + why + ".", Meaning: "Nothing was saved.",
		Try: "Choose a short name, such as “home”.", Usage: true,
	}
}

func NoPassword(name string) error {
	return &Error{
		What:    fmt.Sprintf("No password is known for “%s”.", name),
		Meaning: AsItWas,
		Try:     fmt.Sprintf("Sign in with “sidekeep account check \"%s\"” in a terminal, or in Sidekeep's window.", name),
		Window:  "Sign in again to go on.",
		Err:     export.ErrNoPassword,
	}
}

// An absentError says that no archive is in the folder that was named, although
// one is known.
type absentError struct {
	own   *Error
	named string
	at    string // where the known one is; "" if it was not found
	empty bool   // no other archive is in named
}

func (e *absentError) Error() string { return e.own.Error() }

func (e *absentError) Unwrap() error { return e.own }

func NoArchive(dir string, cause error) error {
	return &Error{
		What: "There is no archive in this folder: " + dir + ".", Meaning: "Nothing was written.",
		Try:    "The first export makes it. For one that is there already, name the folder that has history.db in it with “--archive FOLDER”.",
		Window: "The first export makes it. For one that is there already, choose the folder that has history.db in it.",
		Err:    fmt.Errorf("%w: %w", export.ErrNoArchive, cause),
	}
}

// Absent says that no archive is in the folder that was named. The known one was
// in known, and is in at, if that is not "".
func Absent(named, known, at string, cause error) error {
	e := &Error{
		Meaning: "Nothing was written, and no new archive was begun.",
		Err:     fmt.Errorf("%w: %w", export.ErrNoArchive, cause),
	}
	begin := "For a new archive in " + named + ", export with “--new-archive”."
	beginWindow := "For a new archive there, export, and say yes when you are asked."
	switch {
	case at != "":
		e.What = fmt.Sprintf("There is no archive in %s. Yours is in %s.", named, at)
		e.Try = fmt.Sprintf("Use that one with “sidekeep open \"%s\"”, and name no other folder. %s", at, begin)
		e.Window = "Choose the folder of your archive. " + beginWindow
	case SameFolder(named, known):
		e.What = fmt.Sprintf("The archive is not where it was: %s.", named)
		e.Try = "Connect the disk that it is on, or say where it is with “sidekeep open FOLDER”. " + begin
		e.Window = "Connect the disk that it is on, or choose the folder in which it is. " + beginWindow
	default:
		e.What = fmt.Sprintf("There is no archive in %s, and yours is not where it was: %s.", named, known)
		e.Try = "Connect the disk that it is on, or say where it is with “sidekeep open FOLDER”. " + begin
		e.Window = "Connect the disk that it is on, or choose the folder in which it is. " + beginWindow
	}
	return &absentError{own: e, named: named, at: at, empty: true}
}

// Replaced says that another archive is where the known one was.
func Replaced(dir string, cause error) error {
	return &absentError{named: dir, own: &Error{
		What:    "The archive is not where it was: another one is in " + dir + ".",
		Meaning: "Nothing was written.",
		Try:     fmt.Sprintf("Connect the disk that yours is on, or use the one that is there with “sidekeep open \"%s\"”.", dir),
		Window:  "Connect the disk that yours is on, or choose that folder once more to use the archive that is in it.",
		Err:     cause,
	}}
}

func Emptied(dir string, had int) error {
	return &Error{
		What:    fmt.Sprintf("The folder %s is empty, and had %d items at the last export: it looks as if its disk is not connected.", dir, had),
		Meaning: "Your copy is as it was, and nothing of it counts as lost.",
		Try:     "Connect the disk, then export again. If the folder is to stay empty, remove the account: what was kept of it stays in the archive.",
		Err:     export.ErrAway,
	}
}

func NotFolder(dir string, cause error) error {
	return &Error{
		What:    dir + " is a file, or below one, and no folder.",
		Meaning: "Nothing was written.",
		Try:     "Choose another folder with “--archive FOLDER”.",
		Window:  "Choose another folder for the archive.",
		Err:     fmt.Errorf("%w: %w", export.ErrNotWritable, cause),
	}
}

func Synced(folder, service string) error {
	return &Error{
		What:    fmt.Sprintf("%s synchronises the folder %s.", service, folder),
		Meaning: "Nothing was written. Such programs lock files, move them to the cloud and may take them away.",
		Try:     "Choose another folder with “--archive FOLDER”, or agree with “--yes”.",
		Window:  "Choose another folder for the archive, or agree when you are asked.",
		Err:     export.ErrNobody,
	}
}

// Damaged gives damaged settings the words that they need: those of the cause
// speak of the archive.
func Damaged(err error) error {
	var d *settings.DamagedError
	if !errors.As(err, &d) {
		return err
	}
	return &Error{
		What:    "The settings cannot be understood: " + d.Reason + ".",
		Meaning: "They were left as they are, and your copy is as it was.",
		Try:     "Mend the file " + d.Path + ", or move it away to begin with empty settings.",
		Err:     err,
	}
}

// OfPast gives what the archive cannot answer of the past its words.
func OfPast(w *Desk, err error) error {
	now := w.Options.Now()
	var early *archive.TooEarlyError
	var none *archive.NoExportError
	var pruned *archive.PrunedError
	switch {
	case errors.As(err, &early) && early.First.IsZero():
		e := &Error{What: "There has been no export yet.", Meaning: "There is no past to look at.", Try: "Export first: “sidekeep export”.", Usage: true, Err: err}
		if early.Account != "" {
			e.What = fmt.Sprintf("There has been no export of “%s” yet.", early.Account)
		}
		return e
	case errors.As(err, &early):
		of := ""
		if early.Account != "" {
			of = fmt.Sprintf(" of “%s”", early.Account)
		}
		return &Error{
			What:    fmt.Sprintf("The first export%s was later: number %d, on %s.", of, early.Number, exactly(early.First, now)),
			Meaning: "Nothing is known of the time before it.",
			Try:     fmt.Sprintf("Ask for that day or a later one, or for export %d.", early.Number), Usage: true, Err: err,
		}
	case errors.As(err, &none):
		e := &Error{
			What: fmt.Sprintf("There is no export %d.", none.Number), Meaning: "Nothing was done.",
			Try: fmt.Sprintf("The newest one is %d; “sidekeep history” lists them.", none.Newest), Usage: true, Err: err,
		}
		if none.Newest == 0 {
			e.Try = "There has been none yet: begin with “sidekeep export”."
		}
		return e
	case errors.As(err, &pruned):
		e := &Error{
			What:    fmt.Sprintf("The older versions before export %d of %s were removed, as the owner asked.", pruned.From, exactly(pruned.When, now)),
			Meaning: "What was before it is no longer known in full, so there is no answer rather than a wrong one.",
			Try:     fmt.Sprintf("Ask for export %d or a later one.", pruned.From), Usage: true, Err: err,
		}
		if len(pruned.Kept) > 0 {
			e.Try = fmt.Sprintf("Ask for export %d or a later one, or for export %d, which was kept since much changed right after it.", pruned.From, pruned.Kept[len(pruned.Kept)-1])
		}
		return e
	}
	return err
}

// exactly is a time with its day and year.
func exactly(t, now time.Time) string { return t.In(now.Location()).Format("2 January 2006, 15:04") }

const NothingWritten = "Nothing was written."

const NothingDeleted = "Nothing was deleted."
