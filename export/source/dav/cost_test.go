package dav

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/davserver"
)

// discard is a sink that reads everything and keeps nothing, with an archive
// that holds nothing.
type discardAll struct {
	emptyHave
	mu                        sync.Mutex
	listed, seen, put, failed int
}

func (d *discardAll) Listed(n int, _ bool) error { d.listed += n; return nil }
func (d *discardAll) Gone(string) error          { return nil }
func (d *discardAll) Seen(string, string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen++
	return nil
}

func (d *discardAll) Put(ctx context.Context, it export.Item) error {
	err := it.Err
	if err == nil {
		var r io.ReadCloser
		if r, _, err = it.Open(ctx, 0); err == nil {
			_, err = io.Copy(io.Discard, r)
			r.Close()
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.failed++
		return nil
	}
	d.put++
	return nil
}

// cost is what an export cost a process that did nothing else.
type cost struct {
	items, requests int
	cpu, wall       time.Duration
	peak            int64 // bytes
}

// TestClientProcess is run by measure as a process of its own.
func TestClientProcess(t *testing.T) {
	address := os.Getenv("SIDEKEEP_TEST_ADDRESS")
	if address == "" {
		t.Skip("measure runs it")
	}
	start := time.Now()
	s := openSite(t, quick(address))
	cs, err := s.Collections(t.Context())
	must(t, err)
	d := &discardAll{}
	for _, c := range cs {
		_, err := s.Pull(t.Context(), c, d, d)
		must(t, err)
	}
	if d.failed > 0 || d.put != d.listed {
		t.Errorf("listed %d, put %d, failed %d", d.listed, d.put, d.failed)
	}
	requests, _ := s.Used()
	fmt.Printf("COST %d %d %d %d\n", d.put, requests, time.Since(start), peak(t))
}

// peak is the most memory that this process had in RAM, in bytes.
func peak(t *testing.T) int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("this system does not tell the peak of memory")
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			n, err := strconv.ParseInt(f[1], 10, 64)
			must(t, err)
			return n << 10
		}
	}
	t.Skip("this system does not tell the peak of memory")
	return 0
}

// measure exports everything at address in a process of its own.
func measure(t testing.TB, address string) cost {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestClientProcess$", "-test.v")
	cmd.Env = append(os.Environ(), "SIDEKEEP_TEST_ADDRESS="+address)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var c cost
	for line := range strings.Lines(string(out)) {
		if n, _ := fmt.Sscanf(line, "COST %d %d %d %d", &c.items, &c.requests, &c.wall, &c.peak); n == 4 {
			c.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			return c
		}
	}
	t.Fatalf("no figures in %s", out)
	return c
}

// many is a server with n contacts.
func many(t testing.TB, n int) string {
	t.Helper()
	s := davserver.New(davserver.Options{User: "alice", Password: "secret"})
	must(t, s.MakeAddressBook(book, davserver.Collection{Name: "Many"}))
	for i := range n {
		_, err := s.Put(fmt.Sprintf("%scontact-%06d.vcf", book, i), []byte(card(fmt.Sprintf("uid-%06d", i), fmt.Sprintf("Person %d", i))))
		must(t, err)
	}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return h.URL
}

// Memory does not grow with the collection.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	// The least of up to three runs counts: what else happens on the machine
	// can only add to it.
	if raced() {
		t.Skip("the race detector takes memory of its own: go test without -race measures")
	}
	few, lots := many(t, 10_000), many(t, 100_000)
	small, large := measure(t, few).peak, measure(t, lots).peak
	for range 2 {
		if large > small+small/10 {
			large = min(large, measure(t, lots).peak)
		}
	}
	t.Logf("peak with 10,000 items %.1f MB, with 100,000 items %.1f MB", float64(small)/1e6, float64(large)/1e6)
	if large > small+small/10 || large > 80<<20 {
		t.Errorf("the peak grew from %d to %d bytes", small, large)
	}
}

// raced reports whether this binary was built with -race.
func raced() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// BenchmarkExport tells the CPU of a first export of 10,000 contacts.
func BenchmarkExport(b *testing.B) {
	address := many(b, 10_000)
	for b.Loop() {
		c := measure(b, address)
		b.ReportMetric(c.cpu.Seconds(), "cpu-s/op")
		b.ReportMetric(float64(c.requests), "requests/op")
		b.ReportMetric(float64(c.peak)/1e6, "MB-peak")
	}
}
