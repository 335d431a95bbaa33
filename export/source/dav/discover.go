package dav

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"sidekeep/export"
	"sidekeep/export/source/dav/multistatus"
)

// half is what a starting point can lead to.
type half int

const (
	books half = 1 << iota
	calendars
	both = books | calendars
)

// candidate is a place to start from.
type candidate struct {
	url   *url.URL
	half  half
	typed bool // what the person typed, to the letter
}

// finder goes from what was typed to home sets. Each address is asked once.
type finder struct {
	s     *Source
	asked map[string]bool
	down  map[string]error // host:ports that cannot be reached
	found half
	homes []*url.URL
	made  [2]*url.URL // the first home set for books, for calendars
	err   [2]error    // why nothing was found: for books, for calendars
}

func (f *finder) home(u *url.URL, h half) {
	for i, one := range []half{books, calendars} {
		if h&one != 0 && f.made[i] == nil {
			f.made[i] = u
		}
	}
	for _, h := range f.homes {
		if hostPort(h) == hostPort(u) && samePath(h.EscapedPath(), u.EscapedPath()) {
			return
		}
	}
	f.homes = append(f.homes, u)
}

func samePath(a, b string) bool {
	return strings.TrimSuffix(canonical(a), "/") == strings.TrimSuffix(canonical(b), "/")
}

// discover finds the home sets of a, or the single collection or the folder
// that it names.
func (s *Source) discover(ctx context.Context, a address) error {
	f := &finder{s: s, asked: map[string]bool{}, down: map[string]error{}}
	for _, group := range []func(context.Context, address) []candidate{f.direct, f.records, f.guesses} {
		for _, c := range group(ctx, a) {
			if c.half&^f.found == 0 || s.complete() {
				continue
			}
			if err := f.start(ctx, c); err != nil {
				return err
			}
		}
	}
	s.homes, s.bookHome, s.calHome = f.homes, f.made[0], f.made[1]
	if s.complete() {
		return nil
	}
	// A half that was not found is missing only if every answer was a clear
	// no: what merely could not be asked now may be there tomorrow.
	for i, h := range []half{books, calendars} {
		if f.found&h == 0 && (f.found == 0 || doubtful(f.err[i])) && f.err[i] != nil {
			return f.err[i]
		}
	}
	if f.found == 0 {
		return notDAV(a.url, "no answer names an address book or a calendar")
	}
	return nil
}

// doubtful reports whether err leaves open if there is anything.
func doubtful(err error) bool {
	for _, cause := range []error{export.ErrUnreachable, export.ErrThrottled, export.ErrInsecure, export.ErrDamaged} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return false
}

// direct are the starting points that need no look-up: those of a known
// service, what was typed, and the well-known addresses of its host (RFC 6764,
// section 5). An e-mail address is looked up first.
func (f *finder) direct(_ context.Context, a address) []candidate {
	if svc := f.s.service; svc != nil && len(svc.starts) > 0 && !(a.full && strings.Trim(a.url.Path, "/") != "") {
		var cs []candidate
		for _, st := range svc.starts {
			if u, err := url.Parse(st.url); err == nil {
				cs = append(cs, candidate{u, st.half, false})
			}
		}
		return cs
	}
	if a.email {
		return nil
	}
	cs := f.wellKnown(a.url)
	typed := candidate{a.url, both, a.full}
	if a.full {
		return append([]candidate{typed}, cs...)
	}
	return append(cs, typed)
}

func (f *finder) wellKnown(u *url.URL) []candidate {
	return []candidate{
		{at(u, "/.well-known/carddav"), books, false},
		{at(u, "/.well-known/caldav"), calendars, false},
	}
}

// records are the starting points that the domain's SRV and TXT records name
// (RFC 6764, section 6).
func (f *finder) records(ctx context.Context, a address) []candidate {
	if !a.named() || f.s.service != nil && len(f.s.service.starts) > 0 || !a.email && f.found != 0 {
		return nil
	}
	var cs []candidate
	for _, r := range []struct {
		service, scheme, port, path string
		half                        half
	}{
		{"carddavs", "https", "443", "/.well-known/carddav", books},
		{"caldavs", "https", "443", "/.well-known/caldav", calendars},
		{"carddav", "http", "80", "/.well-known/carddav", books},
		{"caldav", "http", "80", "/.well-known/caldav", calendars},
	} {
		if named(cs, r.half) {
			continue
		}
		_, srvs, err := f.s.resolver.LookupSRV(ctx, r.service, "tcp", a.url.Hostname())
		var dns *net.DNSError
		if err != nil && a.email && !(errors.As(err, &dns) && dns.IsNotFound) {
			f.fail(r.half, fmt.Errorf("looking up %s: %w: %w", a.url.Hostname(), export.ErrUnreachable, err))
		}
		for _, srv := range srvs[:min(len(srvs), 3)] {
			host := strings.TrimSuffix(srv.Target, ".")
			if host == "" || srv.Port == 0 {
				continue // "." says that there is no such service
			}
			if port := fmt.Sprint(srv.Port); port != r.port {
				host = net.JoinHostPort(host, port)
			}
			u := &url.URL{Scheme: r.scheme, Host: host}
			if path := f.textPath(ctx, r.service, a.url.Hostname()); path != "" {
				cs = append(cs, candidate{at(u, path), r.half, false})
			}
			cs = append(cs, candidate{at(u, r.path), r.half, false}, candidate{at(u, "/"), r.half, false})
		}
	}
	return cs
}

func named(cs []candidate, h half) bool {
	for _, c := range cs {
		if c.half == h {
			return true
		}
	}
	return false
}

// textPath is the path that a TXT record gives beside the SRV record.
func (f *finder) textPath(ctx context.Context, service, domain string) string {
	texts, err := f.s.resolver.LookupTXT(ctx, "_"+service+"._tcp."+domain)
	if err != nil {
		return ""
	}
	for _, t := range texts {
		if path, ok := strings.CutPrefix(strings.TrimSpace(t), "path="); ok && strings.HasPrefix(path, "/") {
			return path
		}
	}
	return ""
}

// guesses are the last starting points: the domain of an e-mail address, and
// where Nextcloud has its DAV if nobody set up the well-known addresses.
func (f *finder) guesses(_ context.Context, a address) []candidate {
	if f.found != 0 && !a.email || f.s.service != nil && len(f.s.service.starts) > 0 {
		return nil
	}
	var cs []candidate
	if a.email {
		cs = append(f.wellKnown(a.url), candidate{a.url, both, false})
	}
	if f.found != 0 {
		return cs
	}
	cs = append(cs, candidate{at(a.url, strings.TrimSuffix(a.url.EscapedPath(), "/")+"/remote.php/dav/"), both, false})
	if a.full {
		cs = append(cs, candidate{at(a.url, "/"), both, false})
	}
	return cs
}

// start follows one starting point. The error ends the search; what merely is
// not there is noted.
func (f *finder) start(ctx context.Context, c candidate) error {
	key := c.url.String()
	if f.asked[key] {
		return nil
	}
	f.asked[key] = true
	if err := f.down[hostPort(c.url)]; err != nil {
		f.fail(c.half, err) // nobody waits for the same host twice
		return nil
	}
	err := f.follow(ctx, c)
	var header tls.RecordHeaderError
	if errors.As(err, &header) && c.url.Scheme == "https" && !f.s.schemeTyped {
		// The port speaks, but not encrypted; the gate asks unless it is this machine.
		plain := *c.url
		plain.Scheme = "http"
		c.url = &plain
		err = f.follow(ctx, c)
	}
	if err == nil {
		return nil
	}
	for _, cause := range []error{
		export.ErrSignIn, export.ErrExpired, export.ErrCertificate, export.ErrElsewhere, export.ErrNobody, export.ErrStopped, export.ErrNoKeychain,
	} {
		if errors.Is(err, cause) {
			return err
		}
	}
	if statusOf(err) == 0 && (errors.Is(err, export.ErrUnreachable) || errors.Is(err, export.ErrUnknownHost)) {
		f.down[hostPort(c.url)] = err
	}
	f.fail(c.half, err)
	return nil
}

// fail notes why a half was not found; what leaves hope counts most, then what
// says most.
func (f *finder) fail(h half, err error) {
	rank := func(err error) int {
		switch {
		case err == nil:
			return 0
		case errors.Is(err, export.ErrUnknownHost):
			return 1
		case doubtful(err):
			return 3
		}
		return 2
	}
	for i, one := range []half{books, calendars} {
		if h&one != 0 && rank(err) > rank(f.err[i]) {
			f.err[i] = err
		}
	}
}

// follow goes from u to the principal and from there to the home sets.
func (f *finder) follow(ctx context.Context, c candidate) error {
	r, err := f.s.look(ctx, c.url)
	if err != nil {
		return err
	}
	if f.s.principal == nil {
		f.s.principal = r.principal
	}
	if r.types&(multistatus.Book|multistatus.Calendar) != 0 && c.typed {
		f.s.single = r
		f.found = both
		return nil
	}
	homes := r
	if r.books == nil && r.cals == nil && r.principal != nil && r.principal.String() != r.url.String() {
		if homes, err = f.s.look(ctx, r.principal); err != nil {
			return err
		}
	}
	for _, h := range homes.books {
		f.found |= books
		f.home(h, books)
	}
	for _, h := range homes.cals {
		f.found |= calendars
		f.home(h, calendars)
	}
	return f.inside(ctx, c, r)
}

// inside looks at what stands in a folder that was typed: it may be a home set
// that no principal names, or a plain folder, which then holds photos.
func (f *finder) inside(ctx context.Context, c candidate, r *resource) error {
	isFolder := r.types&multistatus.Collection != 0 && r.types&multistatus.Principal == 0
	if !isFolder || c.half != both || f.found != 0 && (!c.typed || strings.Trim(r.url.Path, "/") == "") {
		if f.found == 0 {
			return notDAV(c.url, "it names no address books and no calendars")
		}
		return nil
	}
	holds := false
	err := f.s.propfind(ctx, r.url, "1", askCollections, func(_ *url.URL, m *multistatus.Response) error {
		holds = holds || m.Types&(multistatus.Book|multistatus.Calendar) != 0
		return nil
	})
	switch {
	case err != nil && f.found == 0:
		return listingError(r.url, err)
	case err != nil:
	case holds:
		f.found = both
		f.home(r.url, both)
	case f.found == 0 && f.s.photos == nil:
		f.s.photos = r
		f.found = both
	}
	return nil
}

// look asks what u is and who is asking. A server that answers a stranger with
// less is asked again, signed.
func (s *Source) look(ctx context.Context, u *url.URL) (*resource, error) {
	r, err := s.lookOnce(ctx, u)
	if err != nil || !s.c.signIn.possible() || s.c.signIn.known(r.url) {
		return r, err
	}
	if !r.unauthenticated && (r.principal != nil || r.books != nil || r.cals != nil) {
		return r, nil
	}
	if err := s.c.gate.password(ctx, r.url); err != nil {
		return nil, err
	}
	if err := s.c.signIn.force(ctx, r.url); err != nil {
		return nil, err
	}
	return s.lookOnce(ctx, r.url)
}

func (s *Source) lookOnce(ctx context.Context, u *url.URL) (*resource, error) {
	var found *resource
	err := s.propfind(ctx, u, "0", askWho, func(final *url.URL, m *multistatus.Response) error {
		if found == nil && m.Status/100 <= 2 {
			found = newResource(final, m)
		}
		return nil
	})
	if code := statusOf(err); code == http.StatusNotImplemented || code == http.StatusForbidden && !s.c.signIn.known(u) || code/100 == 4 && export.Cause(err) != export.ErrDenied && code != http.StatusTooManyRequests {
		return nil, notDAV(u, fmt.Sprintf("it answers %d", code))
	}
	var syntax *multistatus.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, multistatus.ErrTooLong) {
		return nil, notDAV(u, err.Error())
	}
	if err != nil {
		return nil, listingError(u, err)
	}
	if found == nil {
		return nil, notDAV(u, "the answer is empty")
	}
	return found, nil
}
