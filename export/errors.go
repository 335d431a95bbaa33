package export

import (
	"errors"
	"fmt"
)

// The causes of a failure, matched with errors.Is. app/words has for each what
// happened, what it means for the copy and what to try.
var (
	ErrSignIn      = errors.New("the sign-in was refused")
	ErrExpired     = errors.New("the sign-in has expired")
	ErrUnknownHost = errors.New("no such host")
	ErrUnreachable = errors.New("the source cannot be reached")
	ErrAway        = errors.New("the folder is not there")
	ErrFault       = errors.New("the source reports a fault of its own")
	ErrThrottled   = errors.New("the source asks to wait")
	ErrDenied      = errors.New("the source denies access")
	ErrCertificate = errors.New("the certificate does not prove who answers")
	ErrInsecure    = errors.New("the address is not encrypted")
	ErrElsewhere   = errors.New("the source asks to send the password to another host")
	ErrNotDAV      = errors.New("nothing at this address speaks CardDAV, CalDAV or WebDAV")
	ErrEmpty       = errors.New("the account has no collections")
	ErrGone        = errors.New("it is no longer there")
	ErrHistory     = errors.New("the history of the archive cannot be read")
	ErrDamaged     = errors.New("the data is damaged")
	ErrTooLarge    = errors.New("larger than can be taken")
	ErrStaleToken  = errors.New("the sync token is no longer valid")
	ErrNobody      = errors.New("nobody is there to answer")
	ErrFull        = errors.New("the disk is full")
	ErrNotWritable = errors.New("the folder cannot be written")
	ErrBusy        = errors.New("another program is writing to the archive")
	ErrLink        = errors.New("a link stands in the archive")
	ErrNewer       = errors.New("the archive was written by a newer Sidekeep")
	ErrNoArchive   = errors.New("there is no archive in this folder")
	ErrNoPassword  = errors.New("no password is known for this account")
	ErrNoKeychain  = errors.New("this system has no keychain that answers")
	ErrStopped     = errors.New("stopped")
	ErrUnbalanced  = errors.New("the sum does not balance")
	ErrMistake     = errors.New("a mistake of the program itself")
)

// The causes of a failure to write to a source; see [Writer].
var (
	ErrChanged     = errors.New("it changed meanwhile")
	ErrExists      = errors.New("it exists already")
	ErrConflict    = errors.New("the UID is used by another item")
	ErrReadOnly    = errors.New("this account may not write there")
	ErrSealed      = errors.New("it is one file of many items")
	ErrUnsupported = errors.New("the source does not take items of this kind")
	ErrOversize    = errors.New("larger than the source takes")
	ErrQuota       = errors.New("the source has no room left")
	ErrRefused     = errors.New("the source refuses it")
	ErrNotKept     = errors.New("the source said that it took it, and what is there is not it")
)

// Causes lists every cause.
func Causes() []error {
	return []error{
		ErrSignIn, ErrExpired, ErrUnknownHost, ErrUnreachable, ErrAway, ErrFault, ErrThrottled, ErrDenied, ErrCertificate,
		ErrInsecure, ErrElsewhere, ErrNotDAV, ErrEmpty, ErrGone, ErrLink, ErrHistory, ErrDamaged, ErrTooLarge, ErrStaleToken,
		ErrNobody, ErrFull, ErrNotWritable, ErrBusy, ErrNewer, ErrNoArchive, ErrNoPassword, ErrNoKeychain, ErrStopped,
		ErrUnbalanced, ErrMistake,
		ErrChanged, ErrExists, ErrConflict, ErrReadOnly, ErrSealed, ErrUnsupported, ErrOversize, ErrQuota, ErrRefused, ErrNotKept,
	}
}

// Cause returns the cause that err wraps, nil if it wraps none of them.
func Cause(err error) error {
	for _, c := range Causes() {
		if errors.Is(err, c) {
			return c
		}
	}
	return nil
}

// A FaultError is an answer of a server that says that the server itself has
// failed (RFC 9110, section 15.6). It matches [ErrFault].
type FaultError struct {
	Host   string // with its port, if that is not 443
	Status int    // 500 to 599
	Err    error  // what was asked, and of whom
}

func (e *FaultError) Error() string { return ErrFault.Error() + ": " + e.Err.Error() }

// Is reports whether target is [ErrFault].
func (e *FaultError) Is(target error) bool { return target == ErrFault }

// Unwrap returns what the server was asked.
func (e *FaultError) Unwrap() error { return e.Err }

// A LinkError says that a name in a folder of Sidekeep's is a link, which is
// never followed. It matches [ErrLink].
type LinkError struct {
	Folder   string // the archive, or a folder in it
	Name     string // within it, slash-separated
	To       string // where the link leads; "" if that is not known
	IsFolder bool   // it leads to a folder
}

func (e *LinkError) Error() string {
	if e.To == "" {
		return fmt.Sprintf("%s in %s is a link", e.Name, e.Folder)
	}
	return fmt.Sprintf("%s in %s is a link to %s", e.Name, e.Folder, e.To)
}

// Is reports whether target is ErrLink.
func (e *LinkError) Is(target error) bool { return target == ErrLink }
