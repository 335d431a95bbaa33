package syntax

import (
	"fmt"

	"sidekeep/formats/contentline"
)

const VCalendar = "VCALENDAR"

// A Walker follows the nesting of the components of one object.
type Walker struct {
	Stack []string // names of the open components, in upper case
	Bare  bool     // the components stand alone, without a VCALENDAR around them
	begun bool     // there was a VCALENDAR
	ended bool     // and it has ended
	items int      // components in it that are no time zone
	At    int      // bytes before the line
	last  int      // number of the last line that is not blank
}

// Walk calls line for every content line with the state after its BEGIN or
// before its END has been followed, so that w.depth is the same at both ends of
// a component; w.at is where the line starts. l is only valid during the call. The error is a
// [*contentline.Error]: raw is not exactly one whole object.
func (w *Walker) Walk(raw []byte, line func(l *contentline.Line, mark contentline.Mark)) error {
	if len(raw) > contentline.MaxObject && !w.Bare {
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
		w.At += len(l.Raw)
	}
	return w.finish()
}

func (w *Walker) begin(l *contentline.Line, name string) error {
	fail := func(format string, args ...any) error {
		return &contentline.Error{Line: l.Number, Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case w.Bare && name == VCalendar:
		return fail("a calendar among the components")
	case w.Bare:
	case name == VCalendar && len(w.Stack) > 0:
		return fail("a second calendar begins before the first has ended")
	case name == VCalendar && w.ended:
		return fail("a second calendar follows in the same item")
	case name == VCalendar:
		w.begun = true
	case len(w.Stack) == 0:
		return fail("%s stands outside of a calendar", ShownName(name))
	}
	if len(w.Stack) == w.outer() && name != VCalendar && name != "VTIMEZONE" {
		w.items++
	}
	w.Stack = append(w.Stack, name)
	return nil
}

// outer is the depth at which the components of the object begin.
func (w *Walker) outer() int {
	if w.Bare {
		return 0
	}
	return 1
}

func (w *Walker) end(l *contentline.Line, name string) error {
	n := len(w.Stack)
	if n == 0 {
		return &contentline.Error{Line: l.Number, Reason: fmt.Sprintf("END:%s without a BEGIN before it", ShownName(name))}
	}
	if open := w.Stack[n-1]; open != name {
		return &contentline.Error{Line: l.Number, Reason: fmt.Sprintf("%s has no end before END:%s", ShownName(open), ShownName(name))}
	}
	w.Stack = w.Stack[:n-1]
	if n == 1 {
		w.ended = true
	}
	return nil
}

func (w *Walker) finish() error {
	switch {
	case len(w.Stack) > 0:
		return &contentline.Error{Line: w.last, Reason: fmt.Sprintf("it breaks off: no END:%s", ShownName(w.Stack[len(w.Stack)-1]))}
	case !w.begun && !w.Bare:
		return &contentline.Error{Reason: "there is no calendar in it: no BEGIN:VCALENDAR"}
	case w.items == 0:
		return &contentline.Error{Reason: "the calendar is empty: no event, to-do or other component in it"}
	}
	return nil
}

// ShownName is a component's name for a person to read.
func ShownName(name string) string {
	if name == "" {
		return "a component without a name"
	}
	return contentline.Shown(name)
}
