package dav

import (
	"encoding/xml"
	"strings"
)

const head = `<?xml version="1.0" encoding="utf-8"?>` + "\n"

// spaces declares the namespaces of what is asked for: RFC 4918, 4791, 6352,
// and Apple's for colour and order.
const spaces = ` xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:R="urn:ietf:params:xml:ns:carddav" xmlns:A="http://apple.com/ns/ical/"`

// askWho finds the way from any resource to the home sets (RFC 5397, RFC 4791
// section 6.2.1, RFC 6352 section 7.1.1), and says what the resource itself is.
var askWho = []byte(head + `<propfind` + spaces + `><prop><resourcetype/><current-user-principal/><C:calendar-home-set/><R:addressbook-home-set/>` + collectionProps + `</prop></propfind>`)

// askCollections lists a home set.
var askCollections = []byte(head + `<propfind` + spaces + `><prop><resourcetype/>` + collectionProps + `</prop></propfind>`)

const collectionProps = `<displayname/><sync-token/><supported-report-set/><C:supported-calendar-component-set/><A:calendar-color/><A:calendar-order/>` +
	`<current-user-privilege-set/><R:supported-address-data/><R:max-resource-size/><C:max-resource-size/>`

const itemProps = `<resourcetype/><getetag/><getcontentlength/><getlastmodified/>`

// askItems lists a collection.
var askItems = []byte(head + `<propfind xmlns="DAV:"><prop>` + itemProps + `</prop></propfind>`)

// askAlive asks for next to nothing.
var askAlive = []byte(head + `<propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>`)

// askSync is the report of RFC 6578, section 3.2.
func askSync(token string) []byte {
	var b strings.Builder
	b.WriteString(head + `<sync-collection xmlns="DAV:"><sync-token>`)
	xml.EscapeText(&b, []byte(token))
	b.WriteString(`</sync-token><sync-level>1</sync-level><prop>` + itemProps + `</prop></sync-collection>`)
	return []byte(b.String())
}

// askData is the multiget of RFC 6352, section 8.7, or RFC 4791, section 7.9.
func askData(dst []byte, book bool, hrefs []string) []byte {
	open, data, end := `<C:calendar-multiget`, `<C:calendar-data/>`, `</C:calendar-multiget>`
	if book {
		open, data, end = `<R:addressbook-multiget`, `<R:address-data/>`, `</R:addressbook-multiget>`
	}
	dst = append(dst[:0], head+open+spaces+`><prop><getetag/><getcontentlength/>`+data+`</prop>`...)
	for _, h := range hrefs {
		dst = append(dst, `<href>`...)
		if strings.ContainsAny(h, "&<>\"'\r\n\t") {
			var b strings.Builder
			xml.EscapeText(&b, []byte(h))
			h = b.String()
		}
		dst = append(dst, h...)
		dst = append(dst, `</href>`...)
	}
	return append(dst, end...)
}
