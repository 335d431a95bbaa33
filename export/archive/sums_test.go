package archive_test

import (
	"bytes"
	"errors"
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

// rowsOf is every row of every table of a history, but for what verifying and
// publishing note for themselves.
func rowsOf(t testing.TB, dir string) string {
	t.Helper()
	a := open(t, dir)
	defer a.Close()
	var tables []string
	rows, err := archive.StoreOf(a).DB.QueryContext(t.Context(), "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('archive', 'file', 'place', 'name', 'stem') ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	if err := rows.Err(); err != nil || len(tables) < 10 {
		t.Fatalf("%v, %v", tables, err)
	}
	var out strings.Builder
	for _, table := range tables {
		rows, err := archive.StoreOf(a).DB.QueryContext(t.Context(), "SELECT * FROM "+table+" ORDER BY 1")
		if err != nil {
			t.Fatal(err)
		}
		columns, _ := rows.Columns()
		for rows.Next() {
			values, at := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				at[i] = &values[i]
			}
			if err := rows.Scan(at...); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&out, "%s %q\n", table, values)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func copyArchive(t testing.TB, from string) string {
	t.Helper()
	dir := filepath.Join(fastDir(t), "copy")
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// flips changes n bits of history.db, and tells whether any of them means
// something: it is in a page that is noted.
func flips(t testing.TB, dir string, random *rand.Rand, n int) bool {
	t.Helper()
	file := filepath.Join(dir, disk.HistoryFile)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	old := bytes.Clone(raw)
	for range n {
		raw[random.IntN(len(raw))] ^= 1 << random.IntN(8)
	}
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	note, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(history.SumsFile)))
	if err != nil {
		t.Fatal(err)
	}
	s := history.ParseSums(note)
	if s == nil || len(s.Sums) != len(raw)/s.PageSize {
		t.Fatal("the history is not noted")
	}
	for i, sum := range s.Sums {
		if from, to := i*s.PageSize, (i+1)*s.PageSize; sum != 0 && !bytes.Equal(old[from:to], raw[from:to]) {
			return true
		}
	}
	return false
}

// TestFlippedHistory flips up to fifty bits of history.db, and lets an export
// follow: it is refused, so that nothing hides the damage, each verification
// names it, and a repair says that all is well only if every row is what it was.
func TestFlippedHistory(t *testing.T) {
	from := agedArchive(t)
	want, held := rowsOf(t, from), holding(t, open(t, from))
	seeds := 40
	if testing.Short() || raceEnabled {
		seeds = 4
	}
	clean := 0
	for seed := range uint64(seeds) {
		random := rand.New(rand.NewPCG(seed, 9))
		n := 1 + random.IntN(50)
		if seed%3 == 0 {
			n = 1 + random.IntN(3)
		}
		dir := copyArchive(t, from)
		if !flips(t, dir, random, n) {
			continue
		}
		what := fmt.Sprintf("seed %d, %d flips", seed, n)
		for range 2 {
			named(t, what, dir)
			if a, err := archive.Open(dir, archive.Options{}); err == nil {
				_, err := export.Run(t.Context(), agedSource(), a, export.Plan{Account: "Phone"}, nil)
				if !errors.Is(err, export.ErrHistory) && !errors.Is(err, export.ErrDamaged) {
					t.Errorf("%s: an export ends with %v", what, err)
				}
				if err := a.SetThresholds(t.Context(), "Phone", export.Thresholds{Items: 7, Percent: 30}); err == nil {
					t.Errorf("%s: a threshold is written over the damage", what)
				}
				a.Close()
			}
		}
		r := repairNow(t, dir)
		if len(r.Found) == 0 {
			t.Errorf("%s: a repair finds nothing", what)
		}
		if len(r.Bad) > 0 || len(r.Lost) > 0 {
			continue
		}
		clean++
		if got := rowsOf(t, dir); got != want {
			t.Errorf("%s: said to be mended, but\n%s", what, firstDifference(got, want))
		}
		sameHolding(t, what, holding(t, open(t, dir)), held)
	}
	if clean < seeds/4 {
		t.Errorf("only %d of %d are mended", clean, seeds)
	}
	t.Logf("%d of %d are mended", clean, seeds)
}

// named makes sure that the damage of an archive is told, by opening it or by
// verifying it.
func named(t *testing.T, what, dir string) {
	t.Helper()
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		if !errors.Is(err, export.ErrHistory) && !errors.Is(err, export.ErrDamaged) {
			t.Errorf("%s: opening says %v", what, err)
		}
		return
	}
	defer a.Close()
	c, err := a.Verify(t.Context(), nil)
	if err == nil && !slices.ContainsFunc(c.Bad, func(b archive.Bad) bool { return strings.HasPrefix(b.Path, disk.HistoryFile) }) {
		t.Errorf("%s: a verification names %v", what, c.Bad)
	}
}

func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return a[i] + "\nis\n" + b[i]
		}
	}
	return fmt.Sprintf("%d rows for %d", len(a), len(b))
}

// TestTurnBack brings pages back from what happens to them, and from nothing
// else.
func TestTurnBack(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	turner := history.NewTurner(4096)
	for range 4 {
		page := make([]byte, 4096)
		for i := range page {
			page[i] = byte(random.Uint32())
		}
		sum := history.PageSum(page)
		for name, damage := range map[string]func(b []byte){
			"a bit":     func(b []byte) { b[random.IntN(4096)] ^= 1 << random.IntN(8) },
			"a byte":    func(b []byte) { b[random.IntN(4096)] ^= byte(1 + random.IntN(255)) },
			"two bytes": func(b []byte) { b[random.IntN(2000)] ^= 0x5a; b[2000+random.IntN(2000)] ^= 0xff },
			"three bits": func(b []byte) {
				b[random.IntN(1000)] ^= 1
				b[1000+random.IntN(1000)] ^= 4
				b[2000+random.IntN(1000)] ^= 128
			},
		} {
			bad := bytes.Clone(page)
			damage(bad)
			if !turner.Back(bad, sum) || !bytes.Equal(bad, page) {
				t.Errorf("%s is not brought back", name)
			}
		}
		bad := bytes.Clone(page)
		copy(bad[100:], "another text altogether")
		if was := bytes.Clone(bad); turner.Back(bad, sum) || !bytes.Equal(bad, was) {
			t.Error("a page that is another is changed")
		}
	}
}

// TestSumsStay: a session that wrote nothing to the history renews no sum, so
// that damage of that time is told.
func TestSumsStay(t *testing.T) {
	dir := copyArchive(t, agedArchive(t))
	a := open(t, dir)
	if err := history.CheckSums(archive.StoreOf(a)); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(history.SumsFile)))
	if err != nil {
		t.Fatal(err)
	}
	flipBit(t, filepath.Join(dir, disk.HistoryFile), 4096*3+777, 3)
	history.NoteSums(archive.StoreOf(a))
	after, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(history.SumsFile)))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the sums are others (%v)", err)
	}
	if err := history.CheckSums(archive.StoreOf(a)); !errors.Is(err, export.ErrHistory) {
		t.Errorf("after a flip: %v", err)
	}
}

// TestSumsOfAnotherProgram: what another program changed since is no damage, and
// neither is a change that was taken back.
func TestSumsOfAnotherProgram(t *testing.T) {
	dir := copyArchive(t, agedArchive(t))
	a := open(t, dir)
	if _, err := archive.StoreOf(a).DB.Exec("UPDATE export SET ledger = ledger || ' '"); err != nil {
		t.Fatal(err)
	}
	if err := history.CheckSums(archive.StoreOf(a)); err != nil {
		t.Errorf("after another program: %v", err)
	}
	if c, err := a.Verify(t.Context(), nil); err != nil || len(c.Bad) > 0 {
		t.Errorf("after another program: %v, %v", c.Bad, err)
	}
	if err := a.SetThresholds(t.Context(), "Phone", export.Thresholds{Items: 7, Percent: 30}); err != nil {
		t.Fatal(err)
	}
	if s := history.NotedSums(archive.StoreOf(a)); s == nil {
		t.Fatal("nothing is noted")
	}
	flipBit(t, filepath.Join(dir, disk.HistoryFile), 4096*3+777, 3)
	if err := history.CheckSums(archive.StoreOf(a)); !errors.Is(err, export.ErrHistory) {
		t.Errorf("after a flip: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, filepath.FromSlash(history.SumsFile))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if err := history.CheckSums(archive.StoreOf(a)); err != nil {
		t.Errorf("without a note: %v", err)
	}
}
