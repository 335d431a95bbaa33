package davserver

import (
	"sync"
	"time"
)

// A Quirk is something that a real server does differently from the common
// behaviour, or that an RFC allows and few clients expect.
type Quirk string

// What listings do.
const (
	// NoSyncToken: no DAV:sync-token and no sync-collection report. RFC 6578
	// is optional; rclone, Apache and nginx have neither.
	NoSyncToken Quirk = "no sync-token"
	// TokenRefused: every token is answered by 403 with DAV:valid-sync-token,
	// as RFC 6578 s3.2 wants it of a token that the server has forgotten;
	// Radicale and SabreDAV do so.
	TokenRefused Quirk = "token refused with 403"
	// TokenBreaks: every token is answered by 500, as Xandikos 0.2.8 answers
	// one that it does not know.
	TokenBreaks Quirk = "token answered by 500"
	// TokenIgnored: a token is answered by everything and names nothing that
	// was removed, as if none had been sent; rustical 0.14 does so with a stale
	// one.
	TokenIgnored Quirk = "token answered by everything"
	// PagedSync: sync-collection names at most Tune.Page changes in an answer
	// and says by 507 that more follow (RFC 6578 s3.6).
	PagedSync Quirk = "paging by 507"
	// LimitIgnored: DAV:limit is not honoured (RFC 5323 s5.17 calls it a
	// request); Radicale and Xandikos do so.
	LimitIgnored Quirk = "limit ignored"
	// ListsItself: sync-collection names the collection itself among its
	// members, with an ETag, as PROPFIND with Depth 1 does by RFC 4918 s9.1.
	ListsItself Quirk = "collection lists itself"
	// StatusBeside: sync-collection writes a status of 201 beside the propstat
	// of a member, which RFC 6578 s3.5.1 forbids and SOGo does.
	StatusBeside Quirk = "status beside propstat"
	// ItemVanishes: one item is listed, and gone when it is fetched. RFC 4918
	// knows no snapshot: another client may delete at any time.
	ItemVanishes Quirk = "item gone between listing and fetch"
)

// What is listed, and what it is asked for.
const (
	// PropertyBreaks: a PROPFIND that names Tune.Property is answered by 500, as
	// DAViCal does with DAV:sync-token where nothing can be synchronised.
	PropertyBreaks Quirk = "a property answered by 500"
	// PropertyRefused: it is answered by Tune.Status instead of a 404 inside of
	// the answer (RFC 4918 s9.1).
	PropertyRefused Quirk = "a property refused"
	// ListingCut: so is it, in the middle of the XML: a script that ends.
	ListingCut Quirk = "a property breaks the XML off"
	// CalendarIsOutbox: calendars have the type of a schedule-outbox as well, as
	// SOGo's default calendar has.
	CalendarIsOutbox Quirk = "calendar is outbox too"
	// ReportsBreak: every REPORT is answered by 500.
	ReportsBreak Quirk = "reports answered by 500"
	// NobodyNamed: no DAV:current-user-principal, which RFC 5397 made up years
	// after CalDAV.
	NobodyNamed Quirk = "no current-user-principal"
	// OddMembers: the home of the calendars holds an inbox, an outbox,
	// notifications, a subscription, a trash bin, a folder and what is answered
	// by 403 and 404 beside the calendars.
	OddMembers Quirk = "odd members of a home set"
)

// What marks and addresses look like.
const (
	// WeakETags: W/"..." (RFC 9110 s8.8.1), as nginx makes them when it
	// compresses an answer.
	WeakETags Quirk = "weak ETags"
	// QuotedETags: the quotes stand as &quot; in XML, as SabreDAV and all that
	// is built on it writes them.
	QuotedETags Quirk = "ETags quoted as &quot;"
	// BareETags: no quotes at all in XML, as at mailbox.org and in Seafile.
	BareETags Quirk = "ETags without quotes"
	// MissingETags: PROPFIND and REPORT know no getetag, and GET sends none.
	// RFC 4918 s15.6 asks for it only where GET has one; SmarterMail and
	// Nextcloud's calendars of other apps have none.
	MissingETags Quirk = "missing ETags"
	// NoContentLength: no DAV:getcontentlength.
	NoContentLength Quirk = "no getcontentlength"
	// RelativeHrefs: members are named relative to the request's URL, which
	// RFC 2518 s12.3 allowed and RFC 4918 s8.3 no longer does.
	RelativeHrefs Quirk = "relative hrefs"
	// AbsoluteHrefs: scheme and host stand in every href (RFC 4918 s8.3).
	AbsoluteHrefs Quirk = "absolute hrefs"
	// AbsoluteRefused: a multiget that names items by absolute URIs is answered
	// by 400, as iCloud does.
	AbsoluteRefused Quirk = "absolute hrefs refused"
	// HomeElsewhere: the home sets are named on Tune.Target, another host, as
	// iCloud names pNN-contacts.icloud.com.
	HomeElsewhere Quirk = "home sets on another host"
	// EncodedHrefs: every byte but letters and digits is percent-encoded, in
	// small letters; RFC 3986 s6.2.2 calls the two spellings equal.
	EncodedHrefs Quirk = "percent-encoded hrefs"
)

// What bodies look like.
const (
	// EscapesCR: a CR in an item is written as &#13; in XML, so that it
	// survives parsing. libxml2 writes so, and with it SabreDAV and Nextcloud.
	EscapesCR Quirk = "CR as &#13;"
	// LFInXML: items have LF in XML where GET has CRLF.
	LFInXML Quirk = "XML with LF bodies"
	// RawControl: a form feed or another character that XML cannot carry is
	// written as it is, as Python's ElementTree does in Radicale and Xandikos.
	RawControl Quirk = "control characters in XML"
	// RawBytes: bytes that are not UTF-8 are written into XML as they are.
	RawBytes Quirk = "bad UTF-8 in XML"
	// Compressed: XML comes with Content-Encoding gzip to a client that accepts
	// it, as from behind nginx.
	Compressed Quirk = "gzip"
	// Entities: the answer has a document type with entities that refer to
	// each other and to a local file (XML 1.0 s4.2).
	Entities Quirk = "entities in XML"
	// Garbage: Tune.Garbage bytes that are no XML, called application/xml.
	Garbage Quirk = "garbage instead of XML"
	// EndlessText: Tune.Garbage bytes of well-formed XML in one text.
	EndlessText Quirk = "endless text in XML"
)

// How the exchange goes wrong.
const (
	// MultigetBreaks: a multiget that names one certain item is answered by
	// 500, GET works.
	MultigetBreaks Quirk = "one item makes multiget answer 500"
	// ItemBreaks: so does a GET of it.
	ItemBreaks Quirk = "one item cannot be read"
	// Dropped: the connection ends in the middle of a chunked body.
	Dropped Quirk = "connection dropped in the body"
	// Short: the body ends before its Content-Length.
	Short Quirk = "body shorter than Content-Length"
	// Cut: an HTTP/1.0 body whose end is the end of the connection, cut in the
	// middle; nothing in the exchange tells (RFC 9112 s8).
	Cut Quirk = "unframed body cut"
	// SignInLost: 401 to a request whose sign-in is right.
	SignInLost Quirk = "401 in the middle"
	// TooMany: 429 with Retry-After in seconds (RFC 6585 s4).
	TooMany Quirk = "429 with Retry-After"
	// Unavailable: 503 with Retry-After as a date (RFC 9110 s10.2.3).
	Unavailable Quirk = "503 with Retry-After"
	// Elsewhere: a redirect to the same path under Tune.Target.
	Elsewhere Quirk = "redirect to another host"
	// RedirectLoop: a redirect that leads to another redirect, for ever.
	RedirectLoop Quirk = "endless redirect"
	// NewConnections: every answer closes its connection and says so, as
	// Radicale does.
	NewConnections Quirk = "new connection per request"
	// IdleDropped: every answer closes its connection without saying so.
	IdleDropped Quirk = "idle connection dropped"
)

// What writing meets. Those that refuse strike at [Change] as often as Tune
// says, or, with Tune.Times zero, at every such request.
const (
	// ReadOnly: current-user-privilege-set has no right to write, and whoever
	// tries gets 403 with DAV:need-privileges (RFC 3744 s7.1.1), as in a shared
	// or subscribed collection.
	ReadOnly Quirk = "read-only"
	// OnlyVCard3: supported-address-data names 3.0 alone, and any other version
	// is answered by 403; iCloud does so.
	OnlyVCard3 Quirk = "vCard 3.0 only"
	// SizeLimit: max-resource-size is Tune.MaxItem, and what is longer gets 403
	// with that condition, as RFC 4791 s5.3.2.1 has it; 413 is the other answer
	// that is seen.
	SizeLimit Quirk = "size limit"
	// NoTodos: no calendar takes VTODO, as at iCloud and Google.
	NoTodos Quirk = "no to-dos"
	// NoJournals: no calendar takes VJOURNAL, and none that asks for it is made;
	// Google and iCloud keep none.
	NoJournals Quirk = "no journal entries"
	// Forbidden: 403 without a reason.
	Forbidden Quirk = "403 without a reason"
	// UIDInTrash: a UID that an item of the calendar had which was deleted is
	// answered by 400 and SabreDAV's XML; Nextcloud does so.
	UIDInTrash Quirk = "UID in the trash bin"
	// AlwaysChanged: 412, whatever the item is like.
	AlwaysChanged Quirk = "412 always"
	// StorageFull: 507 with DAV:quota-not-exceeded (RFC 4331 s6).
	StorageFull Quirk = "507"
	// Renames: a new item is kept under another name than it was put under, and
	// the answer does not tell.
	Renames Quirk = "new items get other names"
	// RenamesTold: so it is, and the answer tells by Location.
	RenamesTold Quirk = "new items get other names, told by Location"
	// NoETagOnPut: the answer to a PUT has no ETag, as RFC 4791 s5.3.4 wants it of
	// a server that does not keep the bytes.
	NoETagOnPut Quirk = "no ETag after PUT"
	// Rewrites: the lines of an item are kept in another order.
	Rewrites Quirk = "items are rewritten"
	// NoConditions: If-Match and If-None-Match are passed over, as
	// golang.org/x/net/webdav does, and with it rclone.
	NoConditions Quirk = "conditions passed over"
	// KeepsNothing: a PUT is answered by 201 or 204, and nothing is kept.
	KeepsNothing Quirk = "nothing is kept"
	// KeepsAnother: what is kept is the item that was put before it.
	KeepsAnother Quirk = "another item is kept"
	// Truncates: of an item the first half of its lines is kept, and of a file
	// the first half of its bytes.
	Truncates Quirk = "half of it is kept"
	// DropsNumbers: the last digit of every telephone number is dropped, and of
	// events the minutes of their start.
	DropsNumbers Quirk = "numbers are a digit short"
	// Normalizes: telephone numbers come without what stands between the digits,
	// types in small letters, and properties of X- not at all, as at iCloud and
	// Google.
	Normalizes Quirk = "items are normalized"
	// RenamesSome: so many new items as Tune says get other names, and the
	// answers do not tell.
	RenamesSome Quirk = "some new items get other names"
	// KeepsTwice: a new item is kept under a second name too.
	KeepsTwice Quirk = "kept twice"
	// KeepsDelete: a DELETE is answered by 204, and the item stays.
	KeepsDelete Quirk = "deleted items stay"
	// Reverts: what was put or deleted is so until the next listing, and then as
	// it was before; with Tune.Delay, for that long.
	Reverts Quirk = "changes are taken back"
	// Late: what is put or deleted takes effect after Tune.Delay.
	Late Quirk = "changes take effect late"
	// FreshWeak: for Tune.Delay after a change the ETag is weak, and If-Match and
	// If-Unmodified-Since fail, as Apache has it (RFC 9110 s13.1.1 compares
	// strongly).
	FreshWeak Quirk = "fresh ETags are weak"
	// LostBefore: the connection ends, and nothing has taken effect.
	LostBefore Quirk = "connection lost before it took effect"
	// LostAfter: the connection ends without an answer to what took effect.
	LostAfter Quirk = "connection lost after it took effect"
)

// A Step is what a request is about.
type Step int

// The steps of a client.
const (
	Discovery Step = iota // everything before the items
	Listing               // sync-collection, query without data, PROPFIND of members
	Fetch                 // multiget, query with data, GET
	Change                // PUT, DELETE, MKCOL and the like
)

// Tune sets what the quirks leave open.
type Tune struct {
	// Item is the name of the resource that the quirks about one item are
	// about; "" means the first one of each collection.
	Item string
	// On is at which steps an exchange goes wrong; Listing and Fetch if empty.
	// What writing meets does not look at it.
	On []Step
	// After is how many requests at these steps are answered well first, and
	// Times how many go wrong then: once if zero, always if negative.
	After, Times int
	Page         int           // of PagedSync; 10 if zero
	RetryAfter   time.Duration // of TooMany and Unavailable; 1 s if zero
	Target       string        // of Elsewhere and HomeElsewhere: scheme and host
	Garbage      int64         // 100 MB if zero
	MaxItem      int64         // of SizeLimit; 1,000 bytes if zero
	Property     string        // local name, of PropertyBreaks and the like
	Status       int           // of PropertyRefused; 400 if zero
	Delay        time.Duration // of Late, Reverts and FreshWeak
}

// quirkState is what the server plays now.
type quirkState struct {
	mu   sync.Mutex
	on   map[Quirk]bool
	tune Tune
	seen map[Quirk]int   // requests at the steps of Tune.On
	last map[kind]string // what was put last
	undo []func()        // what Reverts takes back at the next listing
}

// SetQuirks replaces the quirks and starts their counting anew.
func (s *Server) SetQuirks(t Tune, quirks ...Quirk) {
	on := make(map[Quirk]bool, len(quirks))
	for _, q := range quirks {
		on[q] = true
	}
	s.quirks.mu.Lock()
	defer s.quirks.mu.Unlock()
	s.quirks.on, s.quirks.tune, s.quirks.seen = on, t, map[Quirk]int{}
}
