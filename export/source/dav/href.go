package dav

import (
	"net/url"
	"strings"
)

const upperHex = "0123456789ABCDEF"

func unhex(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// plain reports whether a byte stands for itself in the path of a URL
// (RFC 3986, section 3.3), without the %.
func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~!$&'()*+,;=:@/", c) >= 0
}

// canonical gives the path of an href one spelling: the same for every way of
// percent-encoding it. A % that encodes nothing is taken as itself. An encoded
// slash stays encoded.
func canonical(path string) string {
	i := 0
	for i < len(path) && plain(path[i]) {
		i++
	}
	if i == len(path) {
		return path
	}
	b := make([]byte, i, len(path)+16)
	copy(b, path)
	for ; i < len(path); i++ {
		c := path[i]
		if c == '%' && i+2 < len(path) {
			hi, ok1 := unhex(path[i+1])
			lo, ok2 := unhex(path[i+2])
			if ok1 && ok2 {
				c = hi<<4 | lo
				i += 2
				if c == '/' {
					b = append(b, "%2F"...)
					continue
				}
			}
		}
		if plain(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return string(b)
}

// pathOf is the path of an href as the server wrote it, resolved against the
// path of a collection if it is relative. Scheme and host are left out: an
// item is where its collection is, whatever a server behind a proxy believes
// its own name to be. A query stays; it names another resource.
func pathOf(base, href string) string {
	if i := strings.Index(href, "://"); i > 0 && !strings.ContainsAny(href[:i], "/?#") {
		href = href[i+3:]
		if slash := strings.IndexByte(href, '/'); slash >= 0 {
			href = href[slash:]
		} else {
			href = "/"
		}
	}
	if i := strings.IndexByte(href, '#'); i >= 0 {
		href = href[:i]
	}
	if !strings.HasPrefix(href, "/") {
		href = base[:strings.LastIndexByte(base, '/')+1] + strings.TrimPrefix(href, "./")
	}
	return undotted(href)
}

// undotted is a path without . and .. in it, however they are written (RFC
// 3986, sections 5.2.4 and 6.2.2): one item has one path.
func undotted(href string) string {
	if !strings.Contains(href, "/.") && !strings.Contains(href, "%2e") && !strings.Contains(href, "%2E") {
		return href
	}
	path, query, asks := strings.Cut(href, "?")
	path = canonical(path)
	if !strings.Contains(path+"/", "/./") && !strings.Contains(path+"/", "/../") {
		return href
	}
	var kept []string
	parts := strings.Split(path, "/")
	for i, part := range parts {
		switch {
		case part == "..":
			kept = kept[:max(len(kept)-1, 1)]
		case part != ".":
			kept = append(kept, part)
			continue
		}
		if i == len(parts)-1 {
			kept = append(kept, "") // it is a folder
		}
	}
	if path = strings.Join(kept, "/"); path == "" {
		path = "/"
	}
	if asks {
		path += "?" + query
	}
	return path
}

// at is u with another path, sent as it is written if that is a valid one.
func at(u *url.URL, path string) *url.URL {
	v := *u
	v.User, v.Fragment, v.RawQuery = nil, "", ""
	raw, query, _ := strings.Cut(path, "?")
	v.RawQuery = sendable(query)
	decoded, err := url.PathUnescape(raw)
	if err != nil {
		raw = canonical(raw)
		decoded, _ = url.PathUnescape(raw)
	}
	v.Path, v.RawPath = decoded, raw
	return &v
}

// sendable is a query in which every byte may stand in a URL.
func sendable(query string) string {
	var b strings.Builder
	for i := range len(query) {
		if c := query[i]; plain(c) || c == '?' || c == '%' {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', upperHex[c>>4], upperHex[c&15]})
		}
	}
	return b.String()
}

// lastName is the decoded last part of a path.
func lastName(path string) string {
	path = strings.TrimSuffix(path, "/")
	path = path[strings.LastIndexByte(path, '/')+1:]
	if name, err := url.PathUnescape(path); err == nil {
		return name
	}
	return path
}

// folderOf is the decoded path before the last part, without slashes around it.
func folderOf(path string) string {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return ""
	}
	folder := strings.Trim(path[:i], "/")
	if name, err := url.PathUnescape(folder); err == nil {
		return name
	}
	return folder
}

// resolve is where an href of an answer from base leads. Other hosts are kept:
// the gate decides who may have the password.
func resolve(base *url.URL, href string) (*url.URL, bool) {
	u, err := base.Parse(href)
	if err != nil || u.Host == "" {
		if strings.Contains(href, "://") {
			return nil, false
		}
		return at(base, pathOf(base.EscapedPath(), href)), true
	}
	u.User, u.Fragment = nil, ""
	return sameHost(base, u), true
}

// sameHost is u as base can mean it. Servers behind a proxy often do not know
// that they are encrypted, or take the name that the proxy calls them by for
// their own: the scheme is not lowered on one host, and this machine is not
// what another one means by "localhost".
func sameHost(base, u *url.URL) *url.URL {
	lowered := u.Scheme == "http" && base.Scheme == "https" && strings.EqualFold(u.Hostname(), base.Hostname())
	if lowered || loopback(u.Hostname()) && !loopback(base.Hostname()) {
		v := *u
		v.Scheme, v.Host = base.Scheme, base.Host
		return &v
	}
	return u
}
