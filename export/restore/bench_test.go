package restore

import (
	"fmt"
	"testing"

	"sidekeep/export/davserver"
)

func many(b *testing.B) (*shelf, *davserver.Server) {
	s := empty(b, davserver.Options{})
	for i := range 10000 {
		put(b, s, fmt.Sprintf("%sc%d.vcf", book, i), vcf(i))
	}
	return taken(b, open(b, s), "Anna"), s
}

// BenchmarkPlan plans 10,000 contacts that are all at the target.
func BenchmarkPlan(b *testing.B) {
	archive, s := many(b)
	src := open(b, s)
	for b.Loop() {
		counts(b, plan(b, src, archive.all(), Options{Account: "Anna"}), Counts{Same: 10000})
	}
}

// BenchmarkRestore puts 10,000 contacts into an empty address book, with the
// journal on the disk.
func BenchmarkRestore(b *testing.B) {
	archive, _ := many(b)
	for b.Loop() {
		b.StopTimer()
		src, j := open(b, empty(b, davserver.Options{})), journal(b)
		p := plan(b, src, archive.all(), Options{Account: "Anna"})
		b.StartTimer()
		if r := apply(b, src, p, j, ApplyOptions{}); r.Created != 10000 {
			b.Fatalf("%+v", r)
		}
	}
	b.ReportMetric(10000*float64(b.N)/b.Elapsed().Seconds(), "items/s")
}
