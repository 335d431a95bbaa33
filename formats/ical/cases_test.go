package ical_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"sidekeep/formats/ical"
	"sidekeep/formats/ical/datetime"
	"sidekeep/formats/ical/portable"
)

// startsOf are the starts of all that takes place in a calendar, as each clock
// shows them, a line each.
func startsOf(t *testing.T, raw string, from, to time.Time) string {
	t.Helper()
	c, err := ical.View([]byte(strings.ReplaceAll(raw, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i := range c.Series {
		err := ical.Expand(&c.Series[i], from, to, func(o ical.Occurrence) bool {
			layout := "2006-01-02T15:04:05Z07:00"
			switch {
			case o.Start.Date:
				layout = time.DateOnly
			case o.Start.Floating:
				layout = "2006-01-02T15:04:05"
			}
			out = append(out, o.Start.Time.Format(layout))
			return len(out) < 40
		})
		if err != nil {
			out = append(out, err.Error())
		}
	}
	return strings.Join(out, "\n")
}

func eventOf(lines string) string {
	return "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:u\nDTSTAMP:20260101T000000Z\n" + lines + "\nEND:VEVENT\nEND:VCALENDAR\n"
}

// TestNewestOverride: of several exceptions for one occurrence the one with the
// highest SEQUENCE counts, wherever it stands, then the newest.
func TestNewestOverride(t *testing.T) {
	master := "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:u\nDTSTART:20250601T190000Z\nRRULE:FREQ=WEEKLY;COUNT=2\nSEQUENCE:5\nEND:VEVENT\n"
	over := func(day, lines string) string {
		return "BEGIN:VEVENT\nUID:u\nRECURRENCE-ID:20250608T190000Z\nDTSTART:202506" + day + "T170000Z\n" + lines + "\nEND:VEVENT\n"
	}
	for name, tt := range map[string][3]string{
		"the higher sequence first":   {over("09", "SEQUENCE:10"), over("10", "SEQUENCE:1"), "09"},
		"the higher sequence last":    {over("10", "SEQUENCE:1"), over("09", "SEQUENCE:10"), "09"},
		"one without a sequence":      {over("09", "SEQUENCE:1"), over("10", "SUMMARY:x"), "09"},
		"the newer stamp":             {over("09", "DTSTAMP:20250218T180906Z"), over("10", "DTSTAMP:20250217T180906Z"), "09"},
		"sequence before stamp":       {over("09", "SEQUENCE:2\nDTSTAMP:20250101T180906Z"), over("10", "SEQUENCE:1\nDTSTAMP:20250217T180906Z"), "09"},
		"the later change":            {over("09", "DTSTAMP:20250217T180906Z\nLAST-MODIFIED:20250301T000000Z"), over("10", "DTSTAMP:20250217T180906Z\nLAST-MODIFIED:20250201T000000Z"), "09"},
		"the later in the file":       {over("10", "SUMMARY:x"), over("09", "SUMMARY:y"), "09"},
		"one names it in a zone":      {over("09", "SEQUENCE:3"), strings.Replace(over("10", "SEQUENCE:2"), "RECURRENCE-ID:20250608T190000Z", "RECURRENCE-ID;TZID=Europe/London:20250608T200000", 1), "09"},
		"all later ones too, at once": {over("09", "SEQUENCE:3"), strings.Replace(over("10", "SEQUENCE:2"), "RECURRENCE-ID:", "RECURRENCE-ID;RANGE=THISANDFUTURE:", 1), "09"},
	} {
		got := startsOf(t, master+tt[0]+tt[1]+"END:VCALENDAR\n", time.Time{}, time.Time{})
		if want := "2025-06-01T19:00:00Z\n2025-06-" + tt[2] + "T17:00:00Z"; got != want {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// TestRscale: RFC 7529 sections 4.1 and 5 have these examples.
func TestRscale(t *testing.T) {
	for rule, want := range map[string]string{
		"DTSTART;VALUE=DATE:20140131\nRRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;COUNT=4":                   "2014-01-31 2014-03-01 2014-03-31 2014-05-01",
		"DTSTART;VALUE=DATE:20140131\nRRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=4":                  "2014-01-31 2014-02-28 2014-03-31 2014-04-30",
		"DTSTART;VALUE=DATE:20140131\nRRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT;COUNT=4":                      "2014-01-31 2014-03-31 2014-05-31 2014-07-31",
		"DTSTART;VALUE=DATE:20160229\nRRULE:RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;COUNT=4":                    "2016-02-29 2017-03-01 2018-03-01 2019-03-01",
		"DTSTART;VALUE=DATE:20160229\nRRULE:rscale=gregory;FREQ=YEARLY;SKIP=BACKWARD;COUNT=3":                     "2016-02-29 2017-02-28 2018-02-28",
		"DTSTART;VALUE=DATE:20140130\nRRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;BYMONTHDAY=30,31;COUNT=5": "2014-01-30 2014-01-31 2014-02-28 2014-03-30 2014-03-31",
		"DTSTART;VALUE=DATE:20140101\nRRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD;BYMONTHDAY=1,31;COUNT=5":   "2014-01-01 2014-01-31 2014-02-01 2014-03-01 2014-03-31",
		"DTSTART;VALUE=DATE:20130210\nRRULE:RSCALE=CHINESE;FREQ=YEARLY":                                           `2013-02-10 the recurrence rule "RSCALE=CHINESE;FREQ=YEARLY" is not understood: it counts by the calendar CHINESE, which Sidekeep does not know`,
	} {
		got := startsOf(t, eventOf(rule), time.Time{}, time.Time{})
		if got = strings.ReplaceAll(got, "\n", " "); got != want {
			t.Errorf("%s:\n%s", rule, got)
		}
	}
}

// TestZoneNames: names that programs are known to write, at noon of 15 July, and
// what they mean then; "" says that a name means nothing.
func TestZoneNames(t *testing.T) {
	for name, want := range map[string]string{
		"\"(UTC+01:00) Amsterdam, berlin\"": "11:00", "GMT+0200": "10:00", "UTC+2": "10:00", "Europe/Kiev": "09:00", "US/Pacific": "19:00",
		"/freeassociation.sourceforge.net/Europe/Berlin": "10:00", "/mozilla.org/20070129_1/Europe/Berlin": "10:00", "Eastern Time (US & Canada)": "16:00",
		"\"tzone://Microsoft/Utc\"": "12:00", "Romance Standard Time": "10:00", "Mitteleuropäische Zeit": "10:00", "EST5EDT": "16:00", "Asia/Calcutta": "06:30",
		"India Standard Time": "06:30", "Etc/GMT-3": "09:00", "W. Europe Standard Time 1": "10:00", "europe/berlin": "10:00", "Europe/berlin ": "10:00",
		"Europe-Berlin": "10:00", "CEST": "10:00", "Central European Standard Time": "10:00", "Local": "", "floating": "", "AUS Eastern Standard Time": "02:00",
		"SA Pacific Standard Time": "17:00", "Arabian Standard Time": "08:00", "GMT Standard Time": "11:00", "Greenwich Standard Time": "12:00",
		"\"Paris, Madrid\"": "10:00", "Etc/Unknown": "",

		"AMERICA/NEW_YORK": "16:00", "america/port-au-prince": "16:00", "America/New York": "16:00", "US-Eastern": "16:00", "asia/ho_chi_minh": "05:00",
		"/citadel.org/20210210_1/America/Sao_Paulo": "15:00", "/softwarestudio.org/Olson_20011030_5/America/Argentina/Buenos_Aires": "15:00",
		"W. Europe Daylight Time": "10:00", "w. europe standard time": "10:00", "\"(GMT-05.00) Eastern Time (US & Canada)\"": "17:00", "UTC": "12:00", "utc": "12:00",
		"Z": "12:00", "GMT": "12:00", "+02:00": "10:00", "-0330": "15:30", "UTC-03:30": "15:30", "GMT+5": "07:00", "etc/gmt+5": "17:00", "\"(UTC) Dublin, Edinburgh, Lisbon, London\"": "12:00",
		"Pacific Time (US & Canada)": "19:00", "PST": "19:00", "BST": "11:00", "JST": "03:00", "Heure d’Europe centrale": "10:00", "Tokyo Standard Time": "03:00",
		"tzone://Microsoft/Custom": "", "Customized Time Zone": "", "Factory": "", "Unknown": "", "GMT+99": "", "UTCfoo": "", "../../etc/passwd": "", "2": "",
	} {
		got := startsOf(t, eventOf("DTSTART;TZID="+name+":20260715T120000"), time.Time{}, time.Time{})
		at, err := time.Parse(time.RFC3339, got)
		switch {
		case want == "" && got != "2026-07-15T12:00:00":
			t.Errorf("%s means %s", name, got)
		case want != "" && (err != nil || at.UTC().Format("15:04") != want):
			t.Errorf("%s: %s", name, got)
		}
		o, err := ical.Read([]byte(strings.ReplaceAll(eventOf("DTSTART;TZID="+name+":20260715T120000"), "\n", "\r\n")))
		if err != nil || o.Floating != (want == "") || want != "" && o.Start.UTC().Format("15:04") != want {
			t.Errorf("%s is read as %+v, %v", name, o, err)
		}
		c, err := ical.View([]byte(eventOf("DTSTART;TZID=" + name + ":20260715T120000")))
		if err != nil || (len(c.Series[0].Master.Findings) > 0) != (want == "") {
			t.Errorf("%s: what is said of it is %+v", name, c.Series[0].Master.Findings)
		}
	}
}

// TestZonesThatStop: a VTIMEZONE that says nothing of a year leaves it to the
// database, if its name is one of it.
func TestZonesThatStop(t *testing.T) {
	const summer, winter = "BEGIN:DAYLIGHT\nDTSTART:20240331T010000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0100\nEND:DAYLIGHT\n", "BEGIN:STANDARD\nDTSTART:20241027T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0000\nEND:STANDARD\n"
	calendar := func(id, start, zone string) string {
		return "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:u\nDTSTART;TZID=" + id + ":" + start + "\nRRULE:FREQ=YEARLY;COUNT=3\nEND:VEVENT\nBEGIN:VTIMEZONE\nTZID:" + id + "\n" + zone + "END:VTIMEZONE\nEND:VCALENDAR\n"
	}
	for name, tt := range map[string][2]string{
		"both parts of one year": {calendar("Europe/Lisbon", "20240925T163000", summer+winter), "2024-09-25T16:30:00+01:00 2025-09-25T16:30:00+01:00 2026-09-25T16:30:00+01:00"},
		"in winter":              {calendar("Europe/Lisbon", "20241225T163000", summer+winter), "2024-12-25T16:30:00Z 2025-12-25T16:30:00Z 2026-12-25T16:30:00Z"},
		"years before":           {calendar("Europe/Lisbon", "20220925T163000", summer+winter), "2022-09-25T16:30:00+01:00 2023-09-25T16:30:00+01:00 2024-09-25T16:30:00+01:00"},
		"one part alone": {calendar("Europe/Berlin", "20250601T120000", "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD\n"),
			"2025-06-01T12:00:00+02:00 2026-06-01T12:00:00+02:00 2027-06-01T12:00:00+02:00"},
		"a rule that has ended": {calendar("America/New_York", "20250325T120000", "BEGIN:DAYLIGHT\nDTSTART:19870405T020000\nRRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nEND:DAYLIGHT\n"+
			"BEGIN:STANDARD\nDTSTART:19671029T020000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nEND:STANDARD\n"), "2025-03-25T12:00:00-04:00 2026-03-25T12:00:00-04:00 2027-03-25T12:00:00-04:00"},
		"a prefix before the name": {calendar("/citadel.org/x/Europe/Lisbon", "20240925T163000", summer+winter), "2024-09-25T16:30:00+01:00 2025-09-25T16:30:00+01:00 2026-09-25T16:30:00+01:00"},
		"X-LIC-LOCATION":           {calendar("Ours", "20240925T163000", "X-LIC-LOCATION:Europe/Lisbon\n"+summer+winter), "2024-09-25T16:30:00+01:00 2025-09-25T16:30:00+01:00 2026-09-25T16:30:00+01:00"},
		"no name that is known":    {calendar("Ours", "20240925T163000", summer+winter), "2024-09-25T16:30:00+01:00 2025-09-25T16:30:00Z 2026-09-25T16:30:00Z"},
		"a rule for good, unlike the database": {calendar("Europe/Lisbon", "20250925T163000", "BEGIN:STANDARD\nDTSTART:19700101T000000\nRRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1\nTZOFFSETFROM:+0300\nTZOFFSETTO:+0300\nEND:STANDARD\n"),
			"2025-09-25T16:30:00+03:00 2026-09-25T16:30:00+03:00 2027-09-25T16:30:00+03:00"},
	} {
		got := strings.ReplaceAll(startsOf(t, tt[0], time.Time{}, time.Time{}), "\n", " ")
		if got != tt[1] {
			t.Errorf("%s:\n%s", name, got)
		}
		o, err := ical.Read([]byte(strings.ReplaceAll(tt[0], "\n", "\r\n")))
		if first, _, _ := strings.Cut(tt[1], " "); err != nil || o.Start.Format(time.RFC3339) != first {
			t.Errorf("%s is read as %v, %v", name, o.Start, err)
		}
	}
}

// TestDays: what programs write that is neither a date nor a time as it should be.
func TestDays(t *testing.T) {
	for lines, want := range map[string]string{
		"DTSTART;VALUE=DATE:20210509\nDTEND:20210509T040001Z":                      "2021-05-09 2021-05-10",
		"DTSTART;VALUE=DATE:20171227T000000Z\nDTEND;VALUE=DATE:20180105T000000Z":   "2017-12-27 2018-01-05",
		"DTSTART;VALUE=DATE:20200822T000000\nDTEND;VALUE=DATE:20200823T000000":     "2020-08-22 2020-08-23",
		"DTSTART:20190422\nDTEND:20190422":                                         "2019-04-22 2019-04-23",
		"DTSTART;TZID=PRC;VALUE=DATE:20220901\nDTEND;TZID=PRC;VALUE=DATE:20220901": "2022-09-01 2022-09-02",
		"DTSTART:20220905T100000Z\nDTEND:20220905T090000Z":                         "2022-09-05T10:00:00Z 2022-09-05T10:00:00Z",
		"DTSTART:20220906T100000Z\nDTEND:20220906T110000Z\nDURATION:PT2H":          "2022-09-06T10:00:00Z 2022-09-06T11:00:00Z",
		"DTSTART;VALUE=DATE:20220907\nDURATION:PT24H":                              "2022-09-07 2022-09-08",
		"DTSTART;VALUE=DATE:20220908\nDURATION:P2W":                                "2022-09-08 2022-09-22",
		"DTSTART;TZID=Europe/berlin:20221029T120000\nDURATION:P1D":                 "2022-10-29T12:00:00+02:00 2022-10-30T12:00:00+01:00",
		"DTSTART;TZID=Europe/berlin:20221029T120000\nDURATION:PT24H":               "2022-10-29T12:00:00+02:00 2022-10-30T11:00:00+01:00",
		"DTSTART;TZID=W. Europe Standard Time:20221101T000000\nDTEND;TZID=W. Europe Standard Time:20221102T000000\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE": "2022-11-01 2022-11-02",
		"DTSTART:20221101T000000\nDTEND:20221103T000000\nX-MICROSOFT-CDO-ALLDAYEVENT:true":                                                           "2022-11-01 2022-11-03",
		"DTSTART:20221101T000000\nDTEND:20221102T000000\nX-MICROSOFT-CDO-ALLDAYEVENT:FALSE":                                                          "2022-11-01T00:00:00 2022-11-02T00:00:00",
		"DTSTART:20221101T080000\nDTEND:20221102T000000\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE":                                                           "2022-11-01T08:00:00 2022-11-02T00:00:00",
		"DTSTART:20221103t100000z":                                      "2022-11-03T10:00:00Z 2022-11-03T10:00:00Z",
		"DTSTART:2022-11-04T10:00:00Z\nDTEND:2022-11-04T11:00:00+01:00": "2022-11-04T10:00:00Z 2022-11-04T10:00:00Z",
		"DTSTART:20221104T100000-0530\nDTEND:20221104T110000-05:30":     "2022-11-04T15:30:00Z 2022-11-04T16:30:00Z",
		"DTSTART;TZID=America/New_York:20221105T100000Z":                "2022-11-05T10:00:00Z 2022-11-05T10:00:00Z",
		"DTSTART:20221106T1000Z":                                        "2022-11-06T10:00:00Z 2022-11-06T10:00:00Z",
		"SUMMARY:no start":                                              "",
		"DTSTART:20221107T100000Z\nDTSTART:20221108T100000Z":            "2022-11-07T10:00:00Z 2022-11-07T10:00:00Z",
		"DTSTART:20161231T235960Z":                                      "2016-12-31T23:59:59Z 2016-12-31T23:59:59Z",
		"DTSTART:20221109T240000Z":                                      "2022-11-10T00:00:00Z 2022-11-10T00:00:00Z",
		"DTSTART:20221231T2400":                                         "2023-01-01T00:00:00 2023-01-01T00:00:00",
		"DTSTART:2022-11-09T24:00:00":                                   "2022-11-10T00:00:00 2022-11-10T00:00:00",
		"DTSTART:20221109T100000.123Z":                                  "2022-11-09T10:00:00Z 2022-11-09T10:00:00Z",
		"DTSTART;VALUE=DATE:2022-11-09":                                 "2022-11-09 2022-11-10",
		"DTSTART;VALUE=DATE-TIME:20221109":                              "2022-11-09 2022-11-10",
		"DTSTART;VALUE=date:20221109T230000Z\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE;VALUE=DATE:20221109T000000Z": "2022-11-10 2022-11-11",
		"DTSTART:20221109T250000Z": "",
	} {
		c, err := ical.View([]byte(strings.ReplaceAll(eventOf(lines), "\n", "\r\n")))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		text := func(m datetime.Moment) string {
			switch {
			case m.Date:
				return m.Time.Format(time.DateOnly)
			case m.Floating:
				return m.Time.Format("2006-01-02T15:04:05")
			}
			return m.Time.Format(time.RFC3339)
		}
		if err := ical.Expand(&c.Series[0], time.Time{}, time.Time{}, func(o ical.Occurrence) bool {
			got = text(o.Start) + " " + text(o.End)
			return true
		}); err != nil || got != want {
			t.Errorf("%s:\n%s, %v", lines, got, err)
		}
		o, err := ical.Read([]byte(strings.ReplaceAll(eventOf(lines), "\n", "\r\n")))
		first := c.Series[0].Master.Start
		if err != nil || !o.Start.Equal(first.Time) || o.AllDay != first.Date || o.Floating != first.Floating {
			t.Errorf("%s is read as %+v, %v", lines, o, err)
		}
	}
}

// TestVCalendarToNew: the times of a vCalendar 1.0 stay what its clock shows, and
// so do those of its rules, on both sides of a change of the clock.
func TestVCalendarToNew(t *testing.T) {
	const zone = "TZ:+01\nDAYLIGHT:TRUE;+02;20100328T020000;20101031T030000;CET;CEST\n"
	for name, tt := range map[string]struct{ zone, lines, want string }{
		"every Monday, by night":   {zone, "DTSTART:20100906T013000\nRRULE:W1 MO #3", "2010-09-06T01:30:00+02:00 2010-09-13T01:30:00+02:00 2010-09-20T01:30:00+02:00"},
		"the first of the month":   {zone, "DTSTART:20100901T003000\nRRULE:MD1 1 #4", "2010-09-01T00:30:00+02:00 2010-10-01T00:30:00+02:00 2010-11-01T00:30:00+01:00 2010-12-01T00:30:00+01:00"},
		"daily over the change":    {zone, "DTSTART:20101030T090000\nRRULE:D1 #3", "2010-10-30T09:00:00+02:00 2010-10-31T09:00:00+01:00 2010-11-01T09:00:00+01:00"},
		"an end by the same clock": {zone, "DTSTART:20101030T013000\nRRULE:D1 20101101T013000", "2010-10-30T01:30:00+02:00 2010-10-31T01:30:00+02:00 2010-11-01T01:30:00+01:00"},
		"an end in UTC":            {zone, "DTSTART:20101030T013000\nRRULE:D1 20101031T233000Z", "2010-10-30T01:30:00+02:00 2010-10-31T01:30:00+02:00"},
		"an end that is a day":     {zone, "DTSTART:20101030T233000\nRRULE:D1 20101101", "2010-10-30T23:30:00+02:00 2010-10-31T23:30:00+01:00 2010-11-01T23:30:00+01:00"},
		"no end, which means two":  {zone, "DTSTART:20100906T013000\nRRULE:W1 MO", "2010-09-06T01:30:00+02:00 2010-09-13T01:30:00+02:00"},
		"places in the month":      {zone, "DTSTART:20100906T090000\nRRULE:MP1 1+ MO 1- FR #4", "2010-09-06T09:00:00+02:00 2010-09-24T09:00:00+02:00 2010-10-04T09:00:00+02:00 2010-10-29T09:00:00+02:00"},
		"the last day":             {zone, "DTSTART:20100930T090000\nRRULE:MD1 LD #3", "2010-09-30T09:00:00+02:00 2010-10-31T09:00:00+01:00 2010-11-30T09:00:00+01:00"},
		"months of the year":       {zone, "DTSTART:20100610T090000\nRRULE:YM1 6 7 #3", "2010-06-10T09:00:00+02:00 2010-07-10T09:00:00+02:00 2011-06-10T09:00:00+01:00"},
		"days of the year":         {zone, "DTSTART:20100101T090000\nRRULE:YD1 1 100 #3", "2010-01-01T09:00:00+01:00 2010-04-10T09:00:00+02:00 2011-01-01T09:00:00+01:00"},
		"every other week":         {zone, "DTSTART:20100907T090000\nRRULE:W2 TU TH #3", "2010-09-07T09:00:00+02:00 2010-09-09T09:00:00+02:00 2010-09-21T09:00:00+02:00"},
		"exceptions":               {zone, "DTSTART:20100906T013000\nRRULE:W1 MO #4\nEXDATE:20100913T013000;20100919T233000Z", "2010-09-06T01:30:00+02:00 2010-09-27T01:30:00+02:00"},
		"more dates":               {zone, "DTSTART:20100906T013000\nRDATE:20101206T013000;20110103T003000Z", "2010-09-06T01:30:00+02:00 2010-12-06T01:30:00+01:00 2011-01-03T01:30:00+01:00"},
		"a start in UTC":           {zone, "DTSTART:20101030T073000Z\nRRULE:D1 #3", "2010-10-30T07:30:00Z 2010-10-31T07:30:00Z 2010-11-01T07:30:00Z"},
		"west":                     {"TZ:-0500\n", "DTSTART:20100905T223000\nRRULE:W1 SU #2", "2010-09-05T22:30:00-05:00 2010-09-12T22:30:00-05:00"},
		"half an hour":             {"TZ:+5:30\n", "DTSTART:20100901T003000\nRRULE:MD1 1 #2", "2010-09-01T00:30:00+05:30 2010-10-01T00:30:00+05:30"},
		"a name":                   {"TZ:Europe/berlin\n", "DTSTART:20101030T090000\nRRULE:D1 #2", "2010-10-30T09:00:00+02:00 2010-10-31T09:00:00+01:00"},
		"no daylight":              {"TZ:+01\nDAYLIGHT:FALSE\n", "DTSTART:20100906T013000", "2010-09-06T01:30:00+01:00"},
		"two years":                {zone + "DAYLIGHT:TRUE;+02;20110327T010000Z;20111030T010000Z;CET;CEST\n", "DTSTART:20100701T090000\nRRULE:YM1 7 #2", "2010-07-01T09:00:00+02:00 2011-07-01T09:00:00+02:00"},
		"no zone":                  {"", "DTSTART:20101030T090000\nRRULE:D1 20101031T090000", "2010-10-30T09:00:00 2010-10-31T09:00:00"},
		"a whole day":              {zone, "DTSTART:20101030\nRRULE:D1 20101031", "2010-10-30 2010-10-31"},
	} {
		old := strings.Replace(strings.Replace(eventOf(tt.lines), "VERSION:2.0\n", "VERSION:1.0\n"+tt.zone, 1), "DTSTAMP:20260101T000000Z\n", "AALARM:20100906T000000Z;;;x.wav\n", 1)
		if got := strings.ReplaceAll(startsOf(t, old, time.Time{}, time.Time{}), "\n", " "); got != tt.want {
			t.Errorf("%s, as it is:\n%s", name, got)
		}
		out, lost, err := portable.Write([]byte(strings.ReplaceAll(old, "\n", "\r\n")))
		if err != nil || len(lost) > 0 {
			t.Fatal(name, err, lost)
		}
		if got := strings.ReplaceAll(startsOf(t, strings.ReplaceAll(string(out), "\r\n", "\n"), time.Time{}, time.Time{}), "\n", " "); got != tt.want {
			t.Errorf("%s, brought over:\n%s\n%s", name, got, out)
		}
		if again, _, err := portable.Write(out); err != nil || string(again) != string(out) {
			t.Errorf("%s: brought over again it is\n%s", name, again)
		}
	}
}

// TestMergeOld: objects of version 1.0 stand in a file of that version, with
// those of the same time zone, and come back as they were.
func TestMergeOld(t *testing.T) {
	object := func(head string) []byte {
		return []byte("BEGIN:VCALENDAR\r\nVERSION:" + head + "BEGIN:VEVENT\r\nDTSTART:20100906T013000\r\nRRULE:W1 MO #3\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
	}
	old, other, modern := object("1.0\r\nTZ:+01\r\n"), object("1.0\r\nTZ:+02\r\n"), object("2.0\r\nPRODID:x\r\n")
	var b strings.Builder
	m := ical.NewMerger(&b, "Work")
	p, err := ical.Parts(old)
	if err != nil || !p.Old {
		t.Fatal(p, err)
	}
	if _, _, err := m.Add(p); err != nil {
		t.Fatal(err)
	}
	for _, raw := range [][]byte{other, modern} {
		q, err := ical.Parts(raw)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := m.Add(q); !errors.Is(err, ical.ErrZoneClash) {
			t.Errorf("%q stands in it too: %v", raw, err)
		}
	}
	if err := m.Close(); err != nil || !strings.HasPrefix(b.String(), "BEGIN:VCALENDAR\r\nVERSION:1.0\r\n") || !strings.Contains(b.String(), "\r\nTZ:+01\r\n") {
		t.Errorf("%v\n%s", err, b.String())
	}
	if back, err := ical.Join(p.Wrapper, nil, p.Components); err != nil || string(back) != string(old) {
		t.Errorf("%v\n%s", err, back)
	}
}
