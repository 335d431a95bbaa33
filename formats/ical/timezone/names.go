package timezone

import (
	"bytes"
	"strings"
	"sync"
	"time"
	_ "time/tzdata"

	"sidekeep/formats/ical/datetime"
)

// Windows has no database of time zones that Go can read

// Location finds the time zone that a TZID means: one that [Known] finds, or an
// offset such as GMT+0200. It returns nil if it is none.
func Location(id string) *time.Location {
	if l := Known(id); l != nil {
		return l
	}
	return fixed(strings.Trim(id, " \t\"'"))
}

// Known finds the zone of the IANA database that a name means: its own, in
// whatever case, one of Windows, one with a prefix such as
// /freeassociation.sourceforge.net/Europe/Berlin, one with hyphens such as
// US-Eastern, an abbreviation such as CEST, or what programs call zones for
// people. It returns nil if it is none.
func Known(id string) *time.Location {
	id = strings.Trim(id, " \t\"'")
	if len(id) > 200 || id == "" {
		return nil
	}
	if l, ok := understoodNames.Load(id); ok {
		return l.(*time.Location)
	}
	l := find(id)
	if l != nil { // what is not known may be anything, and any number
		understoodNames.Store(strings.Clone(id), l)
	}
	return l
}

var understoodNames sync.Map

func find(id string) *time.Location {
	if strings.EqualFold(id, "local") {
		return nil
	}
	if l := load(id); l != nil {
		return l
	}
	if l := called(id); l != nil {
		return l
	}
	for rest := strings.TrimPrefix(strings.TrimPrefix(id, "tzone:/"), "/"); ; {
		if l := spelled(rest); l != nil {
			return l
		}
		_, after, more := strings.Cut(rest, "/")
		if !more {
			break
		}
		rest = after
	}
	if l := spelled(strings.Replace(id, "-", "/", 1)); l != nil {
		return l
	}
	if id[0] == '(' { // an offset, with cities as a label
		return nil
	}
	for city := range strings.SplitSeq(id, ",") { // Paris, Madrid
		if l := cityOf(strings.TrimSpace(city)); l != nil {
			return l
		}
	}
	return nil
}

// called finds a zone by what people and Windows call it, in whatever case.
func called(id string) *time.Location {
	name := strings.ToLower(id)
	name = strings.TrimRight(name, "0123456789") // Outlook numbers zones of one name
	if name = strings.TrimSpace(name); name == "" {
		return nil
	}
	for _, n := range []string{name, strings.Replace(name, " daylight time", " standard time", 1), strings.Replace(name, " summer time", " standard time", 1)} {
		if iana, ok := windows[n]; ok {
			return load(iana)
		}
		if iana, ok := spoken[n]; ok {
			return load(iana)
		}
	}
	return nil
}

// spelled finds a name of the database that is written in another case, or with
// blanks.
func spelled(name string) *time.Location {
	if l := load(name); l != nil {
		return l
	}
	plain := strings.ReplaceAll(strings.TrimSpace(name), " ", "_")
	if l := load(strings.ToUpper(plain)); l != nil {
		return l
	}
	b := []byte(strings.ToLower(plain))
	for i, c := range b {
		begins := i == 0 || strings.IndexByte("/_-", b[i-1]) >= 0
		if begins && c >= 'a' && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	for _, word := range [...]string{"_Of_", "_Es_", "-Au-", "-Of-", "_Da_"} {
		b = bytes.ReplaceAll(b, []byte(word), bytes.ToLower([]byte(word)))
	}
	if rest, etc := bytes.CutPrefix(b, []byte("Etc/")); etc && len(rest) <= len("GMT+12") {
		b = append([]byte("Etc/"), bytes.ToUpper(rest)...)
	}
	return load(string(b))
}

// cityOf finds the zone that the database calls after a city.
func cityOf(city string) *time.Location {
	if len(city) < 3 || strings.Contains(city, "/") {
		return nil
	}
	for _, region := range [...]string{"Europe/", "America/", "Asia/", "Africa/", "Australia/", "Pacific/", "Atlantic/", "Indian/"} {
		if l := spelled(region + city); l != nil {
			return l
		}
	}
	return nil
}

// loaded remembers the zones of the IANA database that were asked for: reading
// one costs as much as reading a whole event.
var loaded sync.Map

func load(name string) *time.Location {
	if l, ok := loaded.Load(name); ok {
		return l.(*time.Location)
	}
	if name == "" || name == "Local" || name == "Factory" || strings.HasPrefix(name, ".") {
		return nil
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	loaded.Store(name, l)
	return l
}

// fixed reads +02:00, GMT+02:00, UTC-5 and (UTC+01:00), the latter with a name
// behind it.
func fixed(id string) *time.Location {
	s := strings.ToUpper(strings.TrimPrefix(id, "("))
	rest, gmt := strings.CutPrefix(s, "GMT")
	if !gmt {
		rest, gmt = strings.CutPrefix(s, "UTC")
	}
	if rest = strings.TrimSpace(rest); !gmt && (rest == "" || rest[0] != '+' && rest[0] != '-') {
		return nil
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return !strings.ContainsRune("+-0123456789:.", r) })
	if end < 0 {
		end = len(rest)
	}
	if end < len(rest) && rest[end] != ')' && rest[end] != ' ' {
		return nil
	}
	if end == 0 && rest != "" && rest[0] != ')' {
		return nil
	}
	rest = strings.NewReplacer(":", "", ".", "").Replace(rest[:end])
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
	seconds, ok := datetime.ParseOffset(rest)
	if !ok {
		return nil
	}
	return time.FixedZone(id, seconds)
}
