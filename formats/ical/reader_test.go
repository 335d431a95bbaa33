package ical_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sidekeep/formats/ical"
)

// told is what a series says, in words.
func told(list []ical.Series) string {
	var b strings.Builder
	for i := range list {
		s := &list[i]
		fmt.Fprintln(&b, s.Component, s.UID)
		var entries []*ical.Entry
		if s.Master != nil {
			entries = append(entries, s.Master)
		}
		for j := range s.Exceptions {
			entries = append(entries, &s.Exceptions[j])
		}
		for _, e := range entries {
			fmt.Fprintf(&b, "%s %q %q %q %q %q %v %v %v %v %v %v %q %v %v\n", e.Component, e.UID, e.Summary, e.Description, e.Location, e.URL,
				e.Attendees, e.Organizer, e.Start, e.End, e.Recurrence, e.AndFuture, e.Rules, e.Categories, e.Status)
		}
		n := 0
		err := ical.Expand(s, time.Time{}, time.Time{}, func(o ical.Occurrence) bool {
			fmt.Fprintln(&b, o.Start, o.End)
			n++
			return n < 30
		})
		fmt.Fprintln(&b, err)
	}
	return b.String()
}

const plainZone = "BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"

// readerSeeds are objects with something in the middle of the event, twice
// each, so that the second meets a beginning that is known.
func readerSeeds(t testing.TB) (list [][]byte) {
	for _, head := range []string{"", plainZone, strings.ReplaceAll(plainZone, "+0200", "+0900"), "X-WR-TIMEZONE:Europe/Rome\r\n", "TZ:+05:30\r\n"} {
		for _, version := range []string{"2.0", "1.0"} {
			for _, in := range []string{
				"DTSTART:20240506T070000Z\r\nDURATION:PT1H\r\n", "DTSTART;TZID=X:20240331T023000\r\nDTEND;TZID=X:20240331T033000\r\n",
				"DTSTART;VALUE=DATE:20240506\r\nRRULE:FREQ=DAILY;COUNT=3\r\nEXDATE;VALUE=DATE:20240507\r\n", "DTSTART;TZID=Asia/Tokyo:20240506T090000\r\nRDATE;TZID=Asia/Tokyo:20240601T090000\r\n",
				"DTSTART:20240506T070000\r\nRECURRENCE-ID:20240505T070000\r\n", "DTSTART:x\r\n", "", "DTSTART:20240506T070000Z\r\nSUMMARY:a\\, b\r\n  c\r\nSUMMARY:second\r\n",
				"DTSTART:20240506T070000Z\r\nBEGIN:VALARM\r\nSUMMARY:alarm\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nLOCATION:behind it\r\n", "DTSTART:20240506T070000Z\r\nBEGIN:VALARM\r\nSUMMARY:never ends\r\n",
				"DTSTART:20240506T070000Z\r\nEND:VALARM\r\nsummary;charset=iso-8859-1:\xe9t\xe9\r\nno property\r\n", "DTSTART:20240506T070000Z\r\nDTEND:20240505T070000Z\r\nATTENDEE;CN=\"A, B\":mailto:a@b\r\nSTATUS:cancelled\r\n",
				"DTSTART:20240506T070000Z\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\nSUMMARY:other\r\n", "DTSTART:20240506T070000Z\r\nDESCRIPTION;ENCODING=QUOTED-PRINTABLE:a=\r\nb=C3=A9\r\nX-Y:z\r\n",
			} {
				raw := []byte("BEGIN:VCALENDAR\r\nVERSION:" + version + "\r\nPRODID:x\r\n" + head + "BEGIN:VEVENT\r\nUID:u\r\n" + in + "END:VEVENT\r\nEND:VCALENDAR\r\n")
				list = append(list, raw, raw)
			}
		}
	}
	files, err := filepath.Glob("../../assets/demo/*.ics")
	if err != nil || len(files) == 0 {
		t.Fatal("no calendars", err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := bytes.Cut(raw, []byte("BEGIN:VEVENT"))
		for one := range bytes.SplitSeq(body, []byte("BEGIN:VEVENT")) {
			one, _, _ = bytes.Cut(one, []byte("END:VEVENT"))
			list = append(list, []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT"+string(one)+"END:VEVENT\r\nEND:VCALENDAR\r\n"))
		}
	}
	return list
}

// sameSeries reports what a Reader reads in another way than View.
func sameSeries(t testing.TB, r *ical.Reader, raw []byte) {
	t.Helper()
	want := ""
	c, err := ical.View(raw)
	if err == nil {
		want = told(c.Series)
	}
	got, err2 := r.Series(raw)
	if now := told(got); (err == nil) != (err2 == nil) || now != want {
		t.Errorf("%q\n%s, %v; want\n%s, %v", raw, now, err2, want, err)
	}
}

// TestReader: whatever was read before, a Reader says what View says.
func TestReader(t *testing.T) {
	var r ical.Reader
	seeds := readerSeeds(t)
	for _, raw := range append(seeds, seeds...) {
		sameSeries(t, &r, raw)
	}
}

func FuzzReader(f *testing.F) {
	for _, raw := range readerSeeds(f) {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r ical.Reader
		sameSeries(t, &r, raw)
		sameSeries(t, &r, raw)
	})
}

func BenchmarkReader(b *testing.B) {
	var r ical.Reader
	raw := []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + plainZone + "BEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20240101T000000Z\r\nDTSTART;TZID=X:20240506T080000\r\nDURATION:PT1H\r\nSUMMARY:Lunch\r\nLOCATION:Here\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
	b.ReportAllocs()
	for b.Loop() {
		if s, err := r.Series(raw); err != nil || len(s) != 1 {
			b.Fatal(s, err)
		}
	}
}
