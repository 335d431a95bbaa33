package dav

import (
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"net/url"
	"strings"
	"sync"

	"sidekeep/export"
)

// scheme is a way of signing in.
type scheme int

const (
	noScheme scheme = iota
	basic           // RFC 7617
	digest          // RFC 7616
	bearer          // RFC 6750
)

// signIn holds the user's secret and, for each origin that asked for it, how
// it is sent. Its methods may be called from several goroutines.
type signIn struct {
	secret func(ctx context.Context) (string, error)
	token  func(ctx context.Context) (string, error)

	mu       sync.Mutex
	user     string
	password string
	have     bool // password was asked for
	origins  map[string]*origin
}

// An origin is how one scheme://host:port wants the sign-in.
type origin struct {
	scheme   scheme
	accepted bool // an answer to a signed request was no 401
	token    string
	ch       challenge
	count    uint32 // nc of the last request with ch.nonce
}

// A challenge is what a WWW-Authenticate header asks for.
type challenge struct {
	scheme                          scheme
	realm, nonce, opaque, algorithm string
	qop                             bool // "auth" is offered; without it RFC 2069
	stale                           bool
	userhash                        bool // the name is sent as its hash (RFC 7616, section 3.4.4)
}

// proof is what a request was signed with.
type proof struct {
	scheme scheme
	nonce  string
}

func (a *signIn) possible() bool { return a.token != nil || a.user != "" && a.secret != nil }

func originOf(u *url.URL) string { return u.Scheme + "://" + hostPort(u) }

// sign returns the Authorization header for a request to u; "" if the origin
// has not asked for one.
func (a *signIn) sign(method string, u *url.URL) (header string, p proof) {
	a.mu.Lock()
	defer a.mu.Unlock()
	o := a.origins[originOf(u)]
	if o == nil {
		return "", proof{}
	}
	switch o.scheme {
	case basic:
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(a.user+":"+a.password)), proof{scheme: basic}
	case bearer:
		return "Bearer " + o.token, proof{scheme: bearer, nonce: o.token}
	case digest:
		o.count++
		return digestHeader(o.ch, o.count, a.user, a.password, method, u.RequestURI(), rand.Text()), proof{scheme: digest, nonce: o.ch.nonce}
	}
	return "", proof{}
}

// accepted notes that u took the sign-in.
func (a *signIn) accepted(u *url.URL) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if o := a.origins[originOf(u)]; o != nil {
		o.accepted = true
	}
}

// answer takes a 401 for a request to u that was signed with p. It reports
// whether asking again, signed anew, may help; fresh tells that this was no
// refusal but a nonce or a token that has run out, or the first question.
func (a *signIn) answer(ctx context.Context, u *url.URL, headers []string, p proof) (again, fresh bool, err error) {
	ch := choose(headers, a.token != nil)
	if err := a.load(ctx); err != nil {
		return false, false, err
	}
	var token string
	if ch.scheme == bearer {
		if token, err = a.token(ctx); err != nil {
			return false, false, secretError(err)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if ch.scheme == noScheme {
		return false, false, fmt.Errorf("%s: %w (it asks for a way of signing in that is not known here)", mark(hostPort(u)), export.ErrSignIn)
	}
	o := a.origins[originOf(u)]
	switch {
	case o == nil:
		o = &origin{}
		a.origins[originOf(u)] = o
		fresh = true
	case p.scheme == noScheme:
		fresh = true // another request was faster
	case o.scheme == digest && o.ch.nonce != p.nonce, o.scheme == bearer && o.token != p.nonce:
		return true, true, nil // another request has renewed it
	case ch.scheme == digest:
		fresh = ch.stale || p.scheme != digest
	case ch.scheme == bearer:
		fresh = token != p.nonce
	}
	o.scheme, o.ch, o.count, o.token = ch.scheme, ch, 0, token
	return fresh || o.accepted, fresh, nil
}

// force signs requests to u with Basic although it has not asked: some servers
// answer a stranger with less instead of a 401.
func (a *signIn) force(ctx context.Context, u *url.URL) error {
	if err := a.load(ctx); err != nil {
		return err
	}
	var token string
	if a.token != nil {
		var err error
		if token, err = a.token(ctx); err != nil {
			return secretError(err)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.origins[originOf(u)] == nil {
		o := &origin{scheme: basic}
		if a.token != nil {
			o.scheme, o.token = bearer, token
		}
		a.origins[originOf(u)] = o
	}
	return nil
}

// known reports whether requests to u are signed.
func (a *signIn) known(u *url.URL) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.origins[originOf(u)] != nil
}

// wasAccepted reports whether u took the sign-in before.
func (a *signIn) wasAccepted(u *url.URL) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	o := a.origins[originOf(u)]
	return o != nil && o.accepted
}

// rename starts over with another user name.
func (a *signIn) rename(user string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.user = user
	clear(a.origins)
}

func (a *signIn) load(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.have || a.token != nil {
		return nil
	}
	password, err := a.secret(ctx)
	if err != nil {
		return secretError(err)
	}
	a.password, a.have = password, true
	return nil
}

func secretError(err error) error {
	if export.Cause(err) != nil || errors.Is(err, context.Canceled) {
		return fmt.Errorf("asking for the password: %w", err)
	}
	return fmt.Errorf("asking for the password: %w: %w", export.ErrSignIn, err)
}

// choose picks the strongest scheme that the headers offer. A 401 that offers
// none at all is taken as one that asks for Basic.
func choose(headers []string, haveToken bool) challenge {
	var best challenge
	rank := func(c challenge) int {
		switch {
		case c.scheme == digest && strings.HasPrefix(strings.ToUpper(c.algorithm), "SHA-"):
			return 3
		case c.scheme == digest:
			return 2
		case c.scheme == basic:
			return 1
		}
		return 0
	}
	offered := false
	for _, h := range headers {
		for _, c := range challenges(h) {
			offered = true
			if haveToken {
				if c.scheme == bearer || c.scheme == basic && best.scheme == noScheme {
					best = challenge{scheme: bearer}
				}
				continue
			}
			if rank(c) > rank(best) {
				best = c
			}
		}
	}
	if !offered {
		best = challenge{scheme: basic}
		if haveToken {
			best.scheme = bearer
		}
	}
	return best
}

// hasher is the hash of a digest algorithm.
func hasher(algorithm string) (h func() hash.Hash, sess, ok bool) {
	name, sess := strings.CutSuffix(strings.ToUpper(algorithm), "-SESS")
	switch name {
	case "", "MD5":
		return md5.New, sess, true
	case "SHA-256":
		return sha256.New, sess, true
	case "SHA-512-256":
		return sha512.New512_256, sess, true
	}
	return nil, false, false
}

// digestHeader computes the response of RFC 7616, section 3.4. The package
// icholy/digest does so too, and the tests compare with it. It does not take
// the place of this and of [challenges], because servers that are in use would
// refuse the sign-in: it reads one challenge in a header and not several, names
// of parameters in small letters only, no value without quotes but letters,
// digits and hyphens, and "auth" only as the first of a list with blanks; it knows
// no session algorithm (IIS); and a realm in another charset than UTF-8 does
// not come back as it was sent, as it has to.
func digestHeader(c challenge, count uint32, user, password, method, uri, cnonce string) string {
	newHash, sess, _ := hasher(c.algorithm)
	sum := func(parts ...string) string {
		h := newHash()
		h.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(h.Sum(nil))
	}
	ha1 := sum(user, c.realm, password)
	if sess {
		ha1 = sum(ha1, c.nonce, cnonce)
	}
	ha2 := sum(method, uri)
	nc := fmt.Sprintf("%08x", count)
	if c.userhash {
		user = sum(user, c.realm)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `Digest username=%s, realm=%s, nonce=%s, uri=%s`, quoted(user), quoted(c.realm), quoted(c.nonce), quoted(uri))
	if c.algorithm != "" {
		b.WriteString(", algorithm=" + c.algorithm)
	}
	if c.opaque != "" {
		b.WriteString(", opaque=" + quoted(c.opaque))
	}
	if c.userhash {
		b.WriteString(", userhash=true")
	}
	if c.qop {
		fmt.Fprintf(&b, `, qop=auth, nc=%s, cnonce=%s, response="%s"`, nc, quoted(cnonce), sum(ha1, c.nonce, nc, cnonce, "auth", ha2))
	} else {
		fmt.Fprintf(&b, `, response="%s"`, sum(ha1, c.nonce, ha2))
	}
	return b.String()
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
