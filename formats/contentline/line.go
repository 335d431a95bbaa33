package contentline

import (
	"iter"
	"strings"
)

// A Line is one content line.
type Line struct {
	Group, Name string  // as delivered; both "" for a blank line and for a line that is no property
	Params      []Param // in their order
	Value       string  // without folds and soft line breaks, otherwise as delivered; see [Line.Text]
	Raw         []byte  // delivered bytes with folds and line end
	Number      int     // of its first delivered line, starting with 1
	Cut         bool    // the line is larger than MaxObject, and this is a part of it; Name is ""
	quoted      bool
}

// A Param is one parameter of a line.
type Param struct {
	Name   string   // as delivered
	Values []string // without quotes, RFC 6868 undone; nil for one without a value, as vCard 2.1 has them
}

// Is tells whether the line is the property name, which is ASCII.
func (l *Line) Is(name string) bool {
	return len(l.Name) == len(name) && strings.EqualFold(l.Name, name)
}

// Blank tells whether the line has nothing to read.
func (l *Line) Blank() bool { return l.Name == "" && isBlank([]byte(l.Value)) }

// Marker tells whether the line begins or ends a component, and which; name is
// in upper case.
func (l *Line) Marker() (m Mark, name string) {
	switch {
	case l.Is("BEGIN"):
		return Begin, strings.ToUpper(strings.TrimSpace(l.Value))
	case l.Is("END"):
		return End, strings.ToUpper(strings.TrimSpace(l.Value))
	}
	return None, ""
}

// Param returns the first value of the parameter name, "" if there is none.
func (l *Line) Param(name string) string {
	for _, p := range l.Params {
		if strings.EqualFold(p.Name, name) && len(p.Values) > 0 {
			return p.Values[0]
		}
	}
	return ""
}

// Says tells whether value is among the values of the parameter name, or
// stands alone, as vCard 2.1 has it.
func (l *Line) Says(name, value string) bool {
	for _, p := range l.Params {
		if p.Values == nil && strings.EqualFold(p.Name, value) {
			return true
		}
		if strings.EqualFold(p.Name, name) {
			for _, v := range p.Values {
				if strings.EqualFold(v, value) {
					return true
				}
			}
		}
	}
	return false
}

// Lines iterates over the content lines of an object in memory. The Raw of the
// lines, joined, are raw, and share its memory.
func Lines(raw []byte) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		r := Reader{stream: stream{window: newWindow(raw, true), started: true}, limit: len(raw), whole: string(raw)}
		for {
			l, err := r.Next()
			if err != nil || !yield(l) {
				return
			}
		}
	}
}
