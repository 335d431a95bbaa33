package vcard

import (
	"bytes"
	"slices"
	"strings"

	"sidekeep/formats/contentline"
)

// otherProperty keeps, in a merged card, what the other card says of a thing of
// which there can be one only: X-SIDEKEEP-OTHER;X-NAME=BDAY:19900501.
const otherProperty = "X-SIDEKEEP-OTHER"

// longestOther is the length in bytes up to which a clash is noted in the card.
const longestOther = 2000

// A Clash is a thing of which a card can say one only, and of which two cards
// say something else.
type Clash struct {
	Property    string // as in [Loss]
	Kept, Other string // for a person; "" for pictures
	NotedInside bool   // the merged card says Other in an X-SIDEKEEP-OTHER
}

// Merge adds to a card what only another card of the same person says: a
// number, an address, a category. It is written in the version of card. Of
// what there can be one only, card's is kept; the other's is a [Clash], and is
// noted in the card if it is a text that is not very long. A note is no such
// thing: the other's is put below card's.
//
// What both say, and what only card says, stays byte for byte; if other says
// nothing more, out is card itself. So merging the same card again changes
// nothing. An error is a [*contentline.Error].
func Merge(card, other []byte) (out []byte, clashes []Clash, err error) {
	mine, head, err := fieldsOf(card)
	if err != nil {
		return nil, nil, err
	}
	theirCard, err := Read(other)
	if err != nil {
		return nil, nil, err
	}
	to := Version(strings.TrimSpace(head.Version))
	if to != V21 && to != V30 && to != V40 {
		to = V30
	}
	if Version(strings.TrimSpace(theirCard.Version)) != to {
		if other, _, err = Convert(other, to); err != nil {
			return nil, nil, err
		}
	}
	if other, err = contentline.Published(other); err != nil {
		return nil, nil, err
	}
	theirs, _, err := fieldsOf(other)
	if err != nil {
		return nil, nil, err
	}
	m := &merging{card: card, to: to, mine: mine, groups: map[string]string{}, copied: map[int]bool{}}
	m.learn(other)
	for i := range theirs {
		m.take(&theirs[i])
	}
	return m.write(), m.clashes, nil
}

type merging struct {
	card    []byte
	to      Version
	mine    []field                       // of the merged card; line is 0 where it comes from the other
	lines   map[int]contentline.Line      // of the other card
	labels  map[string][]contentline.Line // of the other card, by group
	groups  map[string]string             // of the other card, as they are called in the merged one
	copied  map[int]bool                  // lines of the other card that are in the merged one
	number  int                           // of the last group itemN
	added   []byte
	note    string // what is put below the note
	clashes []Clash
}

// learn reads the lines of the other card, and which groups card has.
func (m *merging) learn(other []byte) {
	m.lines, m.labels = map[int]contentline.Line{}, map[string][]contentline.Line{}
	for l := range contentline.Lines(other) {
		m.lines[l.Number] = l
		if l.Is("X-ABLabel") && l.Group != "" {
			g := strings.ToLower(l.Group)
			m.labels[g] = append(m.labels[g], l)
		}
	}
	for l := range contentline.Lines(m.card) {
		if rest, ok := strings.CutPrefix(strings.ToLower(l.Group), "item"); ok {
			n := 0
			for _, c := range []byte(rest) {
				if c < '0' || c > '9' || n > 1<<20 {
					break
				}
				n = n*10 + int(c-'0')
			}
			m.number = max(m.number, n)
		}
	}
}

// take adds a field of the other card unless card says it already.
func (m *merging) take(f *field) {
	var same *field
	for i := range m.mine {
		if h := &m.mine[i]; h.name == f.name {
			if h.key == f.key && (f.name != otherProperty || h.kind == f.kind) {
				return
			}
			same = h
		}
	}
	switch {
	case f.name == otherProperty:
		m.copy(f)
	case f.name == "NOTE" && same != nil && same.line == 0:
		m.copy(f)
	case f.name == "NOTE" && same != nil:
		m.addNote(f)
	case f.one && same != nil:
		m.clash(f, same)
	default:
		m.copy(f)
	}
}

// copy adds the line of f, in a group of its own if it is in one.
func (m *merging) copy(f *field) {
	m.mine = append(m.mine, *f)
	m.mine[len(m.mine)-1].line = 0
	if f.name == "CATEGORIES" || f.name == "NICKNAME" {
		m.added = m.append(m.added, contentline.Line{Name: m.nameIn(f.name), Value: contentline.Escape(f.shown)})
		return
	}
	if m.copied[f.line] {
		return
	}
	m.copied[f.line] = true
	l := m.lines[f.line]
	if l.Group == "" {
		m.added = append(m.added, ended(l.Raw)...)
		return
	}
	group := strings.ToLower(l.Group)
	first := m.groups[group] == ""
	if first {
		m.number++
		m.groups[group] = "item" + decimal(m.number)
	}
	m.added = append(append(append(m.added, m.groups[group]...), '.'), ended(l.Raw[len(l.Group)+1:])...)
	if first {
		for _, label := range m.labels[group] {
			m.added = append(append(append(m.added, m.groups[group]...), '.'), ended(label.Raw[len(label.Group)+1:])...)
		}
	}
}

func (m *merging) nameIn(canonical string) string {
	if r := byName[canonical]; r != nil {
		return r.in(m.to)
	}
	return canonical
}

func (m *merging) append(b []byte, l contentline.Line) []byte {
	if m.to == V21 {
		l.Value = contentline.Unescape(l.Value)
		return contentline.AppendOld(b, &l)
	}
	return contentline.Append(b, &l)
}

func ended(raw []byte) []byte {
	if bytes.HasSuffix(raw, []byte("\n")) {
		return raw
	}
	return append(slices.Clone(raw), "\r\n"...)
}

// addNote puts a note below the one that is there, unless it is in it already.
func (m *merging) addNote(f *field) {
	for i := range m.mine {
		if m.mine[i].name == "NOTE" && strings.Contains(m.mine[i].shown, f.shown) {
			return
		}
	}
	if strings.Contains(m.note, f.shown) {
		return
	}
	m.note += "\n\n" + f.shown
}

// clash keeps what card says, and notes what the other says.
func (m *merging) clash(f, have *field) {
	c := Clash{Property: f.name, Kept: have.shown, Other: f.shown}
	if f.media {
		m.clashes = append(m.clashes, c)
		return
	}
	value := f.shown
	c.NotedInside = value != "" && len(value) <= longestOther
	m.clashes = append(m.clashes, c)
	if !c.NotedInside {
		return
	}
	for i := range m.mine {
		if h := &m.mine[i]; h.name == otherProperty && h.key == value && h.kind == f.name {
			return
		}
	}
	m.mine = append(m.mine, field{name: otherProperty, key: value, kind: f.name})
	m.added = m.append(m.added, contentline.Line{
		Name: otherProperty, Params: []contentline.Param{{Name: "X-NAME", Values: []string{f.name}}}, Value: contentline.Escape(value),
	})
}

// write puts what was added before the end of the card.
func (m *merging) write() []byte {
	if len(m.added) == 0 && m.note == "" {
		return m.card
	}
	firstNote := 0
	for i := range m.mine {
		if m.mine[i].name == "NOTE" {
			firstNote = m.mine[i].line
			break
		}
	}
	var out []byte
	end := 0
	for l := range contentline.Lines(m.card) {
		if mark, name := l.Marker(); mark == contentline.End && name == "VCARD" {
			end = len(out)
		}
		if m.note != "" && l.Number == firstNote {
			l.Value = contentline.Escape(unescape(l.Text()) + m.note)
			l.Params = plain(l.Params)
			out = m.append(out, l)
		} else {
			out = append(out, ended(l.Raw)...)
		}
	}
	return slices.Insert(out, end, m.added...)
}
