package ical_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	goical "github.com/emersion/go-ical"

	"sidekeep/formats/ical"
)

// BenchmarkViewBesideGoICal reads everything that is in 1,000 calendar objects,
// in turns with go-ical's decode of the same, and reports how many times as
// fast that is, by the best round of each.
func BenchmarkViewBesideGoICal(b *testing.B) {
	var objects [][]byte
	for i := range 1000 {
		objects = append(objects, []byte(in(berlin+fmt.Sprintf("BEGIN:VEVENT\nUID:%d\nDTSTAMP:20240101T000000Z\nDTSTART;TZID=Mine:20240%d01T120000\nSUMMARY:Meeting %d\nATTENDEE;CN=Ann:mailto:ann@example.com\nDESCRIPTION:Agenda\\, minutes\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n", i, i%9+1, i))))
	}
	const never = time.Duration(1<<63 - 1)
	own, other := never, never
	for b.Loop() {
		start := time.Now()
		for _, raw := range objects {
			if _, err := ical.View(raw); err != nil {
				b.Fatal(err)
			}
		}
		own = min(own, time.Since(start))
		b.StopTimer()
		start = time.Now()
		for _, raw := range objects {
			if _, err := goical.NewDecoder(bytes.NewReader(raw)).Decode(); err != nil {
				b.Fatal(err)
			}
		}
		other = min(other, time.Since(start))
		b.StartTimer()
	}
	b.ReportMetric(float64(other)/float64(own), "times-go-ical")
}

func BenchmarkReadAndMerge(b *testing.B) {
	var objects [][]byte
	size := 0
	for i := range 1000 {
		raw := []byte(in(berlin + fmt.Sprintf("BEGIN:VEVENT\nUID:%d\nDTSTAMP:20240101T000000Z\nDTSTART;TZID=Mine:20240%d01T120000\nDTEND;TZID=Mine:20240%d01T130000\nSUMMARY:Meeting %d\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n", i, i%9+1, i%9+1, i)))
		objects = append(objects, raw)
		size += len(raw)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		m := ical.NewMerger(io.Discard, "Home")
		for _, raw := range objects {
			if _, err := ical.Read(raw); err != nil {
				b.Fatal(err)
			}
			raw, err := ical.Published(raw)
			if err != nil {
				b.Fatal(err)
			}
			p, err := ical.Parts(raw)
			if err != nil {
				b.Fatal(err)
			}
			if _, _, err := m.Add(p); err != nil {
				b.Fatal(err)
			}
		}
		if err := m.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "µs/object")
}
