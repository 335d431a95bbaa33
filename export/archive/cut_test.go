package archive_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"sidekeep/export"
	"sidekeep/export/archive"
)

// fastDir is a folder in memory where there is one: a power cut is modelled,
// so nothing has to reach a real disk.
func fastDir(t testing.TB) string {
	t.Helper()
	if _, err := os.Stat("/dev/shm"); err != nil {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp("/dev/shm", "sidekeep-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// tinyPhone is a shelf for tests that run it a thousand times.
func tinyPhone() *shelf {
	s := smallPhone()
	s.collections[0].items = s.collections[0].items[:3]
	s.collections[1].items = s.collections[1].items[:4]
	s.collections[2].items = s.collections[2].items[:2]
	return s
}

// later is tinyPhone after a while: a contact changed, an event and a photo
// gone, a body that cannot be understood, a Live Photo, a changed photo, an
// album that is no longer there.
func later() *shelf {
	s := tinyPhone()
	people, work, camera := s.collections[0], s.collections[1], s.collections[2]
	people.items[1] = text(people.items[1].ID, "2", people.items[1].Name, card(101))
	people.items = append(people.items, text("/c/people/odd.vcf", "1", "odd.vcf", "this is no vCard"))
	people.items = append(people.items, text("/c/people/long.vcf", "1", "long.vcf", longCard("long", 1)))
	work.items = work.items[1:]
	camera.items = []export.Item{
		picture("/f/DCIM/IMG_1.JPG", "2", "DCIM", []byte("edited"), aDay),
		picture("/f/DCIM/IMG_9.HEIC", "1", "DCIM", []byte("a still"), aDay),
		picture("/f/DCIM/IMG_9.MOV", "1", "DCIM", []byte("a clip"), aDay.AddDate(0, 1, 0)),
	}
	return s
}

// bodies are the bytes that the archive holds, by ID.
func bodies(t testing.TB, a *archive.Archive) (map[string]string, error) {
	t.Helper()
	all := map[string]string{}
	for it, err := range a.Items(t.Context(), archive.Query{}) {
		if err != nil {
			return all, err
		}
		if it.State == archive.Failed {
			continue
		}
		r, err := a.Delivered(t.Context(), it.Account, it.Collection, it.ID)
		if err != nil {
			return all, fmt.Errorf("%s: %w", it.ID, err)
		}
		b, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			return all, fmt.Errorf("%s: %w", it.ID, err)
		}
		all[it.ID] = string(b)
	}
	return all, nil
}

func offered(s *shelf) map[string]string {
	all := map[string]string{}
	for _, c := range s.collections {
		for _, it := range c.items {
			r, _, _ := it.Open(context.Background(), 0)
			b, _ := io.ReadAll(r)
			all[it.ID] = string(b)
		}
	}
	return all
}

// photoFiles counts what lies in Photos, so that nothing is there twice.
func photoFiles(t testing.TB, dir string) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "data", "*", "Photos", "*", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

func copyTree(t testing.TB, from string) string {
	t.Helper()
	to := filepath.Join(fastDir(t), "archive")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// A cutCase is what an export is cut off in, and what it was to bring.
type cutCase struct {
	name, from  string
	before, now *shelf
	photos      int // files in Photos when all is done
	modes       []int
	noLinks     bool
	atOnce      bool // all files are synced at once
}

func cutCases(t *testing.T) []cutCase {
	t.Helper()
	empty := filepath.Join(fastDir(t), "empty")
	if err := os.Mkdir(empty, 0o777); err != nil {
		t.Fatal(err)
	}
	fresh, filled := filepath.Join(fastDir(t), "a"), filepath.Join(fastDir(t), "a")
	for _, dir := range []string{fresh, filled} {
		a, err := archive.Create(dir, archive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if dir == filled {
			run(t, a, tinyPhone())
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
	all := []int{lose, hollow, mix}
	if raceEnabled {
		all = all[:1] // what is lost does not depend on the detector
	}
	return []cutCase{
		{"create", empty, &shelf{}, &shelf{}, 0, all, false, false},
		{"first", fresh, &shelf{}, tinyPhone(), 2, []int{lose}, false, false},
		{"second", filled, tinyPhone(), later(), 5, all, false, false},
		{"no links", filled, tinyPhone(), later(), 5, []int{keep}, true, false},
		{"at once", filled, tinyPhone(), later(), 5, []int{lose, mix}, false, true},
	}
}

// TestPowerCut cuts the power at every operation of making an archive, of a
// first and of a second export, and once after the last.
func TestPowerCut(t *testing.T) {
	for _, c := range cutCases(t) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, mode := range c.modes {
				at, more := 0, true
				for more {
					at++
					var faults []string
					if more, faults = c.cut(t, at, mode, ""); len(faults) > 0 {
						t.Fatalf("cut %d, mode %d: %s", at, mode, faults)
					}
				}
				if at < 20 {
					t.Errorf("mode %d: only %d operations were cut", mode, at)
				}
			}
		})
	}
}

// TestPromises breaks each promise of the order of writing and expects that a
// power cut then does harm: else TestPowerCut would prove nothing.
func TestPromises(t *testing.T) {
	cases := cutCases(t)
	for _, forget := range []string{
		"sync .sidekeep/partial",                // a photo before its row
		"syncdir data/Phone/Photos/2024/05",     // its name before its row
		"syncdir data/Phone/Photos",             // the folders above it
		"sync .sidekeep/publish",                // an open file before its name
		"syncdir data/Phone/Contacts",           // its name before the mark is taken back
		"syncdir data/Phone/Vanished/Calendars", // also of what vanished
		"syncdir .",                             // the manifest
		"sync all",                              // of many at once
	} {
		t.Run(forget, func(t *testing.T) {
			t.Parallel()
			of := cases[1:3]
			if forget == "sync all" {
				of = cases[4:]
			}
			for _, c := range of {
				if _, faults := c.cut(t, 1<<20, lose, forget); len(faults) > 0 {
					t.Log(c.name, faults)
					return
				}
				at, more := 0, true
				for more {
					at++
					var faults []string
					if more, faults = c.cut(t, at, lose, forget); len(faults) > 0 {
						t.Log(c.name, faults)
						return
					}
				}
			}
			t.Error("no power cut showed that it was broken")
		})
	}
}

// cut runs an export into a copy of an archive until its at-th operation and
// tells what is wrong with what is left. more is false if there were fewer
// operations: the power goes when all is done then.
func (c cutCase) cut(t *testing.T, at, mode int, forget string) (more bool, faults []string) {
	t.Helper()
	dir := copyTree(t, c.from)
	defer os.RemoveAll(filepath.Dir(dir))
	d, open := newCutDisk(t, at)
	d.forget, d.noLinks, d.atOnce = forget, c.noLinks, c.atOnce
	a, err := archive.Create(dir, archive.Options{Disk: open})
	if err == nil {
		if len(c.now.collections) > 0 {
			_, _ = export.Run(t.Context(), c.now, a, export.Plan{Account: "Phone", Full: true}, nil)
		}
		_ = a.Close()
	} else if !errors.Is(err, errCut) {
		t.Fatalf("create: %v", err)
	}
	d.settle(t, mode)
	where := "the end"
	if more = d.ops >= at; more {
		where = d.log[at-1]
	}
	return more, append(c.look(t, dir, where), c.goOn(t, dir, where)...)
}

// look opens an archive after a power cut: it is whole, and each item is in the
// state before or after.
func (c cutCase) look(t *testing.T, dir, where string) (faults []string) {
	a, err := archive.Create(dir, archive.Options{})
	if err != nil {
		return []string{fmt.Sprintf("at %s: %v", where, err)}
	}
	defer a.Close()
	faults = wrong(t, a)
	old, next := offered(c.before), offered(c.now)
	held, err := bodies(t, a)
	if err != nil {
		faults = append(faults, err.Error())
	}
	for id, body := range old {
		if got, ok := held[id]; !ok || got != body && got != next[id] {
			faults = append(faults, id+" is lost")
		}
	}
	for id, body := range held {
		if body != old[id] && body != next[id] {
			faults = append(faults, id+" holds what was never delivered")
		}
	}
	if len(faults) > 0 {
		faults = append([]string{"at " + where}, faults...)
	}
	return faults
}

// goOn exports once more: then everything is there, and no photo twice.
func (c cutCase) goOn(t *testing.T, dir, where string) (faults []string) {
	a, err := archive.Create(dir, archive.Options{})
	if err != nil || len(c.now.collections) == 0 {
		return nil // look told it
	}
	defer a.Close()
	if _, err := export.Run(t.Context(), c.now, a, export.Plan{Account: "Phone"}, nil); err != nil {
		return []string{fmt.Sprintf("after %s: %v", where, err)}
	}
	faults = wrong(t, a)
	held, err := bodies(t, a)
	if err != nil {
		faults = append(faults, err.Error())
	}
	for id, body := range offered(c.now) {
		if held[id] != body {
			faults = append(faults, id+" is not there after the next export")
		}
	}
	if list, err := a.Edited(); err != nil || len(list) > 0 {
		faults = append(faults, fmt.Sprintf("nobody edited %q, %v", list, err))
	}
	if n := photoFiles(t, dir); n != c.photos {
		faults = append(faults, fmt.Sprintf("%d photo files, want %d", n, c.photos))
	}
	if len(faults) > 0 {
		faults = append([]string{"after " + where}, faults...)
	}
	return faults
}

// wrong is what Verify finds.
func wrong(t testing.TB, a *archive.Archive) (faults []string) {
	t.Helper()
	c, err := a.Verify(t.Context(), nil)
	if err != nil {
		return []string{err.Error()}
	}
	for _, b := range c.Bad {
		faults = append(faults, b.Path+": "+b.Why)
	}
	return faults
}
