// Package compose builds new cards and calendar objects out of fields: rows of
// a table, days of the year, what a device or an account hands over as values.
// They are encoded by github.com/emersion/go-vcard and
// github.com/emersion/go-ical.
//
// The constructors of a [Property] ([Text], [Texts], [Parts], [Link], [Plain]
// and those of dates and people) are the only way to give it a value, so that
// none is written unescaped or escaped twice. What is written is UTF-8 with
// CRLF and lines of at most 75 bytes, its properties stand in the order in which
// they were added, and it is the same at each run.
//
// Items that were delivered never pass through here: their bytes are kept, and
// [sidekeep/formats/vcard.Convert], [sidekeep/formats/ical/portable.Write] and
// [sidekeep/formats/contentline.Append] rewrite them line by line where others
// have to read them. Which of two versions has which property is known to
// vcard.Convert alone: a contact is composed in vCard 4.0 and converted from
// there.
package compose

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"sidekeep/formats/contentline"
)

// The libraries write the names, parameters and nesting. Of the rest,
//   - go-vcard escapes backslashes and commas once more, those between list
//     items, in URIs and in parameters too, and leaves semicolons;
//   - go-vcard quotes no parameter, go-ical none that begins with a space;
//   - go-ical refuses quotes in parameters;
//   - both sort properties by name, and fold no line;
//   - a nil map, pointer or interface makes them panic.
//
// Hence the characters that they would touch go through them as control
// characters, which no value holds (see clean), and lines are put in order and
// folded afterwards.
var (
	veil   = strings.NewReplacer(`\`, "\x01", ",", "\x02", `"`, "\x03", ";", "\x04", ":", "\x05")
	unveil = strings.NewReplacer("\x01", `\`, "\x02", ",", "\x03", `"`, "\x04", ";", "\x05", ":")
)

// linesOf returns the lines that an encoder writes, without their ends.
func linesOf(encode func(io.Writer) error) (lines []string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the encoder broke off: %v", r)
		}
	}()
	var b strings.Builder
	if err := encode(&b); err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\r\n"), "\r\n"), nil
}

// A writer puts the lines of an encoder in order.
type writer struct {
	b     []byte
	lines []string // that are left
}

// properties writes the lines of properties of these names, which the encoder
// sorted by name, in the order of the names.
func (w *writer) properties(names []string) error {
	if len(w.lines) < len(names) {
		return fmt.Errorf("the encoder left out %d of %d properties", len(names)-len(w.lines), len(names))
	}
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return strings.Compare(names[i], names[j]) })
	sorted := make([]string, len(names))
	for i, at := range order {
		sorted[at] = w.lines[i]
	}
	w.lines = w.lines[len(names):]
	for _, line := range sorted {
		w.b = contentline.Fold(w.b, unveil.Replace(line))
	}
	return nil
}

// whole returns what was written if all lines of the encoder are in it.
func (w *writer) whole() ([]byte, error) {
	if len(w.lines) > 0 {
		return nil, fmt.Errorf("the encoder wrote %d lines more than it was given", len(w.lines))
	}
	return w.b, nil
}
