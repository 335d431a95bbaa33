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
	// delivered but for what is made of the row of a table, for an object of
	// a calendar that holds several, which has the calendar's own lines and time
	// zones around it, and for what was brought to UTF-8, see Charset.
	Raw []byte
	// Charset is what Raw was in if neither it nor the file says so: the one that
	// the whole file looks like. "" if Raw was not touched.
	Charset string
	Line    int // of its first line in the file
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

	// Left is what Raw lacks where it is only the outline of a long item: see
	// [Outlines] and [Item.Fill].
	Left contentline.Gaps

	odd    []Finding       // of the piece that it comes from
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

// CharsetOf reads a file to its end and tells in which charset those of its
// texts are that do not say it, in lower case; "" if they are UTF-8. It is one
// guess, from all of the file: of a single name it would often be a wrong one.
func CharsetOf(r io.Reader, t Type) (string, error) {
	if t == Table {
		return sheet.CharsetOf(r)
	}
	return contentline.CharsetOf(r)
}

// Items reads a file of cards, calendars, or a table of contacts, which is in
// charset where it does not say what it is in, and yields its items in their
// order: see [CharsetOf]. Raw is only valid during the call. An error
// of yield ends it and is returned; one that matches [ErrNoTable] says that a
// table is neither of contacts nor of to-dos.
//
// Memory is bounded by the largest card, calendar or row, and by the IDs.
func Items(r io.Reader, t Type, charset string, yield func(*Item) error) error {
	names := ids{}
	give := func(it *Item) error {
		it.ID = names.of(it)
		return yield(it)
	}
	if t == Table {
		return table(r, charset, give)
	}
	return Pieces(r, t, func(p Piece) error { return pieceItems(p, charset, give) })
}

// outlineHead is how much of a portrait or an attachment is kept in [Outlines].
const outlineHead = 2 << 20

// Outlines is Items that gives only the outline of an item whose portrait or
// attachment makes it long: its memory is not bounded by those.
func Outlines(r io.Reader, t Type, charset string, yield func(*Item) error) error {
	if t == Table {
		return Items(r, t, charset, yield)
	}
	names := ids{}
	o := contentline.NewOutline(r, outlineHead)
	return Pieces(o, t, func(p Piece) error {
		left := o.Gaps().Within(p.Offset, p.Offset+int64(len(p.Raw)))
		return pieceItems(p, charset, func(it *Item) error {
			if lineOf := it.lineOf; len(o.Gaps()) > 0 {
				it.lineOf = func(n int) int { return o.Gaps().Line(lineOf(n)) }
				it.Line, it.Err = o.Gaps().Line(it.Line), o.Gaps().Reason(it.Err)
				for i := range it.odd {
					it.odd[i].Line = o.Gaps().Line(it.odd[i].Line)
				}
			}
			if contentline.Marks(it.Raw) > 0 {
				it.Left = left
			}
			it.ID = names.of(it)
			return yield(it)
		})
	})
}

// Fill writes the whole of the item. f is the file from its beginning, which is
// read only if something is left out of Raw.
func (it *Item) Fill(w io.Writer, f io.Reader) error {
	return contentline.NewFiller(it.Left, f, it.Charset != "").Fill(w, it.Raw)
}

func pieceItems(p Piece, charset string, give func(*Item) error) error {
	if p.Blank {
		return nil
	}
	raw, odd := decoded(p, charset)
	name := ""
	if len(odd) > 0 {
		name = charset
	}
	if p.Type == Cards {
		it := card(raw, p.Line, false)
		it.Charset, it.odd = name, odd
		return give(it)
	}
	for i, o := range objects(raw) {
		it := event(o, p.Line)
		it.Made, it.Charset = !same(o.raw, raw), name
		if i == 0 {
			it.odd = append(it.odd, odd...)
		}
		if err := give(it); err != nil {
			return err
		}
	}
	return nil
}

// decoded is a piece in UTF-8, and which of its lines were not and do not say
// what they are in; the piece itself if there are none.
func decoded(p Piece, charset string) (raw []byte, odd []Finding) {
	if charset == "" {
		return p.Raw, nil
	}
	for l := range contentline.Lines(p.Raw) {
		if l.Undeclared(charset) {
			odd = append(odd, Finding{p.Line + l.Number - 1, fmt.Sprintf("not in UTF-8, and it does not say in which charset: read as %s, which the whole file looks like", charset)})
		}
	}
	if len(odd) == 0 {
		return p.Raw, nil
	}
	raw, err := contentline.PublishedFrom(p.Raw, charset)
	if err != nil { // too large, which the reason to set it aside says
		return p.Raw, nil
	}
	return raw, odd
}

// ErrNoTable says that the columns of a table are not those of contacts.
var ErrNoTable = errors.New("its columns are not those of contacts")

func table(r io.Reader, charset string, give func(*Item) error) error {
	var own error
	err := sheet.Read(r, charset, func(raw []byte, line int) error {
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
		return Items(r, t, "", func(it *Item) error {
			tell(kindOf(it))
			return nil
		})
	}
	return Pieces(contentline.NewOutline(r, outlineHead), t, func(p Piece) error {
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
