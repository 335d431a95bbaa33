package archive_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
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
		a := create(b, archive.Options{Now: func() time.Time { return now }})
		people := &shelved{Collection: export.Collection{ID: "/c/", Name: "People", Kind: export.Contacts}}
		for i := range 10000 {
			people.items = append(people.items, text(fmt.Sprintf("/c/%d.vcf", i), "1", "", large(i)))
		}
		s := &shelf{collections: []*shelved{people}}
		run(b, a, s)
		before := sizeOf(b, archive.StoreOf(a).Path(disk.HistoryFile))
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
		b.ReportMetric(float64(sizeOf(b, archive.StoreOf(a).Path(disk.HistoryFile))-before)/float64(came), "grown/came")
		b.ReportMetric(first.Seconds()*100, "first-ms/export")
		b.ReportMetric(last.Seconds()*100, "last-ms/export")
	}
}

// BenchmarkAllChanged is an export of 10,000 contacts that have all got another
// number: each is looked at, and the export is held.
func BenchmarkAllChanged(b *testing.B) {
	const n = 10000
	var took time.Duration
	for b.Loop() {
		a := create(b, archive.Options{})
		people := &shelved{Collection: export.Collection{ID: "/c/", Name: "People", Kind: export.Contacts}}
		for i := range n {
			people.items = append(people.items, text(fmt.Sprintf("/c/%d.vcf", i), "1", "", numbered10(i, 1)))
		}
		run(b, a, &shelf{collections: []*shelved{people}})
		for i := range n {
			people.items[i] = text(fmt.Sprintf("/c/%d.vcf", i), "2", "", numbered10(i, 2))
		}
		at := cpu()
		l := run(b, a, &shelf{collections: []*shelved{people}})
		took += cpu() - at
		if !l.Held || len(l.Loss.Reasons) == 0 || l.Loss.Reasons[0].Lost != n {
			b.Fatalf("held %v, %+v", l.Held, l.Loss)
		}
	}
	b.ReportMetric(took.Seconds()/float64(b.N), "cpu-s/export")
}

// numbered10 is a card with a number of ten digits that differs for each of sort.
func numbered10(n, sort int) string {
	return fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u%d\r\nFN:Person Number %d\r\nN:Number %d;Person;;;\r\nTEL:+1 555 %d%06d\r\n"+
		"EMAIL:person%d@example.com\r\nADR:;;%d Main Street;Springfield;;%05d;\r\nEND:VCARD\r\n", n, n, n, sort, n, n, n%400, n)
}

func sizeOf(t testing.TB, file string) int64 {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
