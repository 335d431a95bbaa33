package archive_test

import (
	"errors"
	"testing"

	"sidekeep/export/archive"
	"sidekeep/export/archive/publish"
	"sidekeep/export/archive/resume"
)

// BenchmarkPages makes the pages of 10,000 contacts and 10,000 events with
// their time zone for the first time. Beside it a publication that has nothing
// to change in them.
func BenchmarkPages(b *testing.B) {
	a := create(b, archive.Options{})
	run(b, a, endless{10000})
	publish := func(b *testing.B, first bool) {
		for b.Loop() {
			at := cpu()
			if err := publishPages(a, first); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric((cpu() - at).Seconds(), "cpu-s/op")
		}
	}
	b.Run("first", func(b *testing.B) { publish(b, true) })
	b.Run("again", func(b *testing.B) { publish(b, false) })
	whole(b, a)
}

// publishPages publishes what changed, which is nothing; first forgets before
// that there are pages.
func publishPages(a *archive.Archive, first bool) (err error) {
	l, w, err := resume.Begin(archive.StoreOf(a))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close(), l.Release()) }()
	w.Lock()
	defer w.Unlock()
	if first {
		for _, query := range []string{"DELETE FROM archive WHERE name LIKE 'page %' OR name LIKE 'section %'", "DELETE FROM file WHERE path LIKE 'readme/%'"} {
			if _, err := w.Exec(query); err != nil {
				return err
			}
		}
	}
	if err := w.Commit(); err != nil {
		return err
	}
	return publish.Files(archive.StoreOf(a), w, false)
}
