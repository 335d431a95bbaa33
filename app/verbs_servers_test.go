package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sidekeep/assets"
	"sidekeep/export/davserver"

	"github.com/rogpeppe/go-internal/testscript"
)

// servers are those that a script has started.
type servers struct {
	t  *testing.T
	mu sync.Mutex
	by map[string]*davserver.Server // by address
}

// serve starts a server that runs until the end of the script, and sets $NAME
// to its address. WHAT is one of
//
//	phone [QUIRK...]  the demo phone's data for user alice, password secret
//	empty             no collections at all
//	layout NAME       the phone in the layout of a kind of server: see davserver.Layouts
//	breaks PROPERTY   the phone, which answers 500 to whoever asks for the property
//	ill STATUS        a server that answers everything by this status
//	fresh             a new account: an address book, a calendar and a folder, all of them empty
//	site              a web page at every address
//	nothing           404 at every address
//	refusing          a port on which nobody listens
//	unknown           the phone behind a certificate that nobody knows; $NAME_PRINT is its fingerprint
//	expired           the phone behind a certificate that ended yesterday, of an authority in $SSL_CERT_FILE
//	misnamed          the phone behind a certificate for another name, of an authority in $SSL_CERT_FILE
//	hanging           the phone, which answers nothing once it is asked for items
//	slow              the phone, which takes its time over everything that is written to it; the file puts has a byte for each
//	radicale          a real Radicale with contacts, events and to-dos
func (s *servers) serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: serve NAME WHAT...")
	}
	name, what := args[0], args[1]
	switch what {
	case "phone":
		o := davserver.Options{}
		for _, q := range args[2:] {
			o.Quirks = append(o.Quirks, davserver.Quirk(q))
		}
		s.http(ts, name, s.phone(ts, o))
	case "empty":
		empty := davserver.New(davserver.Options{User: "alice", Password: "secret"})
		s.http(ts, name, empty)
	case "layout":
		l := davserver.Layouts()
		i := slices.IndexFunc(l, func(l davserver.Layout) bool { return l.Name == strings.Join(args[2:], " ") })
		s.http(ts, name, s.phone(ts, davserver.Options{}).As(l[i]))
	case "breaks":
		s.http(ts, name, s.phone(ts, davserver.Options{Quirks: []davserver.Quirk{davserver.PropertyBreaks}, Tune: davserver.Tune{Property: args[2]}}))
	case "ill":
		status, err := strconv.Atoi(args[2])
		ts.Check(err)
		s.http(ts, name, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	case "fresh":
		fresh := davserver.New(davserver.Options{User: "alice", Password: "secret"})
		ts.Check(fresh.MakeAddressBook("/contacts/alice/default/", davserver.Collection{Name: "Address book"}))
		ts.Check(fresh.MakeCalendar("/calendars/alice/default/", davserver.Collection{Name: "Calendar", Components: []string{"VEVENT"}}))
		ts.Check(fresh.MakeFolder("/files/alice/Pictures/"))
		s.http(ts, name, fresh)
	case "site":
		s.http(ts, name, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, "<!DOCTYPE html><title>Welcome</title><p>It works!")
		}))
	case "nothing":
		s.http(ts, name, http.NotFoundHandler())
	case "refusing":
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		ts.Setenv(name, "http://"+l.Addr().String()+"/")
		ts.Check(l.Close())
	case "unknown":
		s.tls(ts, name, "127.0.0.1", false, time.Now().Add(time.Hour))
	case "expired":
		s.tls(ts, name, "127.0.0.1", true, time.Now().Add(-24*time.Hour))
	case "misnamed":
		s.tls(ts, name, "elsewhere.example", true, time.Now().Add(time.Hour))
	case "hanging":
		h, release := hanging(ts, s.phone(ts, davserver.Options{}))
		s.http(ts, name, h)
		ts.Defer(release) // before the server is closed, which waits for its answers
	case "slow":
		phone := s.phone(ts, davserver.Options{})
		s.http(ts, name, slow(ts, phone))
		s.set(ts, name, ts.Getenv(name), phone)
	case "radicale":
		s.radicale(ts, name)
	default:
		ts.Fatalf("there is no server %q", what)
	}
}

func (s *servers) phone(ts *testscript.TestScript, o davserver.Options) *davserver.Server {
	o.User, o.Password = "alice", "secret"
	phone, err := davserver.Phone(assets.DemoPhone(), o)
	ts.Check(err)
	return phone
}

func (s *servers) http(ts *testscript.TestScript, name string, h http.Handler) {
	server := httptest.NewServer(h)
	ts.Defer(server.Close)
	s.set(ts, name, server.URL+"/", h)
}

func (s *servers) set(ts *testscript.TestScript, name, url string, h http.Handler) {
	ts.Setenv(name, url)
	dav, ok := h.(*davserver.Server)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by == nil {
		s.by = map[string]*davserver.Server{}
	}
	s.by[url] = dav
}

func (s *servers) get(ts *testscript.TestScript, name string) *davserver.Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	server := s.by[ts.Getenv(name)]
	if server == nil {
		ts.Fatalf("$%s is no server that can be looked into", name)
	}
	return server
}

// tls serves the phone by https, with a certificate for host that ends at end.
func (s *servers) tls(ts *testscript.TestScript, name, host string, trusted bool, end time.Time) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: host},
		NotBefore: end.Add(-48 * time.Hour), NotAfter: end,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		cert.IPAddresses = []net.IP{ip}
	} else {
		cert.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	ts.Check(err)
	phone := s.phone(ts, davserver.Options{})
	server := httptest.NewUnstartedServer(phone)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.StartTLS()
	ts.Defer(server.Close)
	s.set(ts, name, server.URL+"/", phone)
	sum := sha256.Sum256(der)
	ts.Setenv(name+"_PRINT", hex.EncodeToString(sum[:]))
	if trusted {
		file := ts.MkAbs("authority.pem")
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
		ts.Check(os.WriteFile(file, text, 0o600))
		ts.Setenv("SSL_CERT_FILE", file)
	}
}

// hanging passes discovery on, and answers nothing to whoever asks for items
// until the script ends.
func hanging(ts *testscript.TestScript, phone http.Handler) (h http.Handler, release func()) {
	end := make(chan struct{})
	mark := ts.MkAbs("hangs")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "REPORT" && r.Method != http.MethodGet {
			phone.ServeHTTP(w, r)
			return
		}
		if err := os.WriteFile(mark, nil, 0o600); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		select {
		case <-end:
		case <-r.Context().Done():
		}
	}), func() { close(end) }
}

// slow takes its time for each PUT.
func slow(ts *testscript.TestScript, phone http.Handler) http.Handler {
	puts, err := os.Create(ts.MkAbs("puts"))
	ts.Check(err)
	ts.Defer(func() { _ = puts.Close() }) // it is only counted
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			time.Sleep(40 * time.Millisecond)
		}
		phone.ServeHTTP(w, r)
		if r.Method == http.MethodPut {
			if _, err := puts.Write([]byte("x")); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		}
	})
}

// change changes the phone's first address book: it adds a contact, removes it
// again, edits another one, adds one that nobody can understand, loses all but three, blanks the
// names of sixty, or is as it was at first again.
func (s *servers) change(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: change NAME add|remove|edit|nonsense|lose|lose-dates|blank|restore")
	}
	server, book := s.get(ts, args[0]), "/contacts/alice/"+addressBook+"/"
	var err error
	switch args[1] {
	case "add":
		_, err = server.Put(book+"new.vcf", []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:new\r\nN:Neu;Nora;;;\r\nFN:Nora Neu\r\nEND:VCARD\r\n"))
	case "remove":
		err = server.Remove(book + "new.vcf")
	case "edit": // the last one, which has a number more then
		items, listErr := server.Items(book)
		ts.Check(listErr)
		at := items[len(items)-1].Path
		body, bodyErr := server.Body(at)
		ts.Check(bodyErr)
		_, err = server.Put(at, bytes.Replace(body, []byte("END:VCARD"), []byte("TEL;TYPE=OTHER:+49 30 999\r\nEND:VCARD"), 1))
	case "lose-dates": // eight of them, which is not much
		items, listErr := server.Items("/calendars/alice/family/")
		ts.Check(listErr)
		for _, it := range items[:8] {
			ts.Check(server.Remove(it.Path))
		}
	case "nonsense":
		_, err = server.Put(book+"odd.vcf", []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Cut sho"))
	case "lose", "blank", "restore":
		s.play(ts, server, book, args[1])
	default:
		ts.Fatalf("unknown change %q", args[1])
	}
	ts.Check(err)
}

// play changes many contacts at once.
func (s *servers) play(ts *testscript.TestScript, server *davserver.Server, book, what string) {
	if what == "restore" {
		from := s.phone(ts, davserver.Options{})
		items, err := from.Items(book)
		ts.Check(err)
		for _, it := range items {
			body, err := from.Body(it.Path)
			ts.Check(err)
			_, err = server.Put(it.Path, body)
			ts.Check(err)
		}
		return
	}
	items, err := server.Items(book)
	ts.Check(err)
	for i, it := range items {
		switch {
		case what == "lose" && i >= 3:
			ts.Check(server.Remove(it.Path))
		case what == "blank" && i < 60:
			body, err := server.Body(it.Path)
			ts.Check(err)
			_, err = server.Put(it.Path, nameLines.ReplaceAll(body, []byte("$1:\r\n")))
			ts.Check(err)
		}
	}
}

// nameLines are the names of a card.
var nameLines = regexp.MustCompile(`(?m)^(FN|N)[:;][^\r\n]*\r\n`)

// addressBook is the last part of the address of the demo phone's contacts.
const addressBook = "contacts"

// requests: `requests NAME reset` forgets how many there were until now, and
// `requests NAME N` fails if there have been more than N since.
func (s *servers) requests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: requests NAME reset|N")
	}
	now := s.get(ts, args[0]).Requests()
	if args[1] == "reset" {
		ts.Setenv("requests_"+args[0], strconv.Itoa(now))
		return
	}
	most, err := strconv.Atoi(args[1])
	ts.Check(err)
	before, err := strconv.Atoi(ts.Getenv("requests_" + args[0]))
	ts.Check(err)
	if now-before > most {
		ts.Fatalf("%d requests, want at most %d", now-before, most)
	}
}
