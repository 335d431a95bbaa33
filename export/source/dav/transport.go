package dav

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"net"
	"net/http"
	"strings"
	"time"
)

// A certificateError is a certificate that neither the system's roots nor a
// pin accept.
type certificateError struct {
	hostport, fingerprint string
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
	return &certificateError{hostport: hostport, fingerprint: fingerprint, why: why}
}
