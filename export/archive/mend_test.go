package archive_test

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
)

// agedArchive is an archive after a while: with changed, vanished and set-aside
// items, and two accounts that share a photo.
func agedArchive(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(fastDir(t), "archive")
	a, err := archive.Create(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := later()
	s.collections[1].items = append(s.collections[1].items,
		text("/k/work/clash.ics", "1", "clash.ics", eventIn(strings.Replace(zoneBerlin, "+0100", "+0130", 1), 40)),
		text("/k/work/lf.ics", "1", "lf.ics", strings.ReplaceAll(event(41), "\r\n", "\n")))
	for _, s := range []*shelf{tinyPhone(), s} {
		run(t, a, s)
	}
	other := tinyPhone()
	other.collections[0].items[0] = text(other.collections[0].items[0].ID, "1", "0.vcf", card(0))
	if _, err := export.Run(t.Context(), other, a, export.Plan{Account: "Mike's: 100 %"}, nil); err != nil {
		t.Fatal(err)
	}
	whole(t, a)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// agedSource is what the source of the account Phone in agedArchive offers.
func agedSource() *shelf {
	s := later()
	s.collections[1].items = append(s.collections[1].items,
		text("/k/work/clash.ics", "1", "clash.ics", eventIn(strings.Replace(zoneBerlin, "+0100", "+0130", 1), 40)),
		text("/k/work/lf.ics", "1", "lf.ics", strings.ReplaceAll(event(41), "\r\n", "\n")))
	return s
}

// holding is what an archive tells of every item, and their bytes.
func holding(t testing.TB, a *archive.Archive) map[string]string {
	t.Helper()
	all := map[string]string{}
	for it, err := range a.Items(t.Context(), archive.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		body := ""
		if it.State != archive.Failed {
			r, err := a.Delivered(t.Context(), it.Account, it.Collection, it.ID)
			if err != nil {
				t.Errorf("%s: %v", it.ID, err)
				continue
			}
			b := make([]byte, 1<<20)
			n, _ := r.Read(b)
			body = string(b[:n])
			r.Close()
		}
		all[it.Account+" "+it.Collection+" "+it.ID] = fmt.Sprint(it.Version, "|", it.UID, "|", it.Name, "|", it.Kind, "|", it.Start.UTC(), it.AllDay, "|", it.Path, "|", it.Size, "|", it.State, "|", it.File, "|", it.Folder, "|", it.Modified.UTC(), "|", body)
	}
	return all
}

func sameHolding(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for id, w := range want {
		if got[id] != w {
			t.Errorf("%s: %s is\n%q, was\n%q", what, id, got[id], w)
		}
	}
	for id := range got {
		if _, ok := want[id]; !ok {
			t.Errorf("%s: %s was not there before", what, id)
		}
	}
}

func repairNow(t testing.TB, dir string) *archive.Repaired {
	t.Helper()
	r, err := archive.Repair(t.Context(), dir, archive.Options{}, nil)
	if err != nil {
		t.Fatalf("repair: %v", err)
	}
	return r
}

func open(t testing.TB, dir string) *archive.Archive {
	t.Helper()
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func flipBit(t testing.TB, file string, at int64, bit int) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err == nil {
		b[at] ^= 1 << bit
		err = os.WriteFile(file, b, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func filesOf(t testing.TB, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, name)
		if e.IsDir() && e.Name() == disk.SideDir {
			return filepath.SkipDir
		}
		if !e.IsDir() {
			list = append(list, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil || len(list) < 10 {
		t.Fatalf("%v, %v", list, err)
	}
	return list
}

// TestEveryFileDamaged flips a bit of, cuts short and deletes every file of an
// archive in turn: each is named, and mended or, if no other copy is there,
// named again.
func TestEveryFileDamaged(t *testing.T) {
	from := agedArchive(t)
	before := holding(t, open(t, from))
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range filesOf(t, from) {
		for what, do := range map[string]func(file string) error{
			"a flipped bit": func(file string) error {
				info, err := os.Stat(file)
				if err == nil {
					flipBit(t, file, random.Int64N(info.Size()), random.IntN(8))
				}
				return err
			},
			"cut short": func(file string) error {
				info, err := os.Stat(file)
				if err == nil {
					err = os.Truncate(file, info.Size()-1)
				}
				return err
			},
			"deleted": os.Remove,
		} {
			t.Run(name+": "+what, func(t *testing.T) {
				dir := copyTree(t, from)
				if err := do(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
					t.Fatal(err)
				}
				damagedNamed(t, dir, name)
				r := repairNow(t, dir)
				alone := strings.Contains(name, "Phone/Photos") && !strings.Contains(name, "IMG_0.JPG") && !strings.HasSuffix(name, "IMG_1.JPG")
				left := slices.IndexFunc(r.Bad, func(b archive.Bad) bool { return b.Path == name })
				if alone {
					if left < 0 || len(r.Bad) != 1 {
						t.Errorf("left: %+v, want %s", r.Bad, name)
					}
					return
				}
				if name == disk.HistoryFile && len(r.Bad) == 1 && strings.HasPrefix(r.Bad[0].Why, history.ChangedOutside) {
					r.Bad, r.Mended = nil, r.Found // nobody can tell what it was
				}
				lost := 0
				if r.Rebuilt && !r.Salvaged {
					lost = 1 // what only the history had
				}
				if len(r.Bad) > 0 || len(r.Mended) == 0 || len(r.Lost) != lost {
					t.Errorf("%+v", r)
				}
				a := open(t, dir)
				whole(t, a)
				sameHolding(t, "after the repair", holding(t, a), before)
				l := run(t, a, agedSource())
				if l.Kept != 0 || l.Gone != 0 || l.Failed != 0 || l.Held {
					t.Errorf("the next export: %+v", l)
				}
				whole(t, a)
				a.Close()
			})
		}
	}
}

// damagedNamed verifies a damaged archive, and wants a file named.
func damagedNamed(t *testing.T, dir, name string) {
	t.Helper()
	a, err := archive.Open(dir, archive.Options{})
	if name == disk.HistoryFile && errors.Is(err, export.ErrHistory) {
		return
	}
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer a.Close()
	c, err := a.Verify(t.Context(), nil)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	if !slices.ContainsFunc(c.Bad, func(b archive.Bad) bool { return strings.HasPrefix(b.Path, name) }) {
		t.Errorf("%s is not among %+v", name, c.Bad)
	}
}

// TestHistoryDamaged flips bits all over history.db: no damage goes unseen, and
// after the repair every item is what it was, or is named.
func TestHistoryDamaged(t *testing.T) {
	from := agedArchive(t)
	before := holding(t, open(t, from))
	info, err := os.Stat(filepath.Join(from, disk.HistoryFile))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, uint64(*historySeed)))
	for range *historyFlips {
		at, bit := random.Int64N(info.Size()), random.IntN(8)
		t.Run(fmt.Sprintf("bit %d of byte %d", bit, at), func(t *testing.T) {
			dir := copyTree(t, from)
			defer os.RemoveAll(filepath.Dir(dir))
			flipBit(t, filepath.Join(dir, disk.HistoryFile), at, bit)
			if at < 24 || at > 27 { // the counter itself is not bytes that mean anything
				damagedNamed(t, dir, disk.HistoryFile)
			}
			r := repairNow(t, dir)
			a := open(t, dir)
			defer a.Close()
			c, err := a.Verify(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range c.Bad {
				if !slices.ContainsFunc(r.Bad, func(was archive.Bad) bool { return was.Path == b.Path }) {
					t.Errorf("not named: %+v", b)
				}
			}
			if len(c.Bad) == 0 {
				sha256sum(t, dir)
			}
			named := len(r.Bad)+len(r.Lost) > 0
			if !named {
				sameHolding(t, fmt.Sprintf("%+v", r), holding(t, a), before)
			}
			l := run(t, a, agedSource())
			if !named && l.Kept+l.Gone+l.Failed > 0 || l.Held {
				t.Errorf("%+v, then the next export: %+v", r, l)
			}
			whole(t, a)
		})
	}
}

var (
	historySeed  = flag.Int("historyseed", 1, "where TestHistoryDamaged begins")
	historyFlips = flag.Int("historyflips", 40, "how many bits TestHistoryDamaged flips")
)

// TestRepairWithoutPhotos: where there is no photo at all, no version is taken
// for one whose photo was lost.
func TestRepairWithoutPhotos(t *testing.T) {
	dir := filepath.Join(fastDir(t), "archive")
	a, err := archive.Create(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := tinyPhone()
	s.collections = s.collections[:2]
	run(t, a, s)
	before := holding(t, a)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for name, lost := range map[string]int{"data/Phone/Contacts/People.vcf": 0, disk.HistoryFile: 1} { // of the history itself
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
		if r := repairNow(t, dir); len(r.Bad) > 0 || len(r.Lost) != lost || len(r.Mended) == 0 {
			t.Errorf("%s: %+v", name, r)
		}
		a = open(t, dir)
		sameHolding(t, name, holding(t, a), before)
		a.Close()
	}
}
