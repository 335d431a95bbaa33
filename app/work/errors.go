package work

import (
	"errors"
	"fmt"
	"strings"

	"sidekeep/export"
	"sidekeep/export/settings"
)

// An Error is a refusal that brings its own words, because no cause of export
// says enough: what happened, what it means for the copy, what to do.
type Error struct {
	What, Meaning, Try string
	Usage              bool  // what was asked for makes no sense, whatever the state of things
	Err                error // the cause, if there is one
}

func (e *Error) Error() string { return strings.TrimSuffix(e.What, ".") }

func (e *Error) Unwrap() error { return e.Err }

// Words returns the three sentences.
func (e *Error) Words() (title, meaning, try string) { return e.What, e.Meaning, e.Try }

// ErrNoPassword says that no password is known for an account.
var ErrNoPassword = errors.New("no password is known for this account")

const asItWas = "Your copy is as it was."

func noAccount(name string, all []settings.Account) error {
	try := "Set one up with “sidekeep account add”."
	if len(all) > 0 {
		names := make([]string, len(all))
		for i, a := range all {
			names[i] = "“" + a.Name + "”"
		}
		try = "These are set up: " + strings.Join(names, ", ") + "."
	}
	return &Error{
		What: fmt.Sprintf("There is no account called “%s”.", name), Meaning: asItWas, Try: try,
		Usage: true, Err: settings.ErrNoAccount,
	}
}

func exists(name string) error {
	return &Error{
		What:    fmt.Sprintf("An account called “%s” is there already.", name),
		Meaning: "It is as it was.",
		Try:     "Choose another name, or remove that account first: its data stays in the archive.",
		Usage:   true, Err: settings.ErrExists,
	}
}

func badName(why string) error {
	return &Error{
		What: "This name cannot be used: " + why + ".", Meaning: "Nothing was saved.",
		Try: "Choose a short name, such as “home”.", Usage: true,
	}
}

func noPassword(name string) error {
	return &Error{
		What:    fmt.Sprintf("No password is known for “%s”.", name),
		Meaning: asItWas,
		Try:     fmt.Sprintf("Sign in with “sidekeep account check \"%s\"” in a terminal, or in Sidekeep's window.", name),
		Err:     ErrNoPassword,
	}
}

func moved(folder string, cause error) error {
	return &Error{
		What:    "The archive is not where it was: " + folder + ".",
		Meaning: "Nothing was written, and no new archive was begun in its place.",
		Try: "Connect the disk that it is on, or say where it is now with “sidekeep open FOLDER”. " +
			"For a new archive, export with “--archive FOLDER”.",
		Err: cause,
	}
}

func notFolder(dir string, cause error) error {
	return &Error{
		What:    dir + " is a file, or below one, and no folder.",
		Meaning: "Nothing was written.",
		Try:     "Choose another folder with “--archive FOLDER”.",
		Err:     fmt.Errorf("%w: %w", export.ErrNotWritable, cause),
	}
}

func synced(folder, service string) error {
	return &Error{
		What:    fmt.Sprintf("%s synchronises the folder %s.", service, folder),
		Meaning: "Nothing was written. Such programs lock files, move them to the cloud and may take them away.",
		Try:     "Choose another folder with “--archive FOLDER”, or agree with “--yes”.",
		Err:     export.ErrNobody,
	}
}

// damaged gives damaged settings the words that they need: those of the cause
// speak of the archive.
func damaged(err error) error {
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
