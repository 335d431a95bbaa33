package ical

import (
	"fmt"
	"io"
	"testing"
)

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
		m := NewMerger(io.Discard, "Home")
		for _, raw := range objects {
			if _, err := Read(raw); err != nil {
				b.Fatal(err)
			}
			raw, err := Published(raw)
			if err != nil {
				b.Fatal(err)
			}
			p, err := Parts(raw)
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
