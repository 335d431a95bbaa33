package archive_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
)

// kills is how often a writing process is killed, in kill lanes side by side.
const (
	kills = 208
	lanes = 4
)

// killChild exports again and again, each time something else, and says after
// each closed collection what it committed.
func killChild(dir string) error {
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		return err
	}
	fmt.Println("open")
	for {
		exports, err := a.Exports(context.Background(), "", 1)
		if err != nil {
			return err
		}
		round := int64(1)
		if len(exports) > 0 {
			round = exports[0].Number + 1
		}
		_, err = export.Run(context.Background(), moving(round), telling{a}, export.Plan{Account: "Phone", Full: true}, nil)
		if err != nil {
			return err
		}
	}
}

// moving is a shelf that looks different in each round.
func moving(round int64) *shelf {
	s := smallPhone()
	version := "v" + strconv.FormatInt(round, 10)
	n := int(round)
	people, work, camera := s.collections[0], s.collections[1], s.collections[2]
	people.items[n%12] = text(people.items[n%12].ID, version, "x.vcf", card(1000+n))
	people.items = append(people.items, text("/c/people/odd.vcf", version, "odd.vcf", "no vCard "+version))
	people.items = append(people.items, text("/c/people/long.vcf", fmt.Sprint(n/3), "long.vcf", longCard("long", n/3)))
	drop := n % len(work.items)
	work.items = append(work.items[:drop], work.items[drop+1:]...)
	body := bytes.Repeat([]byte(version), 20000)
	camera.items = append(camera.items,
		picture(fmt.Sprintf("/f/DCIM/N_%d.JPG", n%40), version, "DCIM", body, aDay),
		picture(fmt.Sprintf("/f/DCIM/L_%d.HEIC", n%40), version, "DCIM", append(body, 1), aDay),
		picture(fmt.Sprintf("/f/DCIM/L_%d.MOV", n%40), version, "DCIM", append(body, 2), aDay.AddDate(0, 2, 0)))
	return s
}

// telling prints the collections that an archive has closed.
type telling struct{ *archive.Archive }

func (a telling) Begin(ctx context.Context, account string, at time.Time) (export.Session, error) {
	s, err := a.Archive.Begin(ctx, account, at)
	if err != nil {
		return nil, err
	}
	return tellingSession{s}, nil
}

type tellingSession struct{ export.Session }

func (s tellingSession) Record(ctx context.Context, c export.Collection) (export.Recorder, error) {
	r, err := s.Session.Record(ctx, c)
	if err != nil {
		return nil, err
	}
	return tellingRecorder{r, s.Number(), c}, nil
}

type tellingRecorder struct {
	export.Recorder
	number int64
	c      export.Collection
}

func (r tellingRecorder) Close(ctx context.Context, l *export.Listing) (export.Tally, error) {
	t, err := r.Recorder.Close(ctx, l)
	if err == nil {
		fmt.Printf("closed %d %s\n", r.number, r.c.ID)
	}
	return t, err
}

// TestKilled kills a writing process at random moments. Afterwards the archive
// opens, is whole, and has everything that a closed collection committed.
func TestKilled(t *testing.T) {
	for lane := range lanes {
		t.Run(strconv.Itoa(lane), func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(fastDir(t), "archive")
			a, err := archive.Create(dir, archive.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(uint64(lane), 7))
			rounds := kills / lanes
			if raceEnabled {
				rounds /= 8 // the detector sees nothing of what is killed
			}
			for range rounds {
				told := killOnce(t, dir, time.Duration(random.IntN(90))*time.Millisecond)
				afterKill(t, dir, told)
				if t.Failed() {
					return
				}
			}
		})
	}
}

// killOnce starts a writing process, kills it some time after it has opened the
// archive, and returns what it had told.
func killOnce(t *testing.T, dir string, after time.Duration) (told []string) {
	t.Helper()
	cmd := child(t, "kill", dir, "")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(out)
	if !in.Scan() {
		_ = cmd.Wait()
		t.Fatalf("the process did not open the archive: %s", stderr.String())
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	for in.Scan() {
		told = append(told, in.Text())
	}
	_ = cmd.Wait()
	if stderr.Len() > 0 {
		t.Fatalf("the process ended by itself: %s", stderr.String())
	}
	return told
}

func afterKill(t *testing.T, dir string, told []string) {
	t.Helper()
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	whole(t, a)
	held, err := bodies(t, a)
	if err != nil {
		t.Fatal(err)
	}
	exports, err := a.Exports(t.Context(), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	newest := map[string]int64{}
	for _, line := range told {
		var n int64
		var id string
		if _, err := fmt.Sscanf(line, "closed %d %s", &n, &id); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		newest[id] = n
		if len(exports) == 0 || exports[0].Number < n {
			t.Errorf("export %d is not in the history", n)
		}
	}
	for id, n := range newest {
		at, next := moving(n).find(id), moving(n+1).find(id)
		for _, it := range at.items {
			if got := held[it.ID]; got != bodyOf(at, it.ID) && got != bodyOf(next, it.ID) {
				t.Errorf("%s of export %d is lost", it.ID, n)
			}
		}
	}
	entries, _ := os.ReadDir(filepath.Join(dir, disk.SideDir, "publish"))
	if len(entries) > 0 {
		t.Errorf("%d files were left in %s", len(entries), disk.PublishDir)
	}
}

func bodyOf(c *shelved, id string) string {
	for _, it := range c.items {
		if it.ID == id {
			return offered(&shelf{collections: []*shelved{{items: []export.Item{it}}}})[id]
		}
	}
	return "there is none"
}
