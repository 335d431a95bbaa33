package dav

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
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

	guess  bool // nobody named it: what it answers says nothing of the account
	person bool // it is a guess at where the principal is, below what speaks DAV
}

// finder goes from what was typed to home sets. Each address is asked once.
type finder struct {
	s      *Source
	asked  map[string]bool
	down   map[string]error // host:ports that cannot be reached, or answer nothing but faults
	faults map[string]int   // of each host:port
	found  half
	homes  []*url.URL
	made   [2]*url.URL // the first home set for books, for calendars
	err    [2]error    // why nothing was found: for books, for calendars
	folder *resource   // a plain folder that was typed, where a server may have its DAV

	mute    []*url.URL // DAV, but names nobody
	guessed bool       // a guess is among mute: it is DAV, and no other guess is needed
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
	f := &finder{s: s, asked: map[string]bool{}, down: map[string]error{}, faults: map[string]int{}}
	for _, group := range []func(context.Context, address) []candidate{f.direct, f.records, f.guesses, f.people} {
		for _, c := range group(ctx, a) {
			if c.half&^f.found == 0 || s.complete() || c.guess && !c.person && f.guessed {
				continue
			}
			if err := f.start(ctx, c); err != nil {
				return err
			}
		}
	}
	s.homes, s.bookHome, s.calHome = f.homes, f.made[0], f.made[1]
	if f.found == 0 && f.folder != nil {
		s.photos = f.folder
	}
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
	for _, cause := range []error{export.ErrUnreachable, export.ErrFault, export.ErrThrottled, export.ErrInsecure, export.ErrDamaged} {
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
				cs = append(cs, candidate{url: u, half: st.half})
			}
		}
		return cs
	}
	if a.email {
		return nil
	}
	cs := f.wellKnown(a.url)
	typed := candidate{url: a.url, half: both, typed: a.full}
	if a.full {
		return append([]candidate{typed}, cs...)
	}
	return append(cs, typed)
}

func (f *finder) wellKnown(u *url.URL) []candidate {
	return []candidate{
		{url: at(u, "/.well-known/carddav"), half: books},
		{url: at(u, "/.well-known/caldav"), half: calendars},
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
				cs = append(cs, candidate{url: at(u, path), half: r.half})
			}
			cs = append(cs, candidate{url: at(u, r.path), half: r.half}, candidate{url: at(u, "/"), half: r.half})
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
	before := f.found
	err := f.follow(ctx, c)
	if c.guess && before == 0 && f.found != 0 {
		f.s.foundAt = c.url.String()
	}
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
	if export.ReachOf(err) == export.WholeRun && !another(err) {
		return err
	}
	host := hostPort(c.url)
	switch {
	case statusOf(err) == 0 && (errors.Is(err, export.ErrUnreachable) || errors.Is(err, export.ErrUnknownHost)):
		f.down[host] = err
	case errors.Is(err, export.ErrFault), errors.Is(err, errAstray):
		if f.faults[host]++; f.faults[host] == maxFaults {
			f.down[host] = err
		}
	}
	if !c.guess || f.err == [2]error{} {
		f.fail(c.half, err)
	}
	return nil
}

// another reports whether another address may answer where this one gave err.
func another(err error) bool {
	if errors.Is(err, export.ErrNobody) || errors.Is(err, export.ErrStopped) {
		return false
	}
	return errors.Is(err, export.ErrUnknownHost) || errors.Is(err, export.ErrUnreachable) || errors.Is(err, export.ErrInsecure)
}

// maxFaults is at how many addresses a host may answer by faults, or lead
// astray, before it is asked no more.
const maxFaults = 4

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
		if homes, err = f.moved(ctx, r.url, r.principal); err != nil {
			return err
		}
	}
	for _, half := range []struct {
		half half
		urls []*url.URL
	}{{books, homes.books}, {calendars, homes.cals}} {
		for _, h := range half.urls {
			if h, err = f.homeAt(ctx, homes.url, h); err != nil {
				return err
			}
			f.found |= half.half
			f.home(h, half.half)
		}
	}
	if f.found == 0 && r.principal == nil {
		f.mute = append(f.mute, r.url)
		f.guessed = f.guessed || c.guess
	}
	return f.inside(ctx, c, r)
}

// moved looks at u, which an answer from base names. A server behind a proxy
// may believe that it has another port: where there is nothing at u, the port of
// base counts.
func (f *finder) moved(ctx context.Context, base, u *url.URL) (*resource, error) {
	r, err := f.s.look(ctx, u)
	if err == nil || hostPort(u) == hostPort(base) || !strings.EqualFold(u.Hostname(), base.Hostname()) || ctx.Err() != nil {
		return r, err
	}
	v := *u
	v.Scheme, v.Host = base.Scheme, base.Host
	if again, againErr := f.s.look(ctx, &v); againErr == nil {
		return again, nil
	}
	return nil, err
}

// homeAt is where the home set h is, which an answer from base names. It is
// looked at only if its port is another one than that of base.
func (f *finder) homeAt(ctx context.Context, base, h *url.URL) (*url.URL, error) {
	if hostPort(h) == hostPort(base) || !strings.EqualFold(h.Hostname(), base.Hostname()) {
		return h, nil
	}
	r, err := f.moved(ctx, base, h)
	if err != nil {
		return nil, err
	}
	return r.url, nil
}

// inside looks at what stands in a folder that was typed: it may be a home set
// that no principal names, or a plain folder, which then holds photos, unless
// it is where a server has more than that.
func (f *finder) inside(ctx context.Context, c candidate, r *resource) error {
	isFolder := r.types&multistatus.Collection != 0 && r.types&multistatus.Principal == 0
	if !isFolder || c.half != both || f.found != 0 && (!c.typed || strings.Trim(r.url.Path, "/") == "") {
		if f.found == 0 {
			return notDAV(c.url, "it names no address books and no calendars")
		}
		return nil
	}
	list, _, err := f.s.properties(ctx, r.url, "1", askTypes)
	holds := slices.ContainsFunc(list, func(a asked) bool { return a.Types&(multistatus.Book|multistatus.Calendar) != 0 })
	switch {
	case err != nil && f.found == 0:
		return listingError(r.url, err)
	case err != nil:
	case holds:
		f.found = both
		f.home(r.url, both)
	case f.found != 0 || f.s.photos != nil || c.guess:
	case f.folder == nil && (ofServer(r.url.Path) || ofServer(c.url.Path)):
		f.folder = r
	case f.folder == nil:
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
	list, _, err := s.properties(ctx, u, "0", whoProps)
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
	for _, a := range list {
		if a.Status/100 <= 2 {
			return newResource(a.final, a.Response), nil
		}
	}
	if len(list) > 0 {
		return nil, listingError(u, &statusError{Code: list[0].Status, Host: mark(hostPort(u))})
	}
	return nil, notDAV(u, "the answer is empty")
}
