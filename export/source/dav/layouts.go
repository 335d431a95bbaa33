package dav

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

// layouts are where servers have their DAV, below the address of their web
// pages.
var layouts = []string{
	"remote.php/dav/",     // Nextcloud, ownCloud
	"SOGo/dav/",           // SOGo
	"dav.php/",            // Baïkal
	"html/dav.php/",       // Baïkal, unpacked below the web root
	"caldav.php/",         // DAViCal
	"davical/caldav.php/", // DAViCal, as Debian installs it
	"groupdav.php/",       // EGroupware
	"dav/",                // Cyrus, Zimbra, Davis
	"radicale/",           // Radicale behind a proxy
}

// marks are the parts of a path with which that which a server itself lays out
// begins: before them stands what its owner chose.
var marks = []string{
	"remote.php", "index.php", "apps", "login", "SOGo", "dav.php", "card.php", "cal.php", "html", "admin",
	"davical", "caldav.php", "groupdav.php", "dav", "radicale", ".web", "principals", ".well-known",
}

// markIn is the place of the first mark in the parts of a path, -1 if there is
// none.
func markIn(parts []string) int {
	return slices.IndexFunc(parts, func(p string) bool {
		return slices.ContainsFunc(marks, func(m string) bool { return strings.EqualFold(m, p) })
	})
}

// ofServer reports whether a path is one that a server lays out, and not that
// of a folder in it.
func ofServer(path string) bool {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	i := markIn(parts)
	return i >= 0 && len(parts)-i <= 2
}

// bases are the addresses below which a server may have its DAV, for a path
// that somebody typed or copied from a browser: with a slash at their ends, the
// most likely first.
func bases(path string) []string {
	const most = 4
	parts := strings.Split(strings.Trim(path, "/"), "/")
	var list []string
	add := func(n int) {
		b := "/" + strings.Join(parts[:n], "/")
		if n > 0 {
			b += "/"
		}
		if len(list) < most && !slices.Contains(list, b) {
			list = append(list, b)
		}
	}
	if i := markIn(parts); i >= 0 {
		add(i)
		add(i + 1)
	}
	if parts[0] != "" {
		add(len(parts))
		add(1)
	}
	add(0)
	return list
}

// guesses are starting points that nobody named, if no other led anywhere: the
// domain of an e-mail address, and wherever the servers that are known have
// their DAV.
func (f *finder) guesses(_ context.Context, a address) []candidate {
	if f.found != 0 && !a.email || f.s.service != nil && len(f.s.service.starts) > 0 {
		return nil
	}
	var cs []candidate
	if a.email {
		cs = append(f.wellKnown(a.url), candidate{url: a.url, half: both})
	}
	if f.found != 0 {
		return cs
	}
	guess := func(path string, h half) {
		cs = append(cs, candidate{url: at(a.url, path), half: h, guess: true})
	}
	for _, base := range bases(a.url.EscapedPath()) {
		if base != "/" {
			guess(base, both)
			guess(base+".well-known/carddav", books)
			guess(base+".well-known/caldav", calendars)
		}
		for _, path := range layouts {
			guess(base+path, both)
		}
	}
	return append(cs, candidate{url: at(a.url, "/"), half: both, guess: true})
}

// people are where servers have the principal of a user, below the addresses
// that speak DAV but name nobody (DAV:current-user-principal is younger than
// CalDAV).
func (f *finder) people(context.Context, address) (cs []candidate) {
	user := f.s.User()
	if f.found != 0 || user == "" {
		return nil
	}
	for _, u := range f.mute {
		base := strings.TrimSuffix(u.EscapedPath(), "/") + "/"
		for _, path := range []string{"principals/", "principals/users/", "principals/user/", "users/", ""} {
			cs = append(cs, candidate{url: at(u, base+path+url.PathEscape(user)+"/"), half: both, guess: true, person: true})
		}
	}
	return cs
}
