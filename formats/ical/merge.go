package ical

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A Merger writes many objects into one VCALENDAR: of version 2.0, or if the
// first is a vCalendar 1.0, of that, with its time zone. What it holds in memory
// is one hash for each time zone.
type Merger struct {
	w      io.Writer
	name   string
	old    bool
	clock  []byte // of a vCalendar 1.0
	offset int64
	zones  map[string][sha256.Size]byte
	err    error // of the writer: nothing can follow
}

// NewMerger returns a Merger that writes to w a calendar of this name. The
// caller closes it, and w after that. Nothing is written before the first Add
// or Close.
func NewMerger(w io.Writer, name string) *Merger {
	return &Merger{w: w, name: name, zones: map[string][sha256.Size]byte{}}
}

// Add writes the components of p, byte for byte and one after the other, and
// returns where they are in what was written so far. A time zone is written
// before its first user, once. The error is [ErrZoneClash], and nothing is
// written, if an earlier object has another zone of the same name, or another
// version of the format. p has to be the pieces of an object in published form.
func (m *Merger) Add(p Pieces) (offset, length int64, err error) {
	if m.err != nil {
		return 0, 0, m.err
	}
	if m.offset == 0 {
		m.old, m.clock = p.Old, bytes.Clone(p.Clock)
	}
	fresh, err := m.check(p)
	if err != nil {
		return 0, 0, err
	}
	m.begin()
	for _, z := range fresh {
		m.write(z.Raw)
		m.zones[z.ID] = sha256.Sum256(z.Raw)
	}
	offset = m.offset
	for _, c := range p.Components {
		if p.Fill == nil {
			m.write(c)
		} else if m.err == nil {
			m.err = p.Fill(written{m}, c)
		}
	}
	if m.err != nil {
		return 0, 0, m.err
	}
	return offset, m.offset - offset, nil
}

// check finds the zones of p that are still to be written.
func (m *Merger) check(p Pieces) (fresh []Zone, err error) {
	if len(p.Components) == 0 {
		return nil, errors.New("a calendar object without components")
	}
	if p.Old != m.old || !bytes.Equal(p.Clock, m.clock) {
		return nil, fmt.Errorf("another version of the format or another time zone: %w", ErrZoneClash)
	}
	for _, c := range p.Components {
		if !bytes.HasSuffix(c, []byte("\r\n")) {
			return nil, errors.New("a calendar object that is not in published form")
		}
	}
	for _, z := range p.Zones {
		if !bytes.HasSuffix(z.Raw, []byte("\r\n")) {
			return nil, errors.New("a time zone that is not in published form")
		}
		sum, ok := m.zones[z.ID]
		if !ok {
			fresh = append(fresh, z)
		} else if sum != sha256.Sum256(z.Raw) {
			return nil, fmt.Errorf("time zone %q: %w", z.ID, ErrZoneClash)
		}
	}
	return fresh, nil
}

// Close writes the end of the calendar. It does not close the writer.
func (m *Merger) Close() error {
	if m.err != nil {
		return m.err
	}
	m.begin()
	m.write([]byte("END:VCALENDAR\r\n"))
	return m.err
}

func (m *Merger) begin() {
	if m.offset > 0 {
		return
	}
	version := "2.0"
	if m.old {
		version = "1.0"
	}
	head := "BEGIN:VCALENDAR\r\nVERSION:" + version + "\r\nPRODID:-//Sidekeep//Sidekeep//EN\r\n" + string(m.clock)
	if m.name != "" && !m.old {
		head += fold("X-WR-CALNAME:" + escapeText(m.name))
	}
	m.write([]byte(head))
}

func (m *Merger) write(b []byte) {
	if m.err != nil {
		return
	}
	n, err := m.w.Write(b)
	m.offset += int64(n)
	m.err = err
}

// written counts what is written to a Merger.
type written struct{ m *Merger }

func (w written) Write(b []byte) (int, error) {
	n, err := w.m.w.Write(b)
	w.m.offset += int64(n)
	return n, err
}

// escapeText writes s as a text value (RFC 5545 section 3.3.11).
func escapeText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`, "\n", `\n`).Replace(s)
}

// fold ends a line, in pieces of at most 75 octets (RFC 5545 section 3.1).
func fold(s string) string {
	var b strings.Builder
	for limit := 75; len(s) > limit; limit = 74 {
		n := limit
		for !utf8.RuneStart(s[n]) {
			n--
		}
		b.WriteString(s[:n] + "\r\n ")
		s = s[n:]
	}
	return b.String() + s + "\r\n"
}
