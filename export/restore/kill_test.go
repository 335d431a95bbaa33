package restore

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sidekeep/export"
	"sidekeep/export/davserver"
)

// killed is how many people the killed restores put back.
const killed = 400

func people() *shelf {
	s := &shelf{}
	for i := range killed {
		s.add(Item{Account: "Old", Collection: export.Collection{ID: "b", Name: "Contacts", Kind: export.Contacts}, ID: fmt.Sprint(i), Name: fmt.Sprint(i), Kind: export.Contacts}, vcf(i))
	}
	return s
}

// TestMain runs the restore, or the undo, of TestKilledAnywhere in a process
// that is killed.
func TestMain(m *testing.M) {
	if url := os.Getenv("RESTORE_TEST_URL"); url != "" {
		if err := child(url, os.Getenv("RESTORE_TEST_DIR"), os.Getenv("RESTORE_TEST_UNDO") != ""); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func child(url, dir string, undo bool) error {
	src, err := openSource(context.Background(), url, "phone", "")
	if err != nil {
		return err
	}
	j, err := openJournal(dir)
	if err != nil {
		return err
	}
	fmt.Println("begun")
	if undo {
		u, err := Undo(context.Background(), src, j, UndoOptions{})
		if err == nil && len(u.Left) > 0 {
			err = fmt.Errorf("left is %+v", u.Left)
		}
		return err
	}
	if err := Settle(context.Background(), src, j); err != nil {
		return err
	}
	p, err := Make(context.Background(), src, people().all(), Options{Account: "New"})
	if err != nil {
		return err
	}
	r, err := Apply(context.Background(), src, p, j, ApplyOptions{})
	if err == nil && len(r.Refused) > 0 {
		err = fmt.Errorf("refused is %+v", r.Refused)
	}
	return err
}

// TestKilledAnywhere kills the process that restores, and the one that turns it
// back, at any moment, again and again until they get to their end.
func TestKilledAnywhere(t *testing.T) {
	s := empty(t, davserver.Options{})
	put(t, s, book+"own.vcf", vcf(5000))
	h := httptest.NewServer(s)
	defer h.Close()
	dir := t.TempDir()
	n := func() int {
		items, err := s.Items(book)
		if err != nil {
			t.Fatal(err)
		}
		return len(items)
	}
	kills := killUntilDone(t, h.URL+"/", dir, "")
	if n() != killed+1 {
		t.Errorf("there are %d people, not %d", n(), killed+1)
	}
	kills += killUntilDone(t, h.URL+"/", dir, "yes")
	if n() != 1 {
		t.Errorf("an undo leaves %d people", n())
	}
	if kills < 3 {
		t.Errorf("only %d processes were killed", kills)
	}
}

func killUntilDone(t *testing.T, url, dir, undo string) (kills int) {
	rng := rand.New(rand.NewPCG(5, 6))
	for try := range 40 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), "RESTORE_TEST_URL="+url, "RESTORE_TEST_DIR="+dir, "RESTORE_TEST_UNDO="+undo)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		in := bufio.NewReader(out)
		if line, err := in.ReadString('\n'); err != nil || line != "begun\n" {
			t.Fatalf("%q %v", line, err)
		}
		if wait := time.Duration(10+rng.IntN(60+20*try)) * time.Millisecond; try < 12 {
			time.AfterFunc(wait, func() { cmd.Process.Kill() })
		}
		said, _ := io.ReadAll(in)
		if err := cmd.Wait(); err == nil {
			return kills
		}
		if len(said) > 0 {
			t.Fatalf("%s", said)
		}
		kills++
	}
	t.Fatal("it never got to its end")
	return kills
}

func TestJournalDropsATornLine(t *testing.T) {
	dir := t.TempDir()
	j, err := openJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(j.Write(Record{N: 1, Step: Intent, Name: "a"}, Record{N: 1, Step: Void}), j.Sync(), j.Close()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) + 1 {
		if err := os.WriteFile(filepath.Join(dir, "journal.jsonl"), whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := openJournal(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Write(Record{N: 9, Step: Intent}); err != nil {
			t.Fatal(err)
		}
		list, next, err := deeds(j)
		if lines := strings.Count(string(whole[:cut]), "\n"); err != nil || next != 10 || len(list) != 1+min(lines, 1) {
			t.Fatalf("cut at %d: %v, next %d, %d deeds", cut, err, next, len(list))
		}
		j.Close()
	}
}

// TestProgressIsSeldom: however fast items go by, there are ten reports a
// second and one at the end.
func TestProgressIsSeldom(t *testing.T) {
	now := time.Unix(0, 0)
	var got []Progress
	m := newMeter(10000, func(p Progress) { got = append(got, p) }, func() time.Time { return now })
	for range 10000 {
		now = now.Add(200 * time.Microsecond)
		m.add(1)
	}
	m.end()
	last := got[len(got)-1]
	if len(got) > 22 || last.Done != 10000 || last.Rate < 4900 || last.Rate > 5100 {
		t.Errorf("%d reports, the last %+v", len(got), last)
	}
}
