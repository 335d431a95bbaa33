// Package locale keeps what Fyne says of the system's locale off stderr.
//
// Fyne reads the locale before main begins, and under C and POSIX, which is
// what cron and CI have, it prints three lines of complaint: in front of every
// verb's own words, and mailed by cron after every export. This package shows
// it en_US.UTF-8 for that moment. It works because Go initialises a package
// that imports only os before those that Fyne's translations wait for; a test
// of the built program watches over it.
package locale

import "os"

const variable = "LC_ALL" // goes before LC_MESSAGES and LANG

var was, had = os.LookupEnv(variable)

var shown = plain()

func init() {
	if shown {
		_ = os.Setenv(variable, "en_US.UTF-8") // at worst Fyne complains
	}
}

// Restore gives the environment back as it was. Call it first in main.
func Restore() {
	switch {
	case !shown:
	case had:
		_ = os.Setenv(variable, was) // it was set to this before
	default:
		_ = os.Unsetenv(variable)
	}
}

// plain reports whether the locale is C or POSIX, with or without an encoding,
// or not set at all.
func plain() bool {
	for _, name := range []string{variable, "LC_MESSAGES", "LANG"} {
		switch os.Getenv(name) {
		case "":
			continue
		case "C", "POSIX", "C.UTF-8", "C.utf8":
			return true
		}
		return false
	}
	return true
}
