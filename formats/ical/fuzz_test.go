package ical_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"sidekeep/formats/ical"
	"sidekeep/formats/ical/portable"
	"sidekeep/formats/ical/recur"
	"sidekeep/formats/ical/syntax"
)

// FuzzCalendar holds whatever comes in to: no panic, bounded work, and objects
// that can be read again.
func FuzzCalendar(f *testing.F) {
	for _, tt := range reads {
		f.Add([]byte(tt.in))
	}
	f.Add([]byte(oldPhone))
	f.Add([]byte(everything))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := ical.View(raw)
		if err == nil {
			for i := range c.Series {
				n := 0
				ical.Expand(&c.Series[i], utc("2024-01-01 00:00"), utc("2024-03-01 00:00"), func(ical.Occurrence) bool { n++; return n < 1000 })
			}
			if err := ical.WriteToDos(io.Discard, []*ical.Calendar{c}); err != nil {
				t.Error(err)
			}
		}
		ical.Objects(raw, func(p ical.Piece) bool {
			if p.Err == nil && len(p.Raw) > 0 && len(p.Raw) < 1<<20 && !bytes.Equal(p.Raw, raw) {
				if _, err := ical.View(p.Raw); err != nil {
					t.Errorf("%q: %v", p.Raw, err)
				}
			}
			return true
		})
		out, _, err := portable.Write(raw)
		if err != nil {
			return
		}
		if t := syntax.Parse(out); len(t.Roots) == 1 && len(t.Roots[0].Nodes) == 0 {
			return // all of it broke off, or was outside
		}
		if _, err := ical.View(out); err != nil {
			t.Errorf("%q: %v", out, err)
		}
	})
}

// FuzzRule holds rules to: no panic, times in their order, bounded work.
func FuzzRule(f *testing.F) {
	text, err := os.ReadFile("testdata/rfc5545-recurrence.txt")
	if err != nil {
		f.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		if _, rule, ok := bytes.Cut(line, []byte("RRULE:")); ok {
			f.Add(string(bytes.TrimSpace(rule)), int64(873194400))
		}
	}
	f.Add("MP1 1+ MO 1- FR #3", int64(0))
	f.Fuzz(func(t *testing.T, text string, start int64) {
		if start < -62135596800 || start > 253402300799 {
			return
		}
		begun := time.Now()
		defer func() {
			if spent := time.Since(begun); spent > 4*time.Second {
				t.Errorf("%q took %v", text, spent)
			}
		}()
		if strings.ContainsFunc(text, unicode.IsControl) {
			return // it is more than one line
		}
		clock := time.Unix(start, 0).UTC().Format("20060102T150405")
		for _, version := range []string{"1.0", "2.0"} {
			raw := "BEGIN:VCALENDAR\r\nVERSION:" + version + "\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Europe/Berlin:" + clock + "\r\nRRULE:" + text + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
			c, err := ical.View([]byte(raw))
			if err != nil || len(c.Series) != 1 {
				t.Fatalf("%q: %v", raw, err)
			}
			last, n := time.Time{}, 0
			ical.Expand(&c.Series[0], time.Time{}, time.Time{}, func(o ical.Occurrence) bool {
				if n > 0 && !o.Start.Time.After(last) {
					t.Fatalf("%q: %v after %v", text, o.Start.Time, last)
				}
				last = o.Start.Time
				n++
				return n < 200
			})
		}
		if r, err := recur.Parse(text); err == nil {
			if _, err := recur.Parse(r.String()); err != nil {
				t.Errorf("%q is written as %q: %v", text, r.String(), err)
			}
		}
	})
}

// BenchmarkExpand expands one year of 10,000 recurring events.
func BenchmarkExpand(b *testing.B) {
	rules := []string{"FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=YEARLY", "FREQ=WEEKLY;INTERVAL=2;COUNT=500", "FREQ=MONTHLY;BYMONTHDAY=15,-1"}
	var all []ical.Series
	for i := range 10000 {
		raw := in(berlin + fmt.Sprintf("BEGIN:VEVENT\nUID:%d\nDTSTART;TZID=%s:20%02d0%d01T120000\nDURATION:PT1H\nRRULE:%s\nEND:VEVENT\n", i, []string{"Mine", "America/New_York"}[i%2], i%20, i%9+1, rules[i%len(rules)]))
		c, err := ical.View([]byte(raw))
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, c.Series...)
	}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for i := range all {
			if err := ical.Expand(&all[i], utc("2026-01-01 00:00"), utc("2027-01-01 00:00"), func(ical.Occurrence) bool { n++; return true }); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n), "occurrences")
	}
}

func BenchmarkView(b *testing.B) {
	raw := []byte(in(berlin + "BEGIN:VEVENT\nUID:1\nSUMMARY:x\nDTSTART;TZID=Mine:20240101T120000\nDURATION:PT1H\nRRULE:FREQ=DAILY\nEND:VEVENT\n"))
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := ical.View(raw); err != nil {
			b.Fatal(err)
		}
	}
}
