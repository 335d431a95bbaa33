package ical

import (
	"time"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/datetime"
	"sidekeep/formats/ical/recur"
	"sidekeep/formats/ical/syntax"
	"sidekeep/formats/ical/timezone"
)

// A Calendar is everything that a person would look for in one VCALENDAR. It
// shares memory with the bytes that it was read from.
type Calendar struct {
	Name, Description string // X-WR-CALNAME or NAME, X-WR-CALDESC or DESCRIPTION
	Color             string // COLOR or X-APPLE-CALENDAR-COLOR
	Product, Version  string // PRODID; VERSION, "1.0" for vCalendar
	Method            string // what an invitation asks for
	Series            []Series
	Busy              []Busy
	Zones             []Zone // as delivered
	Unknown           []*syntax.Node
	Rest              []contentline.Line // properties of the calendar that are in no field above
	Findings          []syntax.Finding
}

// A Series is a calendar object: an event, a to-do or a journal entry with its
// exceptions. See [Expand].
type Series struct {
	Component  string  // "VEVENT", "VTODO" or "VJOURNAL"
	UID        string  // "" if it has none
	Master     *Entry  // nil if there are exceptions only
	Exceptions []Entry // with a RECURRENCE-ID, in the order of the file
	Zones      *timezone.Set
}

// Main returns the Master, or the first exception if there is none.
func (s *Series) Main() *Entry {
	if s.Master != nil {
		return s.Master
	}
	return &s.Exceptions[0]
}

// An Entry is one VEVENT, VTODO or VJOURNAL.
type Entry struct {
	Component    string
	UID          string
	Summary      string
	Description  string // of a journal all of them, with blank lines between
	Location     string
	URL          string
	Conferences  []Link // CONFERENCE of RFC 7986
	Images       []Link // IMAGE of RFC 7986
	Color        string
	Status       string // in upper case, as the next two
	Class        string
	Transparency string // "OPAQUE", "TRANSPARENT" or ""
	Categories   []string
	Resources    []string
	Comments     []string
	Contacts     []string
	Organizer    Person
	Attendees    []Person
	Attachments  []Link
	Geo          string // "latitude;longitude"
	Priority     int    // 1 the highest, 9 the lowest, 0 none
	Percent      int    // of a to-do; -1 if it does not say
	Start        datetime.Moment
	End          datetime.Moment // DTEND, or Start and DURATION; zero if there is neither
	Due          datetime.Moment // of a to-do: DUE, or Start and DURATION
	Completed    datetime.Moment
	Created      datetime.Moment
	Modified     datetime.Moment // LAST-MODIFIED
	Stamp        datetime.Moment // DTSTAMP
	Sequence     int
	Parents      []string // UIDs of RELATED-TO with RELTYPE=PARENT, or without
	Related      []Relation
	Alarms       []Alarm
	Recurrence   datetime.Moment    // RECURRENCE-ID: which occurrence this one stands for; zero for the master
	AndFuture    bool               // and all later ones (RANGE=THISANDFUTURE)
	Rules        []string           // RRULE as delivered
	Dates        []datetime.Period  // RDATE: it takes place then too
	ExDates      []datetime.Moment  // EXDATE: its rules name them, and it leaves them out
	Participants []*syntax.Node     // PARTICIPANT, VLOCATION and VRESOURCE of RFC 9073
	Unknown      []*syntax.Node     // other components in it
	Rest         []contentline.Line // properties that are in no field above
	Findings     []syntax.Finding
	Raw          []byte // as delivered

	length   datetime.Duration // DURATION
	measured bool              // there is one
	rules    []recur.Text
	exRules  []recur.Text
}

// Done tells whether a to-do is completed.
func (e *Entry) Done() bool {
	return e.Component == "VTODO" &&
		(e.Status == "COMPLETED" || e.Status == "" && (!e.Completed.IsZero() || e.Percent == 100))
}

// Cancelled tells whether the entry is called off.
func (e *Entry) Cancelled() bool { return e.Status == "CANCELLED" }

// Recurs tells whether there are, by its rules and dates, more occurrences than one.
func (e *Entry) Recurs() bool { return len(e.rules) > 0 || len(e.Dates) > 0 }

// A Person is an ORGANIZER or an ATTENDEE.
type Person struct {
	Address string // a mail address without "mailto:", otherwise the URI as delivered
	Name    string // CN
	Role    string // in upper case, as the next two; "" if it is not stated
	Status  string // PARTSTAT
	Kind    string // CUTYPE
	RSVP    bool
}

// A Link is an attachment or another resource.
type Link struct {
	URI    string // "" if the content is in the file
	Label  string // FILENAME, LABEL or X-LABEL
	Type   string // FMTTYPE
	Inline bool   // the content is in the file: see [Link.Content]
	line   *contentline.Line
}

// A Relation is a RELATED-TO.
type Relation struct {
	Type string // RELTYPE in upper case, "PARENT" if none is stated
	UID  string
}

// An Alarm is a VALARM, or a DALARM, AALARM, MALARM or PALARM of vCalendar 1.0.
type Alarm struct {
	Action       string          // "DISPLAY", "AUDIO", "EMAIL", ... in upper case
	At           datetime.Moment // zero if it goes by Before
	Offset       time.Duration   // from the start, or from the end if AtEnd; negative before it. A day is 24 hours
	AtEnd        bool
	Summary      string
	Description  string
	Repeat       int
	Every        time.Duration
	Acknowledged datetime.Moment
	Proximity    string // of RFC 9074, "ARRIVE" or "DEPART"
	Attachments  []Link
	Attendees    []Person
	Rest         []contentline.Line
}

// Busy is a VFREEBUSY.
type Busy struct {
	UID        string
	Organizer  Person
	Attendees  []Person
	Start, End datetime.Moment
	Times      []BusyTime
	Rest       []contentline.Line
}

// A BusyTime is one period of a VFREEBUSY.
type BusyTime struct {
	Type       string // FBTYPE: "BUSY", "FREE", "BUSY-TENTATIVE", "BUSY-UNAVAILABLE", ...
	Start, End datetime.Moment
}

// An Occurrence is one event, to-do or journal entry as it takes place.
type Occurrence struct {
	Start datetime.Moment // DTSTART; DUE of a to-do that has no start
	End   datetime.Moment // where it has none: the day after for a date, Start otherwise
	ID    datetime.Moment // its place in the series: what a RECURRENCE-ID names
	Of    *Entry          // what describes it: the master or an exception
}

// View reads everything that is in one VCALENDAR. It reads what it can, and
// what is odd is told in Findings of the calendar and of its entries. The error is
// a [*contentline.Error]: there is no component in raw at all.
func View(raw []byte) (*Calendar, error) { return view(raw) }

// Expand yields the occurrences of s that take place between from and to, in
// the order of their starts, until yield returns false: those that end after
// from and start before to, and those without a length that start at from. A
// zero from or to is no bound. Dates and floating times are compared as
// wall-clock times in the location of from.
//
// An exception stands for the occurrence that its RECURRENCE-ID names, also
// where the series has none there. The first occurrence is DTSTART, whatever
// the rule says (RFC 5545 section 3.8.5.3).
//
// The error is [ErrTooMuch] if occurrences may be missing because finding them
// would take too long, and a [*RuleError] if a rule is not understood; what is
// known all the same was yielded.
func Expand(s *Series, from, to time.Time, yield func(Occurrence) bool) error {
	return expand(s, from, to, yield)
}
