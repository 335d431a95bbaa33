package words

import (
	"fmt"
	"net"
	"strings"
	"time"

	"sidekeep/export"
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
		return "For example anna@example.org or dav.example.org."
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

// LookingInto tells that a folder is being looked through.
func LookingInto(dir string) string { return "Looking into " + dir }

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
