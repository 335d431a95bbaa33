package compose

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sidekeep/formats/ical"
)

func TestBirthdays(t *testing.T) {
	list := []Birthday{
		{UID: "a", Name: "Ada, Countess", Year: 1815, Month: 12, Day: 10}, {Name: "Leap", Month: 2, Day: 29}, {Name: "Never", Year: 2023, Month: 2, Day: 29},
		{UID: "a", Name: "Ada", Year: 1835, Month: 7, Day: 8, Kind: "Anniversary"}, {UID: "a", Name: "Ada", Year: 1815, Month: 12, Day: 10},
	}
	out, impossible, err := Birthdays("Birthdays", list)
	if err != nil || len(impossible) != 1 || impossible[0].Name != "Never" {
		t.Errorf("impossible: %v, %v", impossible, err)
	}
	c, err := ical.View(out)
	if err != nil || len(c.Series) != 4 || c.Name != "Birthdays" {
		t.Fatal(err, c)
	}
	var got []string
	for i := range c.Series {
		s := &c.Series[i]
		said := s.Master.Summary
		if err := ical.Expand(s, time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), func(o ical.Occurrence) bool {
			said += " " + o.Start.Time.Format("2006-01-02")
			return true
		}); err != nil {
			t.Error(err)
		}
		got = append(got, said)
	}
	want := []string{"Ada, Countess (1815) 2023-12-10 2024-12-10", "Leap 2023-02-28 2024-02-29", "Ada: Anniversary (1835) 2023-07-08 2024-07-08", "Ada (1815) 2023-12-10 2024-12-10"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	inLines(t, out)
	if again, _, _ := Birthdays("Birthdays", list); !bytes.Equal(out, again) {
		t.Error("not the same again")
	}
	// A UID must stay what it is: calendars know a birthday by it.
	if lines := strings.Split(string(out), "\r\n"); lines[5] != "UID:birthday-be37f28c9ede86b9db195420" {
		t.Error(lines[5])
	}
	if out, impossible, err := Birthdays("", list[2:3]); out != nil || len(impossible) != 1 || err != nil {
		t.Errorf("%q, %v, %v", out, impossible, err)
	}
}

// TestBirthdaysOfHostileNames: a name cannot break the calendar.
func TestBirthdaysOfHostileNames(t *testing.T) {
	var list []Birthday
	for _, h := range hostile {
		list = append(list, Birthday{Name: h.text, Month: 1, Day: 1, Kind: h.text})
	}
	out, impossible, err := Birthdays("x\r\nEND:VCALENDAR", list)
	if err != nil || len(impossible) > 0 {
		t.Fatal(impossible, err)
	}
	inLines(t, out)
	c, err := ical.View(out)
	if err != nil || len(c.Series) != len(hostile) || len(c.Findings) > 0 {
		t.Fatal(c, err)
	}
}
