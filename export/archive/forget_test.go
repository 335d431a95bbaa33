package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sidekeep/export"
	"sidekeep/export/archive"
	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/forget"
	"sidekeep/export/archive/history"
)

// The words that stand in everything of the item that is forgotten, and in
// nothing else.
var secrets = []string{"Zerlina", "zerlina-uid", "zerlina.vcf", "4711-0815"}

// confided is an archive with an item whose every trace has one of the secrets:
// versions, one of them set aside, failures, a photo of its own and a shared one.
func confided(t *testing.T) (dir string, s *shelf) {
	t.Helper()
	dir = filepath.Join(fastDir(t), "archive")
	a, err := archive.Create(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for round := range 4 {
		s = tinyPhone()
		people, camera := s.collections[0], s.collections[2]
		body := fmt.Sprintf("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:zerlina-uid\r\nFN:Zerlina Muster\r\nN:Muster;Zerlina;;;\r\nTEL:4711-0815\r\nNOTE:%d%s\r\nPHOTO:%s\r\nEND:VCARD\r\n", round, strings.Repeat(" 4711-0815", 700),
			strings.Repeat("Zerlina/", 2_500))
		if round == 2 {
			body = "BEGIN:VCARD\r\nFN:Zerlina Muster 4711-0815\r\n" // cut off: set aside
		}
		it := text("/c/people/zerlina.vcf", fmt.Sprint(round), "zerlina.vcf", body)
		if round == 3 {
			it.Open, it.Err = nil, fmt.Errorf("%w: /c/people/zerlina.vcf of Zerlina", export.ErrDenied)
		}
		people.items = append(people.items, it)
		camera.items = append(camera.items,
			picture("/f/DCIM/Zerlina.jpg", "1", "DCIM/Zerlina's", []byte("a picture of Zerlina"), aDay),
			picture("/f/DCIM/both-1.jpg", "1", "DCIM", []byte("both"), aDay),
			picture("/f/DCIM/both-2.jpg", "1", "DCIM", []byte("both"), aDay))
		if _, err := export.Run(t.Context(), s, a, export.Plan{Account: "Phone", Full: true}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := history.KeepByHand(archive.StoreOf(a), "data/Phone/Set aside/zerlina.vcf"); err != nil { // as a repair would
		t.Fatal(err)
	}
	run(t, a, s)
	change(t, dir, `INSERT INTO partial SELECT collection, id, '', 1, '.sidekeep/partial/beginning' FROM item WHERE id = '/f/DCIM/Zerlina.jpg';
		INSERT INTO hold SELECT 1, account, 1, '{"reasons":[{"rule":"gone","names":["Zerlina Muster","Person 1"],"had":9007199254740993}]}', 'ended', '' FROM account`)
	for name, body := range map[string]string{"partial/beginning": "Zerlina", "search.db": "Zerlina", "verified.json": "Zerlina"} {
		name = filepath.Join(dir, disk.SideDir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte(body), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	return dir, s
}

// found lists where below dir any of the words stands, in names or bytes.
func found(t testing.TB, dir string, words []string) (where []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		var b []byte
		if !e.IsDir() {
			if b, err = os.ReadFile(name); err != nil {
				return err
			}
		}
		rel, _ := filepath.Rel(dir, name)
		for _, word := range words {
			if bytes.Contains(b, []byte(word)) || strings.Contains(rel, word) {
				where = append(where, rel+": "+word)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return where
}

func forgetNow(t testing.TB, a *archive.Archive, f archive.Forget) archive.Forgetting {
	t.Helper()
	p, err := a.PlanForget(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Forget(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestForgetItem(t *testing.T) {
	dir, s := confided(t)
	if len(found(t, dir, secrets)) < 8 {
		t.Fatalf("the secrets are not where they were expected: %v", found(t, dir, secrets))
	}
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	before, err := bodies(t, a)
	if err != nil {
		t.Fatal(err)
	}
	p := forgetNow(t, a, archive.Forget{Account: "Phone", Items: []string{"zerlina muster", "Zerlina.jpg"}})
	if p.Whole || len(p.Items) != 2 || p.Versions != 4 || p.Bytes < 14000 || len(p.Photos) != 1 || !p.Items[0].Present {
		t.Errorf("plan: %+v", p)
	}
	if where := found(t, dir, secrets); len(where) > 0 {
		t.Errorf("it is still in %s", where)
	}
	whole(t, a)
	after, err := bodies(t, a)
	if err != nil || len(after) != len(before)-2 {
		t.Errorf("%d items are left of %d: %v", len(after), len(before), err)
	}
	for id, body := range after {
		if before[id] != body {
			t.Errorf("%s was changed", id)
		}
	}
	exports, err := a.Exports(t.Context(), "", 0)
	if err != nil || len(exports) != 5 || exports[1].Problems[0].Item != forget.ForgottenName {
		t.Errorf("%+v, %v", exports, err)
	}
	if holds, err := a.Holds(t.Context(), ""); err != nil || !slices.Equal(holds[0].Loss.Reasons[0].Names, []string{forget.ForgottenName, "Person 1"}) || holds[0].Loss.Reasons[0].Had != 9007199254740993 {
		t.Errorf("%+v, %v", holds, err)
	}
	// The source has it still: it is kept again.
	s.collections[0].items = slices.DeleteFunc(s.collections[0].items, func(it export.Item) bool { return it.Err != nil })
	if l := run(t, a, s); l.Kept != 1 || l.Gone != 0 || len(l.Missing) > 0 {
		t.Errorf("next: %+v", l)
	}
	whole(t, a)
}

// TestForgetSharedPhoto: a photo that two items show stays until both are
// forgotten.
func TestForgetSharedPhoto(t *testing.T) {
	dir, _ := confided(t)
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	n := photoFiles(t, dir)
	for i, id := range []string{"/f/DCIM/both-1.jpg", "/f/DCIM/both-2.jpg"} {
		forgetNow(t, a, archive.Forget{Account: "Phone", Items: []string{id}})
		if now := photoFiles(t, dir); now != n-i {
			t.Errorf("%d photos after %s, before %d", now, id, n)
		}
		whole(t, a)
	}
}

// TestForgetAccount deletes one of two accounts: nothing of it is left, and all
// of the other.
func TestForgetAccount(t *testing.T) {
	dir, s := confided(t)
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	other := smallPhone()
	if _, err := export.Run(t.Context(), other, a, export.Plan{Account: "Pho_e"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := a.SetAccount(t.Context(), "Phone", []byte(`{"user":"Zerlina"}`)); err != nil {
		t.Fatal(err)
	}
	run(t, a, s) // the newest export is one that goes
	notes := filepath.Join(dir, "data", "Phone", "my own notes.txt")
	if err := os.WriteFile(notes, []byte("notes"), 0o666); err != nil {
		t.Fatal(err)
	}
	p, err := a.PlanForget(t.Context(), archive.Forget{Account: "Phone"})
	if err != nil {
		t.Fatal(err)
	}
	if !p.Whole || p.Exports != 6 || len(p.Items) != 13 || !slices.Equal(p.Strange, []string{"data/Phone/my own notes.txt"}) {
		t.Errorf("plan: %+v", p)
	}
	if err := a.Forget(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if where := found(t, dir, append(secrets, "Phone/P", "Phone/C", "Person 101")); len(where) > 0 {
		t.Errorf("it is still in %s", where)
	}
	left, _ := os.ReadDir(filepath.Join(dir, "data", "Phone"))
	if len(left) != 1 || os.Remove(notes) != nil {
		t.Errorf("left: %v", left)
	}
	whole(t, a)
	held, err := bodies(t, a)
	if want := offered(other); err != nil || len(held) != len(want) {
		t.Errorf("%d items of the other account, want %d: %v", len(held), len(want), err)
	}
	accounts, err := a.Accounts(t.Context())
	if err != nil || len(accounts) != 1 {
		t.Errorf("%+v, %v", accounts, err)
	}
	if l := run(t, a, s); l.Number != 8 {
		t.Errorf("export %d has a number that another had", l.Number)
	}
	if _, err := a.PlanForget(t.Context(), archive.Forget{Account: "nobody"}); !errors.Is(err, export.ErrGone) {
		t.Errorf("%v", err)
	}
	whole(t, a)
}

// TestForgetNames: what a name means.
func TestForgetNames(t *testing.T) {
	a := create(t, archive.Options{})
	s := tinyPhone()
	people := s.collections[0]
	people.items = append(people.items, text("/c/people/twin.vcf", "1", "twin.vcf", strings.Replace(card(1), "UID:card-1", "UID:twin", 1)),
		text("card-2", "1", "card-2.vcf", card(7)))
	family := &shelved{Collection: export.Collection{ID: "/c/family/", Name: "Family", Kind: export.Contacts}, items: []export.Item{text("/c/family/1.vcf", "1", "1.vcf", card(1))}}
	s.collections = append(s.collections, family)
	run(t, a, s)
	people.items[0] = text(people.items[0].ID, "2", "0.vcf", strings.ReplaceAll(card(0), "Person 0", "Married Name"))
	run(t, a, s)
	for _, c := range []struct {
		f    archive.Forget
		want string // IDs, or the error
	}{
		{archive.Forget{Items: []string{"married name"}}, "/c/people/0.vcf"},
		{archive.Forget{Items: []string{"Person 0"}}, "/c/people/0.vcf"}, // as it was called before
		{archive.Forget{Items: []string{"card-2"}}, "card-2"},            // an ID before a UID
		{archive.Forget{Items: []string{"card-7"}}, "card-2"},
		{archive.Forget{Items: []string{"Person 1"}}, `3 items are called "Person 1"`},
		{archive.Forget{Items: []string{"card-1"}}, `2 items are called "card-1"`},
		{archive.Forget{Items: []string{"card-1"}, Collection: "Family"}, "/c/family/1.vcf"},
		{archive.Forget{Items: []string{"Person 1"}, All: true}, "/c/people/1.vcf /c/people/twin.vcf /c/family/1.vcf"},
		{archive.Forget{Items: []string{"IMG_0.JPG", "To do 0"}}, "/k/work/t0.ics /f/DCIM/IMG_0.JPG"},
		{archive.Forget{Items: []string{"data/Phone/Photos/2024/05/IMG_0.JPG"}}, "/f/DCIM/IMG_0.JPG"},
		{archive.Forget{Items: []string{"nobody"}}, `the archive has no "nobody" of "Phone"`},
		{archive.Forget{Items: []string{""}}, `the archive has no "" of "Phone"`},
		{archive.Forget{Collection: "Family"}, "/c/family/1.vcf"},
		{archive.Forget{Collection: "Nobody"}, `the archive has no "Nobody" of "Phone"`},
	} {
		c.f.Account = "Phone"
		p, err := a.PlanForget(t.Context(), c.f)
		var ids []string
		for _, it := range p.Items {
			ids = append(ids, it.ID)
		}
		got := strings.Join(ids, " ")
		if err != nil {
			got = err.Error()
		}
		if got != c.want || p.Whole {
			t.Errorf("%+v: %s, want %s", c.f, got, c.want)
		}
	}
}

// TestForgetPowerCut cuts the power at every operation: then everything is
// still there, or nothing is.
func TestForgetPowerCut(t *testing.T) {
	from, _ := confided(t)
	for _, f := range []archive.Forget{{Account: "Phone", Items: []string{"zerlina-uid", "Zerlina.jpg"}}, {Account: "Phone"}} {
		at, more := 0, true
		for more {
			at++
			dir := copyTree(t, from)
			d, open := newCutDisk(t, at)
			a, err := archive.Open(dir, archive.Options{Disk: open})
			if err != nil {
				t.Fatal(err)
			}
			p, err := a.PlanForget(t.Context(), f)
			if err == nil {
				err = a.Forget(t.Context(), p)
			}
			a.Close()
			more = d.ops >= at
			if !more && err != nil {
				t.Fatal(err)
			}
			d.settle(t, []int{lose, hollow, mix, keep}[at%4])
			what := "the end"
			if more {
				what = d.log[at-1]
			}
			notBegunOrDone(t, dir, what)
			os.RemoveAll(filepath.Dir(dir))
			if t.Failed() {
				return
			}
		}
		if at < 15 {
			t.Errorf("only %d operations were cut", at)
		}
	}
}

func notBegunOrDone(t *testing.T, dir, what string) {
	t.Helper()
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		t.Fatalf("at %s: %v", what, err)
	}
	defer a.Close()
	for _, f := range wrong(t, a) {
		t.Errorf("at %s: %s", what, f)
	}
	where := found(t, dir, secrets)
	there := count(t, a, "SELECT count(*) FROM item WHERE id LIKE '%zerlina%'") > 0
	if !there && len(where) > 0 {
		t.Errorf("at %s: half of it is left: %s", what, where)
	}
	if held, err := bodies(t, a); there && (err != nil || held["/f/DCIM/Zerlina.jpg"] == "") {
		t.Errorf("at %s: half of it is gone: %v", what, err)
	}
}

// forgetChild forgets what the tests confided, over and over.
func forgetChild(dir string) error {
	a, err := archive.Open(dir, archive.Options{})
	if err != nil {
		return err
	}
	p, err := a.PlanForget(context.Background(), archive.Forget{Account: "Phone", Items: []string{"zerlina-uid", "Zerlina.jpg"}})
	if err != nil {
		return err
	}
	fmt.Println("begun")
	return a.Forget(context.Background(), p)
}

// TestForgetKilled kills the process that forgets.
func TestForgetKilled(t *testing.T) {
	from, _ := confided(t)
	rounds := 12
	if raceEnabled {
		rounds = 2
	}
	for i := range rounds {
		dir := copyTree(t, from)
		cmd := child(t, "forget", dir, "")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(out, make([]byte, 6)); err != nil {
			t.Fatal(err)
		}
		for range i * 300000 { // a little later each time
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		notBegunOrDone(t, dir, fmt.Sprint("kill ", i))
		os.RemoveAll(filepath.Dir(dir))
	}
}
