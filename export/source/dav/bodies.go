package dav

import (
	"encoding/xml"
	"strings"
)

const head = `<?xml version="1.0" encoding="utf-8"?>` + "\n"

// spaces declares the namespaces of what is asked for: RFC 4918, 4791, 6352,
// and Apple's for colour and order.
const spaces = ` xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:R="urn:ietf:params:xml:ns:carddav" xmlns:A="http://apple.com/ns/ical/"`

// typeProp says what a resource is. Every server knows it, and no listing can
// do without it.
const typeProp = `<resourcetype/>`

// whoProps find the way from any resource to the home sets (RFC 5397, RFC 4791
// section 6.2.1, RFC 6352 section 7.1.1), and say what the resource itself is.
var whoProps = append([]string{
	typeProp, `<current-user-principal/>`, `<C:calendar-home-set/>`, `<R:addressbook-home-set/>`,
}, collectionProps[1:]...)

// collectionProps say what a collection is, what it shows of itself and what
// it takes.
var collectionProps = []string{
	typeProp, `<displayname/>`, `<supported-report-set/>`, `<C:supported-calendar-component-set/>`, `<A:calendar-color/>`, `<A:calendar-order/>`,
	`<sync-token/>`, `<current-user-privilege-set/>`, `<R:supported-address-data/>`, `<R:max-resource-size/>`, `<C:max-resource-size/>`,
}

// askTypes are the properties that tell collections from folders.
var askTypes = []string{typeProp}

// itemProps are what a listing needs of an item.
var itemProps = []string{typeProp, `<getetag/>`, `<getcontentlength/>`, `<getlastmodified/>`}

// askFor is a PROPFIND for props.
func askFor(props []string) []byte {
	return []byte(head + `<propfind` + spaces + `><prop>` + strings.Join(props, "") + `</prop></propfind>`)
}

// Questions that are asked often.
var (
	askCollections = askFor(collectionProps)
	askItems       = askFor(itemProps)
	askAlive       = askFor([]string{typeProp})
)

// askSync is the report of RFC 6578, section 3.2.
func askSync(token string) []byte {
	var b strings.Builder
	b.WriteString(head + `<sync-collection xmlns="DAV:"><sync-token>`)
	xml.EscapeText(&b, []byte(token))
	b.WriteString(`</sync-token><sync-level>1</sync-level><prop>` + strings.Join(itemProps, "") + `</prop></sync-collection>`)
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
