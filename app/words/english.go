package words

import (
	"fmt"
	"net/http"
	"time"

	"sidekeep/export"
)

// causes has the words for every cause of [export.Causes].
var causes = map[error]Words{
	export.ErrSignIn: {
		"The sign-in was refused.",
		CopyAsItWas,
		"Check the name and the password: many services want an app password here, not the usual one.",
	},
	export.ErrExpired: {
		"The service no longer accepts the password.",
		"Your copy is whole, up to the last good export.",
		"Sign in again to go on.",
	},
	export.ErrUnknownHost: {
		"No service has this address.",
		CopyAsItWas,
		"Check how the address is spelled, and that this computer is connected to the internet.",
	},
	export.ErrUnreachable: {
		"The service cannot be reached.",
		NothingIsLost,
		"Check the connection, then try again.",
	},
	export.ErrAway: {
		"The folder is not there.",
		CopyAsItWas,
		"Connect the disk that it is on, then export again.",
	},
	export.ErrFault: {
		"The server of the service reports a fault of its own.",
		NothingIsLost,
		"Try again in an hour. If it stays so, tell whoever runs the server: the reason stands in its log.",
	},
	export.ErrThrottled: {
		"The service asks to wait.",
		NothingIsLost,
		"Try again in an hour: trying sooner makes the wait longer.",
	},
	export.ErrDenied: {
		"The service does not let this account read there.",
		CopyAsItWas,
		"Look in the account's settings at the service whether other programs may read it.",
	},
	export.ErrCertificate: {
		"This computer does not know the certificate of the service.",
		"The password was not sent.",
		"Compare the fingerprint with the one that the owner of the service gives you, and agree only if they are the same.",
	},
	export.ErrInsecure: {
		"The address is not encrypted.",
		"The password was not sent.",
		"Use an address that begins with https.",
	},
	export.ErrElsewhere: {
		"The service wants the password sent to another host.",
		"The password was not sent there.",
		"Agree only if you know that the host belongs to your service.",
	},
	export.ErrNotDAV: {
		"Nothing at this address gives people, calendars or photos.",
		CopyAsItWas,
		"Look in the help of the service for its address for calendars and contacts.",
	},
	export.ErrEmpty: {
		"The account has no address book, calendar, to-do list or photo folder.",
		"There is nothing to keep, and your copy is as it was.",
		"Check that this is the right account.",
	},
	export.ErrGone: {
		"It is no longer there.",
		"What was kept of it stays in your archive.",
		"Export again: the next export lists what is there now.",
	},
	export.ErrHistory: {
		"The history of your archive is missing or damaged.",
		"Your open files are as they were, and nothing was written.",
		"Sidekeep's command line can make the history anew, from what is left of it and from the open files; its help says how.",
	},
	export.ErrDamaged: {
		"Some of the data is damaged and cannot be read.",
		"Everything else is kept as it was.",
		"Check every byte of the archive, and export again: what the service sent damaged is fetched again then.",
	},
	export.ErrTooLarge: {
		"The service sent more than Sidekeep can take.",
		"Everything else is kept.",
		"Look at the item at the service: it is larger than any real one.",
	},
	export.ErrStaleToken: {
		"The service has forgotten what it said last time.",
		NothingIsLost,
		"Export again: everything is listed afresh.",
	},
	export.ErrNobody: {
		"A question needs an answer, and nobody was there.",
		CopyAsItWas,
		nobodyTry,
	},
	export.ErrFull: {
		"The disk is full.",
		"Nothing old was touched.",
		"Free some space or choose another folder for the archive, then export again.",
	},
	export.ErrNotWritable: {
		"The folder cannot be written.",
		CopyAsItWas,
		"Choose another folder, or allow yourself to write in this one.",
	},
	export.ErrBusy: {
		"Another program is writing to the archive.",
		NothingIsLost,
		"Wait until it has finished, then export again.",
	},
	export.ErrLink: {
		"A link stands in the archive.",
		"Nothing was read or written through it: an archive is one folder, so that it can be copied, checked and moved as a whole.",
		"Remove the link, and put what it leads to in its place.",
	},
	export.ErrNewer: {
		"The archive was written by a newer Sidekeep.",
		"It was not touched.",
		"Install the newest Sidekeep, and open the archive with that one.",
	},
	export.ErrNoArchive: {
		"There is no archive in this folder.",
		"Nothing was written.",
		"Choose the folder that has history.db in it.",
	},
	export.ErrNoPassword: {
		"No password was found for this account.",
		CopyAsItWas,
		"Sign in again to go on.",
	},
	export.ErrNoKeychain: {
		"This computer has no keychain that answers.",
		"The password was not saved, and it is never written to a file.",
		"Unlock or install a keychain, or name a command that writes the password.",
	},
	export.ErrStopped: {
		"The export was stopped.",
		CopyAsItWas,
		"Export again when you like.",
	},
	export.ErrUnbalanced: {
		"The sum does not balance.",
		"What has arrived is kept, but this export does not count as good.",
		"Export again; if it happens twice, check every byte of the archive.",
	},
	export.ErrMistake: {
		"Sidekeep itself made a mistake.",
		"What was delivered is kept as it is, and everything else went on.",
		"Tell its makers what is said in brackets, with the item if you can; a newer Sidekeep takes it again.",
	},
	export.ErrChanged: {
		"It was changed at the service in the meantime.",
		"It was left as it is there, and your copy is as it was.",
		"Look at the plan again, and choose what is to happen with it.",
	},
	export.ErrExists: {
		"The service has it already.",
		"It was left as it is there, and your copy is as it was.",
		"Look at the plan again, and choose what is to happen with it.",
	},
	export.ErrConflict: {
		"The service takes it for another item that it has or that is in its trash.",
		"It was not put back, and your copy is as it was.",
		"Empty the trash at the service, or put it back as a new item.",
	},
	export.ErrReadOnly: {
		"This account may read there, but not write.",
		"Nothing was written there, and your copy is as it was.",
		"Choose another place for it, or ask the owner of this one to let you write.",
	},
	export.ErrSealed: {
		"It belongs into one file of many items, and Sidekeep does not write into such a file.",
		"The file is as it was, and so is your copy.",
		"Choose another place for it, or move the file away: a folder takes its place then.",
	},
	export.ErrUnsupported: {
		"The service does not take items of this kind there.",
		"It was not put back, and your copy is as it was.",
		"Choose another place for it, or save it as a file.",
	},
	export.ErrOversize: {
		"It is larger than the service takes.",
		"It was not put back, and your copy is as it was.",
		"Save it as a file, or put it back without its picture or attachment.",
	},
	export.ErrQuota: {
		"The service has no room left.",
		"What was written before is there, and your copy is as it was.",
		"Free some space at the service, then go on.",
	},
	export.ErrNotKept: {
		"The service said that it did it, and did not.",
		"Your copy is as it was; what is at the service is not what was written or removed there.",
		"Look at it at the service, and run the same again. If it stays so, the service does not keep such items.",
	},
	export.ErrRefused: {
		"The service refuses it.",
		"It was not put back, and your copy is as it was.",
		"Save it as a file and add it at the service by hand, or try again later.",
	},
}

// What most errors mean for the copy.
const (
	NothingIsLost = "Nothing is lost."
	CopyAsItWas   = "Your copy is as it was."
)

// someImported tells what an import has taken that did not come to its end.
func someImported(n int) string {
	if n == 0 {
		return CopyAsItWas
	}
	return some(n, "1 item was imported and is kept.", " items were imported and are kept.")
}

const goesOn = "Export again when you like: it goes on from there."

func someArrived(n int) string {
	return some(n, "1 item has arrived and is kept; nothing is lost.", " items have arrived and are kept; nothing is lost.")
}

const nobodyTry = "Open Sidekeep's window, or run this in a terminal, and answer the question there."

// faultAt is the title of an answer by which a server owns up to a fault.
func faultAt(host string, status int) string {
	name := http.StatusText(status)
	if name != "" {
		name = " (" + name + ")"
	}
	return fmt.Sprintf("The server %s answers %d%s: that is a fault of its own.", host, status, name)
}

// linked says of a link which it is, and what to do with one to a folder.
func linked(w Words, l *export.LinkError) Words {
	w.Title = fmt.Sprintf("“%s” in the archive %s is a link", l.Name, l.Folder)
	if l.To != "" {
		w.Title += " to " + l.To
	}
	w.Title += "."
	if l.IsFolder {
		w.Try = "Put the folder itself in the place of the link. To have the archive on another disk, move all of it there and choose it with “" + UseAnother + "”."
	}
	return w
}

func unknown(err error) Words {
	return Words{
		"Something happened that Sidekeep has no words for: " + err.Error() + ".",
		CopyAsItWas,
		"Try again; if it happens twice, tell the makers of Sidekeep what stands here.",
	}
}

// Words on the buttons of a question.
const (
	answerYes = "Yes, go on"
	answerNo  = "No, stop here"
)

type question struct {
	title func(host string) string
	try   string
	yes   string
}

// questions has the words for each cause that an [export.Question] may have.
var questions = map[error]question{
	export.ErrCertificate: {
		func(host string) string { return "This computer does not know the certificate of " + host + "." },
		"Compare this fingerprint with the one that the owner of the service gives you. Agree only if they are the same.",
		"They are the same",
	},
	export.ErrInsecure: {
		func(host string) string { return "The way to " + host + " is not encrypted." },
		"Anyone on the way can read the password. Agree only if the service stands in your own home.",
		"Send it anyway",
	},
	export.ErrElsewhere: {
		func(host string) string { return "The service wants the password sent to " + host + "." },
		"Agree only if you know that this host belongs to your service.",
		"Send it there",
	},
}

func syncedQuestion(folder, service string) Question {
	return Question{
		Title:   service + " synchronises the folder of the archive.",
		Meaning: "Such programs lock files, move them to the cloud and may take them away.",
		Try:     "Another folder is safer. Agree only if you know that the files stay on this disk.",
		Detail:  folder, Yes: "Use it anyway", No: answerNo,
	}
}

func beginQuestion(folder, known string) Question {
	q := Question{
		Title:   "There is no archive in " + folder + ".",
		Meaning: "Yours is not where it was: it may be on a disk that is not connected.",
		Try:     "A new archive begins empty, with a full export. Make one there?",
		Yes:     "Make a new archive", No: answerNo,
	}
	if known != "" {
		q.Meaning = "Yours is in " + known + ", and stays there."
	}
	return q
}

type noun struct{ one, many, group string }

var nouns = map[export.Kind]noun{
	export.Contacts: {"person", "people", "People"},
	export.Events:   {"event", "events", "Calendars"},
	export.Todos:    {"to-do", "to-dos", "To-dos"},
	export.Photos:   {"photo", "photos", "Photos"},
	"":              {"item", "items", "Other"},
}

const (
	thousands = ","
	decimal   = "."
	and       = " and "
	or        = " or "
)

const (
	wordToday     = "today"
	wordYesterday = "yesterday"
	wordTomorrow  = "tomorrow"
	wordJustNow   = "just now"
	wordNever     = "never"
)

func minutesAgo(n int) string { return plural(n, "minute ago", "minutes ago") }
func hoursAgo(n int) string   { return plural(n, "hour ago", "hours ago") }

// day writes a date that is too far away for a weekday.
func day(t, now time.Time) string {
	if t.Year() == now.Year() {
		return t.Format("2 January")
	}
	return t.Format("2 January 2006")
}

func weekday(t time.Time) string { return t.Format("Monday") }

// Left says how long something still takes, in whole minutes above one.
func Left(d time.Duration) string {
	if d < time.Minute {
		return "Less than a minute left"
	}
	if h := d.Hours(); h >= 1.5 {
		return "About " + plural(int(h+0.5), "hour left", "hours left")
	}
	return "About " + plural(int(d.Minutes()+0.5), "minute left", "minutes left")
}

// Progress is "4,130 of 9,204".
func Progress(done, total int) string {
	if total < 0 {
		return Number(done)
	}
	return Number(done) + " of " + Number(total)
}

// Sum is the ledger's sum as a sentence; without one if the listing broke off.
func Sum(c export.Counts) string {
	if c.Found == nil {
		return "The listing broke off: " + Number(c.Kept) + " kept, and there is no sum."
	}
	return Number(*c.Found) + " listed = " + Number(c.Kept) + " kept + " + Number(c.Unchanged) + " unchanged + " +
		Number(c.SetAside) + " set aside + " + Number(c.Failed) + " failed."
}
