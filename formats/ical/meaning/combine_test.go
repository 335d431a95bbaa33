package meaning

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sidekeep/formats/ical"
)

const berlinZone = "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"

func wholeOf(components ...string) []byte {
	return []byte("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + strings.Join(components, "") + "END:VCALENDAR\r\n")
}

func partOf(name string, lines ...string) string {
	return "BEGIN:" + name + "\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:" + name + "\r\n"
}

func TestOf(t *testing.T) {
	base := wholeOf(berlinZone, partOf("VEVENT", "UID:1", "DTSTAMP:20200101T000000Z", "SUMMARY:Choir", "DTSTART;TZID=Europe/Berlin:20260101T190000",
		"RRULE:FREQ=WEEKLY;BYDAY=MO", "EXDATE;TZID=Europe/Berlin:20260108T190000,20260115T190000", "CATEGORIES:b,a", "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M", "END:VALARM"))
	for _, c := range []struct {
		name string
		with []byte
		same bool
	}{
		{"order, bookkeeping", wholeOf(partOf("VEVENT", "BEGIN:VALARM", "TRIGGER;VALUE=DURATION:-PT15M", "ACTION:DISPLAY", "END:VALARM", "EXDATE;TZID=Europe/Berlin:20260115T190000",
			"EXDATE;TZID=Europe/Berlin:20260108T190000", "categories:a", "CATEGORIES:b", "UID:2", "SEQUENCE:4", "DTSTART;TZID=Europe/Berlin:20260101T190000", "RRULE:BYDAY=MO;FREQ=WEEKLY", "SUMMARY:Choi\r\n r")), true},
		{"another time", wholeOf(partOf("VEVENT", "SUMMARY:Choir", "DTSTART;TZID=Europe/Berlin:20260101T193000")), false},
		{"another alarm", bytes.Replace(base, []byte("-PT15M"), []byte("-PT20M"), 1), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := Of(base)
			if err != nil {
				t.Fatal(err)
			}
			b, err := Of(c.with)
			if err != nil {
				t.Fatal(err)
			}
			if slices.Equal(a.Fields, b.Fields) != c.same {
				t.Errorf("same is not %v:\n%q\n%q", c.same, a.Fields, b.Fields)
			}
		})
	}
}

func TestCombineKeepsBoth(t *testing.T) {
	mine := wholeOf(partOf("VEVENT", "UID:1", "SUMMARY:Choir", "DTSTART:20260101T190000Z", "LOCATION:Hall", "CATEGORIES:a", "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M", "END:VALARM"))
	other := wholeOf(berlinZone, partOf("VEVENT", "UID:1", "SUMMARY:Choir", "DTSTART:20260101T200000Z", "LOCATION:Church", "URL:https://x", "CATEGORIES:a,b", "RRULE:FREQ=DAILY",
		"BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT1H", "END:VALARM"),
		partOf("VEVENT", "UID:1", "RECURRENCE-ID;TZID=Europe/Berlin:20260102T190000", "SUMMARY:Extra"))
	out, clashes, err := Combine(mine, other)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"DTSTART:20260101T190000Z\r\n", "LOCATION:Hall\r\n", "X-SIDEKEEP-OTHER;X-NAME=LOCATION:Church\r\n", "CATEGORIES:b\r\n", "URL:https://x\r\n", "TRIGGER:-PT15M\r\n",
		"TRIGGER:-PT1H\r\n", "SUMMARY:Extra\r\n", "TZID:Europe/Berlin\r\n", "X-SIDEKEEP-OTHER;X-NAME=DTSTART:20260101T200000Z\r\n"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if strings.Contains(string(out), "\r\nRRULE") || len(clashes) != 3 {
		t.Errorf("%+v\n%s", clashes, out)
	}
	if i := strings.Index(string(out), "URL:"); i > strings.Index(string(out), "BEGIN:VALARM") {
		t.Errorf("a property stands behind the alarms:\n%s", out)
	}
	if cal, err := ical.View(out); err != nil || len(cal.Findings) > 0 || len(cal.Series) != 1 || len(cal.Series[0].Exceptions) != 1 {
		t.Errorf("%v %+v\n%s", err, cal, out)
	}
}

// TestCombineIsNeverSmaller combines objects of random lines: whatever either
// says is in the result or told as a clash, and combining again changes
// nothing.
func TestCombineIsNeverSmaller(t *testing.T) {
	lines := []string{"DTSTART:20260101T190000Z", "DTSTART:20260101T200000Z", "DTEND:20260101T210000Z", "RRULE:FREQ=DAILY", "LOCATION:a", "LOCATION:b", "DESCRIPTION:x\\, y", "CATEGORIES:a,b", "CATEGORIES:b,c",
		"ATTENDEE;CN=A:mailto:a@b", "ATTENDEE:mailto:c@d", "STATUS:CONFIRMED", "PRIORITY:1", "COMMENT:1", "COMMENT:2", "X-FOO:1", "X-FOO:2", "URL:https://x", "ATTACH:https://y", "EXDATE:20260102T190000Z,20260103T190000Z",
		"BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT1M\r\nEND:VALARM", "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT2M\r\nEND:VALARM"}
	rng := rand.New(rand.NewPCG(3, 4))
	one := func() []byte {
		var all []string
		for _, place := range []string{"SUMMARY:m", "RECURRENCE-ID:20260102T190000Z", "RECURRENCE-ID:20260103T190000Z"} {
			if place[0] == 'R' && rng.IntN(2) == 0 {
				continue
			}
			c := []string{"UID:1", place}
			for range rng.IntN(9) {
				c = append(c, lines[rng.IntN(len(lines))])
			}
			slices.SortStableFunc(c, func(a, b string) int { return strings.Index(a, "BEGIN:") - strings.Index(b, "BEGIN:") })
			all = append(all, partOf("VEVENT", c...))
		}
		return wholeOf(all...)
	}
	for range 3000 {
		mine, other := one(), one()
		out, clashes, err := Combine(mine, other)
		if err != nil {
			t.Fatal(err)
		}
		merged, err := Of(out)
		if err != nil {
			t.Fatal(err)
		}
		a, _ := Of(mine)
		b, _ := Of(other)
		says := func(f string) bool { return slices.Contains(merged.Fields, f) || slices.Contains(merged.Extra, f) }
		for _, f := range append(a.Fields, a.Extra...) {
			if !says(f) {
				t.Fatalf("%q of the object itself is gone:\n%s\n%s\n%s", f, mine, other, out)
			}
		}
		for _, f := range append(b.Fields, b.Extra...) {
			part := strings.Split(f, "\x00")
			told := slices.ContainsFunc(clashes, func(c Clash) bool { return len(part) > 1 && (c.Property == part[1] || c.Property == "EXDATE") })
			attendee := strings.Contains(f, "ATTENDEE\x00") && slices.ContainsFunc(merged.Fields, func(m string) bool {
				return strings.HasPrefix(m, strings.Split(f, "\x1f")[0])
			})
			if !says(f) && !told && !attendee {
				t.Fatalf("%q of the other is nowhere:\n%s\n%s\n%s", f, mine, other, out)
			}
		}
		again, _, err := Combine(out, other)
		if err != nil || !bytes.Equal(again, out) {
			t.Fatalf("combining again changes it (%v):\n%s\n%s\n%s", err, other, out, again)
		}
		if len(merged.Fields) < len(a.Fields) {
			t.Fatal("fewer fields than before")
		}
	}
}
