package archive_test

import (
	"fmt"
	"io"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/search"
)

// yearly is an archive of 10,000 contacts, of which 20 exports changed 100
// each.
func yearly(b *testing.B) *archive.Archive {
	a := create(b, archive.Options{})
	mark := make([]int, 10000)
	for n := range 21 {
		c := &shelved{Collection: export.Collection{ID: "c", Name: "People", Kind: export.Contacts}}
		for i := range mark {
			if n > 0 && i%100 == n {
				mark[i]++
			}
			c.items = append(c.items, text(fmt.Sprintf("/c/%08d", i), fmt.Sprint(mark[i]), "", card(i+mark[i]*10000)))
		}
		run(b, a, &shelf{collections: []*shelved{c}})
	}
	return a
}

// BenchmarkAsOf lists 10,000 people as they were in the middle; the target is
// under 100 ms. Beside it the present, and the same with all bytes.
func BenchmarkAsOf(b *testing.B) {
	a := yearly(b)
	for name, q := range map[string]archive.Query{"past": {AsOf: archive.Moment{Export: 10}}, "past by time": {AsOf: archive.Moment{Time: time.Now()}, Kind: export.Contacts}, "present": {}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				n := 0
				for _, err := range a.Items(b.Context(), q) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
				if n != 10000 {
					b.Fatal(n)
				}
			}
		})
		b.Run(name+" with bytes", func(b *testing.B) {
			for b.Loop() {
				for c, err := range a.Contents(b.Context(), q) {
					if err != nil {
						b.Fatal(err)
					}
					r, err := c.Open()
					if err == nil {
						_, err = io.Copy(io.Discard, r)
					}
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkChanges tells an export's changes field by field, and counts those
// of all exports.
func BenchmarkChanges(b *testing.B) {
	a := yearly(b)
	b.Run("100 changed", func(b *testing.B) {
		for b.Loop() {
			for _, err := range a.Changes(b.Context(), 10) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("counts of 21 exports", func(b *testing.B) {
		var all []int64
		for n := range int64(21) {
			all = append(all, n+1)
		}
		for b.Loop() {
			if _, err := a.ChangeCounts(b.Context(), all); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkHistory opens an export with 10,000 changes: what it changed field by
// field, and the counts. The target is under half a second.
func BenchmarkHistory(b *testing.B) {
	const n = 10000
	for _, what := range []string{archive.Changed, archive.Moved, archive.Gone} {
		b.Run(what, func(b *testing.B) {
			a := create(b, archive.Options{})
			one := &shelved{Collection: export.Collection{ID: "/c/", Name: "People", Kind: export.Contacts}}
			other := &shelved{Collection: export.Collection{ID: "/d/", Name: "Others", Kind: export.Contacts}}
			s := &shelf{collections: []*shelved{one, other}}
			for i := range n {
				one.items = append(one.items, text(fmt.Sprintf("/c/%d.vcf", i), "1", "", numbered10(i, 1)))
			}
			run(b, a, s)
			one.items = nil
			for i := range n {
				switch what {
				case archive.Changed:
					one.items = append(one.items, text(fmt.Sprintf("/c/%d.vcf", i), "2", "", numbered10(i, 2)))
				case archive.Moved:
					other.items = append(other.items, text(fmt.Sprintf("/d/%d.vcf", i), "1", "", numbered10(i, 1)))
				}
			}
			run(b, a, s)
			at := cpu()
			for b.Loop() {
				if _, err := a.ChangeCounts(b.Context(), []int64{1, 2}); err != nil {
					b.Fatal(err)
				}
				found := 0
				for _, err := range a.Changes(b.Context(), 2) {
					if err != nil {
						b.Fatal(err)
					}
					found++
				}
				if found != n {
					b.Fatal(found)
				}
			}
			b.ReportMetric((cpu()-at).Seconds()/float64(b.N), "cpu-s/op")
		})
	}
}

// BenchmarkSearch looks through 50,000 contacts and 50,000 events; the target
// is under 50 ms for whatever is typed. The index itself is made before, which
// is measured too.
func BenchmarkSearch(b *testing.B) {
	a := create(b, archive.Options{})
	run(b, a, endless{50000})
	b.Run("index", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			if err := search.Drop(archive.StoreOf(a)); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			x, err := search.Open(archive.StoreOf(a), b.Context(), nil)
			if err != nil {
				b.Fatal(err)
			}
			if err := x.Close(); err != nil {
				b.Fatal(err)
			}
		}
		info, err := archive.StoreOf(a).Disk.Lstat(search.SearchFile)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/1e6, "MB")
	})
	for _, typed := range []string{"person 4711", "p4711@example.org", "030 0004711", "e", "ev", "person", "p", "0", "1", "february 2024", "nobody", "example org", "e p n o"} {
		b.Run(typed, func(b *testing.B) {
			for b.Loop() {
				if _, err := a.Search(b.Context(), archive.Search{Words: typed}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
