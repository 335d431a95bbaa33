package file

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
	"sidekeep/formats/vcard"
)

// A Finding is something in an item that no format allows, or that many programs do
// not understand.
type Finding struct {
	Line   int    // of the file; 0 if it is no single line
	Reason string // a clause without a full stop, for a person to read
}

// maxFindings is how many an item has at most.
const maxFindings = 50

// Findings looks closely at an item and tells what is odd in it.
func (it *Item) Findings() []Finding {
	l := looker{it: it, odd: slices.Clone(it.odd)}
	for line := range contentline.Lines(it.Raw) {
		l.line(&line)
	}
	l.text.end(&l)
	switch {
	case it.Err != nil:
	case it.Type == Cards:
		l.card()
	default:
		l.dates()
	}
	return l.odd[:min(len(l.odd), maxFindings)]
}

// A looker gathers what is odd in an item.
type looker struct {
	it    *Item
	odd   []Finding
	begun bool
	text  run // lines before the beginning
}

// A run is a number of lines about which there is one thing to say.
type run struct{ from, n int }

func (r *run) end(l *looker) {
	if r.n > 0 {
		l.say(r.from, "%s before the beginning", plural(r.n, "line"))
	}
	r.n = 0
}

func (l *looker) say(line int, format string, args ...any) {
	if line > 0 {
		line = l.it.lineOf(line)
	}
	o := Finding{line, fmt.Sprintf(format, args...)}
	if !slices.Contains(l.odd, o) {
		l.odd = append(l.odd, o)
	}
}

func (l *looker) line(line *contentline.Line) {
	mark, _ := line.Marker()
	switch {
	case line.Blank():
		return
	case !l.begun && mark != contentline.Begin:
		if l.text.n == 0 {
			l.text.from = line.Number
		}
		l.text.n++
		return
	case !l.begun:
		l.begun = true
		l.text.end(l)
	}
	switch {
	case line.Cut:
		l.say(line.Number, "a line larger than 32 MB")
	case line.Name == "":
		l.say(line.Number, "no property: %q", shorten(line.Text()))
	}
	if charset, guessed := line.Charset(); guessed {
		l.say(line.Number, "not in UTF-8, and it does not say in which charset: read as %s", charset)
	}
}

func (l *looker) card() {
	c := l.it.Card
	switch c.Version {
	case "2.1", "3.0", "4.0":
	case "":
		l.say(0, "it does not say its version")
	default:
		l.say(0, "its version is %q, which nobody has defined", shorten(c.Version))
	}
	if c.UID == "" && !l.it.Made && c.Version != "2.1" {
		l.say(0, "it has no UID: programs cannot tell when it is the same card again")
	}
	if c.Name == "" {
		l.say(0, "it has no name")
	}
	for line := range contentline.Lines(l.it.Raw) {
		l.property(&line)
	}
}

// property looks for what cards of a version do not have.
func (l *looker) property(line *contentline.Line) {
	version := l.it.Card.Version
	switch {
	case line.Quoted() && (version == "3.0" || version == "4.0"):
		l.say(line.Number, "quoted-printable, which vCard %s does not have", version)
	case dates[strings.ToUpper(line.Name)] && !strings.EqualFold(line.Param("VALUE"), "text") && strings.TrimSpace(line.Value) != "" && !vcard.IsDate(line.Value):
		l.say(line.Number, "%s is %q, which is no date", strings.ToUpper(line.Name), shorten(line.Value))
	case line.Is("PHOTO") && isLink(line.Value):
		l.say(line.Number, "the picture is only a link: %s", shorten(line.Value))
	}
	if name, _ := line.Charset(); name != "" && version != "2.1" && version != "" && line.Param("CHARSET") != "" {
		l.say(line.Number, "in the charset %s, which vCard %s does not have", name, version)
	}
}

// dates are the properties of cards that have one.
var dates = map[string]bool{
	"BDAY": true, "ANNIVERSARY": true, "DEATHDATE": true, "REV": true, "X-ANNIVERSARY": true, "X-ABDATE": true, "X-EVOLUTION-ANNIVERSARY": true,
}

func isLink(value string) bool {
	v := strings.ToLower(strings.TrimSpace(value))
	return strings.HasPrefix(v, "http://") || strings.HasPrefix(v, "https://") || strings.HasPrefix(v, "file:")
}

func (l *looker) dates() {
	c, err := ical.View(l.it.Raw)
	if err != nil {
		var why *contentline.Error
		if errors.As(err, &why) {
			l.say(why.Line, "%s", why.Reason)
		}
		return
	}
	for _, o := range c.Findings {
		l.say(o.Line, "%s", o.Reason)
	}
	for _, s := range c.Series {
		if s.UID == "" {
			l.say(0, "it has no UID: programs cannot tell when it is the same again")
		}
		if s.Master == nil {
			l.say(0, "it is an exception of a series that is not there")
		} else {
			l.entry(s.Master)
		}
		for i := range s.Exceptions {
			l.entry(&s.Exceptions[i])
		}
	}
}

func (l *looker) entry(e *ical.Entry) {
	for _, o := range e.Findings {
		l.say(o.Line, "%s", o.Reason)
	}
}

// shorten is a text as it is shown in a reason.
func shorten(s string) string {
	s = contentline.Shown(s)
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return s
}

func plural(n int, what string) string {
	if n == 1 {
		return "a " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
