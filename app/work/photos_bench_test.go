package work_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sidekeep/app/work"
)

// smallPhotos makes n small pictures that differ, a thousand in a folder.
func smallPhotos(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	m := image.NewRGBA(image.Rect(0, 0, 16, 16))
	for i := range n {
		for x := range 16 {
			m.Set(x, i%16, color.RGBA{byte(i), byte(i >> 8), byte(x * 16), 255})
		}
		var text bytes.Buffer
		if err := jpeg.Encode(&text, m, nil); err != nil {
			b.Fatal(err)
		}
		fmt.Fprint(&text, i)
		folder := filepath.Join(dir, fmt.Sprintf("%03d", i/1000))
		if err := os.MkdirAll(folder, 0o700); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("IMG_%06d.JPG", i)), text.Bytes(), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// BenchmarkPhotos imports small photos, proves them, and imports them again; per
// photo, without thumbnails that wait for a later export.
func BenchmarkPhotos(b *testing.B) {
	for _, n := range []int{4000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := smallPhotos(b, n)
			var took [3]time.Duration
			for b.Loop() {
				w := newWork(b, work.Options{})
				for i, step := range []func() error{
					func() error { l, err := w.Import(b.Context(), "", []string{dir}, nil); return right(err, l.Kept == n) },
					func() error { p, err := w.Prove(b.Context(), work.FilesName, nil); return right(err, p.Good == n) },
					func() error { l, err := w.Import(b.Context(), "", []string{dir}, nil); return right(err, l.Kept == 0) },
				} {
					at := cpu()
					if err := step(); err != nil {
						b.Fatal(i, err)
					}
					took[i] += cpu() - at
				}
			}
			for i, what := range []string{"import", "proof", "again"} {
				b.ReportMetric(float64(took[i].Microseconds())/float64(b.N*n), what+"-cpu-µs/photo")
			}
		})
	}
}

func right(err error, good bool) error {
	if err == nil && !good {
		return fmt.Errorf("the sum is not what it should be")
	}
	return err
}
