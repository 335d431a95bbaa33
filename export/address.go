package export

import (
	"fmt"
	"strings"
	"time"
)

// A Flaw is what is wrong with an address that somebody wrote.
type Flaw string

// The flaws of addresses.
const (
	OtherScheme  Flaw = "it begins with a scheme that no service of contacts and calendars has"
	CalendarFile Flaw = "it is that of one calendar file"
	OwnFolder    Flaw = "it is a folder on this computer"
	Blank        Flaw = "a blank stands in it"
	NoHost       Flaw = "it names no host"
	NoUser       Flaw = "nobody stands before its @"
	BadHost      Flaw = "its host is none"
	BadPort      Flaw = "its port is no number from 1 to 65535"
)

// An AddressError says that something is no address. It matches ErrNotDAV, or
// ErrUnknownHost if it is the host that is wrong.
type AddressError struct {
	Address string // as it was written, without a password
	Flaw    Flaw
	Part    string // that is wrong: the scheme, the host, the port; "" if all of it is
	Meant   string // what may have been meant, "" if nobody can tell
}

func (e *AddressError) Error() string {
	if e.Part == "" {
		return string(e.Flaw)
	}
	return fmt.Sprintf("%s (%q)", e.Flaw, e.Part)
}

// Is reports whether target is the cause.
func (e *AddressError) Is(target error) bool {
	switch e.Flaw {
	case Blank, NoHost, NoUser, BadHost, BadPort:
		return target == ErrUnknownHost
	}
	return target == ErrNotDAV
}

// CutUser cuts what stands before the host off an address without its scheme: a
// name, or a name, a colon and a password, which may hold any character. An @ in a
// path is none of these.
func CutUser(address string) (user, rest string, found bool) {
	host := address
	if i := strings.IndexAny(address, "/?#"); i >= 0 {
		host = address[:i]
	}
	at := strings.LastIndexByte(host, '@')
	if _, port, ok := strings.Cut(host, ":"); at < 0 && ok && !strings.HasPrefix(host, "[") && strings.Trim(port, "0123456789") != "" {
		at = strings.LastIndexByte(address, '@') // what looks like a port begins a password
	}
	if at < 0 {
		return "", address, false
	}
	return address[:at], address[at+1:], true
}

// A Silence is how nothing comes from a host.
type Silence string

// The silences of hosts.
const (
	NoSuchHost Silence = "no such host"
	Refusing   Silence = "it refuses the connection"
	Quiet      Silence = "it does not answer in time"
	NoWay      Silence = "there is no way to it"
	InTheClear Silence = "it answers without encryption"
	BrokenOff  Silence = "the connection broke" // or anything else
)

// A HostError says that nothing came from a host, and how. It matches
// ErrUnknownHost if there is no such host, else ErrUnreachable.
type HostError struct {
	Host string // with its port, if that is not 443
	How  Silence
	Err  error // of the network
}

func (e *HostError) Error() string {
	if e.How == NoSuchHost {
		return fmt.Sprintf("%s: %v", e.Host, ErrUnknownHost)
	}
	return fmt.Sprintf("%s: %v: %v", e.Host, ErrUnreachable, e.Err)
}

// Is reports whether target is the cause.
func (e *HostError) Is(target error) bool {
	if e.How == NoSuchHost {
		return target == ErrUnknownHost
	}
	return target == ErrUnreachable
}

// Unwrap returns the error of the network.
func (e *HostError) Unwrap() error { return e.Err }

// A TypedError says that an address leads to no service, and is not wrong by
// itself.
type TypedError struct {
	Address string // as it was written, without a password
	Mail    bool   // it is an e-mail address
	Meant   string // the address of a known service that it is a slip of; "" if it is of none
	Err     error  // why it leads to none
}

func (e *TypedError) Error() string { return e.Err.Error() }

// Unwrap returns why the address leads to no service.
func (e *TypedError) Unwrap() error { return e.Err }

// A Doubt is why a certificate does not prove who answers. The zero Doubt is that
// nobody on this computer knows who made it.
type Doubt struct {
	Names    string    // the hosts that it is for, if that of the question is not among them
	Ended    time.Time // when it ended, if it has
	Begins   time.Time // when it begins, if that is to come
	Unsigned bool      // by anybody but its own host
}
