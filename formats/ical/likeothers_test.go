package ical_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sidekeep/formats/ical"
	"sidekeep/formats/ical/datetime"
)

var update = flag.Bool("update", false, "renew testdata")

// TestLikeOthers compares with ical.js and python-dateutil, whose results for
// generated rules are in testdata. -update renews them; it needs
// node, python3 with dateutil, and NODE_PATH=DIR/node_modules after
// "npm install --prefix DIR ical.js".
func TestLikeOthers(t *testing.T) {
	for _, other := range []struct {
		name, file, program, script string
		rules                       int
	}{
		{"ical.js", "testdata/icaljs.tsv", "node", "testdata/icaljs.mjs", 1000},
		{"dateutil", "testdata/dateutil.tsv", "python3", "testdata/like_dateutil.py", 400},
	} {
		t.Run(other.name, func(t *testing.T) {
			if *update {
				cmd := exec.Command(other.program, other.script)
				cmd.Stderr = os.Stderr
				out, err := cmd.Output()
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(other.file, out, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			text, err := os.ReadFile(other.file)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, text, other.rules)
		})
	}
}

func compare(t *testing.T, text []byte, rules int) {
	n := 0
	for line := range bytes.Lines(text) {
		fields := strings.Split(strings.TrimSpace(string(line)), "\t")
		if len(fields) != 3 {
			t.Fatalf("%q has %d fields", line, len(fields))
		}
		n++
		want := strings.Fields(fields[2])
		s := one(t, "DTSTART:"+fields[0]+"\nRRULE:"+fields[1])
		got := texts(t, s, time.Time{}, len(want))
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("DTSTART:%s RRULE:%s\n got  %v\n want %v", fields[0], fields[1], got, want)
			continue
		}
		if len(want) > 4 { // and from the midst on
			at, _, _, _ := datetime.ParseTime(want[len(want)/2])
			got, want := texts(t, s, at, len(want)-len(want)/2), want[len(want)/2:]
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("DTSTART:%s RRULE:%s from %v\n got  %v\n want %v", fields[0], fields[1], at, got, want)
			}
		}
	}
	if n != rules {
		t.Errorf("%d rules, want %d", n, rules)
	}
}

// texts gives the first starts as iCalendar writes them.
func texts(t *testing.T, s *ical.Series, from time.Time, most int) (out []string) {
	t.Helper()
	err := ical.Expand(s, from, time.Time{}, func(o ical.Occurrence) bool {
		out = append(out, datetime.MomentText(o.Start))
		return len(out) < most
	})
	if err != nil {
		t.Error(err)
	}
	return out
}
