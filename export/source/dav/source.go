package dav

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"sidekeep/export"
	"sidekeep/export/source"
	"sidekeep/export/source/dav/multistatus"
)

func open(ctx context.Context, cfg Config) (*Source, error) {
	cfg = withDefaults(cfg)
	g := newGate(cfg.Ask, cfg.Trust)
	s := &Source{
		resolver: cfg.Resolver, connections: cfg.Connections,
		c: &client{
			gate: g, now: cfg.Now, sleep: cfg.Sleep,
			idle:   orDefault(cfg.Timeouts.Idle, idleTimeout),
			signIn: &signIn{secret: cfg.Secret, token: cfg.Token, user: cfg.User, origins: map[string]*origin{}},
		},
	}
	s.c.life, s.c.close = context.WithCancelCause(context.Background())
	s.c.transport, s.c.fresh = ways(&cfg, g)
	if err := s.locate(ctx, cfg); err != nil {
		s.Close()
		return nil, fmt.Errorf("connecting: %w", err)
	}
	return s, nil
}

func withDefaults(cfg Config) Config {
	if cfg.Resolver == nil {
		cfg.Resolver = net.DefaultResolver
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Sleep == nil {
		cfg.Sleep = sleep
	}
	if cfg.Connections <= 0 {
		cfg.Connections = 4
	}
	cfg.Connections = min(cfg.Connections, 8)
	return cfg
}

// Identity is the path of the principal that the server names for who signed in
// (RFC 5397); "" if it names none. It asks for nothing: Open did.
func (s *Source) Identity(context.Context) (string, error) {
	if s.principal == nil {
		return "", nil
	}
	return s.c.signIn.hide(s.principal.EscapedPath()), nil
}

// locate finds everything that cfg names.
func (s *Source) locate(ctx context.Context, cfg Config) error {
	var base *url.URL
	if strings.TrimSpace(cfg.Address) != "" {
		a, err := parseAddress(cfg.Address)
		if err != nil {
			return err
		}
		if err := s.account(ctx, a); err != nil {
			return a.typed(err)
		}
		base = a.url
		if len(s.homes) > 0 && a.email {
			base = s.homes[0]
		}
	}
	if strings.TrimSpace(cfg.Photos) != "" {
		return s.folder(ctx, cfg.Photos, base)
	}
	if base == nil {
		return fmt.Errorf("%w (no address was given)", export.ErrNotDAV)
	}
	return nil
}

// account finds the collections behind an address.
func (s *Source) account(ctx context.Context, a address) error {
	s.schemeTyped = a.scheme
	guessed := s.c.signIn.user == ""
	if guessed {
		s.c.signIn.rename(a.user)
	}
	s.service = serviceOf(a.url.Hostname())
	if s.service != nil {
		if s.service.Refused != "" {
			return &source.UnsupportedError{Service: s.service.Service}
		}
		for _, st := range s.service.starts {
			if u, err := url.Parse(st.url); err == nil {
				s.c.gate.known = append(s.c.gate.known, hostPort(u))
			}
		}
	}
	s.c.gate.typed = append(s.c.gate.typed, hostPort(a.url))
	if done, err := s.encrypted(ctx, a); done {
		return err
	}
	err := s.discover(ctx, a)
	if local, _, ok := strings.Cut(a.user, "@"); ok && guessed && a.email && s.service == nil && errors.Is(err, export.ErrSignIn) {
		// RFC 6764, section 6: first the whole address, then what stands before the @.
		s.c.revive()
		s.c.signIn.rename(local)
		if again := s.discover(ctx, a); again == nil {
			return nil
		}
	}
	return err
}

// encrypted looks behind https first where http was typed: most servers only
// redirect from there, and nothing goes out in the clear to learn it. done
// reports whether that is where the account is. The owner's yes to http, a port
// and this very machine are taken at their word.
func (s *Source) encrypted(ctx context.Context, a address) (done bool, err error) {
	if a.url.Scheme != "http" || a.url.Port() != "" || loopback(a.url.Hostname()) || slices.Contains(s.Trust().Plain, hostPort(a.url)) {
		return false, nil
	}
	safe := *a.url
	safe.Scheme = "https"
	b := a
	b.url = &safe
	typed := s.c.gate.typed
	s.c.gate.typed = append(slices.Clone(typed), hostPort(b.url))
	err = s.discover(ctx, b)
	if err == nil || ctx.Err() != nil || errors.Is(err, export.ErrSignIn) || errors.Is(err, export.ErrExpired) {
		return true, err
	}
	s.c.gate.typed, s.principal = typed, nil
	return false, nil
}

// folder finds the photo folder.
func (s *Source) folder(ctx context.Context, typed string, base *url.URL) error {
	var u *url.URL
	if path := strings.TrimSpace(typed); strings.HasPrefix(path, "/") && base != nil {
		u = at(base, canonical(path))
	} else {
		a, err := parseAddress(path)
		if err != nil {
			return err
		}
		if s.c.signIn.user == "" {
			s.c.signIn.rename(a.user)
		}
		u = a.url
		s.c.gate.typed = append(s.c.gate.typed, hostPort(u))
	}
	r, err := s.lookOnce(ctx, u)
	if err != nil {
		return fmt.Errorf("the photo folder: %w", err)
	}
	if r.types&multistatus.Collection == 0 {
		return fmt.Errorf("the photo folder: %w", notDAV(u, "it is no folder"))
	}
	s.photos = r
	return nil
}

// complete reports whether there is nothing more to look for: what was typed
// is a single collection or a plain folder.
func (s *Source) complete() bool {
	return s.single != nil || s.photos != nil && len(s.homes) == 0
}

// Close ends what is under way, which fails with [export.ErrStopped], and the
// connections that are kept open. No wait and no timer outlives it.
func (s *Source) Close() error {
	s.c.close(errClosed)
	s.c.transport.CloseIdleConnections()
	return nil
}

// Used tells the requests sent and the bytes of bodies received, unpacked.
func (s *Source) Used() (requests int, bytes int64) {
	return int(s.c.requests.Load()), s.c.bytes.Load()
}

// Trust is what the owner allows, with the yeses given since Open.
func (s *Source) Trust() source.Trust { return s.c.gate.snapshot() }

// User is the user name that signs in: that of the Config, or the one found
// from an e-mail address.
func (s *Source) User() string {
	s.c.signIn.mu.Lock()
	defer s.c.signIn.mu.Unlock()
	return s.c.signIn.user
}

// FoundAt is the address that led to the account, if that is none which the
// typed one, its domain or its service name: Open finds it there with fewer
// questions. Else it is "".
func (s *Source) FoundAt() string { return s.foundAt }

// Service is the name of the service behind the address, "" if it is none that
// is known.
func (s *Source) Service() string {
	if s.service == nil {
		return ""
	}
	return s.service.Name
}

// steady runs a listing, and again if the network broke it off.
func (s *Source) steady(ctx context.Context, list func() error) error {
	for t := s.c.tries(); ; {
		err := list()
		if err == nil || !passing(err) || ctx.Err() != nil {
			return err
		}
		if err := t.again(ctx, err); err != nil {
			return err
		}
	}
}
