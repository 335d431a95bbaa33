package ical_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sidekeep/formats/ical"
	"sidekeep/formats/ical/timezone"
)

// one makes a series of one event of its lines.
func one(t testing.TB, lines string) *ical.Series {
	t.Helper()
	return seriesOf(t, in("BEGIN:VEVENT\nUID:1\n"+strings.TrimSuffix(lines, "\n")+"\nEND:VEVENT\n"))
}

func seriesOf(t testing.TB, raw string) *ical.Series {
	t.Helper()
	c, err := ical.View([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Series) != 1 {
		t.Fatalf("%d series, want 1", len(c.Series))
	}
	return &c.Series[0]
}

// starts expands a series and gives the starts as a clock there shows them.
func starts(t testing.TB, s *ical.Series, from, to time.Time, most int) []string {
	t.Helper()
	var out []string
	err := ical.Expand(s, from, to, func(o ical.Occurrence) bool {
		if len(out) == most {
			return false
		}
		layout := "2006-01-02 15:04"
		if o.Start.Date {
			layout = "2006-01-02"
		}
		out = append(out, o.Start.Time.Format(layout))
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// listed reads the dates of an example.
func listed(t *testing.T, lines []string) (out []string, more bool) {
	for _, line := range lines {
		if line == "..." {
			return out, true
		}
		at, list, _ := strings.Cut(line, " ")
		for item := range strings.SplitSeq(list, ",") {
			if len(at) == len("2006-01-02") {
				out = append(out, at+" "+item)
				continue
			}
			first, last, span := strings.Cut(item, "-")
			from, err := strconv.Atoi(first)
			to := from
			if err == nil && span {
				to, err = strconv.Atoi(last)
			}
			if err != nil {
				t.Fatal(err)
			}
			for ; from <= to; from++ {
				out = append(out, at+"-"+strconv.Itoa(100 + from)[1:]+" 09:00")
			}
		}
	}
	return out, false
}

func TestExamplesOfRFC5545(t *testing.T) {
	text, err := os.ReadFile("testdata/rfc5545-recurrence.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for block := range strings.SplitSeq(string(text), "\n\n") {
		var lines []string
		for line := range strings.Lines(block) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				lines = append(lines, line)
			}
		}
		if len(lines) == 0 {
			continue
		}
		n++
		start, properties, _ := strings.Cut(lines[0], " ")
		want, more := listed(t, lines[1:])
		s := one(t, "DTSTART;TZID=America/New_York:"+start+"\n"+strings.ReplaceAll(properties, " ", "\n"))
		got := starts(t, s, time.Time{}, time.Time{}, len(want)+1)
		if more && len(got) == len(want)+1 {
			got = got[:len(want)]
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", lines[0], d)
		}
		// The same again for a window in the midst of it.
		if len(want) > 2 {
			i, j := len(want)/3, len(want)-1
			got := starts(t, s, newYork(t, want[i]), newYork(t, want[j]), len(want))
			if d := cmp.Diff(want[i:j], got); d != "" {
				t.Errorf("window of %s (-want +got):\n%s", lines[0], d)
			}
		}
	}
	if n != 43 {
		t.Errorf("%d examples, want 43", n)
	}
}

func newYork(t *testing.T, s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, timezone.Known("America/New_York"))
	if err != nil {
		t.Fatal(err)
	}
	return at
}
