package davserver

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// A Layout is where a kind of server has what stands at /principals/<user>/,
// /contacts/<user>/, /calendars/<user>/ and /files/<user>/ here.
type Layout struct {
	Name string
	// Root is where its DAV begins; Principal, Contacts, Calendars and Files are
	// relative to it, with USER for the user's name, and with a slash at their
	// ends.
	Root                                  string
	Principal, Contacts, Calendars, Files string
	// WellKnown tells that /.well-known/carddav and caldav below Home lead to
	// Root (RFC 6764, section 5).
	WellKnown bool
	// Home is where its web pages begin, and what PROPFIND is answered there:
	// a redirect to a page of that is HTML, or a status.
	Home  string
	Pages int
	// Redirect is the status of redirects; 301 if zero.
	Redirect int
}

// Layouts are those of the servers that are met most.
func Layouts() []Layout {
	return []Layout{
		{Name: "sogo", Root: "/SOGo/dav/", Principal: "USER/", Contacts: "USER/Contacts/", Calendars: "USER/Calendar/", Home: "/SOGo/", Pages: 302, Redirect: 302},
		{Name: "davical", Root: "/caldav.php/", Principal: "USER/", Contacts: "USER/addresses/", Calendars: "USER/home/", Home: "/", Pages: 200},
		{Name: "davical of Debian", Root: "/davical/caldav.php/", Principal: "USER/", Contacts: "USER/addresses/", Calendars: "USER/home/", Home: "/davical/", Pages: 200},
		{Name: "baikal", Root: "/dav.php/", Principal: "principals/USER/", Contacts: "addressbooks/USER/", Calendars: "calendars/USER/", Home: "/", Pages: 405},
		{Name: "baikal below a folder", Root: "/baikal/html/dav.php/", Principal: "principals/USER/", Contacts: "addressbooks/USER/", Calendars: "calendars/USER/", Home: "/baikal/", Pages: 404},
		{Name: "nextcloud", Root: "/remote.php/dav/", Principal: "principals/users/USER/", Contacts: "addressbooks/users/USER/", Calendars: "calendars/USER/", Files: "files/USER/", Home: "/", Pages: 405},
		{Name: "nextcloud below a folder", Root: "/nextcloud/remote.php/dav/", Principal: "principals/users/USER/", Contacts: "addressbooks/users/USER/", Calendars: "calendars/USER/", Files: "files/USER/", Home: "/nextcloud/", Pages: 302, Redirect: 303},
		{Name: "radicale behind a proxy", Root: "/radicale/", Principal: "USER/", Contacts: "USER/contacts/", Calendars: "USER/calendars/", Home: "/", Pages: 404},
		{Name: "cyrus", Root: "/dav/", Principal: "principals/user/USER/", Contacts: "addressbooks/user/USER/", Calendars: "calendars/user/USER/", Home: "/", Pages: 501},
		{Name: "well-known behind a prefix", Root: "/office/groupware/x/", Principal: "p/USER/", Contacts: "c/USER/", Calendars: "k/USER/", Home: "/office/", Pages: 404, WellKnown: true, Redirect: 307},
	}
}

// As answers for s as a server of layout l does.
func (s *Server) As(l Layout) http.Handler {
	if l.Redirect == 0 {
		l.Redirect = http.StatusMovedPermanently
	}
	user := func(path string) string { return l.Root + strings.ReplaceAll(path, "USER", s.User()) }
	h := &laidOut{s: s, l: l}
	for _, p := range [][2]string{{l.Contacts, "/contacts/"}, {l.Calendars, "/calendars/"}, {l.Files, "/files/"}, {l.Principal, "/principals/"}} {
		if p[0] != "" {
			h.places = append(h.places, place{outside: user(p[0]), inside: p[1] + s.User() + "/"})
		}
	}
	return h
}

type place struct{ outside, inside string }

// laidOut is a server in another layout.
type laidOut struct {
	s      *Server
	l      Layout
	places []place // those that stand in others first
}

func (h *laidOut) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.EscapedPath()
	switch known, _ := strings.CutPrefix(path, h.l.Home); {
	case h.l.WellKnown && (known == ".well-known/carddav" || known == ".well-known/caldav"):
		http.Redirect(w, r, h.l.Root, h.l.Redirect)
		return
	case strings.HasSuffix(h.l.Root, "remote.php/dav/") && strings.HasPrefix(path, strings.Replace(h.l.Root, "/dav/", "/webdav", 1)):
		h.webdav(w, r)
		return
	case path+"/" == h.l.Root:
		http.Redirect(w, r, h.l.Root, h.l.Redirect)
		return
	case !strings.HasPrefix(path, h.l.Root):
		h.page(w, r)
		return
	}
	inside, ok := h.in(path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	h.pass(w, r, inside)
}

// webdav is Nextcloud's older address of the files alone, where nobody is named.
func (h *laidOut) webdav(w http.ResponseWriter, r *http.Request) {
	_, rest, _ := strings.Cut(r.URL.EscapedPath(), "/webdav")
	body := strings.NewReader(`<propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>`)
	r.Body, r.ContentLength = io.NopCloser(body), body.Size()
	h.pass(w, r, "/files/"+h.s.User()+"/"+strings.TrimPrefix(rest, "/"))
}

// page answers where there is no DAV.
func (h *laidOut) page(w http.ResponseWriter, r *http.Request) {
	switch {
	case h.l.Pages/100 == 3 && !strings.HasSuffix(r.URL.Path, "/login"):
		http.Redirect(w, r, h.l.Home+"login", h.l.Pages)
	case h.l.Pages/100 == 4 || h.l.Pages/100 == 5:
		w.WriteHeader(h.l.Pages)
	default:
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><body>Welcome") // a client that is gone needs no page
	}
}

// in is where the server has what a client calls path.
func (h *laidOut) in(path string) (string, bool) {
	if path == h.l.Root {
		return "/", true
	}
	for _, p := range h.places {
		if rest, ok := strings.CutPrefix(path, p.outside); ok {
			return p.inside + rest, true
		}
		if path+"/" == p.outside {
			return p.inside, true
		}
	}
	return "", false
}

// pass lets the server answer, and gives what it names the layout's places.
func (h *laidOut) pass(w http.ResponseWriter, r *http.Request, inside string) {
	inner := r.Clone(r.Context())
	inner.URL.RawPath, inner.URL.Path = "", inside
	if u, err := r.URL.Parse(inside); err == nil {
		inner.URL = u
	}
	if r.Method == "REPORT" {
		body, err := io.ReadAll(io.LimitReader(r.Body, 16<<20))
		if err != nil {
			return // the client is gone
		}
		for _, p := range h.places {
			body = bytes.ReplaceAll(body, []byte("<href>"+p.outside), []byte("<href>"+p.inside))
		}
		inner.Body, inner.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	answer := &cutter{header: http.Header{}}
	h.s.ServeHTTP(answer, inner)
	body := answer.body.Bytes()
	if strings.Contains(answer.header.Get("Content-Type"), "xml") {
		body = bytes.ReplaceAll(body, []byte("<d:href>/</d:href>"), []byte("<d:href>"+h.l.Root+"</d:href>"))
		for _, p := range h.places {
			body = bytes.ReplaceAll(body, []byte("<d:href>"+p.inside), []byte("<d:href>"+p.outside))
		}
	}
	for k, v := range answer.header {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	answer.WriteHeader(http.StatusOK)
	w.WriteHeader(answer.code)
	_, _ = w.Write(body) // a client that is gone needs no answer
}
