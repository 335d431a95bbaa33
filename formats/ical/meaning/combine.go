package meaning

import (
	"bytes"
	"slices"
	"strings"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
	"sidekeep/formats/ical/portable"
	"sidekeep/formats/ical/syntax"
	"sidekeep/formats/ical/timezone"
)

// otherProperty keeps, in a combined object, what the other object says of a
// thing of which there can be one only: X-SIDEKEEP-OTHER;X-NAME=LOCATION:Hall.
const otherProperty = "X-SIDEKEEP-OTHER"

// longestOther is the length in bytes up to which a clash is noted.
const longestOther = 2000

// A Clash is a thing of which an event or to-do can say one only, and of which
// two objects say something else.
type Clash struct {
	Property    string // its name in upper case
	Kept, Other string // for a person
	NotedInside bool   // the combined object says Other in an X-SIDEKEEP-OTHER
}

// Combine adds to a calendar object what only another state of the same object
// says: an alarm, a category, an attendee, an exception. Of what there can be
// one only, object's is kept; the other's is a [Clash], and is noted in the
// object if it is not very long. When it takes place is one thing: DTSTART,
// DTEND, DUE, DURATION and what they recur by are all object's or, if it has
// none of them, all the other's. So is how far a to-do is done.
//
// What object says stays byte for byte; if other says nothing more, out is
// object itself, so combining the same again changes nothing. An error is a
// [*contentline.Error].
func Combine(object, other []byte) (out []byte, clashes []Clash, err error) {
	for _, p := range []*[]byte{&object, &other} {
		if *p, err = modern(*p); err != nil {
			return nil, nil, err
		}
	}
	mine, err := objectOf(object)
	if err != nil {
		return nil, nil, err
	}
	theirs, err := objectOf(other)
	if err != nil {
		return nil, nil, err
	}
	c := &combining{add: map[*syntax.Node][]byte{}, inner: map[*syntax.Node][]byte{}}
	for _, n := range theirs {
		c.component(mine, n)
	}
	return c.write(object, other, mine), c.clashes, nil
}

// modern brings a vCalendar 1.0 to iCalendar 2.0.
func modern(raw []byte) ([]byte, error) {
	cal, err := ical.View(raw)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(cal.Version, "1.") {
		return raw, nil
	}
	out, _, err := portable.Write(raw)
	return out, err
}

type combining struct {
	add     map[*syntax.Node][]byte // properties for the object's components
	inner   map[*syntax.Node][]byte // and parts, such as alarms
	whole   []*syntax.Node          // components that only the other has
	clashes []Clash
}

func (c *combining) component(mine []*syntax.Node, n *syntax.Node) {
	place := placeOf(n)
	var master *syntax.Node
	for _, m := range mine {
		if m.Name == n.Name && placeOf(m) == place {
			c.lines(m, n)
			c.parts(m, n)
			return
		}
		if m.Name == n.Name && placeOf(m) == "" {
			master = m
		}
	}
	if master != nil && place != "" && excludes(master, place[1:]) {
		c.clashes = append(c.clashes, Clash{Property: "EXDATE", Kept: place[1:], Other: n.Text("SUMMARY")})
		return
	}
	c.whole = append(c.whole, n)
}

// excludes tells whether an EXDATE takes an occurrence out.
func excludes(n *syntax.Node, place string) bool {
	for i := range n.Lines {
		if l := &n.Lines[i]; l.Is("EXDATE") && slices.Contains(valuesOf(l, "EXDATE"), place) {
			return true
		}
	}
	return false
}

// groups are the properties that say one thing together.
var groups = map[string]string{
	"DTSTART": "time", "DTEND": "time", "DUE": "time", "DURATION": "time", "RRULE": "time", "RDATE": "time", "EXDATE": "time", "EXRULE": "time",
	"STATUS": "progress", "COMPLETED": "progress", "PERCENT-COMPLETE": "progress",
}

// several are the properties that there can be many of.
var several = map[string]bool{
	"CATEGORIES": true, "RESOURCES": true, "ATTENDEE": true, "COMMENT": true, "CONTACT": true, "ATTACH": true, "RELATED-TO": true,
	"REQUEST-STATUS": true, "CONFERENCE": true, "IMAGE": true, "REFID": true, "LINK": true, "CONCEPT": true, "STRUCTURED-DATA": true, "STYLED-DESCRIPTION": true,
}

// lines adds the lines of n to m.
func (c *combining) lines(m, n *syntax.Node) {
	have := map[string][]string{} // values by name
	group := map[string]bool{}
	for i := range m.Lines {
		l := &m.Lines[i]
		name := strings.ToUpper(l.Name)
		if strings.TrimSpace(l.Value) == "" {
			continue
		}
		have[name] = append(have[name], keysOf(l, name)...)
		group[groups[name]] = true
	}
	for i := range n.Lines {
		l := &n.Lines[i]
		name := strings.ToUpper(l.Name)
		if bookkeeping[name] || name == "" || strings.TrimSpace(l.Value) == "" {
			continue
		}
		keys := keysOf(l, name)
		if !slices.ContainsFunc(keys, func(k string) bool { return !slices.Contains(have[name], k) }) {
			continue
		}
		one := !several[name] && name != otherProperty
		switch g := groups[name]; {
		case g != "" && group[g], one && len(have[name]) > 0:
			c.clash(m, l, name, have)
		default:
			c.line(m, l, name, keys, have)
		}
	}
}

// keysOf is what a line says, as it is compared: of an attendee, who.
func keysOf(l *contentline.Line, name string) []string {
	switch name {
	case "ATTENDEE":
		return []string{strings.ToLower(strings.TrimSpace(l.Value))}
	case otherProperty:
		return []string{strings.ToUpper(l.Param("X-NAME")) + "\x00" + contentline.Unescape(l.Text())}
	}
	return valuesOf(l, name)
}

// line adds l to m; of a list, what is not there yet.
func (c *combining) line(m *syntax.Node, l *contentline.Line, name string, keys []string, have map[string][]string) {
	defer func() { have[name] = append(have[name], keys...) }()
	if name != "CATEGORIES" && name != "RESOURCES" {
		c.add[m] = append(c.add[m], publishedLines(l.Raw)...)
		return
	}
	var fresh []string
	for _, k := range keys {
		if !slices.Contains(have[name], k) && !slices.Contains(fresh, k) {
			fresh = append(fresh, k)
		}
	}
	c.add[m] = contentline.Append(c.add[m], &contentline.Line{Name: l.Name, Params: l.Params, Value: contentline.EscapeList(fresh)})
}

func (c *combining) clash(m *syntax.Node, l *contentline.Line, name string, have map[string][]string) {
	kept := m.Text(name)
	clash := Clash{Property: name, Kept: kept, Other: syntax.TextOf(l)}
	clash.NotedInside = clash.Other != "" && len(clash.Other) <= longestOther && !l.Base64()
	c.clashes = append(c.clashes, clash)
	key := name + "\x00" + contentline.Unescape(l.Text())
	if !clash.NotedInside || slices.Contains(have[otherProperty], key) {
		return
	}
	have[otherProperty] = append(have[otherProperty], key)
	params := []contentline.Param{{Name: "X-NAME", Values: []string{name}}}
	if zone := l.Param("TZID"); zone != "" {
		params = append(params, contentline.Param{Name: "X-ZONE", Values: []string{zone}})
	}
	c.add[m] = contentline.Append(c.add[m], &contentline.Line{Name: otherProperty, Params: params, Value: contentline.Escape(contentline.Unescape(l.Text()))})
}

// parts adds the alarms and other components of n to m.
func (c *combining) parts(m, n *syntax.Node) {
	have := map[string]bool{}
	for _, p := range m.Nodes {
		have[partKey(p)] = true
	}
	for _, p := range n.Nodes {
		if k := partKey(p); !have[k] && !p.Cut {
			have[k] = true
			c.inner[m] = append(c.inner[m], publishedLines(p.Raw)...)
		}
	}
}

// partKey tells parts of a component apart: alarms by what they do and when,
// others by all that they say.
func partKey(p *syntax.Node) string {
	if k := alarmKey(p); k != "" {
		return k
	}
	var m Meaning
	m.add(p, "")
	slices.Sort(m.Fields)
	return strings.Join(m.Fields, "\n")
}

// publishedLines is lines in published form, the last with its end.
func publishedLines(raw []byte) []byte {
	if out, err := contentline.Published(raw); err == nil {
		return out
	}
	return raw
}

// write puts what was added where it belongs.
func (c *combining) write(object, other []byte, mine []*syntax.Node) []byte {
	if len(c.add)+len(c.inner) == 0 && len(c.whole) == 0 {
		return object
	}
	out := make([]byte, 0, len(object)+len(other))
	from := 0
	for _, m := range mine {
		if len(c.add[m])+len(c.inner[m]) == 0 {
			continue
		}
		begin := offsetIn(object, m.Raw)
		properties, parts := insertAt(m)
		out = append(append(out, object[from:begin+properties]...), c.add[m]...)
		out = append(append(out, object[begin+properties:begin+parts]...), c.inner[m]...)
		from = begin + parts
	}
	out = append(out, object[from:]...)
	if len(c.whole) == 0 {
		return out
	}
	end := bytes.LastIndex(bytes.ToUpper(out), []byte("END:VCALENDAR"))
	if end < 0 {
		end = len(out)
	}
	var whole []byte
	for _, z := range c.zones(object, other) {
		whole = append(whole, publishedLines(z)...)
	}
	for _, n := range c.whole {
		whole = append(whole, publishedLines(n.Raw)...)
	}
	return slices.Insert(out, end, whole...)
}

// insertAt is where in the bytes of m its first part begins, and where its END
// is.
func insertAt(m *syntax.Node) (properties, parts int) {
	at, depth := 0, 0
	for l := range contentline.Lines(m.Raw) {
		mark, _ := l.Marker()
		switch mark {
		case contentline.Begin:
			if depth++; depth == 2 && properties == 0 {
				properties = at
			}
		case contentline.End:
			if depth--; depth == 0 && parts == 0 {
				parts = at
			}
		}
		at += len(l.Raw)
	}
	if parts == 0 { // its END is missing
		parts = at
	}
	if properties == 0 {
		properties = parts
	}
	return properties, parts
}

// offsetIn is where part, which shares memory with whole, begins in it.
func offsetIn(whole, part []byte) int {
	for i := 0; i+len(part) <= len(whole); i++ {
		if &whole[i] == &part[0] {
			return i
		}
	}
	return 0
}

// zones are those of other that the added components use and object lacks.
func (c *combining) zones(object, other []byte) [][]byte {
	used, have := map[string]bool{}, map[string]bool{}
	for _, n := range c.whole {
		timezone.Used(n, used)
	}
	for _, z := range zonesIn(object) {
		have[timezone.IDOf(z)] = true
	}
	var out [][]byte
	for _, z := range zonesIn(other) {
		if id := timezone.IDOf(z); used[id] && !have[id] {
			have[id] = true
			out = append(out, z.Raw)
		}
	}
	return out
}

func zonesIn(raw []byte) []*syntax.Node {
	var zones []*syntax.Node
	for _, root := range syntax.Parse(raw).Roots {
		for _, n := range root.Nodes {
			if n.Name == "VTIMEZONE" {
				zones = append(zones, n)
			}
		}
	}
	return zones
}
