// Package dav reads contacts, calendars, to-dos and photos from a CardDAV,
// CalDAV or WebDAV server, and writes them to it: from what a person types (an
// e-mail address, a host, a full address) to every item's bytes as the server
// keeps them.
//
// Of vCard and iCalendar it knows what a UID is and where lines end: what the
// bytes mean is left to the archive. Nothing is written but by the methods of
// [export.Writer]. The XML of the answers is read by the package multistatus
// below this one.
//
// Two things that libraries offer are done here, because those would weaken
// what is promised: trying again ([tries] and [throttle] use the intervals of
// cenkalti/backoff and not its Retry), and signing in by Digest (the tests
// compare with icholy/digest). Which host may have the password is decided by
// [gate] alone. Each gives its reason.
package dav

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"sidekeep/export"
	"sidekeep/export/source"
)

// A Config says where to look, who signs in and whom to trust.
type Config struct {
	// Address is what the person typed: an e-mail address, a host, a host and
	// port, or the full address of a server, a principal, a home set or a
	// single collection. "" if there is only a photo folder.
	Address string
	// Photos is the address of a WebDAV folder with photos, in full or as a
	// path on the host of Address; "" for none.
	Photos string
	// User signs in; "" takes the e-mail address in Address, and if there is
	// none either, nobody signs in.
	User string
	// Secret returns the password. It is called at most once, and only when a
	// server that may have it asks for it.
	Secret func(ctx context.Context) (string, error)
	// Token, if set, returns a bearer token (RFC 6750) and takes the place of
	// User and Secret. It is called again when a server no longer takes the
	// last one.
	Token func(ctx context.Context) (string, error)
	// Trust is what earlier yeses allow. It is not changed; see [Source.Trust].
	Trust source.Trust
	Ask   export.Ask
	// Connections is how many requests are under way at once; 0 means 4, and
	// more than 8 means 8.
	Connections int

	// Transport, if set, answers in place of the network: a server in this
	// process.
	Transport http.RoundTripper

	// What follows is what tests replace; the zero value is the real thing.

	Resolver Resolver
	Dial     func(ctx context.Context, network, address string) (net.Conn, error)
	Roots    *x509.CertPool
	Now      func() time.Time
	// Sleep waits for d or until ctx is done, whose error it then returns.
	Sleep    func(ctx context.Context, d time.Duration) error
	Timeouts Timeouts
}

// A Resolver looks up the records of RFC 6764. A *net.Resolver is one.
type Resolver interface {
	LookupSRV(ctx context.Context, service, proto, name string) (cname string, records []*net.SRV, err error)
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// Timeouts bound a wait for the network; 0 means the default. How slow the
// whole of an answer may be is bounded besides: see pace.
type Timeouts struct {
	Connect   time.Duration // until the connection stands and is encrypted; 20 s
	FirstByte time.Duration // until an answer begins; 5 min, as some servers compose a whole listing first
	Idle      time.Duration // between two pieces of an answer; 60 s
}

// Open finds the principal and the home sets behind cfg.Address (RFC 6764,
// RFC 5397) and the photo folder, and signs in. Each error wraps a cause of
// package export.
func Open(ctx context.Context, cfg Config) (*Source, error) {
	return open(ctx, cfg)
}

// A Source is an account on a DAV server. It implements [export.Writer],
// [export.Fetcher], [export.Counter], [export.Meter], [export.Identifier] and
// [export.Skipper], and [source.Truster] and [source.Locator].
// Its methods may be called from several goroutines.
type Source struct {
	c           *client
	resolver    Resolver
	connections int
	service     *service
	schemeTyped bool
	foundAt     string // see FoundAt

	principal *url.URL // whom the server takes the one who signed in for; nil if it does not say

	homes             []*url.URL // home sets
	bookHome, calHome *url.URL   // where address books and calendars are made; nil if unknown

	single *resource // the only collection, if the address names one
	photos *resource // the photo folder, if there is one

	mu          sync.Mutex
	collections map[string]*collection // by ID, once they were listed
	left        []export.Skipped       // what was listed beside them
	habits      map[string]*habit      // by ID, of collections that were written to
	making      sync.Mutex             // held while a collection is made
	readers     sync.Pool              // of *multistatus.Reader
}

var (
	_ export.Writer   = (*Source)(nil)
	_ export.Gatherer = (*Source)(nil)
	_ export.Lister   = (*Source)(nil)
	_ export.Fetcher  = (*Source)(nil)
	_ export.Counter  = (*Source)(nil)
	_ export.Meter    = (*Source)(nil)

	_ export.Identifier = (*Source)(nil)
	_ export.Skipper    = (*Source)(nil)
	_ source.Truster    = (*Source)(nil)
	_ source.Locator    = (*Source)(nil)
)
