package ical

import (
	"fmt"

	"sidekeep/formats/contentline"
)

const calendar = "VCALENDAR"

// A walker follows the nesting of the components of one object.
type walker struct {
	stack []string // names of the open components, in upper case
	bare  bool     // the components stand alone, without a VCALENDAR around them
	begun bool     // there was a VCALENDAR
	ended bool     // and it has ended
	items int      // components in it that are no time zone
	at    int      // bytes before the line
	last  int      // number of the last line that is not blank
}

// walk calls line for every content line with the state after its BEGIN or
// before its END has been followed, so that w.depth is the same at both ends of
// a component; w.at is where the line starts. l is only valid during the call. The error is a
// [*contentline.Error]: raw is not exactly one whole object.
func (w *walker) walk(raw []byte, line func(l *contentline.Line, mark contentline.Mark)) error {
	if len(raw) > contentline.MaxObject && !w.bare {
		return contentline.TooLarge()
	}
	var l contentline.Line // one for all: line is given a pointer to it
	for l = range contentline.Lines(raw) {
		mark, name := l.Marker()
		if !l.Blank() {
			w.last = l.Number
		}
		if mark == contentline.Begin {
			if err := w.begin(&l, name); err != nil {
				return err
			}
		}
		line(&l, mark)
		if mark == contentline.End {
			if err := w.end(&l, name); err != nil {
				return err
			}
		}
		w.at += len(l.Raw)
	}
	return w.finish()
}

func (w *walker) begin(l *contentline.Line, name string) error {
	fail := func(format string, args ...any) error {
		return &contentline.Error{Line: l.Number, Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case w.bare && name == calendar:
		return fail("a calendar among the components")
	case w.bare:
	case name == calendar && len(w.stack) > 0:
		return fail("a second calendar begins before the first has ended")
	case name == calendar && w.ended:
		return fail("a second calendar follows in the same item")
	case name == calendar:
		w.begun = true
	case len(w.stack) == 0:
		return fail("%s stands outside of a calendar", shownName(name))
	}
	if len(w.stack) == w.outer() && name != calendar && name != "VTIMEZONE" {
		w.items++
	}
	w.stack = append(w.stack, name)
	return nil
}

// outer is the depth at which the components of the object begin.
func (w *walker) outer() int {
	if w.bare {
		return 0
	}
	return 1
}

func (w *walker) end(l *contentline.Line, name string) error {
	n := len(w.stack)
	if n == 0 {
		return &contentline.Error{Line: l.Number, Reason: fmt.Sprintf("END:%s without a BEGIN before it", shownName(name))}
	}
	if open := w.stack[n-1]; open != name {
		return &contentline.Error{Line: l.Number, Reason: fmt.Sprintf("%s has no end before END:%s", shownName(open), shownName(name))}
	}
	w.stack = w.stack[:n-1]
	if n == 1 {
		w.ended = true
	}
	return nil
}

func (w *walker) finish() error {
	switch {
	case len(w.stack) > 0:
		return &contentline.Error{Line: w.last, Reason: fmt.Sprintf("it breaks off: no END:%s", shownName(w.stack[len(w.stack)-1]))}
	case !w.begun && !w.bare:
		return &contentline.Error{Reason: "there is no calendar in it: no BEGIN:VCALENDAR"}
	case w.items == 0:
		return &contentline.Error{Reason: "the calendar is empty: no event, to-do or other component in it"}
	}
	return nil
}

// shownName is a component's name for a person to read.
func shownName(name string) string {
	if name == "" {
		return "a component without a name"
	}
	return contentline.Shown(name)
}
