package ical

import (
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // Windows has no database of time zones that Go can read
)

// location finds the time zone that a TZID means: a name of the IANA database,
// one of Windows, one with a prefix such as
// /freeassociation.sourceforge.net/Europe/Berlin, one with hyphens such as
// US-Eastern, or an offset such as GMT+0200. It returns nil if it is none.
func location(id string) *time.Location {
	id = strings.TrimSpace(id)
	if len(id) > 200 || strings.EqualFold(id, "local") {
		return nil
	}
	if l := load(id); l != nil {
		return l
	}
	if iana, ok := windows[strings.ToLower(id)]; ok {
		return load(iana)
	}
	for rest := strings.TrimPrefix(id, "/"); ; {
		_, after, more := strings.Cut(rest, "/")
		if !more {
			break
		}
		if l := load(after); l != nil {
			return l
		}
		rest = after
	}
	if l := load(strings.Replace(id, "-", "/", 1)); l != nil {
		return l
	}
	return fixed(id)
}

// loaded remembers the zones of the IANA database that were asked for: reading
// one costs as much as reading a whole event.
var loaded sync.Map

func load(name string) *time.Location {
	if l, ok := loaded.Load(name); ok {
		return l.(*time.Location)
	}
	if name == "" || name == "Local" || strings.HasPrefix(name, ".") {
		return nil
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	loaded.Store(name, l)
	return l
}

// fixed reads GMT+02:00, UTC-5 and (UTC+01:00) with a name behind it.
func fixed(id string) *time.Location {
	s := strings.ToUpper(strings.TrimPrefix(id, "("))
	s, _, _ = strings.Cut(s, ")")
	rest, gmt := strings.CutPrefix(s, "GMT")
	if !gmt {
		if rest, gmt = strings.CutPrefix(s, "UTC"); !gmt {
			return nil
		}
	}
	rest = strings.ReplaceAll(strings.TrimSpace(rest), ":", "")
	switch len(rest) {
	case 0:
		return time.UTC
	case 2: // +5
		rest = rest[:1] + "0" + rest[1:] + "00"
	case 3: // +05
		rest += "00"
	case 4: // +530
		rest = rest[:1] + "0" + rest[1:]
	}
	seconds, ok := offset(rest)
	if !ok {
		return nil
	}
	return time.FixedZone(id, seconds)
}
