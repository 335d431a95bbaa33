package dav

import (
	"context"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"

	"sidekeep/export"
	"sidekeep/export/source"
)

// gate decides which host may be spoken to and which may have the password. A
// question is asked once; its answer holds as long as the Source.
type gate struct {
	ask export.Ask

	asking sync.Mutex // held while a person is asked: one question at a time

	mu       sync.Mutex
	trust    source.Trust
	typed    []string                  // host:port that the person typed
	known    []string                  // hosts of the service's entry in the table
	answered map[export.Question]error // guarded by asking
}

func newGate(ask export.Ask, t source.Trust) *gate {
	return &gate{
		ask: ask,
		trust: source.Trust{
			Pins:  maps.Clone(t.Pins),
			Hosts: slices.Clone(t.Hosts),
			Plain: slices.Clone(t.Plain),
		},
		answered: map[export.Question]error{},
	}
}

func (g *gate) snapshot() source.Trust {
	g.mu.Lock()
	defer g.mu.Unlock()
	return source.Trust{Pins: maps.Clone(g.trust.Pins), Hosts: slices.Clone(g.trust.Hosts), Plain: slices.Clone(g.trust.Plain)}
}

// hostPort is the host and port of u, in lower case.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "443"
		if u.Scheme == "http" {
			port = "80"
		}
	}
	return net.JoinHostPort(strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), port)
}

// mark is how a host is written in Trust: without the port that https has.
func mark(hostport string) string {
	if host, port, err := net.SplitHostPort(hostport); err == nil && port == "443" {
		return host
	}
	return hostport
}

// loopback reports whether host is this very machine by its name or number.
func loopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// kin reports whether two host:ports are of one registrable domain. Numbers
// and names of one label have none: they must be equal, with their ports.
func kin(a, b string) bool {
	if a == b {
		return true
	}
	x, y := domainOf(a), domainOf(b)
	return x != "" && x == y
}

// domainOf is the registrable domain of a host:port, "" if it has none.
func domainOf(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	if _, err := netip.ParseAddr(host); err == nil || !strings.Contains(host, ".") || loopback(host) {
		return ""
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return ""
	}
	return domain
}

// speak reports whether u may be asked anything at all: by https, or in the
// clear to this machine or to a host for which the owner said yes.
func (g *gate) speak(ctx context.Context, u *url.URL) error {
	switch {
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	case u.Scheme != "http":
		return notDAV(u, "the address begins with "+u.Scheme+":")
	}
	host := hostPort(u)
	return g.allow(ctx, export.Question{Cause: export.ErrInsecure, Host: host},
		func() bool { return slices.Contains(g.trust.Plain, host) },
		func() { g.trust.Plain = append(g.trust.Plain, host) })
}

// password reports whether u may have the password.
func (g *gate) password(ctx context.Context, u *url.URL) error {
	host := hostPort(u)
	same := func(other string) bool { return kin(host, other) }
	q := export.Question{Cause: export.ErrElsewhere, Host: mark(host)}
	if len(g.typed) > 0 {
		q.Detail = mark(g.typed[0])
	}
	return g.allow(ctx, q,
		func() bool {
			return slices.ContainsFunc(g.typed, same) || slices.ContainsFunc(g.known, same) || slices.Contains(g.trust.Hosts, q.Host)
		},
		func() { g.trust.Hosts = append(g.trust.Hosts, q.Host) })
}

// pin is the fingerprint that is accepted for a host:port; "" if none is.
func (g *gate) pin(hostport string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return strings.ToLower(g.trust.Pins[mark(hostport)])
}

// certificate asks whether a certificate is accepted for its host:port, and pins
// it after a yes.
func (g *gate) certificate(ctx context.Context, e *certificateError) error {
	fingerprint := e.fingerprint
	q := export.Question{Cause: export.ErrCertificate, Host: mark(e.hostport), Detail: fingerprint, Doubt: e.doubt}
	return g.allow(ctx, q,
		func() bool { return strings.EqualFold(g.trust.Pins[q.Host], fingerprint) },
		func() {
			if g.trust.Pins == nil {
				g.trust.Pins = map[string]string{}
			}
			g.trust.Pins[q.Host] = fingerprint
		})
}

// allow returns nil if allowed says so or if the answer to q is a yes, which
// it notes. Both functions are called with mu held; nothing else waits for the
// person.
func (g *gate) allow(ctx context.Context, q export.Question, allowed func() bool, note func()) error {
	is := func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		return allowed()
	}
	if is() {
		return nil
	}
	g.asking.Lock()
	defer g.asking.Unlock()
	if is() {
		return nil // another request asked meanwhile
	}
	if err, ok := g.answered[q]; ok {
		return err
	}
	err := g.ask.Yes(ctx, q)
	if ctx.Err() == nil {
		g.answered[q] = err
	}
	if err == nil {
		g.mu.Lock()
		defer g.mu.Unlock()
		note()
	}
	return err
}
