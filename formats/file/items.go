package file

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
	"sidekeep/formats/vcard"
	"sidekeep/formats/vcard/sheet"
)

// An Item is one contact, one event with its exceptions, or one to-do of a
// file.
type Item struct {
	Type Type // Cards or Calendar
	// Raw stands alone: a card, or a calendar with one object in it. It is as
	// delivered but for what is made of the row of a table, and for an object of
	// a calendar that holds several, which has the calendar's own lines and time
	// zones around it.
	Raw  []byte
	Line int // of its first line in the file
	// ID tells the item from all others of the file, and stays when the item
	// changes: its UID, or else its name. Two of the same get numbers.
	ID   string
	Made bool // Raw is not what stands in the file
	// Err says why it cannot be understood and is to be set aside: a
	// [*contentline.Error] whose Line is that of the file.
	Err error

	Card      vcard.Card  // of a card; what could be read, with Err
	Object    ical.Object // of a calendar
	Component string      // "VEVENT", "VTODO", ...; "" of a card

	odd    []Odd           // of the piece that it comes from
	lineOf func(n int) int // the line of the file from which the n-th of Raw comes
}

// Name is what an item can be called; "" if it has no name.
func (it *Item) Name() string {
	if it.Type == Cards {
		return it.Card.Name
	}
	return it.Object.Summary
}

// UID is the item's own mark, "" if it has none.
func (it *Item) UID() string {
	if it.Type == Cards {
		return it.Card.UID
	}
	return it.Object.UID
}

// Items reads a file of cards, calendars, or a table of contacts, and
// yields its items in their order. Raw is only valid during the call. An error
// of yield ends it and is returned; one that matches [ErrNoTable] says that a
// table is neither of contacts nor of to-dos.
//
// Memory is bounded by the largest card, calendar or row, and by the IDs.
func Items(r io.Reader, t Type, yield func(*Item) error) error {
	names := ids{}
	give := func(it *Item) error {
		it.ID = names.of(it)
		return yield(it)
	}
	if t == Table {
		return table(r, give)
	}
	return Pieces(r, t, func(p Piece) error {
		if p.Blank {
			return nil
		}
		if p.Type == Cards {
			return give(card(p.Raw, p.Line, false))
		}
		for _, o := range objects(p.Raw) {
			it := event(o, p.Line)
			it.Made = !same(o.raw, p.Raw)
			if err := give(it); err != nil {
				return err
			}
		}
		return nil
	})
}

// ErrNoTable says that the columns of a table are not those of contacts.
var ErrNoTable = errors.New("its columns are not those of contacts")

func table(r io.Reader, give func(*Item) error) error {
	var own error
	err := sheet.Read(r, func(raw []byte, line int) error {
		own = give(card(raw, line, true))
		return own
	})
	var damaged *contentline.Error
	if err != nil && own == nil && errors.As(err, &damaged) && damaged.Line <= 1 {
		return fmt.Errorf("%w: %w", ErrNoTable, err)
	}
	return err
}

func card(raw []byte, line int, made bool) *Item {
	it := &Item{Type: Cards, Raw: raw, Line: line, Made: made}
	it.lineOf = func(n int) int {
		if made {
			return line
		}
		return line + n - 1
	}
	it.Card, it.Err = vcard.Read(raw)
	if it.Err == nil {
		_, it.Err = vcard.Published(raw)
	}
	it.Err = it.inFile(it.Err)
	return it
}

func event(o object, line int) *Item {
	it := &Item{Type: Calendar, Raw: o.raw, Line: line + o.line - 1, Component: o.name}
	it.lineOf = func(n int) int { return line - 1 + o.lineOf(n) }
	for _, x := range o.odd {
		if x.Line > 0 {
			x.Line += line - 1
		}
		it.odd = append(it.odd, x)
	}
	it.Object, it.Err = ical.Read(o.raw)
	if it.Err == nil {
		it.Component = it.Object.Component
	}
	if it.Object.UID == "" {
		it.Object.UID = o.uid
	}
	it.Err = it.inFile(it.Err)
	var why *contentline.Error
	if errors.As(o.err, &why) { // which knows more than the bytes alone
		it.Err = &contentline.Error{Line: it.Line, Reason: why.Reason}
	}
	return it
}

// inFile makes the line of a reason that of the file.
func (it *Item) inFile(err error) error {
	var why *contentline.Error
	if !errors.As(err, &why) {
		return err
	}
	at := it.Line
	if why.Line > 0 {
		at = it.lineOf(why.Line)
	}
	return &contentline.Error{Line: at, Reason: why.Reason}
}

// ids gives items their IDs.
type ids map[string]int

// maxID is how many bytes of a UID or name stand in an ID.
const maxID = 200

func (m ids) of(it *Item) string {
	id := strings.TrimSpace(it.UID())
	if id == "" {
		if name := it.Name(); name != "" {
			id = "name: " + name
			if it.Type == Calendar && !it.Object.Start.IsZero() {
				id += ", " + it.Object.Start.UTC().Format("20060102T150405Z")
			}
		}
	}
	if id == "" || len(id) > maxID {
		sum := sha256.Sum256(it.Raw)
		if id != "" {
			sum = sha256.Sum256([]byte(id))
		}
		id = "sha256: " + hex.EncodeToString(sum[:16])
	}
	unique := id
	for m[unique] > 0 {
		m[id]++
		unique = id + " #" + strconv.Itoa(m[id])
	}
	unique = strings.Clone(unique) // what it was cut from may be large
	m[unique]++
	return unique
}

// Kinds reads a file and tells of each item of what kind it is: VCARD, VEVENT,
// VTODO and so on; it may tell the same again. It reads less closely than
// [Items], and faster.
func Kinds(r io.Reader, t Type, tell func(kind string)) error {
	if t == Table {
		return Items(r, t, func(it *Item) error {
			tell(kindOf(it))
			return nil
		})
	}
	return Pieces(r, t, func(p Piece) error {
		switch {
		case p.Blank:
		case p.Type == Cards:
			tell("VCARD")
		default:
			componentsOf(plain(p.Raw), tell)
		}
		return nil
	})
}

func kindOf(it *Item) string {
	if it.Type == Cards {
		return "VCARD"
	}
	return it.Component
}

// componentsOf tells which of the components are in a text that people have; of
// a text without any, that it is meant to have events.
func componentsOf(text []byte, tell func(kind string)) {
	any := false
	for _, name := range []string{"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"} {
		if bytes.Contains(text, []byte("BEGIN:"+name)) || bytes.Contains(text, []byte("begin:"+strings.ToLower(name))) {
			tell(name)
			any = true
		}
	}
	if !any {
		tell("VEVENT")
	}
}

// FileLine is the line of the file from which the n-th line of Raw comes.
func (it *Item) FileLine(n int) int { return it.lineOf(n) }
