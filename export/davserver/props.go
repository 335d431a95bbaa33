package davserver

import (
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A subject is what properties are asked of: a folder, or an item in one.
type subject struct {
	f  *folder
	it *item
}

// A property appends its value to b; false if the subject has none.
type property func(a *answer, b []byte, on subject) ([]byte, bool)

// properties are the live properties. What is in none of them is not found.
var properties = map[xml.Name]property{
	{Space: nsDAV, Local: "resourcetype"}:                     propType,
	{Space: nsDAV, Local: "displayname"}:                      propName,
	{Space: nsDAV, Local: "getetag"}:                          propETag,
	{Space: nsDAV, Local: "getcontentlength"}:                 propLength,
	{Space: nsDAV, Local: "getcontenttype"}:                   propContentType,
	{Space: nsDAV, Local: "getlastmodified"}:                  propModified,
	{Space: nsDAV, Local: "current-user-principal"}:           propPrincipal,
	{Space: nsDAV, Local: "principal-URL"}:                    propPrincipal,
	{Space: nsDAV, Local: "owner"}:                            propPrincipal,
	{Space: nsDAV, Local: "principal-collection-set"}:         propPrincipals,
	{Space: nsDAV, Local: "current-user-privilege-set"}:       propPrivileges,
	{Space: nsDAV, Local: "supported-report-set"}:             propReports,
	{Space: nsDAV, Local: "sync-token"}:                       propToken,
	{Space: nsCS, Local: "getctag"}:                           propCTag,
	{Space: nsCard, Local: "addressbook-home-set"}:            propHome("contacts"),
	{Space: nsCard, Local: "addressbook-description"}:         propDescription(book),
	{Space: nsCard, Local: "supported-address-data"}:          propAddressData,
	{Space: nsCard, Local: "max-resource-size"}:               propMaxSize(book),
	{Space: nsCal, Local: "calendar-home-set"}:                propHome("calendars"),
	{Space: nsCal, Local: "calendar-user-address-set"}:        propUserAddress,
	{Space: nsCal, Local: "calendar-description"}:             propDescription(cal),
	{Space: nsCal, Local: "supported-calendar-component-set"}: propComponents,
	{Space: nsCal, Local: "supported-calendar-data"}:          propCalendarData,
	{Space: nsCal, Local: "max-resource-size"}:                propMaxSize(cal),
	{Space: nsApple, Local: "calendar-color"}:                 propColor,
	{Space: nsApple, Local: "calendar-order"}:                 propOrder,
}

// allProps are those of DAV:allprop: RFC 4918 s9.1 leaves out what later
// documents define.
var allProps = []xml.Name{
	{Space: nsDAV, Local: "resourcetype"}, {Space: nsDAV, Local: "displayname"}, {Space: nsDAV, Local: "getetag"},
	{Space: nsDAV, Local: "getcontentlength"}, {Space: nsDAV, Local: "getcontenttype"}, {Space: nsDAV, Local: "getlastmodified"},
}

func propType(a *answer, b []byte, on subject) ([]byte, bool) {
	if on.it != nil {
		return b, true
	}
	b = append(b, "<d:collection/>"...)
	switch on.f.kind {
	case principal:
		b = append(b, "<d:principal/>"...)
	case book:
		b = append(b, "<card:addressbook/>"...)
	case cal:
		b = append(b, "<cal:calendar/>"...)
		if a.play.has(CalendarIsOutbox) {
			b = append(b, "<cal:schedule-outbox/>"...)
		}
	}
	return b, true
}

func propName(_ *answer, b []byte, on subject) ([]byte, bool) {
	if on.it != nil {
		return b, false
	}
	name := on.f.props.Name
	if name == "" && on.f.kind == files {
		name = on.f.name
	}
	return appendText(b, name, textOptions{}), name != ""
}

func propETag(a *answer, b []byte, on subject) ([]byte, bool) {
	if on.it == nil || a.play.has(MissingETags) {
		return b, false
	}
	if a.play.fresh(on.it) {
		b = append(b, "W/"...)
	}
	return a.appendETag(b, on.it.tag), true
}

// appendETag appends an entity tag as it stands in XML.
func (a *answer) appendETag(b []byte, tag [16]byte) []byte {
	quote := a.tagQuote
	b = append(b, a.tagFront...)
	b = append(b, quote...)
	b = hex.AppendEncode(b, tag[:])
	return append(b, quote...)
}

func propLength(a *answer, b []byte, on subject) ([]byte, bool) {
	if on.it == nil || a.play.has(NoContentLength) {
		return b, false
	}
	return strconv.AppendInt(b, on.it.size(), 10), true
}

func propContentType(_ *answer, b []byte, on subject) ([]byte, bool) {
	if on.it == nil {
		return b, false
	}
	return append(b, contentType(on.f, on.it)...), true
}

func contentType(f *folder, it *item) string {
	switch f.kind {
	case book:
		return "text/vcard; charset=utf-8"
	case cal:
		return "text/calendar; charset=utf-8"
	}
	if t := fileTypes[strings.ToLower(path.Ext(it.name))]; t != "" {
		return t
	}
	return "application/octet-stream"
}

// fileTypes are those that phones keep; the system's own table would make the
// server answer differently on each computer.
var fileTypes = map[string]string{
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".heic": "image/heic", ".heif": "image/heif",
	".webp": "image/webp", ".dng": "image/x-adobe-dng", ".mov": "video/quicktime", ".mp4": "video/mp4", ".m4v": "video/x-m4v",
	".vcf": "text/vcard; charset=utf-8", ".ics": "text/calendar; charset=utf-8", ".txt": "text/plain; charset=utf-8", ".xmp": "application/rdf+xml",
}

func propModified(_ *answer, b []byte, on subject) ([]byte, bool) {
	at := on.f.modified
	if on.it != nil {
		at = on.it.modified
	}
	if at.IsZero() {
		return b, false
	}
	return at.UTC().AppendFormat(b, http.TimeFormat), true
}

func (a *answer) appendHref(b []byte, path string) []byte {
	b = append(b, "<d:href>"...)
	b = a.appendPath(b, path)
	return append(b, "</d:href>"...)
}

func propPrincipal(a *answer, b []byte, _ subject) ([]byte, bool) {
	if a.play.has(NobodyNamed) {
		return b, false
	}
	return a.appendHref(b, "/principals/"+a.user+"/"), true
}

func propPrincipals(a *answer, b []byte, _ subject) ([]byte, bool) {
	return a.appendHref(b, "/principals/"), true
}

// propPrivileges is RFC 3744 s5.4, because clients take a collection without
// it for one that cannot be written.
func propPrivileges(a *answer, b []byte, on subject) ([]byte, bool) {
	rights := []string{"read"}
	if on.f.kind >= home && !a.play.has(ReadOnly) {
		rights = []string{"all", "read", "write", "write-content", "bind", "unbind"}
	}
	for _, p := range rights {
		b = append(b, "<d:privilege><d:"+p+"/></d:privilege>"...)
	}
	return b, true
}

func propReports(a *answer, b []byte, on subject) ([]byte, bool) {
	var reports []string
	if on.it == nil {
		switch on.f.kind {
		case book:
			reports = []string{"card:addressbook-multiget", "card:addressbook-query"}
		case cal:
			reports = []string{"cal:calendar-multiget", "cal:calendar-query"}
		}
		if reports != nil && !a.play.has(NoSyncToken) {
			reports = append(reports, "d:sync-collection")
		}
	}
	for _, r := range reports {
		b = append(b, "<d:supported-report><d:report><"+r+"/></d:report></d:supported-report>"...)
	}
	return b, true
}

func propToken(a *answer, b []byte, on subject) ([]byte, bool) {
	if on.it != nil || on.f.kind != book && on.f.kind != cal || a.play.has(NoSyncToken) {
		return b, false
	}
	return append(b, on.f.token(len(on.f.log))...), true
}

// propCTag is http://calendarserver.org/ns/ getctag; it needs no sync tokens.
func propCTag(_ *answer, b []byte, on subject) ([]byte, bool) {
	if on.it != nil || on.f.kind != book && on.f.kind != cal {
		return b, false
	}
	return strconv.AppendUint(b, on.f.mark(len(on.f.log)), 16), true
}

func propHome(name string) property {
	return func(a *answer, b []byte, on subject) ([]byte, bool) {
		path := "/" + name + "/" + a.user + "/"
		if a.play.has(NobodyNamed) && on.f.kind != principal {
			return b, false
		}
		if a.play.has(HomeElsewhere) {
			return append(b, "<d:href>"+strings.TrimSuffix(a.play.tune.Target, "/")+path+"</d:href>"...), on.it == nil
		}
		return a.appendHref(b, path), on.it == nil
	}
}

func propDescription(k kind) property {
	return func(_ *answer, b []byte, on subject) ([]byte, bool) {
		ok := on.it == nil && on.f.kind == k && on.f.props.Description != ""
		return appendText(b, on.f.props.Description, textOptions{}), ok
	}
}

func propAddressData(a *answer, b []byte, on subject) ([]byte, bool) {
	b = append(b, `<card:address-data-type content-type="text/vcard" version="3.0"/>`...)
	if !a.play.has(OnlyVCard3) {
		b = append(b, `<card:address-data-type content-type="text/vcard" version="4.0"/>`...)
	}
	return b, on.it == nil && on.f.kind == book
}

func propCalendarData(_ *answer, b []byte, on subject) ([]byte, bool) {
	return append(b, `<cal:calendar-data content-type="text/calendar" version="2.0"/>`...), on.it == nil && on.f.kind == cal
}

func propMaxSize(k kind) property {
	return func(a *answer, b []byte, on subject) ([]byte, bool) {
		limit := a.maxItem
		if a.play.has(SizeLimit) {
			limit = a.play.tune.MaxItem
		}
		return strconv.AppendInt(b, limit, 10), on.it == nil && on.f.kind == k
	}
}

func propUserAddress(a *answer, b []byte, on subject) ([]byte, bool) {
	return a.appendHref(b, "/principals/"+a.user+"/"), on.it == nil && on.f.kind == principal
}

// components are those that a calendar takes.
func (f *folder) components() []string {
	if len(f.props.Components) == 0 {
		return []string{"VEVENT", "VTODO"}
	}
	return f.props.Components
}

func propComponents(a *answer, b []byte, on subject) ([]byte, bool) {
	if on.it != nil || on.f.kind != cal {
		return b, false
	}
	for _, c := range on.f.components() {
		if c == "VTODO" && a.play.has(NoTodos) {
			continue
		}
		b = append(b, `<cal:comp name="`+c+`"/>`...)
	}
	return b, true
}

func propColor(_ *answer, b []byte, on subject) ([]byte, bool) {
	ok := on.it == nil && on.f.kind == cal && on.f.props.Color != ""
	return appendText(b, on.f.props.Color, textOptions{}), ok
}

func propOrder(_ *answer, b []byte, on subject) ([]byte, bool) {
	ok := on.it == nil && on.f.kind == cal && on.f.props.Order != 0
	return strconv.AppendInt(b, int64(on.f.props.Order), 10), ok
}

// itemData is address-data and calendar-data, which only reports know
// (RFC 6352 s10.4).
func itemData(a *answer, b []byte, on subject) ([]byte, bool) {
	if on.it == nil || !a.carries(on.it.body) {
		return b, false
	}
	return appendText(b, on.it.body, a.data), true
}

// carries reports whether XML can carry body, or the server does not care.
func (a *answer) carries(body string) bool {
	ascii := true
	for i := range len(body) {
		c := body[i]
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && !a.play.has(RawControl) {
			return false
		}
		ascii = ascii && c < 0x80
	}
	if ascii || a.play.has(RawBytes) {
		return true
	}
	return utf8.ValidString(body) && !strings.Contains(body, "\ufffe") && !strings.Contains(body, "\uffff")
}
