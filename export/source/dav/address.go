package dav

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"

	"sidekeep/export"
)

// An address is what a person typed, understood.
type address struct {
	url    *url.URL // of the host if no more was typed; https unless http was typed
	full   bool     // a scheme or a path was typed
	scheme bool     // a scheme was typed
	user   string   // of an e-mail address, or before the host
	email  bool
}

// parseAddress understands an e-mail address, a host, a host and port, or a
// full address. A password in it is dropped.
func parseAddress(s string) (address, error) {
	var a address
	s = strings.TrimSpace(s)
	s = strings.TrimPrefix(s, "mailto:")
	scheme, rest, typed := strings.Cut(s, "://")
	if !typed {
		scheme, rest = "https", s
	}
	a.scheme = typed
	switch strings.ToLower(scheme) {
	case "https", "caldavs", "carddavs", "davs", "caldav", "carddav", "dav", "webdav":
		scheme = "https"
	case "http":
		scheme = "http"
	default:
		return a, fmt.Errorf("%w (an address begins with https://)", export.ErrNotDAV)
	}
	host, path, hasPath := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		a.user, host = host[:i], host[i+1:]
		if !typed && !hasPath {
			a.email, a.user = true, a.user+"@"+host
		} else {
			a.user, _, _ = strings.Cut(a.user, ":")
			if name, err := url.PathUnescape(a.user); err == nil {
				a.user = name
			}
		}
	}
	a.full = typed || hasPath && path != ""
	name, port := host, ""
	if h, p, err := net.SplitHostPort(host); err == nil {
		name, port = h, p
	}
	name = strings.Trim(name, "[]")
	if _, err := netip.ParseAddr(name); err != nil {
		ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(name, "."))
		if err != nil || ascii == "" || strings.ContainsAny(ascii, " \t") {
			return a, fmt.Errorf("%w (%q is no name of a host)", export.ErrUnknownHost, name)
		}
		name = strings.ToLower(ascii)
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if port != "" {
		name += ":" + port
	}
	base := &url.URL{Scheme: scheme, Host: name, Path: "/"}
	if path, _, _ = strings.Cut(path, "#"); path == "" {
		a.url = base
		return a, nil
	}
	a.url = at(base, "/"+path)
	return a, nil
}

// named reports whether the host is a name with more than one label, so that
// it can have SRV records.
func (a address) named() bool {
	return domainOf(hostPort(a.url)) != "" && a.url.Port() == ""
}
