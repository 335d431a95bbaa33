package work_test

import (
	"testing"
	"time"

	"sidekeep/app/work"
	"sidekeep/export/archive"
)

// TestParseMoment: a day counts up to its end where the owner is, also on a day
// of 23 or 25 hours, and a time to the end of what is written of it.
func TestParseMoment(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones on this system: ", err)
	}
	now := time.Date(2026, 11, 22, 9, 30, 0, 0, berlin)
	for text, want := range map[string]archive.Moment{
		"12":                        {Export: 12},
		" 7 ":                       {Export: 7},
		"2026-03-29":                {Time: time.Date(2026, 3, 29, 21, 59, 59, 999999999, time.UTC)},
		"2026-10-25":                {Time: time.Date(2026, 10, 25, 22, 59, 59, 999999999, time.UTC)},
		"2026-10-25 21:00":          {Time: time.Date(2026, 10, 25, 20, 0, 59, 999999999, time.UTC)},
		"2026-10-25T21:00:05":       {Time: time.Date(2026, 10, 25, 20, 0, 5, 999999999, time.UTC)},
		"2026-10-25T21:00:05Z":      {Time: time.Date(2026, 10, 25, 21, 0, 5, 999999999, time.UTC)},
		"2026-10-25T21:00:05.5Z":    {Time: time.Date(2026, 10, 25, 21, 0, 5, 500000000, time.UTC)},
		"2026-10-25T21:00:05+09:00": {Time: time.Date(2026, 10, 25, 12, 0, 5, 999999999, time.UTC)},
		"yesterday":                 {Time: time.Date(2026, 11, 21, 22, 59, 59, 999999999, time.UTC)},
		"Today":                     {Time: time.Date(2026, 11, 22, 22, 59, 59, 999999999, time.UTC)},
	} {
		got, err := work.ParseMoment(text, now)
		if err != nil || got.Export != want.Export || !got.Time.Equal(want.Time) {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "-3", "soon", "2026-13-01", "2026-02-30", "24.12.2026", "99999999999999999999", "21:00"} {
		if got, err := work.ParseMoment(text, now); err == nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}
