package dav

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"sidekeep/export"
	slip "sidekeep/export/near"
)

// An address is what a person typed, understood.
type address struct {
	text   string   // as it was typed, without blanks around it
	url    *url.URL // of the host if no more was typed; https unless http was typed
	full   bool     // a scheme or a path was typed
	scheme bool     // a scheme was typed
	user   string   // of an e-mail address, or before the host
	email  bool
}

// CheckAddress returns an [export.AddressError] if text is no address that
// Config.Address or Config.Photos takes. It asks nobody.
func CheckAddress(text string) error {
	_, err := parseAddress(text)
	return err
}

// schemes are those that mean https, and http.
var schemes = map[string]string{
	"https": "https", "caldavs": "https", "carddavs": "https", "davs": "https",
	"caldav": "https", "carddav": "https", "dav": "https", "webdav": "https", "webdavs": "https", "http": "http",
}

// parseAddress understands an e-mail address, a host, a host and port, or a
// full address. A password in it is dropped.
func parseAddress(s string) (address, error) {
	s = strings.TrimSpace(s)
	a := address{text: s}
	if flaw := atFirstSight(s); flaw != nil {
		return a, flaw
	}
	s = strings.TrimPrefix(s, "mailto:")
	scheme, rest, typed := strings.Cut(s, "://")
	if !typed {
		scheme, rest = "https", s
	}
	a.scheme = typed
	scheme = schemes[strings.ToLower(scheme)]
	user, rest, found := export.CutUser(rest)
	host, path, hasPath := strings.Cut(rest, "/")
	if found {
		a.user = user
		if !typed && !hasPath && !strings.Contains(user, ":") {
			if a.user == "" {
				return a, &export.AddressError{Address: s, Flaw: export.NoUser, Meant: host}
			}
			a.email, a.user = true, a.user+"@"+host
		} else {
			a.user, _, _ = strings.Cut(a.user, ":")
			if name, err := url.PathUnescape(a.user); err == nil {
				a.user = name
			}
		}
	}
	a.full = typed || hasPath && path != ""
	name, err := hostName(host)
	if err != nil {
		err.Address = shown(s)
		return a, err
	}
	base := &url.URL{Scheme: scheme, Host: name, Path: "/"}
	if path, _, _ = strings.Cut(path, "#"); path == "" {
		a.url = base
		return a, nil
	}
	a.url = at(base, "/"+path)
	return a, nil
}

// hostName is a host with its port, as it is asked for.
func hostName(host string) (string, *export.AddressError) {
	name, port := host, ""
	if h, p, err := net.SplitHostPort(host); err == nil {
		name, port = h, p
		if n, err := strconv.ParseUint(p, 10, 16); p != "" && (err != nil || n == 0) {
			return "", &export.AddressError{Flaw: export.BadPort, Part: p}
		}
	}
	if bare, ok := strings.CutPrefix(name, "["); ok {
		name = strings.TrimSuffix(bare, "]")
	}
	switch _, err := netip.ParseAddr(name); {
	case name == "":
		return "", &export.AddressError{Flaw: export.NoHost}
	case err == nil:
	case strings.ContainsAny(name, " \t\u00a0"):
		return "", &export.AddressError{Flaw: export.Blank, Part: name}
	default:
		if name = resolvable(name); name == "" {
			return "", &export.AddressError{Flaw: export.BadHost, Part: host}
		}
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if port != "" {
		name += ":" + port
	}
	return name, nil
}

// resolvable is the name of a host as it is asked for, "" if it is none. A name with
// an underscore is none by RFC 952, and networks at home have it nevertheless.
func resolvable(name string) string {
	name = strings.TrimSuffix(name, ".")
	ascii, err := idna.Lookup.ToASCII(name)
	if err != nil {
		ascii, err = idna.Lookup.ToASCII(strings.ReplaceAll(name, "_", "-"))
		if err != nil || strings.Contains(ascii, "xn--") {
			return ""
		}
		ascii = name
	}
	for label := range strings.SplitSeq(ascii, ".") {
		if label == "" || len(label) > 63 {
			return ""
		}
	}
	return strings.ToLower(ascii)
}

// atFirstSight is what is wrong with an address at first sight; nil if nothing is.
func atFirstSight(s string) error {
	e := &export.AddressError{Address: shown(s)}
	scheme, rest, typed := strings.Cut(s, "://")
	lower := strings.ToLower(scheme)
	switch _, known := schemes[lower]; {
	case typed && known:
		if inner, after, twice := strings.Cut(rest, "://"); twice && schemes[strings.ToLower(inner)] != "" {
			e.Flaw, e.Meant = export.BadHost, shown(inner+"://"+after)
			e.Part = inner + ":"
			return e
		}
		return nil
	case typed && (lower == "file" || strings.ContainsAny(scheme, `/\`)), !typed && ownFolder(s):
		e.Flaw = export.OwnFolder
		return e
	case typed && (lower == "webcal" || lower == "webcals"):
		e.Flaw, e.Part = export.CalendarFile, scheme
		return e
	case typed:
		e.Flaw, e.Part = export.OtherScheme, scheme
		if slip.Slips(lower, "https") < 3 && lower != "ftp" {
			e.Meant = shown("https://" + rest)
		}
		return e
	}
	for _, scheme := range []string{"https", "http"} {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) && (s[len(scheme)] == ':' || s[len(scheme)] == '/') {
			e.Flaw, e.Part = export.BadHost, s[:len(scheme)+1]
			e.Meant = scheme + "://" + shown(strings.TrimLeft(s[len(scheme):], ":/"))
			return e
		}
	}
	if strings.ContainsAny(s, " \t\u00a0") && strings.Contains(s, "@") {
		e.Flaw = export.Blank
		if m, err := mail.ParseAddress(s); err == nil {
			e.Meant = m.Address
		}
		return e
	}
	return nil
}

// ownFolder reports whether s looks like a path on this computer.
func ownFolder(s string) bool {
	drive := len(s) > 2 && s[1] == ':' && (s[2] == '\\' || s[2] == '/')
	return drive || strings.HasPrefix(s, "/") || strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../") || strings.HasPrefix(s, "~") ||
		strings.HasPrefix(s, `\\`)
}

// shown is an address as it may be shown: without what stands before a host, which
// may be a password.
func shown(s string) string {
	scheme, rest, typed := strings.Cut(s, "://")
	if !typed {
		scheme, rest = "", s
	}
	user, rest, found := export.CutUser(rest)
	switch {
	case !found || !typed && !strings.Contains(user, ":"):
		return s
	case !typed:
		return rest
	}
	return scheme + "://" + strings.TrimSuffix(rest, "/")
}

// named reports whether the host is a name with more than one label, so that
// it can have SRV records.
func (a address) named() bool {
	return domainOf(hostPort(a.url)) != "" && a.url.Port() == ""
}

// typed says of an error that an address led to it, if that may be the reason.
func (a address) typed(err error) error {
	if !errors.Is(err, export.ErrUnknownHost) && !errors.Is(err, export.ErrNotDAV) && !errors.Is(err, export.ErrUnreachable) {
		return err
	}
	e := &export.TypedError{Address: shown(a.text), Mail: a.email, Err: err}
	if domain := meantDomain(a.url.Hostname()); domain != "" {
		e.Meant = domain
		if a.email {
			user, _, _ := strings.Cut(a.user, "@")
			e.Meant = fmt.Sprintf("%s@%s", user, domain)
		}
	}
	return e
}

// meantDomain is the domain of a known service that host is a slip of; "" if it
// is of none, or is one itself.
func meantDomain(host string) string {
	if serviceOf(host) != nil {
		return ""
	}
	host = strings.TrimPrefix(host, "www.")
	best, at := "", 3
	for _, s := range services {
		for _, domain := range s.domains {
			if d := slip.Slips(host, domain); d < at && 3*d < len(domain) {
				best, at = domain, d
			}
			if name, _, _ := strings.Cut(domain, "."); host == name && at > 1 {
				best, at = domain, 1
			}
		}
	}
	return best
}
