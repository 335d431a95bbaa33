package dav

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"sidekeep/export"
)

// A certificateError is a certificate that neither the system's roots nor a
// pin accept.
type certificateError struct {
	hostport, fingerprint string
	doubt                 export.Doubt
	why                   error
}

func (e *certificateError) Error() string { return e.why.Error() }

// defaults of Timeouts.
const (
	connectTimeout   = 20 * time.Second
	firstByteTimeout = 5 * time.Minute
	idleTimeout      = 60 * time.Second
)

func orDefault(d, def time.Duration) time.Duration {
	if d <= 0 {
		return def
	}
	return d
}

// ways are what requests go over: kept connections, and one for each request.
func ways(cfg *Config, g *gate) (kept, fresh way) {
	if cfg.Transport != nil {
		return near{cfg.Transport}, near{cfg.Transport}
	}
	t := newTransport(cfg, g)
	alone := t.Clone()
	alone.DisableKeepAlives = true
	return t, alone
}

// newTransport returns a transport that accepts a certificate if the roots do
// or if its fingerprint is pinned for the host.
func newTransport(cfg *Config, g *gate) *http.Transport {
	connect := orDefault(cfg.Timeouts.Connect, connectTimeout)
	dial := cfg.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: connect, KeepAlive: 30 * time.Second}).DialContext
	}
	verify := func(hostport string) func(tls.ConnectionState) error {
		return func(cs tls.ConnectionState) error { return verify(cfg, g, hostport, cs) }
	}
	config := func(hostport, host string) *tls.Config {
		// Verification is not skipped but done by verify, which knows the pins.
		return &tls.Config{
			ServerName: host, InsecureSkipVerify: true, VerifyConnection: verify(hostport),
			MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		}
	}
	proxied := config("", "")
	proxied.VerifyConnection = func(cs tls.ConnectionState) error {
		return verify(net.JoinHostPort(cs.ServerName, "443"))(cs)
	}
	return &http.Transport{
		Proxy:       http.ProxyFromEnvironment,
		DialContext: dial,
		DialTLSContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			ctx, cancel := context.WithTimeout(ctx, connect)
			defer cancel()
			conn, err := dial(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			host, _, err := net.SplitHostPort(addr)
			if err != nil {
				return nil, err
			}
			tc := tls.Client(conn, config(strings.ToLower(addr), host))
			if err := tc.HandshakeContext(ctx); err != nil {
				conn.Close()
				return nil, err
			}
			return tc, nil
		},
		TLSClientConfig:        proxied,
		TLSHandshakeTimeout:    connect,
		ForceAttemptHTTP2:      true,
		ResponseHeaderTimeout:  orDefault(cfg.Timeouts.FirstByte, firstByteTimeout),
		ExpectContinueTimeout:  time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConnsPerHost:    cfg.Connections,
		MaxConnsPerHost:        cfg.Connections,
		MaxResponseHeaderBytes: 256 << 10,
		ReadBufferSize:         16 << 10,
	}
}

// verify accepts the peer's certificate for hostport or returns a
// certificateError.
func verify(cfg *Config, g *gate, hostport string, cs tls.ConnectionState) error {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil || host == "" || len(cs.PeerCertificates) == 0 {
		return &certificateError{hostport: hostport, why: x509.HostnameError{Host: host}}
	}
	leaf := cs.PeerCertificates[0]
	opts := x509.VerifyOptions{
		DNSName: host, Roots: cfg.Roots, CurrentTime: cfg.Now(), Intermediates: x509.NewCertPool(),
	}
	for _, c := range cs.PeerCertificates[1:] {
		opts.Intermediates.AddCert(c)
	}
	_, why := leaf.Verify(opts)
	if why == nil {
		return nil
	}
	sum := sha256.Sum256(leaf.Raw)
	fingerprint := hex.EncodeToString(sum[:])
	if pin := g.pin(hostport); pin != "" && strings.ReplaceAll(pin, ":", "") == fingerprint {
		return nil
	}
	return &certificateError{hostport: hostport, fingerprint: fingerprint, doubt: doubtOf(leaf, host, opts.CurrentTime), why: why}
}

// shownNames is how many hosts of a certificate are named.
const shownNames = 5

// doubtOf is why leaf does not prove that host answers: everything that is wrong
// with it by itself.
func doubtOf(leaf *x509.Certificate, host string, now time.Time) export.Doubt {
	d := export.Doubt{Unsigned: bytes.Equal(leaf.RawIssuer, leaf.RawSubject)}
	switch {
	case now.After(leaf.NotAfter):
		d.Ended = leaf.NotAfter
	case now.Before(leaf.NotBefore):
		d.Begins = leaf.NotBefore
	}
	if leaf.VerifyHostname(host) != nil {
		names := slices.Clone(leaf.DNSNames)
		for _, ip := range leaf.IPAddresses {
			names = append(names, ip.String())
		}
		if len(names) == 0 {
			names = []string{leaf.Subject.CommonName}
		}
		d.Names = strings.Join(names[:min(len(names), shownNames)], ", ")
		if d.Names == "" {
			d.Names = "nobody"
		}
	}
	return d
}
