package archive

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
)

// large is a card of 4 KB.
func large(n int) string {
	note := strings.Repeat(fmt.Sprintf("%d, ", n), 4096)
	return strings.Replace(portrayed(n), "NOTE:", "NOTE:"+note[:4096-len(portrayed(n))], 1)
}

// BenchmarkHourly is a hundred exports of 10,000 contacts of 4 KB with 10
// changes each: 8 changed, 1 new, 1 gone. It reports what the second and the
// last ten cost, whose window of changes is the longest, and by how many times
// the bytes that came the history has grown.
func BenchmarkHourly(b *testing.B) {
	for b.Loop() {
		now := aDay
		a := create(b, Options{Now: func() time.Time { return now }})
		people := &shelved{Collection: export.Collection{ID: "/c/", Name: "People", Kind: export.Contacts}}
		for i := range 10000 {
			people.items = append(people.items, text(fmt.Sprintf("/c/%d.vcf", i), "1", "", large(i)))
		}
		s := &shelf{collections: []*shelved{people}}
		run(b, a, s)
		before := sizeOf(b, a.file(historyFile))
		var first, last time.Duration
		for n := range 100 {
			now = now.Add(time.Hour)
			for i := range 8 {
				k := (n*8 + i) * 11
				people.items[k%9000] = text(people.items[k%9000].ID, fmt.Sprint(n+2), "", large(k+20000))
			}
			people.items = append(people.items[:9990], append(people.items[9991:], text(fmt.Sprintf("/c/new%d.vcf", n), "1", "", large(50000+n)))...)
			at := cpu()
			if l := run(b, a, s); l.Held {
				b.Fatalf("export %d is held: %+v", l.Number, l.Loss)
			}
			switch took := cpu() - at; {
			case n < 10:
				first += took
			case n >= 90:
				last += took
			}
		}
		came := int64(100 * 9 * len(large(1)))
		b.ReportMetric(float64(sizeOf(b, a.file(historyFile))-before)/float64(came), "grown/came")
		b.ReportMetric(first.Seconds()*100, "first-ms/export")
		b.ReportMetric(last.Seconds()*100, "last-ms/export")
	}
}

func sizeOf(t testing.TB, file string) int64 {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
