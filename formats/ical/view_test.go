package ical_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sidekeep/formats/contentline"
	"sidekeep/formats/ical"
	"sidekeep/formats/ical/portable"
)

// everything is made of the examples of RFC 5545, 7986, 9073 and 9074.
var everything = in(`
NAME:Company Vacation Days
COLOR:turquoise
METHOD:PUBLISH
BEGIN:VEVENT
UID:e1
DTSTAMP:19970714T170000Z
SUMMARY:Department Party
DESCRIPTION:Meeting to provide technical review for "Phoenix" design.\nHappy 
 Face Conference Room.
LOCATION:Conference Room - F123\, Bldg. 002
CATEGORIES:APPOINTMENT,EDUCATION
CATEGORIES:Family\, friends
RESOURCES:EASEL,PROJECTOR
CLASS:confidential
STATUS:CONFIRMED
TRANSP:TRANSPARENT
PRIORITY:1
SEQUENCE:2
GEO:37.386013;-122.082932
URL:http://example.com/pub/calendars/jsmith/mytime.ics?a=1\,2
ORGANIZER;CN="Smith, John":mailto:jsmith@example.com
ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=TENTATIVE;RSVP=TRUE;CN=Henry Cabot:MAILTO:hcabot@example.com
ATTACH:CID:jsmith.part3.960817T083000.xyzMail@example.com
ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY:VGhlIHF1aWNrIGJyb3duIGZveA==
IMAGE;VALUE=URI;DISPLAY=BADGE;FMTTYPE=image/png:http://example.com/images/party.png
CONFERENCE;VALUE=URI;FEATURE=PHONE,MODERATOR;LABEL=Moderator dial-in:tel:+1-412-555-0123,,,654321
COMMENT:The meeting really needs to include both ourselves and the customer.
CONTACT:Jim Dolittle\, ABC Industries\, +1-919-555-1234
DTSTART;TZID=America/New_York:19980118T230000
DTEND;TZID=W. Europe Standard Time:19980119T080000
X-ABC-MMSUBJ;VALUE=URI;FMTTYPE=audio/basic:http://www.example.org/mysubj.au
BEGIN:VALARM
TRIGGER;RELATED=END:-PT30M
REPEAT:2
DURATION:PT15M
ACTION:DISPLAY
DESCRIPTION:Breakfast meeting with executive
 \nteam.
X-KEPT:1
END:VALARM
BEGIN:VALARM
TRIGGER;VALUE=DATE-TIME:19970317T133000Z
ACTION:AUDIO
ATTACH;FMTTYPE=audio/basic:ftp://example.com/pub/sounds/bell-01.aud
ACKNOWLEDGED:20090604T084500Z
END:VALARM
BEGIN:PARTICIPANT
UID:em9lQGZvb2GFtcGxlLmNvbQ
PARTICIPANT-TYPE:SPEAKER
END:PARTICIPANT
BEGIN:X-OWN
X-A:1
END:X-OWN
END:VEVENT
BEGIN:VTODO
UID:t1
SUMMARY:Submit Income Taxes
DTSTART;VALUE=DATE:20070501
DURATION:P2D
PERCENT-COMPLETE:39
STATUS:IN-PROCESS
PRIORITY:4
END:VTODO
BEGIN:VTODO
UID:t2
SUMMARY:=A1
RELATED-TO:t1
RELATED-TO;RELTYPE=SIBLING:t3
COMPLETED:20070707T100000Z
DUE;TZID=Europe/berlin:20070709T130000
END:VTODO
BEGIN:VJOURNAL
UID:j1
DTSTART;VALUE=DATE:19970317
DESCRIPTION:one
DESCRIPTION:two
END:VJOURNAL
BEGIN:VFREEBUSY
UID:f1
ORGANIZER:mailto:jsmith@example.com
DTSTART:19980313T141711Z
DTEND:19980410T141711Z
FREEBUSY:19980314T233000Z/19980315T003000Z,19980316T153000Z/PT1H
FREEBUSY;FBTYPE=FREE:19980318T030000Z/19980318T040000Z
END:VFREEBUSY
BEGIN:VAVAILABILITY
UID:a1
END:VAVAILABILITY
`)

func TestView(t *testing.T) {
	c, err := ical.View([]byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Series) != 4 || len(c.Busy) != 1 || len(c.Unknown) != 1 || len(c.Findings) != 0 {
		t.Fatalf("%d series, %d busy, %d unknown, odd %v", len(c.Series), len(c.Busy), len(c.Unknown), c.Findings)
	}
	if c.Name != "Company Vacation Days" || c.Color != "turquoise" || c.Method != "PUBLISH" || c.Version != "2.0" {
		t.Errorf("calendar %+v", c)
	}
	e := c.Series[0].Master
	got := map[string]any{
		"summary": e.Summary, "description": e.Description, "location": e.Location, "categories": e.Categories, "resources": e.Resources,
		"class": e.Class, "transp": e.Transparency, "priority": e.Priority, "sequence": e.Sequence, "url": e.URL, "organizer": e.Organizer,
		"attendee": e.Attendees[0], "contact": e.Contacts, "start": e.Start.Time.Format(time.RFC3339) + " " + e.Start.Zone, "end": e.End.Time.Format(time.RFC3339) + " " + e.End.Zone,
		"rest": len(e.Rest), "unknown": e.Unknown[0].Name, "participant": e.Participants[0].Name, "conference": e.Conferences[0].URI + " " + e.Conferences[0].Label,
		"image": e.Images[0].URI, "link": e.Attachments[0].URI, "odd": len(e.Findings), "comments": len(e.Comments), "geo": e.Geo,
	}
	want := map[string]any{
		"summary": "Department Party", "description": "Meeting to provide technical review for \"Phoenix\" design.\nHappy Face Conference Room.", "location": "Conference Room - F123, Bldg. 002",
		"categories": []string{"APPOINTMENT", "EDUCATION", "Family, friends"}, "resources": []string{"EASEL", "PROJECTOR"}, "class": "CONFIDENTIAL", "transp": "TRANSPARENT", "priority": 1, "sequence": 2,
		"url": `http://example.com/pub/calendars/jsmith/mytime.ics?a=1\,2`, "organizer": ical.Person{Address: "jsmith@example.com", Name: "Smith, John"},
		"attendee": ical.Person{Address: "hcabot@example.com", Name: "Henry Cabot", Role: "REQ-PARTICIPANT", Status: "TENTATIVE", RSVP: true},
		"contact":  []string{"Jim Dolittle, ABC Industries, +1-919-555-1234"}, "start": "1998-01-18T23:00:00-05:00 America/New_York", "end": "1998-01-19T08:00:00+01:00 W. Europe Standard Time",
		"rest": 1, "unknown": "X-OWN", "participant": "PARTICIPANT", "conference": "tel:+1-412-555-0123,,,654321 Moderator dial-in", "image": "http://example.com/images/party.png",
		"link": "CID:jsmith.part3.960817T083000.xyzMail@example.com", "odd": 0, "comments": 1, "geo": "37.386013;-122.082932",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if b, err := e.Attachments[1].Content(); err != nil || string(b) != "The quick brown fox" || !e.Attachments[1].Inline {
		t.Errorf("content %q, %v", b, err)
	}
	a := e.Alarms[0]
	if a.Offset != -30*time.Minute || !a.AtEnd || a.Repeat != 2 || a.Every != 15*time.Minute || a.Action != "DISPLAY" || a.Description != "Breakfast meeting with executive\nteam." || len(a.Rest) != 1 {
		t.Errorf("alarm %+v", a)
	}
	if a := e.Alarms[1]; !a.At.Time.Equal(utc("1997-03-17 13:30")) || a.Attachments[0].URI != "ftp://example.com/pub/sounds/bell-01.aud" || a.Acknowledged.IsZero() {
		t.Errorf("alarm %+v", a)
	}
	todo, sub := c.Series[1].Master, c.Series[2].Master
	if !todo.Due.Time.Equal(utc("2007-05-03 00:00")) || !todo.Due.Date || todo.Percent != 39 || todo.Done() || !sub.Done() || sub.Percent != -1 {
		t.Errorf("to-dos %+v\n%+v", todo, sub)
	}
	if d := cmp.Diff([]string{"t1"}, sub.Parents); d != "" || len(sub.Related) != 2 {
		t.Error(d, sub.Related)
	}
	if j := c.Series[3].Master; j.Description != "one\n\ntwo" {
		t.Errorf("journal %q", j.Description)
	}
	if b := c.Busy[0]; len(b.Times) != 3 || b.Times[1].Type != "BUSY" || !b.Times[1].End.Time.Equal(utc("1998-03-16 16:30")) || b.Times[2].Type != "FREE" {
		t.Errorf("busy %+v", b)
	}
}

func TestWriteToDos(t *testing.T) {
	c, err := ical.View([]byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := ical.WriteToDos(&b, []*ical.Calendar{c}); err != nil {
		t.Fatal(err)
	}
	want := "\ufeff" + strings.Join(ical.ToDoColumns, ",") + "\r\n" +
		"Company Vacation Days,Submit Income Taxes,In progress,39,4,2007-05-01,2007-05-03,,,,,,,,,t1\r\n" +
		"Company Vacation Days,'=A1,Done,,,,2007-07-09 13:00,Europe/berlin,2007-07-07 10:00,,,,,Submit Income Taxes,,t2\r\n"
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

// oldPhone is a vCalendar 1.0 as phones of 2003 wrote it.
var oldPhone = crlf(`
BEGIN:VCALENDAR
VERSION:1.0
TZ:+01
DAYLIGHT:TRUE;+02;20030330T010000Z;20031026T010000Z;CET;CEST
BEGIN:VEVENT
UID:1
SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:M=C3=BCllabfuhr, gelb=
er Sack
DTSTART:20030701T070000
DTEND:20030701T073000
RRULE:W2 TU #0
AALARM:20030701T063000;PT5M;2;bell.wav
DALARM:20030701T060000Z;;;Raus
CATEGORIES:MISCELLANEOUS;HOME
END:VEVENT
BEGIN:VTODO
SUMMARY:Milch
STATUS:NEEDS ACTION
DUE:20031201T120000
END:VTODO
END:VCALENDAR
`)

func TestOldPhone(t *testing.T) {
	c, err := ical.View([]byte(oldPhone))
	if err != nil {
		t.Fatal(err)
	}
	e := c.Series[0].Master
	if e.Summary != "Müllabfuhr, gelber Sack" || !e.Start.Time.Equal(utc("2003-07-01 05:00")) || len(e.Alarms) != 2 || e.Alarms[1].Description != "Raus" {
		t.Errorf("%+v", e)
	}
	if d := cmp.Diff([]string{"MISCELLANEOUS", "HOME"}, e.Categories); d != "" {
		t.Error(d)
	}
	got := starts(t, &c.Series[0], utc("2003-07-10 00:00"), utc("2003-08-01 00:00"), 9)
	if d := cmp.Diff([]string{"2003-07-15 07:00", "2003-07-29 07:00"}, got); d != "" {
		t.Error(d)
	}
	if todo := c.Series[1].Master; !todo.Due.Time.Equal(utc("2003-12-01 11:00")) || todo.Status != "NEEDS-ACTION" {
		t.Errorf("%+v", todo)
	}
	out, lost, err := portable.Write([]byte(oldPhone))
	if err != nil || len(lost) > 0 {
		t.Fatal(lost, err)
	}
	for _, line := range []string{"VERSION:2.0", `SUMMARY:Müllabfuhr\, gelber Sack`, "DTSTART;TZID=vCalendar +0100 abdd4cff:20030701T070000", "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "BEGIN:VALARM",
		"TRIGGER;VALUE=DATE-TIME:20030701T060000Z", "ACTION:AUDIO", "REPEAT:2", "CATEGORIES:MISCELLANEOUS,HOME", "STATUS:NEEDS-ACTION"} {
		if !strings.Contains(string(out), line+"\r\n") {
			t.Errorf("no %s in\n%s", line, out)
		}
	}
}

func TestOddCalendars(t *testing.T) {
	event := "BEGIN:VEVENT\nUID:1\nDTSTART:20240101T120000Z\nEND:VEVENT\n"
	for name, tt := range map[string]struct {
		in     string
		series int
	}{
		"a line without a colon":     {in("BEGIN:VEVENT\nUID:1\nX-FOO;A=b\nEND:VEVENT\n"), 1},
		"no end of the calendar":     {"BEGIN:VCALENDAR\n" + event, 1},
		"no end of an event":         {in("BEGIN:VEVENT\nUID:2\n" + event), 2},
		"cut short":                  {"BEGIN:VCALENDAR\n" + event + "BEGIN:VEVENT\nUID:2\nSUMM", 2},
		"outside of a calendar":      {event, 1},
		"two calendars":              {in(event) + in(strings.Replace(event, "UID:1", "UID:2", 1)), 2},
		"a calendar in a calendar":   {"BEGIN:VCALENDAR\n" + in(event), 1},
		"an end without a begin":     {in("END:VALARM\n" + event), 1},
		"lower case":                 {strings.ToLower(in(event)), 1},
		"without PRODID and UID":     {"BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:x\nEND:VTODO\nEND:VCALENDAR\n", 1},
		"two descriptions":           {in("BEGIN:VEVENT\nUID:1\nDESCRIPTION:a\nDESCRIPTION:b\nEND:VEVENT\n"), 1},
		"deeper than anything needs": {in("BEGIN:VEVENT\n" + strings.Repeat("BEGIN:X\n", 50) + strings.Repeat("END:X\n", 50) + "END:VEVENT\n"), 1},
	} {
		c, err := ical.View([]byte(tt.in))
		if err != nil || len(c.Series) != tt.series {
			t.Errorf("%s: %v, %+v", name, err, c)
		}
	}
	if _, err := ical.View([]byte("BEGIN:VCALENDAR\nEND:VCALENDAR\n")); err == nil {
		t.Error("an empty calendar has a view")
	}
}

func TestObjects(t *testing.T) {
	raw := in(berlin + "X-WR-CALNAME:Mine\nBEGIN:VEVENT\nUID:1\nDTSTART;TZID=Mine:20240101T120000\nRRULE:FREQ=DAILY\nEND:VEVENT\n" +
		"BEGIN:VTODO\nUID:1\nSUMMARY:x\nEND:VTODO\nBEGIN:VEVENT\nUID:2\nDTSTART:20240101T120000Z\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;TZID=Mine:20240102T120000\nDTSTART:20240102T130000Z\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nSUMMARY:a\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:b\nEND:VEVENT\n")
	var got []string
	ical.Objects([]byte(raw), func(p ical.Piece) bool {
		if p.Err != nil {
			t.Error(p.Err)
		}
		if _, err := ical.Read(p.Raw); err != nil {
			t.Errorf("%s: %v", p.Raw, err)
		}
		s := string(p.Raw)
		got = append(got, strings.Join([]string{p.Component, p.UID, map[bool]string{true: "zone"}[strings.Contains(s, "TZID:Mine")], strings.Repeat("+", strings.Count(s, "BEGIN:"+p.Component))}, " "))
		return true
	})
	if d := cmp.Diff([]string{"VEVENT 1 zone ++", "VTODO 1  +", "VEVENT 2  +", "VEVENT   +", "VEVENT   +"}, got); d != "" {
		t.Error(d)
	}
	one := in("BEGIN:VEVENT\nUID:1\nEND:VEVENT\n")
	ical.Objects([]byte(one), func(p ical.Piece) bool {
		if string(p.Raw) != one {
			t.Errorf("one object is not as delivered: %q", p.Raw)
		}
		return true
	})
	var cut []error
	ical.Objects([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nBEGIN:VEVENT\nUID:2\nSUMM"), func(p ical.Piece) bool { cut = append(cut, p.Err); return true })
	if len(cut) != 2 || cut[0] != nil || cut[1] == nil {
		t.Errorf("cut short: %v", cut)
	}
}

func TestPortable(t *testing.T) {
	raw := "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:x\nX-KEPT;A=b:c\nDTSTART;TZID=W. Europe Standard Time:20240701T120000\nDTEND;TZID=Nowhere:20240701T130000\nRRULE:FREQ=DAILY\nEND:VEVENT\nEND:VCALENDAR\n"
	out, lost, err := portable.Write([]byte(raw))
	if err != nil || len(lost) != 1 || !strings.Contains(lost[0].Reason, `"Nowhere"`) {
		t.Fatal(lost, err)
	}
	s := string(out)
	for _, line := range []string{"VERSION:2.0", "PRODID:-//Sidekeep//Sidekeep//EN", "TZID:W. Europe Standard Time", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "X-KEPT;A=b:c", "DTSTAMP:19700101T000000Z"} {
		if !strings.Contains(s, line+"\r\n") {
			t.Errorf("no %s in\n%s", line, s)
		}
	}
	if strings.Contains(s, "METHOD") || !strings.Contains(s, "BEGIN:VEVENT\r\nUID:") {
		t.Error(s)
	}
	again, _, err := portable.Write(out)
	if err != nil || string(again) != s {
		t.Errorf("%v, not the same again:\n%s", err, again)
	}
	for l := range contentline.Lines(out) {
		if l.Name == "" {
			t.Errorf("no property: %q", l.Raw)
		}
	}
}
