package ical

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/syntax"
	"sidekeep/formats/ical/timezone"
)

func parts(raw []byte) (Pieces, error) {
	var p Pieces
	var wrapper strings.Builder
	from, text, id := 0, 0, "" // where the component starts, where the text since the last mark starts
	var w syntax.Walker
	err := w.Walk(raw, func(l *contentline.Line, mark contentline.Mark) {
		if len(w.Stack) < 2 {
			switch {
			case mark != contentline.None:
			case l.Is("VERSION"):
				p.Old = strings.HasPrefix(strings.TrimSpace(l.Text()), "1.")
			case l.Is("TZ"), l.Is("DAYLIGHT"):
				p.Clock = append(p.Clock, l.Raw...)
			}
			return
		}
		if mark == contentline.Begin && len(w.Stack) == 2 {
			from, id = w.At, ""
		}
		if len(w.Stack) == 2 && w.Stack[1] == "VTIMEZONE" && id == "" && l.Is("TZID") {
			id = timezone.ID(l)
		}
		if mark != contentline.End || len(w.Stack) != 2 {
			return
		}
		end := w.At + len(l.Raw)
		component := raw[from:end:end]
		if w.Stack[1] != "VTIMEZONE" {
			escape(&wrapper, raw[text:from], 0)
			wrapper.WriteString(`\c`)
			p.Components = append(p.Components, component)
		} else if id != "" && p.addZone(Zone{id, component}) {
			escape(&wrapper, raw[text:from], 0)
			wrapper.WriteString(`\z{`)
			escape(&wrapper, []byte(id), '}')
			wrapper.WriteByte('}')
		} else {
			return // it stays text
		}
		text = end
	})
	if err != nil {
		return Pieces{}, err
	}
	escape(&wrapper, raw[text:], 0)
	if p.Wrapper = wrapper.String(); !p.Old {
		p.Clock = nil
	}
	return p, nil
}

// addZone keeps a zone. It returns false if the object has another of the same
// name already: readers take the first.
func (p *Pieces) addZone(z Zone) bool {
	for _, have := range p.Zones {
		if have.ID == z.ID {
			return bytes.Equal(have.Raw, z.Raw)
		}
	}
	p.Zones = append(p.Zones, z)
	return true
}

// escape writes b so that it is printable and one line: \n is CRLF, \\ a
// backslash, \xHH any other byte that needs it. extra is a character that is
// to be escaped as well.
func escape(w *strings.Builder, b []byte, extra byte) {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case bytes.HasPrefix(b[i:], []byte("\r\n")):
			w.WriteString(`\n`)
			n = 2
		case r == '\\':
			w.WriteString(`\\`)
		case r == utf8.RuneError && n == 1, !unicode.IsPrint(r), extra != 0 && r == rune(extra):
			for _, c := range b[i : i+n] {
				fmt.Fprintf(w, `\x%02x`, c)
			}
		default:
			w.Write(b[i : i+n])
		}
		i += n
	}
}

var errWrapper = errors.New("the wrapper of the calendar object is damaged")

// unescape takes what escape wrote from the front of s, up to a mark or stop.
func unescape(s string, stop byte) (b []byte, rest string, err error) {
	for s != "" && s[0] != stop {
		if s[0] != '\\' {
			b, s = append(b, s[0]), s[1:]
			continue
		}
		if len(s) < 2 {
			return nil, "", errWrapper
		}
		switch s[1] {
		case 'n':
			b, s = append(b, '\r', '\n'), s[2:]
		case '\\':
			b, s = append(b, '\\'), s[2:]
		case 'x':
			if len(s) < 4 {
				return nil, "", errWrapper
			}
			c, err := strconv.ParseUint(s[2:4], 16, 8)
			if err != nil {
				return nil, "", errWrapper
			}
			b, s = append(b, byte(c)), s[4:]
		default:
			return b, s, nil
		}
	}
	return b, s, nil
}

func join(wrapper string, zones map[string][]byte, components [][]byte) ([]byte, error) {
	var out []byte
	for wrapper != "" {
		b, rest, err := unescape(wrapper, 0)
		if err != nil {
			return nil, err
		}
		out = append(out, b...)
		if after, ok := strings.CutPrefix(rest, `\c`); ok {
			if len(components) == 0 {
				return nil, errors.New("the calendar object has more components than are there")
			}
			out, components, wrapper = append(out, components[0]...), components[1:], after
			continue
		}
		after, ok := strings.CutPrefix(rest, `\z{`)
		if !ok && rest != "" {
			return nil, errWrapper
		}
		if !ok {
			break
		}
		id, after, err := unescape(after, '}')
		if err != nil || after == "" || after[0] != '}' {
			return nil, errWrapper
		}
		zone, ok := zones[string(id)]
		if !ok {
			return nil, fmt.Errorf("the time zone %q of the calendar object is not there", id)
		}
		out, wrapper = append(out, zone...), after[1:]
	}
	if len(components) > 0 {
		return nil, errors.New("the calendar object has fewer components than are there")
	}
	return out, nil
}

// Cut takes components that stand one after the other apart, as
// [Merger.Add] writes those of an object. The error is a [*contentline.Error].
func Cut(span []byte) ([][]byte, error) {
	var components [][]byte
	from := 0
	w := syntax.Walker{Bare: true}
	var stray *contentline.Error
	err := w.Walk(span, func(l *contentline.Line, mark contentline.Mark) {
		switch {
		case len(w.Stack) == 0 && mark == contentline.None && stray == nil:
			stray = &contentline.Error{Line: l.Number, Reason: "text between the components"}
		case len(w.Stack) == 1 && mark == contentline.Begin:
			from = w.At
		case len(w.Stack) == 1 && mark == contentline.End:
			end := w.At + len(l.Raw)
			components = append(components, span[from:end:end])
		}
	})
	if err != nil {
		return nil, err
	}
	if stray != nil {
		return nil, stray
	}
	return components, nil
}

// Zones reads the time zones of a merged calendar, as [Join] takes them. Its
// memory is bounded by the zones, of which the first of a name counts.
func Zones(r io.Reader) (map[string][]byte, error) {
	zones := map[string][]byte{}
	lines := contentline.NewReader(r)
	var zone []byte
	id, depth := "", 0
	for {
		l, err := lines.Next()
		if err == io.EOF {
			return zones, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the time zones: %w", err)
		}
		mark, name := l.Marker()
		if mark == contentline.Begin && name == "VTIMEZONE" && depth == 0 {
			zone, id, depth = []byte{}, "", 1
		} else if depth > 0 && mark == contentline.Begin {
			depth++
		}
		if depth == 0 {
			continue
		}
		if zone = append(zone, l.Raw...); len(zone) > contentline.MaxObject {
			return nil, contentline.TooLarge()
		}
		if depth == 1 && id == "" && l.Is("TZID") {
			id = timezone.ID(&l)
		}
		if mark != contentline.End {
			continue
		}
		if depth--; depth == 0 && id != "" && zones[id] == nil {
			zones[id] = zone
		}
	}
}
