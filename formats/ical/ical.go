// Package ical reads, takes apart and merges iCalendar objects. What
// it reads is a view for people; what is stored are always the bytes as
// delivered.
package ical

import (
	"errors"
	"io"
	"time"

	"sidekeep/formats/contentline"
)

// An Object is what a person needs to recognise a calendar object: an event
// with its exceptions, a to-do, a journal entry.
type Object struct {
	Component string    // "VEVENT", "VTODO", "VJOURNAL", ... in upper case
	UID       string    // "" if it has none
	Summary   string    // "" if it has none
	Start     time.Time // zero if it has none; see Floating for its location
	AllDay    bool      // Start is a date: midnight UTC
	Floating  bool      // Start and Due are wall-clock times without a zone, given in UTC
	Done      bool      // a to-do that is completed
	Due       time.Time // of a to-do; zero if it has none
	Recurs    bool      // there are more occurrences than one
}

// Read reads what a person needs to recognise one calendar object. An error is
// a [*contentline.Error] and means that the bytes are to be set aside.
func Read(raw []byte) (Object, error) { return read(raw) }

// Published returns raw in UTF-8 with CRLF line ends; raw itself if it is so
// already. See [contentline.Published].
func Published(raw []byte) ([]byte, error) { return contentline.Published(raw) }

// Pieces are the parts of one calendar object in its published form.
type Pieces struct {
	Zones      []Zone   // each VTIMEZONE once, in the order of the object
	Components [][]byte // everything else between BEGIN and END of VCALENDAR that has a BEGIN and an END itself
	Old        bool     // it is a vCalendar 1.0: its rules mean nothing in a file of version 2.0
	Clock      []byte   // what a vCalendar 1.0 says of its time zone: TZ and DAYLIGHT, as lines
	Wrapper    string   // all the rest with marks where the parts stood: printable, one line; see [Join]

	// Fill writes components of an outline as they are as a whole; nil if they are
	// whole. See [contentline.Filler].
	Fill func(w io.Writer, component []byte) error
}

// A Zone is one VTIMEZONE.
type Zone struct {
	ID  string // its TZID
	Raw []byte
}

// ErrZoneClash says that a file already has another zone of the same name, or is
// of another version of the format.
var ErrZoneClash = errors.New("another time zone of the same name is in this file")

// Parts takes an object apart; [Join] of the parts gives raw back. The pieces
// share memory with raw. An error is a [*contentline.Error].
func Parts(raw []byte) (Pieces, error) { return parts(raw) }

// Join puts an object together again from the Wrapper, the zones by their ID
// and the components of its [Pieces].
func Join(wrapper string, zones map[string][]byte, components [][]byte) ([]byte, error) {
	return join(wrapper, zones, components)
}
