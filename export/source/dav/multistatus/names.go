package multistatus

// space is a namespace that DAV answers use.
type space uint8

const (
	spaceOther space = iota
	spaceDAV
	spaceCal
	spaceCard
	spaceServer
	spaceApple
	spaceNextcloud
)

func spaceOf(uri []byte) space {
	switch string(uri) {
	case "DAV:":
		return spaceDAV
	case "urn:ietf:params:xml:ns:caldav":
		return spaceCal
	case "urn:ietf:params:xml:ns:carddav":
		return spaceCard
	case "http://calendarserver.org/ns/":
		return spaceServer
	case "http://apple.com/ns/ical/":
		return spaceApple
	case "http://nextcloud.com/ns":
		return spaceNextcloud
	}
	return spaceOther
}

// An Elem is an element that means something here; Unknown is any other.
type Elem uint8

// The elements.
const (
	Unknown Elem = iota
	elemMultistatus
	elemResponse
	elemHref
	elemStatus
	elemPropstat
	elemProp
	elemSyncToken
	elemETag
	elemLength
	elemModified
	elemType
	elemName
	elemPrincipal
	elemUnauthenticated
	elemBookHomes
	elemCalHomes
	elemReports
	elemSyncCollection
	elemComponents
	elemComp
	elemColor
	elemOrder
	elemBookMaxSize
	elemCalMaxSize
	elemAddressTypes
	elemPrivileges
	elemData
	elemCollection
	elemBook
	elemCalendar
	elemPrincipalType
	elemInbox
	elemOutbox
	elemNotification
	elemSubscribed
	elemTrash
	elemAddressType
	elemPrivilege
	elemRight
)

var davElems = map[string]Elem{
	"multistatus": elemMultistatus, "response": elemResponse, "href": elemHref, "status": elemStatus,
	"propstat": elemPropstat, "prop": elemProp, "sync-token": elemSyncToken, "getetag": elemETag,
	"getcontentlength": elemLength, "getlastmodified": elemModified, "resourcetype": elemType,
	"displayname": elemName, "current-user-principal": elemPrincipal, "unauthenticated": elemUnauthenticated,
	"supported-report-set": elemReports, "sync-collection": elemSyncCollection, "collection": elemCollection,
	"principal": elemPrincipalType, "current-user-privilege-set": elemPrivileges, "privilege": elemPrivilege,
	"all": elemRight, "write": elemRight, "write-content": elemRight, "bind": elemRight,
}

var calElems = map[string]Elem{
	"calendar-home-set": elemCalHomes, "supported-calendar-component-set": elemComponents, "comp": elemComp,
	"calendar-data": elemData, "calendar": elemCalendar, "max-resource-size": elemCalMaxSize,
	"schedule-inbox": elemInbox, "schedule-outbox": elemOutbox,
}

var cardElems = map[string]Elem{
	"addressbook-home-set": elemBookHomes, "address-data": elemData, "addressbook": elemBook,
	"supported-address-data": elemAddressTypes, "address-data-type": elemAddressType, "max-resource-size": elemBookMaxSize,
}

func lookup(s space, local []byte) Elem {
	switch s {
	case spaceDAV:
		return davElems[string(local)]
	case spaceCal:
		return calElems[string(local)]
	case spaceCard:
		return cardElems[string(local)]
	case spaceServer:
		switch string(local) {
		case "notification", "notifications":
			return elemNotification
		case "subscribed":
			return elemSubscribed
		}
	case spaceApple:
		switch string(local) {
		case "calendar-color":
			return elemColor
		case "calendar-order":
			return elemOrder
		}
	case spaceNextcloud:
		switch string(local) {
		case "trash-bin", "deleted-calendar":
			return elemTrash
		}
	}
	return Unknown
}
