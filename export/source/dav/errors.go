package dav

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"golang.org/x/net/idna"

	"sidekeep/export"
	"sidekeep/export/source/dav/multistatus"
)

var (
	// errIdle ends an answer that stopped arriving.
	errIdle = errors.New("the answer stopped arriving")
	// errSlow ends an answer that arrives too slowly ever to be whole. Asking
	// again takes as long.
	errSlow = errors.New("the answer arrives too slowly")
	// errCut means that an answer broke off; asking again may help.
	errCut = errors.New("the answer broke off")
)

// A statusError is an answer that is no success. What follows Host is known
// only of a request that writes.
type statusError struct {
	Code       int
	Host       string
	Conditions []string // local names of the elements of the answer
	Href       string   // of the item that a condition names
	Text       string   // what the server says, in one line
}

func (e *statusError) Error() string {
	s := fmt.Sprintf("%s answers %d %s", e.Host, e.Code, http.StatusText(e.Code))
	if e.Text != "" && !strings.EqualFold(e.Text, http.StatusText(e.Code)) {
		s += " (" + e.Text + ")"
	}
	return s
}

// Is maps a status to a cause. One of 5xx has none: it depends on what was
// asked for.
func (e *statusError) Is(target error) bool {
	switch e.Code {
	case http.StatusNotFound, http.StatusGone:
		return target == export.ErrGone
	case http.StatusForbidden:
		return target == export.ErrDenied
	case http.StatusTooManyRequests:
		return target == export.ErrThrottled
	case http.StatusRequestEntityTooLarge:
		return target == export.ErrTooLarge
	}
	return false
}

// statusOf is the status that err carries, 0 if none.
func statusOf(err error) int {
	var s *statusError
	if errors.As(err, &s) {
		return s.Code
	}
	return 0
}

func notDAV(u *url.URL, why string) error {
	return fmt.Errorf("%s: %w (%s)", mark(hostPort(u)), export.ErrNotDAV, why)
}

// netError gives an error of the network its cause.
func netError(ctx context.Context, hostport string, err error) error {
	host := mark(hostport)
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	var refused *export.RefusedError
	var cert *certificateError
	switch {
	case errors.As(err, &refused), export.Cause(err) != nil:
		return err
	case errors.As(err, &cert):
		return fmt.Errorf("%s: %w (%s; fingerprint %s)", host, export.ErrCertificate, cert.why, cert.fingerprint)
	}
	if name, err := idna.Display.ToUnicode(host); err == nil {
		host = name
	}
	return &export.HostError{Host: host, How: silence(err), Err: err}
}

// Numbers of Windows Sockets, which package syscall does not know by the names of
// other systems.
const (
	wsaNetUnreachable  syscall.Errno = 10051
	wsaRefused         syscall.Errno = 10061
	wsaHostUnreachable syscall.Errno = 10065
)

// silence is how nothing came from a host, by the error of the network.
func silence(err error) export.Silence {
	var (
		dns     *net.DNSError
		header  tls.RecordHeaderError
		number  syscall.Errno
		timeout interface{ Timeout() bool }
	)
	_ = errors.As(err, &number) // 0 if it is none
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return export.NoSuchHost
	case errors.As(err, &header):
		return export.InTheClear
	case number == syscall.ECONNREFUSED, number == wsaRefused:
		return export.Refusing
	case number == syscall.ENETUNREACH, number == syscall.EHOSTUNREACH, number == wsaNetUnreachable, number == wsaHostUnreachable:
		return export.NoWay
	case errors.As(err, &dns):
		return export.NoWay // nobody could be asked for its number
	case errors.As(err, &timeout) && timeout.Timeout():
		return export.Quiet
	}
	return export.BrokenOff
}

// stopped is the error of work that ctx ended.
func stopped(ctx context.Context) error {
	return fmt.Errorf("%w: %w", export.ErrStopped, context.Cause(ctx))
}

// listingError gives an error that ended a listing its cause.
func listingError(u *url.URL, err error) error {
	var syntax *multistatus.SyntaxError
	switch code := statusOf(err); {
	case export.Cause(err) != nil:
		return err
	case code >= 500:
		return &export.FaultError{Host: mark(hostPort(u)), Status: code, Err: err}
	case code != 0, errors.Is(err, multistatus.ErrNotMultistatus):
		return fmt.Errorf("%w: %w", export.ErrNotDAV, err)
	case errors.As(err, &syntax):
		return fmt.Errorf("%s: %w: %w", mark(hostPort(u)), export.ErrDamaged, err)
	case errors.Is(err, multistatus.ErrTooLong):
		return fmt.Errorf("%s: %w: %w", mark(hostPort(u)), export.ErrTooLarge, err)
	case broken(err), errors.Is(err, errSlow):
		return fmt.Errorf("%s: %w: %w", mark(hostPort(u)), export.ErrUnreachable, err)
	}
	return fmt.Errorf("%s: %w: %w", mark(hostPort(u)), export.ErrDamaged, err)
}

// broken reports whether an answer broke off, so that asking again may help.
func broken(err error) bool {
	return errors.Is(err, errCut) || errors.Is(err, io.ErrUnexpectedEOF)
}

// passing reports whether what failed with err may succeed when it is tried
// again: the network broke it off, or did not let it begin.
func passing(err error) bool {
	return statusOf(err) == 0 && !errors.Is(err, errSlow) && (broken(err) || errors.Is(err, export.ErrUnreachable))
}

// final reports whether err ends a Pull's listing, whatever else is tried.
func final(ctx context.Context, err error) bool {
	return ctx.Err() != nil || export.ReachOf(err) > export.OneItem
}
