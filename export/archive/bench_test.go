package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
)

// endless is a source of n contacts and n events that are made when they are
// read, so that the source's own memory does not grow.
type endless struct{ n int }

func (s endless) Collections(context.Context) ([]export.Collection, error) {
	return []export.Collection{{ID: "c", Name: "People", Kind: export.Contacts}, {ID: "k", Name: "Calendar", Kind: export.Events}}, nil
}

func (s endless) Close() error { return nil }

func (s endless) Pull(ctx context.Context, c export.Collection, have export.Have, to export.Sink) (export.Listing, error) {
	if have.Token() != "" {
		return export.Listing{Token: "t"}, to.Listed(0, false)
	}
	if err := to.Listed(s.n, true); err != nil {
		return export.Listing{}, err
	}
	body := event
	if c.Kind == export.Contacts {
		body = card
	}
	for i := range s.n {
		id := fmt.Sprintf("/%s/%08d-%04d", c.ID, i*7919%s.n, i%10000)
		if v, err := have.Version(id); err != nil {
			return export.Listing{}, err
		} else if v != "" {
			if err := to.Seen(id, v); err != nil {
				return export.Listing{}, err
			}
			continue
		}
		if err := to.Put(ctx, text(id, "1", "", body(i))); err != nil {
			return export.Listing{}, err
		}
	}
	return export.Listing{Token: "t", Full: true}, nil
}

// BenchmarkFirstExport takes 10,000 contacts and 10,000 events and publishes
// them.
func BenchmarkFirstExport(b *testing.B) {
	for b.Loop() {
		a, err := archive.Create(b.TempDir(), archive.Options{})
		if err != nil {
			b.Fatal(err)
		}
		at := cpu()
		run(b, a, endless{10000})
		b.ReportMetric((cpu() - at).Seconds(), "cpu-s/op")
		if err := a.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNothingChanged lists all of them again, in full and as a delta.
func BenchmarkNothingChanged(b *testing.B) {
	a := create(b, archive.Options{})
	run(b, a, endless{10000})
	for _, full := range []bool{true, false} {
		b.Run(fmt.Sprintf("full=%v", full), func(b *testing.B) {
			for b.Loop() {
				at := cpu()
				if _, err := export.Run(b.Context(), endless{10000}, a, export.Plan{Account: "Phone", Full: full}, nil); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric((cpu() - at).Seconds(), "cpu-s/op")
			}
		})
	}
}

// BenchmarkMemory reports the process's peak after an export of so many items;
// each size is a process of its own.
func BenchmarkMemory(b *testing.B) {
	for _, n := range []int{10000, 100000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(float64(peak(b, n))/1024, "peak-MB")
			}
		})
	}
}

func peak(t testing.TB, n int) int {
	t.Helper()
	out, err := child(t, "export", t.TempDir(), fmt.Sprint(n)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var kb int
	for line := range strings.Lines(string(out)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			fmt.Sscan(rest, &kb)
		}
	}
	if kb == 0 {
		t.Skipf("no peak on %s", runtime.GOOS)
	}
	return kb
}

// exportChild is a process that exports n contacts and n events and tells its
// peak.
func exportChild(dir string, n int) error {
	a, err := archive.Create(dir, archive.Options{})
	if err != nil {
		return err
	}
	if _, err := export.Run(context.Background(), endless{n / 2}, a, export.Plan{Account: "Phone"}, nil); err != nil {
		return err
	}
	status, _ := os.ReadFile("/proc/self/status")
	os.Stdout.Write(status)
	return a.Close()
}

// BenchmarkVerify reads an archive of 10,000 contacts, 10,000 events and a
// gigabyte of photos again. Beside it stands sha256sum on the same files.
func BenchmarkVerify(b *testing.B) {
	a := create(b, archive.Options{})
	run(b, a, endless{10000})
	camera := &shelved{Collection: export.Collection{ID: "/f/", Name: "Camera", Kind: export.Photos}}
	for i := range 250 {
		body := bytes.Repeat([]byte{byte(i), 7, byte(i >> 1), 3}, 1<<20)
		camera.items = append(camera.items, picture(fmt.Sprintf("/f/DCIM/IMG_%d.JPG", i), "1", "DCIM", body, aDay))
	}
	if _, err := export.Run(b.Context(), &shelf{collections: []*shelved{camera}}, a, export.Plan{Account: "Camera"}, nil); err != nil {
		b.Fatal(err)
	}
	var size int64
	for _, info := range snapshot(b, a.Dir()) {
		size += info.Size()
	}
	info, err := os.Stat(archive.StoreOf(a).Path(disk.HistoryFile))
	if err != nil {
		b.Fatal(err)
	}
	size += info.Size()
	b.Run("verify", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			c, err := a.Verify(b.Context(), nil)
			if err != nil || len(c.Bad) > 0 {
				b.Fatal(c, err)
			}
		}
	})
	b.Run("sha256sum", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			cmd := exec.Command("sh", "-c", "sha256sum -c --quiet manifest-sha256.txt && sha256sum history.db tagmanifest-sha256.txt")
			cmd.Dir = a.Dir()
			if out, err := cmd.CombinedOutput(); err != nil {
				b.Fatal(err, string(out))
			}
		}
	})
}
