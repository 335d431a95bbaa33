package portable

import (
	"fmt"
	"strings"
	"time"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
	"sidekeep/formats/ical/civil"
	"sidekeep/formats/ical/datetime"
	"sidekeep/formats/ical/recur"
	"sidekeep/formats/ical/syntax"
	"sidekeep/formats/ical/timezone"
)

// oldEntry writes an entry of a vCalendar 1.0 as iCalendar 2.0.
func (w *writer) oldEntry(n *syntax.Node) {
	e := w.entries[&n.Raw[0]]
	if e == nil { // no event or to-do: it stays as it is
		w.entry(n)
		return
	}
	w.b = append(w.b, "BEGIN:"+n.Name+"\r\n"...)
	if e.UID == "" {
		w.write("UID", madeUID(n.Raw))
	}
	if n.Find("DTSTAMP") == nil {
		w.write("DTSTAMP", stampOf(n))
	}
	for i := range n.Lines {
		w.oldLine(&n.Lines[i], e)
	}
	for _, a := range e.Alarms {
		w.alarm(a, e)
	}
	for _, part := range n.Nodes {
		w.b = part.Append(w.b)
	}
	w.b = append(w.b, "END:"+n.Name+"\r\n"...)
}

func (w *writer) write(name, value string, params ...contentline.Param) {
	w.b = contentline.Append(w.b, &contentline.Line{Name: name, Params: params, Value: value})
}

// moment writes a property of time. What a vCalendar says by the clock of its
// own time zone stays so, because rules go by that clock (RFC 5545 section
// 3.3.10): the zone gets a name and a VTIMEZONE.
func (w *writer) moment(name string, m datetime.Moment) {
	switch {
	case m.Date:
		w.write(name, m.Time.Format("20060102"), contentline.Param{Name: "VALUE", Values: []string{"DATE"}})
	case w.isLocal(m):
		w.write(name, m.Time.Format("20060102T150405"), contentline.Param{Name: "TZID", Values: []string{w.oldZone}})
	default:
		w.write(name, datetime.MomentText(m))
	}
}

// isLocal tells whether a time is by the clock of the calendar's own time zone.
func (w *writer) isLocal(m datetime.Moment) bool {
	return w.oldLocation != nil && !m.Local() && m.Time.Location() == w.oldLocation
}

// clockZone is the name and the VTIMEZONE of the time zone of a vCalendar.
func (w *writer) clockZone(lines []contentline.Line, series []ical.Series) (zone []byte) {
	if w.oldLocation == timezone.Known(w.oldLocation.String()) { // TZ is a name
		year := timezone.LastRuleYear
		for i := range series {
			if start := series[i].Main().First(); !start.IsZero() {
				year = min(year, start.Time.Year())
			}
		}
		w.oldZone = w.oldLocation.String()
		return timezone.Write(w.oldZone, w.oldLocation, year, 0)
	}
	first, last := 1970, 1970
	said := ""
	for i := range lines {
		l := &lines[i]
		if !l.Is("TZ") && !l.Is("DAYLIGHT") {
			continue
		}
		said += strings.ToUpper(l.Name) + ":" + strings.ToUpper(strings.TrimSpace(l.Text())) + "\n"
		for f := range strings.SplitSeq(l.Text(), ";") {
			if t, _, _, ok := datetime.ParseTime(f); ok && len(f) >= len("20060102T1504") {
				if last == 1970 {
					first = t.Year()
				}
				first, last = min(first, t.Year()), max(last, t.Year())
			}
		}
	}
	_, offset := time.Date(first, 1, 1, 0, 0, 0, 0, time.UTC).In(w.oldLocation).Zone()
	w.oldZone = "vCalendar " + datetime.OffsetText(offset)
	if last > 1970 {
		w.oldZone += " " + madeUID([]byte(said))[:8] // tells zones with other changes apart
	}
	return timezone.Write(w.oldZone, w.oldLocation, first, last)
}

// until brings the last moment of a rule into the form that DTSTART asks for
// (RFC 5545 section 3.3.10): a date for a date, and in UTC if it has a zone.
func (w *writer) until(u, start datetime.Moment) datetime.Moment {
	switch {
	case u.IsZero() || start.IsZero():
		return u
	case start.Date:
		y, m, d := u.Time.Date()
		return datetime.Moment{Time: time.Date(y, m, d, 0, 0, 0, 0, time.UTC), Date: true}
	case u.Date: // to the end of the day
		u = datetime.Moment{Time: u.Time.Add(civil.DaySeconds*time.Second - time.Second), Floating: true}
	}
	switch {
	case start.Floating:
		u.Floating = true
	case u.Floating:
		c := civil.Clock{Location: start.Time.Location()}
		at, _ := c.At(u.Wall())
		u = datetime.Moment{Time: c.Time(at).UTC()}
	}
	return u
}

func (w *writer) oldLine(l *contentline.Line, e *ical.Entry) {
	name := strings.ToUpper(l.Name)
	moments := map[string]datetime.Moment{"DTSTART": e.Start, "DTEND": e.End, "DUE": e.Due, "COMPLETED": e.Completed, "DCREATED": e.Created, "LAST-MODIFIED": e.Modified}
	if m, is := moments[name]; is {
		if !m.IsZero() {
			w.moment(strings.Replace(name, "DCREATED", "CREATED", 1), m)
		}
		return
	}
	switch name {
	case "DALARM", "AALARM", "MALARM", "PALARM", "RNUM":
	case "RRULE", "EXRULE":
		r, err := recur.Text{Value: strings.TrimSpace(l.Text()), Old: true}.Parse()
		if err != nil {
			w.lose(l.Number, "%v", err)
			w.write("X-VCALENDAR-"+name, contentline.Escape(l.Text()))
			return
		}
		r.Until = w.until(r.Until, e.First())
		w.write(name, r.String())
	case "RDATE", "EXDATE":
		list := e.ExDates
		if name == "RDATE" {
			list = nil
			for _, p := range e.Dates {
				list = append(list, p.Start)
			}
		}
		for _, m := range list {
			w.moment(name, m)
		}
		if name == "RDATE" {
			e.Dates = nil // all of them are written with the first line
		} else {
			e.ExDates = nil
		}
	case "CATEGORIES":
		w.write(name, contentline.EscapeList(e.Categories))
	case "STATUS":
		w.write(name, oldStatus(e))
	case "TRANSP":
		if e.Transparency != "" {
			w.write(name, e.Transparency)
		}
	case "CLASS", "PRIORITY", "SEQUENCE", "URL", "GEO":
		w.write(name, strings.TrimSpace(l.Text()))
	case "ATTENDEE", "ORGANIZER":
		w.person(name, ical.ReadPerson(l))
	default:
		w.text(name, l)
	}
}

func oldStatus(e *ical.Entry) string {
	if e.Component == "VTODO" && (e.Status == "ACCEPTED" || e.Status == "SENT" || e.Status == "DELEGATED" || e.Status == "CONFIRMED") {
		return "IN-PROCESS"
	}
	if e.Status == "DECLINED" {
		return "CANCELLED"
	}
	return e.Status
}

// text writes a property of text or of unknown kind, without the parameters
// that are of the old encoding.
func (w *writer) text(name string, l *contentline.Line) {
	if l.Base64() {
		w.write(name, strings.Join(strings.Fields(l.Value), ""), contentline.Param{Name: "ENCODING", Values: []string{"BASE64"}}, contentline.Param{Name: "VALUE", Values: []string{"BINARY"}})
		return
	}
	var params []contentline.Param
	for _, p := range l.Params {
		switch strings.ToUpper(p.Name) {
		case "ENCODING", "CHARSET", "QUOTED-PRINTABLE", "8BIT", "7BIT", "BASE64":
		default:
			if p.Values != nil {
				params = append(params, p)
			}
		}
	}
	w.write(name, contentline.Escape(contentline.Unescape(l.Text())), params...)
}

func (w *writer) person(name string, p ical.Person) {
	address := p.Address
	var params []contentline.Param
	if !strings.Contains(address, ":") {
		if i := strings.LastIndexByte(address, '<'); i > 0 && strings.HasSuffix(address, ">") {
			params = append(params, contentline.Param{Name: "CN", Values: []string{strings.TrimSpace(address[:i])}})
			address = address[i+1 : len(address)-1]
		}
		address = "mailto:" + address
	}
	w.write(name, strings.ReplaceAll(address, " ", "%20"), params...)
}

func (w *writer) alarm(a ical.Alarm, e *ical.Entry) {
	if a.Action == "PROCEDURE" { // gone from iCalendar (RFC 5545 appendix A.3)
		a.Action = "DISPLAY"
	}
	w.b = append(w.b, "BEGIN:VALARM\r\n"...)
	w.write("ACTION", a.Action)
	switch m := a.At; {
	case m.IsZero():
		w.write("TRIGGER", datetime.DurationText(a.Offset))
	case m.Floating && e.Start.Floating: // a TRIGGER has to be in UTC or relative
		w.write("TRIGGER", datetime.DurationText(m.Time.Sub(e.Start.Time)))
	default:
		w.write("TRIGGER", m.Time.UTC().Format("20060102T150405Z"), contentline.Param{Name: "VALUE", Values: []string{"DATE-TIME"}})
	}
	if a.Repeat > 0 && a.Every > 0 {
		w.write("REPEAT", fmt.Sprint(a.Repeat))
		w.write("DURATION", datetime.DurationText(a.Every))
	}
	if a.Action != "AUDIO" {
		text := a.Description
		if text == "" {
			text = e.Summary
		}
		w.write("DESCRIPTION", contentline.Escape(text))
	}
	if a.Action == "EMAIL" {
		w.write("SUMMARY", contentline.Escape(e.Summary))
		for _, p := range a.Attendees {
			w.person("ATTENDEE", p)
		}
	}
	w.b = append(w.b, "END:VALARM\r\n"...)
}
