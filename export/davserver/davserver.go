// Package davserver is a small CardDAV, CalDAV and WebDAV server in memory
// that keeps the bytes it is given: the demo phone, the scratch service of a
// proof, and what a phone can sync with over Wi-Fi.
//
// It speaks RFC 4918 (class 1 without COPY and MOVE), RFC 6352, RFC 4791
// without scheduling and free-busy, RFC 6578, RFC 5397, RFC 5689, RFC 6764 and
// RFC 7617 or RFC 7616. It parses an item only as far as a rule of these
// documents needs it and never rewrites one. A file keeps the time that
// X-OC-Mtime gives it. What real servers do differently is a [Quirk]. Timeouts and TLS are those of the http.Server in front of it.
package davserver

import (
	"net/http"
	"sync/atomic"
	"time"
)

// Options are the settings of a server.
type Options struct {
	// User is the only one who may sign in; "phone" if empty. It is part of
	// every path.
	User     string
	Password string
	// Digest asks for Digest (RFC 7616) instead of Basic (RFC 7617).
	Digest bool
	// Open lets everybody in without a sign-in.
	Open bool
	// MaxItem and MaxFile bound the bytes of one contact or calendar object
	// and of one file; 10 MiB and 256 MiB if zero.
	MaxItem, MaxFile int64
	// HashFiles keeps of each file its length and hash only: its ETag is the
	// first half of its SHA-256 in hex, as that of any item, and it cannot be
	// read. So what is sent can be proven without keeping it once more.
	HashFiles bool
	// Now is the clock of getlastmodified; time.Now if nil.
	Now func() time.Time
	// Quirks are what the server does differently from the common.
	Quirks []Quirk
	Tune   Tune
	// Trace is called with each request and what it is about, before it is
	// answered, from the request's goroutine. It must not read the body.
	Trace func(r *http.Request, s Step)
}

// A Collection is what a collection shows of itself.
type Collection struct {
	Name        string // displayname
	Description string
	Color       string   // "#rrggbb", calendars only
	Order       int      // calendar-order, calendars only; 0 if it has none
	Components  []string // that a calendar takes; VEVENT and VTODO if empty
}

// An Item is one resource in a collection or folder.
type Item struct {
	Name     string
	Path     string // not percent-encoded
	ETag     string // with its quotes
	Size     int64
	Modified time.Time
}

// A Server is an http.Handler. Its methods may be called at any time from
// several goroutines. The layout is
//
//	/principals/<user>/
//	/contacts/<user>/<address book>/<name>.vcf
//	/calendars/<user>/<calendar>/<name>.ics
//	/files/<user>/...
//
// Close ends what a [Quirk] lets it do by itself.
type Server struct {
	o        Options
	tree     tree
	quirks   quirkState
	sign     *signer
	requests atomic.Int64
	later    timers
}

// New returns an empty server: it has the home collections of its user and
// nothing in them.
func New(o Options) *Server {
	if o.User == "" {
		o.User = "phone"
	}
	if o.MaxItem == 0 {
		o.MaxItem = 10 << 20
	}
	if o.MaxFile == 0 {
		o.MaxFile = 256 << 20
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{o: o, sign: newSigner(o)}
	s.tree.init(o.User)
	s.SetQuirks(o.Tune, o.Quirks...)
	return s
}

// Requests is how many requests have been received.
func (s *Server) Requests() int { return int(s.requests.Load()) }

// User is the name in every path.
func (s *Server) User() string { return s.o.User }
