// Package meaning tells what a calendar object says whatever its form, so that
// two can be compared, and combines two states of one object without losing
// what only one of them says.
package meaning

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical/syntax"
)

// A Meaning is what a calendar object says, in a form in which two objects that
// say the same are equal: whatever the order and folds of their lines, the
// spelling of names and parameters, the descriptions of time zones, what the
// calendar around it says, and what programs note for themselves (DTSTAMP,
// LAST-MODIFIED, SEQUENCE, the UID). The fields of both lists are sorted and
// stand there once.
type Meaning struct {
	UID     string
	Summary string
	Start   string   // DTSTART as a value with its zone, or DUE; "" if there is neither
	Fields  []string // what standards and the usual programs know
	// Extra are properties with X-, which servers add and drop as they like.
	Extra []string
}

// Of reads what a calendar object says. An error is a
// [*contentline.Error].
func Of(raw []byte) (Meaning, error) {
	t, err := objectOf(raw)
	if err != nil {
		return Meaning{}, err
	}
	var m Meaning
	for _, n := range t {
		if m.UID == "" {
			m.UID = n.Text("UID")
		}
		if n.Find("RECURRENCE-ID") == nil || m.Summary == "" {
			m.Summary, m.Start = n.Text("SUMMARY"), startOf(n)
		}
		m.add(n, "")
	}
	for _, list := range []*[]string{&m.Fields, &m.Extra} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return m, nil
}

// objectOf is the components of a calendar object but for its zones.
func objectOf(raw []byte) ([]*syntax.Node, error) {
	if len(raw) > contentline.MaxObject {
		return nil, contentline.TooLarge()
	}
	t := syntax.Parse(raw)
	var nodes []*syntax.Node
	for _, root := range t.Roots {
		if root.Name != syntax.VCalendar {
			nodes = append(nodes, root)
			continue
		}
		for _, n := range root.Nodes {
			if n.Name != "VTIMEZONE" {
				nodes = append(nodes, n)
			}
		}
	}
	if len(nodes) == 0 {
		return nil, &contentline.Error{Reason: "there is no event, to-do or other component in it"}
	}
	return nodes, nil
}

func startOf(n *syntax.Node) string {
	for _, name := range []string{"DTSTART", "DUE"} {
		if l := n.Find(name); l != nil {
			return timeKey(l, l.Value)
		}
	}
	return ""
}

func (m *Meaning) add(n *syntax.Node, path string) {
	path += n.Name + placeOf(n) + "\x00"
	if len(n.Nodes) == 0 && len(n.Lines) == 0 {
		m.Fields = append(m.Fields, path)
	}
	for i := range n.Lines {
		l := &n.Lines[i]
		name := strings.ToUpper(l.Name)
		if bookkeeping[name] || strings.TrimSpace(l.Value) == "" {
			continue
		}
		for _, v := range valuesOf(l, name) {
			if strings.HasPrefix(name, "X-") {
				m.Extra = append(m.Extra, path+name+"\x00"+v)
			} else {
				m.Fields = append(m.Fields, path+name+"\x00"+v)
			}
		}
	}
	for _, sub := range n.Nodes {
		m.add(sub, path+alarmKey(sub))
	}
}

// placeOf tells the components of a series apart.
func placeOf(n *syntax.Node) string {
	if l := n.Find("RECURRENCE-ID"); l != nil {
		return " " + timeKey(l, l.Value)
	}
	return ""
}

// alarmKey tells alarms apart: what they do, and when.
func alarmKey(n *syntax.Node) string {
	if n.Name != "VALARM" {
		return ""
	}
	key := strings.ToUpper(n.Text("ACTION"))
	if l := n.Find("TRIGGER"); l != nil {
		key += " " + strings.ToUpper(strings.TrimSpace(l.Value)) + " " + strings.ToUpper(l.Param("RELATED"))
	}
	return key + "\x00"
}

// bookkeeping is what programs note for themselves, and what the path says.
var bookkeeping = map[string]bool{
	"UID": true, "DTSTAMP": true, "LAST-MODIFIED": true, "CREATED": true, "SEQUENCE": true, "RECURRENCE-ID": true,
	"X-RADICALE-NAME": true, "X-VOBJ-ORIGINAL-TZID": true, "X-VOBJ-FLOATINGTIME-ALLOWED": true, "X-LIC-ERROR": true,
	"X-WR-ALARMUID": true, "X-MOZ-GENERATION": true,
}

// valuesOf is what a line says: a list is as many values as it has entries.
func valuesOf(l *contentline.Line, name string) []string {
	params := paramsOf(l, name)
	switch name {
	case "CATEGORIES", "RESOURCES":
		var out []string
		for _, s := range contentline.List(l.Text()) {
			if s = strings.TrimSpace(contentline.Unescape(s)); s != "" {
				out = append(out, s)
			}
		}
		return out
	case "EXDATE", "RDATE":
		var out []string
		for s := range strings.SplitSeq(l.Value, ",") {
			out = append(out, timeKey(l, s))
		}
		return out
	case "DTSTART", "DTEND", "DUE", "COMPLETED":
		return []string{timeKey(l, l.Value)}
	case "RRULE", "EXRULE":
		parts := strings.Split(strings.ToUpper(strings.TrimSpace(l.Value)), ";")
		parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" || s == "INTERVAL=1" || s == "WKST=MO" })
		slices.Sort(parts)
		return []string{strings.Join(parts, ";")}
	case "ATTENDEE", "ORGANIZER":
		return []string{strings.ToLower(strings.TrimSpace(l.Value)) + params}
	case "STATUS", "CLASS", "TRANSP", "ACTION", "TRIGGER", "DURATION":
		return []string{strings.ToUpper(strings.TrimSpace(l.Value)) + params}
	}
	if l.Base64() {
		sum := sha256.Sum256([]byte(strings.Join(strings.Fields(l.Value), "")))
		return []string{hex.EncodeToString(sum[:])}
	}
	return []string{strings.ReplaceAll(contentline.Unescape(l.Text()), "\r\n", "\n") + params}
}

// defaults are parameters that say what is so without them.
var defaults = map[string]bool{
	"VALUE=DATE-TIME": true, "VALUE=TEXT": true, "VALUE=DURATION": true, "VALUE=URI": true, "RELATED=START": true,
	"ROLE=REQ-PARTICIPANT": true, "PARTSTAT=NEEDS-ACTION": true, "RSVP=FALSE": true, "CUTYPE=INDIVIDUAL": true, "RELTYPE=PARENT": true,
	"ENCODING=8BIT": true,
}

// paramsOf is the parameters in their order, without those that only some
// program knows.
func paramsOf(l *contentline.Line, name string) string {
	var out []string
	for _, p := range l.Params {
		key := strings.ToUpper(p.Name)
		if strings.HasPrefix(key, "X-") || key == "TZID" || key == "CHARSET" || key == "ENCODING" || key == "SCHEDULE-STATUS" {
			continue
		}
		s := key + "=" + strings.Join(p.Values, ",")
		if up := strings.ToUpper(s); defaults[up] {
			continue
		} else if key != "CN" && key != "ALTREP" && key != "FILENAME" && key != "LABEL" {
			s = up
		}
		out = append(out, "\x1f"+s)
	}
	slices.Sort(out)
	return strings.Join(out, "")
}

// timeKey is a time with its zone.
func timeKey(l *contentline.Line, value string) string {
	s := strings.ToUpper(strings.TrimSpace(value))
	if zone := l.Param("TZID"); zone != "" && !strings.HasSuffix(s, "Z") && strings.ContainsRune(s, 'T') {
		s += " " + zone
	}
	return s
}
