package dav

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"sidekeep/export/davserver"
)

// A web is an internet of its own: hosts with certificates of one authority,
// DNS records, and a note of who got the password.
type web struct {
	t     testing.TB
	roots *x509.CertPool
	ca    *x509.Certificate
	key   *ecdsa.PrivateKey
	hosts map[string]string // host:port -> listener
	srv   map[string][]*net.SRV
	txt   map[string][]string

	mu     sync.Mutex
	signed []string // hosts that got an Authorization header
	asked  []string // hosts that got any request
}

func newWeb(t testing.TB) *web {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	w := &web{t: t, roots: x509.NewCertPool(), key: key, hosts: map[string]string{}, srv: map[string][]*net.SRV{}, txt: map[string][]string{}}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
	must(t, err)
	w.ca, err = x509.ParseCertificate(der)
	must(t, err)
	w.roots.AddCert(w.ca)
	return w
}

func (w *web) certificate(host string) tls.Certificate {
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<60))
	must(w.t, err)
	c := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, c, w.ca, w.key.Public(), w.key)
	must(w.t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: w.key}
}

// serve answers for https://host:port by h; certified for another name if
// name is given.
func (w *web) serve(hostport string, h http.HandlerFunc, name ...string) *httptest.Server {
	host, _, err := net.SplitHostPort(hostport)
	must(w.t, err)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.asked = append(w.asked, r.Host)
		if r.Header.Get("Authorization") != "" && !slices.Contains(w.signed, host) {
			w.signed = append(w.signed, host)
		}
		w.mu.Unlock()
		h(rw, r)
	}))
	s.Config.ErrorLog = quiet()
	s.TLS = &tls.Config{Certificates: []tls.Certificate{w.certificate(append(name, host)[0])}}
	s.StartTLS()
	w.t.Cleanup(s.Close)
	w.hosts[hostport] = s.Listener.Addr().String()
	return s
}

func (w *web) LookupSRV(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
	key := "_" + service + "._" + proto + "." + name
	if r, ok := w.srv[key]; ok {
		return key, r, nil
	}
	return "", nil, &net.DNSError{Err: "no such host", Name: key, IsNotFound: true}
}

func (w *web) LookupTXT(_ context.Context, name string) ([]string, error) {
	if r, ok := w.txt[name]; ok {
		return r, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (w *web) config(address string) Config {
	cfg := quick(address)
	cfg.Resolver, cfg.Roots = w, w.roots
	cfg.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		to, ok := w.hosts[addr]
		if !ok {
			return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: addr, IsNotFound: true}}
		}
		return (&net.Dialer{}).DialContext(ctx, network, to)
	}
	return cfg
}

// phone is a davserver with an address book and a calendar.
func (w *web) phone() *davserver.Server { return newSite(w.t, davserver.Options{}).Server }

// quiet is where test servers write what they do not like.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
