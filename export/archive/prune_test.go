package archive_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/forget"
	"sidekeep/export/archive/remove"
	"sidekeep/export/archive/resume"
)

// A clock that the tests move.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// aged is an archive with an export a day: a contact changes every day, one on
// the third, one goes and comes back, an event goes for good, a card can no
// longer be understood, a photo is edited.
func aged(t *testing.T) (dir string, days []*shelf, at *clock) {
	t.Helper()
	dir = filepath.Join(fastDir(t), "archive")
	at = &clock{aDay}
	a, err := archive.Create(dir, archive.Options{Now: at.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for day := range 6 {
		s := tinyPhone()
		version := fmt.Sprint("day", day)
		people, work, camera := s.collections[0], s.collections[1], s.collections[2]
		people.items[0] = text(people.items[0].ID, version, "0.vcf", secretCard(day))
		if day >= 2 {
			people.items[1] = text(people.items[1].ID, "third day", "1.vcf", card(101))
			camera.items[1] = picture(camera.items[1].ID, "third day", "DCIM", []byte("edited"), aDay)
		}
		if day >= 4 {
			people.items[2] = text(people.items[2].ID, version, "2.vcf", "no vCard of "+version)
			work.items = work.items[1:]
		}
		if day == 1 {
			work.items = work.items[:len(work.items)-1]
		}
		days = append(days, s)
		run(t, a, s)
		at.now = at.now.AddDate(0, 0, 1)
	}
	return dir, days, at
}

func secretCard(n int) string {
	return strings.Replace(card(0), "NOTE:", fmt.Sprintf("NOTE:secret number %d ", n)+strings.Repeat("x", 3000), 1)
}

func TestPrune(t *testing.T) {
	for _, c := range []struct {
		name           string
		before         time.Time
		whole          int64 // the export from which on the history is whole
		versions, left int   // that go; of the card that changes every day
	}{
		{"before the first", aDay, 0, 0, 6},
		{"before the second", aDay.Add(time.Hour), 1, 0, 6},
		{"after the second", aDay.AddDate(0, 0, 1).Add(time.Hour), 2, 1, 5},
		{"in between", aDay.AddDate(0, 0, 3).Add(time.Hour), 4, 6, 3},
		{"everything", aDay.AddDate(1, 0, 0), 6, 9, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, days, at := aged(t)
			a, err := archive.Open(dir, archive.Options{Now: at.Now})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			before, err := bodies(t, a)
			if err != nil {
				t.Fatal(err)
			}
			tree := tree(filepath.Join(dir, "data"))
			p, err := a.PlanPrune(t.Context(), c.before)
			if err != nil {
				t.Fatal(err)
			}
			if p.Versions != c.versions || p.Export != c.whole || (p.Bytes > 0) != (c.versions > 0) {
				t.Errorf("plan: %+v", p)
			}
			n := 0
			for _, it := range p.Items {
				n += it.Versions
			}
			if n != p.Versions {
				t.Errorf("%d versions are named, and %d go", n, p.Versions)
			}
			done, err := a.Prune(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			if c.versions > 4 && done.Freed < 3000 {
				t.Errorf("%d bytes were freed", done.Freed)
			}
			after, err := bodies(t, a)
			if err != nil || len(after) != len(before) {
				t.Errorf("%d items, before %d: %v", len(after), len(before), err)
			}
			for id, body := range before {
				if after[id] != body {
					t.Errorf("%s is lost", id)
				}
			}
			whole(t, a)
			if now := treeOf(t, dir); now != tree {
				t.Errorf("the open files were touched:\n%s\n%s", now, tree)
			}
			if n := count(t, a, "SELECT count(*) FROM version JOIN item USING (item) WHERE item.id = '/c/people/0.vcf'"); n != c.left {
				t.Errorf("%d versions are left, want %d", n, c.left)
			}
			asOfStill(t, a, days, done)
			if again, err := a.PlanPrune(t.Context(), c.before); err != nil || again.Versions != 0 {
				t.Errorf("again: %+v, %v", again, err)
			}
			// The next export does not notice.
			if l := run(t, a, days[5]); l.Kept != 0 || l.Gone != 0 {
				t.Errorf("next: %+v", l.Counts)
			}
		})
	}
}

func treeOf(t *testing.T, dir string) string { return tree(filepath.Join(dir, "data")) }

func count(t *testing.T, a *archive.Archive, query string, args ...any) (n int) {
	t.Helper()
	if err := archive.StoreOf(a).DB.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// asOfStill compares what the archive tells of every day with what the source
// had then: it is that, or it says that it no longer knows.
func asOfStill(t *testing.T, a *archive.Archive, days []*shelf, p archive.Pruning) {
	t.Helper()
	for i, s := range days {
		n := int64(i + 1)
		var pruned *archive.PrunedError
		got, err := asOfBodies(t, a, n)
		if errors.As(err, &pruned) {
			if p.Versions == 0 || n >= p.Export || pruned.From != p.Export {
				t.Errorf("export %d: %v", n, err)
			}
			continue
		}
		if err != nil || n < p.Export && p.Versions > 0 {
			t.Errorf("export %d of %d: %v", n, p.Export, err)
		}
		want := offered(s)
		if len(got) != len(want) {
			t.Errorf("export %d: %d items, want %d", n, len(got), len(want))
		}
		for id, body := range want {
			if got[id] != body {
				t.Errorf("export %d: %s is not as it was", n, id)
			}
		}
	}
}

// asOfBodies is what the source had at export n, by ID.
func asOfBodies(t testing.TB, a *archive.Archive, n int64) (map[string]string, error) {
	t.Helper()
	all := map[string]string{}
	for c, err := range a.Contents(t.Context(), archive.Query{AsOf: archive.Moment{Export: n}, Present: true}) {
		if err != nil {
			return all, err
		}
		r, err := c.Open()
		if err != nil {
			return all, fmt.Errorf("%s: %w", c.ID, err)
		}
		var b bytes.Buffer
		_, err = b.ReadFrom(r)
		if err := errors.Join(err, r.Close()); err != nil {
			return all, err
		}
		all[c.ID] = b.String()
	}
	return all, nil
}

// TestPruneAfterAnExport: what was shown is not what would be removed.
func TestPruneAfterAnExport(t *testing.T) {
	dir, days, at := aged(t)
	a, err := archive.Open(dir, archive.Options{Now: at.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	p, err := a.PlanPrune(t.Context(), at.now.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	run(t, a, days[0])
	before := count(t, a, "SELECT count(*) FROM version")
	if _, err := a.Prune(t.Context(), p); !errors.Is(err, archive.ErrChanged) {
		t.Errorf("%v", err)
	}
	if n := count(t, a, "SELECT count(*) FROM version"); n != before {
		t.Errorf("%d versions of %d are left", n, before)
	}
	s, err := a.Begin(t.Context(), "Phone", at.now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Prune(t.Context(), p); !errors.Is(err, export.ErrBusy) {
		t.Errorf("while an export runs: %v", err)
	}
	if err := s.Finish(t.Context(), &export.Ledger{Account: "Phone"}); err != nil {
		t.Fatal(err)
	}
}

// TestPruneLess: what was pruned once stays unknown when less is pruned later.
func TestPruneLess(t *testing.T) {
	dir, days, at := aged(t)
	a, err := archive.Open(dir, archive.Options{Now: at.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	// One version is held back, so that a later pruning finds another before it.
	change(t, dir, `INSERT INTO hold VALUES (1, 1, 5, '{}', 'accepted', '');
		INSERT INTO accepted SELECT item, 1, 0, (SELECT version FROM version WHERE item = item.item AND export = 5), 1 FROM item WHERE id = '/c/people/2.vcf'`)
	for _, before := range []time.Time{at.now, aDay.AddDate(0, 0, 4).Add(time.Hour)} {
		p, err := a.PlanPrune(t.Context(), before)
		if err == nil {
			_, err = a.Prune(t.Context(), p)
		}
		if err != nil || p.Versions == 0 {
			t.Fatalf("%+v, %v", p, err)
		}
		if n, err := a.Pruned(t.Context()); n != 6 || err != nil {
			t.Errorf("whole from %d on, %v", n, err)
		}
		run(t, a, days[1]) // the card that was set aside can be understood again
		change(t, dir, "DELETE FROM accepted")
	}
}

// TestPruneKeepsWhatIsAccepted: while an account is held, neither what is shown
// nor what was recorded goes, nor what a taken-back answer would show again.
func TestPruneKeepsWhatIsAccepted(t *testing.T) {
	dir, _, at := aged(t)
	for _, open := range []int{0, 1} {
		a, err := archive.Open(dir, archive.Options{Now: at.Now})
		if err != nil {
			t.Fatal(err)
		}
		change(t, dir, fmt.Sprintf(`INSERT OR REPLACE INTO hold VALUES (1, 1, 3, '{}', 'open', '');
			INSERT OR REPLACE INTO accepted SELECT item, 1, %d, (SELECT min(version) FROM version WHERE item = item.item), 1 FROM item WHERE id = '/c/people/0.vcf'`, open))
		p, err := a.PlanPrune(t.Context(), at.now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = a.Prune(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		if n := count(t, a, "SELECT count(*) FROM version JOIN item USING (item) WHERE item.id = '/c/people/0.vcf'"); n != 2 {
			t.Errorf("%d versions are left, want the recorded and the accepted one", n)
		}
		if n := count(t, a, "SELECT count(*) FROM accepted WHERE version NOT IN (SELECT version FROM version)"); n != 0 {
			t.Error("the accepted version is gone")
		}
		a.Close()
	}
}

// TestPruneCutOff fails and kills a pruning at its steps: it is done or not
// begun.
func TestPruneCutOff(t *testing.T) {
	from, days, at := aged(t)
	for _, name := range []string{"before the commit", "after the commit"} {
		dir := copyTree(t, from)
		a, err := archive.Open(dir, archive.Options{Now: at.Now})
		if err != nil {
			t.Fatal(err)
		}
		p, err := a.PlanPrune(t.Context(), at.now)
		if err != nil {
			t.Fatal(err)
		}
		l, w, err := resume.Begin(archive.StoreOf(a))
		if err != nil {
			t.Fatal(err)
		}
		w.Lock()
		var rows *sql.Rows
		if name == "before the commit" { // deleting fails, on this connection only
			_, err = w.Raw("CREATE TEMP TRIGGER stop BEFORE DELETE ON main.version BEGIN SELECT raise(ABORT, 'stop'); END")
		} else if _, err = w.Raw("PRAGMA busy_timeout = 1"); err == nil { // somebody reads on, so that the file cannot be made smaller
			if rows, err = archive.StoreOf(a).DB.Query("SELECT * FROM version"); err == nil && !rows.Next() {
				err = errors.New("there are no versions")
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err = forget.PruneNow(archive.StoreOf(a), w, p); err == nil {
			t.Errorf("%s: nothing failed", name)
		}
		w.Unlock()
		if rows != nil {
			err = rows.Close()
		} else {
			err = nil
		}
		if err := errors.Join(err, w.Close(), l.Release()); err != nil {
			t.Fatal(err)
		}
		if n, err := a.Pruned(t.Context()); n != 0 || err != nil {
			t.Errorf("%s: whole from %d on, %v", name, n, err)
		}
		asOfStill(t, a, days, archive.Pruning{})
		check(t, a)
		a.Close()
		os.RemoveAll(filepath.Dir(dir))
	}
	// Killed after the commit and before the file was made smaller.
	change(t, from, "INSERT INTO archive VALUES ('shrink', '1'); CREATE TABLE filler AS SELECT zeroblob(1000000) AS b; DROP TABLE filler")
	a, err := archive.Open(from, archive.Options{Now: at.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	before := remove.HistorySize(archive.StoreOf(a))
	run(t, a, days[5])
	if after := remove.HistorySize(archive.StoreOf(a)); before-after < 900000 {
		t.Errorf("%d bytes, before %d", after, before)
	}
}
